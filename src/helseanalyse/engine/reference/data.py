"""Rows as the vault stores them, in plain Python: who has which rows, in which order.

The order is that of the storage layout, so that a row's number (the source row id) does not depend on the
order in which rows were delivered: a person table by person; events by (the code column that the table is
sorted by, if any; person; date; all other columns); periods by (person, start, stop, all others); unknown first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from helseanalyse.catalogue.model import Catalogue, Column, Grain, Kind, Table
from helseanalyse.engine.errors import EngineError

Value = bool | int | float | str | date | tuple[str, ...] | None
GivenRow = Mapping[str, object]


class NoAnswerError(EngineError):
    """A study or data that has no answer: says what, and what to do. Never shows a person's value."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Row:
    """One row: its source row id and its values by column. Two rows are the same only if they are one row."""

    number: int
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Data:
    """All rows of a few persons. persons: the pids that the universe's main table holds, ascending."""

    catalogue: Catalogue
    persons: tuple[int, ...]
    _rows: Mapping[tuple[str, int], Sequence[Row]] = field(repr=False)

    def rows(self, path: str, pid: int) -> Sequence[Row]:
        """The person's rows of a table ("npr.episode"), by source row id."""
        return self._rows.get((path, pid), ())

    def without(self, excluded: frozenset[int]) -> Data:
        """The same registers as if these persons were not there: not for themselves, and not as anybody's relatives."""
        persons = tuple(pid for pid in self.persons if pid not in excluded)
        return Data(self.catalogue, persons, {key: rows for key, rows in self._rows.items() if key[1] not in excluded})


def data(catalogue: Catalogue, rows: Mapping[str, Iterable[GivenRow]]) -> Data:
    """Rows by table path, in any order, as the vault would store them.

    rows: {"npr.episode": [{"pid": 1, "admitted_on": date(2015, 3, 1), "any_diagnosis": ("I21.0", "E11")}]}. Dates may
    be ISO texts; codes are normalised; a column that is not given is unknown (no codes, for a codes column).
    Raises KeyError for a table or column that the catalogue does not have.
    """
    stored: dict[tuple[str, int], list[Row]] = {}
    for path, given in rows.items():
        registry, _, name = path.partition(".")
        table = catalogue.table(registry, name)
        complete = sorted((_complete(table, row) for row in given), key=lambda row: storage_key(table, row))
        for number, values in enumerate(complete):
            pid = values["pid"]
            assert isinstance(pid, int)
            stored.setdefault((path, pid), []).append(Row(number, values))
    universe = catalogue.universe
    main = f"{universe.name}.{universe.main}"
    return Data(catalogue, tuple(sorted(pid for path, pid in stored if path == main)), stored)


def ascending(value: Value) -> tuple[bool, Value]:
    """The key that sorts values of one type in ascending order, unknown first (section 5)."""
    return (value is not None, value)


def storage_key(table: Table, row: Mapping[str, Value]) -> tuple[tuple[bool, Value], ...]:
    """What a table is sorted by at rest."""
    orders: dict[Grain, list[str | None]] = {
        Grain.PERSON: ["pid"],
        Grain.EVENT: [table.order, "pid", table.date],
        Grain.PERIOD: ["pid", table.start, table.stop],
    }
    named = [name for name in orders[table.grain] if name]
    others = [column for column in table.columns if column.name not in named]
    plain = [column.name for column in others if column.kind is not Kind.CODES]
    # Rows that differ in nothing but their codes still need one order.
    codes = [column.name for column in others if column.kind is Kind.CODES]
    return tuple(ascending(row[name]) for name in named + plain + codes)


def _complete(table: Table, given: GivenRow) -> dict[str, Value]:
    unknown = set(given) - {column.name for column in table.columns} - {"pid"}
    if unknown:
        raise KeyError(f"{table.path} has no column {', '.join(sorted(unknown))}.")
    pid = given["pid"]
    assert isinstance(pid, int)
    row: dict[str, Value] = {"pid": pid}
    row |= {column.name: _stored(column, given.get(column.name)) for column in table.columns}
    for column in table.columns:
        if column.main:
            row |= _main_and_all(row, column.main, column.name)
    return row


def _main_and_all(row: Mapping[str, Value], main: str, name: str) -> dict[str, Value]:
    """The main code is the first of all codes: whichever of the two is given tells the other."""
    first, codes = row[main], row[name]
    if isinstance(codes, tuple) and codes:
        return {main: codes[0]}
    return {name: (first,)} if isinstance(first, str) else {}


def _stored(column: Column, value: object) -> Value:
    if column.kind is Kind.CODES:
        return tuple(normalised(code) for code in value) if isinstance(value, list | tuple) else ()
    if value is None:
        return None
    if column.kind is Kind.CODE:
        return normalised(value)
    if column.kind is Kind.DATE and isinstance(value, str):
        return date.fromisoformat(value)
    if column.kind is Kind.FLOAT and isinstance(value, int):
        return float(value)
    assert isinstance(value, bool | int | float | str | date)
    return value


def normalised(code: object) -> str:
    """A code as the vault stores it: upper case, no dots or blanks (section 6)."""
    return str(code).upper().replace(".", "").replace(" ", "")
