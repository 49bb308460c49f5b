"""What a household asks of any unit, worked out once from its members.

Rule 4 (minors) and rule 5 (gender and identity) both ask for kinds of host. A parent who moves with children goes where mothers or fathers with
children are hosted, and children go with their parent. Every adult is hosted as the person they say they are.
"""

from __future__ import annotations

from dataclasses import dataclass

from events.referral import Member
from events.vocabulary import AgeGroup, Gender, Host, Need

HOST_OF: dict[Gender, Host] = {
    Gender.WOMAN: Host.WOMEN,
    Gender.MAN: Host.MEN,
    Gender.TRANS_WOMAN: Host.TRANS_WOMEN,
    Gender.TRANS_MAN: Host.TRANS_MEN,
    Gender.NON_BINARY: Host.NON_BINARY,
}

_MOTHERS = frozenset({Host.MOTHERS_WITH_CHILDREN})
_FATHERS = frozenset({Host.FATHERS_WITH_CHILDREN})
_FAMILY_HOSTS_OF: dict[Gender, frozenset[Host]] = {
    Gender.WOMAN: _MOTHERS,
    Gender.TRANS_WOMAN: _MOTHERS,
    Gender.MAN: _FATHERS,
    Gender.TRANS_MAN: _FATHERS,
    Gender.NON_BINARY: _MOTHERS | _FATHERS,
}


@dataclass(frozen=True, slots=True)
class Household:
    """A household as the rules see it."""

    members: tuple[Member, ...]
    size: int
    """People, each of whom needs a place."""
    must_agree: tuple[str, ...]
    """Who has to have agreed to move: every adult, and for minors without a parent of theirs whoever decides for them. Sorted."""
    has_adults: bool
    unaccompanied: bool
    """There are minors (disputed age counts) and no adult who is their parent."""
    family_hosts: tuple[frozenset[Host], ...]
    """For each parent with children: the unit hosts at least one of these. Empty: no children."""
    hosts: frozenset[Host]
    """All of these the unit hosts, so that every adult is hosted as the person they say they are."""
    essential: frozenset[Need]
    only_languages: tuple[frozenset[str], ...]
    """For each person whom nobody else could understand: the unit speaks at least one of these."""
    needs: frozenset[Need]
    """Essential and preferred ones of everybody."""


def is_minor(member: Member) -> bool:
    """Whether a person is to be protected as a minor; a disputed age is."""
    return member.age_group is not AgeGroup.ADULT


def household_of(members: tuple[Member, ...]) -> Household:
    """The household of these people. `members` is not empty."""
    adults = [member for member in members if not is_minor(member)]
    parents = [member for member in adults if member.parent]
    with_minors = len(adults) < len(members)
    accompanied = with_minors and bool(parents)
    hosts: set[Host] = set()
    for adult in adults:
        led_by_a_parent = accompanied and adult.parent
        if not (led_by_a_parent and adult.gender in (Gender.WOMAN, Gender.MAN)):
            hosts.add(HOST_OF[adult.gender])
    essential = frozenset(need for member in members for need in member.essential_needs)
    return Household(
        members=members,
        size=len(members),
        must_agree=tuple(sorted(member.person for member in (adults if parents or not with_minors else members))),
        has_adults=bool(adults),
        unaccompanied=with_minors and not parents,
        family_hosts=tuple(_FAMILY_HOSTS_OF[parent.gender] for parent in parents) if accompanied else (),
        hosts=frozenset(hosts),
        essential=essential,
        only_languages=tuple(frozenset(member.languages) for member in members if member.only_language),
        needs=essential | frozenset(need for member in members for need in member.preferred_needs),
    )
