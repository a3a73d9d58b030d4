"""What a plan does to the data: how many scans, of what, by which order; and what never reaches SQL."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlglot import exp
from tests.engine.fast_studies import CATALOGUE, COHORT, study_of

from helseanalyse.engine.codes import Codes, Dictionary
from helseanalyse.engine.errors import EngineError
from helseanalyse.engine.explain import explain
from helseanalyse.engine.plan import Plan, planned
from helseanalyse.engine.sql import identifier, printed
from helseanalyse.study import nodes as n
from helseanalyse.study.specification import Specification
from helseanalyse.study.types import CodeList, ValueType

DICTIONARIES = {
    ("npr", "episode", "any_diagnosis"): Dictionary(("C50", "E119", "I210", "I219", "I22", "I50"), (5, 9, 2, 2, 1, 9)),
    ("lmr", "dispensing", "atc"): Dictionary(("A10BA02", "A10BK01", "B01AC06"), (9, 5, 3)),
}
EVERYTHING = frozenset(f"{table.path}.{column.name}" for table, column in CATALOGUE.columns())


def plan_of(study: Specification) -> Plan:
    return planned(study, CATALOGUE, DICTIONARIES, need=EVERYTHING, last_day=date(2019, 12, 31))


def stored(plan: Plan) -> list[str]:
    """Each reading of a table of a registry, in order."""
    return [
        f"{table.db}.{table.name}" for step in plan.steps for table in step.statement.find_all(exp.Table) if table.db
    ]


def test_every_table_is_scanned_once_for_all_that_is_asked_of_it_at_one_time() -> None:
    """Cancer, two comorbidities and the stays are asked at the index date: the codes in one scan, the rows in one."""
    read = stored(plan_of(study_of(COHORT)))
    # The outcome waits for nothing but the index date too, so it is found in the scan of the codes.
    assert read.count("npr.episode__any_diagnosis") == 1
    assert read.count("npr.episode") == 1
    # The index date; what the first row's code is; and the supplies.
    assert read.count("lmr.dispensing") == 3


def test_no_statement_reads_more_columns_than_the_study_asks_for() -> None:
    plan = plan_of(study_of(COHORT))
    assert "lmr.dispensing.packs" not in plan.read
    assert "population.residence.municipality" not in plan.read
    stars = [star for step in plan.steps for star in step.statement.find_all(exp.Star)]
    # A star stands for a count of rows, or for the columns of an inner query.
    assert all(isinstance(star.parent, exp.Count) or star.find_ancestor(exp.Select) is not None for star in stars)
    for step in plan.steps:
        for select in step.statement.find_all(exp.Select):
            source = select.args["from_"].this
            assert not (isinstance(source, exp.Table) and select.find(exp.Star) in select.expressions)


def test_codes_reach_sql_whole_and_never_as_patterns() -> None:
    text = "\n".join(printed(step.statement) for step in plan_of(study_of(COHORT)).steps)
    assert re.search(r"LIKE|starts_with|GLOB|SIMILAR", text, re.IGNORECASE) is None
    assert "IN ('A10BA02', 'A10BK01')" in text
    assert "IN ()" not in text


def test_a_list_that_meets_no_code_of_the_registry_is_false_and_not_an_error() -> None:
    study = study_of(
        'day0 = study.index(npr.where(npr.any_diagnosis.within(icd10("S72"))).first(by=npr.admitted_on).admitted_on)\n'
        'study.exclude("x", npr.where(npr.main_diagnosis.within(icd10("S82"))).exists())\n'
        "study.flow()"
    )
    text = "\n".join(printed(step.statement) for step in plan_of(study).steps)
    assert "IN ()" not in text
    assert "FALSE" in text


def test_a_search_goes_through_the_rarer_code() -> None:
    study = study_of(
        "both = npr.where(npr.any_diagnosis.within(icd10('E11')), npr.any_diagnosis.within(icd10('I22')))\n"
        'study.require("both", both.exists())\nstudy.flow()'
    )
    (scan,) = [step for step in plan_of(study).steps if step.name == "from_npr_any_diagnosis"]
    (where,) = [found.sql() for found in scan.statement.find_all(exp.Where) if "l.code" in found.sql()]
    assert where == "WHERE l.code = 'I22'"


def test_codes_under_a_prefix_are_found_in_the_dictionary() -> None:
    codes = Codes(CATALOGUE, DICTIONARIES)
    table = n.Table("npr", "episode", CATALOGUE.table("npr", "episode").grain, date="admitted_on")
    of = n.Column(table, "main_diagnosis", ValueType(CATALOGUE.table("npr", "episode").column("main_diagnosis").kind))
    wanted = CodeList("ICD-10", ("E1", "I21", "X"))
    assert codes.matching(of, wanted, "with_children") == ("E119", "I210", "I219")
    assert codes.matching(of, wanted, "exact") == ("E1", "I21", "X")


def test_a_study_without_its_data_is_explained_with_the_codes_as_written() -> None:
    steps = explain(study_of(COHORT), CATALOGUE)
    assert [step.name for step in steps][:4] == ["residents", "universe", "count_universe", "from_lmr_dispensing"]
    assert all(step.why.endswith(".") and step.sql for step in steps)
    assert any("'A10B'" in step.sql for step in steps)


def test_an_analysis_that_has_no_follow_up_is_told_what_to_do() -> None:
    study = study_of(COHORT)
    without = Specification(
        title="", start=study.start, end=study.end, outcomes=study.outcomes, analyses=study.analyses[3:4]
    )
    with pytest.raises(EngineError, match=r"has no follow-up\. Say study\.follow"):
        plan_of(without)


def test_words_of_sql_are_quoted_where_they_are_names() -> None:
    assert [identifier(name).sql("duckdb") for name in ("kind", "select", "end", "Born", "first day")] == [
        "kind", '"select"', '"end"', '"Born"', '"first day"',
    ]  # fmt: skip
