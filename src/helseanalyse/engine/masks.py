"""Truth values that change from interval to interval, as bits: three-valued logic on whole words.

A comparison of a date with a date of the interval becomes a look-up: a small table has, for each day of the calendar,
the intervals in which the comparison holds for that day. Rows are joined with it by their date, so that a year of
look-back or two hundred months cost one scan.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlglot import exp

from helseanalyse.catalogue.model import Kind
from helseanalyse.engine import sql
from helseanalyse.engine.build import Build
from helseanalyse.engine.expressions import Place
from helseanalyse.engine.intervals import (
    Calendar,
    bit_and,
    bit_or,
    bit_word,
    bits_where,
    date_in,
    depends_on_interval_alone,
)
from helseanalyse.engine.leaves import simpler, uses_interval
from helseanalyse.engine.scope import DAY, Scope
from helseanalyse.engine.sql import Sql, call, case, col, compare, derived, if_null, relation
from helseanalyse.study import nodes as n
from helseanalyse.study.types import INT

BITS = "in_"  # the columns of a table of days: the bits of word 0, 1, ...
_SWAPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


class NoMaskError(Exception):
    """An expression that bits cannot hold: the trend is then computed person by interval."""


@dataclass(frozen=True, slots=True)
class Mask:
    """Bits of the intervals in which something is true, and of those in which it is known; by word."""

    true: list[Sql]
    known: list[Sql]


class Masks:
    """Masks of truth values at a place: over rows, or over one row a person.

    leaf: the mask of a value that was gathered before (a column), or None.
    """

    def __init__(
        self, place: Place, scope: Scope, calendar: Calendar, build: Build, leaf: Callable[[n.Series], list[Sql] | None]
    ) -> None:
        self._place, self._scope, self._calendar, self._build, self._leaf = place, scope, calendar, build, leaf
        self._joined = 0

    def of(self, node: n.Series) -> Mask:
        """The mask of a truth value. Raises NoMaskError."""
        if (other := simpler(node)) is not None:
            return self.of(other)
        if not uses_interval(node):
            return self._constant(self._place.once(node))
        if (words := self._leaf(node)) is not None:
            return Mask(words, self._all())
        if isinstance(node, n.And | n.Or):
            return self._many(node)
        if isinstance(node, n.Not):
            of = self.of(node.of)
            return Mask(self._zip(_without, of.known, of.true), of.known)
        if isinstance(node, n.IsNull):
            return Mask(self._zip(_without, self._all(), self.of(node.of).known), self._all())
        if isinstance(node, n.IfNull):
            return self._if_null(self.of(node.of), self.of(node.other))
        if isinstance(node, n.Compare):
            return self._compare(node)
        raise NoMaskError

    def _many(self, node: n.And | n.Or) -> Mask:
        parts = [self.of(part) for part in node.parts]
        if isinstance(node, n.And):
            false = [self._zip(_without, part.known, part.true) for part in parts]
            true, no = self._fold(bit_and, [part.true for part in parts]), self._fold(bit_or, false)
        else:
            true = self._fold(bit_or, [part.true for part in parts])
            no = self._fold(bit_and, [self._zip(_without, part.known, part.true) for part in parts])
        return Mask(true, self._zip(bit_or, true, no))

    def _if_null(self, of: Mask, other: Mask) -> Mask:
        unknown = self._zip(_without, self._all(), of.known)
        true = self._zip(bit_or, of.true, self._zip(bit_and, unknown, other.true))
        return Mask(true, self._zip(bit_or, of.known, self._zip(bit_and, unknown, other.known)))

    def _constant(self, value: Sql) -> Mask:
        """The same in all intervals."""
        nothing = sql.constant(0)
        true = [case((value.copy(), bit_word(bits)), otherwise=nothing.copy()) for bits in self._calendar.all_bits()]
        known = [
            case((sql.is_null(value.copy()), nothing.copy()), otherwise=bit_word(bits))
            for bits in self._calendar.all_bits()
        ]
        return Mask(self._bound(true), self._bound(known))

    def _compare(self, node: n.Compare) -> Mask:
        for later, earlier, test in _differences(node):
            return self.of(_by_dates(later, earlier, test, node))
        left, right, test = node.left, node.right, node.test
        if depends_on_interval_alone(left) and not depends_on_interval_alone(right):
            left, right, test = right, left, _SWAPPED[test]
        if not depends_on_interval_alone(right) or left.type.kind is not Kind.DATE:
            raise NoMaskError
        if depends_on_interval_alone(left):
            holds = [_holds(date_in(left, one), test, date_in(right, one)) for one in self._calendar.intervals]
            return Mask([bit_word(bits) for bits in bits_where(holds)], self._all())
        if uses_interval(left):
            raise NoMaskError
        value = self._place.once(left)
        days = days_table([(test, right)], self._calendar, self._build)
        self._joined += 1
        alias = f"d{self._joined}"
        clipped = sql.greatest(sql.day(days.first), sql.least(sql.day(days.last), value.copy()))
        self._scope.attach(days.table, alias, clipped)
        found = [
            if_null(self._scope.attached(alias, f"{BITS}{i}"), sql.constant(0)) for i in range(self._calendar.words)
        ]
        known = [
            case((sql.is_null(value.copy()), sql.constant(0)), otherwise=bit_word(bits))
            for bits in self._calendar.all_bits()
        ]
        # An unknown date is clipped to a known one (greatest passes over it), so it has to be told apart.
        return Mask(self._zip(bit_and, found, known), known)

    # --- words

    def _all(self) -> list[Sql]:
        return [bit_word(bits) for bits in self._calendar.all_bits()]

    def _bound(self, words: Sequence[Sql]) -> list[Sql]:
        return [self._scope.bind(word, "bits") for word in words]

    def _zip(self, how: Callable[[Sql, Sql], Sql], left: Sequence[Sql], right: Sequence[Sql]) -> list[Sql]:
        return self._bound([how(a.copy(), b.copy()) for a, b in zip(left, right, strict=True)])

    def _fold(self, how: Callable[[Sql, Sql], Sql], parts: Sequence[list[Sql]]) -> list[Sql]:
        if not parts:
            return self._all()
        found = parts[0]
        for part in parts[1:]:
            found = self._zip(how, found, part)
        return found


def _without(left: Sql, right: Sql) -> Sql:
    """Bits in the left and not in the right."""
    return sql.compute(left, "-", bit_and(left.copy(), right))


def _holds(left: date, test: str, right: date) -> bool:
    return {
        "==": left == right, "!=": left != right, "<": left < right,
        "<=": left <= right, ">": left > right, ">=": left >= right,
    }[test]  # fmt: skip


def _differences(node: n.Compare) -> list[tuple[n.Series, n.Series, str]]:
    """later, earlier and test of a comparison between a difference of dates and a stated number."""
    for of, number, test in ((node.left, node.right, node.test), (node.right, node.left, _SWAPPED[node.test])):
        if isinstance(of, n.DateDiff) and isinstance(number, n.Constant) and isinstance(number.value, int):
            return [(of.later, of.earlier, test)]
    return []


def _by_dates(later: n.Series, earlier: n.Series, test: str, node: n.Compare) -> n.Series:
    """The same comparison between dates: later - earlier >= k units exactly if later >= earlier + k units.

    That is the law of date arithmetic (section 6): x + n is the smallest y with y - x = n.
    """
    difference, number = (node.left, node.right) if isinstance(node.left, n.DateDiff) else (node.right, node.left)
    assert isinstance(difference, n.DateDiff)
    assert isinstance(number, n.Constant)
    k = int(str(number.value))

    def at_least(amount: int) -> n.Series:
        return n.Compare(">=", later, n.DateAdd(earlier, n.Constant(amount, INT), difference.unit))

    if test in (">=", ">"):
        return at_least(k if test == ">=" else k + 1)
    if test in ("<", "<="):
        return n.Not(at_least(k if test == "<" else k + 1))
    same = n.And((at_least(k), n.Not(at_least(k + 1))))
    return same if test == "==" else n.Not(same)


# --- tables of days ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Days:
    """A step with the intervals in which comparisons hold, for each day from first to last: calendar_day, in_0, ...

    Days before first are as first, days after last as last. outside: whether any interval holds there.
    """

    table: str
    first: date
    last: date
    outside: bool


def days_table(tests: Sequence[tuple[str, n.Series]], calendar: Calendar, build: Build) -> Days:
    """The step for comparisons `day test date of the interval`, all of which must hold."""
    key = ("days", calendar.table, *(f"{test} {series.key}" for test, series in tests))
    if key not in build.made:
        build.made[key] = _days_table(tests, calendar, build)
    made = build.made[key]
    assert isinstance(made, Days)
    return made


def _days_table(tests: Sequence[tuple[str, n.Series]], calendar: Calendar, build: Build) -> Days:
    limits = [date_in(series, one) for _, series in tests for one in calendar.intervals]
    first, last = min(limits) - timedelta(days=1), max(limits) + timedelta(days=1)
    outside = any(
        all(_holds(day, test, date_in(series, one)) for test, series in tests)
        for day in (first, last)
        for one in calendar.intervals
    )
    series_of_days = call("generate_series", sql.day(first), sql.day(last), call("to_days", sql.number(1)))
    days = exp.Select(expressions=[sql.named(sql.cast(call("unnest", series_of_days), "DATE"), "day")])
    scope = Scope(derived(days, "d"))
    scope.join(relation(calendar.table, alias="i"), None)
    place = Place(scope, build.codes, lambda series: None, _no_row, lambda name: scope.take("i", name))
    holds = sql.both(compare(scope.take("d", "day"), test, place.value(series)) for test, series in tests)
    bit = scope.take("i", "bit")
    word = scope.take("i", "word")
    outputs: dict[str, Sql] = {DAY: col("day")}
    for i in range(calendar.words):
        mine = sql.both([holds.copy(), compare(word.copy(), "==", sql.number(i))])
        outputs[f"{BITS}{i}"] = if_null(sql.total(case((mine, bit.copy()))), sql.constant(0))
    select = scope.select(outputs, group=[col("day")])
    table = build.table("days", select, "For each day the intervals in which a comparison with it holds, as bits.")
    return Days(table, first, last, outside)


def _no_row(column: n.Column) -> Sql:
    raise NoMaskError
