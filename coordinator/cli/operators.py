"""What an operator states in the ledger: a hole in the events (`no-event`), a replaced events topic (`source-changed`); and `heal`."""

from __future__ import annotations

from typing import Annotated

import typer

from coordinator.cli.command import JsonOption, NetworkOption, in_network, place_of, run, settings_of, wires_of
from coordinator.cli.outcome import NotDone, print_json, say
from coordinator.ledger.heal import Healed, HealRefused
from coordinator.ledger.operator_entries import OperatorRefused, operator_entries
from coordinator.rooms import NetworkRoom
from reading.ledger_reader import AcceptedRecord

WhyOption = Annotated[str, typer.Option("--why", help="The reason, for the auditor; it stands in the ledger in clear, so name nobody.")]


def no_event(
    context: typer.Context,
    first: Annotated[int, typer.Argument(min=0, help="First offset of the hole.")],
    last: Annotated[int, typer.Argument(min=0, help="Last offset of the hole.")],
    why: WhyOption,
    network: NetworkOption = None,
    as_json: JsonOption = False,
) -> None:
    """State that offsets of the events topic hold no event, so that decisions go on behind them. Refused where one of them does."""

    async def work(room: NetworkRoom) -> AcceptedRecord:
        operator = operator_entries(room.bootstrap, room.names, room.name, room.partition)
        try:
            return await operator.no_event(first, last, why)
        except OperatorRefused as refused:
            raise NotDone(f"Nothing was written: {refused}.") from None
        finally:
            await operator.close()

    _tell(in_network(context, network, as_json, work), as_json)


def source_changed(
    context: typer.Context,
    first_new: Annotated[int, typer.Argument(min=0, help="Offset of the next event in the topic as it is now.")],
    why: WhyOption,
    network: NetworkOption = None,
    as_json: JsonOption = False,
) -> None:
    """State that the events topic was replaced or restored, and that the next event is at this offset of it."""

    async def work(room: NetworkRoom) -> AcceptedRecord:
        operator = operator_entries(room.bootstrap, room.names, room.name, room.partition)
        try:
            return await operator.source_changed(first_new, why)
        except OperatorRefused as refused:
            raise NotDone(f"Nothing was written: {refused}.") from None
        finally:
            await operator.close()

    _tell(in_network(context, network, as_json, work), as_json)


def heal(context: typer.Context, network: NetworkOption = None, as_json: JsonOption = False) -> None:
    """Append a lost tail of the ledger again, verbatim, from the raw entries that the views keep. Stop every worker first."""

    async def work() -> Healed:
        settings = settings_of(context)
        try:
            return await wires_of(context).heal(settings, place_of(settings, network))
        except HealRefused as refused:
            raise NotDone(f"Not healed: {refused}.", "The two differ; compare them before anything proposes.") from None

    healed = run(context, as_json, work)
    sequence = healed.position.sequence if healed.position else None
    if as_json:
        print_json({"appended": healed.appended, "sequence": sequence})
    else:
        say(f"{healed.appended} entries appended; the ledger ends with entry {sequence}." if healed.appended else "Nothing was missing.")


def _tell(record: AcceptedRecord, as_json: bool) -> None:
    if as_json:
        print_json({"sequence": record.envelope.sequence, "hash": record.position.hash})
    else:
        say(f"Written as entry {record.envelope.sequence}.")
