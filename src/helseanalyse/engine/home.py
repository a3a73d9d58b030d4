"""Residence in a population: who was at home when, between two days. No day of a person is there twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from helseanalyse.engine import sql
from helseanalyse.engine.arithmetic import days_after
from helseanalyse.engine.build import Build
from helseanalyse.engine.frame import PID
from helseanalyse.engine.periods import merged
from helseanalyse.engine.population import BORN, Population
from helseanalyse.engine.scope import Scope
from helseanalyse.engine.sql import Sql, col, compare, derived, if_null, relation
from helseanalyse.engine.stay import Stay, main_table, residence_table

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
    bound = sql.greatest(sql.day(first), col(BORN))
    start, stop, where, alive = _bounds(scope, bound, first, last, build)
    # greatest and least pass over what is unknown: it does not bound.
    outputs: dict[str, Sql] = {**kept, "start": sql.greatest(bound.copy(), *start)}
    outputs["stop"] = sql.least(days_after(sql.day(last), 1), *stop)
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


def _bounds(
    scope: Scope, bound: Sql, first: date, last: date, build: Build
) -> tuple[list[Sql], list[Sql], Sql, Sql | None]:
    """What bounds a stay from below and above, whether it has a day, and whether the person does not die meanwhile."""
    main = main_table(build)
    born_in_time = sql.either([sql.is_null(col(BORN)), compare(col(BORN), "<=", sql.day(last))])
    if residence_table(build) is None:
        if not main.has("died_on"):
            return [], [], born_in_time, None
        scope.join(relation(main.name, main.registry, "m"), compare(col(PID, "m"), "==", col(PID, "p")))
        build.reads(main.registry, main.name, "died_on")
        died = scope.take("m", "died_on")
        alive = sql.either([sql.is_null(died), compare(died.copy(), ">=", bound.copy())])
        return [], [days_after(died.copy(), 1)], sql.both([born_in_time, alive]), None
    residence = residence_table(build)
    assert residence is not None
    scope.join(relation(residence.name, residence.registry, "r"), compare(col(PID, "r"), "==", col(PID, "p")))
    stay = Stay.beside(scope, build)
    where = sql.both([born_in_time, stay.some_day(bound.copy(), first, last)])
    if stay.died is None:
        return [stay.moved_in.copy()], [stay.stop()], where, None
    inside = sql.both([compare(stay.died.copy(), ">=", sql.day(first)), compare(stay.died.copy(), "<=", sql.day(last))])
    return [stay.moved_in.copy()], [stay.stop()], where, sql.negated(if_null(inside, sql.FALSE.copy()))
