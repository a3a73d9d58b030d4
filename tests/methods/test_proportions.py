"""Intervals of proportions: their definitions, statsmodels, and what a denominator of 0 means."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from helseanalyse.methods.checks import MethodError
from helseanalyse.methods.proportions import clopper_pearson, wilson

counts = st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts)
def test_clopper_pearson_limits_make_the_count_just_not_too_unlikely(pair):
    x, n = pair
    found = clopper_pearson(x, n)
    if x:
        assert stats.binom.sf(x - 1, n, found.low) == pytest.approx(0.025, rel=1e-8)
    else:
        assert found.low == 0
    if x < n:
        assert stats.binom.cdf(x, n, found.high) == pytest.approx(0.025, rel=1e-8)
    else:
        assert found.high == 1


@given(counts, st.sampled_from([0.9, 0.95, 0.99]))
def test_wilson_limits_are_where_the_score_test_gives_z(pair, level):
    x, n = pair
    found, z = wilson(x, n, level=level), stats.norm.ppf((1 + level) / 2)
    for limit, end in ((float(found.low), 0), (float(found.high), 1)):
        if limit != end:
            assert abs(x / n - limit) / np.sqrt(limit * (1 - limit) / n) == pytest.approx(z, rel=1e-8)
    assert 0 <= found.low <= x / n <= found.high <= 1


@given(counts)
def test_counting_the_others_turns_the_interval_round(pair):
    x, n = pair
    for method in (wilson, clopper_pearson):
        one, other = method(x, n), method(n - x, n)
        assert float(one.low) == pytest.approx(1 - float(other.high), abs=1e-12)


@pytest.mark.parametrize(("method", "name"), [(wilson, "wilson"), (clopper_pearson, "beta")])
def test_agreement_with_statsmodels(method, name):
    from statsmodels.stats import proportion

    x, n = np.array([0, 1, 5, 17, 40, 399, 400]), np.array([7, 30, 11, 17, 1000, 400, 400])
    found = method(x, n)
    low, high = proportion.proportion_confint(x, n, method=name)
    assert found.low == pytest.approx(low, abs=1e-12)
    assert found.high == pytest.approx(high, abs=1e-12)


@pytest.mark.parametrize("method", [wilson, clopper_pearson])
def test_a_denominator_of_zero_gives_nothing_and_disturbs_nobody(method):
    found = method([0, 3], [0, 10])
    assert np.isnan([found.low[0], found.estimate[0], found.high[0]]).all()
    assert float(found.estimate[1]) == 0.3


@pytest.mark.parametrize("p", [0.02, 0.11, 0.5])
def test_exact_intervals_cover_at_least_and_wilson_about_as_often_as_they_say(p):
    x = np.arange(101)
    chance = stats.binom.pmf(x, 100, p)
    for method, least in ((clopper_pearson, 0.95), (wilson, 0.92)):
        found = method(x, np.full(101, 100))
        assert least <= chance[(found.low <= p) & (p <= found.high)].sum() < 0.995


@pytest.mark.parametrize(
    ("persons", "of", "message"),
    [
        ([11], [10], "above its denominator"),
        ([-1], [10], "numerator below 0"),
        ([1.0], [10], "whole numbers of persons"),
        ([1, 2], [10], "differ in shape"),
    ],
)
def test_counts_that_cannot_be_are_refused(persons, of, message):
    for method in (wilson, clopper_pearson):
        with pytest.raises(MethodError, match=message):
            method(persons, of)
