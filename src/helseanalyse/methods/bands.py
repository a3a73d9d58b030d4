"""Age bands and calendar periods, and the roll-up of cells to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from helseanalyse.methods.checks import Ints, MethodError, frozen, same_length, whole_numbers


@dataclass(frozen=True, slots=True)
class AgeBands:
    """Bands of attained age, in whole years.

    lower: the first age of each band, increasing. last: the last age of the last band, or None if it is open.

    >>> AgeBands((0, 5, 85)).labels
    ('0-4', '5-84', '85+')
    >>> AgeBands((40, 50), last=59).labels
    ('40-49', '50-59')
    """

    lower: tuple[int, ...]
    last: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "lower", _increasing("age bands", self.lower, least=0))
        if self.last is not None and self.last < self.lower[-1]:
            raise MethodError(f"The last age band begins at {self.lower[-1]}, so it cannot end at {self.last}. Swap?")

    @classmethod
    def every(cls, width: int, *, first: int = 0, open_from: int) -> AgeBands:
        """Bands of equal width, the last one open.

        >>> AgeBands.every(5, open_from=85).labels[-2:]
        ('80-84', '85+')
        """
        if width < 1 or open_from < first or (open_from - first) % width:
            raise MethodError(
                f"Bands of {width} years from {first} do not reach {open_from} in whole steps. "
                "Choose a width that divides the distance."
            )
        return cls(tuple(range(first, open_from + 1, width)))

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the bands: "0-4", "40" for a single year, "85+" for the open one."""
        return _labels(self.lower, self.last)

    def index(self, age: ArrayLike) -> Ints:
        """The number of the band of each age, and -1 for ages outside all bands.

        >>> AgeBands((40, 50), last=59).index([39, 40, 59, 60]).tolist()
        [-1, 0, 1, -1]
        """
        return _index(self.lower, self.last, whole_numbers("age", age))


@dataclass(frozen=True, slots=True)
class Periods:
    """Calendar periods of whole years. first: the first year of each. last: the last year of the last one.

    >>> Periods((2010, 2015, 2019), last=2019).labels
    ('2010-2014', '2015-2018', '2019')
    """

    first: tuple[int, ...]
    last: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "first", _increasing("periods", self.first, least=1))
        if self.last < self.first[-1]:
            raise MethodError(f"The last period begins in {self.first[-1]}, so it cannot end in {self.last}. Swap?")

    @classmethod
    def single_years(cls, first: int, last: int) -> Periods:
        """One period a year.

        >>> Periods.single_years(2020, 2022).labels
        ('2020', '2021', '2022')
        """
        return cls(tuple(range(first, last + 1)), last)

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the periods: "2010-2014", or "2019" for a single year."""
        return _labels(self.first, self.last)

    def index(self, year: ArrayLike) -> Ints:
        """The number of the period of each year, and -1 for years outside all periods.

        >>> Periods((2010, 2015), last=2019).index([2009, 2010, 2019, 2020]).tolist()
        [-1, 0, 1, -1]
        """
        return _index(self.first, self.last, whole_numbers("year", year))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RolledUp:
    """Whole numbers by pattern, period and age band.

    inside: (patterns, periods, bands). outside: the sum of what lies in no period or no band; it is
    told apart, not dropped, so that inside.sum() + outside is all that went in.
    """

    inside: Ints
    outside: int

    def __repr__(self) -> str:
        return f"RolledUp(shape={self.inside.shape})"


def roll_up(
    value: ArrayLike,
    *,
    pattern: ArrayLike,
    year: ArrayLike,
    age: ArrayLike,
    patterns: int,
    periods: Periods,
    bands: AgeBands,
) -> RolledUp:
    """Sum person-days or events over the cells of each pattern, period and age band, exactly.

    value, pattern, year, age: (C,) whole numbers, one per cell; pattern runs from 0 to patterns - 1.
    For a table by fewer variables than the patterns have, renumber first: pattern=coarse[cells.pattern].

    >>> days = roll_up(
    ...     [66, 226, 139],
    ...     pattern=[0, 0, 0],
    ...     year=[2010, 2010, 2011],
    ...     age=[39, 40, 40],
    ...     patterns=1,
    ...     periods=Periods.single_years(2010, 2011),
    ...     bands=AgeBands((40,)),
    ... )
    >>> days.inside[0].tolist(), days.outside
    ([[226], [139]], 66)
    """
    if patterns < 1:
        raise MethodError("There must be at least one pattern. Number the patterns from 0.")
    values, which = whole_numbers("value", value), whole_numbers("pattern", pattern, least=0)
    period, band = periods.index(year), bands.index(age)
    same_length(value=values, pattern=which, year=period, age=band)
    if len(which) and int(which.max()) >= patterns:
        raise MethodError(f"A cell has a pattern beyond the last, {patterns - 1}. Say how many there are.")
    keep = (period >= 0) & (band >= 0)
    inside = np.zeros((patterns, len(periods.first), len(bands.lower)), dtype=np.int64)
    np.add.at(inside, (which[keep], period[keep], band[keep]), values[keep])
    return RolledUp(frozen(inside), int(values[~keep].sum()))


def _increasing(what: str, edges: Sequence[int], least: int) -> tuple[int, ...]:
    numbers = tuple(int(edge) for edge in edges)
    if not numbers or numbers[0] < least or any(b <= a for a, b in pairwise(numbers)):
        raise MethodError(f"The {what} must begin at {least} or later and increase, each edge once. Given: {numbers}.")
    return numbers


def _labels(lower: tuple[int, ...], last: int | None) -> tuple[str, ...]:
    ends: list[int | None] = [edge - 1 for edge in lower[1:]]
    ends.append(last)
    return tuple(f"{a}+" if b is None else str(a) if a == b else f"{a}-{b}" for a, b in zip(lower, ends, strict=True))


def _index(lower: tuple[int, ...], last: int | None, values: Ints) -> Ints:
    found = np.searchsorted(np.array(lower, dtype=np.int64), values, side="right") - 1
    if last is not None:
        found[values > last] = -1
    return np.asarray(found, dtype=np.int64)
