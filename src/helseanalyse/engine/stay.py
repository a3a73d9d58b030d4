"""Who lives in the country when: periods of residence, which end with the day of death.

The day on which residence ends is written as plain arithmetic: DuckDB computes what a filter names once for each time
that it is named, and a CASE with conditions of its own would then be dear.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Self

from sqlglot import exp

from helseanalyse.catalogue.model import Table as Described
from helseanalyse.engine import sql
from helseanalyse.engine.arithmetic import days_after
from helseanalyse.engine.build import Build
from helseanalyse.engine.frame import PID
from helseanalyse.engine.scope import Scope
from helseanalyse.engine.sql import Sql, col, compare, derived, relation

RESIDENCE = "residence"  # the period table of the universe registry that says who lives in the country


def main_table(build: Build) -> Described:
    """The table with one row for everyone who exists."""
    universe = build.catalogue.universe
    return universe.table(universe.main)


def residence_table(build: Build) -> Described | None:
    """The periods of residence, where the universe registry has them."""
    for table in build.catalogue.universe.tables:
        if table.name == RESIDENCE and table.start and table.stop:
            return table
    return None


@dataclass(frozen=True, slots=True)
class Stay:
    """A row `r` of residence in a query: when the person moved in, moved out (unknown: has not), and died (or None)."""

    scope: Scope
    moved_in: exp.Column
    moved_out: exp.Column
    died: exp.Column | None

    @classmethod
    def beside(cls, scope: Scope, build: Build) -> Self:
        """The rows of a query with residence as `r`, with the deaths of those who have died beside them."""
        main, residence = main_table(build), residence_table(build)
        assert residence is not None
        assert residence.start is not None
        assert residence.stop is not None
        for column in (residence.start, residence.stop):
            build.reads(residence.registry, residence.name, column)
        found = scope.take("r", residence.start), scope.take("r", residence.stop)
        if not main.has("died_on"):
            return cls(scope, *found, None)
        build.reads(main.registry, main.name, "died_on")
        deaths = sql.query(
            [col(PID), col("died_on")], relation(main.name, main.registry), where=sql.is_known(col("died_on"))
        )
        scope.join(derived(deaths, "m"), compare(col(PID, "m"), "==", col(PID, "r")), "left")
        return cls(scope, *found, scope.take("m", "died_on"))

    def stop(self) -> Sql:
        """The day after the last: after death, unless the person had moved out before it. FOREVER where it runs on.

        Who moves out on the day of death lives there on that day, so one day is added to moving out.
        """
        out = sql.if_null(self.moved_out.copy(), sql.day(sql.FOREVER))
        if self.died is None:
            return out
        same_day = exp.NullSafeEQ(this=self.moved_out.copy(), expression=self.died.copy())
        moved = sql.compute(out, "+", sql.cast(same_day, "INTEGER"))
        return sql.least(moved, days_after(sql.if_null(self.died.copy(), sql.day(sql.FOREVER)), 1))

    def some_day(self, bound: Sql, first: date, last: date) -> Sql:
        """Whether the stay has a day from `bound` on, and from moving in on, that is not after `last`.

        bound: a day that is not before `first`, which narrows the rows that are read at all.
        """
        out = self.moved_out
        begun = compare(self.moved_in.copy(), "<=", sql.day(last))
        not_over = sql.either([sql.is_null(out.copy()), compare(out.copy(), ">=", sql.day(first))])
        return sql.both([begun, not_over, compare(self.stop(), ">", sql.greatest(bound, self.moved_in.copy()))])
