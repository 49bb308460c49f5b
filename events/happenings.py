"""What each kind of fact says happened, in a few words, in English and Italian. Constant texts: no name, number or place enters them."""

from __future__ import annotations

from collections.abc import Mapping

from events.language import Language, Said, in_language


def happening(fact_name: str, language: Language | str = Language.ENGLISH) -> str:
    """What happened, by the name of an event or outcome. Raises KeyError for another name, ValueError for another language."""
    return in_language(HAPPENINGS[fact_name], language)


HAPPENINGS: Mapping[str, Said] = {
    # network
    "ProjectRegistered": ("A project joins the network.", "Un progetto entra nella rete."),
    "ProjectAmended": ("A project is described anew.", "Un progetto è descritto di nuovo."),
    "UnitOpened": ("A unit opens.", "Si apre un'unità."),
    "UnitAmended": ("A unit is described anew.", "Un'unità è descritta di nuovo."),
    "UnitClosed": ("A unit closes.", "Un'unità chiude."),
    "DutyHoursPublished": ("A project says when it answers.", "Un progetto dice quando risponde."),
    "PolicyAdopted": ("A policy comes into force.", "Entra in vigore una policy."),
    "PolicyProposed": ("A policy is proposed.", "È proposta una policy."),
    "RulesAdopted": ("A version of the rules comes into force.", "Entra in vigore una versione delle regole."),
    "ClockAdvanced": ("A deadline has passed.", "È passata una scadenza."),
    "ProgrammeEnded": ("A project's programme ends.", "Finisce il programma di un progetto."),
    # availability
    "AvailabilityPublished": ("Places were counted.", "I posti sono stati contati."),
    "AvailabilityReaffirmed": ("The count still holds.", "Il conteggio vale ancora."),
    "AvailabilityLearned": ("What is free was learned from an answer.", "Da una risposta si è saputo che cosa è libero."),
    "CapacityChanged": ("What counts as free changed.", "È cambiato ciò che conta come libero."),
    # contact and referral
    "ReferralReceived": ("Somebody became known.", "È arrivata una segnalazione."),
    "ReferralAccepted": ("Taken in charge.", "Presa in carico."),
    "ContactLogged": ("The helpline was contacted.", "Contatto con il numero verde."),
    "ReferralAmended": ("The referral was corrected.", "La segnalazione è stata corretta."),
    "ReferralDeclined": ("The project does not take the case.", "Il progetto non prende il caso."),
    "ReferralAssigned": ("The helpline sends the referral to a project.", "Il numero verde assegna la segnalazione a un progetto."),
    "ReferralRouted": ("The referral is sent on.", "La segnalazione è indirizzata."),
    "AssessmentRecorded": ("An assessment was made.", "È stata fatta una valutazione."),
    "ReferralClosed": ("The case is closed.", "Il caso è chiuso."),
    "ResponsibilityOffered": ("Responsibility is offered to another project.", "La responsabilità è offerta a un altro progetto."),
    "ResponsibilityTaken": ("Responsibility is taken over.", "La responsabilità è assunta."),
    "ResponsibilityDeclined": ("Responsibility is not taken over.", "La responsabilità non è assunta."),
    "ResponsibilityPassed": ("Responsibility passes.", "La responsabilità passa."),
    # person
    "AgreementGiven": ("One adult agrees to move.", "Una persona adulta acconsente a spostarsi."),
    "AgreementWithdrawn": ("An agreement was withdrawn.", "Un consenso è stato ritirato."),
    "DangerDeclared": ("A place is dangerous for them.", "Un luogo è pericoloso per il caso."),
    "KeepApartDeclared": ("Two cases are to be kept apart.", "Due casi vanno tenuti lontani."),
    "GroupKeptApart": ("Several cases are to be kept apart.", "Più casi vanno tenuti lontani."),
    "SafetyLowered": ("A danger or a link is removed.", "Un pericolo o un legame è tolto."),
    "CasesFoundSame": ("Two cases are the same.", "Due casi sono lo stesso."),
    "VitalInterestInvoked": ("Nobody can decide, and a life is at stake.", "Nessuno può decidere, ed è in gioco una vita."),
    "AgeAssessed": ("An age was assessed.", "Un'età è stata accertata."),
    "MajorityReviewDue": ("Somebody turned eighteen.", "Qualcuno ha compiuto diciotto anni."),
    "CaseErased": ("The case is erased.", "Il caso è cancellato."),
    "AliasErased": ("Another name of the case is erased with it.", "Con il caso è cancellato un suo altro nome."),
    "CaseExpired": ("The case's term is over.", "Il termine del caso è scaduto."),
    "ExplanationsExpired": ("Explanations' term is over.", "Il termine delle spiegazioni è scaduto."),
    "LegalHoldPlaced": ("Nothing of it may be destroyed.", "Nulla del caso può essere distrutto."),
    "LegalHoldLifted": ("Terms run again.", "I termini tornano a decorrere."),
    # actions that take two people
    "GlassBroken": ("Somebody asks to see what is behind glass.", "Qualcuno chiede di vedere ciò che è sotto vetro."),
    "SightOpened": ("It is open to be seen.", "È aperto alla vista."),
    "ConfirmationAwaited": ("It waits for a second person.", "Attende una seconda persona."),
    "ActionConfirmed": ("A second person confirms.", "Una seconda persona conferma."),
    "ActionRefused": ("It does not happen.", "Non avviene."),
    "ActionTaken": ("The action takes effect.", "L'azione ha effetto."),
    "ActionLapsed": ("Nobody confirmed it in time.", "Nessuno l'ha confermata in tempo."),
    "ReviewDue": ("It is to be reviewed.", "Va riesaminata."),
    "ReviewOverdue": ("The review is late.", "Il riesame è in ritardo."),
    "ActionReviewed": ("It was reviewed.", "È stata riesaminata."),
    # transfer
    "TransferRequested": ("A place elsewhere is asked for.", "È chiesto un posto altrove."),
    "TransferAmended": ("What is needed has changed.", "È cambiato ciò che serve."),
    "TransferWithdrawn": ("The request is withdrawn.", "La richiesta è ritirata."),
    "ProposalPrepared": ("A place is held, to be confirmed.", "Un posto è tenuto, da confermare."),
    "ProposalConfirmed": ("The helpline confirms the proposal.", "Il numero verde conferma la proposta."),
    "ProposalMade": ("A project is asked for a place.", "A un progetto è chiesto un posto."),
    "MatchOverridden": ("The helpline chooses a unit.", "Il numero verde sceglie un'unità."),
    "OutOfOrder": ("Others ranked before this unit.", "Altre unità venivano prima di questa."),
    "ProposalAccepted": ("The project says yes.", "Il progetto dice di sì."),
    "ProposalDeclined": ("The project says no.", "Il progetto dice di no."),
    "ProposalEnded": ("The proposal is over.", "La proposta è finita."),
    "ProposalPassed": ("The accepted place is another project's.", "Il posto accettato passa a un altro progetto."),
    "ProposalPaused": ("The time to answer stops.", "Il tempo per rispondere si ferma."),
    "ProposalResumed": ("The time to answer goes on.", "Il tempo per rispondere riprende."),
    "ReminderDue": ("A project has still to answer.", "Un progetto deve ancora rispondere."),
    "InformationRequested": ("The project asks something first.", "Il progetto chiede prima qualcosa."),
    "InformationGiven": ("The question is answered.", "La domanda ha avuto risposta."),
    "InquiryOpened": ("A project is asked whether it could.", "A un progetto è chiesto se potrebbe."),
    "InquiryAnswered": ("A project says whether it could.", "Un progetto dice se potrebbe."),
    "InquiryEnded": ("The inquiry is over.", "L'interpello è finito."),
    "DepartureConfirmed": ("They have left.", "La partenza è confermata."),
    "ArrivalConfirmed": ("They have arrived.", "L'arrivo è confermato."),
    "SafeStopAgreed": ("A safe stop on the way.", "Una sosta sicura lungo il viaggio."),
    "TransferEnded": ("The transfer ended without an arrival.", "Il trasferimento è finito senza arrivo."),
    "TransferEscalated": ("An operator is called in.", "Serve un operatore."),
    "TransferClosed": ("The transfer is over.", "Il trasferimento è concluso."),
    "NotificationDue": ("The authority is to be told.", "L'autorità va avvisata."),
    "AuthorityNotified": ("The authority was told.", "L'autorità è stata avvisata."),
    "HandOverPrepared": ("A list for the hand-over is there.", "C'è una lista per il passaggio di consegne."),
    "HandOverAmended": ("A list for the hand-over is new.", "Una lista per il passaggio di consegne è nuova."),
    "SwapAgreed": ("An exchange is agreed to.", "Si acconsente a uno scambio."),
    "PlaceExchanged": ("They live in the other's place now.", "Ora vivono nel posto dell'altro caso."),
    "MatchExplained": ("Why so is explained.", "È spiegato perché."),
    # places
    "PlaceHeld": ("A place is held.", "Un posto è tenuto."),
    "PlaceReserved": ("A place is reserved.", "Un posto è riservato."),
    "PlaceOccupied": ("A place is occupied.", "Un posto è occupato."),
    "PlaceKept": ("The place left is kept.", "Il posto lasciato resta tenuto."),
    "PlaceKeptFor": ("Whose kept place it is.", "Di chi è il posto tenuto."),
    "PlaceReleased": ("A place is given back.", "Un posto è restituito."),
    "HoldDeadlineMoved": ("A place is held until another time.", "Un posto è tenuto fino a un altro momento."),
    "ProgrammeTurned": ("A project stands elsewhere in its programme.", "Un progetto è a un altro punto del suo programma."),
    "UnitPassed": ("A unit is another project's.", "Un'unità passa a un altro progetto."),
    # verdicts
    "Recorded": ("Recorded.", "Registrato."),
    "Refused": ("Refused.", "Respinto."),
    "Duplicate": ("Said before.", "Già detto."),
    "Unreadable": ("It could not be read.", "Non si è potuto leggere."),
}
"""(English, Italian) by the fact's name."""
