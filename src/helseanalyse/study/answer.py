"""The shape of an answer, before and after disclosure control.

`RawAnswer` is what an engine found: aggregated counts, exact, still secret. It never leaves
`release`, and its repr shows no number. `SafeAnswer` is what disclosure control let out: the only
thing that a page, a report or a file is made from. A hidden cell is a value of its own, with its
reason; it is never 0, blank or missing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt

Int64 = npt.NDArray[np.int64]


class Secret:
    """Keeps numbers out of a repr, and so out of logs and error messages."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: exact counts, not shown>"


@dataclass(frozen=True, slots=True, repr=False)
class RawFlow(Secret):
    """Persons left: one count for the universe, then one after each step, in the order of the study.

    names has one entry a step: "Everyone resident ..." first; kinds: "universe", "index", "require", "exclude".
    """

    id: str
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    persons: Int64


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way to divide a table: its name and its levels in order; the level None is "unknown", always last."""

    name: str
    levels: tuple[str | int | None, ...]


@dataclass(frozen=True, slots=True, repr=False)
class RawCategorical(Secret):
    """Persons by level (rows, unknown last) and group (columns)."""

    name: str
    levels: tuple[str | None, ...]
    persons: Int64  # (levels, groups)


@dataclass(frozen=True, slots=True, repr=False)
class RawNumeric(Secret):
    """A histogram: persons by value (an integer number of `step`s, ascending) and group; missing by group."""

    name: str
    unit: str
    step: float
    values: Int64  # (bins,)
    persons: Int64  # (bins, groups)
    missing: Int64  # (groups,)


@dataclass(frozen=True, slots=True, repr=False)
class RawTableOne(Secret):
    """Everyone in the study by group; by is None for one group. groups include "unknown" (None) last if anyone is."""

    id: str
    by: str | None
    groups: tuple[str | None, ...]
    persons: Int64  # (groups,)
    variables: tuple[RawCategorical | RawNumeric, ...]


@dataclass(frozen=True, slots=True, repr=False)
class RawCounts(Secret):
    """Persons by every combination of levels: one axis a dimension."""

    id: str
    dimensions: tuple[Dimension, ...]
    persons: Int64


@dataclass(frozen=True, slots=True, repr=False)
class RawRates(Secret):
    """Person-days and events by pattern (a combination of dimension levels), calendar year and attained age.

    patterns: (cells, dimensions) indices into the levels of each dimension; year, age, days, events: (cells,),
    ordered by (pattern, year, age), cells with neither days nor events left out. unit: calendar unit of `year`:
    "year", or the month number year * 12 + (month - 1) where the analysis asks for months or quarters.
    persons: (patterns of the whole grid,) distinct persons with time in the pattern, in C order of the dimensions.
    """

    id: str
    outcome: str
    dimensions: tuple[Dimension, ...]
    pattern: Int64
    year: Int64
    age: Int64
    days: Int64
    events: Int64
    persons: Int64
    unit: str = "year"


@dataclass(frozen=True, slots=True, repr=False)
class RawCurve(Secret):
    """Follow-up as counts: `count` persons of a group that entered at `entry` and left at `exit` with `cause`.

    group: indices in C order of the dimensions. entry, exit: days from the origin (at risk at t iff entry < t <= exit).
    cause: 0 censored, 1 the outcome, 2.. the competing events named in causes.
    """

    id: str
    outcome: str
    method: str
    dimensions: tuple[Dimension, ...]
    causes: tuple[str, ...]
    group: Int64
    entry: Int64
    exit: Int64
    cause: Int64
    count: Int64


@dataclass(frozen=True, slots=True, repr=False)
class RawTrend(Secret):
    """Numerator, denominator and persons with a positive numerator, by interval (rows) and pattern (columns)."""

    id: str
    name: str
    dimensions: tuple[Dimension, ...]
    starts: tuple[date, ...]
    numerator: Int64  # (intervals, patterns): persons if the numerator is a truth value, else its sum
    denominator: Int64
    cases: Int64  # persons in the denominator whose numerator is true or above 0
    counts_persons: bool


RawResult = RawFlow | RawTableOne | RawCounts | RawRates | RawCurve | RawTrend


@dataclass(frozen=True, slots=True, repr=False)
class RawAnswer(Secret):
    """Everything an engine found for a study, in the order of its analyses. Never leaves `release`.

    checks: data-quality counts that the engine made on the way, by name (for example events outside residence).
    steps: (name, seconds) of what the engine did, for the terminal; no counts.
    """

    results: tuple[RawResult, ...]
    checks: tuple[tuple[str, int], ...] = ()
    steps: tuple[tuple[str, float], ...] = ()


# --- After disclosure control ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hidden:
    """A number that may not be shown, and why: a reason from `disclosure.rules`."""

    reason: str

    def __str__(self) -> str:
        return "•"


Cell = int | float | str | bool | None | Hidden  # None: not applicable


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a table: a stable name, a label for people, and the unit of its values ("" for none)."""

    name: str
    label: str
    unit: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SafeTable:
    """One released table. kind says which analysis made it, so that a report knows how to draw it.

    notes are full sentences for people. facts carry what a picture needs beside the rows (for example
    {"dimensions": ["drug"], "causes": [...], "per": 1000}); plain JSON values, no counts.
    """

    id: str
    kind: str
    title: str
    columns: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    facts: tuple[tuple[str, object], ...] = field(default=())

    def hidden(self) -> dict[str, int]:
        """How many cells are hidden, by reason."""
        counts: dict[str, int] = {}
        for row in self.rows:
            for cell in row:
                if isinstance(cell, Hidden):
                    counts[cell.reason] = counts.get(cell.reason, 0) + 1
        return counts


@dataclass(frozen=True, kw_only=True, slots=True)
class DataVersion:
    """Which data of a registry an answer used: its version, the file's SHA-256, and the last complete day."""

    registry: str
    version: int
    sha256: str
    complete_to: date | None
    label: str = ""
    public: bool = False
    synthetic: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A disclosure rule that was in force: its name, what it does in words, its number, and its source."""

    name: str
    says: str
    value: int | float | str
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SafeAnswer:
    """A released answer: what report, bundle and pages are made from."""

    title: str
    digest: str
    lane: str  # "open", "checked" or "private"
    data: tuple[DataVersion, ...]
    tables: tuple[SafeTable, ...]
    rules: tuple[Rule, ...] = ()
    permit: str = ""
    software: str = ""
