"""Events, person-days and curves from follow-up: grouped counts of pieces, never a row a person."""

from __future__ import annotations

from datetime import date

from helseanalyse.engine import sql
from helseanalyse.engine.answers import Answers, Assembly, Checks, Columns, in_order, spread
from helseanalyse.engine.arithmetic import days_after
from helseanalyse.engine.build import Build
from helseanalyse.engine.follow import CENSORED, EVENT, ORIGIN, REASONS, competing, followed, pieces
from helseanalyse.engine.frame import PID
from helseanalyse.engine.ledgers import Ledger, finest, persons_with_time, shared
from helseanalyse.engine.levels import dimensions, pattern
from helseanalyse.engine.population import BORN, Population, follow_up_of
from helseanalyse.engine.sql import Sql, case, col, compare, compute, derived
from helseanalyse.study.answer import RawCurve, RawRates
from helseanalyse.study.specification import Rates, Survival


def rates(analysis: Rates, people: Population, last_day: date, build: Build) -> Assembly:
    """Days at risk and events of follow-up, by pattern, calendar year and age."""
    by = people.by(analysis.by)
    checks = followed(analysis.outcome, people, last_day, build).checks
    others = [one.by for one in build.study.analyses if isinstance(one, Rates) and one.outcome == analysis.outcome]
    fine = finest(by, [people.by(names) for names in others])

    def ledger() -> Ledger:
        cut = pieces(analysis.outcome, fine, people, last_day, build)
        columns = {name: col(name) for name in (PID, BORN, "start", "stop")}
        segments = sql.query({**columns, "pattern": pattern(fine)}, derived(cut, "t"))
        happened = sql.query(
            {"pattern": pattern(fine), BORN: col(BORN), "day": days_after(col("stop"), -1)},
            derived(cut.copy(), "t"),
            where=compare(col("cause"), "==", sql.number(EVENT)),
        )
        return Ledger.of(analysis.id, fine, "year", [(segments, 1)], happened, build)

    made = shared(("rates", analysis.outcome), fine, ledger, build)
    own = pieces(analysis.outcome, by, people, last_day, build)
    someone = sql.query({PID: col(PID), "pattern": pattern(by)}, derived(own, "t"))
    persons = persons_with_time(analysis.id, someone, build, once=not any(one.changing for one in by))

    def assemble(answers: Answers) -> tuple[RawRates, Checks]:
        return made.table(analysis.id, analysis.outcome, by, persons, answers), reasons(analysis.id, answers[checks])

    return assemble


def reasons(id_: str, found: Columns) -> Checks:
    """How many persons are not at risk, by reason."""
    persons = spread(found["reason"], found["persons"], len(REASONS) + 1)
    return [(f"{id_}: {reason}", int(number)) for reason, number in zip(REASONS, persons, strict=False)]


def curve(analysis: Survival, people: Population, last_day: date, build: Build) -> Assembly:
    """Persons by group, day of entry, day of exit and cause, in days from the start of follow-up."""
    by = people.by(analysis.by)
    checks = followed(analysis.outcome, people, last_day, build).checks
    kaplan_meier = analysis.method == "kaplan_meier"
    cause: Sql = col("cause")
    if kaplan_meier:
        cause = case((compare(cause, ">", sql.number(EVENT)), sql.number(CENSORED)), otherwise=cause.copy())
    keys = {
        "group": pattern(by),
        "entry": compute(col("start"), "-", col(ORIGIN)),
        "exit": compute(col("stop"), "-", col(ORIGIN)),
        "cause": cause,
    }
    cut = pieces(analysis.outcome, by, people, last_day, build)
    # By name, not by place: a constant group would be read as the number of a column.
    inner = sql.query(keys, derived(cut, "t"))
    select = sql.query(
        {**{name: col(name) for name in keys}, "count": sql.count_rows()},
        derived(inner, "t"),
        group=[col(name) for name in keys],
    )
    answer = build.answer(f"curve {analysis.id}", select, "Persons by day of entry and exit and by cause.")
    names = () if kaplan_meier else competing(follow_up_of(build.study))

    def assemble(answers: Answers) -> tuple[RawCurve, Checks]:
        rows = in_order(answers[answer], "group", "entry", "exit", "cause")
        made = RawCurve(
            id=analysis.id,
            outcome=analysis.outcome,
            method=analysis.method,
            dimensions=dimensions(by),
            causes=(analysis.outcome, *names),
            **{name: rows[name] for name in ("group", "entry", "exit", "cause", "count")},
        )
        return made, reasons(analysis.id, answers[checks])

    return assemble
