"""Families: who lives with whom, and who is whose mother and father.

Couples are formed first, of ages that fit. Then each year's children get their mothers among the women who
lived in Norway that whole year, by age, number of earlier children, partner and time since the last
birth; a child's father is the mother's partner at the time, if she has one, else a man of fitting age.
Parents who died or left before 2008 are not part of the synthetic Norway, so the older a person is, the
more often a parent is unknown.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from helseanalyse.synthetic import truth
from helseanalyse.synthetic.calendar import NEVER, START, STOP, YEAR_DAYS, Days, age_on, new_year, year_of
from helseanalyse.synthetic.draw import Bools, Draw, Floats, Ints
from helseanalyse.synthetic.everyone import Everyone

LEAST_GAP = 305  # days from one birth to the next
_BIN = 3 * 365  # partners are found within such a span of birth days
_TWINS = 0.012  # chance that a child born on the same day as the next one is its twin, at full scale


@dataclass(frozen=True, slots=True)
class Families:
    """Arrays (total + 1,) indexed by person number; 0 where there is nobody.

    together, apart: first day with the partner, and first day without again (NEVER if there is no couple;
    `apart` may be NEVER). leaves_home: the day on which a child moves out.
    """

    mother: Ints
    father: Ints
    partner: Ints
    together: Days
    apart: Days
    leaves_home: Days
    first_child: Days  # of a woman: the day of birth of her first child
    last_child_leaves: Days  # of a woman: the day on which her last child moves out

    def couple_on(self, pid: Ints, on: Days) -> Bools:
        """Whether each person lives with a partner on a day."""
        return np.asarray((self.together[pid] <= on) & (on < self.apart[pid]))


def families(all_: Everyone, seed: int) -> Families:
    """The families of everyone."""
    draw = Draw(seed, np.arange(len(all_.born)))
    leaves = all_.born + ((18.6 + 5.0 * draw.uniform("family.leaves") ** 1.5) * YEAR_DAYS).astype(np.int32)
    partner, together, apart = _couples(all_, draw)
    leaves = np.minimum(leaves, together).astype(np.int32)
    mother = _mothers(all_, draw, partner, together, apart)
    _mothers_of_newcomers(all_, draw, mother)
    father = _fathers(all_, draw, mother, partner, together, apart)
    children = np.flatnonzero(mother > 0)
    first = np.full(len(all_.born), NEVER, dtype=np.int32)
    np.minimum.at(first, mother[children], np.maximum(all_.born, all_.arrived)[children])
    last = np.full(len(all_.born), -NEVER, dtype=np.int32)
    gone = np.minimum(np.minimum(leaves, all_.died + 1), all_.left)
    np.maximum.at(last, mother[children], gone[children])
    return Families(mother, father, partner, together, apart, leaves, first, last)


def _couples(all_: Everyone, draw: Draw) -> tuple[Ints, Days, Days]:
    """Partners: at most one a person, met within bins of birth days; the couple's first and last day."""
    n = len(all_.born)
    willing = draw.chance("family.willing", 0.90)
    noise = 3.2 * YEAR_DAYS * draw.normal("family.difference")
    wanted = all_.born + np.where(all_.sex == 0, -2.4 * YEAR_DAYS + noise, 0.0)
    # Newcomers mostly find each other: they have a set of bins of their own.
    group = np.floor(wanted / _BIN).astype(np.int64) * 2 + (all_.arrived >= START) * all_.abroad
    order = draw.words("family.order")
    sides = []
    for sex in (0, 1):
        who = np.flatnonzero((all_.sex == sex) & willing)
        who = who[np.lexsort((order[who], group[who]))]
        begin = np.searchsorted(group[who], group[who], side="left")
        sides.append((who, group[who] * n + (np.arange(len(who)) - begin)))
    (women, women_key), (men, men_key) = sides
    _, of_women, of_men = np.intersect1d(women_key, men_key, assume_unique=True, return_indices=True)
    her, him = women[of_women], men[of_men]
    first = np.maximum(all_.born[her], all_.born[him]) + (19 + 4.5 * draw.exponential("family.met")[her]) * YEAR_DAYS
    first = np.maximum(first, np.maximum(all_.arrived[her], all_.arrived[him]))
    parts = draw.chance("family.parts", 0.27)[her]
    last = np.where(parts, first + 200 + 13 * YEAR_DAYS * draw.exponential("family.years")[her], NEVER)
    for side in (her, him):
        last = np.minimum(last, np.minimum(all_.died[side].astype(np.int64) + 1, all_.left[side]))
    real = (first < np.minimum(last, STOP)) & (last > first + 100)
    partner = np.zeros(n, dtype=np.int64)
    together, apart = np.full(n, NEVER, dtype=np.int32), np.full(n, NEVER, dtype=np.int32)
    for side, other in ((her, him), (him, her)):
        partner[side[real]] = other[real]
        together[side[real]] = first[real].astype(np.int32)
        apart[side[real]] = np.minimum(last[real], NEVER).astype(np.int32)
    return partner, together, apart


def _fertility(age: npt.NDArray[np.floating], mean: float) -> Floats:
    """Relative fertility by age of the mother around a mean age."""
    return np.asarray(np.exp(-0.5 * ((age - mean) / np.where(age < mean, 4.6, 5.4)) ** 2))


def _mean_age(year: int) -> float:
    """The mean age of mothers: 26 in 1975, 31.5 in 2024."""
    return float(np.interp(year, [1930, 1950, 1975, 2000, 2024], [28.5, 28.0, 26.2, 29.2, 31.6]))


def _known_share(year: int, all_mothers_alive_from: int = 2003) -> float:
    """The share of children born that year whose mother was still alive, and here, in 2008."""
    if year >= all_mothers_alive_from:
        return 1.0
    ages = np.arange(15, 50)
    births = _fertility(ages + 0.5, _mean_age(year))
    shape = truth.DEATH
    rate = 1.6 * shape.at_80["female"] / shape.slope["female"]
    until, since = ages + 2008 - year, ages
    cumulative = rate * (np.exp(shape.slope["female"] * (until - 80)) - np.exp(shape.slope["female"] * (since - 80)))
    return float((births * np.exp(-cumulative)).sum() / births.sum() * 0.985)


def _mothers(all_: Everyone, draw: Draw, partner: Ints, together: Days, apart: Days) -> Ints:
    """The mother of each person born in Norway, 0 where unknown."""
    mother = np.zeros(len(all_.born), dtype=np.int64)
    children = np.flatnonzero(~all_.abroad & (all_.born < STOP) & (all_.sex >= 0))
    known = draw.uniform("family.mother_known")
    children = children[np.lexsort((draw.words("family.child_order")[children], all_.born[children]))]
    years = year_of(all_.born[children])
    women = np.flatnonzero(all_.sex == 0)
    women = women[np.argsort(all_.born[women], kind="stable")]
    last_birth = np.full(len(all_.born), -NEVER, dtype=np.int32)
    earlier = np.zeros(len(all_.born), dtype=np.int8)
    factor = np.array([1.0, 1.5, 0.60, 0.40, 0.35, 0.3])
    for year in range(max(int(years[0]), 1915) if len(years) else 2025, 2025):
        new = children[np.searchsorted(years, year) : np.searchsorted(years, year + 1)]
        new = new[known[new] < _known_share(year)]
        if not len(new):
            continue
        first, following = (int(day) for day in new_year([year, year + 1]))
        low, high = np.searchsorted(all_.born[women], [first - 49 * 365.25, first - 16 * 365.25])
        some = women[low:high]
        here = all_.there(some, first) & all_.there(some, following)
        if year < 2008:
            here = all_.arrived[some] <= first
        some = some[here & (last_birth[some] < first - LEAST_GAP)]
        weight = _fertility(age_on(first + 180, all_.born[some]), _mean_age(year))
        couple = (together[some] < first - 100) & (apart[some] > following)
        weight *= np.where(couple, 1.0, 0.10) * factor[np.minimum(earlier[some], 5)]
        chances = Draw(draw.seed, some).exponential("family.births", year) / np.maximum(weight, 1e-12)
        pair = _twins(all_, draw, new)
        singles = np.flatnonzero(~pair)
        wanted = min(len(singles), len(some))
        chosen = some[np.sort(np.argpartition(chances, wanted - 1)[:wanted])] if wanted else some[:0]
        chosen = chosen[np.argsort(Draw(draw.seed, chosen).words("family.pairing", year), kind="stable")]
        mother[new[singles[:wanted]]] = chosen
        # A twin has the mother of the child before it in the list.
        twins = np.flatnonzero(pair)
        mother[new[twins]] = mother[new[twins - 1]]
        np.maximum.at(last_birth, mother[new], all_.born[new])
        np.add.at(earlier, chosen, 1)
        last_birth[0], earlier[0] = -NEVER, 0
    return mother


def _twins(all_: Everyone, draw: Draw, new: Ints) -> Bools:
    """Which of a year's children (sorted by day) are the second twin of the child before."""
    same_day = np.zeros(len(new), dtype=bool)
    same_day[1:] = all_.born[new[1:]] == all_.born[new[:-1]]
    pair = same_day & (draw.uniform("family.twin")[new] < _TWINS * 1.3)
    pair[1:] &= ~pair[:-1]
    return pair


def _mothers_of_newcomers(all_: Everyone, draw: Draw, mother: Ints) -> None:
    """Children who immigrate: a woman of fitting age who came the same year."""
    age = (all_.arrived - all_.born) / YEAR_DAYS
    children = np.flatnonzero(all_.abroad & (all_.arrived >= START) & (age < 17))
    women = np.flatnonzero(all_.abroad & (all_.arrived >= START) & (all_.sex == 0) & (age >= 19) & (age < 55))
    if not len(children) or not len(women):
        return
    year = year_of(all_.arrived)
    key = year.astype(np.float64) * 200_000 + all_.born
    women = women[np.argsort(key[women], kind="stable")]
    wish = all_.born[children] - (29.0 + 4.5 * draw.normal("family.newcomer")[children]) * YEAR_DAYS
    place = np.searchsorted(key[women], year[children] * 200_000.0 + wish)
    found = women[np.minimum(place, len(women) - 1)]
    gap = (all_.born[children] - all_.born[found]) / YEAR_DAYS
    fits = (year[found] == year[children]) & (gap > 17) & (gap < 46)
    mother[children[fits]] = found[fits]


def _fathers(all_: Everyone, draw: Draw, mother: Ints, partner: Ints, together: Days, apart: Days) -> Ints:
    """The mother's partner at the birth; else a man of fitting age, where one can still be alive."""
    father = np.zeros(len(all_.born), dtype=np.int64)
    children = np.flatnonzero(mother > 0)
    her = mother[children]
    at_birth = (together[her] <= all_.born[children]) & (apart[her] > all_.born[children] - 270)
    at_birth |= all_.abroad[children] & (partner[her] > 0)
    father[children[at_birth]] = partner[her[at_birth]]
    father[children[at_birth]] *= (all_.born[children] - all_.born[father[children]] > 16 * 365)[at_birth]
    others = children[~at_birth]
    others = others[draw.uniform("family.father_known")[others] < 0.93]
    men = np.flatnonzero((all_.sex == 1) & ~all_.abroad & (all_.left == NEVER))
    if not len(men) or not len(others):
        return father
    men = men[np.argsort(all_.born[men], kind="stable")]
    wish = all_.born[mother[others]] - (2.5 + 4.0 * draw.normal("family.other_father")[others]) * YEAR_DAYS
    found = men[np.minimum(np.searchsorted(all_.born[men], wish), len(men) - 1)]
    gap = all_.born[others] - all_.born[found]
    fits = (gap > 17 * 365) & (gap < 60 * 365) & (all_.died[found] > all_.born[others])
    father[others[fits]] = found[fits]
    return father
