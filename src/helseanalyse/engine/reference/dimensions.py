"""How a table is divided: the levels of a dimension come from the study, never from the data. None is "unknown"."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import prod

from helseanalyse.catalogue.model import Kind
from helseanalyse.engine.reference import periods as p
from helseanalyse.engine.reference.arithmetic import age_on
from helseanalyse.engine.reference.cohort import known_date, main_row
from helseanalyse.engine.reference.data import Data, NoAnswerError, Value
from helseanalyse.engine.reference.meaning import At, periods_of, value_of
from helseanalyse.study.answer import Dimension
from helseanalyse.study.specification import Changing, Specification, Variable

Level = str | None
LevelOn = Callable[[int, int], Level]  # the level of a person (pid) on a day (its number)


@dataclass(frozen=True, slots=True, repr=False)
class Division:
    """A dimension, and where a person stands in it on a day.

    changing: whether a person's level may change, and if so on which days.
    """

    dimension: Dimension
    level: LevelOn
    changing: Callable[[int], frozenset[p.Day]] | None = None

    def changes(self, pid: int) -> frozenset[p.Day]:
        """The days on which the person's level may change."""
        return frozenset() if self.changing is None else self.changing(pid)

    def index(self, pid: int, day: int) -> int:
        """The place of the person's level among the levels."""
        return self.dimension.levels.index(self.level(pid, day))


def divisions(study: Specification, data: Data, names: Sequence[str]) -> list[Division]:
    """The divisions of an analysis `by` variables, changing exposures and sex; "age" and "year" are not among them."""
    return [_division(study, data, name) for name in names if name not in ("age", "year")]


def dimensions(found: Sequence[Division]) -> tuple[Dimension, ...]:
    """What an answer says of them."""
    return tuple(division.dimension for division in found)


def shape(found: Sequence[Division]) -> tuple[int, ...]:
    """The number of levels of each."""
    return tuple(len(division.dimension.levels) for division in found)


def cells(found: Sequence[Division]) -> int:
    """The number of combinations of levels."""
    return prod(shape(found))


def pattern(found: Sequence[Division], pid: int, day: int) -> int:
    """The number of the person's combination of levels on a day, in C order: the last dimension runs fastest."""
    number = 0
    for division in found:
        number = number * len(division.dimension.levels) + division.index(pid, day)
    return number


def band_names(bounds: Sequence[int]) -> tuple[str, ...]:
    """What the groups between bounds are called.

    >>> band_names((40, 60, 61))
    ('under 40', '40-59', '60', '61 and over')
    """
    between = [
        f"{low}-{high - 1}" if high - low > 1 else str(low)
        for low, high in pairwise(bounds)
    ]
    return (f"under {bounds[0]}", *between, f"{bounds[-1]} and over")


def levels_of(variable: Variable) -> tuple[Level, ...]:
    """The levels of a variable, unknown last."""
    value_type = variable.value.type
    if value_type.kind is Kind.BOOL:
        return ("no", "yes", None)
    if variable.bands:
        return (*band_names(variable.bands), None)
    if value_type.kind is Kind.CATEGORY:
        return (*value_type.levels, None)
    raise NoAnswerError(
        f"{variable.name} is a {value_type} without levels, so it cannot divide a table. "
        "Give it bands, or categorise it."
    )


def level_of(variable: Variable, value: Value) -> Level:
    """The level that a value of the variable belongs to."""
    if value is None:
        return None
    if variable.value.type.kind is Kind.BOOL:
        return "yes" if value else "no"
    if variable.bands:
        assert isinstance(value, int | float)
        return band_names(variable.bands)[bisect_right(variable.bands, value)]
    return str(value)


def _division(study: Specification, data: Data, name: str) -> Division:
    for variable in study.variables:
        if variable.name == name:
            return of_variable(variable, data)
    for exposure in study.exposures:
        if exposure.name == name:
            return of_exposure(exposure, data)
    if name == "sex":
        return sex(data)
    raise NoAnswerError(f"The study has no variable or exposure named {name}.")


def of_variable(variable: Variable, data: Data) -> Division:
    """A variable as a division."""
    return Division(
        Dimension(variable.name, levels_of(variable)),
        lambda pid, day: level_of(variable, value_of(variable.value, At(data, pid))),
    )


def of_exposure(exposure: Changing, data: Data) -> Division:
    """A changing exposure as a division: on while its periods cover the day."""

    def periods(pid: int) -> list[p.Period]:
        return p.merged(periods_of(exposure.periods, At(data, pid)))

    def level(pid: int, day: int) -> Level:
        return exposure.on if any(start <= day < stop for start, stop in periods(pid)) else exposure.off

    return Division(
        Dimension(exposure.name, (exposure.off, exposure.on)),
        level,
        lambda pid: frozenset(day for period in periods(pid) for day in period),
    )


def sex(data: Data) -> Division:
    """Sex in the universe's main table."""
    universe = data.catalogue.universe
    column = universe.table(universe.main).column("sex")

    def level(pid: int, day: int) -> Level:
        found = main_row(data, pid).values["sex"]
        return None if found is None else str(found)

    return Division(Dimension("sex", (*(level.name for level in column.levels), None)), level)


def age_division(data: Data, bounds: Sequence[int]) -> Division:
    """Age on the day, in bands; unknown without a birth date, and before birth."""
    names = band_names(bounds)[1:] if bounds[0] == 0 else band_names(bounds)

    def level(pid: int, day: int) -> Level:
        age = age_at(data, pid, day)
        return None if age < 0 else names[bisect_right(bounds, age) - (1 if bounds[0] == 0 else 0)]

    return Division(Dimension("age", (*names, None)), level)


def age_at(data: Data, pid: int, day: int) -> int:
    """Age on a day; -1 where the birth date is unknown."""
    born_on = known_date(main_row(data, pid), "born_on")
    return -1 if born_on is None else age_on(born_on, date.fromordinal(day))
