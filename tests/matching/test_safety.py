"""Each rule: a request and a place that pass, and what makes it exclude."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coordinator.matching.place import Place
from coordinator.matching.request import Near, Request
from coordinator.matching.safety import PREDICATES, could_host, excluded_by, still_safe, that_may_exclude
from coordinator.matching.terms import Terms, terms_of
from events.fact import Danger
from events.vocabulary import AgeGroup, DangerKind, Gender, Host, Level, Need, Rule, Urgency
from tests.domain.world import CLOCKS, DAY, HOUR, POLICY, child, woman
from tests.matching.examples import NOW, PLACE, REQUEST, TERMS, endangered, of

MOTHER = woman("a", parent=True)
SON = child("b")
ALL_ADULTS = frozenset(Host) - {Host.UNACCOMPANIED_MINORS}


def near(units: str = "", projects: str = "", regions: str = "") -> Request:
    return replace(REQUEST, near=Near(frozenset(units.split()), frozenset(projects.split()), frozenset(regions.split())))


EXCLUDED: list[tuple[Rule, Request, Place]] = [
    (Rule.ACCEPTING, REQUEST, replace(PLACE, accepting=False)),
    (Rule.ACCEPTING, REQUEST, replace(PLACE, level=Level.NON_RESIDENTIAL)),
    (Rule.ONE_PLACE_ONE_CASE, REQUEST, replace(PLACE, free=0)),
    (Rule.ONE_PLACE_ONE_CASE, of(woman("a"), woman("b"), woman("c")), PLACE),
    (Rule.ONE_PLACE_ONE_CASE, replace(REQUEST, lives_in="rm-1"), PLACE),
    (Rule.NEVER_TOWARDS_DANGER, endangered(Danger(DangerKind.PROVINCE, "RM")), PLACE),
    (Rule.NEVER_TOWARDS_DANGER, endangered(Danger(DangerKind.REGION, "12")), PLACE),
    (Rule.NEVER_TOWARDS_DANGER, endangered(Danger(DangerKind.MACRO_AREA, "centre")), PLACE),
    (Rule.NEVER_TOWARDS_DANGER, endangered(Danger(DangerKind.PROJECT, "lazio")), PLACE),
    (Rule.NEVER_TOWARDS_DANGER, endangered(Danger(DangerKind.UNIT, "rm-1")), PLACE),
    (Rule.NEVER_TOWARDS_DANGER, endangered(Danger(DangerKind.BODY, "body-lazio")), PLACE),
    (Rule.NEVER_TOWARDS_DANGER, endangered(Danger(DangerKind.BODY, "body-partner")), PLACE),
    (Rule.NEVER_TOWARDS_DANGER, endangered(Danger(DangerKind.PROVINCE, "nowhere")), PLACE),
    (Rule.NEVER_TOWARDS_DANGER, endangered(Danger(DangerKind.PROVINCE, "NA")), replace(PLACE, dangers=(Danger(DangerKind.REGION, "15"),))),
    (Rule.NEVER_TOWARDS_DANGER, endangered(Danger(DangerKind.BODY, "gang")), replace(PLACE, dangers=(Danger(DangerKind.BODY, "gang"),))),
    (Rule.NEVER_WITH_EXPLOITERS, near(units="rm-1"), PLACE),
    (Rule.NEVER_WITH_EXPLOITERS, near(projects="lazio"), PLACE),
    (Rule.NEVER_WITH_EXPLOITERS, near(regions="12"), PLACE),
    (Rule.MINORS, of(child("a")), PLACE),
    (Rule.MINORS, of(child("a"), woman("b")), replace(PLACE, hosts=frozenset({Host.UNACCOMPANIED_MINORS}))),
    (Rule.MINORS, of(woman("a"), child("b")), PLACE),
    (Rule.MINORS, of(woman("a", age_group=AgeGroup.DISPUTED)), PLACE),
    (Rule.MINORS, of(MOTHER, SON), replace(PLACE, hosts=frozenset({Host.WOMEN}))),
    (Rule.MINORS, of(woman("a", parent=True, gender=Gender.MAN), SON), PLACE),
    (Rule.MINORS, of(MOTHER, woman("c", parent=True, gender=Gender.MAN)), replace(PLACE, hosts=frozenset({Host.UNACCOMPANIED_MINORS}))),
    (Rule.MINORS, REQUEST, replace(PLACE, hosts=frozenset({Host.UNACCOMPANIED_MINORS}))),
    (Rule.GENDER, of(woman(gender=Gender.MAN)), PLACE),
    (Rule.GENDER, of(woman(gender=Gender.TRANS_WOMAN)), PLACE),
    (Rule.GENDER, of(woman(gender=Gender.NON_BINARY)), PLACE),
    (Rule.GENDER, REQUEST, replace(PLACE, hosts=frozenset({Host.MOTHERS_WITH_CHILDREN}))),
    (Rule.GENDER, of(woman("a", parent=True, gender=Gender.TRANS_WOMAN), SON), PLACE),
    (Rule.ESSENTIAL_NEEDS, of(woman(essential_needs=(Need.STEP_FREE,))), PLACE),
    (Rule.ESSENTIAL_NEEDS, of(woman(languages=("sqi",), only_language=True)), PLACE),
    (Rule.AGREEMENT, replace(REQUEST, agreed_until_ms=None), PLACE),
    (Rule.AGREEMENT, replace(REQUEST, agreed_until_ms=NOW + HOUR - 1), PLACE),
    (Rule.ONE_LIVE_PROPOSAL, replace(REQUEST, has_live_proposal=True), PLACE),
    (Rule.FRESHNESS, REQUEST, replace(PLACE, observed_at_ms=NOW - 2 * DAY)),
    (Rule.FRESHNESS, REQUEST, replace(PLACE, observed_at_ms=None)),
    (Rule.PEOPLE_DECIDE, replace(REQUEST, operator_decides=True), PLACE),
    (Rule.PEOPLE_DECIDE, of(child("a")), replace(PLACE, hosts=frozenset({Host.UNACCOMPANIED_MINORS}))),
    (Rule.DECLINED_BEFORE, replace(REQUEST, parked=frozenset({"rm-1"})), PLACE),
    (Rule.ON_DUTY, replace(REQUEST, urgency=Urgency.IMMEDIATE), PLACE),
]
AT_NIGHT = terms_of(replace(POLICY, clocks=CLOCKS), {})
"""The instant is 23:13 in Italy, and nobody has published duty hours."""


def terms_for(rule: Rule) -> Terms:
    """The terms under which an example excludes."""
    return AT_NIGHT if rule is Rule.ON_DUTY else TERMS


ALLOWED: list[tuple[str, Request, Place]] = [
    ("a woman among women", REQUEST, PLACE),
    ("a mother and her son", of(MOTHER, SON), PLACE),
    ("a mother and her son where no other women are", of(MOTHER, SON), replace(PLACE, hosts=frozenset({Host.MOTHERS_WITH_CHILDREN}))),
    ("a father and his son", of(woman("a", parent=True, gender=Gender.MAN), SON), replace(PLACE, hosts=frozenset({Host.FATHERS_WITH_CHILDREN}))),
    ("a parent beyond both words", of(woman("a", parent=True, gender=Gender.NON_BINARY), SON), replace(PLACE, hosts=ALL_ADULTS)),
    ("a trans man", of(woman(gender=Gender.TRANS_MAN)), replace(PLACE, hosts=frozenset({Host.TRANS_MEN}))),
    ("a need that is met", of(woman(essential_needs=(Need.STEP_FREE,))), replace(PLACE, offers=frozenset({Need.STEP_FREE}))),
    ("a preferred need that is not", of(woman(preferred_needs=(Need.STEP_FREE,))), PLACE),
    ("a language that is spoken", of(woman(languages=("eng", "sqi"), only_language=True)), PLACE),
    ("danger elsewhere", endangered(Danger(DangerKind.REGION, "15"), Danger(DangerKind.BODY, "other")), PLACE),
    ("residents in another danger", endangered(Danger(DangerKind.PROVINCE, "NA")), replace(PLACE, dangers=(Danger(DangerKind.PROVINCE, "SA"),))),
    ("others near elsewhere", near("to-1", "piemonte", "01"), PLACE),
    ("an agreement of just long enough", replace(REQUEST, agreed_until_ms=NOW + HOUR), PLACE),
]


@pytest.mark.parametrize(("rule", "request_", "place"), EXCLUDED)
def test_excludes(rule: Rule, request_: Request, place: Place) -> None:
    assert excluded_by(request_, place, NOW, terms_for(rule)) is rule


@pytest.mark.parametrize(("name", "request_", "place"), ALLOWED)
def test_allows(name: str, request_: Request, place: Place) -> None:
    assert excluded_by(request_, place, NOW, TERMS) is None
    assert could_host(request_.household, place)


def test_every_rule_has_an_example_and_a_predicate_of_its_own_in_order() -> None:
    of_places = [rule for rule in Rule if rule not in (Rule.KEPT_FOR_OTHERS, Rule.TAKEN_BY_ANOTHER)]
    assert {rule for rule, _, _ in EXCLUDED} == set(of_places)
    answers = [{predicate(request_, place, NOW, terms_for(rule)) for rule, request_, place in EXCLUDED} - {None} for predicate in PREDICATES]
    assert answers == [{rule} for rule in of_places]


@pytest.mark.parametrize(("rule", "request_", "place"), EXCLUDED)
def test_asking_only_what_may_exclude_gives_the_same_answer(rule: Rule, request_: Request, place: Place) -> None:
    asked = that_may_exclude(request_, PLACE, NOW, terms_for(rule))
    assert next((found for predicate in asked if (found := predicate(request_, place, NOW, terms_for(rule))) is not None), None) is rule


@pytest.mark.parametrize(("rule", "request_", "place"), EXCLUDED)
def test_a_held_place_is_judged_by_the_rules_that_can_turn(rule: Rule, request_: Request, place: Place) -> None:
    turning = (Rule.NEVER_TOWARDS_DANGER, Rule.NEVER_WITH_EXPLOITERS, Rule.MINORS, Rule.GENDER, Rule.ESSENTIAL_NEEDS)
    expected = rule if rule in turning or request_.agreed_until_ms is None else None
    assert still_safe(request_, place, NOW, TERMS) is expected


def test_an_agreement_counts_to_its_last_instant_for_a_held_place() -> None:
    request = replace(REQUEST, agreed_until_ms=NOW + 1)
    assert still_safe(request, PLACE, NOW, TERMS) is None
    assert still_safe(request, PLACE, NOW + 1, TERMS) is Rule.AGREEMENT
