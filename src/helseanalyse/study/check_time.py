"""What a study should think about: the future in a criterion, a look-back before a registry began, and the like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from helseanalyse.catalogue.model import Catalogue, Kind, Registry
from helseanalyse.study import nodes
from helseanalyse.study.calendar import Place, place_of, reach, tables_read
from helseanalyse.study.lineage import walk
from helseanalyse.study.naming import code_of, table_of
from helseanalyse.study.node import Node, Rows, Series
from helseanalyse.study.parts import roots
from helseanalyse.study.problem import Problem, problem
from helseanalyse.study.specification import Specification
from helseanalyse.study.unknown import always_known, may_be_unknown

BASELINE = ("/criteria/", "/variables/")


@dataclass(frozen=True, slots=True)
class _Times:
    """What every part of a study is held against."""

    spec: Specification
    registries: Mapping[str, Registry]
    own_picks: frozenset[Node]  # rows that the index date is itself taken from
    known: frozenset[Series]  # columns that everyone has a value of


def time_warnings(spec: Specification, catalogue: Catalogue) -> Iterator[Problem]:
    """Warnings for a study without errors."""
    own_picks = frozenset(node for node in walk(spec.index) if isinstance(node, nodes.Pick))
    registries = {registry.name: registry for registry in catalogue.registries}
    times = _Times(spec, registries, own_picks, always_known(catalogue))
    seen: set[tuple[str, str, str]] = set()
    for path, root in roots(spec):
        for found in _of_part(path, root, times):
            key = (found.id, found.path, dict(found.words).get("name", ""))
            if key not in seen:
                seen.add(key)
                yield found
    yield from _coverage(times)
    yield from _overlapping_levels(spec)


def _of_part(path: str, root: Node, times: _Times) -> Iterator[Problem]:
    spec = times.spec
    for rows in tables_read(root):
        table = table_of(rows)
        if table is None or table.date is None or rows in times.own_picks:
            continue
        span = reach(rows, spec.index)
        if spec.index is not None and path.startswith(BASELINE) and _into_the_future(span.last):
            yield problem("S205", path=path, name=f"`{table.registry}.{table.name}`", date=table.date)
        registry = times.registries[table.registry]
        if span.first is not None and registry.since is not None and span.first.anchor == "day0":
            earliest = span.first.earliest(spec.start)
            if earliest < registry.since:
                yield _before_registry(path, registry, earliest, span.first)
    for node in walk(root):
        yield from _of_node(node, path, times)


def _into_the_future(last: Place | None) -> bool:
    return last is None or (last.anchor == "day0" and last.days > 0)


def _before_registry(path: str, registry: Registry, earliest: date, first: Place) -> Problem:
    assert registry.since is not None
    if first.unit == "years" and first.amount < 0:
        full = registry.since.replace(year=registry.since.year - first.amount)
    else:
        full = registry.since - timedelta(days=first.days)
    return problem(
        "S206", path=path, name=registry.name, since=str(registry.since), earliest=str(earliest), full=str(full)
    )


def _of_node(node: Node, path: str, times: _Times) -> Iterator[Problem]:
    if isinstance(node, nodes.Case) and node.otherwise is not None:
        asks = any(isinstance(each, nodes.IsNull) for condition in node.conditions for each in walk(condition))
        says = not isinstance(node.otherwise, nodes.Constant) or node.otherwise.value is not None
        if says and not asks and any(may_be_unknown(condition, times.known) for condition in node.conditions):
            yield problem("S204", path=path, name=code_of(node))
    if isinstance(node, nodes.Near) and node.high > 0 and path.startswith(BASELINE):
        yield problem("S205", path=path, name=code_of(node.date), date=code_of(node.at).strip("`"))
    if isinstance(node, nodes.Pick) and isinstance(node.of, nodes.Sort):
        yield from _unknown_dates_first(node, node.of, path, times)
    if isinstance(node, nodes.CoversAll):
        yield from _residence_before(node, path, times)


def _unknown_dates_first(pick: nodes.Pick, sort: nodes.Sort, path: str, times: _Times) -> Iterator[Problem]:
    key = sort.by[0]
    table = table_of(sort)
    own = isinstance(key, nodes.Column) and key.of == table and key.type.kind is Kind.DATE
    if pick.position < 0 or table is None or not isinstance(key, nodes.Column) or not own:
        return
    required = times.registries[table.registry].table(table.name).column(key.name).required
    if not required and not _bounded(sort.of, key.name):
        yield problem("S207", path=path, name=code_of(key))


def _bounded(rows: Rows, name: str) -> bool:
    """Whether some filter asks something of the column, and so leaves out its unknown values."""
    while isinstance(rows, nodes.Filter):
        if any(isinstance(node, nodes.Column) and node.name == name for node in walk(rows.keep)):
            return True
        rows = rows.of
    return False


def _residence_before(node: nodes.CoversAll, path: str, times: _Times) -> Iterator[Problem]:
    spec = times.spec
    first = place_of(node.first, spec.index)
    for each in walk(node.of):
        if isinstance(each, nodes.Table) and each.start is not None and first is not None and first.anchor == "day0":
            registry = times.registries[each.registry]
            if registry.since is not None and first.earliest(spec.start) < registry.since:
                yield _before_registry(path, registry, first.earliest(spec.start), first)


def _coverage(times: _Times) -> Iterator[Problem]:
    """Registries that begin after the study does, or end before it."""
    spec = times.spec
    used: dict[str, None] = {}
    for _, root in roots(spec):
        for node in walk(root):
            if isinstance(node, nodes.Table):
                used[node.registry] = None
    for name in used:
        registry = times.registries[name]
        if registry.since is not None and spec.start < registry.since:
            yield problem("S208", path="/start", name=name, since=str(registry.since), start=str(spec.start))
        if registry.until is not None and registry.until < spec.end:
            yield problem("S209", path="/end", name=name, until=str(registry.until), end=str(spec.end))


def _overlapping_levels(spec: Specification) -> Iterator[Problem]:
    """Levels of a case by codes of one column that share a code: the first takes it."""
    for at, variable in enumerate(spec.variables):
        if not isinstance(variable.value, nodes.Case):
            continue
        lists = [each for each in variable.value.conditions if isinstance(each, nodes.InCodes)]
        for number, left in enumerate(lists):
            for right in lists[number + 1 :]:
                shared = _shared(left, right)
                if left.of == right.of and shared:
                    codes = ", ".join(shared[:5])
                    yield problem("S210", path=f"/variables/{at}", name=f'"{variable.name}"', codes=codes)


def _shared(left: nodes.InCodes, right: nodes.InCodes) -> list[str]:
    def held(code: str, by: nodes.InCodes) -> bool:
        if by.match == "exact":
            return code in by.codes.codes
        return any(code.startswith(each) for each in by.codes.codes)

    both = {code for code in left.codes.codes if held(code, right)} | {
        code for code in right.codes.codes if held(code, left)
    }
    return sorted(both)
