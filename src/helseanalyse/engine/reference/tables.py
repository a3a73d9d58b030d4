"""What each operation on rows means: tables, filters, sorts, picks, and the operations on periods."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from helseanalyse.engine.reference import periods as p
from helseanalyse.engine.reference.data import Row, Value, ascending
from helseanalyse.engine.reference.meaning import (
    At,
    dates_of,
    day,
    number,
    periods_of,
    places,
    rows_of,
    truth,
    value_of,
)
from helseanalyse.study import nodes as n


@rows_of.register
def table(node: n.Table, at: At, ties: tuple[str, ...] = ()) -> list[Row]:
    """All rows of the person, by source row id."""
    return _tied(at.data.rows(f"{node.registry}.{node.name}", at.pid), ties)


@rows_of.register
def filter_(node: n.Filter, at: At, ties: tuple[str, ...] = ()) -> list[Row]:
    """Section 3: the rows for which the condition is true; false and unknown are left out."""
    return [row for row in rows_of(node.of, at, ties) if truth(node.keep, at.on(row)) is True]


@rows_of.register
def sort(node: n.Sort, at: At, ties: tuple[str, ...] = ()) -> list[Row]:
    """Section 5: ascending, unknown first; what this sort does not tell apart keeps the order it had."""
    return sorted(
        rows_of(node.of, at, ties), key=lambda row: [ascending(value_of(key, at.on(row))) for key in node.by]
    )


@rows_of.register
def pick(node: n.Pick, at: At, ties: tuple[str, ...] = ()) -> list[Row]:
    """Section 5: the row at a position from the start (1, 2, ...) or from the end (-1, -2, ...), if there is one."""
    rows = rows_of(node.of, at, node.ties)
    index = node.position - 1 if node.position > 0 else len(rows) + node.position
    return [rows[index]] if 0 <= index < len(rows) else []


# --- periods -------------------------------------------------------------------------------------


@rows_of.register
def episodes(node: n.Episodes, at: At, ties: tuple[str, ...] = ()) -> list[Row]:
    """Section 6: start, stop = last day + 1, n = number of distinct days."""
    found = p.episodes(dates_of(node.of, at), node.max_gap)
    return _tied([_row(number, period, n=days) for number, (period, days) in enumerate(found)], ties)


@rows_of.register
def supply(node: n.Supply, at: At, ties: tuple[str, ...] = ()) -> list[Row]:
    """Exposure episodes; a dispensing with an unknown date or an unknown number of days tells nothing."""
    rules = p.SupplyRules(
        grace=node.grace,
        carry_over=node.carry_over,
        cap=node.cap,
        extension=node.extension,
        lag=node.lag,
        minimum=node.minimum,
    )
    dispensings: list[p.Dispensing] = []
    for place in places(at, node.start, node.days):
        start, days = day(node.start, place), number(node.days, place)
        if start is not None and days is not None:
            substance = None if node.substance is None else value_of(node.substance, place)
            dispensings.append((start, substance, days))
    return _rows(p.exposure(dispensings, rules), ties)


@rows_of.register
def spans(node: n.Spans, at: At, ties: tuple[str, ...] = ()) -> list[Row]:
    """Section 8: two dates of each row, or two dates of the person, as a period."""
    pairs = [(day(node.start, place), day(node.stop, place)) for place in places(at, node.start, node.stop)]
    return _rows((period for pair in pairs if (period := p.period(*pair))), ties)


@rows_of.register
def union(node: n.Union, at: At, ties: tuple[str, ...] = ()) -> list[Row]:
    """Section 8: the days covered by any part."""
    return _rows(p.merged(period for part in node.parts for period in periods_of(part, at)), ties)


@rows_of.register
def intersect(node: n.Intersect, at: At, ties: tuple[str, ...] = ()) -> list[Row]:
    """Section 8: the days covered by both."""
    return _rows(p.intersection(periods_of(node.left, at), periods_of(node.right, at)), ties)


@rows_of.register
def subtract(node: n.Subtract, at: At, ties: tuple[str, ...] = ()) -> list[Row]:
    """Section 8: the days covered by the left and not by the right."""
    return _rows(p.difference(periods_of(node.left, at), periods_of(node.right, at)), ties)


@rows_of.register
def gaps(node: n.Gaps, at: At, ties: tuple[str, ...] = ()) -> list[Row]:
    """Section 8: the days between the first start and the last stop that no period covers."""
    return _rows(p.gaps(periods_of(node.of, at)), ties)


@rows_of.register
def clip(node: n.Clip, at: At, ties: tuple[str, ...] = ()) -> list[Row]:
    """Section 8: each period's days from `start` on and before `stop`; an unknown bound does not cut."""
    first = None if node.start is None else day(node.start, at)
    last = None if node.stop is None else day(node.stop, at)
    begin = -p.FOREVER if first is None else first.toordinal()
    end = p.FOREVER if last is None else last.toordinal()
    parts = [(max(start, begin), min(stop, end)) for start, stop in periods_of(node.of, at)]
    return _rows((part for part in parts if part[0] < part[1]), ties)


@rows_of.register
def shift(node: n.Shift, at: At, ties: tuple[str, ...] = ()) -> list[Row]:
    """Section 8: each period moved by a number of days."""
    return _rows(((start + node.days, stop + node.days) for start, stop in periods_of(node.of, at)), ties)


def _row(number: int, period: p.Period, **more: Value) -> Row:
    return Row(number, {"start": p.as_date(period[0]), "stop": p.as_date(period[1]), **more})


def _rows(periods: Iterable[p.Period], ties: tuple[str, ...]) -> list[Row]:
    """Periods as rows, numbered by start and stop, a running period first."""
    ordered = sorted(((p.as_date(start), p.as_date(stop)) for start, stop in periods), key=_by_dates)
    return _tied([Row(number, {"start": a, "stop": b}) for number, (a, b) in enumerate(ordered)], ties)


def _by_dates(pair: tuple[date | None, date | None]) -> list[tuple[bool, Value]]:
    return [ascending(day) for day in pair]


def _tied(rows: Iterable[Row], ties: tuple[str, ...]) -> list[Row]:
    return sorted(rows, key=lambda row: [*(ascending(row.values[name]) for name in ties), ascending(row.number)])
