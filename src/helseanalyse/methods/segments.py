"""Ages, and the Lexis ledger of a handful of segments: the plain counterpart of the engine's SQL.

The fast engine makes the ledger inside the database. The plain reference engine and the tests make it here,
from dates, so that both can be held against counting day by day.
"""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import ArrayLike, NDArray

from helseanalyse.methods.checks import Ints, MethodError, same_length, whole_numbers
from helseanalyse.methods.lexis import Ledger, is_leap, year_length

Days = NDArray[np.datetime64]


def attained_age(birth: date, day: date) -> int:
    """Whole years lived on a day. Born on 29 February: the birthday is 1 March in common years.

    On a day before birth the age is negative (-1 in the last year before it).
    Source: the age rule of the study language (differences in years floor).

    >>> attained_age(date(1984, 2, 29), date(2023, 2, 28)), attained_age(date(1984, 2, 29), date(2023, 3, 1))
    (38, 39)
    """
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def attained_ages(birth: ArrayLike, day: ArrayLike) -> Ints:
    """`attained_age` for whole columns of dates (datetime64[D], ISO strings or datetime.date).

    >>> attained_ages(["1984-02-29", "1970-05-20"], ["2023-02-28", "2010-05-20"])
    array([38, 40])
    """
    births, days = _dates("birth", birth), _dates("day", day)
    birth_year, off, after = _birthday(births)
    year, place = _year_and_place(days)
    birthday = off + is_leap(year) * after
    return np.asarray(year - birth_year - (place < birthday), dtype=np.int64)


def ledger_from_segments(
    birth: ArrayLike, start: ArrayLike, stop: ArrayLike, pattern: ArrayLike | None = None
) -> Ledger:
    """The Lexis ledger of segments [start, stop): two changes each, summed by birth year, pattern and year.

    birth, start, stop: (S,) dates; stop is the day after the last day at risk: stop - start days count.
    pattern: (S,) whole numbers, or None for a single pattern 0.
    Raises MethodError where a segment has no day, or starts before birth.

    >>> ledger = ledger_from_segments(["1970-05-20"], ["2010-03-15"], ["2012-08-01"])
    >>> ledger.year.tolist(), ledger.u.tolist(), ledger.l.tolist()
    ([2010, 2012], [66, 0], [226, -153])
    """
    births, starts, stops = _dates("birth", birth), _dates("start", start), _dates("stop", stop)
    patterns = whole_numbers("pattern", np.zeros(len(births), dtype=np.int64) if pattern is None else pattern)
    same_length(birth=births, start=starts, stop=stops, pattern=patterns)
    if (stops <= starts).any():
        raise MethodError("A segment stops on or before its start. Leave out segments without a day at risk.")
    if (starts < births).any():
        raise MethodError("A segment starts before birth. Start it on the day of birth at the earliest.")
    birth_year, off, after = _birthday(births)
    year, place = _year_and_place(np.concatenate([starts, stops]))
    sign = np.repeat(np.array([1, -1]), len(births))
    birth_year, off, after, patterns = (np.tile(column, 2) for column in (birth_year, off, after, patterns))
    birthday = off + is_leap(year) * after
    columns = (
        sign,
        sign * off,
        sign * after,
        sign * np.maximum(0, birthday - place),
        sign * (year_length(year) - np.maximum(birthday, place)),
    )
    keys, row = np.unique(np.stack([birth_year, patterns, year]), axis=1, return_inverse=True)
    n, so, sa, u, low = (_sum_into(row.ravel(), column, keys.shape[1]) for column in columns)
    return Ledger(birth_year=keys[0], pattern=keys[1], year=keys[2], n=n, so=so, sa=sa, u=u, l=low)


def _sum_into(row: Ints, values: Ints, size: int) -> Ints:
    """Integer sums by row number; np.bincount would go through real numbers."""
    total = np.zeros(size, dtype=np.int64)
    np.add.at(total, row, values)
    return total


def _dates(name: str, values: ArrayLike) -> Days:
    days = np.atleast_1d(np.asarray(values, dtype="datetime64[D]"))
    if np.isnat(days).any():
        raise MethodError(f"{name} holds missing dates. Leave those rows out and count them first.")
    return days


def _year_and_place(days: Days) -> tuple[Ints, Ints]:
    """The calendar year of each day, and the days since its 1 January (0 on 1 January)."""
    years = days.astype("datetime64[Y]")
    place = (days - years.astype("datetime64[D]")).astype(np.int64)
    return years.astype(np.int64) + 1970, place


def _birthday(births: Days) -> tuple[Ints, Ints, Ints]:
    """Birth year, the birthday's place in a common year, and 1 for births on or after 1 March.

    The birthday's place in a year y is place + leap(y) * after. Born on 29 February: place 59, which is
    29 February itself in a leap year and 1 March in a common one.
    """
    birth_year, place = _year_and_place(births)
    months = births.astype("datetime64[M]").astype(np.int64) % 12
    after = (months >= 2).astype(np.int64)
    return birth_year, place - is_leap(birth_year) * after, after
