"""Registry files side by side on one connection that can read them, and nothing else on the machine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb


def open_registries(
    files: Mapping[str, Path], *, threads: int, memory: str, temp: Path, spill: str = "20GB"
) -> duckdb.DuckDBPyConnection:
    """A locked connection in which each registry's tables are called registry.table.

    files: the file of each registry, by the registry's name. threads: of DuckDB. memory, spill: what it may use of
    memory and of the folder temp, such as "1GB". EngineError where a file is missing, damaged or of another version,
    or where the memory is too little to open them.
    """
    raise NotImplementedError(files, threads, memory, temp, spill)
