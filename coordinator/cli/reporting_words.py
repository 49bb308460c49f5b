"""The words of `staffetta indicators` and `retention` in Italian, by the English ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from events.language import Language

Row = tuple[object, ...]


def said(text: str, language: Language) -> str:
    """The English text in a language, as far indented. Raises KeyError where it has no Italian."""
    if language is Language.ENGLISH or not text:
        return text
    words = text.lstrip()
    return text[: len(text) - len(words)] + ITALIAN[words]


def rows_in(rows: Sequence[Row], language: Language) -> list[Row]:
    """Rows of (what, which, number) with what they are about in a language; the other two are told in it already."""
    return [(said(str(what), language), which, number) for what, which, number in rows]


HALF_WITHIN, NINE_OF_TEN_WITHIN = "half within", "nine of ten within"
AS_TRUSTED, ALL_ALIKE, ALL_FREE = "as trusted", "all alike", "all free"
NO_TERM = "the policy sets no term"

INDICATORS, WHAT, WHICH, NUMBER = "Indicators", "what", "which", "number"
STANDS = "As of entry {}. Cases and events are counted, not persons; not for publication: numbers may be small."
GOES, MONTH = "What will go when", "month"
TERMS_STAND = "As of entry {}, {} UTC."
WITHOUT_A_TERM = "Contacts of the helpline and access records are under the network's own key, which has no term: they stay until an installation decides otherwise."

ITALIAN: Mapping[str, str] = {
    INDICATORS: "Indicatori",
    WHAT: "che cosa",
    WHICH: "quale",
    NUMBER: "numero",
    STANDS: "Alla registrazione {}. Si contano casi ed eventi, non persone; non da pubblicare: i numeri possono essere piccoli.",
    "contacts of the helpline": "contatti del numero verde",
    "relevant ones by reason": "pertinenti, per motivo",
    "relevant ones by language": "pertinenti, per lingua",
    "referrals received": "segnalazioni ricevute",
    "by source": "per fonte",
    "of uncovered territory": "da territorio non coperto",
    "taken in charge": "prese in carico",
    "declined": "con rifiuto",
    "assessed": "valutate",
    "closed": "chiuse",
    "wait to be taken in charge": "attesa della presa in carico",
    "places asked elsewhere": "posti chiesti altrove",
    "by reason": "per motivo",
    "by urgency": "per urgenza",
    "what became of them": "che cosa ne è stato",
    "placed, of those over": "collocati, tra quelli conclusi",
    "an operator was called in": "è servito un operatore",
    "wait to the first proposal": "attesa della prima proposta",
    "wait to the acceptance": "attesa dell'accettazione",
    "arrivals": "arrivi",
    "safe after 30 days": "al sicuro dopo 30 giorni",
    "undone within 30 days": "venuti meno entro 30 giorni",
    "not 30 days ago yet": "da meno di 30 giorni",
    "proposals made": "proposte fatte",
    "run out unanswered": "scadute senza risposta",
    "prepared, for the helpline to confirm": "preparate, da confermare dal numero verde",
    "chosen by people": "scelte da persone",
    "out of order": "fuori ordine",
    "reminders to projects": "solleciti ai progetti",
    "cases that exchanged places": "casi che si sono scambiati il posto",
    "authorities to be told of missing minors": "avvisi dovuti all'autorità per minori scomparsi",
    "not told in time": "non dati in tempo",
    "inquiries asked": "interpelli fatti",
    "how they ended": "come sono finiti",
    "figures learned by them": "dati appresi così",
    "published places that were free when asked for": "posti pubblicati, liberi quando sono stati chiesti",
    "that were not": "non liberi",
    "Brier score": "punteggio di Brier",
    "log score": "punteggio logaritmico",
    "free, of those trusted by": "liberi, tra quelli con fiducia",
    "open units by age of their figures": "unità aperte per età dei loro dati",
    "facts whose key is gone": "fatti la cui chiave non c'è più",
    HALF_WITHIN: "metà entro",
    NINE_OF_TEN_WITHIN: "nove su dieci entro",
    AS_TRUSTED: "secondo la fiducia",
    ALL_ALIKE: "tutti uguali",
    ALL_FREE: "tutti liberi",
    NO_TERM: "la policy non pone termini",
    GOES: "Che cosa sarà distrutto e quando",
    MONTH: "mese",
    TERMS_STAND: "Alla registrazione {}, {} UTC.",
    WITHOUT_A_TERM: "I contatti del numero verde e le registrazioni degli accessi sono sotto la chiave della rete, che non ha termine: restano finché un'installazione decide altrimenti.",
    "keys of closed cases": "chiavi di casi chiusi",
    "kept by a legal hold": "conservate per un vincolo legale",
    "legal holds that stand": "vincoli legali in essere",
    "cases whose term is over, destroyed": "casi con termine scaduto, distrutti",
    "cases erased, destroyed": "casi cancellati, distrutti",
    "keys of explanations, at the latest": "chiavi di spiegazioni, al più tardi",
    "of months that are over (kept where a case is held)": "di mesi trascorsi (conservate dove un caso è vincolato)",
    "events past their term, trimmed ones included": "eventi oltre il termine, compresi quelli già tolti",
}
