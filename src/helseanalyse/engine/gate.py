"""The second wall around generated SQL: one query over permitted tables, made of known parts and harmless functions.

It reads the tree that DuckDB itself makes of a statement (`json_serialize_sql`). Counting statements and asking for
the names of tables is not enough: DuckDB 2.0 calls `WITH x AS (INSERT ...) SELECT ...` a SELECT, and finds no table in
it. So every part must be of a kind that is listed here; what is not known is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

import duckdb

from helseanalyse.engine.errors import MARK, RefusedError

# Kinds of query, relation, order and expression, as DuckDB's tree names them.
_KINDS = frozenset(
    """
    SELECT_NODE SET_OPERATION_NODE RECURSIVE_CTE_NODE
    BASE_TABLE SUBQUERY JOIN EMPTY EXPRESSION_LIST TABLE_FUNCTION
    ORDER_MODIFIER LIMIT_MODIFIER DISTINCT_MODIFIER ORDER_DEFAULT ASCENDING DESCENDING
    COLUMN_REF STAR CONSTANT VALUE_CONSTANT TYPE CAST OPERATOR_CAST FUNCTION CASE CASE_EXPR BETWEEN COMPARE_BETWEEN
    COMPARISON COMPARE_EQUAL COMPARE_NOTEQUAL COMPARE_LESSTHAN COMPARE_GREATERTHAN COMPARE_LESSTHANOREQUALTO
    COMPARE_GREATERTHANOREQUALTO COMPARE_DISTINCT_FROM COMPARE_NOT_DISTINCT_FROM COMPARE_IN COMPARE_NOT_IN
    CONJUNCTION CONJUNCTION_AND CONJUNCTION_OR
    OPERATOR OPERATOR_NOT OPERATOR_IS_NULL OPERATOR_IS_NOT_NULL OPERATOR_COALESCE OPERATOR_NULLIF GROUPING_FUNCTION
    WINDOW WINDOW_AGGREGATE WINDOW_ROW_NUMBER WINDOW_RANK WINDOW_RANK_DENSE WINDOW_FIRST_VALUE WINDOW_LAST_VALUE
    WINDOW_LEAD WINDOW_LAG
    """.split()  # noqa: SIM905 - to be read as a text
)
_LEAVES = frozenset({"CONSTANT", "COLUMN_REF"})  # hold no other part, and lists of codes have thousands of them
# Functions that read nothing but their arguments and always give the same. No LIKE: codes are looked up before.
_FUNCTIONS = frozenset(
    """
    + - * / // % || & | >> abs ceil floor round trunc sign pow sqrt ln exp isfinite isnan greatest least nullif
    year month day quarter dayofyear weekday date_trunc date_diff date_part last_day make_date to_days to_months
    to_years contains length left lower upper concat substring list_value list_contains row
    count count_star sum sum_no_overflow min max any_value arg_min arg_max arg_min_null arg_max_null
    bool_and bool_or bit_and bit_or bit_count bitstring_agg get_bit median quantile_disc
    row_number rank dense_rank lag lead first_value last_value generate_series range unnest error
    """.split()  # noqa: SIM905 - to be read as a text
)
_TABLE_FUNCTIONS = frozenset({"generate_series", "range", "unnest"})
_NAMED = r'"(?:[^"]|"")+"|[a-z_][a-z0-9_]*'
_MAKES = re.compile(rf"CREATE TEMPORARY TABLE ({_NAMED}) AS ", re.DOTALL)


def tables_of(need: Set[str]) -> set[str]:
    """The tables that hold the columns of a grant ("registry.table.column"), with their code tables and dictionaries.

    >>> sorted(tables_of({"npr.episode.code"}))
    ['npr.episode', 'npr.episode__code', 'npr.episode__code__dictionary']
    """
    tables: set[str] = set()
    for path in need:
        table, _, column = path.rpartition(".")
        tables |= {table, f"{table}__{column}", f"{table}__{column}__dictionary"}
    return tables


def check_statement(statement: str, connection: duckdb.DuckDBPyConnection, allowed: Set[str]) -> str | None:
    """RefusedError unless it is one SELECT or CREATE TEMPORARY TABLE AS over allowed tables and known functions.

    allowed: "registry.table", or the name of an earlier step. Returns the name of the table that it makes.

    >>> check_statement(
    ...     "CREATE TEMPORARY TABLE adult AS SELECT pid FROM npr.episode", duckdb.connect(), {"npr.episode"}
    ... )
    'adult'
    """
    return check_statements([statement], connection, allowed)[0]


def check_statements(
    statements: Sequence[str], connection: duckdb.DuckDBPyConnection, allowed: Set[str]
) -> list[str | None]:
    """The same for statements that run one after another, each of which may read the tables made before it.

    Together they are checked in half the time: DuckDB needs as long to start a query as to read a statement.
    """
    makes = [_MAKES.match(statement) for statement in statements]
    queries = [found.string[found.end() :] if found else one for found, one in zip(makes, statements, strict=True)]
    trees = connection.execute("SELECT list_transform(?::VARCHAR[], lambda q: json_serialize_sql(q))", [queries])
    names, made = set(allowed), [_plain(found[1]) if found else None for found in makes]
    for tree, name in zip((trees.fetchone() or [[]])[0], made, strict=True):
        _check_tree(json.loads(tree), names)
        if name is not None:
            names.add(name)
    return made


def _check_tree(tree: Mapping[str, Any], allowed: Set[str]) -> None:
    if tree["error"]:
        raise RefusedError(
            "A statement of the engine is not one SELECT or CREATE TEMPORARY TABLE AS. Report the study."
        )
    if len(tree["statements"]) != 1:
        raise RefusedError(f"The engine runs one statement at a time, not {len(tree['statements'])}. Report the study.")
    _check(tree["statements"][0], allowed)


def _plain(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def _check(tree: object, allowed: Set[str]) -> None:
    # A list of what is left to look at, each part with the tables that it may name: trees are too deep to recurse.
    left: list[tuple[object, Set[str]]] = [(tree, allowed)]
    while left:
        part, names = left.pop()
        if isinstance(part, list):
            left += [(each, names) for each in part]
        elif isinstance(part, dict):
            if "cte_map" in part:
                names = _names_of_with(part["cte_map"]["map"], names, left)
            _check_part(part, names)
            if part.get("class") not in _LEAVES:
                left += [
                    (each, names) for key, each in part.items() if key != "cte_map" and isinstance(each, dict | list)
                ]


def _names_of_with(entries: list[dict[str, Any]], names: Set[str], left: list[tuple[object, Set[str]]]) -> Set[str]:
    """Notes the bodies of WITH, and returns the names that the query after them may use."""
    for entry in entries:
        body, later = entry["value"], names | {entry["key"]}
        recursive = body["query_node"]["type"] == "RECURSIVE_CTE_NODE"
        left.append((body, later if recursive else names))
        names = later
    return names


def _check_part(part: Mapping[str, Any], names: Set[str]) -> None:
    for kind in (part.get("class"), part.get("type")):
        if isinstance(kind, str) and kind not in _KINDS:
            raise RefusedError(f"A statement of the engine has a part that may not run: {kind}. Report the study.")
    if part.get("sample"):
        raise RefusedError("A statement of the engine takes a sample, which differs each time. Report the study.")
    if part.get("type") == "BASE_TABLE":
        _check_table(part["qualified_name"]["path"], names)
    elif part.get("type") == "TABLE_FUNCTION":
        if part["function"].get("function_name") not in _TABLE_FUNCTIONS:
            raise RefusedError("A statement of the engine calls a table function that may not run. Report the study.")
    elif "function_name" in part:
        _check_function(part)


def _check_table(path: list[str], names: Set[str]) -> None:
    name = ".".join(path)
    if name not in names or any("." in each for each in path):
        raise RefusedError(f"The table {name} is not open to this run. Ask for it in the permit, or report the study.")


def _check_function(part: Mapping[str, Any]) -> None:
    path = part["qualified_name"]["path"]
    if len(path) != 1 or path[0] not in _FUNCTIONS:
        raise RefusedError(f"The function {'.'.join(path)} is not one that the engine uses. Report the study.")
    # An error that says a value would carry it out.
    if path == ["error"] and not all(text.startswith(MARK) for text in _texts(part["arguments"])):
        raise RefusedError("A statement of the engine raises an error that is not one of its own. Report the study.")


def _texts(arguments: list[dict[str, Any]]) -> Iterator[str]:
    for argument in arguments:
        yield str(argument["expression"].get("literal", {}).get("text", ""))
