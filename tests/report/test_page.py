"""The page as a whole: valid, whole, safe to open anywhere, the same each time, small and quick."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from itertools import pairwise
from time import process_time

import pytest
from tests.report import made
from tests.report.pages import Reader, answer, read

from helseanalyse.disclosure.rules import CHECKED, OPEN
from helseanalyse.report.report import report_html
from helseanalyse.report.view import ReportView
from helseanalyse.study.codec import dump

SECTIONS = [
    "answer",
    "design",
    "flow",
    "table_one",
    "results",
    "methods",
    "codes",
    "disclosure",
    "provenance",
    "checklist",
]


@cache
def page(name: str) -> str:
    views = {
        "checked": lambda: made.view(CHECKED),
        "checked nb": lambda: made.view(CHECKED, "nb"),
        "open": lambda: made.view(OPEN),
        "incidence nb": lambda: ReportView(
            answer=made.incidence_answer(), study=made.incidence_study(), catalogue=made.norway(), language="nb"
        ),
        "no study": lambda: ReportView(answer=made.answer()),
        "nothing": lambda: ReportView(answer=answer(lane="open")),
    }
    return report_html(views[name]())


@cache
def reader(name: str) -> Reader:
    return read(page(name))


PAGES = ["checked", "checked nb", "open", "incidence nb", "no study", "nothing"]


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_valid(name: str) -> None:
    found = reader(name)
    assert found.problems == []
    ids = [attributes["id"] for _, attributes in found.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    inside = [link["href"][1:] for link in found.all("a") if link.get("href", "").startswith("#")]
    assert set(inside) <= set(ids)
    labelled = [attributes["aria-labelledby"] for _, attributes in found.elements if "aria-labelledby" in attributes]
    assert set(labelled) <= set(ids)
    assert len(found.all("h1")) == 1
    levels = [int(tag[1]) for tag, _ in found.elements if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_fetched_and_nothing_runs_but_what_the_page_brought(name: str) -> None:
    found = reader(name)
    for tag, attributes in found.elements:
        for key in ("src", "srcset", "href", "xlink:href", "action", "data", "poster", "background"):
            value = attributes.get(key, "")
            assert not value or value.startswith(("#", "data:application/json;base64,")), (tag, key, value)
        assert not [key for key in attributes if key.startswith("on")], (tag, attributes)
        # A style attribute would need a weaker policy than the one that the page has.
        assert "style" not in attributes, (tag, attributes)
        assert tag not in {"iframe", "object", "embed", "base", "link", "form", "img", "foreignobject", "use", "image"}
    styles = [text for tag, text in found.texts if tag == "style"]
    assert not re.search(r"url\(|@import|expression", "".join(styles))


@pytest.mark.parametrize("name", PAGES)
def test_the_policy_names_exactly_the_style_and_the_script_of_the_page(name: str) -> None:
    policy = next(m["content"] for m in reader(name).all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for tag, source in (("style", "style-src"), ("script", "script-src")):
        text = re.findall(rf"<{tag}>(.*?)</{tag}>", page(name), flags=re.DOTALL)
        assert len(text) == 1
        digest = base64.b64encode(hashlib.sha256(text[0].encode()).digest()).decode()
        assert f"{source} 'sha256-{digest}'" in policy


def test_sections_stand_in_the_order_of_a_reader() -> None:
    for name in ("checked", "checked nb"):
        ids = [a["id"] for tag, a in reader(name).elements if tag in ("section", "header") and a.get("id") in SECTIONS]
        assert ids == SECTIONS


def test_both_languages_have_the_same_parts() -> None:
    english, bokmal = (
        [(t, a.get("id"), a.get("class")) for t, a in reader(n).elements] for n in ("checked", "checked nb")
    )
    # Labels differ in how many lines they take, and so in elements of pictures: only the page itself is compared.
    drawn = {"text", "rect", "polygon", "line", "path", "circle", "svg"}
    assert [e for e in english if e[0] not in drawn] == [e for e in bokmal if e[0] not in drawn]
    assert reader("checked").all("html")[0]["lang"] == "en"
    assert reader("checked nb").all("html")[0]["lang"] == "nb"


def test_a_report_without_a_study_leaves_out_what_it_cannot_know() -> None:
    ids = {a.get("id") for _, a in reader("no study").elements}
    assert {"flow", "results", "provenance"} <= ids
    assert not {"design", "codes"} & ids


def test_an_answer_without_tables_says_so() -> None:
    assert "No number of this study can be shown." in reader("nothing").words


def test_equal_answers_give_equal_pages() -> None:
    assert report_html(made.view(CHECKED)) == page("checked")


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_small(name: str) -> None:
    assert len(page(name).encode()) < 1_000_000


def test_the_page_is_made_quickly() -> None:
    view = made.view(OPEN)
    report_html(view)
    began = process_time()
    report_html(view)
    assert process_time() - began < 1.5


def test_the_specification_can_be_saved_from_the_page() -> None:
    link = next(a["href"] for a in reader("checked").all("a") if a.get("download") == "study.json")
    assert base64.b64decode(link.removeprefix("data:application/json;base64,")).decode() == dump(made.study())


def test_what_can_be_copied_is_what_was_released() -> None:
    data = json.loads(re.search(r'<script type="application/json" id="tables">(.*?)</script>', page("checked"))[1])  # type: ignore[index]
    rates = next(table for table in made.answer().tables if table.id == "rates")
    assert data["rates"]["columns"][:3] == ["drug", "persons", "events"]
    assert data["rates"]["rows"] == [list(row) for row in rates.rows]
    hidden = [cell for row in data["counts"]["rows"] for cell in row if cell == "•"]
    assert len(hidden) == 4


def test_every_table_can_be_copied_or_names_its_file() -> None:
    shown = {a["data-table"] for a in reader("checked").all("table") if "data-table" in a}
    assert {"flow", "table_one", "rates", "rates_ratios", "rates_standardised", "rates_cells", "counts"} <= shown
    assert "tables/survival.csv" in reader("checked").words


def test_every_picture_says_what_is_seen() -> None:
    pictures = [a for a in reader("checked").all("svg") if a.get("aria-hidden") != "true"]
    assert len(pictures) == 2 * 7  # design, flow, rates, ratio, cells, two curves; each wide and narrow
    assert all(a["role"] == "img" and len(a["aria-label"]) > 10 for a in pictures)


def test_every_hidden_cell_tells_why() -> None:
    cells = [a for a in reader("checked").all("a") if "why" in a.get("class", "").split()]
    assert cells
    for cell in cells:
        assert cell["title"] in cell["aria-label"]
        assert cell["href"].startswith("#")


def test_the_banner_is_on_synthetic_data_only() -> None:
    assert "Synthetic data." in reader("checked").words
    real = report_html(ReportView(answer=made.answer(synthetic=False)))
    assert "Synthetic data." not in real


def test_what_no_one_stated_is_said_to_be_so() -> None:
    words = reader("checked").words
    for item in ("Limitations\nnot stated", "Funding\nnot stated", "Background and reasons\nMethods in words"):
        assert item in words
    bare = report_html(made.view(study=None))
    assert "Background and reasons\nnot stated" in read(bare).words


def test_provenance_holds_what_is_needed_to_check() -> None:
    words = reader("checked").words
    for held in (made.answer().digest, "HDS-2026-0114", "helseanalyse 0.1.0", "1a" * 32, "ab" * 32, "31 December 2024"):
        assert held in words


def test_rules_stand_with_number_and_source() -> None:
    words = reader("checked").words
    for rule in CHECKED.sources:
        assert f"{rule.name}\n{rule.value}\n{rule.says}\n{rule.source}" in words


def test_code_lists_stand_with_system_version_and_number() -> None:
    words = reader("checked").words
    assert "Heart failure\n4 codes · ICD-10 · these codes and all below them · version" in words
    assert "I11.0 I13.0 I13.2 I50" in words
