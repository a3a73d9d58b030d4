"""Tables of the catalogue, their filters and order, and one row a person picked from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, ClassVar

from helseanalyse.catalogue.model import Grain
from helseanalyse.study.node import Rows, Series
from helseanalyse.study.types import AtLeast


@dataclass(frozen=True, eq=False, repr=False)
class Table(Rows):
    """A table of the catalogue. date, start and stop name its time columns, where it has them."""

    op: ClassVar[str] = "table"
    registry: str
    name: str
    table_grain: Grain
    date: str | None = None
    start: str | None = None
    stop: str | None = None

    @cached_property
    def grain(self) -> Grain:
        return self.table_grain


@dataclass(frozen=True, eq=False, repr=False)
class Filter(Rows):
    """The rows of `of` for which `keep` is true; false and unknown are left out.

    Row values in `keep` (and in `Sort.by`) may be of `of`, or of a table below its filters: a row is the same row
    before and after a filter. The language always writes them as columns of the bare table.
    """

    op: ClassVar[str] = "filter"
    of: Rows
    keep: Series

    @cached_property
    def grain(self) -> Grain:
        return self.of.grain

    @cached_property
    def domain(self) -> Rows:
        # A sort below a filter does not change which rows there are.
        return self if self.of.domain == self.of else Filter(self.of.domain, self.keep)


@dataclass(frozen=True, eq=False, repr=False)
class Sort(Rows):
    """The rows of `of` in ascending order of `by` within each person, unknown first."""

    op: ClassVar[str] = "sort"
    of: Rows
    by: Annotated[tuple[Series, ...], AtLeast(1)]

    @cached_property
    def grain(self) -> Grain:
        return self.of.grain

    @cached_property
    def domain(self) -> Rows:
        return self.of.domain


@dataclass(frozen=True, eq=False, repr=False)
class Pick(Rows):
    """One row a person from sorted rows: position 1 is the first, 2 the second, -1 the last.

    ties are the columns that break ties of the sort, ascending, in the order of the table: the
    other columns that the study uses, written when the study is frozen; last comes the source row id.
    """

    op: ClassVar[str] = "pick"
    of: Rows
    position: int
    ties: tuple[str, ...] = ()

    @cached_property
    def grain(self) -> Grain:
        return Grain.PERSON
