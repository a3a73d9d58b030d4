"""Table 1 as people read it."""

from __future__ import annotations

import pytest
from tests.report import made
from tests.report.pages import table

from helseanalyse.disclosure.rules import CHECKED, OPEN
from helseanalyse.report.language import writer
from helseanalyse.report.table_one import table_one
from helseanalyse.study.answer import Hidden


def lines(rules: object, language: str = "en") -> list[list[str]]:
    one = made.released(rules, made.table_one())[0]  # type: ignore[arg-type]
    shown = table_one(one, writer(language, made.study()), "Table 1")
    return [[cell.text.replace("\u202f", " ") for cell in line.cells] for line in shown.lines]


def test_table_one_as_a_journal_prints_it() -> None:
    assert lines(OPEN) == [
        ["Age at start, years, mean (SD)", "63.2 (9.7)", "68.9 (10.5)", "−0.56"],
        ["Median (IQR)", "63 (56–70)", "69 (62–76)", ""],
        ["Sex, n (%)", "", "", "0.14"],
        ["females", "11 500 (35.8)", "16 612 (42.5)", ""],
        ["males", "20 610 (64.2)", "22 479 (57.5)", ""],
        ["Hba1c, mmol/mol, mean (SD)", "58.4 (8.5)", "59.3 (8.6)", "−0.11"],
        ["Median (IQR)", "58 (52–64)", "59 (53–65)", ""],
        ["Unknown, n", "2 210", "2 691", ""],
        ["Ischaemic heart disease, n (%)", "6 100 (19.0)", "6 111 (15.6)", "0.09"],
        ["Education, n (%)", "", "", "0.17"],
        ["compulsory", "8 900 (27.7)", "13 300 (34.3)", ""],
        ["upper secondary", "15 200 (47.3)", "17 900 (46.1)", ""],
        ["higher", "8 007 (24.9)", "7 600 (19.6)", ""],
        ["unknown", "3 (<0.1)", "291 (0.7)", ""],
    ]


def test_a_small_level_hides_itself_and_another_and_the_difference() -> None:
    assert lines(CHECKED)[-5:] == [
        ["Education, n (%)", "", "", "•"],
        ["compulsory", "8 900 (27.7)", "13 300 (34.3)", ""],
        ["upper secondary", "15 200 (47.3)", "17 900 (46.1)", ""],
        ["higher", "•", "7 600 (19.6)", ""],
        ["unknown", "•", "291 (0.7)", ""],
    ]


def test_in_bokmal_with_a_decimal_comma() -> None:
    assert lines(OPEN, "nb")[:3] == [
        ["Age at start, år, gjennomsnitt (SD)", "63,2 (9,7)", "68,9 (10,5)", "−0,56"],
        ["Median (kvartilbredde)", "63 (56–70)", "69 (62–76)", ""],
        ["Kjønn, n (%)", "", "", "0,14"],
    ]


def test_the_size_of_each_group_stands_in_its_head() -> None:
    one = made.released(CHECKED, made.table_one())[0]
    shown = table_one(one, writer("en", None), "Table 1")
    assert [(c.label, c.unit.replace("\u202f", " ")) for c in shown.columns] == [
        ("", ""), ("SGLT2", "n = 32 110"), ("DPP-4", "n = 39 091"), ("Standardised difference", "")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "shown"),
    [
        # One group has nothing to compare.
        ([("persons", "", "n", 80, None), ("sex", "female", "n", 40, None), ("sex", "female", "percent", 50.0, None)],
         [["Sex, n (%)", ""], ["females", "40 (50.0)"]]),
        # A truth value is one line; what is not known is a line of its own.
        ([("ill", "no", "n", 60, None), ("ill", "no", "percent", 75.0, None), ("ill", "yes", "n", 20, None),
          ("ill", "yes", "percent", 25.0, None), ("ill", "unknown", "n", 7, None),
          ("ill", "unknown", "percent", 8.0, None)],
         [["Ill, n (%)", "20 (25.0)"], ["unknown", "7 (8.0)"]]),
        # Quartiles hidden beside a mean that is not.
        ([("age", "years", "mean", 61.25, None), ("age", "years", "sd", 9.0, None),
          ("age", "years", "q1", Hidden("derived"), None),
          ("age", "years", "median", 60.0, None), ("age", "years", "q3", 70.5, None)],
         [["Age, years, mean (SD)", "61.2 (9.0)"], ["Median (IQR)", "60.0 (•–70.5)"]]),
    ],
)  # fmt: skip
def test_layouts(rows: list[tuple[object, ...]], shown: list[list[str]]) -> None:
    one = table("table_one", "variable level statistic all smd", rows)  # type: ignore[arg-type]
    found = table_one(one, writer("en", None), "")
    assert [[cell.text for cell in line.cells] for line in found.lines] == shown


def test_a_bar_is_as_long_as_the_difference_and_the_mark_is_at_a_tenth() -> None:
    from tests.report.pages import read

    from helseanalyse.report.report import report_html

    page = read(report_html(made.view(OPEN)))
    bars = [a for tag, a in page.elements if tag == "rect" and a.get("class") == "fm"]
    assert [float(bar["width"]) for bar in bars] == pytest.approx([60.0, 16.5, 13.0, 10.7, 19.8], abs=0.4)
    marks = [a for tag, a in page.elements if tag == "path" and a.get("class") == "i1"]
    assert {mark["d"] for mark in marks} == {"M12 0V10"}  # 0.1 of the 0.5 that 60 pixels are
