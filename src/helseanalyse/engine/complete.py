"""A frame gets the columns that expressions need: leaf by leaf, in as few scans as their order allows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from helseanalyse.catalogue.model import Kind
from helseanalyse.engine import own, picks, sql
from helseanalyse.engine.arithmetic import whole
from helseanalyse.engine.build import Build
from helseanalyse.engine.expressions import Place
from helseanalyse.engine.frame import PID, Frame
from helseanalyse.engine.gathers import Gather, gather_of
from helseanalyse.engine.leaves import needs_of, person_leaves, uses_interval
from helseanalyse.engine.own import Facts
from helseanalyse.engine.rows import has_row_leaf
from helseanalyse.engine.scope import Scope
from helseanalyse.engine.sql import Sql, case, col, compare, if_null, relation
from helseanalyse.engine.together import gathered
from helseanalyse.study import nodes as n

Unless = Callable[[frozenset[n.Series]], bool]
NEVER_UNKNOWN = (n.Exists, n.Count, n.CountEpisodes, n.Overlaps, n.InCodes)


def all_leaves(series: Iterable[n.Node]) -> list[n.Series]:
    """Every leaf that expressions need, those that leaves need before the leaves themselves."""
    found: dict[n.Series, None] = {}

    def add(leaf: n.Series) -> None:
        if leaf not in found:
            for needed in needs_of(leaf):
                add(needed)
            found[leaf] = None

    for leaf in person_leaves(series):
        add(leaf)
    return list(found)


def completed(frame: Frame, series: Iterable[n.Node], build: Build, *, unless: Unless | None = None) -> Frame:
    """The frame with a column for every leaf of the expressions.

    unless: told the leaves gathered so far, whether a person for whom none of them found a row need not be kept.
    """
    pending = [leaf for leaf in all_leaves(series) if leaf not in frame.columns]
    gathered_so_far: frozenset[n.Series] = frozenset()
    while pending:
        ready = [leaf for leaf in pending if all(needed in frame.columns for needed in needs_of(leaf))]
        facts = facts_of(ready, frame, build)
        gathered_so_far |= {leaf for one in facts if one.registry is None for leaf in one.columns}
        needed_rows = unless is not None and unless(gathered_so_far)
        frame = with_facts(frame, facts, build, only_with_rows=needed_rows)
        pending = [leaf for leaf in pending if leaf not in frame.columns]
    return frame


def base_leaves(series: Iterable[n.Node]) -> list[n.Series]:
    """The leaves of expressions that do not depend on the interval of a trend."""
    return [leaf for leaf in all_leaves(series) if not uses_interval(leaf)]


# --- the scans ------------------------------------------------------------------------------------------


def facts_of(leaves: Sequence[n.Series], frame: Frame, build: Build) -> list[Facts]:
    """The steps that gather leaves which need nothing more than the frame has."""
    facts: list[Facts] = []
    rest: list[n.Series] = []
    by_table: dict[n.Table, list[n.Series]] = {}
    for leaf in leaves:
        table = _person_table(leaf)
        if table is None:
            rest.append(leaf)
        else:
            by_table.setdefault(table, []).append(leaf)
    facts += [_from_person_table(table, these, build) for table, these in by_table.items()]
    gathers: list[Gather] = []
    alone: list[n.Series] = []
    for leaf in rest:
        gather = gather_of(leaf, build)
        if gather is None:
            alone.append(leaf)
        else:
            gathers.append(gather)
    facts += _in_shared_scans(gathers, frame, build)
    return facts + _in_own_steps(alone, frame, build)


def is_from_person_table(leaf: n.Series) -> bool:
    """Whether a leaf is a column of a table with one row a person, so that no rows have to be gathered for it."""
    return _person_table(leaf) is not None


def shares_a_scan(now: Iterable[n.Node], later: Iterable[n.Node], frame: Frame, build: Build) -> list[n.Series]:
    """The leaves of later expressions that a scan which is needed now can gather on its way."""
    scans = {_scan_of(one) for leaf in _ready(now, frame) if (one := gather_of(leaf, build)) is not None}
    return [
        leaf for leaf in _ready(later, frame) if (one := gather_of(leaf, build)) is not None and _scan_of(one) in scans
    ]


def _ready(series: Iterable[n.Node], frame: Frame) -> list[n.Series]:
    missing = [leaf for leaf in all_leaves(series) if leaf not in frame.columns]
    return [leaf for leaf in missing if all(needed in frame.columns for needed in needs_of(leaf))]


def _person_table(leaf: n.Series) -> n.Table | None:
    """The table with one row a person that a leaf is simply a column of."""
    if isinstance(leaf, n.Column | n.Exists) and isinstance(leaf.of, n.Table):
        return leaf.of if leaf.of.table_grain.value == "person" else None
    return None


def _from_person_table(table: n.Table, leaves: Sequence[n.Series], build: Build) -> Facts:
    columns: dict[n.Series, str] = {}
    build.reads_rows(table)
    for leaf in leaves:
        if isinstance(leaf, n.Column):
            build.reads(table.registry, table.name, leaf.name)
            columns[leaf] = leaf.name
        else:
            columns[leaf] = PID
    return Facts(table.name, columns, registry=table.registry)


def _scan_of(gather: Gather) -> tuple[str, ...]:
    """Gathers with one such key are one scan."""
    # A value that comes from other rows is made only for the rows of its own leaf.
    apart = any(has_row_leaf(part) for part in (*gather.source.conditions, *gather.values))
    return (gather.source.table.key, *map(str, gather.driver.kind), gather.leaf.key if apart else "")


def _in_shared_scans(gathers: Sequence[Gather], frame: Frame, build: Build) -> list[Facts]:
    facts = []
    order = {scan: number for number, scan in reversed(list(enumerate(map(_scan_of, gathers))))}
    together = sorted(gathers, key=lambda gather: order[_scan_of(gather)])
    for _, group in groupby(together, key=_scan_of):
        several = list(group)
        names = [build.column(one.leaf) for one in several]
        step = gathered(several, names, frame, build)
        columns = {one.leaf: name for one, name in zip(several, names, strict=True)}
        absent = {one.leaf: one.absent for one in several if one.absent is not None}
        facts.append(Facts(step, columns, absent, keys=frame.keys))
    return facts


def _in_own_steps(leaves: Sequence[n.Series], frame: Frame, build: Build) -> list[Facts]:
    facts = []
    by_pick: dict[n.Pick, list[n.Series]] = {}
    for leaf in leaves:
        if (pick := picks.picked_from(leaf)) is not None:
            by_pick.setdefault(pick, []).append(leaf)
        elif isinstance(leaf, n.Related):
            facts.append(_related(leaf, frame, build))
        else:
            facts.append(own.facts_of(leaf, frame, build))
    for pick, these in by_pick.items():
        names = [build.column(leaf) for leaf in these]
        step = picks.ranked(pick, these, names, frame, build)
        absent: dict[n.Series, n.Series] = {leaf: own.NO for leaf in these if isinstance(leaf, n.InCodes)}
        facts.append(Facts(step, dict(zip(these, names, strict=True)), absent, keys=frame.keys))
    return facts


# --- beside the frame -------------------------------------------------------------------------------------


def with_facts(frame: Frame, facts: Sequence[Facts], build: Build, *, only_with_rows: bool = False) -> Frame:
    """The frame with the columns of some facts, in a new step."""
    scope = frame.scope()
    place = frame.place(scope, build.codes)
    kept = {key: scope.take("f", key) for key in (*frame.keys, *frame.more)}
    outputs: dict[str, Sql] = {**kept, **{name: scope.take("f", name) for name in frame.columns.values()}}
    columns: dict[n.Series, str] = {}
    there: list[Sql] = []
    for number, one in enumerate(facts):
        alias = f"a{number}"
        keys = [key for key in frame.keys if key in one.keys]
        on = sql.both(compare(col(key, alias), "==", col(key, "f")) for key in keys)
        scope.join(relation(one.table, one.registry, alias), on, "left")
        if one.registry is None:
            there.append(sql.is_known(scope.take(alias, PID, f"{alias}_pid")))
        for leaf, column in one.columns.items():
            name = column if one.registry is None else build.column(leaf)
            columns[leaf] = name
            outputs[name] = _value(leaf, one, alias, column, scope, place)
    where = sql.either(there) if only_with_rows and there else None
    table = build.table("people", scope.select(outputs, where=where), _why(facts, only_with_rows))
    everyone = frame.everyone and where is None
    return replace(frame.with_columns(table, columns), everyone=everyone)


def _value(leaf: n.Series, facts: Facts, alias: str, column: str, scope: Scope, place: Place) -> Sql:
    if isinstance(leaf, n.Exists) and facts.registry is not None:
        return sql.is_known(scope.take(alias, PID, f"{alias}_pid"))
    found: Sql = scope.take(alias, column, f"{alias}_{column}")
    if facts.registry is not None:
        return whole(found) if leaf.type.kind is Kind.INT else found
    if leaf not in facts.absent:
        return found
    absent = place.value(facts.absent[leaf])
    if isinstance(leaf, NEVER_UNKNOWN):
        return if_null(found, absent)
    return case((sql.is_null(scope.take(alias, PID, f"{alias}_pid")), absent), otherwise=found)


def _why(facts: Sequence[Facts], only_with_rows: bool) -> str:
    from_where = ", ".join(one.table if one.registry is None else f"{one.registry}.{one.table}" for one in facts)
    who = "Only persons with such rows" if only_with_rows else "Every person"
    return f"{who}, beside what was found in {from_where}."


# --- another person -----------------------------------------------------------------------------------------


def _related(leaf: n.Related, frame: Frame, build: Build) -> Facts:
    """A value of the related person, gathered for the related persons as for any others."""
    universe = build.catalogue.universe
    scope = frame.scope()
    by = frame.place(scope, build.codes).value(leaf.by)
    keys = {key: scope.take("f", key) for key in (*frame.keys, *frame.more)}
    pairs = build.table("pairs", scope.select({**keys, "other": by}), "Each person with the related one, where known.")
    more = [key for key in keys if key != PID]
    others = sql.query(
        {PID: col("other", "p"), **{key: col(key, "p") for key in more}}, relation(pairs, alias="p"), distinct=True
    )
    sql.join(
        others, relation(universe.main, universe.name, "m"), compare(col(PID, "m"), "==", col("other", "p")), "semi"
    )
    if build.excluded is not None:
        # Who is in no answer is nobody's relative either.
        sql.join(others, relation(build.excluded, alias="x"), compare(col(PID, "x"), "==", col("other", "p")), "anti")
    table = build.table("others", others, "The related persons themselves, each once.")
    other_frame = Frame(table, family=table, keys=frame.keys, more=frame.more)
    if frame.by_interval:
        single = sql.query({PID: col(PID)}, relation(table), distinct=True)
        base = build.table("others", single, "The related persons, whatever the interval.")
        other_frame = _with_base(other_frame, Frame(base, family=base), leaf.value, build)
    other_frame = completed(other_frame, [leaf.value], build)
    value_scope = other_frame.scope("o")
    value = other_frame.place(value_scope, build.codes, "o").value(leaf.value)
    same = [compare(col("other", "p"), "==", col(PID, "o"))]
    same += [compare(col(key, "p"), "==", col(key, "o")) for key in other_frame.keys[1:]]
    value_scope.join(relation(pairs, alias="p"), sql.both(same))
    outputs = {key: value_scope.take("p", key, f"own_{key}") for key in frame.keys}
    name = build.column(leaf)
    select = value_scope.select({**outputs, name: value})
    step = build.table("related", select, "The value of the related person, for each person who has one.")
    return Facts(step, {leaf: name}, keys=frame.keys)


def _with_base(frame: Frame, base: Frame, series: n.Series, build: Build) -> Frame:
    """A frame by person and interval, with what does not depend on the interval gathered without it."""
    base = completed(base, _roots(base_leaves([series])), build)
    return by_interval(frame, base, build)


def by_interval(frame: Frame, base: Frame, build: Build) -> Frame:
    """The columns of a frame by person, beside a frame by person and interval."""
    scope = frame.scope()
    scope.join(base.relation("b"), compare(col(PID, "b"), "==", col(PID, "f")))
    outputs: dict[str, Sql] = {key: scope.take("f", key) for key in (*frame.keys, *frame.more)}
    outputs |= {name: scope.take("b", name) for name in base.columns.values()}
    table = build.table(
        "people", scope.select(outputs), "Each person in each interval, beside what holds in all of them."
    )
    return replace(frame, table=table, columns=dict(base.columns), base=base)


def _roots(leaves: Sequence[n.Series]) -> Mapping[n.Series, None]:
    return dict.fromkeys(leaves)
