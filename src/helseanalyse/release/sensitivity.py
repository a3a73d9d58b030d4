"""Which variables of a study tell about somebody's health: those made of columns that the catalogue calls special."""

from __future__ import annotations

from helseanalyse.catalogue.model import Catalogue, Sensitivity
from helseanalyse.study.node import Node
from helseanalyse.study.nodes import Column, Table
from helseanalyse.study.specification import Specification


def health_variables(study: Specification, catalogue: Catalogue) -> frozenset[str]:
    """Names of the study's variables that read at least one column of special sensitivity, also through a filter."""
    return frozenset(
        variable.name for variable in study.variables if any(_special(node, catalogue) for node in _all(variable.value))
    )


def _all(node: Node) -> set[Node]:
    """A node and everything that it is made of; each once, however often it is shared."""
    found: set[Node] = set()
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting.extend(one.operands)
    return found


def _special(node: Node, catalogue: Catalogue) -> bool:
    if not isinstance(node, Column):
        return False
    tables = [below for below in _all(node.of) if isinstance(below, Table)]
    return any(
        table.has(node.name) and table.column(node.name).sensitivity is Sensitivity.SPECIAL
        for table in (catalogue.table(below.registry, below.name) for below in tables)
    )
