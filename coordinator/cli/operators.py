"""What an operator states in the ledger: a hole in the events (`no-event`), a replaced events topic (`source-changed`); `heal`,
`accept-loss`, and `trim-events`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from coordinator.cli import doing_words as words
from coordinator.cli.command import JsonOption, LanguageOption, NetworkOption, in_network, place_of, require_yes, run, settings_of, wires_of
from coordinator.cli.not_done import Cannot, NotDone
from coordinator.cli.outcome import print_json, say, told
from coordinator.ledger.accepting_loss import LossRefused, LostEvent, loss_through, lost_events
from coordinator.ledger.core import SystemClock
from coordinator.ledger.heal import Healed, HealRefused
from coordinator.ledger.operator_entries import OperatorRefused, operator_entries
from coordinator.ledger.refused_words import REPLACED_MEANWHILE
from coordinator.ledger.trimming import Trimmable, TrimRefused, trimmable
from coordinator.rooms import NetworkRoom
from events.language import Language, Said, filled, in_language, joined
from ops.topics import delete_records
from reading.ledger_reader import AcceptedRecord

WhyOption = Annotated[str, typer.Option("--why", help="The reason, for the auditor; it stands in the ledger in clear, so name nobody.")]


def no_event(
    context: typer.Context,
    first: Annotated[int, typer.Argument(min=0, help="First offset of the hole.")],
    last: Annotated[int, typer.Argument(min=0, help="Last offset of the hole.")],
    why: WhyOption,
    network: NetworkOption = None,
    as_json: JsonOption = False,
    language: LanguageOption = Language.ENGLISH,
) -> None:
    """State that offsets of the events topic hold no event, so that decisions go on behind them. Refused where one of them does."""

    async def work(room: NetworkRoom) -> AcceptedRecord:
        operator = operator_entries(room.bootstrap, room.names, room.name, room.partition)
        try:
            return await operator.no_event(first, last, why)
        except OperatorRefused as refused:
            raise NotDone(Cannot.NOT_WRITTEN, detail=refused) from None
        finally:
            await operator.close()

    _tell(in_network(context, network, as_json, work), as_json, language)


def source_changed(
    context: typer.Context,
    first_new: Annotated[int, typer.Argument(min=0, help="Offset of the next event in the topic as it is now.")],
    why: WhyOption,
    network: NetworkOption = None,
    as_json: JsonOption = False,
    language: LanguageOption = Language.ENGLISH,
) -> None:
    """State that the events topic was replaced or restored, and that the next event is at this offset of it."""

    async def work(room: NetworkRoom) -> AcceptedRecord:
        operator = operator_entries(room.bootstrap, room.names, room.name, room.partition)
        try:
            return await operator.source_changed(first_new, why)
        except OperatorRefused as refused:
            raise NotDone(Cannot.NOT_WRITTEN, detail=refused) from None
        finally:
            await operator.close()

    _tell(in_network(context, network, as_json, work), as_json, language)


def heal(context: typer.Context, network: NetworkOption = None, as_json: JsonOption = False, language: LanguageOption = Language.ENGLISH) -> None:
    """Append a lost tail of the ledger again, verbatim, from the raw entries that the views keep. Stop every worker first."""

    async def work() -> Healed:
        settings = settings_of(context)
        try:
            return await wires_of(context).heal(settings, place_of(settings, network))
        except HealRefused as refused:
            raise NotDone(Cannot.NOT_HEALED, detail=refused) from None

    healed = run(context, as_json, work)
    sequence = healed.position.sequence if healed.position else None
    if as_json:
        print_json({"appended": healed.appended, "sequence": sequence})
    else:
        say(told(words.HEALED, language, healed.appended, sequence) if healed.appended else told(words.NOTHING_MISSING, language))


def accept_loss(
    context: typer.Context,
    offset: Annotated[int, typer.Argument(min=0, help="Offset of an event whose key is lost: those up to it that no key opens are refused.")],
    network: NetworkOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say which events no key opens; refuse nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: JsonOption = False,
    language: LanguageOption = Language.ENGLISH,
) -> None:
    """Refuse waiting events whose keys are lost for good, which no key opens, and decide the others up to this offset. Asks first.

    Where a worker stopped with `EventKeyMissing` and there is no later copy of the key store. What is refused stays refused; later events stop workers as before.
    """

    async def work(room: NetworkRoom) -> tuple[list[LostEvent], list[LostEvent]]:
        try:
            async with room.events_log() as log:
                lost = await lost_events(room.reader, log, room.vault)
                accepted = loss_through(offset, lost)
                left = [each for each in lost if each.offset > offset]
                if not dry_run:
                    require_yes(in_language(filled(words.ASK_LOSS, _listed(accepted), offset), language), yes, Cannot.NOTHING_REFUSED)
                    settings = settings_of(context)
                    await wires_of(context).accept_loss(settings, place_of(settings, network), room, offset, accepted)
                return accepted, left
        except LossRefused as refused:
            raise NotDone(Cannot.LOSS_REFUSED, detail=refused) from None

    accepted, left = in_network(context, network, as_json, work)
    if as_json:
        print_json({"refused" if not dry_run else "would_refuse": accepted, "left": left})
        return
    say(told(words.WOULD_BE_REFUSED if dry_run else words.LOSS_REFUSED, language, _listed(accepted)))
    if left:
        say(told(words.LOSS_LEFT, language, _listed(left)))
    if not dry_run:
        say(told(words.REPORT_AGAIN, language))


def trim_events(
    context: typer.Context,
    network: NetworkOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Compare and say what would go; delete nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: JsonOption = False,
    language: LanguageOption = Language.ENGLISH,
) -> None:
    """Hold the events topic against the ledger, byte for byte, and delete its records older than the policy's term. Asks first.

    One that differs stops it, and nothing is deleted. The ledger keeps every event, and the last one stays in the topic too.
    """

    async def work(room: NetworkRoom) -> tuple[Trimmable, bool]:
        try:
            async with room.events_log() as log:
                now_ms = None if room.own_clock else SystemClock().now_ms()
                found = await trimmable(room.name, lambda: room.reader(None), log, room.vault, now_ms)
                if found.below is None or dry_run:
                    return found, False
                asked = filled(words.ASK_TRIM, found.verified, found.below, room.names.events)
                require_yes(in_language(asked, language), yes, Cannot.NOTHING_DELETED)
                if await log.topic_id() != found.topic_id:
                    raise TrimRefused(REPLACED_MEANWHILE)
                await delete_records(room.bootstrap, room.names.events, room.partition, found.below)
                return found, True
        except TrimRefused as refused:
            raise NotDone(Cannot.TRIM_REFUSED, detail=refused) from None

    found, deleted = in_network(context, network, as_json, work)
    if as_json:
        first = found.below if deleted else found.first_offset
        print_json({"verified": found.verified, "trimmed_to": found.below, "kept": found.kept, "first_offset": first})
    elif found.below is None:
        say(told(words.NOTHING_TO_TRIM, language, found.verified))
    else:
        say(told(words.TRIMMED if deleted else words.WOULD_TRIM, language, found.verified, found.below, found.kept))


def _tell(record: AcceptedRecord, as_json: bool, language: Language) -> None:
    if as_json:
        print_json({"sequence": record.envelope.sequence, "hash": record.position.hash})
    else:
        say(told(words.WRITTEN, language, record.envelope.sequence))


def _listed(lost: Sequence[LostEvent]) -> Said:
    """Each event by its offset, kind and id, which whoever reported it has too."""
    return joined((filled(words.LOST_EVENT, each.kind, each.event_id, each.offset) for each in lost), ", ")
