"""Who exists: sex, day of birth, born here or abroad, and the spells of residence in Norway.

Person number p (1 to M) is the (p * step mod M)-th in a list of strata: residents of 1 January 2008 by
sex and age, births by year and sex, newcomers by year, sex and age, each as large as `demography`
expects at the scale N / 5,367,580. So every N, however small, has the age pyramid of Norway, and any
range of person numbers is a cross-section of the country.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import gcd

import numpy as np
import numpy.typing as npt

from helseanalyse.synthetic import demography, figures, truth
from helseanalyse.synthetic.calendar import NEVER, START, STOP, YEAR_DAYS, Days, new_year
from helseanalyse.synthetic.draw import Bools, Draw, Floats, Ints
from helseanalyse.synthetic.hazard import AgeHazard


@dataclass(frozen=True, slots=True)
class People:
    """The persons of a batch, one array element each. Days are days since 1970; NEVER if it does not happen.

    pid: person number. sex: 0 female, 1 male. abroad: born outside Norway. arrived: first day of residence
    (the day of birth for those born here). left, back, left_again: emigration, return, second emigration;
    death is not yet taken into account.
    """

    pid: Ints
    sex: npt.NDArray[np.int8]
    born: Days
    abroad: Bools
    arrived: Days
    left: Days
    back: Days
    left_again: Days


@dataclass(frozen=True)
class Layout:
    """The strata of a synthetic Norway of N residents on 1 January 2020."""

    persons: int

    @cached_property
    def edges(self) -> Ints:
        """Cumulative numbers of persons at the end of each stratum, (220 + 34 + 3740,)."""
        expected = demography.expected()
        births = np.outer(expected.births, [1 - demography.MALE_BIRTHS, demography.MALE_BIRTHS])
        sizes = np.concatenate([expected.stock.ravel(), births.ravel(), expected.newcomers.ravel()])
        return np.floor(np.cumsum(sizes) * self.persons / figures.NORWAY_2020 + 0.5).astype(np.int64)

    @property
    def total(self) -> int:
        """Everyone who exists: about 1.2 times N, since people die, leave, come and are born."""
        return int(self.edges[-1])

    @cached_property
    def _step(self) -> int:
        step = max(int(self.total * 0.6180339887), 1)
        while gcd(step, self.total) != 1:
            step += 1
        return step

    def stratum(self, pid: Ints) -> Ints:
        """The stratum of each person number."""
        rank = (pid - 1) * self._step % self.total
        return np.searchsorted(self.edges, rank, side="right").astype(np.int64)


def people(layout: Layout, seed: int, pid: Ints) -> People:
    """The persons with these numbers.

    >>> layout = Layout(1000)
    >>> someone = people(layout, 1, np.arange(1, layout.total + 1))
    >>> resident = (someone.arrived <= new_year(2020)) & (someone.left > new_year(2020))
    >>> 900 < int(resident.sum()) < 1300  # nobody has died yet
    True
    """
    draw = Draw(seed, pid)
    stratum = layout.stratum(pid)
    ages = demography.OLDEST + 1
    stock, births = 2 * ages, 2 * len(figures.YEARS)
    is_stock, is_birth = stratum < stock, (stratum >= stock) & (stratum < stock + births)
    within = np.where(is_stock, stratum, np.where(is_birth, stratum - stock, stratum - stock - births))
    sex = np.where(is_stock, within // ages, np.where(is_birth, within % 2, within // ages % 2))
    year = figures.FIRST_YEAR + np.where(is_birth, within // 2, within // (2 * ages))
    in_year = draw.uniform("people.day")
    first = new_year(year)
    event = first + (in_year * (new_year(year + 1) - first)).astype(np.int64)
    age = within % ages + draw.uniform("people.age")
    born = np.where(is_birth, event, np.where(is_stock, START, event) - np.ceil(age * YEAR_DAYS).astype(np.int64))
    age_2008 = np.clip(within % ages, 0, demography.OLDEST)
    settled = is_stock & draw.chance("people.abroad", truth.MIGRATION.foreign_stock(age_2008))
    before = START - 1 - (draw.exponential("people.settled") * 12 * YEAR_DAYS).astype(np.int64)
    arrived = np.where(is_stock, np.where(settled, np.maximum(before, born + 30), born), event)
    arrived = np.where(settled, np.minimum(arrived, START - 1), arrived)
    abroad = settled | ~(is_stock | is_birth)
    return _migrate(draw, sex.astype(np.int8), born.astype(np.int32), abroad, arrived.astype(np.int32))


def _migrate(draw: Draw, sex: npt.NDArray[np.int8], born: Days, abroad: Bools, arrived: Days) -> People:
    """Emigration, return and second emigration, from START on."""
    rates = truth.MIGRATION
    ages = demography.AGES
    native = AgeHazard(np.tile(np.where(ages < 18, rates.child, np.where(ages < 40, rates.young, rates.older)), (2, 1)))
    begin = np.maximum(arrived, START).astype(np.int32)
    left = np.where(
        abroad,
        _leave_immigrant(draw, "people.left", arrived, begin),
        native.first(draw.exponential("people.left"), born, sex, begin),
    )
    returns = draw.chance("people.returns", np.where(abroad, 0.12, rates.returns))
    away = np.ceil(60 + draw.exponential("people.away") * rates.away * YEAR_DAYS).astype(np.int64)
    back = np.where((left < STOP) & returns & (left + away < STOP), left + away, NEVER)
    again = _leave_immigrant(draw, "people.again", back, back)
    again = np.where((back < STOP) & (again < STOP), np.maximum(again, back + 30), NEVER)
    left = np.where(left < STOP, np.maximum(left, begin + 1), NEVER)
    return People(
        draw.persons.astype(np.int64), sex, born, abroad, arrived,
        left.astype(np.int32), back.astype(np.int32), again.astype(np.int32),
    )  # fmt: skip


def _leave_immigrant(draw: Draw, purpose: str, arrived: Ints | Days, begin: Ints | Days) -> Floats:
    """The day of leaving: rate `recent` in the first five years after arrival, `settled` after that."""
    rates = truth.MIGRATION
    need = draw.exponential(purpose)
    recent_years = np.clip(5.0 - (begin - arrived) / YEAR_DAYS, 0.0, 5.0)
    early = need < recent_years * rates.recent
    years = np.where(early, need / rates.recent, recent_years + (need - recent_years * rates.recent) / rates.settled)
    return np.asarray(np.floor(begin + 1 + np.minimum(years, 300.0) * YEAR_DAYS))
