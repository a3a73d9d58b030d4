"""Every example of the specification, on the reference engine."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from tests.engine import spec_dates, spec_lookups, spec_order, spec_periods, spec_rows, spec_studies, spec_values
from tests.engine.spec_engines import (
    built,
    by_duckdb,
    by_reference,
    expected,
    frozen,
    study_by_duckdb,
    study_by_reference,
    typed,
)
from tests.engine.spec_studies import StudyExample, lines
from tests.engine.spec_words import Example

from helseanalyse.study import nodes as n

MODULES = (spec_rows, spec_order, spec_values, spec_dates, spec_periods, spec_lookups)
CHAPTERS = [chapter for module in MODULES for chapter in module.CHAPTERS]
EXAMPLES = [
    pytest.param(example, id=f"{chapter.title}: {example.says[:60]}")
    for chapter in CHAPTERS
    for example in chapter.examples
]


STUDIES = [
    pytest.param(example, id=f"{chapter.title}: {example.says[:60]}")
    for chapter in spec_studies.CHAPTERS
    for example in chapter.examples
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_holds_on_the_reference_engine(example: Example) -> None:
    assert typed(by_reference(example)) == typed(list(example.gives))


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_holds_on_the_fast_engine(example: Example) -> None:
    assert typed(by_duckdb(example)) == typed(expected(example))


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.values[0].python])
def test_the_text_of_an_example_builds_its_node(example: Example) -> None:
    assert built(example) == frozen(example.node)


@pytest.mark.parametrize("example", STUDIES)
def test_a_study_holds_on_the_reference_engine(example: StudyExample) -> None:
    assert lines(study_by_reference(example)) == example.gives


@pytest.mark.parametrize("example", STUDIES)
def test_a_study_holds_on_the_fast_engine(example: StudyExample) -> None:
    assert lines(study_by_duckdb(example)) == example.gives


def test_every_operation_has_an_example() -> None:
    shown = {type(node) for chapter in CHAPTERS for example in chapter.examples for node in _walk(example.node)}
    assert {kind.__name__ for kind in _operations()} - {kind.__name__ for kind in shown} == {"Parameter"}


def _operations() -> Sequence[type[n.Node]]:
    found: list[type[n.Node]] = []
    for kind in vars(n).values():
        if isinstance(kind, type) and issubclass(kind, n.Node) and "op" in vars(kind):
            found.append(kind)
    return found


def _walk(node: n.Node) -> list[n.Node]:
    return [node, *(below for operand in node.operands for below in _walk(operand))]
