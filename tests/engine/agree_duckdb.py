"""The fast engine on tiny registers in memory: a hook for tests, which reads what the product never lets out.

The product's engine returns counts only. Here its own steps run on a connection of the test, and the values of single
persons are read from the step that holds them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import TracebackType
from typing import Any, Self

import duckdb
import numpy as np
from tests.engine import tiny
from tests.engine.spec_words import day

from helseanalyse.catalogue.model import Catalogue, Kind
from helseanalyse.engine.build import Build
from helseanalyse.engine.codes import Codes, Dictionary
from helseanalyse.engine.complete import completed
from helseanalyse.engine.frame import PID, Frame
from helseanalyse.engine.plan import Plan, planned
from helseanalyse.engine.sql import Sql
from helseanalyse.study import nodes as n
from helseanalyse.study.answer import RawAnswer
from helseanalyse.study.specification import Specification

NOTHING = Specification(title="", start=day("2000-01-01"), end=day("2029-12-31"))
Rows = Mapping[str, Sequence[Mapping[str, Any]]]


class Registers:
    """Registers in memory, laid out as in a vault."""

    def __init__(self, catalogue: Catalogue, rows: Rows, threads: int = 1) -> None:
        self.catalogue = catalogue
        self.con = duckdb.connect()
        self.con.execute("SET disabled_optimizers='partitioned_execution'")
        self.con.execute(f"SET threads={threads}")
        for registry in catalogue.registries:
            self.con.execute(f"ATTACH ':memory:' AS {registry.name}")
            self.con.execute(f"USE {registry.name}")
            for table in registry.tables:
                tiny._write(self.con, table, rows.get(table.path, ()))
        self.con.execute("USE memory")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.con.close()

    def build(self, study: Specification) -> Build:
        """An empty chain of steps that may read everything."""
        return Build(study, self.catalogue, Codes(self.catalogue, self._dictionaries()), self._need())

    def evaluate(self, series: Iterable[n.Series]) -> list[dict[int, Any]]:
        """The value of each series for everybody, as the fast engine finds it."""
        wanted = list(series)
        build = self.build(NOTHING)
        universe = self.catalogue.universe
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE everyone AS SELECT pid FROM {universe.name}.{universe.main}")
        frame = completed(Frame("everyone", family="everyone", everyone=True), wanted, build)
        scope = frame.scope()
        place = frame.place(scope, build.codes)
        outputs: dict[str, Sql] = {PID: scope.take("f", PID)}
        outputs |= {f"v{i}": place.value(one) for i, one in enumerate(wanted)}
        select = scope.select(outputs)
        try:
            for step in build.steps:
                self.con.execute(step.statement.sql("duckdb"))
            found = self.con.execute(select.sql("duckdb")).fetchall()
        finally:
            for step in build.steps:
                self.con.execute(f'DROP TABLE IF EXISTS "{step.name}"')
        return [{row[0]: row[i + 1] for row in found} for i in range(len(wanted))]

    def answer(self, study: Specification, last_day: date, excluded: Sequence[int] = ()) -> RawAnswer:
        """The study's answer, by the plan that the product carries out."""
        plan = self.plan(study, last_day, excluded)
        found: dict[str, dict[str, Any]] = {}
        try:
            for step in plan.steps:
                done = self.con.execute(step.statement.sql("duckdb"))
                if step.answer:
                    columns = done.fetchnumpy().items()
                    found[step.name] = {name: np.asarray(values).astype(np.int64) for name, values in columns}
        finally:
            for step in plan.steps:
                self.con.execute(f'DROP TABLE IF EXISTS "{step.name}"')
        return plan.assemble(found)

    def plan(self, study: Specification, last_day: date, excluded: Sequence[int] = ()) -> Plan:
        """The steps of a study that may read everything."""
        return planned(
            study, self.catalogue, self._dictionaries(), need=self._need(), last_day=last_day, excluded=excluded
        )

    def _need(self) -> frozenset[str]:
        return frozenset(f"{table.path}.{column.name}" for table, column in self.catalogue.columns())

    def sql(self, series: n.Series) -> str:
        """The statements, for a person who looks for a fault."""
        build = self.build(NOTHING)
        frame = completed(Frame("everyone", family="everyone", everyone=True), [series], build)
        scope = frame.scope()
        select = scope.select({"v": frame.place(scope, build.codes).value(series)})
        return ";\n".join(s.sql("duckdb", pretty=True) for s in [*(step.statement for step in build.steps), select])

    def _dictionaries(self) -> dict[tuple[str, str, str], Dictionary]:
        found = {}
        for table, column in self.catalogue.columns():
            if column.kind is Kind.CODES or table.order == column.name:
                name = f'{table.registry}."{table.name}__{column.name}__dictionary"'
                lines = self.con.execute(f'SELECT code, "rows" FROM {name} ORDER BY code').fetchall()
                codes, counts = tuple(line[0] for line in lines), tuple(line[1] for line in lines)
            elif column.kind is Kind.CODE:
                name = f'{table.registry}."{table.name}"'
                query = f'SELECT DISTINCT "{column.name}" FROM {name} WHERE "{column.name}" IS NOT NULL ORDER BY 1'
                codes, counts = tuple(line[0] for line in self.con.execute(query).fetchall()), ()
            else:
                continue
            found[table.registry, table.name, column.name] = Dictionary(codes, counts)
        return found
