"""The study of the benchmark: new users of statins, followed for a first myocardial infarction.

An index date, five criteria, ten look-back comorbidities, exposure episodes from dispensings, follow-up with a
competing event, and flow, Table 1, rates and curves. `full_study_sql` asks the same by hand.
"""

from __future__ import annotations

from helseanalyse.registries import lmr, npr, population
from helseanalyse.study.language import Study, atc, days, icd10, supply, years
from helseanalyse.study.specification import Specification

COMORBIDITIES = {
    "heart failure": ("I50", "I42", "I11"),
    "peripheral vascular disease": ("I70", "I71", "I73"),
    "cerebrovascular disease": ("I60", "I61", "I62", "I63", "I64", "I65", "I66", "I67", "I68", "I69", "G45", "G46"),
    "dementia": ("F00", "F01", "F02", "F03", "G30"),
    "chronic lung disease": ("J40", "J41", "J42", "J43", "J44", "J45", "J46", "J47"),
    "rheumatic disease": ("M05", "M06", "M32", "M33", "M34"),
    "ulcer": ("K25", "K26", "K27", "K28"),
    "liver disease": ("K70", "K73", "K74", "B18"),
    "kidney disease": ("N18", "N19", "N05", "I12"),
    "diabetes": ("E10", "E11", "E12", "E13", "E14"),
}
CANCER = tuple(f"C{number:02d}" for number in range(98) if number not in (27, 28, 29, 35, 36, 42, 44, 59, 87, 89))


def specification() -> Specification:
    """The study, frozen."""
    study = Study("Myocardial infarction in new users of statins", start="2013-01-01", end="2020-12-31")
    statins = lmr.where(lmr.atc.within(atc("C10AA")))
    day0 = study.index(statins.first(by=lmr.dispensed_on).dispensed_on)
    study.require("aged 40 or more", population.age_on(day0) >= 40)
    study.require("resident for five years before", population.resident_throughout(day0 - years(5), day0))
    before = npr.where(npr.admitted_on < day0)
    study.exclude("earlier infarction", before.where(npr.any_diagnosis.within(icd10("I21", "I22"))).exists())
    study.exclude("earlier stroke", before.where(npr.any_diagnosis.within(icd10("I61", "I63", "I64"))).exists())
    recently = before.where(npr.admitted_on >= day0 - days(1826))
    study.exclude("cancer in five years before", recently.where(npr.any_diagnosis.within(icd10(*CANCER))).exists())

    study.variable("age at index", population.age_on(day0), unit="years", bands=(40, 50, 60, 70, 80))
    found = []
    for name, codes in COMORBIDITIES.items():
        here = recently.where(npr.any_diagnosis.within(icd10(*codes))).exists()
        found.append(study.variable(name, here))
    treated = supply(statins.dispensed_on, statins.ddd, grace=30, carry_over=True, lag=1)
    statin = study.exposure("statin", periods=treated, off="without", on="with statin")
    infarction = npr.where(npr.main_diagnosis.within(icd10("I21")), npr.admitted_on > day0)
    outcome = study.outcome("infarction", infarction.first(by=npr.admitted_on).admitted_on)
    study.follow(until=[population.died_on, population.emigrated_on, study.end], competing=population.died_on)
    study.flow()
    study.table_one(by="sex")
    study.rates(outcome, by=[statin, "sex", "age", "year"], age_bands=(40, 50, 60, 70, 80))
    study.survival(outcome, by="sex", at=(365, 1826))
    return study.specification()
