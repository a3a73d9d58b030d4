"""Whether and how long periods cover days: section 8 of the manual, over the periods of a person in one scan."""

from __future__ import annotations

from sqlglot import exp

from helseanalyse.engine import sql
from helseanalyse.engine.aggregates import also, there_is, unknown
from helseanalyse.engine.arithmetic import days_after, whole
from helseanalyse.engine.build import Build
from helseanalyse.engine.errors import EngineError
from helseanalyse.engine.leaves import Source
from helseanalyse.engine.rows import Aggregate, Scan
from helseanalyse.engine.sql import Sql, call, case, compare, constant, only
from helseanalyse.study import nodes as n
from helseanalyse.study.types import BOOL, DATE, INT
from helseanalyse.study.universe import effective_residence, universe_of


def time_of(rows: n.Rows, build: Build) -> tuple[n.Column, n.Column | None]:
    """The columns that say from when, and (for periods) until when, a row holds."""
    table = Source.of(rows).table
    if isinstance(table, n.Periods):
        return n.Column(table, "start", DATE), n.Column(table, "stop", DATE)
    described = build.described(table)
    if described.start and described.stop:
        return n.Column(table, described.start, DATE), n.Column(table, described.stop, DATE)
    if described.date is None:
        raise EngineError(f"Rows of {described.path} have no date, so none holds on a date. Use a table with dates.")
    return n.Column(table, described.date, DATE), None


def period_of(rows: n.Rows, build: Build) -> tuple[n.Column, n.Column]:
    """The first day and the day after the last of each row of a period table."""
    since, until = time_of(rows, build)
    if until is None:
        raise EngineError(
            "Rows with one date are not periods. Make periods of them first, for example with episodes()."
        )
    return since, until


def holds_a_day(since: n.Series, until: n.Series) -> n.Series:
    """Whether a period has a day at all; a reversed or empty one is a mistake in the data."""
    return n.And((n.Not(n.IsNull(since)), n.Or((n.IsNull(until), n.Compare("<", since, until)))))


def holds(since: n.Series, until: n.Series, day: n.Series) -> n.Series:
    """Whether a period holds a day: start <= day < stop, or it still runs."""
    return n.And((n.Compare("<=", since, day), n.Or((n.IsNull(until), n.Compare("<", day, until)))))


def stored(rows: n.Rows, build: Build) -> tuple[n.Rows, n.Series, n.Series]:
    """The rows that periods come from, with their first day and the day after the last: no table is made of two dates
    of stored rows, they are read where they are.
    """
    if isinstance(rows, n.Spans):
        domains = [one.domain for one in (rows.start, rows.stop) if one.domain is not None]
        if domains:
            return domains[0], rows.start, rows.stop
    return rows, *period_of(rows, build)


def moved_out(rows: n.Rows, build: Build) -> n.Column | None:
    """For residence that ends with death: the stored day of moving out, before which it surely has not ended.

    Whoever is resident on a day has moved out on that day at the earliest, alive or dead. The stored day narrows the
    rows that are read; the day on which residence really ends has to be computed.
    """
    universe = universe_of(build.catalogue)
    residence = universe.residence
    if residence is None or residence.stop is None:
        return None
    if rows != effective_residence(universe.person, residence, universe.column("died_on") is not None):
        return None
    return n.Column(residence, residence.stop, DATE)


def disjoint(rows: n.Rows, build: Build) -> n.Rows:
    """The periods so that no day is in two of them: the rows themselves where the catalogue says so, else merged."""
    return rows if is_disjoint(rows, build) else n.Union((rows,))


def is_disjoint(rows: n.Rows, build: Build) -> bool:
    """Whether no day can be in two of the periods."""
    table = Source.of(rows).table
    if isinstance(table, n.Table):
        return not build.described(table).overlaps
    if isinstance(table, n.Clip | n.Shift):
        return is_disjoint(table.of, build)
    return not isinstance(table, n.Spans)


def is_merged(rows: n.Rows) -> bool:
    """Whether the periods neither overlap nor touch, so that merging them would change nothing."""
    if isinstance(rows, n.Episodes):
        return rows.max_gap > 0
    if isinstance(rows, n.Shift):
        return is_merged(rows.of)
    return isinstance(rows, n.Supply | n.Union | n.Intersect | n.Subtract | n.Gaps)


def over_periods(
    leaf: n.Covers | n.CoversAll | n.CoveredDays, since: n.Series, until: n.Series
) -> tuple[Aggregate, n.Series | None]:
    """How the value comes from the periods of a person, and the value without any."""
    if isinstance(leaf, n.CoveredDays):
        return _covered_days(since, until), n.Constant(0, INT)
    if isinstance(leaf, n.Covers):
        no = n.Case((n.Not(n.IsNull(leaf.date)),), (n.Constant(False, BOOL),), None, BOOL)
        return _covers(leaf, since, until), no
    return _covers_all(leaf, since, until), covers_nothing(leaf)


def covers_nothing(leaf: n.CoversAll) -> n.Series:
    """Whether every day of none at all is covered: true for reversed dates."""
    order = (n.Compare("<=", leaf.first, leaf.last), n.Compare(">", leaf.first, leaf.last))
    return n.Case(order, (n.Constant(False, BOOL), n.Constant(True, BOOL)), None, BOOL)


def _covers(leaf: n.Covers, since: n.Series, until: n.Series) -> Aggregate:
    def aggregate(scan: Scan, keep: Sql | None) -> Sql:
        found = there_is(also(keep, scan.place.value(holds(since, until, leaf.date))))
        # The date is the same on all rows of a person.
        asked = call("any_value", scan.place.value(leaf.date))
        return case((sql.is_known(asked), found))

    return aggregate


def _covered_days(since: n.Series, until: n.Series) -> Aggregate:
    def aggregate(scan: Scan, keep: Sql | None) -> Sql:
        start, stop = scan.place.once(since), scan.place.once(until)
        running = there_is(also(keep, sql.is_null(stop.copy())))
        days = only(exp.Sum(this=sql.compute(stop, "-", start)), keep and keep.copy())
        return case((running, unknown("BIGINT")), otherwise=sql.if_null(whole(days), constant(0)))

    return aggregate


def _covers_all(leaf: n.CoversAll, since: n.Series, until: n.Series) -> Aggregate:
    """Every day is covered if the covered days among those asked for are as many: no day is counted twice."""

    def aggregate(scan: Scan, keep: Sql | None) -> Sql:
        first, last = scan.place.once(leaf.first), scan.place.once(leaf.last)
        after = days_after(last, 1)
        start = sql.greatest(scan.place.value(since), first.copy())
        stop = sql.least(scan.place.value(until), after.copy())
        days = sql.greatest(constant(0), sql.compute(stop, "-", start))
        covered = sql.if_null(only(exp.Sum(this=days), keep), constant(0))
        wanted = call("any_value", sql.compute(after.copy(), "-", first))
        return case(
            (compare(wanted, "<=", constant(0)), sql.TRUE.copy()),
            (sql.is_known(wanted.copy()), compare(covered, "==", wanted.copy())),
        )

    return aggregate
