"""Age-standardised rates: direct (against a standard population) and indirect (SMR, SIR)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, fsum, log, nan, sqrt

import numpy as np
from numpy.typing import ArrayLike

from helseanalyse.methods.checks import MethodError, level_checked
from helseanalyse.methods.distributions import chi2_quantile, normal_quantile
from helseanalyse.methods.intervals import LEVEL, Interval
from helseanalyse.methods.rates import TooFewEvents, counts_and_time, poisson_limits


class EmptyStratum(MethodError):  # noqa: N818 - says what happened
    """A stratum that the standard gives weight has no person-time, so its rate is not known."""

    def __init__(self, strata: Sequence[str]) -> None:
        self.strata = tuple(strata)
        super().__init__(
            f"Nobody was at risk in {', '.join(strata)}, so no rate can be standardised over it.\n"
            "Use wider age bands, or bands that begin and end where the study does; "
            "the standard then covers those ages only, for every group alike."
        )


@dataclass(frozen=True, slots=True)
class StandardisedRate:
    """A directly standardised rate, per unit of person-time. variance: of the rate, as Poisson counts give it."""

    interval: Interval
    variance: float


def direct_rate(
    events: ArrayLike,
    person_time: ArrayLike,
    weights: ArrayLike,
    *,
    labels: Sequence[str] | None = None,
    level: float = LEVEL,
) -> StandardisedRate:
    """The rate that the standard population would have had, R = sum w d/T, with a gamma interval.

    events, person_time, weights: (strata,); the weights are scaled to sum to 1. labels: names for the error.

    Raises EmptyStratum where a stratum with weight has no person-time. To put the weight on the other strata
    in silence would compare each group with a standard of its own, which is what standardisation is there to
    prevent; to call the rate 0 would be worse. The remedy is a decision about the ages for all groups
    together (see StandardPopulation.weights). Strata without weight may be empty, and do not count.
    Without any event the rate and the lower limit are 0; the upper limit is that of one event in the stratum
    where it would weigh most, so it stays honest.
    Fay MP, Feuer EJ. Confidence intervals for directly standardized rates. Stat Med 1997; 16: 791-801.

    >>> direct_rate([8, 20], [400.0, 300.0], [0.7, 0.3]).interval.rounded(5)
    (0.02221, 0.034, 0.05048)
    """
    d, time = counts_and_time(events, person_time)
    w = np.asarray(weights, dtype=np.float64)
    if d.ndim != 1 or w.shape != d.shape or not len(d):
        raise MethodError("Events, person-time and weights must be one number per stratum each.")
    if not np.isfinite(w).all() or (w < 0).any() or fsum(w) <= 0:
        raise MethodError("The weights must be 0 or more, with a sum above 0. Check the standard population.")
    names = [f"stratum {i}" for i in range(len(d))] if labels is None else list(labels)
    if len(names) != len(d):
        raise MethodError(f"There are {len(d)} strata, but {len(names)} labels. Give one label per stratum.")
    if empty := [name for name, gone in zip(names, (time == 0) & (w > 0), strict=True) if gone]:
        raise EmptyStratum(empty)
    used = w > 0
    share = w[used] / fsum(w) / time[used]  # what one event adds to the standardised rate
    rate, variance = fsum(share * d[used]), fsum(share**2 * d[used])
    tail = (1.0 - level_checked(level)) / 2.0
    most = float(share.max())
    low = variance / (2 * rate) * float(chi2_quantile(tail, 2 * rate**2 / variance)) if rate else 0.0
    spread = variance + most**2
    df = 2 * (rate + most) ** 2 / spread
    high = spread / (2 * (rate + most)) * float(chi2_quantile(1.0 - tail, df))
    return StandardisedRate(Interval(low, rate, high), variance)


def standardised_ratio(exposed: StandardisedRate, unexposed: StandardisedRate, *, level: float = LEVEL) -> Interval:
    """Ratio of two rates standardised to the same weights, with a Wald interval on the log scale.

    Raises TooFewEvents if a group has no event. The caller sees to it that both used the same standard and bands.
    Source: Breslow and Day, Statistical Methods in Cancer Research, volume II, chapter 2 (the CMF).

    >>> new, old = (direct_rate(d, t, [0.7, 0.3]) for d, t in [([6, 24], [200, 250]), ([8, 20], [400, 300])])
    >>> standardised_ratio(new, old).rounded(3)
    (0.835, 1.465, 2.568)
    """
    a, b = exposed.interval.estimate, unexposed.interval.estimate
    if not (a and b):
        raise TooFewEvents("A group has no event, so the log of its rate does not exist. Show the rates alone.")
    z = normal_quantile((1.0 + level_checked(level)) / 2.0)
    reach = z * sqrt(exposed.variance / a**2 + unexposed.variance / b**2)
    return Interval(exp(log(a / b) - reach), a / b, exp(log(a / b) + reach))


def expected_events(reference_rate: ArrayLike, person_time: ArrayLike) -> float:
    """The events that the cells would have had at the reference rates: sum of rate x person-time.

    reference_rate, person_time: one number per cell, of one shape, the rate per the unit of person_time. A cell
    without person-time needs no reference rate (nan is allowed there); elsewhere a missing rate is an error.

    >>> expected_events([0.002, 0.01], [5000.0, 1450.0])
    24.5
    """
    rate, time = np.asarray(reference_rate, dtype=np.float64), np.asarray(person_time, dtype=np.float64)
    if rate.shape != time.shape:
        raise MethodError(f"Rates and person-time differ in shape: {rate.shape} and {time.shape}.")
    used = time != 0
    products = rate[used] * time[used]
    if not np.isfinite(products).all() or (products < 0).any():
        raise MethodError(
            "Some cell with person-time has no reference rate of 0 or more. "
            "Extend the reference table, or restrict the study to the ages and years that it covers."
        )
    return fsum(products)


def smr(observed: int, expected: float, *, level: float = LEVEL) -> Interval:
    """Standardised mortality (or incidence) ratio, observed / expected, with the exact Poisson interval.

    The expected number is taken as known without error. expected 0: nan, the ratio is not defined.

    >>> smr(30, 24.5).rounded(4)
    (0.8262, 1.2245, 1.748)
    """
    d, e = counts_and_time(observed, expected)
    if d.ndim:
        raise MethodError("The SMR is one observed over one expected number. Sum over the cells first.")
    if e == 0:
        return Interval(nan, nan, nan)
    low, high = poisson_limits(d, level=level)
    return Interval(float(low / e), float(d / e), float(high / e))
