"""The design's own study, as it stands there but for its Cox model: its identity, its need, its windows, its words."""

from __future__ import annotations

import time
from typing import Any

import pytest

from helseanalyse.catalogue.read import norway
from helseanalyse.study.check import check, need, years
from helseanalyse.study.codec import canonical, digest, load
from helseanalyse.study.cost import cost
from helseanalyse.study.specification import Specification
from helseanalyse.study.summary import summary
from helseanalyse.study.windows import Window, windows
from helseanalyse.study.words import code_lists, words

DESIGN = """\
from helseanalyse import Study, atc, icd10, years
from helseanalyse.registries import population, npr, lmr, dar

study = Study("Heart failure after SGLT2 or DPP-4 inhibitors", start="2015-01-01", end="2024-12-31")
sglt2, dpp4, hf = atc("A10BK"), atc("A10BH"), icd10("I50", "I11.0", "I13.0", "I13.2")

first = lmr.where(lmr.atc.within(sglt2 | dpp4)).first(by=lmr.dispensed_on)
day0 = study.index(first.dispensed_on)
study.require("aged 40 or more", population.age_on(day0) >= 40)
study.require("resident for five years before", population.resident_throughout(day0 - years(5), day0))
study.exclude("earlier heart failure", npr.where(npr.any_diagnosis.within(hf), npr.admitted_on < day0).exists())

drug = study.exposure("drug", {"SGLT2": first.atc.within(sglt2), "DPP-4": first.atc.within(dpp4)})
failure = study.outcome("heart failure", npr.where(npr.main_diagnosis.within(hf), npr.admitted_on > day0).first(by=npr.admitted_on).admitted_on)
study.follow(until=[population.died_on, population.emigrated_on, study.end], competing=population.died_on)

study.flow()
study.table_one(by=drug)
study.rates(failure, by=[drug, "age", "year"])
study.survival(failure, by=drug)
"""  # noqa: E501 - as it stands in the design


ENGLISH = """\
The index date (day 0) is date of dispensing of the first dispensing (LMR) where ATC code is A10BH, A10BK or below, by date of dispensing; it lies in the study period.
Included: aged 40 or more, that is, age on the index date is at least 40.
Included: resident for five years before, that is, resident from 5 years before the index date to the index date.
Excluded: earlier heart failure, that is, there is at least one episode (NPR) where any diagnosis (main and secondary) include ICD-10 I11.0, I13.0, I13.2, I50 or a code below and date of admission is before the index date.
"""  # noqa: E501 - one sentence a line


def built() -> Specification:
    names: dict[str, Any] = {"__name__": "study"}
    exec(compile(DESIGN, "study.py", "exec"), names)
    spec = names["study"].specification()
    assert isinstance(spec, Specification)
    return spec


@pytest.fixture(scope="module")
def spec() -> Specification:
    return built()


# Whoever changes this changes the identity of every study in every log: only with a new spec_version, or where the
# version or source of a shipped code list changes.
DIGEST = "a81908ab35b55f0a74cfec430f30b71d893210f60a3d8c17aa932803317afe0c"


def test_its_identity_is_fixed(spec: Specification) -> None:
    assert digest(spec) == DIGEST
    assert load(canonical(spec)) == spec


def test_it_has_no_mistake(spec: Specification) -> None:
    assert [problem.id for problem in check(spec, norway())] == ["S290"]


def test_it_is_built_and_checked_in_a_blink(spec: Specification) -> None:
    norway.cache_clear()
    began = time.process_time()
    assert check(built(), norway())
    assert time.process_time() - began < 0.3


def test_its_need_has_tie_breakers_and_the_universe(spec: Specification) -> None:
    assert need(spec, norway()) == {
        "lmr.dispensing.atc",
        "lmr.dispensing.dispensed_on",
        "npr.episode.admitted_on",
        "npr.episode.any_diagnosis",
        "npr.episode.main_diagnosis",
        "population.emigration.emigrated_on",
        "population.person.born_on",
        "population.person.died_on",
        "population.person.sex",
        "population.residence.moved_in_on",
        "population.residence.moved_out_on",
    }
    assert years(spec, norway()) == {"lmr": (2004, 2024), "npr": (2008, 2024), "population": (1964, 2024)}


def test_its_summary(spec: Specification) -> None:
    found = summary(spec, norway())
    assert found.digest == DIGEST
    assert [(registry.name, registry.years) for registry in found.registries] == [
        ("population", (1964, 2024)),
        ("npr", (2008, 2024)),
        ("lmr", (2004, 2024)),
    ]
    npr = found.registries[1]
    assert [(table.name, table.columns) for table in npr.tables] == [
        ("episode", ("admitted_on", "main_diagnosis", "any_diagnosis"))
    ]
    assert found.codes[0] == ("", "ATC", 2)
    assert [kind for _, kind in found.analyses] == ["flow", "table_one", "rates", "survival"]


def test_its_windows(spec: Specification) -> None:
    assert windows(spec) == (
        Window("resident for five years before", "lookback", -1826, 0, "population", "5 years"),
        Window("earlier heart failure", "washout", None, -1, "npr"),
        Window("drug", "exposure", 0, 0),
        Window("follow-up", "followup", 0, None),
    )


def test_its_words(spec: Specification) -> None:
    english, norwegian = words(spec, norway(), "en"), words(spec, norway(), "nb")
    assert len(english) == len(norwegian)
    assert english[1:5] == tuple(ENGLISH.splitlines())
    assert norwegian[2] == "Inkludert: aged 40 or more, det vil si alder på indeksdatoen er minst 40."
    assert [codes.codes for codes, _ in code_lists(spec)] == [
        ("A10BH", "A10BK"), ("I110", "I130", "I132", "I50"), ("A10BK",), ("A10BH",),
    ]  # fmt: skip


def test_its_cost_grows_with_the_tables(spec: Specification) -> None:
    small = cost(spec, {"npr.episode": 1_000_000, "lmr.dispensing": 1_000_000})
    large = cost(spec, {"npr.episode": 200_000_000, "lmr.dispensing": 800_000_000})
    assert 0 < small.seconds < large.seconds < 5
    assert dict(large.rows)["lmr.dispensing"] < 800_000_000  # a list of codes reads a part of the table
