"""Periods of the language: half-open stretches of days, made from dates, dispensings or period tables."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, cast

from helseanalyse.study import nodes
from helseanalyse.study.language.build import as_float, make, series
from helseanalyse.study.language.code_values import Code
from helseanalyse.study.language.dates import Date, Duration, whole_days
from helseanalyse.study.language.rows import Many, ManyRows, One, PersonRows, Rows
from helseanalyse.study.language.trouble import BROKEN, fail, is_broken
from helseanalyse.study.language.values import Category, Number, Text, Truth, Value, node_of
from helseanalyse.study.naming import code_of
from helseanalyse.study.node import Rows as RowsNode
from helseanalyse.study.node import Series
from helseanalyse.study.types import DATE, FLOAT, INT


class PeriodRows(ManyRows[Many, One]):
    """Rows with a start and a stop: day d is inside if start <= d < stop; an unknown stop is still running."""

    __slots__ = ()

    def union(self, *others: PeriodRows[Any, Any]) -> Spells:
        """The days that these or the others cover, overlapping and touching periods merged."""
        return make(Spells, nodes.Union, tuple(_rows(each) for each in (self, *others)))

    def intersect(self, other: PeriodRows[Any, Any]) -> Spells:
        """The days that both cover."""
        return make(Spells, nodes.Intersect, self.node, _rows(other))

    def subtract(self, other: PeriodRows[Any, Any]) -> Spells:
        """The days that these cover and the other does not."""
        return make(Spells, nodes.Subtract, self.node, _rows(other))

    def gaps(self) -> Spells:
        """The days between the first start and the last stop that no period covers."""
        return make(Spells, nodes.Gaps, self.node)

    def clip(self, start: Date | date | str | None = None, stop: Date | date | str | None = None) -> Spells:
        """The parts inside [start, stop); an end left out, or unknown, does not cut."""
        return make(Spells, nodes.Clip, self.node, _day(start), _day(stop))

    def shift(self, by: Duration) -> Spells:
        """Every period moved by a number of days, back if it is negative."""
        given: object = by
        if isinstance(given, Duration) and given.unit == "days" and isinstance(given.amount, int):
            return make(Spells, nodes.Shift, self.node, given.amount)
        return cast("Spells", BROKEN if is_broken(by) else fail(
            "S012", what="What periods are shifted by", wanted="a stated number of days: days(30)", got=repr(by)
        ))  # fmt: skip

    def covered_days(self) -> Number:
        """How many days the periods cover, each counted once; unknown where one is still running."""
        return make(Number, nodes.CoveredDays, self.node)

    def covers(self, day: Date | date | str) -> Truth:
        """Whether a period holds the day."""
        return make(Truth, nodes.Covers, self.node, _day(day))

    def covers_all(self, first: Date | date | str, last: Date | date | str) -> Truth:
        """Whether the periods cover every day from first to last, both counted."""
        return make(Truth, nodes.CoversAll, self.node, _day(first), _day(last))

    def overlaps(self, other: PeriodRows[Any, Any]) -> Truth:
        """Whether some day is covered by both."""
        return make(Truth, nodes.Overlaps, self.node, _rows(other))


def _rows(rows: object) -> Any:
    if isinstance(rows, Rows) or is_broken(rows):
        return rows.node if isinstance(rows, Rows) else BROKEN
    got = code_of(rows.node) if isinstance(rows, Value) else repr(rows)
    return fail("S012", what="The other periods", wanted="rows with a start and a stop", got=got)


def _day(day: object) -> Any:
    return None if day is None else series(day, DATE)


class SpellColumns:
    """The two dates of periods."""

    __slots__ = ()

    node: RowsNode

    @property
    def start(self) -> Date:
        """The first day of the period."""
        return Date(nodes.Column(self.node.domain, "start", DATE))

    @property
    def stop(self) -> Date:
        """The day after the last; unknown while the period is running."""
        return Date(nodes.Column(self.node.domain, "stop", DATE))

    @property
    def n(self) -> Number:
        """The number of days with an event in an episode: for `.episodes()` alone."""
        if not isinstance(_below(self.node), nodes.Episodes):
            return cast("Number", fail("S007", owner=code_of(self.node), name="`n`", nearest="start, stop"))
        return Number(nodes.Column(self.node.domain, "n", INT))


def _below(rows: RowsNode) -> RowsNode:
    while isinstance(rows, nodes.Filter | nodes.Sort | nodes.Pick):
        rows = rows.of
    return rows


class OneSpell(SpellColumns, PersonRows["OneSpell"]):
    """One period a person."""

    __slots__ = ()


class Spells(SpellColumns, PeriodRows["Spells", OneSpell]):
    """Periods that a study made."""

    __slots__ = ()

    _one: ClassVar[type[Rows]] = OneSpell


def spans(start: Date, stop: Date | None = None) -> Spells:
    """Two dates of each row of a table, or two dates a person, as periods [start, stop); without a stop: running."""
    end = nodes.Constant(None, DATE) if stop is None else node_of(stop, "The stop of a span", "a date")
    return make(Spells, nodes.Spans, node_of(start, "The start of a span", "a date"), end)


def supply(
    start: Date,
    days: Number | int,
    *,
    substance: Code | Text | Category | None = None,
    grace: Duration | int = 0,
    carry_over: bool = False,
    cap: Duration | int | None = None,
    extension: Duration | int = 0,
    lag: Duration | int = 1,
    minimum: int = 1,
) -> Spells:
    """Exposure episodes from dispensings, day by day.

    start, days: the date of each dispensing and the days that it lasts (rounded up, at least 1). substance: other
    substances run in parallel; without it all rows are one supply. carry_over: what is left moves on, at most `cap`
    days of it. grace: a gap of so many days does not end an episode. extension: days added after the last supply.
    lag: exposure starts so many days after the dispensing (1: an event on the day itself is not exposed).
    minimum: how many dispensings are needed; exposure starts at that one.
    """
    lasting = series(days, INT) if isinstance(days, int) else node_of(days, "The days of a supply", "a number")
    if isinstance(minimum, bool) or minimum < 1:
        return cast("Spells", fail("S012", what="`minimum`", wanted="1 or more", got=repr(minimum)))
    return make(
        Spells,
        nodes.Supply,
        node_of(start, "The start of a supply", "a date"),
        BROKEN if is_broken(lasting) else _rounded_up(lasting),
        None if substance is None else node_of(substance, "The substance of a supply"),
        whole_days(grace, "grace"),
        carry_over,
        None if cap is None else whole_days(cap, "cap"),
        whole_days(extension, "extension"),
        whole_days(lag, "lag"),
        minimum,
    )


def _rounded_up(node: Series) -> Series:
    """A float as a whole number, rounded up: minus the floor of minus the number."""
    if node.type != FLOAT:
        return node
    one = as_float(nodes.Constant(1, INT))
    return nodes.Cast(nodes.Negate(nodes.Arithmetic("//", nodes.Negate(node), one)), "int")
