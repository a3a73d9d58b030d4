"""Table 1 and counts: persons by level and group, and histograms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from helseanalyse.catalogue.model import Kind
from helseanalyse.engine.reference import dimensions as d
from helseanalyse.engine.reference.arithmetic import half_away_from_zero
from helseanalyse.engine.reference.data import Data, NoAnswerError
from helseanalyse.engine.reference.meaning import At, value_of
from helseanalyse.study.answer import RawCategorical, RawCounts, RawNumeric, RawTableOne
from helseanalyse.study.specification import Counts, Specification, TableOne, Variable

ANY_DAY = 1  # persons are counted as such: nothing here changes from day to day
ALL = "all"  # the one group of a table that is not divided


def counts(analysis: Counts, study: Specification, data: Data, population: Sequence[int]) -> RawCounts:
    """Persons by every combination of levels."""
    by = d.divisions(study, data, analysis.by)
    _without_changes(by, analysis.id)
    found = Counter(d.pattern(by, pid, ANY_DAY) for pid in population)
    persons = np.array([found[k] for k in range(d.cells(by))], dtype=np.int64)
    return RawCounts(analysis.id, d.dimensions(by), persons.reshape(d.shape(by)))


def table_one(analysis: TableOne, study: Specification, data: Data, population: Sequence[int]) -> RawTableOne:
    """Each variable by group."""
    by = d.divisions(study, data, [] if analysis.by is None else [analysis.by])
    _without_changes(by, analysis.id)
    groups = tuple(None if level is None else str(level) for level in by[0].dimension.levels) if by else (ALL,)
    group = {pid: d.pattern(by, pid, ANY_DAY) for pid in population}
    found = Counter(group.values())
    return RawTableOne(
        id=analysis.id,
        by=analysis.by,
        groups=groups,
        persons=np.array([found[k] for k in range(len(groups))], dtype=np.int64),
        variables=tuple(_described(study, data, name, group, len(groups)) for name in analysis.of),
    )


def _described(
    study: Specification, data: Data, name: str, group: dict[int, int], groups: int
) -> RawCategorical | RawNumeric:
    for variable in study.variables:
        if variable.name == name and variable.value.type.kind in (Kind.INT, Kind.FLOAT):
            return _histogram(variable, data, group, groups)
    (division,) = d.divisions(study, data, [name])
    _without_changes([division], name)
    persons = np.zeros((len(division.dimension.levels), groups), dtype=np.int64)
    for pid, k in group.items():
        persons[division.index(pid, ANY_DAY), k] += 1
    levels = tuple(None if level is None else str(level) for level in division.dimension.levels)
    return RawCategorical(name, levels, persons)


def _histogram(variable: Variable, data: Data, group: dict[int, int], groups: int) -> RawNumeric:
    """Persons by value, in whole steps of the variable's `round_to`, halves away from zero."""
    persons: Counter[tuple[int, int]] = Counter()
    missing = np.zeros(groups, dtype=np.int64)
    for pid, k in group.items():
        value = value_of(variable.value, At(data, pid))
        if value is None:
            missing[k] += 1
        else:
            assert isinstance(value, int | float)
            persons[half_away_from_zero(value / variable.round_to), k] += 1
    values = sorted({value for value, _ in persons})
    return RawNumeric(
        name=variable.name,
        unit=variable.unit,
        step=variable.round_to,
        values=np.array(values, dtype=np.int64),
        persons=np.array([[persons[value, k] for k in range(groups)] for value in values], dtype=np.int64).reshape(
            len(values), groups
        ),
        missing=missing,
    )


def _without_changes(by: Sequence[d.Division], where: str) -> None:
    for division in by:
        if division.changing:
            raise NoAnswerError(
                f"{division.dimension.name} changes during follow-up, so nobody has one level of it in {where}. "
                "Use it in rates or curves, or make a variable of its state on one day."
            )
