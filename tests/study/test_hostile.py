"""Specifications without sense, and large ones: looked at without a crash, and in no time."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from tests.study.anything import asking, holding, operations, records, smallest, specifications

from helseanalyse.catalogue.model import Grain, Kind
from helseanalyse.catalogue.read import norway
from helseanalyse.study import nodes
from helseanalyse.study.check import check, need
from helseanalyse.study.check import years as years_read
from helseanalyse.study.check_catalogue import MOST_UNKNOWN
from helseanalyse.study.codec import digest, dump, load
from helseanalyse.study.cost import cost
from helseanalyse.study.problem import Problem
from helseanalyse.study.read import BY_TAG
from helseanalyse.study.rehearsal import typed
from helseanalyse.study.specification import Analysis, Criterion, Specification, Variable
from helseanalyse.study.types import BOOL, INT, TEXT, CodeList, ValueType
from helseanalyse.study.windows import windows
from helseanalyse.study.words import words


def looked_at(spec: Specification) -> tuple[Problem, ...]:
    """Everything that is done with a specification before anything is read."""
    found = check(spec, norway())
    for problem in found:
        assert str(problem)
        assert problem.text("nb")
    if not any(problem.is_error for problem in found):
        assert need(spec, norway())
        years_read(spec, norway())
        windows(spec)
        cost(spec, {})
        for language in ("en", "nb"):
            assert words(spec, norway(), language)
    return found


@settings(max_examples=60)
@given(specifications())
def test_any_specification_can_be_looked_at(spec: Specification) -> None:
    assert looked_at(spec)


@pytest.mark.parametrize("op", sorted(nodes.OPERATIONS))
def test_any_operation_can_be_looked_at(op: str) -> None:
    @settings(max_examples=15)
    @given(operations(nodes.OPERATIONS[op]))
    def look(node: nodes.Node) -> None:
        assert looked_at(holding([node]))

    look()


@pytest.mark.parametrize("kind", BY_TAG.values(), ids=list(BY_TAG))
def test_any_analysis_can_be_looked_at(kind: type) -> None:
    @settings(max_examples=15)
    @given(records(kind))
    def look(analysis: Analysis) -> None:
        assert looked_at(replace(smallest(), analyses=(analysis,)))

    look()


EVENTS = nodes.Table("npr", "episode", Grain.EVENT, date="admitted_on")


def quickly(spec: Specification, seconds: float = 2.0) -> tuple[Problem, ...]:
    began = time.process_time()
    found = looked_at(spec)
    digest(spec)
    assert time.process_time() - began < seconds
    return found


def test_a_deep_study_is_looked_at_in_no_time() -> None:
    series: nodes.Series = nodes.Count(EVENTS)
    for _ in range(90):
        series = nodes.Arithmetic("+", series, series)
    quickly(asking(series))


def test_a_wide_study_is_looked_at_in_no_time() -> None:
    count = nodes.Count(EVENTS)
    variables = tuple(
        Variable(name=f"v{n}", value=nodes.Arithmetic("+", count, nodes.Constant(n, INT))) for n in range(500)
    )
    quickly(replace(smallest(), variables=variables))


def test_a_node_of_many_operands_is_looked_at_in_no_time() -> None:
    parts: nodes.Series = nodes.Exists(EVENTS)
    for _ in range(20):
        parts = nodes.And((parts,) * 400)
    quickly(replace(smallest(), criteria=(Criterion(name="a", kind="require", holds=parts),)))


def test_filters_on_filters_are_looked_at_in_no_time() -> None:
    rows: nodes.Rows = EVENTS
    for _ in range(22):
        keep = nodes.Exists(nodes.Filter(rows, nodes.Constant(True, BOOL)))
        rows = nodes.Sort(nodes.Filter(rows, keep), (nodes.Column(EVENTS, "admitted_on", ValueType(Kind.DATE)),))
    quickly(asking(nodes.Count(rows)))


def test_a_study_of_a_megabyte_is_looked_at_in_no_time() -> None:
    column = nodes.Column(EVENTS, "main_diagnosis", ValueType(Kind.CODE, system="ICD-10"))
    variables = []
    for at in range(100):
        codes = tuple(sorted(f"{letter}{number:02d}{at % 10}" for letter in "ABCDEFGHIJKL" for number in range(100)))
        some = nodes.Filter(EVENTS, nodes.InCodes(column, CodeList("ICD-10", codes, name=f"list {at}"), "exact"))
        variables.append(Variable(name=f"v{at}", value=nodes.Exists(some)))
    spec = replace(smallest(), variables=tuple(variables))
    text = json.dumps(json.loads(dump(spec)), separators=(",", ":"))
    assert 800_000 < len(text) < 1_048_576
    began = time.process_time()
    again = load(text)
    assert again == spec
    assert time.process_time() - began < 2
    found = quickly(again, 4)
    # Unknown codes are many; they are told, but not each of thousands.
    assert len([problem for problem in found if problem.id == "S022"]) == MOST_UNKNOWN


def test_a_message_never_shows_more_than_a_glance() -> None:
    texts = nodes.Constant("x" * 100_000, TEXT)
    found = looked_at(asking(nodes.Not(texts)))
    assert all(len(str(problem)) < 2_000 for problem in found)


def test_a_made_up_code_of_a_column_without_system_is_kept() -> None:
    column = norway().table("lmr", "dispensing").column("packs")
    value: Any = typed(3, column)
    assert value == 3.0
    assert isinstance(value, float)
    born = norway().table("population", "person").column("born_on")
    assert typed("1960-05-01", born) == date(1960, 5, 1)
