"""Deaths before and after first insulin: the published figures of the Danish sample, as a study."""

from pathlib import Path

from helseanalyse import Study, open_catalogue

dm = open_catalogue(Path(__file__).with_name("catalogue.yml")).registry("dmlate")

study = Study(
    "Deaths after a diagnosis of diabetes, before and after first insulin",
    start="1970-01-01",
    end="2029-12-31",
    purpose="Reproduce the published follow-up of a sample of the Danish National Diabetes Registry.",
)

study.index(dm.diagnosed_on)

insulin = study.exposure("insulin", since=dm.first_insulin_on, off="before insulin", on="after insulin", lag=0)
death = study.outcome("death", dm.died_on)
first_insulin = study.outcome("first insulin", dm.first_insulin_on)

# The published figures do not count the last day as a day at risk; whoever is left with no time drops out.
study.follow(until=[dm.died_on, dm.followed_until], competing=dm.died_on, counts_last_day=False)

study.flow()
study.table_one()
study.rates(death)
study.rates(death, by=[insulin])
study.rates(death, by=["sex", "age"], age_bands=(0, 40, 50, 60, 70, 80, 90))
study.survival(death, by=["sex"], method="kaplan_meier", at=(365, 1826, 3652))
study.survival(first_insulin, at=(365, 1826, 3652))  # Aalen-Johansen: death competes
