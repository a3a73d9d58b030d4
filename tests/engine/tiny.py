"""Tiny vaults for tests: registry files in the vault's storage layout, made from a few Python rows.

`tiny_vault` needs no delivery and no loading: it writes what the vault would have written. Rows may come in any order;
they are stored sorted, so that the row id of DuckDB is the source row id of the study language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from helseanalyse.catalogue.model import Catalogue, Column, Grain, Kind, Label, Level, Registry, Table

Row = Mapping[str, Any]

SQL_TYPES = {
    Kind.BOOL: "BOOLEAN",
    Kind.INT: "BIGINT",
    Kind.FLOAT: "DOUBLE",
    Kind.DATE: "DATE",
    Kind.TEXT: "VARCHAR",
    Kind.CODE: "VARCHAR",
    Kind.CATEGORY: "VARCHAR",
    Kind.PERSON: "INTEGER",
}


def _column(name: str, kind: Kind, **more: Any) -> Column:
    if levels := more.pop("levels", ()):
        more["levels"] = tuple(Level(level, Label(level, level)) for level in levels)
    return Column(name=name, kind=kind, label=Label(name, name), **more)


def _table(registry: str, name: str, grain: Grain, *columns: Column, **more: Any) -> Table:
    return Table(registry=registry, name=name, grain=grain, label=Label(name, name), columns=columns, **more)


def _registry(name: str, *tables: Table, **more: Any) -> Registry:
    return Registry(
        name=name,
        label=Label(name, name),
        custodian="nobody",
        description=Label(name, name),
        main=tables[0].name,
        tables=tables,
        **more,
    )


def _population() -> Registry:
    return _registry(
        "population",
        _table(
            "population",
            "person",
            Grain.PERSON,
            _column("sex", Kind.CATEGORY, levels=("female", "male")),
            _column("born_on", Kind.DATE),
            _column("died_on", Kind.DATE),
            _column("mother", Kind.PERSON),
            _column("father", Kind.PERSON),
            _column("weight", Kind.FLOAT),
            _column("siblings", Kind.INT),
            _column("twin", Kind.BOOL),
        ),
        _table(
            "population",
            "residence",
            Grain.PERIOD,
            _column("moved_in_on", Kind.DATE),
            _column("moved_out_on", Kind.DATE),
            _column("municipality", Kind.CODE, system="municipality"),
            start="moved_in_on",
            stop="moved_out_on",
        ),
        _table(
            "population",
            "emigration",
            Grain.EVENT,
            _column("emigrated_on", Kind.DATE),
            date="emigrated_on",
        ),
        universe=True,
    )


def _npr() -> Registry:
    return _registry(
        "npr",
        _table(
            "npr",
            "episode",
            Grain.EVENT,
            _column("admitted_on", Kind.DATE),
            _column("discharged_on", Kind.DATE),
            _column("level_of_care", Kind.CATEGORY, levels=("inpatient", "day", "outpatient")),
            _column("main_diagnosis", Kind.CODE, system="ICD-10"),
            _column("any_diagnosis", Kind.CODES, system="ICD-10", main="main_diagnosis"),
            _column("any_procedure", Kind.CODES, system="NCSP"),
            date="admitted_on",
        ),
        _table(
            "npr",
            "care",
            Grain.PERIOD,
            _column("from_on", Kind.DATE),
            _column("to_on", Kind.DATE),
            _column("service", Kind.CATEGORY, levels=("home", "ward")),
            start="from_on",
            stop="to_on",
            overlaps=True,
        ),
    )


def _lmr() -> Registry:
    return _registry(
        "lmr",
        _table(
            "lmr",
            "dispensing",
            Grain.EVENT,
            _column("dispensed_on", Kind.DATE),
            _column("atc", Kind.CODE, system="ATC"),
            _column("packs", Kind.FLOAT),
            _column("ddd", Kind.FLOAT),
            _column("prescriber", Kind.CATEGORY, levels=("gp", "specialist")),
            date="dispensed_on",
            order="atc",
        ),
    )


def _lab() -> Registry:
    return _registry(
        "lab",
        _table(
            "lab",
            "result",
            Grain.EVENT,
            _column("taken_on", Kind.DATE),
            _column("whole", Kind.INT),
            _column("real", Kind.FLOAT),
            _column("flag", Kind.BOOL),
            _column("note", Kind.TEXT),
            _column("kind", Kind.CATEGORY, levels=("a", "b", "c")),
            date="taken_on",
        ),
    )


def _dar() -> Registry:
    return _registry(
        "dar",
        _table(
            "dar",
            "death",
            Grain.PERSON,
            _column("died_on", Kind.DATE),
            _column("underlying_cause", Kind.CODE, system="ICD-10"),
            _column("contributing_causes", Kind.CODES, system="ICD-10"),
            date="died_on",
        ),
    )


def tiny_catalogue() -> Catalogue:
    """Four small registries with every kind of table and column.

    population (universe): person, residence (periods), moves (events).
    npr: episode (events with main and any diagnosis), care (periods that may overlap).
    lmr: dispensing (events, sorted by atc). lab: result (events with numbers of every kind).
    dar: death (person grain, with codes).
    """
    return Catalogue((_population(), _npr(), _lmr(), _lab(), _dar()))


def tiny_vault(tmp_path: Path, catalogue: Catalogue, rows: Mapping[str, Sequence[Row]]) -> dict[str, Path]:
    """Write `NAME@1.duckdb` for every registry of the catalogue into tmp_path and return the paths.

    rows: {"npr.episode": [{"pid": 1, "admitted_on": "2015-03-01", "any_diagnosis": ["I21.0", "E11"]}, ...]}. Dates are
    ISO texts or dates; codes are normalised (upper case, no dots or blanks); a missing column is unknown; a codes
    column takes a list, the first code being the main one. A table without rows is there and empty.
    """
    known = {table.path: table for registry in catalogue.registries for table in registry.tables}
    for path in rows:
        if path not in known:
            raise KeyError(f"{path} is no table of the catalogue: {', '.join(sorted(known))}")
    files = {}
    for registry in catalogue.registries:
        path = tmp_path / f"{registry.name}@1.duckdb"
        path.unlink(missing_ok=True)
        with duckdb.connect(str(path)) as con:
            con.execute("SET disabled_optimizers='partitioned_execution'")
            for table in registry.tables:
                _write(con, table, rows.get(table.path, ()))
        files[registry.name] = path
    return files


def normal(code: str) -> str:
    """A code as the vault stores it."""
    return code.upper().replace(".", "").replace(" ", "")


def _value(column: Column, value: Any) -> Any:
    if value is None:
        return None
    if column.kind is Kind.DATE and isinstance(value, str):
        return date.fromisoformat(value)
    if column.kind is Kind.CODE:
        return normal(value)
    if column.kind is Kind.CODES:
        return [normal(code) for code in value]
    return value


def _full(table: Table, row: Row) -> dict[str, Any]:
    names = {column.name for column in table.columns}
    if unknown := set(row) - names - {"pid"}:
        raise KeyError(f"{table.path} has no column {', '.join(sorted(unknown))}")
    full = {column.name: _value(column, row.get(column.name)) for column in table.columns}
    for column in table.columns:
        if column.kind is Kind.CODES:
            full[column.name] = full[column.name] or []
            if column.main and full[column.main] is None and full[column.name]:
                full[column.main] = full[column.name][0]
    return full | {"pid": row["pid"]}


def _order(table: Table) -> list[str]:
    first = {
        Grain.PERSON: ["pid"],
        Grain.EVENT: [table.order, "pid", table.date],
        Grain.PERIOD: ["pid", table.start, table.stop],
    }[table.grain]
    named = [name for name in first if name]
    plain = [column.name for column in table.columns if column.kind is not Kind.CODES and column.name not in named]
    # Rows that differ in nothing but their codes still need one order.
    return named + plain + [column.name for column in table.columns if column.kind is Kind.CODES]


def _sort_key(row: Row, order: Iterable[str]) -> tuple[Any, ...]:
    return tuple((row[name] is not None, row[name] if row[name] is not None else 0) for name in order)


def _write(con: duckdb.DuckDBPyConnection, table: Table, given: Sequence[Row]) -> None:
    order = _order(table)
    rows = sorted((_full(table, row) for row in given), key=lambda row: _sort_key(row, order))
    plain = [column for column in table.columns if column.kind is not Kind.CODES]
    spec = ", ".join(["pid INTEGER NOT NULL", *(f'"{c.name}" {SQL_TYPES[c.kind]}' for c in plain)])
    con.execute(f'CREATE TABLE "{table.name}" ({spec})')
    _insert(con, table.name, [[row["pid"], *(row[c.name] for c in plain)] for row in rows])
    if table.order:
        codes = [(row[table.order], row[table.date or ""]) for row in rows if row[table.order] is not None]
        _dictionary(con, f"{table.name}__{table.order}", codes)
    for column in table.columns:
        if column.kind is Kind.CODES:
            _long(con, table, column, rows)


def _long(con: duckdb.DuckDBPyConnection, table: Table, column: Column, rows: Sequence[Row]) -> None:
    name = f"{table.name}__{column.name}"
    con.execute(f'CREATE TABLE "{name}" (code VARCHAR, pid INTEGER, date DATE, position SMALLINT, "row" INTEGER)')
    long = [
        (code, row["pid"], row[table.date] if table.date else None, position, number)
        for number, row in enumerate(rows)
        for position, code in enumerate(row[column.name])
    ]
    long.sort(key=lambda line: (line[0], line[1], line[2] is not None, line[2] or date.min, line[4], line[3]))
    _insert(con, name, long)
    _dictionary(con, name, [(line[0], line[2]) for line in long])


def _dictionary(con: duckdb.DuckDBPyConnection, name: str, codes: Sequence[tuple[str, date | None]]) -> None:
    con.execute(f'CREATE TABLE "{name}__dictionary" (code VARCHAR, "rows" BIGINT, "first" DATE, "last" DATE)')
    lines = []
    for code in sorted({code for code, _ in codes}):
        days = [day for other, day in codes if other == code and day is not None]
        lines.append((code, sum(other == code for other, _ in codes), min(days, default=None), max(days, default=None)))
    _insert(con, f"{name}__dictionary", lines)


def _insert(con: duckdb.DuckDBPyConnection, name: str, lines: Sequence[Sequence[Any]]) -> None:
    if lines:
        # Arrow: thousands of rows at once; row by row would take longer than all the tests.
        columns = [pa.array(column) for column in zip(*lines, strict=True)]
        con.register("lines", pa.table(columns, names=[f"c{i}" for i in range(len(columns))]))
        con.execute(f'INSERT INTO "{name}" SELECT * FROM lines')
        con.unregister("lines")
