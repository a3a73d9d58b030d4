"""Table 1 and counts: persons by level and group, and histograms, each table in one pass over the population."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sqlglot import exp

from helseanalyse.engine import sql
from helseanalyse.engine.answers import Answers, Assembly, Checks, Columns, spread
from helseanalyse.engine.build import Build
from helseanalyse.engine.errors import EngineError
from helseanalyse.engine.levels import Division, cells, dimensions, pattern, variable_named
from helseanalyse.engine.population import Population
from helseanalyse.engine.sql import col, relation
from helseanalyse.study.answer import RawCategorical, RawCounts, RawNumeric, RawResult, RawTableOne
from helseanalyse.study.specification import Counts, TableOne

ALL = "all"  # the one group of a table that is not divided
GROUP, PART, VALUE, PERSONS = "by_group", "part", "value", "persons"
AT_ONCE = 32  # variables a pass: each takes a bit of the number that tells them apart


def counts(analysis: Counts, people: Population, build: Build) -> Assembly:
    """Persons by every combination of levels."""
    by = people.by(analysis.by)
    _without_changes(by, analysis.id)
    outputs = {"pattern": pattern(by), PERSONS: sql.count_rows()}
    select = sql.query(outputs, relation(people.table), group=[pattern(by)] if by else [])
    answer = build.answer(f"counts {analysis.id}", select, "Persons by every combination of levels.")
    shape = tuple(division.size for division in by)

    def assemble(answers: Answers) -> tuple[RawResult, Checks]:
        found = answers[answer]
        persons = spread(found["pattern"], found[PERSONS], cells(by)).reshape(shape)
        return RawCounts(analysis.id, dimensions(by), persons), ()

    return assemble


def table_one(analysis: TableOne, people: Population, build: Build) -> Assembly:
    """Each variable by group."""
    by = people.by([analysis.by] if analysis.by else [])
    _without_changes(by, analysis.id)
    columns = {name: _column(name, people, analysis.id) for name in analysis.of}
    distinct = list(dict.fromkeys(columns.values()))
    passes: list[tuple[str, list[str]]] = []
    for begin in range(0, max(1, len(distinct)), AT_ONCE):
        these = distinct[begin : begin + AT_ONCE]
        select = _grouped(by[0].column if by else None, these, people)
        why = "Persons by group, and by group and value of each variable, in one pass."
        passes.append((build.answer(f"table {analysis.id}", select, why), these))
    levels = by[0].dimension.levels if by else (ALL,)
    groups = tuple(None if level is None else str(level) for level in levels)

    def assemble(answers: Answers) -> tuple[RawResult, Checks]:
        whole = _part(answers[passes[0][0]], 0)
        persons = spread(whole[GROUP], whole[PERSONS], len(groups))
        parts = {
            column: _part(answers[answer], place) for answer, these in passes for place, column in enumerate(these, 1)
        }
        variables = tuple(_described(name, people, build, parts[columns[name]], len(groups)) for name in analysis.of)
        return RawTableOne(analysis.id, analysis.by, groups, persons, variables), ()

    return assemble


def _part(found: Columns, number: int) -> Columns:
    mine = found[PART] == number
    return {name: column[mine] for name, column in found.items()}


def _column(name: str, people: Population, where: str) -> str:
    if name in people.bins:
        return people.bins[name]
    division = people.divisions[name]
    _without_changes([division], where)
    return division.column


def _grouped(group: str | None, columns: Sequence[str], people: Population) -> exp.Select:
    """by_group, part, value, missing, persons: part 0 is the group itself, part i the i-th column by value."""
    by = col(group) if group else sql.number(0)
    inner = sql.query({GROUP: by, **{name: col(name) for name in columns}}, relation(people.table))
    sets = [exp.Tuple(expressions=[col(GROUP)])]
    sets += [exp.Tuple(expressions=[col(GROUP), col(name)]) for name in columns]
    # One bit for each column, the first the highest: 0 where the row is grouped by it.
    bits = sql.call("grouping", *(col(name) for name in columns)) if columns else sql.number(0)
    value = sql.least(*(sql.cast(col(name), "BIGINT") for name in columns)) if columns else sql.constant(0)
    select = sql.query(
        {GROUP: col(GROUP), "bits": bits, VALUE: value, PERSONS: sql.count_rows()}, sql.derived(inner, "t")
    )
    select.set("group", exp.Group(grouping_sets=[exp.GroupingSets(expressions=sets)]))
    full = 2 ** len(columns) - 1
    branches = [
        (sql.compare(col("bits"), "==", sql.constant(full - 2 ** (len(columns) - place))), sql.number(place))
        for place in range(1, len(columns) + 1)
    ]
    outputs = {
        GROUP: col(GROUP),
        PART: sql.case(*branches, otherwise=sql.number(0)) if branches else sql.number(0),
        "missing": sql.cast(sql.is_null(col(VALUE)), "BIGINT"),
        VALUE: sql.if_null(col(VALUE), sql.constant(0)),
        PERSONS: col(PERSONS),
    }
    return sql.query(outputs, sql.derived(select, "t"))


def _described(name: str, people: Population, build: Build, found: Columns, groups: int) -> RawCategorical | RawNumeric:
    group, value, persons = found[GROUP], found[VALUE], found[PERSONS]
    if name not in people.bins:
        levels = people.divisions[name].dimension.levels
        table = spread(value * groups + group, persons, len(levels) * groups).reshape(len(levels), groups)
        return RawCategorical(name, tuple(None if level is None else str(level) for level in levels), table)
    variable = variable_named(build.study, name)
    assert variable is not None
    known = found["missing"] == 0
    values, place = np.unique(value[known], return_inverse=True)
    table = spread(place * groups + group[known], persons[known], len(values) * groups)
    return RawNumeric(
        name=name,
        unit=variable.unit,
        step=variable.round_to,
        values=np.asarray(values, dtype=np.int64),
        persons=table.reshape(len(values), groups),
        missing=spread(group[~known], persons[~known], groups),
    )


def _without_changes(by: Sequence[Division], where: str) -> None:
    for division in by:
        if division.changing is not None:
            raise EngineError(
                f"{division.dimension.name} changes during follow-up, so nobody has one level of it in {where}. "
                "Use it in rates or curves, or make a variable of its state on one day."
            )
