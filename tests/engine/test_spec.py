"""Every example of the specification, on both engines, and its Python text."""

from __future__ import annotations

from typing import get_args

import pytest
from tests.engine import spec_dates, spec_lookups, spec_order, spec_periods, spec_rows, spec_studies, spec_values
from tests.engine.agree_studies import walk
from tests.engine.spec_engines import (
    built,
    by_duckdb,
    by_reference,
    expected,
    frozen,
    study_by_duckdb,
    study_by_reference,
    study_of,
    typed,
)
from tests.engine.spec_mistakes import MISTAKES, Mistake, told
from tests.engine.spec_studies import StudyExample, lines
from tests.engine.spec_words import Example

from helseanalyse.study import nodes as n
from helseanalyse.study.specification import Analysis, Specification

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


def shown_in_studies() -> list[Specification]:
    return [study_of(example) for chapter in spec_studies.CHAPTERS for example in chapter.examples]


def test_every_operation_has_an_example() -> None:
    values = [example.node for chapter in CHAPTERS for example in chapter.examples]
    shown = {type(node).__name__ for whole in [*values, *shown_in_studies()] for node in walk(whole)}
    operations = {kind.__name__ for kind in vars(n).values() if isinstance(kind, type) and "op" in vars(kind)}
    assert operations - shown == set()


def test_every_analysis_has_an_example() -> None:
    analyses = {type(analysis) for study in shown_in_studies() for analysis in study.analyses}
    assert set(get_args(Analysis)) - analyses == set()


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.python)
def test_a_mistake_is_told(mistake: Mistake) -> None:
    assert told(mistake).startswith(f"{mistake.id}: ")
