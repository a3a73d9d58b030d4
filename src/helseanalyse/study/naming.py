"""A node as the code that a researcher would write for it: short names for messages, the same in every language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from helseanalyse.study import nodes
from helseanalyse.study.node import Node, Rows
from helseanalyse.study.specification import Specification

LONGEST = 70  # characters; a message is read at a glance
MOST_PARTS = 4  # of a list of operands, before it is cut anyway


def code_of(node: Node, longest: int = LONGEST) -> str:
    """The node as code, in `backticks`, cut to a readable length.

    >>> from helseanalyse.catalogue.model import Grain
    >>> from helseanalyse.study.types import FLOAT
    >>> dispensing = nodes.Table("lmr", "dispensing", Grain.EVENT, date="dispensed_on")
    >>> code_of(nodes.Aggregate("sum", nodes.Column(dispensing, "ddd", FLOAT)))
    '`lmr.dispensing.ddd.sum()`'
    """
    text = _code(node, 6)
    if len(text) > longest:
        text = text[: longest - 3] + "..."
    return f"`{text}`"


def table_of(rows: Node) -> nodes.Table | None:
    """The table of the catalogue below filters, sorts and picks; None for periods made by a study."""
    while isinstance(rows, nodes.Filter | nodes.Sort | nodes.Pick):
        rows = rows.of
    return rows if isinstance(rows, nodes.Table) else None


def _rows(rows: Rows, depth: int) -> str:
    if isinstance(rows, nodes.Table):
        return f"{rows.registry}.{rows.name}"
    if isinstance(rows, nodes.Filter):
        return f"{_code(rows.of, depth)}.where({_code(rows.keep, depth)})"
    if isinstance(rows, nodes.Sort):
        return f"{_code(rows.of, depth)}.sort_by({', '.join(_code(by, depth) for by in rows.by[:MOST_PARTS])})"
    if isinstance(rows, nodes.Pick):
        which = {1: "first()", -1: "last()"}.get(rows.position, f"nth({rows.position})")
        return f"{_code(rows.of, depth)}.{which}"
    name = rows.op
    first, *others = rows.operands[:MOST_PARTS]
    return f"{_code(first, depth)}.{name}({', '.join(_code(other, depth) for other in others)})"


def _constant(node: nodes.Constant, depth: int) -> str:
    return "unknown" if node.value is None else f'"{node.value}"' if hasattr(node.value, "upper") else str(node.value)


def _between(sign: str) -> Callable[[Any, int], str]:
    return lambda node, depth: f" {sign} ".join(f"({_code(part, depth)})" for part in node.parts[:MOST_PARTS])


_WRITERS: dict[type[Node], Callable[[Any, int], str]] = {
    nodes.Column: lambda n, d: f"{_code(n.of, d)}.{n.name}",
    nodes.Constant: _constant,
    nodes.Parameter: lambda n, _: n.name.replace("_", "."),
    nodes.Compare: lambda n, d: f"{_code(n.left, d)} {n.test} {_code(n.right, d)}",
    nodes.And: _between("&"),
    nodes.Or: _between("|"),
    nodes.Not: lambda n, d: f"~({_code(n.of, d)})",
    nodes.IsNull: lambda n, d: f"{_code(n.of, d)}.is_null()",
    nodes.IfNull: lambda n, d: f"{_code(n.of, d)}.if_null({_code(n.other, d)})",
    nodes.Arithmetic: lambda n, d: f"{_code(n.left, d)} {n.sign} {_code(n.right, d)}",
    nodes.Negate: lambda n, d: f"-{_code(n.of, d)}",
    nodes.Cast: lambda n, d: f"{_code(n.of, d)}.to_{n.to}()",
    nodes.Round: lambda n, d: f"{_code(n.of, d)}.round()",
    nodes.DateAdd: lambda n, d: f"{_code(n.date, d)} + {n.unit}({_code(n.amount, d)})",
    nodes.DateDiff: lambda n, d: f"({_code(n.later, d)} - {_code(n.earlier, d)}).{n.unit}",
    nodes.DatePart: lambda n, d: f"{_code(n.of, d)}.{n.part}",
    nodes.Truncate: lambda n, d: f"{_code(n.of, d)}.to_first_of_{n.unit}()",
    nodes.InCodes: lambda n, d: (
        f"{_code(n.of, d)}.{'exactly' if n.match == 'exact' else 'within'}({', '.join(n.codes.codes[:MOST_PARTS])})"
    ),
    nodes.Aggregate: lambda n, d: f"{_code(n.of, d)}.{n.how}()",
    nodes.Exists: lambda n, d: f"{_code(n.of, d)}.exists()",
    nodes.Count: lambda n, d: f"{_code(n.of, d)}.count()",
    nodes.Case: lambda n, d: f"case({', '.join(_code(c, d) for c in n.conditions[:MOST_PARTS])})",
}


def _code(node: Node, depth: int) -> str:
    if depth == 0:
        return "..."
    if isinstance(node, Rows):
        return _rows(node, depth - 1)
    writer = _WRITERS.get(type(node))
    if writer is not None:
        return writer(node, depth - 1)
    first, *others = node.operands[:MOST_PARTS]
    return f"{_code(first, depth - 1)}.{node.op}({', '.join(_code(other, depth - 1) for other in others)})"


_PARTS = {
    "criteria": ("criteria", "the criterion"),
    "variables": ("variables", "the variable"),
    "exposures": ("exposures", "the exposure"),
    "outcomes": ("outcomes", "the outcome"),
    "expectations": ("expectations", "the made-up person"),
}


def part_name(spec: Specification, path: str) -> str:
    """The part of a study at a place, for people: `the criterion "aged 40 or more"`."""
    parts = path.strip("/").split("/")
    if parts[0] in _PARTS and len(parts) > 1 and parts[1].isdigit():
        field, words = _PARTS[parts[0]]
        return f'{words} "{getattr(spec, field)[int(parts[1])].name}"'
    if parts[0] == "analyses" and len(parts) > 1 and parts[1].isdigit():
        return f'the analysis "{spec.analyses[int(parts[1])].id}"'
    if parts[:2] == ["follow_up", "until"] and spec.follow_up is not None and len(parts) > 2:
        return f'the reason to stop "{spec.follow_up.until[int(parts[2])].name}"'
    return {"follow_up": "the follow-up", "index": "the index date"}.get(parts[0], "the study")
