"""The words of `staffetta doctor`: the name of each look, what it may find, and what to do, in English and Italian."""

from __future__ import annotations

from collections.abc import Mapping

from events.language import Said

WELL: Said = ("well", "bene")
WRONG: Said = ("wrong", "male")

NAMES: Mapping[str, Said] = {
    "network": ("network", "rete"),
    "topics": ("topics", "topic"),
    "clocks": ("clocks", "orologi"),
    "key store": ("key store", "archivio delle chiavi"),
    "ledger": ("ledger", "registro"),
    "events": ("events", "eventi"),
    "views": ("views", "viste"),
    "requests": ("requests", "richieste"),
}
"""Of each look, by its name under `--json`."""

NOT_LOOKED_AT: Said = ("could not be looked at ({})", "non si è potuto guardare ({})")

TOPICS_WELL: Said = ("as they must be{}", "come devono essere{}")
CORRECT_TOPICS: Said = (
    "Nothing of ours runs on them so. Correct the settings with Kafka's own tools.",
    "Così nulla di nostro vi lavora. Correggere le impostazioni con gli strumenti di Kafka.",
)
APART: Said = ("PostgreSQL's and this machine's {:.2f} s apart{}", "quelli di PostgreSQL e di questa macchina distano {:.2f} s{}")
AHEAD: Said = ("; the last event is {} ms ahead of this machine", "; l'ultimo evento è {} ms avanti rispetto a questa macchina")
SET_CLOCKS: Said = (
    "Set the clocks by NTP: deadlines follow the brokers' clocks.",
    "Regolare gli orologi con NTP: le scadenze seguono quelli dei broker.",
)
KEYS_OPEN: Said = ("opens; erasures applied through entry {}", "si apre; cancellazioni applicate fino alla registrazione {}")
NO_ENTRY: Said = ("none", "nessuna")
NO_GENESIS: Said = ("there is no genesis", "non c'è un inizio")
CREATE: Said = ("Create the network: staffetta network create.", "Creare la rete: staffetta network create.")
CHAINS: Said = (
    "{} entries chain from the genesis to {}, {} records ignored",
    "{} registrazioni concatenate dall'inizio alla {}, {} record ignorati",
)
BEGINS_LATE: Said = ("the topic begins at {}, and offset {} is next", "il topic comincia a {}, e il prossimo offset è {}")
RESTORE: Said = (
    "Restore the records; if there were none, see `staffetta no-event`.",
    "Ripristinare i record; se non ce n'erano, si veda `staffetta no-event`.",
)
ENDS_EARLY: Said = ("the topic ends at {}, and offset {} was decided", "il topic finisce a {}, e l'offset {} è stato deciso")
REPLACED: Said = (
    "It lost its tail or was replaced; see `staffetta source-changed`.",
    "Ha perso la coda o è stato sostituito; si veda `staffetta source-changed`.",
)
ALL_DECIDED: Said = ("all are decided", "tutti decisi")
UNDECIDED: Said = ("{} wait for a decision", "{} attendono una decisione")
VIEWS_STAND: Said = ("stand at entry {}, {} behind; runner {}{}{}", "alla registrazione {}, indietro di {}; processo {}{}{}")
PROBLEM: Said = (": {}", ": {}")
FOR_SO_LONG: Said = (" for {}", " da {}")
RUNNERS: Mapping[str, Said] = {
    "running": ("running", "in funzione"),
    "waiting": ("waiting", "in attesa"),
    "stopped": ("stopped", "fermo"),
    "unknown": ("unknown", "non si sa"),
}
"""How the runner of the views is."""
REBUILD: Said = (
    "Is a projector running? `staffetta projector`; `staffetta rebuild all` folds them again.",
    "Un projector è in funzione? `staffetta projector`; `staffetta rebuild all` le rifà.",
)
WAITING: Said = ("{} wait for a place, {} of them past their limit", "{} attendono un posto, {} oltre il loro limite")
UNSERVED: Said = (
    "{}; for {} a fresh place plainly fits and nothing was proposed, the longest for {}",
    "{}; per {} c'è un posto recente chiaramente adatto e nulla è stato proposto, da {} la più vecchia",
)
PLACE_BY_HAND: Said = (
    "The matcher proposes nothing where it should. Place them by hand (`staffetta explain`, `staffetta transfers`), and have the release looked at.",
    "Il programma non propone dove dovrebbe. Collocarle a mano (`staffetta explain`, `staffetta transfers`), e far controllare la versione.",
)
RISES: Said = ("{} ({} %; a day before {} %)", "{} ({} %; il giorno prima {} %)")
LOOK_AT_CAPACITY: Said = (
    "More wait too long than yesterday: is capacity published, do projects answer? `staffetta capacity`, `staffetta inbox`.",
    "Più richieste di ieri attendono troppo: la capacità è pubblicata, i progetti rispondono? `staffetta capacity`, `staffetta inbox`.",
)
