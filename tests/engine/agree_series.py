"""Type-correct random expressions, built backwards from the wanted type.

`Maker(choose).series(kind, rows)` makes a series of that kind: of rows (a domain), or of the person where
rows is None. `exact` asks for floats that come out the same in any order of adding, so that they may be compared,
sorted and rounded.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from tests.engine import agree_data as data
from tests.engine.agree_data import Choices
from tests.engine.spec_words import (
    CARE,
    CATALOGUE,
    DEATH,
    DISPENSING,
    EMIGRATION,
    EPISODE,
    LAB,
    PERSON,
    RESIDENCE,
    col,
)

from helseanalyse.catalogue.model import Kind
from helseanalyse.study import nodes as n
from helseanalyse.study.lineage import lineage
from helseanalyse.study.types import BOOL, DATE, FLOAT, INT, TEXT, ValueType
from helseanalyse.study.universe import value_type

EVENTS = (LAB, LAB, EPISODE, DISPENSING, EMIGRATION)  # the one with columns of every kind twice
PERIOD_TABLES = (CARE, RESIDENCE)
TYPES = {Kind.BOOL: BOOL, Kind.INT: INT, Kind.FLOAT: FLOAT, Kind.DATE: DATE, Kind.TEXT: TEXT}
LEVELS = ValueType(Kind.CATEGORY, levels=("a", "b", "c"))  # those of lab.kind, so that they compare
NUMBERS = (Kind.INT, Kind.FLOAT)
ORDERED = (Kind.INT, Kind.FLOAT, Kind.DATE, Kind.TEXT)

CODED = (Kind.CODE, Kind.CODES)

Domain = n.Rows | None
Way = Callable[["Maker", Kind, Domain, int, bool, str], n.Series]
WAYS: dict[Kind, list[Way]] = {}  # how to make a series of a kind from others; `agree_ways` fills it


class Named(NamedTuple):
    """A column of rows."""

    name: str
    type: ValueType


def columns(rows: n.Rows) -> list[Named]:
    """The columns of the table or periods that rows come from."""
    below = source(rows)
    if isinstance(below, n.Table):
        table = CATALOGUE.table(below.registry, below.name)
        return [Named(column.name, value_type(column)) for column in table.columns]
    made = [Named("start", DATE), Named("stop", DATE)]
    return [*made, Named("n", INT)] if isinstance(below, n.Episodes) else made


def source(rows: n.Rows) -> n.Rows:
    """The table or periods below filters, sorts and picks."""
    while not isinstance(rows, n.Table | n.Periods):
        (rows,) = (operand for operand in rows.operands if isinstance(operand, n.Rows))
    return rows


def bare(rows: n.Rows) -> n.Rows:
    """The rows below filters and sorts."""
    return lineage(rows)[-1]


class Maker(Choices):
    """Makes expressions out of random choices. interval: whether the parameters of a trend have a value."""

    def __init__(self, choose: Callable[[int], int], *, interval: bool = False) -> None:
        super().__init__(choose)
        self.interval = interval

    # --- rows ------------------------------------------------------------------------------------

    def events(self, depth: int) -> n.Rows:
        """Rows of events, perhaps filtered."""
        return self.filtered(self.pick(*EVENTS), depth)

    def periods(self, depth: int) -> n.Rows:
        """Rows of periods: of a table, or made by the study; perhaps filtered."""
        made = self.pick(*PERIOD_TABLES) if depth <= 0 or self.chance() else self.made_periods(depth - 1)
        return self.filtered(made, depth)

    def made_periods(self, depth: int) -> n.Rows:
        """Periods that the study makes."""
        ways: list[Callable[[int], n.Rows]] = [
            self._episodes, self._supply, self._spans,
            lambda d: n.Union(tuple(self.periods(d) for _ in range(self.pick(1, 2, 3)))),
            lambda d: n.Intersect(self.periods(d), self.periods(d)),
            lambda d: n.Subtract(self.periods(d), self.periods(d)),
            lambda d: n.Gaps(self.periods(d)),
            self._clip,
            lambda d: n.Shift(self.periods(d), self.pick(-30, 0, 1, 400)),
        ]  # fmt: skip
        return self.pick(*ways)(depth)

    def disjoint_periods(self, depth: int) -> n.Rows:
        """Periods that do not overlap within a person."""
        if self.chance():
            return self.filtered(self.pick(RESIDENCE), depth)
        return n.Union((self.periods(depth - 1),)) if depth > 0 else RESIDENCE

    def filtered(self, rows: n.Rows, depth: int) -> n.Rows:
        """The rows, perhaps through one or two filters on their columns."""
        while depth > 0 and self.chance():
            depth -= 1
            # The language writes conditions as columns of the bare table; those of the filtered rows are legal, too.
            of = rows.domain if self.chance() else bare(rows)
            rows = n.Filter(rows, self.series(Kind.BOOL, of, depth))
        return rows

    def sorted(self, rows: n.Rows, depth: int) -> n.Rows:
        """The rows in some order."""
        for _ in range(self.pick(1, 1, 2)):
            keys = tuple(self.sort_key(bare(rows), depth) for _ in range(self.pick(1, 1, 2)))
            rows = n.Sort(rows, keys)
            if depth > 1 and self.chance(3):
                rows = n.Filter(rows, self.series(Kind.BOOL, bare(rows), depth - 1))
        return rows

    def sort_key(self, of: n.Rows, depth: int) -> n.Series:
        """A value to sort by."""
        kinds = {column.type.kind for column in columns(of)} & {*ORDERED, Kind.BOOL, Kind.CODE, Kind.CATEGORY}
        kind = self.pick(*sorted(kinds))
        return self.column(kind, of) if self.chance() else self.series(kind, of, depth - 1, exact=True)

    def picked(self, depth: int) -> n.Rows:
        """One row a person."""
        if depth <= 0 or self.chance(3):
            return self.filtered(self.pick(DEATH, PERSON), min(depth, 1))
        rows = self.events(depth - 1) if self.chance() else self.periods(depth - 1)
        below = source(rows)
        names = tuple(column.name for column in columns(below) if column.type.kind is not Kind.CODES)
        ties = tuple(name for name in names if self.chance()) if isinstance(below, n.Table) else ()
        picked = n.Pick(self.sorted(rows, depth - 1), self.pick(1, 1, 2, -1, -1, -2), ties)
        return self.filtered(picked, 1) if self.chance(6) else picked

    def _episodes(self, depth: int) -> n.Rows:
        return n.Episodes(self.of_rows(Kind.DATE, self.events(depth).domain, depth), self.pick(0, 1, 30, 365))

    def _spans(self, depth: int) -> n.Rows:
        if self.chance(4):
            return n.Spans(self.series(Kind.DATE, None, depth), self.series(Kind.DATE, None, depth))
        of = (self.events(depth) if self.chance() else self.periods(depth)).domain
        return n.Spans(self.of_rows(Kind.DATE, of, depth), self.series(Kind.DATE, of, depth))

    def _supply(self, depth: int) -> n.Rows:
        of = self.filtered(DISPENSING, depth).domain
        carry_over = self.chance()
        return n.Supply(
            start=self.pick(col(of, "dispensed_on"), self.of_rows(Kind.DATE, of, depth)),
            days=self.pick(n.Cast(col(of, "ddd"), "int"), self.series(Kind.INT, of, depth)),
            substance=self.pick(None, col(of, "atc"), col(of, "prescriber")),
            grace=self.pick(0, 0, 1, 30),
            carry_over=carry_over,
            cap=self.pick(None, None, 0, 1, 10) if carry_over else None,
            extension=self.pick(0, 0, 1, 30),
            lag=self.pick(0, 1, 30),
            minimum=self.pick(1, 1, 2, 3),
        )

    def _clip(self, depth: int) -> n.Rows:
        bound = [None if self.chance(3) else self.series(Kind.DATE, None, depth - 1) for _ in range(2)]
        return n.Clip(self.periods(depth), *bound)

    # --- series ----------------------------------------------------------------------------------

    def series(self, kind: Kind, of: Domain, depth: int, *, exact: bool = False, system: str = "") -> n.Series:
        """A series of the kind, of the rows or of the person."""
        if of is not None and self.chance(5):
            of = None  # a value of the person goes with every row
        if depth <= 0:
            return self.leaf(kind, of, system)
        way: Way = self.pick(*WAYS[kind])
        return way(self, kind, of, depth - 1, exact, system)

    def of_rows(self, kind: Kind, of: n.Rows, depth: int, *, exact: bool = False, system: str = "") -> n.Series:
        """A series of the kind that does belong to the rows, if they have a column of the kind."""
        made = self.series(kind, of, depth, exact=exact, system=system)
        return made if made.domain == of else self.column(kind, of, system)

    def leaf(self, kind: Kind, of: Domain, system: str = "") -> n.Series:
        """A column, or now and then a constant."""
        if self.interval and kind is Kind.DATE and self.chance():
            return n.Parameter(self.pick("interval_start", "interval_end"))
        if kind not in CODED and kind is not Kind.PERSON and self.chance(4):
            return self.constant(kind)
        return self.column(kind, of, system)

    def constant(self, kind: Kind) -> n.Constant:
        """A stated value, perhaps unknown."""
        if kind is Kind.CATEGORY:
            return n.Constant(self.pick(*LEVELS.levels, None), LEVELS)
        options: dict[Kind, list[Any]] = {
            Kind.BOOL: [True, False],
            Kind.INT: data.INTS,
            Kind.FLOAT: data.FLOATS,
            Kind.DATE: data.DATES,
            Kind.TEXT: data.TEXTS,
        }
        return n.Constant(self.pick(*options[kind], None), TYPES[kind])

    def column(self, kind: Kind, of: Domain, system: str = "") -> n.Series:
        """A column of that kind; where the rows have none, one of the person."""
        if of is not None:
            fitting = fits(of, kind, system)
            return n.Column(of, *self.pick(*fitting)) if fitting else self.column(kind, None, system)
        person = [table for table in (PERSON, DEATH) if fits(table, kind, system)]
        if person and (kind not in CODED or self.chance()):
            table: n.Rows = self.pick(*person)
            return n.Column(table, *self.pick(*fits(table, kind, system)))
        table = self.pick(*(t for t in (LAB, EPISODE, DISPENSING, RESIDENCE) if fits(t, kind, system)))
        names = tuple(column.name for column in columns(table) if column.type.kind is not Kind.CODES)
        by = next(column for column in columns(table) if column.type == DATE)
        pick = n.Pick(n.Sort(table, (n.Column(table, *by),)), self.pick(1, -1), names)
        return n.Column(pick, *self.pick(*fits(table, kind, system)))


def fits(rows: n.Rows, kind: Kind, system: str) -> list[Named]:
    """The columns of rows that are of a kind (and of a code system)."""
    return [
        column
        for column in columns(rows)
        if column.type.kind is kind
        and (not system or column.type.system == system)
        and (kind is not Kind.CATEGORY or column.type == LEVELS)
    ]
