"""Why what an operator asked of the ledger or the events topic was not done, in English and Italian: the second half of a sentence."""

from __future__ import annotations

from events.language import Said

# heal
NO_ENVELOPE: Said = ("a raw entry is no envelope: {}", "una registrazione conservata non è leggibile: {}")
ANOTHER_ENTRY: Said = (
    "entry {} of the ledger is not the one given: the ledger went another way after it lost its tail",
    "la registrazione {} del registro non è quella data: dopo aver perso la coda il registro ha preso un'altra via",
)
DOES_NOT_CONTINUE: Said = ("entry {} does not continue the ledger: {}", "la registrazione {} non continua il registro: {}")
ENDS_OTHERWISE: Said = (
    "the ledger does not end with the entries appended: a worker proposed meanwhile",
    "il registro non finisce con le registrazioni aggiunte: nel frattempo un worker ha proposto",
)

# accept-loss
NOTHING_THERE: Said = ("no event can be read at offset {}", "all'offset {} non si può leggere alcun evento")
LOST_ELSEWHERE: Said = (
    "at offset {} waits no event whose key is lost; such events wait at {}{}",
    "all'offset {} non attende alcun evento con la chiave perduta; ne attendono a {}{}",
)
AND_MORE: Said = (" and more", " e altri")
LOST_NOWHERE: Said = (
    "at offset {} waits no event whose key is lost, nor anywhere else",
    "all'offset {} non attende alcun evento con la chiave perduta, e nemmeno altrove",
)

# no-event, source-changed
OTHER_RECORDS: Said = ("the ledger of {} holds other records and no genesis", "il registro di {} contiene altri record e nessun inizio")
LAST_BEFORE_FIRST: Said = ("the last offset lies before the first", "l'ultimo offset viene prima del primo")
NOT_BEFORE: Said = (
    "the next event will get offset {}: the offsets must lie before it",
    "il prossimo evento avrà l'offset {}: gli offset devono venire prima",
)
AN_EVENT_THERE: Said = ("there is an event at offset {}", "all'offset {} c'è un evento")
NOT_NEXT: Said = ("the next event is at offset {}, not {}", "il prossimo evento è all'offset {}, non {}")
NOT_HELD: Said = ("the topic holds offsets {} to {}, not {}", "il topic contiene gli offset da {} a {}, non {}")
NOT_REPLACED: Said = (
    "the events topic is the one that the ledger goes by, and holds the event decided last; it was not replaced",
    "il topic degli eventi è quello che il registro segue, e contiene l'ultimo evento deciso; non è stato sostituito",
)
NO_GENESIS: Said = ("the ledger of {} has no genesis", "il registro di {} non ha un inizio")
STILL_APPENDING: Said = ("workers keep appending; stop them first", "dei worker continuano a scrivere; prima fermarli")

# trim-events
NO_TERM: Said = (
    "the policy in force sets no term for events (retention.events_ms), so they are kept for good",
    "la policy in vigore non pone termini agli eventi (retention.events_ms), quindi restano per sempre",
)
ANOTHER_TOPIC: Said = (
    "the ledger of {} names events topic {}, and this one is {}",
    "il registro di {} nomina il topic degli eventi {}, e questo è {}",
)
RECORD_MISSING: Said = ("offset {} holds no record, and the ledger has its event", "all'offset {} non c'è un record, e il registro ne ha l'evento")
UNDECIDED: Said = ("offset {} holds a record that no entry decided", "all'offset {} c'è un record che nessuna registrazione ha deciso")
DIFFERS: Said = ("the event at offset {} is not the one that the ledger has", "l'evento all'offset {} non è quello che ha il registro")
REPLACED_MEANWHILE: Said = ("the events topic was replaced meanwhile", "nel frattempo il topic degli eventi è stato sostituito")
