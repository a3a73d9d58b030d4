"""Table 1: against numpy on the values themselves, and against the definitions."""

from math import inf, isnan, nan

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from helseanalyse.methods.checks import MethodError
from helseanalyse.methods.describe import (
    Histogram,
    Moments,
    share,
    smd_binary,
    smd_continuous,
    smd_levels,
)

values = st.lists(st.integers(-200, 40_000), min_size=1, max_size=60)


def moments(numbers, shift=0):
    return Moments(
        n=len(numbers),
        total=sum(x - shift for x in numbers),
        squares=sum((x - shift) ** 2 for x in numbers),
        shift=shift,
    )


def histogram(numbers):
    return Histogram.of(numbers, [1] * len(numbers))


@given(values, st.integers(-1000, 50_000))
def test_mean_and_sd_from_sums_about_any_shift(numbers, shift):
    found = moments(numbers, shift)
    assert found.mean == pytest.approx(np.mean(numbers), rel=1e-12, abs=1e-9)
    if len(numbers) > 1:
        assert found.sd == pytest.approx(np.std(numbers, ddof=1), rel=1e-9, abs=1e-9)
        assert found.sd == moments(numbers).sd  # exact: the shift makes no difference at all
    else:
        assert isnan(found.sd)
    assert found == Moments(
        n=np.int64(found.n), total=np.int64(found.total), squares=np.int64(found.squares), shift=shift
    )


def test_integer_sums_stay_exact_where_real_numbers_would_drown():
    # Days since 1900 of 5.5 million persons, all 45,000 but two: n * squares is far beyond 2^64.
    n, base = 5_500_000, 45_000
    numbers = Moments(n=n, total=n * base + 3, squares=(n - 2) * base**2 + (base + 1) ** 2 + (base + 2) ** 2)
    assert numbers.variance == pytest.approx((5 - 9 / n) / (n - 1), rel=1e-12)
    assert Moments(n=np.int64(n), total=np.int64(numbers.total), squares=np.int64(numbers.squares)) == numbers


def test_real_numbers_need_a_shift_near_the_mean():
    random = np.random.default_rng(1)
    x = 1e8 + random.normal(0, 1, 1000)
    found = Moments(n=1000, total=float((x - 1e8).sum()), squares=float(((x - 1e8) ** 2).sum()), shift=1e8)
    assert found.sd == pytest.approx(x.std(ddof=1), rel=1e-9)
    constant = Moments(n=3, total=0.1 + 0.1 + 0.1, squares=0.1**2 * 3)
    assert constant.sd == pytest.approx(0, abs=1e-8)


@given(values, st.sampled_from([0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 1]))
def test_quantiles_are_type_7_of_r(numbers, p):
    assert histogram(numbers).quantile(p) == pytest.approx(np.quantile(numbers, p), rel=1e-12, abs=1e-9)


@given(values)
def test_a_histogram_gives_the_same_moments_as_its_values(numbers):
    assert histogram(numbers).moments() == moments(numbers)
    assert histogram(numbers).n == len(numbers)
    q1, q2, q3 = histogram(numbers).quartiles()
    assert q1 <= q2 <= q3


def test_nothing_observed_is_not_a_number():
    empty = Histogram.of([], [])
    assert isnan(empty.quantile(0.5))
    assert isnan(empty.moments().mean)
    assert isnan(Histogram([5], [0]).quantile(0.5))
    assert isnan(share(0, 0))


def test_the_worked_example_of_a_binary_difference():
    assert round(smd_binary((60, 100), (1, 7)), 4) == 1.0738
    assert smd_binary((1, 7), (60, 100)) == -smd_binary((60, 100), (1, 7))


@given(st.lists(st.integers(0, 100), min_size=2, max_size=30), st.lists(st.integers(0, 100), min_size=2, max_size=30))
def test_continuous_difference_against_its_definition(a, b):
    spread = (np.var(a, ddof=1) + np.var(b, ddof=1)) / 2
    found = smd_continuous(moments(a), moments(b))
    if spread > 0:
        assert found == pytest.approx((np.mean(a) - np.mean(b)) / np.sqrt(spread), rel=1e-9, abs=1e-12)
    else:
        assert found == (0 if a[0] == b[0] else inf if a[0] > b[0] else -inf)


levels = st.integers(2, 6).flatmap(lambda k: st.tuples(*[st.lists(st.integers(0, 50), min_size=k, max_size=k)] * 2))


@given(levels)
def test_several_levels_against_the_definition_with_a_generalised_inverse(pair):
    a, b = (np.array(x, dtype=float) for x in pair)
    assume(a.sum() and b.sum() and ((a > 0) & (b > 0)).any())
    t, c = a / a.sum(), b / b.sum()
    spread = (np.diag(t) - np.outer(t, t) + np.diag(c) - np.outer(c, c)) / 2  # of all levels: singular
    expected = np.sqrt(max(0, (t - c) @ np.linalg.pinv(spread, rcond=1e-10, hermitian=True) @ (t - c)))
    assert smd_levels(*pair) == pytest.approx(expected, rel=1e-6, abs=1e-7)


@given(levels, st.randoms(use_true_random=False))
def test_several_levels_whatever_their_order_or_the_order_of_groups(pair, random):
    order = list(range(len(pair[0])))
    random.shuffle(order)
    moved = smd_levels([pair[0][i] for i in order], [pair[1][i] for i in order])
    assert smd_levels(*pair) == pytest.approx(moved, rel=1e-6, abs=1e-7, nan_ok=True)
    assert smd_levels(*pair) == pytest.approx(smd_levels(pair[1], pair[0]), rel=1e-6, abs=1e-7, nan_ok=True)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_two_levels_are_a_binary_variable(a, b, c, d):
    assume(a + b and c + d)
    assert smd_levels([a, b], [c, d]) == pytest.approx(abs(smd_binary((a, a + b), (c, c + d))), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([10, 20], [100, 200], 0),  # same shares
        ([10, 0, 20], [100, 0, 200], 0),  # a level that nobody has
        ([7], [9], 0),  # a single level
        ([5, 0], [0, 5], inf),  # nothing in common
        ([5, 5, 0, 0], [0, 0, 3, 1], inf),
        ([0, 0], [1, 2], nan),  # an empty group
    ],
)
def test_the_ends_of_the_scale(first, second, expected):
    assert smd_levels(first, second) == pytest.approx(expected, nan_ok=True, abs=1e-9)


def test_a_group_with_one_value_has_no_standardised_difference():
    assert isnan(smd_continuous(moments([5]), moments([1, 2])))
    assert isnan(smd_binary((0, 0), (1, 2)))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Moments(n=-1, total=0, squares=0), "count below 0"),
        (lambda: Moments(n=2, total=nan, squares=1), "no finite number"),
        (lambda: Moments(n=2, total=10, squares=49), "too small for the sum"),
        (lambda: Moments(n=0, total=1, squares=1), "too small for the sum"),
        (lambda: Histogram([2, 1], [1, 1]), "must increase"),
        (lambda: Histogram([1, 2], [1]), "differ in length"),
        (lambda: Histogram([1], [-1]), "below 0"),
        (lambda: Histogram([1.5], [1]), "values must be whole numbers"),
        (lambda: Histogram([1], [1]).quantile(50), "lies between 0 and 1, not at 50"),
        (lambda: share(3, 2), "above its denominator"),
        (lambda: smd_binary((3, 2), (1, 2)), "above its denominator"),
        (lambda: smd_levels([1, 2], [1, 2, 3]), "differ in length"),
        (lambda: smd_levels([-1, 2], [1, 2]), "below 0"),
    ],
)
def test_counts_that_cannot_be_are_refused(call, message):
    with pytest.raises(MethodError, match=message):
        call()


def test_a_histogram_shows_no_count():
    assert repr(Histogram([1, 2], [3, 4])) == "Histogram(values=2)"
