"""Cancer: which site, how far it has spread, and whether it kills.

Yearly cases by site and sex as Kreftregisteret published for 2023 and 2022 (see `figures`); sites that
are not in the reference have orders of magnitude (unverified). Fatality is of the size that makes 29
deaths for 100 cases, as the published deaths and cases of 2018-2023 do.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from helseanalyse.synthetic import demography
from helseanalyse.synthetic.calendar import NEVER, YEAR_DAYS, Days, age_on
from helseanalyse.synthetic.draw import Draw, Floats, Ints
from helseanalyse.synthetic.hazard import rates_of
from helseanalyse.synthetic.people import People


@dataclass(frozen=True, slots=True)
class Site:
    """icd10: the code. women, men: cases a year. age: mean age and spread. fatal: the share that it kills,
    within `years` on average. topography, morphology: ICD-O-3.
    """

    icd10: str
    women: float
    men: float
    age: float
    spread: float
    fatal: float
    years: float
    topography: str
    morphology: str


LUNG = Site("C34", 1600, 1730, 71.5, 10, 0.64, 1.1, "C349", "81403")
SITES = (
    Site("C61", 0, 5258, 69, 8, 0.21, 6.0, "C619", "81403"),
    Site("C50", 4076, 40, 62, 13, 0.23, 5.0, "C509", "85003"),
    Site("C18", 1750, 1638, 72, 12, 0.37, 2.0, "C189", "81403"),
    Site("C20", 560, 800, 69, 12, 0.33, 2.5, "C209", "81403"),
    Site("C43", 1400, 1450, 64, 16, 0.14, 3.0, "C449", "87203"),
    Site("C44", 1400, 1700, 79, 11, 0.04, 3.0, "C449", "80703"),
    Site("C67", 480, 1300, 72, 11, 0.25, 3.0, "C679", "81203"),
    Site("C25", 480, 480, 71, 11, 0.97, 0.6, "C259", "81403"),
    Site("C64", 320, 660, 66, 13, 0.33, 2.5, "C649", "83103"),
    Site("C16", 170, 300, 71, 12, 0.85, 1.0, "C169", "81403"),
    Site("C15", 90, 300, 70, 11, 0.97, 0.8, "C159", "80703"),
    Site("C22", 120, 230, 69, 12, 0.97, 0.7, "C220", "81703"),
    Site("C54", 820, 0, 68, 11, 0.21, 2.5, "C549", "83803"),
    Site("C56", 470, 0, 65, 14, 0.72, 2.5, "C569", "84413"),
    Site("C53", 302, 0, 50, 16, 0.33, 2.5, "C539", "80703"),
    Site("C62", 0, 310, 36, 11, 0.03, 2.0, "C629", "90613"),
    Site("C71", 420, 480, 56, 20, 0.72, 1.3, "C719", "94403"),
    Site("C73", 300, 130, 52, 17, 0.07, 5.0, "C739", "82603"),
    Site("C81", 65, 85, 42, 20, 0.13, 3.0, "C779", "96503"),
    Site("C83", 350, 450, 67, 15, 0.43, 2.0, "C779", "96803"),
    Site("C85", 160, 190, 68, 14, 0.39, 3.0, "C779", "95913"),
    Site("C90", 230, 300, 71, 10, 0.72, 4.0, "C421", "97323"),
    Site("C91", 260, 390, 64, 20, 0.36, 4.0, "C421", "98233"),
    Site("C92", 280, 330, 63, 18, 0.65, 1.5, "C421", "98613"),
    Site("C21", 75, 35, 66, 12, 0.33, 3.0, "C219", "80703"),
    Site("C32", 20, 90, 68, 11, 0.39, 3.0, "C329", "80703"),
    Site("C10", 60, 170, 64, 10, 0.33, 3.0, "C109", "80703"),
    Site("C17", 90, 110, 68, 12, 0.40, 3.0, "C179", "82403"),
    Site("C24", 110, 120, 72, 11, 0.80, 0.9, "C241", "81403"),
    Site("C49", 70, 85, 60, 18, 0.40, 2.5, "C499", "88003"),
    Site("C51", 110, 0, 73, 12, 0.30, 3.0, "C519", "80703"),
    Site("C60", 0, 75, 70, 12, 0.25, 3.0, "C609", "80703"),
    Site("C69", 45, 50, 64, 14, 0.35, 4.0, "C699", "87203"),
    Site("C02", 75, 95, 66, 13, 0.35, 2.0, "C029", "80703"),
    Site("C00", 40, 75, 75, 11, 0.05, 4.0, "C009", "80703"),
    Site("C70", 200, 90, 65, 13, 0.10, 5.0, "C700", "95303"),
    Site("C88", 60, 80, 72, 10, 0.35, 5.0, "C421", "97613"),
    Site("C80", 450, 400, 74, 12, 0.97, 0.6, "C809", "80003"),
)
_BANDS = np.arange(0, 110, 5) + 2.5


ALL_CASES = ((16120.0, 18660.0), (66.0, 70.5))  # cases but lung in 2023, women and men, and their mean ages


@cache
def site_shares() -> Floats:
    """(2, 22, sites): cumulative shares of the sites other than lung by sex and five-year age group.

    Shares of each age group are such that the cases of each site add up to its yearly number.
    """
    cases = rates_of(*ALL_CASES, 2023, least=20) * demography.expected().residents[15]
    by_band = np.stack([cases[:, low : low + 5].sum(axis=1) for low in range(0, 110, 5)], axis=1)
    wanted = np.array([[site.women for site in SITES], [site.men for site in SITES]])
    age, spread = (np.array([getattr(site, name) for site in SITES]) for name in ("age", "spread"))
    shares = wanted[:, None, :] * np.exp(-0.5 * ((_BANDS[:, None] - age) / spread) ** 2) + 1e-9 * (wanted > 0)[:, None]
    for _ in range(50):
        shares /= shares.sum(axis=2, keepdims=True)
        found = (by_band[:, :, None] * shares).sum(axis=1)
        shares *= (wanted / np.maximum(found, 1e-9))[:, None, :]
    return np.asarray(np.cumsum(shares / shares.sum(axis=2, keepdims=True), axis=2))


def sites(draw: Draw, people: People, on: Days, which: str) -> Ints:
    """The site (index into SITES) of a cancer found on a day."""
    band = np.clip(age_on(on, people.born) // 5, 0, len(_BANDS) - 1).astype(np.int64)
    edges = site_shares()[people.sex, band]
    place = (draw.uniform(f"cancer.site.{which}")[:, None] > edges).sum(axis=1)
    return np.asarray(np.minimum(place, len(SITES) - 1))


def cancer_death(draw: Draw, people: People, name: str, on: Days) -> Days:
    """The day on which a cancer found on a day kills (NEVER if it does not); the older, the more often."""
    days = np.full(len(on), NEVER, dtype=np.int32)
    ill = np.flatnonzero(on < NEVER)
    some, who = Draw(draw.seed, draw.persons[ill]), take(people, ill)
    if name == "lung_cancer":
        chance, mean = np.full(len(ill), LUNG.fatal), np.full(len(ill), LUNG.years)
    else:
        site = sites(some, who, on[ill], name)
        chance = np.array([one.fatal for one in SITES])[site]
        mean = np.array([one.years for one in SITES])[site]
    older = np.exp(0.025 * (age_on(on[ill], who.born) - 69.0))
    dies = some.chance(f"cancer.fatal.{name}", np.minimum(chance * older, 0.97))
    wait = np.floor(some.exponential(f"cancer.wait.{name}") * mean * YEAR_DAYS)
    days[ill] = np.where(dies, np.minimum(on[ill] + wait, NEVER), NEVER)
    return days


def take(people: People, rows: Ints) -> People:
    """The persons at these positions of a batch."""
    return People(*(getattr(people, name)[rows] for name in People.__slots__))
