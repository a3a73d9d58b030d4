"""The Lexis ledger in SQL: methods.md 3.1. Two changes a segment are summed; the split itself is never made.

By calendar year the sums are exactly those of `methods.lexis`. By calendar month they are simpler: all of a month is at
one age but for the month of the birthday, so the month of birth is one key more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sqlglot import exp

from helseanalyse.engine import sql
from helseanalyse.engine.answers import Columns
from helseanalyse.engine.sql import Sql, call, case, cast, col, compare, compute, derived, number
from helseanalyse.methods.lexis import Ledger, is_leap, lexis_cells
from helseanalyse.study.answer import Int64

NOBODY_BORN = 1582  # the birth year of those whose birth date is unknown: no person lived then and lives now
UNKNOWN_AGE = -1


@dataclass(frozen=True, slots=True)
class Days:
    """Person-days by pattern, calendar unit (year, or year * 12 + month - 1) and attained age; arrays of one length."""

    pattern: Int64
    unit: Int64
    age: Int64
    days: Int64


def _leap(year: Sql) -> Sql:
    """1 in a leap year, else 0."""
    fourth = compare(compute(year, "%", number(4)), "==", number(0))
    century = compare(compute(year.copy(), "%", number(100)), "!=", number(0))
    fourth_century = compare(compute(year.copy(), "%", number(400)), "==", number(0))
    return case((sql.both([fourth, sql.either([century, fourth_century])]), number(1)), otherwise=number(0))


def _days_into_year(day: Sql) -> Sql:
    return compute(call("dayofyear", day), "-", number(1))


def _changes(segments: exp.Select, *, born: dict[str, Sql]) -> exp.Select:
    """Each segment as +1 on its first day and -1 on the day after its last: pattern, sg, day, columns of the birth."""
    people = sql.query(
        {**born, "pattern": col("pattern"), "start": col("start"), "stop": col("stop")}, derived(segments, "t")
    )
    names = [*born, "pattern"]
    ends = [
        sql.query(
            {**{name: col(name) for name in names}, "sg": number(sign), "day": col(end)}, derived(people.copy(), "t")
        )
        for end, sign in (("start", 1), ("stop", -1))
    ]
    return sql.query({**{name: col(name) for name in (*names, "sg", "day")}}, derived(sql.stacked(ends), "t"))


def by_year(segments: exp.Select) -> exp.Select:
    """The ledger by birth year, pattern and calendar year. segments: pattern, born_on, start, stop."""
    born = sql.if_null(col("born_on"), sql.day(f"{NOBODY_BORN}-01-01"))
    after_february = compare(call("month", born.copy()), ">=", number(3))
    aft = case((after_february, number(1)), otherwise=number(0))
    # The place of the birthday in a common year.
    off = compute(_days_into_year(born.copy()), "-", compute(aft.copy(), "*", _leap(call("year", born.copy()))))
    changes = _changes(segments, born={"b": call("year", born), "off": off, "aft": aft})
    placed = sql.query(
        {
            **{name: col(name) for name in ("b", "pattern", "sg", "off", "aft")},
            "y": call("year", col("day")),
            "dd": _days_into_year(col("day")),
            "leap": _leap(call("year", col("day"))),
        },
        derived(changes, "t"),
    )
    birthday = compute(col("off"), "+", compute(col("leap"), "*", col("aft")))
    length = compute(number(365), "+", col("leap"))
    before = sql.greatest(number(0), compute(birthday, "-", col("dd")))
    after = compute(length, "-", sql.greatest(birthday.copy(), col("dd")))
    sums = {"n": number(1), "so": col("off"), "sa": col("aft"), "u": before, "l": after}
    keys = {"b": col("b"), "pattern": col("pattern"), "y": col("y")}
    totals = {name: sql.total(compute(col("sg"), "*", of)) for name, of in sums.items()}
    return sql.query({**keys, **totals}, derived(placed, "t"), group=sql.every(keys.values()))


def cells_by_year(found: Columns) -> Days:
    """The person-days of a ledger by year."""
    ledger = Ledger(
        birth_year=found["b"],
        pattern=found["pattern"],
        year=found["y"],
        **{name: found[name] for name in ("n", "so", "sa", "u", "l")},
    )
    cells = lexis_cells(ledger)
    age = np.where(cells.birth_year == NOBODY_BORN, UNKNOWN_AGE, cells.age)
    return _summed(cells.pattern, cells.year, age, cells.days)


def by_month(segments: exp.Select) -> exp.Select:
    """The ledger by birth year, birth month, pattern and calendar month. segments: pattern, born_on, start, stop."""
    born = sql.if_null(col("born_on"), sql.day(f"{NOBODY_BORN}-01-01"))
    columns = {
        "b": call("year", born),
        "bm": call("month", born.copy()),
        "off": compute(call("day", born.copy()), "-", number(1)),
    }
    changes = _changes(segments, born=columns)
    day = col("day")
    placed = sql.query(
        {
            **{name: col(name) for name in ("b", "bm", "pattern", "sg", "off")},
            "m": compute(
                compute(compute(call("year", day), "*", number(12)), "+", call("month", day.copy())), "-", number(1)
            ),
            "is_birth_month": compare(call("month", day.copy()), "==", col("bm")),
            "dd": compute(call("day", day.copy()), "-", number(1)),
            "length": call("day", call("last_day", day.copy())),
        },
        derived(changes, "t"),
    )
    # 29 February: the birthday lies past the end of February in a common year, so all of it is at the younger age.
    birthday = sql.least(col("off"), col("length"))
    before = case(
        (col("is_birth_month"), sql.greatest(number(0), compute(birthday, "-", col("dd")))), otherwise=number(0)
    )
    left = compute(col("length"), "-", col("dd"))
    sums = {"n": number(1), "so": col("off"), "u": before, "t": left}
    keys = {name: col(name) for name in ("b", "bm", "pattern", "m")}
    totals = {name: sql.total(compute(col("sg"), "*", of)) for name, of in sums.items()}
    return sql.query({**keys, **totals}, derived(placed, "t"), group=sql.every(keys.values()))


def cells_by_month(found: Columns) -> Days:
    """The person-days of a ledger by month.

    With N and SO the sums of n and so over earlier months of the same births and pattern, a month of that length holds
    t + N * length days, of which u + SO (in the month of the birthday) are at the younger age.
    """
    order = np.lexsort([found[name] for name in ("m", "pattern", "bm", "b")])
    columns = {name: np.asarray(found[name], dtype=np.int64)[order] for name in found}
    b, bm, pattern, m = (columns[name] for name in ("b", "bm", "pattern", "m"))
    if not len(m):
        nothing = np.zeros(0, dtype=np.int64)
        return Days(nothing, nothing, nothing, nothing)
    new = np.ones(len(m), dtype=np.bool_)
    new[1:] = (np.diff(b) != 0) | (np.diff(bm) != 0) | (np.diff(pattern) != 0)
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(m)) - 1
    span = m[last] - m[first] + 1
    begin = np.cumsum(span) - span
    size = int(span.sum())
    row = begin[np.cumsum(new) - 1] + m - np.repeat(m[first], last - first + 1)
    sums = {name: np.zeros(size, dtype=np.int64) for name in ("n", "so", "u", "t")}
    for name, into in sums.items():
        np.add.at(into, row, columns[name])
    months = np.arange(size, dtype=np.int64) - np.repeat(begin - m[first], span)
    b, bm, pattern = (np.repeat(column[first], span) for column in (b, bm, pattern))
    earlier = {name: np.cumsum(sums[name]) - sums[name] for name in ("n", "so")}
    return _month_cells(b, bm, pattern, months, sums, earlier)


def _month_cells(
    b: Int64, bm: Int64, pattern: Int64, months: Int64, sums: dict[str, Int64], earlier: dict[str, Int64]
) -> Days:
    year, month = months // 12, months % 12 + 1
    length = _month_length(year, month)
    all_days = sums["t"] + earlier["n"] * length
    birthday_month = month == bm
    # A birthday on the 29th takes all 28 days of a common February.
    younger = np.where(birthday_month, sums["u"] + earlier["so"], np.where(month < bm, all_days, 0))
    age = np.concatenate([year - b - 1, year - b])
    days = np.concatenate([younger, all_days - younger])
    unknown = np.tile(b == NOBODY_BORN, 2)
    keep = days != 0
    age = np.where(unknown, UNKNOWN_AGE, age)
    return _summed(np.tile(pattern, 2)[keep], np.tile(months, 2)[keep], age[keep], days[keep])


def _month_length(year: Int64, month: Int64) -> Int64:
    lengths = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.int64)
    return np.asarray(lengths[month - 1] + ((month == 2) & is_leap(year)), dtype=np.int64)


def _summed(pattern: Int64, unit: Int64, age: Int64, days: Int64) -> Days:
    keys = np.stack([pattern, unit, age])
    cells, place = np.unique(keys, axis=1, return_inverse=True)
    total = np.zeros(cells.shape[1], dtype=np.int64)
    np.add.at(total, place.ravel(), days)
    return Days(cells[0], cells[1], cells[2], total)


def month_number(day: Sql) -> Sql:
    """The number of a month: year * 12 + month - 1."""
    year = compute(call("year", day), "*", number(12))
    return compute(compute(year, "+", call("month", day.copy())), "-", number(1))


def age_on(born: Sql, day: Sql) -> Sql:
    """Attained age on a day; UNKNOWN_AGE without a birth date."""
    years = compute(call("year", day), "-", call("year", born))
    reached = compute(compute(call("month", day.copy()), "*", number(32)), "+", call("day", day.copy()))
    due = compute(compute(call("month", born.copy()), "*", number(32)), "+", call("day", born.copy()))
    age = compute(years, "-", case((compare(reached, "<", due), number(1)), otherwise=number(0)))
    return cast(sql.if_null(age, number(UNKNOWN_AGE)), "INTEGER")
