"""Person-days and events of a study, counted once at the finest division that any table asks for, and rolled up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Self

import numpy as np
from sqlglot import exp

from helseanalyse.engine import lexis, sql
from helseanalyse.engine.answers import Answers, Columns, spread
from helseanalyse.engine.build import Build
from helseanalyse.engine.frame import PID
from helseanalyse.engine.levels import Division, cells, dimensions
from helseanalyse.engine.population import BORN
from helseanalyse.engine.sql import Sql, call, col, derived
from helseanalyse.study.answer import Int64, RawRates

MOST = 10_000  # combinations of levels that are counted at once; beyond them each table is counted for itself


def finest(by: Sequence[Division], several: Sequence[Sequence[Division]]) -> list[Division]:
    """The division from which all of several can be rolled up, if it is small enough; else the one asked for."""
    union = list({division.column: division for one in several for division in one}.values())
    return union if prod(division.size for division in union) <= MOST else list(by)


def shared(key: tuple[str, ...], by: Sequence[Division], make: Callable[[], Ledger], build: Build) -> Ledger:
    """The ledger that all tables with one key and one finest division share."""
    key = ("ledger", *key, *(division.column for division in by))
    if key not in build.made:
        build.made[key] = make()
    made = build.made[key]
    assert isinstance(made, Ledger)
    return made


def persons_with_time(id_: str, segments: exp.Select, build: Build, *, once: bool) -> str:
    """Adds the query for persons by pattern. segments: pid, pattern. once: nobody has two rows."""
    people: Sql = sql.count_rows() if once else exp.Count(this=exp.Distinct(expressions=[col(PID)]))
    outputs = {"pattern": col("pattern"), "persons": people}
    select = sql.query(outputs, derived(segments, "t"), group=[col("pattern")])
    return build.answer(f"persons {id_}", select, "Persons with days at risk, by pattern.")


@dataclass(frozen=True, slots=True)
class Ledger:
    """The answers with person-days (each with the sign that it counts with) and events, by the finest patterns."""

    by: tuple[Division, ...]
    unit: str
    days: tuple[tuple[str, int], ...]
    events: str

    @classmethod
    def of(
        cls,
        id_: str,
        by: Sequence[Division],
        unit: str,
        segments: Sequence[tuple[exp.Select, int]],
        happened: exp.Select,
        build: Build,
    ) -> Self:
        """Adds the queries.

        unit: "year" or "month". segments: pattern, born_on, start, stop, with the sign 1, or -1 for days taken away.
        happened: the events as pattern, born_on, day.
        """
        ledger = lexis.by_year if unit == "year" else lexis.by_month
        why = "Person-days as sums of changes (Lexis ledger)."
        days = [(build.answer(f"days {id_}", ledger(one), why), sign) for one, sign in segments]
        when = call("year", col("day")) if unit == "year" else lexis.month_number(col("day"))
        keys = {"pattern": col("pattern"), "unit": when, "age": lexis.age_on(col(BORN), col("day"))}
        select = sql.query({**keys, "events": sql.count_rows()}, derived(happened, "t"), group=sql.every(keys.values()))
        events = build.answer(f"events {id_}", select, "Events by pattern, calendar time and age.")
        return cls(tuple(by), unit, tuple(days), events)

    def table(self, id_: str, outcome: str, by: Sequence[Division], persons: str, answers: Answers) -> RawRates:
        """The cells of one table with days or events, in order. persons: the answer with persons by pattern."""
        cell, days, events = self._cells(by, answers)
        keep = (days != 0) | (events != 0)
        found = answers[persons]
        return RawRates(
            id=id_,
            outcome=outcome,
            dimensions=dimensions(by),
            pattern=cell[0][keep],
            year=cell[1][keep],
            age=cell[2][keep],
            days=days[keep],
            events=events[keep],
            persons=spread(found["pattern"], found["persons"], cells(by)),
            unit=self.unit,
        )

    def _cells(self, by: Sequence[Division], answers: Answers) -> tuple[Int64, Int64, Int64]:
        """(pattern, unit, age) of each cell as three rows, its days and its events."""
        of = lexis.cells_by_year if self.unit == "year" else lexis.cells_by_month
        parts: list[tuple[Columns, Int64, Int64]] = []
        for name, sign in self.days:
            found = of(answers[name])
            rows: Columns = {"pattern": found.pattern, "unit": found.unit, "age": found.age}
            parts.append((rows, sign * found.days, np.zeros_like(found.days)))
        happened = answers[self.events]
        parts.append((happened, np.zeros_like(happened["events"]), happened["events"]))
        pattern = self._rolled_up(np.concatenate([rows["pattern"] for rows, _, _ in parts]), by)
        others = [np.concatenate([rows[name] for rows, _, _ in parts]) for name in ("unit", "age")]
        cell, place = np.unique(np.stack([pattern, *others]).astype(np.int64), axis=1, return_inverse=True)
        size = cell.shape[1]
        days, events = (spread(place.ravel(), np.concatenate([part[i] for part in parts]), size) for i in (1, 2))
        return cell, days, events

    def _rolled_up(self, pattern: Int64, by: Sequence[Division]) -> Int64:
        """The numbers of the patterns of a table that cells of the finest patterns belong to."""
        places = np.unravel_index(pattern.astype(np.int64), [division.size for division in self.by] or [1])
        place_of = {division.column: place for division, place in zip(self.by, places, strict=False)}
        number = np.zeros_like(pattern, dtype=np.int64)
        for division in by:
            number = number * division.size + place_of[division.column]
        return number
