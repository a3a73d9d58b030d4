"""Rows of the language: tables with one row a person, with many events, with periods; filtered, sorted, picked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

from helseanalyse.study import nodes
from helseanalyse.study.language.build import make
from helseanalyse.study.language.dates import Date, Duration, whole_days
from helseanalyse.study.language.habits import Habits
from helseanalyse.study.language.trouble import BROKEN, fail, is_broken, tell
from helseanalyse.study.language.values import Number, Truth, Value, node_of
from helseanalyse.study.lineage import fits, lineage, move
from helseanalyse.study.naming import code_of
from helseanalyse.study.node import Rows as RowsNode
from helseanalyse.study.node import Series
from helseanalyse.study.rules import has_order, problems_of
from helseanalyse.study.types import BOOL, DATE

Many = TypeVar("Many", bound="Rows")
One = TypeVar("One", bound="Rows")
AnyValue = TypeVar("AnyValue", bound=Value)

WAYS = ("covering", "on_or_before", "before")  # of a look-up


class Rows(Habits):
    """A table of rows of a person. Nothing is read: rows are described, and the platform answers later."""

    __slots__ = ("node",)

    def __init__(self, node: RowsNode) -> None:
        self.node = node

    def exists(self) -> Truth:
        """Whether the person has a row; never unknown."""
        return make(Truth, nodes.Exists, self.node)

    def count(self) -> Number:
        """The person's number of rows; 0 where there are none."""
        return make(Number, nodes.Count, self.node)

    def __eq__(self, other: object) -> Any:
        return fail(
            "S012", what="What a comparison compares", wanted="two values", got=f"the rows {code_of(self.node)}"
        )

    __ne__ = __eq__
    __hash__ = None  # type: ignore[assignment]

    if not TYPE_CHECKING:
        __lt__ = __le__ = __gt__ = __ge__ = __eq__

    def __repr__(self) -> str:
        return f"<{self.node.grain.value} rows: {code_of(self.node)}>"

    def _like(self, node: RowsNode) -> Any:
        """Rows of the same table, filtered or sorted."""
        return type(self)(node)

    def _picked(self, node: RowsNode) -> Any:
        """One row a person of the same table."""
        raise NotImplementedError  # pragma: no cover - rows with many a person say


class Filtered(Rows, Generic[Many]):
    """Rows that can be filtered; `where` gives rows of the same table, so editors know their columns."""

    __slots__ = ()

    def where(self, *conditions: Truth | bool) -> Many:
        """The rows for which every condition is true; where one is false or unknown, the row is left out."""
        return cast("Many", self._filtered(conditions, "where"))

    def except_where(self, *conditions: Truth | bool) -> Many:
        """The rows for which no condition is true; unknown is kept, so `where` and this always split the rows."""
        return cast("Many", self._filtered(conditions, "except_where"))

    def _filtered(self, conditions: tuple[Truth | bool, ...], method: str) -> Any:
        if is_broken(*conditions):
            return BROKEN
        if not conditions:
            return fail("S012", what=f"`.{method}()`", wanted="given a condition", got="nothing")
        result = self
        for condition in conditions:
            keep = _condition(condition, method)
            if is_broken(keep):
                return BROKEN
            if method == "except_where":
                keep = nodes.Not(nodes.IfNull(keep, nodes.Constant(False, BOOL)))
            result = _filter(result, keep)
            if is_broken(result):
                return BROKEN
        return result


def _condition(condition: object, method: str) -> Any:
    if isinstance(condition, bool):
        return nodes.Constant(condition, BOOL)
    if isinstance(condition, Value):
        return condition.node
    return fail("S012", what=f"A condition of `.{method}()`", wanted="a comparison of columns", got=repr(condition))


def _filter(rows: Any, keep: Series) -> Any:
    """One filter more, below the sort where there is one: filter then sort is the same as sort then filter."""
    node = rows.node
    sort = node if isinstance(node, nodes.Sort) else None
    below = sort.of if sort is not None else node
    bare = lineage(below)[-1]
    filtered = nodes.Filter(below, move(keep, below, bare))
    problems = problems_of(filtered)
    if problems:
        return tell(problems)
    return rows._like(nodes.Sort(filtered, sort.by) if sort is not None else filtered)


class PersonRows(Filtered[Many]):
    """At most one row a person: its columns are values of the person, unknown where there is no row."""

    __slots__ = ()


class ManyRows(Filtered[Many], Generic[Many, One]):
    """Many rows a person."""

    __slots__ = ()

    _one: ClassVar[type[Rows]] = Rows

    def sort_by(self, *by: Value) -> Many:
        """The rows in ascending order, unknown first; a later `sort_by` decides before the earlier ones."""
        return cast("Many", self._sorted(by))

    def _sorted(self, by: tuple[Any, ...]) -> Any:
        if is_broken(*by):
            return BROKEN
        if not by or not all(isinstance(each, Value) for each in by):
            return fail("S012", what="What rows are sorted by", wanted="columns", got=repr(by[0]) if by else "nothing")
        node = self.node
        earlier = node.by if isinstance(node, nodes.Sort) else ()
        below = node.of if isinstance(node, nodes.Sort) else node
        bare = lineage(below)[-1]
        keys = tuple(dict.fromkeys([*(move(each.node, below, bare) for each in by), *earlier]))
        sort = nodes.Sort(below, keys)
        problems = problems_of(sort)
        return tell(problems) if problems else self._like(sort)

    def first(self, by: Value | tuple[Value, ...] | None = None) -> One:
        """The person's first row by a column; all columns taken from it are of the same row."""
        return cast("One", self._pick(1, by))

    def last(self, by: Value | tuple[Value, ...] | None = None) -> One:
        """The person's last row by a column: the exact reverse of first."""
        return cast("One", self._pick(-1, by))

    def nth(self, position: int, by: Value | tuple[Value, ...] | None = None) -> One:
        """The person's second, third, ... row (2, 3, ...), or the last but one (-2); unknown where absent."""
        given: object = position
        if isinstance(given, bool) or not isinstance(given, int) or given == 0:
            got = repr(position)
            return cast("One", fail("S012", what="A position", wanted="1, 2, ... or -1, -2, ...", got=got))
        return cast("One", self._pick(position, by))

    def _pick(self, position: int, by: Any) -> Any:
        if is_broken(by):
            return BROKEN
        rows = self if by is None else self._sorted(by if isinstance(by, tuple) else (by,))
        if is_broken(rows):
            return BROKEN
        if not has_order(rows.node):
            return fail("S018", name=code_of(rows.node))
        return self._picked(nodes.Pick(rows.node, position))

    def _picked(self, node: RowsNode) -> Any:
        return self._one(node)

    def previous(self, value: AnyValue) -> AnyValue:
        """In sorted rows, the value on the row before; unknown on the first."""
        inner = node_of(value, "The value of the row before")
        if is_broken(inner):
            return cast("AnyValue", BROKEN)
        if not isinstance(self.node, nodes.Sort):
            return cast("AnyValue", fail("S018", name=code_of(self.node)))
        below = self.node.of
        return make(type(value), nodes.Previous, self.node, move(inner, below, lineage(below)[-1]))


class EventRows(ManyRows[Many, One]):
    """Many rows a person, each with one date."""

    __slots__ = ()

    def look_up(
        self,
        value: AnyValue,
        as_of: Date | None = None,
        how: str | None = None,
        max_age: Duration | int | None = None,
        pick: str | None = None,
    ) -> AnyValue:
        """For each row, the value of a column of another table of the same person on the row's date.

        value: a column of a period table (the period that covers the date), or of an event table (the last row on
        or before it; how="before" leaves out the day itself). as_of: the date, else the date of these rows.
        max_age: at most so many days earlier. pick="latest_start": where periods may overlap.
        """
        at, column = self._own_date(as_of), node_of(value, "What is looked up", "a column of another table")
        if is_broken(column, at):
            return cast("AnyValue", BROKEN)
        if not isinstance(column, nodes.Column):
            wanted = "a column of another table"
            return cast("AnyValue", fail("S012", what="What is looked up", wanted=wanted, got=code_of(column)))
        way = how or ("covering" if column.of.grain.value == "period" else "on_or_before")
        if way not in WAYS or pick not in (None, "latest_start"):
            wanted = f'how={" or ".join(WAYS)}, and pick="latest_start" or nothing'
            return cast("AnyValue", fail("S012", what="A look-up", wanted=wanted, got=f"{way}, {pick}"))
        oldest = None if max_age is None else whole_days(max_age, "max_age")
        return make(type(value), nodes.LookUp, at, column, way, oldest, pick)

    def near(self, other: EventRows[Any, Any] | Date, days: tuple[int, int]) -> Near:
        """For each row, the rows of another table in a window of days round its date, both ends counted.

        `npr.near(lmr.where(...), days=(-30, -1)).exists()`: day 0 is the date of the row itself.
        """
        if is_broken(other):
            return cast("Near", BROKEN)
        at = self._own_date(None)
        date = (
            other._own_date(None) if isinstance(other, EventRows) else node_of(other, "What is near", "rows or a date")
        )
        window: object = days
        if not isinstance(window, tuple) or [type(each) for each in window] != [int, int]:
            return cast("Near", fail("S012", what="`days`", wanted="two whole numbers: (-30, -1)", got=repr(window)))
        if is_broken(at, date):
            return cast("Near", BROKEN)
        return Near(at, date, *days)

    def _own_date(self, as_of: Date | None) -> Any:
        if as_of is not None:
            return as_of if is_broken(as_of) else move(as_of.node, self.node, self.node.domain)
        table = lineage(self.node)[-1]
        if isinstance(table, nodes.Table) and table.date is not None:
            return nodes.Column(self.node.domain, table.date, DATE)
        return fail("S012", what=f"The date of {code_of(self.node)}", wanted="stated: as_of=", got="nothing")


class Near:
    """The rows of another table in a window round each row's date; ask for one value of them."""

    __slots__ = ("at", "date", "high", "low")

    def __init__(self, at: Series, date: Series, low: int, high: int) -> None:
        self.at, self.date, self.low, self.high = at, date, low, high

    def exists(self) -> Truth:
        """Whether there is a row in the window."""
        return make(Truth, nodes.Near, self.at, self.date, self.low, self.high, "exists")

    def count(self) -> Number:
        """How many rows there are in the window."""
        return make(Number, nodes.Near, self.at, self.date, self.low, self.high, "count")

    def sum(self, value: Number) -> Number:
        """The sum of a column over the rows in the window."""
        return self._of("sum", value, Number)

    def mean(self, value: Number) -> Number:
        """The mean of a column over the rows in the window."""
        return self._of("mean", value, Number)

    def min(self, value: AnyValue) -> AnyValue:
        """The smallest value of a column over the rows in the window."""
        return self._of("min", value, type(value))

    def max(self, value: AnyValue) -> AnyValue:
        """The largest value of a column over the rows in the window."""
        return self._of("max", value, type(value))

    def _of(self, how: str, value: Value, into: type[AnyValue]) -> AnyValue:
        inner = node_of(value, f"The value of `.{how}()`")
        if is_broken(inner):
            return cast("AnyValue", BROKEN)
        rows = next(iter(self.date.domains), None)
        if rows is not None and fits(inner, rows):
            inner = move(inner, rows, rows)
        return make(into, nodes.Near, self.at, self.date, self.low, self.high, how, inner)
