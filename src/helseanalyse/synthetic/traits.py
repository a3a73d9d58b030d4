"""What a person keeps for life: the education they end with, and whether they smoke.

Shares by year of birth and sex follow the course of published statistics (levels unverified); both
are independent of each other, so that the effects in `truth` are not mixed up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from helseanalyse.synthetic import truth
from helseanalyse.synthetic.calendar import year_of
from helseanalyse.synthetic.draw import Bools, Draw, Floats
from helseanalyse.synthetic.people import People

LEVELS = ("lower_secondary", "upper_secondary", "bachelor", "master", "doctorate")
_GROUP = np.array([truth.EDUCATION[name] for name in ("compulsory", "secondary", "higher", "higher", "higher")])

_COHORTS = np.array([1920.0, 1940.0, 1955.0, 1970.0, 1985.0, 2000.0])
# Share with at most lower secondary, upper secondary, bachelor, master, doctorate; women, then men.
_SHARES = np.array([
    [[.64, .29, .065, .005, .0], [.46, .41, .11, .018, .002], [.28, .44, .23, .045, .005],
     [.20, .36, .34, .09, .01], [.16, .28, .39, .16, .01], [.17, .33, .36, .135, .005]],
    [[.52, .36, .08, .038, .002], [.35, .45, .13, .065, .005], [.25, .47, .18, .09, .01],
     [.21, .47, .21, .10, .01], [.21, .42, .24, .12, .01], [.22, .45, .23, .095, .005]],
])  # fmt: skip
_SMOKERS = np.array([[0.22, 0.38, 0.36, 0.26, 0.12, 0.05], [0.55, 0.46, 0.38, 0.26, 0.13, 0.06]])


@dataclass(frozen=True, slots=True)
class Traits:
    """education: place in LEVELS. smoker: for life. The other two are kept small, for the properties below."""

    education: npt.NDArray[np.int8]
    smoker: Bools
    education_ratio: npt.NDArray[np.float32]
    smoking_share: npt.NDArray[np.float32]  # in the person's cohort

    @property
    def by_education(self) -> Floats:
        """(n,) the multiplier of a hazard that education changes; mean 1 in the person's cohort."""
        return self.education_ratio.astype(np.float64)

    def smoking(self, ratio: float) -> Floats:
        """(n,) the multiplier of a hazard that smoking multiplies by `ratio`; mean 1 in the person's cohort."""
        mean = 1.0 + self.smoking_share.astype(np.float64) * (ratio - 1.0)
        return np.asarray(np.where(self.smoker, ratio, 1.0) / mean)


def traits(people: People, seed: int) -> Traits:
    """Education and smoking of the persons of a batch."""
    draw = Draw(seed, people.pid)
    cohort = np.clip(year_of(people.born), _COHORTS[0], _COHORTS[-1])
    slot = np.clip(np.searchsorted(_COHORTS, cohort, side="right") - 1, 0, len(_COHORTS) - 2)
    weight = (cohort - _COHORTS[slot]) / (_COHORTS[slot + 1] - _COHORTS[slot])
    low, high = _SHARES[people.sex, slot], _SHARES[people.sex, slot + 1]
    shares = low + weight[:, None] * (high - low)
    edges = np.cumsum(shares, axis=1)
    education = (draw.uniform("traits.education")[:, None] > edges[:, :-1]).sum(axis=1)
    smoking = _SMOKERS[people.sex, slot]
    smoking = smoking + weight * (_SMOKERS[people.sex, slot + 1] - smoking)
    return Traits(
        education=education.astype(np.int8),
        smoker=draw.chance("traits.smoker", smoking),
        education_ratio=(_GROUP[education] / (shares @ _GROUP)).astype(np.float32),
        smoking_share=smoking.astype(np.float32),
    )
