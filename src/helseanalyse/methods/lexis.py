"""The Lexis ledger: exact person-days by age, calendar year and birth year, without expanding anything.

A segment at risk is written as two changes, +1 on the day it starts and -1 on the day it stops. The
database sums the changes by birth year, pattern and calendar year; cumulative sums over those few rows then
give every cell. Two rows a segment instead of some thirty, and no day is lost or counted twice.

Carstensen B. Age-period-cohort models for the Lexis diagram. Stat Med 2007; 26: 3018-3045, for the
diagram and its triangles. The bookkeeping of changes is our own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from helseanalyse.methods.checks import Bools, Ints, MethodError, frozen, same_length, whole_numbers

_LEDGER = ("birth_year", "pattern", "year", "n", "so", "sa", "u", "l")
_YEARS = (1582, 9999)  # the Gregorian calendar, and what a date column can hold


def is_leap(year: Ints) -> Bools:
    """Leap years by the full Gregorian rule; registers hold people born before 1900-03-01.

    >>> is_leap(np.array([1900, 2000, 2023, 2024])).tolist()
    [False, True, False, True]
    """
    return np.asarray((year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0)))


def year_length(year: Ints) -> Ints:
    """Days of the calendar year: 365 or 366.

    >>> year_length(np.array([1900, 2024])).tolist()
    [365, 366]
    """
    return np.asarray(365 + is_leap(year), dtype=np.int64)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False, repr=False)
class Ledger:
    """Sums of changes by birth year, pattern and calendar year; all arrays (R,), int64, in any order.

    For a person of birth year B let `off` be the place of the birthday in a common year (days since
    1 January) and `aft` 1 if born on or after 1 March. A change (sign +1 at start, -1 at stop) in year y,
    `dd` days after 1 January, with the birthday at o = off + leap(y) * aft, adds

    n: sign. so: sign * off. sa: sign * aft. u: sign * max(0, o - dd), the days left before the birthday.
    l: sign * (length of y - max(o, dd)), the days left from the birthday on.

    Ledgers add up: rows with the same key are summed, so the rows of several parts may be put together.
    Raises MethodError where the rows cannot come from whole segments of living persons.

    >>> Ledger(
    ...     birth_year=[1970, 1970],
    ...     pattern=[0, 0],
    ...     year=[2010, 2012],
    ...     n=[1, -1],
    ...     so=[139, -139],
    ...     sa=[1, -1],
    ...     u=[66, 0],
    ...     l=[226, -153],
    ... )
    Ledger(rows=2)
    """

    birth_year: Ints
    pattern: Ints
    year: Ints
    n: Ints
    so: Ints
    sa: Ints
    u: Ints
    l: Ints  # noqa: E741 - the lower triangle, as in the source

    def __post_init__(self) -> None:
        for name in _LEDGER:
            object.__setattr__(self, name, whole_numbers(name, getattr(self, name)))
        same_length(**{name: getattr(self, name) for name in _LEDGER})
        if len(self.year) and not (
            self.birth_year.min() >= _YEARS[0] and self.year.max() <= _YEARS[1] and self.pattern.min() >= 0
        ):
            raise MethodError(
                f"The ledger holds years outside {_YEARS[0]}-{_YEARS[1]}, or a negative pattern number. "
                "Check the dates, and number the patterns from 0."
            )
        if (self.year < self.birth_year).any():
            raise MethodError("The ledger holds time before birth. Start every segment at birth or later.")

    def __repr__(self) -> str:
        return f"Ledger(rows={len(self.year)})"


@dataclass(frozen=True, kw_only=True, slots=True, eq=False, repr=False)
class Cells:
    """Person-days by birth year, pattern, calendar year and attained age; arrays (C,), int64.

    Ordered by those four, each combination once, days above 0. In a year a person has at most two ages:
    year - birth_year - 1 before the birthday and year - birth_year from it on.
    """

    birth_year: Ints
    pattern: Ints
    year: Ints
    age: Ints
    days: Ints

    @property
    def person_days(self) -> int:
        """All the days at risk."""
        return int(self.days.sum())

    def __repr__(self) -> str:
        return f"Cells(rows={len(self.days)})"


@dataclass(frozen=True, kw_only=True, slots=True, eq=False, repr=False)
class YearEnds:
    """Persons at risk on 31 December, by birth year, pattern, year and age then; arrays (C,), int64."""

    birth_year: Ints
    pattern: Ints
    year: Ints
    age: Ints
    persons: Ints

    def __repr__(self) -> str:
        return f"YearEnds(rows={len(self.persons)})"


def lexis_cells(ledger: Ledger, *, person_days: int | None = None) -> Cells:
    """The exact person-days of every cell.

    person_days: the sum of stop - start over all segments, if the caller has it; then it must agree.
    Raises MethodError where the ledger contradicts itself: changes of a birth year and pattern that do not
    cancel, a negative number of persons or days, or another total than `person_days`.

    Born 1970-05-20, at risk [2010-03-15, 2012-08-01), 870 days:

    >>> cells = lexis_cells(
    ...     Ledger(
    ...         birth_year=[1970, 1970],
    ...         pattern=[0, 0],
    ...         year=[2010, 2012],
    ...         n=[1, -1],
    ...         so=[139, -139],
    ...         sa=[1, -1],
    ...         u=[66, 0],
    ...         l=[226, -153],
    ...     ),
    ...     person_days=870,
    ... )
    >>> list(zip(cells.year.tolist(), cells.age.tolist(), cells.days.tolist()))
    [(2010, 39, 66), (2010, 40, 226), (2011, 40, 139), (2011, 41, 226), (2012, 41, 140), (2012, 42, 73)]
    """
    grid = _Grid.of(ledger)
    leap = is_leap(grid.year)
    shift = grid.before("so") + leap * grid.before("sa")  # the sum of the birthdays' places in this year
    upper = grid.sums["u"] + shift
    lower = grid.sums["l"] + grid.before("n") * year_length(grid.year) - shift
    # Two triangles a year, upper (the younger age) first: so ages come in order within a year.
    days = np.stack([upper, lower], axis=1).ravel()
    age = np.stack([grid.year - grid.birth_year - 1, grid.year - grid.birth_year], axis=1).ravel()
    if (days < 0).any():
        raise MethodError("The ledger gives negative time at risk. Check that every segment stops after it starts.")
    keep = days > 0
    if (age[keep] < 0).any():
        raise MethodError("The ledger holds time before birth. Start every segment at birth or later.")
    total = int(days.sum())
    if person_days is not None and total != person_days:
        raise MethodError(
            "The cells do not hold the same number of person-days as the segments. "
            "Check that the ledger and the total come from the same segments."
        )
    birth_year, pattern, year = (np.repeat(c, 2)[keep] for c in (grid.birth_year, grid.pattern, grid.year))
    parts = {"birth_year": birth_year, "pattern": pattern, "year": year, "age": age[keep], "days": days[keep]}
    return Cells(**{name: frozen(part) for name, part in parts.items()})


def year_ends(ledger: Ledger) -> YearEnds:
    """Persons at risk on each 31 December: the numerator or the denominator of a prevalence by year and age.

    Whoever is at risk on 31 December is at risk on 1 January too, unless the segment stops there.

    >>> ends = year_ends(
    ...     Ledger(
    ...         birth_year=[1970, 1970],
    ...         pattern=[0, 0],
    ...         year=[2010, 2012],
    ...         n=[1, -1],
    ...         so=[139, -139],
    ...         sa=[1, -1],
    ...         u=[66, 0],
    ...         l=[226, -153],
    ...     )
    ... )
    >>> list(zip(ends.year.tolist(), ends.age.tolist(), ends.persons.tolist()))
    [(2010, 40, 1), (2011, 41, 1)]
    """
    grid = _Grid.of(ledger)
    persons = grid.before("n") + grid.sums["n"]
    keep = persons > 0
    parts = {"birth_year": grid.birth_year, "pattern": grid.pattern, "year": grid.year}
    parts |= {"age": grid.year - grid.birth_year, "persons": persons}
    return YearEnds(**{name: frozen(part[keep]) for name, part in parts.items()})


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    """The ledger with a row for every year from the first to the last change of a birth year and pattern."""

    birth_year: Ints
    pattern: Ints
    year: Ints
    sums: dict[str, Ints]  # n, so, sa, u, l on those rows, 0 in a year without a change

    @classmethod
    def of(cls, ledger: Ledger) -> _Grid:
        order = np.lexsort((ledger.year, ledger.pattern, ledger.birth_year))
        birth_year, pattern, year = (c[order] for c in (ledger.birth_year, ledger.pattern, ledger.year))
        new = np.ones(len(order), dtype=np.bool_)
        new[1:] = (np.diff(birth_year) != 0) | (np.diff(pattern) != 0)
        first = np.flatnonzero(new)
        last = np.append(first[1:], len(order))[: len(first)] - 1
        span = year[last] - year[first] + 1
        begin = np.cumsum(span) - span  # the grid row of each group's first year
        row = begin[np.cumsum(new) - 1] + year - np.repeat(year[first], last - first + 1)
        size = int(span.sum())
        sums: dict[str, Ints] = {}
        for name in _LEDGER[3:]:
            sums[name] = np.zeros(size, dtype=np.int64)
            np.add.at(sums[name], row, getattr(ledger, name)[order])
        grid = cls(
            np.repeat(birth_year[first], span),
            np.repeat(pattern[first], span),
            np.arange(size, dtype=np.int64) - np.repeat(begin - year[first], span),
            sums,
        )
        grid._check(begin)
        return grid

    def before(self, name: str) -> Ints:
        """The sum over earlier years of the group. As every group ends at 0, one running sum serves all."""
        return np.asarray(np.cumsum(self.sums[name]) - self.sums[name], dtype=np.int64)

    def _check(self, begin: NDArray[Any]) -> None:
        if not len(begin):
            return
        if any(np.add.reduceat(self.sums[name], begin).any() for name in ("n", "so", "sa")):
            raise MethodError(
                "In the ledger as many segments must stop as start, for every birth year and pattern. "
                "Write both changes of every segment, with the same birth date and pattern."
            )
        n, sa = self.before("n"), self.before("sa")
        if (n < 0).any() or (sa < 0).any() or (sa > n).any():
            raise MethodError(
                "The ledger gives a negative number of persons. Check that segments stop after they start."
            )
