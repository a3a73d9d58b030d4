"""Kaplan-Meier, Aalen-Johansen and the restricted mean, from a risk table of counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from helseanalyse.methods.checks import Floats, Ints, MethodError, level_checked
from helseanalyse.methods.curves import FOREVER, Curve, incidence_limits, survival_limits
from helseanalyse.methods.distributions import normal_quantile
from helseanalyse.methods.intervals import LEVEL, Estimates
from helseanalyse.methods.risk_table import RiskTable

_CLOSE = 1e-9  # S + sum F may miss 1 by rounding, never by this


@dataclass(frozen=True, slots=True, eq=False)
class CompetingRisks:
    """Event-free survival, and the cumulative incidence of each cause; on every day they sum to 1."""

    causes: tuple[str, ...]
    survival: Curve
    incidence: tuple[Curve, ...]

    def of(self, cause: str) -> Curve:
        """The cumulative incidence of a cause by name."""
        if cause not in self.causes:
            raise MethodError(f"There is no cause {cause}. There are: {', '.join(self.causes)}.")
        return self.incidence[self.causes.index(cause)]


def kaplan_meier(table: RiskTable, *, level: float = LEVEL) -> Curve:
    """The probability of having had no event of any cause, S = prod(1 - d/n), by group.

    Standard error by Greenwood; limits on the scale log(-log S). Where S is 0 they are nan. With several causes
    this is event-free survival, and 1 minus it is no risk of any one of them: that is `aalen_johansen`.
    With delayed entry the curve is conditional on being event-free at the first entry.

    >>> from helseanalyse.methods.risk_table import risk_table_from_days
    >>> table = risk_table_from_days([1, 2, 4], [[10, 9, 7]], [[[1], [1], [2]]], groups=["all"], causes=["any"])
    >>> curve = kaplan_meier(table)
    >>> curve.estimate.round(6).tolist(), curve.at([2]).low.round(3).tolist()
    ([[0.9, 0.8, 0.571429]], [[0.409]])
    """
    n, d = _risk_and_events(table)
    survival, log_variance = _product(n, d), np.cumsum(_greenwood(n, d), axis=1)
    se_of_log = np.sqrt(log_variance)
    low, high = survival_limits(survival, se_of_log, level)
    se = np.where(survival > 0.0, survival * se_of_log, np.nan)
    return _curve("survival", table, survival, se, low, high)


def aalen_johansen(table: RiskTable, *, level: float = LEVEL) -> CompetingRisks:
    """The probability of each cause having come first, F_k = sum S(t-) d_k/n, by group, with its variance.

    The variance of F_k at t, with A(s) = F_k(t) - F_k(s), is the sum over s <= t of
    A^2 d/(n(n-d)) + S(s-)^2 d_k(n-d_k)/n^3 - 2 A S(s-) d_k/n^2. If all enter on day 0 this is exactly the
    infinitesimal jackknife of R survfit; with delayed entry the two differ by chance, in the third digit or so.
    Limits on the scale log(-log(1 - F)), so that one cause alone gives 1 minus Kaplan-Meier and its limits.
    Source: Aalen and Johansen, Scand J Stat 1978; 5: 141-150; the variance of Marubini and Valsecchi, 1995.

    >>> from helseanalyse.methods.risk_table import risk_table_from_days
    >>> table = risk_table_from_days(
    ...     [1, 2, 4], [[10, 9, 7]], [[[1, 0], [0, 1], [2, 0]]], groups=["all"], causes=["MI", "death"]
    ... )
    >>> found = aalen_johansen(table)
    >>> found.of("MI").estimate.round(6).tolist(), found.of("MI").se.round(6)[0, 2]
    ([[0.1, 0.1, 0.328571]], np.float64(0.156184))
    """
    n, d = _risk_and_events(table)
    survival = kaplan_meier(table, level=level)
    after = _product(n, d)
    before = np.concatenate([np.ones((len(n), 1)), after[:, :-1]], axis=1)
    curves, total = [], after.copy()
    for k in range(len(table.causes)):
        d_k = table.events[:, :, k].astype(np.float64)
        incidence = np.cumsum(before * _ratio(d_k, n), axis=1)
        # Where nobody is left and no other cause has struck, F is 1 exactly, whatever rounding made of it.
        alone = np.cumsum(d - d_k, axis=1) == 0
        incidence = np.where((after == 0.0) & alone, 1.0, incidence)
        total += incidence
        se = np.where(incidence < 1.0, np.sqrt(incidence_variance(n, d, d_k, before, incidence)), np.nan)
        low, high = incidence_limits(incidence, se, level)
        curves.append(_curve("incidence", table, incidence, se, low, high))
    if total.size and float(np.abs(total - 1.0).max()) > _CLOSE:
        raise MethodError("The curves do not sum to 1. Check that each event has exactly one cause.")
    return CompetingRisks(table.causes, survival, tuple(curves))


def incidence_variance(n: Floats, d: Floats, d_k: Floats, before: Floats, incidence: Floats) -> Floats:
    """(G, T) the variance of a cumulative incidence, the sum in `aalen_johansen`, in one pass over the days.

    n at risk, d events of all causes, d_k of this one, before: S(t-), incidence: F_k(t); all (G, T).
    The square in A is multiplied out, so that each sum over s becomes a running sum.
    """
    a, c = _greenwood(n, d), before * _ratio(d_k, n**2)
    b = before**2 * _ratio(d_k * (n - d_k), n**3)
    f = incidence
    square = f**2 * _sum(a) - 2.0 * f * _sum(a * f) + _sum(a * f**2)
    return np.maximum(0.0, square + _sum(b) - 2.0 * (f * _sum(c) - _sum(c * f)))


def restricted_mean(table: RiskTable, tau: int, *, level: float = LEVEL) -> Estimates:
    """(G,) the mean event-free time until day tau, in days: the area under Kaplan-Meier from the start to tau.

    Variance: sum over event days of (area from there to tau)^2 d/(n(n-d)). nan for a group that is not known until
    tau: choose a tau within the follow-up of all groups.
    Royston P, Parmar MK. BMC Med Res Methodol 2013; 13: 152.

    >>> from helseanalyse.methods.risk_table import risk_table
    >>> table = risk_table([0] * 4, [0] * 4, [1, 2, 4, 6], [1, 1, 1, 0], [1, 1, 2, 6], groups=["all"], causes=["any"])
    >>> restricted_mean(table, 5).estimate.round(6).tolist()
    [4.1]
    """
    if tau <= table.start:
        raise MethodError(f"The restricted mean needs a day after {table.start}, not {tau}.")
    n, d = _risk_and_events(table)
    curve = kaplan_meier(table, level=level)
    heights = np.concatenate([np.ones((len(n), 1)), _product(n, d)], axis=1)
    edges = np.concatenate([[table.start], np.minimum(table.days, tau), [tau]])
    pieces = heights * np.diff(edges)
    ahead = np.cumsum(pieces[:, ::-1], axis=1)[:, ::-1]  # the area from each edge on
    se = np.sqrt(np.sum(ahead[:, 1:] ** 2 * _greenwood(n, d), axis=1))
    known = curve.until >= tau
    mean = np.where(known, ahead[:, 0], np.nan)
    reach = normal_quantile((1.0 + level_checked(level)) / 2.0) * se
    longest = float(tau - table.start)
    return Estimates(np.maximum(0.0, mean - reach), mean, np.maximum(mean, np.minimum(longest, mean + reach)))


def _risk_and_events(table: RiskTable) -> tuple[Floats, Floats]:
    return table.at_risk.astype(np.float64), table.events.sum(axis=2).astype(np.float64)


def _product(n: Floats, d: Floats) -> Floats:
    return np.asarray(np.cumprod(1.0 - _ratio(d, n), axis=1))


def _greenwood(n: Floats, d: Floats) -> Floats:
    """d/(n(n-d)), the growth of Var log S.

    Where all at risk have the event it is 0: S is 0 from there on, and in every other sum the term is
    multiplied by an area or a difference that is 0.
    """
    return _ratio(d, n * (n - d))


def _ratio(above: Floats, below: Floats) -> Floats:
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def _sum(values: Floats) -> Floats:
    return np.asarray(np.cumsum(values, axis=1))


def _curve(kind: str, table: RiskTable, estimate: Floats, se: Floats, low: Floats, high: Floats) -> Curve:
    until = known_until(table)
    unknown = table.days[np.newaxis, :] > until[:, np.newaxis]
    parts = (np.where(unknown, np.nan, values) for values in (estimate, se, low, high))
    estimate, se, low, high = parts
    return Curve(
        kind="survival" if kind == "survival" else "incidence",
        groups=table.groups, start=table.start, days=table.days,
        estimate=estimate, se=se, low=low, high=high, until=until,
    )  # fmt: skip


def known_until(table: RiskTable) -> Ints:
    """(G,) the last day before a group's risk set first becomes empty; FOREVER if it ended with everybody's event.

    A gap in which nobody is at risk ends the curve too, as does an early risk set of which all had the event:
    what the later entrants show is not known from the origin. R carries such curves on in silence.
    `RiskTable.since` gives the later part, as a question of its own.
    """
    until = np.full(len(table.groups), table.start, dtype=np.int64)
    days = np.append(table.days, FOREVER)
    for g in range(len(table.groups)):
        there = np.flatnonzero(table.at_risk[g] > 0)
        if not len(there):
            continue
        first, last = int(there[0]), int(there[-1])
        emptied = table.remaining[g] == 0
        followed = np.append(table.at_risk[g, 1:] > 0, False) & (days[1:] == days[:-1] + 1)
        all_died = table.events[g].sum(axis=1) == table.at_risk[g]
        stops = np.flatnonzero(emptied & (~followed | all_died) & (np.arange(len(table.days)) >= first))
        if not len(stops):  # some are still there after the last day of the table
            until[g] = table.days[-1]
            continue
        stop = int(stops[0])
        until[g] = FOREVER if all_died[stop] and stop == last else days[stop]
    return until
