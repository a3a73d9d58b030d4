"""New cases and person-time by calendar time in a whole population, while resident and after a washout."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from sqlglot import exp

from helseanalyse.engine import sql
from helseanalyse.engine.answers import Answers, Assembly, Checks
from helseanalyse.engine.arithmetic import days_after
from helseanalyse.engine.build import Build
from helseanalyse.engine.exposed import cut
from helseanalyse.engine.frame import PID
from helseanalyse.engine.home import Home, residents
from helseanalyse.engine.ledgers import Ledger, finest, persons_with_time, shared
from helseanalyse.engine.levels import Division, pattern
from helseanalyse.engine.periods import distinct_days, merged
from helseanalyse.engine.population import BORN, Population
from helseanalyse.engine.sql import Sql, call, col, compare, derived, ordered, relation, window
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
        return self.people.kept

    def step(self, name: str, make: Callable[[], exp.Select], why: str, *key: str) -> str:
        """A step that all incidences of a study with one key share."""
        return self.build.once((name, *key), lambda: self.build.table(name, make(), why))

    @property
    def changing(self) -> list[Division]:
        """The exposures that change."""
        return [division for division in self.by if division.changing is not None]


def incidence(analysis: Incidence, people: Population, last_day: date, build: Build) -> Assembly:
    """Days at risk of a new case while resident, and new cases."""
    by = people.by(analysis.by)
    alike = [
        people.by(one.by)
        for one in build.study.analyses
        if isinstance(one, Incidence)
        and (one.event, one.washout, one.every) == (analysis.event, analysis.washout, analysis.every)
    ]
    fine = finest(by, alike)
    first, last = analysis.every.first, min(analysis.every.last, last_day)
    at = _At(analysis, people, fine, first, last, build)
    unit = "year" if analysis.every.unit == "year" else "month"
    home = residents(people, first, last, build)
    what = (analysis.event.key, str(analysis.washout))
    events = at.step("events", lambda: _events(at), "The days with an event, and whether none came just before.", *what)
    why = "Resident days in the washout after an event: nobody is at risk then."
    lost = at.step("washout", lambda: _lost(home, events, at), why, home.table, events) if analysis.washout > 0 else ""

    def ledger() -> Ledger:
        parts = [(home.rows(), 1), *([(_rows(lost, at), -1)] if lost else [])]
        segments = [(_with_pattern(_pieces(rows, at), at), sign) for rows, sign in parts]
        return Ledger.of(analysis.id, fine, unit, segments, _cases(home, events, at), build)

    made = shared(("incidence", unit, home.table, events), fine, ledger, build)
    own = replace(at, by=by)
    persons = persons_with_time(analysis.id, _with_time(home, lost, own), build, once=True)

    def assemble(answers: Answers) -> tuple[RawRates, Checks]:
        return made.table(analysis.id, analysis.name, by, persons, answers), ()

    return assemble


def _rows(table: str, at: _At) -> exp.Select:
    return sql.query([col(name) for name in (*SEGMENT, *at.fixed, "start", "stop")], relation(table))


def _pieces(segments: exp.Select, at: _At) -> exp.Select:
    return cut(segments, [*SEGMENT, *at.fixed], at.changing, at.people, at.build)


def _with_pattern(segments: exp.Select, at: _At) -> exp.Select:
    columns = {name: col(name) for name in (PID, BORN, "start", "stop")}
    return sql.query({**columns, "pattern": pattern(at.by)}, derived(segments, "t"))


def _events(at: _At) -> exp.Select:
    """pid, day, is_new: the days with an event, and whether none came in the washout before."""
    days = distinct_days(at.analysis.event, at.people.frame, at.build)
    before = window(call("lag", col("day")), [col(PID)], [ordered(col("day"))])
    gaps = sql.query(
        {PID: col(PID), "day": col("day"), "gap": sql.compute(col("day"), "-", before)}, derived(days, "t")
    )
    new = sql.either([sql.is_null(col("gap")), compare(col("gap"), ">", sql.number(at.analysis.washout))])
    return sql.query({PID: col(PID), "day": col("day"), "is_new": new}, derived(gaps, "t"))


def _lost(home: Home, events: str, at: _At) -> exp.Select:
    """The resident days within the washout after an event: pid, born_on, levels, start, stop."""
    after = {"start": days_after(col("day"), 1), "stop": days_after(col("day"), 1 + at.analysis.washout)}
    windows = merged(derived(sql.query({PID: col(PID), **after}, relation(events)), "t"), [PID])
    columns: dict[str, Sql] = {name: col(name, "h") for name in (*SEGMENT, *at.fixed)}
    columns["start"] = sql.greatest(col("start", "h"), col("start", "w"))
    columns["stop"] = sql.least(col("stop", "h"), col("stop", "w"))
    select = sql.query(columns, derived(home.rows(), "h"))
    overlap = [
        compare(col(PID, "w"), "==", col(PID, "h")),
        compare(col("start", "w"), "<", col("stop", "h")),
        compare(col("stop", "w"), ">", col("start", "h")),
    ]
    return sql.join(select, derived(windows, "w"), sql.both(overlap))


def _cases(home: Home, events: str, at: _At) -> exp.Select:
    """pattern, born_on, day of each new case."""
    columns: dict[str, Sql] = {name: col(name, "h") for name in (*SEGMENT, *at.fixed)}
    columns |= {"start": col("day", "e"), "stop": days_after(col("day", "e"), 1)}
    select = sql.query(columns, derived(home.rows(), "h"))
    inside = [
        compare(col(PID, "e"), "==", col(PID, "h")),
        col("is_new", "e"),
        compare(col("start", "h"), "<=", col("day", "e")),
        compare(col("day", "e"), "<", col("stop", "h")),
    ]
    sql.join(select, relation(events, alias="e"), sql.both(inside))
    days = _pieces(select, at)
    return sql.query({"pattern": pattern(at.by), BORN: col(BORN), "day": col("start")}, derived(days, "t"))


def _with_time(home: Home, lost: str, at: _At) -> exp.Select:
    """pid, pattern: persons with more resident days than days in washout, each pattern apart."""
    parts = []
    for rows, sign in ((home.rows(), 1), *([(_rows(lost, at), -1)] if lost else [])):
        days = sql.compute(sql.compute(col("stop"), "-", col("start")), "*", sql.number(sign))
        parts.append(
            sql.query({PID: col(PID), "pattern": pattern(at.by), "days": days}, derived(_pieces(rows, at), "t"))
        )
    keys = [col(PID), col("pattern")]
    return sql.query(
        {PID: col(PID), "pattern": col("pattern")},
        derived(sql.stacked(parts), "t"),
        group=keys,
        having=compare(exp.Sum(this=col("days")), ">", sql.number(0)),
    )
