"""What to do about each thing in an inbox, in a sentence in English and Italian. Constant texts: nothing about anybody enters them."""

from __future__ import annotations

from collections.abc import Mapping

from events.language import Language, Said, in_language
from events.vocabulary import Escalation
from projections.inbox import DECLINED, UNCOVERED, Item, ItemKind
from projections.transfers import Stage


def to_do(item: Item, body: str | None, helpline: bool, language: Language | str = Language.ENGLISH) -> str:
    """What somebody of a body does about an item. `helpline`: in that role. Raises ValueError for another language."""
    return in_language(_sentence(item, body, helpline), language)


def _sentence(item: Item, body: str | None, helpline: bool) -> Said:
    if item.kind is ItemKind.ESCALATION and item.why is not None:
        return _CALLED[Escalation(item.why)]
    if item.kind is ItemKind.REFERRAL and item.why in _ROUTED:
        return _ROUTED[item.why]
    if item.kind in _OF_TWO and item.body is not None and item.body == body:
        return _OF_TWO[item.kind]
    if item.kind is ItemKind.CASE:
        return _case(item)
    if item.overdue and item.kind in _OVERDUE:
        return _OVERDUE[item.kind]
    return _BY_HELPLINE[item.kind] if helpline and item.kind in _BY_HELPLINE else _KINDS[item.kind]


def _case(item: Item) -> Said:
    if item.state is not None and item.state.stage is Stage.PROPOSED and item.state.proposal is not None and item.state.proposal.question_stands:
        return "Answer the question of whoever was asked.", "Rispondere alla domanda di chi è stato interpellato."
    if item.assessment_due:
        return "Record an assessment.", "Registrare una valutazione."
    return _KINDS[ItemKind.CASE]


_CALLED: Mapping[Escalation, Said] = {
    Escalation.NO_PLACE: (
        "Ring projects whose figures are old; `staffetta explain` says what excluded each unit.",
        "Telefonare ai progetti con dati vecchi; `staffetta explain` dice che cosa ha escluso ogni unità.",
    ),
    Escalation.MINOR: (
        "Choose a place with the competent authority: minors are never placed by a program.",
        "Scegliere il posto con l'autorità competente: i minori non sono mai collocati da un programma.",
    ),
    Escalation.DISCLOSURES_USED: (
        "Speak with projects and choose a place, or amend the request to ask anew.",
        "Parlare con i progetti e scegliere un posto, oppure modificare la richiesta per chiedere di nuovo.",
    ),
    Escalation.DECLINES_USED: (
        "Speak with projects and choose a place, or amend the request to ask anew.",
        "Parlare con i progetti e scegliere un posto, oppure modificare la richiesta per chiedere di nuovo.",
    ),
    Escalation.DEADLINE_PASSED: (
        "Find a place outside the network, or amend the request with a new deadline.",
        "Trovare un posto fuori dalla rete, oppure modificare la richiesta con una nuova scadenza.",
    ),
    Escalation.AGREEMENT_MISSING: (
        "Ask every adult, and report AgreementGiven; nobody is moved without.",
        "Chiedere a ogni adulto e segnalare AgreementGiven; senza consenso non si sposta nessuno.",
    ),
    Escalation.SAFETY_CHANGED: (
        "Ring both projects now: where they go, or are going, may no longer be safe.",
        "Telefonare subito ai due progetti: il luogo di destinazione può non essere più sicuro.",
    ),
    Escalation.ARRIVAL_OVERDUE: (
        "Ring both projects, and whoever travels, now; then confirm, amend or end the journey.",
        "Telefonare subito ai due progetti e a chi viaggia; poi confermare, modificare o concludere il viaggio.",
    ),
    Escalation.REASSESS: (
        "Have what the person needs looked at again, and amend the request.",
        "Far rivalutare i bisogni della persona e modificare la richiesta.",
    ),
    Escalation.NOT_CONFIRMED: (
        "Choose a place, or amend the request: the prepared one was not confirmed in time.",
        "Scegliere un posto o modificare la richiesta: la proposta preparata non è stata confermata in tempo.",
    ),
    Escalation.NO_PROJECT_ON_DUTY: (
        "Ring somebody of a project that fits: nobody is on duty there.",
        "Telefonare a qualcuno di un progetto adatto: nessuno vi è di turno.",
    ),
    Escalation.PLACES_KEPT: (
        "Nothing has to be done now: the network proposes a place in time. If this cannot wait, choose one of those that are kept.",
        "Per ora nulla da fare: la rete propone un posto in tempo. Se non si può attendere, sceglierne uno di quelli tenuti.",
    ),
    Escalation.PROGRAMME_ENDED: (
        "Find a place elsewhere: the project's programme is over, and nobody succeeds it.",
        "Trovare un posto altrove: il programma del progetto è finito e nessuno gli subentra.",
    ),
}

_ROUTED: Mapping[str | None, Said] = {
    DECLINED: (
        "A project did not take the referral: find another, and send it there.",
        "Un progetto non ha preso la segnalazione: trovarne un altro e assegnargliela.",
    ),
    UNCOVERED: (
        "No project covers the territory: find one, and send the referral there.",
        "Nessun progetto copre il territorio: trovarne uno e assegnargli la segnalazione.",
    ),
}

_OF_TWO: Mapping[ItemKind, Said] = {
    ItemKind.CONFIRMATION: (
        "Your body reported this: have somebody of another body confirm it.",
        "L'azione è del vostro ente: farla confermare da qualcuno di un altro ente.",
    ),
    ItemKind.REVIEW: (
        "Your body did this: have somebody of another body review it.",
        "L'azione è del vostro ente: farla riesaminare da qualcuno di un altro ente.",
    ),
}
"""Where the asker's own body has reported the action."""

_OVERDUE: Mapping[ItemKind, Said] = {
    ItemKind.REVIEW: ("Review the action now: the time for it is over.", "Riesaminare subito l'azione: il tempo è scaduto."),
    ItemKind.NOTIFICATION: (
        "Notify the authority now: a minor is missing, and the time is over.",
        "Avvisare subito l'autorità: un minore è scomparso e il tempo è scaduto.",
    ),
}

_BY_HELPLINE: Mapping[ItemKind, Said] = {
    ItemKind.HAND_OVER: (
        "You speak for the project being left: say what is arranged, or ring it.",
        "Parlate per il progetto di partenza: dire che cosa è stato organizzato, o telefonare.",
    ),
}

_KINDS: Mapping[ItemKind, Said] = {
    ItemKind.REFERRAL: ("Take it in charge, or decline it.", "Prenderla in carico o rifiutarla."),
    ItemKind.CASE: ("Nothing waits: you are responsible.", "Nulla in attesa: ne siete responsabili."),
    ItemKind.PROPOSAL: ("Accept, decline with a code, or ask first.", "Accettare, rifiutare con un codice, o chiedere prima."),
    ItemKind.INCOMING: ("Prepare; confirm the arrival.", "Prepararsi; confermare l'arrivo."),
    ItemKind.ESCALATION: ("Decide what happens now.", "Decidere come procedere."),
    ItemKind.OFFER: ("Take the case over, or decline.", "Prendere il caso o rifiutare."),
    ItemKind.PREPARED: (
        "Confirm the proposal, or choose another place: a place is held until then.",
        "Confermare la proposta o scegliere un altro posto: fino ad allora un posto è tenuto.",
    ),
    ItemKind.QUESTION: (
        "Have whoever is responsible answer: a project asked something.",
        "Far rispondere chi è responsabile: un progetto ha fatto una domanda.",
    ),
    ItemKind.INQUIRY: ("Say whether you could; nothing is promised.", "Dire se sarebbe possibile; non impegna."),
    ItemKind.SWAP: (
        "Another project would exchange places: agree with yours, or leave it.",
        "Un altro progetto scambierebbe i posti: acconsentire per il vostro, o lasciar perdere.",
    ),
    ItemKind.HAND_OVER: ("Complete the list for the hand-over.", "Completare la lista del passaggio di consegne."),
    ItemKind.CONFIRMATION: ("Confirm or refuse what another body reported.", "Confermare o respingere ciò che un altro ente ha segnalato."),
    ItemKind.REVIEW: ("Review what another body did.", "Riesaminare ciò che un altro ente ha fatto."),
    ItemKind.NOTIFICATION: ("Notify the authority: a minor is missing.", "Avvisare l'autorità: un minore è scomparso."),
    ItemKind.MAJORITY: ("Look at needs and place again: somebody turned eighteen.", "Rivedere bisogni e posto: qualcuno ha compiuto diciotto anni."),
    ItemKind.LAPSED: ("For information: nobody confirmed it in time.", "Per conoscenza: nessuno l'ha confermata in tempo."),
}
