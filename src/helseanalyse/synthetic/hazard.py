"""Times of first events in continuous time, from hazards that depend on age, sex, calendar time and causes.

The method is inversion: an event happens when the cumulative hazard, scaled by the person's causes,
reaches an exponential draw. A cause that begins on some day splits the time into pieces, each with its
own multiplier, so that a hazard ratio written down in `truth` is exactly the one in the data.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from helseanalyse.synthetic import demography, figures
from helseanalyse.synthetic.calendar import NEVER, STOP, YEAR_DAYS, Days, day, new_year
from helseanalyse.synthetic.draw import Floats

_AGES = np.arange(demography.OLDEST + 12, dtype=np.float64)  # exact ages 0, 1, ... as grid points
_REFERENCE_DAY = float(day("2013-01-01"))  # calendar trends turn around this day


class From(NamedTuple):
    """From `since` (day a person, NEVER if not) on, the hazard is multiplied by `ratio` (number or one a person)."""

    since: Days
    ratio: float | Floats


class AgeHazard:
    """A hazard by sex and age in whole years, with an exponential calendar trend.

    rates: (2, ages) events a person-year, constant within a year of age, on 1 January 2013.
    trend: relative change a year; -0.038 means 3.8 percent less each year.
    """

    def __init__(self, rates: npt.ArrayLike, trend: float = 0.0) -> None:
        self.slope = float(np.log1p(trend)) / YEAR_DAYS  # per day
        table = np.asarray(rates, dtype=np.float64)
        pad = len(_AGES) - 1 - table.shape[1]
        table = np.concatenate([table, np.repeat(table[:, -1:], pad, axis=1)], axis=1)
        if self.slope:
            # In a person's life the trend is a factor of age times a factor of the day of birth.
            edge = np.exp(self.slope * YEAR_DAYS * _AGES)
            table = table * (edge[1:] - edge[:-1]) / (self.slope * YEAR_DAYS)
        steps = np.concatenate([np.zeros((2, 1)), np.cumsum(table, axis=1)], axis=1)
        self.cumulative = steps  # (2, ages + 1) at exact ages

    def scaled(self, factor: float) -> AgeHazard:
        """The same hazard times a number."""
        other = object.__new__(AgeHazard)
        other.slope, other.cumulative = self.slope, self.cumulative * factor
        return other

    def _birth_factor(self, born: Days) -> Floats | float:
        return np.exp(self.slope * (born - _REFERENCE_DAY)) if self.slope else 1.0

    def at(self, days: Days, born: Days, sex: npt.NDArray[np.int8]) -> Floats:
        """Cumulative hazard from birth to each day, without the person's causes (n,)."""
        age = np.clip((days - born) / YEAR_DAYS, 0.0, _AGES[-1])
        whole = age.astype(np.int64)
        np.minimum(whole, len(_AGES) - 2, out=whole)
        low = self.cumulative[sex, whole]
        return np.asarray(low + (age - whole) * (self.cumulative[sex, whole + 1] - low))

    def _day_of(self, reached: Floats, born: Days, sex: npt.NDArray[np.int8]) -> Days:
        """The day on which the cumulative hazard is `reached`; NEVER where it never is."""
        age = np.full(len(born), np.inf)
        for index in (0, 1):
            of_sex = sex == index
            grid = self.cumulative[index]
            found = np.interp(reached[of_sex], grid, _AGES, right=np.inf)
            age[of_sex] = found
        days = np.floor(born + np.minimum(age, 300.0) * YEAR_DAYS)
        return np.where(age > 200.0, NEVER, days).astype(np.int32)

    def first(
        self,
        draw: Floats,
        born: Days,
        sex: npt.NDArray[np.int8],
        start: Days | int,
        ratio: Floats | float = 1.0,
        causes: Sequence[From] = (),
    ) -> Days:
        """The day of the first event at or after `start`, NEVER if none.

        draw: (n,) exponential with mean 1. ratio: the person's constant multiplier. causes: multipliers
        from a day on, in any order of days; they multiply each other.
        """
        factor = np.broadcast_to(np.asarray(ratio, dtype=np.float64), born.shape) * self._birth_factor(born)
        begin = np.maximum(np.broadcast_to(np.asarray(start, dtype=np.int32), born.shape), born)
        left = np.array(draw)
        result = np.full(born.shape, NEVER, dtype=np.int32)
        bounds = _boundaries(begin, causes)
        for here, following in zip(bounds, [*bounds[1:], None], strict=True):
            here_factor = factor
            for cause in causes:
                here_factor = here_factor * np.where(cause.since <= here, cause.ratio, 1.0)
            base = self.at(here, born, sex)
            if following is None:
                need = np.full(born.shape, np.inf)
            else:
                need = here_factor * (self.at(following, born, sex) - base)
            hit = (result == NEVER) & (left < need)
            with np.errstate(divide="ignore"):
                reached = base[hit] + left[hit] / np.asarray(here_factor)[hit]
            # A piece ends before its last day's end: rounding down to days may not pass its start.
            result[hit] = np.maximum(self._day_of(reached, born[hit], sex[hit]), here[hit])
            left = np.where(hit, np.inf, left - np.minimum(need, left)) if following is not None else left
        return result


def _boundaries(begin: Days, causes: Sequence[From]) -> list[Days]:
    """The starts of the pieces of constant multiplier: the begin, then each cause's day, sorted a person."""
    if not causes:
        return [begin.astype(np.int32)]
    later = [np.maximum(cause.since, begin) for cause in causes]
    return list(np.sort(np.stack([begin, *later]).astype(np.int32), axis=0))


def first_by_year(
    hazard: AgeHazard,
    level: Floats,
    draw: Floats,
    born: Days,
    sex: npt.NDArray[np.int8],
    ratio: Floats,
    begin: Days,
) -> Days:
    """The day of the first event from `begin` (START or later) on where each calendar year has a factor of its own.

    level: (17,) factors of the years 2008 to 2024. Others as in `AgeHazard.first`. NEVER if not before STOP.
    """
    result = np.full(born.shape, NEVER, dtype=np.int32)
    edges = np.append(new_year(figures.YEARS), STOP).astype(np.int32)
    left = draw / ratio
    low = hazard.at(begin, born, sex)
    for index, factor in enumerate(level):
        high = hazard.at(np.maximum(begin, edges[index + 1]), born, sex)
        step = (high - low) * factor
        hit = (left >= 0) & (left < step)
        found = hazard._day_of(low[hit] + left[hit] / factor, born[hit], sex[hit])
        result[hit] = np.clip(found, np.maximum(edges[index], begin[hit]), edges[index + 1] - 1)
        left = np.where(hit, -1.0, left - step)
        low = high
    return result


def rates_of(count: tuple[float, float], mean_age: tuple[float, float], year: int, least: int = 0) -> Floats:
    """Rates (2, 110) that give a yearly count and a mean age in the expected population of that year.

    count, mean_age: women, men. The rate rises as a power of age from the age `least` to 90, with the
    power that gives the mean age.

    >>> rates = rates_of((100.0, 200.0), (76.0, 68.0), 2013)
    >>> people = demography.expected().residents[5:7].mean(axis=0)  # the middle of the year
    >>> [round(float(n)) for n in (rates * people).sum(axis=1)]
    [100, 200]
    """
    index = year - figures.FIRST_YEAR
    expected = demography.expected().residents
    people = 0.5 * (expected[index] + expected[index + 1])
    years = np.minimum(demography.AGES + 0.5, 90.0)
    at_risk = least <= demography.AGES
    rows = []
    for sex in (0, 1):
        low, high = -3.0, 40.0
        for _ in range(60):
            power = (low + high) / 2
            shape = (years / 90.0) ** power * at_risk
            mean = float((people[sex] * shape * (demography.AGES + 0.5)).sum() / (people[sex] * shape).sum())
            low, high = (power, high) if mean < mean_age[sex] else (low, power)
        shape = (years / 90.0) ** ((low + high) / 2) * at_risk
        rows.append(shape * count[sex] / (people[sex] * shape).sum())
    return np.asarray(rows)
