"""A measure by calendar interval: numerator, denominator and their ratio."""

from __future__ import annotations

from math import isnan

from helseanalyse.disclosure.hide import small
from helseanalyse.disclosure.levels import combinations, known_patterns, period_name
from helseanalyse.disclosure.rules import DERIVED, SMALL, Rules
from helseanalyse.methods.proportions import wilson
from helseanalyse.study.answer import Cell, Heading, Hidden, RawTrend, SafeTable
from helseanalyse.study.specification import Trend


def safe_trend(raw: RawTrend, analysis: Trend, rules: Rules) -> SafeTable:
    """One row an interval and a combination of levels. No totals over them are given, so none is to be protected.

    Numerators and ratios are hidden where few persons are cases, or few are not; all numbers where the
    denominator is small.
    """
    shown = known_patterns(raw.dimensions, raw.denominator.sum(axis=0))
    names = list(combinations(raw.dimensions))
    rows: list[tuple[Cell, ...]] = []
    for t, start in enumerate(raw.starts):
        number = start.year if analysis.every.unit == "year" else start.year * 12 + start.month - 1
        for p in shown:
            counts = (int(raw.numerator[t, p]), int(raw.denominator[t, p]), int(raw.cases[t, p]))
            cells = _cells(*counts, raw.counts_persons, rules)
            rows.append((period_name(number, analysis.every.unit), start.isoformat(), *names[p], *cells))
    return SafeTable(
        id=raw.id,
        kind="trend",
        title=f"{raw.name[:1].upper()}{raw.name[1:]} by {analysis.every.unit}",
        columns=(
            Heading("period", "Period"),
            Heading("start", "First day"),
            *(Heading(dimension.name, dimension.name.capitalize()) for dimension in raw.dimensions),
            Heading("numerator", "Numerator", "persons" if raw.counts_persons else ""),
            Heading("denominator", "Denominator", "persons"),
            Heading("ratio", "Share" if raw.counts_persons else "Ratio", "%" if raw.counts_persons else "per person"),
            Heading("low", "95 % from", "%"),
            Heading("high", "95 % to", "%"),
        ),
        rows=tuple(rows),
        notes=("Intervals of shares are Wilson score intervals.",) if raw.counts_persons else (),
        facts=(("dimensions", [dimension.name for dimension in raw.dimensions]), ("unit", analysis.every.unit)),
    )


def _cells(numerator: int, denominator: int, cases: int, counts_persons: bool, rules: Rules) -> tuple[Cell, ...]:
    least = rules.least
    if small(denominator, least):
        return (Hidden(SMALL), Hidden(SMALL), *(Hidden(DERIVED),) * 3)
    if small(cases, least) or small(denominator - cases, least):
        return (Hidden(SMALL), denominator, *(Hidden(DERIVED),) * 3)
    if denominator == 0:
        return (numerator, denominator, None, None, None)
    if not counts_persons:
        return (numerator, denominator, numerator / denominator, None, None)
    found = wilson([numerator], [denominator])
    share = [float(values[0]) for values in (found.estimate, found.low, found.high)]
    return (numerator, denominator, *(None if isnan(x) else 100 * x for x in share))
