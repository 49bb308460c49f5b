"""The words of the views' tables in English and Italian: headings and what stands in cells. Ids stay as they are reported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from events.language import Language, in_language
from projections.bands import Band
from projections.freshness import Freshness


@dataclass(frozen=True, slots=True)
class Words:
    """Of one language. Texts with `{}` are filled in by `str.format`."""

    capacity: str
    capacity_columns: tuple[str, str, str, str, str, str, str]
    """Unit, level, where, free, places, figures, answered."""
    capacity_wide: tuple[str, str, str, str, str, str, str, str, str, str, str, str, str]
    """Project, unit, level, area, region, places, occupied, reserved, held, free, age, freshness, answered."""
    no_unit: str
    free_of: str
    """Free places, all places."""
    of_project: str
    """Unit, project."""
    taken: tuple[str, str, str]
    """Occupied, reserved, held."""
    freshness: Mapping[str, str]
    not_accepting: str
    over: str
    nothing_yet: str
    answered_free: str
    """Free ones, answers."""
    trusted: str
    """What was answered, percent."""
    bands: str
    bands_columns: tuple[str, str]
    """Macro-area, free places."""
    band: Mapping[str, str]
    no_policy: str
    stood_at: str

    transfers: str
    transfers_columns: tuple[str, str, str]
    """Transfer and case, how it stands, by when."""
    no_transfer: str
    asked: str
    """Urgency, reason, people."""
    person: str
    people: str
    responsible: str
    called: str
    hand_over: str
    """Lists there are, what they lack."""
    lacks_nothing: str

    case: str
    case_columns: tuple[str, str, str, str]
    """Time, entry, fact, what."""
    to_helpline: str

    inbox: str
    inbox_columns: tuple[str, str, str, str]
    """What, when, what to do, about."""
    nothing_waits: str
    since: str
    until: str
    overdue: str
    about: str
    transfer: str
    stopped_until: str
    question_stands: str
    reminded: str

    actions: str
    actions_columns: tuple[str, str, str]
    """Action, how it stands, ids."""
    nobody_waited_for: str
    the_network: str
    by: str
    stages: Mapping[str, str]
    confirm_by: str
    review_by: str
    open_until: str

    duty: str
    duty_columns: tuple[str, str, str, str, str]
    """Project, every week, public holidays, exceptions, entry."""
    no_duty: str
    weekdays: tuple[str, str, str, str, str, str, str]
    nobody: str
    every_day: str

    audit: str
    audit_columns: tuple[str, str, str, str]
    """Entry, time and hash, event, what followed."""
    audit_wide: tuple[str, str, str, str, str, str]
    """Entry, time, event, verdict, what followed, hash."""

    looks: str
    looks_columns: tuple[str, str, str, str, str]
    """Time, who, role, view, case."""
    nobody_looked: str
    more_cases: str
    """A case, how many more."""
    all_cases: str
    looks_recorded: str

    behind_safety: str
    behind_safety_columns: tuple[str, str, str, str]
    """Entry, unit, dangers, kept apart from."""
    none_excluded: str


_ENGLISH = Words(
    capacity="Capacity",
    capacity_columns=("unit", "level", "where", "free", "places", "figures", "answered"),
    capacity_wide=(
        "project", "unit", "level", "area", "region", "places", "occupied", "reserved", "held", "free", "age", "freshness", "answered",
    ),
    no_unit="No unit is open.",
    free_of="{} places free of {}.",
    of_project="{} of {}",
    taken=("occupied", "reserved", "held"),
    freshness={each.value: each.value for each in Freshness},
    not_accepting="not accepting",
    over="OVER",
    nothing_yet="nothing yet",
    answered_free="{} of {} free",
    trusted="{}, trusted {} %",
    bands="Capacity of the network",
    bands_columns=("macro-area", "free places"),
    band={each.value: each.value for each in Band},
    no_policy="No policy is in force.",
    stood_at="[dim]As it stood at {} UTC.[/]",
    transfers="Open transfers",
    transfers_columns=("transfer, case", "stands", "needed by (UTC)"),
    no_transfer="No transfer is open.",
    asked="{}, for {}, {}",
    person="1 person",
    people="{} people",
    responsible="responsible: {}",
    called="operator called: {}",
    hand_over="hand-over: {} of 2 lists, lacks {}",
    lacks_nothing="nothing",
    case="Case",
    case_columns=("time (UTC)", "entry", "fact", "what"),
    to_helpline="to the helpline",
    inbox="Inbox of {}",
    inbox_columns=("what", "when (UTC)", "what to do", "about"),
    nothing_waits="Nothing waits.",
    since="since {}",
    until="until {}",
    overdue="OVERDUE",
    about="about {}",
    transfer="transfer {}",
    stopped_until="stopped by a question until {}",
    question_stands="a question stands",
    reminded="reminded {}x",
    actions="Actions that take two people",
    actions_columns=("action", "stands (UTC)", "action_id, case"),
    nobody_waited_for="Nothing waits for anybody.",
    the_network="the network",
    by="by {}",
    stages={"waiting": "waiting", "taken": "taken", "refused": "refused", "lapsed": "lapsed"},
    confirm_by="confirm by {}",
    review_by="review by {}",
    open_until="open until {}",
    duty="Duty hours",
    duty_columns=("project", "every week", "public holidays", "exceptions", "entry"),
    no_duty="No project has published its duty hours.",
    weekdays=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    nobody="nobody",
    every_day="every day {}",
    audit="Audit trail",
    audit_columns=("entry", "time (UTC), hash", "event", "what followed"),
    audit_wide=("entry", "time (UTC)", "event", "verdict", "what followed", "hash"),
    looks="Looks",
    looks_columns=("time (UTC)", "who, body", "role", "view, why", "case"),
    nobody_looked="Nobody looked.",
    more_cases="{} and {} more",
    all_cases="all",
    looks_recorded="[dim]{} looks recorded.[/]",
    behind_safety="Behind safety",
    behind_safety_columns=("entry", "unit", "dangers", "kept apart from"),
    none_excluded="No unit was excluded so.",
)  # fmt: skip

_ITALIAN = Words(
    capacity="Capacità",
    capacity_columns=("unità", "livello", "dove", "liberi", "posti", "dati", "in passato"),
    capacity_wide=(
        "progetto", "unità", "livello", "area", "regione", "posti", "occupati", "riservati", "tenuti", "liberi", "età", "stato", "in passato",
    ),
    no_unit="Nessuna unità è aperta.",
    free_of="{} posti liberi su {}.",
    of_project="{} di {}",
    taken=("occupati", "riservati", "tenuti"),
    freshness={Freshness.FRESH: "recenti", Freshness.AGEING: "meno recenti", Freshness.STALE: "vecchi", Freshness.NEVER: "mai"},
    not_accepting="non accoglie",
    over="OLTRE I POSTI",
    nothing_yet="ancora nessuna",
    answered_free="liberi {} su {}",
    trusted="{}, fiducia {} %",
    bands="Capacità della rete",
    bands_columns=("macroarea", "posti liberi"),
    band={Band.NONE: "nessuno", Band.FEW: "pochi", Band.SOME: "alcuni"},
    no_policy="Nessuna policy è in vigore.",
    stood_at="[dim]Situazione alle {} UTC.[/]",
    transfers="Trasferimenti aperti",
    transfers_columns=("trasferimento, caso", "a che punto", "serve entro (UTC)"),
    no_transfer="Nessun trasferimento è aperto.",
    asked="{}, motivo {}, {}",
    person="1 persona",
    people="{} persone",
    responsible="responsabile: {}",
    called="serve un operatore: {}",
    hand_over="consegne: {} liste su 2, manca {}",
    lacks_nothing="nulla",
    case="Caso",
    case_columns=("ora (UTC)", "reg.", "fatto", "che cosa"),
    to_helpline="al numero verde",
    inbox="In arrivo: {}",
    inbox_columns=("che cosa", "quando (UTC)", "da fare", "riguardo a"),
    nothing_waits="Nulla in attesa.",
    since="dal {}",
    until="entro il {}",
    overdue="SCADUTO",
    about="riguardo a {}",
    transfer="trasferimento {}",
    stopped_until="fermo per una domanda fino al {}",
    question_stands="c'è una domanda aperta",
    reminded="solleciti: {}",
    actions="Azioni che richiedono due persone",
    actions_columns=("azione", "a che punto (UTC)", "action_id, caso"),
    nobody_waited_for="Nulla attende qualcuno.",
    the_network="la rete",
    by="da {}",
    stages={"waiting": "in attesa", "taken": "ha effetto", "refused": "respinta", "lapsed": "decaduta"},
    confirm_by="confermare entro il {}",
    review_by="riesaminare entro il {}",
    open_until="aperta fino al {}",
    duty="Orari di reperibilità",
    duty_columns=("progetto", "ogni settimana", "giorni festivi", "eccezioni", "reg."),
    no_duty="Nessun progetto ha pubblicato i suoi orari.",
    weekdays=("lun", "mar", "mer", "gio", "ven", "sab", "dom"),
    nobody="nessuno",
    every_day="ogni giorno {}",
    audit="Traccia delle registrazioni",
    audit_columns=("reg.", "ora (UTC), hash", "evento", "che cosa è seguito"),
    audit_wide=("reg.", "ora (UTC)", "evento", "esito", "che cosa è seguito", "hash"),
    looks="Consultazioni",
    looks_columns=("ora (UTC)", "chi, ente", "ruolo", "vista, perché", "caso"),
    nobody_looked="Nessuno ha consultato nulla.",
    more_cases="{} e {} in più",
    all_cases="tutti",
    looks_recorded="[dim]Consultazioni registrate: {}.[/]",
    behind_safety="Dietro la sicurezza",
    behind_safety_columns=("reg.", "unità", "pericoli", "da tenere lontano da"),
    none_excluded="Nessuna unità è stata esclusa così.",
)  # fmt: skip


def words_in(language: Language) -> Words:
    """Those of a language."""
    return in_language((_ENGLISH, _ITALIAN), language)
