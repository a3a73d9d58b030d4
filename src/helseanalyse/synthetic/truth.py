"""The true effects of the synthetic Norway, written down: what a correct study must find.

Every ratio here is a ratio of hazards that the generator really uses, in continuous time, given the
person's age, sex and the other causes named. `docs/synthetic.md` shows each of them recovered from
generated data. Nothing here is an estimate from any person's data; effects are set by us, at sizes of
the order that the literature reports, so that methods can be tested against a known answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

BySex = MappingProxyType[str, float]


def _by_sex(female: float, male: float) -> BySex:
    return MappingProxyType({"female": female, "male": male})


@dataclass(frozen=True, kw_only=True, slots=True)
class Death:
    """Death from all causes but fatal infarction, stroke, heart failure and cancer, which come on top.

    Hazard a year at age a: at_80 * exp(slope * (a - 80)) * year factor * education * smoking, plus
    accidents (from age 15), plus infant (in the first year of life).
    """

    at_80: BySex
    slope: BySex
    accidents: BySex
    infant: float


DEATH: Final = Death(
    at_80=_by_sex(0.0330, 0.0480),
    slope=_by_sex(0.113, 0.104),
    accidents=_by_sex(0.00012, 0.00034),
    infant=0.0020,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Migration:
    """Yearly rates of leaving Norway, and of coming back; constant within the groups named.

    child, young, older: people born in Norway, below 18, 18 to 39, 40 and over. returns: the share of
    them who come back, after `away` years on average. recent: immigrants in their first five years;
    settled: later. newcomer_share: first immigrations of all registered immigrations.
    """

    child: float = 0.0015
    young: float = 0.0045
    older: float = 0.0010
    returns: float = 0.65
    away: float = 2.5
    recent: float = 0.060
    settled: float = 0.016
    newcomer_share: float = 0.87

    def foreign_stock(self, ages: npt.NDArray[np.integer]) -> npt.NDArray[np.float64]:
        """The share of the residents of 1 January 2008 who were born abroad, by age."""
        return np.where(ages < 18, 0.05, np.where(ages < 45, 0.13, np.where(ages < 67, 0.07, 0.03)))


MIGRATION: Final = Migration()


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """One hazard ratio that the generator uses, with the comparison that it belongs to."""

    name: str
    cause: str
    reference: str
    outcome: str
    ratio: float
    how: str


# Education, by the level that the person ends with: everyone's hazard of death, infarction, stroke,
# heart failure and cancer is multiplied, so the ratio holds for deaths from all causes together.
EDUCATION: Final = MappingProxyType({"compulsory": 1.60, "secondary": 1.25, "higher": 1.00})

SMOKING_DEATH: Final = 1.70  # on the part of death that is not infarction, stroke, heart failure or cancer
SMOKING_INFARCTION: Final = 2.00
SMOKING_STROKE: Final = 1.60
SMOKING_COPD: Final = 6.00
SMOKING_LUNG_CANCER: Final = 10.00

DIABETES_INFARCTION: Final = 1.70  # from the day that diabetes (either type) begins
DIABETES_STROKE: Final = 1.50
DIABETES_HEART_FAILURE: Final = 1.80
DIABETES_DEATH: Final = 1.40
STATIN_INFARCTION: Final = 0.75  # from the first statin on, whoever goes on with it
SGLT2_HEART_FAILURE: Final = 0.70  # SGLT2 inhibitor against DPP-4 inhibitor, whichever came first, from its start
KIDNEY_HEART_FAILURE: Final = 1.60
INFARCTION_HEART_FAILURE: Final = 3.00
FIBRILLATION_STROKE: Final = 2.00
HYPERTENSION_STROKE: Final = 1.50
HEART_FAILURE_DEATH: Final = 2.20
DEMENTIA_DEATH: Final = 2.00
COPD_DEATH: Final = 1.70
SMOKING_BIRTH_WEIGHT: Final = 180.0  # grams less, at the same gestational age
INFARCTION_TREND: Final = -0.038  # relative change a year of the hazard at a given age

EFFECTS: Final = (
    Effect(
        name="sglt2-heart-failure",
        cause="SGLT2 inhibitor (A10BK)",
        reference="DPP-4 inhibitor (A10BH)",
        outcome="first heart failure (I50, I11.0, I13.0, I13.2) in NPR",
        ratio=SGLT2_HEART_FAILURE,
        how="from the first dispensing of either class on; the first of the two decides for good",
    ),
    Effect(
        name="statin-infarction",
        cause="statin (C10AA) begun",
        reference="no statin yet",
        outcome="first myocardial infarction since 2008, fatal or not",
        ratio=STATIN_INFARCTION,
        how="from the first dispensing on, adjusted for age, sex and diabetes",
    ),
    Effect(
        name="diabetes-infarction",
        cause="diabetes known",
        reference="no diabetes",
        outcome="first myocardial infarction since 2008, fatal or not",
        ratio=DIABETES_INFARCTION,
        how="from the onset on, adjusted for age, sex and statin",
    ),
    Effect(
        name="smoking-infarction",
        cause="smoker",
        reference="non-smoker",
        outcome="first myocardial infarction since 2008, fatal or not",
        ratio=SMOKING_INFARCTION,
        how="for life; recorded in MFR and the quality registries only",
    ),
    Effect(
        name="education-death",
        cause="compulsory school",
        reference="higher education",
        outcome="death",
        ratio=EDUCATION["compulsory"],
        how="the level that the person ends with, adjusted for age, sex and calendar year",
    ),
    Effect(
        name="secondary-death",
        cause="upper secondary school",
        reference="higher education",
        outcome="death",
        ratio=EDUCATION["secondary"],
        how="the level that the person ends with, adjusted for age, sex and calendar year",
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class DrugChoice:
    """How the second drug for type 2 diabetes is chosen: the confounding of SGLT2 against DPP-4.

    The log odds of SGLT2 against DPP-4 change by these amounts, on top of the calendar year.
    """

    per_year_of_age: float = -0.045  # from 65 years
    kidney_disease: float = -0.80
    male: float = 0.25
    higher_education: float = 0.30


DRUG_CHOICE: Final = DrugChoice()
