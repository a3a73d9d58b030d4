"""Words, windows and need: every operation can be told in both languages, and the text stays as short as the study."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from tests.study.anything import asking, operations, smallest

from helseanalyse import Study, days, interval, years
from helseanalyse.catalogue.read import norway
from helseanalyse.registries import lmr, npr, population
from helseanalyse.study import nodes
from helseanalyse.study.calendar import place_of
from helseanalyse.study.check import check, need
from helseanalyse.study.describe import Describer, uses
from helseanalyse.study.naming import code_of
from helseanalyse.study.need import years as years_read
from helseanalyse.study.node import Rows
from helseanalyse.study.phrases import PHRASES
from helseanalyse.study.types import DATE, INT
from helseanalyse.study.windows import windows
from helseanalyse.study.words import words


@pytest.mark.parametrize("op", sorted(nodes.OPERATIONS))
def test_every_operation_can_be_told(op: str) -> None:
    @settings(max_examples=8)
    @given(operations(nodes.OPERATIONS[op]))
    def told(node: nodes.Node) -> None:
        for language in ("en", "nb"):
            text = Describer(norway(), language, None, uses([node])).node(node)
            assert text
            assert "Table(" not in text
        assert len(code_of(node)) <= 72

    told()


def test_every_phrase_is_in_both_languages_with_the_same_words() -> None:
    import re

    for key, (english, norwegian) in PHRASES.items():
        words_of = [sorted(re.findall(r"\{(\w+)\}", text)) for text in (english, norwegian)]
        assert words_of[0] == words_of[1], key


def doubled(times: int) -> nodes.Series:
    series: nodes.Series = nodes.Count(npr.where(npr.urgency == "planned", npr.sector == "somatic").node)
    for _ in range(times):
        series = nodes.Arithmetic("+", series, series)
    return series


def test_a_study_whose_parts_are_shared_is_told_in_as_many_words_as_it_has_parts() -> None:
    spec = asking(doubled(60))
    told = words(spec, norway())
    assert sum(map(len, told)) < 60_000
    assert check(spec, norway())  # and checked, in no time
    assert need(spec, norway())
    assert len(repr(spec)) < 10_000


def test_a_study_of_a_whole_population_has_no_windows() -> None:
    assert windows(smallest()) == ()


DAY0 = npr.admitted_on.min()


@pytest.mark.parametrize(
    ("value", "anchor", "far"),
    [
        (DAY0, "day0", 0),
        (DAY0 - years(5), "day0", -1826),
        (DAY0 + days(30) - days(5), "day0", 25),
        (interval.start, "interval", 0),
        (population.died_on, None, None),
        (DAY0 + days(npr.count()), None, None),
    ],
)
def test_where_a_date_lies(value: Any, anchor: str | None, far: int | None) -> None:
    place = place_of(value.node, DAY0.node)
    assert (place.anchor if place else None, place.days if place else None) == (anchor, far)


def study_with(rows: Any) -> Any:
    study = Study("A study", start="2015-01-01", end="2020-12-31")
    study.index(lmr.dispensed_on.min())
    study.exclude("something", rows.exists())
    study.flow()
    return study.specification()


LMR0 = lmr.dispensed_on.min()


@pytest.mark.parametrize(
    ("rows", "first", "last"),
    [
        (npr.where(npr.admitted_on >= LMR0 - years(5), npr.admitted_on < LMR0), 2010, 2020),
        (npr.where(npr.admitted_on.between(LMR0 - years(2), LMR0 - years(1))), 2013, 2019),
        (npr.where(npr.admitted_on.between("2012-01-01", "2013-12-31")), 2012, 2013),
        (npr.where("2012-01-01" <= npr.admitted_on), 2012, 2020),  # noqa: SIM300 - written the other way round
        (npr, 2008, 2020),
        (npr.where(npr.admitted_on >= LMR0 - years(50)), 2008, 2020),  # no year before the registry began
    ],
)
def test_which_years_of_a_registry_are_read(rows: Any, first: int, last: int) -> None:
    assert years_read(study_with(rows), norway())["npr"] == (first, last)


def test_the_need_names_tie_breakers_and_the_dates_of_rows_that_are_only_counted() -> None:
    study = Study("A study", start="2015-01-01", end="2020-12-31")
    first = npr.first(by=npr.admitted_on)
    study.index(first.admitted_on)
    study.require("planned", first.urgency == "planned")
    study.variable("dispensings", lmr.where(lmr.packs > 0).count())
    study.flow()
    found = need(study.specification(), norway())
    assert {"npr.episode.urgency", "npr.episode.admitted_on", "lmr.dispensing.dispensed_on"} <= found
    assert "population.person.born_on" not in found  # nothing asks for an age
    assert "population.person.sex" not in found


def test_the_need_of_a_trend_by_sex_and_age() -> None:
    study = Study("A study", start="2015-01-01", end="2020-12-31")
    study.prevalence("in hospital", npr.where(npr.admitted_on < interval.start).exists(), by=["sex", "age"])
    found = need(study.specification(), norway())
    assert {"population.person.sex", "population.person.born_on"} <= found


def test_the_need_of_another_catalogue_needs_that_catalogue() -> None:
    table = nodes.Table("elsewhere", "visit", nodes.Grain.EVENT if hasattr(nodes, "Grain") else npr.node.grain, "day")
    spec = asking(nodes.Aggregate("min", nodes.Column(table, "day", DATE)))
    assert need(spec) == {"elsewhere.visit.day"}


def test_an_age_is_called_an_age() -> None:
    teller = Describer(norway(), "nb", None, uses([]))
    assert teller.node(population.age_on("2020-01-01").node) == "alder på 1. januar 2020"
    assert teller.node((population.died_on - population.born_on).years.node) == "alder på dødsdato"


def test_rows_are_told_with_the_labels_of_the_catalogue() -> None:
    teller = Describer(norway(), "en", None, uses([]))
    rows: Rows = npr.where(npr.urgency == "planned").node
    assert teller.node(nodes.Count(rows)) == 'the number of episode (NPR) where urgency is "planned"'
    assert teller.node(nodes.Constant(date(2020, 5, 3), DATE)) == "3 May 2020"
    assert teller.node(nodes.Constant(3, INT)) == "3"
