"""The persons of the study with all that the analyses count by: one row a person, small whole numbers and dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from helseanalyse.catalogue.model import Kind
from helseanalyse.engine import sql
from helseanalyse.engine.arithmetic import whole
from helseanalyse.engine.build import Build
from helseanalyse.engine.errors import EngineError
from helseanalyse.engine.expressions import Place
from helseanalyse.engine.frame import PID, Frame
from helseanalyse.engine.levels import (
    NOT_DIMENSIONS,
    SEX,
    Division,
    category_of,
    exposure_named,
    level_of,
    levels_of,
    sex_levels,
    variable_named,
)
from helseanalyse.engine.sql import Sql, call
from helseanalyse.engine.stay import main_table
from helseanalyse.study import nodes as n
from helseanalyse.study.answer import Dimension
from helseanalyse.study.specification import (
    Counts,
    FollowUp,
    Incidence,
    Outcome,
    Rates,
    Specification,
    Survival,
    TableOne,
    Trend,
    Variable,
)
from helseanalyse.study.types import DATE, ValueType

BORN = "born_on"
START = "follow_from"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the analyses of a study ask of each person: dimensions, histograms, dates of follow-up, the birth date."""

    dimensions: tuple[str, ...]
    histograms: tuple[str, ...]
    outcomes: tuple[str, ...]
    born: bool
    table: str = "population"

    @classmethod
    def by(cls, study: Specification) -> Wanted:
        """Everything that some analysis asks for, each once."""
        dimensions: dict[str, None] = {}
        histograms: dict[str, None] = {}
        outcomes: dict[str, None] = {}
        born = False
        for analysis in study.analyses:
            if isinstance(analysis, TableOne):
                dimensions |= dict.fromkeys([analysis.by] if analysis.by else [])
                for name in analysis.of:
                    (histograms if is_histogram(study, name) else dimensions)[name] = None
            elif isinstance(analysis, Counts | Rates | Survival | Incidence | Trend):
                dimensions |= dict.fromkeys(name for name in analysis.by if name not in NOT_DIMENSIONS)
            if isinstance(analysis, Rates | Survival):
                outcomes[analysis.outcome] = None
            born = born or isinstance(analysis, Rates | Survival | Incidence)
            born = born or (isinstance(analysis, Trend) and "age" in analysis.by)
        return cls(tuple(dimensions), tuple(histograms), tuple(outcomes), born)

    def series(self, build: Build) -> list[n.Node]:
        """The values that must be gathered."""
        study = build.study
        found: list[n.Node] = []
        for name in (*self.dimensions, *self.histograms):
            if name == SEX:
                found.append(_main_column(build, SEX, Kind.CATEGORY))
            elif (variable := variable_named(study, name)) is not None:
                found.append(variable.value)
            elif (exposure := exposure_named(study, name)) is not None:
                found.append(exposure.periods)
        if self.outcomes:
            follow = follow_up_of(study)
            found += [follow.start, *(stop.on for stop in follow.until)]
            found += [outcome_of(study, name).on for name in self.outcomes]
        if self.born and main_table(build).has(BORN):
            found.append(_main_column(build, BORN, Kind.DATE))
        return found


def is_histogram(study: Specification, name: str) -> bool:
    """Whether a variable is described by its values, not by its levels."""
    variable = variable_named(study, name)
    return variable is not None and name != SEX and variable.value.type.kind in (Kind.INT, Kind.FLOAT)


def follow_up_of(study: Specification) -> FollowUp:
    """The study's follow-up."""
    if study.follow_up is None:
        raise EngineError("The study asks for rates or curves but has no follow-up. Say study.follow(...).")
    return study.follow_up


def outcome_of(study: Specification, name: str) -> Outcome:
    """The study's outcome of that name."""
    for outcome in study.outcomes:
        if outcome.name == name:
            return outcome
    raise EngineError(f"The study has no outcome named {name}.")


def _main_column(build: Build, name: str, kind: Kind) -> n.Column:
    main = main_table(build)
    table = n.Table(main.registry, main.name, main.grain)
    return n.Column(table, name, ValueType(kind) if kind is not Kind.DATE else DATE)


@dataclass(frozen=True, slots=True)
class Population:
    """The step with one row a person, and where things stand in it.

    divisions: by name, those of persons and the changing ones (which have no column here). bins: the column with the
    whole number of steps of a histogram, by variable. outcomes: the column with the outcome's date. stops: columns with
    the dates of the reasons to stop, in the study's order. born: it has the birth date.
    last_day: nothing after it is asked about.
    """

    table: str
    frame: Frame
    divisions: Mapping[str, Division] = field(default_factory=dict)
    bins: Mapping[str, str] = field(default_factory=dict)
    outcomes: Mapping[str, str] = field(default_factory=dict)
    stops: Sequence[str] = ()
    born: bool = False
    last_day: date = date.max

    @property
    def kept(self) -> list[str]:
        """The columns with the levels of persons, which steps carry along so that several analyses can share them."""
        return [division.column for division in self.divisions.values() if division.changing is None]

    def by(self, names: Sequence[str]) -> list[Division]:
        """The divisions of an analysis; age and year are not among them."""
        return [self.divisions[name] for name in names if name not in NOT_DIMENSIONS]


def population(frame: Frame, wanted: Wanted, last_day: date, build: Build) -> Population:
    """Adds the step with the persons of the study. frame: complete for everything that is wanted."""
    scope = frame.scope()
    place = frame.place(scope, build.codes)
    outputs: dict[str, Sql] = {PID: scope.take("f", PID)}
    if wanted.born:
        known = main_table(build).has(BORN)
        outputs[BORN] = (
            place.value(_main_column(build, BORN, Kind.DATE)) if known else sql.cast(sql.constant(None), "DATE")
        )
    divisions: dict[str, Division] = {}
    for number, name in enumerate(wanted.dimensions, 1):
        divisions[name], value = _division(name, f"level_{number}", place, build)
        if value is not None:
            outputs[divisions[name].column] = sql.cast(value, "SMALLINT")
    bins = {name: f"bin_{number}" for number, name in enumerate(wanted.histograms, 1)}
    for name, column in bins.items():
        variable = variable_named(build.study, name)
        assert variable is not None
        outputs[column] = _bin(variable, place)
    outcomes = {name: f"outcome_{number}" for number, name in enumerate(wanted.outcomes, 1)}
    stops: list[str] = []
    if outcomes:
        follow = follow_up_of(build.study)
        outputs[START] = place.value(follow.start)
        stops = [f"stop_{number}" for number in range(1, len(follow.until) + 1)]
        outputs |= {column: place.value(stop.on) for column, stop in zip(stops, follow.until, strict=True)}
        outputs |= {column: place.value(outcome_of(build.study, name).on) for name, column in outcomes.items()}
    table = build.table(
        "population", scope.select(outputs), "The persons of the study, with what the analyses count by."
    )
    return Population(table, frame, divisions, bins, outcomes, stops, wanted.born, last_day)


def _division(name: str, column: str, place: Place, build: Build) -> tuple[Division, Sql | None]:
    if name == SEX:
        levels = sex_levels(build.catalogue)
        value = place.once(_main_column(build, SEX, Kind.CATEGORY))
        return Division(Dimension(SEX, levels), column), category_of(value, levels)
    if (variable := variable_named(build.study, name)) is not None:
        division = Division(Dimension(name, levels_of(variable)), column)
        return division, level_of(variable, place.once(variable.value))
    if (exposure := exposure_named(build.study, name)) is not None:
        return Division(Dimension(name, (exposure.off, exposure.on)), column, exposure), None
    raise EngineError(f"The study has no variable or exposure named {name}.")


def _bin(variable: Variable, place: Place) -> Sql:
    """The value in whole steps, halves away from zero."""
    value = place.value(variable.value)
    if variable.value.type.kind is Kind.INT and variable.round_to == 1:
        return value
    steps = sql.compute(sql.cast(value, "DOUBLE"), "/", sql.constant(float(variable.round_to)))
    return whole(call("round", steps))
