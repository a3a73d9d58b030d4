"""One short-lived process for each study: it opens the registries, carries out the steps, hands over counts and dies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt

from helseanalyse.engine.build import Step

Columns = dict[str, npt.NDArray[np.int64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What one run may use. seconds: of wall-clock time. temp: the folder in which the run makes one of its own."""

    threads: int = 2
    memory: str = "1GB"
    spill: str = "20GB"
    seconds: float = 600
    temp: Path | None = None


def run(
    steps: Sequence[Step],
    files: Mapping[str, Path],
    settings: Settings,
    *,
    tables: Set[str],
    on_step: Callable[[str, float], None] | None = None,
) -> dict[str, Columns]:
    """The columns of each answer step, from a process of its own.

    files: by registry. tables: what the steps may read ("registry.table", `gate.tables_of`). on_step(name, seconds)
    is called as each step ends. EngineError says in which step a run failed, why, and what to do.
    """
    raise NotImplementedError(steps, files, settings, tables, on_step)


def execute(
    connection: duckdb.DuckDBPyConnection,
    steps: Sequence[Step],
    *,
    tables: Set[str],
    on_step: Callable[[str, float], None] | None = None,
) -> dict[str, Columns]:
    """The same in this process, on a connection that is open: for tests."""
    raise NotImplementedError(connection, steps, tables, on_step)
