"""Names, types and codes of a study, held against the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from helseanalyse.catalogue.codes import SYSTEM_NAMES, CodeSystem, Status, system
from helseanalyse.catalogue.model import Catalogue, CatalogueError, Grain, Kind
from helseanalyse.catalogue.model import Table as CatalogueTable
from helseanalyse.catalogue.nearest import nearest
from helseanalyse.study import nodes
from helseanalyse.study.naming import code_of, table_of
from helseanalyse.study.node import Node, Rows
from helseanalyse.study.problem import Problem, problem
from helseanalyse.study.specification import Specification
from helseanalyse.study.types import DATE, INT, CodeList, ValueType
from helseanalyse.study.universe import table_node, value_type

MOST_NAMES = 12
MOST_UNKNOWN = 50  # codes that are told in one study
EARLIEST, LATEST = date(1800, 1, 1), date(2200, 12, 31)  # days outside are slips of the keyboard
PYTHON_TYPE = {
    Kind.BOOL: bool, Kind.INT: int, Kind.FLOAT: float, Kind.DATE: date, Kind.TEXT: str, Kind.CATEGORY: str,
}  # fmt: skip


def near_names(name: str, known: Iterable[str]) -> str:
    """The known names most like one, or the first of all where none is near."""
    listed = list(known)
    near = nearest(name, listed)
    return ", ".join(near) if near else ", ".join(listed[:MOST_NAMES])


def catalogue_problems(places: dict[Node, str], spec: Specification, catalogue: Catalogue) -> Iterator[Problem]:
    """What the catalogue does not know, or knows otherwise."""
    unknown: list[str] = []
    for node, path in places.items():
        if isinstance(node, nodes.InCodes):
            yield from _codes(node.codes, path, spec, unknown)
        elif isinstance(node, nodes.Categorise):
            for codes in node.lists:
                yield from _codes(codes, path, spec, unknown)
        elif isinstance(node, nodes.Constant):
            yield from _constant(node, path)
        elif isinstance(node, nodes.Parameter) and not path.startswith("/analyses/"):
            yield problem("S064", path=path, name=f"`{node.name.replace('_', '.')}`")
        else:
            yield from _names(node, path, catalogue)
    for name, _ in spec.pins:
        if name not in {registry.name for registry in catalogue.registries}:
            yield _no_registry(name, "/pins", catalogue)


def _names(node: Node, path: str, catalogue: Catalogue) -> Iterable[Problem]:
    if isinstance(node, nodes.Table):
        return _table(node, path, catalogue)
    if isinstance(node, nodes.Column):
        return _column(node, path, catalogue)
    if isinstance(node, nodes.Pick):
        return _ties(node, path, catalogue)
    return _look_up(node, path, catalogue) if isinstance(node, nodes.LookUp) else ()


def _no_registry(name: str, path: str, catalogue: Catalogue) -> Problem:
    near = near_names(name, [registry.name for registry in catalogue.registries])
    return problem("S008", path=path, name=f"`{name}`", nearest=near)


def found_table(registry: str, name: str, catalogue: Catalogue) -> CatalogueTable | None:
    """The table of the catalogue, or None where it has none of that name."""
    try:
        return catalogue.table(registry, name)
    except KeyError:
        return None


def _table(node: nodes.Table, path: str, catalogue: Catalogue) -> Iterator[Problem]:
    registries = {registry.name: registry for registry in catalogue.registries}
    if node.registry not in registries:
        yield _no_registry(node.registry, path, catalogue)
        return
    known = found_table(node.registry, node.name, catalogue)
    if known is None:
        names = [table.name for table in registries[node.registry].tables]
        near = near_names(node.name, names)
        yield problem("S007", path=path, owner=f"`{node.registry}`", name=f"`{node.name}`", nearest=near)
    elif table_node(known) != node:
        yield problem("S060", path=path, name=f"`{node.registry}.{node.name}`")


def _column(node: nodes.Column, path: str, catalogue: Catalogue) -> Iterator[Problem]:
    table = table_of(node.of)
    if table is None:
        yield from _period_column(node, path)
        return
    known = found_table(table.registry, table.name, catalogue)
    if known is None:
        return  # the table has been told
    if not known.has(node.name):
        near = near_names(node.name, [column.name for column in known.columns])
        yield problem("S007", path=path, owner=f"`{known.path}`", name=f"`{node.name}`", nearest=near)
        return
    own = value_type(known.column(node.name))
    if own != node.value_type:
        yield problem("S061", path=path, name=code_of(node), type=_told(node.value_type), known_type=_told(own))


def _told(value: ValueType) -> str:
    return f"{value} ({', '.join(value.levels[:MOST_NAMES])})" if value.levels else str(value)


def _period_column(node: nodes.Column, path: str) -> Iterator[Problem]:
    below: Rows = node.of
    while isinstance(below, nodes.Filter | nodes.Sort | nodes.Pick):
        below = below.of
    types = {"start": DATE, "stop": DATE} | ({"n": INT} if isinstance(below, nodes.Episodes) else {})
    if node.name not in types:
        near = near_names(node.name, types)
        yield problem("S007", path=path, owner=code_of(below), name=f"`{node.name}`", nearest=near)
    elif types[node.name] != node.value_type:
        kind = types[node.name]
        yield problem("S061", path=path, name=code_of(node), type=_told(node.value_type), known_type=_told(kind))


def _ties(node: nodes.Pick, path: str, catalogue: Catalogue) -> Iterator[Problem]:
    table = table_of(node.of)
    known = found_table(table.registry, table.name, catalogue) if table is not None else None
    for name in node.ties:
        if known is None:
            continue
        if not known.has(name) or known.column(name).kind is Kind.CODES:
            columns = [column.name for column in known.columns if column.kind is not Kind.CODES]
            near = near_names(name, columns)
            yield problem("S007", path=path, owner=f"`{known.path}`", name=f"`{name}`", nearest=near)


def _constant(node: nodes.Constant, path: str) -> Iterator[Problem]:
    kind, value = node.value_type.kind, node.value
    wanted = PYTHON_TYPE.get(kind)
    if value is None:
        return
    if wanted is None or type(value) is not wanted:
        yield problem("S062", path=path, name=f"`{value}`", type=str(node.value_type))
    elif kind is Kind.CATEGORY and value not in node.value_type.levels:
        levels = ", ".join(f'"{level}"' for level in node.value_type.levels)
        yield problem("S019", path=path, name="The category", level=f'"{value}"', nearest=levels)
    elif isinstance(value, date) and not EARLIEST <= value <= LATEST:
        yield problem("S067", path=path, day=str(value))


def _look_up(node: nodes.LookUp, path: str, catalogue: Catalogue) -> Iterator[Problem]:
    table = table_of(node.value.of)
    known = found_table(table.registry, table.name, catalogue) if table is not None else None
    if node.how != "covering" or known is None or node.pick is not None:
        return
    if known.grain is Grain.PERIOD and known.overlaps:
        yield problem("S065", path=path, name=f"`{known.path}`")


# --- Codes -----------------------------------------------------------------------------------


def known_system(name: str) -> CodeSystem | None:
    """The code system of that name, or None."""
    try:
        return system(name)
    except (CatalogueError, KeyError):
        return None


def _codes(codes: CodeList, path: str, spec: Specification, unknown: list[str]) -> Iterator[Problem]:
    known = known_system(codes.system)
    if known is None:
        yield problem("S024", path=path, name=f"`{codes.system}`", nearest=", ".join(SYSTEM_NAMES))
        return
    for code in codes.codes:
        if known.normalise(code) != code:
            yield problem("S066", path=path, code=f"`{code}`", right=f"`{known.normalise(code)}`")
        elif known.status(code) not in (Status.LISTED, Status.FINER):
            unknown.append(code)
            if len(unknown) > MOST_UNKNOWN:
                return  # the nearest codes of each take their time to find
            near = [known.written(other) for other in known.nearest(code)]
            yield problem(
                "S022", path=path, code=f"`{code}`", system=known.name, nearest=", ".join(near) or known.version
            )
        else:
            yield from _valid_then(known, code, path, spec)


def _valid_then(known: CodeSystem, code: str, path: str, spec: Specification) -> Iterator[Problem]:
    spans = known.spans(code)
    if spans and not any(since <= spec.end and spec.start <= until for since, until in spans):
        years = ", ".join(_years(since, until) for since, until in spans)
        yield problem("S201", path=path, code=f"`{known.written(code)}`", system=known.name, years=years)


def _years(since: date, until: date) -> str:
    first = "" if since == date.min else str(since.year)
    last = "" if until == date.max else str(until.year)
    return f"{first}-{last}"
