"""Codes that come in files of their own, a row a code, referring to the rows of their table by its row number.

A code finds its row by person and row number, or by row number alone where the file has no
person. The order of such a file says nothing, so the codes of a row stand in order of code, after
the main one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import duckdb

from helseanalyse.catalogue.codes import system
from helseanalyse.catalogue.model import Column
from helseanalyse.vault import convert, order
from helseanalyse.vault.database import run
from helseanalyse.vault.delivery import texts
from helseanalyse.vault.errors import LoadError
from helseanalyse.vault.linkage import keymap, person_field
from helseanalyse.vault.reasons import DUPLICATE, LEFT_OUT, Reason
from helseanalyse.vault.source import Source
from helseanalyse.vault.sql import Sql, commas, fill, literal, name
from helseanalyse.vault.stage import Reading, row_hash

# Files that mix procedures and drugs are told apart by the form of the code.
CLINICAL = ("ICD-10", "ICPC-2", "ATC", "NCSP", "NCMP", "NCRP")


def loaded_name(reading: Reading, column: Column) -> Sql:
    """The table of the staged rows of a code file."""
    return name("loaded", order.long_name(reading.table, column))


def list_name(reading: Reading, column: Column) -> Sql:
    """The table with the list of codes of each row."""
    return name("loaded", f"{order.long_name(reading.table, column)}#list")


def create(connection: duckdb.DuckDBPyConnection, reading: Reading, column: Column) -> None:
    """The empty table for a code file."""
    run(
        connection,
        fill(
            'CREATE TABLE {t} (pid INTEGER, "#row" UBIGINT, code VARCHAR, "first" BOOLEAN, "#file" USMALLINT, '
            '"#fault" UTINYINT, "#raw" VARCHAR)',
            t=loaded_name(reading, column),
        ),
        f"Preparing {reading.table.path}.{column.name}",
    )


def has_person(reading: Reading, source: Source) -> bool:
    """Whether a code file names the person besides the row."""
    person = reading.plan.table_person(reading.table)
    return person_field(reading.plan, reading.table, source, person.columns) is not None


def read_file(
    connection: duckdb.DuckDBPyConnection, reading: Reading, column: Column, source: Source, number: int
) -> list[int]:
    """Read one code file; the numbers of the lines that could not be taken apart."""
    block = cast("Mapping[str, Any]", column.delivery)
    row, code = source.field(texts(block.get("row"))), source.field(texts(block.get("code")))
    if row is None or code is None:
        raise LoadError(
            f"{source.name} lacks a column: it needs one of {', '.join(texts(block.get('row')))} (the "
            "row number) and one "
            f"of {', '.join(texts(block.get('code')))} (the code). {source.shown_header}"
        )
    person = reading.plan.table_person(reading.table)
    key = person_field(reading.plan, reading.table, source, person.columns)
    faults = reading.faults
    left_out = faults.number(LEFT_OUT, column.name)
    statement = fill(
        "INSERT INTO {t} SELECT who.pid, given.row, code, given.first, {file}, CASE WHEN NOT kept THEN {left} "
        "WHEN code IS NULL THEN {missing} WHEN given.row IS NULL OR ({keyed} AND who.pid IS NULL) "
        "THEN {no_row} END, NULL "
        'FROM (SELECT {key} AS key, {row} AS "row", {code} AS code, {first} AS "first", {kept} AS '
        "kept FROM {r}) AS given "
        "LEFT JOIN {m} AS who ON who.key = given.key",
        t=loaded_name(reading, column),
        file=number,
        left=left_out,
        missing=faults.number(Reason.MISSING, column.name),
        no_row=faults.number(Reason.NO_ROW, column.name),
        keyed=literal(key is not None),
        key=key or Sql("CAST(NULL AS VARCHAR)"),
        row=row_hash(row),
        code=convert.code(code, column),
        first=_equals(source, block.get("first"), default=False),
        kept=_equals(source, block.get("keep"), default=True),
        r=source.relation,
        m=keymap(person.key),
    )
    run(connection, statement, f"Reading {source.name}", source.damaged)
    return source.forget_rejects(connection)


def _equals(source: Source, block: object, *, default: bool) -> Sql:
    """Whether a column has the value, or one of the values, that the block names."""
    if block is None:
        return literal(default)
    rule = cast("Mapping[str, Any]", block)
    found = source.field(texts(rule["column"]))
    if found is None:
        raise LoadError(
            f"{source.name} lacks the column {' or '.join(texts(rule['column']))}, which tells its codes apart. "
            f"{source.shown_header} Correct the catalogue's delivery block, or ask for the column."
        )
    values = texts(rule.get("values")) or (str(rule.get("value")),)
    return fill(
        "coalesce(lower(trim({f})) IN ({v}), false)",
        f=found,
        v=commas(literal(value.casefold()) for value in values),
    )


def settle(connection: duckdb.DuckDBPyConnection, reading: Reading, column: Column) -> None:
    """Mark what cannot stay (form, row, repeats) and make the list of codes of each row.

    The table's own rows are settled already: only good rows have codes.
    """
    doing = f"Linking the codes of {reading.table.path}.{column.name}"
    table = loaded_name(reading, column)
    _mark_forms(connection, reading, column, doing)
    rows = fill('SELECT pid, "#row" FROM {t} WHERE "#fault" IS NULL', t=name("loaded", reading.table.name))
    match = Sql(f'{table}."#row" = there."#row"')
    if reading.by_person:
        match = fill("{m} AND {t}.pid = there.pid", m=match, t=table)
    else:
        run(
            connection,
            fill("UPDATE {t} SET pid = there.pid FROM ({rows}) AS there WHERE {m}", t=table, rows=rows, m=match),
            doing,
        )
    run(
        connection,
        fill(
            'UPDATE {t} SET "#fault" = {f} WHERE "#fault" IS NULL AND NOT EXISTS (SELECT 1 FROM '
            "({rows}) AS there WHERE {m})",
            t=table,
            f=reading.faults.number(Reason.NO_ROW, column.name),
            rows=rows,
            m=match,
        ),
        doing,
    )
    _mark_repeats(connection, reading, column, doing)
    _make_lists(connection, reading, column, doing)


def _mark_repeats(connection: duckdb.DuckDBPyConnection, reading: Reading, column: Column, doing: str) -> None:
    """All but one of each code that stands twice for one row. The hash proposes; the window, on few rows, decides."""
    run(
        connection,
        fill(
            'UPDATE {t} SET "#fault" = {f} WHERE rowid IN (SELECT rowid FROM (SELECT rowid, row_number() OVER ('
            'PARTITION BY pid, "#row", code ORDER BY "first" DESC, rowid) AS nth FROM {t} WHERE "#fault" IS NULL '
            'AND hash(pid, "#row", code) IN (SELECT hash(pid, "#row", code) AS h FROM {t} WHERE "#fault" IS NULL '
            "GROUP BY h HAVING count(*) > 1)) WHERE nth > 1)",
            t=loaded_name(reading, column),
            f=reading.faults.number(DUPLICATE, column.name),
        ),
        doing,
    )


def _make_lists(connection: duckdb.DuckDBPyConnection, reading: Reading, column: Column, doing: str) -> None:
    """The list of codes of each row: the main one first (NULL where there is none), the others in order of code."""
    main = Sql('min(code) FILTER (WHERE "first")' if column.main else "CAST(NULL AS VARCHAR)")
    head = Sql("[main] || " if column.main else "")
    run(
        connection,
        fill(
            'CREATE TABLE {l} AS SELECT pid, "#row", {head}list_filter(codes, lambda x: x IS '
            "DISTINCT FROM main) AS codes "
            'FROM (SELECT pid, "#row", {main} AS main, list(code ORDER BY code) AS codes FROM {t} '
            'WHERE "#fault" IS NULL GROUP BY pid, "#row")',
            l=list_name(reading, column),
            head=head,
            main=main,
            t=loaded_name(reading, column),
        ),
        doing,
    )


def _mark_forms(connection: duckdb.DuckDBPyConnection, reading: Reading, column: Column, doing: str) -> None:
    """Set codes aside that have no form of the system; those of another system, in a mixed file, are left out."""
    table = loaded_name(reading, column)
    found = run(connection, fill('SELECT DISTINCT code FROM {t} WHERE "#fault" IS NULL', t=table), doing)
    own = system(column.system or "")
    strange = [str(code) for (code,) in found if own.level(code) is None]
    mixed = "keep" not in column.delivery
    others = [system(other) for other in CLINICAL if other not in (own.name, *own.includes)]
    for fault, codes in (
        (LEFT_OUT, [code for code in strange if mixed and any(other.level(code) for other in others)]),
        (Reason.CODE, [code for code in strange if not (mixed and any(other.level(code) for other in others))]),
    ):
        if codes:
            run(
                connection,
                fill(
                    'UPDATE {t} SET "#fault" = {f} WHERE "#fault" IS NULL AND code IN ({c})',
                    t=table,
                    f=reading.faults.number(fault, column.name),
                    c=commas(map(literal, codes)),
                ),
                doing,
            )
