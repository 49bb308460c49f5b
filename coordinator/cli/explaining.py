"""Explanations for people: each unit under the rule that excluded it or with its score, and a sum that shows that none is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.markup import escape

from coordinator.cli.code_words import PARTS, request_kind, rule_word, word_of
from coordinator.cli.explaining_words import Words, words_in
from coordinator.cli.instants import age_text, time_text
from coordinator.cli.outcome import out, print_table
from coordinator.explained import parts_named
from events.language import Language, in_language
from events.sentences import escalation_sentence, inquiry_end_sentence, rule_sentence, standing_sentence
from events.transfer import Excluded, ScarcityTold, TrustTold
from events.vocabulary import Reason, TransferEnd, Urgency
from projections.network import Unit
from projections.reads import Explanation, Inquired, OpenTransfer
from projections.transfers import Stage


def show_explanations(
    transfer: OpenTransfer | None, explained: Sequence[Explanation], units: Mapping[str, Unit], language: Language = Language.ENGLISH
) -> None:
    """Prints them in order."""
    words = words_in(language)
    if transfer is not None:
        state, people = transfer.state, len(transfer.household)
        how = f", {word_of(TransferEnd, state.how, language)}" if state.how else ""
        out.print(
            words.request.format(
                word_of(Urgency, transfer.transfer.urgency, language),
                word_of(Reason, transfer.transfer.reason, language),
                words.person if people == 1 else words.people.format(people),
                time_text(transfer.transfer.requested_at_ms),
                f"{word_of(Stage, state.stage, language)}{how}",
            )
        )
        for why in dict.fromkeys(called.why for called in state.escalations):
            out.print(words.called.format(escape(escalation_sentence(why, language))))
    for one in explained:
        _show(one, units, language)


def show_inquiries(inquiries: Sequence[Inquired], language: Language = Language.ENGLISH) -> None:
    """Prints which projects were asked whether they could; nothing where none were."""
    if not inquiries:
        return
    words = words_in(language)
    rows = [
        (
            each.unit_id, each.project_id, f"{each.sequence}\n{time_text(each.asked_at_ms)}",
            words.answer_by.format(time_text(each.answer_by_ms)) if each.how is None else inquiry_end_sentence(each.how, language),
        )
        for each in inquiries
    ]  # fmt: skip
    out.print()
    print_table(words.inquiries, words.inquiries_columns, rows)


def _show(one: Explanation, units: Mapping[str, Unit], language: Language) -> None:
    told, words = one.explained, words_in(language)
    what = words.proposed.format(told.scored[0].unit_id) if told.proposal_id and told.scored else words.none_proposed
    out.print()
    out.print(words.entry.format(one.sequence, time_text(one.at_ms), told.policy_version, escape(what)))
    rows = [
        (
            number, scored.unit_id, _project(units, scored.unit_id), scored.total,
            ", ".join(f"{part:+d} {in_language(PARTS[name], language)}" for name, part in zip(parts_named(told), scored.parts, strict=False) if part), age_text(one.at_ms - scored.observed_at_ms, language),
        )
        for number, scored in enumerate(told.scored, start=1)
    ]  # fmt: skip
    number, _, _, score, _, _ = words.fitted_columns
    print_table(words.fitted, words.fitted_columns, rows, right=frozenset({number, score}), empty=words.none)
    if told.proposal_id and len(told.scored) > 1:
        best, following = told.scored[:2]
        out.print(words.next_best.format(escape(following.unit_id), best.total - following.total))
    if told.scarcity is not None:
        _show_scarcity(told.scarcity, language)
    print_table(
        words.excluded,
        words.excluded_columns,
        [
            (rule_word(excluded.rule, language), excluded.count, _which(excluded, words), rule_sentence(excluded.rule, language))
            for excluded in told.excluded
        ],
        right=frozenset({words.excluded_columns[1]}),
        empty=words.none,
    )
    if told.trust:
        _show_trust(told.trust, words)
    excluded, fitted = sum(group.count for group in told.excluded), len(told.scored)
    if told.rest is not None:
        out.print(words.rest.format(told.rest.units, told.rest.lowest, told.rest.highest))
        fitted += told.rest.units
    if told.asked:
        out.print(words.asked.format(escape(", ".join(scored.unit_id for scored in told.asked))))
    if told.short_by:
        out.print(words.short_by.format(told.short_by))
    out.print(words.sums.format(fitted, excluded, fitted + excluded))


def _which(excluded: Excluded, words: Words) -> str:
    return ", ".join(excluded.units) if not excluded.more else words.too_many


def _show_trust(told: Sequence[TrustTold], words: Words) -> None:
    rows = [
        (
            trust.project_id,
            words.older if trust.up_to_ms is None else words.up_to.format(trust.up_to_ms // 3_600_000),
            f"{trust.free / 100:.1f}",
            f"{(trust.free + trust.not_free) / 100:.1f}",
            f"{trust.permille / 10:.1f} %",
        )
        for trust in told
    ]
    print_table(words.trust, words.trust_columns, rows, right=frozenset(words.trust_columns[2:]))


def _show_scarcity(told: ScarcityTold, language: Language) -> None:
    words = words_in(language)
    out.print(standing_sentence(told.standing, language))
    if told.kinds:
        print_table(
            words.scarcity,
            words.scarcity_columns,
            [(request_kind(kind.kind, language), kind.free, kind.weight) for kind in told.kinds],
            right=frozenset(words.scarcity_columns[1:3]),
        )
    if told.unknown:
        out.print(words.unknown.format(told.unknown))


def _project(units: Mapping[str, Unit], unit_id: str) -> str:
    unit = units.get(unit_id)
    return "" if unit is None else unit.project_id
