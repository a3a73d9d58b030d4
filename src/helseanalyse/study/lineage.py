"""Which rows a value belongs to: the table, its filters, and values moved between them."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, TypeVar

from helseanalyse.study import nodes
from helseanalyse.study.node import Node, PersonSeries, Rows, Series

AnyNode = TypeVar("AnyNode", bound=Node)

# Of these only the first operand is evaluated on the row itself; the rest looks at other rows.
_ROW_PART = {nodes.InSet: "of", nodes.LookUp: "at", nodes.Near: "at"}


def lineage(rows: Rows) -> tuple[Rows, ...]:
    """The domains that a row of `rows` has been through: itself first, the bare table last."""
    found = [rows.domain]
    while isinstance(rows, nodes.Filter | nodes.Sort):
        rows = rows.of
        if rows.domain != found[-1]:
            found.append(rows.domain)
    return tuple(found)


def fits(series: Series, rows: Rows) -> bool:
    """Whether a value can be taken on each row of `rows`: it is of these rows, of the table below, or of a person."""
    return series.domains <= frozenset(lineage(rows))


def move(series: Series, rows: Rows, to: Rows) -> Series:
    """The same value with its columns taken from `to` instead of from `rows` or a table below its filters.

    Values that look at other rows (aggregates, look-ups) stay as they are.
    """
    through = frozenset(lineage(rows))
    done: dict[Node, Series] = {}

    def moved(node: Series) -> Series:
        if node not in done:
            if isinstance(node, nodes.Column) and node.of.domain in through:
                done[node] = replace(node, of=to)
            elif isinstance(node, PersonSeries | nodes.Previous) or not node.operands:
                done[node] = node
            else:
                done[node] = _with_row_parts(node)
        return done[node]

    def _with_row_parts(node: Series) -> Series:
        only = _ROW_PART.get(type(node))
        changed: dict[str, Any] = {}
        for item in fields(node):  # type: ignore[arg-type]
            value = getattr(node, item.name)
            if only is not None and item.name != only:
                continue
            if isinstance(value, Series):
                changed[item.name] = moved(value)
            elif isinstance(value, tuple):
                changed[item.name] = tuple(moved(part) if isinstance(part, Series) else part for part in value)
        return replace(node, **changed)  # type: ignore[type-var]

    return moved(series)


def rebuilt(node: AnyNode, change: dict[Node, Node], made: dict[Node, Node]) -> AnyNode:
    """The node with every operand in `change` replaced, all the way down; `made` keeps what has been done."""
    if node in made:
        return made[node]  # type: ignore[return-value]
    new: dict[str, Any] = {}
    for item in fields(node):  # type: ignore[arg-type]
        value = getattr(node, item.name)
        if isinstance(value, Node):
            new[item.name] = rebuilt(value, change, made)
        elif isinstance(value, tuple):
            new[item.name] = tuple(rebuilt(part, change, made) if isinstance(part, Node) else part for part in value)
    result = replace(node, **new) if new else node  # type: ignore[type-var]
    made[node] = change.get(result, result)
    return made[node]  # type: ignore[return-value]


def walk(*roots: Node | None) -> tuple[Node, ...]:
    """Every node below the roots, once each, operands before those who use them."""
    seen: dict[Node, None] = {}
    stack: list[tuple[Node, bool]] = [(root, False) for root in reversed(roots) if root is not None]
    while stack:
        node, below_done = stack.pop()
        if node in seen:
            continue
        if below_done:
            seen[node] = None
        else:
            stack.append((node, True))
            stack.extend((operand, False) for operand in reversed(node.operands) if operand not in seen)
    return tuple(seen)
