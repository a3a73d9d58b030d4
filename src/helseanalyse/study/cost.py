"""What a study would cost, roughly and before it runs: the rows that its tables hold, narrowed by what it asks for.

A figure for people who wait, not a bound: how much of a table a code list touches is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from helseanalyse.study import nodes
from helseanalyse.study.lineage import walk
from helseanalyse.study.parts import roots
from helseanalyse.study.specification import Specification

# Measured on one core over the layout of the vault: rows a second that a full pass reads, and the time that any
# statement takes before its first row.
ROWS_A_SECOND = 60_000_000
SECONDS_A_TABLE = 0.02
SHARE_BY_CODE = 0.02  # of a table sorted by code that a list of codes reads: lists are short, tables wide


@dataclass(frozen=True, slots=True)
class Cost:
    """rows: how many rows the study looks at, by table. seconds: a rough time on one core."""

    rows: tuple[tuple[str, int], ...]
    seconds: float


def cost(spec: Specification, rows: Mapping[str, int]) -> Cost:
    """The rough cost of a study over tables with so many rows each ("npr.episode": 120_000_000).

    >>> from datetime import date
    >>> cost(Specification(title="", start=date(2020, 1, 1), end=date(2020, 12, 31)), {}).seconds
    0.0
    """
    passes: dict[str, float] = {}
    for node in walk(*(node for _, node in roots(spec))):
        if isinstance(node, nodes.Table):
            passes.setdefault(f"{node.registry}.{node.name}", 0.0)
        if isinstance(node, nodes.Filter):
            table = _table_below(node)
            if table is not None:
                path = f"{table.registry}.{table.name}"
                by_code = any(isinstance(each, nodes.InCodes) for each in walk(node.keep))
                passes[path] = max(passes.get(path, 0.0), SHARE_BY_CODE if by_code else 1.0)
    read = {path: int(rows.get(path, 0) * (share or 1.0)) for path, share in sorted(passes.items())}
    seconds = sum((SECONDS_A_TABLE + count / ROWS_A_SECOND for count in read.values()), 0.0)
    return Cost(tuple(read.items()), round(seconds, 2))


def _table_below(node: nodes.Rows) -> nodes.Table | None:
    while isinstance(node, nodes.Filter | nodes.Sort | nodes.Pick):
        node = node.of
    return node if isinstance(node, nodes.Table) else None
