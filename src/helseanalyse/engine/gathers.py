"""How values are gathered from rows.

Each leaf says which rows it is about, which values of these it needs, how they become one value a person, and what a
person without such rows has. `together` gathers the leaves that read one table in one way in one scan.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from helseanalyse.catalogue.model import Kind
from helseanalyse.engine import covers, near, picks, sql
from helseanalyse.engine.aggregates import summary, there_is
from helseanalyse.engine.build import Build
from helseanalyse.engine.errors import EngineError
from helseanalyse.engine.leaves import Source
from helseanalyse.engine.rows import Aggregate, Driver, Scan, driver_of
from helseanalyse.engine.sql import Sql, compare
from helseanalyse.study import nodes as n
from helseanalyse.study.types import BOOL, INT

NO, NONE = n.Constant(False, BOOL), n.Constant(0, INT)


@dataclass(frozen=True, slots=True)
class Gather:
    """How a leaf is gathered.

    values: what is asked of each row. aggregate: the one value a person, over the rows that a condition holds for.
    absent: the value of a person without rows (None: unknown). repeats: whether a row may be met twice without harm (a
    long table of codes holds a row once for each of its codes). there: whether the value is simply that there is a row.
    """

    leaf: n.Series
    source: Source
    values: tuple[n.Series, ...]
    aggregate: Aggregate
    absent: n.Series | None = None
    repeats: bool = True
    driver: Driver = field(default_factory=Driver)
    there: bool = False

    def codes(self, build: Build) -> tuple[str, ...] | None:
        """The codes that its scan searches by."""
        search = self.driver.search
        return None if search is None else build.codes.matching(search.of, search.codes, search.match)


def gather_of(leaf: n.Series, build: Build) -> Gather | None:
    """How a leaf can share a scan; None where it needs steps of its own."""
    found = _gather(leaf, build)
    if found is None:
        return None
    driver = driver_of(found.source, found.values, build)
    if not found.repeats and driver.long is not None and not driver.main_only:
        driver = Driver()
    return replace(found, driver=driver)


def domain_of(series: n.Series) -> n.Rows:
    """The rows that a series has its values on."""
    if series.domain is None:
        raise EngineError(
            f"{type(series).__name__} has one value a person already, so there is nothing to aggregate. "
            "Use it as it is."
        )
    return series.domain


def _gather(leaf: n.Series, build: Build) -> Gather | None:
    if (pick := picks.picked_from(leaf)) is not None:
        return _picked(leaf, pick, build)
    if isinstance(leaf, n.Exists):
        return _exists(leaf, leaf.of)
    if isinstance(leaf, n.InCodes):
        assert isinstance(leaf.of, n.Column)
        return _exists(leaf, n.Filter(leaf.of.of, leaf))
    if isinstance(leaf, n.Count):
        return Gather(leaf, Source.of(leaf.of), (), lambda scan, keep: scan.count(keep), NONE)
    if isinstance(leaf, n.Aggregate):
        return _summary(leaf, leaf.how, leaf.of, Source.of(domain_of(leaf.of)))
    if isinstance(leaf, n.Near):
        return _near(leaf)
    if isinstance(leaf, n.InSet):
        return Gather(leaf, Source.of(domain_of(leaf.members)), (leaf.members,), near.among(leaf), NO)
    if isinstance(leaf, n.LookUp):
        return _look_up(leaf, build)
    if isinstance(leaf, n.Covers | n.CoversAll | n.CoveredDays):
        return _periods(leaf, build)
    return None


def _exists(leaf: n.Series, rows: n.Rows) -> Gather:
    pick = rows if isinstance(rows, n.Pick) else None
    least = 1 if pick is None else abs(pick.position)

    def aggregate(scan: Scan, keep: Sql | None) -> Sql:
        return there_is(keep) if least == 1 else compare(scan.count(keep), ">=", sql.number(least))

    return Gather(leaf, Source.of(rows if pick is None else pick.of), (), aggregate, NO, there=least == 1)


def _picked(leaf: n.Series, pick: n.Pick, build: Build) -> Gather | None:
    source = Source.of(pick.of)
    date = picks.first_or_last(leaf, pick, source, build)
    if date is None:
        return None
    values = (picks.on_the_row(leaf, source.table), date)
    absent = NO if isinstance(leaf, n.InCodes) else None
    return Gather(leaf, source, values, picks.extreme_of(leaf, pick, source, date, build), absent)


def _summary(leaf: n.Series, how: str, of: n.Series, source: Source) -> Gather:
    absent = {"count_distinct": NONE, "any": NO, "all": n.Constant(True, BOOL)}.get(how)
    repeats = how in ("min", "max", "any", "all", "count_distinct")

    def aggregate(scan: Scan, keep: Sql | None) -> Sql:
        return summary(how, scan.place.once(of), keep, floats=of.type.kind is Kind.FLOAT)

    return Gather(leaf, source, (of,), aggregate, absent, repeats)


def _near(leaf: n.Near) -> Gather:
    source = Source.of(n.Filter(domain_of(leaf.date), near.in_window(leaf)))
    if leaf.how == "exists":
        return Gather(leaf, source, (), lambda scan, keep: there_is(keep), NO, there=True)
    if leaf.how == "count" or leaf.value is None:
        return Gather(leaf, source, (), lambda scan, keep: scan.count(keep), NONE)
    return _summary(leaf, leaf.how, leaf.value, source)


def _look_up(leaf: n.LookUp, build: Build) -> Gather:
    since, until = covers.time_of(leaf.value.of, build)
    source = Source.of(n.Filter(leaf.value.of, near.fits(leaf, build)))
    values = (leaf.value, since, *([until] if until else []))
    return Gather(leaf, source, values, near.latest_value(leaf, since), None, repeats=not near.stands_alone(leaf))


def _periods(leaf: n.Covers | n.CoversAll | n.CoveredDays, build: Build) -> Gather | None:
    if isinstance(leaf, n.CoversAll) and not covers.is_disjoint(leaf.of, build):
        return None
    rows = covers.disjoint(leaf.of, build) if isinstance(leaf, n.CoveredDays) else leaf.of
    out = covers.moved_out(rows, build) if isinstance(leaf, n.Covers) else None
    rows, since, until = covers.stored(rows, build)
    wanted = covers.holds_a_day(since, until)
    if out is not None and isinstance(leaf, n.Covers):
        wanted = n.And((n.Or((n.IsNull(out), n.Compare(">=", out, leaf.date))), wanted))
    source = Source.of(n.Filter(rows, wanted))
    aggregate, absent = covers.over_periods(leaf, since, until)
    return Gather(leaf, source, (since, until), aggregate, absent, repeats=isinstance(leaf, n.Covers))
