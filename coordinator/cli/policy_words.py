"""The words of `staffetta policy show`, `preview` and `adopt` in English and Italian."""

from __future__ import annotations

from dataclasses import dataclass

from events.language import Language, in_language


@dataclass(frozen=True, slots=True)
class Words:
    """Of one language. Texts with `{}` are filled in by `str.format`."""

    in_force: str
    """Version, digest, how many bodies."""
    one_body: str
    two_bodies: str
    no_scarcity: str
    estimated: str
    """When, until when."""
    method: str
    """By what, from what."""
    points: str
    points_columns: tuple[str, str]
    """Kind of request, weights."""
    working: str
    """Requests that wait, open units."""
    against: str
    """Candidate, policy in force, how many requests."""
    changes: str
    changes_columns: tuple[str, str, str, str, str]
    """Case and request, place now, place then, fitting now, fitting then."""
    none: str
    kinds: str
    kinds_columns: tuple[str, str, str, str, str, str, str, str]
    """Kind, waiting, placed now, placed then, gain a place, lose one, gain eligibility, lose it."""
    nobody_waits: str
    recorded: str
    no_answer: str
    now_another: str


_ENGLISH = Words(
    in_force="[bold]Policy {}[/], digest {}; the next one takes {}.",
    one_body="one body",
    two_bodies="two bodies",
    no_scarcity="It has no scarcity weights: only what would be left over of a place counts against it.",
    estimated="Scarcity weights estimated {}, valid until {} UTC.",
    method="By {}, from {}.",
    points="Points a person, while one such request could be served, two, ...",
    points_columns=("request that may come", "weights"),
    working="[dim]{} requests that wait against {} open units, under both policies[/]",
    against="Policy {} against policy {} in force; requests that wait: {}",
    changes="Requests for which something changes",
    changes_columns=("case, request", "place now", "place then", "fit now", "fit then"),
    none="None.",
    kinds="By kind of request",
    kinds_columns=("kind", "waiting", "placed now", "placed then", "gain a place", "lose one", "gain eligibility", "lose it"),
    nobody_waits="Nobody waits.",
    recorded="recorded.",
    no_answer="No answer yet.",
    now_another="A person of another body confirms it with the same command and the same file.",
)

_ITALIAN = Words(
    in_force="[bold]Policy {}[/], impronta {}; la prossima richiede {}.",
    one_body="un solo ente",
    two_bodies="due enti",
    no_scarcity="Non ha pesi di scarsità: contro un posto conta solo ciò che ne avanzerebbe.",
    estimated="Pesi di scarsità stimati il {}, validi fino al {} UTC.",
    method="Con {}, da {}.",
    points="Punti a persona, finché si potrebbe servire una richiesta così, due, ...",
    points_columns=("richiesta che può arrivare", "pesi"),
    working="[dim]{} richieste in attesa a confronto con {} unità aperte, con entrambe le policy[/]",
    against="Policy {} a confronto con la policy {} in vigore; richieste in attesa: {}",
    changes="Richieste per cui cambia qualcosa",
    changes_columns=("caso, richiesta", "posto ora", "posto poi", "adatte ora", "adatte poi"),
    none="Nessuna.",
    kinds="Per tipo di richiesta",
    kinds_columns=("tipo", "in attesa", "posto ora", "posto poi", "ottengono un posto", "lo perdono", "più unità adatte", "meno unità adatte"),
    nobody_waits="Nessuno attende.",
    recorded="registrato.",
    no_answer="Ancora nessuna risposta.",
    now_another="Una persona di un altro ente la conferma con lo stesso comando e lo stesso file.",
)


def words_in(language: Language) -> Words:
    """Those of a language."""
    return in_language((_ENGLISH, _ITALIAN), language)
