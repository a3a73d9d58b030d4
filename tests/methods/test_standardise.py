"""Direct and indirect standardisation, and the standard populations."""

from math import isnan, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from helseanalyse.methods.bands import AgeBands
from helseanalyse.methods.checks import MethodError
from helseanalyse.methods.rates import TooFewEvents, poisson_limits, rates
from helseanalyse.methods.standardise import (
    EmptyStratum,
    direct_rate,
    expected_events,
    smr,
    standardised_ratio,
)
from helseanalyse.methods.standards import (
    EUROPEAN_1976,
    EUROPEAN_2013,
    NORDIC_2000,
    STANDARDS,
    WHO_2000_2025,
    WORLD_SEGI,
    StandardPopulation,
    standard_population,
)


@pytest.mark.parametrize(
    ("events", "time", "expected"),
    [([8, 20], [400, 300], (22.21, 34.0, 50.48)), ([6, 24], [200, 250], (31.55, 49.8, 76.85))],
)
def test_the_worked_example(events, time, expected):
    found = direct_rate(events, time, [0.7, 0.3]).interval
    assert tuple(round(1000 * x, 2) for x in (found.low, found.estimate, found.high)) == expected


def test_the_worked_example_to_the_last_digit():
    # The formulas written out once more, with scipy.stats in place of our own quantiles.
    w, d, t = np.array([0.7, 0.3]), np.array([8, 20]), np.array([400, 300])
    rate, variance, most = (w * d / t).sum(), (w**2 * d / t**2).sum(), (w / t).max()
    found = direct_rate(d, t, w)
    assert found.interval.estimate == pytest.approx(rate, rel=1e-12)
    assert found.variance == pytest.approx(variance, rel=1e-12)
    assert found.interval.low == pytest.approx(
        variance / (2 * rate) * stats.chi2.ppf(0.025, 2 * rate**2 / variance), rel=1e-9
    )
    spread = variance + most**2
    assert found.interval.high == pytest.approx(
        spread / (2 * (rate + most)) * stats.chi2.ppf(0.975, 2 * (rate + most) ** 2 / spread), rel=1e-9
    )


strata = st.lists(st.tuples(st.integers(0, 50), st.floats(1, 1e5), st.floats(0.01, 10)), min_size=1, max_size=20)


@given(st.integers(0, 200), st.floats(0.5, 1e6), st.floats(0.001, 1000))
def test_with_one_stratum_it_is_the_crude_rate_and_its_exact_interval(events, time, weight):
    found, crude = direct_rate([events], [time], [weight]).interval, rates(events, time)
    for name in ("low", "estimate", "high"):
        assert getattr(found, name) == pytest.approx(float(getattr(crude, name)), rel=1e-9)


@given(strata, st.floats(0.001, 1000), st.randoms(use_true_random=False))
def test_neither_the_scale_of_the_weights_nor_the_order_of_strata_matters(rows, scale, random):
    shuffled = rows[:]
    random.shuffle(shuffled)
    one = direct_rate(*zip(*rows, strict=True)).interval
    d, t, w = zip(*shuffled, strict=True)
    two = direct_rate(d, t, np.array(w) * scale).interval
    assert (two.low, two.estimate, two.high) == pytest.approx((one.low, one.estimate, one.high), rel=1e-9)


@given(strata)
def test_weights_in_proportion_to_person_time_give_the_crude_rate(rows):
    d, t, _ = zip(*rows, strict=True)
    found = direct_rate(d, t, t).interval
    assert found.estimate == pytest.approx(sum(d) / sum(t), rel=1e-9)
    low, high = poisson_limits(sum(d))
    assert (found.low, found.high) == pytest.approx((float(low) / sum(t), float(high) / sum(t)), rel=1e-9)


@given(strata)
def test_the_interval_holds_the_rate_and_stays_above_zero(rows):
    found = direct_rate(*zip(*rows, strict=True)).interval
    assert 0 <= found.low <= found.estimate < found.high


def test_without_events_the_upper_limit_is_that_of_the_heaviest_stratum():
    found = direct_rate([0, 0], [400.0, 10.0], [0.7, 0.3]).interval
    assert (found.low, found.estimate) == (0, 0)
    assert found.high == pytest.approx(0.3 / 10 * 3.6888794541, rel=1e-9)


def test_a_weighted_stratum_without_person_time_is_refused_by_name():
    with pytest.raises(EmptyStratum, match="Nobody was at risk in 80-84, 85\\+,") as caught:
        direct_rate([3, 0, 0], [100.0, 0.0, 0.0], [0.5, 0.3, 0.2], labels=["75-79", "80-84", "85+"])
    assert caught.value.strata == ("80-84", "85+")
    with pytest.raises(EmptyStratum, match="stratum 1"):
        direct_rate([3, 0], [100.0, 0.0], [0.5, 0.5])


def test_a_stratum_without_weight_may_be_empty_and_does_not_count():
    with_it = direct_rate([3, 0, 5], [100.0, 0.0, 80.0], [0.5, 0.0, 0.5])
    assert with_it == direct_rate([3, 5], [100.0, 80.0], [0.5, 0.5])


def test_to_renormalise_in_silence_would_turn_the_comparison_round():
    # Why an empty stratum is refused: B is worse than A at every age where both can be seen, yet with
    # the empty stratum's weight spread over the others B would look better, by its age alone.
    a = direct_rate([10, 40], [1000.0, 1000.0], [0.5, 0.5]).interval.estimate
    renormalised_b = direct_rate([12], [1000.0], [1.0]).interval.estimate
    assert 12 / 1000 > 10 / 1000
    assert renormalised_b < a


def test_the_ratio_of_standardised_rates():
    new = direct_rate([6, 24], [200, 250], [0.7, 0.3])
    old = direct_rate([8, 20], [400, 300], [0.7, 0.3])
    found = standardised_ratio(new, old)
    assert found.estimate == pytest.approx(49.8 / 34.0, rel=1e-12)
    turned = standardised_ratio(old, new)
    assert (1 / turned.high, 1 / turned.low) == pytest.approx((found.low, found.high), rel=1e-12)
    with pytest.raises(TooFewEvents, match="Show the rates alone"):
        standardised_ratio(direct_rate([0], [10.0], [1]), old)


def test_smr():
    found = smr(30, 24.5)
    assert found.rounded(4) == (0.8262, 1.2245, 1.748)
    assert smr(0, 2.0).rounded(4) == (0, 0, 1.8444)
    assert isnan(smr(0, 0.0).estimate)


def test_expected_events_need_a_reference_rate_only_where_there_is_time():
    assert expected_events([0.002, nan, 0.01], [5000.0, 0.0, 1450.0]) == pytest.approx(24.5, rel=1e-15)


def test_the_smr_against_a_groups_own_rates_is_one():
    d, t = np.array([3, 8, 20]), np.array([500.0, 320.0, 90.5])
    assert smr(int(d.sum()), expected_events(d / t, t)).estimate == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: direct_rate([1], [1.0], [0.5, 0.5]), "one number per stratum each"),
        (lambda: direct_rate([], [], []), "one number per stratum each"),
        (lambda: direct_rate([1], [1.0], [-1]), "weights must be 0 or more"),
        (lambda: direct_rate([1], [1.0], [0]), "sum above 0"),
        (lambda: direct_rate([1], [1.0], [nan]), "weights must be 0 or more"),
        (lambda: direct_rate([1], [1.0], [1], labels=["a", "b"]), "1 strata, but 2 labels"),
        (lambda: direct_rate([1], [0.0], [0]), "no person-time"),
        (lambda: expected_events([nan], [1.0]), "no reference rate"),
        (lambda: expected_events([-0.1], [1.0]), "no reference rate"),
        (lambda: expected_events([0.1], [1.0, 2.0]), "differ in shape"),
        (lambda: smr(1, 0.0), "no person-time"),
        (lambda: smr([1, 2], [1.0, 2.0]), "one observed over one expected"),
    ],
)
def test_what_cannot_be_standardised_is_refused(call, message):
    with pytest.raises(MethodError, match=message):
        call()


@pytest.mark.parametrize(
    ("standard", "total", "first_group", "last_group"),
    [
        (NORDIC_2000, 100_000, 5900, 1900),
        (WORLD_SEGI, 100_000, 12_000, 500),
        (EUROPEAN_1976, 100_000, 8000, 1000),
        (EUROPEAN_2013, 100_000, 1000, 200),
        (WHO_2000_2025, 100_035, 8860, 5),
    ],
)
def test_standard_populations_sum_to_their_published_totals(standard, total, first_group, last_group):
    assert sum(standard.persons) == total
    assert (standard.persons[0], standard.persons[-1]) == (first_group, last_group)
    own = standard.weights(standard.bands)
    assert own.weights.sum() == pytest.approx(1.0, abs=1e-12)
    assert own.covered == 1.0
    assert standard.source


@pytest.mark.parametrize(
    ("standard", "oldest"),
    [(NORDIC_2000, 1900), (EUROPEAN_2013, 2500), (WHO_2000_2025, 635), (WORLD_SEGI, 500)],
)
def test_finer_groups_collapse_to_five_year_bands(standard, oldest):
    found = standard.weights(AgeBands.every(5, open_from=85))
    assert found.weights[-1] == pytest.approx(oldest / sum(standard.persons), rel=1e-12)
    assert found.weights[0] == pytest.approx(
        sum(n for a, n in zip(standard.lower, standard.persons, strict=True) if a < 5) / sum(standard.persons)
    )


@given(st.sampled_from(sorted(STANDARDS)), st.data())
def test_collapsing_adds_up(name, data):
    standard = STANDARDS[name]
    edges = sorted(data.draw(st.sets(st.sampled_from(standard.lower[:17]), min_size=1)))
    found = standard.weights(AgeBands(tuple(edges)))
    inside = sum(n for a, n in zip(standard.lower, standard.persons, strict=True) if a >= edges[0])
    assert found.weights.sum() == pytest.approx(1.0, abs=1e-12)
    assert found.covered == pytest.approx(inside / sum(standard.persons), rel=1e-12)
    whole = standard.weights(AgeBands((edges[0],)))
    assert whole.weights.tolist() == [1.0]


def test_a_standard_is_restricted_to_the_ages_of_the_bands():
    found = NORDIC_2000.weights(AgeBands((40, 50), last=59))
    assert found.weights == pytest.approx([13_900 / 27_400, 13_500 / 27_400], rel=1e-12)
    assert found.covered == pytest.approx(0.274, rel=1e-12)


@pytest.mark.parametrize(
    "bands", [AgeBands((0, 18)), AgeBands((0, 90)), AgeBands((40, 50), last=57), AgeBands((85,), last=94)]
)
def test_a_band_that_cuts_a_group_of_the_standard_is_refused(bands):
    with pytest.raises(MethodError, match=r"nordic-2000 has no age limit at (18|90|58|95)"):
        NORDIC_2000.weights(bands)


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("Nordic_2000", "Did you mean nordic-2000"),
        ("european2013", "Did you mean european-2013"),
        ("WHO", "Did you mean who-2000-2025|There are: european"),
        ("xyz", "There are: european-1976, european-2013, nordic-2000, who-2000-2025, world-segi"),
    ],
)
def test_an_unknown_standard_is_named_with_the_nearest(asked, hint):
    with pytest.raises(MethodError, match=hint):
        standard_population(asked)


def test_a_standard_is_checked_at_birth():
    with pytest.raises(MethodError, match="one number above 0 for each age group"):
        StandardPopulation(name="x", title="x", lower=(0, 5), persons=(1,), source="x", verified=False)
