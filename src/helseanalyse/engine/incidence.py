"""New cases and person-time by calendar time in a whole population, while resident and after a washout."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from helseanalyse.engine import sql
from helseanalyse.engine.answers import Answers, Assembly, Checks
from helseanalyse.engine.arithmetic import days_after
from helseanalyse.engine.build import Build
from helseanalyse.engine.cohort import main_table, residence_table, resident
from helseanalyse.engine.exposed import cut
from helseanalyse.engine.frame import PID
from helseanalyse.engine.levels import Division, pattern
from helseanalyse.engine.periods import distinct_days, merged
from helseanalyse.engine.population import BORN, Population
from helseanalyse.engine.rates import Ledgers
from helseanalyse.engine.scope import Scope
from helseanalyse.engine.sql import Sql, call, col, compare, derived, if_null, ordered, relation, window
from helseanalyse.study.answer import RawRates
from helseanalyse.study.specification import Incidence

SEGMENT = (PID, BORN)


@dataclass(frozen=True, slots=True)
class _At:
    """What the steps of one incidence share."""

    analysis: Incidence
    people: Population
    by: list[Division]
    first: date
    last: date  # the last day at risk, itself counted
    build: Build

    @property
    def fixed(self) -> list[str]:
        """The columns with the levels of persons."""
        return [division.column for division in self.by if division.changing is None]

    @property
    def changing(self) -> list[Division]:
        """The exposures that change."""
        return [division for division in self.by if division.changing is not None]


def incidence(analysis: Incidence, people: Population, last_day: date, build: Build) -> Assembly:
    """Days at risk of a new case while resident, and new cases."""
    last = min(analysis.every.last, last_day)
    at = _At(analysis, people, people.by(analysis.by), analysis.every.first, last, build)
    home = build.table(f"home {analysis.id}", _home(at), "When each person was resident in the years asked for.")
    events = build.table(
        f"events {analysis.id}",
        _events(at),
        "The days with an event of each person, and the days since the one before.",
    )
    made = Ledgers(analysis.id, at.by, "year" if analysis.every.unit == "year" else "month", build)
    whole = _pieces(sql.query([col(name) for name in (*SEGMENT, *at.fixed, "start", "stop")], relation(home)), at)
    made.days(_with_pattern(whole, at))
    lost = ""
    if analysis.washout > 0:
        lost = build.table(
            f"washout {analysis.id}",
            _lost(home, events, at),
            "Resident days in the washout after an event: nobody is at risk then.",
        )
        gone = sql.query([col(name) for name in (*SEGMENT, *at.fixed, "start", "stop")], relation(lost))
        made.days(_with_pattern(_pieces(gone, at), at), sign=-1)
    made.events(_cases(home, events, at))
    made.persons(_with_time(home, lost, at), once=True)

    def assemble(answers: Answers) -> tuple[RawRates, Checks]:
        return made.assembled(answers, analysis.name), ()

    return assemble


def _pieces(segments: exp.Select, at: _At) -> exp.Select:
    return cut(segments, [*SEGMENT, *at.fixed], at.changing, at.people, at.build)


def _with_pattern(segments: exp.Select, at: _At) -> exp.Select:
    columns = {name: col(name) for name in (PID, BORN, "start", "stop")}
    return sql.query({**columns, "pattern": pattern(at.by)}, derived(segments, "t"))


def _home(at: _At) -> exp.Select:
    """pid, born_on, levels, start, stop: resident days between first and last, from birth on; no day twice."""
    build, main, residence = at.build, main_table(at.build), residence_table(at.build)
    scope = Scope(relation(at.people.table, alias="p"))
    kept = {name: scope.take("p", name) for name in (PID, BORN, *at.fixed)}
    alive: Sql | None = None
    if residence is None:
        scope.join(relation(main.name, main.registry, "m"), compare(col(PID, "m"), "==", col(PID, "p")))
        start: Sql = sql.cast(sql.constant(None), "DATE")
        stop: Sql = start.copy()
        if main.has("died_on"):
            build.reads(main.registry, main.name, "died_on")
            stop = days_after(scope.take("m", "died_on"), 1)
    else:
        scope.join(relation(residence.name, residence.registry, "r"), compare(col(PID, "r"), "==", col(PID, "p")))
        if main.has("died_on"):
            scope.join(relation(main.name, main.registry, "m"), compare(col(PID, "m"), "==", col(PID, "p")))
        start, stop = resident(build, scope, residence, main)
        if main.has("died_on"):
            died = scope.take("m", "died_on")
            inside = [compare(died, ">=", sql.day(at.first)), compare(died.copy(), "<=", sql.day(at.last))]
            alive = sql.negated(if_null(sql.both(inside), sql.FALSE.copy()))
    # greatest and least pass over what is unknown: it does not bound.
    clipped = {
        "start": scope.bind(sql.greatest(sql.day(at.first), col(BORN), start), "from_"),
        "stop": scope.bind(sql.least(days_after(sql.day(at.last), 1), stop), "to_"),
    }
    some = [compare(clipped["start"].copy(), "<", clipped["stop"].copy())]
    if residence is not None:
        some.append(sql.is_known(start.copy()))
        stop_known = stop.copy()
        some.append(sql.either([sql.is_null(stop_known), compare(start.copy(), "<", stop.copy())]))
    if alive is None:
        return scope.select({**kept, **clipped}, where=sql.both(some))
    outputs = {**kept, **clipped, "alive": alive}
    rows = scope.select(outputs, where=sql.both(some))
    return _once(rows, list(kept), at)


def _once(rows: exp.Select, kept: list[str], at: _At) -> exp.Select:
    """Who moves on the day of death is resident in both places on it: the periods of those who die are merged."""
    name = at.build.table("resident", rows, "Periods of residence, cut to the years asked for.")
    columns = [*kept, "start", "stop"]
    living = sql.query([col(column) for column in columns], relation(name), where=col("alive"))
    dying = sql.query([col(column) for column in columns], relation(name), where=sql.negated(col("alive")))
    once = merged(derived(dying, "t"), kept)
    once = sql.query([col(column) for column in columns], derived(once, "t"))
    return sql.query([col(column) for column in columns], derived(sql.stacked([living, once]), "t"))


def _events(at: _At) -> exp.Select:
    """pid, day, is_new: the days with an event, and whether none came in the washout before."""
    days = distinct_days(at.analysis.event, at.people.frame, at.build)
    before = window(call("lag", col("day")), [col(PID)], [ordered(col("day"))])
    gaps = sql.query(
        {PID: col(PID), "day": col("day"), "gap": sql.compute(col("day"), "-", before)}, derived(days, "t")
    )
    new = sql.either([sql.is_null(col("gap")), compare(col("gap"), ">", sql.number(at.analysis.washout))])
    return sql.query({PID: col(PID), "day": col("day"), "is_new": new}, derived(gaps, "t"))


def _lost(home: str, events: str, at: _At) -> exp.Select:
    """The resident days within the washout after an event: pid, born_on, levels, start, stop."""
    after = {"start": days_after(col("day"), 1), "stop": days_after(col("day"), 1 + at.analysis.washout)}
    windows = merged(derived(sql.query({PID: col(PID), **after}, relation(events)), "t"), [PID])
    columns: dict[str, Sql] = {name: col(name, "h") for name in (*SEGMENT, *at.fixed)}
    columns["start"] = sql.greatest(col("start", "h"), col("start", "w"))
    columns["stop"] = sql.least(col("stop", "h"), col("stop", "w"))
    select = sql.query(columns, relation(home, alias="h"))
    overlap = [
        compare(col(PID, "w"), "==", col(PID, "h")),
        compare(col("start", "w"), "<", col("stop", "h")),
        compare(col("stop", "w"), ">", col("start", "h")),
    ]
    return sql.join(select, derived(windows, "w"), sql.both(overlap))


def _cases(home: str, events: str, at: _At) -> exp.Select:
    """pattern, born_on, day of each new case."""
    columns: dict[str, Sql] = {name: col(name, "h") for name in (*SEGMENT, *at.fixed)}
    columns |= {"start": col("day", "e"), "stop": days_after(col("day", "e"), 1)}
    select = sql.query(columns, relation(home, alias="h"))
    inside = [
        compare(col(PID, "e"), "==", col(PID, "h")),
        col("is_new", "e"),
        compare(col("start", "h"), "<=", col("day", "e")),
        compare(col("day", "e"), "<", col("stop", "h")),
    ]
    sql.join(select, relation(events, alias="e"), sql.both(inside))
    days = _pieces(select, at)
    return sql.query({"pattern": pattern(at.by), BORN: col(BORN), "day": col("start")}, derived(days, "t"))


def _with_time(home: str, lost: str, at: _At) -> exp.Select:
    """pid, pattern: persons with more resident days than days in washout, each pattern apart."""
    parts = []
    for table, sign in ((home, 1), *([(lost, -1)] if lost else [])):
        whole = sql.query([col(name) for name in (*SEGMENT, *at.fixed, "start", "stop")], relation(table))
        days = sql.compute(sql.compute(col("stop"), "-", col("start")), "*", sql.number(sign))
        parts.append(
            sql.query({PID: col(PID), "pattern": pattern(at.by), "days": days}, derived(_pieces(whole, at), "t"))
        )
    keys = [col(PID), col("pattern")]
    return sql.query(
        {PID: col(PID), "pattern": col("pattern")},
        derived(sql.stacked(parts), "t"),
        group=keys,
        having=compare(exp.Sum(this=col("days")), ">", sql.number(0)),
    )
