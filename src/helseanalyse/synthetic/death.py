"""When a person dies, and of what: the earliest of several deaths that compete.

A base hazard (age, sex, calendar year, education, smoking), an excess for each disease that shortens
life, and the attacks and cancers that kill. Each excess is (ratio - 1) times the base from the onset on,
so excesses of several diseases add up.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from helseanalyse.synthetic import calibration, demography, truth
from helseanalyse.synthetic.acute import Attacks
from helseanalyse.synthetic.calendar import NEVER, START, Days
from helseanalyse.synthetic.cancer import cancer_deaths
from helseanalyse.synthetic.disease import Course, known_diabetes
from helseanalyse.synthetic.draw import Draw, Floats
from helseanalyse.synthetic.hazard import AgeHazard, first_by_year
from helseanalyse.synthetic.people import People
from helseanalyse.synthetic.traits import Traits

CAUSES = (
    "base", "heart_failure", "diabetes", "dementia", "copd",
    "infarction", "infarction_again", "stroke", "stroke_again", "lung_cancer", "cancer", "cancer_later",
)  # fmt: skip
EXCESS = {
    "heart_failure": truth.HEART_FAILURE_DEATH,
    "diabetes": truth.DIABETES_DEATH,
    "dementia": truth.DEMENTIA_DEATH,
    "copd": truth.COPD_DEATH,
}
_TREND = -0.019  # of mortality, a year, for the excess hazards


@cache
def base_hazard() -> AgeHazard:
    """The base hazard at level 1, without causes, by sex and age."""
    share = calibration.NATURAL[:, np.minimum(demography.AGES // 10, 9)]
    return AgeHazard(demography.hazards() * share)


@cache
def _excess_hazard() -> AgeHazard:
    share = calibration.NATURAL[:, np.minimum(demography.AGES // 10, 9)]
    level = demography.expected().level
    return AgeHazard(demography.hazards() * share * float(level[5]), trend=_TREND)


def deaths(
    people: People,
    traits: Traits,
    course: Course,
    infarctions: tuple[Attacks, Attacks],
    strokes: tuple[Attacks, Attacks],
    seed: int,
) -> tuple[Days, npt.NDArray[np.int8]]:
    """The day of death (NEVER if after the window) and its index into CAUSES."""
    draw = Draw(seed, people.pid)
    begin = np.maximum(people.arrived, START).astype(np.int32)
    ratio = traits.by_education * traits.smoking(truth.SMOKING_DEATH)
    level = demography.expected().level * calibration.YEAR
    base = first_by_year(base_hazard(), level, draw.exponential("death.base"), people.born, people.sex, ratio, begin)
    days = [base]
    for name, harm in EXCESS.items():
        since = known_diabetes(course) if name == "diabetes" else course.since[name]
        days.append(_excess(draw, people, name, since, begin, ratio * (harm - 1.0)))
    days += [attack.kills_on for attack in (*infarctions, *strokes)]
    days += cancer_deaths(draw, people, course)
    # Whoever lived here on the first day has survived an old cancer, however the draw went.
    stacked = np.stack([np.where(on < begin, NEVER, on) for on in days])
    cause = stacked.argmin(axis=0).astype(np.int8)
    died = stacked.min(axis=0).astype(np.int32)
    return died, cause


def _excess(draw: Draw, people: People, name: str, since: Days, begin: Days, ratio: Floats) -> Days:
    """Death from one disease: nobody without it, so only those with it are worked on."""
    result = np.full(len(since), NEVER, dtype=np.int32)
    ill = np.flatnonzero(since < NEVER)
    need = draw.exponential(f"death.{name}")[ill]
    start = np.maximum(since, begin)[ill]
    result[ill] = _excess_hazard().first(need, people.born[ill], people.sex[ill], start, ratio[ill])
    return result
