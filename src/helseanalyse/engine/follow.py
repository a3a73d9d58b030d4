"""Who is watched for an outcome, from when to when, and why it ends: methods.md section 2, as steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from helseanalyse.engine import sql
from helseanalyse.engine.arithmetic import days_after
from helseanalyse.engine.build import Build
from helseanalyse.engine.exposed import cut
from helseanalyse.engine.frame import PID
from helseanalyse.engine.levels import Division
from helseanalyse.engine.population import BORN, START, Population, follow_up_of
from helseanalyse.engine.sql import Sql, case, col, compare, derived, relation
from helseanalyse.study.specification import FollowUp

CENSORED, EVENT = 0, 1  # causes; 2 and on are the competing events
REASONS = (
    "no start of follow-up",
    "start after the last day",
    "start before birth",
    "stopped before the start",
    "outcome before the start",
    "no time at risk",
)
AT_RISK = len(REASONS)
ORIGIN = "origin"


@dataclass(frozen=True, slots=True)
class Followed:
    """The days at risk for an outcome as a step: pid, born_on, levels, origin, start, stop, cause.

    checks: the answer with the number of persons without days at risk, by reason.
    """

    table: str
    checks: str


def competing(follow: FollowUp) -> tuple[str, ...]:
    """The stops that are competing events, in the order of the study's stops."""
    return tuple(stop.name for stop in follow.until if stop.name in follow.competing)


def followed(outcome: str, people: Population, last_day: date, build: Build) -> Followed:
    """The days at risk of an outcome; made once, however many analyses ask."""
    key = ("followed", outcome)
    if key not in build.made:
        build.made[key] = _followed(outcome, people, last_day, build)
    made = build.made[key]
    assert isinstance(made, Followed)
    return made


def _followed(outcome: str, people: Population, last_day: date, build: Build) -> Followed:
    follow = follow_up_of(build.study)
    start, event, stops = col(START), col(people.outcomes[outcome]), [col(stop) for stop in people.stops]
    ends = [sql.day(last_day), *stops, event]
    last = sql.least(*sql.every(ends))
    stop = days_after(last, 1) if follow.counts_last_day else last
    kept = [PID, BORN, *people.kept, START]
    whole = sql.query(
        {
            **{name: col(name) for name in [*kept, people.outcomes[outcome], *people.stops]},
            "last": last.copy(),
            "stop": stop,
        },
        relation(people.table),
    )
    causes = [(compare(event.copy(), "==", col("last")), sql.number(EVENT))]
    order = competing(follow)
    for column, reason in zip(stops, follow.until, strict=True):
        cause = EVENT + 1 + order.index(reason.name) if reason.name in order else CENSORED
        causes.append((compare(column.copy(), "==", col("last")), sql.number(cause)))
    why_not = case(
        (sql.is_null(start), sql.number(0)),
        (compare(start.copy(), ">", sql.day(last_day)), sql.number(1)),
        (compare(start.copy(), "<", col(BORN)), sql.number(2)),
        (sql.either(compare(column.copy(), "<", start.copy()) for column in stops), sql.number(3)),
        (compare(event.copy(), "<", start.copy()), sql.number(4)),
        (compare(col("stop"), "<=", start.copy()), sql.number(5)),
        otherwise=sql.number(AT_RISK),
    )
    outputs: dict[str, Sql] = {name: col(name) for name in kept if name != START}
    outputs |= {ORIGIN: col(START), "start": col(START), "stop": col("stop")}
    outputs |= {"cause": case(*causes, otherwise=sql.number(CENSORED)), "reason": why_not}
    everyone = build.table(
        f"follow up {outcome}",
        sql.query(outputs, derived(whole, "t")),
        f"From when to when each person is watched for {outcome}, and why it ends; or why a person is not.",
    )
    counts = sql.query(
        {"reason": col("reason"), "persons": sql.count_rows()}, relation(everyone), group=[col("reason")]
    )
    checks = build.answer(f"why not {outcome}", counts, "Persons without days at risk, by reason.")
    return Followed(everyone, checks)


def at_risk() -> Sql:
    """Whether a row of a follow-up has days at risk."""
    return compare(col("reason"), "==", sql.number(AT_RISK))


def pieces(outcome: str, by: Sequence[Division], people: Population, last_day: date, build: Build) -> exp.Select:
    """The days at risk, cut where an exposure goes on or off: pid, born_on, levels, origin, start, stop, cause."""
    found = followed(outcome, people, last_day, build)
    changing = [division for division in by if division.changing is not None]
    columns = [PID, BORN, *people.kept, ORIGIN, "cause"]
    whole = sql.query([col(name) for name in [*columns, "start", "stop"]], relation(found.table), where=at_risk())
    if not changing:
        return whole
    ended = sql.query(
        [*(col(name) for name in [*columns, "start", "stop"]), sql.named(col("stop"), "end")], derived(whole, "t")
    )
    key = ("pieces", outcome, *(division.column for division in changing))
    why = "The days at risk in pieces, each with one state of every exposure."
    table = build.once(
        key, lambda: build.table(f"pieces {outcome}", cut(ended, [*columns, "end"], changing, people, build), why)
    )
    # What ends the follow-up ends its last piece.
    cause = case((compare(col("stop"), "==", col("end")), col("cause")), otherwise=sql.number(CENSORED))
    names = [name for name in columns if name != "cause"] + ["start", "stop", *(one.column for one in changing)]
    return sql.query({**{name: col(name) for name in names}, "cause": cause}, relation(table))
