"""Rates, curves, incidence and trends, counted person by person and day by day. Section 11 of the manual."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import numpy as np

from helseanalyse.catalogue.model import Kind
from helseanalyse.engine.reference import dimensions as d
from helseanalyse.engine.reference import periods as p
from helseanalyse.engine.reference.arithmetic import add, truncated
from helseanalyse.engine.reference.cohort import known_date, main_row, residence
from helseanalyse.engine.reference.data import Data, NoAnswerError
from helseanalyse.engine.reference.follow_up import CENSORED, EVENT, Segment, competing_events, pieces
from helseanalyse.engine.reference.meaning import At, dates_of, truth, value_of
from helseanalyse.study.answer import RawCurve, RawRates, RawTrend
from helseanalyse.study.specification import Incidence, Intervals, Rates, Specification, Survival, Trend


def rates(analysis: Rates, study: Specification, data: Data, segments: Sequence[Segment]) -> RawRates:
    """Days at risk and events of follow-up, by pattern, calendar year and age."""
    by = d.divisions(study, data, analysis.by)
    events = [(segment.pid, segment.stop - 1) for segment in segments if segment.cause == EVENT]
    return _cells(analysis.id, analysis.outcome, by, data, segments, events, "year")


def incidence(
    analysis: Incidence, study: Specification, data: Data, population: Sequence[int], last_day: date
) -> RawRates:
    """Days at risk of a new case while resident, and new cases."""
    at_risk: list[Segment] = []
    cases: list[tuple[int, int]] = []
    for pid in population:
        event_days = {event.toordinal() for event in dates_of(analysis.event, At(data, pid))}
        found = _days_at_risk(analysis, data, pid, event_days, last_day)
        at_risk += [Segment(pid, int(start), int(start), int(stop), CENSORED) for start, stop in found]
        # Who has had an event in the washout before is not at risk, so an event at risk is a new case.
        cases += [(pid, day) for day in sorted(event_days) if any(start <= day < stop for start, stop in found)]
    by = d.divisions(study, data, analysis.by)
    unit = "year" if analysis.every.unit == "year" else "month"
    return _cells(analysis.id, analysis.name, by, data, at_risk, cases, unit)


def _days_at_risk(
    analysis: Incidence, data: Data, pid: int, event_days: set[int], last_day: date
) -> list[p.Period]:
    born_on = known_date(main_row(data, pid), "born_on")
    first = max(analysis.every.first, born_on or date.min).toordinal()
    last = min(analysis.every.last, last_day).toordinal()
    resident = p.intersection(residence(data, pid), [(first, last + 1)] if first <= last else [])
    washed_out = [(day + 1, day + 1 + analysis.washout) for day in event_days]
    return p.difference(resident, washed_out)


def _cells(
    id_: str,
    outcome: str,
    by: Sequence[d.Division],
    data: Data,
    segments: Sequence[Segment],
    events: Sequence[tuple[int, int]],
    unit: str,
) -> RawRates:
    """Each day at risk counted in its cell; an event is counted in the cell of its day."""
    days: Counter[tuple[int, int, int]] = Counter()
    persons: set[tuple[int, int]] = set()
    for segment in segments:
        for piece in pieces(segment, by):
            pattern = d.pattern(by, piece.pid, piece.start)
            persons.add((pattern, piece.pid))
            for day in range(piece.start, piece.stop):
                days[pattern, _calendar(day, unit), d.age_at(data, piece.pid, day)] += 1
    happened = Counter(
        (d.pattern(by, pid, day), _calendar(day, unit), d.age_at(data, pid, day)) for pid, day in events
    )
    cells = sorted(days.keys() | happened.keys())
    pattern_persons = Counter(pattern for pattern, _ in persons)
    return RawRates(
        id=id_,
        outcome=outcome,
        dimensions=d.dimensions(by),
        pattern=np.array([cell[0] for cell in cells], dtype=np.int64),
        year=np.array([cell[1] for cell in cells], dtype=np.int64),
        age=np.array([cell[2] for cell in cells], dtype=np.int64),
        days=np.array([days[cell] for cell in cells], dtype=np.int64),
        events=np.array([happened[cell] for cell in cells], dtype=np.int64),
        persons=np.array([pattern_persons[k] for k in range(d.cells(by))], dtype=np.int64),
        unit=unit,
    )


def _calendar(day: int, unit: str) -> int:
    """The calendar year of a day, or the number of its month."""
    when = date.fromordinal(day)
    return when.year if unit == "year" else when.year * 12 + when.month - 1


def curve(analysis: Survival, study: Specification, data: Data, segments: Iterable[Segment]) -> RawCurve:
    """Persons by group, day of entry, day of exit and cause, in days from the start of follow-up."""
    by = d.divisions(study, data, analysis.by)
    kaplan_meier = analysis.method == "kaplan_meier"
    found: Counter[tuple[int, int, int, int]] = Counter()
    for segment in segments:
        for piece in pieces(segment, by):
            cause = CENSORED if kaplan_meier and piece.cause > EVENT else piece.cause
            group = d.pattern(by, piece.pid, piece.start)
            found[group, piece.start - piece.origin, piece.stop - piece.origin, cause] += 1
    lines = np.array([(*key, found[key]) for key in sorted(found)], dtype=np.int64).reshape(-1, 5)
    return RawCurve(
        id=analysis.id,
        outcome=analysis.outcome,
        method=analysis.method,
        dimensions=d.dimensions(by),
        causes=(analysis.outcome, *(() if kaplan_meier else competing_events(study))),
        group=lines[:, 0].copy(),
        entry=lines[:, 1].copy(),
        exit=lines[:, 2].copy(),
        cause=lines[:, 3].copy(),
        count=lines[:, 4].copy(),
    )


# --- trends: section 11 ----------------------------------------------------------------------------


def intervals(every: Intervals) -> list[tuple[date, date]]:
    """First and last day of each calendar interval; the first and the last one cut by the bounds stated.

    >>> every = Intervals(first=date(2024, 1, 15), last=date(2024, 3, 31), unit="month")
    >>> [(str(first), str(last)) for first, last in intervals(every)]
    [('2024-01-15', '2024-01-31'), ('2024-02-01', '2024-02-29'), ('2024-03-01', '2024-03-31')]
    """
    months = {"month": 1, "quarter": 3, "year": 12}[every.unit]
    found = []
    start = every.first
    while start <= every.last:
        begin = truncated(start, "month")
        begin = begin.replace(month=begin.month - (begin.month - 1) % months)
        following = add(begin, months, "months")
        found.append((start, min(following - timedelta(days=1), every.last)))
        start = following
    return found


def trend(
    analysis: Trend, study: Specification, data: Data, population: Sequence[int], last_day: date
) -> RawTrend:
    """Numerator and denominator for each interval that is over by the last day."""
    counts_persons = analysis.numerator.type.kind is Kind.BOOL
    whole = [interval for interval in intervals(analysis.every) if interval[1] <= last_day]
    by = _trend_divisions(analysis, study, data)
    shape = (len(whole), d.cells(by))
    numerator, denominator, cases = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    for i, interval in enumerate(whole):
        for pid in population:
            at = At(data, pid, interval=interval)
            if truth(analysis.denominator, at) is not True:
                continue
            measured = value_of(analysis.numerator, at) or 0
            assert isinstance(measured, int)
            pattern = d.pattern(by, pid, interval[0].toordinal())
            denominator[i, pattern] += 1
            numerator[i, pattern] += measured
            cases[i, pattern] += measured > 0
    return RawTrend(
        id=analysis.id,
        name=analysis.name,
        dimensions=d.dimensions(by),
        starts=tuple(start for start, _ in whole),
        numerator=numerator,
        denominator=denominator,
        cases=cases,
        counts_persons=counts_persons,
    )


def _trend_divisions(analysis: Trend, study: Specification, data: Data) -> list[d.Division]:
    found = []
    for name in analysis.by:
        if name == "age":
            if not analysis.age_bands:
                raise NoAnswerError(
                    f"The trend {analysis.id} is by age but has no age bands. Say age_bands=(0, 18, 65)."
                )
            found.append(d.age_division(data, analysis.age_bands))
        else:
            found += d.divisions(study, data, [name])
    return found
