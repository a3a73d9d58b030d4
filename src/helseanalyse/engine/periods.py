"""Operations on periods as steps: section 8 of the manual, and episodes of dates (section 6).

Every step has the keys of its frame, start and stop; a period that still runs stops at `sql.FOREVER`. Every window
below orders rows that are unique within their person, so that no tie can fall differently on another run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from helseanalyse.engine import sql
from helseanalyse.engine.arithmetic import days_after
from helseanalyse.engine.build import Build
from helseanalyse.engine.covers import holds_a_day, is_merged, period_of
from helseanalyse.engine.frame import Frame
from helseanalyse.engine.gathers import domain_of
from helseanalyse.engine.leaves import Source
from helseanalyse.engine.rows import Driver, Made, Scan, driver_of, periods_made, periods_of
from helseanalyse.engine.sql import Sql, call, case, col, compare, derived, if_null, ordered, relation, window
from helseanalyse.study import nodes as n

Sides = Callable[[Sql, Sql], Sql]


def spans(rows: n.Rows, frame: Frame, build: Build) -> Made:
    """The periods of the persons of a frame, those without a day left out, as a step with the keys of the frame."""
    key = ("spans", rows.key, frame.family)
    if key not in build.made:
        build.made[key] = _spans_made(rows, frame, build)
    made = build.made[key]
    assert isinstance(made, Made)
    return made


def _spans_made(rows: n.Rows, frame: Frame, build: Build) -> Made:
    if isinstance(rows, n.Periods):
        made = periods_of(rows, frame, build)
        if made.keys == frame.keys:
            return made
    since, until = period_of(rows, build)
    source = Source.of(n.Filter(rows, holds_a_day(since, until)))
    scan = Scan(source, driver_of(source, [since, until], build), frame, build)
    stop = if_null(scan.place.value(until), sql.day(sql.FOREVER))
    outputs = {**scan.keys(), "start": scan.place.value(since), "stop": stop}
    select = scan.scope.select(outputs, where=scan.restricted())
    table = source.table
    name = f"{table.name} periods" if isinstance(table, n.Table) else "periods"
    return Made(build.table(name, select, "Periods as [start, stop), those without a day left out."), frame.keys)


def merged(source: Sql, keys: Sequence[str], touching: Sql | int = 0) -> exp.Select:
    """Periods that overlap or touch made one, also across a gap of some days: start, stop.

    Only the rows that begin a period, and the last row of each person, are kept after the one sort of all rows. Of
    rows that begin on one day it does not matter which comes first: one of them begins the period, on the same day.
    """
    by = [col(key) for key in keys]
    order = [ordered(col("start"))]
    placed = sql.query(
        {
            **{key: col(key) for key in keys},
            "start": col("start"),
            "stop": col("stop"),
            "reached": window(exp.Max(this=col("stop")), sql.every(by), order, "before"),
            "is_last": sql.is_null(window(call("lead", col("start")), sql.every(by), list(order))),
        },
        source,
    )
    reached = col("reached") if touching == 0 else days_after(col("reached"), touching)
    is_new = sql.either([sql.is_null(col("reached")), compare(col("start"), ">", reached)])
    turns = sql.query(
        {
            **{key: col(key) for key in keys},
            "start": col("start"),
            "reached": col("reached"),
            "furthest": sql.greatest(col("stop"), col("reached")),
            "is_new": is_new,
            "is_last": col("is_last"),
        },
        derived(placed, "t"),
    )
    return between_turns(turns, keys)


def between_turns(turns: exp.Select, keys: Sequence[str]) -> exp.Select:
    """Merged periods from the rows of each person in order: keys, start, reached, furthest, is_new, is_last.

    reached: the end of all rows before this one; furthest: the end with this one. A period ends where the rows before
    the next one had reached, the last one where the last row has.
    """
    by = [col(key) for key in keys]
    kept = sql.query([exp.Star()], derived(turns, "t"), where=sql.either([col("is_new"), col("is_last")]))
    ends_before = case((col("is_new"), col("reached")), otherwise=col("furthest"))
    # A last row may begin on the day on which its period begins; the beginning comes first.
    order = [ordered(col("start")), ordered(col("is_new"), descending=True)]
    stop = if_null(window(call("lead", ends_before), sql.every(by), order), col("furthest"))
    columns = {key: col(key) for key in keys}
    ended = sql.query({**columns, "start": col("start"), "stop": stop, "is_new": col("is_new")}, derived(kept, "t"))
    columns = {key: col(key) for key in (*keys, "start", "stop")}
    return sql.query(columns, derived(ended, "t"), where=col("is_new"))


def swept(parts: Sequence[tuple[Made, str]], keys: Sequence[str], inside: Sides) -> exp.Select:
    """The days on which a condition holds on how many periods of the left and the right cover them, merged."""
    outputs = {key: col(key) for key in keys}
    by = [col(key) for key in keys]
    changes = [
        sql.query(
            {
                **outputs,
                "day": col(end),
                "l": sql.number(sign if side == "left" else 0),
                "r": sql.number(sign if side == "right" else 0),
            },
            relation(made.name),
        )
        for made, side in parts
        for end, sign in (("start", 1), ("stop", -1))
    ]
    days = sql.query(
        {**outputs, "day": col("day"), "l": exp.Sum(this=col("l")), "r": exp.Sum(this=col("r"))},
        derived(sql.stacked(changes), "t"),
        group=[*by, col("day")],
    )
    so_far = {side: window(exp.Sum(this=col(side)), sql.every(by), [ordered(col("day"))], "so far") for side in "lr"}
    covered = sql.query({**outputs, "day": col("day"), **so_far}, derived(days, "t"))
    now = inside(col("l"), col("r"))
    states = sql.query({**outputs, "day": col("day"), "inside": now}, derived(covered, "t"))
    before = window(call("lag", col("inside")), sql.every(by), [ordered(col("day"))])
    turns = sql.query(
        {**outputs, "day": col("day"), "inside": col("inside"), "before": if_null(before, sql.FALSE.copy())},
        derived(states, "t"),
    )
    ends = sql.query(
        {**outputs, "inside": col("inside"), "start": col("day"), "stop": _next(col("day"), by, col("day"))},
        derived(turns, "t"),
        where=compare(col("inside"), "!=", col("before")),
    )
    return sql.query({**outputs, "start": col("start"), "stop": col("stop")}, derived(ends, "t"), where=col("inside"))


def _next(of: Sql, by: Sequence[Sql], order: Sql) -> Sql:
    return window(call("lead", of), sql.every(by), [ordered(order)])


# --- operations ----------------------------------------------------------------------------------------


@periods_made.register
def _spans(node: n.Spans, frame: Frame, build: Build) -> Made:
    domains = [one.domain for one in (node.start, node.stop) if one.domain is not None]
    if domains:
        source = Source.of(n.Filter(domains[0], holds_a_day(node.start, node.stop)))
        scan = Scan(source, _driver(source, node, build), frame, build)
        place, where, keys, scope = scan.place, scan.restricted(), scan.keys(), scan.scope
    else:
        scope = frame.scope()
        place, keys = frame.place(scope, build.codes), {key: scope.take("f", key) for key in frame.keys}
        where = place.value(holds_a_day(node.start, node.stop))
    outputs = {**keys, "start": place.value(node.start), "stop": if_null(place.value(node.stop), sql.day(sql.FOREVER))}
    return Made(build.table("spans", scope.select(outputs, where=where), "Two dates as a period."), frame.keys)


def _driver(source: Source, node: n.Spans, build: Build) -> Driver:
    driver = driver_of(source, [node.start, node.stop], build)
    # A long table may hold a row twice; as two equal periods it would count twice.
    return Driver() if driver.long is not None and not driver.main_only else driver


@periods_made.register
def _episodes(node: n.Episodes, frame: Frame, build: Build) -> Made:
    days = distinct_days(node.of, frame, build)
    keys = {key: col(key) for key in frame.keys}
    by, order = list(keys.values()), [ordered(col("day"))]
    placed = sql.query(
        {
            **keys,
            "day": col("day"),
            "before": window(call("lag", col("day")), sql.every(by), order),
            "is_last": sql.is_null(window(call("lead", col("day")), sql.every(by), list(order))),
            "place": window(call("row_number"), sql.every(by), list(order)),
        },
        derived(days, "t"),
    )
    gap = sql.compute(col("day"), "-", col("before"))
    is_new = sql.either([sql.is_null(col("before")), compare(gap, ">", sql.number(node.max_gap))])
    turns = sql.query([exp.Star(), sql.named(is_new, "is_new")], derived(placed, "t"))
    kept = sql.query([exp.Star()], derived(turns, "t"), where=sql.either([col("is_new"), col("is_last")]))
    # The episode before a new one ended on the day before it, with as many days as had been placed by then.
    last_day = case((col("is_new"), col("before")), otherwise=col("day"))
    last_place = case((col("is_new"), sql.compute(col("place"), "-", sql.number(1))), otherwise=col("place"))
    ends: dict[str, Sql] = {
        name: if_null(window(call("lead", of), sql.every(by), list(order)), own)
        for name, of, own in (("last_day", last_day, col("day")), ("last_place", last_place, col("place")))
    }
    names = {name: col(name) for name in ("day", "place", "is_new")}
    ended = sql.query({**{key: col(key) for key in frame.keys}, **names, **ends}, derived(kept, "t"))
    days_in = sql.compute(sql.compute(col("last_place"), "-", col("place")), "+", sql.number(1))
    outputs = {"start": col("day"), "stop": days_after(col("last_day"), 1), "n": days_in}
    select = sql.query({**{key: col(key) for key in frame.keys}, **outputs}, derived(ended, "t"), where=col("is_new"))
    return Made(build.table("episodes", select, f"Days at most {node.max_gap} apart are one episode."), frame.keys)


def distinct_days(of: n.Series, frame: Frame, build: Build) -> exp.Select:
    """The known dates of a series, each once a person: the keys of the frame, and day."""
    source = Source.of(domain_of(of))
    scan = Scan(source, driver_of(source, [of], build), frame, build)
    day = scan.place.once(of)
    where, known = scan.restricted(), sql.is_known(day)
    outputs = {**scan.keys(), "day": day.copy()}
    return scan.scope.select(outputs, where=known if where is None else sql.both([where, known]), distinct=True)


@periods_made.register
def _union(node: n.Union, frame: Frame, build: Build) -> Made:
    if len(node.parts) == 1 and is_merged(node.parts[0]):
        return spans(node.parts[0], frame, build)
    parts = [spans(part, frame, build) for part in node.parts]
    columns = [*frame.keys, "start", "stop"]
    stacked = sql.stacked([sql.query([col(name) for name in columns], relation(part.name)) for part in parts])
    select = merged(derived(stacked, "t"), frame.keys)
    return Made(build.table("covered", select, "Overlapping and touching periods made one."), frame.keys)


@periods_made.register
def _intersect(node: n.Intersect, frame: Frame, build: Build) -> Made:
    parts = [(spans(node.left, frame, build), "left"), (spans(node.right, frame, build), "right")]
    both = swept(parts, frame.keys, lambda left, right: sql.both([_covered(left), _covered(right)]))
    return Made(build.table("both", both, "The days that both kinds of periods cover."), frame.keys)


@periods_made.register
def _subtract(node: n.Subtract, frame: Frame, build: Build) -> Made:
    parts = [(spans(node.left, frame, build), "left"), (spans(node.right, frame, build), "right")]
    left = swept(parts, frame.keys, lambda left, right: sql.both([_covered(left), sql.negated(_covered(right))]))
    return Made(build.table("without", left, "The days that the left covers and the right does not."), frame.keys)


def _covered(count: Sql) -> Sql:
    return compare(count, ">", sql.number(0))


@periods_made.register
def _gaps(node: n.Gaps, frame: Frame, build: Build) -> Made:
    found = relation(spans(node.of, frame, build).name)
    whole = found if is_merged(node.of) else derived(merged(found, frame.keys), "t")
    outputs = {key: col(key) for key in frame.keys}
    by = [col(key) for key in frame.keys]
    between = sql.query({**outputs, "start": col("stop"), "stop": _next(col("start"), by, col("start"))}, whole)
    columns = [col(name) for name in (*frame.keys, "start", "stop")]
    select = sql.query(columns, derived(between, "t"), where=sql.is_known(col("stop")))
    return Made(build.table("gaps", select, "The days between the periods of a person."), frame.keys)


@periods_made.register
def _clip(node: n.Clip, frame: Frame, build: Build) -> Made:
    scan, since, until, where = _whole(node.of, frame, build)
    # greatest and least pass over an unknown bound: it does not cut.
    start = sql.greatest(since, *([scan.place.value(node.start)] if node.start else []))
    stop = if_null(sql.least(until, *([scan.place.value(node.stop)] if node.stop else [])), sql.day(sql.FOREVER))
    inner = scan.scope.select({**scan.keys(), "start": start, "stop": stop}, where=where)
    columns = [col(name) for name in (*frame.keys, "start", "stop")]
    select = sql.query(columns, derived(inner, "t"), where=compare(col("start"), "<", col("stop")))
    return Made(build.table("clipped", select, "The parts of the periods between two dates of the person."), frame.keys)


@periods_made.register
def _shift(node: n.Shift, frame: Frame, build: Build) -> Made:
    scan, since, until, where = _whole(node.of, frame, build)
    stop = if_null(days_after(until, node.days), sql.day(sql.FOREVER))
    outputs = {**scan.keys(), "start": days_after(since, node.days), "stop": stop}
    select = scan.scope.select(outputs, where=where)
    return Made(build.table("shifted", select, f"Every period moved by {node.days} days."), frame.keys)


def _whole(rows: n.Rows, frame: Frame, build: Build) -> tuple[Scan, Sql, Sql, Sql | None]:
    """The periods of rows that have a day: the scan, first day, day after the last (unknown: running), condition."""
    since, until = period_of(rows, build)
    source = Source.of(n.Filter(rows, holds_a_day(since, until)))
    scan = Scan(source, driver_of(source, [since, until], build), frame, build)
    return scan, scan.place.once(since), scan.place.once(until), scan.restricted()
