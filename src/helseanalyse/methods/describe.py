"""Table 1 from counts: means, standard deviations, quantiles, shares and standardised mean differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import copysign, inf, isfinite, isnan, nan, sqrt
from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike

from helseanalyse.methods.checks import Ints, MethodError, frozen, same_length, whole_numbers

SMD_FLAG = 0.1  # |SMD| above it is worth a look: Austin PC. Stat Med 2009; 28: 3083-3107


@dataclass(frozen=True, kw_only=True, slots=True)
class Moments:
    """Count, sum and sum of squares of one variable in one group, taken about `shift`.

    n: persons with a value. total: sum of (x - shift). squares: sum of (x - shift)^2. Integers stay exact at any
    size. Real numbers need a shift near their mean (any round figure does), or the variance drowns in rounding.
    Raises MethodError where the squares are too small for the sum, which no values can do.

    >>> ages = Moments(n=3, total=6, squares=50, shift=60)  # 57, 64 and 65
    >>> ages.mean, round(ages.sd, 4)
    (62.0, 4.3589)
    """

    n: int
    total: int | float
    squares: int | float
    shift: int | float = 0

    def __post_init__(self) -> None:
        for name in ("n", "total", "squares", "shift"):
            given = getattr(self, name)
            if isinstance(given, Integral):  # numpy's integers wrap round; Python's do not
                object.__setattr__(self, name, int(given))
        if self.n < 0 or not all(isfinite(x) for x in (self.total, self.squares, self.shift)):
            raise MethodError("A count below 0, or a sum that is no finite number. Check the aggregation.")
        if self._scatter < -self._slack or (self.n == 0 and (self.total or self.squares)):
            raise MethodError("The sum of squares is too small for the sum. Take both about the same shift.")

    @property
    def mean(self) -> float:
        """The mean, in the variable's unit; nan without values."""
        return float(self.shift + Fraction(self.total) / self.n) if self.n else nan

    @property
    def variance(self) -> float:
        """The variance with n - 1; nan with fewer than two values."""
        return float(max(Fraction(0), self._scatter) / (self.n * (self.n - 1))) if self.n > 1 else nan

    @property
    def sd(self) -> float:
        """The standard deviation with n - 1, in the variable's unit; nan with fewer than two values."""
        return sqrt(self.variance)

    @property
    def _scatter(self) -> Fraction:
        """The sum of squares about the mean, times n, without rounding."""
        return self.n * Fraction(self.squares) - Fraction(self.total) ** 2

    @property
    def _slack(self) -> Fraction:
        """What rounding in sums of real numbers may cost; nothing for integers."""
        whole = isinstance(self.total, int) and isinstance(self.squares, int)
        return Fraction(0) if whole else self.n * Fraction(self.squares) / 10**9


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Histogram:
    """How many persons have each whole-number value. values: (V,) increasing; counts: (V,) 0 or more.

    >>> Histogram([1, 2, 4], [1, 1, 2]).quantile(0.5)
    3.0
    """

    values: Ints
    counts: Ints

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", whole_numbers("values", self.values))
        object.__setattr__(self, "counts", whole_numbers("counts", self.counts, least=0))
        same_length(values=self.values, counts=self.counts)
        if (np.diff(self.values) <= 0).any():
            raise MethodError("The values of a histogram must increase, each once. Sort and sum them first.")

    def __repr__(self) -> str:
        return f"Histogram(values={len(self.values)})"

    @classmethod
    def of(cls, values: ArrayLike, counts: ArrayLike) -> Histogram:
        """The histogram of rows in any order, with repeated values summed."""
        raw, n = whole_numbers("values", values), whole_numbers("counts", counts, least=0)
        same_length(values=raw, counts=n)
        distinct, place = np.unique(raw, return_inverse=True)
        total = np.zeros(len(distinct), dtype=np.int64)
        np.add.at(total, place, n)
        return cls(distinct, frozen(total))

    @property
    def n(self) -> int:
        """Persons with a value."""
        return int(self.counts.sum())

    def quantile(self, p: float) -> float:
        """The p-quantile, type 7 of R (its default): between the values at place (n - 1) p, in steps of one person.

        nan without values. Hyndman RJ, Fan Y. Am Stat 1996; 50: 361-365.
        """
        if not 0.0 <= p <= 1.0:
            raise MethodError(f"A quantile lies between 0 and 1, not at {p}. Write 0.5 for the median.")
        if not self.n:
            return nan
        place = (self.n - 1) * p
        below = int(place)
        running = np.cumsum(self.counts)
        low, high = (
            int(self.values[np.searchsorted(running, k, side="right")]) for k in (below, min(below + 1, self.n - 1))
        )
        return low + (place - below) * (high - low)

    def quartiles(self) -> tuple[float, float, float]:
        """Lower quartile, median, upper quartile.

        >>> Histogram([10, 20, 30], [1, 1, 1]).quartiles()
        (15.0, 20.0, 25.0)
        """
        return self.quantile(0.25), self.quantile(0.5), self.quantile(0.75)

    def moments(self) -> Moments:
        """Count, sum and sum of squares, exact.

        >>> Histogram([57, 64, 65], [1, 1, 1]).moments().mean
        62.0
        """
        pairs = list(zip(self.values.tolist(), self.counts.tolist(), strict=True))
        return Moments(n=self.n, total=sum(x * n for x, n in pairs), squares=sum(x * x * n for x, n in pairs))


def share(persons: int, of: int) -> float:
    """The share persons / of, as a fraction of 1; nan where `of` is 0.

    For a share of those with a known value, leave the missing out of `of`, and show them as a row of their own.

    >>> share(3, 4)
    0.75
    """
    if not 0 <= persons <= of:
        raise MethodError("A share has a numerator below 0 or above its denominator. Count both alike.")
    return persons / of if of else nan


def smd_continuous(first: Moments, second: Moments) -> float:
    """Standardised mean difference, (m1 - m2) / sqrt((s1^2 + s2^2) / 2), sign kept.

    nan where a group has fewer than two values; inf (or -inf) where both groups are constant and differ.

    >>> a, b = Moments(n=3, total=6, squares=50, shift=60), Moments(n=3, total=-6, squares=50, shift=60)
    >>> round(smd_continuous(a, b), 4)
    0.9177
    """
    return _standardised(first.mean - second.mean, (first.variance + second.variance) / 2.0)


def smd_binary(first: tuple[int, int], second: tuple[int, int]) -> float:
    """Standardised difference of two proportions, each given as (persons, of), with variance p (1 - p), sign kept.

    >>> round(smd_binary((30, 50), (10, 70)), 4)
    1.0738
    """
    p, q = share(*first), share(*second)
    return _standardised(p - q, (p * (1.0 - p) + q * (1.0 - q)) / 2.0)


def smd_levels(first: Sequence[int], second: Sequence[int]) -> float:
    """Standardised difference of a variable with several levels: one number, 0 or more, whatever their order.

    first, second: persons by level, the levels in the same order. With T and C the shares of all levels but one
    and S the mean of their covariance matrices it is sqrt((T - C)' S^-1 (T - C)). With two levels it is the size
    of `smd_binary`. Levels that nobody has do not count. nan where a group is empty; inf where the groups share no
    level. Missing values: pass the known levels, and missing as a variable of its own.
    Yang D, Dalton JE. A unified approach to measuring the effect size. SAS Global Forum 2012, paper 335.

    >>> round(smd_levels([20, 30, 50], [30, 30, 40]), 4)
    0.2514
    """
    a, b = (whole_numbers("persons by level", counts, least=0) for counts in (first, second))
    same_length(first=a, second=b)
    if not (a.sum() and b.sum()):
        return nan
    used = (a + b) > 0
    a, b = a[used], b[used]
    if not ((a > 0) & (b > 0)).any():
        return inf  # and S has no inverse; with one shared level it has
    t, c = (x[:-1] / x.sum() for x in (a, b))
    spread = (np.diag(t) - np.outer(t, t) + np.diag(c) - np.outer(c, c)) / 2.0
    difference = t - c
    return sqrt(max(0.0, float(difference @ np.linalg.solve(spread, difference)))) if len(t) else 0.0


def _standardised(difference: float, variance: float) -> float:
    if isnan(difference) or isnan(variance):
        return nan
    if variance > 0.0:
        return difference / sqrt(variance)
    return copysign(inf, difference) if difference else 0.0
