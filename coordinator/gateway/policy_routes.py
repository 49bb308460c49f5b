"""The policy of matching: in force and proposed, previewed, proposed by one body, confirmed by another, adopted.

Whoever reports sends the whole policy, as the preview answered it, so that the same request says the same however often it is sent. Each of the three
reports one event, whose id is the request's `Idempotency-Key`, and is answered as `POST /v1/{network}/events` answers it.
"""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import Response

from coordinator.access import Grant
from coordinator.domain.who_may import Scope, View, scope_of
from coordinator.gateway.behind import behind
from coordinator.gateway.body import MAX_EVENT_TEXT_BYTES, read_body, text_of, wait_of
from coordinator.gateway.identity import TheGrant, TheRoom, TheRooms, require, require_own_words
from coordinator.gateway.looking import recorded
from coordinator.gateway.moments import AsOfSequence, AsOfTime, moment_of
from coordinator.gateway.previews import Previews
from coordinator.gateway.problems import Code, Problem
from coordinator.gateway.taking import answered, reading
from coordinator.policies import (
    PolicyMalformed,
    in_force_json,
    may_be_adopted,
    policy_json,
    policy_of,
    preview_json,
    proposal_json,
    proposals,
)
from coordinator.rooms import NetworkRoom
from coordinator.viewing import Plain, seen_json
from events.errors import LineInvalid
from events.facts import Event
from events.ids import is_uuid, uuid7_at_ms
from events.lines import parse_line
from events.network import PolicyAdopted, PolicyProposed
from events.policy_digest import policy_digest
from events.two_people import ActionConfirmed

router = APIRouter(prefix="/v1/{network}/policy", tags=["policy"])

_TEXT = {"type": "string"}
_ACTOR = {"type": "object", "description": "Who acts, as in every event: person, body and role, which must be the token's."}
_POLICY = {"type": "object", "description": "The whole policy, its version included, as `preview` answers it under `policy`."}
Key = Annotated[str | None, Header(alias="Idempotency-Key", description="UUIDv7: the event's id. Needed.")]
WaitMs = Annotated[int | None, Query(ge=0, le=60_000, description="Milliseconds to wait for the entry; else `Prefer: wait=SECONDS`.")]


def _body(required: list[str], **properties: dict[str, str]) -> dict[str, Any]:
    schema = {"type": "object", "required": required, "properties": properties}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


CHANGES_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"type": "object", "description": "The fields that change; all others stay as they are in force."}},
        },
    }
}
PROPOSAL_BODY = _body(["actor", "policy", "reason"], actor=_ACTOR, policy=_POLICY, reason=_TEXT, emergency=_TEXT)
CONFIRMATION_BODY = _body(["actor", "policy", "action_id"], actor=_ACTOR, policy=_POLICY, action_id=_TEXT)
ADOPTION_BODY = _body(["actor", "policy"], actor=_ACTOR, policy=_POLICY)


@router.get("", summary="The policy in force, and what is proposed", response_model=None)
async def get_policy(room: TheRoom, grant: TheGrant, as_of: AsOfSequence = None, as_of_ms: AsOfTime = None) -> Plain:
    """Every field, its digest, and whether the next one takes two bodies; `in_force` is null where there is none yet.

    `proposals`, for the helpline and administrators: what waits for a second body or a review, and what is confirmed and may be adopted until when.
    """
    require(grant, View.POLICY)
    moment = moment_of(as_of, as_of_ms)
    seen = await behind(room.reads.adopted_policy(moment))
    in_force = seen.answer
    plain = seen_json(seen, "in_force", None if in_force is None else in_force_json(in_force))
    if in_force is not None and scope_of(grant.standing, View.REVIEW) is Scope.EVERYTHING:
        actions = (await behind(room.reads.actions(moment))).answer
        adoptable = may_be_adopted(actions, in_force, seen.at_ms)
        plain["proposals"] = [proposal_json(one, in_force, adoptable, seen.at_ms) for one in proposals(actions, in_force, seen.at_ms)]
    return plain


@router.post("/preview", summary="Who would gain or lose a place by another policy", response_model=None, openapi_extra=CHANGES_BODY)
async def post_preview(request: Request, room: TheRoom, grant: TheGrant) -> Plain:
    """Every request that waits now, matched under the policy in force and under that policy with these fields changed. Changes nothing.

    To the helpline by opaque id; to administrators the sums by kind of request. `policy` is the whole of it, to be proposed as it is.
    """
    scope = require(grant, View.PREVIEW)
    changes = await _object(request)
    previews = request.app.state.previews
    assert isinstance(previews, Previews)
    candidate, found = await behind(previews.preview(room, changes))
    if scope is not Scope.INDICATORS:
        await recorded(room, grant, View.PREVIEW, {each.case_id for each in found.requests})
    return {**preview_json(found, scope), "digest": policy_digest(candidate), "policy": policy_json(candidate)}


@router.post("/proposals", summary="Propose a policy to a second body", status_code=201, openapi_extra=PROPOSAL_BODY)
async def post_proposal(
    request: Request, rooms: TheRooms, room: TheRoom, grant: TheGrant, idempotency_key: Key = None, wait_ms: WaitMs = None
) -> Response:
    """Reports `PolicyProposed` with the digest of these words. With `emergency`, they may be adopted at once, and another body reviews it."""
    wait = wait_of(request, wait_ms, rooms.default_wait_ms)
    plain = await _object(request, PROPOSAL_BODY)
    policy = _policy(plain)
    digest, emergency = policy_digest(policy), plain.get("emergency", "")
    event = _said(
        room, grant, idempotency_key, PolicyProposed, plain, version=policy.version, digest=digest, reason=plain["reason"], emergency=emergency
    )
    return await answered(room, grant, event, wait)


@router.post("/confirmations", summary="Confirm a policy that another body proposed", status_code=201, openapi_extra=CONFIRMATION_BODY)
async def post_confirmation(
    request: Request, rooms: TheRooms, room: TheRoom, grant: TheGrant, idempotency_key: Key = None, wait_ms: WaitMs = None
) -> Response:
    """Reports `ActionConfirmed` about the proposal `action_id`, once its digest is found to be that of these words; 404 where there is none."""
    wait = wait_of(request, wait_ms, rooms.default_wait_ms)
    plain = await _object(request, CONFIRMATION_BODY)
    policy, action_id = _policy(plain), plain["action_id"]
    event = _said(room, grant, idempotency_key, ActionConfirmed, plain, case_id=None, action_id=action_id)
    told = await reading(room.intake.answer_of(action_id)) if isinstance(action_id, str) and is_uuid(action_id) else None
    proposed = None if told is None else told.decision.opened.event
    if not isinstance(proposed, PolicyProposed):
        raise Problem(Code.NOT_FOUND)
    if proposed.digest != policy_digest(policy):
        raise Problem(Code.POLICY_DIFFERS)
    return await answered(room, grant, event, wait)


@router.post("/adoptions", summary="Adopt a policy", status_code=201, openapi_extra=ADOPTION_BODY)
async def post_adoption(
    request: Request, rooms: TheRooms, room: TheRoom, grant: TheGrant, idempotency_key: Key = None, wait_ms: WaitMs = None
) -> Response:
    """Reports `PolicyAdopted`. Where the policy in force takes two bodies, the network refuses what no other body has confirmed."""
    wait = wait_of(request, wait_ms, rooms.default_wait_ms)
    plain = await _object(request, ADOPTION_BODY)
    _policy(plain)
    event = _said(room, grant, idempotency_key, PolicyAdopted, plain, **plain["policy"])
    return await answered(room, grant, event, wait)


async def _object(request: Request, described: dict[str, Any] | None = None) -> dict[str, Any]:
    """The JSON object in the request, with every field that is required. Raises Problem."""
    if request.headers.get("content-type", "application/json").partition(";")[0].strip().lower() != "application/json":
        raise Problem(Code.MEDIA_TYPE_UNKNOWN, ("Send one JSON object, as application/json.", "Inviare un oggetto JSON, come application/json."))
    try:
        plain = json.loads(text_of(await read_body(request, MAX_EVENT_TEXT_BYTES)), object_pairs_hook=_each_once)
    except (ValueError, RecursionError):
        raise Problem(
            Code.POLICY_INVALID, ("The body is no JSON, or says a field twice.", "Il contenuto non è JSON, o dice due volte un campo.")
        ) from None
    if not isinstance(plain, dict):
        raise Problem(Code.POLICY_INVALID, ("The body is no JSON object.", "Il contenuto non è un oggetto JSON."))
    schema = {} if described is None else described["requestBody"]["content"]["application/json"]["schema"]
    missing = [name for name in schema.get("required", ()) if name not in plain]
    unknown = len(plain.keys() - schema["properties"].keys()) if schema else 0
    if missing or unknown:
        raise Problem(Code.REQUEST_INVALID, more={"fields": [f"body.{name}" for name in missing or schema["properties"]]})
    return plain


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """What readers take differently is no words that two bodies could agree on."""
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a field twice")
    return dict(pairs)


def _policy(plain: dict[str, Any]) -> PolicyAdopted:
    if not isinstance(plain["policy"], dict):
        raise Problem(Code.POLICY_INVALID, ("`policy` is no JSON object.", "`policy` non è un oggetto JSON."))
    try:
        return policy_of(plain["policy"])
    except PolicyMalformed as malformed:
        raise Problem(Code.POLICY_INVALID, malformed.said) from None


def _said(room: NetworkRoom, grant: Grant, key: str | None, kind: type[Event], plain: dict[str, Any], **fields: object) -> Event:
    """The event of this kind, said by the token's holder, with the key as its id. Raises Problem."""
    if key is None:
        raise Problem(Code.KEY_MISSING)
    key = key.strip().strip('"').lower()
    if uuid7_at_ms(key) is None:
        raise Problem(Code.KEY_INVALID)
    try:
        event = parse_line(json.dumps({**fields, "event": kind.__name__, "event_id": key, "actor": plain["actor"]}), 1)
    except LineInvalid as invalid:
        raise Problem(Code.EVENT_INVALID, invalid.said) from None
    require_own_words(room, grant, event.actor)
    return event
