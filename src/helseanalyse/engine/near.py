"""Other rows of the same person, seen from a date: sets, windows and look-ups (sections 6 and 9 of the manual).

Seen from one date a person they are gathered in a scan like any aggregate. Seen from each row of a table, they become a
step with one value a row.
"""

from __future__ import annotations

from sqlglot import exp

from helseanalyse.engine import sql
from helseanalyse.engine.build import Build
from helseanalyse.engine.covers import holds, time_of
from helseanalyse.engine.errors import OVERLAP
from helseanalyse.engine.picks import row_key
from helseanalyse.engine.rows import Aggregate, Scan
from helseanalyse.engine.sql import Sql, case, compare, only
from helseanalyse.study import nodes as n
from helseanalyse.study.types import INT


def among(leaf: n.InSet) -> Aggregate:
    """Whether a value is among the known values of a person's rows; in an empty set nothing is."""

    def aggregate(scan: Scan, keep: Sql | None) -> Sql:
        member = scan.place.once(leaf.members)
        same = compare(scan.place.value(leaf.of), "==", member)
        known = only(exp.Count(this=member.copy()), keep)
        found = only(sql.call("bool_or", same), keep and keep.copy())
        return case((compare(known, "==", sql.number(0)), sql.FALSE.copy()), otherwise=found)

    return aggregate


def in_window(leaf: n.Near) -> n.Series:
    """Whether a row of the other table is dated in the window around the date."""
    low, high = (n.DateAdd(leaf.at, n.Constant(days, INT), "days") for days in (leaf.low, leaf.high))
    return n.And((n.Compare(">=", leaf.date, low), n.Compare("<=", leaf.date, high)))


def fits(leaf: n.LookUp, build: Build) -> n.Series:
    """Whether a row of the other table holds on the date."""
    since, until = time_of(leaf.value.of, build)
    if leaf.how == "covering":
        return holds(since, until, leaf.at) if until is not None else n.Compare("==", since, leaf.at)
    parts: list[n.Series] = [n.Compare("<=" if leaf.how == "on_or_before" else "<", since, leaf.at)]
    if leaf.max_age is not None:
        oldest = n.DateAdd(leaf.at, n.Constant(-leaf.max_age, INT), "days")
        parts.append(n.Compare(">=", since, oldest))
    return n.And(tuple(parts))


def stands_alone(leaf: n.LookUp) -> bool:
    """Whether only one row may fit: a second one is an error."""
    return leaf.how == "covering" and leaf.pick is None


def latest_value(leaf: n.LookUp, since: n.Series) -> Aggregate:
    """The value of the last fitting row, by date and then source row id."""

    def aggregate(scan: Scan, keep: Sql | None) -> Sql:
        key = row_key(scan.place.once(since), scan.row_id())
        found = only(sql.call("arg_max_null", scan.place.value(leaf.value), key), keep)
        if not stands_alone(leaf):
            return found
        several = compare(scan.count(keep and keep.copy()), ">", sql.number(1))
        return case((several, sql.failure(OVERLAP)), otherwise=found)

    return aggregate
