"""What a study reads: every variable, tie-breakers and the universe's own included, and the years of each registry.

The need is derived from the specification, never declared; a permit must cover all of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from helseanalyse.catalogue.model import Catalogue
from helseanalyse.catalogue.read import norway
from helseanalyse.study import nodes
from helseanalyse.study.calendar import reach, tables_read
from helseanalyse.study.lineage import walk
from helseanalyse.study.naming import table_of
from helseanalyse.study.node import Node
from helseanalyse.study.parts import roots
from helseanalyse.study.specification import Incidence, Rates, Specification, Trend
from helseanalyse.study.universe import Universe, universe_of


def need(spec: Specification, catalogue: Catalogue | None = None) -> frozenset[str]:
    """Every variable that answering the study reads, as "registry.table.column".

    catalogue: the one that the study is answered with; the Norwegian one where it is left out and knows every
    registry of the study. From it come the variables of the universe: residence, death, and birth and sex where
    the analyses divide by age or sex.

    >>> from helseanalyse.study.specification import Flow
    >>> spec = Specification(title="", start=date(2020, 1, 1), end=date(2020, 12, 31), analyses=(Flow(),))
    >>> sorted(need(spec))[-2:]
    ['population.residence.moved_in_on', 'population.residence.moved_out_on']
    """
    found: set[str] = set()
    for node in walk(*(node for _, node in roots(spec))):
        found.update(_read_by(node))
    universe = _universe(spec, catalogue)
    if universe is not None:
        found.update(_universe_reads(spec, universe))
    return frozenset(found)


def _read_by(node: Node) -> Iterator[str]:
    if isinstance(node, nodes.Column):
        table = table_of(node.of)
        if table is not None:
            yield f"{table.registry}.{table.name}.{node.name}"
    elif isinstance(node, nodes.Pick):
        table = table_of(node.of)
        if table is not None:
            yield from (f"{table.registry}.{table.name}.{name}" for name in node.ties)
    elif isinstance(node, nodes.Table):
        # Whoever asks whether rows exist learns when they do: their dates are read too.
        for name in (node.date, node.start, node.stop):
            if name is not None:
                yield f"{node.registry}.{node.name}.{name}"


def _universe(spec: Specification, catalogue: Catalogue | None) -> Universe | None:
    if catalogue is None:
        catalogue = norway()
        known = {registry.name for registry in catalogue.registries}
        if not registries_used(spec) <= known:
            return None
    return universe_of(catalogue)


def _universe_reads(spec: Specification, universe: Universe) -> Iterator[str]:
    person, residence = universe.person, universe.residence
    names = {"died_on"}
    if residence is None:
        names.add("born_on")  # resident from birth to death
    else:
        yield from (
            f"{residence.registry}.{residence.name}.{name}" for name in (residence.start, residence.stop) if name
        )
    for analysis in spec.analyses:
        divided: Any = getattr(analysis, "by", None) or ()
        by: tuple[str, ...] = (divided,) if isinstance(divided, str) else divided
        if isinstance(analysis, Rates | Incidence):
            names.add("born_on")  # its cells are by single age
        elif isinstance(analysis, Trend) and "age" in by:
            names.add("born_on")
        if "sex" in by:
            names.add("sex")
    for name in sorted(names):
        if universe.column(name) is not None:
            yield f"{person.registry}.{person.name}.{name}"


def registries_used(spec: Specification) -> frozenset[str]:
    """The registries whose tables the study names."""
    all_nodes = walk(*(node for _, node in roots(spec)))
    return frozenset(node.registry for node in all_nodes if isinstance(node, nodes.Table))


def years(spec: Specification, catalogue: Catalogue) -> Mapping[str, tuple[int, int]]:
    """The first and last calendar year of each registry that a study reads, look-back included.

    Where nothing in the study bounds a table, its registry is read from its first year to the end of the study.
    """
    since = {registry.name: registry.since for registry in catalogue.registries}
    found: dict[str, tuple[date, date]] = {}
    for _, root in roots(spec):
        for rows in tables_read(root):
            table = table_of(rows)
            if table is None:
                continue
            span = reach(rows, spec.index)
            beginning = since.get(table.registry) or spec.start
            first = max(beginning, span.first.earliest(spec.start) if span.first is not None else beginning)
            last = min(span.last.latest(spec.end), spec.end) if span.last is not None else spec.end
            low, high = found.get(table.registry, (first, last))
            found[table.registry] = (min(low, first), max(high, last))
    return {name: (low.year, high.year) for name, (low, high) in sorted(found.items())}
