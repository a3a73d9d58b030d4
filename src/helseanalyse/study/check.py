"""Every mistake of a specification at once, and what one should think about, before anything is read.

`check` asks the rules of types and rows of every node, holds names, types and codes against the catalogue, and
looks at how the parts of the study fit together. It needs no data and takes well under a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from helseanalyse.catalogue.model import Catalogue
from helseanalyse.study.check_analyses import analysis_problems
from helseanalyse.study.check_catalogue import catalogue_problems
from helseanalyse.study.check_made import expectation_problems
from helseanalyse.study.check_protocol import protocol_problems
from helseanalyse.study.check_time import time_warnings
from helseanalyse.study.lineage import walk
from helseanalyse.study.naming import part_name
from helseanalyse.study.need import need, years
from helseanalyse.study.node import Node
from helseanalyse.study.parts import roots
from helseanalyse.study.problem import Problem, problem
from helseanalyse.study.read import DEEPEST_NODE, MOST_NODES
from helseanalyse.study.rules import problems_of
from helseanalyse.study.specification import Specification

__all__ = ["check", "need", "years"]

PARTS = ("criteria", "variables", "exposures", "outcomes", "analyses", "expectations", "pins")
MOST_PARTS = 500  # of each kind: what is more is no study
MOST_PROBLEMS = 200  # told at once: nobody reads more before correcting some
ORDER = {"error": 0, "warning": 1, "note": 2}


def check(spec: Specification, catalogue: Catalogue) -> tuple[Problem, ...]:
    """Every problem of a study: errors first, then warnings, then notes, each in the order of the study.

    Each has an identifier, its place (for people and as JSON Pointer), what happened, and what to do next.

    >>> from datetime import date
    >>> from helseanalyse.catalogue.read import norway
    >>> spec = Specification(title="Nothing", start=date(2020, 1, 1), end=date(2020, 12, 31))
    >>> [finding.id for finding in check(spec, norway())]
    ['S068', 'S290']
    """
    size = list(_size(spec))
    if size:
        return tuple(size)
    nodes_first = _first_places(spec)
    found = [*_node_problems(nodes_first), *catalogue_problems(nodes_first, spec, catalogue)]
    found += protocol_problems(spec)
    found += analysis_problems(spec, catalogue)
    found += expectation_problems(spec, catalogue)
    if not any(each.is_error for each in found):
        found += time_warnings(spec, catalogue)
    placed = [replace(each, place=each.place or part_name(spec, each.path)) for each in found]
    return tuple(sorted(dict.fromkeys(placed), key=lambda each: ORDER[each.severity])[:MOST_PROBLEMS])


def _size(spec: Specification) -> Iterator[Problem]:
    for name in PARTS:
        number = len(getattr(spec, name))
        if number > MOST_PARTS:
            yield problem("S087", path=f"/{name}", things=name, number=str(number), most=str(MOST_PARTS))
    order = walk(*(node for _, node in roots(spec)))
    if len(order) > MOST_NODES:
        yield problem("S108", number=str(len(order)), most=str(MOST_NODES))
    depth: dict[Node, int] = {}
    for node in order:
        depth[node] = 1 + max((depth[operand] for operand in node.operands), default=0)
        if depth[node] == DEEPEST_NODE + 1:
            yield problem("S112", name=node.op, most=str(DEEPEST_NODE))
            return


def _first_places(spec: Specification) -> dict[Node, str]:
    """Each node with the first place of the study that uses it."""
    places: dict[Node, str] = {}
    for path, root in roots(spec):
        stack = [root]
        while stack:
            node = stack.pop()
            if node not in places:
                places[node] = path
                stack.extend(reversed(node.operands))
    return places


def _node_problems(places: dict[Node, str]) -> Iterable[Problem]:
    for node, path in places.items():
        yield from (replace(each, path=path) for each in problems_of(node))
