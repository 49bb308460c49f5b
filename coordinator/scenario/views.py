"""The views of a played day, folded in memory by the projections' own folds: what somebody would see on the screen at that moment."""

from __future__ import annotations

from events.entry import OpenedDecision
from events.facts import Event, Outcome
from events.network import PolicyAdopted
from events.swap import SwapAgreed
from projections import capacity, case_file, inbox, network
from projections.bands import Band
from projections.case_file import CaseFile
from projections.freshness import Freshness, UnitCapacity, bands, freshness_of
from projections.history import History
from projections.inbox import HELPLINE, Item, ItemKind
from projections.reported import EVENT_INDEX, effects_of
from projections.transfers import TransferState, asked_now, gave_its_word, state_of
from projections.unserved import Waiting, plainly_fits, ready_projects


class Views:
    """Every view of one network after the entries folded so far."""

    def __init__(self) -> None:
        self._projects = History(network.PROJECTS, {})
        self._units = History(network.UNITS, {})
        self._policies = History(network.POLICIES, {})
        self._figures = History(capacity.FIGURES, {})
        self._holds = History(capacity.HOLDS, {})
        self._files: dict[str, CaseFile] = {}
        self._facts: dict[tuple[int, int], Event | Outcome] = {}
        self._adopted: PolicyAdopted | None = None
        self._sequence = -1

    def fold(self, entry: OpenedDecision) -> None:
        """Takes the next entry."""
        effects = effects_of(entry)
        self._sequence = entry.sequence
        if isinstance(effects.event, PolicyAdopted):
            self._adopted = effects.event
        told = network.fold(network.Rows(self._projects.current, self._units.current, self._policies.current), effects)
        self._projects.apply(told.projects, entry.sequence)
        self._units.apply(told.units, entry.sequence)
        self._policies.apply(told.policies, entry.sequence)
        counted = capacity.fold(capacity.Rows(self._figures.current, self._holds.groups), effects)
        self._figures.apply(counted.figures, entry.sequence)
        self._holds.apply(counted.holds, entry.sequence)
        for facts in effects.by_case.values():
            self._facts.update({(entry.sequence, index): fact for index, fact in facts})
        for case_id, file in case_file.fold(self._files, effects).items():
            if file is None:
                self._files.pop(case_id, None)
            else:
                self._files[case_id] = file

    def project(self, project_id: str) -> network.Project | None:
        """A project as the view has it."""
        return self._projects.current.get(project_id)

    def figures(self, unit_id: str) -> capacity.Figures | None:
        """What the network counts on in a unit; None: nothing was ever counted."""
        return self._figures.current.get(unit_id)

    def freshness(self, unit_id: str, at_ms: int) -> Freshness:
        """How old a unit's figures are at a moment."""
        figures = self.figures(unit_id)
        return freshness_of(figures.observed_at_ms if figures else None, at_ms, self._policy)

    def bands(self, at_ms: int) -> dict[str, Band]:
        """Free places by macro-area, as roughly as others may know them."""
        counted = [one for unit_id in self._units.current if (one := self._capacity(unit_id, at_ms)) is not None]
        return {band.macro_area: band.band for band in bands(counted, self._policy)}

    def inbox(self, project: str) -> list[Item]:
        """What waits for a project (`HELPLINE`: for the helpline), oldest first."""
        every = [item for case_id, file in self._files.items() for item in inbox.items(case_id, file.care, file.transfers, project, self._sequence)]
        found = [item for item in every if item.kind is not ItemKind.SWAP or self._gave_its_word(item.since_sequence)]
        return sorted(found, key=lambda item: (item.since_sequence, item.case_id, item.kind))

    def _gave_its_word(self, sequence: int) -> bool:
        """Whether a project's word for an exchange, given in that entry, stands."""
        word = self._facts.get((sequence, EVENT_INDEX))
        file = self._files.get(word.case_id) if isinstance(word, SwapAgreed) else None
        return file is not None and any(gave_its_word(transfer, sequence, self._sequence) for transfer in file.transfers)

    def timeline(self, case_id: str) -> list[Event | Outcome]:
        """The facts of one case, in order; empty where there is no such case (or no more)."""
        file = self._files.get(case_id)
        return [] if file is None else [self._facts[fact.sequence, fact.index] for fact in file.timeline]

    def responsible(self, case_id: str) -> str | None:
        """Project in charge of a case, `HELPLINE` where the helpline is; None: there is no such case (or no more)."""
        file = self._files.get(case_id)
        if file is None:
            return None
        passed = inbox.responsible_at(file.care, self._sequence)
        return (passed.project_id or HELPLINE) if passed else HELPLINE

    def transfer(self, case_id: str) -> TransferState | None:
        """How the last transfer of a case stands; None: there was none."""
        file = self._files.get(case_id)
        return state_of(file.transfers[-1], self._sequence) if file is not None and file.transfers else None

    def unserved(self, at_ms: int) -> int:
        """How many requests wait for which a fresh place plainly fits, by a count that does not ask the matcher."""
        units = [one for unit_id in self._units.current if (one := self._capacity(unit_id, at_ms)) is not None]
        ready = ready_projects(self._projects.current.values(), (), self._policy, self._adopted)
        found = 0
        for case_id, file in self._files.items():
            for transfer in file.transfers:
                state = state_of(transfer, self._sequence)
                if state is None:
                    continue
                charge = self.responsible(case_id)
                request = Waiting(file.care.household, None if charge == HELPLINE else charge, asked_now(transfer, self._sequence), state)
                found += plainly_fits(request, self.timeline(case_id), units, ready, at_ms)
        return found

    @property
    def _policy(self) -> network.Policy | None:
        return self._policies.current.get(network.POLICY_KEY)

    def _capacity(self, unit_id: str, at_ms: int) -> UnitCapacity | None:
        figures, unit, policy = self.figures(unit_id), self._units.current[unit_id], self._policy
        if figures is None or policy is None:
            return None
        macro_area = dict(zip(policy.regions, policy.macro_areas, strict=True)).get(unit.region)
        age_ms = None if figures.observed_at_ms is None else at_ms - figures.observed_at_ms
        return UnitCapacity(
            unit, macro_area, figures.places, figures.occupied, figures.reserved, figures.held, figures.free, figures.accepting, figures.over_capacity,
            figures.observed_at_ms, age_ms, self.freshness(unit_id, at_ms), figures.from_sequence,
        )  # fmt: skip
