"""The words of `staffetta explain` in English and Italian: headings and sums. Sentences about rules and scarcity are `events.sentences`'."""

from __future__ import annotations

from dataclasses import dataclass

from events.language import Language, in_language


@dataclass(frozen=True, slots=True)
class Words:
    """Of one language. Texts with `{}` are filled in by `str.format`."""

    request: str
    """Urgency, reason, people, when, stage."""
    person: str
    people: str
    called: str
    """Why an operator was called in."""
    entry: str
    """Entry, time, version of the policy."""
    proposed: str
    none_proposed: str
    fitted: str
    fitted_columns: tuple[str, str, str, str, str, str]
    """Number, unit, project, score, parts, age."""
    next_best: str
    excluded: str
    excluded_columns: tuple[str, str, str, str]
    """Rule, how many units, which, why."""
    too_many: str
    trust: str
    trust_columns: tuple[str, str, str, str, str]
    """Project, age, free after all, answers, trusted."""
    up_to: str
    older: str
    rest: str
    asked: str
    """Units whose projects are asked whether they could."""
    inquiries: str
    inquiries_columns: tuple[str, str, str, str]
    """Unit, project, entry and time, answer."""
    answer_by: str
    short_by: str
    sums: str
    scarcity: str
    scarcity_columns: tuple[str, str, str]
    """For whom places are kept, left, weight."""
    unknown: str
    same: str
    """Entry, digest."""
    over: str
    """How many, which."""
    none: str
    standing: str
    """Entry, time, the views' entry, `level`."""
    level: str
    """How long ago the views were level with the ledger."""


_ENGLISH = Words(
    request="[bold]Transfer, {}[/], because of {}, {}, requested {} UTC; now {}",
    person="1 person",
    people="{} people",
    called="An operator is called in: {}",
    entry="[bold]Entry {}[/], {} UTC, policy {}: [bold]{}[/]",
    proposed="proposed: {}",
    none_proposed="no place was proposed",
    fitted="Units that fitted, best first",
    fitted_columns=("#", "unit", "project", "score", "made of", "figures' age"),
    next_best="Next best: {}, {} points behind.",
    excluded="Units that were excluded",
    excluded_columns=("rule", "units", "which", "why"),
    too_many="too many to be named; --full names them",
    trust="Trust in the best of them",
    trust_columns=("project", "figures' age", "free after all", "of answers", "trusted"),
    up_to="up to {} h",
    older="older",
    rest="{} more fitted, with scores from {} to {}.",
    asked="Asked in this entry whether they could: {}.",
    inquiries="Projects asked whether they could",
    inquiries_columns=("unit", "project", "entry, time (UTC)", "answer"),
    answer_by="by {}",
    short_by="Decided together with others; the search for the best ended early, at most {} points short of it for all together.",
    sums="{} fitted + {} excluded = {} units accounted for.",
    scarcity="What their places cost, in points a person",
    scarcity_columns=("kept for", "left", "weight"),
    unknown="{} of these units could serve nobody for whom places are scarce, and cost nothing.",
    same="Entry {}: recomputed, and the same (SHA-256 {}).",
    over="Its term is over: {} explanations (entries {}) can be read no more.",
    none="None.",
    standing="[dim]As of entry {} ({} UTC); the views stand at entry {}{}.[/]",
    level=", level with the ledger {} ago",
)

_ITALIAN = Words(
    request="[bold]Trasferimento, urgenza {}[/], motivo {}, {}, richiesto {} UTC; ora {}",
    person="1 persona",
    people="{} persone",
    called="Serve un operatore: {}",
    entry="[bold]Registrazione {}[/], {} UTC, policy {}: [bold]{}[/]",
    proposed="proposta: {}",
    none_proposed="nessun posto è stato proposto",
    fitted="Unità adatte, la migliore per prima",
    fitted_columns=("#", "unità", "progetto", "punti", "composti da", "età dei dati"),
    next_best="La seguente: {}, {} punti in meno.",
    excluded="Unità escluse",
    excluded_columns=("regola", "unità", "quali", "perché"),
    too_many="troppe per nominarle; --full le nomina",
    trust="Fiducia nelle migliori",
    trust_columns=("progetto", "età dei dati", "davvero liberi", "su risposte", "fiducia"),
    up_to="fino a {} h",
    older="di più",
    rest="Altre {} adatte, con punti da {} a {}.",
    asked="Interpellate in questa registrazione: {}.",
    inquiries="Progetti interpellati",
    inquiries_columns=("unità", "progetto", "reg., ora (UTC)", "risposta"),
    answer_by="entro il {}",
    short_by="Decisa insieme ad altre; la ricerca della soluzione migliore è finita prima, al massimo {} punti sotto di essa per tutte insieme.",
    sums="{} adatte + {} escluse = {} unità di cui si è dato conto.",
    scarcity="Quanto costano i loro posti, in punti a persona",
    scarcity_columns=("riservati a", "rimasti", "peso"),
    unknown="{} di queste unità non potrebbero accogliere nessuno per cui i posti scarseggiano, e non costano nulla.",
    same="Registrazione {}: ricalcolata, ed è la stessa (SHA-256 {}).",
    over="Il termine è scaduto: {} spiegazioni (registrazioni {}) non si possono più leggere.",
    none="Nessuna.",
    standing="[dim]Alla registrazione {} ({} UTC); le viste sono alla registrazione {}{}.[/]",
    level=", alla pari con il registro {} fa",
)


def words_in(language: Language) -> Words:
    """Those of a language."""
    return in_language((_ENGLISH, _ITALIAN), language)
