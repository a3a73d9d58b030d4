"""The two engines say the same: the fast one in DuckDB, and the plain one in Python that defines the meaning.

Random, type-correct expressions and studies over small random registers with many ties. On a difference the message
shows the smallest part of the expression, and the fewest rows, about which the engines differ.

More examples, for a night: HELSEANALYSE_EXAMPLES=20 pytest tests/engine -m slow
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engine.agree_compare import differences
from tests.engine.agree_data import Registers as Rows
from tests.engine.agree_data import Size
from tests.engine.agree_duckdb import Registers
from tests.engine.agree_examples import (
    NIGHTLY,
    TIMES,
    Expressions,
    culprit,
    differs,
    disagree,
    disagreement,
    expressions,
    numbered,
)
from tests.engine.agree_studies import END, START, Question, question, walk
from tests.engine.spec_refusals import NO_ANSWER
from tests.engine.spec_words import CATALOGUE, LAB, col

from helseanalyse.catalogue.model import Kind
from helseanalyse.engine import reference
from helseanalyse.study import codec
from helseanalyse.study import nodes as n
from helseanalyse.study.check import check
from helseanalyse.study.rules import problems_of
from helseanalyse.study.specification import Analysis, Specification, Variable
from helseanalyse.study.types import INT

CHUNK = 20  # examples a test
EXPRESSIONS, STUDIES = 10, 5  # chunks

# What the fast engine cannot do, and the language can: each with its reason. Nothing, and so it should stay. One
# difference is allowed and never made here: an error inside SQL (a number too large, overlapping periods) may come for
# a person whom a later criterion drops, because scans are shared; the reference engine never gets there.
LIMITS: dict[type[n.Node], str] = {}


def agree(example: Expressions, name: str = "") -> None:
    assert not {type(node) for node in walk(tuple(example.series))} & LIMITS.keys()
    try:
        wrong = disagree(example)
    except Exception as error:
        told = [explain(series, example.rows) for series in example.series]
        raise AssertionError("\n".join([name, *(list(filter(None, told)) or ["only together"])])) from error
    for series in wrong:
        told_ = explain(series, example.rows) or f"only together with the others: {series}"
        pytest.fail(f"{name}\n{told_}", pytrace=False)


def explain(series: n.Series, rows: Rows) -> str:
    """What the engines differ about, made small; empty where they agree about the expression alone."""
    if not differs(series, rows):
        return ""
    part, fewer = culprit(series, rows)
    try:
        return f"{disagreement(part, fewer)}\n{part}\nover {fewer}"
    except Exception as error:  # noqa: BLE001 - the fast engine cannot answer, for whatever reason
        return f"{type(error).__name__}: {error}\n{part}\nover {fewer}"


def chunk(number: int) -> range:
    return range(number * CHUNK, (number + 1) * CHUNK)


# --- expressions ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(EXPRESSIONS))
def test_engines_agree_about_random_expressions(number: int) -> None:
    for example in chunk(number):
        agree(numbered(example), f"example {example}")


@NIGHTLY
@pytest.mark.slow
@pytest.mark.parametrize("number", range(EXPRESSIONS, EXPRESSIONS * max(TIMES, 2)))
def test_engines_agree_about_many_more_expressions(number: int) -> None:
    for example in chunk(number):
        agree(numbered(example), f"example {example}")


def test_a_difference_is_seen_and_made_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that counts one row too many is caught, and the message shows the count and nothing else."""
    right = Registers.evaluate

    def counts(series: n.Series) -> bool:
        return series.type == INT and any(isinstance(node, n.Count) for node in walk(series))

    def wrong(registers: Registers, series: Sequence[n.Series]) -> list[dict[int, Any]]:
        found = right(registers, series)
        return [
            {pid: None if value is None else value + 1 for pid, value in values.items()} if counts(one) else values
            for one, values in zip(series, found, strict=True)
        ]

    monkeypatch.setattr(Registers, "evaluate", wrong)
    rows = {"population.person": [{"pid": 1}, {"pid": 2}], "lab.result": [{"pid": 1, "whole": 4}, {"pid": 2}]}
    large = n.Arithmetic("+", n.Count(LAB), n.Aggregate("sum", col(LAB, "whole")))
    with pytest.raises(pytest.fail.Exception, match=r"person: \(reference, fast\) = \{2: \(0, 1\)") as told:
        agree(Expressions([large], rows))
    assert "count()" in str(told.value)
    assert "sum()" not in str(told.value)


@pytest.mark.parametrize(("series", "rows", "told"), NO_ANSWER)
def test_engines_agree_about_what_has_no_answer(series: n.Series, rows: Any, told: str) -> None:
    assert disagreement(series, rows) is None


@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(choices=st.data(), seed=st.integers(0, 2**16), persons=st.integers(1, 4), rows=st.integers(1, 4))
def test_engines_agree_about_what_hypothesis_makes(choices: Any, seed: int, persons: int, rows: int) -> None:
    """The same, made by Hypothesis, which looks for the simplest expression that fails."""
    made = expressions(
        lambda below: choices.draw(st.integers(0, below - 1)), Random(seed).randrange, Size(persons=persons, rows=rows)
    )
    agree(made)


# --- studies -------------------------------------------------------------------------------------------


def agree_about_study(asked: Question, name: str) -> None:
    """Both engines answer the study that came back from JSON."""
    study = codec.load(codec.dump(asked.study))
    assert study == asked.study
    try:
        data = reference.data(asked.catalogue, asked.rows)
        wanted = reference.answer(asked.study, data, asked.last_day, asked.excluded)
    except reference.NoAnswerError:
        return
    with Registers(asked.catalogue, asked.rows) as registers:
        found = registers.answer(study, asked.last_day, sorted(asked.excluded))
    assert differences(wanted, found) == [], name


@pytest.mark.parametrize("number", range(STUDIES))
def test_engines_agree_about_random_studies(number: int) -> None:
    for example in chunk(number):
        agree_about_study(question(Random(example).randrange), f"study {example}")


@NIGHTLY
@pytest.mark.slow
@pytest.mark.parametrize("number", range(STUDIES, STUDIES * max(TIMES, 2)))
def test_engines_agree_about_many_more_studies(number: int) -> None:
    for example in chunk(number):
        agree_about_study(question(Random(example).randrange), f"study {example}")


# --- the examples themselves ---------------------------------------------------------------------------


def made() -> list[n.Node]:
    """Every operation of the examples that run in CI."""
    series = [one for i in range(EXPRESSIONS * CHUNK) for one in numbered(i).series]
    studies = [question(Random(i).randrange).study for i in range(STUDIES * CHUNK)]
    return [node for whole in [*series, *studies] for node in walk(whole)]


def test_every_operation_is_made() -> None:
    operations = {kind for kind in vars(n).values() if isinstance(kind, type) and "op" in vars(kind)} - {n.Node}
    assert {kind.__name__ for kind in operations - {type(node) for node in made()}} == set()


def test_every_analysis_is_made() -> None:
    studies = [question(Random(i).randrange).study for i in range(STUDIES * CHUNK)]
    analyses = {type(analysis) for study in studies for analysis in study.analyses}
    assert {kind.__name__ for kind in set(get_args(Analysis)) - analyses} == set()


def test_every_choice_of_an_operation_is_made() -> None:
    """Signs, tests, units and ways of aggregating, too."""
    operations = made()
    assert {node.sign for node in operations if isinstance(node, n.Arithmetic)} == {"+", "-", "*", "/", "//", "%", "**"}
    assert {node.test for node in operations if isinstance(node, n.Compare)} == {"==", "!=", "<", "<=", ">", ">="}
    assert {node.unit for node in operations if isinstance(node, n.DateAdd | n.DateDiff)} == {"days", "months", "years"}
    assert {node.how for node in operations if isinstance(node, n.Aggregate)} == {
        "sum", "mean", "min", "max", "any", "all", "count_distinct",
    }  # fmt: skip
    assert {node.how for node in operations if isinstance(node, n.Near)} == {
        "exists", "count", "sum", "mean", "min", "max",
    }  # fmt: skip
    assert {node.how for node in operations if isinstance(node, n.LookUp)} == {"covering", "on_or_before", "before"}
    assert {node.match for node in operations if isinstance(node, n.InCodes)} == {"exact", "with_children"}


@pytest.mark.parametrize("number", range(EXPRESSIONS))
def test_expressions_are_what_the_language_allows(number: int) -> None:
    for example in chunk(number):
        for series in numbered(example).series:
            assert [str(told) for node in walk(series) for told in problems_of(node)] == []


@pytest.mark.parametrize("number", range(STUDIES))
def test_studies_are_what_the_language_allows(number: int) -> None:
    for example in chunk(number):
        asked = question(Random(example).randrange)
        assert [str(told) for told in check(asked.study, asked.catalogue) if told.is_error] == []


def test_answers_are_not_all_alike() -> None:
    """Examples of which nobody differs from anybody would prove little."""
    varied = known = 0
    for i in range(EXPRESSIONS * CHUNK):
        example = numbered(i)
        data = reference.data(CATALOGUE, example.rows)
        for series in example.series:
            values = set(reference.evaluate(series, data).values())
            varied += len(values) > 1
            known += bool(values - {None})
    everything = EXPRESSIONS * CHUNK * len(numbered(0).series)
    assert known > 0.6 * everything
    assert varied > 0.5 * everything


@pytest.mark.parametrize("number", range(EXPRESSIONS))
def test_expressions_go_through_json_unchanged(number: int) -> None:
    for example in chunk(number):
        series = [one for one in numbered(example).series if one.type.kind is not Kind.CODES]
        variables = tuple(Variable(name=f"v{i}", value=one) for i, one in enumerate(series))
        study = Specification(title="", start=START, end=END, variables=variables)
        assert codec.load(codec.canonical(study)) == study
