"""Dates, differences of dates, and stretches of time: `day0 - years(5)`, `(day0 - born_on).years`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, cast, overload

from helseanalyse.study import nodes
from helseanalyse.study.language.build import make, plain, series
from helseanalyse.study.language.trouble import BROKEN, fail, is_broken
from helseanalyse.study.language.values import Number, Ordered, Truth, Value
from helseanalyse.study.naming import code_of
from helseanalyse.study.node import Series

if TYPE_CHECKING:
    from helseanalyse.study.language.spells import Spells

DAYS_OF = {"days": 1.0, "months": 365.25 / 12, "years": 365.25}


@dataclass(frozen=True, slots=True, eq=False)
class Duration:
    """A stretch of time: a number of days, months or years, stated or taken from a column."""

    amount: int | Number
    unit: str

    def __neg__(self) -> Duration:
        return Duration(-self.amount, self.unit)

    def __add__(self, other: Date) -> Date:
        given: object = other
        if isinstance(given, Date):
            return given + self
        return cast("Date", fail("S012", what=f"What {self} is added to", wanted="a date", got=repr(other)))

    __radd__ = __add__

    def __str__(self) -> str:
        return f"{self.unit}({self.amount})"

    @property
    def node(self) -> Series:
        """The number of units."""
        return self.amount.node if isinstance(self.amount, Number) else cast("Series", plain(self.amount))


def days(amount: int | Number) -> Duration:
    """A number of days."""
    return _duration(amount, "days")


def months(amount: int | Number) -> Duration:
    """A number of months; a day that does not exist becomes the first of the next month."""
    return _duration(amount, "months")


def years(amount: int | Number) -> Duration:
    """A number of years; a day that does not exist becomes the first of the next month."""
    return _duration(amount, "years")


def _duration(amount: int | Number, unit: str) -> Duration:
    if isinstance(amount, bool) or not isinstance(amount, int | Number):
        if is_broken(amount):
            return cast("Duration", BROKEN)
        return cast("Duration", fail("S012", what=f"The number of {unit}", wanted="a whole number", got=repr(amount)))
    return Duration(amount, unit)


def whole_days(value: Duration | int, what: str, least: int = 0) -> int:
    """A stated stretch of time in whole days, a year counted as 365.25 of them.

    >>> whole_days(years(5), "The washout")
    1826
    """
    if is_broken(value):
        return cast("int", BROKEN)
    amount = value.amount if isinstance(value, Duration) else value
    if isinstance(amount, bool) or not isinstance(amount, int):
        return cast("int", fail("S012", what=what, wanted="a stated number of days: days(30)", got=repr(value)))
    number = int(amount * DAYS_OF[value.unit]) if isinstance(value, Duration) else amount
    if number < least:
        return cast("int", fail("S012", what=what, wanted=f"at least {least} days", got=f"{number} days"))
    return number


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """One date minus another: ask for it in whole `.days`, `.months` or `.years`, floored (years: the age rule)."""

    later: Series
    earlier: Series

    @property
    def days(self) -> Number:
        """Days from the earlier to the later."""
        return make(Number, nodes.DateDiff, self.later, self.earlier, "days")

    @property
    def months(self) -> Number:
        """Whole months, floored."""
        return make(Number, nodes.DateDiff, self.later, self.earlier, "months")

    @property
    def years(self) -> Number:
        """Whole years, floored: from a birth date, the age."""
        return make(Number, nodes.DateDiff, self.later, self.earlier, "years")

    def _unclear(self, other: object) -> Truth:
        name = f"`{code_of(self.later)[1:-1]} - {code_of(self.earlier)[1:-1]}`"
        return cast(
            "Truth", fail("S012", what=f"What {name} is counted in", wanted="said: .days, .months or .years", got="not")
        )

    __lt__ = __le__ = __gt__ = __ge__ = _unclear
    __eq__ = __ne__ = _unclear  # type: ignore[assignment]
    __hash__ = None  # type: ignore[assignment]


class Date(Ordered):
    """A day. Dates are written as ISO texts: `npr.admitted_on >= "2015-01-01"`."""

    __slots__ = ()

    def _moved(self, by: object, sign: str) -> Date:
        if is_broken(by):
            return cast("Date", BROKEN)
        if not isinstance(by, Duration):
            got = code_of(by.node) if isinstance(by, Value) else f"`{by!r}`"
            kind = str(by.node.type) if isinstance(by, Value) else type(by).__name__
            return cast(
                "Date", fail("S010", sign=sign, left=code_of(self.node), right=got, left_type="date", right_type=kind)
            )
        amount = by.node if sign == "+" else (-by).node
        return make(Date, nodes.DateAdd, self.node, amount, by.unit)

    def __add__(self, other: Duration) -> Date:
        return self._moved(other, "+")

    __radd__ = __add__

    @overload
    def __sub__(self, other: Duration) -> Date: ...

    @overload
    def __sub__(self, other: Date | date | str) -> Difference: ...

    def __sub__(self, other: Duration | Date | date | str) -> Date | Difference:
        if isinstance(other, Duration) or is_broken(other):
            return self._moved(other, "-")
        given: object = other
        if isinstance(given, Value) and not isinstance(given, Date):
            return self._moved(given, "-")
        node = series(other, self.node.type, self.node, "-")
        return cast("Difference", BROKEN) if is_broken(node) else Difference(self.node, node)

    @property
    def year(self) -> Number:
        """The calendar year."""
        return make(Number, nodes.DatePart, self.node, "year")

    @property
    def month(self) -> Number:
        """The month, 1 to 12."""
        return make(Number, nodes.DatePart, self.node, "month")

    @property
    def day(self) -> Number:
        """The day of the month."""
        return make(Number, nodes.DatePart, self.node, "day")

    def to_first_of_month(self) -> Date:
        """The first day of the month."""
        return make(Date, nodes.Truncate, self.node, "month")

    def to_first_of_year(self) -> Date:
        """1 January of the year."""
        return make(Date, nodes.Truncate, self.node, "year")

    def before(self, other: Date | date | str) -> Truth:
        """Whether it is an earlier day."""
        return self._compared(other, "<")

    def on_or_before(self, other: Date | date | str) -> Truth:
        """Whether it is that day or earlier."""
        return self._compared(other, "<=")

    def after(self, other: Date | date | str) -> Truth:
        """Whether it is a later day."""
        return self._compared(other, ">")

    def on_or_after(self, other: Date | date | str) -> Truth:
        """Whether it is that day or later."""
        return self._compared(other, ">=")

    def on_or_between(self, first: Date | date | str, last: Date | date | str) -> Truth:
        """Whether it lies between two days, both counted."""
        return self._inside(first, last, ">=", "<=")

    def count_episodes(self, max_gap: Duration) -> Number:
        """How many episodes the person's dates make, when a gap of more than `max_gap` starts a new one."""
        return make(Number, nodes.CountEpisodes, self.node, whole_days(max_gap, "max_gap"))

    def episodes(self, max_gap: Duration) -> Spells:
        """The person's dates as periods: a gap of more than `max_gap` starts a new one."""
        from helseanalyse.study.language.spells import Spells

        return make(Spells, nodes.Episodes, self.node, whole_days(max_gap, "max_gap"))
