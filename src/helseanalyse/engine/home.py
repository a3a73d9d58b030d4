"""Residence in a population: who was at home when, between two days. No day of a person is there twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from helseanalyse.engine import sql
from helseanalyse.engine.arithmetic import days_after
from helseanalyse.engine.build import Build
from helseanalyse.engine.cohort import main_table, residence_table, resident
from helseanalyse.engine.frame import PID
from helseanalyse.engine.periods import merged
from helseanalyse.engine.population import BORN, Population
from helseanalyse.engine.scope import Scope
from helseanalyse.engine.sql import Sql, col, compare, derived, if_null, relation

ALIVE = "alive"


@dataclass(frozen=True, slots=True)
class Home:
    """Resident days as steps: pid, born_on, levels, start, stop.

    table: everybody's periods. dying: the periods of those who die between the two days, merged, which then are not
    read from `table`; "" where nobody's have to be.
    """

    table: str
    dying: str
    columns: tuple[str, ...]

    def rows(self) -> exp.Select:
        """All of them."""
        columns = [col(name) for name in self.columns]
        if not self.dying:
            return sql.query(columns, relation(self.table))
        living = sql.query(columns, relation(self.table), where=col(ALIVE))
        dying = sql.query(list(sql.every(columns)), relation(self.dying))
        return sql.query(list(sql.every(columns)), derived(sql.stacked([living, dying]), "t"))


def residents(people: Population, first: date, last: date, build: Build) -> Home:
    """The resident days of a population from first to last, both counted, and from birth on; made once."""
    key = ("residents", f"{first} {last}")
    if key not in build.made:
        build.made[key] = _residents(people, first, last, build)
    made = build.made[key]
    assert isinstance(made, Home)
    return made


def _residents(people: Population, first: date, last: date, build: Build) -> Home:
    scope = Scope(relation(people.table, alias="p"))
    kept = {name: scope.take("p", name) for name in (PID, BORN, *people.kept)}
    start, stop, alive = _bounds(scope, first, last, build)
    # greatest and least pass over what is unknown: it does not bound.
    begin = scope.bind(sql.greatest(sql.day(first), col(BORN), start), "begin")
    end = scope.bind(sql.least(days_after(sql.day(last), 1), stop), "end")
    a_day = compare(begin.copy(), "<", end.copy())
    runs = sql.either([sql.is_null(stop.copy()), compare(start.copy(), "<", stop.copy())])
    where = a_day if residence_table(build) is None else sql.both([a_day, sql.is_known(start.copy()), runs])
    outputs: dict[str, Sql] = {**kept, "start": begin, "stop": end}
    columns = tuple(outputs)
    if alive is not None:
        outputs[ALIVE] = alive
    why = "When each person was resident in the time asked for."
    table = build.table("resident", scope.select(outputs, where=where), why)
    if alive is None:
        return Home(table, "", columns)
    dying = sql.query([col(name) for name in columns], relation(table), where=sql.negated(col(ALIVE)))
    once = sql.query([col(name) for name in columns], derived(merged(derived(dying, "t"), list(kept)), "t"))
    why = "Who moves on the day of death is resident in both places on it: it counts once."
    return Home(table, build.table("resident until death", once, why), columns)


def _bounds(scope: Scope, first: date, last: date, build: Build) -> tuple[Sql, Sql, Sql | None]:
    """First day and the day after the last of a period, and whether the person does not die between the two days."""
    main, residence = main_table(build), residence_table(build)
    same = compare(col(PID, "m"), "==", col(PID, "p"))
    if residence is None:
        unknown = sql.cast(sql.constant(None), "DATE")
        if not main.has("died_on"):
            return unknown, unknown.copy(), None
        scope.join(relation(main.name, main.registry, "m"), same)
        build.reads(main.registry, main.name, "died_on")
        return unknown, days_after(scope.take("m", "died_on"), 1), None
    scope.join(relation(residence.name, residence.registry, "r"), compare(col(PID, "r"), "==", col(PID, "p")))
    if not main.has("died_on"):
        return *resident(build, scope, residence, main), None
    scope.join(relation(main.name, main.registry, "m"), same)
    start, stop = resident(build, scope, residence, main)
    died = scope.take("m", "died_on")
    inside = sql.both([compare(died, ">=", sql.day(first)), compare(died.copy(), "<=", sql.day(last))])
    return start, stop, sql.negated(if_null(inside, sql.FALSE.copy()))
