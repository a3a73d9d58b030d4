"""Trends by bits and person by interval: the same numbers, and one set of scans for any number of intervals."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlglot import exp
from tests.engine.agree_compare import differences
from tests.engine.agree_duckdb import Registers
from tests.engine.fast_studies import CATALOGUE, random_registers, study_of

from helseanalyse.engine import reference, trend
from helseanalyse.engine.intervals import WORD
from helseanalyse.engine.plan import Plan

LAST = date(2019, 12, 31)

TRENDS = {
    "residents with a stay": """
here = npr.where(npr.admitted_on.between(interval.start, interval.end))
study.trend("stays", here.exists(), population.resident_on(interval.start), every="{every}", by=["sex", "age"],
            age_bands=(0, 40, 60), {range})
""",
    "stays, counted": """
here = npr.where(npr.any_diagnosis.within(icd10("I21", "E11")), npr.admitted_on.between(interval.start, interval.end))
study.trend("stays", here.count(), population.resident_on(interval.start), every="{every}", by="sex", {range})
""",
    "users in the year before": """
year = lmr.where(lmr.atc.within(atc("A10B")), lmr.dispensed_on.between(interval.start - years(1), interval.end))
study.trend("users", year.exists(), population.resident_on(interval.start), every="{every}", {range})
""",
    "adults, not users": """
adult = population.age_on(interval.start) >= 50
ever = lmr.where(lmr.dispensed_on < interval.start).exists()
study.trend("adults", ~ever & adult, (population.sex == "male") | adult, every="{every}", by="sex", {range})
""",
    "in care, or dead, or unknown": """
gone = population.died_on <= interval.end
study.trend("gone", gone.if_null(False), ~(population.died_on < interval.start).is_null(), every="{every}", {range})
""",
    "a number that does not change": """
study.trend("stays", npr.count(), population.resident_on(interval.start), every="{every}", by="sex", {range})
""",
}
RANGES = {
    "quarters": {"every": "quarter", "range": 'first="2012-02-15", last="2013-12-31"'},
    "more months than a word has bits": {"every": "month", "range": 'first="2013-01-01", last="2019-12-31"'},
}


@pytest.fixture(scope="module")
def registers() -> dict[str, list[dict[str, Any]]]:
    return random_registers(seed=5, persons=50)


@pytest.mark.parametrize("range_", RANGES)
@pytest.mark.parametrize("name", TRENDS)
def test_both_ways_give_what_the_plain_engine_gives(
    name: str, range_: str, registers: dict[str, list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    study = study_of(TRENDS[name].format(**RANGES[range_]))
    wanted = reference.answer(study, reference.data(CATALOGUE, registers), LAST)
    assert wanted.results[0].numerator.sum() > 0
    with Registers(CATALOGUE, registers) as fast:
        assert "members" not in {step.name for step in fast.plan(study, LAST).steps}
        assert differences(wanted, fast.answer(study, LAST)) == []
        monkeypatch.setattr(trend, "_by_bits", _no_bits)
        assert "members" in {step.name for step in fast.plan(study, LAST).steps}
        assert differences(wanted, fast.answer(study, LAST)) == []


def _no_bits(at: object) -> list[str]:
    raise trend.NoMaskError


@pytest.mark.parametrize("name", TRENDS)
def test_two_hundred_intervals_take_the_scans_of_two(name: str) -> None:
    ends = ("2003-02-28", "2019-08-31")
    texts = [TRENDS[name].format(every="month", range=f'first="2003-01-01", last="{end}"') for end in ends]
    with Registers(CATALOGUE, {}) as fast:
        few, many = (fast.plan(study_of(text, "2003-01-01"), LAST) for text in texts)
    assert [step.name for step in few.steps] == [step.name for step in many.steps]
    assert _scans(few) == _scans(many) > 0
    assert WORD < 200  # so that more words do not mean more scans


def _scans(plan: Plan) -> int:
    """How often a table of a registry is read."""
    return sum(bool(table.db) for step in plan.steps for table in step.statement.find_all(exp.Table))
