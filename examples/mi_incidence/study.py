"""Myocardial infarction in Norway: new cases by year, and how many die within 30 days, from three registries."""

from helseanalyse import Study, days, icd10, interval, person, spans, years
from helseanalyse.registries import dar, npr, population

study = Study(
    "Myocardial infarction: incidence and 30-day fatality",
    start="2015-01-01",
    end="2023-12-31",
    purpose="Follow how often people have a myocardial infarction, in hospital or not, and how often they die of it.",
)
mi = icd10("I21", "I22").named("acute myocardial infarction")

# A case is an inpatient stay for infarction, or a death from it: whoever dies before reaching hospital counts too.
stays = npr.where(npr.main_diagnosis.within(mi), npr.level_of_care == "inpatient")
deaths = dar.where(dar.underlying_cause.within(mi))
cases = spans(stays.admitted_on, stays.admitted_on + days(1)).union(spans(deaths.died_on, deaths.died_on + days(1)))

study.flow()
study.incidence("infarction", cases.start, washout=years(7), standard="european-2013")
study.incidence("infarction", cases.start, washout=years(7), by=["sex", "age"], age_bands=(0, 45, 65, 80))

# Fatality: of those with a first case in the year, seven years after any other, the share who die within 30 days.
in_year = cases.where(cases.start.between(interval.start, interval.end)).first(by=cases.start)
new_in_year = (
    ~in_year.start.is_null()
    & ~cases.where(cases.start.between(in_year.start - years(7), in_year.start - days(1))).exists()
)
dead_in_30_days = population.died_on <= in_year.start + days(30)
study.trend("death within 30 days", dead_in_30_days, new_in_year, every="year")
study.trend("death within 30 days", dead_in_30_days, new_in_year, every="year", by="sex")

study.expects(
    person(
        "one infarction, in hospital",
        sex="male",
        born_on="1950-03-01",
        episode={"admitted_on": "2018-05-02", "main_diagnosis": "I21.4", "level_of_care": "inpatient"},
    ),
    included=True,
)
study.expects(
    person(
        "moved abroad before the study",
        sex="female",
        born_on="1950-03-01",
        residence={"moved_in_on": "1950-03-01", "moved_out_on": "2012-06-01"},
    ),
    included=False,
)
