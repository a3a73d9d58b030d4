"""Answers for the tests of the report: made-up counts sent through the real rules of disclosure.

So a change in what disclosure control releases is seen here. Nobody is behind these numbers.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np

from helseanalyse import Study, atc, icd10, interval, years
from helseanalyse.audit import Receipt
from helseanalyse.catalogue.read import norway
from helseanalyse.disclosure.rules import CHECKED, OPEN, Rules
from helseanalyse.disclosure.safe import disclose
from helseanalyse.registries import lmr, npr, population
from helseanalyse.report.view import ReportView
from helseanalyse.study.answer import (
    DataVersion,
    Dimension,
    RawAnswer,
    RawCategorical,
    RawCounts,
    RawCurve,
    RawFlow,
    RawNumeric,
    RawRates,
    RawResult,
    RawTableOne,
    RawTrend,
    SafeAnswer,
    SafeTable,
)
from helseanalyse.study.specification import Specification

DRUGS = Dimension("drug", ("SGLT2", "DPP-4", None))
DAYS = (365, 730, 1095, 1460, 1825)
SEXES = Dimension("sex", ("female", "male", None))


def plainly_named(asked: Specification) -> Specification:
    """The study with its analyses called "rates", "survival", ...: the raw answers below name them so."""
    return replace(asked, analyses=tuple(replace(each, id=_name(type(each).__name__)) for each in asked.analyses))


def _name(kind: str) -> str:
    return {"TableOne": "table_one"}.get(kind, kind.lower())


@cache
def study() -> Specification:
    asked = Study(
        "Heart failure after SGLT2 or DPP-4 inhibitors",
        start="2015-01-01",
        end="2024-12-31",
        purpose="Do persons who start SGLT2 get heart failure less often than those who start DPP-4?",
        rationale="Trials found fewer admissions for heart failure with SGLT2, in persons chosen for a trial.",
    )
    sglt2, dpp4 = atc("A10BK"), atc("A10BH")
    failure_codes = icd10("I50", "I11.0", "I13.0", "I13.2").named("Heart failure")
    first = lmr.where(lmr.atc.within(sglt2 | dpp4)).first(by=lmr.dispensed_on)
    day0 = asked.index(first.dispensed_on)
    asked.require("aged 40 or more", population.age_on(day0) >= 40)
    asked.require("resident for five years before", population.resident_throughout(day0 - years(5), day0))
    asked.exclude(
        "earlier heart failure", npr.where(npr.any_diagnosis.within(failure_codes), npr.admitted_on < day0).exists()
    )
    drug = asked.exposure("drug", {"SGLT2": first.atc.within(sglt2), "DPP-4": first.atc.within(dpp4)})
    asked.variable("age_at_start", population.age_on(day0), label="Age at start", unit="years")
    asked.variable(
        "insulin",
        lmr.where(lmr.atc.within(atc("A10A")), lmr.dispensed_on < day0, lmr.dispensed_on >= day0 - years(1)).exists(),
        label="Insulin in the year before",
    )
    failure = asked.outcome(
        "heart failure",
        npr.where(npr.main_diagnosis.within(failure_codes), npr.admitted_on > day0)
        .first(by=npr.admitted_on)
        .admitted_on,
    )
    asked.follow(until={"death": population.died_on}, competing=population.died_on)
    asked.flow()
    asked.table_one(by=drug)
    asked.rates(failure, by=[drug, "age", "year"], age_bands=(40, 60, 70, 80), standard="nordic-2000")
    asked.survival(failure, by=drug, at=DAYS)
    asked.counts(by=[drug, "sex"])
    return plainly_named(asked.specification())


def flow() -> RawFlow:
    steps = [
        ("Resident in Norway in 2015-2024", "universe", 5_612_340),
        ("first dispensing of an SGLT2 or DPP-4 inhibitor", "index", 98_412),
        ("aged 40 or more", "require", 91_077),
        ("resident for five years before", "require", 88_950),
        ("earlier heart failure", "exclude", 71_204),
        ("earlier dispensing of insulin", "exclude", 71_201),
    ]
    names, kinds, persons = zip(*steps, strict=True)
    return RawFlow("flow", names, kinds, np.array(persons))


def table_one() -> RawTableOne:
    groups = ("SGLT2", "DPP-4", None)
    sizes = np.array([32_110, 39_091, 0])
    ages = np.arange(40, 96)

    def around(mean: float, sd: float, n: int) -> np.ndarray:
        weight = np.exp(-0.5 * ((ages - mean) / sd) ** 2)
        return np.round(n * weight / weight.sum()).astype(np.int64)

    age = np.stack([around(63, 10, 32_110), around(69, 11, 39_091), np.zeros(56, dtype=int)], axis=1)
    hba = np.stack([around(58, 9, 29_900), around(59, 9, 36_400), np.zeros(56, dtype=int)], axis=1)
    return RawTableOne(
        "table_one",
        "drug",
        groups,
        sizes,
        (
            RawNumeric("age_at_start", "years", 1.0, ages, age, np.zeros(3, dtype=int)),
            RawCategorical(
                "sex", ("female", "male", None), np.array([[11_500, 16_612, 0], [20_610, 22_479, 0], [0, 0, 0]])
            ),
            RawNumeric("hba1c", "mmol/mol", 1.0, ages, hba, np.array([2_210, 2_691, 0])),
            RawCategorical(
                "ischaemic heart disease",
                ("no", "yes", None),
                np.array([[26_010, 32_980, 0], [6_100, 6_111, 0], [0, 0, 0]]),
            ),
            RawCategorical(
                "education",
                ("compulsory", "upper secondary", "higher", None),
                np.array([[8_900, 13_300, 0], [15_200, 17_900, 0], [8_007, 7_600, 0], [3, 291, 0]]),
            ),
        ),
    )


def rates() -> RawRates:
    rng = np.random.default_rng(7)
    cells = [(g, y, a) for g in (0, 1) for y in range(2015, 2025) for a in range(40, 95)]
    pattern = np.array([[g] for g, _, _ in cells])[:, 0]
    year, age = (np.array([cell[i] for cell in cells]) for i in (1, 2))
    days = np.round(6.0e5 * np.exp(-0.5 * ((age - 66 - 4 * pattern) / 11) ** 2) * (year - 2014) / 5).astype(np.int64)
    risk = 0.004 * np.exp(0.065 * (age - 60)) * np.where(pattern == 0, 0.69, 1.0)
    events = rng.poisson(risk * days / 365.25)
    persons = np.array([32_110, 39_091, 0])
    return RawRates("rates", "heart failure", (DRUGS,), pattern, year, age, days, events.astype(np.int64), persons)


def curve(method: str = "aalen_johansen", groups: Dimension = DRUGS, scale: float = 1.0) -> RawCurve:
    rng = np.random.default_rng(11)
    rows: list[tuple[int, int, int, int, int]] = []
    shown = [i for i, level in enumerate(groups.levels) if level is not None]
    for g in shown:
        days = np.arange(1, 2200)
        hazard = (5.0 + 2.4 * g / max(len(shown) - 1, 1)) / 1000 / 365.25
        left = 30_000 * scale
        for day in days:
            failed, died = rng.poisson(left * hazard), rng.poisson(left * 0.018 / 365.25)
            gone = rng.poisson(left * 0.0003)
            for cause, count in ((1, failed), (2, died), (0, gone)):
                if count:
                    rows.append((g, 0, int(day), 0 if method == "kaplan_meier" and cause == 2 else cause, int(count)))
            left = max(left - failed - died - gone, 0)
        rows.append((g, 0, 2200, 0, max(int(left), 1)))
    group, entry, stop, cause, count = (np.array(column) for column in zip(*rows, strict=True))
    causes = ("heart failure",) if method == "kaplan_meier" else ("heart failure", "death")
    return RawCurve("survival", "heart failure", method, (groups,), causes, group, entry, stop, cause, count)


def counts() -> RawCounts:
    return RawCounts("counts", (DRUGS, SEXES), np.array([[11_500, 20_610, 0], [16_612, 22_479, 3], [0, 0, 0]]))


def data(*, synthetic: bool = True) -> tuple[DataVersion, ...]:
    names = (
        ("population", "National population register"),
        ("npr", "Norwegian Patient Registry"),
        ("lmr", "Norwegian Prescribed Drug Registry"),
    )
    return tuple(
        DataVersion(
            registry=name,
            version=3,
            sha256=f"{i}a" * 32,
            complete_to=date(2024, 12, 31),
            label=label,
            synthetic=synthetic,
        )
        for i, (name, label) in enumerate(names, 1)
    )


def released(rules: Rules, *results: RawResult, of: Specification | None = None) -> tuple[SafeTable, ...]:
    asked = of or study()
    ids = [analysis.id for analysis in asked.analyses]
    # A study names its analyses by kind and by what they divide by; here the kind is enough.
    named = (replace(raw, id=next((one for one in ids if one.startswith(raw.id)), raw.id)) for raw in results)
    return disclose(RawAnswer(tuple(named)), asked, rules, frozenset({"ischaemic heart disease"}))


def answer(rules: Rules = CHECKED, *, synthetic: bool = True) -> SafeAnswer:
    return SafeAnswer(
        title=study().title,
        digest="9f2c4e5ab1" * 6 + "0000",
        lane=rules.lane,
        data=data(synthetic=synthetic),
        tables=released(rules, flow(), table_one(), rates(), curve(), counts()),
        rules=rules.sources,
        permit="HDS-2026-0114",
        software="helseanalyse 0.1.0",
    )


def view(rules: Rules = CHECKED, language: str = "en", **more: object) -> ReportView:
    given: dict[str, object] = {
        "answer": answer(rules),
        "study": study(),
        "catalogue": norway(),
        "receipt": Receipt(41, 42, "ab" * 32),
        "seconds": 3.2,
        "language": language,
    }
    return ReportView(**{**given, **more})  # type: ignore[arg-type]


@cache
def incidence_study() -> Specification:
    asked = Study(
        "Hjerteinfarkt i Norge: nye tilfeller og dødelighet",
        start="2012-01-01",
        end="2023-12-31",
        purpose="Hvor mange får hjerteinfarkt, og hvor mange dør innen 30 dager?",
    )
    infarctions = npr.where(npr.main_diagnosis.within(icd10("I21", "I22")))
    asked.incidence(
        "myocardial infarction",
        infarctions.admitted_on,
        washout=28,
        by=["sex", "age"],
        age_bands=(30, 50, 60, 70, 80),
        standard="nordic-2000",
    )
    asked.trend("death within 30 days", population.died_on <= interval.end, population.born_on <= interval.start)
    return plainly_named(asked.specification())


def incidence_answer(rules: Rules = CHECKED) -> SafeAnswer:
    rng = np.random.default_rng(3)
    cells = [(s, y, a) for s in (0, 1) for y in range(2012, 2024) for a in range(0, 100, 1)]
    pattern, year, age = (np.array([cell[i] for cell in cells]) for i in (0, 1, 2))
    days = np.round(1.1e7 * np.where(age < 60, 1, np.exp(-(((age - 60) / 20) ** 2)))).astype(np.int64)
    risk = 0.0011 * np.exp(0.062 * (age - 60)) * np.where(pattern == 1, 1.9, 1) * 0.97 ** (year - 2012)
    events = np.where(age < 30, 0, rng.poisson(risk * days / 365.25)).astype(np.int64)
    raw = RawRates(
        "incidence",
        "myocardial infarction",
        (SEXES,),
        pattern,
        year,
        age,
        days,
        events,
        np.array([2_900_000, 2_900_000, 0]),
    )
    starts = tuple(date(y, 1, 1) for y in range(2012, 2024))
    cases = np.array([[1100 - 40 * i] for i in range(12)])
    trend = RawTrend("trend", "death within 30 days", (), starts, cases, np.full((12, 1), 12_000), cases, True)
    return SafeAnswer(
        title=incidence_study().title, digest="77" * 32, lane=rules.lane, data=data(synthetic=False),
        tables=released(rules, raw, trend, of=incidence_study()), rules=rules.sources, software="helseanalyse 0.1.0",
    )  # fmt: skip


__all__ = ["CHECKED", "OPEN", "answer", "incidence_answer", "incidence_study", "study", "view"]
