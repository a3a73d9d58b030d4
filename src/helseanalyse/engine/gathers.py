"""Values gathered from rows, many in one scan.

Each leaf says which rows it is about, which values of these it needs, how they become one value a person, and what a
person without such rows has. Leaves that read one table in one way are gathered in one scan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from helseanalyse.catalogue.model import Kind
from helseanalyse.engine import covers, near, picks, sql
from helseanalyse.engine.aggregates import summary, there_is
from helseanalyse.engine.build import Build
from helseanalyse.engine.errors import EngineError
from helseanalyse.engine.frame import Frame
from helseanalyse.engine.leaves import Source
from helseanalyse.engine.rows import Aggregate, Driver, Scan, driver_of
from helseanalyse.engine.sql import Sql, col, compare
from helseanalyse.study import nodes as n
from helseanalyse.study.types import BOOL, INT

NO, NONE = n.Constant(False, BOOL), n.Constant(0, INT)


@dataclass(frozen=True, slots=True)
class Gather:
    """How a leaf is gathered.

    values: what is asked of each row. aggregate: the one value a person, over the rows that a condition holds for.
    absent: the value of a person without rows (None: unknown). repeats: whether a row may be met twice without harm (a
    long table of codes holds a row once for each of its codes).
    """

    leaf: n.Series
    source: Source
    values: tuple[n.Series, ...]
    aggregate: Aggregate
    absent: n.Series | None = None
    repeats: bool = True
    driver: Driver = field(default_factory=Driver)

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

    return Gather(leaf, Source.of(rows if pick is None else pick.of), (), aggregate, NO)


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
        return Gather(leaf, source, (), lambda scan, keep: there_is(keep), NO)
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
    rows, since, until = covers.stored(rows, build)
    source = Source.of(n.Filter(rows, covers.holds_a_day(since, until)))
    aggregate, absent = covers.over_periods(leaf, since, until)
    return Gather(leaf, source, (since, until), aggregate, absent, repeats=isinstance(leaf, n.Covers))


# --- one scan for many --------------------------------------------------------------------------------


def gathered(several: Sequence[Gather], names: Sequence[str], frame: Frame, build: Build) -> str:
    """Adds the step that gathers leaves which read one table in one way, and returns its name."""
    first = several[0]
    shared = _shared_conditions(several)
    scan = Scan(replace(first.source, conditions=tuple(shared)), first.driver, frame, build)
    lists = [one.codes(build) for one in several]
    if first.driver.search is not None:
        scan.search([codes for codes in lists if codes is not None])
        if all(one.driver.main_only for one in several):
            scan.main_only()
    keys = scan.keys()
    outputs: dict[str, Sql] = dict(keys)
    for one, codes, column in zip(several, lists, names, strict=True):
        conditions = _own_conditions(one, codes, several, lists, shared, scan)
        outputs[column] = one.aggregate(scan, sql.both(conditions) if conditions else None)
    where = [scan.place.value(condition) for condition in shared if condition != first.driver.search]
    group = [col(key.name) for key in keys.values()]
    select = scan.scope.select(outputs, where=sql.both(where) if where else None, group=group)
    return build.table(f"from {_named(first)}", select, _why(several))


def _own_conditions(
    one: Gather,
    codes: tuple[str, ...] | None,
    several: Sequence[Gather],
    lists: Sequence[tuple[str, ...] | None],
    shared: Sequence[n.Series],
    scan: Scan,
) -> list[Sql]:
    """What only this leaf asks of a row, beside what the whole scan asks."""
    conditions: list[Sql] = []
    if codes is not None and len(set(lists)) > 1:
        conditions.append(sql.within(scan.code(), [sql.text(code) for code in codes]))
    if one.driver.main_only and not all(other.driver.main_only for other in several):
        conditions.append(compare(scan.position(), "==", sql.number(0)))
    own = [condition for condition in one.source.conditions if condition not in shared]
    return conditions + [scan.place.value(condition) for condition in own if condition != one.driver.search]


def _shared_conditions(several: Sequence[Gather]) -> list[n.Series]:
    common = set(several[0].source.conditions)
    for one in several[1:]:
        common &= set(one.source.conditions)
    return [condition for condition in several[0].source.conditions if condition in common]


def _named(one: Gather) -> str:
    table = one.source.table
    if isinstance(table, n.Periods):
        return table.op
    return f"{table.registry} {one.driver.long or table.name}"


def _why(several: Sequence[Gather]) -> str:
    first = several[0]
    how = " through its codes" if first.driver.search is not None else ""
    values = "one value" if len(several) == 1 else f"{len(several)} values"
    return f"One scan of {_named(first).replace(' ', '.')}{how} gathers {values} a person."
