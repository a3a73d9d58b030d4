"""The fast engine on tiny registers in memory: a hook for tests, which reads what the product never lets out.

The product's engine returns counts only. Here its own steps run on a connection of the test, and the values of single
persons are read from the step that holds them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from types import TracebackType
from typing import Any, ClassVar, Self

import duckdb
from tests.engine import tiny
from tests.engine.spec_words import day

from helseanalyse.catalogue.model import Catalogue, Kind, Table
from helseanalyse.engine.build import Build
from helseanalyse.engine.codes import Codes, Dictionary
from helseanalyse.engine.complete import completed
from helseanalyse.engine.frame import PID, Frame
from helseanalyse.engine.gate import tables_of
from helseanalyse.engine.plan import Plan, planned
from helseanalyse.engine.process import execute
from helseanalyse.engine.sql import Sql
from helseanalyse.study import nodes as n
from helseanalyse.study.answer import RawAnswer
from helseanalyse.study.specification import Specification

NOTHING = Specification(title="", start=day("2000-01-01"), end=day("2029-12-31"))
Rows = Mapping[str, Sequence[Mapping[str, Any]]]


class Registers:
    """Registers in memory, laid out as in a vault. Connections with empty tables are kept and used again."""

    _kept: ClassVar[dict[tuple[str, ...], list[duckdb.DuckDBPyConnection]]] = {}

    def __init__(self, catalogue: Catalogue, rows: Rows, threads: int = 1) -> None:
        self.catalogue = catalogue
        self._tables = {table.path: table for registry in catalogue.registries for table in registry.tables}
        kept = self._kept.setdefault(tuple(self._tables), [])
        self.con = kept.pop() if kept else self._connected()
        self.con.execute(f"SET threads={threads}")
        self._filled = {path for path, lines in rows.items() if lines}
        for path in self._filled:
            self._write(path, rows[path])

    def _connected(self) -> duckdb.DuckDBPyConnection:
        con = duckdb.connect()
        con.execute("SET disabled_optimizers='partitioned_execution'")
        for registry in self.catalogue.registries:
            con.execute(f"ATTACH ':memory:' AS {registry.name}")
            con.execute(f"USE {registry.name}")
            for table in registry.tables:
                tiny._write(con, table, ())
        con.execute("USE memory")
        return con

    def _write(self, path: str, rows: Sequence[Mapping[str, Any]]) -> None:
        table = self._tables[path]
        self.con.execute(f"USE {table.registry}")
        for name in (table.name, *_besides(table)):
            self.con.execute(f'DROP TABLE "{name}"')
        tiny._write(self.con, table, rows)
        self.con.execute("USE memory")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for path in self._filled:
            self._write(path, ())
        self._kept[tuple(self._tables)].append(self.con)

    def multiply(self, copies: int, stride: int) -> None:
        """Everybody so many times: copy c of person p has the number p + c * stride, and so have its relatives.

        Large registers are needed to see whether threads change an answer: DuckDB gives them groups of 122,880 rows.
        """
        for registry in self.catalogue.registries:
            self.con.execute(f"USE {registry.name}")
            for table in registry.tables:
                _multiply(self.con, table, copies, stride)
        self.con.execute("USE memory")

    def build(self, study: Specification) -> Build:
        """An empty chain of steps that may read everything."""
        return Build(study, self.catalogue, Codes(self.catalogue, self.dictionaries), self._need())

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
        """The study's answer, by the plan, the gate and the runner of the product."""
        plan = self.plan(study, last_day, excluded)
        try:
            return plan.assemble(execute(self.con, plan.steps, tables=tables_of(self._need())))
        finally:
            for step in plan.steps:
                self.con.execute(f'DROP TABLE IF EXISTS "{step.name}"')

    def plan(self, study: Specification, last_day: date, excluded: Sequence[int] = ()) -> Plan:
        """The steps of a study that may read everything."""
        return planned(
            study, self.catalogue, self.dictionaries, need=self._need(), last_day=last_day, excluded=excluded
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

    @cached_property
    def dictionaries(self) -> dict[tuple[str, str, str], Dictionary]:
        """The codes that each code column holds."""
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


def _besides(table: Table) -> list[str]:
    """The tables that the vault keeps beside a table: of codes, and of which codes there are."""
    codes = [f"{table.name}__{column.name}" for column in table.columns if column.kind is Kind.CODES]
    order = [f"{table.name}__{table.order}"] if table.order else []
    return [*codes, *(f"{name}__dictionary" for name in [*codes, *order])]


def _multiply(con: duckdb.DuckDBPyConnection, table: Table, copies: int, stride: int) -> None:
    others = [column.name for column in table.columns if column.kind is Kind.PERSON]
    moved = ", ".join(f'"{name}" + c * {stride} AS "{name}"' for name in ("pid", *others))
    first = f'"{table.order}" NULLS FIRST, ' if table.order else ""
    # Among the rows of one person (and code) the old order is the new one.
    con.execute(
        f"CREATE TEMP TABLE large AS SELECT *, row_number() OVER (ORDER BY {first}pid, old) - 1 AS new FROM ("
        f'SELECT * REPLACE ({moved}), t.rowid AS old FROM "{table.name}" t, range({copies}) AS copy(c))'
    )
    con.execute(f'CREATE OR REPLACE TABLE "{table.name}" AS SELECT * EXCLUDE (c, old, new) FROM large ORDER BY new')
    for column in table.columns:
        name = f"{table.name}__{column.name}"
        if column.kind is Kind.CODES:
            con.execute(
                f'CREATE OR REPLACE TABLE "{name}" AS '
                'SELECT l.code, n.pid, l.date, l.position, n.new::INTEGER AS "row" '
                f'FROM "{name}" l JOIN large n ON l."row" = n.old '
                "ORDER BY l.code, n.pid, l.date NULLS FIRST, n.new, l.position"
            )
        if column.kind is Kind.CODES or column.name == table.order:
            con.execute(f'UPDATE "{name}__dictionary" SET "rows" = "rows" * {copies}')
    con.execute("DROP TABLE large")
