"""A sentence for people for every refusal code, rule and escalation, in English and Italian. Constant texts: no name, number or place enters them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from events.language import Language, Said, in_language
from events.vocabulary import Escalation, Host, InquiryEnd, Need, RefusalCode, Rule, ScarcityStanding
from events.words import word

SAFETY = "safety"
"""Stands in explanations for the rules in `events.transfer.RULES_SHOWN_AS_SAFETY`."""


def refusal_sentence(code: RefusalCode, language: Language | str = Language.ENGLISH) -> str:
    """Why the event changed nothing, and what to do where something can be done. Raises ValueError for another language."""
    return in_language(_REFUSALS[code], language)


def refusal_said(code: RefusalCode) -> Said:
    """The same in both languages."""
    return _REFUSALS[code]


def rule_sentence(rule: Rule | str, language: Language | str = Language.ENGLISH) -> str:
    """Why a unit is excluded, by a value of `Rule` or the word `safety`. Raises KeyError for another word."""
    return in_language(_RULES[rule], language)


def escalation_sentence(why: Escalation, language: Language | str = Language.ENGLISH) -> str:
    """Why an operator is called in."""
    return in_language(_ESCALATIONS[why], language)


def standing_sentence(standing: ScarcityStanding, language: Language | str = Language.ENGLISH) -> str:
    """Whether scarcity weights played a part in a match."""
    return in_language(_STANDINGS[standing], language)


def inquiry_end_sentence(how: InquiryEnd, language: Language | str = Language.ENGLISH) -> str:
    """How a question to a project whether it could came to its end."""
    return in_language(_INQUIRY_ENDS[how], language)


def kept_for_sentence(hosts: Iterable[Host], needs: Iterable[Need], people: int, language: Language | str = Language.ENGLISH) -> str:
    """For whom places are scarce: whom they must host and what they must offer, in the order given, and for how many people together."""
    told_for = for_whom(hosts, needs, people, language)
    return in_language((f"kept for {told_for}", f"riservato a {told_for}"), language)


def for_whom(hosts: Iterable[Host], needs: Iterable[Need], people: int, language: Language | str = Language.ENGLISH) -> str:
    """Whom places must host and what they must offer, in the order given, and for how many people together."""
    hosted, needed = ([word(code, language) for code in codes] for codes in (hosts, needs))
    who_need = in_language((" who need ", " con bisogno di "), language)
    together = f", {people} {in_language(('people', 'persone'), language)}" if people > 1 else ""
    return _listed(hosted, language) + (who_need + _listed(needed, language) if needed else "") + together


def _listed(words: list[str], language: Language | str) -> str:
    return in_language((" and ", " e "), language).join(filter(None, (", ".join(words[:-1]), *words[-1:])))


_REFUSALS: Mapping[RefusalCode, Said] = {
    RefusalCode.UNKNOWN_SCHEMA: (
        "This kind of event is not known here; the sender's release and the network's differ.",
        "Questo tipo di evento non è conosciuto qui; la versione di chi invia e quella della rete sono diverse.",
    ),
    RefusalCode.WRONG_NETWORK: (
        "The event belongs to another network.",
        "L'evento appartiene a un'altra rete.",
    ),
    RefusalCode.ID_MALFORMED: (
        "An id is not written as it must be; event ids are UUIDs of version 7, other ids are UUIDs or short names.",
        "Un identificativo non è scritto come deve; gli eventi hanno UUID di versione 7, il resto UUID o nomi brevi.",
    ),
    RefusalCode.ID_TOO_OLD: (
        "The event id is over 14 days old, so a repeat could no longer be told; report it again under a new id.",
        "L'identificativo dell'evento ha più di 14 giorni e una ripetizione non si riconoscerebbe; segnalarlo di nuovo con un nuovo identificativo.",
    ),
    RefusalCode.ID_FROM_FUTURE: (
        "The event id is from the future; check the clock of the sending computer.",
        "L'identificativo dell'evento viene dal futuro; controllare l'orologio del computer che invia.",
    ),
    RefusalCode.ID_REUSED: (
        "Another event was already reported under this id; a new event needs a new id.",
        "Con questo identificativo è già stato segnalato un altro evento; un nuovo evento richiede un nuovo identificativo.",
    ),
    RefusalCode.ROLE_NOT_ALLOWED: (
        "This role may not report this event.",
        "Questo ruolo non può segnalare questo evento.",
    ),
    RefusalCode.BODY_NOT_ALLOWED: (
        "This body may not report this event here.",
        "Questo ente non può segnalare qui questo evento.",
    ),
    RefusalCode.FIELD_INVALID: (
        "A field holds a value that cannot be; correct it and report again under a new id.",
        "Un campo contiene un valore impossibile; correggerlo e segnalare di nuovo con un nuovo identificativo.",
    ),
    RefusalCode.TOO_LARGE: (
        "The event, or what would follow from it, is too large.",
        "L'evento, o ciò che ne seguirebbe, è troppo grande.",
    ),
    RefusalCode.OBSERVED_IN_FUTURE: (
        "The observation is from the future; check the time that was entered.",
        "L'osservazione viene dal futuro; controllare l'ora inserita.",
    ),
    RefusalCode.OBSERVED_OUT_OF_ORDER: (
        "A later observation of this unit is already known.",
        "È già nota un'osservazione successiva di questa unità.",
    ),
    RefusalCode.SEQUENCE_AHEAD: (
        "The event refers to an entry that the ledger does not have yet.",
        "L'evento fa riferimento a una registrazione che il registro non ha ancora.",
    ),
    RefusalCode.NO_POLICY: (
        "The network has no policy yet; an administrator must adopt one first.",
        "La rete non ha ancora regole in vigore; un amministratore deve prima adottarle.",
    ),
    RefusalCode.POLICY_NOT_NEWER: (
        "A policy must have a higher version than the one in force.",
        "Le nuove regole devono avere una versione superiore a quelle in vigore.",
    ),
    RefusalCode.RULES_NOT_CARRIED: (
        "The running release does not carry this version of the decision rules.",
        "La versione del programma in uso non contiene questa versione delle regole di decisione.",
    ),
    RefusalCode.UNKNOWN_PROJECT: (
        "No project is registered under this id.",
        "Nessun progetto è registrato con questo identificativo.",
    ),
    RefusalCode.PROJECT_EXISTS: (
        "A project is already registered under this id.",
        "Un progetto è già registrato con questo identificativo.",
    ),
    RefusalCode.UNKNOWN_AREA: (
        "The policy in force does not know this province, region or macro-area.",
        "Le regole in vigore non conoscono questa provincia, regione o macroarea.",
    ),
    RefusalCode.UNKNOWN_UNIT: (
        "No unit is known under this id.",
        "Nessuna unità è conosciuta con questo identificativo.",
    ),
    RefusalCode.UNIT_EXISTS: (
        "A unit is already open under this id.",
        "Un'unità è già aperta con questo identificativo.",
    ),
    RefusalCode.UNIT_CLOSED: (
        "The unit is closed.",
        "L'unità è chiusa.",
    ),
    RefusalCode.UNIT_IN_USE: (
        "Somebody lives in the unit or is on the way to it.",
        "Qualcuno vive nell'unità o vi è diretto.",
    ),
    RefusalCode.MORE_THAN_PLACES: (
        "More places than the unit has.",
        "Più posti di quanti l'unità ne abbia.",
    ),
    RefusalCode.UNKNOWN_CASE: (
        "No case is known under this id.",
        "Nessun caso è conosciuto con questo identificativo.",
    ),
    RefusalCode.CASE_EXISTS: (
        "This case id cannot be used; choose a new random one.",
        "Questo identificativo di caso non si può usare; sceglierne uno nuovo a caso.",
    ),
    RefusalCode.CASE_ERASED: (
        "The data of this case have been erased, or their key is lost. Report what still holds again, as a new case.",
        "I dati di questo caso sono stati cancellati, o la loro chiave è andata persa. Segnalare di nuovo, come nuovo caso, ciò che vale ancora.",
    ),
    RefusalCode.CASE_IN_TRANSFER: (
        "The case has a live transfer, which must end first.",
        "Il caso ha un trasferimento in corso, che deve prima concludersi.",
    ),
    RefusalCode.UNKNOWN_PERSON: (
        "Nobody in the household has this letter.",
        "Nessuno nel nucleo ha questa lettera.",
    ),
    RefusalCode.NOT_RESPONSIBLE: (
        "Another project, or the helpline, is responsible for this case.",
        "Di questo caso è responsabile un altro progetto o il numero verde.",
    ),
    RefusalCode.ALREADY_RESPONSIBLE: (
        "This project is responsible for the case already.",
        "Questo progetto è già responsabile del caso.",
    ),
    RefusalCode.HOUSEHOLD_TOO_LARGE: (
        "The household has more people than one case may have; report it as several cases.",
        "Il nucleo ha più persone di quante un caso ne possa avere; segnalarlo come più casi.",
    ),
    RefusalCode.UNKNOWN_TRANSFER: (
        "No transfer of this case is known under this id.",
        "Nessun trasferimento di questo caso è conosciuto con questo identificativo.",
    ),
    RefusalCode.TRANSFER_EXISTS: (
        "This transfer id cannot be used; choose a new random one.",
        "Questo identificativo di trasferimento non si può usare; sceglierne uno nuovo a caso.",
    ),
    RefusalCode.TRANSFER_OVER: (
        "The transfer is over.",
        "Il trasferimento è concluso.",
    ),
    RefusalCode.NO_LIVE_PROPOSAL: (
        "The transfer has no live proposal now.",
        "Il trasferimento non ha ora una proposta aperta.",
    ),
    RefusalCode.PROPOSAL_SUPERSEDED: (
        "The proposal is no longer live.",
        "La proposta non è più aperta.",
    ),
    RefusalCode.NOT_ASKED: (
        "The proposal was made to another project.",
        "La proposta è stata fatta a un altro progetto.",
    ),
    RefusalCode.NOT_ACCEPTED_YET: (
        "No place has been accepted for this transfer yet.",
        "Per questo trasferimento non è stato ancora accettato un posto.",
    ),
    RefusalCode.NOT_DEPARTED_YET: (
        "The departure has not been confirmed yet.",
        "La partenza non è stata ancora confermata.",
    ),
    RefusalCode.ALREADY_DEPARTED: (
        "The departure has already been confirmed.",
        "La partenza è già stata confermata.",
    ),
    RefusalCode.AGREEMENT_MISSING: (
        "The agreement needed for this step is missing or has run out.",
        "Il consenso necessario per questo passo manca o è scaduto.",
    ),
    RefusalCode.TEXT_NEEDED: (
        "This code needs an explanation in words.",
        "Questo codice richiede una spiegazione a parole.",
    ),
    RefusalCode.SAFETY: (
        "A safety rule forbids it; the helpline can tell those with the right to know which one.",
        "Una regola di sicurezza lo vieta; il numero verde può dire quale a chi ha diritto di saperlo.",
    ),
    RefusalCode.DEADLINE_NOT_REACHED: (
        "The deadline has not been reached yet.",
        "La scadenza non è ancora stata raggiunta.",
    ),
    RefusalCode.UNKNOWN_INQUIRY: (
        "This inquiry is not open; it was answered, ran out or is no longer needed.",
        "Questa richiesta di disponibilità non è aperta; ha già avuto risposta, è scaduta o non serve più.",
    ),
    RefusalCode.CODE_NEEDED: (
        "A no needs a code that says why.",
        "Un no richiede un codice che dica perché.",
    ),
    RefusalCode.NOT_WAITING: (
        "The transfer does not wait for a place: one is proposed, accepted or on the way.",
        "Il trasferimento non è in attesa di un posto: uno è proposto, accettato o già in viaggio.",
    ),
    RefusalCode.HAND_OVER_PREPARED: (
        "This project has already said what it arranged for the hand-over; amend it instead.",
        "Questo progetto ha già indicato che cosa ha organizzato per il passaggio; occorre modificarlo.",
    ),
    RefusalCode.HAND_OVER_NOT_PREPARED: (
        "This project has not said yet what it arranged for the hand-over.",
        "Questo progetto non ha ancora indicato che cosa ha organizzato per il passaggio.",
    ),
    RefusalCode.NO_PLACE_FREE: (
        "This unit has no fresh free places for the whole household, or takes nobody in.",
        "Questa struttura non ha posti liberi aggiornati per tutto il nucleo, o non accoglie.",
    ),
    RefusalCode.ALREADY_PROPOSED: (
        "This unit is proposed already.",
        "Questa struttura è già proposta.",
    ),
    RefusalCode.SWAP_UNEVEN: (
        "Places are exchanged between two cases of as many people, each living in a unit of the project that is responsible for it.",
        "I posti si scambiano tra due casi con lo stesso numero di persone, ciascuno accolto in una struttura del progetto che ne è responsabile.",
    ),
    RefusalCode.UNKNOWN_KIND: (
        "A kind of place in the policy is not written as one: whom it hosts, sorted, joined by +, then a / and what it offers, likewise.",
        "Un tipo di posto nella policy non è scritto come deve: chi ospita, in ordine, unito da +, poi / e ciò che offre, allo stesso modo.",
    ),
    RefusalCode.POLICY_NOT_CONFIRMED: (
        "A new policy takes two bodies: one proposes it, another confirms these very words in time, then it is adopted.",
        "Una nuova policy richiede due enti: uno la propone, un altro conferma in tempo proprio queste parole, poi si adotta.",
    ),
    RefusalCode.IMMEDIATE_NEVER_WAITS: (
        "An immediate request never waits for a better place; only requests of other urgencies can.",
        "Una richiesta immediata non aspetta mai un posto migliore; possono aspettare solo le richieste di altra urgenza.",
    ),
    RefusalCode.NO_NOTIFICATION_DUE: (
        "No notification to the authority is due for this transfer.",
        "Per questo trasferimento non è dovuta alcuna comunicazione all'autorità.",
    ),
    RefusalCode.QUESTION_STANDS: (
        "A question about this proposal already waits for an answer.",
        "Una domanda su questa proposta attende già risposta.",
    ),
    RefusalCode.PAUSES_USED: (
        "Questions have stopped the clock of this proposal as often or as long as they may; telephone the helpline, and answer in time.",
        "Le domande hanno già fermato i tempi di questa proposta quanto consentito; telefonare al numero verde e rispondere in tempo.",
    ),
    RefusalCode.NO_QUESTION: (
        "The project asked has no open question.",
        "Il progetto interpellato non ha domande aperte.",
    ),
    RefusalCode.SAME_CASE: (
        "The two cases are one and the same.",
        "I due casi sono lo stesso caso.",
    ),
    RefusalCode.UNKNOWN_ACTION: (
        "No such action waits for a second person, or for a review.",
        "Nessuna azione di questo tipo attende una seconda persona o una verifica.",
    ),
    RefusalCode.ANOTHER_BODY_NEEDED: (
        "This takes another person, of another body than the one that reported it.",
        "Serve un'altra persona, di un ente diverso da quello che l'ha segnalata.",
    ),
    RefusalCode.TOO_MANY_AWAITED: (
        "Too many actions wait for a second person or for a review; confirm, refuse or review some of them first.",
        "Troppe azioni attendono una seconda persona o una verifica; prima confermarne, rifiutarne o verificarne alcune.",
    ),
    RefusalCode.LEGAL_HOLD: (
        "The case is under a legal hold: nothing of it may be destroyed until two people lift it.",
        "Il caso è sotto vincolo di conservazione: nulla può essere distrutto finché due persone non lo tolgono.",
    ),
    RefusalCode.NO_LEGAL_HOLD: (
        "The case is under no legal hold.",
        "Il caso non è sotto vincolo di conservazione.",
    ),
    RefusalCode.NOTHING_TO_LOWER: (
        "The case has no such danger or link.",
        "Il caso non ha questo pericolo o questo legame.",
    ),
    RefusalCode.CASE_CLOSED: (
        "The case was closed; whoever comes back is referred anew.",
        "Il caso è stato chiuso; chi torna viene segnalato di nuovo.",
    ),
    RefusalCode.CASE_MERGED: (
        "The case was found to be the same as another one; use the id of the case that stays.",
        "Il caso è risultato lo stesso di un altro; usare l'identificativo del caso che resta.",
    ),
    RefusalCode.BOTH_IN_TRANSFER: (
        "Both cases have a live transfer; withdraw one of them first.",
        "Entrambi i casi hanno un trasferimento in corso; prima va ritirato uno dei due.",
    ),
    RefusalCode.KEPT_APART: (
        "The two cases are to be kept apart, so they cannot be one person; the link has to be removed first.",
        "I due casi vanno tenuti lontani, quindi non possono essere la stessa persona; prima va tolto il legame.",
    ),
    RefusalCode.PLACE_KEPT: (
        "A place is still kept for the case; it has to end first.",
        "Un posto è ancora tenuto per il caso; prima deve cessare.",
    ),
    RefusalCode.NOTIFICATION_IS_DUE: (
        "The authority has still to be notified that a minor is missing.",
        "L'autorità deve ancora essere avvisata della scomparsa di un minore.",
    ),
    RefusalCode.NOT_OFFERED: (
        "Responsibility for the case is not offered to this project now.",
        "La responsabilità del caso non è ora offerta a questo progetto.",
    ),
    RefusalCode.PROGRAMME_OVER: (
        "The project's programme does not run now.",
        "Il programma del progetto non è ora in corso.",
    ),
}

_RULES: Mapping[str, Said] = {
    Rule.ACCEPTING: (
        "The unit is closed, takes nobody in now, or is not residential.",
        "L'unità è chiusa, ora non accoglie o non è residenziale.",
    ),
    Rule.ONE_PLACE_ONE_CASE: (
        "The unit has not enough free places for the whole household.",
        "L'unità non ha abbastanza posti liberi per l'intero nucleo.",
    ),
    Rule.NEVER_TOWARDS_DANGER: (
        "The unit lies where there is danger.",
        "L'unità si trova dove c'è pericolo.",
    ),
    Rule.NEVER_WITH_EXPLOITERS: (
        "The unit is near somebody who must be kept apart.",
        "L'unità è vicina a qualcuno che va tenuto lontano.",
    ),
    SAFETY: (
        "A safety rule excludes the unit.",
        "Una regola di sicurezza esclude l'unità.",
    ),
    Rule.MINORS: (
        "The unit may not host these minors, or parents with children.",
        "L'unità non può ospitare questi minori, o genitori con figli.",
    ),
    Rule.GENDER: (
        "The unit does not host people of this gender.",
        "L'unità non ospita persone di questo genere.",
    ),
    Rule.ESSENTIAL_NEEDS: (
        "The unit does not meet an essential need.",
        "L'unità non soddisfa un bisogno essenziale.",
    ),
    Rule.AGREEMENT: (
        "An adult's agreement to move is missing or runs out.",
        "Manca o scade il consenso di una persona adulta a spostarsi.",
    ),
    Rule.ONE_LIVE_PROPOSAL: (
        "The case has a live proposal already.",
        "Il caso ha già una proposta aperta.",
    ),
    Rule.FRESHNESS: (
        "What is known of the unit's free places is too old.",
        "Ciò che si sa dei posti liberi dell'unità è troppo vecchio.",
    ),
    Rule.PEOPLE_DECIDE: (
        "A person must decide here.",
        "Qui deve decidere una persona.",
    ),
    Rule.DECLINED_BEFORE: (
        "The unit declined this case, and nothing has changed since.",
        "L'unità ha rifiutato questo caso e da allora nulla è cambiato.",
    ),
    Rule.ON_DUTY: (
        "Nobody of the unit's project is on duty for as long as an immediate request may wait.",
        "Nessuno del progetto dell'unità è reperibile per il tempo che una richiesta immediata può attendere.",
    ),
    Rule.KEPT_FOR_OTHERS: (
        "It would fit; it is kept for others who may need it more, and there is time to wait for another place. The helpline may choose it all the same.",
        "Sarebbe adatta; è tenuta per chi può averne più bisogno, e c'è tempo di attendere un altro posto. Il numero verde può comunque sceglierla.",
    ),
    Rule.TAKEN_BY_ANOTHER: (
        "It would fit; in the same decision its free places went to others, so that the network as a whole gains most.",
        "Sarebbe adatta; nella stessa decisione i suoi posti liberi sono andati ad altri, perché la rete nel suo insieme ne guadagni di più.",
    ),
}

_ESCALATIONS: Mapping[Escalation, Said] = {
    Escalation.NO_PLACE: (
        "No place fits now.",
        "Ora nessun posto è adatto.",
    ),
    Escalation.MINOR: (
        "A minor is never placed automatically.",
        "Un minore non è mai collocato automaticamente.",
    ),
    Escalation.DISCLOSURES_USED: (
        "As many projects as the policy allows have been asked.",
        "Sono stati interpellati tutti i progetti che le regole consentono.",
    ),
    Escalation.DECLINES_USED: (
        "As many projects as the policy allows have declined.",
        "Hanno rifiutato tanti progetti quanti le regole consentono.",
    ),
    Escalation.DEADLINE_PASSED: (
        "The request's own deadline has passed.",
        "La scadenza della richiesta è passata.",
    ),
    Escalation.AGREEMENT_MISSING: (
        "An adult's agreement to move is missing or runs out.",
        "Manca o scade il consenso di una persona adulta a spostarsi.",
    ),
    Escalation.SAFETY_CHANGED: (
        "Something about safety or agreement changed after the place was accepted or the person had left.",
        "Qualcosa riguardo alla sicurezza o al consenso è cambiato dopo l'accettazione del posto o la partenza.",
    ),
    Escalation.ARRIVAL_OVERDUE: (
        "The arrival is overdue.",
        "L'arrivo è in ritardo.",
    ),
    Escalation.REASSESS: (
        "A project found the person not eligible: what they need has to be looked at again, and the request amended.",
        "Un progetto ha ritenuto la persona non idonea: occorre rivalutare le sue esigenze e modificare la richiesta.",
    ),
    Escalation.NOT_CONFIRMED: (
        "A prepared proposal was not confirmed in time; its place is free again.",
        "Una proposta preparata non è stata confermata in tempo; il posto è di nuovo libero.",
    ),
    Escalation.NO_PROJECT_ON_DUTY: (
        "Units fit, but no project that has one is on duty; nobody has been asked yet. Matching goes on when one comes on duty.",
        "Ci sono unità adatte, ma nessuno dei loro progetti è reperibile; nessuno è stato ancora interpellato. La ricerca riprende al primo turno.",
    ),
    Escalation.PLACES_KEPT: (
        "Places fit, and are kept for others who may need them more while there is time to wait for another. The helpline may choose one all the same.",
        "Ci sono posti adatti, tenuti per chi può averne più bisogno finché c'è tempo di attenderne un altro. Il numero verde può comunque sceglierne uno.",
    ),
    Escalation.PROGRAMME_ENDED: (
        "The programme of the project that accepted has ended, and no other project succeeds it.",
        "Il programma del progetto che aveva accettato è finito e nessun altro progetto gli succede.",
    ),
}

_STANDINGS: Mapping[ScarcityStanding, Said] = {
    ScarcityStanding.IN_FORCE: (
        "Scarcity weights were in force: a place costs what it is worth to those who may still need it.",
        "I pesi di scarsità erano in vigore: un posto costa quanto vale per chi può ancora averne bisogno.",
    ),
    ScarcityStanding.MISSING: (
        "The policy has no scarcity weights: places cost nothing, and only what would be left over of one counted against it.",
        "La policy non ha pesi di scarsità: i posti non costano nulla, e contro un posto ha contato solo ciò che ne sarebbe rimasto inutilizzato.",
    ),
    ScarcityStanding.EXPIRED: (
        "The scarcity weights had expired: places cost nothing, and only what would be left over of one counted against it.",
        "I pesi di scarsità erano scaduti: i posti non costano nulla, e contro un posto ha contato solo ciò che ne sarebbe rimasto inutilizzato.",
    ),
}

_INQUIRY_ENDS: Mapping[InquiryEnd, Said] = {
    InquiryEnd.YES: ("The project could.", "Il progetto potrebbe."),
    InquiryEnd.NO: ("The project could not.", "Il progetto non potrebbe."),
    InquiryEnd.EXPIRED: ("Nobody answered in time; that is not a refusal.", "Nessuno ha risposto in tempo; non è un rifiuto."),
    InquiryEnd.PLACE_ACCEPTED: ("A place was accepted meanwhile.", "Nel frattempo un posto è stato accettato."),
    InquiryEnd.RELEASED: (
        "Taken back: the unit is no longer safe for the case, or was closed.",
        "Ritirato: l'unità non è più sicura per il caso, o è stata chiusa.",
    ),
    InquiryEnd.TRANSFER_OVER: ("The transfer was over.", "Il trasferimento era concluso."),
}
