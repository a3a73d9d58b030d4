"""Where a date lies, as far as a specification says: on the calendar, or so many days from day 0.

Exact dates of persons are not known here; what is known is that day 0 lies in the study period, that a
constant is a constant, and that adding years moves both ends. From this follow the years of a registry that a study
reads, the windows of its design, and whether something looks into the future.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from helseanalyse.study import nodes
from helseanalyse.study.node import Node, Rows, Series
from helseanalyse.study.types import DATE

DAYS_OF = {"days": 1.0, "months": 365.25 / 12, "years": 365.25}
FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "=="}


@dataclass(frozen=True, slots=True)
class Place:
    """A place in time: days from an anchor. anchor: "day0", "interval" (of a trend) or "calendar" (with its day).

    amount and unit keep what the study wrote ("5 years"), for people; days is the same in whole days.
    """

    anchor: str
    days: int = 0
    day: date | None = None
    amount: int = 0
    unit: str = "days"

    def earliest(self, start: date) -> date:
        """The earliest calendar day that the place can be, when day 0 is on or after `start`."""
        return self._from(self.day or start)

    def latest(self, end: date) -> date:
        """The latest calendar day that the place can be, when day 0 is on or before `end`."""
        return self._from(self.day or end)

    def _from(self, day: date) -> date:
        """The day so far from another: whole months by the calendar, then the days that are left."""
        months = {"years": 12, "months": 1}.get(self.unit, 0) * self.amount
        return _shift(_add_months(day, months), self.days - _days(self.amount if months else 0, self.unit))


def _days(amount: int, unit: str) -> int:
    return int(amount * DAYS_OF[unit])


def _add_months(day: date, months: int) -> date:
    """So many months later; a day that does not exist is the first of the next month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year < date.max.year:
        return date.min if year < date.min.year else date.max
    try:
        return date(year, month + 1, day.day)
    except ValueError:
        return date(year, month + 2, 1)  # never December, which has 31 days


def _shift(day: date, days: int) -> date:
    ordinal = day.toordinal() + days
    return date.fromordinal(min(max(ordinal, date.min.toordinal()), date.max.toordinal()))


def place_of(series: Series, day0: Series | None) -> Place | None:
    """Where a date of a person lies, or None where the specification does not say.

    >>> from helseanalyse.study.types import INT
    >>> birthday = nodes.Constant(date(2020, 2, 1), DATE)
    >>> place_of(nodes.DateAdd(birthday, nodes.Constant(-5, INT), "years"), birthday).days
    -1826
    """
    if day0 is not None and series == day0:
        return Place("day0")
    if isinstance(series, nodes.Constant) and isinstance(series.value, date):
        return Place("calendar", day=series.value)
    if isinstance(series, nodes.Parameter):
        return Place("interval")
    if isinstance(series, nodes.DateAdd) and isinstance(series.amount, nodes.Constant):
        below, amount = place_of(series.date, day0), series.amount.value
        if below is None or not isinstance(amount, int):
            return None
        moved = _days(amount, series.unit)
        written = (amount, series.unit) if not below.days else (below.days + moved, "days")
        return Place(below.anchor, below.days + moved, below.day, *written)
    return None


@dataclass(frozen=True, slots=True)
class Reach:
    """How far rows of a table reach in time: a first and a last place, both counted; None where nothing bounds them."""

    first: Place | None
    last: Place | None


def reach(rows: Rows, day0: Series | None) -> Reach:
    """How far the filters of a table let its rows reach, by the dates that order them."""
    first: Place | None = None
    last: Place | None = None
    table = rows
    found: list[nodes.Compare] = []
    while isinstance(table, nodes.Filter | nodes.Sort | nodes.Pick):
        if isinstance(table, nodes.Filter):
            found.extend(each for each in _conditions(table.keep) if isinstance(each, nodes.Compare))
        table = table.of
    if not isinstance(table, nodes.Table):
        return Reach(None, None)
    starts, ends = (table.date or table.stop, table.date or table.start)
    for each in found:
        for name, test, place in _bounds(each, table, day0):
            if name == starts and test in (">", ">=", "=="):
                bound = _step(place, 1 if test == ">" else 0)
                first = bound if first is None or _later(bound, first) else first
            if name == ends and test in ("<", "<=", "=="):
                bound = _step(place, -1 if test == "<" else 0)
                last = bound if last is None or _later(last, bound) else last
    return Reach(first, last)


def _conditions(keep: Series) -> list[Series]:
    if isinstance(keep, nodes.And):
        return [each for part in keep.parts for each in _conditions(part)]
    return [keep]


def _bounds(node: nodes.Compare, table: nodes.Table, day0: Series | None) -> list[tuple[str, str, Place]]:
    """The bounds that a comparison sets on a date column of the table: (column, test, place)."""
    found = []
    for column, other, test in ((node.left, node.right, node.test), (node.right, node.left, FLIPPED.get(node.test))):
        if isinstance(column, nodes.Column) and column.of == table and column.type == DATE and test is not None:
            place = place_of(other, day0)
            if place is not None:
                found.append((column.name, test, place))
    return found


def _step(place: Place, days: int) -> Place:
    if not days:
        return place
    return Place(place.anchor, place.days + days, place.day, place.amount if place.amount else days, place.unit)


def _later(left: Place, right: Place) -> bool:
    """Whether a place is later than another, as far as that can be said: same anchor first, else the calendar."""
    if left.anchor == right.anchor:
        return (left.day or date.min, left.days) > (right.day or date.min, right.days)
    return left.anchor == "day0"


def tables_read(node: Node) -> list[Rows]:
    """Every table below a node, with the filters that stand on it, the widest form of each once."""
    found: dict[Rows, None] = {}
    stack: list[Node] = [node]
    seen: set[Node] = set()
    while stack:
        each = stack.pop()
        if each in seen:
            continue
        seen.add(each)
        if isinstance(each, nodes.Filter | nodes.Sort | nodes.Pick | nodes.Table):
            found[each] = None
            stack.extend(_beside(each))
        else:
            stack.extend(each.operands)
    return list(found)


def _beside(rows: Rows) -> list[Node]:
    """What the filters of a table read beside the table itself: values of other tables."""
    found: list[Node] = []
    stack: list[Node] = []
    seen: set[Node] = set()
    while isinstance(rows, nodes.Filter | nodes.Sort | nodes.Pick):
        if isinstance(rows, nodes.Filter):
            stack.append(rows.keep)
        rows = rows.of
    while stack:
        each = stack.pop()
        if each in seen:
            continue
        seen.add(each)
        if isinstance(each, Rows):
            found.append(each)
        elif isinstance(each, nodes.Column):
            found.extend([] if isinstance(each.of, nodes.Table) else [each.of])
        else:
            stack.extend(each.operands)
    return found
