"""Kaplan-Meier and Aalen-Johansen curves: exact in the open profile, from a coarse risk table in the checked one.

Every drop of an exact curve is somebody's date. In the checked profile steps are merged until each holds enough
events, counts are rounded, and the curve ends where few are followed (`methods.step_grid`): what is released are
those few whole numbers, and the curve is calculated from them and from nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan

import numpy as np

from helseanalyse.disclosure.levels import combinations, known_patterns
from helseanalyse.disclosure.rules import SMALL, TAIL, Rules
from helseanalyse.methods.curves import Curve
from helseanalyse.methods.risk_table import RiskTable, risk_table
from helseanalyse.methods.step_grid import SteppedCurve, month_ends, stepped_curves
from helseanalyse.methods.survival import aalen_johansen, kaplan_meier
from helseanalyse.study.answer import Cell, Dimension, Heading, Hidden, Int64, RawCurve, SafeTable
from helseanalyse.study.specification import Specification, Survival

KAPLAN_MEIER = "kaplan_meier"
YEAR = 365.25
Row = tuple[Cell, ...]


def safe_curve(raw: RawCurve, analysis: Survival, study: Specification, rules: Rules) -> tuple[SafeTable, ...]:
    """Two tables: the steps of the curves, and the risk at the days that the study names (or after each year).

    The days on which a step may end come from the study's period, never from the data: the longest follow-up
    that happens to occur is one person's.
    """
    longest = analysis.horizon or (study.end - study.start).days + 1
    names = list(combinations(raw.dimensions))
    shown = known_patterns(raw.dimensions, _persons(raw))
    table = _table(raw, shown)
    days = [day for day in (analysis.at or _year_ends(longest)) if day <= longest]
    if table is None:
        steps, risks = [], []
    elif rules.open:
        steps = list(_exact_steps(raw, table, [names[p] for p in shown], longest))
        risks = list(_exact_risks(raw, table, [names[p] for p in shown], days))
    else:
        curves = stepped_curves(
            table,
            candidates=month_ends(longest),
            least_events=rules.least,
            least_at_risk=rules.least,
            base=rules.base,
        )
        steps = [row for curve, p in zip(curves, shown, strict=True) for row in _stepped(raw, curve, names[p])]
        risks = list(_stepped_risks(raw, table, curves, [names[p] for p in shown], days, rules))
    return (_curve_table(raw, analysis, steps, rules), _risk_table(raw, analysis, risks))


def _persons(raw: RawCurve) -> Int64:
    size = int(np.prod([len(dimension.levels) for dimension in raw.dimensions], dtype=np.int64))
    found = np.zeros(size, dtype=np.int64)
    np.add.at(found, raw.group, raw.count)
    return found


def _table(raw: RawCurve, shown: list[int]) -> RiskTable | None:
    if not len(raw.group) or not shown:
        return None
    names = list(combinations(raw.dimensions))
    place = {p: i for i, p in enumerate(shown)}
    kept = np.isin(raw.group, shown)
    return risk_table(
        np.array([place[int(p)] for p in raw.group[kept]], dtype=np.int64),
        raw.entry[kept],
        raw.exit[kept],
        raw.cause[kept],
        raw.count[kept],
        groups=[", ".join(names[p]) or "all" for p in shown],
        causes=raw.causes,
    )


def _year_ends(longest: int) -> tuple[int, ...]:
    years = min(int(longest / YEAR), 20)
    return tuple(int(year * YEAR) for year in range(1, years + 1)) or (longest,)


def _curves(raw: RawCurve, table: RiskTable) -> list[tuple[str, int, Curve]]:
    """The exact curves: name of the cause, its place among the causes, and the curve."""
    if raw.method == KAPLAN_MEIER:
        return [(raw.causes[0], 0, kaplan_meier(table))]
    found = aalen_johansen(table)
    return [(cause, k, found.of(cause)) for k, cause in enumerate(raw.causes)]


def _exact_steps(raw: RawCurve, table: RiskTable, names: list[tuple[str, ...]], longest: int) -> Iterator[Row]:
    for cause, k, curve in _curves(raw, table):
        for g, name in enumerate(names):
            for t in np.flatnonzero((table.events[g, :, k] > 0) & (table.days <= longest)):
                yield (
                    *name,
                    cause,
                    int(table.days[t]),
                    int(table.at_risk[g, t]),
                    int(table.events[g, t, k]),
                    *(_number(values[g, t]) for values in (curve.estimate, curve.low, curve.high)),
                )


def _exact_risks(raw: RawCurve, table: RiskTable, names: list[tuple[str, ...]], days: list[int]) -> Iterator[Row]:
    at_risk = table.at_risk_on(days)
    for cause, _, curve in _curves(raw, table):
        found = curve.at(days)
        for g, name in enumerate(names):
            for t, day in enumerate(days):
                numbers = (found.estimate[g, t], found.low[g, t], found.high[g, t])
                yield (*name, cause, day, int(at_risk[g, t]), *(_number(x) for x in numbers))


def _stepped(raw: RawCurve, curve: SteppedCurve, name: tuple[str, ...]) -> Iterator[Row]:
    for cause, steps in zip(curve.causes, curve.steps, strict=True):
        if cause in curve.withheld:
            yield (*name, cause, *(Hidden(SMALL),) * 6)
            continue
        found = curve.survival() if raw.method == KAPLAN_MEIER else curve.incidence(cause)
        for t, day in enumerate(steps.ends):
            numbers = (found.estimate[0, t], found.low[0, t], found.high[0, t])
            yield (*name, cause, int(day), int(steps.cohort[t]), int(steps.events[t]), *(_number(x) for x in numbers))


def _stepped_risks(
    raw: RawCurve,
    table: RiskTable,
    curves: tuple[SteppedCurve, ...],
    names: list[tuple[str, ...]],
    days: list[int],
    rules: Rules,
) -> Iterator[Row]:
    at_risk = table.at_risk_on(days)
    for cause in raw.causes:
        for g, (name, curve) in enumerate(zip(names, curves, strict=True)):
            found = None if cause in curve.withheld else curve.risk_on(cause, days)
            for t, day in enumerate(days):
                left = int(at_risk[g, t])
                rounded: Cell = int((left + rules.base / 2) // rules.base) * rules.base
                if left < rules.least or day > curve.until:
                    yield (*name, cause, day, *(Hidden(TAIL),) * 4)
                elif found is None:
                    yield (*name, cause, day, rounded, *(Hidden(SMALL),) * 3)
                else:
                    numbers = [float(x[t]) for x in (found.estimate, found.low, found.high)]
                    if raw.method == KAPLAN_MEIER:
                        numbers = [1 - numbers[0], 1 - numbers[2], 1 - numbers[1]]
                    yield (*name, cause, day, rounded, *(_number(x) for x in numbers))


def _curve_table(raw: RawCurve, analysis: Survival, rows: list[Row], rules: Rules) -> SafeTable:
    measure = _measure(raw)
    counts = (
        (Heading("at_risk", "At risk", "persons"), Heading("events", "Events"))
        if rules.open
        else (Heading("at_risk", "Effective cohort, rounded", "persons"), Heading("events", "Events, rounded"))
    )
    return SafeTable(
        id=analysis.id,
        kind="curve",
        title=f"{raw.outcome.capitalize()}: {measure.lower()} over time",
        columns=(
            *_headings(raw.dimensions),
            Heading("cause", "Event"),
            Heading("day", "Day", "days"),
            *counts,
            Heading("estimate", measure),
            Heading("low", "95 % from"),
            Heading("high", "95 % to"),
        ),
        rows=tuple(rows),
        notes=_notes(raw, rules),
        facts=_facts(raw, rules),
    )


def _risk_table(raw: RawCurve, analysis: Survival, rows: list[Row]) -> SafeTable:
    return SafeTable(
        id=f"{analysis.id}_risks",
        kind="risks",
        title=f"{raw.outcome.capitalize()}: {_measure(raw).lower()} at chosen days",
        columns=(
            *_headings(raw.dimensions),
            Heading("cause", "Event"),
            Heading("day", "Day", "days"),
            Heading("at_risk", "At risk", "persons"),
            Heading("estimate", _measure(raw)),
            Heading("low", "95 % from"),
            Heading("high", "95 % to"),
        ),
        rows=tuple(rows),
        facts=(("dimensions", [d.name for d in raw.dimensions]), ("outcome", raw.outcome), ("method", raw.method)),
    )


def _measure(raw: RawCurve) -> str:
    return "Share without the event" if raw.method == KAPLAN_MEIER else "Cumulative incidence"


def _notes(raw: RawCurve, rules: Rules) -> tuple[str, ...]:
    method = (
        "Kaplan-Meier: other reasons to stop are taken as uninformative censoring, so 1 minus it is a net risk only."
        if raw.method == KAPLAN_MEIER
        else "Aalen-Johansen: competing events are taken into account, so it is a risk."
    )
    if rules.open:
        return (method, "Pointwise intervals on the log-minus-log scale.")
    return (
        method,
        f"Steps hold at least {rules.least} events each; counts are rounded to multiples of {rules.base}.",
        "Between the ends of steps the curve is a straight line; intervals include the rounding.",
        "The effective cohort is how many persons, without censoring, the events of a step would have come from.",
    )


def _facts(raw: RawCurve, rules: Rules) -> tuple[tuple[str, object], ...]:
    return (
        ("dimensions", [dimension.name for dimension in raw.dimensions]),
        ("causes", list(raw.causes)),
        ("method", raw.method),
        ("outcome", raw.outcome),
        ("shape", "step" if rules.open else "line"),
        ("base", rules.base),
    )


def _headings(dimensions: tuple[Dimension, ...]) -> tuple[Heading, ...]:
    return tuple(Heading(dimension.name, dimension.name.capitalize()) for dimension in dimensions)


def _number(value: float) -> Cell:
    return None if isnan(value) else float(value)
