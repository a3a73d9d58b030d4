"""Small random registers for the tests that hold the two engines together: many ties, unknown values and leap days.

Every pool of values is small on purpose, so that equal dates, equal values and equal rows are the rule. Floats are
sums of powers of two, so that adding them in any order gives the same number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from helseanalyse.catalogue.model import Catalogue, Column, Grain, Kind, Table

Registers = dict[str, list[dict[str, Any]]]

DATES = [
    date(2016, 2, 29), date(2018, 12, 31), date(2019, 1, 1), date(2019, 1, 2), date(2019, 1, 31), date(2019, 2, 28),
    date(2019, 3, 1), date(2019, 6, 30), date(2019, 12, 31), date(2020, 1, 1), date(2020, 1, 31), date(2020, 2, 28),
    date(2020, 2, 29), date(2020, 3, 1), date(2020, 3, 31), date(2020, 12, 31), date(2021, 1, 1),
]  # fmt: skip
BIRTHS = [
    date(1899, 12, 31), date(1900, 3, 1), date(1960, 2, 29), date(1960, 3, 1), date(1979, 12, 31), date(1980, 1, 1),
    date(1996, 2, 29), date(2018, 12, 31), date(2019, 3, 1),
]  # fmt: skip
INTS = [-7, -2, -1, 0, 1, 2, 3, 5, 7, 40]
FLOATS = [-7.5, -3.0, -0.5, 0.0, 0.5, 1.0, 2.5, 3.0, 8.0, 40.25]
TEXTS = ["", "a", "A", "b", "ab", "100%", "_", "å"]
CODES = {
    "ICD-10": ["I21", "I210", "I219", "I22", "C50", "C509", "E119"],
    "ATC": ["A10BA02", "A10BK01", "A10BH01", "B01AC04"],
    "NCSP": ["FNG02", "FNG05", "KEC00"],
    "municipality": ["0301", "4601"],
}
# Codes and their parents, as studies list them; each is in its system.
LISTED = {
    "ICD-10": ["I20", "I21", "I210", "I219", "C50", "C509", "E11"],
    "ATC": ["A", "A10", "A10B", "A10BA", "A10BA02", "A10BK01", "B01AC04"],
    "NCSP": ["FNG", "FNG02", "FNG05", "KEC00"],
    "municipality": ["0301", "4601"],
}


def pool(column: Column) -> Sequence[Any]:
    """The values that a column may have."""
    if column.kind in (Kind.CODE, Kind.CODES):
        return CODES[column.system or ""]
    if column.kind is Kind.CATEGORY:
        return [level.name for level in column.levels]
    return {
        Kind.BOOL: [True, False],
        Kind.INT: INTS,
        Kind.FLOAT: FLOATS,
        Kind.DATE: BIRTHS if column.name == "born_on" else DATES,
        Kind.TEXT: TEXTS,
        Kind.PERSON: range(1, 7),
    }[column.kind]


@dataclass(frozen=True)
class Size:
    """How much data: persons, most rows of a person in a table, and one value in how many is unknown."""

    persons: int = 6
    rows: int = 4
    unknown: int = 6


class Choices:
    """Every random choice, as a number below another: `choose(n)` gives 0, 1, ... or n - 1."""

    def __init__(self, choose: Callable[[int], int]) -> None:
        self.choose = choose

    def pick(self, *options: Any) -> Any:
        """One of several."""
        return options[self.choose(len(options))]

    def chance(self, one_in: int = 2) -> bool:
        """True once in so many times."""
        return self.choose(one_in) == one_in - 1


def registers(choices: Choices, catalogue: Catalogue, used: frozenset[str], size: Size) -> Registers:
    """Rows of a few persons in the tables used ("npr.episode"), in any order; the universe's main table always.

    Now and then there are rows of a stranger, too, whom the universe does not know.
    """
    universe = catalogue.universe
    last = size.persons + (1 if choices.chance(4) else 0)
    found: Registers = {}
    for registry in catalogue.registries:
        for table in registry.tables:
            main = registry is universe and table.name == universe.main
            if main or table.path in used:
                persons = range(1, (size.persons if main else last) + 1)
                found[table.path] = [row for pid in persons for row in _rows(choices, table, pid, main, size)]
    return found


def _rows(choices: Choices, table: Table, pid: int, main: bool, size: Size) -> list[dict[str, Any]]:
    if main:
        return [_row(choices, table, pid, size)]
    if table.grain is Grain.PERIOD and not table.overlaps:
        return _disjoint_periods(choices, table, pid, size)
    most = 1 if table.grain is Grain.PERSON else size.rows
    rows = [_row(choices, table, pid, size) for _ in range(choices.choose(most + 1))]
    return [*rows, dict(rows[0])] if rows and most > 1 and choices.chance(5) else rows  # a row twice


def _row(choices: Choices, table: Table, pid: int, size: Size) -> dict[str, Any]:
    main = {column.main for column in table.columns}  # the main code is the first of all, so the data do not give it
    columns = [column for column in table.columns if column.name not in main]
    return {"pid": pid} | {column.name: _value(choices, column, size) for column in columns}


def _value(choices: Choices, column: Column, size: Size) -> Any:
    if column.kind is Kind.CODES:
        return [choices.pick(*pool(column)) for _ in range(choices.choose(4))]
    return None if choices.chance(size.unknown) else choices.pick(*pool(column))


def _disjoint_periods(choices: Choices, table: Table, pid: int, size: Size) -> list[dict[str, Any]]:
    """Periods of a table whose periods do not overlap: some of the stretches between a few dates."""
    assert table.start is not None
    assert table.stop is not None
    cuts = sorted({choices.pick(date(2010, 1, 1), *DATES) for _ in range(choices.choose(size.rows + 1))})
    rows = []
    for start, stop in zip(cuts, [*cuts[1:], None][: len(cuts)], strict=True):
        if not choices.chance(4):
            # Only the last one may still run.
            end = stop if stop is not None else choices.pick(None, start + timedelta(days=400))
            rows.append({**_row(choices, table, pid, size), table.start: start, table.stop: end})
    return rows


def shuffled(rows: Mapping[str, Sequence[Any]], order: Random) -> Registers:
    """The same rows, delivered in another order."""
    return {path: order.sample(list(table), len(table)) for path, table in rows.items()}
