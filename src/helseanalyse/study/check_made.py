"""A study's own made-up persons, held against the catalogue: tables, columns, types, levels, codes and ranges."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from helseanalyse.catalogue.codes import Status
from helseanalyse.catalogue.model import Catalogue, Column, Kind, Table
from helseanalyse.study.check_catalogue import found_table, known_system, near_names
from helseanalyse.study.problem import Problem, problem
from helseanalyse.study.specification import Expectation, MadeRow, Specification


def expectation_problems(spec: Specification, catalogue: Catalogue) -> Iterator[Problem]:
    """What is wrong with the made-up persons; a note where a study has none."""
    if not spec.expectations:
        yield problem("S290", path="/expectations")
    for at, expectation in enumerate(spec.expectations):
        path = f"/expectations/{at}"
        yield from _values(expectation, spec, path)
        for number, row in enumerate(expectation.rows):
            yield from row_problems(row, catalogue, f"{path}/rows/{number}")


def _values(expectation: Expectation, spec: Specification, path: str) -> Iterator[Problem]:
    names = spec.names
    for name, _ in expectation.values:
        if name not in names:
            near = near_names(name, names) or "none"
            yield problem("S007", path=path, owner="The study", name=f'variable "{name}"', nearest=near)
    if not expectation.included and expectation.values:
        yield problem("S083", path=path, name=f'"{expectation.name}"')


def row_problems(row: MadeRow, catalogue: Catalogue, path: str = "") -> Iterator[Problem]:
    """What is wrong with one made-up row; its values are made up too, so messages may show them."""
    registry, _, name = row.table.partition(".")
    table = found_table(registry, name, catalogue)
    if table is None:
        paths = [each.path for held in catalogue.registries for each in held.tables]
        near = near_names(row.table, paths)
        yield problem("S007", path=path, owner="The catalogue", name=f"table `{row.table}`", nearest=near)
        return
    given = dict(row.values)
    for column_name, value in row.values:
        if not table.has(column_name):
            near = near_names(column_name, [column.name for column in table.columns])
            yield problem("S007", path=path, owner=f"`{table.path}`", name=f"`{column_name}`", nearest=near)
        elif value is not None:
            yield from _value(value, table.column(column_name), table, path)
    for column in table.columns:
        if column.required and given.get(column.name) is None:
            yield problem("S084", path=path, name=f"`{table.path}.{column.name}`")


def _value(value: Any, column: Column, table: Table, path: str) -> Iterator[Problem]:
    name = f"`{table.path}.{column.name}`"
    said = f'"{value}"'
    if column.kind is Kind.CATEGORY:
        levels = [level.name for level in column.levels]
        if value not in levels:
            listed = ", ".join(f'"{level}"' for level in levels)
            yield problem("S019", path=path, name=name, level=said, nearest=listed)
    elif column.kind in (Kind.CODE, Kind.CODES):
        yield from _codes(str(value), column, name, path)
    elif not _fits(value, column.kind):
        yield problem("S085", path=path, name=name, type=column.kind.value, value=said)
    elif isinstance(value, int | float) and not isinstance(value, bool) and not _inside(value, column):
        yield problem("S086", path=path, name=name, value=said, least=_end(column.least), most=_end(column.most))


def _inside(value: float, column: Column) -> bool:
    return (column.least is None or value >= column.least) and (column.most is None or value <= column.most)


def _end(bound: float | None) -> str:
    return "any" if bound is None else f"{bound:g}"


def _fits(value: Any, kind: Kind) -> bool:
    if kind is Kind.DATE:
        return isinstance(value, str) and _is_date(value)
    if kind is Kind.BOOL:
        return isinstance(value, bool)
    if kind is Kind.INT:
        return isinstance(value, int) and not isinstance(value, bool)
    if kind is Kind.FLOAT:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, str)


def _is_date(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _codes(value: str, column: Column, name: str, path: str) -> Iterator[Problem]:
    known = known_system(column.system or "")
    if known is None:
        return
    for code in [each.strip() for each in value.split(",") if each.strip()]:
        if known.status(code) not in (Status.LISTED, Status.FINER):
            near = ", ".join(known.written(other) for other in known.nearest(code)) or known.version
            yield problem("S022", path=path, code=f"`{code}` ({name})", system=known.name, nearest=near)
