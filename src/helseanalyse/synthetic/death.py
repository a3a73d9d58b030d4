"""When a person dies, and of what: the earliest of several deaths that compete.

A base hazard (age, sex, calendar year, education, smoking), an excess for each disease that shortens
life (`mortality`), and the attacks and cancers that kill.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from helseanalyse.synthetic import calibration, demography
from helseanalyse.synthetic.acute import Attacks
from helseanalyse.synthetic.calendar import Days
from helseanalyse.synthetic.cancer import cancer_death
from helseanalyse.synthetic.disease import Course, known_diabetes
from helseanalyse.synthetic.draw import Draw
from helseanalyse.synthetic.hazard import first_by_year
from helseanalyse.synthetic.mortality import EXCESS, base_hazard, begin_of, excess_death, ratio_of
from helseanalyse.synthetic.people import People
from helseanalyse.synthetic.traits import Traits

CAUSES = (
    "base", "heart_failure", "diabetes", "dementia", "copd",
    "infarction", "infarction_again", "stroke", "stroke_again", "lung_cancer", "cancer", "cancer_later",
)  # fmt: skip


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
    begin, ratio = begin_of(people), ratio_of(traits)
    level = demography.expected().level * calibration.YEAR
    base = first_by_year(base_hazard(), level, draw.exponential("death.base"), people.born, people.sex, ratio, begin)
    days = [base]
    for name in EXCESS:
        since = known_diabetes(course) if name == "diabetes" else course.since[name]
        days.append(excess_death(draw, people, traits, name, since))
    days += [attack.kills_on for attack in (*infarctions, *strokes)]
    for name in ("lung_cancer", "cancer", "cancer_later"):
        days.append(cancer_death(draw, people, name, course.since[name]))
    stacked = np.stack(days)
    cause = stacked.argmin(axis=0).astype(np.int8)
    died = stacked.min(axis=0).astype(np.int32)
    return died, cause
