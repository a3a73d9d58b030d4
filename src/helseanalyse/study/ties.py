"""Complete tie-breakers, written into a study when it is frozen, so that its digest shows them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from helseanalyse.catalogue.model import Catalogue, Kind
from helseanalyse.study import nodes
from helseanalyse.study.lineage import walk
from helseanalyse.study.naming import table_of
from helseanalyse.study.node import Node
from helseanalyse.study.parts import roots, with_nodes
from helseanalyse.study.specification import Specification


def with_ties(spec: Specification, catalogue: Catalogue) -> Specification:
    """The specification with the tie-breakers of every pick: the other columns of its table that the study uses.

    They stand in the order of the catalogue; last of all comes the source row id, which needs no name. A column
    that the study does not use is never a tie-breaker, because a permit might not cover it.
    """
    all_nodes = walk(*(node for _, node in roots(spec)))
    used: dict[tuple[str, str], set[str]] = {}
    for node in all_nodes:
        if isinstance(node, nodes.Column) and node.type.kind is not Kind.CODES:
            table = table_of(node.of)
            if table is not None:
                used.setdefault((table.registry, table.name), set()).add(node.name)
    made: dict[Node, Node] = {}
    for node in all_nodes:  # operands come first, so what a node holds has been done before it
        made[node] = _with(node, made, used, catalogue)
    return with_nodes(spec, lambda node: made[node])


def _with(node: Node, made: dict[Node, Node], used: dict[tuple[str, str], set[str]], catalogue: Catalogue) -> Node:
    new: dict[str, Any] = {}
    for name, value in vars(node).items():
        if isinstance(value, Node) and value in made:
            new[name] = made[value]
        elif isinstance(value, tuple) and any(isinstance(part, Node) for part in value):
            new[name] = tuple(made[part] if isinstance(part, Node) else part for part in value)
    new = {name: value for name, value in new.items() if name in type(node).__dataclass_fields__}  # type: ignore[attr-defined]
    changed = any(new[name] is not getattr(node, name) for name in new)
    result = replace(node, **new) if changed else node  # type: ignore[type-var]
    if isinstance(result, nodes.Pick):
        table = table_of(result.of)
        if table is not None:
            result = replace(result, ties=_ties(result, table, used, catalogue))
    return result


def _ties(
    pick: nodes.Pick, table: nodes.Table, used: dict[tuple[str, str], set[str]], catalogue: Catalogue
) -> tuple[str, ...]:
    sort = pick.of
    while isinstance(sort, nodes.Filter):
        sort = sort.of
    keys = sort.by if isinstance(sort, nodes.Sort) else ()
    already = {key.name for key in keys if isinstance(key, nodes.Column)}
    names = used.get((table.registry, table.name), set()) - already
    try:
        order = [column.name for column in catalogue.table(table.registry, table.name).columns]
    except KeyError:
        order = []  # an unknown table: `check` says so
    return tuple(sorted(names, key=lambda name: (order.index(name) if name in order else len(order), name)))
