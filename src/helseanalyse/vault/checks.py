"""What must hold of a finished table before it is published: order, keys, levels, bounds, periods.

Loading has set bad rows aside long before; these checks are the last gate, whoever staged the rows.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from helseanalyse.catalogue.model import Column, Grain, Kind, Table
from helseanalyse.vault import order
from helseanalyse.vault.database import run, value
from helseanalyse.vault.errors import VaultError
from helseanalyse.vault.sql import Sql, commas, either, fill, literal, name

ROW_GROUP = 122_880  # rows that DuckDB stores together, with the least and greatest value of each column


def check_table(connection: duckdb.DuckDBPyConnection, table: Table, people: Sql | None) -> None:
    """Raise VaultError with every rule that `final.<table>` breaks; counts of rows, never a value."""
    target = name("final", table.name)
    broken = [
        *_broken_values(connection, table, target),
        *_broken_keys(connection, table, target, people),
        *_broken_periods(connection, table, target),
        *_broken_order(connection, table, target),
    ]
    if broken:
        raise VaultError(f"{table.path} was not published: " + "; ".join(broken) + ". Correct its rows and try again.")


def _rules(column: Column, table: Table) -> Iterator[tuple[Sql, str]]:
    """Conditions that no row may meet, with words for them."""
    field = name(column.name)
    if column.required or column.name in (table.date, table.start):
        yield fill("{f} IS NULL", f=field), f"{column.name} is missing in some rows"
    if column.kind is Kind.CATEGORY:
        levels = commas(literal(level.name) for level in column.levels)
        yield fill("{f} NOT IN ({l})", f=field, l=levels), f"{column.name} has values that are no level of it"
    if column.kind is Kind.FLOAT:
        yield fill("NOT isfinite({f})", f=field), f"{column.name} has values that are not finite"
    if column.kind is Kind.DATE:
        yield fill("NOT isfinite({f})", f=field), f"{column.name} has dates that are not finite"
    if column.kind is Kind.CODE:
        form = fill("{f} IN ('') OR {f} <> upper({f}) OR contains({f}, '.') OR contains({f}, ' ')", f=field)
        yield form, f"{column.name} has codes that are not normalised"
    bounds = []
    if column.least is not None:
        bounds.append(fill("{f} < {b}", f=field, b=literal(column.least)))
    if column.most is not None:
        bounds.append(fill("{f} > {b}", f=field, b=literal(column.most)))
    if bounds:
        yield either(bounds), f"{column.name} has values outside its bounds"


def _broken_values(connection: duckdb.DuckDBPyConnection, table: Table, target: Sql) -> Iterator[str]:
    rules = [rule for column in order.plain_columns(table) for rule in _rules(column, table)]
    if not rules:
        return
    counts = commas(fill("count(*) FILTER (WHERE {c})", c=condition) for condition, _ in rules)
    found = run(connection, fill("SELECT {c} FROM {t}", c=counts, t=target), f"Checking the values of {table.path}")[0]
    for number, (_, words) in zip(found, rules, strict=True):
        if number:
            yield words
    for column in order.codes_columns(table):
        bad = value(
            connection,
            fill(
                "SELECT count(*) FROM {d} WHERE code IN ('') OR code <> upper(code) "
                "OR contains(code, '.') OR contains(code, ' ')",
                d=name("final", order.dictionary_name(table, column.name)),
            ),
            f"Checking the codes of {table.path}",
        )
        if bad:
            yield f"{column.name} has codes that are not normalised"


def _broken_keys(connection: duckdb.DuckDBPyConnection, table: Table, target: Sql, people: Sql | None) -> Iterator[str]:
    doing = f"Checking the persons of {table.path}"
    if table.grain is Grain.PERSON:
        twice = fill("SELECT count(*) - count(DISTINCT pid) FROM {t}", t=target)
        if value(connection, twice, doing):
            yield "some persons have more than one row"
    least = value(connection, fill("SELECT min(pid) FROM {t}", t=target), doing)
    if least is not None and least < 1:
        yield "some person numbers are below 1"
    if people is not None:
        strangers = fill("SELECT count(*) FROM {t} ANTI JOIN {p} AS known USING (pid)", t=target, p=people)
        if value(connection, strangers, doing):
            yield "some rows are of persons who are not in the population"
    for column in order.plain_columns(table):
        if column.kind is Kind.PERSON:
            unknown = fill(
                "SELECT count(*) FROM {t} WHERE {c} NOT IN (SELECT pid FROM {p})",
                t=target,
                c=name(column.name),
                p=target if people is None else people,
            )
            if value(connection, unknown, doing):
                yield f"{column.name} is of persons who are not in the population"


def _broken_periods(connection: duckdb.DuckDBPyConnection, table: Table, target: Sql) -> Iterator[str]:
    if table.grain is not Grain.PERIOD or table.start is None or table.stop is None:
        return
    start, stop = name(table.start), name(table.stop)
    doing = f"Checking the periods of {table.path}"
    empty = fill("SELECT count(*) FROM {t} WHERE {stop} <= {start}", t=target, start=start, stop=stop)
    if value(connection, empty, doing):
        yield "some periods do not end after they start"
    if not table.overlaps:
        # Sorted by start, two periods overlap if and only if some neighbours do.
        over = fill(
            "SELECT count(*) FROM (SELECT {stop} AS stop, lead({start}) OVER (PARTITION BY pid ORDER BY {start}, "
            "{stop} NULLS LAST) AS next FROM {t}) WHERE next < coalesce(stop, DATE '9999-12-31')",
            t=target,
            start=start,
            stop=stop,
        )
        if value(connection, over, doing):
            yield "some periods of one person overlap"


def _broken_order(connection: duckdb.DuckDBPyConnection, table: Table, target: Sql) -> Iterator[str]:
    """Order is not stored in the file, so it is asserted: by row group, and at every border between two."""
    relations = [(target, _leading_keys(table))]
    for column in order.codes_columns(table):
        relations.append((name("final", order.long_name(table, column)), [Sql("code"), Sql("pid")]))
    for relation, keys in relations:
        mixed = fill(
            "SELECT count(*) FROM (SELECT lowest < lag(highest) OVER (ORDER BY g) AS mixed FROM ("
            "SELECT rowid // {n} AS g, min({k}) AS lowest, max({k}) AS highest FROM {t} GROUP BY g)) WHERE mixed",
            n=ROW_GROUP,
            k=keys[0],
            t=relation,
        )
        borders = fill(
            "SELECT count(*) FROM (SELECT k < lag(k) OVER (ORDER BY place) AS falls FROM ("
            "SELECT rowid AS place, row({keys}) AS k FROM {t} WHERE rowid % {n} IN (0, {n} - 1))) WHERE falls",
            n=ROW_GROUP,
            keys=commas(keys),
            t=relation,
        )
        if any(value(connection, statement, f"Checking the order of {table.path}") for statement in (mixed, borders)):
            yield "the rows are not in order"


def _leading_keys(table: Table) -> list[Sql]:
    """The first sort columns (code, person, date), with unknown made the lowest value, as it sorts."""
    keys = []
    for column in order.sort_columns(table):
        if column == "pid":
            keys.append(name(column))
        elif column == table.order:
            keys.append(fill("coalesce({c}, '')", c=name(column)))
        elif column in (table.date, table.start) and table.grain is not Grain.PERSON:
            keys.append(name(column))
    return keys
