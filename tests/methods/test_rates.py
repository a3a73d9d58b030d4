"""Rates and ratios: worked numbers, the definitions of the exact intervals, and R."""

from math import inf, isnan, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from helseanalyse.methods.checks import MethodError
from helseanalyse.methods.intervals import Estimates, Interval
from helseanalyse.methods.rates import (
    TooFewEvents,
    poisson_limits,
    rate_difference,
    rate_ratio,
    rate_ratio_exact,
    rates,
)


@pytest.mark.parametrize(
    ("events", "low", "high"),
    [(0, 0, 3.6889), (5, 1.6235, 11.6683), (20, 12.2165, 30.8884)],
)
def test_exact_limits_of_a_count(events, low, high):
    found = poisson_limits(events)
    assert (round(float(found[0]), 4), round(float(found[1]), 4)) == (low, high)


@given(st.integers(0, 5000), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_the_limits_are_the_means_at_which_the_count_is_just_not_too_unlikely(events, level):
    low, high = (float(limit) for limit in poisson_limits(events, level=level))
    tail = (1 - level) / 2
    assert stats.poisson.cdf(events, high) == pytest.approx(tail, rel=1e-9)
    if events:
        assert stats.poisson.sf(events - 1, low) == pytest.approx(tail, rel=1e-9)
    else:
        assert low == 0


@pytest.mark.parametrize("mean", [0.7, 3.0, 12.5])
def test_the_exact_interval_covers_at_least_as_often_as_it_says(mean):
    counts = np.arange(200)
    low, high = poisson_limits(counts)
    covered = stats.poisson.pmf(counts, mean)[(low <= mean) & (mean <= high)].sum()
    assert 0.95 <= covered < 0.995


def test_a_rate_without_person_time_is_not_defined():
    found = rates([0, 7], [0.0, 3500.0], per=1000)
    assert isnan(found.estimate[0])
    assert isnan(found.low[0])
    assert isnan(found.high[0])
    assert found.estimate[1] == pytest.approx(2.0)


@given(st.integers(0, 1000), st.floats(0.1, 1e6), st.floats(0.01, 1e5))
def test_another_unit_of_time_only_rescales_a_rate(events, time, factor):
    once, again = rates(events, time), rates(events, time * factor, per=factor)
    for name in ("low", "estimate", "high"):
        assert getattr(again, name) == pytest.approx(getattr(once, name), rel=1e-12)


@pytest.mark.parametrize(
    ("exposed", "unexposed", "limits"),
    [  # R 4.2: poisson.test(c(a, b), c(ta, tb))$conf.int
        ((20, 100.0), (10, 100.0), (0.893508890385, 4.784552440338)),
        ((24, 210.5), (11, 333.25), (1.62887440947, 7.81137065631)),
        ((3, 100.0), (0, 50.0), (0.206615677515, inf)),
    ],
)
def test_the_exact_ratio_agrees_with_r(exposed, unexposed, limits):
    found = rate_ratio_exact(exposed, unexposed)
    assert (found.low, found.high) == pytest.approx(limits, rel=1e-9)


@given(st.integers(0, 60), st.integers(0, 60), st.floats(0.5, 500), st.floats(0.5, 500))
def test_at_the_limits_of_the_exact_ratio_the_split_of_events_has_probability_one_in_forty(a, b, ta, tb):
    found = rate_ratio_exact((a, ta), (b, tb))
    if a:
        share = found.low * ta / (found.low * ta + tb)
        assert stats.binom.sf(a - 1, a + b, share) == pytest.approx(0.025, rel=1e-6)
    else:
        assert found.low == 0
    if b:
        share = found.high * ta / (found.high * ta + tb)
        assert stats.binom.cdf(a, a + b, share) == pytest.approx(0.025, rel=1e-6)
    else:
        assert found.high == inf
    assert isnan(found.estimate) if a == b == 0 else found.low <= found.estimate <= found.high


@given(st.integers(1, 60), st.integers(1, 60), st.floats(0.5, 500), st.floats(0.5, 500))
def test_swapping_the_groups_inverts_a_ratio_and_turns_a_difference(a, b, ta, tb):
    for ratio in (rate_ratio, rate_ratio_exact):
        one, two = ratio((a, ta), (b, tb)), ratio((b, tb), (a, ta))
        assert (1 / two.high, 1 / two.estimate, 1 / two.low) == pytest.approx(
            (one.low, one.estimate, one.high), rel=1e-9
        )
    one, two = rate_difference((a, ta), (b, tb)), rate_difference((b, tb), (a, ta))
    assert (-two.high, -two.estimate, -two.low) == pytest.approx((one.low, one.estimate, one.high))


def test_the_wald_ratio_agrees_with_a_poisson_regression():
    import statsmodels.api as sm

    events, time = np.array([13, 11, 4, 7]), np.array([100.5, 110.0, 133.25, 200.0])  # a group in two rows
    design = np.array([[1, 1], [1, 1], [1, 0], [1, 0]])
    model = sm.GLM(events, design, family=sm.families.Poisson(), exposure=time).fit(tol=1e-12)
    low, high = np.exp(model.conf_int()[1])
    found = rate_ratio((24, 210.5), (11, 333.25))
    assert (found.low, found.estimate, found.high) == pytest.approx((low, np.exp(model.params[1]), high), rel=1e-6)


@pytest.mark.parametrize(
    ("exposed", "unexposed"), [((0, 10.0), (5, 10.0)), ((5, 10.0), (0, 10.0)), ((0, 1.0), (0, 1.0))]
)
def test_a_wald_ratio_without_events_is_refused(exposed, unexposed):
    with pytest.raises(TooFewEvents, match="Use the exact rate ratio"):
        rate_ratio(exposed, unexposed)


def test_a_difference_stands_where_a_group_has_no_event():
    found = rate_difference((0, 100.0), (5, 100.0))
    assert found.estimate == pytest.approx(-0.05)
    assert found.low == pytest.approx(-0.05 - (11.6683 - 5) / 100, abs=1e-6)
    assert found.high == pytest.approx(-0.05 + ((3.6889 / 100) ** 2 + ((5 - 1.6235) / 100) ** 2) ** 0.5, abs=1e-6)


def test_the_difference_covers_about_as_often_as_it_says():
    mean, time = np.array([4.0, 9.0]), (100.0, 150.0)
    counts = range(40)
    truth = mean[0] / time[0] - mean[1] / time[1]
    covered = 0.0
    for a in counts:
        for b in counts:
            found = rate_difference((a, time[0]), (b, time[1]))
            if found.low <= truth <= found.high:
                covered += stats.poisson.pmf(a, mean[0]) * stats.poisson.pmf(b, mean[1])
    assert 0.945 < covered < 0.985


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rates([1.5], [2.0]), "Events must be whole numbers"),
        (lambda: rates([-1], [2.0]), "Events must be whole numbers, 0 or more"),
        (lambda: rates([1], [0.0]), "events where there is no person-time"),
        (lambda: rates([1], [-2.0]), "Person-time must be a finite number, 0 or more"),
        (lambda: rates([1], [nan]), "Person-time must be a finite number"),
        (lambda: rates([1, 2], [1.0]), "differ in shape"),
        (lambda: rates([1], [1.0], level=95), "lies between 0 and 1, not at 95"),
        (lambda: rate_ratio((1, 0.0), (1, 1.0)), "no person-time"),
        (lambda: rate_ratio((0, 0.0), (1, 1.0)), "person-time above 0"),
        (lambda: rate_ratio_exact(([1, 2], [1.0, 2.0]), (1, 1.0)), "one count of events"),
    ],
)
def test_counts_that_cannot_be_are_refused(call, message):
    with pytest.raises(MethodError, match=message):
        call()


def test_an_interval_must_hold_its_estimate():
    with pytest.raises(MethodError, match="must hold its own estimate"):
        Interval(2.0, 1.0, 3.0)
    with pytest.raises(MethodError, match="does not hold its own estimate"):
        Estimates(np.array([0.0, 2.0]), np.array([0.5, 1.0]), np.array([1.0, 3.0]))
    with pytest.raises(MethodError, match="differ in shape"):
        Estimates(np.zeros(2), np.zeros(3), np.zeros(2))
    assert isnan(Interval(nan, nan, nan).estimate)
