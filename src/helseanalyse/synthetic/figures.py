"""Published figures that the synthetic Norway is fitted to: value, year, source. Nothing about any person.

Sources: SSB (Statistics Norway, population, births, migration), DÅR (Cause of Death Registry, table D1),
NPR and SSB (hospitals), KPR and SSB (GP), Reseptregisteret 2014-2018, Kreftregisteret (Cancer in Norway),
Tidsskriftet 2024/10 (myocardial infarction), Norsk hjerneslagregister. `docs/synthetic.md` shows how
near the generated data come to each. A source that says "unverified" is quoted from memory.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FIRST_YEAR = 2008  # the first year that a synthetic person is observed
LAST_YEAR = 2024
YEARS = np.arange(FIRST_YEAR, LAST_YEAR + 1)

NORWAY_2020 = 5_367_580  # residents on 1 January 2020; --persons N is the same count of the synthetic Norway

# Residents on 1 January 2020 in five-year bands 0-4 ... 85-89, then 90 and over (SSB).
PYRAMID_2020: dict[str, npt.NDArray[np.int64]] = {
    "female": np.array([
        140650, 153716, 158181, 154904, 164356, 181225, 183172, 172955, 168825, 183317, 181154, 162467,
        152407, 138228, 132052, 93133, 64193, 44276, 31807,
    ]),
    "male": np.array([
        149413, 161579, 166588, 163718, 176473, 189698, 191052, 183368, 178690, 192831, 190777, 169432,
        154816, 137044, 127400, 83249, 49522, 27489, 13423,
    ]),
}  # fmt: skip

# Per calendar year 2008-2024 (SSB; unverified but for the deaths of 2018-2023, which are DÅR table D1).
BIRTHS = np.array([
    60497, 61807, 61442, 60220, 60255, 58995, 59084, 59058, 58890, 56633, 55120, 54495, 52979, 56060, 51480,
    51980, 54013,
])  # fmt: skip
DEATHS = np.array([
    41712, 41449, 41499, 41393, 41992, 41282, 40394, 40727, 40726, 40774, 40799, 40570, 40558, 41713, 45947,
    43685, 44000,
])  # fmt: skip
IMMIGRATIONS = np.array([
    66961, 65186, 73852, 79498, 78570, 75789, 70030, 67276, 66800, 58192, 52485, 52153, 38071, 53947, 90475,
    86589, 66000,
])  # fmt: skip
POPULATION = np.array([
    4737171, 4799252, 4858199, 4920305, 4985870, 5051275, 5109056, 5166493, 5213985, 5258317, 5295619,
    5328212, 5367580, 5391369, 5425270, 5488984, 5550203,
])  # on 1 January  # fmt: skip
CANCER_DEATHS = {2018: 10922, 2019: 10868, 2020: 10876, 2021: 10962, 2022: 11282, 2023: 11027}


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One published figure: what it counts, its value, the year and where it is published."""

    name: str
    value: float
    year: int
    source: str


def deaths(year: int) -> int:
    """Deaths of residents in that year, all causes.

    >>> deaths(2022)
    45947
    """
    return int(DEATHS[year - FIRST_YEAR])
