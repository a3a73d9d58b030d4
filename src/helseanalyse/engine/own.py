"""Leaves that take steps of their own: episodes counted by their gaps, and two tables of periods held together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from helseanalyse.engine import sql
from helseanalyse.engine.build import Build
from helseanalyse.engine.covers import covers_nothing, moved_out, stored
from helseanalyse.engine.errors import EngineError
from helseanalyse.engine.frame import PID, Frame
from helseanalyse.engine.leaves import Source
from helseanalyse.engine.periods import distinct_days, spans
from helseanalyse.engine.rows import Scan, driver_of
from helseanalyse.engine.sql import call, case, col, compare, derived, if_null, ordered, relation, window
from helseanalyse.study import nodes as n
from helseanalyse.study.types import BOOL, INT

NO, NONE = n.Constant(False, BOOL), n.Constant(0, INT)


@dataclass(frozen=True, slots=True)
class Facts:
    """A relation with values of some persons.

    columns: its column for each leaf. absent: the value of a person that it does not hold (unknown, where not given).
    registry: the registry whose stored table it is, or None for a step. keys: what its rows are told apart by.
    """

    table: str
    columns: Mapping[n.Series, str]
    absent: Mapping[n.Series, n.Series] = field(default_factory=dict)
    registry: str | None = None
    keys: tuple[str, ...] = (PID,)


def facts_of(leaf: n.Series, frame: Frame, build: Build) -> Facts:
    """The steps for one leaf."""
    name = build.column(leaf)
    if isinstance(leaf, n.CountEpisodes):
        return Facts(_count_episodes(leaf, name, frame, build), {leaf: name}, {leaf: NONE}, keys=frame.keys)
    if isinstance(leaf, n.Overlaps):
        return Facts(_overlaps(leaf, name, frame, build), {leaf: name}, {leaf: NO}, keys=frame.keys)
    if isinstance(leaf, n.CoversAll):
        return Facts(_covers_all(leaf, name, frame, build), {leaf: name}, {leaf: covers_nothing(leaf)}, keys=frame.keys)
    raise EngineError(
        f"The engine cannot compute {type(leaf).__name__} here. Use it as one value a person, or on rows of one table."
    )


def _count_episodes(leaf: n.CountEpisodes, name: str, frame: Frame, build: Build) -> str:
    days = distinct_days(leaf.of, frame, build)
    keys = [col(key) for key in frame.keys]
    gap = sql.compute(col("day"), "-", window(call("lag", col("day")), sql.every(keys), [ordered(col("day"))]))
    gaps = sql.query({**{key: col(key) for key in frame.keys}, "gap": gap}, derived(days, "t"))
    starts = sql.either([sql.is_null(col("gap")), compare(col("gap"), ">", sql.number(leaf.max_gap))])
    outputs = {**{key: col(key) for key in frame.keys}, name: sql.count_rows(starts)}
    why = f"Episodes a person: a gap of more than {leaf.max_gap} days starts a new one."
    return build.table("episodes counted", sql.query(outputs, derived(gaps, "t"), group=keys), why)


def _overlaps(leaf: n.Overlaps, name: str, frame: Frame, build: Build) -> str:
    left, right = (spans(rows, frame, build) for rows in (leaf.left, leaf.right))
    select = sql.query(
        {**{key: col(key, "l") for key in frame.keys}, name: sql.TRUE.copy()},
        relation(left.name, alias="l"),
        distinct=True,
    )
    same = [compare(col(key, "l"), "==", col(key, "r")) for key in frame.keys]
    meet = [compare(col("start", "l"), "<", col("stop", "r")), compare(col("start", "r"), "<", col("stop", "l"))]
    sql.join(select, relation(right.name, alias="r"), sql.both([*same, *meet]))
    return build.table("overlaps", select, "Persons with a day that is covered by both kinds of periods.")


def _covers_all(leaf: n.CoversAll, name: str, frame: Frame, build: Build) -> str:
    """Periods that may overlap cover every day if each begins before the ones before it have all ended."""
    rows, since, until = stored(leaf.of, build)
    # The end of a period may be a computed day, and then is dear in a filter: rows that are over are met below.
    wanted: list[n.Series] = [n.Compare("<=", since, leaf.last), n.Compare("<=", leaf.first, leaf.last)]
    if (out := moved_out(leaf.of, build)) is not None:
        wanted.append(n.Or((n.IsNull(out), n.Compare(">=", out, leaf.first))))
    source = Source.of(n.Filter(rows, n.And(tuple(wanted))))
    scan = Scan(source, driver_of(source, [since, until], build), frame, build)
    keys = scan.keys()
    columns = {
        "start": scan.place.value(since),
        "stop": if_null(scan.place.value(until), sql.day(sql.FOREVER)),
        "first_day": scan.place.value(leaf.first),
        "last_day": scan.place.value(leaf.last),
    }
    where = scan.restricted()
    inner = scan.scope.select({**keys, **columns}, where=where)
    by = [col(key) for key in keys]
    a_day = compare(col("start"), "<", col("stop"))
    # Of several periods that begin on one day it does not matter which comes first.
    reached = window(exp.Max(this=case((a_day, col("stop")))), sql.every(by), [ordered(col("start"))], "before")
    outputs = {key: col(key) for key in (*keys, "start", "stop", "last_day")}
    placed = sql.query(
        {**outputs, "reached": sql.greatest(col("first_day"), reached)},
        derived(inner, "t"),
    )
    joined = sql.either([compare(col("start"), "<=", col("reached")), compare(col("stop"), "<=", col("start"))])
    last = exp.Max(this=case((compare(col("start"), "<", col("stop")), col("stop"))))
    whole = sql.both(
        [call("bool_and", joined), if_null(compare(last, ">", call("any_value", col("last_day"))), sql.FALSE.copy())]
    )
    select = sql.query({**{key: col(key) for key in keys}, name: whole}, derived(placed, "t"), group=sql.every(by))
    return build.table("covered throughout", select, "Whether periods cover every day between two dates of the person.")
