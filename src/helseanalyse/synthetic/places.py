"""Places: the municipalities of 2008 with their people, what became of each, and who treats them.

A home is a municipality of 2008; its number follows the mergers of 2012 to 2024. The sizes are the
published populations of 2020 of the counties and the largest municipalities; the rest of a county is
shared out with the spread of published sizes (median 5,163, a quarter below 2,500, smallest 198).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np

from helseanalyse.catalogue.codes.municipality import at, municipalities
from helseanalyse.synthetic.calendar import Days
from helseanalyse.synthetic.draw import Draw, Floats, Ints

_FROM, _TO = date(2008, 1, 1), date(2024, 1, 1)
_EPOCH = date(1970, 1, 1)

# Residents on 1 January 2020 by county of 2024 (norway.md section 6: SSB, derived).
COUNTIES = {
    "03": 693_494, "11": 479_892, "15": 265_238, "18": 241_235, "31": 299_447, "32": 682_092, "33": 259_626,
    "34": 371_385, "39": 246_041, "40": 173_355, "42": 307_231, "46": 636_531, "50": 468_702, "55": 167_839,
    "56": 75_472,
}  # fmt: skip
# The largest municipalities, by name.
_LARGEST = {
    "Oslo": 693_494, "Bergen": 283_929, "Trondheim": 205_163, "Stavanger": 143_574, "Bærum": 127_731,
    "Kristiansand": 111_633, "Drammen": 101_386, "Asker": 94_441, "Lillestrøm": 85_983, "Fredrikstad": 82_385,
    "Sandnes": 79_537, "Tromsø": 76_974, "Ålesund": 57_000, "Utsira": 198,
}  # fmt: skip
# The hospital trusts of each county of 2024 with their shares of its people (roughly, unverified).
_TRUSTS = {
    "03": {"oslo": 1.0}, "32": {"ahus": 0.66, "vestre_viken": 0.34}, "31": {"ostfold": 1.0},
    "33": {"vestre_viken": 1.0}, "34": {"innlandet": 1.0}, "39": {"vestfold": 1.0}, "40": {"telemark": 1.0},
    "42": {"sorlandet": 1.0}, "11": {"stavanger": 0.77, "fonna": 0.23},
    "46": {"bergen": 0.71, "fonna": 0.12, "forde": 0.17}, "15": {"more_og_romsdal": 1.0},
    "50": {"st_olav": 0.70, "nord_trondelag": 0.30},
    "18": {"nordland": 0.57, "helgeland": 0.32, "unn": 0.11}, "55": {"unn": 1.0}, "56": {"finnmark": 1.0},
}  # fmt: skip
TRUSTS = (*sorted({name for shares in _TRUSTS.values() for name in shares}), "private")


@dataclass(frozen=True, slots=True)
class Places:
    """The homes: municipalities of 1 January 2008.

    size: (homes,) share of the residents. changes: (eras,) the first day of each era, the first long ago.
    code: (homes, eras) place in `codes` of the number of a home in an era. county: (homes,) county of 2024
    as a place in COUNTIES. trust: (homes,) place in TRUSTS of the hospital trust of its people.
    """

    size: Floats
    changes: Days
    code: Ints
    codes: tuple[str, ...]
    county: Ints
    trust: Ints

    @property
    def edges(self) -> Floats:
        """Cumulative sizes of the homes."""
        return np.asarray(np.cumsum(self.size) / self.size.sum())


@cache
def places() -> Places:
    """All homes.

    >>> here = places()
    >>> here.codes[here.code[0, -1]], len(here.size) > 400
    ('3101', True)
    """
    homes = [one.code for one in municipalities(_FROM)]
    days = _change_days()
    paths = [[code, *(at(code, _FROM, day)[0][0] for day in days)] for code in homes]
    codes = tuple(sorted({code for path in paths for code in path}))
    final = [path[-1] for path in paths]
    sizes = _sizes()
    shared = np.array([sizes[code] for code in final])
    weight = np.exp(1.2 * Draw(2024, np.array([int(code) for code in homes])).normal("places.share"))
    total = {code: sum(w for w, other in zip(weight, final, strict=True) if other == code) for code in final}
    share = weight / np.array([total[code] for code in final])
    counties = list(COUNTIES)
    county = np.array([counties.index(code[:2]) for code in final])
    return Places(
        size=shared * share,
        changes=np.array([-(10**6), *((day - _EPOCH).days for day in days)], dtype=np.int32),
        code=np.array([[codes.index(code) for code in path] for path in paths]),
        codes=codes,
        county=county,
        trust=_trusts(homes, [counties[place] for place in county]),
    )


def _change_days() -> list[date]:
    """The days between 2008 and 2024 on which the number of some municipality changed."""
    days: set[date] = set()
    for year in range(2008, 2025):
        days |= {one.since for one in municipalities(date(year, 1, 1)) if one.since and _FROM < one.since <= _TO}
    return sorted(days)


def _sizes() -> dict[str, float]:
    """Residents on 1 January 2020 of each municipality of 2024."""
    result: dict[str, float] = {}
    for county, total in COUNTIES.items():
        here = [one for one in municipalities(_TO) if one.code.startswith(county)]
        known = {one.code: float(_LARGEST[one.name]) for one in here if one.name in _LARGEST}
        rest = [one.code for one in here if one.code not in known]
        spread = np.exp(1.05 * Draw(2020, np.array([int(code) for code in rest], dtype=np.int64)).normal("places.size"))
        left = total - sum(known.values())
        result |= known
        result |= dict(zip(rest, (spread / spread.sum() * left).tolist(), strict=True)) if rest else {}
    return result


def _trusts(homes: list[str], counties: list[str]) -> Ints:
    draw = Draw(2024, np.array([int(code) for code in homes])).uniform("places.trust")
    result = []
    for number, county in enumerate(counties):
        shares = _TRUSTS[county]
        edge = np.cumsum(list(shares.values()))
        name = list(shares)[min(int((draw[number] > edge).sum()), len(shares) - 1)]
        result.append(TRUSTS.index(name))
    return np.array(result)


def era_of(days: Days) -> Ints:
    """The era (column of `Places.code`) of each day."""
    return np.searchsorted(places().changes, days, side="right") - 1
