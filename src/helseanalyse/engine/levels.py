"""How a table is divided: the place of a value among the levels of a dimension, as a small whole number in SQL.

The levels come from the study, never from the data; "unknown" (None) is the last one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import prod

from helseanalyse.catalogue.model import Catalogue, Kind
from helseanalyse.engine import sql
from helseanalyse.engine.errors import EngineError
from helseanalyse.engine.sql import Sql, case, compare, constant
from helseanalyse.study.answer import Dimension
from helseanalyse.study.specification import Changing, Specification, Variable

Levels = tuple[str | None, ...]
SEX = "sex"
NOT_DIMENSIONS = ("age", "year")  # rates carry them in their cells


@dataclass(frozen=True, slots=True)
class Division:
    """A dimension, and the column with a row's place among its levels. changing: it changes during follow-up."""

    dimension: Dimension
    column: str
    changing: Changing | None = None

    @property
    def size(self) -> int:
        """The number of levels."""
        return len(self.dimension.levels)


def band_names(bounds: Sequence[int]) -> tuple[str, ...]:
    """What the groups between bounds are called.

    >>> band_names((40, 60, 61))
    ('under 40', '40-59', '60', '61 and over')
    """
    between = [f"{low}-{high - 1}" if high - low > 1 else str(low) for low, high in pairwise(bounds)]
    return (f"under {bounds[0]}", *between, f"{bounds[-1]} and over")


def age_names(bounds: Sequence[int]) -> tuple[str, ...]:
    """What age bands are called: nobody is under 0.

    >>> age_names((0, 18, 65)), age_names((18, 65))
    (('0-17', '18-64', '65 and over'), ('under 18', '18-64', '65 and over'))
    """
    return band_names(bounds)[1:] if bounds[0] == 0 else band_names(bounds)


def levels_of(variable: Variable) -> Levels:
    """The levels of a variable, unknown last."""
    of = variable.value.type
    if of.kind is Kind.BOOL:
        return ("no", "yes", None)
    if variable.bands:
        return (*band_names(variable.bands), None)
    if of.kind is Kind.CATEGORY:
        return (*of.levels, None)
    raise EngineError(
        f"{variable.name} is a {of} without levels, so it cannot divide a table. Give it bands, or categorise it."
    )


def level_of(variable: Variable, value: Sql) -> Sql:
    """The place of a variable's value among its levels. value: a column."""
    levels = levels_of(variable)
    if variable.value.type.kind is Kind.BOOL:
        return case((sql.is_null(value), _place(2)), (value.copy(), _place(1)), otherwise=_place(0))
    if variable.bands:
        return band_of(value, variable.bands)
    return category_of(value, levels)


def category_of(value: Sql, levels: Levels) -> Sql:
    """The place of a category among levels; unknown for any other."""
    known = [
        (compare(value.copy(), "==", sql.text(level)), _place(i)) for i, level in enumerate(levels) if level is not None
    ]
    return case(*known, otherwise=_place(len(levels) - 1)) if known else _place(0)


def band_of(value: Sql, bounds: Sequence[int]) -> Sql:
    """The place of a number among the bands between bounds; one place more for unknown."""
    below = [(compare(value.copy(), "<", constant(bound)), _place(i)) for i, bound in enumerate(bounds)]
    return case((sql.is_null(value.copy()), _place(len(bounds) + 1)), *below, otherwise=_place(len(bounds)))


def sex_levels(catalogue: Catalogue) -> Levels:
    """The levels of sex in the universe's main table."""
    universe = catalogue.universe
    return (*(level.name for level in universe.table(universe.main).column(SEX).levels), None)


def _place(number: int) -> Sql:
    return sql.number(number)


def pattern(divisions: Sequence[Division], alias: str | None = None) -> Sql:
    """The number of a row's combination of levels, in C order: the last dimension runs fastest."""
    number: Sql | None = None
    for division in divisions:
        place = sql.cast(sql.col(division.column, alias), "INTEGER")
        number = (
            place if number is None else sql.compute(sql.compute(number, "*", sql.number(division.size)), "+", place)
        )
    return sql.number(0) if number is None else number


def cells(divisions: Sequence[Division]) -> int:
    """The number of combinations of levels."""
    return prod(division.size for division in divisions)


def dimensions(divisions: Sequence[Division]) -> tuple[Dimension, ...]:
    """What an answer says of them."""
    return tuple(division.dimension for division in divisions)


def variable_named(study: Specification, name: str) -> Variable | None:
    """The variable of that name."""
    return next((variable for variable in study.variables if variable.name == name), None)


def exposure_named(study: Specification, name: str) -> Changing | None:
    """The changing exposure of that name."""
    return next((exposure for exposure in study.exposures if exposure.name == name), None)
