"""The answer in words."""

from __future__ import annotations

import pytest
from tests.report import made
from tests.report.pages import RATES, answer, table

from helseanalyse.disclosure.rules import CHECKED, SMALL
from helseanalyse.report.clean import joined
from helseanalyse.report.facts import facts
from helseanalyse.report.headline import answer_sentences, span
from helseanalyse.report.language import LanguageError, language, writer
from helseanalyse.report.view import ReportView
from helseanalyse.study.answer import Hidden, SafeAnswer, SafeTable

WHY = Hidden(SMALL)


def said(view: ReportView) -> list[str]:
    pen = writer(view.language, view.study)
    return [sentence.text.replace("\u202f", " ") for sentence in answer_sentences(view, pen)]


def of(*tables: SafeTable, code: str = "en") -> list[str]:
    return said(ReportView(answer=answer(*tables), language=code))


def rates(*rows: tuple[object, ...]) -> SafeTable:
    return table("rates", f"d {RATES}", rows, outcome="stroke", dimensions=["d"], per=1000)  # type: ignore[arg-type]


A, B = ("A", 90, 40, 8000.0, 5.0, 3.6, 6.8), ("B", 80, 60, 8000.0, 7.5, 5.7, 9.7)
HIDDEN = ("B", 80, WHY, 8000.0, WHY, WHY, WHY)
FLOW = table("flow", "step kind persons left_out", [("all", "universe", 900, None), ("x", "require", 170, 730)])


def ratio(*cells: object) -> SafeTable:
    return table("rate_ratios", "d against ratio low high", [("B", "A", *cells)], "rates_ratios", outcome="stroke")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tables", "sentences"),
    [
        ([FLOW, rates(A, B), ratio(1.5, 1.0, 2.26)],
         ["Among 170 persons in the study, 100 events (stroke) were seen in 16 000 person-years.",
          ("Stroke: A 5.00 (3.60–6.80) and B 7.50 (5.70–9.70) per 1 000 person-years; "
           "crude rate ratio 1.50 (1.00–2.26), B against A.")]),
        # What is hidden is said to be.
        ([FLOW, rates(A, HIDDEN), ratio(WHY, WHY, WHY)],
         [("Among 170 persons in the study, the number of events (stroke) is not shown in full, "
           "because some of it is hidden."),
          "Stroke: A 5.00 (3.60–6.80) and B • (hidden) per 1 000 person-years; their ratio is hidden."]),
        # No group, no flow.
        ([table("rates", RATES, [(90, 1, 8000.0, 0.125, 0.003, 0.7)], outcome="stroke", dimensions=[])],
         ["1 event (stroke) was seen in 8 000 person-years.", "Stroke: 0.125 (0.003–0.700) per 1 000 person-years."]),
        # Many groups: the lowest and the highest.
        ([rates(*[(f"g{i}", 9, 9, 900.0, 10.0 + i, 5.0, 20.0) for i in range(9)])],
         ["81 events (stroke) were seen in 8 100 person-years.",
          "Stroke: lowest g0, 10.0 (5.0–20.0), and highest g8, 18.0 (5.0–20.0), per 1 000 person-years."]),
        ([FLOW], ["170 of 900 persons are in the study."]),
        ([], ["No number of this study can be shown."]),
    ],
)  # fmt: skip
def test_the_answer_is_said(tables: list[SafeTable], sentences: list[str]) -> None:
    assert of(*tables) == sentences


def test_the_main_table_compares_groups_where_the_study_has_one() -> None:
    overall = table("rates", RATES, [(170, 100, 16000.0, 6.25, 5.1, 7.6)], "rates", outcome="stroke", dimensions=[])
    by_group = table("rates", f"d {RATES}", [A, B], "rates_2", outcome="stroke", dimensions=["d"])
    assert of(overall, by_group)[1].startswith("Stroke: A 5.00 (3.60–6.80) and B 7.50")


@pytest.mark.parametrize(
    ("method", "sentence"),
    [
        ("aalen_johansen", "Risk of stroke within 5 years: A 10.0 % (8.0–12.0)."),
        ("kaplan_meier", "Share without stroke after 5 years: A 10.0 % (8.0–12.0)."),
    ],
)
def test_risks_are_said_for_the_last_day_that_all_groups_have(method: str, sentence: str) -> None:
    rows = [
        ("A", "stroke", 365, 90, 0.05, 0.04, 0.06),
        ("A", "stroke", 1826, 50, 0.1, 0.08, 0.12),
        ("A", "stroke", 3652, *[WHY] * 4),
    ]
    one = table(
        "risks", "d cause day at_risk estimate low high", rows, outcome="stroke", dimensions=["d"], method=method
    )
    assert of(one) == [sentence]


@pytest.mark.parametrize(
    ("code", "infarction", "death"),
    [
        ("en", ("Myocardial infarction, age-standardised, per 100 000 person-years: females 126 (121–132) in 2012 and "
                "91 (87–97) in 2023; males 235 (227–243) in 2012 and 163 (157–170) in 2023."),
         "Death within 30 days, %: 9.2 (8.7–9.7) in 2012 and 5.5 (5.1–5.9) in 2023."),
        ("nb", ("Myocardial infarction, aldersstandardisert, per 100 000 personår: kvinner 126 (121–132) i 2012 og "
                "91 (87–97) i 2023; menn 235 (227–243) i 2012 og 163 (157–170) i 2023."),
         "Death within 30 days, %: 9,2 (8,7–9,7) i 2012 og 5,5 (5,1–5,9) i 2023."),
    ],
)  # fmt: skip
def test_an_incidence_is_said_over_time(code: str, infarction: str, death: str) -> None:
    view = ReportView(answer=made.incidence_answer(), study=made.incidence_study(), language=code)
    assert said(view) == [infarction, death]


def test_the_sentence_with_the_result_is_the_main_one() -> None:
    view = made.view(CHECKED)
    found = answer_sentences(view, writer("en", view.study))
    assert [sentence.main for sentence in found] == [False, True, False, False]
    assert found[1].text.startswith("Heart failure: SGLT2 5.12")


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (1826, "5 years"),
        (1825, "5 years"),
        (365, "1 year"),
        (366, "1 year"),
        (30, "30 days"),
        (1, "1 day"),
        (500, "500 days"),
    ],
)
def test_spans(days: float, words: str) -> None:
    assert span(days, writer("en", None)) == words


# ---------------------------------------------------------------- the strip
def strip(one: SafeAnswer, code: str = "en") -> dict[str, tuple[str, str]]:
    view = ReportView(answer=one, language=code)
    return {fact.label: (fact.value.replace("\u202f", " "), fact.remark) for fact in facts(view, writer(code, None))}


def test_the_strip() -> None:
    assert strip(made.answer()) == {
        "Persons": ("71 201", ""),
        "Person-years": ("982 294", ""),
        "Events": ("7 055", "heart failure"),
        "Data": ("population@3, npr@3, lmr@3", "complete to 31 December 2024"),
        "Lane": ("Checked", "numbers hidden: 20"),
        "Study digest": ("9f2c4e5ab19f", "its identity; in full under Provenance"),
    }


def test_a_sum_with_a_hidden_part_is_hidden() -> None:
    assert strip(answer(rates(A, HIDDEN)))["Events"] == ("•", "(hidden)")
    assert strip(answer(rates(A, HIDDEN)))["Person-years"] == ("16 000", "")


def test_an_unknown_language_is_refused_by_name() -> None:
    with pytest.raises(LanguageError, match="en or nb, not in 'nn'"):
        language("nn")


def test_an_estimate_is_not_torn_from_its_interval() -> None:
    assert joined("2.2 % (2.1–2.5), 0.69 (−0.1 to 2) and groups (3)") == (
        "2.2\u00a0%\u00a0(2.1–\u20602.5), 0.69\u00a0(−0.1 to 2) and groups (3)"
    )
