"""`staffetta policy`: the policy in force, what another would change, and its adoption by two bodies."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from coordinator.cli.acting import AsOption, acting_as, allowed
from coordinator.cli.code_words import request_kind, word_of
from coordinator.cli.command import JsonOption, LanguageOption, NetworkOption, in_network
from coordinator.cli.estimating import estimate
from coordinator.cli.instants import time_text
from coordinator.cli.not_done import Cannot, NotDone
from coordinator.cli.outcome import Exit, end, out, print_json, print_table, say
from coordinator.cli.policy_words import Words, words_in
from coordinator.domain.adopting import lasts
from coordinator.domain.previewing import Preview
from coordinator.domain.state import State
from coordinator.domain.who_may import Scope, View
from coordinator.intake.door import Told
from coordinator.policies import PolicyMalformed, WouldBeRefused, candidate_of, policy_json, preview_json, previewed, takes_two
from coordinator.rooms import NetworkRoom
from coordinator.state_now import instant, state_now
from events.fact import Actor
from events.facts import Event
from events.ids import uuid7
from events.language import Language
from events.network import PolicyAdopted, PolicyProposed
from events.policy_digest import policy_digest
from events.sentences import refusal_said, refusal_sentence
from events.two_people import ActionConfirmed
from events.verdict import Recorded, Refused
from events.vocabulary import Role, Urgency

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None, help="The policy: in force, previewed, adopted by two bodies.")

app.command(short_help="Estimate scarcity weights from synthetic months")(estimate)

HELPLINE = "helpline"
ADMINISTRATOR = "administrator"
_WAIT = timedelta(seconds=30)

FileArgument = Annotated[
    Path,
    typer.Argument(metavar="FILE.json", help="A JSON object with the fields of `PolicyAdopted` that change; all others stay as they are in force."),
]


@app.command(short_help="The policy in force")
def show(
    context: typer.Context,
    network: NetworkOption = None,
    as_json: JsonOption = False,
    role: AsOption = HELPLINE,
    language: LanguageOption = Language.ENGLISH,
) -> None:
    """The policy in force, what it says of scarcity, and whether the next one takes two bodies."""

    async def work(room: NetworkRoom) -> State:
        allowed(acting_as(role, room.name), View.POLICY)
        return await state_now(room)

    state = in_network(context, network, as_json, work)
    policy = _in_force(state)
    if as_json:
        print_json({**policy_json(policy), "digest": policy_digest(policy), "takes_two_bodies": takes_two(policy)})
        return
    words = words_in(language)
    out.print(words.in_force.format(policy.version, policy_digest(policy)[:16], words.two_bodies if takes_two(policy) else words.one_body))
    matching = policy.matching
    if matching is None or matching.scarcity is None:
        out.print(words.no_scarcity)
        return
    scarcity = matching.scarcity
    out.print(words.estimated.format(time_text(scarcity.estimated_at_ms), time_text(scarcity.valid_until_ms)))
    out.print(escape(words.method.format(scarcity.method, scarcity.sample)))
    print_table(
        words.points, words.points_columns, [(request_kind(each.kind, language), " ".join(map(str, each.weights))) for each in scarcity.kinds]
    )


@app.command(short_help="Who would gain or lose a place by another")
def preview(
    context: typer.Context,
    file: FileArgument,
    network: NetworkOption = None,
    as_json: JsonOption = False,
    role: AsOption = HELPLINE,
    language: LanguageOption = Language.ENGLISH,
) -> None:
    """Who gains or loses a place or eligibility, were this policy in force: every waiting request, by opaque id. Changes nothing.

    To administrators the sums by kind of request alone.
    """

    async def work(room: NetworkRoom) -> tuple[Preview, Scope]:
        grant = acting_as(role, room.name)
        scope = allowed(grant, View.PREVIEW)
        state = await state_now(room)
        candidate = _candidate(state, file)
        if not as_json:
            say(words_in(language).working.format(len(state.waiting), len(state.open_units)))
        try:
            found = previewed(state, candidate, instant(room, state))
        except WouldBeRefused as would:
            named = would.refusal.field or would.refusal.code
            raise NotDone(Cannot.POLICY_REFUSED, named=named, sentence=refusal_said(would.refusal.code)) from None
        if scope is not Scope.INDICATORS:
            await room.access.record(grant, View.PREVIEW, {each.case_id for each in found.requests})
        return found, scope

    found, scope = in_network(context, network, as_json, work)
    if as_json:
        print_json(preview_json(found, scope))
        return
    words = words_in(language)
    out.print(words.against.format(found.version_candidate, found.version_running, sum(each.requests for each in found.kinds)))
    if scope is not Scope.INDICATORS:
        _show_requests(found, words, language)
    rows = [
        (
            request_kind(each.kind, language), each.requests, each.placed_running, each.placed_candidate, each.gain_place, each.lose_place, each.gain_eligibility,
            each.lose_eligibility,
        )
        for each in found.kinds
    ]  # fmt: skip
    print_table(words.kinds, words.kinds_columns, rows, right=frozenset(words.kinds_columns[1:]), empty=words.nobody_waits)


def _show_requests(found: Preview, words: Words, language: Language) -> None:
    rows = [
        (
            f"{each.case_id}\n{word_of(Urgency, each.urgency, language)}, {request_kind(each.kind, language)}", each.running, each.candidate,
            each.running_fits, each.candidate_fits,
        )
        for each in found.requests
        if each.running != each.candidate or each.running_fits != each.candidate_fits
    ]  # fmt: skip
    print_table(words.changes, words.changes_columns, rows, right=frozenset(words.changes_columns[3:]), empty=words.none)


@app.command(short_help="Propose a policy, or confirm and adopt it")
def adopt(
    context: typer.Context,
    file: FileArgument,
    person: Annotated[str, typer.Option("--person", metavar="ID", help="Who you are: the opaque id of a member of the staff.")],
    body: Annotated[str, typer.Option("--body", metavar="SLUG", help="The body that you act for.")],
    reason: Annotated[str, typer.Option("--reason", help="What changes, and why, for the second body.")] = "",
    emergency: Annotated[str, typer.Option("--emergency", help="Cannot no second body can be asked first; one reviews it after.")] = "",
    network: NetworkOption = None,
    as_json: JsonOption = False,
    role: AsOption = ADMINISTRATOR,
    language: LanguageOption = Language.ENGLISH,
) -> None:
    """Propose a policy; confirm and adopt it, where another body has proposed these very words. Exit status 1 where it was refused."""

    async def work(room: NetworkRoom) -> list[tuple[Event, str]]:
        grant = acting_as(role, room.name)
        allowed(grant, View.REPORT)
        actor = Actor(person, body, Role(grant.standing.value))
        state = await state_now(room)
        at_ms = instant(room, state)
        events = next_steps(state, _candidate(state, file), actor, reason, emergency, at_ms)
        done: list[tuple[Event, str]] = []
        for event in events:
            (answer,) = await room.intake.submit([event], _WAIT)
            verdict = answer.verdict if isinstance(answer, Told) else None
            done.append(
                (
                    event,
                    refusal_sentence(verdict.code, language)
                    if isinstance(verdict, Refused)
                    else ""
                    if isinstance(verdict, Recorded)
                    else words_in(language).no_answer,
                )
            )
            if done[-1][1]:
                break
        return done

    done = in_network(context, network, as_json, work, taking_events=True)
    if as_json:
        print_json([{"event": type(event).__name__, "event_id": event.event_id, "wrong": wrong} for event, wrong in done])
    else:
        for event, wrong in done:
            say(f"{type(event).__name__}: {escape(wrong) or words_in(language).recorded}")
        if not done[-1][1] and not isinstance(done[-1][0], PolicyAdopted):
            say(words_in(language).now_another)
    end(Exit.WRONG if done[-1][1] else Exit.WELL)


def next_steps(state: State, candidate: PolicyAdopted, actor: Actor, reason: str, emergency: str, at_ms: int) -> Sequence[Event]:
    """What to report so that the policy comes into force, or waits for its second body. Raises NotDone where there is nothing to do now."""
    adopted = replace(candidate, event_id=_event_id(at_ms), actor=actor)
    digest = policy_digest(candidate)
    adopting = [adopted] if actor.role is Role.ADMINISTRATOR else []
    if not takes_two(_in_force(state)) or (state.approved_policy is not None and state.approved_policy.digest == digest and lasts(state, at_ms)):
        if not adopting:
            raise NotDone(Cannot.NO_BODY_MISSING)
        return adopting
    proposals = [each.event for each in state.awaited.values() if isinstance(each.event, PolicyProposed) and each.event.digest == digest]
    for proposed in proposals:
        if proposed.actor.body != actor.body and proposed.actor.person != actor.person:
            return [ActionConfirmed(_event_id(at_ms), actor, None, proposed.event_id), *adopting]
    if proposals:
        raise NotDone(Cannot.WAITS_FOR_BODY)
    if not reason.strip():
        raise NotDone(Cannot.REASON_NEEDED)
    proposal = PolicyProposed(_event_id(at_ms), actor, candidate.version, digest, reason, emergency)
    return [proposal, *(adopting if emergency else [])]


def _event_id(at_ms: int) -> str:
    return uuid7(at_ms, secrets.randbits(74))


def _in_force(state: State) -> PolicyAdopted:
    if state.policy is None:
        raise NotDone(Cannot.NO_POLICY)
    return state.policy


def _candidate(state: State, file: Path) -> PolicyAdopted:
    """The policy in force with what the file changes, under the next version. Raises NotDone."""
    in_force = _in_force(state)
    try:
        changes = json.loads(file.read_text(encoding="utf-8"))
    except OSError as failure:
        raise NotDone(Cannot.CANNOT_READ, file=file, failure=failure.strerror) from None
    except ValueError:
        raise NotDone(Cannot.NO_JSON, file=file) from None
    if not isinstance(changes, dict):
        raise NotDone(Cannot.NO_JSON_OBJECT, file=file)
    try:
        return candidate_of(in_force, changes)
    except PolicyMalformed as malformed:
        raise NotDone(Cannot.NO_POLICY_IN, file=file, problem=malformed) from None
