"""The course of a person's diseases and treatments, as days of onset, whatever death will cut off.

Order matters: each disease depends only on those before it, so that every hazard ratio of `truth` holds
exactly. All onsets are drawn as if the person lived and stayed for ever; `death` then ends the story.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Protocol

import numpy as np
import numpy.typing as npt

from helseanalyse.synthetic import calibration, demography, truth
from helseanalyse.synthetic.calendar import NEVER, YEAR_DAYS, Days, age_on, year_of
from helseanalyse.synthetic.cancer import ALL_CASES, cancer_death
from helseanalyse.synthetic.draw import Bools, Draw, Floats, Ints
from helseanalyse.synthetic.hazard import AgeHazard, From, rates_of
from helseanalyse.synthetic.mortality import begin_of, survived
from helseanalyse.synthetic.people import People
from helseanalyse.synthetic.traits import Traits

RARE_BELOW = 20_000  # smaller worlds get more of the rare diseases that everybody asks about

# First contacts a year (women, men) and their mean ages, in the year named; published for infarction and
# stroke (see figures), orders of magnitude (unverified) for the others.
COUNTS: dict[str, tuple[tuple[float, float], tuple[float, float], int]] = {
    "infarction": ((4695, 8348), (76.0, 68.0), 2013),
    "stroke": ((3927, 4611), (77.5, 72.0), 2015),
    "heart_failure": ((5600, 6900), (80.0, 75.0), 2016),
    "fibrillation": ((9000, 11500), (77.0, 71.0), 2016),
    "copd": ((7000, 7500), (69.0, 69.0), 2016),
    "dementia": ((14500, 9000), (84.0, 81.0), 2016),
    "kidney": ((7500, 9500), (76.0, 74.0), 2016),
    "hip_fracture": ((6100, 2900), (82.0, 78.0), 2016),
    "lung_cancer": ((1600, 1730), (71.5, 72.0), 2023),
    "cancer": (*ALL_CASES, 2023),
}
_TYPE_2 = np.interp(demography.AGES, [0, 25, 35, 45, 55, 65, 75, 90], [0, 0.2, 0.8, 2.3, 4.4, 6.0, 5.6, 4.0]) / 1000
_HYPERTENSION = np.interp(demography.AGES, [0, 25, 35, 45, 55, 65, 75, 90], [0, 1, 4, 11, 23, 37, 46, 44]) / 1000
_YEARS_2013 = np.arange(2013, 2025)
_SGLT2 = np.array([0.04, 0.09, 0.16, 0.24, 0.32, 0.38, 0.44, 0.50, 0.55, 0.60, 0.64, 0.66])
_DPP4 = np.array([0.42, 0.45, 0.45, 0.42, 0.38, 0.36, 0.33, 0.30, 0.27, 0.22, 0.18, 0.16])
SECOND = ("none", "sulfonylurea", "dpp4", "sglt2", "glp1")
SULFONYLUREA = SECOND.index("sulfonylurea")


LONG_AGO = -80_000  # before anyone's birth
_ONE, _ZERO = np.ones(2), np.zeros(2)


class Onset(Protocol):
    """Draws the onset of a disease for every person of a batch."""

    def __call__(
        self, name: str, ratio: Floats | float = 1.0, start: Days | int = LONG_AGO, /, *causes: From
    ) -> Days: ...


@dataclass(frozen=True, slots=True)
class Course:
    """since: the day of onset of each disease or treatment (n,), NEVER if not.

    second: index into SECOND, the drug given second for type 2 diabetes, from since["second"] on;
    since["crossed"]: the start of the other one of SGLT2 and DPP-4.
    """

    since: dict[str, Days]
    second: npt.NDArray[np.int8]


def boost(persons: int) -> float:
    """The factor on rare diseases in a world of N persons: 1 from 20,000 on, at most 4.

    >>> boost(100_000), boost(5_000), boost(100)
    (1.0, 2.0, 4.0)
    """
    return float(min(4.0, max(1.0, (RARE_BELOW / persons) ** 0.5)))


@cache
def hazards(name: str) -> AgeHazard:
    """The hazard of a disease by sex and age, fitted to its published yearly count and mean age."""
    if name == "type_2":
        return AgeHazard(np.outer([0.80, 1.25] * calibration.COUNT["type_2"], _TYPE_2))
    if name == "type_1":
        rate = np.where(demography.AGES < 18, 0.00032, np.where(demography.AGES < 50, 0.00008, 0.00002))
        return AgeHazard(np.outer([0.9, 1.1], rate))
    if name == "hypertension":
        return AgeHazard(np.outer([0.95, 1.05], _HYPERTENSION))
    count, ages, year = COUNTS[name]
    factor, shift = calibration.COUNT.get(name, _ONE), calibration.AGE.get(name, _ZERO)
    women, men = (float(n) * float(f) for n, f in zip(count, factor, strict=True))
    mean = (ages[0] + float(shift[0]), ages[1] + float(shift[1]))
    rates = rates_of((women, men), mean, year, least=20)
    if name == "infarction":
        rates = rates * (1.0 + truth.INFARCTION_TREND) ** (2013.0 - year - 0.5)
        return AgeHazard(rates, trend=truth.INFARCTION_TREND)
    # More cancers are found in people of the same age each year, so fewer were found in the past.
    return AgeHazard(rates, trend=0.012 if name == "cancer" else 0.0)


def course(people: People, traits: Traits, seed: int, rare: float) -> Course:
    """The diseases and treatments of a batch. rare: factor on the rare diseases, see `boost`."""
    draw = Draw(seed, people.pid)
    since: dict[str, Days] = {}

    def onset(name: str, ratio: Floats | float = 1.0, start: Days | int = LONG_AGO, /, *causes: From) -> Days:
        need = draw.exponential(f"disease.{name}")
        return hazards(name).first(need, people.born, people.sex, start, ratio, causes)

    def lived(name: str, on: Days) -> Days:
        return survived(draw, people, traits, name, on)

    since["type_1"] = lived("diabetes", onset("type_1"))
    type_2 = lived("diabetes", onset("type_2", rare))
    since["type_2"] = np.where(since["type_1"] < NEVER, NEVER, type_2).astype(np.int32)
    diabetes = np.minimum(since["type_1"], since["type_2"])
    since["hypertension"] = onset("hypertension", 1.0, LONG_AGO, From(diabetes, 1.8))
    since["kidney"] = onset("kidney", 1.0, LONG_AGO, From(diabetes, 1.8))
    since["fibrillation"] = onset("fibrillation")
    since["copd"] = lived("copd", onset("copd", traits.smoking(truth.SMOKING_COPD)))
    since["dementia"] = lived("dementia", onset("dementia"))
    since["hip_fracture"] = onset("hip_fracture", 1.0, begin_of(people))
    since["statin"] = _statin(draw, people, diabetes, since["hypertension"])
    second = _diabetes_drugs(draw, people, traits, since)
    _heart(onset, people, traits, since, second, rare)
    since["heart_failure"] = lived("heart_failure", since["heart_failure"])
    _cancers(draw, people, traits, since)
    return Course(since, second)


def _cancers(draw: Draw, people: People, traits: Traits, since: dict[str, Days]) -> None:
    """Lung cancer, another cancer, and a second other one; without those that killed before 2008."""
    begin = begin_of(people)

    def one(name: str, hazard: str, start: Days | int, ratio: Floats) -> None:
        need = draw.exponential(f"disease.{name}")
        on = hazards(hazard).first(need, people.born, people.sex, start, ratio)
        on = np.where(cancer_death(draw, people, name, on) < begin, NEVER, on).astype(np.int32)
        since[name] = np.where(start >= NEVER, NEVER, on).astype(np.int32)

    smoking = traits.smoking(truth.SMOKING_LUNG_CANCER)
    one("lung_cancer", "lung_cancer", LONG_AGO, smoking * traits.by_education)
    one("cancer", "cancer", LONG_AGO, traits.by_education)
    one("cancer_later", "cancer", since["cancer"], traits.by_education)


def _heart(
    onset: Onset, people: People, traits: Traits, since: dict[str, Days], second: npt.NDArray[np.int8], rare: float
) -> None:
    """Infarction and stroke while the person is observed, and heart failure from birth on."""
    begin = begin_of(people)
    diabetes = np.minimum(since["type_1"], since["type_2"])
    since["infarction"] = onset(
        "infarction", traits.smoking(truth.SMOKING_INFARCTION) * traits.by_education * rare, begin,
        From(diabetes, truth.DIABETES_INFARCTION), From(since["statin"], truth.STATIN_INFARCTION),
    )  # fmt: skip
    since["stroke"] = onset(
        "stroke", traits.smoking(truth.SMOKING_STROKE) * traits.by_education * rare, begin,
        From(diabetes, truth.DIABETES_STROKE), From(since["fibrillation"], truth.FIBRILLATION_STROKE),
        From(since["hypertension"], truth.HYPERTENSION_STROKE),
    )  # fmt: skip
    sglt2 = np.where(second == SECOND.index("sglt2"), since["second"], NEVER).astype(np.int32)
    since["heart_failure"] = onset(
        "heart_failure", traits.by_education * rare, LONG_AGO,
        From(diabetes, truth.DIABETES_HEART_FAILURE), From(sglt2, truth.SGLT2_HEART_FAILURE),
        From(since["kidney"], truth.KIDNEY_HEART_FAILURE), From(since["infarction"], truth.INFARCTION_HEART_FAILURE),
    )  # fmt: skip


def _statin(draw: Draw, people: People, diabetes: Days, hypertension: Days) -> Days:
    """The first statin for a person without an infarction; after one, `infarction` adds more."""
    ages = demography.AGES
    rates = np.outer([0.9, 1.1], np.interp(ages, [30, 45, 55, 65, 75, 90], [0.3, 3.5, 9.5, 17, 15, 5]) / 1000)
    need = draw.exponential("disease.statin")
    causes = (From(diabetes, 4.0), From(hypertension, 2.0))
    return AgeHazard(rates).first(need, people.born, people.sex, LONG_AGO, 1.0, causes)


def _after(draw: Draw, name: str, start: Days, share: float, mean_years: float) -> Days:
    """A treatment that `share` of those with a start get, an exponential time later."""
    wait = np.floor(draw.exponential(f"{name}.wait") * mean_years * YEAR_DAYS)
    given = (start < NEVER) & draw.chance(f"{name}.given", share)
    return np.where(given, np.minimum(start + wait, NEVER), NEVER).astype(np.int32)


def _diabetes_drugs(draw: Draw, people: People, traits: Traits, since: dict[str, Days]) -> npt.NDArray[np.int8]:
    """Metformin, then a second drug; whoever got a sulfonylurea may get a newer drug years later."""
    since["metformin"] = _after(draw, "drug.metformin", since["type_2"], 0.76, 0.6)
    begin = _after(draw, "drug.second", since["metformin"], 0.92, 2.6)
    first = _choice(draw, "drug", people, traits, since, begin)
    older = np.where(first == SULFONYLUREA, begin, NEVER).astype(np.int32)
    since["sulfonylurea"] = older
    changed = _after(draw, "drug.changed", older, 0.85, 4.0)
    newer = _choice(draw, "drug.newer", people, traits, since, changed)
    change = (changed < NEVER) & (newer != SULFONYLUREA)
    second = np.where(change, newer, first)
    since["second"] = np.where(change, changed, begin).astype(np.int32)
    modern = (second == SECOND.index("dpp4")) | (second == SECOND.index("sglt2"))
    crossed = _after(draw, "drug.crossed", np.where(modern, since["second"], NEVER).astype(np.int32), 0.30, 3.0)
    no_sglt2_yet = (second == SECOND.index("dpp4")) & (year_of(crossed) < 2013)
    since["crossed"] = np.where(no_sglt2_yet, NEVER, crossed).astype(np.int32)
    insulin = _after(draw, "drug.insulin", begin, 0.35, 6.0)
    since["insulin"] = np.minimum(insulin, since["type_1"])
    return second.astype(np.int8)


def _choice(draw: Draw, purpose: str, people: People, traits: Traits, since: dict[str, Days], when: Days) -> Ints:
    """Which drug is begun on a day (place in SECOND, 0 if none): by year, age, kidneys, sex and education."""
    year = np.clip(year_of(when), 1950, 2030)
    sglt2 = np.interp(year, _YEARS_2013, _SGLT2) * (year >= 2013)
    dpp4 = np.where(year < 2013, np.interp(year, [2007, 2013], [0.0, 0.42]), np.interp(year, _YEARS_2013, _DPP4))
    choice = truth.DRUG_CHOICE
    shift = (
        choice.per_year_of_age * (age_on(when, people.born) - 65.0)
        + choice.kidney_disease * (since["kidney"] < when)
        + choice.male * (people.sex == 1)
        + choice.higher_education * (traits.education >= 2)
    )
    odds = sglt2 / np.maximum(dpp4, 1e-9) * np.exp(np.clip(shift, -20, 20))
    either = draw.chance(f"{purpose}.either", sglt2 + dpp4)
    new = draw.chance(f"{purpose}.sglt2", odds / (1.0 + odds))
    glp1 = draw.chance(f"{purpose}.glp1", np.interp(year, [2009, 2012, 2024], [0.0, 0.12, 0.65]))
    found = np.where(either, np.where(new, 3, 2), np.where(glp1, 4, SULFONYLUREA))
    return np.where(when < NEVER, found, 0).astype(np.int64)


def known_diabetes(course: Course) -> Days:
    """The day from which the person has known diabetes of either type."""
    return np.minimum(course.since["type_1"], course.since["type_2"])


def has(course: Course, name: str, on: Days | int) -> Bools:
    """Whether the disease or treatment had begun by that day."""
    return np.asarray(course.since[name] <= on)
