"""Explanations with sentences beside their codes, in one language, for programs and for people; and whom the network asked by inquiry, for whoever may know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields

from coordinator.access import Grant, Standing
from coordinator.domain.who_may import Scope, shown
from coordinator.matching.kinds import read_kind
from coordinator.plain import fields_json
from coordinator.viewing import Plain, without_ids
from events.inquiry import InquiryOpened
from events.language import Language
from events.network import Weights
from events.sentences import inquiry_end_sentence, kept_for_sentence, rule_sentence, standing_sentence
from events.transfer import PART_OF_SCARCITY, PART_OF_TRUST, Excluded, MatchExplained, ScarcityTold
from projections.reads import Explanation, Inquired

_WEIGHTS = tuple(field.name for field in fields(Weights))


def parts_named(told: MatchExplained) -> tuple[str, ...]:
    """Names of the parts of its scores, in their order; one too many where the policy has no trust."""
    return (*_WEIGHTS, *(() if told.scarcity is None else (PART_OF_SCARCITY,)), PART_OF_TRUST)


def kept_for(kind: str, language: Language = Language.ENGLISH) -> str:
    """For whom places are scarce: "kept for mothers with children, 3 people"."""
    asked = read_kind(kind)
    return kept_for_sentence(asked.hosts, asked.needs, asked.people, language)


def explanation_json(one: Explanation, grant: Grant, language: Language = Language.ENGLISH) -> Plain:
    """An explanation: which rule excluded which units, how the others scored, each code with its `sentence`. Rules 2 and 3 are in it as `safety` alone."""
    told = one.explained
    plain = fields_json(told)
    plain["excluded"] = [_excluded_json(each, language) for each in told.excluded]
    plain["parts"] = list(parts_named(told)[: max((len(scored.parts) for scored in told.scored), default=0)])
    if told.scarcity is not None:
        plain["scarcity"] = _scarcity_json(told.scarcity, language)
    return {"sequence": one.sequence, "at_ms": one.at_ms, **(without_ids(plain) if grant.standing is Standing.AUDITOR else plain)}


def _excluded_json(excluded: Excluded, language: Language) -> Mapping[str, object]:
    return {**fields_json(excluded), "sentence": rule_sentence(excluded.rule, language)}


def _scarcity_json(told: ScarcityTold, language: Language) -> Plain:
    kinds = [{**fields_json(kind), "sentence": kept_for(kind.kind, language) if kind.weight else None} for kind in told.kinds]
    return {**fields_json(told), "kinds": kinds, "sentence": standing_sentence(told.standing, language)}


def may_see_inquiries(grant: Grant) -> bool:
    """Whether the grant's holder is told which projects were asked: whoever sees every inquiry in the entries."""
    return shown(grant.standing, InquiryOpened.__name__) is Scope.EVERYTHING


def inquiries_json(inquiries: Sequence[Inquired], grant: Grant, language: Language = Language.ENGLISH) -> Plain:
    """`{"inquiries": [...]}`, in the order in which they were asked; nothing for whoever may not know of them."""
    if not may_see_inquiries(grant):
        return {}
    return {
        "inquiries": [{**fields_json(each), "sentence": None if each.how is None else inquiry_end_sentence(each.how, language)} for each in inquiries]
    }
