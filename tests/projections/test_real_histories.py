"""Random histories of the real core, folded: what the views say of each case is what the core knows, after every entry, and whichever way it is read."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from coordinator.domain import State, evolve
from coordinator.domain.state import Case
from coordinator.domain.state import Transfer as CoreTransfer
from events.vocabulary import Escalation, HandOverItem, TransferStage
from projections import case_file, inbox
from projections.case_file import CaseFile
from projections.inbox import HELPLINE, ItemKind
from projections.owed import OwedKind, owed_at
from projections.reported import effects_of
from projections.transfers import Stage, StepKind, Transfer, TransferState, asked_now, gave_its_word, state_of
from tests.domain.test_histories import PROJECTS, History
from tests.domain.world import founded

pytestmark = pytest.mark.pure

STEPS = 250
SEEDS = range(5)
_STAGES = {TransferStage.WAITING: Stage.REQUESTED, TransferStage.ACCEPTED: Stage.ACCEPTED, TransferStage.DEPARTED: Stage.DEPARTED}
_WHILE_LOOKING = frozenset(Escalation) - {Escalation.SAFETY_CHANGED, Escalation.ARRIVAL_OVERDUE, Escalation.PROGRAMME_ENDED}


def told(seed: int) -> Iterator[tuple[State, dict[str, CaseFile]]]:
    """The core's state and the views' files after each entry, each entry folded twice and each file taken from its bytes."""
    history = History(random.Random(seed))
    for _ in range(STEPS):
        history.step()
    state = founded()
    files: dict[str, CaseFile] = {}
    for entry in history.entries:
        state = evolve(state, entry)
        effects = effects_of(entry)
        for _ in range(2):
            for case_id, file in case_file.fold(files, effects).items():
                if file is None:
                    files.pop(case_id, None)
                else:
                    files[case_id] = case_file.from_bytes(case_file.to_bytes(file))
        yield state, files


def open_transfer(file: CaseFile, sequence: int) -> tuple[Transfer, TransferState] | None:
    states = [(one, state_of(one, sequence)) for one in file.transfers]
    return next(((asked_now(one, sequence), state) for one, state in states if state is not None and state.stage is not Stage.CLOSED), None)


def told_of_transfer(found: tuple[Transfer, TransferState] | None) -> dict[str, object]:
    if found is None:
        return {}
    transfer, state = found
    proposal = state.proposal
    return {
        "transfer": transfer.transfer_id, "urgency": transfer.urgency, "needed by": transfer.needed_by_ms, "stage": state.stage,
        "proposal": proposal and (proposal.proposal_id, proposal.unit_id, proposal.project_id, proposal.deadline_at_ms),
        "disclosures": state.disclosures, "declines": state.declines, "arrival": state.expected_arrival_ms,
        "inquiries": sorted(one.inquiry_id for one in state.inquiries),
        "question": proposal is not None and proposal.question_stands and state.stage is Stage.PROPOSED,
        "called": sorted(one.why for one in state.escalations if one.why is not Escalation.SAFETY_CHANGED),
        "lists": state.hand_over and (state.hand_over.sides, state.hand_over.missing),
    }  # fmt: skip


def known_of_transfer(transfer: CoreTransfer | None) -> dict[str, object]:
    if transfer is None:
        return {}
    proposal = transfer.proposal
    prepared = proposal is not None and proposal.prepared
    stage = _STAGES.get(transfer.stage) or (Stage.PREPARED if prepared else Stage.PROPOSED)
    accepted = stage in (Stage.ACCEPTED, Stage.DEPARTED)
    silent = _WHILE_LOOKING - (frozenset() if accepted else {Escalation.DEADLINE_PASSED})
    covered = {item for side in transfer.hand_over for item in (*side.arranged, *side.not_needed)}
    clock = proposal.clock if proposal is not None else None
    return {
        "transfer": transfer.transfer_id, "urgency": transfer.urgency, "needed by": transfer.needed_by_ms, "stage": stage,
        "proposal": proposal and (proposal.proposal_id, proposal.unit_id, proposal.project_id, proposal.deadline_at_ms),
        "disclosures": transfer.disclosures, "declines": transfer.declines, "arrival": transfer.expected_arrival_ms,
        "inquiries": sorted(one.inquiry_id for one in transfer.inquiries),
        "question": clock is not None and clock.question_stands and stage is Stage.PROPOSED,
        "called": sorted(
            why for why in transfer.escalated if why is not Escalation.SAFETY_CHANGED and (stage is Stage.REQUESTED or why not in silent)
        ),
        "lists": (len(transfer.hand_over), tuple(item for item in HandOverItem if item not in covered)) if accepted else None,
    }  # fmt: skip


def known_to_be_owed(state: State, case: Case) -> set[tuple[OwedKind, str, bool]]:
    return {
        *((OwedKind.CONFIRMATION, action_id, False) for action_id, awaited in state.awaited.items() if awaited.event.case_id == case.case_id),
        *((OwedKind.REVIEW, action_id, due.overdue) for action_id, due in state.reviews.items() if due.case_id == case.case_id),
        *((OwedKind.NOTIFICATION, due.transfer_id, due.overdue) for due in case.notifications),
        *((OwedKind.MAJORITY, one.person, False) for one in case.majorities if one.review_due),
    }


def words_known(state: State, owner: str) -> int:
    """Words for an exchange that wait for a project: given for a case that waits, about one of its own that does."""
    return sum(
        other is not None
        and other.transfer is not None
        and other.transfer.stage is TransferStage.WAITING
        and (other.responsible or HELPLINE) == owner
        for case in state.cases.values()
        if case.transfer is not None and case.transfer.stage is TransferStage.WAITING and case.transfer.swap_with is not None
        for other in (state.cases.get(case.transfer.swap_with),)
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_the_views_know_what_the_core_knows(seed: int) -> None:
    for state, files in told(seed):
        for case_id, case in state.cases.items():
            file = files[case_id]
            found = open_transfer(file, state.sequence)
            assert told_of_transfer(found) == known_of_transfer(case.transfer)
            owed = {(one.kind, one.of, one.overdue) for one in owed_at(file.care.notes, state.sequence) if one.kind is not OwedKind.LAPSED}
            assert owed == known_to_be_owed(state, case)
            if case.transfer is not None and Escalation.SAFETY_CHANGED in case.transfer.escalated:
                assert found is not None and Escalation.SAFETY_CHANGED in {one.why for one in found[1].escalations}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_past_of_every_inbox_stays(seed: int) -> None:
    seen: dict[tuple[str, str, int], list[inbox.Item]] = {}
    last: dict[str, CaseFile] = {}
    for state, files in told(seed):
        for case_id, file in files.items():
            live = inbox.projects_of(file.care, file.transfers, state.sequence)
            for project in (HELPLINE, *PROJECTS):
                items = list(inbox.items(case_id, file.care, file.transfers, project, state.sequence))
                assert live.get(project, False) == bool(items), "a row of the table says otherwise than the file"
                if state.sequence % 10 == 0:
                    seen[case_id, project, state.sequence] = items
        last = dict(files)
    merged = {ended.same_as for file in last.values() for ended in file.care.ended}
    for (case_id, project, sequence), items in seen.items():
        kept = last.get(case_id)
        if kept is None or kept.care.ended or case_id in merged:  # the past of one that took over another's story is both's
            continue
        then = case_file.as_of(kept, sequence)
        assert then is None or list(inbox.items(case_id, then.care, then.transfers, project, sequence)) == items


def test_random_histories_show_nearly_every_kind_of_item() -> None:
    """Else the others prove nothing of a kind. Some kinds are rare here; `test_inbox` has them."""
    kinds: set[ItemKind] = set()
    steps: set[StepKind] = set()
    for seed in SEEDS:
        for state, files in told(seed):
            for case_id, file in files.items():
                steps.update(step.kind for transfer in file.transfers for step in transfer.steps)
                for project in (HELPLINE, *PROJECTS):
                    kinds.update(item.kind for item in inbox.items(case_id, file.care, file.transfers, project, state.sequence))
    assert kinds >= set(ItemKind) - {ItemKind.QUESTION, ItemKind.MAJORITY, ItemKind.NOTIFICATION, ItemKind.SWAP}
    rare = {StepKind.SWAP_AGREED, StepKind.PROPOSAL_PASSED, StepKind.QUESTION, StepKind.ANSWER, StepKind.PAUSED, StepKind.RESUMED, StepKind.REMINDED}
    assert steps >= set(StepKind) - rare


@pytest.mark.parametrize("seed", SEEDS)
def test_a_word_for_an_exchange_waits_as_long_as_the_core_keeps_it(seed: int) -> None:
    words: dict[int, str] = {}
    for state, files in told(seed):
        for case_id, file in files.items():
            for transfer in file.transfers:
                words.update({step.sequence: case_id for step in transfer.steps if step.kind is StepKind.SWAP_AGREED})
        for owner in (HELPLINE, *PROJECTS):
            shown = {
                item.since_sequence
                for case_id, file in files.items()
                for item in inbox.items(case_id, file.care, file.transfers, owner, state.sequence)
                if item.kind is ItemKind.SWAP and _stands(files, words.get(item.since_sequence), item.since_sequence, state.sequence)
            }
            assert len(shown) == words_known(state, owner)


def _stands(files: dict[str, CaseFile], given_for: str | None, word: int, sequence: int) -> bool:
    file = files.get(given_for or "")
    return file is not None and any(gave_its_word(transfer, word, sequence) for transfer in file.transfers)
