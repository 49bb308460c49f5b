"""How far a published place is trusted: integers that stay in bounds, follow the answers, and are the same however they came about."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from events.answers import AGE_STEPS_MS, ANSWER, FULL, NO_ANSWERS, Answers, Cell, age_class, smoothed, with_answer
from events.trust import TrustTable, totals_of
from tests.domain.world import HOUR, TRUST

PROJECTS = ("campania", "lazio", "piemonte")
HISTORIES = st.lists(st.tuples(st.sampled_from(PROJECTS), st.integers(0, len(AGE_STEPS_MS)), st.booleans()), max_size=400)


def folded(history: list[tuple[str, int, bool]]) -> tuple[dict[str, Answers], TrustTable]:
    """The answers, and the table that was kept up to date answer by answer."""
    answers: dict[str, Answers] = {}
    table = TrustTable(TRUST, {}, NO_ANSWERS)
    for project_id, number, free in history:
        before = answers.get(project_id)
        answers = {**answers, project_id: Answers(project_id, with_answer(before.cells if before else NO_ANSWERS, number, free=free))}
        table = table.with_answers(answers, project_id)
    return answers, table


@given(HISTORIES)
def test_a_table_kept_up_to_date_is_the_one_made_anew(history: list[tuple[str, int, bool]]) -> None:
    answers, table = folded(history)
    anew = TrustTable(TRUST, answers, totals_of(answers))
    ages = (None, 0, *AGE_STEPS_MS, AGE_STEPS_MS[-1] + 1)
    assert [table.known(project, age) for project in PROJECTS for age in ages] == [anew.known(project, age) for project in PROJECTS for age in ages]


@given(HISTORIES, st.integers(-HOUR, 200 * HOUR))
def test_a_probability_is_one_and_its_part_never_adds(history: list[tuple[str, int, bool]], age_ms: int) -> None:
    _, table = folded(history)
    known = table.known("lazio", age_ms)
    assert 0 <= known.permille <= 1000
    assert -TRUST.weight <= table.part("lazio", age_ms) <= 0
    assert table.known("nobody", age_ms).free == 0


@given(st.lists(st.booleans(), max_size=2000))
def test_counts_do_not_grow_with_history(history: list[bool]) -> None:
    cells = NO_ANSWERS
    for free in history:
        cells = with_answer(cells, 3, free=free)
        assert cells[3].free + cells[3].not_free < FULL
    assert all(cell == Cell(0, 0) for number, cell in enumerate(cells) if number != 3)
    if len(history) < FULL // ANSWER:
        assert cells[3] == Cell(ANSWER * sum(history), ANSWER * (len(history) - sum(history)))


@given(st.integers(0, FULL), st.integers(0, FULL), st.integers(0, 1000), st.integers(1, 100))
def test_one_answer_more_moves_the_share_its_way(free: int, not_free: int, towards: int, weight: int) -> None:
    before = smoothed(Cell(free, not_free), towards, weight)
    assert smoothed(Cell(free + ANSWER, not_free), towards, weight) >= before
    assert smoothed(Cell(free, not_free + ANSWER), towards, weight) <= before
    assert 0 <= before <= 1000


def test_habits_of_long_ago_weigh_less() -> None:
    cells = NO_ANSWERS
    for free in [True] * 1000 + [False] * 100:
        cells = with_answer(cells, 0, free=free)
    assert smoothed(cells[0], 500, 1) < 300


def test_without_answers_the_policy_speaks_and_with_many_the_project() -> None:
    assert TrustTable(TRUST, {}, NO_ANSWERS).known("lazio", HOUR).permille == TRUST.bands[0].prior_permille
    _, table = folded([("lazio", 0, False)] * 90 + [("piemonte", 0, True)] * 90)
    assert table.known("lazio", HOUR).permille < 150
    assert table.known("piemonte", HOUR).permille > 900
    assert table.known("lazio", HOUR).permille < table.known("campania", HOUR).permille < table.known("piemonte", HOUR).permille


def test_ages_fall_into_classes_whose_ends_belong_to_them() -> None:
    assert [age_class(age) for age in (-1, 0, HOUR, HOUR + 1, 96 * HOUR, 96 * HOUR + 1)] == [0, 0, 0, 1, 7, 8]
