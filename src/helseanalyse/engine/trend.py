"""Trends: numerator and denominator by calendar interval, whatever their number, in one set of scans (section 11).

Truth values are held as the bits of the intervals in which they are true (`masks`). What bits cannot hold is computed
on a frame with a row for each person and interval: the same answer, at the price of as many rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import numpy as np
from sqlglot import exp

from helseanalyse.catalogue.model import Kind
from helseanalyse.engine import sql
from helseanalyse.engine.answers import Answers, Assembly, Checks, Columns
from helseanalyse.engine.build import Build
from helseanalyse.engine.complete import completed
from helseanalyse.engine.errors import EngineError
from helseanalyse.engine.frame import INTERVAL, PID, Frame
from helseanalyse.engine.intervals import END, START, Calendar, bit_and, calendar, calendar_intervals, in_interval
from helseanalyse.engine.leaves import never_true_without, uses_interval
from helseanalyse.engine.levels import Division, age_names, band_of, cells, dimensions
from helseanalyse.engine.lexis import age_on
from helseanalyse.engine.marks import marked, row_bits
from helseanalyse.engine.masks import Masks, NoMaskError
from helseanalyse.engine.population import BORN, Population
from helseanalyse.engine.sql import Sql, col, compare, derived, if_null, relation
from helseanalyse.study import nodes as n
from helseanalyse.study.answer import Dimension, Int64, RawTrend
from helseanalyse.study.specification import Trend

AGE = "age_level"


@dataclass(frozen=True, slots=True)
class _At:
    """What the steps of one trend share."""

    analysis: Trend
    people: Population
    by: list[Division]
    calendar: Calendar
    build: Build

    @property
    def levels(self) -> list[str]:
        """The columns of the population that the trend is divided by; age comes from the birth date."""
        fixed = [division.column for division in self.by if division.column != AGE]
        return [*fixed, *([BORN] if len(fixed) < len(self.by) else [])]

    @property
    def kept(self) -> list[str]:
        """The columns that steps carry along, so that trends of one measure by other levels can share them."""
        return [*self.people.kept, *([BORN] if self.people.born else [])]

    @property
    def key(self) -> tuple[str, ...]:
        """What trends have in common that measure the same."""
        return (self.analysis.numerator.key, self.analysis.denominator.key, self.calendar.table)

    def pattern(self, alias: str, start: Sql) -> Sql:
        """The combination of levels of a row, with its age on the first day of an interval."""
        places = [self._place(division, alias, start) for division in self.by]
        number: Sql | None = None
        for division, place in zip(self.by, places, strict=True):
            whole = sql.cast(place, "INTEGER")
            number = (
                whole
                if number is None
                else sql.compute(sql.compute(number, "*", sql.number(division.size)), "+", whole)
            )
        return sql.number(0) if number is None else number

    def _place(self, division: Division, alias: str, start: Sql) -> Sql:
        if division.column != AGE:
            return col(division.column, alias)
        age, bounds = age_on(col(BORN, alias), start), self.analysis.age_bands
        # Before birth, as without a birth date, no age is known.
        known = sql.case((compare(age, ">=", sql.number(0)), age.copy()))
        place = band_of(known, bounds)
        return place if bounds[0] else sql.compute(place, "-", sql.number(1))


def trend(analysis: Trend, people: Population, last_day: date, build: Build) -> Assembly:
    """Numerator and denominator for each interval that is over by the last day."""
    intervals = calendar_intervals(analysis.every)
    whole = [interval for interval in intervals if interval[1] <= last_day]
    dropped = len(intervals) - len(whole)
    by = [_division(name, analysis, people) for name in analysis.by if name != "year"]
    answers = _measured(_At(analysis, people, by, _calendar(whole, build), build)) if whole else []

    def assemble(found: Answers) -> tuple[RawTrend, Checks]:
        return _assembled(analysis, by, [start for start, _ in whole], [found[name] for name in answers]), [
            (f"{analysis.id}: intervals after the last day", dropped)
        ]

    return assemble


def _calendar(intervals: Sequence[tuple[date, date]], build: Build) -> Calendar:
    key = ("calendar", *(f"{first} {last}" for first, last in intervals))
    if key not in build.made:
        build.made[key] = calendar(intervals, build)
    made = build.made[key]
    assert isinstance(made, Calendar)
    return made


def _division(name: str, analysis: Trend, people: Population) -> Division:
    if name != "age":
        division = people.divisions[name]
        if division.changing is not None:
            raise EngineError(
                f"{name} changes during follow-up, so nobody has one level of it in {analysis.id}. "
                "Make a variable of its state on one day."
            )
        return division
    if not analysis.age_bands:
        raise EngineError(f"The trend {analysis.id} is by age but has no age bands. Say age_bands=(0, 18, 65).")
    return Division(Dimension("age", (*age_names(analysis.age_bands), None)), AGE)


def _measured(at: _At) -> list[str]:
    """Adds the steps and returns the names of the answers."""
    steps, names = len(at.build.steps), set(at.build.made)
    try:
        return _by_bits(at)
    except NoMaskError:
        # What was begun is not needed.
        del at.build.steps[steps:]
        for key in set(at.build.made) - names:
            del at.build.made[key]
        return _by_interval(at)


def _assembled(analysis: Trend, by: Sequence[Division], starts: Sequence[date], found: Sequence[Columns]) -> RawTrend:
    shape = (len(starts), cells(by))
    counts_persons = analysis.numerator.type.kind is Kind.BOOL
    sums: dict[str, Int64] = {name: np.zeros(shape, dtype=np.int64) for name in ("numerator", "denominator", "cases")}
    for columns in found:
        for name in sums.keys() & columns.keys():
            np.add.at(sums[name], (columns[INTERVAL], columns["pattern"]), columns[name])
    if counts_persons:
        sums["numerator"] = sums["cases"].copy()
    return RawTrend(
        id=analysis.id,
        name=analysis.name,
        dimensions=dimensions(by),
        starts=tuple(starts),
        counts_persons=counts_persons,
        **sums,
    )


# --- by bits -----------------------------------------------------------------------------------------


def _by_bits(at: _At) -> list[str]:
    build, number = at.build, at.analysis.numerator
    counted = number.type.kind is not Kind.BOOL and uses_interval(number)
    if counted and not isinstance(number, n.Count):
        raise NoMaskError
    holds = n.Exists(number.of) if counted and isinstance(number, n.Count) else number
    constant = number.type.kind is not Kind.BOOL and not counted
    table = build.once(("measured", *at.key), lambda: _bits(holds, constant, at))
    answers = [_sums(table, "d", "denominator", sql.count_rows(), at)]
    if constant:
        value = col("value")
        answers.append(_sums(table, "d", "cases", sql.count_rows(compare(value, ">", sql.constant(0))), at))
        return [*answers, _sums(table, "d", "numerator", sql.total(value.copy()), at)]
    answers.append(_sums(table, "c", "cases", sql.count_rows(), at))
    if counted and isinstance(number, n.Count):
        answers.append(_row_sums(table, row_bits(number, at.people.frame, at.calendar, build), at))
    return answers


def _bits(holds: n.Series, constant: bool, at: _At) -> str:
    """Adds the step with the bits of each person: of the denominator, and of the cases in it (or a constant value)."""
    build = at.build
    frame = marked(at.people.frame, [at.analysis.denominator, *([] if constant else [holds])], at.calendar, build)
    scope = frame.scope()
    scope.join(relation(at.people.table, alias="p"), compare(col(PID, "p"), "==", col(PID, "f")))
    place = frame.place(scope, build.codes)
    masks = Masks(place, scope, at.calendar, build, frame.bits(scope))
    members = masks.of(at.analysis.denominator).true
    outputs: dict[str, Sql] = {name: scope.take("p", name) for name in (PID, *at.kept)}
    outputs |= {f"d{i}": word.copy() for i, word in enumerate(members)}
    if constant:
        outputs["value"] = if_null(place.value(at.analysis.numerator), sql.constant(0))
    else:
        cases = masks.of(holds).true
        outputs |= {f"c{i}": bit_and(member, cases[i]) for i, member in enumerate(members)}
    someone = sql.either(compare(member.copy(), "!=", sql.constant(0)) for member in members)
    why = "For each person the intervals in which the denominator and the numerator hold, as bits."
    return build.table(f"measured {at.analysis.id}", scope.select(outputs, where=someone), why)


def _sums(table: str, which: str, name: str, counted: Sql, at: _At) -> str:
    """Persons by interval and pattern. Persons who are alike are counted before the intervals are taken apart."""
    words = [f"{which}{i}" for i in range(at.calendar.words)]
    keys = [col(column) for column in (*at.levels, *words)]
    some = sql.either(compare(col(word), "!=", sql.constant(0)) for word in words)
    alike = sql.query(
        {**{key.name: key for key in keys}, "counted": counted}, relation(table), where=some, group=sql.every(keys)
    )
    return _taken_apart(alike, words, "counted", name, at)


def _taken_apart(alike: exp.Select, words: Sequence[str], counted: str, name: str, at: _At) -> str:
    inner = sql.query(
        {
            INTERVAL: col(INTERVAL, "i"),
            "pattern": at.pattern("g", col(START, "i")),
            counted: col(counted, "g"),
        },
        derived(alike, "g"),
    )
    sql.join(inner, relation(at.calendar.table, alias="i"), in_interval([col(word, "g") for word in words], "i"))
    keys = [col(INTERVAL), col("pattern")]
    outputs = {INTERVAL: col(INTERVAL), "pattern": col("pattern"), name: sql.total(col(counted))}
    select = sql.query(outputs, derived(inner, "t"), group=keys)
    return at.build.answer(f"{name} {at.analysis.id}", select, f"The {name} by interval and level.")


def _row_sums(table: str, rows: exp.Select, at: _At) -> str:
    """Rows by interval and pattern, of persons while they are in the denominator."""
    words = range(at.calendar.words)
    levels = [col(column, "m") for column in at.levels]
    both = {f"b{i}": bit_and(col(f"d{i}", "m"), col(f"r{i}", "r")) for i in words}
    joined = sql.query({**{one.name: one for one in levels}, **both}, relation(table, alias="m"))
    sql.join(joined, derived(rows, "r"), compare(col(PID, "r"), "==", col(PID, "m")))
    keys = [col(name) for name in (*at.levels, *both)]
    alike = sql.query(
        {**{key.name: key for key in keys}, "rows": sql.count_rows()}, derived(joined, "t"), group=sql.every(keys)
    )
    return _taken_apart(alike, list(both), "rows", "numerator", at)


# --- person by interval ------------------------------------------------------------------------------


def _by_interval(at: _At) -> list[str]:
    build, analysis = at.build, at.analysis
    key = ("members", *at.key)
    if key not in build.made:
        build.made[key] = _frame_by_interval(at)
    frame = build.made[key]
    assert isinstance(frame, Frame)
    scope = frame.scope()
    value = frame.place(scope, build.codes).value(analysis.numerator)
    if analysis.numerator.type.kind is Kind.BOOL:
        value = sql.cast(value, "BIGINT")
    scope.join(relation(at.people.table, alias="p"), compare(col(PID, "p"), "==", col(PID, "f")))
    outputs: dict[str, Sql] = {INTERVAL: scope.take("f", INTERVAL), START: scope.take("f", START)}
    outputs |= {name: scope.take("p", name) for name in at.levels}
    rows = scope.select({**outputs, "value": if_null(value, sql.constant(0))})
    inner = sql.query(
        {INTERVAL: col(INTERVAL), "pattern": at.pattern("t", col(START, "t")), "value": col("value")},
        derived(rows, "t"),
    )
    sums = {
        "numerator": sql.total(col("value")),
        "denominator": sql.count_rows(),
        "cases": sql.count_rows(compare(col("value"), ">", sql.constant(0))),
    }
    by = [col(INTERVAL), col("pattern")]
    select = sql.query({INTERVAL: col(INTERVAL), "pattern": col("pattern"), **sums}, derived(inner, "t"), group=by)
    return [build.answer(f"measure {analysis.id}", select, "Numerator and denominator by interval and level.")]


def _frame_by_interval(at: _At) -> Frame:
    """A row for each person and interval in the denominator, with what the numerator needs."""
    build, analysis, base = at.build, at.analysis, at.people.frame
    frame = Frame(
        base.table,
        family=f"{base.table} by {at.calendar.table}",
        keys=(PID, INTERVAL),
        columns=base.columns,
        base=base,
        more=(START, END),
        product=at.calendar.table,
    )
    # Most persons are in no denominator that asks for an event: they are left out before the intervals multiply them.
    frame = completed(frame, [analysis.denominator], build, unless=partial(never_true_without, analysis.denominator))
    return completed(_members(frame, analysis.denominator, build), [analysis.numerator], build)


def _members(frame: Frame, denominator: n.Series, build: Build) -> Frame:
    scope = frame.scope()
    holds = frame.place(scope, build.codes).value(denominator)
    outputs: dict[str, Sql] = {key: scope.take("f", key) for key in (*frame.keys, *frame.more)}
    outputs |= {column: scope.take("f", column) for column in frame.columns.values()}
    table = build.table(
        "members", scope.select(outputs, where=holds), "Persons in the denominator, interval by interval."
    )
    return replace(frame, table=table, product=None)
