"""One table of a registry version: from its staged rows to its final, sorted, checked form.

The connection has the schema `staged` with the rows, and the new file attached as `final`.
"""

from __future__ import annotations

import duckdb

from helseanalyse.catalogue.model import Column, Kind, Table
from helseanalyse.vault import order
from helseanalyse.vault.checks import check_table
from helseanalyse.vault.database import run, value
from helseanalyse.vault.errors import VaultError
from helseanalyse.vault.manifest import TableFacts
from helseanalyse.vault.short_key import short_key
from helseanalyse.vault.sql import Sql, commas, fill, literal, name, names


def build_table(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    people: Sql | None,
    *,
    delivered: bool = True,
    cheap: bool = False,
) -> TableFacts:
    """Build `final.<table>` with its long tables and dictionaries, check it, and say what it holds.

    people: the table of everyone who exists, or None for that table itself. cheap: whether the
    staged rows can be read several times over, though they are a view; a table always can.
    """
    if not delivered and not _staged_columns(connection, table):
        _stage_nothing(connection, table)
    _check_staged(connection, table)
    source, key = _rows(connection, table), order.order_by(order.sort_columns(table))
    if cheap or _is_table(connection, table):
        source, key = short_key(connection, table, source)
    codes = order.codes_columns(table)
    if codes:
        # The long tables need the position of each row, so the order is made before the split.
        run(
            connection,
            fill(
                "CREATE TABLE staged.sorted_rows AS SELECT {columns} FROM {source} ORDER BY {key}",
                columns=names(["pid", *(column.name for column in table.columns)]),
                source=source,
                key=key,
            ),
            f"Sorting {table.path}",
        )
        source = name("staged", "sorted_rows")
    _create_final(connection, table, source, None if codes else key)
    for column in codes:
        _create_long(connection, table, column)
    if codes:
        run(connection, Sql("DROP TABLE staged.sorted_rows"), f"Sorting {table.path}")
    run(connection, Sql("DROP TABLE IF EXISTS staged.tails"), f"Sorting {table.path}")
    if table.order:
        _create_dictionary(connection, table, table.order, name("final", table.name), table.order)
    check_table(connection, table, people)
    return _facts(connection, table, delivered)


def _staged_columns(connection: duckdb.DuckDBPyConnection, table: Table) -> set[str]:
    rows = run(
        connection,
        fill(
            "SELECT column_name FROM duckdb_columns() WHERE schema_name = 'staged' AND table_name = {table}",
            table=literal(table.name),
        ),
        f"Reading the staged columns of {table.path}",
    )
    return {row[0] for row in rows}


def _is_table(connection: duckdb.DuckDBPyConnection, table: Table) -> bool:
    statement = fill(
        "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'staged' AND table_name = {t}", t=literal(table.name)
    )
    return bool(value(connection, statement, f"Reading the staged columns of {table.path}"))


def _stage_nothing(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    columns = [fill("{n} {t}", n=name(column.name), t=order.TYPES[column.kind]) for column in table.columns]
    statement = fill(
        "CREATE TABLE {table} (pid INTEGER, {columns})", table=name("staged", table.name), columns=commas(columns)
    )
    run(connection, statement, f"Making the empty table {table.path}")


def _check_staged(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Every column that is not filled from another must be staged."""
    there = _staged_columns(connection, table)
    wanted = ["pid", *(column.name for column in table.columns if column.name not in order.mains(table))]
    if missing := [column for column in wanted if column not in there]:
        raise VaultError(
            f"The staged rows of {table.path} have no {', '.join(missing)}. "
            f"Stage a table or view staged.{table.name} with pid and every column of the catalogue."
        )


def _rows(connection: duckdb.DuckDBPyConnection, table: Table) -> Sql:
    """The staged rows in their types, with each main code column filled from its codes."""
    filled = order.mains(table)
    columns = [Sql("CAST(pid AS INTEGER) AS pid")]
    for column in table.columns:
        source = name(column.name)
        if column.name in filled:
            source = fill("{codes}[1]", codes=name(filled[column.name]))
        elif column.kind is Kind.CODES:
            source = fill("coalesce({codes}, [])", codes=source)
        columns.append(fill("CAST({s} AS {t}) AS {n}", s=source, t=order.TYPES[column.kind], n=name(column.name)))
    return fill("(SELECT {columns} FROM {staged})", columns=commas(columns), staged=name("staged", table.name))


def _create_final(connection: duckdb.DuckDBPyConnection, table: Table, source: Sql, key: Sql | None) -> None:
    plain = order.plain_columns(table)
    definitions = [fill("{n} {t}", n=name(column.name), t=order.TYPES[column.kind]) for column in plain]
    target = name("final", table.name)
    run(
        connection,
        fill("CREATE TABLE {t} ({d})", t=target, d=commas([Sql("pid INTEGER NOT NULL"), *definitions])),
        f"Making the table {table.path}",
    )
    statement = fill(
        "INSERT INTO {t} SELECT {columns} FROM {source}",
        t=target,
        columns=names(["pid", *(column.name for column in plain)]),
        source=source,
    )
    if key is not None:
        statement = fill("{s} ORDER BY {key}", s=statement, key=key)
    run(connection, statement, f"Sorting {table.path}")


def _create_long(connection: duckdb.DuckDBPyConnection, table: Table, column: Column) -> None:
    long = order.long_name(table, column)
    moment = order.moment(table)
    run(
        connection,
        fill(
            "CREATE TABLE {t} (code VARCHAR NOT NULL, pid INTEGER NOT NULL, date DATE, position SMALLINT NOT NULL, "
            '"row" INTEGER NOT NULL)',
            t=name("final", long),
        ),
        f"Making the code table {long}",
    )
    run(
        connection,
        fill(
            'INSERT INTO {t} SELECT code, pid, date, position, "row" FROM ('
            "SELECT unnest({codes}) AS code, pid, {moment} AS date, unnest(range(len({codes}))) AS position, "
            'rowid AS "row" FROM staged.sorted_rows) WHERE code IS NOT NULL '
            'ORDER BY code, pid, date NULLS FIRST, "row", position',
            t=name("final", long),
            codes=name(column.name),
            moment=name(moment) if moment else Sql("CAST(NULL AS DATE)"),
        ),
        f"Sorting the codes of {table.path}.{column.name}",
    )
    _create_dictionary(connection, table, column.name, name("final", long), "code")


def _create_dictionary(
    connection: duckdb.DuckDBPyConnection, table: Table, column: str, source: Sql, code: str
) -> None:
    moment = "date" if code == "code" and source != name("final", table.name) else order.moment(table)
    target = name("final", order.dictionary_name(table, column))
    run(
        connection,
        fill(
            'CREATE TABLE {t} (code VARCHAR PRIMARY KEY, "rows" BIGINT NOT NULL, "first" DATE, "last" DATE)', t=target
        ),
        f"Making the dictionary of {table.path}.{column}",
    )
    run(
        connection,
        fill(
            "INSERT INTO {t} SELECT {code}, count(*), min({moment}), max({moment}) FROM {source} "
            "WHERE {code} IS NOT NULL GROUP BY {code} ORDER BY {code}",
            t=target,
            code=name(code),
            moment=name(moment) if moment else Sql("CAST(NULL AS DATE)"),
            source=source,
        ),
        f"Counting the codes of {table.path}.{column}",
    )


def _facts(connection: duckdb.DuckDBPyConnection, table: Table, delivered: bool) -> TableFacts:
    target = name("final", table.name)
    moment = order.moment(table)
    days = [moment] if moment else [column.name for column in table.columns if column.kind is Kind.DATE]
    first, last = Sql("CAST(NULL AS DATE)"), Sql("CAST(NULL AS DATE)")
    if days:
        first = fill("least({d})", d=commas(fill("min({c})", c=name(day)) for day in days))
        last = fill("greatest({d})", d=commas(fill("max({c})", c=name(day)) for day in days))
    statement = fill("SELECT count(*), {first}, {last} FROM {t}", first=first, last=last, t=target)
    rows, earliest, latest = run(connection, statement, f"Counting {table.path}")[0]
    persons = value(
        connection,
        fill("SELECT count(*) FROM (SELECT pid FROM {t} GROUP BY pid)", t=target),
        f"Counting the persons of {table.path}",
    )
    return TableFacts(rows=rows, persons=persons, first=earliest, last=latest, delivered=delivered)
