"""The second wall around generated SQL: one statement that reads permitted tables and calls harmless functions."""

from __future__ import annotations

from collections.abc import Set

import duckdb


def tables_of(need: Set[str]) -> set[str]:
    """The tables that hold the columns of a grant ("registry.table.column"), with their code tables."""
    raise NotImplementedError(need)


def check_statement(statement: str, connection: duckdb.DuckDBPyConnection, allowed: Set[str]) -> str | None:
    """RefusedError unless it is one SELECT or CREATE TEMPORARY TABLE AS over allowed tables and known functions.

    allowed: "registry.table", or the name of an earlier step. Returns the name of the table that it makes.
    """
    raise NotImplementedError(statement, connection, allowed)
