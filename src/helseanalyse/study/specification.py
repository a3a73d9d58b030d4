"""A study as an immutable value: the protocol, its parts, and the analyses that it wants.

The friendly language in `study.language` builds it, `study.codec` writes and reads it as JSON,
`study.check` finds its mistakes, and the engines answer it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from helseanalyse.study.nodes import Rows, Series
from helseanalyse.study.types import AtLeast, OneOf

SPEC_VERSION = 1

# Day 0 counts as a day at risk, and the last day too: methods.md section 2. A study may state the other convention.


@dataclass(frozen=True, kw_only=True, slots=True)
class Criterion:
    """One step of the flow. kind "require" keeps persons for whom `holds` is true; "exclude" drops exactly those."""

    name: str
    kind: Annotated[str, OneOf("require", "exclude")]
    holds: Series


@dataclass(frozen=True, kw_only=True, slots=True)
class Variable:
    """A baseline variable: one value a person, known on the index date.

    bands cut a number into groups for tables by group: (40, 60) gives "under 40", "40-59", "60 and over".
    unit is for readers. round_to is the width of the bins of a histogram for floats (the value is rounded to it).
    """

    name: str
    value: Series
    label: str = ""
    unit: str = ""
    bands: tuple[int, ...] = ()
    round_to: float = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Changing:
    """An exposure that changes during follow-up: on while `periods` cover the day, else off.

    A status that changes on day d applies from d + lag (inside `periods` already: `Supply.lag`, `Shift`).
    """

    name: str
    periods: Rows
    off: str
    on: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Stop:
    """A reason for follow-up to end, on the person's date; on one day the earlier reason of the study's list wins."""

    name: str
    on: Series


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowUp:
    """Who is watched from when to when.

    start: first day at risk. until: reasons to stop, in the order that decides ties (outcomes come before all).
    counts_last_day: whether the last day is itself a day at risk (the default of the platform). Where it is not, a
    person whose follow-up starts and stops on one day has no time and drops out.
    competing: names of stops that are competing events of every outcome (death), as against censoring.
    """

    start: Series
    until: tuple[Stop, ...]
    counts_last_day: bool = True
    competing: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """An event to count, on the person's date (first on or after the start of follow-up, or unknown)."""

    name: str
    on: Series


@dataclass(frozen=True, kw_only=True, slots=True)
class Flow:
    """Persons left after each criterion, in order."""

    id: str = "flow"


@dataclass(frozen=True, kw_only=True, slots=True)
class TableOne:
    """The population described by group. by: a variable or a fixed exposure, or None. of: variables, in order."""

    id: str
    of: tuple[str, ...]
    by: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """Persons by every combination of the levels of some variables."""

    id: str
    by: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rates:
    """Events, person-years and rates of an outcome.

    by: names of variables and exposures, "age" (attained), "year" (calendar), "sex". age_bands: lower bounds.
    standard: name of a standard population for directly standardised rates over age bands, or None. per: person-years.
    against: the level of the one variable in `by` that rate ratios compare with, or None for its first.
    """

    id: str
    outcome: str
    by: tuple[str, ...] = ()
    age_bands: tuple[int, ...] = ()
    standard: str | None = None
    per: Annotated[int, AtLeast(1)] = 1000
    against: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Survival:
    """Risk of an outcome by days from the start of follow-up.

    method: "kaplan_meier" (competing events censor) or "aalen_johansen". at: days at which the risk is tabulated;
    horizon: last day, or None for all.
    """

    id: str
    outcome: str
    method: Annotated[str, OneOf("kaplan_meier", "aalen_johansen")]
    by: tuple[str, ...] = ()
    at: tuple[Annotated[int, AtLeast(0)], ...] = ()
    horizon: Annotated[int | None, AtLeast(1)] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Intervals:
    """Calendar intervals from first to last day (both counted), each of one unit: "month", "quarter" or "year"."""

    first: date
    last: date
    unit: Annotated[str, OneOf("month", "quarter", "year")]


@dataclass(frozen=True, kw_only=True, slots=True)
class Incidence:
    """New cases and rates by calendar time in the whole population of the study, while resident.

    event: DATE of each event (event grain). A new case is an event with no event of the same person in the washout
    days before it; during those days after an event nobody is at risk. Person-time by Lexis cells, as in Rates.
    """

    id: str
    name: str
    event: Series
    every: Intervals
    washout: Annotated[int, AtLeast(0)]  # days
    by: tuple[str, ...] = ()
    age_bands: tuple[int, ...] = ()
    standard: str | None = None
    per: Annotated[int, AtLeast(1)] = 100_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Trend:
    """A measure by calendar interval: numerator over denominator, each evaluated as if the interval were constants.

    denominator: BOOL a person. numerator: BOOL or INT a person; unknown counts 0; only members of the denominator
    count. Both may use the parameters interval_start and interval_end. A prevalence is a trend. "age" in `by` is
    the age on the first day of the interval.
    """

    id: str
    name: str
    numerator: Series
    denominator: Series
    every: Intervals
    by: tuple[str, ...] = ()
    age_bands: tuple[int, ...] = ()


Analysis = Flow | TableOne | Counts | Rates | Survival | Incidence | Trend


@dataclass(frozen=True, kw_only=True, slots=True)
class MadeRow:
    """A made-up row for a study's own test: table path ("lmr.dispensing"), (column, value) pairs, dates as texts."""

    table: str
    values: tuple[tuple[str, bool | int | float | str | None], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Expectation:
    """A made-up person and what must come out: included or not, and values of variables by name."""

    name: str
    rows: tuple[MadeRow, ...]
    included: bool
    values: tuple[tuple[str, bool | int | float | str | None], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Specification:
    """The whole study. start and end bound the study period, both days counted.

    index is None for a study of a whole population (Incidence, Trend, or a follow-up with a stated start).
    pins: (registry, version) that the study wants; others take the newest.
    """

    title: str
    start: date
    end: date
    purpose: str = ""
    rationale: str = ""
    index: Series | None = None
    criteria: tuple[Criterion, ...] = ()
    variables: tuple[Variable, ...] = ()
    exposures: tuple[Changing, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    follow_up: FollowUp | None = None
    analyses: tuple[Analysis, ...] = ()
    expectations: tuple[Expectation, ...] = ()
    pins: tuple[tuple[str, Annotated[int, AtLeast(1)]], ...] = ()

    @property
    def names(self) -> list[str]:
        """The names of variables, exposures and outcomes, in the order of the study."""
        found = [variable.name for variable in self.variables]
        found += [exposure.name for exposure in self.exposures]
        return found + [outcome.name for outcome in self.outcomes]
