"""Folds entries into every view of a network at once, in memory, and hands out what a batch must write. No I/O.

One position for the set of views, and not one a view: an entry is opened once for all of them, and a read that joins views sees one sequence. Parts of the set
(`projections.parts`) can be folded by themselves, and are put beside the others at the entry at which those stand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import astuple, dataclass, field
from operator import attrgetter
from typing import Any

from events.acceptance import Position
from events.entry import OpenedEntry
from projections import answered, audit, capacity, case_file, entries, health, inbox, network, timeline, transfers
from projections.case_file import CaseFile
from projections.history import History, Table, Writes
from projections.parts import ALL, LEANS_ON_NETWORK, Part, tables_of, wanted_by
from projections.reported import Effects
from reading.ledger_reader import AcceptedRecord

VERSIONED: tuple[Table[Any, Any], ...] = (
    network.PROJECTS,
    network.UNITS,
    network.POLICIES,
    network.DUTY,
    capacity.FIGURES,
    capacity.HOLDS,
    answered.ASKED,
    answered.ANSWERS,
)
_AUDIT_VALUES = attrgetter(*audit.COLUMNS)
_CASE_VIEWS = (timeline.VIEW, transfers.VIEW, inbox.VIEW)


@dataclass(frozen=True, slots=True)
class Current:
    """The rows that hold now, as read from the database."""

    versioned: Mapping[str, Mapping[Any, Any]]
    """By table name."""
    verdicts: Mapping[tuple[str, str], health.VerdictCount]


EMPTY = Current({table.name: {} for table in VERSIONED}, {})


@dataclass(slots=True)
class Batch:
    """What is to be written, all of it in one transaction."""

    position: Position | None = None
    """After the last entry folded; None: nothing was folded since."""
    entries: list[tuple[Any, ...]] = field(default_factory=list)
    audit: list[tuple[Any, ...]] = field(default_factory=list)
    verdicts: list[tuple[Any, ...]] = field(default_factory=list)
    versioned: list[tuple[Table[Any, Any], Writes]] = field(default_factory=list)
    files: dict[str, tuple[CaseFile | None, CaseFile | None]] = field(default_factory=dict)
    """By case id: the file as it is in the database, and as it is to be."""
    changed: dict[str, int] = field(default_factory=dict)
    """By view, the last sequence that changed it."""

    @property
    def rows(self) -> bool:
        """Whether there is a row to be written, files of cases left out."""
        return bool(self.entries or self.audit or self.verdicts or any(writes.ended or writes.new for _, writes in self.versioned))


class Folding:
    """The current rows of all views of one network, and the changes not yet taken.

    Before `fold` is called with an entry, the files of the cases that it has facts about must have been given to `know`.
    `parts`: what is folded and handed out; entries opened as `wanted` says are enough for them.
    """

    def __init__(self, current: Current, parts: Collection[Part] = ALL) -> None:
        self.parts = frozenset(parts)
        self.wanted = wanted_by(parts)
        self._tables = tables_of(parts)
        self._entries, self._audit, self._health = (part in parts for part in (Part.ENTRIES, Part.AUDIT, Part.HEALTH))
        self._network, self._capacity, self._cases = (part in parts for part in (Part.NETWORK, Part.CAPACITY, Part.CASES))
        self._leans_on_network = not LEANS_ON_NETWORK.isdisjoint(parts)
        self._histories: dict[str, History[Any, Any]] = {table.name: History(table, current.versioned[table.name]) for table in VERSIONED}
        self._verdicts = dict(current.verdicts)
        self._verdicts_changed: set[tuple[str, str]] = set()
        self._files: dict[str, CaseFile] = {}
        self._known: dict[str, None] = {}
        """Cases whose file is known, or known not to exist, least recently used first."""
        self._before: dict[str, CaseFile | None] = {}
        self._batch = Batch()

    def unknown(self, cases: Iterable[str]) -> list[str]:
        """Those cases of which it is not known whether they have a file."""
        return [case for case in cases if case not in self._known]

    def know(self, files: Mapping[str, CaseFile | None]) -> None:
        """Takes files as they are in the database; None: there is none."""
        for case, file in files.items():
            self._known[case] = None
            if file is not None:
                self._files[case] = file

    def fold(self, record: AcceptedRecord, entry: OpenedEntry | None, effects: Effects | None) -> None:
        """Takes the next accepted entry: its record, the same opened, and what took effect with it; None where it holds nothing that is `wanted`."""
        batch, changed, sequence = self._batch, self._batch.changed, record.position.sequence
        batch.position = record.position
        if self._entries:
            batch.entries.append(entries.fold(record.position, record.envelope, record.body, record.value))
            changed[entries.VIEW] = sequence
        if entry is None or effects is None:
            return
        if self._audit or self._health:
            self._fold_audit(entry)
        kinds = {type(fact) for _, fact in effects.facts}
        asked = self._capacity and not answered.TURNS_ON.isdisjoint(kinds) and self._fold_answered(effects)
        if self._leans_on_network and not network.READS.isdisjoint(kinds) and self._fold_network(effects) and self._network:
            changed[network.VIEW] = sequence
        if self._capacity and ((not capacity.READS.isdisjoint(kinds) and self._fold_capacity(effects)) or asked):
            changed[capacity.VIEW] = sequence
        files = case_file.fold(self._files, effects) if self._cases and effects.by_case else None
        if files:
            for case, file in files.items():
                self._put(case, file)
            changed.update(dict.fromkeys(_CASE_VIEWS, sequence))

    def projects(self) -> list[str]:
        """Every project there ever was."""
        return sorted(self._histories[network.PROJECTS.name].current)

    def take(self, *, current_too: bool) -> Batch:
        """What was folded since the last call. Without `current_too`, rows that still hold, and files, are kept back (a rebuild's way)."""
        batch, self._batch = self._batch, Batch()
        written = [(history.table, history.take(current_too=current_too)) for history in self._histories.values()]
        batch.versioned = [(table, writes) for table, writes in written if table.name in self._tables]
        if current_too:
            batch.files = {case: (before, self._files.get(case)) for case, before in sorted(self._before.items())}
            self._before = {}
            batch.verdicts = [astuple(self._verdicts[key]) for key in sorted(self._verdicts_changed)]
            self._verdicts_changed = set()
        else:
            self._batch.changed = batch.changed
        return batch

    def spill(self, keep: int) -> dict[str, tuple[CaseFile | None, CaseFile | None]]:
        """Forgets the files used least recently, but for `keep` of them, and hands out those that are not written yet (as in `Batch.files`)."""
        spilled: dict[str, tuple[CaseFile | None, CaseFile | None]] = {}
        for case in list(self._known)[: max(0, len(self._known) - keep)]:
            del self._known[case]
            file = self._files.pop(case, None)
            if case in self._before:
                spilled[case] = (self._before.pop(case), file)
        return spilled

    def _put(self, case: str, file: CaseFile | None) -> None:
        self._before.setdefault(case, self._files.get(case))
        self._known.pop(case, None)
        self._known[case] = None
        if file is None:
            self._files.pop(case, None)
        else:
            self._files[case] = file

    def _fold_audit(self, entry: OpenedEntry) -> None:
        row = audit.fold(entry)
        if self._audit:
            self._batch.audit.append(_AUDIT_VALUES(row))
            self._batch.changed[audit.VIEW] = entry.sequence
        if self._health:
            self._batch.changed[health.VIEW] = entry.sequence
            for key, count in health.fold(self._verdicts, row).items():
                self._verdicts[key] = count
                self._verdicts_changed.add(key)

    def _fold_network(self, entry: Effects) -> bool:
        projects, units, policies, duty = (self._histories[table.name] for table in (network.PROJECTS, network.UNITS, network.POLICIES, network.DUTY))
        changes = network.fold(network.Rows(projects.current, units.current, policies.current, duty.current), entry)
        if changes is network.NOTHING:
            return False
        applied = (
            projects.apply(changes.projects, entry.sequence),
            units.apply(changes.units, entry.sequence),
            policies.apply(changes.policies, entry.sequence),
            duty.apply(changes.duty, entry.sequence),
        )
        return any(applied)

    def _fold_answered(self, entry: Effects) -> bool:
        """Before the others: it looks at figures and units as they were."""
        asked, answers = self._histories[answered.ASKED.name], self._histories[answered.ANSWERS.name]
        figures, units = self._histories[capacity.FIGURES.name], self._histories[network.UNITS.name]
        changes = answered.fold(answered.Rows(asked.current, answers.current, figures.current, units.current), entry)
        if changes is answered.NOTHING:
            return False
        applied = (asked.apply(changes.asked, entry.sequence), answers.apply(changes.answers, entry.sequence))
        return any(applied)

    def _fold_capacity(self, entry: Effects) -> bool:
        figures, holds = self._histories[capacity.FIGURES.name], self._histories[capacity.HOLDS.name]
        changes = capacity.fold(capacity.Rows(figures.current, holds.groups), entry)
        if changes is capacity.NOTHING:
            return False
        applied = (figures.apply(changes.figures, entry.sequence), holds.apply(changes.holds, entry.sequence))
        return any(applied)
