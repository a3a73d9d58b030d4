"""A curve: one step function of time per group, with its interval."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from helseanalyse.methods.checks import Bools, Floats, Ints, MethodError, frozen, level_checked, whole_numbers
from helseanalyse.methods.distributions import normal_quantile
from helseanalyse.methods.intervals import Estimates

FOREVER = 2**62  # the last known day of a curve that has reached its end: it stays there
_TOUCH = 1e-12  # a curve that misses a quantile by a rounding error has reached it


@dataclass(frozen=True, kw_only=True, slots=True, eq=False, repr=False)
class Curve:
    """Probabilities by group and day; the value of a day holds until the next one.

    kind: "survival" falls from 1, "incidence" rises from 0, both at `start`. days: (T,). estimate, se, low, high:
    (G, T), se on the scale of the curve. until: (G,) the last day for which the group's curve is known: the day
    on which its risk set first becomes empty (FOREVER if everybody had an event: then it stays as it is).
    After it all four are nan: to draw the curve on would be to invent follow-up.
    Before the first event the limits equal the estimate; that is a convention, not knowledge.
    """

    kind: Literal["survival", "incidence"]
    groups: tuple[str, ...]
    start: int
    days: Ints
    estimate: Floats
    se: Floats
    low: Floats
    high: Floats
    until: Ints

    def __post_init__(self) -> None:
        for name in ("estimate", "se", "low", "high"):
            if getattr(self, name).shape != (len(self.groups), len(self.days)):
                raise MethodError(f"In a curve {name} must be groups x days.")
            frozen(getattr(self, name))

    def __repr__(self) -> str:
        return f"Curve({self.kind}, groups={len(self.groups)}, days={len(self.days)})"

    def at(self, days: ArrayLike) -> Estimates:
        """(G, D) the curve on given days, with limits: for example the risk after 1, 5 and 10 years.

        nan after the last day known for a group. Raises MethodError for days before the curve starts.
        """
        asked = whole_numbers("days", days)
        if len(asked) and int(asked.min()) < self.start:
            raise MethodError(f"The curve starts on day {self.start}. Ask for that day or later ones.")
        place = np.searchsorted(self.days, asked, side="right")
        known = asked[np.newaxis, :] <= self.until[:, np.newaxis]
        return Estimates(*(self._read(values, place, known) for values in (self.low, self.estimate, self.high)))

    def standard_error(self, days: ArrayLike) -> Floats:
        """(G, D) the standard error of `at(days).estimate`."""
        asked = whole_numbers("days", days)
        place = np.searchsorted(self.days, asked, side="right")
        return self._read(self.se, place, asked[np.newaxis, :] <= self.until[:, np.newaxis], first=0.0)

    def quantile(self, p: float) -> Estimates:
        """(G,) the first day on which a share p has had the event, in days; p = 0.5 gives the median.

        The limits are where the curve's own limits reach p (Brookmeyer R, Crowley J. Biometrics 1982; 38: 29-41).
        nan where p is not reached within follow-up. Where the curve runs exactly along p for a while, it is
        the first of those days; R gives the middle of them.
        """
        level_checked(p)
        risks = {name: self._risk(getattr(self, name)) for name in ("low", "estimate", "high")}
        first = {name: self._first_day(risk >= p - _TOUCH) for name, risk in risks.items()}
        if self.kind == "incidence":
            first["low"], first["high"] = first["high"], first["low"]
        return Estimates(first["low"], first["estimate"], first["high"])

    def complement(self) -> Curve:
        """1 minus the curve: the risk of any event from event-free survival, or back.

        >>> from helseanalyse.methods.risk_table import risk_table
        >>> from helseanalyse.methods.survival import kaplan_meier
        >>> table = risk_table([0, 0], [0, 0], [3, 5], [1, 0], [1, 9], groups=["all"], causes=["death"])
        >>> kaplan_meier(table).complement().at([3]).estimate.round(3).tolist()
        [[0.1]]
        """
        return replace(
            self,
            kind="incidence" if self.kind == "survival" else "survival",
            estimate=1.0 - self.estimate,
            low=1.0 - self.high,
            high=1.0 - self.low,
        )

    def _risk(self, values: Floats) -> Floats:
        return 1.0 - values if self.kind == "survival" else values

    def _read(self, values: Floats, place: Ints, known: Bools, first: float | None = None) -> Floats:
        if first is None:
            first = 1.0 if self.kind == "survival" else 0.0
        padded = np.concatenate([np.full((len(self.groups), 1), first), values], axis=1)
        return np.where(known, padded[:, place], np.nan)

    def _first_day(self, reached: Bools) -> Floats:
        days = np.append(self.days.astype(np.float64), np.nan)
        first = np.where(reached.any(axis=1), reached.argmax(axis=1), len(self.days))
        return np.asarray(days[first])


def survival_limits(survival: Floats, se_of_log: Floats, level: float) -> tuple[Floats, Floats]:
    """Limits of a survival probability on the scale log(-log S): within 0 and 1, and good also in the tails.

    se_of_log: the standard error of log S (Greenwood's sum, square root). Where S is 1 both limits are 1; where
    S is 0 they are nan. Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data, section 1.4.

    >>> low, high = survival_limits(np.array([1.0, 0.8]), np.array([0.0, 0.1581139]), 0.95)
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([1.0, 0.4087], [1.0, 0.9459])
    """
    z = normal_quantile((1.0 + level_checked(level)) / 2.0)
    inner = (survival > 0.0) & (survival < 1.0)
    log_s = np.log(np.where(inner, survival, 0.5))
    reach = z * np.where(inner, se_of_log, 0.0) / -log_s
    # A limit of 0 or 1 in the last digit only: the exponent may overflow where hardly anybody is left.
    with np.errstate(over="ignore", under="ignore"):
        low, high = np.exp(log_s * np.exp(reach)), np.exp(log_s * np.exp(-reach))
    ends = np.where(survival == 1.0, 1.0, np.nan)
    return np.where(inner, low, ends), np.where(inner, high, ends)


def incidence_limits(incidence: Floats, se: Floats, level: float) -> tuple[Floats, Floats]:
    """Limits of a cumulative incidence, by treating 1 - F as `survival_limits` treats S.

    So with one cause the interval is exactly 1 minus that of Kaplan-Meier. Where F is 0 both limits are 0; where
    F is 1 they are nan.

    >>> low, high = incidence_limits(np.array([0.0, 0.2]), np.array([0.0, 0.1264911]), 0.95)
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([0.0, 0.0541], [0.0, 0.5913])
    """
    z = normal_quantile((1.0 + level_checked(level)) / 2.0)
    inner = (incidence > 0.0) & (incidence < 1.0)
    f = np.where(inner, incidence, 0.5)
    log_g = np.log1p(-f)
    reach = z * np.where(inner, se, 0.0) / ((1.0 - f) * -log_g)
    with np.errstate(over="ignore", under="ignore"):
        low, high = -np.expm1(log_g * np.exp(-reach)), -np.expm1(log_g * np.exp(reach))
    ends = np.where(incidence == 0.0, 0.0, np.nan)
    return np.where(inner, low, ends), np.where(inner, high, ends)
