"""Who is watched for an outcome, from when to when, and why it ends. Section 2 of methods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from helseanalyse.engine.reference.cohort import known_date, main_row
from helseanalyse.engine.reference.data import Data, NoAnswerError
from helseanalyse.engine.reference.dimensions import Division
from helseanalyse.engine.reference.meaning import At, day
from helseanalyse.study.specification import FollowUp, Outcome, Specification

CENSORED, EVENT = 0, 1  # causes; 2 and on are the competing events
REASONS = (
    "no start of follow-up",
    "start after the last day",
    "start before birth",
    "stopped before the start",
    "outcome before the start",
    "no time at risk",
)


@dataclass(frozen=True, slots=True, repr=False)
class Segment:
    """Days at risk of a person, [start, stop) in day numbers, and the cause with which they end."""

    pid: int
    origin: int  # the first day of follow-up
    start: int
    stop: int
    cause: int


def follow_up_of(study: Specification) -> FollowUp:
    """The study's follow-up."""
    if study.follow_up is None:
        raise NoAnswerError("The study asks for rates or curves but has no follow-up. Say study.follow(...).")
    return study.follow_up


def outcome_of(study: Specification, name: str) -> Outcome:
    """The study's outcome of that name."""
    for outcome in study.outcomes:
        if outcome.name == name:
            return outcome
    raise NoAnswerError(f"The study has no outcome named {name}.")


def competing_events(study: Specification) -> tuple[str, ...]:
    """The stops that are competing events, in the order of the study's stops."""
    follow = follow_up_of(study)
    return tuple(stop.name for stop in follow.until if stop.name in follow.competing)


def segment(study: Specification, data: Data, pid: int, outcome: Outcome, last_day: date) -> Segment | str:
    """The person's days at risk of the outcome, or the reason why there are none."""
    follow, at = follow_up_of(study), At(data, pid)
    start, event = day(follow.start, at), day(outcome.on, at)
    stops = [(stop.name, found) for stop in follow.until if (found := day(stop.on, at)) is not None]
    born_on = known_date(main_row(data, pid), "born_on")
    if start is None:
        return REASONS[0]
    if start > last_day:
        return REASONS[1]
    if born_on is not None and start < born_on:
        return REASONS[2]
    if any(found < start for _, found in stops):
        return REASONS[3]
    if event is not None and event < start:
        return REASONS[4]
    last = min([last_day, *(found for _, found in stops), *([] if event is None else [event])])
    stop = last.toordinal() + (1 if follow.counts_last_day else 0)
    if stop <= start.toordinal():
        return REASONS[5]
    if event == last:
        cause = EVENT
    else:
        # Of several stops on the last day the first of the study's list is the reason.
        reason = next((name for name, found in stops if found == last), None)
        competing = competing_events(study)
        cause = EVENT + 1 + competing.index(reason) if reason in competing else CENSORED
    return Segment(pid, start.toordinal(), start.toordinal(), stop, cause)


def pieces(whole: Segment, found: Sequence[Division]) -> list[Segment]:
    """The segment cut where a changing exposure goes on or off; the cause belongs to the last piece."""
    days = {day for division in found for day in division.changes(whole.pid)}
    cuts = sorted({whole.start, whole.stop} | {int(day) for day in days if whole.start < day < whole.stop})
    return [
        Segment(whole.pid, whole.origin, start, stop, whole.cause if stop == whole.stop else CENSORED)
        for start, stop in pairwise(cuts)
    ]
