"""Whatever a command says is said in both languages: every code has its words, both texts take the same values, and what the parser finds is told too."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from pathlib import Path
from string import Formatter
from types import ModuleType

import pytest
from typer._click.exceptions import UsageError

from coordinator import data_sheet_words
from coordinator.cli import code_words, doctor, doctor_words, doing_words, facts_told, failures, not_done, usage_words
from coordinator.cli.field_words import FIELDS
from coordinator.cli.main import app
from coordinator.cli.not_done import MOST_LISTED, Cannot, listed
from coordinator.cli.not_done_words import WORDS
from coordinator.cli.usage import language_given, said_of
from coordinator.data_sheet import SheetInvalid, read_sheet
from coordinator.ledger import refused_words
from events import lines_words, vocabulary, words
from events.errors import LineInvalid
from events.facts import EVENT_TYPES, OUTCOME_TYPES
from events.language import Language, Said
from events.lines import parse_line
from events.network import Weights
from events.transfer import PART_OF_SCARCITY, PART_OF_TRUST
from events.typed import hints_of
from events.vocabulary import RefusalCode
from projections.hand_over import HandOver
from reading.key_errors import LostEntry
from tests.docs.shell import ROOT

pytestmark = pytest.mark.pure

TABLES: tuple[ModuleType, ...] = (doing_words, doctor_words, lines_words, data_sheet_words, refused_words)


def all_said(module: ModuleType) -> Iterator[tuple[str, Said]]:
    """Every text of a word table, with its name."""
    for name, value in vars(module).items():
        if name.isupper():
            yield from _said_in(name, value)


def _said_in(name: str, value: object) -> Iterator[tuple[str, Said]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _said_in(f"{name}[{key}]", inner)
    elif isinstance(value, tuple) and len(value) == 2 and all(isinstance(text, str) for text in value):
        yield name, (value[0], value[1])
    elif isinstance(value, tuple):
        for number, inner in enumerate(value):
            yield from _said_in(f"{name}[{number}]", inner)


def values_in(text: str) -> list[str]:
    """What a text is filled in with; by position where it is not by name."""
    named = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    return sorted(name or str(number) for number, name in enumerate(named))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_both_texts_take_the_same_values(table: ModuleType) -> None:
    told = dict(all_said(table))
    assert len(told) > 10
    for name, (english, italian) in told.items():
        assert english and italian, name
        assert values_in(english) == values_in(italian), name


def test_every_code_of_what_cannot_be_done_has_its_words() -> None:
    assert set(WORDS) == set(Cannot)
    for code, said in WORDS.items():
        for english, italian in said:
            assert bool(english) == bool(italian), code
            if "{detail}" not in (english, italian):
                assert values_in(english) == values_in(italian) or english == "{detail}", code
        assert said[0][0] != said[0][1] or "{detail}" in said[0][0], code


def test_every_code_of_what_cannot_be_done_is_used() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "coordinator/cli").glob("*.py"))
    assert [code for code in Cannot if f"Cannot.{code.name}" not in sources] == []


def test_every_failure_that_is_told_fills_its_words_in_both_languages() -> None:
    """An attribute of a failure that its words name is one that it has."""
    for kind, why in failures.TOLD:
        parameters = [] if kind.__init__ is Exception.__init__ else list(inspect.signature(kind).parameters)
        told = failures.describe(kind(*([LostEntry(7, "CaseErased", "id")] if name == "lost" else name for name in parameters or ["why"])))
        assert told is not None and told.why is why, kind
        assert all(told.said) and told.said_to_do is not None, kind


def test_a_long_list_of_problems_is_cut() -> None:
    english, italian = listed([("wrong", "sbagliato")] * (MOST_LISTED + 3))
    assert english.splitlines()[-1] == "  and 3 more" and italian.splitlines()[-1] == "  e altri 3"
    assert len(italian.splitlines()) == MOST_LISTED + 1


def test_every_code_of_every_vocabulary_has_a_word() -> None:
    vocabularies = {each for _, each in inspect.getmembers(vocabulary, inspect.isclass) if issubclass(each, StrEnum) and each is not StrEnum}
    assert set(words.WORDS) == vocabularies - {RefusalCode}
    for kind, told in words.WORDS.items():
        assert set(told) == set(kind), kind
        for column in (0, 1):
            read = [both[column] for both in told.values()]
            assert len(set(read)) == len(read), f"{kind.__name__}: two codes read the same"
            assert all(text and "_" not in text for text in read), kind


@pytest.mark.parametrize(
    ("arguments", "italian"),
    [
        ("capcity", "Non c'è un comando 'capcity'. Forse 'capacity'?"),
        ("policy fgh", "Non c'è un comando 'fgh'."),
        ("capacity --foo", "Non c'è un'opzione --foo"),
        ("capacity --js", "Non c'è un'opzione --js (ci sono: --as, --json)"),
        ("case", "Manca l'argomento 'ID'."),
        ("policy adopt file.json", "Manca l'opzione '--person'."),
        ("capacity --json=1", "L'opzione '--json' non prende un valore."),
        ("audit --limit", "L'opzione '--limit' richiede un valore."),
        ("audit --limit x", "Valore che non va bene per '--limit': deve essere un numero intero"),
        ("audit --limit 0", "Valore che non va bene per '--limit': deve essere almeno 1"),
        ("audit --limit 9999999", "Valore che non va bene per '--limit': deve essere al massimo 100000"),
        ("capacity --in fr", "Valore che non va bene per '--in': 'fr' non è uno tra 'en', 'it'."),
        ("scenario /nowhere", "Valore che non va bene per 'FILE...': '/nowhere' non esiste."),
        ("simulate --csv /", "Valore che non va bene per '--csv': '/' è una cartella."),
        ("submit a b", "Argomenti di troppo: b"),
    ],
)
def test_what_the_parser_finds_is_told_in_italian(arguments: str, italian: str) -> None:
    with pytest.raises(UsageError) as raised:
        app(args=arguments.split(), standalone_mode=False)
    assert said_of(raised.value)[1] == italian


def test_the_language_is_known_although_the_arguments_are_wrong() -> None:
    assert language_given(["capacity", "--foo", "--in", "it"], "en") is Language.ITALIAN
    assert language_given(["capacity", "--in=it"], "") is Language.ITALIAN
    assert language_given(["capacity", "--in", "fr"], "") is language_given(["--in"], "fr") is language_given([], "") is Language.ENGLISH
    assert language_given(["capacity", "--foo"], "it") is Language.ITALIAN
    assert all(pattern and italian for pattern, italian in usage_words.PATTERNS)


def test_what_is_wrong_in_an_events_file_is_told_in_italian() -> None:
    document = (ROOT / "docs/events-file.md").read_text(encoding="utf-8")
    found = re.search(r"<!-- refused -->\n```\n(.*?)```", document, re.DOTALL)
    assert found is not None
    for block in found[1].strip().split("\n\n"):
        with pytest.raises(LineInvalid) as raised:
            parse_line(block.split("\n")[0], 1)
        english, italian = raised.value.said
        assert italian != english and not re.search(r"\b(must|write|field|is|the|or)\b", italian), italian


def test_what_is_wrong_in_a_sheet_is_told_in_italian() -> None:
    with pytest.raises(SheetInvalid) as raised:
        read_sheet("case,sorce\n1,ngo\n")
    italian = [problem.said[1] for problem in raised.value.problems]
    assert italian[0].startswith("riga 1: una colonna non è conosciuta; forse source?")
    assert "riga 1, colonna person: manca" in italian[1]


def test_the_doctor_names_each_look_and_runner() -> None:
    source = Path(doctor.__file__ or "").read_text(encoding="utf-8")
    looks = set(re.findall(r'Finding\("([a-z ]+)"', source)) | set(re.findall(r'\("([a-z ]+)", lambda', source)) | {"network"}
    assert looks == set(doctor_words.NAMES)
    assert set(doctor_words.RUNNERS) == {"running", "waiting", "stopped", "unknown"}
    assert not_done.Cannot.WRONG_USE in WORDS


def test_every_code_of_views_and_rights_has_a_word() -> None:
    assert set(code_words.WORDS).isdisjoint(words.WORDS)
    for kind, told in code_words.WORDS.items():
        assert set(told) == set(kind), kind
        for column in (0, 1):
            read = [both[column] for both in told.values()]
            assert len(set(read)) == len(read) and all(read), kind
    assert set(code_words.PARTS) == {*(field.name for field in fields(Weights)), PART_OF_SCARCITY, PART_OF_TRUST}


def test_every_field_of_a_fact_about_a_case_has_a_word() -> None:
    named: set[str] = {*facts_told._BESIDE, *hints_of(HandOver)}
    for kind in (*EVENT_TYPES, *OUTCOME_TYPES):
        if {"case_id", "case_ids", "other_case_id", "other_case_ids"} & set(hints_of(kind)):
            named |= _fields_in(kind)
    assert named - set(FIELDS) == set()
    assert set(FIELDS) - named == set(), "words of fields that there are not"


def _fields_in(kind: type) -> set[str]:
    """Names of the fields that are told of a fact, and of the records in it."""
    found: set[str] = set()
    for name, hint in hints_of(kind).items():
        if name not in facts_told._NOT_TOLD:
            found.add(name)
            inner = facts_told._kind_in(hint)
            found |= _fields_in(inner) if inner is not None and is_dataclass(inner) else set()
    return found
