"""What each kind of table shows and hides, on counts small enough to check by hand."""

from datetime import date
from math import isclose

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helseanalyse.disclosure.counts import safe_counts, safe_flow
from helseanalyse.disclosure.curves import safe_curve
from helseanalyse.disclosure.rates import safe_rates
from helseanalyse.disclosure.rules import CHECKED, OPEN, Rules
from helseanalyse.disclosure.safe import disclose
from helseanalyse.disclosure.table_one import safe_table_one
from helseanalyse.disclosure.trends import safe_trend
from helseanalyse.study.answer import (
    Dimension,
    Hidden,
    RawAnswer,
    RawCategorical,
    RawCounts,
    RawCurve,
    RawFlow,
    RawNumeric,
    RawRates,
    RawTableOne,
    RawTrend,
    SafeTable,
)
from helseanalyse.study.nodes import Constant
from helseanalyse.study.specification import Intervals, Rates, Specification, Survival, Trend
from helseanalyse.study.types import BOOL

STUDY = Specification(title="t", start=date(2010, 1, 1), end=date(2019, 12, 31))
DRUG = Dimension("drug", ("SGLT2", "DPP-4", None))
HIDDEN = object()


def ints(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def column(table: SafeTable, name: str) -> list[object]:
    place = [heading.name for heading in table.columns].index(name)
    return [HIDDEN if isinstance(row[place], Hidden) else row[place] for row in table.rows]


def test_a_flow_hides_a_step_at_which_two_persons_left() -> None:
    raw = RawFlow(
        "flow", ("Residents", "First dispensing", "Aged 40"), ("universe", "index", "require"), ints(900, 302, 300)
    )
    table = safe_flow(raw, CHECKED)
    assert column(table, "persons") == [900, HIDDEN, 300]
    assert column(table, "left_out") == [None, HIDDEN, HIDDEN]
    assert column(safe_flow(raw, OPEN), "left_out") == [None, 598, 2]


def test_counts_leave_out_unknown_where_nobody_is_and_hide_behind_the_next_smallest() -> None:
    raw = RawCounts("counts", (DRUG, Dimension("sex", ("female", "male"))), np.array([[3, 40], [60, 50], [0, 0]]))
    table = safe_counts(raw, CHECKED)
    assert [row[:2] for row in table.rows] == [
        ("SGLT2", "female"),
        ("SGLT2", "male"),
        ("DPP-4", "female"),
        ("DPP-4", "male"),
    ]
    assert column(table, "persons") == [HIDDEN, HIDDEN, 60, 50]


def rates_of(
    events: list[int], days: list[int], persons: list[int], rules: Rules, **asked: object
) -> tuple[SafeTable, ...]:
    """Groups SGLT2 and DPP-4, one year, ages 50 and 60: events and days by group and age."""
    raw = RawRates(
        id="rates", outcome="heart failure", dimensions=(DRUG,), pattern=ints(0, 0, 1, 1), year=ints(*[2015] * 4),
        age=ints(50, 60, 50, 60), days=ints(*days), events=ints(*events), persons=ints(*persons, 0),
    )  # fmt: skip
    analysis = Rates(id="rates", outcome="heart failure", by=("drug", *asked.pop("by", ())), **asked)  # type: ignore[arg-type, misc]
    return safe_rates(raw, analysis, STUDY, rules)


def test_rates_are_events_over_person_years_with_exact_limits() -> None:
    groups, ratios = rates_of([12, 8, 30, 10], [73050] * 4, [400, 400], CHECKED)
    assert column(groups, "person_years") == [400.0, 400.0]
    assert column(groups, "rate") == [50.0, 100.0]
    assert [round(x, 3) for x in column(groups, "low")] == [30.541, 71.441]  # 20 events: 12.2165 to 30.8884
    assert column(ratios, "ratio") == [2.0]


def test_few_events_hide_the_rate_and_the_next_smallest_group_with_it() -> None:
    groups, ratios = rates_of([2, 1, 30, 10], [73050] * 4, [400, 400], CHECKED)
    assert column(groups, "events") == [HIDDEN, HIDDEN]  # the total over groups is taken as known
    assert column(groups, "rate") == [HIDDEN, HIDDEN]
    assert column(groups, "person_years") == [400.0, 400.0]
    assert column(ratios, "ratio") == [HIDDEN]


def test_cells_of_a_group_are_hidden_against_its_total() -> None:
    _, cells, _ = rates_of([2, 20, 30, 10], [73050] * 4, [400, 400], CHECKED, by=("age",), age_bands=(50, 60))
    assert cells.kind == "rates_cells"
    assert column(cells, "events") == [HIDDEN, HIDDEN, 30, 10]


def test_person_time_of_too_few_persons_is_hidden_with_a_companion() -> None:
    # 1,000 days at 50-59: one person can spend 3,652 there, so it may be one person.
    _, cells, _ = rates_of(
        [0, 20, 30, 10], [1000, 73050, 73050, 73050], [400, 400], CHECKED, by=("age",), age_bands=(50, 60)
    )
    assert column(cells, "person_years") == [HIDDEN, HIDDEN, 200.0, 200.0]


def test_standardised_rates_match_the_worked_example() -> None:
    raw = RawRates(
        id="r", outcome="death", dimensions=(), pattern=ints(0, 0), year=ints(2015, 2015), age=ints(30, 60),
        days=ints(146100, 109575), events=ints(8, 20), persons=ints(900),
    )  # fmt: skip
    asked = Rates(id="r", outcome="death", age_bands=(0, 45), standard="nordic-2000", per=1000)
    standardised = safe_rates(raw, asked, STUDY, OPEN)[-1]
    weight = sum([5900, 6600, 6200, 5800, 6100, 6800, 7300, 7300, 7000]) / 100_000
    (rate,) = column(standardised, "rate")
    assert isclose(rate, 1000 * (weight * 8 / 400 + (1 - weight) * 20 / 300), rel_tol=1e-12)  # type: ignore[arg-type]


AGES = RawNumeric(
    "age", "years", 1.0, ints(*range(40, 60)), np.column_stack([np.full(20, 10), np.full(20, 2)]), ints(0, 3)
)
SEX = RawCategorical("sex", ("female", "male", None), np.array([[100, 22], [100, 21], [0, 0]]))
STROKE = RawCategorical("stroke", ("no", "yes", None), np.array([[197, 0], [3, 43], [0, 0]]))
TABLE_ONE = RawTableOne("t1", "drug", ("SGLT2", "DPP-4", None), ints(200, 43, 0), (AGES, SEX, STROKE))


def padded(raw: RawTableOne) -> RawTableOne:
    """With the column of persons whose group is unknown, which an engine always gives."""
    wide = [
        RawNumeric(v.name, v.unit, v.step, v.values, np.pad(v.persons, ((0, 0), (0, 1))), np.pad(v.missing, (0, 1)))
        if isinstance(v, RawNumeric)
        else RawCategorical(v.name, v.levels, np.pad(v.persons, ((0, 0), (0, 1))))
        for v in raw.variables
    ]
    return RawTableOne(raw.id, raw.by, raw.groups, raw.persons, tuple(wide))


def rows_of(table: SafeTable, variable: str) -> dict[tuple[object, object], list[object]]:
    return {
        (row[1], row[2]): [HIDDEN if isinstance(cell, Hidden) else cell for cell in row[3:]]
        for row in table.rows
        if row[0] == variable
    }


def test_table_one_shows_what_may_be_shown() -> None:
    table = safe_table_one(padded(TABLE_ONE), CHECKED, frozenset(["stroke"]))
    assert [heading.name for heading in table.columns][3:] == ["SGLT2", "DPP-4", "smd"]
    assert rows_of(table, "persons") == {("", "n"): [200, 43, None]}
    assert rows_of(table, "sex")["female", "percent"][:2] == [50.0, 100 * 22 / 43]
    ages = rows_of(table, "age")
    assert ages["years", "mean"][:2] == [49.5, 49.5]
    assert ages["years", "median"][0] == 49.0  # each year of age has 10 persons: a class of its own
    assert ages["unknown", "missing"][:2] == [0, HIDDEN]


def test_a_health_value_that_everyone_shares_is_hidden_and_so_is_a_small_one_with_its_complement() -> None:
    table = safe_table_one(padded(TABLE_ONE), CHECKED, frozenset(["stroke"]))
    stroke = rows_of(table, "stroke")
    assert stroke["yes", "n"][:2] == [HIDDEN, HIDDEN]  # 3 of 200; all of 43
    assert stroke["no", "n"][:2] == [HIDDEN, HIDDEN]
    assert stroke["no", "n"][2] is HIDDEN  # the standardised difference would tell the share
    exact = rows_of(safe_table_one(padded(TABLE_ONE), OPEN, frozenset(["stroke"])), "stroke")
    assert exact["yes", "n"][:2] == [3, 43]


def test_percentiles_are_nobodys_own_value() -> None:
    lonely = RawNumeric("dose", "mg", 1.0, ints(*range(0, 400, 10)), np.ones((40, 1), dtype=np.int64), ints(0))
    table = safe_table_one(RawTableOne("t1", None, ("all",), ints(40), (lonely,)), CHECKED, frozenset())
    (median,) = rows_of(table, "dose")["mg", "median"][:1]
    assert median == 170.0  # the middle of the class 150 to 190, which holds five persons
    few = RawNumeric("dose", "mg", 1.0, ints(0, 10), np.array([[6], [6]]), ints(0))
    hidden = safe_table_one(RawTableOne("t1", None, ("all",), ints(12), (few,)), CHECKED, frozenset())
    assert rows_of(hidden, "dose")["mg", "q1"][0] is HIDDEN  # three persons below it


def curve_of(rules: Rules, method: str, count: int = 1) -> tuple[SafeTable, ...]:
    """300 persons: each leaves on a day of its own; every third with the outcome, every sixth by a competing event."""
    n = np.arange(300)
    cause = np.where(n % 3 == 0, 1, np.where((n % 6 == 1) & (method == "aalen_johansen"), 2, 0))
    causes = ("stroke", "death") if method == "aalen_johansen" else ("stroke",)
    raw = RawCurve(
        id="curve", outcome="stroke", method=method, dimensions=(), causes=causes, group=np.zeros(300, dtype=np.int64),
        entry=np.zeros(300, dtype=np.int64), exit=n + 1, cause=cause, count=np.full(300, count),
    )  # fmt: skip
    return safe_curve(raw, Survival(id="curve", outcome="stroke", method=method, at=(100, 299)), STUDY, rules)


@pytest.mark.parametrize("method", ["kaplan_meier", "aalen_johansen"])
def test_a_checked_curve_has_no_step_of_few_and_stays_close_to_the_exact_one(method: str) -> None:
    exact, exact_risks = curve_of(OPEN, method, count=20)
    safe, safe_risks = curve_of(CHECKED, method, count=20)
    assert len(safe.rows) < len(exact.rows)
    assert min(n for n in column(safe, "events") if n is not HIDDEN) >= CHECKED.least
    assert all(n % CHECKED.base == 0 for n in column(safe, "events") + column(safe, "at_risk") if n is not HIDDEN)
    assert isclose(column(safe_risks, "estimate")[0], column(exact_risks, "estimate")[0], abs_tol=0.02)  # type: ignore[arg-type]


def test_a_checked_curve_ends_where_few_are_followed() -> None:
    _, risks = curve_of(CHECKED, "kaplan_meier")
    assert column(risks, "at_risk")[-1] is HIDDEN  # two persons are left on day 299
    assert curve_of(OPEN, "kaplan_meier")[1].rows[-1][2] == 2


def test_a_curve_of_nobody_has_no_rows() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    raw = RawCurve("curve", "stroke", "kaplan_meier", (), ("stroke",), nothing, nothing, nothing, nothing, nothing)
    asked = Survival(id="curve", outcome="stroke", method="kaplan_meier")
    assert [table.rows for table in safe_curve(raw, asked, STUDY, CHECKED)] == [(), ()]


@pytest.mark.parametrize(
    ("numerator", "denominator", "shown"),
    [
        (20, 400, [20, 400, 5.0]),
        (0, 400, [0, 400, 0.0]),
        (3, 400, [HIDDEN, 400, HIDDEN]),  # few cases
        (398, 400, [HIDDEN, 400, HIDDEN]),  # few others
        (2, 4, [HIDDEN, HIDDEN, HIDDEN]),  # few persons
        (0, 0, [0, 0, None]),
    ],
)
def test_a_trend_hides_few_cases_few_others_and_few_persons(
    numerator: int, denominator: int, shown: list[object]
) -> None:
    every = Intervals(first=date(2015, 1, 1), last=date(2015, 12, 31), unit="year")
    asked = Trend(
        id="trend", name="users", numerator=Constant(True, BOOL), denominator=Constant(True, BOOL), every=every
    )
    raw = RawTrend(
        "trend", "users", (), (date(2015, 1, 1),), np.array([[numerator]]), np.array([[denominator]]),
        np.array([[numerator]]), True,
    )  # fmt: skip
    table = safe_trend(raw, asked, CHECKED)
    assert [column(table, name)[0] for name in ("numerator", "denominator", "ratio")] == shown


@given(st.lists(st.integers(0, 40), min_size=3, max_size=3), st.lists(st.integers(0, 40), min_size=3, max_size=3))
def test_no_table_one_shows_a_small_count(first: list[int], second: list[int]) -> None:
    counts = np.array([first, second, [0, 0, 0]]).T[:, [0, 1, 2]]
    raw = RawTableOne(
        "t1",
        "drug",
        ("SGLT2", "DPP-4", None),
        counts.sum(axis=0),
        (RawCategorical("sex", ("female", "male", None), counts),),
    )
    table = safe_table_one(raw, CHECKED, frozenset())
    for row in table.rows:
        if row[2] == "n":
            assert not [n for n in row[3:5] if isinstance(n, int) and 0 < n < CHECKED.least]


def test_an_answer_is_disclosed_in_the_order_of_its_results_and_its_repr_shows_nothing() -> None:
    raw = RawAnswer((RawFlow("flow", ("Residents",), ("universe",), ints(12345)),))
    assert "12345" not in repr(raw) + repr(raw.results)
    assert [table.id for table in disclose(raw, STUDY, CHECKED, frozenset())] == ["flow"]
