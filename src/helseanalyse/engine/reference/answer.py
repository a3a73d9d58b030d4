"""A whole study, answered the slow and obvious way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from helseanalyse.engine.reference import cohort, described, over_time
from helseanalyse.engine.reference.data import Data
from helseanalyse.engine.reference.follow_up import REASONS, Segment, outcome_of, segment
from helseanalyse.study.answer import RawAnswer, RawResult
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


def answer(
    study: Specification, data: Data, last_day: date | None = None, excluded: frozenset[int] = frozenset()
) -> RawAnswer:
    """The aggregated counts of every analysis of the study, in its order.

    last_day: the day up to which the registries are complete; follow-up never runs beyond it or the end of the study.
    excluded: persons who are in no answer in any way (reservations): taken out before any step, unknown to relatives.
    Raises NoAnswerError where the study asks for what does not exist, or a number does not fit in 64 bits.

    >>> from helseanalyse.catalogue.read import norway
    >>> from helseanalyse.engine.reference.data import data
    >>> study = Specification(title="", start=date(2020, 1, 1), end=date(2020, 12, 31), analyses=(Flow(),))
    >>> lives = [{"pid": 1, "moved_in_on": "1990-01-01"}, {"pid": 2, "moved_in_on": "2021-01-01"}]
    >>> people = {"population.person": [{"pid": 1}, {"pid": 2}], "population.residence": lives}
    >>> answer(study, data(norway(), people)).results[0].persons.tolist()
    [1]
    """
    last_day = study.end if last_day is None else min(study.end, last_day)
    data = data.without(excluded)
    steps = cohort.steps(study, data)
    population = steps[-1].left
    results: list[RawResult] = []
    checks: list[tuple[str, int]] = []
    for analysis in study.analyses:
        result, found = _result(analysis, study, data, steps, population, last_day)
        results.append(result)
        checks += [(f"{analysis.id}: {name}", number) for name, number in found]
    return RawAnswer(tuple(results), tuple(checks))


def _result(
    analysis: Analysis,
    study: Specification,
    data: Data,
    steps: list[cohort.Step],
    population: Sequence[int],
    last_day: date,
) -> tuple[RawResult, list[tuple[str, int]]]:
    match analysis:
        case Flow():
            return cohort.flow(analysis.id, steps), []
        case TableOne():
            return described.table_one(analysis, study, data, population), []
        case Counts():
            return described.counts(analysis, study, data, population), []
        case Incidence():
            return over_time.incidence(analysis, study, data, population, last_day), []
        case Trend():
            result = over_time.trend(analysis, study, data, population, last_day)
            dropped = len(over_time.intervals(analysis.every)) - len(result.starts)
            return result, [("intervals after the last day", dropped)]
        case Rates() | Survival():
            segments, reasons = _followed(analysis.outcome, study, data, population, last_day)
            if isinstance(analysis, Rates):
                return over_time.rates(analysis, study, data, segments), reasons
            return over_time.curve(analysis, study, data, segments), reasons


def _followed(
    outcome: str, study: Specification, data: Data, population: Sequence[int], last_day: date
) -> tuple[list[Segment], list[tuple[str, int]]]:
    """The days at risk of everyone, and how many have none, by reason."""
    found = [segment(study, data, pid, outcome_of(study, outcome), last_day) for pid in population]
    segments = [one for one in found if isinstance(one, Segment)]
    return segments, [(reason, sum(one == reason for one in found)) for reason in REASONS]
