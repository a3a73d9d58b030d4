"""How a table lies at rest: its columns, their types, and the one order of its rows.

The order is total: rows that agree in every column of the key are the same row. So the position
of a row (`rowid`) does not depend on the order in which rows were delivered, and a study may break
ties by it.
"""

from __future__ import annotations

from collections.abc import Iterable

from helseanalyse.catalogue.model import Column, Grain, Kind, Table
from helseanalyse.vault.sql import Sql, commas, fill, name

TYPES = {
    Kind.BOOL: Sql("BOOLEAN"),
    Kind.INT: Sql("BIGINT"),
    Kind.FLOAT: Sql("DOUBLE"),
    Kind.DATE: Sql("DATE"),
    Kind.TEXT: Sql("VARCHAR"),
    Kind.CODE: Sql("VARCHAR"),
    Kind.CODES: Sql("VARCHAR[]"),  # only while staged: at rest they are a long table
    Kind.CATEGORY: Sql("VARCHAR"),
    Kind.PERSON: Sql("INTEGER"),
}


def plain_columns(table: Table) -> tuple[Column, ...]:
    """The columns with one value a row, in catalogue order."""
    return tuple(column for column in table.columns if column.kind is not Kind.CODES)


def codes_columns(table: Table) -> tuple[Column, ...]:
    """The columns with any number of codes a row."""
    return tuple(column for column in table.columns if column.kind is Kind.CODES)


def mains(table: Table) -> dict[str, str]:
    """For each column that holds the main code of a codes column: the name of that codes column."""
    return {column.main: column.name for column in codes_columns(table) if column.main}


def moment(table: Table) -> str | None:
    """The column that places a row in time: its date, or the start of its period."""
    return table.start if table.grain is Grain.PERIOD else table.date


def long_name(table: Table, column: Column) -> str:
    """The name of the long table of a codes column."""
    return f"{table.name}__{column.name}"


def dictionary_name(table: Table, column: str) -> str:
    """The name of the dictionary of a code column."""
    return f"{table.name}__{column}__dictionary"


def sort_columns(table: Table) -> tuple[str, ...]:
    """The columns that the table is sorted by, `pid` among them: all of them, so that the order is total."""
    if table.grain is Grain.EVENT:
        first = [column for column in (table.order, "pid", table.date) if column]
    else:
        first = ["pid", *(column for column in (table.start, table.stop) if column)]
    plain = [column.name for column in plain_columns(table) if column.name not in first]
    return (*first, *plain, *(column.name for column in codes_columns(table)))


def order_by(columns: Iterable[str]) -> Sql:
    """The columns as an ORDER BY list, ascending, with unknown first."""
    return commas(fill("{column} ASC NULLS FIRST", column=name(column)) for column in columns)
