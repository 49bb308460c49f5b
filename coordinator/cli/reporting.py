"""`indicators` and `retention`: what was asked of the network and what came of it; what will go when. Counts alone; no case, no person."""

from __future__ import annotations

import time
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

import typer

from coordinator.cli import reporting_words as words
from coordinator.cli.acting import AsOption, acting_as, allowed
from coordinator.cli.code_words import language_code, word_of
from coordinator.cli.command import JsonOption, LanguageOption, NetworkOption, in_network
from coordinator.cli.instants import age_text, parse_time, time_text
from coordinator.cli.not_done import Cannot, NotDone
from coordinator.cli.outcome import out, print_json, print_table
from coordinator.cli.reporting_words import rows_in, said
from coordinator.cli.views_words import words_in as views_words_in
from coordinator.domain.who_may import View
from coordinator.plain import fields_json
from coordinator.rooms import NetworkRoom
from events.language import Language
from events.vocabulary import (
    ContactReason,
    DeclineCode,
    Escalation,
    InquiryEnd,
    OverrideCode,
    Reason,
    ReferralDeclineCode,
    ReferralEnd,
    Relevance,
    Source,
    Urgency,
)
from events.vocabulary import Indicators as Found
from projections.calibration import Calibration
from projections.indicators import Fate, Indicators, Period, Waits
from projections.reporting import draw_up_indicators, draw_up_terms
from projections.terms import Terms

BEGINNING, END = "1970-01-01", "9999-12-31"


def indicators(
    context: typer.Context,
    since: Annotated[str, typer.Option("--from", metavar="TIME", help="First instant of the period, ISO 8601 (UTC).")] = BEGINNING,
    until: Annotated[str, typer.Option("--to", metavar="TIME", help="First instant after it.")] = END,
    network: NetworkOption = None,
    as_json: JsonOption = False,
    role: AsOption = "helpline",
    language: LanguageOption = Language.ENGLISH,
) -> None:
    """Monitoring indicators of a period: referrals, requests, what became of them, how long people waited."""

    async def work(room: NetworkRoom) -> None:
        allowed(acting_as(role, room.name), View.INDICATORS)
        found = await draw_up_indicators(room.reads, _period(since, until))
        if as_json:
            print_json(fields_json(found))
            return
        columns = tuple(said(word, language) for word in (words.WHAT, words.WHICH, words.NUMBER))
        print_table(said(words.INDICATORS, language), columns, rows_in(_rows(found, language), language), right=frozenset(columns[2:]))
        out.print(said(words.STANDS, language).format(found.sequence))

    in_network(context, network, as_json, work)


def _period(since: str, until: str) -> Period:
    from_ms, to_ms = parse_time(since), parse_time(until)
    for option, text, at_ms in (("--from", since, from_ms), ("--to", until, to_ms)):
        if at_ms is None:
            raise NotDone(Cannot.NO_TIME, option=option, text=text)
    assert from_ms is not None and to_ms is not None
    if to_ms <= from_ms:
        raise NotDone(Cannot.PERIOD_ENDS_FIRST, since=time_text(from_ms), until=time_text(to_ms))
    return Period(from_ms, to_ms)


def _rows(found: Indicators, language: Language) -> list[tuple[object, ...]]:
    """One row a figure, in the report's order."""
    return [
        *_each("contacts of the helpline", _read(found.contacts_by_relevance, Relevance, language)),
        *_each("  relevant ones by reason", _read(found.relevant_contacts_by_reason, ContactReason, language)),
        *_each(
            "  relevant ones by language", {language_code(which, language): number for which, number in found.relevant_contacts_by_language.items()}
        ),
        ("referrals received", "", found.referrals_received),
        *_each("  by source", _read(found.referrals_by_source, Source, language)),
        ("  of uncovered territory", "", found.referrals_to_uncovered_territory),
        ("  taken in charge", "", found.referrals_taken_in_charge),
        *_each("  declined", _read(found.referrals_declined_by_code, ReferralDeclineCode, language)),
        *_each("  assessed", _read(found.assessments_by_outcome, Found, language)),
        *_each("  closed", _read(found.cases_closed_by_how, ReferralEnd, language)),
        *_wait("  wait to be taken in charge", found.waits_to_charge, language),
        ("places asked elsewhere", "", found.transfers_asked),
        *_each("  by reason", _read(found.transfers_by_reason, Reason, language)),
        *_each("  by urgency", _read(found.transfers_by_urgency, Urgency, language)),
        *_each("  what became of them", _read(found.transfers_by_fate, Fate, language)),
        ("  placed, of those over", "", "" if found.placed_percent is None else f"{found.placed_percent}%"),
        *_each("  an operator was called in", _read(found.transfers_called_operator, Escalation, language)),
        *_waits("  wait to the first proposal", found.waits_to_proposal, language),
        *_waits("  wait to the acceptance", found.waits_to_acceptance, language),
        ("arrivals", "", found.arrivals),
        ("  safe after 30 days", "", found.arrivals_safe_after_30_days),
        ("  undone within 30 days", "", found.arrivals_undone),
        ("  not 30 days ago yet", "", found.arrivals_not_yet_30_days),
        ("proposals made", "", found.proposals_made),
        ("  run out unanswered", "", found.proposals_expired),
        *_each("  declined", _read(found.declines_by_code, DeclineCode, language)),
        ("  prepared, for the helpline to confirm", "", found.proposals_prepared),
        ("  chosen by people", "", found.overrides),
        *_each("  out of order", _read(found.overrides_out_of_order_by_code, OverrideCode, language)),
        ("  reminders to projects", "", found.reminders),
        ("cases that exchanged places", "", found.places_exchanged),
        ("authorities to be told of missing minors", "", found.notifications_due),
        ("  not told in time", "", found.notifications_overdue),
        ("inquiries asked", "", found.inquiries_asked),
        *_each("  how they ended", _read(found.inquiries_by_end, InquiryEnd, language)),
        ("  figures learned by them", "", found.capacity_learned_by_inquiry),
        ("published places that were free when asked for", "", found.places_answered_free),
        ("  that were not", "", found.places_answered_not_free),
        *_trusted(found.trust, language),
        *_each(
            "open units by age of their figures",
            {views_words_in(language).freshness[which]: number for which, number in found.units_by_freshness.items()},
        ),
        ("facts whose key is gone", "", found.unopened),
    ]


def _trusted(found: Calibration | None, language: Language) -> list[tuple[object, ...]]:
    """How the trust in published places turned out: Brier scores, lower is better, then what was expected beside what came."""
    if found is None:
        return []
    ways = [
        (said(which, language), scores)
        for which, scores in ((words.AS_TRUSTED, found.trust), (words.ALL_ALIKE, found.constant), (words.ALL_FREE, found.always))
    ]
    return [
        *(("  Brier score", which, f"{(scores.brier or 0) / 10_000:.4f}") for which, scores in ways),
        *(("  log score", which, f"{(scores.log or 0) / 1000:.3f}") for which, scores in ways),
        *(
            ("  free, of those trusted by", f"{each.expected_permille / 10:.1f} % ({each.answers})", f"{each.free_permille / 10:.1f} %")
            for each in found.reliability
        ),
    ]


def _read(counts: Mapping[str, int], kind: type[StrEnum], language: Language) -> dict[str, int]:
    """The counts by the words of their codes."""
    return {word_of(kind, code, language): number for code, number in counts.items()}


def _each(what: str, counts: Mapping[str, int]) -> list[tuple[object, ...]]:
    return [(what, which, number) for which, number in counts.items()]


def _waits(what: str, waits: Mapping[str, Waits], language: Language) -> list[tuple[object, ...]]:
    return [row for urgency, wait in waits.items() for row in _wait(what, wait, language, word_of(Urgency, urgency, language))]


def _wait(what: str, wait: Waits, language: Language, which: str = "") -> list[tuple[object, ...]]:
    """Median and 90th percentile; nothing where nobody waited."""
    if not wait.count:
        return []
    return [
        (what, _of(which, said(words.HALF_WITHIN, language)), age_text(wait.median_ms, language)),
        (what, _of(which, said(words.NINE_OF_TEN_WITHIN, language)), age_text(wait.p90_ms, language)),
    ]


def _of(which: str, what: str) -> str:
    return f"{which}: {what}" if which else what


def retention(
    context: typer.Context,
    network: NetworkOption = None,
    as_json: JsonOption = False,
    role: AsOption = "administrator",
    language: LanguageOption = Language.ENGLISH,
) -> None:
    """What will go when: closed cases, explanations, events, by the terms of the policy in force."""

    async def work(room: NetworkRoom) -> None:
        allowed(acting_as(role, room.name), View.RETENTION)
        found = await draw_up_terms(room.reads, None if room.own_clock else time.time_ns() // 1_000_000)
        if as_json:
            print_json(fields_json(found))
            return
        columns = tuple(said(word, language) for word in (words.WHAT, words.MONTH, words.NUMBER))
        print_table(said(words.GOES, language), columns, rows_in(_terms(found, language), language), right=frozenset(columns[2:]))
        stands = said(words.TERMS_STAND, language).format(found.sequence, time_text(found.at_ms))
        out.print(f"{stands} {said(words.WITHOUT_A_TERM, language)}", soft_wrap=True)

    in_network(context, network, as_json, work)


def _terms(found: Terms, language: Language) -> list[tuple[object, ...]]:
    return [
        *_by_month("keys of closed cases", found.closed_cases_go, language),
        ("  kept by a legal hold", "", found.closed_cases_held),
        ("legal holds that stand", "", found.cases_held),
        ("cases whose term is over, destroyed", "", found.cases_expired),
        ("cases erased, destroyed", "", found.cases_erased),
        *_by_month("keys of explanations, at the latest", found.explanations_go, language),
        ("  of months that are over (kept where a case is held)", "", found.explanations_gone),
        (
            "events past their term, trimmed ones included",
            "",
            said(words.NO_TERM, language) if found.events_may_be_trimmed is None else found.events_may_be_trimmed,
        ),
    ]


def _by_month(what: str, months: Mapping[int, int] | None, language: Language) -> list[tuple[object, ...]]:
    if months is None:
        return [(what, "", said(words.NO_TERM, language))]
    return [(what, f"{month // 100}-{month % 100:02}", number) for month, number in months.items()] or [(what, "", 0)]
