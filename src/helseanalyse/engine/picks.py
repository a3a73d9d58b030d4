"""One row a person: section 5 of the manual. The first or last by date is found while scanning; others are ranked."""

from __future__ import annotations

from collections.abc import Sequence

from helseanalyse.catalogue.model import Grain, Kind
from helseanalyse.catalogue.model import Table as Described
from helseanalyse.engine import sql
from helseanalyse.engine.aggregates import also, summary, there_is
from helseanalyse.engine.build import Build
from helseanalyse.engine.frame import Frame
from helseanalyse.engine.leaves import Source
from helseanalyse.engine.rows import Aggregate, Driver, Scan, driver_of
from helseanalyse.engine.sql import Sql, col, compare, constant, only
from helseanalyse.study import nodes as n
from helseanalyse.study.types import DATE, INT, ValueType

_ROW_BITS = 36  # room for 68 thousand million rows; the days of ten thousand years take 22 bits more


def row_key(date: Sql, row: Sql) -> Sql:
    """One whole number that orders rows by date, unknown first, then by source row id."""
    days = sql.if_null(sql.compute(sql.compute(date, "-", sql.day("0001-01-01")), "+", constant(1)), constant(0))
    return sql.compute(sql.compute(days, "*", constant(2**_ROW_BITS)), "+", row)


def picked_from(leaf: n.Series) -> n.Pick | None:
    """The pick that a leaf takes a value from."""
    column = leaf.of if isinstance(leaf, n.InCodes) else leaf
    if isinstance(column, n.Column) and isinstance(column.of, n.Pick):
        return column.of
    return None


def on_the_row(leaf: n.Series, table: n.Rows) -> n.Series:
    """What a leaf asks of the picked row, as a value of each row of the table."""
    if isinstance(leaf, n.InCodes):
        assert isinstance(leaf.of, n.Column)
        return n.InCodes(n.Column(table, leaf.of.name, leaf.of.value_type), leaf.codes, leaf.match)
    assert isinstance(leaf, n.Column)
    return n.Column(table, leaf.name, leaf.value_type)


def first_or_last(leaf: n.Series, pick: n.Pick, source: Source, build: Build) -> n.Series | None:
    """The date by which the pick is simply the first or last row; None where rows have to be ranked."""
    if pick.position not in (1, -1):
        return None
    if _is_sort_key(leaf, source) or _in_row_order(source, pick.ties, build):
        return source.order[0]
    return None


def _is_sort_key(leaf: n.Series, source: Source) -> bool:
    """Whether the value asked for is what the rows are sorted by: then ties do not matter."""
    if not source.order or not isinstance(leaf, n.Column):
        return False
    key = source.order[0]
    return isinstance(key, n.Column) and key.domain is not None and key.name == leaf.name


def extreme_of(leaf: n.Series, pick: n.Pick, source: Source, date: n.Series, build: Build) -> Aggregate:
    """How the value of the first or last row by date is found in a scan."""
    value = on_the_row(leaf, source.table)
    least = pick.position == 1
    is_the_key = _is_sort_key(leaf, source)
    never_unknown = is_the_key and _required(date, source, build)

    def aggregate(scan: Scan, keep: Sql | None) -> Sql:
        day = scan.place.once(date)
        if is_the_key:
            found = summary("min" if least else "max", day, keep, floats=False)
            if never_unknown or not least:
                return found
            # Unknown sorts first.
            return sql.case((sql.negated(there_is(also(keep, sql.is_null(day.copy())))), found))
        key = row_key(day, scan.row_id())
        return only(sql.call("arg_min_null" if least else "arg_max_null", scan.place.value(value), key), keep)

    return aggregate


def _required(date: n.Series, source: Source, build: Build) -> bool:
    if not isinstance(source.table, n.Table) or not isinstance(date, n.Column):
        return False
    return build.described(source.table).column(date.name).required


def _in_row_order(source: Source, ties: Sequence[str], build: Build) -> bool:
    """Whether source row ids break the ties of a sort by one date as the columns `ties` would.

    A table at rest is sorted by all its columns, so among rows of one person and day the row ids follow them in turn.
    """
    if len(source.order) != 1 or source.order[0].type.kind is not Kind.DATE or isinstance(source.table, n.Periods):
        return False
    key = source.order[0].name if isinstance(source.order[0], n.Column) else None
    stored = [name for name in _order_at_rest(build.described(source.table)) if name != key]
    wanted = [name for name in ties if name != key]
    return wanted == stored[: len(wanted)]


def _order_at_rest(table: Described) -> list[str]:
    """What a table is sorted by within a person."""
    first = {Grain.EVENT: [table.order, table.date], Grain.PERIOD: [table.start, table.stop]}.get(table.grain, [])
    named = [name for name in first if name]
    return named + [
        column.name for column in table.columns if column.kind is not Kind.CODES and column.name not in named
    ]


def ranked(pick: n.Pick, leaves: Sequence[n.Series], names: Sequence[str], frame: Frame, build: Build) -> str:
    """Adds the step that ranks a person's rows and takes the one asked for; returns its name."""
    source = Source.of(pick.of)
    values = [on_the_row(leaf, source.table) for leaf in leaves]
    ties = [_tie(source, name, build) for name in pick.ties]
    driver = driver_of(source, [*values, *ties], build)
    if driver.long is not None and not driver.main_only and abs(pick.position) > 1:
        driver = Driver()  # a long table may hold a row twice, which would take two places
    scan = Scan(source, driver, frame, build)
    where = scan.restricted()
    keys = scan.keys()
    backwards = pick.position < 0
    order = [sql.ordered(scan.place.once(one), backwards) for one in [*source.order, *ties]]
    order.append(sql.ordered(scan.row_id(), backwards))
    place = sql.window(sql.call("row_number"), list(keys.values()), order)
    outputs = {**keys, **{name: scan.place.value(one) for name, one in zip(names, values, strict=True)}, "place": place}
    inner = scan.scope.select(outputs, where=where)
    select = sql.query(
        [col(name) for name in [*keys, *names]],
        sql.derived(inner, "t"),
        where=compare(col("place"), "==", sql.number(abs(pick.position))),
    )
    return build.table(f"row {pick.position} of {_named(source)}".replace("-", "last "), select, _why(pick))


def _tie(source: Source, name: str, build: Build) -> n.Series:
    if isinstance(source.table, n.Periods):
        return n.Column(source.table, name, INT if name == "n" else DATE)
    column = build.described(source.table).column(name)
    return n.Column(source.table, name, ValueType(column.kind, system=column.system))


def _named(source: Source) -> str:
    return source.table.name if isinstance(source.table, n.Table) else source.table.op


def _why(pick: n.Pick) -> str:
    which = f"number {pick.position}" if pick.position > 0 else f"number {-pick.position} from the end"
    return f"The row {which} of each person in the order asked for, ties broken by further columns and the row id."
