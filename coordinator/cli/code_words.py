"""The word that people read for each code in a table: those of `events.words`, and those of views and rights, in English and Italian."""

from __future__ import annotations

from enum import StrEnum

from coordinator.access_log import Why
from coordinator.domain.previewing import MINORS
from coordinator.domain.who_may import Standing, View
from coordinator.matching.kinds import read_kind
from events.language import Language, Said, in_language
from events.sentences import SAFETY, for_whom
from events.transfer import PART_OF_SCARCITY, PART_OF_TRUST
from events.vocabulary import Host, Rule
from events.words import WORDS as VOCABULARIES
from events.words import Words, word
from projections.inbox import DECLINED, UNCOVERED, ItemKind
from projections.indicators import NOT_SAID, Fate
from projections.transfers import Stage


def word_of(kind: type[StrEnum], code: str, language: Language) -> str:
    """What people read instead of a code of a vocabulary. Raises KeyError for a code that it has not."""
    return in_language((VOCABULARIES.get(kind) or WORDS[kind])[code], language)


def request_kind(kind: str, language: Language) -> str:
    """A kind of request in words: "mothers with children who need step-free access, 3 people"."""
    if kind == MINORS:
        return word(Host.UNACCOMPANIED_MINORS, language)
    asked = read_kind(kind)
    return for_whom(asked.hosts, asked.needs, asked.people, language)


def rule_word(rule: str, language: Language) -> str:
    """Of a rule, or of those that are shown as `safety`."""
    return in_language(_SAFETY, language) if rule == SAFETY else word_of(Rule, rule, language)


def language_code(code: str, language: Language) -> str:
    """A language that people speak: its ISO 639-3 code, or that nothing was said of it."""
    return in_language(_NOT_SAID, language) if code == NOT_SAID else code


WORDS: Words = {
    Stage: {
        Stage.REQUESTED: ("requested", "richiesto"),
        Stage.PREPARED: ("prepared", "da confermare"),
        Stage.PROPOSED: ("proposed", "proposto"),
        Stage.ACCEPTED: ("accepted", "accettato"),
        Stage.DEPARTED: ("departed", "in viaggio"),
        Stage.CLOSED: ("closed", "concluso"),
    },
    ItemKind: {
        ItemKind.REFERRAL: ("referral", "segnalazione"),
        ItemKind.CASE: ("case", "caso"),
        ItemKind.PROPOSAL: ("proposal", "proposta"),
        ItemKind.INCOMING: ("incoming", "arrivo"),
        ItemKind.ESCALATION: ("operator called", "serve un operatore"),
        ItemKind.OFFER: ("offer", "offerta"),
        ItemKind.PREPARED: ("prepared", "da confermare"),
        ItemKind.QUESTION: ("question", "domanda"),
        ItemKind.INQUIRY: ("inquiry", "interpello"),
        ItemKind.SWAP: ("swap", "scambio"),
        ItemKind.HAND_OVER: ("hand-over", "consegne"),
        ItemKind.CONFIRMATION: ("confirmation", "conferma"),
        ItemKind.REVIEW: ("review", "riesame"),
        ItemKind.NOTIFICATION: ("notification", "avviso dovuto"),
        ItemKind.MAJORITY: ("eighteen", "diciotto anni"),
        ItemKind.LAPSED: ("lapsed", "decaduta"),
    },
    Fate: {
        Fate.PLACED_IN_TIME: ("placed in time", "collocati in tempo"),
        Fate.PLACED_LATE: ("placed late", "collocati tardi"),
        Fate.WITHDRAWN: ("withdrawn", "ritirati"),
        Fate.FELL_THROUGH: ("fell through", "venuti meno"),
        Fate.UNMATCHED: ("no place found in time", "nessun posto in tempo"),
        Fate.PLACED_OUTSIDE: ("placed outside the network", "posto fuori dalla rete"),
        Fate.OPEN: ("open", "aperti"),
    },
    Standing: {
        Standing.HELPLINE: ("helpline", "numero verde"),
        Standing.PROJECT: ("project", "progetto"),
        Standing.ADMINISTRATOR: ("administrator", "amministratore"),
        Standing.CLOCK: ("clock", "orologio"),
        Standing.AUDITOR: ("auditor", "revisore"),
        Standing.EVALUATOR: ("evaluator", "valutatore"),
        Standing.REFERRER: ("referrer", "segnalante"),
        Standing.SIMULATOR: ("simulator", "simulatore"),
    },
    View: {
        View.REPORT: ("report", "segnalare"),
        View.ENTRY: ("entry", "registrazione"),
        View.CAPACITY: ("capacity", "capacità"),
        View.BANDS: ("bands", "fasce"),
        View.DUTY: ("duty hours", "orari"),
        View.POLICY: ("policy", "policy"),
        View.PREVIEW: ("preview", "anteprima"),
        View.TRANSFERS: ("transfers", "trasferimenti"),
        View.INBOX: ("inbox", "in arrivo"),
        View.CASE: ("case", "caso"),
        View.FREE_TEXT: ("free text", "testo libero"),
        View.EXPLANATION: ("explanation", "spiegazione"),
        View.AUDIT: ("audit", "traccia"),
        View.RETENTION: ("retention", "conservazione"),
        View.SHEET: ("sheet", "scheda"),
        View.INDICATORS: ("indicators", "indicatori"),
        View.HEALTH: ("health", "salute"),
        View.ACCESS: ("looks", "consultazioni"),
        View.DETAIL: ("detail of safety", "dettaglio di sicurezza"),
        View.REVIEW: ("actions", "azioni"),
        View.EXPORT: ("export", "esportazione"),
        View.SERVICE: ("service", "servizio"),
        View.MACHINE: ("machine", "macchina"),
    },
    Why: {
        Why.COORDINATION: ("coordination", "coordinamento"),
        Why.OWN: ("own cases", "casi propri"),
        Why.AUDIT: ("audit", "revisione"),
        Why.BREAK_GLASS: ("opened with a reason", "aperto con un motivo"),
        Why.EXPORT: ("export", "esportazione"),
    },
}
"""Vocabularies of views and rights."""

ROUTED: dict[str, Said] = {
    DECLINED: ("declined by a project", "non presa da un progetto"),
    UNCOVERED: ("territory uncovered", "territorio non coperto"),
}
"""Why a referral is the helpline's."""

_SAFETY: Said = ("safety", "sicurezza")
_NOT_SAID: Said = ("not said", "non detta")

PARTS: dict[str, Said] = {
    "language": ("language", "lingua"),
    "preferred_need": ("preferred need", "bisogno preferito"),
    "level": ("level", "livello"),
    "wished_region": ("wished region", "regione desiderata"),
    "distance_from_danger": ("distance from danger", "distanza dal pericolo"),
    "fresh": ("fresh figures", "dati recenti"),
    "thrift_per_offer": ("offers unused", "offerte inutilizzate"),
    "thrift_per_spare_place": ("places left over", "posti avanzati"),
    "fairness": ("fairness", "equità"),
    PART_OF_SCARCITY: ("scarcity", "scarsità"),
    PART_OF_TRUST: ("trust", "fiducia"),
}
"""Parts of a score."""
