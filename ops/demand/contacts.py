"""Calls and messages to the helpline: most are about nobody who will ever be a case, many are not pertinent, some are a nuisance."""

from __future__ import annotations

from events.referral import ContactLogged
from events.vocabulary import ContactChannel, ContactReason, Relevance, Source
from ops.demand import figures
from ops.demand.agenda import Make
from ops.demand.chance import event_id, pick, random_uuid
from ops.demand.hours import MINUTE_MS, moment
from ops.demand.play import Play
from ops.demand.world import CaseNow

_CHANNELS = {
    ContactChannel.TELEPHONE: 0.86,
    ContactChannel.TEXT_MESSAGE: 0.06,
    ContactChannel.EMAIL: 0.05,
    ContactChannel.CHAT: 0.03,
}
_REASONS = {
    ContactReason.SIGNALS_SOMEBODY: 0.30,
    ContactReason.ASKS_HELP: 0.22,
    ContactReason.ASKS_INFORMATION: 0.20,
    ContactReason.ASKS_ADVICE: 0.18,
    ContactReason.SEEKS_PLACE: 0.08,
    ContactReason.OTHER: 0.02,
}
"""Of relevant contacts; assumed. The others ask for information, or for nothing."""


def plan_contacts(play: Play) -> None:
    """Every contact of these days. A referral by telephone has one of its own before it, which counts among the relevant."""
    demand = play.world.demand
    led_to_referrals = [case for case in demand.new_cases if case.contact_id is not None]
    for case in led_to_referrals:
        play.agenda.plan(case.at_ms - 9 * MINUTE_MS, _before_a_referral(play, play.world.cases[case.case_id]))
    numbers = (
        (Relevance.RELEVANT, max(0, demand.contacts.relevant - len(led_to_referrals))),
        (Relevance.NOT_PERTINENT, demand.contacts.not_pertinent),
        (Relevance.NUISANCE, demand.contacts.nuisance),
    )
    for relevance, number in numbers:
        for index in range(number):
            at_ms = moment(play.draw("contact at", relevance, index), play.start_ms, play.days)
            play.agenda.plan(at_ms, _logged(play, relevance, index))


def _logged(play: Play, relevance: Relevance, index: int) -> Make:
    def make(at_ms: int) -> ContactLogged:
        draw = play.draw("contact", relevance, index)
        relevant = relevance is Relevance.RELEVANT
        reason = pick(draw, _REASONS) if relevant else draw.choice((ContactReason.ASKS_INFORMATION, ContactReason.OTHER))
        languages = draw.choices([tongue for _, tongue in figures.TONGUES], [weight for weight, _ in figures.TONGUES])[0]
        return ContactLogged(
            event_id=event_id(draw, at_ms),
            actor=play.world.helpline(draw),
            contact_id=random_uuid(draw),
            channel=pick(draw, _CHANNELS),
            language=languages[0] if relevant and draw.random() < 0.7 else "ita" if draw.random() < 0.8 else None,
            relevance=relevance,
            reason=reason,
            region=draw.choice(play.world.network.regions).region if relevant and draw.random() < 0.6 else None,
            note="",
        )

    return make


def _before_a_referral(play: Play, case: CaseNow) -> Make:
    def make(at_ms: int) -> ContactLogged:
        draw = play.draw("contact of", case.plan.case_id)
        region = None if case.plan.province is None else play.world.network.region_of_province(case.plan.province).region
        return ContactLogged(
            event_id=event_id(draw, at_ms),
            actor=play.world.helpline(draw),
            contact_id=case.plan.contact_id or "",
            channel=ContactChannel.TELEPHONE,
            language=case.plan.household[0].languages[0],
            relevance=Relevance.RELEVANT,
            reason=ContactReason.ASKS_HELP if case.plan.source is Source.SELF else ContactReason.SIGNALS_SOMEBODY,
            region=region,
            note="",
        )

    return make
