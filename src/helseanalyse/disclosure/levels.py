"""How levels, periods and combinations of them are named in a released table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np

from helseanalyse.study.answer import Dimension, Int64

UNKNOWN = "unknown"


def level_name(level: str | int | None) -> str:
    """The level as a table shows it; the level None is "unknown".

    >>> level_name(None), level_name("female")
    ('unknown', 'female')
    """
    return UNKNOWN if level is None else str(level)


def combinations(dimensions: Sequence[Dimension]) -> Iterator[tuple[str, ...]]:
    """The names of every combination of levels, in C order; one empty combination for no dimension.

    >>> list(combinations([Dimension("sex", ("female", "male"))]))
    [('female',), ('male',)]
    """
    for levels in product(*(dimension.levels for dimension in dimensions)):
        yield tuple(level_name(level) for level in levels)


def period_name(number: int, unit: str) -> str:
    """A calendar unit by its number: a year, or year * 12 + month - 1 for months and quarters.

    >>> period_name(2015, "year"), period_name(2015 * 12 + 3, "month"), period_name(2015 * 12 + 3, "quarter")
    ('2015', '2015-04', '2015 Q2')
    """
    if unit == "year":
        return str(number)
    year, month = divmod(number, 12)
    return f"{year} Q{month // 3 + 1}" if unit == "quarter" else f"{year}-{month + 1:02d}"


def known_patterns(dimensions: Sequence[Dimension], weight: Int64) -> list[int]:
    """The combinations to show, as indices: all, but for those with an unknown level where nobody is unknown.

    weight: (patterns,) persons or days. That nobody is unknown says nothing about anyone, so the empty rows may go.

    >>> known_patterns([Dimension("sex", ("female", "male", None))], np.array([4, 0, 0]))
    [0, 1]
    """
    shape = tuple(len(dimension.levels) for dimension in dimensions)
    cube = np.asarray(weight).reshape(shape)
    kept = []
    for index in np.ndindex(*shape):
        for axis, place in enumerate(index):
            if dimensions[axis].levels[place] is None and not cube.take(place, axis).any():
                break
        else:
            kept.append(int(np.ravel_multi_index(index, shape)) if shape else 0)
    return kept
