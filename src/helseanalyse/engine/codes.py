"""Code lists become lists of the codes that a registry holds, before any SQL is written.

Each sorted code column and each long table of codes has a dictionary in its registry file. A list "with children" is
looked up there by prefix; what reaches SQL is `code IN (...)` with whole codes, never LIKE. A list that meets no code
of the registry is false by construction.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from helseanalyse.catalogue.model import Catalogue, Column, Kind, Table
from helseanalyse.engine.sql import Sql, col, query, relation
from helseanalyse.study import nodes as n
from helseanalyse.study.types import CodeList

CodeColumn = tuple[str, str, str]  # registry, table, column


@dataclass(frozen=True, slots=True)
class Dictionary:
    """The codes that a column holds, ascending, and how many rows have each (empty where nobody counted)."""

    codes: tuple[str, ...]
    rows: tuple[int, ...] = ()

    def within(self, prefix: str) -> range:
        """Where the codes that begin with a prefix stand.

        >>> Dictionary(("I20", "I21", "I210", "I22")).within("I21")
        range(1, 3)
        """
        return range(bisect_left(self.codes, prefix), bisect_left(self.codes, prefix + "\U0010ffff"))


class Codes:
    """The dictionaries of a run.

    dictionaries None: nobody has read them (a study explained without its data); then a list stands for itself.
    """

    def __init__(self, catalogue: Catalogue, dictionaries: Mapping[CodeColumn, Dictionary] | None) -> None:
        self._catalogue = catalogue
        self._dictionaries = dictionaries

    def matching(self, of: n.Series, codes: CodeList, match: str) -> tuple[str, ...]:
        """The codes among the values of a series that are in a list, ascending."""
        if match == "exact" or self._dictionaries is None:
            return tuple(sorted(set(codes.codes)))
        found: set[str] = set()
        for dictionary in self._of(of):
            for prefix in codes.codes:
                found.update(dictionary.codes[i] for i in dictionary.within(prefix))
        return tuple(sorted(found))

    def categories(self, node: n.Categorise) -> dict[str, tuple[str, ...]]:
        """The codes of each category, by the longest prefix; of equally long ones the last name wins."""
        chosen: dict[str, tuple[int, str]] = {}
        for name, codes in zip(node.names, node.lists, strict=True):
            for prefix in codes.codes:
                for code in self._starting_with(node.of, prefix):
                    chosen[code] = max(chosen.get(code, (-1, "")), (len(prefix), name))
        found: dict[str, list[str]] = {name: [] for name in node.names}
        for code in sorted(chosen):
            found[chosen[code][1]].append(code)
        return {name: tuple(members) for name, members in found.items()}

    def rows(self, column: CodeColumn, codes: tuple[str, ...]) -> int:
        """About how many rows have one of the codes: what a search by them costs."""
        dictionary = (self._dictionaries or {}).get(column)
        if dictionary is None or not dictionary.rows:
            return 0
        by_code = dict(zip(dictionary.codes, dictionary.rows, strict=True))
        return sum(by_code.get(code, 0) for code in codes)

    def _starting_with(self, of: n.Series, prefix: str) -> Iterator[str]:
        if self._dictionaries is None:
            yield prefix
            return
        for dictionary in self._of(of):
            for i in dictionary.within(prefix):
                yield dictionary.codes[i]

    def _of(self, of: n.Series) -> Iterator[Dictionary]:
        assert self._dictionaries is not None
        for column in sorted(code_columns(of, self._catalogue)):
            yield self._dictionaries[column]
        constants = {node.value for node in walk(of) if isinstance(node, n.Constant)}
        yield Dictionary(tuple(sorted(value for value in constants if isinstance(value, str))))


def walk(node: n.Node) -> Iterator[n.Node]:
    """A node and everything that it is made of, each once."""
    seen: set[str] = set()
    waiting = [node]
    while waiting:
        this = waiting.pop()
        if this.key not in seen:
            seen.add(this.key)
            yield this
            waiting.extend(reversed(this.operands))


def code_columns(of: n.Series, catalogue: Catalogue) -> frozenset[CodeColumn]:
    """The columns of codes that the values of a series come from; for a main code, the column of all codes."""
    found = set()
    for node in walk(of):
        if isinstance(node, n.Column) and node.type.kind in (Kind.CODE, Kind.CODES):
            table = source(node.of)
            if isinstance(table, n.Table):
                described = catalogue.table(table.registry, table.name)
                found.add((table.registry, table.name, all_codes(described, node.name)))
    return frozenset(found)


def all_codes(table: Table, column: str) -> str:
    """The column of all codes of which a column holds the main one; else the column itself."""
    for other in table.columns:
        if other.kind is Kind.CODES and other.main == column:
            return other.name
    return column


def searches(nodes: Iterator[n.Node], catalogue: Catalogue) -> dict[CodeColumn, Sql]:
    """For every code column that a study searches by prefix or category: the query for its dictionary."""
    found: set[CodeColumn] = set()
    for node in nodes:
        if isinstance(node, n.InCodes | n.Categorise):
            found |= code_columns(node.of, catalogue)
    return {column: _dictionary(column, catalogue) for column in sorted(found)}


def long_table(table: str, column: str) -> str:
    """The name of the table that holds all codes of a column, one a row."""
    return f"{table}__{column}"


def has_dictionary(table: Table, column: Column) -> bool:
    """Whether the registry file holds a dictionary of the column."""
    return column.kind is Kind.CODES or column.name == table.order


def _dictionary(column: CodeColumn, catalogue: Catalogue) -> Sql:
    registry, name, code = column
    table = catalogue.table(registry, name)
    if has_dictionary(table, table.column(code)):
        stored = relation(f"{long_table(name, code)}__dictionary", registry)
        return query({"code": col("code"), "rows": col("rows")}, stored)
    return query({"code": col(code)}, relation(name, registry), distinct=True)


def source(rows: n.Rows) -> n.Table | n.Periods:
    """The table or period operation that rows come from, below filters, sorts and picks."""
    while isinstance(rows, n.Filter | n.Sort | n.Pick):
        rows = rows.of
    assert isinstance(rows, n.Table | n.Periods)
    return rows
