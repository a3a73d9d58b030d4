"""The hazard of death without its causes, and what a disease adds to it.

The excess of a disease is (ratio - 1) times the base from the onset on, so that excesses of several
diseases add up. Who had a disease before 2008 must have survived it until then: an onset whose death
came earlier did not happen to anyone who is here.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from helseanalyse.synthetic import calibration, demography, truth
from helseanalyse.synthetic.calendar import NEVER, START, Days
from helseanalyse.synthetic.draw import Draw, Floats
from helseanalyse.synthetic.hazard import AgeHazard
from helseanalyse.synthetic.people import People
from helseanalyse.synthetic.traits import Traits

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
    return AgeHazard(demography.hazards() * _share())


@cache
def excess_hazard() -> AgeHazard:
    """The hazard that the excess of a disease is a multiple of: the base at its level of 2013, falling."""
    return AgeHazard(demography.hazards() * _share() * float(demography.expected().level[5]), trend=_TREND)


def _share() -> Floats:
    group = np.searchsorted(calibration.AGES, demography.AGES, side="right") - 1
    return np.asarray(calibration.NATURAL[:, group])


def ratio_of(traits: Traits) -> Floats:
    """(n,) what education and smoking do to the base hazard."""
    return np.asarray(traits.by_education * traits.smoking(truth.SMOKING_DEATH))


def begin_of(people: People) -> Days:
    """The day from which a person is observed: the start of 2008, birth or arrival."""
    return np.maximum(people.arrived, START).astype(np.int32)


def excess_death(draw: Draw, people: People, traits: Traits, name: str, since: Days) -> Days:
    """The day on which a disease kills (NEVER if never); it may be before the person is observed."""
    result = np.full(len(since), NEVER, dtype=np.int32)
    ill = np.flatnonzero(since < NEVER)
    need = draw.exponential(f"death.{name}")[ill]
    ratio = ratio_of(traits)[ill] * (EXCESS[name] - 1.0)
    result[ill] = excess_hazard().first(need, people.born[ill], people.sex[ill], since[ill], ratio)
    return result


def survived(draw: Draw, people: People, traits: Traits, name: str, since: Days) -> Days:
    """The onset of a disease without those that had killed before the person is observed."""
    killed = excess_death(draw, people, traits, name, since) < begin_of(people)
    return np.where(killed, NEVER, since).astype(np.int32)
