"""Scans: the rows of one table (or of its long table of codes) beside a frame, and values on those rows.

A search by code goes through the table that is sorted by that code. Other columns of the row are fetched by its source
row id, which for DuckDB is `rowid` and in a long table of codes is the column `row`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import singledispatch

from sqlglot import exp

from helseanalyse.catalogue.model import Kind
from helseanalyse.engine import sql
from helseanalyse.engine.arithmetic import whole
from helseanalyse.engine.build import Build
from helseanalyse.engine.codes import all_codes, long_table
from helseanalyse.engine.errors import EngineError
from helseanalyse.engine.expressions import Place
from helseanalyse.engine.frame import PID, Frame
from helseanalyse.engine.leaves import Source, is_person_leaf, is_row_leaf, uses_interval
from helseanalyse.engine.scope import Scope
from helseanalyse.engine.sql import Sql, col, compare, relation
from helseanalyse.study import nodes as n

ROW = "row"  # the source row id in tables of this run
Aggregate = Callable[["Scan", Sql | None], Sql]  # one value a person, over the rows that a condition holds for


@dataclass(frozen=True, slots=True)
class Made:
    """A step that holds periods or values of rows: its name and what tells its rows apart besides the row itself."""

    name: str
    keys: tuple[str, ...] = (PID,)


@singledispatch
def periods_made(node: n.Periods, frame: Frame, build: Build) -> Made:
    """A step with the periods of the persons of a frame: its keys, start and stop (FOREVER: still running)."""
    raise EngineError(f"The engine has no periods for {type(node).__name__}.")


def periods_of(node: n.Periods, frame: Frame, build: Build) -> Made:
    """The step with the periods of a frame's persons; made once for all frames of a family."""
    frame = frame.holding(node)
    key = ("periods", node.key, frame.family)
    if key not in build.made:
        build.made[key] = periods_made(node, frame, build)
    made = build.made[key]
    assert isinstance(made, Made)
    return made


@singledispatch
def row_values_made(node: n.Series, source: Source, frame: Frame, build: Build) -> tuple[Made, Sql | None]:
    """A step with a value for rows of a source, by `row`; and the value of rows that it does not hold."""
    raise EngineError(f"The engine has no values of rows for {type(node).__name__}.")


@dataclass(frozen=True, slots=True)
class Driver:
    """Which stored table a scan reads.

    search: the condition that the order of the table answers. long: the codes column whose long table is read.
    main_only: only main codes count there. joined: the row itself is fetched too.
    """

    search: n.InCodes | None = None
    long: str | None = None
    main_only: bool = False
    joined: bool = False

    @property
    def kind(self) -> tuple[str, bool, bool]:
        """Scans of one kind over one table can be one."""
        return (self.long or "", self.joined, self.search is not None)


def driver_of(source: Source, values: Iterable[n.Series], build: Build) -> Driver:
    """The cheapest way to the rows: by the table's own order, else by the fewest codes, else all rows."""
    if not isinstance(source.table, n.Table):
        return Driver()
    described = build.described(source.table)
    best: tuple[int, Driver] | None = None
    for condition in source.conditions:
        if not isinstance(condition, n.InCodes) or not _of_table(condition.of, source):
            continue
        assert isinstance(condition.of, n.Column)
        name = condition.of.name
        if name == described.order:
            return Driver(condition)
        column = all_codes(described, name)
        if described.column(column).kind is Kind.CODES:
            codes = build.codes.matching(condition.of, condition.codes, condition.match)
            rows = build.codes.rows((described.registry, described.name, column), codes)
            if best is None or rows < best[0]:
                best = (rows, Driver(condition, column, main_only=name != column))
    if best is None:
        return Driver()
    found = best[1]
    others = [condition for condition in source.conditions if condition is not found.search]
    more = row_columns([*others, *source.order, *values], source) - {described.date}
    return Driver(found.search, found.long, found.main_only, joined=bool(more))


def _of_table(series: n.Series, source: Source) -> bool:
    if not isinstance(series, n.Column):
        return False
    rows = series.of
    while isinstance(rows, n.Filter | n.Sort):
        rows = rows.of
    return rows == source.table  # a pick from the table is one row a person, and not the row at hand


def row_columns(nodes: Iterable[n.Node], source: Source) -> set[str]:
    """The columns of the rows themselves that expressions read."""
    found: set[str] = set()
    waiting, seen = list(nodes), set[str]()
    while waiting:
        this = waiting.pop()
        if this.key in seen or not isinstance(this, n.Series):
            continue
        seen.add(this.key)
        if is_person_leaf(this) or is_row_leaf(this):
            continue
        if isinstance(this, n.Column):
            found.add(this.name)
        waiting.extend(this.operands)
    return found


class Scan:
    """The rows of a table beside a frame: a query under construction, and the place for values of its rows."""

    def __init__(self, source: Source, driver: Driver, frame: Frame, build: Build) -> None:
        self._source, self._driver, self._frame, self._build = source, driver, frame, build
        self._framed = False
        self._row_values: dict[str, Sql] = {}
        self.attached: list[str] = []  # aliases of tables of days
        self._made: Made | None = None
        self._alias = "r"
        self._people = frame.scope()
        self._person = frame.place(self._people, build.codes)
        self._of_person: dict[str, str] = {}
        self._outputs: dict[str, Sql] = {key: self._people.take("f", key) for key in frame.keys}
        self.scope = self._over(source.table)
        self.place = Place(self.scope, build.codes, self._known, self._row, self._parameter)

    def _over(self, table: n.Table | n.Periods) -> Scope:
        if isinstance(table, n.Periods):
            self._made = periods_of(table, self._frame, self._build)
            return Scope(relation(self._made.name, alias="r"))
        self._build.reads_rows(table)
        if self._driver.long is None:
            return Scope(relation(table.name, table.registry, "r"))
        self._alias = "l"
        scope = Scope(relation(long_table(table.name, self._driver.long), table.registry, "l"))
        self._build.reads(table.registry, table.name, self._searched)
        if self._driver.joined:
            scope.join(relation(table.name, table.registry, "r"), compare(col("rowid", "r"), "==", col(ROW, "l")))
        return scope

    @property
    def _searched(self) -> str:
        assert self._driver.search is not None
        assert isinstance(self._driver.search.of, n.Column)
        return self._driver.search.of.name

    # --- where values come from

    def _known(self, series: n.Series) -> Sql | None:
        if is_row_leaf(series):
            return self._row_value(series)
        if series.domain is not None or isinstance(series, n.Constant):
            return None
        # A value of the person: computed once a person, not once a row.
        self.beside_frame()
        if series.key not in self._of_person:
            self._of_person[series.key] = self._named(self._person.value(series))
        return self.scope.take("f", self._of_person[series.key])

    def _named(self, value: Sql) -> str:
        if isinstance(value, exp.Column):
            self._outputs[value.name] = value
            return value.name
        name = f"p{len(self._outputs)}"
        self._outputs[name] = value
        return name

    def _parameter(self, name: str) -> Sql:
        self.beside_frame()
        self._outputs[name] = self._people.take("f", name)
        return self.scope.take("f", name)

    def _row(self, column: n.Column) -> Sql:
        table = self._source.table
        if isinstance(table, n.Periods):
            found = self.scope.take("r", column.name)
            return sql.call("nullif", found, sql.day(sql.FOREVER)) if column.name == "stop" else found
        described = self._build.described(table)
        self._build.reads(table.registry, table.name, column.name)
        if self._driver.long is not None and column.name == described.date:
            return self.scope.take("l", "date", column.name)
        found = self.scope.take("r", column.name)
        return whole(found) if column.type.kind is Kind.INT else found

    def _row_value(self, series: n.Series) -> Sql:
        if series.key not in self._row_values:
            self._row_values[series.key] = self._joined_value(series)
        return self._row_values[series.key].copy()

    def _joined_value(self, series: n.Series) -> Sql:
        alias = f"w{len(self._row_values)}"
        if isinstance(series, n.InCodes):
            codes = self._build.codes.matching(series.of, series.codes, series.match)
            if not codes:
                return sql.FALSE.copy()
            self.scope.join(
                sql.derived(rows_with(series, codes, self._build), alias),
                compare(col(ROW, alias), "==", self.row_id_of_relation()),
                "left",
            )
            return sql.is_known(self.scope.take(alias, ROW, f"{alias}_row"))
        # Only rows that the simple conditions let through can matter.
        by_interval = uses_interval(series)
        simple = tuple(
            one for one in self._source.conditions if not has_row_leaf(one) and (by_interval or not uses_interval(one))
        )
        source = Source(self._source.table, simple)
        made, absent = row_values_made(series, source, self._frame.holding(series), self._build)
        on = [compare(col(ROW, alias), "==", self.row_id_of_relation())]
        for key in made.keys[1:]:
            self.beside_frame()
            on.append(compare(col(key, alias), "==", col(key, "f")))
        self.scope.join(relation(made.name, alias=alias), sql.both(on), "left")
        value = self.scope.take(alias, "value", f"{alias}_value")
        if absent is None:
            return value
        # A value may be unknown on a row that is there.
        return sql.case((sql.is_null(self.scope.take(alias, ROW, f"{alias}_row")), absent), otherwise=value)

    # --- what the query gives

    def beside_frame(self) -> None:
        """Keeps the rows of the frame's persons, with the frame's columns at hand."""
        if self._framed:
            return
        self._framed = True
        same = [compare(col(PID, "f"), "==", col(PID, self._alias))]
        same += [compare(col(key, "f"), "==", col(key, "r")) for key in (self._made.keys[1:] if self._made else ())]
        # What it has beside its keys is known only when everything has been asked for.
        self.scope.join(lambda: self._frame.persons(self._people, self._outputs, "f"), sql.both(same))

    def relation_of(self, column: n.Column) -> Sql:
        """A date of the row, as a column of the relation, for joins."""
        self._row(column)
        table = self._source.table
        dated = self._build.described(table).date if isinstance(table, n.Table) else None
        return col("date", "l") if self._driver.long is not None and column.name == dated else col(column.name, "r")

    def row_id_of_relation(self) -> Sql:
        """The source row id, as a column of the relation."""
        return col(ROW, "l") if self._driver.long is not None else col("rowid", "r")

    def row_id(self) -> Sql:
        """The source row id."""
        return self.scope.take("l", ROW) if self._driver.long is not None else self.scope.take("r", "rowid", ROW)

    @property
    def repeats(self) -> bool:
        """Whether a row may be met more than once: once for each of its codes that is searched for."""
        return self._driver.long is not None and not self._driver.main_only

    def count(self, keep: Sql | None) -> Sql:
        """The number of rows, each counted once however many of its codes were met."""
        if not self.repeats:
            return sql.count_rows(keep)
        return sql.only(exp.Count(this=exp.Distinct(expressions=[self.row_id()])), keep)

    def restricted(self, also: Iterable[n.Series] = ()) -> Sql | None:
        """All conditions of the source, for a scan that serves this source alone."""
        if self._driver.search is not None:
            search = self._driver.search
            self.search([self._build.codes.matching(search.of, search.codes, search.match)])
            if self._driver.main_only:
                self.main_only()
        wanted = [*(one for one in self._source.conditions if one != self._driver.search), *also]
        return sql.both([self.place.value(one) for one in wanted]) if wanted else None

    def keys(self) -> dict[str, Sql]:
        """What rows are counted by: the person, and for a trend the interval."""
        if not self._frame.everyone or len(self._frame.keys) > 1:
            self.beside_frame()
        if self._framed:
            return {key: self.scope.take("f", key) for key in self._frame.keys}
        return {PID: self.scope.take(self._alias, PID)}

    def search(self, lists: Sequence[tuple[str, ...]]) -> None:
        """Reads only rows with a code of one of the lists."""
        union = sorted({code for codes in lists for code in codes})
        self.scope.where(sql.within(self._code(), [sql.text(code) for code in union]))

    def classified(self, table: str) -> None:
        """Has beside each row the lists that its code is in; see `lists`."""
        self.scope.join(relation(table, alias="c"), compare(col("code", "c"), "==", self._code()))

    def lists(self) -> Sql:
        """The lists that the code of the row is in, as bits."""
        return self.scope.take("c", "lists")

    def main_only(self) -> None:
        """Reads only main codes."""
        self.scope.where(compare(col("position", "l"), "==", sql.number(0)))

    def _code(self) -> Sql:
        return col("code", "l") if self._driver.long is not None else col(self._searched, "r")

    def code(self) -> Sql:
        """The code that the scan searches by."""
        if self._driver.long is not None:
            return self.scope.take("l", "code")
        self._build.reads(*_path(self._source.table), self._searched)
        return self.scope.take("r", self._searched)

    def position(self) -> Sql:
        """The place of the code on its row: 0 for the main one."""
        return self.scope.take("l", "position")


def _path(table: n.Rows) -> tuple[str, str]:
    assert isinstance(table, n.Table)
    return table.registry, table.name


def has_row_leaf(series: n.Series) -> bool:
    """Whether a value of a row comes from other rows, and so takes a step of its own. A search for codes does not."""
    if is_row_leaf(series):
        return not isinstance(series, n.InCodes)
    return not is_person_leaf(series) and any(
        has_row_leaf(part) for part in series.operands if isinstance(part, n.Series)
    )


def rows_with(series: n.InCodes, codes: Sequence[str], build: Build) -> Sql:
    """The rows of a table that have a code of a list, each once, by `row`."""
    assert isinstance(series.of, n.Column)
    table = Source.of(series.of.of).table
    assert isinstance(table, n.Table)
    build.reads(table.registry, table.name, series.of.name)
    stored = relation(long_table(table.name, series.of.name), table.registry)
    members = sql.within(col("code"), [sql.text(code) for code in codes])
    return sql.query({ROW: col(ROW)}, stored, where=members, distinct=True)
