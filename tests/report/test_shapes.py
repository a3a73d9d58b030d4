"""Answers of every shape: wholly hidden, empty, with many groups, many rows, many steps."""

from __future__ import annotations

import re
from time import process_time

import pytest
from tests.report import made
from tests.report.pages import RATES, Reader, answer, read, table

from helseanalyse.disclosure.rules import CHECKED, OPEN, SMALL, TAIL
from helseanalyse.report.figures import figures
from helseanalyse.report.fragment import answer_html
from helseanalyse.report.report import report_html
from helseanalyse.report.summary import summary_rows
from helseanalyse.report.view import ReportView
from helseanalyse.study.answer import Dimension, Hidden, SafeAnswer, SafeTable

WHY, END = Hidden(SMALL), Hidden(TAIL)

COLUMNS = {
    "flow": "step kind persons left_out",
    "table_one": "variable level statistic a b smd",
    "counts": "d persons:persons percent:%",
    "rates": f"d {RATES}",
    "rates_cells": "d period age:years events person_years:years rate low high",
    "rate_ratios": "d against ratio low high",
    "rates_standardised": "d rate low high",
    "trend": "period start d numerator denominator ratio:% low high",
    "curve": "d cause day:days at_risk events estimate low high",
    "risks": "d cause day:days at_risk estimate low high",
}
NAMED = {
    "flow": ("a", "universe"), "table_one": ("a", "b", "n"), "counts": ("a",), "rates": ("a",),
    "rates_cells": ("a", "2015", "40-49"), "rate_ratios": ("a", "b"), "rates_standardised": ("a",),
    "trend": ("2015", "2015-01-01", "a"), "curve": ("a", "stroke"), "risks": ("a", "stroke"),
}  # fmt: skip


def shown(one: SafeAnswer, language: str = "en") -> Reader:
    found = read(report_html(ReportView(answer=one, language=language)))
    assert found.problems == []
    return found


def by_hand(kind: str, rows: list[tuple[object, ...]]) -> SafeTable:
    return table(kind, COLUMNS[kind], rows, outcome="stroke", dimensions=["d"], method="aalen_johansen")  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", COLUMNS)
@pytest.mark.parametrize("language", ["en", "nb"])
def test_a_table_of_which_every_number_is_hidden(kind: str, language: str) -> None:
    width = len(COLUMNS[kind].split()) - len(NAMED[kind])
    row = (*NAMED[kind], *[WHY] * width)
    one = answer(by_hand(kind, [row, row]))
    found = shown(one, language)
    signs = found.words.count("•")
    assert signs > 1
    assert len([a for a in found.all("a") if "why-small" in a.get("class", "")]) > 0
    assert not re.search(r"\bNone\b|\bnan\b|Hidden\(", found.words)
    figures(one)
    answer_html(one)
    assert all(isinstance(cell, str) for line in summary_rows(one) for cell in line)


@pytest.mark.parametrize("kind", COLUMNS)
def test_a_table_without_rows(kind: str) -> None:
    one = answer(by_hand(kind, []))
    found = shown(one)
    if kind != "flow":
        assert "This table has no rows." in found.words
    assert figures(one) == {}


@pytest.mark.parametrize("kind", COLUMNS)
def test_a_table_in_which_nothing_applies(kind: str) -> None:
    width = len(COLUMNS[kind].split()) - len(NAMED[kind])
    found = shown(answer(by_hand(kind, [(*NAMED[kind], *[None] * width)])))
    assert not re.search(r"\bNone\b|\bnan\b", found.words)


def test_a_kind_that_the_report_does_not_know_is_shown_as_a_table() -> None:
    one = answer(table("hazards", "d persons hazard", [("a", 5, 0.25)], dimensions=["d"]))
    assert "hazards: made by hand\nD\nPersons\nHazard\na\n5\n0.25" in shown(one).words


def test_not_applicable_is_a_dash_and_never_a_sign_of_hiding() -> None:
    one = answer(by_hand("rates", [("a", 10, 0, 0.0, None, None, None)]))
    rows = summary_rows(one)
    assert rows[1] == ("a", "10", "0", "0.0", "–")


@pytest.mark.parametrize("method", ["aalen_johansen", "kaplan_meier"])
def test_a_curve_whose_tail_is_hidden_keeps_its_sign_under_the_axis(method: str) -> None:
    steps = [("a", "stroke", day, 90, 9, 0.6 + day / 9000, 0.5, 0.7) for day in range(30, 1000, 30)]
    risks = [("a", "stroke", 365, 90, 0.1, 0.05, 0.2), ("a", "stroke", 730, END, END, END, END)]
    one = answer(
        table("curve", COLUMNS["curve"], steps, "s", outcome="stroke", dimensions=["d"], method=method, shape="line"),
        table("risks", COLUMNS["risks"], risks, "s_risks", outcome="stroke", dimensions=["d"], method=method),
    )
    picture = figures(one)["figures/s.svg"].decode()
    assert re.findall(r">([•\d]+)</text>", picture.partition("Persons at risk")[2]) == ["90", "•"]


def test_a_withheld_curve_is_named() -> None:
    rows = [("a", "stroke", day, 90, 9, day / 9000, day / 9900, day / 8000) for day in (100, 200)]
    hidden = [("b", "stroke", WHY, WHY, WHY, WHY, WHY, WHY)]
    one = answer(table("curve", COLUMNS["curve"], [*rows, *hidden], "s", outcome="stroke", dimensions=["d"]))
    assert "Not drawn, because too few events may be shown (•): b." in shown(one).words


def many_groups(count: int) -> SafeAnswer:
    rates = [(f"group {i}", 100, 10, 1000.0, 10.0 + i, 8.0, 40.0) for i in range(count)]
    ratios = [(f"group {i}", "group 0", 1 + i / 7, 0.5 + i / 9, 2.0 + i) for i in range(1, count)]
    steps = [
        (f"group {i}", "stroke", day, 90, 9, (i + 1) * day / 90000, (i + 1) * day / 99000, (i + 1) * day / 80000)
        for i in range(count)
        for day in range(100, 1500, 100)
    ]
    return answer(
        by_hand("rates", rates),
        table("rate_ratios", COLUMNS["rate_ratios"], ratios, "rates_ratios", outcome="stroke", dimensions=["d"]),
        by_hand("curve", steps),
    )


def test_twelve_groups_have_twelve_looks_that_never_change() -> None:
    one = many_groups(12)
    drawn = figures(one)
    for content in drawn.values():
        assert content.count(b"<text") > 12
    curve = drawn["figures/curve.svg"].decode()
    lines = re.findall(r'<path d="[^"]+" fill="none" stroke="(#\w+)" stroke-width="2.2"([^/]*)/>', curve)
    assert len(lines) >= 24  # each once in the key and once in the plot
    looks = {(colour, re.sub(r'.*stroke-dasharray="([^"]+)".*', r"\1", rest)) for colour, rest in lines}
    assert len(looks) == 12
    shown(one)


def test_more_groups_than_a_picture_can_show_leave_the_table() -> None:
    one = many_groups(80)
    drawn = figures(one)
    assert "figures/rates.svg" not in drawn
    assert "group 79" in shown(one).words


def test_a_long_table_is_folded_and_cut_and_says_so() -> None:
    rows = [(f"group {i}", 100, 10, 1000.0, 10.0, 8.0, 12.0) for i in range(300)]
    found = shown(answer(by_hand("rates", rows)))
    assert "Show the table (300 rows)" in found.words
    assert "group 299" in found.words
    rows = [(f"group {i}", 100, 10, 1000.0, 10.0, 8.0, 12.0) for i in range(900)]
    found = shown(answer(by_hand("rates", rows)))
    assert "The first 400 rows are shown. All 900 are in tables/rates.csv" in found.words
    assert "group 400" not in found.words


def large() -> SafeAnswer:
    """Twelve groups of 5,000 steps, and rates by 18 ages, 20 years, 2 sexes."""
    steps = [
        (f"group {i}", "stroke", day, 9000, 9, (i + 1) * day / 190000, (i + 1) * day / 199000, (i + 1) * day / 180000)
        for i in range(12)
        for day in range(1, 5001)
    ]
    cells = [
        (sex, str(year), f"{age}-{age + 4}", 10, 1000.0, 10.0 + age / 10 + year - 2000, 5.0, 40.0)
        for sex in ("female", "male")
        for year in range(2000, 2020)
        for age in range(0, 90, 5)
    ]
    return answer(by_hand("curve", steps), by_hand("rates_cells", cells))


def test_a_large_answer_stays_small_and_quick() -> None:
    one = large()
    began = process_time()
    page = report_html(ReportView(answer=one))
    assert process_time() - began < 3.0  # twelve times as much as a large study has
    assert len(page.encode()) < 2_000_000
    assert read(page).problems == []
    assert "tables/curve.csv" in page


def test_a_curve_of_5000_steps_looks_as_it_is() -> None:
    steps = [("a", "stroke", day, 9000, 9, day**2 / 1e8, day**2 / 1.1e8, day**2 / 0.9e8) for day in range(1, 5001)]
    content = figures(answer(by_hand("curve", steps)))["figures/curve.svg"].decode()
    assert len(content) < 60_000
    assert ">30</text>" in content  # 25 % with limits up to 27.8 %: the axis goes to 30


@pytest.mark.parametrize("rules", [OPEN, CHECKED])
@pytest.mark.parametrize("groups", [("all",), ("a", "b", "c", "d", "e", "f", "g")])
def test_real_curves_of_any_number_of_groups(rules: object, groups: tuple[str, ...]) -> None:
    raw = made.curve(groups=Dimension("drug", (*groups, None)), scale=0.05)
    tables = made.released(rules, raw)  # type: ignore[arg-type]
    one = answer(*tables)
    shown(one)
    assert "figures/survival.svg" in figures(one)


def test_a_table_that_two_analyses_have_in_common_is_shown_once() -> None:
    row = ("a", 100, 10, 1000.0, 10.0, 8.0, 12.0)
    one = table("rates", COLUMNS["rates"], [row], "rates", outcome="stroke", dimensions=["d"])
    same = table("rates", COLUMNS["rates"], [row], "rates_2", outcome="stroke", dimensions=["d"])
    other = table("rates", COLUMNS["rates"], [row], "rates_3", outcome="death", dimensions=["d"])
    found = shown(answer(one, same, other))
    assert [a["data-table"] for a in found.all("table") if "data-table" in a] == ["rates", "rates_3"]


def test_a_rate_of_no_events_does_not_flatten_the_others() -> None:
    rows = [(str(year), 9, 1000.0, 10.0, 5.0, 18.0) for year in range(2015, 2020)]
    rows.append(("2020", 0, 1.0, 0.0, 0.0, 3689.0))
    columns = "period events person_years:years rate low high"
    one = answer(table("rates_cells", columns, rows, outcome="stroke", dimensions=[]))
    picture = figures(one)["figures/rates-cells.svg"].decode()
    assert ">25</text>" in picture  # up to two and a half times the largest rate
    assert "4 000" not in picture
    assert "cut at the edge" in shown(one).words


def test_a_picture_of_mostly_hidden_numbers_is_not_drawn() -> None:
    rows = [(str(year), *((9, 1000.0, 10.0, 5.0, 18.0) if year < 2017 else (WHY,) * 5)) for year in range(2015, 2020)]
    columns = "period events person_years:years rate low high"
    assert figures(answer(table("rates_cells", columns, rows, outcome="stroke", dimensions=[]))) == {}
