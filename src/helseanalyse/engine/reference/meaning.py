"""The two questions that give the language its meaning: which rows has a person, and what is the value here?

`rows_of` answers for `study.nodes.Rows`, `value_of` for `study.nodes.Series`. The answers for each operation
are registered by `tables`, `expressions` and `per_person`; this module only says what they are asked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import singledispatch

from helseanalyse.engine.reference.data import Data, NoAnswerError, Row, Value
from helseanalyse.engine.reference.periods import Period, period
from helseanalyse.study.nodes import Periods, Rows, Series, Table


@dataclass(frozen=True, slots=True)
class At:
    """Where a value is asked for: a person, one of the person's rows (if any), and the interval of a trend (if any)."""

    data: Data
    pid: int
    row: Row | None = None
    interval: tuple[date, date] | None = None

    def on(self, row: Row) -> At:
        """The same, on a row."""
        return replace(self, row=row)

    def of(self, pid: int) -> At:
        """The same for another person."""
        return replace(self, pid=pid, row=None)


@singledispatch
def value_of(node: Series, at: At) -> Value:
    """The value of a series at a place; None is unknown."""
    raise TypeError(f"The reference engine has no meaning for {type(node).__name__}.")


@singledispatch
def rows_of(node: Rows, at: At, ties: tuple[str, ...] = ()) -> list[Row]:
    """The person's rows, in the order that the table's sorts ask for; rows that these do not tell apart
    are in ascending order of the columns `ties`, last of all of the source row id.
    """
    raise TypeError(f"The reference engine has no meaning for {type(node).__name__}.")


def places(at: At, *series: Series) -> list[At]:
    """Each of the person's rows that the series belong to; the person, where they have one value a person."""
    domains = [one.domain for one in series if one.domain is not None]
    return [at.on(row) for row in rows_of(domains[0], at)] if domains else [at]


def values_of(series: Series, at: At) -> list[Value]:
    """The values of a series on each of the person's rows that it belongs to, unknown ones too."""
    if series.domain is None:
        raise NoAnswerError(
            f"{type(series).__name__} has one value a person already, so there is nothing to aggregate. "
            "Use it as it is."
        )
    return [value_of(series, at.on(row)) for row in rows_of(series.domain, at)]


def dates_of(series: Series, at: At) -> list[date]:
    """The known dates of a series on the person's rows."""
    return [value for value in values_of(series, at) if isinstance(value, date)]


def truth(series: Series, at: At) -> bool | None:
    """The value of a series of truth values."""
    value = value_of(series, at)
    assert value is None or isinstance(value, bool)
    return value


def day(series: Series, at: At) -> date | None:
    """The value of a series of dates."""
    value = value_of(series, at)
    assert value is None or isinstance(value, date)
    return value


def number(series: Series, at: At) -> int | float | None:
    """The value of a series of numbers."""
    value = value_of(series, at)
    assert value is None or isinstance(value, int | float)
    return value


# --- the time columns of rows --------------------------------------------------------------------


def source(rows: Rows) -> Table | Periods:
    """The table or period operation that the rows come from, below filters, sorts and picks."""
    while not isinstance(rows, Table | Periods):
        (rows,) = (operand for operand in rows.operands if isinstance(operand, Rows))
    return rows


def period_of(rows: Rows, row: Row) -> Period | None:
    """The period of a row of a period table; None where it has no day (unknown start, or stop <= start)."""
    table = source(rows)
    start, stop = ("start", "stop") if isinstance(table, Periods) else (table.start, table.stop)
    assert start is not None
    assert stop is not None
    first, last = row.values[start], row.values[stop]
    assert first is None or isinstance(first, date)
    assert last is None or isinstance(last, date)
    return period(first, last)


def periods_of(rows: Rows, at: At) -> list[Period]:
    """The person's periods, those without a day left out."""
    return [found for row in rows_of(rows, at) if (found := period_of(rows, row)) is not None]
