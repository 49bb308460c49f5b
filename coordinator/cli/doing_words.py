"""What commands that do something say they did, in English and Italian: machine, networks, events files, sheets, replay, rebuild, export, operators.

Texts with `{}` are filled in; rich markup in them is read.
"""

from __future__ import annotations

from collections.abc import Mapping

from events.language import Said

# up, down, reset
ASK_FORGET: Said = ("Delete everything in {}? Keys are gone for good", "Cancellare tutto in {}? Le chiavi sono perse per sempre")
STOPPED: Said = ("Stopped. The data stay; `staffetta up` goes on with them.", "Fermato. I dati restano; `staffetta up` riprende da lì.")
NOTHING_RAN: Said = ("Nothing was running.", "Nulla era in funzione.")
PRESS: Said = ("[bold]Press ctrl-C to stop all of it.[/]", "[bold]Premere ctrl-C per fermare tutto.[/]")
STOPPING: Said = ("Stopping.", "In arresto.")
ALL_STOPPED: Said = ("Stopped; nothing was left running.", "Fermato; nulla è rimasto in funzione.")
STARTING: Said = ("Starting; its log is {}.", "In avvio; il suo log è {}.")
RUNS_ALREADY: Said = ("Running already; nothing more was started.", "Già in funzione; non è stato avviato altro.")
READY: Said = ("[bold green]Ready.[/] Gateway: {} (described at {}/docs)", "[bold green]Pronto.[/] Gateway: {} (descritto in {}/docs)")
STOP_WITH: Said = ("Stop it with [bold]staffetta down[/].", "Si ferma con [bold]staffetta down[/].")
FORGOTTEN: Said = ("Everything is forgotten.", "Tutto è dimenticato.")
NOTHING_TO_FORGET: Said = ("There was nothing to forget.", "Non c'era nulla da dimenticare.")

# submit
SENT: Said = ("[dim]{} of {} sent[/]", "[dim]inviati {} su {}[/]")
OF_LINE: Said = ("line {}: {}: {} [dim]({})[/]", "riga {}: {}: {} [dim]({})[/]")
ENTRY: Said = ("entry {}", "registrazione {}")
NO_ENTRY: Said = ("no entry", "nessuna registrazione")
EVENTS: Said = ("[bold]{} events[/]: {}", "[bold]Eventi: {}[/]; {}")
NONE: Said = ("none", "nessuno")
RECORDED: Said = ("recorded", "registrato")
NOT_YET: Said = ("stored, no entry yet", "conservato, ancora senza registrazione")
GONE: Said = ("not sent: the case is erased", "non inviato: il caso è cancellato")
ACCEPTED_BEFORE: Said = ("accepted before", "già accettato")
REFUSED: Said = ("refused ({}): {}", "respinto ({}): {}")
REPEATS: Said = ("repeats entry {}", "ripete la registrazione {}")
UNREADABLE: Said = ("unreadable ({})", "illeggibile ({})")
SUMS: Mapping[str, Said] = {
    "pending": ("{} pending", "in attesa {}"),
    "erased": ("{} erased", "cancellati {}"),
    "recorded": ("{} recorded", "registrati {}"),
    "recorded (repeated)": ("{} recorded (repeated)", "già registrati {}"),
    "duplicate": ("{} duplicate", "doppi {}"),
    "duplicate (repeated)": ("{} duplicate (repeated)", "già visti doppi {}"),
    "unreadable": ("{} unreadable", "illeggibili {}"),
    "unreadable (repeated)": ("{} unreadable (repeated)", "già visti illeggibili {}"),
    "refused": ("{} refused:{}", "respinti {} ({})"),
}
"""By kind of answer: how many; of refusals their code as well."""

# sheet
SHEET_WRITTEN: Said = (
    "{} cases written to {}. It holds people's data: its owner alone can read it; delete it when it has served.",
    "Casi scritti in {1}: {0}. Contiene dati di persone: può leggerlo solo il proprietario; cancellarlo quando non serve più.",
)
SHEET_LINE: Said = ("line {}: {}, case {}", "riga {}: {}, caso {}")
SHEET_READ: Said = (
    "{} cases, {} events in {}; send them: staffetta submit {}",
    "casi {}, eventi {} in {}; per inviarli: staffetta submit {}",
)
PERSON: Said = ("1 person", "1 persona")
PEOPLE: Said = ("{} people", "{} persone")

# replay, rebuild, export
ENTRIES: Said = ("[dim]{} entries[/]", "[dim]{} registrazioni[/]")
REPLAYED: Said = (
    "[bold]{} entries[/]: {} identical, {} not re-decidable, {} differ, {} not decisions; {} state hashes agree",
    "[bold]Registrazioni: {}[/]; identiche {}, non decidibili di nuovo {}, diverse {}, che non sono decisioni {}; hash dello stato concordi {}",
)
DIFFERS: Said = ("  [red]entry {} differs[/]: {}", "  [red]la registrazione {} è diversa[/]: {}")
REBUILT: Said = (
    "{}: {} entries folded in {:.1f} s, swapped in after {:.1f} s more; the views stand at entry {}.",
    "{}: {} registrazioni in {:.1f} s, al loro posto dopo altri {:.1f} s; le viste sono alla registrazione {}.",
)
EXPORTED: Said = ("{} entries written to {}.", "Registrazioni scritte in {1}: {0}.")
EXPORTED_PLAIN: Said = (
    "{} entries written to {}, with what is known of people in plain.",
    "Registrazioni scritte in {1}: {0}, con ciò che si sa delle persone in chiaro.",
)

# heal, accept-loss, no-event, source-changed, trim-events
WRITTEN: Said = ("Written as entry {}.", "Scritta come registrazione {}.")
HEALED: Said = (
    "{} entries appended; the ledger ends with entry {}.",
    "Registrazioni aggiunte: {}; il registro finisce con la registrazione {}.",
)
NOTHING_MISSING: Said = ("Nothing was missing.", "Non mancava nulla.")
LOST_EVENT: Said = ("{} {} at offset {}", "{} {} all'offset {}")
ASK_LOSS: Said = (
    "Refuse for good {}, which no key opens, and decide what waits before offset {}",
    "Respingere per sempre {}, che nessuna chiave apre, e decidere ciò che attende prima dell'offset {}",
)
WOULD_BE_REFUSED: Said = ("Would be refused: {}.", "Sarebbe respinto: {}.")
LOSS_REFUSED: Said = ("Refused: {}.", "Respinto: {}.")
LOSS_LEFT: Said = ("No key opens {} either: workers stop there.", "Nessuna chiave apre nemmeno {}: i worker si fermano lì.")
REPORT_AGAIN: Said = (
    "Tell whoever reported them to report what still holds again, as a new case; then start the workers.",
    "Dire a chi li ha segnalati di segnalare di nuovo, come nuovo caso, ciò che vale ancora; poi avviare i worker.",
)
ASK_TRIM: Said = (
    "{} events are as the ledger has them. Delete the records below offset {} from {}",
    "{} eventi sono come li ha il registro. Cancellare i record sotto l'offset {} da {}",
)
NOTHING_TO_TRIM: Said = (
    "{} events are as the ledger has them; none that may go is older than its term.",
    "Gli eventi ({}) sono come li ha il registro; nessuno di quelli che si possono togliere ha superato il suo termine.",
)
TRIMMED: Said = (
    "{} events are as the ledger has them; the topic now begins at offset {}, and {} of them stay.",
    "Gli eventi ({}) sono come li ha il registro; il topic ora comincia all'offset {}, e ne restano {}.",
)
WOULD_TRIM: Said = (
    "{} events are as the ledger has them; it would then begin at offset {}, and {} of them stay.",
    "Gli eventi ({}) sono come li ha il registro; il topic comincerebbe poi all'offset {}, e ne resterebbero {}.",
)

# policy estimate
ESTIMATED: Said = ("Estimated from {}.", "Stimati da {}.")
ESTIMATE_WRITTEN: Said = ("Written to {}. Next: staffetta policy preview {}", "Scritti in {}. Poi: staffetta policy preview {}")
NOTHING_SCARCE: Said = ("No place is scarce.", "Nessun posto è scarso.")

# scenario, simulate
HOLD_ALL: Said = ("{} steps, {} expectations, all hold", "passi {}, attese {}, tutte vere")
HOLD_NOT_ALL: Said = ("{} steps, {} expectations, {} do not hold", "passi {}, attese {}, non vere {}")
INSTEAD: Said = ("line {}; instead: {}", "riga {}; invece: {}")
NOT_SO: Said = ("not so", "non è così")
FUTURES: Said = ("[dim]{} of {} futures[/]", "[dim]futuri: {} su {}[/]")
POLICIES_OF_PLAY: Said = ("Policies of play", "Policy da mettere a confronto")
POLICIES_COLUMNS: tuple[Said, Said] = (("name", "nome"), ("what it does", "che cosa fa"))
