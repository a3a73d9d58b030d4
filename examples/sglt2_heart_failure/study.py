"""Heart failure after SGLT2 or DPP-4 inhibitors: new users of either, followed in the registries."""

from helseanalyse import Study, atc, days, icd10, person, years
from helseanalyse.registries import lmr, npr, population

study = Study(
    "Heart failure after SGLT2 or DPP-4 inhibitors",
    start="2015-01-01",
    end="2024-12-31",
    purpose="Compare how often people who begin with an SGLT2 inhibitor or a DPP-4 inhibitor are admitted with heart "
    "failure.",
    rationale="Both are second-line drugs for type 2 diabetes; trials found fewer admissions for heart failure with "
    "SGLT2 inhibitors.",
)
sglt2 = atc("A10BK").named("SGLT2 inhibitors")
dpp4 = atc("A10BH").named("DPP-4 inhibitors")
hf = icd10("I50", "I11.0", "I13.0", "I13.2").named("heart failure")

first = lmr.where(lmr.atc.within(sglt2 | dpp4)).first(by=lmr.dispensed_on)
day0 = study.index(first.dispensed_on)
study.require("aged 40 or more", population.age_on(day0) >= 40)
study.require("resident for five years before", population.resident_throughout(day0 - years(5), day0))
study.exclude("earlier heart failure", npr.where(npr.any_diagnosis.within(hf), npr.admitted_on < day0).exists())

drug = study.exposure("drug", {"SGLT2": first.atc.within(sglt2), "DPP-4": first.atc.within(dpp4)})
before = lmr.where(lmr.dispensed_on.between(day0 - years(1), day0 - days(1)))
study.variable("metformin", before.where(lmr.atc.within(atc("A10BA"))).exists(), label="Metformin in the year before")
study.variable("insulin", before.where(lmr.atc.within(atc("A10A"))).exists(), label="Insulin in the year before")
study.comorbidities(day0, npr.any_diagnosis)
study.charlson(day0, npr.any_diagnosis)

admitted = npr.where(npr.main_diagnosis.within(hf), npr.admitted_on > day0)
failure = study.outcome("heart failure", admitted.first(by=npr.admitted_on).admitted_on)
study.follow(until=[population.died_on, population.emigrated_on, study.end], competing=population.died_on)

study.flow()
study.table_one(by=drug)
study.rates(failure, by=drug, standard="nordic-2000", against="DPP-4")
study.rates(failure, by=[drug, "age", "year"], age_bands=(40, 60, 70, 80))
study.survival(failure, by=drug, at=(365, 1096, 1826))

# The study's own tests: people who do not exist, and what must come out for them.
study.expects(
    person(
        "began with an SGLT2 inhibitor",
        sex="female",
        born_on="1950-03-01",
        dispensing=[
            {"dispensed_on": "2018-05-02", "atc": "A10BK03"},
            {"dispensed_on": "2018-01-10", "atc": "A10BA02"},
        ],
        episode={"admitted_on": "2020-06-01", "main_diagnosis": "I50.1", "any_diagnosis": "I50.1"},
    ),
    included=True,
    drug="SGLT2",
    metformin=True,
    insulin=False,
    charlson=0,
)
study.expects(
    person(
        "had heart failure already",
        sex="male",
        born_on="1950-03-01",
        dispensing={"dispensed_on": "2018-05-02", "atc": "A10BH01"},
        episode={"admitted_on": "2017-06-01", "main_diagnosis": "I21.9", "any_diagnosis": "I21.9, I50.9"},
    ),
    included=False,
)
study.expects(
    person(
        "moved here two years before",
        sex="male",
        born_on="1950-03-01",
        residence={"moved_in_on": "2016-05-02"},
        dispensing={"dispensed_on": "2018-05-02", "atc": "A10BH01"},
    ),
    included=False,
)
