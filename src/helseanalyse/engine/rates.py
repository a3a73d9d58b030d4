"""Events, person-days and curves from follow-up: grouped counts of pieces, never a row a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from sqlglot import exp

from helseanalyse.engine import lexis, sql
from helseanalyse.engine.answers import Answers, Assembly, Checks, Columns, in_order, spread
from helseanalyse.engine.arithmetic import days_after
from helseanalyse.engine.build import Build
from helseanalyse.engine.follow import CENSORED, EVENT, ORIGIN, REASONS, competing, followed, pieces
from helseanalyse.engine.frame import PID
from helseanalyse.engine.levels import Division, cells, dimensions, pattern
from helseanalyse.engine.population import BORN, Population, follow_up_of
from helseanalyse.engine.sql import Sql, call, case, col, compare, compute, derived
from helseanalyse.study.answer import RawCurve, RawRates
from helseanalyse.study.specification import Rates, Survival


def rates(analysis: Rates, people: Population, last_day: date, build: Build) -> Assembly:
    """Days at risk and events of follow-up, by pattern, calendar year and age."""
    by = people.by(analysis.by)
    checks = followed(analysis.outcome, people, last_day, build).checks
    cut = pieces(analysis.outcome, by, people, last_day, build)
    happened = sql.query(
        {"pattern": pattern(by), BORN: col(BORN), "day": days_after(col("stop"), -1)},
        derived(cut.copy(), "t"),
        where=compare(col("cause"), "==", sql.number(EVENT)),
    )
    made = Ledgers(analysis.id, by, "year", build)
    segments = sql.query(
        {PID: col(PID), "pattern": pattern(by), BORN: col(BORN), "start": col("start"), "stop": col("stop")},
        derived(cut, "t"),
    )
    made.days(segments)
    made.events(happened)
    made.persons(segments.copy(), once=not any(one.changing for one in by))

    def assemble(answers: Answers) -> tuple[RawRates, Checks]:
        return made.assembled(answers, analysis.outcome), reasons(analysis.id, answers[checks])

    return assemble


def reasons(id_: str, found: Columns) -> Checks:
    """How many persons are not at risk, by reason."""
    persons = spread(found["reason"], found["persons"], len(REASONS) + 1)
    return [(f"{id_}: {reason}", int(number)) for reason, number in zip(REASONS, persons, strict=False)]


class Ledgers:
    """The queries for person-days, events and persons of one table of rates, and what is made of their answers."""

    def __init__(self, id_: str, by: Sequence[Division], unit: str, build: Build) -> None:
        self._id, self._by, self._unit, self._build = id_, by, unit, build
        self._days: list[tuple[str, int]] = []  # answer, sign
        self._events = self._persons = ""

    def days(self, segments: exp.Select, sign: int = 1) -> None:
        """Person-days of segments: pattern, born_on, start, stop. sign -1 takes them away."""
        ledger = (lexis.by_year if self._unit == "year" else lexis.by_month)(segments)
        name = self._build.answer(f"days {self._id}", ledger, "Person-days as sums of changes (Lexis ledger).")
        self._days.append((name, sign))

    def events(self, happened: exp.Select) -> None:
        """Events: pattern, born_on, day."""
        unit = call("year", col("day")) if self._unit == "year" else lexis.month_number(col("day"))
        keys = {"pattern": col("pattern"), "unit": unit, "age": lexis.age_on(col(BORN), col("day"))}
        select = sql.query({**keys, "events": sql.count_rows()}, derived(happened, "t"), group=sql.every(keys.values()))
        self._events = self._build.answer(f"events {self._id}", select, "Events by pattern, calendar time and age.")

    def persons(self, segments: exp.Select, *, once: bool) -> None:
        """Persons with time, by pattern. segments: pid, pattern. once: nobody has two rows."""
        people: Sql = sql.count_rows() if once else exp.Count(this=exp.Distinct(expressions=[col(PID)]))
        select = sql.query(
            {"pattern": col("pattern"), "persons": people}, derived(segments, "t"), group=[col("pattern")]
        )
        self._persons = self._build.answer(f"persons {self._id}", select, "Persons with days at risk, by pattern.")

    def assembled(self, answers: Answers, outcome: str) -> RawRates:
        """The cells with days or events, in order."""
        of = lexis.cells_by_year if self._unit == "year" else lexis.cells_by_month
        columns: list[tuple[Columns, int, int]] = []
        for name, sign in self._days:
            found = of(answers[name])
            rows: Columns = {"pattern": found.pattern, "unit": found.unit, "age": found.age, "count": found.days}
            columns.append((rows, sign, 0))
        happened = answers[self._events]
        columns.append(({**happened, "count": happened["events"]}, 0, 1))
        keys = np.concatenate(
            [np.stack([rows[k] for k in ("pattern", "unit", "age")]) for rows, _, _ in columns], axis=1
        )
        cell, place = np.unique(keys.astype(np.int64), axis=1, return_inverse=True)
        sums = np.zeros((2, cell.shape[1]), dtype=np.int64)
        begin = 0
        for rows, days, events in columns:
            end = begin + len(rows["count"])
            count = np.asarray(rows["count"], dtype=np.int64)
            np.add.at(sums[0], place.ravel()[begin:end], days * count)
            np.add.at(sums[1], place.ravel()[begin:end], events * count)
            begin = end
        keep = (sums != 0).any(axis=0)
        persons = answers[self._persons]
        return RawRates(
            id=self._id,
            outcome=outcome,
            dimensions=dimensions(self._by),
            pattern=cell[0][keep],
            year=cell[1][keep],
            age=cell[2][keep],
            days=sums[0][keep],
            events=sums[1][keep],
            persons=spread(persons["pattern"], persons["persons"], cells(self._by)),
            unit=self._unit,
        )


def curve(analysis: Survival, people: Population, last_day: date, build: Build) -> Assembly:
    """Persons by group, day of entry, day of exit and cause, in days from the start of follow-up."""
    by = people.by(analysis.by)
    checks = followed(analysis.outcome, people, last_day, build).checks
    kaplan_meier = analysis.method == "kaplan_meier"
    cause: Sql = col("cause")
    if kaplan_meier:
        cause = case((compare(cause, ">", sql.number(EVENT)), sql.number(CENSORED)), otherwise=cause.copy())
    keys = {
        "group": pattern(by),
        "entry": compute(col("start"), "-", col(ORIGIN)),
        "exit": compute(col("stop"), "-", col(ORIGIN)),
        "cause": cause,
    }
    cut = pieces(analysis.outcome, by, people, last_day, build)
    # By name, not by place: a constant group would be read as the number of a column.
    inner = sql.query(keys, derived(cut, "t"))
    select = sql.query(
        {**{name: col(name) for name in keys}, "count": sql.count_rows()},
        derived(inner, "t"),
        group=[col(name) for name in keys],
    )
    answer = build.answer(f"curve {analysis.id}", select, "Persons by day of entry and exit and by cause.")
    names = () if kaplan_meier else competing(follow_up_of(build.study))

    def assemble(answers: Answers) -> tuple[RawCurve, Checks]:
        rows = in_order(answers[answer], "group", "entry", "exit", "cause")
        made = RawCurve(
            id=analysis.id,
            outcome=analysis.outcome,
            method=analysis.method,
            dimensions=dimensions(by),
            causes=(analysis.outcome, *names),
            **{name: rows[name] for name in ("group", "entry", "exit", "cause", "count")},
        )
        return made, reasons(analysis.id, answers[checks])

    return assemble
