"""Periods: half-open stretches of days, made from dates or dispensings, joined, cut and moved."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, ClassVar

from helseanalyse.catalogue.model import Grain
from helseanalyse.study.node import Rows, Series
from helseanalyse.study.types import AtLeast


class Periods(Rows):
    """Rows with the columns `start` and `stop` (DATE; half-open; stop unknown = still running)."""

    @cached_property
    def grain(self) -> Grain:
        return Grain.PERIOD


@dataclass(frozen=True, eq=False, repr=False)
class Episodes(Periods):
    """Dates joined into episodes: a gap of more than max_gap days starts a new one. stop = last day + 1; n INT."""

    op: ClassVar[str] = "episodes"
    of: Series  # DATE, event grain
    max_gap: Annotated[int, AtLeast(0)]


@dataclass(frozen=True, eq=False, repr=False)
class Supply(Periods):
    """Exposure episodes from dispensings (methods.md section 5, steps 1 to 8).

    start: DATE and days: INT (rounded up, at least 1) of each row of one event table. substance: rows of
    different substance run in parallel (None: one clock for all). Supplies of one person, substance and day
    add up. carry_over: surplus moves on, at most `cap` days of it (None: all). Episodes join when the gap is at
    most `grace` days. extension days
    are added after the last supply of an episode; everything starts `lag` days later; `minimum` dispensings
    are needed, and then exposure starts at the minimum-th one.
    """

    op: ClassVar[str] = "supply"
    start: Series
    days: Series
    substance: Series | None = None
    grace: Annotated[int, AtLeast(0)] = 0
    carry_over: bool = False
    cap: Annotated[int | None, AtLeast(0)] = None
    extension: Annotated[int, AtLeast(0)] = 0
    lag: Annotated[int, AtLeast(0)] = 0
    minimum: Annotated[int, AtLeast(1)] = 1


@dataclass(frozen=True, eq=False, repr=False)
class Spans(Periods):
    """Two dates of each row of one table, or two dates a person, as bare periods.

    Empty and reversed ones, and those without a start, are left out; an unknown stop is a running period.
    """

    op: ClassVar[str] = "spans"
    start: Series
    stop: Series


@dataclass(frozen=True, eq=False, repr=False)
class Union(Periods):
    """The days covered by any of the parts, overlapping and touching periods merged."""

    op: ClassVar[str] = "union"
    parts: Annotated[tuple[Rows, ...], AtLeast(1)]


@dataclass(frozen=True, eq=False, repr=False)
class Intersect(Periods):
    """The days covered by both, merged."""

    op: ClassVar[str] = "intersect"
    left: Rows
    right: Rows


@dataclass(frozen=True, eq=False, repr=False)
class Subtract(Periods):
    """The days covered by left and not by right, merged."""

    op: ClassVar[str] = "subtract"
    left: Rows
    right: Rows


@dataclass(frozen=True, eq=False, repr=False)
class Gaps(Periods):
    """The days between the first start and the last stop that no period covers."""

    op: ClassVar[str] = "gaps"
    of: Rows


@dataclass(frozen=True, eq=False, repr=False)
class Clip(Periods):
    """The parts of the periods inside [start, stop): two person dates; an unknown bound does not cut."""

    op: ClassVar[str] = "clip"
    of: Rows
    start: Series | None
    stop: Series | None


@dataclass(frozen=True, eq=False, repr=False)
class Shift(Periods):
    """Every period moved by a number of days."""

    op: ClassVar[str] = "shift"
    of: Rows
    days: int
