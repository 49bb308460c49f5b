"""The pure folds: each entry applied twice, the past kept, the erased gone."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from typing import Any, get_args

import pytest

from events.entry import Locked, OpenedDecision, OpenedEntry, OpenedEvent
from events.facts import Event, Outcome, TwoPersonEvent
from events.person import CaseErased
from events.transfer import MatchExplained, PlaceHeld
from events.verdict import Recorded
from projections import answered, audit, capacity, case_file, health, inbox, network, owed, transfers
from projections.case_file import CaseFile
from projections.reported import Effects, effects_of
from projections.transfers import Stage
from tests.projections.story import Story
from tests.projections.written import opened

ENTRIES = opened("it", list(Story(7, erasures=0.02).tell(1500)))
EFFECTS = [effects_of(entry) for entry in ENTRIES]


def apply(rows: dict[object, object], changes: object) -> None:
    for key, row in dict(changes).items():  # type: ignore[call-overload]
        if row is None:
            rows.pop(key, None)
        else:
            rows[key] = row


def by_unit(holds: dict[Any, Any]) -> dict[str, dict[capacity.Slot, capacity.Hold]]:
    grouped: dict[str, dict[capacity.Slot, capacity.Hold]] = {}
    for slot, hold in holds.items():
        grouped.setdefault(hold.unit_id, {})[slot] = hold
    return grouped


def folded(entries: list[OpenedEntry], *, twice: bool) -> dict[str, object]:
    projects, units, policies, duty, figures, holds, verdicts, files, asked, answers = ({} for _ in range(10))  # type: ignore[var-annotated]
    rows = []
    for entry in entries:
        effects = effects_of(entry)
        for _ in range(1 + twice):
            answering = answered.fold(answered.Rows(asked, answers, figures, units), effects)
            apply(asked, answering.asked)
            apply(answers, answering.answers)
            told = network.fold(network.Rows(projects, units, policies, duty), effects)
            for rows_of_table, told_of_table in ((projects, told.projects), (units, told.units), (policies, told.policies), (duty, told.duty)):
                apply(rows_of_table, told_of_table)
            counted = capacity.fold(capacity.Rows(figures, by_unit(holds)), effects)
            apply(figures, counted.figures)
            apply(holds, counted.holds)
            row = audit.fold(entry)
            apply(verdicts, health.fold(verdicts, row))
            apply(files, case_file.fold(files, effects))
        rows.append(row)
    return {
        "projects": projects, "units": units, "policies": policies, "duty": duty, "figures": figures, "holds": holds, "asked": asked, "answers": answers, "audit": rows, "verdicts": verdicts,
        "files": {case: case_file.to_bytes(file) for case, file in files.items()},
    }  # fmt: skip


def test_applying_every_entry_twice_gives_the_same_rows() -> None:
    once, twice = folded(ENTRIES, twice=False), folded(ENTRIES, twice=True)
    assert once == twice
    assert once["files"] and once["holds"] and once["figures"]


def test_an_entry_applied_twice_changes_nothing_the_second_time() -> None:
    figures: dict[object, object] = {}
    holds: dict[object, object] = {}
    for entry in EFFECTS:
        changes = capacity.fold(capacity.Rows(figures, by_unit(holds)), entry)  # type: ignore[arg-type]
        apply(figures, changes.figures)
        apply(holds, changes.holds)
        again = capacity.fold(capacity.Rows(figures, by_unit(holds)), entry)  # type: ignore[arg-type]
        assert not again.figures
        assert not again.holds


def test_a_file_survives_its_bytes() -> None:
    files: dict[str, CaseFile] = {}
    for entry in EFFECTS[:600]:
        files.update({case: file for case, file in case_file.fold(files, entry).items() if file is not None})
    assert files
    for file in files.values():
        assert case_file.from_bytes(case_file.to_bytes(file)) == file


def without(entries: list[OpenedEntry], erased: set[str]) -> list[OpenedEntry]:
    """The entries as they open once these cases' keys are gone."""
    return [
        OpenedDecision(
            entry.network, entry.sequence, entry.event_offset, entry.event_time_ms,
            OpenedEvent(_locked(entry.opened.event, erased), b"", 0),
            tuple(_locked(outcome, erased) for outcome in entry.outcomes),
        )
        for entry in entries
        if isinstance(entry, OpenedDecision)
    ]  # fmt: skip


def _locked(fact: Any, erased: set[str]) -> Any:
    about = {getattr(fact, "case_id", None), getattr(fact, "other_case_id", None)} - {None}
    return Locked(type(fact).__name__, {}) if about and about <= erased and not isinstance(fact, CaseErased) else fact


def test_what_was_folded_before_an_erasure_is_what_is_folded_after_it() -> None:
    erased = {entry.opened.event.case_id for entry in ENTRIES if isinstance(entry, OpenedDecision) and isinstance(entry.opened.event, CaseErased)}
    assert erased
    assert folded(ENTRIES, twice=False) == folded(without(ENTRIES, erased), twice=False)


def test_an_erased_case_leaves_no_file_and_is_in_no_other() -> None:
    files = folded(ENTRIES, twice=False)["files"]
    assert isinstance(files, dict)
    erased = {entry.opened.event.case_id for entry in ENTRIES if isinstance(entry, OpenedDecision) and isinstance(entry.opened.event, CaseErased)}
    assert not any(case.encode() in plain for case in erased for plain in files.values())


def test_explanations_are_not_part_of_a_case() -> None:
    assert not any(isinstance(fact, MatchExplained) for entry in EFFECTS for facts in entry.by_case.values() for _, fact in facts)


def history(case: str) -> list[CaseFile]:
    """The file after each entry that changed it."""
    files: dict[str, CaseFile] = {}
    versions = []
    for entry in EFFECTS:
        changed = case_file.fold(files, entry)
        apply(files, changed)  # type: ignore[arg-type]
        if changed.get(case):
            versions.append(files[case])
    return versions


def test_as_of_a_sequence_is_what_was_known_then() -> None:
    files: dict[str, CaseFile] = {}
    for entry in EFFECTS:
        apply(files, case_file.fold(files, entry))  # type: ignore[arg-type]
    case = max(files, key=lambda case: len(files[case].timeline))
    versions = history(case)
    last = versions[-1]
    stages = set()
    for version in versions:
        then = case_file.as_of(last, version.sequence)
        assert then == version
        for project in ("", *(f"project-{number:02}" for number in range(4))):
            now = list(inbox.items(case, version.care, version.transfers, project, version.sequence))
            assert list(inbox.items(case, then.care, then.transfers, project, version.sequence)) == now
            assert inbox.projects_of(version.care, version.transfers, version.sequence).get(project, False) == bool(now)
        for transfer in version.transfers:
            full = next(one for one in last.transfers if one.transfer_id == transfer.transfer_id)
            state = transfers.state_of(transfer, version.sequence)
            assert transfers.state_of(full, version.sequence) == state
            assert state is not None
            stages.add(state.stage)
    assert stages >= {Stage.PROPOSED, Stage.ACCEPTED, Stage.DEPARTED, Stage.CLOSED}


def test_a_proposal_in_an_inbox_shows_neither_who_asks_nor_why() -> None:
    shown = 0
    files: dict[str, CaseFile] = {}
    for entry in EFFECTS:
        apply(files, case_file.fold(files, entry))  # type: ignore[arg-type]
    for file in files.values():
        for project in inbox.projects_of(file.care, file.transfers, file.sequence):
            for item in inbox.items(file.case_id, file.care, file.transfers, project, file.sequence):
                if item.kind is inbox.ItemKind.PROPOSAL:
                    shown += 1
                    assert (item.transfer, item.responsible) == (None, None)
                    assert item.transfer_id
    assert shown


def place(*outcomes: Outcome, event: Event | None = None, sequence: int = 5) -> Effects:
    return effects_of(
        OpenedDecision("it", sequence, sequence - 1, 0, OpenedEvent(event or Locked("ClockAdvanced", {}), b"", 0), (Recorded(), *outcomes))
    )


HOLD = "00000000-0000-4000-8000-00000000000{}"


def figures(places: int, occupied: int) -> dict[str, capacity.Figures]:
    return {"u": capacity.Figures("u", places, occupied, 0, 0, places - occupied, True, 0, False, 1)}


@pytest.mark.parametrize(("places", "occupied", "asked", "fits"), [(3, 1, 2, True), (3, 1, 3, False), (2, 2, 1, False)])
def test_a_hold_beyond_the_room_is_given_a_number_outside_it(places: int, occupied: int, asked: int, fits: bool) -> None:
    changes = capacity.fold(capacity.Rows(figures(places, occupied), {}), place(PlaceHeld(HOLD.format(1), "u", asked, 9)))
    rows = [row for row in changes.holds.values() if row is not None]
    assert len(rows) == asked
    assert all(row.room is not None and row.slot < row.room for row in rows) is fits


def test_a_second_hold_takes_other_places_and_a_third_finds_none() -> None:
    rows: dict[capacity.Slot, capacity.Hold] = {}
    for number in (1, 2, 3):
        changes = capacity.fold(capacity.Rows(figures(2, 0), by_unit(rows)), place(PlaceHeld(HOLD.format(number), "u", 1, 9), sequence=number))
        apply(rows, changes.holds)  # type: ignore[arg-type]
    assert [(slot, hold.room) for (_, slot), hold in sorted(rows.items())] == [(0, 2), (1, 2), (2, 2)]


def named_in(fold: Callable[..., object]) -> set[str]:
    """Kinds of facts that the cases of a fold name."""
    patterns = [node.cls for node in ast.walk(ast.parse(inspect.getsource(fold))) if isinstance(node, ast.MatchClass)]
    return {cls.id for cls in patterns if isinstance(cls, ast.Name)}


@pytest.mark.parametrize(
    ("reads", "fold", "beside"),
    [
        (transfers.READS, transfers.fold, ()),
        (inbox.READS, inbox.fold, ()),
        (owed.READS, owed._note, get_args(TwoPersonEvent)),
    ],
    ids=["transfers", "inbox", "owed"],
)
def test_what_a_fold_says_it_reads_is_what_its_cases_name(reads: frozenset[type], fold: Callable[..., object], beside: tuple[type, ...]) -> None:
    assert {kind.__name__ for kind in reads} == named_in(fold) | {kind.__name__ for kind in beside}
