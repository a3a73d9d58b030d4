"""The Lexis ledgers in SQL give the days that counting day by day gives, by year and by month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from random import Random

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from sqlglot import exp

from helseanalyse.engine import lexis, sql
from helseanalyse.engine.answers import Columns
from helseanalyse.engine.lexis import Days
from helseanalyse.engine.sql import col, printed, relation
from helseanalyse.methods.segments import attained_age

Segment = tuple[int, date | None, date, date]  # pattern, born_on, start, stop

BIRTHS = [
    date(1900, 2, 28), date(1900, 3, 1), date(1904, 2, 29), date(1960, 2, 29), date(1960, 3, 1), date(1961, 12, 31),
    date(1972, 1, 1), date(1999, 5, 20), date(2000, 2, 29), None,
]  # fmt: skip


def segments(seed: int) -> list[Segment]:
    draw = Random(seed)
    found: list[Segment] = []
    for _ in range(60):
        start = date(2007, 12, 1) + timedelta(days=draw.randrange(1500))
        stop = start + timedelta(days=draw.choice([1, 2, 28, 29, 60, 365, 366, 1000]))
        found.append((draw.randrange(3), draw.choice(BIRTHS), start, stop))
    return found


def day_by_day(rows: list[Segment], unit: str) -> dict[tuple[int, int, int], int]:
    days: Counter[tuple[int, int, int]] = Counter()
    for pattern, born_on, start, stop in rows:
        for number in range((stop - start).days):
            day = start + timedelta(days=number)
            when = day.year if unit == "year" else day.year * 12 + day.month - 1
            days[pattern, when, -1 if born_on is None else attained_age(born_on, day)] += 1
    return dict(days)


def in_sql(rows: list[Segment], ledger: Callable[[exp.Select], exp.Select], cells: Callable[[Columns], Days]) -> object:
    columns = [pa.array(column) for column in zip(*rows, strict=True)]
    with duckdb.connect() as con:
        con.register("rows_given", pa.table(columns, names=["pattern", "born_on", "start", "stop"]))
        con.execute("CREATE TABLE segments AS SELECT * FROM rows_given")
        names = ("pattern", "born_on", "start", "stop")
        select = ledger(sql.query([col(name) for name in names], relation("segments")))
        found = cells({name: np.asarray(part) for name, part in con.execute(printed(select)).fetchnumpy().items()})
    return {
        tuple(map(int, key)): int(days)
        for *key, days in zip(found.pattern, found.unit, found.age, found.days, strict=True)
    }


@pytest.mark.parametrize("seed", range(5))
def test_days_by_year(seed: int) -> None:
    rows = segments(seed)
    assert in_sql(rows, lexis.by_year, lexis.cells_by_year) == day_by_day(rows, "year")


@pytest.mark.parametrize("seed", range(5))
def test_days_by_month(seed: int) -> None:
    rows = segments(seed)
    assert in_sql(rows, lexis.by_month, lexis.cells_by_month) == day_by_day(rows, "month")


def test_nobody_has_no_days() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    ledger = dict.fromkeys(("b", "bm", "pattern", "m", "n", "so", "u", "t"), nothing)
    assert lexis.cells_by_month(ledger).days.tolist() == []


def test_the_worked_example_of_the_method() -> None:
    """Born 1970-05-20, at risk [2010-03-15, 2012-08-01): 870 days in six cells."""
    rows: list[Segment] = [(0, date(1970, 5, 20), date(2010, 3, 15), date(2012, 8, 1))]
    found = in_sql(rows, lexis.by_year, lexis.cells_by_year)
    assert found == {
        (0, 2010, 39): 66, (0, 2010, 40): 226, (0, 2011, 40): 139,
        (0, 2011, 41): 226, (0, 2012, 41): 140, (0, 2012, 42): 73,
    }  # fmt: skip
