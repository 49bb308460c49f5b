"""The words of everything that a command cannot do, by code: what is the matter, and what to do about it, each in English and Italian.

`detail` is what a part of the program found and says in English alone: the text of an error whose other words stand here.
"""

from __future__ import annotations

from collections.abc import Mapping

from events.language import Said

_NOTHING: Said = ("", "")
_HERE: Said = (
    "Is Kafka running? `staffetta up` starts it; KAFKA_BOOTSTRAP_SERVERS names another. Sending again is harmless.",
    "Kafka è in funzione? `staffetta up` lo avvia; KAFKA_BOOTSTRAP_SERVERS ne indica un altro. Inviare di nuovo non fa danno.",
)
_ONE_OF: Said = ("One of: {known}.", "Uno tra: {known}.")

WORDS: Mapping[str, tuple[Said, Said]] = {
    "wrong-use": (("{detail}", "{detail}"), ("`{command} --help` shows how it is used.", "`{command} --help` mostra come si usa.")),
    "nobody-answered": (
        ("It was asked for, and nobody answered.", "È stato chiesto, e nessuno ha risposto."),
        ("Add --yes to answer beforehand.", "Aggiungere --yes per rispondere prima."),
    ),
    "settings-invalid": (
        ("The settings do not fit: {problems}", "Le impostazioni non vanno bene: {problems}"),
        ("Correct these variables of the environment.", "Correggere queste variabili d'ambiente."),
    ),
    "not-configured": (
        ("{variable} is not set, and nothing runs from {data}.", "{variable} non è impostata, e nulla è in funzione da {data}."),
        ("Set it, or start everything here with `staffetta up`.", "Impostarla, o avviare tutto qui con `staffetta up`."),
    ),
    "unknown-network": (
        ("There is no network '{name}' here.", "Qui non c'è una rete '{name}'."),
        (
            "Configured are: {known}. Another is added in STAFFETTA_NETWORKS.",
            "Sono configurate: {known}. Un'altra si aggiunge in STAFFETTA_NETWORKS.",
        ),
    ),
    "unknown-role": (
        ("There is no role '{role}' to act in.", "Non c'è un ruolo '{role}' in cui agire."),
        ("One of {known}, or project:ID.", "Uno tra {known}, o project:ID."),
    ),
    "not-for-role": (
        ("The role {role} does not see this.", "Il ruolo {role} non lo vede."),
        (
            "docs/reference/access.md says who sees what; --as chooses another role.",
            "docs/reference/access.md dice chi vede che cosa; --as sceglie un altro ruolo.",
        ),
    ),
    "unknown-choice": (("{what}: there is no '{name}'.", "{what}: non c'è '{name}'."), _ONE_OF),
    "unknown-load": (
        ("{what}: there is no '{name}'.", "{what}: non c'è '{name}'."),
        ("One of {known}, or a number of requests a day, such as 1.5.", "Uno fra {known}, o un numero di richieste al giorno, come 1.5."),
    ),
    "no-moment": (
        ("--as-of '{text}' is neither a sequence nor a time.", "--as-of '{text}' non è né una sequenza né un'ora."),
        (
            "Write a ledger sequence (1042) or an ISO 8601 time (2026-03-01T14:30).",
            "Scrivere una sequenza del registro (1042) o un'ora ISO 8601 (2026-03-01T14:30).",
        ),
    ),
    "no-time": (
        ("{option} '{text}' is no time.", "{option} '{text}' non è un'ora."),
        (
            "Write an ISO 8601 date or time, such as 2026-01-01 or 2026-01-01T08:00.",
            "Scrivere una data o un'ora ISO 8601, come 2026-01-01 o 2026-01-01T08:00.",
        ),
    ),
    "period-ends-first": (
        ("The period ends before it begins.", "Il periodo finisce prima di cominciare."),
        ("--from {since} must lie before --to {until}.", "--from {since} deve venire prima di --to {until}."),
    ),
    "no-slug": (
        ("{option} is no id.", "{option} non è un identificativo."),
        (
            "An id is small letters, digits and hyphens, such as anello-forte.",
            "Un identificativo ha lettere minuscole, cifre e trattini, come anello-forte.",
        ),
    ),
    "no-case-id": (
        ("That is no case id.", "Non è l'id di un caso."),
        (
            "A case id is a UUID, such as 0198c0de-0000-4000-8000-000000000000.",
            "L'id di un caso è un UUID, come 0198c0de-0000-4000-8000-000000000000.",
        ),
    ),
    "no-transfer-id": (
        ("That is no transfer id.", "Non è l'id di un trasferimento."),
        (
            "A transfer id is a UUID, such as 0198c0de-0000-4000-8000-000000000000.",
            "L'id di un trasferimento è un UUID, come 0198c0de-0000-4000-8000-000000000000.",
        ),
    ),
    "nothing-deleted": (("Nothing was deleted.", "Nulla è stato cancellato."), _NOTHING),
    "nothing-refused": (("Nothing was refused.", "Nulla è stato respinto."), _NOTHING),
    "no-file": (("There is no file {file}.", "Non c'è un file {file}."), _NOTHING),
    "file-exists": (("{file} exists.", "{file} esiste già."), ("Name another file, or remove it.", "Indicare un altro file, o toglierlo.")),
    "cannot-read": (("{file} cannot be read: {failure}.", "{file} non si può leggere: {failure}."), _NOTHING),
    "cannot-write": (("{file} cannot be written: {failure}.", "{file} non si può scrivere: {failure}."), _NOTHING),
    "not-utf8": (("{file} is not UTF-8 text.", "{file} non è testo UTF-8."), ("Save it as UTF-8.", "Salvarlo come UTF-8.")),
    "lines-invalid": (
        ("{file}: {wrong} of {lines} lines are no events:\n{problems}", "{file}: {wrong} righe su {lines} non sono eventi:\n{problems}"),
        ("Nothing was sent.", "Nulla è stato inviato."),
    ),
    "sheet-invalid": (
        ("{file} cannot be read as it is:\n{problems}", "{file} non si può leggere com'è:\n{problems}"),
        ("Correct the sheet; nothing was written.", "Correggere la scheda; nulla è stato scritto."),
    ),
    "events-file-exists": (
        ("{file} is there already.", "{file} c'è già."),
        (
            "Name another file, or remove it: events that were sent under it must not get new ids.",
            "Indicare un altro file, o toglierlo: eventi già inviati non devono ricevere nuovi id.",
        ),
    ),
    "scenario-invalid": (
        ("{detail}", "{detail}"),
        (
            "docs/guides/training.md describes the format. Nothing was played.",
            "docs/guides/training.md descrive il formato. Nulla è stato eseguito.",
        ),
    ),
    "no-json": (
        ("{file} is no JSON.", "{file} non è JSON."),
        ("Write a JSON object with the fields that change.", "Scrivere un oggetto JSON con i campi che cambiano."),
    ),
    "no-json-object": (
        ("{file} holds no JSON object.", "{file} non contiene un oggetto JSON."),
        ("Write a JSON object with the fields that change.", "Scrivere un oggetto JSON con i campi che cambiano."),
    ),
    "no-policy-in": (
        ("{file} is no policy: {problem}.", "{file} non è una policy: {problem}."),
        (
            "`staffetta policy show --json` shows every field; a file holds those that change.",
            "`staffetta policy show --json` mostra ogni campo; il file contiene quelli che cambiano.",
        ),
    ),
    "others-figures": (
        ("Another project's figures are not shown to a project.", "A un progetto non si mostrano i dati di un altro."),
        ("Leave out --project: the network's bands are shown without it.", "Togliere --project: senza, si vedono le fasce della rete."),
    ),
    "no-case": (
        ("No such case is known.", "Non si conosce un caso così."),
        (
            "It may be unknown, erased, or not yet there at that moment; `staffetta transfers` lists the open ones.",
            "Può essere sconosciuto, cancellato, o non ancora presente in quel momento; `staffetta transfers` elenca quelli aperti.",
        ),
    ),
    "others-cases": (
        ("One of these cases is not this project's, or not known.", "Uno di questi casi non è di questo progetto, o non è conosciuto."),
        ("`staffetta inbox PROJECT` lists a project's cases.", "`staffetta inbox PROJECT` elenca i casi di un progetto."),
    ),
    "others-inbox": (
        ("That inbox is not this role's.", "Quegli arrivi non sono di questo ruolo."),
        ("A project sees its own; the helpline sees all.", "Un progetto vede i propri; il numero verde li vede tutti."),
    ),
    "unknown-project": (
        ("There is no project '{project}' in {network}.", "In {network} non c'è un progetto '{project}'."),
        ("`staffetta capacity` shows projects that have units.", "`staffetta capacity` mostra i progetti che hanno unità."),
    ),
    "no-explanation": (
        ("There is no explanation of such a transfer.", "Non c'è una spiegazione di un trasferimento così."),
        ("It may be unknown, or erased.", "Può essere sconosciuto, o cancellato."),
    ),
    "recomputed-otherwise": (
        ("Recomputed, and not the same as recorded: {which}.", "Ricalcolate, e diverse da quelle registrate: {which}."),
        (
            "`gone`, and what differs in a network where cases were erased since, may be for want of their keys; `staffetta replay` tells them apart.",
            (
                "`gone`, e ciò che è diverso in una rete dove poi sono stati cancellati dei casi, può mancare per le loro chiavi; "
                "`staffetta replay` li distingue."
            ),
        ),
    ),
    "detail-not-opened": (
        (
            "Which danger and which link is shown to whoever opened it.",
            "Quale pericolo e quale legame si mostra solo a chi lo ha aperto.",
        ),
        (
            "Report GlassBroken with purpose `safety_detail`, this case and transfer, as {person}; somebody of another body confirms it.",
            "Segnalare GlassBroken con `purpose` `safety_detail`, questo caso e questo trasferimento, come {person}; lo conferma qualcuno di un altro ente.",
        ),
    ),
    "takes-sealed": (
        ("This role takes the ledger sealed.", "Questo ruolo prende il registro sigillato."),
        ("Add --without-keys, or act as an administrator.", "Aggiungere --without-keys, o agire come amministratore (--as administrator)."),
    ),
    "export-not-opened": (
        (
            "Everybody's data in plain take two people of different bodies.",
            "I dati di tutti in chiaro richiedono due persone di enti diversi.",
        ),
        (
            (
                "Report GlassBroken with purpose `export` as administrator {person}, have somebody of another body report ActionConfirmed, "
                "and export before the opening ends; in an emergency say why in `emergency`, and somebody reviews it. Or add --without-keys."
            ),
            (
                "Segnalare GlassBroken con `purpose` `export` come amministratore {person}, far segnalare ActionConfirmed a qualcuno di un altro ente, "
                "ed esportare prima che l'apertura finisca; in emergenza dire perché in `emergency`, e qualcuno lo riesamina. O aggiungere --without-keys."
            ),
        ),
    ),
    "no-policy": (
        ("No policy is in force.", "Nessuna policy è in vigore."),
        ("`staffetta network create` provisions a network with its first one.", "`staffetta network create` dota una rete della sua prima policy."),
    ),
    "policy-would-be-refused": (
        ("The network would refuse this policy ({named}): {sentence}", "La rete respingerebbe questa policy ({named}): {sentence}"),
        _NOTHING,
    ),
    "no-body-missing": (
        ("No second body is missing.", "Non manca un secondo ente."),
        ("An administrator adopts it.", "La adotta un amministratore."),
    ),
    "waits-for-body": (
        ("This policy waits for a second body.", "Questa policy attende un secondo ente."),
        (
            "A person of another body runs the same command with the same file.",
            "Una persona di un altro ente esegue lo stesso comando con lo stesso file.",
        ),
    ),
    "reason-needed": (
        ("A policy is proposed with a reason.", "Una policy si propone con un motivo."),
        ("Add --reason, for the second body.", "Aggiungere --reason, per il secondo ente."),
    ),
    "no-network-file": (
        ("There is no file of network {network}.", "Non c'è un file della rete {network}."),
        ("Name one with --file, or say --empty.", "Indicarne uno con --file, o dire --empty."),
    ),
    "opening-refused": (
        (
            "The network refused one of its first events ({code}, entry {sequence}): {sentence}",
            "La rete ha respinto uno dei suoi primi eventi ({code}, registrazione {sequence}): {sentence}",
        ),
        ("Correct the network's file, and create it again.", "Correggere il file della rete, e crearla di nuovo."),
    ),
    "not-written": (("Nothing was written: {detail}.", "Nulla è stato scritto: {detail}."), _NOTHING),
    "not-healed": (
        ("Not healed: {detail}.", "Non ripristinato: {detail}."),
        ("The two differ; compare them before anything proposes.", "I due sono diversi; confrontarli prima che qualcosa proponga."),
    ),
    "loss-refused": (("Nothing was refused: {detail}.", "Nulla è stato respinto: {detail}."), _NOTHING),
    "trim-refused": (("Nothing was deleted: {detail}.", "Nulla è stato cancellato: {detail}."), _NOTHING),
    "no-data-directory": (
        ("{data} is no data directory of `staffetta up`.", "{data} non è una cartella di dati di `staffetta up`."),
        ("Check STAFFETTA_DATA; nothing was deleted.", "Controllare STAFFETTA_DATA; nulla è stato cancellato."),
    ),
    "still-runs": (
        ("Something still runs from this directory.", "Qualcosa è ancora in funzione da questa cartella."),
        ("Stop it with `staffetta down`, then reset again.", "Fermarlo con `staffetta down`, poi ripetere."),
    ),
    "does-not-end": (
        ("Process {pid} does not end.", "Il processo {pid} non finisce."),
        (
            "Look at its log in {logs}, or end it with kill -9: its children end with it.",
            "Guardare il suo log in {logs}, o terminarlo con kill -9: i suoi figli finiscono con lui.",
        ),
    ),
    "ended-early": (
        ("It ended with status {status} before it was ready.", "È finito con stato {status} prima di essere pronto."),
        ("Its log says why: {log}", "Il suo log dice perché: {log}"),
    ),
    "not-ready": (
        ("It is not ready after three minutes.", "Dopo tre minuti non è pronto."),
        ("Its log may say why: {log}. `staffetta down` stops it.", "Il suo log può dire perché: {log}. `staffetta down` lo ferma."),
    ),
    "other-not-ready": (
        (
            "Another `staffetta up` was starting from this directory and is not ready.",
            "Un altro `staffetta up` si stava avviando da questa cartella e non è pronto.",
        ),
        ("Look into {logs}, then try again.", "Guardare in {logs}, poi riprovare."),
    ),
    "no-futures": (
        ("--seeds '{text}' names no futures.", "--seeds '{text}' non indica alcun futuro."),
        ("Write a number, a range or a list, such as 7, 1-10 or 1,5,9.", "Scrivere un numero, un intervallo o un elenco, come 7, 1-10 o 1,5,9."),
    ),
    "package-missing": (
        ("This needs {package}.", "Serve {package}."),
        (
            "`make lab` installs the laboratory's packages, or: pip install 'staffetta[lab]'.",
            "`make lab` installa i pacchetti del laboratorio, o: pip install 'staffetta[lab]'.",
        ),
    ),
    "no-plots": (("{detail}", "I grafici non si possono disegnare: {detail}"), _NOTHING),
    "topic-missing": (
        ("Topic {topic} does not exist, or may not be described.", "Il topic {topic} non esiste, o non si può descrivere."),
        ("Create the network first: staffetta network create.", "Prima creare la rete: staffetta network create."),
    ),
    "topics-wrong": (
        ("{detail}", "I topic non sono come devono: {detail}"),
        (
            "Nothing of ours runs on them so. Correct the settings with Kafka's own tools.",
            "Così nulla di nostro vi lavora. Correggere le impostazioni con gli strumenti di Kafka.",
        ),
    ),
    "topic-changed": (
        (
            "Topic {topic} has id {found}, and {expected} was expected: it was deleted and created again, or this is another cluster.",
            "Il topic {topic} ha id {found}, e si attendeva {expected}: è stato cancellato e ricreato, o questo è un altro cluster.",
        ),
        (
            "If the events topic was replaced or restored, see `staffetta source-changed`.",
            "Se il topic degli eventi è stato sostituito o ripristinato, si veda `staffetta source-changed`.",
        ),
    ),
    "brokers-silent": (("The brokers did not acknowledge.", "I broker non hanno confermato."), _HERE),
    "not-recorded": (
        ("The look could not be recorded, so nothing is shown.", "La consultazione non si è potuta registrare, quindi nulla si mostra."),
        (
            "Is Kafka running, with the topic of access records? `staffetta doctor` looks.",
            "Kafka è in funzione, con il topic degli accessi? Lo guarda `staffetta doctor`.",
        ),
    ),
    "lagging": (
        (
            "Decisions are behind: the oldest event without one is {lag} old.",
            "Le decisioni sono in ritardo: l'evento più vecchio che ne attende una ha {lag}.",
        ),
        (
            "Is a worker running? `staffetta doctor` tells. Sending again is harmless.",
            "Un worker è in funzione? Lo dice `staffetta doctor`. Inviare di nuovo non fa danno.",
        ),
    ),
    "event-too-large": (
        ("Event {number} takes {size} bytes, and {most} are the most.", "L'evento {number} occupa {size} byte, e ne sono ammessi {most}."),
        ("Shorten its texts. Nothing was sent.", "Accorciarne i testi. Nulla è stato inviato."),
    ),
    "database-refused": (
        ("PostgreSQL refused: {kind}.", "PostgreSQL ha rifiutato: {kind}."),
        (
            "Check DATABASE_URL and KEYSTORE_URL, or start it with `staffetta up`.",
            "Controllare DATABASE_URL e KEYSTORE_URL, o avviarlo con `staffetta up`.",
        ),
    ),
    "service-failed": (
        ("{detail}", "Un servizio non si è avviato o non risponde: {detail}"),
        (
            "`staffetta doctor` looks at what runs; the logs are in the data directory.",
            "`staffetta doctor` guarda che cosa è in funzione; i log sono nella cartella dei dati.",
        ),
    ),
    "no-answer": (
        ("A service does not answer ({kind}).", "Un servizio non risponde ({kind})."),
        (
            "Start what is missing with `staffetta up`, or correct the settings.",
            "Avviare ciò che manca con `staffetta up`, o correggere le impostazioni.",
        ),
    ),
    "tokens-invalid": (
        ("{detail}", "Il file dei token non va bene: {detail}"),
        (
            "docs/guides/operations.md shows how the tokens' file is written.",
            "docs/guides/operations.md mostra come si scrive il file dei token.",
        ),
    ),
    "tail-ended": (("{detail}", "Il registro non si può seguire."), ("`staffetta doctor` looks.", "`staffetta doctor` guarda.")),
    "ledger-tail-lost": (
        ("{detail}", "Il registro di {network} ha perso la coda: la registrazione {sequence} stava all'offset {offset}."),
        ("Run `staffetta heal` before any worker proposes.", "Eseguire `staffetta heal` prima che un worker proponga."),
    ),
    "ledger-head-trimmed": (
        ("{detail}", "Il registro di {network} comincia all'offset {start}; la lettura deve cominciare da {needed}."),
        ("Restore the ledger, or start from a later anchor.", "Ripristinare il registro, o cominciare da un'ancora successiva."),
    ),
    "body-unreadable": (
        ("{detail}", "La registrazione {sequence} di {network} (offset {offset}) è accettata ma il suo contenuto non si può usare."),
        ("Use a release that knows it.", "Usare una versione del programma che lo conosce."),
    ),
    "state-diverged": (
        ("{detail}", "Lo stato di {network} prima della registrazione {sequence} è diverso dall'hash che vi sta ({half})."),
        ("Stop the workers and call whoever maintains the release.", "Fermare i worker e chiamare chi cura il programma."),
    ),
    "events-truncated": (
        ("{detail}", "Gli eventi di {network} finiscono all'offset {end}, e il registro ha deciso l'offset {decided}: il topic ha perso la coda."),
        ("Restore it, or see `staffetta source-changed`.", "Ripristinarlo, o vedere `staffetta source-changed`."),
    ),
    "event-differs": (
        ("{detail}", "L'evento di {network} all'offset {offset} non è quello che ha il registro: il topic è stato troncato o sostituito."),
        ("Restore it, or see `staffetta source-changed`.", "Ripristinarlo, o vedere `staffetta source-changed`."),
    ),
    "events-hole": (
        ("{detail}", "Gli eventi di {network} non hanno nulla agli offset da {first} a {last}."),
        (
            "If that is right, see `staffetta no-event`; if not, restore them.",
            "Se è giusto così, si veda `staffetta no-event`; altrimenti ripristinarli.",
        ),
    ),
    "event-from-future": (
        ("{detail}", "L'evento di {network} all'offset {offset} è {ahead_ms} ms avanti rispetto all'orologio di questa macchina."),
        ("Set the clocks by NTP, the brokers' and this one.", "Regolare gli orologi con NTP, quelli dei broker e questo."),
    ),
    "event-key-missing": (
        (
            "{detail}",
            (
                "Nessuna chiave apre l'evento di {network} all'offset {offset}, e nessuno è stato cancellato da allora: "
                "l'archivio delle chiavi è più vecchio dell'evento."
            ),
        ),
        (
            "Restore a later copy of the key store; where there is none, see `staffetta accept-loss`.",
            "Ripristinare una copia più recente dell'archivio delle chiavi; se non c'è, si veda `staffetta accept-loss`.",
        ),
    ),
    "reading-failed": (("{detail}", "Il registro non si può leggere oltre: {detail}"), ("`staffetta doctor` looks.", "`staffetta doctor` guarda.")),
    "master-key-wrong": (
        ("{detail}", "La chiave principale non è quella di questo archivio, o non si può usare: {detail}"),
        ("STAFFETTA_MASTER_KEY_FILE names its file.", "STAFFETTA_MASTER_KEY_FILE ne indica il file."),
    ),
    "keys-lost": (
        (
            "{detail}",
            "Nessuna chiave di questo archivio apre eventi che hanno avuto effetto ({count}; il primo {first}): l'archivio è più vecchio del registro.",
        ),
        (
            "Restore a later copy of the key store.",
            "Ripristinare una copia più recente dell'archivio delle chiavi: fino ad allora nulla si decide, si mostra o si riceve.",
        ),
    ),
    "key-store-failed": (
        ("{detail}", "L'archivio delle chiavi non può servire: {detail}"),
        ("`staffetta doctor` looks.", "`staffetta doctor` guarda."),
    ),
    "views-missing": (
        ("The views of {network} are not in this database.", "Le viste di {network} non sono in questo database."),
        (
            "Start `staffetta projector`, or fold them with `staffetta rebuild all`.",
            "Avviare `staffetta projector`, o rifarle con `staffetta rebuild all`.",
        ),
    ),
    "views-outdated": (
        ("{detail}", "Le viste di {network} sono state fatte con altre regole di questa versione del programma."),
        ("`staffetta rebuild all` folds them again.", "`staffetta rebuild all` le rifà."),
    ),
    "views-behind": (
        ("Sequence {asked} is asked for, and the views stand at {reached}.", "Si chiede la sequenza {asked}, e le viste sono alla {reached}."),
        ("Ask again in a moment, or for an earlier sequence.", "Chiedere di nuovo tra poco, o per una sequenza precedente."),
    ),
    "rebuild-running": (
        ("Another rebuild of the views of {network} is under way.", "È in corso un altro rifacimento delle viste di {network}."),
        ("Wait until it is done.", "Attendere che sia finito."),
    ),
    "place-held-twice": (
        ("{detail}", "Il registro di {network} tiene un posto due volte, tra le registrazioni {after_sequence} e {last_sequence}."),
        ("Stop the workers and look.", "Fermare i worker e guardare."),
    ),
    "views-failed": (("{detail}", "Le viste non possono rispondere: {detail}"), ("`staffetta doctor` looks.", "`staffetta doctor` guarda.")),
    "fact-unreadable": (("{detail}", "Un fatto non si può leggere: {detail}"), _NOTHING),
}
"""(What is the matter, what to do) by `coordinator.cli.not_done.Cannot`."""
