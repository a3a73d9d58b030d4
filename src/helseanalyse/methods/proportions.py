"""Proportions of persons with their intervals: prevalence, risk over a fixed time, case fatality."""

from __future__ import annotations

from math import nan

import numpy as np
from numpy.typing import ArrayLike

from helseanalyse.methods.checks import Floats, MethodError, level_checked
from helseanalyse.methods.distributions import beta_quantile, normal_quantile
from helseanalyse.methods.intervals import LEVEL, Estimates


def wilson(persons: ArrayLike, of: ArrayLike, *, level: float = LEVEL) -> Estimates:
    """Proportion persons / of with the Wilson score interval: the default, right on average also for small counts.

    persons, of: whole numbers of one shape, persons <= of. Where `of` is 0 all three are nan (not defined).
    Wilson EB. J Am Stat Assoc 1927; 22: 209-212. Brown, Cai, DasGupta. Stat Sci 2001; 16: 101-133.

    >>> found = wilson([10, 0], [100, 20])
    >>> found.estimate.tolist(), found.low.round(4).tolist(), found.high.round(4).tolist()
    ([0.1, 0.0], [0.0552, 0.0], [0.1744, 0.1611])
    """
    x, n = _counts(persons, of)
    z = normal_quantile((1.0 + level_checked(level)) / 2.0)
    p = x / n
    middle = (x + z * z / 2.0) / (n + z * z)
    reach = z * np.sqrt(p * (1.0 - p) * n + z * z / 4.0) / (n + z * z)
    # At the ends the limit is the end itself; the subtraction would miss it by a rounding error.
    low = np.where(x == 0, 0.0, middle - reach) + 0.0 * p
    high = np.where(x == n, 1.0, middle + reach) + 0.0 * p
    return Estimates(np.asarray(low), np.asarray(p), np.asarray(high))


def clopper_pearson(persons: ArrayLike, of: ArrayLike, *, level: float = LEVEL) -> Estimates:
    """Proportion with the exact interval: never too narrow, at the price of being too wide on average.

    persons, of: whole numbers of one shape, persons <= of. Where `of` is 0 all three are nan (not defined).
    Clopper CJ, Pearson ES. Biometrika 1934; 26: 404-413.

    >>> found = clopper_pearson([10, 0], [100, 20])
    >>> found.estimate.tolist(), found.low.round(4).tolist(), found.high.round(4).tolist()
    ([0.1, 0.0], [0.049, 0.0], [0.1762, 0.1684])
    """
    x, n = _counts(persons, of)
    tail = (1.0 - level_checked(level)) / 2.0
    p = x / n
    # At the ends the limit is the end itself, and the beta distribution would have a parameter of 0.
    low = np.where(x == 0, 0.0, beta_quantile(tail, np.maximum(x, 1), n - x + 1)) + 0.0 * p
    high = np.where(x == n, 1.0, beta_quantile(1.0 - tail, x + 1, np.maximum(n - x, 1))) + 0.0 * p
    return Estimates(np.asarray(low), np.asarray(p), np.asarray(high))


def _counts(persons: ArrayLike, of: ArrayLike) -> tuple[Floats, Floats]:
    """Numerator and denominator as real numbers; a denominator of 0 as nan, which makes every result nan."""
    x, n = np.asarray(persons), np.asarray(of)
    if x.shape != n.shape:
        raise MethodError(f"Numerators and denominators differ in shape: {x.shape} and {n.shape}.")
    if x.size and (x.dtype.kind not in "iu" or n.dtype.kind not in "iu"):
        raise MethodError("A proportion needs whole numbers of persons. Cast the columns to 64-bit integers.")
    if x.size and ((x < 0).any() or (x > n).any()):
        raise MethodError(
            "A proportion has a numerator below 0 or above its denominator. Count both among the same persons."
        )
    return x.astype(np.float64), np.where(n > 0, n.astype(np.float64), nan)
