"""Counts the published figures in the staged registries of a world."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from helseanalyse.synthetic import figures
from helseanalyse.synthetic.fit_figures import FIGURES, Fit, Measure
from helseanalyse.synthetic.stage import REGISTRIES, stage
from helseanalyse.synthetic.world import World


@dataclass(frozen=True, slots=True)
class Result:
    """A published figure beside the generated one."""

    fit: Fit
    generated: float

    @property
    def ratio(self) -> float:
        """Generated over published."""
        return self.generated / self.fit.published

    @property
    def holds(self) -> bool:
        """Whether the ratio is within the figure's tolerance of 1."""
        return abs(self.ratio - 1.0) <= self.fit.tolerance


def staged(world: World, registries: Iterable[str] = REGISTRIES) -> duckdb.DuckDBPyConnection:
    """A connection in memory with the registries of a world staged."""
    connection = duckdb.connect()
    connection.execute("SET disabled_optimizers='partitioned_execution'")
    for name in registries:
        stage(name, connection, world)
    return connection


def measure(connection: duckdb.DuckDBPyConnection, persons: int, which: Iterable[Fit] = FIGURES) -> list[Result]:
    """The generated value of each figure; counts are scaled from N to the whole of Norway."""
    scale = figures.NORWAY_2020 / persons
    results = []
    for fit in which:
        row = connection.execute(fit.sql).fetchone()
        value = float(row[0]) if row and row[0] is not None else 0.0
        results.append(Result(fit, value * scale if fit.measure is Measure.COUNT else value))
    return results
