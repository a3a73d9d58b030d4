"""The load report: every number of the account on one page, and nobody's value."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from tests.vault.small import Folder, Loaded, Person, code, drug, hospital, hospital_folder, many, offset, stay

from helseanalyse.vault.load import TooMuchSetAsideError
from helseanalyse.vault.report import bars, page_of, shown

DAY = date(2015, 3, 1)


@pytest.fixture
def page(loaded: Loaded, tmp_path: Path) -> str:
    rows = many(60)
    rows["stays"] += [stay(1, 900, DAY, level=7), stay(2, 901, date(1949, 1, 1)), *([stay(3, 902, DAY)] * 7)]
    rows["drugs"] += [drug(1, DAY, "37622")] * 6 + [drug(2, DAY, "A10BA02", "secret ward")]
    rows["codes"] += [code(4, 999, "I21")]
    folder = hospital_folder(tmp_path / "d", **rows)
    Folder(folder).add("lmr_66.csv", "lopenr;dager;atc4;navn", [(Person.nth(3).key, offset(DAY), "C10AA", "x")])
    (folder / "readme.txt").write_text("hello", encoding="utf-8")
    report = loaded.load(hospital(), folder)
    assert report.page == loaded.path / "reports" / "hospital@1.html"
    return report.page.read_text(encoding="utf-8")


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page[page.index("<main>") :])))


def test_the_page_tells_the_whole_account(page: str) -> None:
    text = text_of(page)
    for told in (
        "Sykehus hospital@1 loaded",
        "linked to people@1",
        "stay 69 63 6 0 0 0.0 %",  # delivered, loaded, duplicates, other systems, set aside
        "drug 68 62 0 0 6 8.8 %",
        "drug code has no form of its system: atc 6",
        "stay level: not a level of the category <5",
        "drug packs: number cannot be read <5",
        "stay.any_diagnosis the row that it belongs to is not there: any_diagnosis <5",
        "stay.admitted_on is before birth <5",
        "Nothing in the catalogue asks for: readme.txt",
        "Without: packs. Not used: navn.",
        "Hoved main_diagnosis",
    ):
        assert told in text, told


def test_the_page_holds_nobodys_value(page: str) -> None:
    assert "secret ward" not in page
    assert "37622" not in page
    assert not any(Person.nth(n).number in page or f">{Person.nth(n).key}<" in page for n in range(30))
    # No count of one to four anywhere: neither in a table nor in a chart.
    assert not re.search(r'<td class="n">[1-4]</td>', page)
    assert not re.search(r"<title>\d{4}: [1-4]</title>", page)


def test_the_page_needs_nothing_but_itself(page: str) -> None:
    assert not re.search(r'(src|href)="', page)
    assert "<script" not in page
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page
    assert page.count("<h1>") == 1


SEX = "sex: {kind: category, label: {nb: K, en: S}, levels: {female: {nb: K, en: F}, male: {nb: M, en: M}}}"
CHILD = "child: {kind: person, label: {nb: Barn, en: Child}}"


@pytest.mark.parametrize(("second_person", "counted"), [(False, 3), (True, 0)])
def test_another_sex_than_the_populations_is_counted(
    loaded: Loaded, tmp_path: Path, second_person: bool, counted: int
) -> None:
    more = f"      {SEX}\n" + (f"      {CHILD}\n" if second_person else "")
    registry = hospital(**{"      packs: {": more + "      packs: {"})
    folder = hospital_folder(tmp_path / "d", [stay(1, 1, DAY)])
    sexes = [("female" if (Person.nth(n).sex == "1") == (n < 3) else "male") for n in range(9)]
    columns = "lopenr;dager;atc5;pakn;sex;child"
    rows = [(*drug(n, DAY, "A10BA02"), sexes[n], Person.nth(n + 1).key) for n in range(9)]
    report = loaded.load(registry, Folder(folder).add("lmr_2020.csv", columns, rows).path)
    assert report.conflicts.get("drug.sex is not that of the population", 0) == counted


def test_names_are_escaped(loaded: Loaded, tmp_path: Path) -> None:
    folder = hospital_folder(tmp_path / "d", **many(20))
    (folder / "<b>bold.txt").write_text("x", encoding="utf-8")
    report = loaded.load(hospital(), folder)
    assert report.page is not None
    assert "&lt;b&gt;bold.txt" in report.page.read_text(encoding="utf-8")


def test_a_stopped_load_has_a_page_too(loaded: Loaded, tmp_path: Path) -> None:
    strict = hospital(**{"quarantine_share: 0.5": "quarantine_share: 0"})
    with pytest.raises(TooMuchSetAsideError, match="Too much of this delivery") as stopped:
        loaded.load(strict, hospital_folder(tmp_path / "d", [stay(1, 1, DAY)], drugs=[drug(1, DAY, "37622")]))
    page = page_of(stopped.value.report, strict, loaded=False)
    assert "stopped, nothing was loaded" in page
    assert "code has no form of its system: atc" in page


def test_years_with_few_rows_are_drawn_alike() -> None:
    drawn = bars({2010: 1, 2011: 4, 2013: 100})
    assert [(bar.year, bar.rows, bar.height) for bar in drawn] == [
        (2010, "<5", 6.0),
        (2011, "<5", 6.0),
        (2013, "100", 120.0),
    ]
    assert drawn[2].x > 2 * drawn[1].x  # 2012 is a gap
    assert bars({}) == []


@pytest.mark.parametrize(("count", "text"), [(0, "0"), (1, "<5"), (4, "<5"), (5, "5"), (12345, "12\u202f345")])
def test_counts_below_five_are_not_told(count: int, text: str) -> None:
    assert shown(count) == text
