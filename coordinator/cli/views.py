"""`capacity`, `transfers`, `case`, `inbox`, `audit`, `explain`: the views at the machine, cut to the role that is acted in (`--as`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, TypeVar

import typer

from coordinator.access import Grant, Standing
from coordinator.access_log import Why
from coordinator.cli.acting import AsOption, acting_as, allowed
from coordinator.cli.code_words import word_of
from coordinator.cli.command import AsOfOption, JsonOption, LanguageOption, NetworkOption, in_network
from coordinator.cli.explaining import show_explanations, show_inquiries
from coordinator.cli.explaining_words import words_in as explaining_words_in
from coordinator.cli.instants import age_text, parse_as_of, time_text
from coordinator.cli.not_done import Cannot, NotDone
from coordinator.cli.outcome import out, print_json, print_table
from coordinator.cli.tables import (
    HELPLINE,
    action_text,
    action_times_text,
    asked_text,
    day_text,
    exceptions_text,
    fact_row,
    more_text,
    place_text,
    print_audit,
    print_capacity,
    stands_text,
    to_know_text,
    week_text,
    what_text,
    when_text,
    who_text,
)
from coordinator.cli.views_words import Words, words_in
from coordinator.detail import cases_in, detail_json, details, whole_json, wholes
from coordinator.domain.who_may import Scope, View, scope_of
from coordinator.domain.whole_account import Recomputed
from coordinator.explained import explanation_json, inquiries_json, may_see_inquiries
from coordinator.opened import action_json, opening_of, to_be_dealt_with
from coordinator.plain import fields_json
from coordinator.rooms import NetworkRoom
from coordinator.to_do import to_do
from coordinator.viewing import (
    audit_json,
    band_json,
    cases_involved,
    duty_json,
    is_involved,
    item_for,
    may_see_duty,
    seen_json,
    timeline_json,
    transfer_for,
    unit_json,
)
from events.ids import is_uuid
from events.language import Language
from events.vocabulary import SightPurpose
from events.words import word
from projections.moment import Seen
from projections.reads import Explanation, Explanations, OpenTransfer

AUDITOR = "auditor"
T = TypeVar("T")


def capacity(
    context: typer.Context,
    network: NetworkOption = None,
    project: Annotated[str | None, typer.Option("--project", "-p", help="Units of one project.")] = None,
    area: Annotated[str | None, typer.Option("--area", help="Units of one macro-area.")] = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
    role: AsOption = HELPLINE,
    language: LanguageOption = Language.ENGLISH,
) -> None:
    """What is free, in every unit, with the age of each figure."""

    async def work(room: NetworkRoom) -> None:
        grant = acting_as(role, room.name)
        if scope_of(grant.standing, View.CAPACITY) is None:
            await _bands(room, grant, as_json, language)
            return
        if allowed(grant, View.CAPACITY) is not Scope.EVERYTHING and project not in (None, grant.project_id):
            raise NotDone(Cannot.OTHERS_FIGURES)
        seen = await room.reads.capacity(parse_as_of(as_of), project_id=project or grant.project_id, macro_area=area)
        if as_json:
            print_json(seen_json(seen, "units", [unit_json(one, grant) for one in seen.answer]))
            return
        print_capacity(seen.answer, permille_too=scope_of(grant.standing, View.CAPACITY) is Scope.EVERYTHING, language=language)
        free = words_in(language).free_of.format(sum(one.free for one in seen.answer), sum(one.places for one in seen.answer))
        out.print(f"{free} {_standing(seen, language)}")

    in_network(context, network, as_json, work)


def transfers(
    context: typer.Context,
    network: NetworkOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
    role: AsOption = HELPLINE,
    language: LanguageOption = Language.ENGLISH,
) -> None:
    """Transfers that are open, the most urgent first."""

    async def work(room: NetworkRoom) -> None:
        grant = acting_as(role, room.name)
        allowed(grant, View.TRANSFERS)
        seen = await room.reads.transfers(parse_as_of(as_of))
        shown = [(one, plain) for one in seen.answer if (plain := transfer_for(grant, one)) is not None]
        await room.access.record(grant, View.TRANSFERS, [one.case_id for one, _ in shown])
        if as_json:
            print_json(seen_json(seen, "transfers", [plain for _, plain in shown]))
            return
        rows = [
            (
                f"{one.transfer.transfer_id}\n{one.case_id}\n{asked_text(one, language)}", stands_text(one, plain, language), to_know_text(one, language),
            )
            for one, plain in shown
        ]  # fmt: skip
        words = words_in(language)
        print_table(words.transfers, words.transfers_columns, rows, empty=words.no_transfer)
        out.print(_standing(seen, language))

    in_network(context, network, as_json, work)


def case(
    context: typer.Context,
    case_id: Annotated[str, typer.Argument(metavar="ID")],
    network: NetworkOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
    role: AsOption = HELPLINE,
    language: LanguageOption = Language.ENGLISH,
) -> None:
    """One case's timeline, with the facts opened."""

    async def work(room: NetworkRoom) -> None:
        grant = acting_as(role, room.name)
        allowed(grant, View.CASE)
        moment = parse_as_of(as_of)
        case_of = _uuid(case_id, Cannot.NO_CASE_ID)
        seen = await room.reads.timeline(case_of, moment)
        if not seen.answer or (grant.standing is Standing.PROJECT and not await is_involved(room.reads, grant, case_of, moment)):
            raise NotDone(Cannot.NO_CASE)
        opening = None
        if scope_of(grant.standing, View.FREE_TEXT) is Scope.OPENED:
            now = await room.reads.actions_about(case_of)
            opening = opening_of(grant, now.answer, SightPurpose.FREE_TEXT, case_of, now.at_ms)
        await room.access.record(grant, View.CASE, [case_of], Why.BREAK_GLASS if opening else None, action_id=opening)
        told = timeline_json(seen.answer, grant, glass_broken=opening is not None)
        if as_json:
            print_json({**seen_json(seen, "facts", told), "opened_by": opening})
            return
        words = words_in(language)
        rows = [fact_row(plain, language) for plain in told]
        print_table(words.case, words.case_columns, rows, right=frozenset(words.case_columns[1:2]))
        out.print(_standing(seen, language))

    in_network(context, network, as_json, work)


def inbox(
    context: typer.Context,
    project: Annotated[str, typer.Argument(metavar="PROJECT", help=f"A project's id, or `{HELPLINE}`.")],
    network: NetworkOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
    role: AsOption = HELPLINE,
    language: LanguageOption = Language.ENGLISH,
) -> None:
    """What waits for a project, or for the helpline: since when, until when, what to do; the most urgent first."""

    async def work(room: NetworkRoom) -> None:
        grant = acting_as(role, room.name)
        if allowed(grant, View.INBOX) is Scope.OWN_PROJECT and project != grant.project_id:
            raise NotDone(Cannot.OTHERS_INBOX)
        moment = parse_as_of(as_of)
        if project != HELPLINE and project not in {one.project_id for one in (await room.reads.projects(moment)).answer}:
            raise NotDone(Cannot.UNKNOWN_PROJECT, project=project, network=room.name)
        seen = await room.reads.inbox(None if project == HELPLINE else project, moment)
        await room.access.record(grant, View.INBOX, [item.case_id for item in seen.answer])
        if as_json:
            print_json(seen_json(seen, "items", [item_for(grant, item) for item in seen.answer]))
            return
        rows = [
            (
                what_text(item, language), when_text(item, language),
                to_do(item, grant.body, grant.standing is not Standing.PROJECT, language),
                "\n".join(filter(None, (place_text(item_for(grant, item)), more_text(item, language), item.case_id))),
            )
            for item in seen.answer
        ]  # fmt: skip
        words = words_in(language)
        print_table(
            words.inbox.format(who_text(None if project == HELPLINE else project, language)), words.inbox_columns, rows, empty=words.nothing_waits
        )
        out.print(_standing(seen, language))

    in_network(context, network, as_json, work)


def actions(
    context: typer.Context,
    network: NetworkOption = None,
    as_json: JsonOption = False,
    role: AsOption = HELPLINE,
    language: LanguageOption = Language.ENGLISH,
) -> None:
    """What waits for a second person or a review, and what is open to be seen."""

    async def work(room: NetworkRoom) -> None:
        grant = acting_as(role, room.name)
        scope = allowed(grant, View.REVIEW)
        seen = await room.reads.actions()
        found = to_be_dealt_with(seen.answer, seen.at_ms)
        if scope is Scope.INVOLVED_CASES:
            theirs = await cases_involved(room.reads, grant)
            found = [action for action in found if action.event.case_id in theirs]
        await room.access.record(grant, View.REVIEW, {action.event.case_id for action in found if action.event.case_id is not None})
        told = [action_json(action, seen.at_ms) for action in found]
        if as_json:
            print_json(seen_json(seen, "actions", told))
            return
        words = words_in(language)
        rows = [
            (
                action_text(action, language), action_times_text(action, seen.at_ms, language),
                f"{action.action_id}\n{action.event.case_id or words.the_network}",
            )
            for action in found
        ]  # fmt: skip
        print_table(words.actions, words.actions_columns, rows, empty=words.nobody_waited_for)
        out.print(_standing(seen, language))

    in_network(context, network, as_json, work)


def duty(
    context: typer.Context,
    network: NetworkOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
    role: AsOption = HELPLINE,
    language: LanguageOption = Language.ENGLISH,
) -> None:
    """When somebody of each project answers, as it published; a project that is not here keeps the working hours of the policy."""

    async def work(room: NetworkRoom) -> None:
        grant = acting_as(role, room.name)
        allowed(grant, View.DUTY)
        seen = await room.reads.duty(parse_as_of(as_of))
        told = [duty_json(one) for one in seen.answer if may_see_duty(grant, one)]
        if as_json:
            print_json(seen_json(seen, "duty", told))
            return
        rows = [
            (
                one["project_id"], week_text(one["weekly"], language), day_text(one["on_holidays"], language),
                exceptions_text(one["exceptions"], language), one["from_sequence"],
            )
            for one in told
        ]  # fmt: skip
        words = words_in(language)
        print_table(words.duty, words.duty_columns, rows, right=frozenset(words.duty_columns[-1:]), empty=words.no_duty)
        out.print(_standing(seen, language))

    in_network(context, network, as_json, work)


def audit(
    context: typer.Context,
    network: NetworkOption = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100_000, help="Entries at most, newest first.")] = 50,
    since: Annotated[int, typer.Option("--from", min=0, metavar="SEQUENCE", help="Entries from this one on.")] = 0,
    kind: Annotated[str | None, typer.Option("--kind", help="Entries of one kind of event, such as TransferRequested.")] = None,
    verdict: Annotated[str | None, typer.Option("--verdict", help="Recorded, Refused, Duplicate or Unreadable.")] = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
    role: AsOption = HELPLINE,
    language: LanguageOption = Language.ENGLISH,
) -> None:
    """The trail of entries as far as the ledger shows it in clear, newest first."""

    async def work(room: NetworkRoom) -> None:
        allowed(acting_as(role, room.name), View.AUDIT)
        seen = await room.reads.audit(parse_as_of(as_of), from_sequence=since, kind=kind, verdict=verdict, limit=limit)
        if as_json:
            print_json(seen_json(seen, "entries", [audit_json(entry) for entry in seen.answer]))
            return
        print_audit(seen.answer, language)
        out.print(_standing(seen, language))

    in_network(context, network, as_json, work)


def access(
    context: typer.Context,
    network: NetworkOption = None,
    case: Annotated[str | None, typer.Option("--case", metavar="ID", help="Looks at one case: its id, or its keyed reference.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100_000, help="Looks at most, newest first.")] = 50,
    as_json: JsonOption = False,
    role: AsOption = AUDITOR,
    language: LanguageOption = Language.ENGLISH,
) -> None:
    """Who looked at whose data, when and why, newest first. A case stands in it as a keyed reference."""

    async def work(room: NetworkRoom) -> None:
        allowed(acting_as(role, room.name), View.ACCESS)
        reference = await room.access.reference(case) if case is not None and is_uuid(case) else case
        looks = [look for look in await room.access.read() if reference is None or reference in look.cases]
        shown = looks[: -limit - 1 : -1]
        if as_json:
            print_json({"looks": [fields_json(look) for look in shown]})
            return
        words = words_in(language)
        rows = [
            (
                time_text(look.at_ms), "\n".join(filter(None, (look.person, look.body))),
                " ".join(filter(None, (word_of(Standing, look.standing, language), look.project_id))),
                f"{word_of(View, look.view, language)}\n{word_of(Why, look.why, language)}",
                _cases_text(look.cases, words),
            )
            for look in shown
        ]  # fmt: skip
        print_table(words.looks, words.looks_columns, rows, empty=words.nobody_looked)
        out.print(words.looks_recorded.format(len(looks)))

    in_network(context, network, as_json, work)


def explain(
    context: typer.Context,
    transfer_id: Annotated[str, typer.Argument(metavar="TRANSFER")],
    network: NetworkOption = None,
    every: Annotated[bool, typer.Option("--all", help="Every decision about the transfer, not the last alone.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Name every unit: recomputed from the ledger, and held against the digest recorded.")] = False,
    detail: Annotated[bool, typer.Option("--detail", help="Which danger or link stands behind `safety`, within an opening (`GlassBroken`).")] = False,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
    role: AsOption = HELPLINE,
    language: LanguageOption = Language.ENGLISH,
) -> None:
    """Why a transfer was matched so, or not at all: every unit, with the rule that excluded it or its score, and how old its figures were."""

    async def work(room: NetworkRoom) -> None:
        grant = acting_as(role, room.name)
        allowed(grant, View.EXPLANATION)
        moment = parse_as_of(as_of)
        seen: Seen[Explanations | None] = await room.reads.explanations(_uuid(transfer_id, Cannot.NO_TRANSFER_ID), moment)
        found = seen.answer
        if found is None or not (found.told or found.over):
            raise NotDone(Cannot.NO_EXPLANATION)
        explained = found.told if every else found.told[-1:]
        if detail and explained:
            await _detail(room, grant, explained, as_json, language)
            return
        await room.access.record(grant, View.EXPLANATION, {found.case_id})
        if full and explained:
            await _full(room, grant, explained, as_json, language)
            return
        if as_json:
            told = [explanation_json(one, grant, language) for one in explained]
            plain = {**seen_json(seen, "explanations", told), "term_over": list(found.over), **inquiries_json(found.inquiries, grant, language)}
            print_json(plain)
            return
        if found.over and (every or not explained):
            out.print(explaining_words_in(language).over.format(len(found.over), ", ".join(map(str, found.over))))
            if not explained:
                return
        transfer: OpenTransfer | None = None
        if scope_of(grant.standing, View.TRANSFERS) is not None:
            transfer = (await room.reads.transfer(found.told[-1].explained.transfer_id, moment)).answer
        units = {unit.unit_id: unit for unit in (await room.reads.units(moment)).answer}
        show_explanations(transfer, explained, units, language)
        if may_see_inquiries(grant):
            show_inquiries(found.inquiries, language)
        out.print(_standing(seen, language))

    in_network(context, network, as_json, work)


async def _full(room: NetworkRoom, grant: Grant, explained: Sequence[Explanation], as_json: bool, language: Language) -> None:
    """Every unit of these explanations, recomputed. Raises NotDone where one is not the one that the ledger has."""
    found = await wholes(room, explained)
    if as_json:
        print_json({"explanations": [whole_json(one, whole, grant, language) for one, whole in zip(explained, found, strict=True)]})
    else:
        units = {unit.unit_id: unit for unit in (await room.reads.units(None)).answer}
        for one, whole in zip(explained, found, strict=True):
            if whole.explained is not None:
                show_explanations(None, [replace(one, explained=whole.explained)], units, language)
            if whole.found is Recomputed.SAME and whole.explained is not None and whole.explained.digest is not None:
                out.print(explaining_words_in(language).same.format(one.sequence, whole.explained.digest.hex()))
    wrong = [f"{one.sequence} ({whole.found})" for one, whole in zip(explained, found, strict=True) if whole.found is not Recomputed.SAME]
    if wrong:
        raise NotDone(Cannot.RECOMPUTED_OTHERWISE, which=", ".join(wrong))


async def _detail(room: NetworkRoom, grant: Grant, explained: Sequence[Explanation], as_json: bool, language: Language) -> None:
    """What stands behind `safety` in these explanations, all of one transfer. Raises NotDone where nobody opened it."""
    allowed(grant, View.DETAIL)
    told = explained[-1].explained
    now = await room.reads.actions_about(told.case_id)
    opening = opening_of(grant, now.answer, SightPurpose.SAFETY_DETAIL, told.case_id, now.at_ms, transfer_id=told.transfer_id)
    if opening is None:
        raise NotDone(Cannot.DETAIL_NOT_OPENED, person=grant.person)
    explained = [one for one in explained if one.explained.case_id == told.case_id]
    found = await details(room, explained)
    await room.access.record(grant, View.DETAIL, cases_in(explained, found), Why.BREAK_GLASS, action_id=opening)
    if as_json:
        print_json([{"sequence": one.sequence, "units": detail_json(units)} for one, units in zip(explained, found, strict=True)])
        return
    rows = [
        (
            one.sequence,
            unit.unit_id,
            ", ".join(f"{word(danger.kind, language)} {danger.value}" for danger in unit.dangers),
            ", ".join(unit.apart_from),
        )
        for one, units in zip(explained, found, strict=True)
        for unit in units
    ]
    words = words_in(language)
    columns = words.behind_safety_columns
    print_table(words.behind_safety, columns, rows, right=frozenset(columns[:1]), empty=words.none_excluded)


def _cases_text(cases: Sequence[str], words: Words) -> str:
    """The first of the cases' references, and how many more there are."""
    if not cases:
        return words.all_cases
    first = cases[0][:12]
    return words.more_cases.format(first, len(cases) - 1) if len(cases) > 1 else first


def _uuid(text: str, otherwise: Cannot) -> str:
    """The id, lower-case. Raises NotDone where it is none."""
    lower = text.strip().lower()
    if not is_uuid(lower):
        raise NotDone(otherwise)
    return lower


async def _bands(room: NetworkRoom, grant: Grant, as_json: bool, language: Language) -> None:
    """The network's capacity for a role that sees no exact figure."""
    allowed(grant, View.BANDS)
    seen = await room.reads.capacity_bands()
    if as_json:
        print_json(seen_json(seen, "areas", [band_json(band) for band in seen.answer]))
        return
    words = words_in(language)
    print_table(words.bands, words.bands_columns, [(each.macro_area, words.band[each.band]) for each in seen.answer], empty=words.no_policy)
    out.print(words.stood_at.format(time_text(seen.at_ms)))


def _standing(seen: Seen[T], language: Language = Language.ENGLISH) -> str:
    """Where an answer stands and how old it is."""
    words = explaining_words_in(language)
    level = "" if seen.age_ms is None else words.level.format(age_text(seen.age_ms, language))
    return words.standing.format(seen.sequence, time_text(seen.at_ms), seen.reached, level)
