"""Days at risk cut where a changing exposure goes on or off."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from helseanalyse.engine import sql
from helseanalyse.engine.build import Build
from helseanalyse.engine.covers import is_merged
from helseanalyse.engine.frame import PID
from helseanalyse.engine.levels import Division
from helseanalyse.engine.periods import spans
from helseanalyse.engine.population import Population
from helseanalyse.engine.rows import Made
from helseanalyse.engine.sql import Sql, call, col, compare, derived, if_null, ordered, relation, window
from helseanalyse.engine.supply import exposed
from helseanalyse.study import nodes as n

_BEGINNING = "0001-01-01"


def timeline(changing: Sequence[Division], people: Population, build: Build) -> str:
    """A step with the state of every exposure through all time, for persons ever exposed: pid, start, stop, states."""
    key = ("timeline", *(one.column for one in changing))
    why = "From when to when each person has which exposures, for those who ever have one."
    return build.once(key, lambda: build.table("exposures", _states(changing, people, build), why))


def cut(
    segments: exp.Select, columns: Sequence[str], changing: Sequence[Division], people: Population, build: Build
) -> exp.Select:
    """Segments in pieces, each with one state of every exposure. columns: what is kept beside start and stop."""
    if not changing:
        return segments
    outputs: dict[str, Sql] = {name: col(name, "f") for name in columns}
    outputs["start"] = sql.greatest(col("start", "f"), col("start", "c"))
    outputs["stop"] = sql.least(col("stop", "f"), col("stop", "c"))
    outputs |= {one.column: sql.cast(if_null(col(one.column, "c"), sql.number(0)), "SMALLINT") for one in changing}
    select = sql.query(outputs, derived(segments, "f"))
    overlap = [
        compare(col(PID, "c"), "==", col(PID, "f")),
        compare(col("start", "c"), "<", col("stop", "f")),
        compare(col("stop", "c"), ">", col("start", "f")),
    ]
    return sql.join(select, relation(timeline(changing, people, build), alias="c"), sql.both(overlap), "left")


def _states(changing: Sequence[Division], people: Population, build: Build) -> exp.Select:
    changes = []
    for division in changing:
        assert division.changing is not None
        # Merged, so that each exposure is either on or off and changes on every day that it names.
        made = _periods(division.changing.periods, people, build)
        for day, sign in ((sql.day(_BEGINNING), 0), (col("start"), 1), (col("stop"), -1)):
            change = {one.column: sql.number(sign if one is division else 0) for one in changing}
            changes.append(sql.query({PID: col(PID), "day": day, **change}, relation(made.name)))
    names = [one.column for one in changing]
    days = sql.query(
        {PID: col(PID), "day": col("day"), **{name: exp.Sum(this=col(name)) for name in names}},
        derived(sql.stacked(changes), "t"),
        group=[col(PID), col("day")],
    )
    states = {name: window(exp.Sum(this=col(name)), [col(PID)], [ordered(col("day"))], "so far") for name in names}
    following = window(call("lead", col("day")), [col(PID)], [ordered(col("day"))])
    stop = if_null(following, sql.day(sql.FOREVER))
    pieces = sql.query({PID: col(PID), "start": col("day"), "stop": stop, **states}, derived(days, "t"))
    columns = [col(name) for name in (PID, "start", "stop", *names)]
    return sql.query(columns, derived(pieces, "t"), where=compare(col("start"), "<", col("stop")))


def _periods(rows: n.Rows, people: Population, build: Build) -> Made:
    """The periods of an exposure, merged; of dispensings only those that can matter."""
    frame = people.frame
    if isinstance(rows, n.Supply) and ("periods", rows.key, frame.family) not in build.made:
        return exposed(rows, frame, build, until=people.last_day)
    return spans(rows if is_merged(rows) else n.Union((rows,)), frame, build)
