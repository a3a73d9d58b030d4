"""A study becomes a plan: named steps in order, and how their answers become a RawAnswer. Nothing is read here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from sqlglot import exp

from helseanalyse.catalogue.model import Catalogue
from helseanalyse.engine import described, rates, row_values, sql, supply
from helseanalyse.engine.answers import Answers, Assembly, Checks
from helseanalyse.engine.build import Build, Step
from helseanalyse.engine.codes import CodeColumn, Codes, Dictionary
from helseanalyse.engine.cohort import Cohort, cohort
from helseanalyse.engine.complete import base_leaves, completed
from helseanalyse.engine.frame import PID
from helseanalyse.engine.incidence import incidence
from helseanalyse.engine.population import Population, Wanted, population
from helseanalyse.engine.sql import Sql
from helseanalyse.engine.trend import trend
from helseanalyse.study import nodes as n
from helseanalyse.study.answer import RawAnswer, RawFlow, RawResult
from helseanalyse.study.specification import (
    Analysis,
    Counts,
    Flow,
    Incidence,
    Rates,
    Specification,
    Survival,
    TableOne,
    Trend,
)

_MEANINGS = (row_values, supply)  # imported so that they say what operations on rows and periods are


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of a run in order, the columns that they read, and what is made of their answers."""

    steps: tuple[Step, ...]
    read: frozenset[str]
    assemble: Callable[[Answers], RawAnswer]


def planned(
    study: Specification,
    catalogue: Catalogue,
    dictionaries: Mapping[CodeColumn, Dictionary] | None,
    *,
    need: frozenset[str],
    last_day: date,
    excluded: Sequence[int] = (),
) -> Plan:
    """The plan of a study.

    dictionaries: the codes that the registries hold, by column (None: nobody has looked; code lists then stand for
    themselves). need: the columns that may be read. excluded: persons taken out of the universe before any step.
    Raises EngineError where the study asks for what cannot be computed, RefusedError where it reads outside `need`.
    """
    build = Build(study, catalogue, Codes(catalogue, dictionaries), need)
    if excluded:
        build.excluded = build.table("excluded", excluded_persons(excluded), "Persons who are in no answer.")
    wanted = Wanted.by(study)
    later = [*wanted.series(build), *base_leaves(_of_analyses(study))]
    found = cohort(build, later)
    frame = completed(found.frame, later, build)
    last = min(study.end, last_day)
    people = population(frame, wanted, last, build)
    assemblies = [_assembly(analysis, found, people, last, build) for analysis in study.analyses]

    def assemble(answers: Answers) -> RawAnswer:
        results: list[RawResult] = []
        checks: list[tuple[str, int]] = []
        for assembly in assemblies:
            result, more = assembly(answers)
            results.append(result)
            checks += more
        return RawAnswer(tuple(results), tuple(checks))

    return Plan(tuple(build.steps), frozenset(build.read), assemble)


def excluded_persons(pids: Sequence[int]) -> Sql:
    """The persons as a query: pid."""
    rows = [exp.Tuple(expressions=[sql.number(pid)]) for pid in pids]
    alias = exp.TableAlias(this=sql.identifier("x"), columns=[sql.identifier(PID)])
    return sql.query([sql.col(PID)], exp.Values(expressions=rows, alias=alias))


def _of_analyses(study: Specification) -> list[n.Node]:
    """What analyses over calendar time ask beside variables."""
    found: list[n.Node] = []
    for analysis in study.analyses:
        if isinstance(analysis, Incidence):
            found.append(analysis.event)
        if isinstance(analysis, Trend):
            found += [analysis.numerator, analysis.denominator]
    return found


def _assembly(analysis: Analysis, found: Cohort, people: Population, last_day: date, build: Build) -> Assembly:
    match analysis:
        case Flow():
            return _flow(analysis, found)
        case TableOne():
            return described.table_one(analysis, people, build)
        case Counts():
            return described.counts(analysis, people, build)
        case Rates():
            return rates.rates(analysis, people, last_day, build)
        case Survival():
            return rates.curve(analysis, people, last_day, build)
        case Incidence():
            return incidence(analysis, people, last_day, build)
        case Trend():
            return trend(analysis, people, last_day, build)


def _flow(analysis: Flow, found: Cohort) -> Assembly:
    steps = [step for _, several in found.counts for step in several]

    def assemble(answers: Answers) -> tuple[RawFlow, Checks]:
        persons = [column[0] for name, _ in found.counts for column in answers[name].values()]
        return RawFlow(
            id=analysis.id,
            names=tuple(name for _, name in steps),
            kinds=tuple(kind for kind, _ in steps),
            persons=np.array(persons, dtype=np.int64),
        ), ()

    return assemble
