"""An example on an engine, and what its Python text builds."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from tests.engine.agree_duckdb import Registers
from tests.engine.spec_studies import StudyExample
from tests.engine.spec_words import CATALOGUE, Example, day

from helseanalyse.engine import reference
from helseanalyse.engine.reference.meaning import At, period_of, rows_of, value_of
from helseanalyse.engine.reference.periods import as_date
from helseanalyse.study import language
from helseanalyse.study import nodes as n
from helseanalyse.study.answer import RawResult
from helseanalyse.study.specification import Specification, Variable
from helseanalyse.study.ties import with_ties
from helseanalyse.study.types import DATE

# What a person who writes a study has at hand.
REGISTRIES = language.Registries(CATALOGUE)
WORDS: dict[str, Any] = {registry.name: REGISTRIES.registry(registry.name) for registry in CATALOGUE.registries}
WORDS |= {name: getattr(language, name) for name in language.__all__}


def built(example: Example) -> n.Node:
    """The node that the example's Python text makes."""
    *before, last = example.python.splitlines()
    names = dict(WORDS)
    exec("\n".join(before), names)
    value = eval(last, names)
    node = value.node
    if isinstance(node, n.Rows) or node.domain is not None:
        return node
    study = language.Study("An example", start="2000-01-01", end="2029-12-31", catalogue=REGISTRIES)
    study.variable("x", value)
    study.flow()
    return study.specification().variables[0].value


def frozen(node: n.Node) -> n.Node:
    """The node as a study has it: with the columns that break the ties of its picks."""
    if not isinstance(node, n.Series) or node.domain is not None:
        return node
    variable = Variable(name="x", value=node)
    study = Specification(title="", start=day("2000-01-01"), end=day("2029-12-31"), variables=(variable,))
    return with_ties(study, CATALOGUE).variables[0].value


def by_reference(example: Example) -> list[Any]:
    """What the reference engine gives each person."""
    data = reference.data(CATALOGUE, example.full_rows)
    return [_result(frozen(example.node), At(data, pid)) for pid in data.persons]


def _result(node: n.Node, at: At) -> Any:
    if isinstance(node, n.Rows):
        periods = [period_of(node, row) for row in rows_of(node, at)]
        return [(as_date(start), as_date(stop)) for start, stop in filter(None, periods)]
    assert isinstance(node, n.Series)
    if node.domain is None:
        return value_of(node, at)
    return [value_of(node, at.on(row)) for row in rows_of(node.domain, at)]


def typed(value: Any) -> Any:
    """A value with its type, so that 1, 1.0 and true differ."""
    return [typed(part) for part in value] if isinstance(value, list | tuple) else (type(value).__name__, value)


def study_of(example: StudyExample) -> Specification:
    """The study that the example's Python text makes."""
    names = dict(WORDS) | {"Study": partial(language.Study, catalogue=REGISTRIES)}
    exec(example.python, names)
    return names["study"].specification()


def study_by_reference(example: StudyExample) -> RawResult:
    """The last result of the study, by the reference engine."""
    data = reference.data(CATALOGUE, example.rows)
    return reference.answer(study_of(example), data, example.complete_to).results[-1]


def study_by_duckdb(example: StudyExample) -> RawResult:
    """The last result of the study, by the fast engine."""
    study = study_of(example)
    with Registers(CATALOGUE, example.rows) as registers:
        return registers.answer(study, example.complete_to or study.end).results[-1]


# --- the fast engine -----------------------------------------------------------------------------------


def by_duckdb(example: Example) -> list[Any]:
    """What the fast engine gives each person: the answers to `questions`."""
    asked = questions(frozen(example.node), example.gives)
    with Registers(CATALOGUE, example.full_rows) as registers:
        answers = registers.evaluate(asked)
    return [[answer[pid] for answer in answers] for pid in sorted(answers[0])]


def expected(example: Example) -> list[Any]:
    """What must come out of `by_duckdb`."""
    node = frozen(example.node)
    if isinstance(node, n.Series) and node.domain is None:
        return [[value] for value in example.gives]
    if isinstance(node, n.Series):
        values = _distinct(example.gives)
        return [[len(own), *(sum(typed(x) == typed(v) for x in own) for v in values)] for own in example.gives]
    most = max(len(periods) for periods in example.gives)
    return [
        [len(own), *(own[k][end] if k < len(own) else None for k in range(most) for end in (0, 1))]
        for own in example.gives
    ]


def questions(node: n.Node, gives: Sequence[Any]) -> list[n.Series]:
    """The same as values of persons, which is all that the fast engine has: of values of rows how often each occurs,
    of periods the first, second, ... start and stop.
    """
    if isinstance(node, n.Series) and node.domain is None:
        return [node]
    if isinstance(node, n.Series):
        rows = node.domain
        assert rows is not None
        return [n.Count(rows), *(n.Count(n.Filter(rows, _is(node, value))) for value in _distinct(gives))]
    assert isinstance(node, n.Rows)
    in_order = n.Sort(node, (n.Column(node, "start", DATE),))
    most = max(len(periods) for periods in gives)
    ends = [n.Column(n.Pick(in_order, k + 1), end, DATE) for k in range(most) for end in ("start", "stop")]
    return [n.Count(node), *ends]


def _distinct(gives: Sequence[Any]) -> list[Any]:
    return list({repr(value): value for own in gives for value in own}.values())


def _is(node: n.Series, value: Any) -> n.Series:
    return n.IsNull(node) if value is None else n.Compare("==", node, n.Constant(value, node.type))
