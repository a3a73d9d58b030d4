"""The closed list of operations of a study. All meaning of the language lives in these values.

Two families. `Rows` are tables of rows, each with a grain; `Series` are one value for each row
of their domain, or one value for each person. A node is immutable, holds its operands, and is
equal to another node that says the same; `key` is the SHA-256 of what it says. Nodes are plain
descriptions: building one reads no data and checks only its shape. `study.check` checks types,
domains and names; `docs/language.md` gives the meaning of every operation by example.

Every expression speaks of one person at a time. The only way to another person is `Related`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from typing import ClassVar

from helseanalyse.catalogue.model import Grain, Kind
from helseanalyse.study.types import BOOL, DATE, FLOAT, INT, CodeList, ValueType

Scalar = bool | int | float | str | date


class Node:
    """One operation with its operands."""

    op: ClassVar[str]

    @cached_property
    def key(self) -> str:
        """SHA-256 over the operation and its operands: equal for nodes that say the same."""
        parts = [self.op]
        for item in fields(self):  # type: ignore[arg-type]
            parts.append(f"{item.name}={_said(getattr(self, item.name))}")
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()

    @property
    def operands(self) -> tuple[Node, ...]:
        """The nodes that this one is made of, in the order of its fields."""
        return tuple(_operands(getattr(self, item.name) for item in fields(self)))  # type: ignore[arg-type]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


def _said(value: object) -> str:
    if isinstance(value, Node):
        return value.key
    if isinstance(value, tuple):
        return "(" + ",".join(_said(part) for part in value) + ")"
    # The type is part of what is said: 1, 1.0 and True are different values.
    return f"{type(value).__name__}:{value!r}"


def _operands(values: Iterator[object]) -> Iterator[Node]:
    for value in values:
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from _operands(iter(value))


# --- Rows ------------------------------------------------------------------------------------


class Rows(Node):
    """A table of rows."""

    @property
    def grain(self) -> Grain:
        """What a row is."""
        raise NotImplementedError  # pragma: no cover - every subclass says

    @property
    def domain(self) -> Rows:
        """The rows that values of this table belong to: the table with its filters, without its sorts."""
        return self


@dataclass(frozen=True, eq=False)
class Table(Rows):
    """A table of the catalogue. date, start and stop name its time columns, where it has them."""

    op: ClassVar[str] = "table"
    registry: str
    name: str
    table_grain: Grain
    date: str | None = None
    start: str | None = None
    stop: str | None = None

    @property
    def grain(self) -> Grain:
        return self.table_grain


@dataclass(frozen=True, eq=False)
class Filter(Rows):
    """The rows of `of` for which `keep` is true; false and unknown are left out."""

    op: ClassVar[str] = "filter"
    of: Rows
    keep: Series

    @property
    def grain(self) -> Grain:
        return self.of.grain

    @property
    def domain(self) -> Rows:
        # A sort below a filter does not change which rows there are.
        return self if self.of.domain == self.of else Filter(self.of.domain, self.keep)


@dataclass(frozen=True, eq=False)
class Sort(Rows):
    """The rows of `of` in ascending order of `by` within each person, unknown first."""

    op: ClassVar[str] = "sort"
    of: Rows
    by: tuple[Series, ...]

    @property
    def grain(self) -> Grain:
        return self.of.grain

    @property
    def domain(self) -> Rows:
        return self.of.domain


@dataclass(frozen=True, eq=False)
class Pick(Rows):
    """One row a person from sorted rows: position 1 is the first, 2 the second, -1 the last.

    ties are the columns that break ties of the sort, ascending, in the order of the table: the
    other columns that the study uses, written when the study is frozen; last comes the source row id.
    """

    op: ClassVar[str] = "pick"
    of: Rows
    position: int
    ties: tuple[str, ...] = ()

    @property
    def grain(self) -> Grain:
        return Grain.PERSON


class Periods(Rows):
    """Rows with the columns `start` and `stop` (DATE; half-open; stop unknown = still running)."""

    @property
    def grain(self) -> Grain:
        return Grain.PERIOD


@dataclass(frozen=True, eq=False)
class Episodes(Periods):
    """Dates joined into episodes: a gap of more than max_gap days starts a new one. stop = last day + 1; n INT."""

    op: ClassVar[str] = "episodes"
    of: Series  # DATE, event grain
    max_gap: int


@dataclass(frozen=True, eq=False)
class Supply(Periods):
    """Exposure episodes from dispensings (methods.md section 5, steps 1 to 8).

    start: DATE and days: INT (rounded up, at least 1) of each row of one event table. substance: rows of different substance run
    in parallel (None: one clock for all). Supplies of one person, substance and day add up. carry_over: surplus moves on,
    at most `cap` days of it (None: all). Episodes join when the gap is at most `grace` days. extension days
    are added after the last supply of an episode; everything starts `lag` days later; `minimum` dispensings
    are needed, and then exposure starts at the minimum-th one.
    """

    op: ClassVar[str] = "supply"
    start: Series
    days: Series
    substance: Series | None = None
    grace: int = 0
    carry_over: bool = False
    cap: int | None = None
    extension: int = 0
    lag: int = 0
    minimum: int = 1


@dataclass(frozen=True, eq=False)
class Spans(Periods):
    """Any period table, or two date columns of one event table, as bare periods; empty and reversed ones are left out."""

    op: ClassVar[str] = "spans"
    start: Series
    stop: Series


@dataclass(frozen=True, eq=False)
class Union(Periods):
    """The days covered by any of the parts, overlapping and touching periods merged."""

    op: ClassVar[str] = "union"
    parts: tuple[Rows, ...]


@dataclass(frozen=True, eq=False)
class Intersect(Periods):
    """The days covered by both, merged."""

    op: ClassVar[str] = "intersect"
    left: Rows
    right: Rows


@dataclass(frozen=True, eq=False)
class Subtract(Periods):
    """The days covered by left and not by right, merged."""

    op: ClassVar[str] = "subtract"
    left: Rows
    right: Rows


@dataclass(frozen=True, eq=False)
class Gaps(Periods):
    """The days between the first start and the last stop that no period covers."""

    op: ClassVar[str] = "gaps"
    of: Rows


@dataclass(frozen=True, eq=False)
class Clip(Periods):
    """The parts of the periods inside [start, stop): two person dates; an unknown bound does not cut."""

    op: ClassVar[str] = "clip"
    of: Rows
    start: Series | None
    stop: Series | None


@dataclass(frozen=True, eq=False)
class Shift(Periods):
    """Every period moved by a number of days."""

    op: ClassVar[str] = "shift"
    of: Rows
    days: int


# --- Series ----------------------------------------------------------------------------------


class Series(Node):
    """One value for each row of `domain`, or for each person where `domain` is None."""

    @property
    def type(self) -> ValueType:
        """The type of the values."""
        raise NotImplementedError  # pragma: no cover - every subclass says

    @property
    def domains(self) -> frozenset[Rows]:
        """The row domains of the operands; more than one is an error that `study.check` explains."""
        found: frozenset[Rows] = frozenset()
        for operand in self.operands:
            if isinstance(operand, Series):
                found |= operand.domains
        return found

    @property
    def domain(self) -> Rows | None:
        """The rows that the values belong to, or None for one value a person."""
        found = sorted(self.domains, key=lambda rows: rows.key)
        return found[0] if found else None


class PersonSeries(Series):
    """A series that has one value a person, whatever it is made of."""

    @property
    def domains(self) -> frozenset[Rows]:
        return frozenset()


@dataclass(frozen=True, eq=False)
class Column(Series):
    """A column of rows; of a pick or a person table it has one value a person."""

    op: ClassVar[str] = "column"
    of: Rows
    name: str
    value_type: ValueType

    @property
    def type(self) -> ValueType:
        return self.value_type

    @property
    def domains(self) -> frozenset[Rows]:
        return frozenset() if self.of.grain is Grain.PERSON else frozenset([self.of.domain])


@dataclass(frozen=True, eq=False)
class Constant(Series):
    """A value that the study states; None is unknown."""

    op: ClassVar[str] = "constant"
    value: Scalar | None
    value_type: ValueType

    @property
    def type(self) -> ValueType:
        return self.value_type


@dataclass(frozen=True, eq=False)
class Parameter(Series):
    """The first or last day of the interval of a trend: name is "interval_start" or "interval_end"."""

    op: ClassVar[str] = "parameter"
    name: str

    @property
    def type(self) -> ValueType:
        return DATE


@dataclass(frozen=True, eq=False)
class Compare(Series):
    """left test right, where test is one of == != < <= > >=; unknown if a side is."""

    op: ClassVar[str] = "compare"
    test: str
    left: Series
    right: Series

    @property
    def type(self) -> ValueType:
        return BOOL


@dataclass(frozen=True, eq=False)
class And(Series):
    """Three-valued and."""

    op: ClassVar[str] = "and"
    parts: tuple[Series, ...]

    @property
    def type(self) -> ValueType:
        return BOOL


@dataclass(frozen=True, eq=False)
class Or(Series):
    """Three-valued or."""

    op: ClassVar[str] = "or"
    parts: tuple[Series, ...]

    @property
    def type(self) -> ValueType:
        return BOOL


@dataclass(frozen=True, eq=False)
class Not(Series):
    """Three-valued not."""

    op: ClassVar[str] = "not"
    of: Series

    @property
    def type(self) -> ValueType:
        return BOOL


@dataclass(frozen=True, eq=False)
class IsNull(Series):
    """Whether the value is unknown; never unknown itself."""

    op: ClassVar[str] = "is_null"
    of: Series

    @property
    def type(self) -> ValueType:
        return BOOL


@dataclass(frozen=True, eq=False)
class IfNull(Series):
    """The value, or another where it is unknown."""

    op: ClassVar[str] = "if_null"
    of: Series
    other: Series

    @property
    def type(self) -> ValueType:
        return self.of.type


@dataclass(frozen=True, eq=False)
class Arithmetic(Series):
    """left sign right, where sign is one of + - * / // % **; / and ** give floats; what is not finite is unknown."""

    op: ClassVar[str] = "arithmetic"
    sign: str
    left: Series
    right: Series

    @property
    def type(self) -> ValueType:
        return FLOAT if self.sign in ("/", "**") or FLOAT in (self.left.type, self.right.type) else INT


@dataclass(frozen=True, eq=False)
class Negate(Series):
    """The number with the other sign."""

    op: ClassVar[str] = "negate"
    of: Series

    @property
    def type(self) -> ValueType:
        return self.of.type


@dataclass(frozen=True, eq=False)
class Cast(Series):
    """To "int" (towards zero) or to "float"; from truth values 1 and 0."""

    op: ClassVar[str] = "cast"
    of: Series
    to: str

    @property
    def type(self) -> ValueType:
        return INT if self.to == "int" else FLOAT


@dataclass(frozen=True, eq=False)
class Round(Series):
    """To a whole number (INT), halves away from zero."""

    op: ClassVar[str] = "round"
    of: Series

    @property
    def type(self) -> ValueType:
        return INT


@dataclass(frozen=True, eq=False)
class DateAdd(Series):
    """date + amount units ("days", "months", "years"); a day that does not exist becomes the first of the next month."""

    op: ClassVar[str] = "date_add"
    date: Series
    amount: Series
    unit: str

    @property
    def type(self) -> ValueType:
        return DATE


@dataclass(frozen=True, eq=False)
class DateDiff(Series):
    """later - earlier in whole units ("days", "months", "years"), floored: in years it is the age rule."""

    op: ClassVar[str] = "date_diff"
    later: Series
    earlier: Series
    unit: str

    @property
    def type(self) -> ValueType:
        return INT


@dataclass(frozen=True, eq=False)
class DatePart(Series):
    """The "year", "month" or "day" of a date."""

    op: ClassVar[str] = "date_part"
    of: Series
    part: str

    @property
    def type(self) -> ValueType:
        return INT


@dataclass(frozen=True, eq=False)
class Truncate(Series):
    """The first day of the "month" or "year" of a date."""

    op: ClassVar[str] = "truncate"
    of: Series
    unit: str

    @property
    def type(self) -> ValueType:
        return DATE


@dataclass(frozen=True, eq=False)
class Contains(Series):
    """Whether a text holds another, to the letter."""

    op: ClassVar[str] = "contains"
    of: Series
    text: Series

    @property
    def type(self) -> ValueType:
        return BOOL


@dataclass(frozen=True, eq=False)
class InCodes(Series):
    """Whether a code (or any code of a CODES column) is in a list: match is "exact" or "with_children".

    Unknown for an unknown code; for a CODES column false where the row has no code at all.
    """

    op: ClassVar[str] = "in_codes"
    of: Series
    codes: CodeList
    match: str

    @property
    def type(self) -> ValueType:
        return BOOL


@dataclass(frozen=True, eq=False)
class In(Series):
    """Whether the value is one of the stated values; in nothing is false for all, also for unknown."""

    op: ClassVar[str] = "in"
    of: Series
    values: tuple[Constant, ...]

    @property
    def type(self) -> ValueType:
        return BOOL


@dataclass(frozen=True, eq=False)
class InSet(Series):
    """Whether the value is among the known values of another series of the same person's rows."""

    op: ClassVar[str] = "in_set"
    of: Series
    members: Series

    @property
    def type(self) -> ValueType:
        return BOOL

    @property
    def domains(self) -> frozenset[Rows]:
        return self.of.domains


@dataclass(frozen=True, eq=False)
class Extreme(Series):
    """The "least" or the "greatest" of the parts; unknown ones are passed over."""

    op: ClassVar[str] = "extreme"
    which: str
    parts: tuple[Series, ...]

    @property
    def type(self) -> ValueType:
        types = {part.type for part in self.parts}
        return FLOAT if types == {INT, FLOAT} else self.parts[0].type


@dataclass(frozen=True, eq=False)
class Case(Series):
    """The value of the first condition that is true, else `otherwise` (None: unknown)."""

    op: ClassVar[str] = "case"
    conditions: tuple[Series, ...]
    values: tuple[Series, ...]
    otherwise: Series | None
    value_type: ValueType

    @property
    def type(self) -> ValueType:
        return self.value_type


@dataclass(frozen=True, eq=False)
class Categorise(Series):
    """The category whose code list holds the code, by the longest prefix; unknown where none does."""

    op: ClassVar[str] = "categorise"
    of: Series
    names: tuple[str, ...]
    lists: tuple[CodeList, ...]

    @property
    def type(self) -> ValueType:
        return ValueType(Kind.CATEGORY, levels=self.names)


@dataclass(frozen=True, eq=False)
class LookUp(Series):
    """For each row of `at` (a date), the value of a column of another table of the same person on that date.

    how: "covering" (the period that holds the date), "on_or_before" or "before" (the last row by its date,
    ties by source row id: the last). max_age: at most so many days earlier. pick: None, or "latest_start" where
    periods may overlap. `value` is a Column of `of` (possibly filtered). Unknown where nothing matches.
    """

    op: ClassVar[str] = "look_up"
    at: Series
    value: Column
    how: str
    max_age: int | None = None
    pick: str | None = None

    @property
    def type(self) -> ValueType:
        return self.value.type

    @property
    def domains(self) -> frozenset[Rows]:
        return self.at.domains


@dataclass(frozen=True, eq=False)
class Near(Series):
    """For each row of `at` (a date), an aggregate of the other table's rows dated in [at + low, at + high] days.

    how: "exists", "count", "sum", "mean", "min", "max"; value is None for the first two.
    """

    op: ClassVar[str] = "near"
    at: Series
    date: Series  # DATE, event grain, of the other table
    low: int
    high: int
    how: str
    value: Series | None = None

    @property
    def type(self) -> ValueType:
        return aggregate_type(self.how, self.value)

    @property
    def domains(self) -> frozenset[Rows]:
        return self.at.domains


@dataclass(frozen=True, eq=False)
class Previous(Series):
    """In sorted rows, the value on the row before this one; unknown on the first."""

    op: ClassVar[str] = "previous"
    of: Sort
    value: Series

    @property
    def type(self) -> ValueType:
        return self.value.type

    @property
    def domains(self) -> frozenset[Rows]:
        return frozenset([self.of.domain])


@dataclass(frozen=True, eq=False)
class Exists(PersonSeries):
    """Whether the person has a row; never unknown."""

    op: ClassVar[str] = "exists"
    of: Rows

    @property
    def type(self) -> ValueType:
        return BOOL


@dataclass(frozen=True, eq=False)
class Count(PersonSeries):
    """The person's number of rows; 0 where there are none."""

    op: ClassVar[str] = "count"
    of: Rows

    @property
    def type(self) -> ValueType:
        return INT


@dataclass(frozen=True, eq=False)
class Aggregate(PersonSeries):
    """how over the rows of a series: sum, mean, min, max, any, all, count_distinct. Section 4 of the manual."""

    op: ClassVar[str] = "aggregate"
    how: str
    of: Series

    @property
    def type(self) -> ValueType:
        return aggregate_type(self.how, self.of)


@dataclass(frozen=True, eq=False)
class CountEpisodes(PersonSeries):
    """The number of episodes of dates with gaps of at most max_gap days; 0 where there are no dates."""

    op: ClassVar[str] = "count_episodes"
    of: Series
    max_gap: int

    @property
    def type(self) -> ValueType:
        return INT


@dataclass(frozen=True, eq=False)
class CoveredDays(PersonSeries):
    """The number of days that the periods cover; each day counts once; unknown if a running period has no end."""

    op: ClassVar[str] = "covered_days"
    of: Rows

    @property
    def type(self) -> ValueType:
        return INT


@dataclass(frozen=True, eq=False)
class Covers(PersonSeries):
    """Whether a period holds the date (one a person): start <= date < stop; unknown for an unknown date."""

    op: ClassVar[str] = "covers"
    of: Rows
    date: Series

    @property
    def type(self) -> ValueType:
        return BOOL


@dataclass(frozen=True, eq=False)
class CoversAll(PersonSeries):
    """Whether the periods cover every day from first to last, both counted; unknown for unknown dates, true for reversed ones."""

    op: ClassVar[str] = "covers_all"
    of: Rows
    first: Series
    last: Series

    @property
    def type(self) -> ValueType:
        return BOOL


@dataclass(frozen=True, eq=False)
class Overlaps(PersonSeries):
    """Whether some day is covered by both."""

    op: ClassVar[str] = "overlaps"
    left: Rows
    right: Rows

    @property
    def type(self) -> ValueType:
        return BOOL


@dataclass(frozen=True, eq=False)
class Related(PersonSeries):
    """The value of a person series for a related person: `by` names them (kind PERSON); unknown where nobody is known."""

    op: ClassVar[str] = "related"
    by: Series
    value: Series

    @property
    def type(self) -> ValueType:
        return self.value.type


def aggregate_type(how: str, of: Series | None) -> ValueType:
    """The type of an aggregate of that name over a series."""
    if how in ("exists", "any", "all"):
        return BOOL
    if how in ("count", "count_distinct") or of is None:
        return INT
    if how == "mean":
        return FLOAT
    return of.type
