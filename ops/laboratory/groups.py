"""Whom a policy places: requests by groups of people. Unaccompanied minors stand in no group, for no machine proposes a place for them."""

from __future__ import annotations

from coordinator.matching.household import is_minor
from coordinator.matching.terms import Terms
from events.vocabulary import Gender
from ops.laboratory.instance import Asked

DIMENSIONS = ("gender", "age", "need", "leaving", "urgency")
"""Each request that may be proposed for is in one group of each. `leaving`: the macro-area that is left."""
_GENDERS = {Gender.WOMAN: "women", Gender.MAN: "men"}


def groups_of(asked: Asked, terms: Terms) -> dict[str, str]:
    """By dimension: the group of a request. Empty for unaccompanied minors. The first adult stands for a household's gender."""
    household = asked.request.household
    if household.unaccompanied:
        return {}
    first = next(member for member in household.members if not is_minor(member))
    needs = household.essential or household.only_languages
    return {
        "gender": _GENDERS.get(first.gender, "trans, non-binary"),
        "age": "with children" if any(map(is_minor, household.members)) else "adults alone",
        "need": "an essential need" if needs else "no essential need",
        "leaving": terms.macro_area_of[terms.region_of[asked.request.dangers[-1].value]],
        "urgency": asked.urgency.value,
    }
