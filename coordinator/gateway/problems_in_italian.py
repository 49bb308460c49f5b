"""The catalogue of problems in Italian: for each code its title and what to do."""

from __future__ import annotations

from collections.abc import Mapping

IN_ITALIAN: Mapping[str, tuple[str, str]] = {
    "token-missing": ("Manca il token", "Inviare `Authorization: Bearer TOKEN`."),
    "token-unknown": ("Il token non è in vigore", "Chiederne uno nuovo a un amministratore della rete."),
    "not-allowed": (
        "Non con questo token",
        "È per un altro ruolo, progetto o rete: rivolgersi a chi lo ha, o a un amministratore per avere il token giusto.",
    ),
    "not-opened": (
        "Nessuno l'ha aperto per voi",
        "Segnalare `GlassBroken` con il motivo, e farlo confermare da qualcuno di un altro ente; un token che non nomina una persona non apre nulla.",
    ),
    "actor-differs": (
        "L'evento parla per qualcun altro",
        "L'attore dell'evento deve essere quello del token: stesso ente, stesso ruolo, e la persona se il token la nomina.",
    ),
    "unknown-network": ("Qui non c'è una rete così", "Controllare il nome della rete nell'indirizzo."),
    "not-found": ("Qui non c'è nulla", "Controllare l'indirizzo; può darsi anche che la registrazione o l'evento non siano ancora accettati."),
    "views-behind": ("Le viste non sono ancora lì", "Chiedere di nuovo tra poco, o per una registrazione precedente."),
    "method-not-allowed": ("Non in questo modo", "Si veda `Allow`, o la descrizione in /openapi.json."),
    "event-invalid": (
        "Non è un evento",
        "Correggere ciò che `detail` nomina; in un invio di più eventi `line` dice dove. Nulla della richiesta è stato conservato.",
    ),
    "request-invalid": ("La richiesta non va bene", "Correggere i parametri nominati in `fields`."),
    "idempotency-key-invalid": (
        "La chiave di idempotenza non è un UUIDv7",
        "Creare un UUIDv7 per ogni evento, e inviare di nuovo lo stesso quando l'esito non è noto.",
    ),
    "idempotency-key-differs": (
        "Chiave e id dell'evento sono diversi",
        "`Idempotency-Key` ed `event_id` nominano la stessa cosa: inviarne uno, o entrambi uguali.",
    ),
    "idempotency-key-missing": (
        "Manca la chiave di idempotenza",
        "Inviare `Idempotency-Key` con un nuovo UUIDv7, e di nuovo lo stesso quando l'esito non è noto: diventa l'id dell'evento.",
    ),
    "policy-invalid": (
        "Non è una policy",
        "Correggere ciò che `detail` nomina. `GET /v1/{network}/policy` mostra ogni campo; nulla della richiesta è stato conservato.",
    ),
    "policy-would-be-refused": (
        "La rete respingerebbe questa policy",
        "`refusal` dice perché, come farebbe un esito; nulla è stato segnalato e nulla è stato conservato.",
    ),
    "policy-differs": (
        "Non sono le parole proposte",
        "Confermare proprio la policy che la proposta nomina con la sua impronta: chiederla per intero a chi l'ha proposta.",
    ),
    "no-policy": ("Nessuna policy è in vigore", "`staffetta network create` dota una rete della sua prima policy."),
    "busy": (
        "Non adesso",
        "In ogni rete si calcola un'anteprima alla volta. Attendere quanto dice `Retry-After` e chiedere di nuovo la stessa: continua, e resta per minuti.",
    ),
    "time-not-yours": (
        "Qui gli eventi li data il broker",
        "Togliere l'ora della registrazione: la accetta solo una rete di sviluppo con un orologio proprio.",
    ),
    "media-type-unknown": ("Tipo di contenuto sconosciuto", "Un evento: application/json. Più eventi: application/x-ndjson."),
    "too-large": ("Troppo grande", "Un evento è al massimo di 64 KiB, un invio di 8 MiB. Nulla della richiesta è stato conservato."),
    "erased": ("Il caso è cancellato", "Non se ne può più dire nulla. Nulla della richiesta è stato conservato."),
    "lagging": ("Le decisioni sono in ritardo", "Attendere quanto dice `Retry-After` e inviare di nuovo lo stesso evento."),
    "unavailable": (
        "Un servizio non risponde",
        "Attendere quanto dice `Retry-After` e inviare di nuovo lo stesso evento: non fa danno.",
    ),
    "not-recorded": (
        "La consultazione non si è potuta registrare",
        "Di una persona non si mostra nulla prima che sia registrato chi guarda. Attendere quanto dice `Retry-After` e chiedere di nuovo.",
    ),
    "failed": ("Errore del gateway", "Inviare di nuovo lo stesso evento; comunicare ai gestori il `trace`."),
}
"""(Title, what to do) by code."""
