"""Calendar intervals of a trend: as dates, as a small table, and as bits of whole numbers.

What holds in which intervals is kept for each person (or row) as bits: interval i is bit i % WORD of word i // WORD. A
trend of 24 months then costs hardly more than one of a single month, and no statement grows with what it reads.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlglot import exp

from helseanalyse.engine import sql
from helseanalyse.engine.build import Build
from helseanalyse.engine.frame import INTERVAL
from helseanalyse.engine.sql import Sql, cast, col
from helseanalyse.study import nodes as n
from helseanalyse.study.specification import Intervals

WORD = 60  # intervals a word: bits of a whole number of 64 bits that never meet its sign
START, END = "interval_start", "interval_end"
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def calendar_intervals(every: Intervals) -> list[tuple[date, date]]:
    """First and last day of each interval; the first and the last one cut by the bounds stated.

    >>> [
    ...     (str(a), str(b))
    ...     for a, b in calendar_intervals(Intervals(first=date(2024, 1, 15), last=date(2024, 3, 9), unit="month"))
    ... ]
    [('2024-01-15', '2024-01-31'), ('2024-02-01', '2024-02-29'), ('2024-03-01', '2024-03-09')]
    """
    found = []
    start, months = every.first, _MONTHS[every.unit]
    while start <= every.last:
        last_month = start.month - (start.month - 1) % months + months - 1
        end = date(start.year, last_month, monthrange(start.year, last_month)[1])
        found.append((start, min(end, every.last)))
        start = end + timedelta(days=1)
    return found


@dataclass(frozen=True, slots=True)
class Calendar:
    """The intervals of one trend, and the step that holds them: its number, first and last day, word and bit."""

    intervals: tuple[tuple[date, date], ...]
    table: str

    @property
    def words(self) -> int:
        """How many whole numbers the bits of all intervals take."""
        return -(-len(self.intervals) // WORD)

    def all_bits(self) -> list[int]:
        """Every interval, by word."""
        return bits_where([True] * len(self.intervals))


def calendar(intervals: Sequence[tuple[date, date]], build: Build) -> Calendar:
    """Adds the step with the intervals."""
    rows = [
        exp.Tuple(
            expressions=[
                sql.number(i), sql.day(start), sql.day(end), sql.number(i // WORD), sql.constant(1 << (i % WORD)),
            ]
        )
        for i, (start, end) in enumerate(intervals)
    ]  # fmt: skip
    names = (INTERVAL, START, END, "word", "bit")
    columns = [sql.identifier(name) for name in names]
    values = exp.Values(expressions=rows, alias=exp.TableAlias(this=sql.identifier("i"), columns=columns))
    table = build.table("intervals", sql.query([col(name) for name in names], values), "The intervals of the trend.")
    return Calendar(tuple(intervals), table)


def bits_where(holds: Sequence[bool]) -> list[int]:
    """The bits of the intervals for which something holds, by word.

    >>> bits_where([True, False, True])
    [5]
    """
    words = [0] * -(-len(holds) // WORD)
    for i, yes in enumerate(holds):
        words[i // WORD] |= int(yes) << (i % WORD)
    return words


def in_interval(words: Sequence[Sql], alias: str) -> Sql:
    """Whether the bit of the interval in a row of the calendar is set."""
    word: Sql
    if len(words) == 1:
        word = words[0]
    else:
        branches = [(sql.compare(col("word", alias), "==", sql.number(i)), one) for i, one in enumerate(words)]
        word = sql.case(*branches)
    return sql.compare(bit_and(word, col("bit", alias)), "!=", sql.constant(0))


def bit_and(left: Sql, right: Sql) -> Sql:
    """Bits in both."""
    return exp.BitwiseAnd(this=sql.wrapped(left), expression=sql.wrapped(right))


def bit_or(left: Sql, right: Sql) -> Sql:
    """Bits in either."""
    return exp.BitwiseOr(this=sql.wrapped(left), expression=sql.wrapped(right))


def bit_word(value: int) -> Sql:
    """A word of bits that the study states."""
    return cast(exp.Literal.number(value), "BIGINT")


# --- values that depend on the interval alone --------------------------------------------------------


def depends_on_interval_alone(series: n.Series) -> bool:
    """Whether a date is known from the interval, whoever the person is."""
    if isinstance(series, n.Parameter):
        return True
    if isinstance(series, n.Constant):
        return isinstance(series.value, date)
    if isinstance(series, n.DateAdd):
        return depends_on_interval_alone(series.date) and isinstance(series.amount, n.Constant)
    return isinstance(series, n.Truncate) and depends_on_interval_alone(series.of)


def date_in(series: n.Series, interval: tuple[date, date]) -> date:
    """The date that a series has in an interval. Source for months and years: section 6 of the manual.

    >>> from helseanalyse.study.types import INT
    >>> before = n.DateAdd(n.Parameter("interval_start"), n.Constant(-1, INT), "months")
    >>> date_in(before, (date(2022, 3, 31), date(2022, 3, 31)))
    datetime.date(2022, 3, 1)
    """
    if isinstance(series, n.Parameter):
        return interval[0] if series.name == START else interval[1]
    if isinstance(series, n.DateAdd):
        assert isinstance(series.amount, n.Constant)
        return _moved(date_in(series.date, interval), int(str(series.amount.value)), series.unit)
    if isinstance(series, n.Truncate):
        day = date_in(series.of, interval)
        return day.replace(day=1) if series.unit == "month" else day.replace(month=1, day=1)
    assert isinstance(series, n.Constant)
    assert isinstance(series.value, date)
    return series.value


def _moved(day: date, amount: int, unit: str) -> date:
    if unit == "days":
        return day + timedelta(days=amount)
    months = day.year * 12 + day.month - 1 + amount * (12 if unit == "years" else 1)
    year, month = divmod(months, 12)
    if day.day <= monthrange(year, month + 1)[1]:
        return date(year, month + 1, day.day)
    return date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
