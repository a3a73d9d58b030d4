"""Rates, their ratios and differences, from events and person-time."""

from __future__ import annotations

from math import exp, inf, log, nan, sqrt

import numpy as np
from numpy.typing import ArrayLike

from helseanalyse.methods.checks import Floats, Ints, MethodError, level_checked
from helseanalyse.methods.distributions import beta_quantile, chi2_quantile, normal_quantile
from helseanalyse.methods.intervals import LEVEL, Estimates, Interval


class TooFewEvents(MethodError):  # noqa: N818 - says what happened
    """A group has no event, so that the method's interval does not exist."""


def poisson_limits(events: ArrayLike, *, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Exact limits of the mean of a Poisson count: low and high, in events, of the shape of `events`.

    Garwood F. Fiducial limits for the Poisson distribution. Biometrika 1936; 28: 437-442.

    >>> low, high = poisson_limits([0, 5, 20])
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([0.0, 1.6235, 12.2165], [3.6889, 11.6683, 30.8884])
    """
    d = _events(events)
    tail = (1.0 - level_checked(level)) / 2.0
    # A count of 0 has 0 as its lower limit; 1 stands in where the formula would divide by nothing.
    low = np.where(d > 0, chi2_quantile(tail, 2 * np.maximum(d, 1)) / 2.0, 0.0)
    high = chi2_quantile(1.0 - tail, 2 * d + 2) / 2.0
    return np.asarray(low), np.asarray(high)


def rates(events: ArrayLike, person_time: ArrayLike, *, per: float = 1.0, level: float = LEVEL) -> Estimates:
    """Events over person-time with exact Poisson limits, times `per`.

    events: whole numbers; person_time: in any one unit, of the same shape. Where person-time is 0 the rate and
    its limits are nan (not defined). Raises MethodError for events where there is no person-time.

    >>> found = rates([20, 0], [4000.0, 1000.0], per=1000)
    >>> found.estimate.tolist(), found.low.round(3).tolist(), found.high.round(3).tolist()
    ([5.0, 0.0], [3.054, 0.0], [7.722, 3.689])
    """
    d, time = counts_and_time(events, person_time)
    limits = poisson_limits(d, level=level)
    there = np.where(time > 0, time, nan)
    return Estimates(per * limits[0] / there, per * d / there, per * limits[1] / there)


def rate_ratio(exposed: tuple[int, float], unexposed: tuple[int, float], *, level: float = LEVEL) -> Interval:
    """Incidence rate ratio with a Wald interval on the log scale.

    exposed, unexposed: events and person-time of each group, in the same unit of time, above 0.
    Raises TooFewEvents if a group has no event: then use rate_ratio_exact.
    Source: Rothman, Greenland and Lash, Modern Epidemiology, 3rd ed., chapter 14.

    >>> rate_ratio((20, 100.0), (10, 100.0)).rounded(2)
    (0.94, 2.0, 4.27)
    """
    (a, time_a), (b, time_b) = _group(exposed), _group(unexposed)
    if not (a and b):
        raise TooFewEvents("A group has no event, so its log rate does not exist. Use the exact rate ratio.")
    reach = normal_quantile((1.0 + level_checked(level)) / 2.0) * sqrt(1 / a + 1 / b)
    middle = log(a / time_a) - log(b / time_b)
    return Interval(exp(middle - reach), exp(middle), exp(middle + reach))


def rate_ratio_exact(exposed: tuple[int, float], unexposed: tuple[int, float], *, level: float = LEVEL) -> Interval:
    """Incidence rate ratio with the exact conditional interval, which also stands where a group has no event.

    Given all events, those of the exposed are binomial with probability R T1 / (R T1 + T0); its exact limits
    become those of the ratio R. No event among the unexposed: estimate and upper limit are inf. No event at
    all: the estimate is nan, the limits 0 and inf.
    Source: Rothman, Greenland and Lash, Modern Epidemiology, 3rd ed., chapter 14.

    >>> rate_ratio_exact((20, 100.0), (10, 100.0)).rounded(2)
    (0.89, 2.0, 4.78)
    >>> rate_ratio_exact((0, 100.0), (10, 100.0)).rounded(3)
    (0.0, 0.0, 0.446)
    """
    (a, time_a), (b, time_b) = _group(exposed), _group(unexposed)
    tail = (1.0 - level_checked(level)) / 2.0
    scale = time_b / time_a
    low, high, estimate = 0.0, inf, inf
    if a:
        share = float(beta_quantile(tail, a, b + 1))
        low = scale * share / (1.0 - share)
    if b:
        share = float(beta_quantile(1.0 - tail, a + 1, b))
        high = scale * share / (1.0 - share)
        estimate = scale * a / b
    return Interval(low, estimate if a or b else nan, high)


def rate_difference(
    exposed: tuple[int, float], unexposed: tuple[int, float], *, per: float = 1.0, level: float = LEVEL
) -> Interval:
    """Incidence rate difference, times `per`, with limits recovered from the two groups' exact Poisson limits.

    Unlike the Wald interval it stands where a group has no event.
    Zou GY, Donner A. Construction of confidence limits about effect measures. Stat Med 2008; 27: 1693-1702.

    >>> rate_difference((24, 1000.0), (10, 1000.0), per=1000).rounded(2)
    (1.97, 14.0, 26.81)
    """
    rate, low, high = [], [], []
    for events, time in (_group(exposed), _group(unexposed)):
        limits = poisson_limits(events, level=level)
        rate.append(events / time)
        low.append(float(limits[0]) / time)
        high.append(float(limits[1]) / time)
    difference = rate[0] - rate[1]
    down = sqrt((rate[0] - low[0]) ** 2 + (high[1] - rate[1]) ** 2)
    up = sqrt((high[0] - rate[0]) ** 2 + (rate[1] - low[1]) ** 2)
    return Interval(per * (difference - down), per * difference, per * (difference + up))


def counts_and_time(events: ArrayLike, person_time: ArrayLike) -> tuple[Ints, Floats]:
    """Events and person-time as arrays of one shape, checked: no negative, no event without time.

    >>> counts_and_time([1, 0], [2.5, 0.0])[1].tolist()
    [2.5, 0.0]
    """
    d, time = _events(events), np.asarray(person_time, dtype=np.float64)
    if d.shape != time.shape:
        raise MethodError(f"Events and person-time differ in shape: {d.shape} and {time.shape}.")
    if not np.isfinite(time).all() or (time < 0).any():
        raise MethodError("Person-time must be a finite number, 0 or more. Check how it was summed.")
    if ((d > 0) & (time == 0)).any():
        raise MethodError("There are events where there is no person-time. Check that both use the same cells.")
    return d, time


def _events(events: ArrayLike) -> Ints:
    d = np.asarray(events)
    if d.size and (d.dtype.kind not in "iu" or (d < 0).any()):
        raise MethodError("Events must be whole numbers, 0 or more. Cast the column to a 64-bit integer.")
    return np.asarray(d, dtype=np.int64)


def _group(group: tuple[int, float]) -> tuple[int, float]:
    d, time = counts_and_time(group[0], group[1])
    if d.ndim or time == 0:
        raise MethodError("A group is one count of events and one person-time above 0.")
    return int(d), float(time)
