"""Households of a synthetic network: who they are as far as safety needs it, never more. Genders, minors and languages follow published shares."""

from __future__ import annotations

from random import Random

from events.referral import Member
from events.vocabulary import AgeGroup, Gender, Host, Need
from ops.demand import figures
from ops.demand.chance import pick

_UNDER_AGE = frozenset({AgeGroup.CHILD, AgeGroup.MINOR, AgeGroup.DISPUTED})


def household(draw: Random) -> tuple[Member, ...]:
    """One household, its principal first: mostly one adult; some mothers (few fathers) with children, minors alone, disputed ages, couples."""
    gender = _gender(draw)
    languages = draw.choices([tongue for _, tongue in figures.TONGUES], [weight for weight, _ in figures.TONGUES])[0]
    if draw.random() < figures.SHARE_MINORS.value:
        return (_member(draw, "a", AgeGroup.MINOR, gender, languages),)
    if draw.random() < figures.SHARE_DISPUTED_AGE:
        return (_member(draw, "a", AgeGroup.DISPUTED, gender, languages),)
    children = 0
    if draw.random() < {Gender.WOMAN: figures.SHARE_WITH_CHILDREN, Gender.MAN: figures.SHARE_FATHERS}.get(gender, 0.0):
        children = pick(draw, {1: 0.68, 2: 0.24, 3: 0.07, 4: 0.01})
    adult = _member(draw, "a", AgeGroup.ADULT, gender, languages, parent=children > 0)
    if children:
        return (adult, *(_child(draw, "bcde"[index], languages) for index in range(children)))
    if draw.random() < figures.SHARE_COUPLES:
        return (adult, _member(draw, "b", AgeGroup.ADULT, draw.choice((Gender.WOMAN, Gender.MAN)), languages))
    return (adult,)


def adults(members: tuple[Member, ...]) -> tuple[Member, ...]:
    """Those who must agree themselves."""
    return tuple(member for member in members if member.age_group not in _UNDER_AGE)


def who_must_agree(members: tuple[Member, ...]) -> tuple[Member, ...]:
    """The adults; where there is none, each minor, for whom a guardian agrees."""
    return adults(members) or members


def could_host(hosts: tuple[Host, ...], members: tuple[Member, ...]) -> bool:
    """Whether a project would place this household of its own in a unit that hosts these: the generator's own judgement, not the network's."""
    grown = adults(members)
    if not grown:
        return Host.UNACCOMPANIED_MINORS in hosts
    if Host.UNACCOMPANIED_MINORS in hosts:
        return False
    wanted = set()
    for member in grown:
        if len(grown) < len(members):
            wanted.add(Host.MOTHERS_WITH_CHILDREN if member.gender is Gender.WOMAN else Host.FATHERS_WITH_CHILDREN)
        else:
            wanted.add(_HOST_OF[member.gender])
    return wanted <= set(hosts)


_HOST_OF: dict[Gender, Host] = {
    Gender.WOMAN: Host.WOMEN,
    Gender.MAN: Host.MEN,
    Gender.TRANS_WOMAN: Host.TRANS_WOMEN,
    Gender.TRANS_MAN: Host.TRANS_MEN,
    Gender.NON_BINARY: Host.NON_BINARY,
}


def _gender(draw: Random) -> Gender:
    at = draw.random()
    if at < figures.SHARE_TRANSGENDER.value:
        return pick(draw, figures.TRANS_GENDERS)
    if at < figures.SHARE_TRANSGENDER.value + figures.SHARE_MEN.value:
        return Gender.MAN
    return Gender.WOMAN


def _member(draw: Random, person: str, age_group: AgeGroup, gender: Gender, languages: tuple[str, ...], *, parent: bool = False) -> Member:
    essential = {need for need, share in figures.ESSENTIAL_NEEDS.items() if draw.random() < share}
    if gender is Gender.WOMAN and draw.random() < figures.SHARE_PREGNANT:
        essential.add(Need.PREGNANCY_CARE)
    preferred = {need for need, share in figures.ESSENTIAL_NEEDS.items() if draw.random() < share} - essential
    return Member(
        person=person,
        age_group=age_group,
        gender=gender,
        parent=parent,
        essential_needs=tuple(sorted(essential)),
        preferred_needs=tuple(sorted(preferred)),
        languages=tuple(sorted(languages)),
        only_language=draw.random() < figures.SHARE_ONLY_LANGUAGE,
    )


def _child(draw: Random, person: str, languages: tuple[str, ...]) -> Member:
    return Member(
        person=person,
        age_group=pick(draw, figures.AGE_GROUPS_OF_CHILDREN),
        gender=draw.choice((Gender.WOMAN, Gender.MAN)),
        parent=False,
        essential_needs=(),
        preferred_needs=(),
        languages=tuple(sorted(languages)),
        only_language=False,
    )
