"""A study's own words are a stranger's: whatever they are, they are shown as words."""
# ruff: noqa: E501 - one table a line, so that they can be compared

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pytest
from tests.report import made
from tests.report.pages import RATES, read, table

from helseanalyse.disclosure.rules import CHECKED
from helseanalyse.report.clean import clean, script_json
from helseanalyse.report.figures import figures
from helseanalyse.report.fragment import answer_html
from helseanalyse.report.report import report_html
from helseanalyse.report.summary import summary_rows
from helseanalyse.report.view import ReportView
from helseanalyse.study.answer import DataVersion, Hidden, Rule, SafeAnswer
from helseanalyse.study.specification import Flow, Specification, Variable

ATTACKS = {
    "script": "</script><script>alert(1)</script>",
    "attribute": '" onload="alert(1)" x=\'y',
    "svg": "</text></svg><svg onload=alert(1)><image href=x onerror=alert(1)>",
    "style": "</style><style>body{display:none}</style>",
    "comment": "--><img src=x onerror=alert(1)><!--",
    "template": "{{ 7 * 7 }}{% raw %}{{ config }}",
    "format": "{0.__class__} {outcome} %s {",
    "css": '";} body::after{content:"owned',
    "cdata": "]]><script>alert(1)</script>",
    "right to left": "\u202e\u2067drow 001 \u2069",
    "arabic": "قصور القلب 123",
    "control": "a\x00b\x08c\x1b[31m\ud800\ufffe",
    "long word": "x" * 5000,
    "long": "heart failure " * 800,
    "line breaks": "a\nb\r\nc\u2028d",
    "empty": "",
    "path": "../../etc/passwd",
}


def study(text: str) -> Specification:
    return Specification(
        title=text, purpose=text, rationale=text, start=date(2020, 1, 1), end=date(2020, 12, 31), analyses=(Flow(),),
        variables=(Variable(name=text, value=made.study().variables[0].value, label=text),),
    )  # fmt: skip


def hostile(text: str) -> SafeAnswer:
    """Every text of an answer is the attack."""
    why = Hidden(text)
    tables = (
        table("flow", "step kind persons left_out", [(text, "universe", 900, None), (text, "exclude", 90, 810), (text, text, why, why)], text or "flow"),
        table("table_one", f"variable level statistic {' '.join('ab')} smd", [("persons", "", "n", 9, 9, None), (text, text, "n", 5, why, 0.2), (text, text, "percent", 5.0, why, None), (text + "2", text, "mean", 4.0, 4.0, None), (text + "2", text, "sd", 4.0, 4.0, None)], by=text),
        table("rates", f"d {RATES}", [(text, 90, 9, 900.0, 10.0, 5.0, 19.0), (text + "b", why, why, why, why, why, why)], outcome=text, dimensions=[text], per=1000),
        table("rate_ratios", "d against ratio low high", [(text, text + "b", 2.0, 1.0, 4.0)], "rates_ratios", outcome=text, dimensions=[text]),
        table("rates_cells", "d period age events person_years rate low high", [(text, text + str(i), text, 9, 900.0, 10.0, 5.0, 19.0) for i in range(6)], "rates_cells", outcome=text, dimensions=[text]),
        table("curve", "d cause day at_risk events estimate low high", [(text, text, d, 90, 9, d / 9000, d / 9900, d / 8000) for d in (1, 500, 900)], "survival", outcome=text, dimensions=[text], method="aalen_johansen", shape="step"),
        table("risks", "d cause day at_risk estimate low high", [(text, text, 365, 90, 0.1, 0.05, 0.2)], "survival_risks", outcome=text, dimensions=[text], method="aalen_johansen"),
        table("trend", "period start d numerator denominator ratio:% low high", [(text + str(i), text, text, 9, 90, 10.0, 5.0, 19.0) for i in range(3)], text + "t", dimensions=[text], unit=text),
        table("counts", "d persons percent:%", [(text, 9, 100.0)], text + "c", dimensions=[text]),
        table(text, "d persons", [(text, 9)], text + "z"),
    )  # fmt: skip
    tables = tuple(replace(one, title=text, notes=(text,)) for one in tables)
    return SafeAnswer(
        title=text, digest=text, lane="checked", tables=tables, permit=text, software=text,
        data=(DataVersion(registry=text, version=1, sha256=text, complete_to=None, label=text),),
        rules=(Rule(name=text, says=text, value=text, source=text),),
    )  # fmt: skip


def written(text: str) -> list[tuple[str, str]]:
    answer = hostile(text)
    view = ReportView(answer=answer, study=None, reasons={text: text})
    with_study = ReportView(answer=made.answer(), study=replace(made.study(), title=text, purpose=text, rationale=text))
    return [("report", report_html(view)), ("with study", report_html(with_study)), ("notebook", answer_html(answer))]


@pytest.mark.parametrize("name", ATTACKS)
def test_hostile_text_is_shown_as_text(name: str) -> None:
    for place, page in written(ATTACKS[name]):
        found = read(page)
        assert found.problems == [], place
        scripts = {"report": 3, "with study": 3, "notebook": 0}[place]
        assert len(found.all("script")) == scripts
        assert len(found.all("style")) == 1
        for tag, attributes in found.elements:
            assert tag not in {"img", "image", "iframe", "object"}, (place, tag)
            assert not [key for key in attributes if key.startswith("on")], (place, tag, attributes)
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", page), place
        page.encode("utf-8")


def test_the_texts_do_arrive() -> None:
    words = read(report_html(ReportView(answer=hostile("Bobby <b>Tables</b> & Søn")))).words
    assert words.count("Bobby <b>Tables</b> & Søn") > 20


@pytest.mark.parametrize("name", ATTACKS)
def test_files_of_pictures_are_valid_xml_and_stay_in_their_folder(name: str) -> None:
    for path, content in figures(hostile(ATTACKS[name])).items():
        assert re.fullmatch(r"figures/[a-z0-9-]{1,70}\.svg", path), path
        root = ElementTree.fromstring(content)
        tags = {element.tag.rpartition("}")[2] for element in root.iter()}
        assert tags <= {"svg", "title", "rect", "text", "line", "polygon", "circle", "path"}, tags
        assert not [key for element in root.iter() for key in element.attrib if key.startswith("on") or "href" in key]


@pytest.mark.parametrize("name", ATTACKS)
def test_rows_for_a_terminal_hold_no_control_signs(name: str) -> None:
    for row in summary_rows(hostile(ATTACKS[name])):
        for cell in row:
            assert cell == clean(cell)


@pytest.mark.parametrize("name", ATTACKS)
def test_data_inside_a_script_cannot_end_it(name: str) -> None:
    written = script_json({ATTACKS[name]: [ATTACKS[name], None, 1.5]})
    assert not re.search("[<>&\u2028\u2029]", written)
    if "\ud800" not in ATTACKS[name]:
        assert json.loads(written) == {ATTACKS[name]: [ATTACKS[name], None, 1.5]}


def test_a_study_with_hostile_names_in_its_specification() -> None:
    for name in ("script", "svg", "template", "right to left", "long word"):
        view = ReportView(answer=made.answer(), study=study(ATTACKS[name]), catalogue=made.norway())
        found = read(report_html(view))
        assert found.problems == []
        assert len(found.all("script")) == 3


def test_variables_may_be_called_like_measures() -> None:
    """Dimensions are sought from the left and measures from the right."""
    rows = [("a", "b", 90, 9, 900.0, 10.0, 5.0, 19.0), ("c", "d", 80, 8, 800.0, 11.0, 6.0, 20.0)]
    one = table("rates", f"rate low {RATES}", rows, outcome="stroke", dimensions=["rate", "low"], per=1000)
    shown = summary_rows(SafeAnswer(title="", digest="", lane="open", data=(), tables=(one,)))
    assert [list(row) for row in shown[1:]] == [
        ["a", "b", "90", "9", "900.0", "10.0 (5.0–19.0)"],
        ["c", "d", "80", "8", "800.0", "11.0 (6.0–20.0)"],
    ]


def test_the_checked_profile_of_the_test_answers_hides_something() -> None:
    assert sum(sum(one.hidden().values()) for one in made.answer(CHECKED).tables) > 10
