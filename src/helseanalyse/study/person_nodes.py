"""Values that look beyond their own row: other rows of the same person, one value a person, a related person."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, ClassVar

from helseanalyse.study.node import PersonSeries, Rows, Series, aggregate_type
from helseanalyse.study.row_nodes import Sort
from helseanalyse.study.types import BOOL, INT, AtLeast, OneOf, ValueType
from helseanalyse.study.value_nodes import Column


@dataclass(frozen=True, eq=False, repr=False)
class InSet(Series):
    """Whether the value is among the known values of another series of the same person's rows."""

    op: ClassVar[str] = "in_set"
    of: Series
    members: Series

    @cached_property
    def type(self) -> ValueType:
        return BOOL

    @cached_property
    def domains(self) -> frozenset[Rows]:
        return self.of.domains


@dataclass(frozen=True, eq=False, repr=False)
class LookUp(Series):
    """For each row of `at` (a date), the value of a column of another table of the same person on that date.

    how: "covering" (the period that holds the date), "on_or_before" or "before" (the last row by its date,
    ties by source row id: the last). max_age: at most so many days earlier. pick: None, or "latest_start" where
    periods may overlap. `value` is a Column of `of` (possibly filtered). Unknown where nothing matches.
    """

    op: ClassVar[str] = "look_up"
    at: Series
    value: Column
    how: Annotated[str, OneOf("covering", "on_or_before", "before")]
    max_age: Annotated[int | None, AtLeast(0)] = None
    pick: Annotated[str | None, OneOf("latest_start")] = None

    @cached_property
    def type(self) -> ValueType:
        return self.value.type

    @cached_property
    def domains(self) -> frozenset[Rows]:
        return self.at.domains


@dataclass(frozen=True, eq=False, repr=False)
class Near(Series):
    """For each row of `at` (a date), an aggregate of the other table's rows dated in [at + low, at + high] days.

    how: "exists", "count", "sum", "mean", "min", "max"; value is None for the first two.
    """

    op: ClassVar[str] = "near"
    at: Series
    date: Series  # DATE, event grain, of the other table
    low: int
    high: int
    how: Annotated[str, OneOf("exists", "count", "sum", "mean", "min", "max")]
    value: Series | None = None

    @cached_property
    def type(self) -> ValueType:
        return aggregate_type(self.how, self.value)

    @cached_property
    def domains(self) -> frozenset[Rows]:
        return self.at.domains


@dataclass(frozen=True, eq=False, repr=False)
class Previous(Series):
    """In sorted rows, the value on the row before this one; unknown on the first."""

    op: ClassVar[str] = "previous"
    of: Sort
    value: Series

    @cached_property
    def type(self) -> ValueType:
        return self.value.type

    @cached_property
    def domains(self) -> frozenset[Rows]:
        return frozenset([self.of.domain])


@dataclass(frozen=True, eq=False, repr=False)
class Exists(PersonSeries):
    """Whether the person has a row; never unknown."""

    op: ClassVar[str] = "exists"
    of: Rows

    @cached_property
    def type(self) -> ValueType:
        return BOOL


@dataclass(frozen=True, eq=False, repr=False)
class Count(PersonSeries):
    """The person's number of rows; 0 where there are none."""

    op: ClassVar[str] = "count"
    of: Rows

    @cached_property
    def type(self) -> ValueType:
        return INT


@dataclass(frozen=True, eq=False, repr=False)
class Aggregate(PersonSeries):
    """how over the rows of a series: sum, mean, min, max, any, all, count_distinct. Section 4 of the manual."""

    op: ClassVar[str] = "aggregate"
    how: Annotated[str, OneOf("sum", "mean", "min", "max", "any", "all", "count_distinct")]
    of: Series

    @cached_property
    def type(self) -> ValueType:
        return aggregate_type(self.how, self.of)


@dataclass(frozen=True, eq=False, repr=False)
class CountEpisodes(PersonSeries):
    """The number of episodes of dates with gaps of at most max_gap days; 0 where there are no dates."""

    op: ClassVar[str] = "count_episodes"
    of: Series
    max_gap: Annotated[int, AtLeast(0)]

    @cached_property
    def type(self) -> ValueType:
        return INT


@dataclass(frozen=True, eq=False, repr=False)
class CoveredDays(PersonSeries):
    """The number of days that the periods cover; each day counts once; unknown if a running period has no end."""

    op: ClassVar[str] = "covered_days"
    of: Rows

    @cached_property
    def type(self) -> ValueType:
        return INT


@dataclass(frozen=True, eq=False, repr=False)
class Covers(PersonSeries):
    """Whether a period holds the date (one a person): start <= date < stop; unknown for an unknown date."""

    op: ClassVar[str] = "covers"
    of: Rows
    date: Series

    @cached_property
    def type(self) -> ValueType:
        return BOOL


@dataclass(frozen=True, eq=False, repr=False)
class CoversAll(PersonSeries):
    """Whether the periods cover every day from first to last, both counted.

    Unknown for unknown dates, true for reversed ones.
    """

    op: ClassVar[str] = "covers_all"
    of: Rows
    first: Series
    last: Series

    @cached_property
    def type(self) -> ValueType:
        return BOOL


@dataclass(frozen=True, eq=False, repr=False)
class Overlaps(PersonSeries):
    """Whether some day is covered by both."""

    op: ClassVar[str] = "overlaps"
    left: Rows
    right: Rows

    @cached_property
    def type(self) -> ValueType:
        return BOOL


@dataclass(frozen=True, eq=False, repr=False)
class Related(PersonSeries):
    """The value of a person series for a related person: `by` names them (kind PERSON); unknown for nobody."""

    op: ClassVar[str] = "related"
    by: Series
    value: Series

    @cached_property
    def type(self) -> ValueType:
        return self.value.type
