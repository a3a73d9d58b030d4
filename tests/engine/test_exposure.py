"""Exposure episodes in the fast engine: the worked example of the method, and what the last day must not change."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from tests.engine.agree_compare import differences
from tests.engine.agree_duckdb import Registers
from tests.engine.fast_studies import CATALOGUE, study_of

from helseanalyse.engine import reference

DAY0 = date(2013, 1, 1)
LAST = date(2013, 12, 31)
DAYS = 'study.variable("exposed days", exposed.clip(stop="2013-12-31").covered_days())'

STUDY = """
day0 = study.index(npr.first(by=npr.admitted_on).admitted_on)
exposed = supply(lmr.dispensed_on, lmr.ddd, {rules})
{variable}
on = study.exposure("on", periods=exposed)
died = study.outcome("death", population.died_on)
study.follow(until=[study.end])
study.table_one({of})
study.rates(died, by=on)
study.survival(died, by=on)
"""


def registers(days: list[tuple[int, float]]) -> dict[str, list[dict[str, Any]]]:
    """One person, in the study from DAY0, with dispensings so many days later, for so many days."""
    return {
        "population.person": [{"pid": 1, "sex": "female", "born_on": date(1950, 1, 1)}],
        "population.residence": [{"pid": 1, "moved_in_on": date(2000, 1, 1)}],
        "npr.episode": [{"pid": 1, "admitted_on": DAY0}],
        "lmr.dispensing": [
            {"pid": 1, "dispensed_on": DAY0 + timedelta(days=day), "atc": "A10BA02", "ddd": ddd} for day, ddd in days
        ],
    }


@pytest.mark.parametrize(
    ("rules", "days"),
    [
        # Section 5 of methods: [0, 100) and [150, 180), and with a cap of 3 days [0, 58) and so on.
        ("grace=15, carry_over=True, lag=0", 130),
        ("grace=0, carry_over=True, lag=0", 120),
        ("grace=0, carry_over=True, cap=3, lag=0", 118),
        ("grace=0, lag=0", 115),
        ("grace=0, lag=0, extension=5", 130),
        ("grace=0, lag=0, minimum=2", 90),
        ("grace=0, lag=7", 115),
    ],
)
def test_the_worked_example_of_the_method(rules: str, days: int) -> None:
    rows = registers([(0, 30.0), (25, 30.0), (70, 30.0), (150, 30.0)])
    study = study_of(STUDY.format(rules=rules, variable=DAYS, of='of=["exposed days"]'))
    with Registers(CATALOGUE, rows) as fast:
        found = fast.answer(study, LAST)
    assert found.results[0].variables[0].values.tolist() == [days]
    assert differences(reference.answer(study, reference.data(CATALOGUE, rows), LAST), found) == []


@pytest.mark.parametrize("day", [364, 365, 375, 380, 381])
def test_a_dispensing_after_the_last_day_can_end_a_gap_before_it(day: int) -> None:
    """Supplied until day 350: with a grace of 30 days, one on day 380 makes the days in between exposed, on 381 not."""
    rows = registers([(0, 350.0), (day, 30.0)])
    study = study_of(STUDY.format(rules="grace=30, lag=0", variable="", of=""))
    with Registers(CATALOGUE, rows) as fast:
        found = fast.answer(study, LAST)
    assert differences(reference.answer(study, reference.data(CATALOGUE, rows), LAST), found) == []
    exposed = sum(
        days for pattern, days in zip(found.results[1].pattern, found.results[1].days, strict=True) if pattern
    )
    assert exposed == (365 if day <= 380 else 350)
