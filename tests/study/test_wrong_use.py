"""Everything that one can hand to the language by mistake is told in its own words, never as an error of Python's."""

from __future__ import annotations

from typing import Any

import pytest
from tests.study.test_messages import ENGLISH, QUOTED

import helseanalyse
from helseanalyse import Study, StudyError, collecting
from helseanalyse import registries as shipped

NAMES: dict[str, Any] = {name: getattr(helseanalyse, name) for name in helseanalyse.__all__}
NAMES |= {name: getattr(shipped, name) for name in shipped.__all__}
NAMES["S"] = lambda: Study("A", start="2015-01-01", end="2020-12-31")

WRONG = [
    'npr.first(by="admitted_on")',
    'npr.sort_by("admitted_on")',
    'npr.where("x")',
    'npr.where(npr)',
    'npr.where(None)',
    'npr.where()',
    'S().index("2015-01-01")',
    'S().index(npr)',
    'S().index(3)',
    'S().require("x", True)',
    'S().require(npr.exists(), "x")',
    'S().variable("x", 3)',
    'S().variable(3, npr.count())',
    'S().exposure("x", {"a": 3})',
    'S().exposure("x", ["a"])',
    'S().exposure("x", {})',
    'S().exposure("x", since="2015-01-01")',
    'S().exposure("x", since=npr.admitted_on)',
    'S().exposure("x", periods=npr)',
    'S().exposure("x", periods=npr.admitted_on)',
    'S().outcome("x", npr)',
    'S().outcome("x", npr.count())',
    'S().follow(until=population.died_on)',
    'S().follow(until=[npr])',
    'S().follow(until=None)',
    'S().rates(npr.count())',
    'S().table_one(by=npr.count())',
    'S().survival("x", at=["a"])',
    'S().incidence("x", npr, washout=days(3))',
    'S().incidence("x", npr.admitted_on, washout="a")',
    'S().trend("x", npr, npr.exists())',
    'S().trend("x", npr.admitted_on, npr.exists())',
    'S().expects("x")',
    'S().expects(person(foo=3))',
    'S().expects(person(born_on="1960-01-01", episode=3))',
    'S().expects(person(born_on="1960-01-01", episode=("2015-01-01",)*50))',
    'S().pin(npr="x")',
    'S().charlson(npr.admitted_on.min(), npr)',
    'S().charlson("2015-01-01", npr.any_diagnosis)',
    'S().comorbidities(npr.admitted_on.min(), npr.any_diagnosis, groups="demetia")',
    'Study("A", start=3, end="2020-12-31")',
    'Study("A", start="2020-12-31", end="2015-01-01")',
    'Study(3, start="2015-01-01", end="2020-12-31")',
    'npr.admitted_on - 3',
    'npr.admitted_on - "x"',
    'npr.admitted_on - npr.count()',
    '3 - npr.admitted_on',
    'npr.admitted_on + npr.admitted_on',
    'days("3")',
    'days(3.5)',
    'npr.count() + "a"',
    'npr.count() + None',
    'npr.count() > None',
    'npr.count().between(None, 3)',
    'npr.count() == "a"',
    'npr.admitted_on.is_in(3)',
    'npr.admitted_on.is_in(["x"])',
    'npr.admitted_on.is_in([None])',
    'npr.urgency.is_in(["planed"])',
    'npr.main_diagnosis.within("I21")',
    'npr.main_diagnosis.within(["I21"])',
    'npr.main_diagnosis.is_in(["I21"])',
    'npr.main_diagnosis.to_category({"a": "I21"})',
    'npr.main_diagnosis.to_category(["a"])',
    'icd10(21)',
    'icd10(None)',
    'icd10("I21-")',
    'icd10("-")',
    'icd10("*")',
    'icd10("")',
    'icd10("I21") | "I22"',
    'icd10("I21") - 3',
    'icd10("I21") | icpc2("K75")',
    'min_of(3, 4)',
    'min_of(npr, npr.count())',
    'case()',
    'case(3)',
    'case(when(3).then(4))',
    'case(when(npr.exists()).then(npr))',
    'case(when(npr.exists()))',
    'npr.count().map(3)',
    'npr.count().map({"a": 3})',
    'npr.look_up(npr)',
    'npr.look_up(3)',
    'npr.look_up(population.residence.municipality, max_age="x")',
    'npr.look_up(population.residence.municipality, how="x")',
    'npr.near(3, days=(1,2))',
    'npr.near(lmr, days=3)',
    'npr.near(lmr, days=("a","b"))',
    'npr.near(lmr, days=(-30,-1)).sum(3)',
    'npr.nth(0)',
    'npr.nth("a", by=npr.admitted_on)',
    'npr.previous(npr.admitted_on)',
    'npr.sort_by(npr.admitted_on).previous(3)',
    'population.mother.of(3)',
    'population.mother.of(npr.admitted_on)',
    'population.age_on(3)',
    'population.age_on(npr)',
    'population.resident_throughout("2015-01-01", "x")',
    'population.residence.union(3)',
    'population.residence.union(npr)',
    'population.residence.clip(3, 4)',
    'population.residence.shift(3)',
    'population.residence.shift(years(1))',
    'population.residence.covers(npr.admitted_on)',
    'supply(lmr, lmr.ddd)',
    'supply(lmr.dispensed_on, lmr.atc)',
    'supply(lmr.dispensed_on, npr.count(), grace="x")',
    'supply(lmr.dispensed_on, lmr.ddd, minimum=0)',
    'spans(npr)',
    'spans(3, 4)',
    'npr.admitted_on.episodes(max_gap="x")',
    'npr.admitted_on.count_episodes(npr.count())',
    'npr.admitted_on.count_episodes(days(npr.count()))',
    'npr.foo',
    'npr.exists().sum()',
    'npr.count().any()',
    'bool(npr)',
    'npr == npr',
    'npr < 3',
    'npr + 1',
    '-npr',
    'npr.count() ** None',
    '1 < npr.count() < 3',
    'not npr.exists()',
    'npr.exists() and npr.exists()',
    'npr.exists() & 1',
    '1 & npr.exists()',
    'npr.exists() | npr',
    '~npr',
    'sum(npr.count())',
    'max(npr.admitted_on, npr.discharged_on)',
    'sorted(npr)',
]  # fmt: skip


@pytest.mark.parametrize("text", WRONG)
def test_wrong_use_is_told(text: str) -> None:
    with pytest.raises(StudyError, match=r"^S0\d\d "):
        eval(text, dict(NAMES))


@pytest.mark.parametrize("text", WRONG)
def test_wrong_use_is_collected_and_the_study_goes_on(text: str) -> None:
    with collecting() as problems:
        eval(text, dict(NAMES))
    assert problems
    for problem in problems:
        assert ENGLISH.findall(QUOTED.sub("", problem.what("nb"))) == []
