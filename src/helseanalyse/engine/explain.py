"""What a study does to the data, for a person to read: each step with its SQL and a sentence that says why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from helseanalyse.catalogue.model import Catalogue
from helseanalyse.engine.codes import CodeColumn, Dictionary
from helseanalyse.engine.plan import planned
from helseanalyse.engine.sql import printed
from helseanalyse.study.specification import Specification


@dataclass(frozen=True, slots=True)
class ReadableStep:
    """A step in words and in SQL. answer: its counts leave the database; else it makes a temporary table."""

    name: str
    sql: str
    why: str
    answer: bool = False


def explain(
    study: Specification, catalogue: Catalogue, dictionaries: Mapping[CodeColumn, Dictionary] | None = None
) -> tuple[ReadableStep, ...]:
    """The steps that answer a study, in order. Nothing is read and nothing runs.

    dictionaries: the codes that the registries hold, by (registry, table, column). Without them a code list stands for
    itself; on data it is replaced by all codes below it.

    >>> from datetime import date
    >>> from helseanalyse.catalogue.read import norway
    >>> from helseanalyse.study.specification import Flow, Specification
    >>> study = Specification(title="", start=date(2020, 1, 1), end=date(2020, 12, 31), analyses=(Flow(),))
    >>> [(step.name, step.why) for step in explain(study, norway())][1]
    ('universe', 'Everyone resident between 2020-01-01 and 2020-12-31.')
    """
    need = frozenset(f"{table.path}.{column.name}" for table, column in catalogue.columns())
    plan = planned(study, catalogue, dictionaries, need=need, last_day=study.end)
    return tuple(
        ReadableStep(step.name, printed(step.statement, pretty=True), step.why, step.answer) for step in plan.steps
    )
