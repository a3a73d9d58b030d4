"""The released form of a curve: what it hides, how close it stays, and that it is a function of rounded counts."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helseanalyse.methods.checks import MethodError
from helseanalyse.methods.risk_table import risk_table
from helseanalyse.methods.step_grid import SteppedCurve, month_ends, stepped_curves
from helseanalyse.methods.survival import aalen_johansen, kaplan_meier

YEAR = 365


def cohort(seed, size, *, hazards=(0.0004, 0.0008), follow=5 * YEAR, leave=0.0002, entry=0, causes=("MI", "death")):
    """A made-up cohort: constant hazards a day, drop-out, all others leave on the last day of follow-up."""
    random = np.random.default_rng(seed)
    start = random.integers(0, entry, size) if entry else np.zeros(size, dtype=np.int64)
    total = sum(hazards) + leave
    time = start + np.ceil(random.exponential(1 / total, size)).astype(np.int64)
    kinds = random.choice(len(hazards) + 1, size, p=[leave / total, *(h / total for h in hazards)])
    kinds, exit_ = np.where(time <= follow, kinds, 0), np.minimum(time, follow)
    return risk_table(
        np.zeros(size, dtype=int), start, exit_, kinds, np.ones(size, dtype=int), groups=["all"], causes=causes
    )


def released(table, k=10, base=5, least_at_risk=10, last=5 * YEAR + 1):
    return stepped_curves(
        table, candidates=month_ends(last, start=table.start), least_events=k, least_at_risk=least_at_risk, base=base
    )[0]


@pytest.mark.parametrize(("size", "base", "k"), [(300, 5, 10), (3000, 5, 10), (3000, 10, 20), (20_000, 3, 5)])
def test_every_step_holds_enough_events_and_shows_only_rounded_numbers(size, base, k):
    table = cohort(1, size)
    curve = released(table, k=k, base=base)
    allowed = set(month_ends(5 * YEAR + 1).tolist())
    for i, step in enumerate(curve.steps):
        edges = [0, *step.ends.tolist()]
        for start, end in itertools.pairwise(edges):
            inside = (table.days > start) & (table.days <= end)
            assert table.events[0, inside, i].sum() >= k
        assert set(step.ends.tolist()) <= allowed
        assert not (step.events % base).any()
        assert not (step.cohort % base).any()
        assert (step.events >= base).all()
        assert step.ends[-1] == curve.until
    assert len(curve.steps[0].ends) > 1, "the test must see steps being merged, not one step"


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("size", "base"), [(400, 5), (4000, 5), (4000, 1), (20_000, 10)])
def test_it_stays_within_the_rounding_of_the_exact_curve(seed, size, base):
    table = cohort(seed, size)
    curve, exact = released(table, base=base), aalen_johansen(table)
    for cause, step in zip(curve.causes, curve.steps, strict=True):
        shown = curve.incidence(cause)
        true = exact.of(cause).at(step.ends).estimate[0]
        bound = base / 2 * (1 + step.points) / (step.cohort.min() - base / 2)
        assert (np.abs(shown.estimate[0] - true) <= bound).all()
        se = exact.of(cause).standard_error(step.ends)[0]
        # The limits include the rounding, so they are a little wider, never narrower than chance allows.
        assert shown.se[0] == pytest.approx(se, rel=0.25)
        assert (shown.se[0] >= se * 0.93).all()


def test_merging_alone_costs_nothing():
    # Without rounding of counts the ends of steps lie on the exact curve, but for the whole number of the cohort.
    table = cohort(5, 50_000)
    curve, exact = released(table, base=1), aalen_johansen(table)
    for cause, step in zip(curve.causes, curve.steps, strict=True):
        true = exact.of(cause).at(step.ends).estimate[0]
        assert step.points == pytest.approx(true, rel=0.5 / step.cohort.min())


def test_other_ways_to_merge_are_biased_where_this_one_is_not():
    # One cause, half of the cohort leaves on the last day of its first year, the rest after five years.
    random = np.random.default_rng(6)
    size = 40_000
    time = np.ceil(random.exponential(1 / 0.0008, size)).astype(np.int64)
    stop = np.where(np.arange(size) % 2 == 0, YEAR, 5 * YEAR)
    table = risk_table(
        [0] * size, [0] * size, np.minimum(time, stop), (time <= stop).astype(int), [1] * size, groups="a", causes="x"
    )
    curve = stepped_curves(
        table, candidates=[182, 365, 730, 1095, 1461, 1826], least_events=10, least_at_risk=10, base=5
    )[0]
    exact = kaplan_meier(table)
    ends = [182, 365, 730, 1095, 1461]
    assert curve.steps[0].ends.tolist() == ends
    begin, actuarial, s_begin, s_actuarial = 0, 0, 1.0, 1.0
    for start, end in zip([0, *ends], ends, strict=False):
        inside = (table.days > start) & (table.days <= end)
        d, c = table.events[0, inside].sum(), table.censored[0, inside].sum()
        n = table.at_risk_on([start + 1])[0, 0]
        s_begin *= 1 - d / n
        s_actuarial *= 1 - d / (n - c / 2)
        true = exact.at([end]).estimate[0, 0]
        mine = abs(1 - curve.steps[0].points[ends.index(end)] - true)
        assert mine < 0.0005
        begin, actuarial = max(begin, abs(s_begin - true)), max(actuarial, abs(s_actuarial - true))
    assert actuarial > 0.03
    assert begin < actuarial  # here all leave on the last day of a step, so this rule does well; not so below
    spread = risk_table(
        [0] * size, [0] * size, np.minimum(time, 1 + np.arange(size) % 1461),
        (time <= 1 + np.arange(size) % 1461).astype(int), [1] * size, groups="a", causes="x",
    )  # fmt: skip
    smooth = stepped_curves(spread, candidates=[730, 1460], least_events=10, least_at_risk=10, base=5)[0]
    s_begin = 1.0
    for start, end in ((0, 730), (730, 1460)):
        inside = (spread.days > start) & (spread.days <= end)
        s_begin *= 1 - spread.events[0, inside].sum() / spread.at_risk_on([start + 1])[0, 0]
    true = kaplan_meier(spread).at([1460]).estimate[0, 0]
    assert abs(s_begin - true) > 0.1
    assert abs(1 - smooth.steps[0].points[-1] - true) < 0.01


@given(
    st.lists(st.tuples(st.integers(1, 365), st.integers(1, 2)), min_size=25, max_size=80),
    st.integers(0, 79),
    st.integers(0, 30),
)
def test_no_events_own_day_can_be_read(events, which, place):
    # Move one event to any other day of its month: what is released does not change by a single digit.
    def curve(rows):
        days, causes = zip(*rows, strict=True)
        size = len(rows) + 1
        table = risk_table(
            [0] * size, [0] * size, [*days, 400], [*causes, 0], [*([1] * len(rows)), 60], groups="a", causes="xy"
        )
        return stepped_curves(table, candidates=month_ends(365), least_events=8, least_at_risk=10, base=5)[0]

    which %= len(events)
    day, cause = events[which]
    months = np.append(0, month_ends(365))
    month = int(np.searchsorted(months, day))
    other = int(months[month - 1]) + 1 + place % int(months[month] - months[month - 1])
    before, after = curve(events), curve([*events[:which], (other, cause), *events[which + 1 :]])
    for one, two in zip(before.steps, after.steps, strict=True):
        assert one.ends.tolist() == two.ends.tolist()
        assert one.events.tolist() == two.events.tolist()
        assert one.cohort.tolist() == two.cohort.tolist()


def test_few_events_cannot_be_told_from_none():
    def shown(few):
        n = [30, few, 500 - few]
        table = risk_table([0] * 3, [0] * 3, [40, 50, 365], [1, 2, 0], n, groups="a", causes=["x", "y"])
        return stepped_curves(table, candidates=month_ends(365), least_events=10, least_at_risk=10, base=5)[0]

    none, nine = shown(0), shown(9)
    assert none.withheld == nine.withheld == ("y",)
    assert repr(none) == repr(nine)
    assert none.steps[0].events.tolist() == nine.steps[0].events.tolist()
    assert none.steps[0].ends.tolist() == nine.steps[0].ends.tolist()
    for curve in (none, nine):
        with pytest.raises(MethodError, match="y has too few events in a to be shown"):
            curve.incidence("y")
        with pytest.raises(MethodError, match="needs every cause, but these have too few events: y"):
            curve.survival()


def test_what_is_left_over_goes_into_the_last_step_which_always_ends_with_the_curve():
    def ends(late):
        table = risk_table([0] * 3, [0] * 3, [10, 200, 365], [1, 1, 0], [12, late, 400], groups="a", causes="x")
        step = stepped_curves(table, candidates=month_ends(365), least_events=10, least_at_risk=10, base=5)[0].steps[0]
        return step.ends.tolist(), step.events.tolist()

    assert ends(0) == ([365], [10])
    assert ends(1) == ([365], [15])  # 13, rounded
    assert ends(9) == ([365], [20])
    assert ends(10) == ([30, 365], [10, 10])


def test_the_tail_with_few_at_risk_is_cut():
    # From day 101 on ten are left; the event of one of them on day 150 would be shown with nine others.
    table = risk_table([0] * 4, [0] * 4, [20, 100, 150, 365], [1, 0, 1, 0], [100, 400, 1, 9], groups="a", causes="x")
    curve = stepped_curves(table, candidates=month_ends(365), least_events=10, least_at_risk=10, base=5)[0]
    assert curve.until == 121
    more = stepped_curves(table, candidates=month_ends(365), least_events=10, least_at_risk=9, base=5)[0]
    assert more.until == 365


@pytest.mark.parametrize(
    ("left", "until"),
    [(10, 121), (9, 91)],
)
def test_a_step_ends_only_where_enough_are_left(left, until):
    table = risk_table([0] * 3, [0] * 3, [20, 100, 130], [1, 0, 0], [50, 400, left], groups="a", causes="x")
    curve = stepped_curves(table, candidates=month_ends(365), least_events=10, least_at_risk=10, base=5)[0]
    assert curve.until == until


def test_a_group_in_which_all_have_the_event_shows_no_curve_to_the_bottom():
    table = risk_table([0] * 100, [0] * 100, range(1, 101), [1] * 100, [1] * 100, groups="a", causes="x")
    curve = stepped_curves(table, candidates=range(1, 101), least_events=10, least_at_risk=10, base=5)[0]
    assert curve.until == 90
    assert curve.survival().estimate.min() > 0


def test_an_event_out_of_a_small_risk_set_early_on_hides_the_curve_and_a_later_start_brings_it_back():
    table = risk_table(
        [0] * 4, [0, 0, 50, 50], [10, 365, 100, 365], [1, 0, 1, 0], [3, 9, 20, 400], groups="a", causes="x"
    )
    rules = {"least_events": 10, "least_at_risk": 10, "base": 5}
    assert stepped_curves(table, candidates=month_ends(365), **rules)[0].withheld == ("x",)
    later = stepped_curves(table.since(60), candidates=month_ends(365, start=60), **rules)[0]
    assert later.withheld == ()
    assert later.start == 60
    assert later.until == 364  # ten months after day 60
    assert later.risk_on("x", [60, 364]).estimate == pytest.approx([0, 20 / 430], abs=1e-9)


def test_after_a_gap_in_follow_up_nothing_is_shown():
    table = risk_table(
        [0] * 4, [0, 0, 100, 100], [5, 40, 200, 365], [1, 0, 1, 0], [15, 50, 30, 400], groups="a", causes="x"
    )
    assert released(table, last=365).until == 30


@pytest.mark.parametrize("seed", range(3))
def test_a_rare_cause_does_not_blur_a_common_one(seed):
    table = cohort(seed, 4000, hazards=(0.0006, 0.00001))
    curve = released(table)
    assert len(curve.steps[0].ends) >= 20
    assert len(curve.steps[1].ends) <= 6


@pytest.mark.parametrize(("seed", "entry"), [(1, 0), (2, 0), (3, 400)])
def test_the_curves_fall_and_rise_and_sum_to_one(seed, entry):
    table = cohort(seed, 3000, entry=entry)
    curve = released(table.since(60) if entry else table)
    survival = curve.survival()
    assert (np.diff(survival.estimate) <= 0).all()
    assert survival.estimate.min() >= 0
    total = survival.estimate[0].copy()
    for cause in curve.causes:
        risk = curve.incidence(cause)
        assert (np.diff(risk.estimate) > 0).all()
        at_ends = curve.risk_on(cause, survival.days)
        assert (1 - survival.estimate[0] >= at_ends.estimate - 1e-12).all()
        assert (at_ends.low <= at_ends.estimate).all()
        assert (at_ends.estimate <= at_ends.high).all()
        total += at_ends.estimate
    assert total == pytest.approx(np.ones(len(total)), abs=1e-12)


@given(
    st.lists(st.tuples(st.integers(1, 100), st.integers(0, 2), st.integers(1, 30)), min_size=5, max_size=40),
    st.sampled_from([(5, 5), (10, 10), (10, 5), (8, 3)]),
    st.integers(0, 12),
)
def test_whatever_the_counts_the_release_stays_within_bounds(rows, rule, more):
    exit_, cause, n = zip(*rows, strict=True)
    size = len(rows)
    table = risk_table([0] * size, [0] * size, exit_, cause, n, groups="a", causes=["x", "y"])
    k, base = rule
    curve = stepped_curves(table, candidates=range(5, 105, 5), least_events=k, least_at_risk=base + more, base=base)[0]
    for cause_name in set(curve.causes) - set(curve.withheld):
        risk = curve.incidence(cause_name)
        assert np.isfinite(risk.se).all()
        assert (risk.low <= risk.estimate + 1e-12).all()
        assert (risk.estimate <= risk.high + 1e-12).all()
        assert risk.estimate.max() < 1
    if not curve.withheld:
        assert curve.survival().estimate.min() > 0
        assert (np.diff(curve.survival().estimate) <= 1e-12).all()


def test_rounding_never_takes_all_risks_together_above_one():
    # 997 of 1,002 have an event: rounding both causes up and the cohort down would give 1.003.
    table = risk_table([0] * 3, [0] * 3, [10, 20, 30], [1, 2, 0], [498, 493, 11], groups="a", causes=["x", "y"])
    curve = stepped_curves(table, candidates=[15, 25, 30], least_events=10, least_at_risk=10, base=10)[0]
    total = sum(step.points[-1] for step in curve.steps)
    assert 0.97 < total <= 1
    tight = risk_table([0] * 3, [0] * 3, [10, 20, 30], [1, 2, 0], [16, 16, 10], groups="a", causes=["x", "y"])
    shown = stepped_curves(tight, candidates=[15, 25, 30], least_events=10, least_at_risk=10, base=10)[0]
    assert [step.cohort.tolist() for step in shown.steps] == [[50], [50]]  # 42 rounds to 40, and 40 / 40 is 1
    assert shown.survival().estimate.min() > 0


def test_the_curve_is_a_function_of_what_is_released_and_nothing_else():
    curve = released(cohort(8, 2000))
    copy = SteppedCurve(group=curve.group, causes=curve.causes, start=curve.start, base=curve.base, steps=curve.steps)
    for cause in curve.causes:
        again, step = copy.incidence(cause), curve.steps[curve.causes.index(cause)]
        assert again.estimate[0] == pytest.approx(np.cumsum(step.events / step.cohort), rel=1e-15)
        assert again.high.tolist() == curve.incidence(cause).high.tolist()


def test_greedy_steps_do_not_drift():
    # Three events a day and steps that close at 10: each holds 12, which alone would round to 10 and lose a sixth.
    days = np.arange(1, 401)
    table = risk_table(
        [0] * 401, [0] * 401, [*days, 500], [*([1] * 400), 0], [*([3] * 400), 5000], groups="a", causes="x"
    )
    curve = stepped_curves(table, candidates=range(1, 401), least_events=10, least_at_risk=10, base=5)[0]
    assert curve.steps[0].events.sum() == 1200
    assert curve.steps[0].events.max() <= 15


def test_limits_cover_the_truth_as_often_as_they_say():
    covered, repeats = 0, 200
    truth = 0.0004 / 0.0012 * (1 - np.exp(-0.0012 * 3 * YEAR))
    for seed in range(repeats):
        found = released(cohort(1000 + seed, 600)).risk_on("MI", [3 * YEAR])
        covered += float(found.low[0]) <= truth <= float(found.high[0])
    assert 0.91 <= covered / repeats <= 0.99


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"base": 11}, r"rounding base \(11\) must be between 1 and the least numbers of events \(10\)"),
        ({"base": 0}, "must be between 1 and"),
        ({"least_at_risk": 4}, r"of persons at risk \(4\)"),
        ({"candidates": [30, 30]}, "candidate days must increase"),
        ({"candidates": [0, 30]}, "all after the start of the curve, 0"),
    ],
)
def test_rules_that_cannot_be_are_refused(change, message):
    rules = {"candidates": [30, 60], "least_events": 10, "least_at_risk": 10, "base": 5} | change
    with pytest.raises(MethodError, match=message):
        stepped_curves(cohort(1, 100), **rules)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda c: c.incidence("stroke"), "There is no cause stroke"),
        (lambda c: c.risk_on("MI", [-1]), "starts on day 0"),
    ],
)
def test_questions_that_have_no_answer_are_refused(call, message):
    with pytest.raises(MethodError, match=message):
        call(released(cohort(1, 2000)))


def test_after_its_end_the_curve_is_not_known():
    curve = released(cohort(1, 2000))
    found = curve.risk_on("MI", [0, curve.until, curve.until + 1])
    assert found.estimate[0] == 0
    assert np.isfinite(found.estimate[1])
    assert np.isnan(found.estimate[2])


def test_nobody_gives_no_curve():
    table = risk_table([], [], [], [], [], groups=["a"], causes=["x"])
    assert stepped_curves(table, candidates=[30], least_events=5, least_at_risk=5, base=5)[0].withheld == ("x",)
    assert month_ends(20).tolist() == []
