"""A curve on a coarse grid of rounded counts: the form of it that may be released.

Each step of an exact curve is one person's event on one day. Here steps are merged until each holds enough
events, the tail with few at risk is cut, all counts are rounded, and the curve is a function of those few
whole numbers and nothing else: who repeats the arithmetic gets the same curve and learns no more.

Which counts carry the curve best? The cumulative incidence is F = sum d(t) / m(t) with m(t) = n(t) / S(t-), the
number that would have had to start, without censoring, for n(t) to be left: the effective cohort. m hardly
changes within a step (without censoring it does not change at all), while n falls with every event. So a
step is released as its events D and the one number m with D / m = its exact rise of F; merging then costs
nothing at all, and rounding is the only error:
- Events over those at risk when the step begins takes everyone censored in the step to have stayed to its end:
  too low, and the more so the longer the steps.
- Taking off half of those censored (the actuarial rule) goes wrong where many leave on the step's last day, as
  all do whose follow-up ends on a fixed date: it can double the last hazard.
- Rounding each step's events would make greedy steps, which close as soon as they hold enough, lose or win
  in one direction, and the errors add up. The running total is rounded instead, and the step gets the
  difference: at every step the curve is wrong by at most about (base / 2) (1 + F) / m.
Satten GA, Datta S. The Kaplan-Meier estimator as an inverse-probability-of-censoring weighted average. Am Stat
2001; 55: 207-210, for F as a sum of d / m.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from helseanalyse.methods.checks import Floats, Ints, MethodError, frozen, whole_numbers
from helseanalyse.methods.curves import Curve, incidence_limits, survival_limits
from helseanalyse.methods.intervals import LEVEL, Estimates
from helseanalyse.methods.risk_table import RiskTable
from helseanalyse.methods.survival import aalen_johansen, incidence_variance

DAYS_A_MONTH = 30.4375  # 365.25 / 12


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Steps:
    """The released steps of one cause in one group; (J,) each, multiples of the rounding base.

    ends: last day of each step; the first step begins after the curve's start. events: in the step. cohort: the
    effective cohort that they came out of. All empty if the cause has too few events to be shown; whether it
    has any at all is then not told.
    """

    ends: Ints
    events: Ints
    cohort: Ints

    def __repr__(self) -> str:
        return f"Steps({len(self.ends)})"

    @property
    def points(self) -> Floats:
        """(J,) the cumulative incidence at the end of each step."""
        return np.asarray(np.cumsum(self.events / self.cohort), dtype=np.float64)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False, repr=False)
class SteppedCurve:
    """The curves of one group, made from rounded counts alone. Between the ends of steps they are straight lines.

    steps: one per cause, on a grid of its own, so that a rare cause does not blur a common one. until: the last
    day shown, the same for all causes (start if nothing can be shown).
    """

    group: str
    causes: tuple[str, ...]
    start: int
    base: int
    steps: tuple[Steps, ...]

    def __repr__(self) -> str:
        return f"SteppedCurve({self.group}, {dict(zip(self.causes, self.steps, strict=True))})"

    @property
    def withheld(self) -> tuple[str, ...]:
        """The causes that have too few events (perhaps none) to be shown."""
        return tuple(cause for cause, step in zip(self.causes, self.steps, strict=True) if not len(step.ends))

    @property
    def until(self) -> int:
        """The last day of the curves."""
        return max([self.start, *(int(step.ends[-1]) for step in self.steps if len(step.ends))])

    def incidence(self, cause: str, *, level: float = LEVEL) -> Curve:
        """The cumulative incidence of a cause at the ends of its steps, with limits that include the rounding.

        Raises MethodError for a cause that is withheld.
        """
        own = self._steps(cause)
        survival = 1.0 - self._any_cause(own.ends)
        before = np.append(1.0, survival[:-1])
        m = own.cohort.astype(np.float64)
        estimate = own.points
        variance = _variance(before * m, (before - survival) * m, own.events.astype(np.float64), before, estimate)
        se = np.sqrt(variance + self._rounding(1, m))
        return self._curve("incidence", own.ends, estimate, se, *incidence_limits(estimate, se, level))

    def survival(self, *, level: float = LEVEL) -> Curve:
        """The probability of no event, 1 minus the incidences of all causes, at the ends of all their steps.

        Raises MethodError if a cause is withheld: 1 minus the others would not be that probability.
        """
        if self.withheld:
            raise MethodError(
                f"Event-free survival in {self.group} needs every cause, but these have too few events: "
                f"{', '.join(self.withheld)}. Show the incidence of the others."
            )
        ends = np.unique(np.concatenate([step.ends for step in self.steps]))
        survival = 1.0 - self._any_cause(ends)
        before = np.append(1.0, survival[:-1])
        # Every cause has a step over this day; the one with most events knows the cohort best.
        main = max(self.steps, key=lambda step: int(step.events.sum()))
        m = main.cohort[np.searchsorted(main.ends, ends)].astype(np.float64)
        n, d = before * m, (before - survival) * m
        variance = _variance(n, d, d, before, 1.0 - survival)
        se = np.sqrt(variance + self._rounding(len(self.causes), m))
        inner = np.where(survival > 0.0, survival, 1.0)
        low, high = survival_limits(survival, se / inner, level)
        return self._curve("survival", ends, survival, se, low, high)

    def risk_on(self, cause: str, days: ArrayLike, *, level: float = LEVEL) -> Estimates:
        """(D,) the risk of a cause until given days, with limits, read off the straight lines; nan after `until`."""
        asked = whole_numbers("days", days)
        if len(asked) and int(asked.min()) < self.start:
            raise MethodError(f"The curve starts on day {self.start}. Ask for that day or later ones.")
        curve = self.incidence(cause, level=level)
        at = np.append(self.start, curve.days)
        return Estimates(
            *(
                np.where(asked <= self.until, np.interp(asked, at, np.append(0.0, values[0])), np.nan)
                for values in (curve.low, curve.estimate, curve.high)
            )
        )

    def _steps(self, cause: str) -> Steps:
        if cause not in self.causes:
            raise MethodError(f"There is no cause {cause}. There are: {', '.join(self.causes)}.")
        own = self.steps[self.causes.index(cause)]
        if not len(own.ends):
            raise MethodError(f"{cause} has too few events in {self.group} to be shown. Leave the curve out.")
        return own

    def _any_cause(self, days: Ints) -> Floats:
        """The incidences of all causes together, each read off its straight lines."""
        lines = [np.interp(days, np.append(self.start, own.ends), np.append(0.0, own.points)) for own in self.steps]
        return np.asarray(np.sum(lines, axis=0))

    def _rounding(self, causes: int, m: Floats) -> Floats:
        """The variance of running totals that are off by a chance amount between -base/2 and base/2."""
        return causes * (self.base**2 - 1) / 12.0 / m**2

    def _curve(self, kind: str, ends: Ints, estimate: Floats, se: Floats, low: Floats, high: Floats) -> Curve:
        return Curve(
            kind="survival" if kind == "survival" else "incidence",
            groups=(self.group,), start=self.start, days=ends,
            estimate=estimate[np.newaxis], se=se[np.newaxis], low=low[np.newaxis], high=high[np.newaxis],
            until=np.array([self.until]),
        )  # fmt: skip


def month_ends(last: int, *, start: int = 0) -> Ints:
    """The days that close each whole month of 30.4375 days after `start`, up to day `last`: candidates for steps.

    last must come from the study (the follow-up that it declares), not from the data: the longest follow-up that
    happens to occur is one person's.

    >>> month_ends(365).tolist()
    [30, 60, 91, 121, 152, 182, 213, 243, 273, 304, 334, 365]
    """
    months = int((last - start + 1) / DAYS_A_MONTH) + 1
    ends = start + np.floor(np.arange(1, months + 1) * DAYS_A_MONTH).astype(np.int64)
    return np.asarray(frozen(ends[ends <= last]))


def stepped_curves(
    table: RiskTable, *, candidates: ArrayLike, least_events: int, least_at_risk: int, base: int
) -> tuple[SteppedCurve, ...]:
    """One stepped curve per group, by rules that the caller brings.

    candidates: (C,) increasing days on which a step may end, from the study and not from the data: `month_ends`.
    least_events: of one cause in each step. least_at_risk: persons that must still be at risk, and without an
    event, after every day with events up to the end of the curve. base: counts are rounded to its
    multiples; at most the two least numbers, so that nothing is rounded away.

    A step of a cause closes on the first candidate on which it holds enough events. The last step is always
    drawn out to the end of the curve and takes in what is left over: had it ended earlier when nothing was
    left, one could tell nothing from a little. A group in which an event comes out of too small a risk set
    early on (delayed entry) has no curve; start it later with `RiskTable.since`.

    >>> from helseanalyse.methods.risk_table import risk_table
    >>> table = risk_table(
    ...     [0] * 4, [0] * 4, [20, 50, 80, 91], [1, 1, 1, 0], [12, 7, 9, 472], groups=["all"], causes=["MI"]
    ... )
    >>> (curve,) = stepped_curves(table, candidates=month_ends(91), least_events=10, least_at_risk=10, base=5)
    >>> steps = curve.steps[0]
    >>> steps.ends.tolist(), steps.events.tolist(), steps.cohort.tolist(), steps.points.round(3).tolist()
    ([30, 91], [10, 20], [500, 500], [0.02, 0.06])
    """
    days = whole_numbers("candidates", candidates)
    if len(days) and (int(days[0]) <= table.start or (np.diff(days) <= 0).any()):
        raise MethodError(f"The candidate days must increase, all after the start of the curve, {table.start}.")
    if not 1 <= base <= min(least_events, least_at_risk):
        raise MethodError(
            f"The rounding base ({base}) must be between 1 and the least numbers of events ({least_events}) "
            f"and of persons at risk ({least_at_risk}). Round less, or ask for more in a step."
        )
    exact = aalen_johansen(table)
    curves = []
    for g, group in enumerate(table.groups):
        allowed = _allowed(table, g, days, least_at_risk, int(exact.survival.until[g]))
        steps = [_merge(allowed, table, g, k, exact.incidence[k], least_events, base) for k in range(len(table.causes))]
        curves.append(
            SteppedCurve(
                group=group,
                causes=table.causes,
                start=table.start,
                base=base,
                steps=_within_one(steps, base),
            )
        )
    return tuple(curves)


def _allowed(table: RiskTable, g: int, days: Ints, least: int, until: int) -> Ints:
    """The candidates on which a step of group g may end: enough remain, then and after every event before."""
    events = table.events[g].sum(axis=1)
    thin = (events > 0) & (table.at_risk[g] - events < least)
    cut = int(table.days[thin.argmax()]) if thin.any() else until + 1
    early = days[(days < cut) & (days <= until)]
    # On a day with events enough are left without one, or `cut` would come before it.
    return np.asarray(early[table.at_risk_on(early)[g] >= least])


def _merge(allowed: Ints, table: RiskTable, g: int, k: int, exact: Curve, least_events: int, base: int) -> Steps:
    """Close a step on the first allowed day with enough events, again and again; then round running totals."""
    place = np.searchsorted(table.days, allowed, side="right")
    total = np.append(0, np.cumsum(table.events[g, :, k]))[place]  # events up to and including each allowed day
    closed: list[int] = []
    reached = 0
    while (i := int(np.searchsorted(total, reached + least_events))) < len(total):
        closed.append(i)
        reached = int(total[i])
    if not closed:
        nothing = frozen(np.zeros(0, dtype=np.int64))
        return Steps(nothing, nothing, nothing)
    closed[-1] = len(total) - 1
    ends, totals = allowed[closed], total[closed]
    rise = np.diff(exact.at(ends).estimate[g], prepend=0.0)
    cohort = np.diff(totals, prepend=0) / rise
    rounded = _to_base(totals, base)
    # Without censoring the cohort is a whole number up to rounding errors, which must not decide a tie.
    return Steps(frozen(ends), frozen(np.diff(rounded, prepend=0)), frozen(_to_base(np.round(cohort, 6), base)))


def _variance(n: Floats, d: Floats, d_k: Floats, before: Floats, incidence: Floats) -> Floats:
    """(J,) the variance of Aalen-Johansen with each step as one day: n at risk, d events, d_k of this cause."""
    one_group = (n, d, d_k, before, incidence)
    n, d, d_k, before, incidence = (values[np.newaxis] for values in one_group)
    return np.asarray(incidence_variance(n, d, d_k, before, incidence)[0])


def _to_base(values: Ints | Floats, base: int) -> Ints:
    """The nearest multiple of base, halves up."""
    return np.asarray(np.floor(values / base + 0.5).astype(np.int64) * base)


def _within_one(steps: list[Steps], base: int) -> tuple[Steps, ...]:
    """The same steps, with the cohorts raised by the base until all risks together are below 1.

    Some are left without an event on the last day, so 1 is too much, and only rounding can lead there. All
    causes end on that day, where the sum is largest.
    """
    while sum(float(own.points[-1]) for own in steps if len(own.ends)) >= 1.0:
        steps = [Steps(own.ends, own.events, frozen(own.cohort + base)) for own in steps]
    return tuple(steps)
