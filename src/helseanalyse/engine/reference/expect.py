"""A study's own tests: made-up persons, and what must come out for them. They need no registry and no database."""

from __future__ import annotations

from collections.abc import Sequence

from helseanalyse.catalogue.model import Catalogue
from helseanalyse.engine.reference.cohort import Step, steps
from helseanalyse.engine.reference.data import Data, NoAnswerError, data
from helseanalyse.engine.reference.meaning import At, value_of
from helseanalyse.study.rehearsal import agrees, made_tables
from helseanalyse.study.specification import Expectation, Specification

NOT_THERE = {"universe": "not resident in the study period", "index": "without an index date in the study period"}


def disappointments(study: Specification, catalogue: Catalogue) -> tuple[str, ...]:
    """What does not come out as the study expects, one sentence each, in the order of its made-up persons.

    `study.check` has held their rows against the catalogue before. A made-up person's values are the study's own
    text, so they may be shown.
    """
    made = made_tables(study, catalogue)
    register = data(catalogue, made.rows)
    told: list[str] = []
    try:
        found = steps(study, register)
    except NoAnswerError as error:
        return (str(error),)
    for pid, (name, expected) in enumerate(zip(made.names, study.expectations, strict=True), start=1):
        told += [f"{name}: {sentence}" for sentence in _membership(found, pid, expected)]
        told += [f"{name}: {sentence}" for sentence in _values(study, register, pid, expected)]
    return tuple(told)


def _membership(found: Sequence[Step], pid: int, expected: Expectation) -> list[str]:
    left_at = next((step for step in found if pid not in step.left), None)
    if (left_at is None) == expected.included:
        return []
    if left_at is None:
        return ["is in the study, but should not be."]
    reason = NOT_THERE.get(left_at.kind, f"left out by “{left_at.name}”")
    return [f"should be in the study, but is {reason}."]


def _values(study: Specification, register: Data, pid: int, expected: Expectation) -> list[str]:
    told = []
    variables = {variable.name: variable for variable in study.variables}
    for name, wanted in expected.values:
        try:
            found = value_of(variables[name].value, At(register, pid))
        except NoAnswerError as error:
            told.append(f"{name}: {error}")
            continue
        if not agrees(wanted, found):
            told.append(f"{name} should be {_shown(wanted)}, but is {_shown(found)}.")
    return told


def _shown(value: object) -> str:
    return "unknown" if value is None else str(value)
