"""The fixed words: the same in both languages, all of them used, and disclosure control's sentences known."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest
from tests.report import made

from helseanalyse.disclosure.rules import CHECKED, OPEN, REASONS
from helseanalyse.report.bokmal import WORDS as BOKMAL
from helseanalyse.report.english import WORDS as ENGLISH
from helseanalyse.report.language import Writer, language, writer
from helseanalyse.report.numbers import THIN
from helseanalyse.report.sentences import said
from helseanalyse.study.answer import Heading, SafeAnswer

SOURCES = sorted(Path(__file__).resolve().parents[2].glob("src/helseanalyse/report/**/*.*"))
# Words whose names are put together while the page is made.
MADE = re.compile(
    r"^(unit|level|dimension|column|title|reason|lane|disclosure|fact|axis|section|checklist|codes|curve\.axis)\."
    r"|\.(one|many)$|^(point|months|date|to|html)$"
)


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_have_the_same_words_with_the_same_places() -> None:
    assert list(ENGLISH) == list(BOKMAL)
    assert {name for name in ENGLISH if places(ENGLISH[name]) != places(BOKMAL[name])} == set()


def test_every_word_is_used() -> None:
    text = "".join(
        path.read_text(encoding="utf-8")
        for path in SOURCES
        if path.suffix in (".py", ".j2") and path.stem not in ("english", "bokmal")
    )
    unused = [
        name for name in ENGLISH if not MADE.search(name) and not re.search(rf"""["']{re.escape(name)}["']""", text)
    ]
    assert unused == []


def test_every_reason_has_words_in_both_languages_and_the_english_is_that_of_the_rules() -> None:
    for reason, text in REASONS.items():
        assert ENGLISH[f"reason.{reason}"] == text
        assert BOKMAL[f"reason.{reason}"]


def released() -> list[SafeAnswer]:
    km = made.released(CHECKED, made.curve("kaplan_meier")) + made.released(OPEN, made.curve("kaplan_meier"))
    more = SafeAnswer(title="", digest="", lane="open", data=(), tables=km)
    return [made.answer(CHECKED), made.answer(OPEN), made.incidence_answer(), more]


def test_what_disclosure_control_says_is_known_in_bokmal() -> None:
    """A sentence that was changed there is changed in report/sentences.py too."""
    sentences = {note for one in released() for table in one.tables for note in table.notes}
    rules = {text for rule in (*CHECKED.sources, *OPEN.sources) for text in (rule.name, rule.says)}
    assert [sentence for sentence in sorted(sentences | rules) if said(sentence, "nb").lang != "nb"] == []


def test_the_names_of_columns_are_known_in_bokmal() -> None:
    own = {
        "low",
        "high",
        "estimate",
        "smd",
        "variable",
        "level",
        "statistic",
        "kind",
        "start",
        "drug",
        "sex",
        "SGLT2",
        "DPP-4",
    }
    names = {column.name for one in released() for table in one.tables for column in table.columns} - own
    assert {name for name in names if f"column.{name}" not in BOKMAL} == set()


@pytest.mark.parametrize(
    ("level", "english", "bokmal"),
    [
        ("40-59", "40–59", "40–59"), ("60 and over", "60 and over", "60 og over"), ("under 40", "under 40", "under 40"),
        ("unknown", "unknown", "ukjent"), ("female", "females", "kvinner"), ("SGLT2", "SGLT2", "SGLT2"),
        ("2015", "2015", "2015"),
    ],
)  # fmt: skip
def test_levels(level: str, english: str, bokmal: str) -> None:
    assert (writer("en", None).level(level), writer("nb", None).level(level)) == (english, bokmal)


@pytest.mark.parametrize(
    ("unit", "bokmal"),
    [
        ("per 1 000 person-years", f"per 1{THIN}000 personår"),
        ("persons", "personer"),
        ("mmol/mol", "mmol/mol"),
        ("", ""),
    ],
)
def test_units(unit: str, bokmal: str) -> None:
    assert writer("nb", None).unit(unit) == bokmal if unit else True


@pytest.mark.parametrize(
    ("name", "unit", "label"),
    [("ratio", "%", "Share"), ("ratio", "", "Rate ratio"), ("ratio", "per person", "Ratio"), ("hazard", "", "Hazard")],
)
def test_columns(name: str, unit: str, label: str) -> None:
    assert writer("en", None).column(Heading(name, name.capitalize(), unit)) == label


def test_variables_go_by_their_labels() -> None:
    pen: Writer = writer("en", made.study())
    assert (pen.dimension("age_at_start"), pen.dimension("sex"), pen.dimension("frailty")) == (
        "Age at start",
        "Sex",
        "Frailty",
    )


@pytest.mark.parametrize(
    ("number", "decimals", "english", "bokmal"),
    [
        (41200, 0, f"41{THIN}200", f"41{THIN}200"),
        (1234567.891, 2, f"1{THIN}234{THIN}567.89", f"1{THIN}234{THIN}567,89"),
        (-0.04, 1, "0.0", "0,0"), (-0.06, 1, "−0.1", "−0,1"),
        (float("inf"), 1, "∞", "∞"), (float("-inf"), 1, "−∞", "−∞"),
        (999.5, 0, f"1{THIN}000", f"1{THIN}000"),
    ],
)  # fmt: skip
def test_numbers(number: float, decimals: int, english: str, bokmal: str) -> None:
    assert language("en").numbers.fixed(number, decimals) == english
    assert language("nb").numbers.fixed(number, decimals) == bokmal


def test_dates_and_limits() -> None:
    from datetime import date

    en, nb = language("en").numbers, language("nb").numbers
    assert (en.day(date(2024, 5, 3)), nb.day(date(2024, 5, 3))) == ("3 May 2024", "3. mai 2024")
    assert (en.limits(-0.1, 0.2, 1), nb.limits(-0.1, 0.2, 1)) == ("(−0.1 to 0.2)", "(−0,1 til 0,2)")


@pytest.mark.parametrize(
    ("step", "english", "bokmal"),
    [
        (
            "Everyone resident between 2015-01-01 and 2024-12-31",
            "Everyone resident between 1 January 2015 and 31 December 2024",
            "Alle bosatte mellom 1. januar 2015 og 31. desember 2024",
        ),
        ("Everyone in the register", "Everyone in the register", "Alle i registeret"),
        (
            "With an index date in the study period",
            "With an index date in the study period",
            "Med en indeksdato i studieperioden",
        ),
        ("aged 40 or more", "aged 40 or more", "aged 40 or more"),
    ],
)
def test_steps(step: str, english: str, bokmal: str) -> None:
    assert (writer("en", None).step(step), writer("nb", None).step(step)) == (english, bokmal)
