"""For each person the intervals in which rows hold, as bits: the scans of a trend."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from sqlglot import exp

from helseanalyse.engine import covers, sql
from helseanalyse.engine.build import Build
from helseanalyse.engine.codes import Codes, walk
from helseanalyse.engine.covers import stored
from helseanalyse.engine.expressions import Place
from helseanalyse.engine.frame import PID, Frame
from helseanalyse.engine.intervals import Calendar, bit_and, date_in, depends_on_interval_alone
from helseanalyse.engine.leaves import Source, is_person_leaf, uses_interval
from helseanalyse.engine.masks import BITS, Masks, NoMaskError, days_table
from helseanalyse.engine.rows import ROW, Scan, driver_of, has_row_leaf
from helseanalyse.engine.scope import DAY, Scope
from helseanalyse.engine.sql import Sql, call, col, compare, if_null, relation
from helseanalyse.study import nodes as n
from helseanalyse.study.types import DATE

Words = list[Sql]


@dataclass(frozen=True, slots=True)
class Marked:
    """A frame, and beside it the steps with the bits of values that change from interval to interval."""

    frame: Frame
    tables: Mapping[n.Series, str]
    words: int

    def scope(self) -> Scope:
        """A query over the frame, with the bits at hand."""
        scope = self.frame.scope()
        for number, table in enumerate(self.tables.values()):
            alias = f"k{number}"
            scope.join(relation(table, alias=alias), compare(col(PID, alias), "==", col(PID, "f")), "left")
        return scope

    def place(self, scope: Scope, codes: Codes) -> Place:
        """Where values that do not depend on the interval are computed."""
        return self.frame.place(scope, codes)

    def bits(self, scope: Scope) -> Callable[[n.Series], Words | None]:
        """The bits of a value that was gathered; a person without rows has none."""
        numbers = {series: number for number, series in enumerate(self.tables)}

        def of(series: n.Series) -> Words | None:
            if series not in numbers:
                return None
            alias = f"k{numbers[series]}"
            return [
                if_null(scope.take(alias, f"r{word}", f"{alias}_{word}"), sql.constant(0)) for word in range(self.words)
            ]

        return of


def marked(frame: Frame, series: Sequence[n.Series], calendar: Calendar, build: Build) -> Marked:
    """Adds the steps for all values that come from rows and depend on the interval. Raises NoMaskError."""
    tables: dict[n.Series, str] = {}
    for leaf in _leaves(series):
        key = ("marks", leaf.key, calendar.table, frame.family)
        tables[leaf] = build.once(key, partial(_marked, leaf, frame, calendar, build))
    return Marked(frame, tables, calendar.words)


def _leaves(series: Sequence[n.Series]) -> list[n.Series]:
    found: dict[n.Series, None] = {}
    for one in series:
        for node in walk(one):
            if isinstance(node, n.Series) and is_person_leaf(node) and uses_interval(node):
                found[node] = None
    return list(found)


def _marked(leaf: n.Series, frame: Frame, calendar: Calendar, build: Build) -> str:
    scan, words = _scanned(_source(leaf, build), frame, calendar, build)
    out = covers.moved_out(leaf.of, build) if isinstance(leaf, n.Covers) else None
    if out is not None and isinstance(leaf, n.Covers) and depends_on_interval_alone(leaf.date):
        first = min(date_in(leaf.date, one) for one in calendar.intervals)
        stored_day = scan.relation_of(out)
        scan.scope.where(sql.either([sql.is_null(stored_day), compare(stored_day.copy(), ">=", sql.day(first))]))
    keys = scan.keys()
    outputs = {**keys, **{f"r{i}": call("bit_or", word) for i, word in enumerate(words)}}
    some = sql.either(compare(word.copy(), "!=", sql.constant(0)) for word in words)
    where = scan.restricted()
    select = scan.scope.select(
        outputs,
        where=some if where is None else sql.both([where, some]),
        group=[col(key.name) for key in keys.values()],
    )
    return build.table("marks", select, "The intervals in which a person has such rows, as bits.")


def row_bits(leaf: n.Count, frame: Frame, calendar: Calendar, build: Build) -> exp.Select:
    """The rows that a count is of, with the intervals in which each holds: pid, r0, r1, ... Raises NoMaskError."""
    scan, words = _scanned(_source(n.Exists(leaf.of), build), frame, calendar, build)
    outputs = {**scan.keys(), **{f"r{i}": word for i, word in enumerate(words)}}
    some = sql.either(compare(word.copy(), "!=", sql.constant(0)) for word in words)
    where = scan.restricted()
    if scan.repeats:
        outputs[ROW] = scan.row_id()
    return scan.scope.select(outputs, where=some if where is None else sql.both([where, some]), distinct=scan.repeats)


def _source(leaf: n.Series, build: Build) -> Source:
    if isinstance(leaf, n.Exists) and not isinstance(leaf.of, n.Pick):
        return Source.of(leaf.of)
    if isinstance(leaf, n.Covers):
        rows, since, until = stored(leaf.of, build)
        # A running period ends after all intervals; so there is one comparison and no unknown.
        ends = n.IfNull(until, n.Constant(date.max, DATE))
        wanted: list[n.Series] = [n.Compare("<", since, ends), n.Compare("<=", since, leaf.date)]
        wanted.append(n.Compare("<", leaf.date, ends))
        return Source.of(n.Filter(rows, n.And(tuple(wanted))))
    raise NoMaskError


def _scanned(source: Source, frame: Frame, calendar: Calendar, build: Build) -> tuple[Scan, Words]:
    """A scan of the rows, and the intervals in which a row holds."""
    if uses_interval(source.table) or any(has_row_leaf(one) for one in source.conditions):
        raise NoMaskError
    fixed = tuple(one for one in source.conditions if not uses_interval(one))
    changing = [one for one in source.conditions if uses_interval(one)]
    scan = Scan(Source(source.table, fixed), driver_of(source, changing, build), frame, build)
    words: Words | None = None
    masks = Masks(scan.place, scan.scope, calendar, build, lambda series: None)
    by_day, others = _by_day(changing)
    for day, tests in by_day.items():
        days = days_table(tests, calendar, build)
        alias = f"c{len(scan.attached)}"
        if days.outside:
            others += [n.Compare(test, day, of) for test, of in tests]
            _narrow(scan, day, tests, calendar)
            continue
        # Nothing holds on other days, so that only rows dated within them are read.
        scan.attached.append(alias)
        scan.scope.join(relation(days.table, alias=alias), compare(col(DAY, alias), "==", scan.relation_of(day)))
        found: Words = [scan.scope.take(alias, f"{BITS}{i}", f"{alias}_{i}") for i in range(calendar.words)]
        words = found if words is None else [bit_and(a, b) for a, b in zip(words, found, strict=True)]
    for condition in others:
        found = masks.of(condition).true
        words = found if words is None else [bit_and(a, b) for a, b in zip(words, found, strict=True)]
    if words is None:
        raise NoMaskError
    return scan, [scan.scope.bind(word, "bits") for word in words]


def _narrow(scan: Scan, day: n.Column, tests: Sequence[tuple[str, n.Series]], calendar: Calendar) -> None:
    """Reads only rows for which a comparison holds in one interval at least."""
    for test, of in tests:
        dates = [date_in(of, one) for one in calendar.intervals]
        if test in ("<", "<="):
            scan.scope.where(compare(scan.relation_of(day), test, sql.day(max(dates))))
        elif test in (">", ">="):
            scan.scope.where(compare(scan.relation_of(day), test, sql.day(min(dates))))


def _by_day(conditions: Sequence[n.Series]) -> tuple[dict[n.Column, list[tuple[str, n.Series]]], list[n.Series]]:
    """Comparisons of one column with dates of the interval, by the column; and the other conditions."""
    swapped = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "=="}
    by_day: dict[n.Column, list[tuple[str, n.Series]]] = {}
    others: list[n.Series] = []
    for one in conditions:
        if isinstance(one, n.Compare) and one.test in swapped:
            left, test, right = one.left, one.test, one.right
            if not isinstance(left, n.Column):
                left, test, right = right, swapped[test], left
            if isinstance(left, n.Column) and not is_person_leaf(left) and depends_on_interval_alone(right):
                by_day.setdefault(left, []).append((test, right))
                continue
        others.append(one)
    return by_day, others
