"""Studies in the language over the tiny registers, and larger random registers, for the tests of the fast engine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Any

from tests.engine.tiny import tiny_catalogue

from helseanalyse.study import language
from helseanalyse.study.specification import Specification

CATALOGUE = tiny_catalogue()
REGISTRIES = language.Registries(CATALOGUE)
NAMES: dict[str, Any] = {registry.name: REGISTRIES.registry(registry.name) for registry in CATALOGUE.registries}
NAMES |= {name: getattr(language, name) for name in language.__all__}

HEAD = 'study = Study("A study", start="{}", end="2019-12-31")\n'

COHORT = """
first = lmr.where(lmr.atc.within(atc("A10B"))).first(by=lmr.dispensed_on)
day0 = study.index(first.dispensed_on)
study.require("aged 18 or more", population.age_on(day0) >= 18)
study.require("resident for a year", population.resident_throughout(day0 - years(1), day0))
study.exclude("earlier cancer", npr.where(npr.any_diagnosis.within(icd10("C50")), npr.admitted_on < day0).exists())
before = npr.where(npr.admitted_on < day0, npr.admitted_on >= day0 - days(700))
study.variable("infarction", before.where(npr.any_diagnosis.within(icd10("I21", "I22"))).exists())
study.variable("diabetes", before.where(npr.any_diagnosis.within(icd10("E11"))).exists())
study.variable("stays", before.where(npr.level_of_care == "inpatient").count(), bands=(1, 3))
study.variable("age at index", population.age_on(day0), bands=(40, 60))
drug = study.exposure("drug", {"A10BA": first.atc.within(atc("A10BA")), "A10BK": first.atc.within(atc("A10BK"))})
treated = study.exposure("treated", periods=supply(
    lmr.where(lmr.atc.within(atc("A10B"))).dispensed_on, lmr.where(lmr.atc.within(atc("A10B"))).ddd, grace=20,
    carry_over=True,
))
stay = npr.where(npr.main_diagnosis.within(icd10("I21")), npr.admitted_on > day0).first(by=npr.admitted_on)
outcome = study.outcome("infarction later", stay.admitted_on)
study.follow(until=[population.died_on, population.emigration.emigrated_on, study.end], competing=population.died_on)
study.flow()
study.table_one(by=drug)
study.counts(by=["sex", drug])
study.rates(outcome, by=[drug, treated, "sex"])
study.survival(outcome, by=[treated])
study.survival(outcome, by=["sex"], method="kaplan_meier")
"""

WHOLE_POPULATION = """
study.require("born", ~population.born_on.is_null())
study.flow()
any_, main = npr.any_diagnosis.within(icd10("I21")), npr.main_diagnosis.within(icd10("I21"))
study.incidence("infarction", npr.where(any_).admitted_on, washout=days(400), by="sex")
study.incidence("by month", npr.where(main).admitted_on, washout=days(30), every="month")
"""


def study_of(text: str, start: str = "2012-01-01") -> Specification:
    """The specification that the Python text of a study makes."""
    names = dict(NAMES) | {"Study": partial(language.Study, catalogue=REGISTRIES)}
    exec(HEAD.format(start) + text, names)
    specification: Specification = names["study"].specification()
    return specification


def random_registers(seed: int, persons: int) -> dict[str, list[dict[str, Any]]]:
    """Registers with heavy ties: few days, few codes, rows that are there twice."""
    draw = Random(seed)
    days = [date(2010, 1, 1) + timedelta(days=30 * i) for i in range(120)]
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
    for pid in range(1, persons + 1):
        born_on = date(1930, 1, 1) + timedelta(days=draw.randrange(28_000))
        died_on = draw.choice([None, None, None, draw.choice(days)])
        person = {"pid": pid, "sex": draw.choice(["female", "male", None]), "born_on": born_on, "died_on": died_on}
        rows["population.person"].append(person)
        rows["population.residence"] += _residence(draw, pid, days)
        if draw.random() < 0.1:
            rows["population.emigration"].append({"pid": pid, "emigrated_on": draw.choice(days)})
        rows["npr.episode"] += [_stay(draw, pid, days) for _ in range(draw.randrange(8))]
        rows["lmr.dispensing"] += [_dispensing(draw, pid, days) for _ in range(draw.randrange(12))]
    return rows


TABLES = ("population.person", "population.residence", "population.emigration", "npr.episode", "lmr.dispensing")


def _residence(draw: Random, pid: int, days: Sequence[date]) -> list[dict[str, Any]]:
    moves = sorted({date(2000, 1, 1), *(draw.choice(days) for _ in range(draw.randrange(3)))})
    ends: list[date | None] = [*moves[1:], draw.choice([None, None, None, days[-1] + timedelta(days=1)])]
    return [
        {"pid": pid, "moved_in_on": start, "moved_out_on": stop, "municipality": draw.choice(["0301", "4601"])}
        for start, stop in zip(moves, ends, strict=True)
    ]


def _stay(draw: Random, pid: int, days: Sequence[date]) -> dict[str, Any]:
    codes = [draw.choice(["I210", "I219", "I22", "C50", "E119", "I50"]) for _ in range(draw.randrange(4))]
    level = draw.choice(["inpatient", "day", "outpatient"])
    return {"pid": pid, "admitted_on": draw.choice(days), "level_of_care": level, "any_diagnosis": codes}


def _dispensing(draw: Random, pid: int, days: Sequence[date]) -> dict[str, Any]:
    atc = draw.choice(["A10BA02", "A10BA02", "A10BK01", "B01AC06"])
    ddd = draw.choice([20.0, 45.5, 90.0])
    return {"pid": pid, "dispensed_on": draw.choice(days), "atc": atc, "packs": 1.0, "ddd": ddd}
