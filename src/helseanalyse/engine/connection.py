"""Registry files side by side on one connection that can read them, and nothing else on the machine.

The lock is the second wall; nobody untrusted ever sends SQL (the first), and the operating system bounds the process
that holds the connection (the third). What the lock leaves open, `gate` refuses.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import duckdb

from helseanalyse.engine.errors import EngineError

LEAST_MEMORY = "50MB"  # below it not even a sort of nothing starts

_UNITS = {"KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_TAKEN = frozenset({"main", "memory", "system", "temp"})  # names that DuckDB keeps for itself


def bytes_of(size: str) -> int:
    """A size such as "1GB" in bytes; EngineError where it is none.

    >>> bytes_of("1.5GB"), bytes_of("1MiB")
    (1500000000, 1048576)
    """
    # DuckDB would take "-1" and "100%" too, and mean: without limit.
    found = re.fullmatch(rf"(\d+(?:\.\d+)?) ?({'|'.join(_UNITS)})", size)
    if found is None:
        raise EngineError(f'"{size}" is not a size. Write a number and its unit: "500MB", "4GB".')
    return int(float(found[1]) * _UNITS[found[2]])


def enough(memory: str) -> str:
    """The memory that a run may use; EngineError where it is too little to start with."""
    if bytes_of(memory) < bytes_of(LEAST_MEMORY):
        raise EngineError(f"A run cannot start with {memory} of memory. Give it {LEAST_MEMORY} or more.")
    return memory


def open_registries(
    files: Mapping[str, Path], *, threads: int, memory: str, temp: Path, spill: str = "20GB"
) -> duckdb.DuckDBPyConnection:
    """A locked connection in which each registry's tables are called registry.table.

    files: the file of each registry, by the registry's name. threads: of DuckDB. memory, spill: what it may use of
    memory and of the folder temp, such as "1GB". EngineError where a file is missing, damaged or of another version,
    or where the memory is too little to open them.
    """
    settings = list(_settings(threads, enough(memory), temp, spill))
    with ExitStack() as opening:
        connection = duckdb.connect(":memory:", config={"threads": threads})
        opening.callback(connection.close)
        for registry, path in files.items():
            _attach(connection, registry, path)
        for setting in settings:
            connection.execute(setting)
        opening.pop_all()
    return connection


def _settings(threads: int, memory: str, temp: Path, spill: str) -> Iterator[str]:
    """The lock. The order matters: what a setting forbids includes the settings after it."""
    bytes_of(spill)
    yield f"SET threads={int(threads)}"
    yield f"SET memory_limit={_text(memory)}"
    yield f"SET temp_directory={_text(str(temp))}"
    yield f"SET max_temp_directory_size={_text(spill)}"
    yield "SET enable_progress_bar=false"
    yield "SET autoinstall_known_extensions=false"
    yield "SET autoload_known_extensions=false"
    yield "SET allow_community_extensions=false"
    yield "SET allow_persistent_secrets=false"
    yield "SET python_enable_replacements=false"
    # On by default in 2.0.0, it turns one scan of a large table into dozens (duckdb PR 22336).
    yield "SET disabled_optimizers='partitioned_execution'"
    yield "SET enable_external_access=false"
    yield "SET lock_configuration=true"


def _attach(connection: duckdb.DuckDBPyConnection, registry: str, path: Path) -> None:
    if not _NAME.fullmatch(registry) or registry in _TAKEN:
        raise EngineError(f'"{registry}" cannot be the name of a registry in a query. Give it another name.')
    if not path.is_file():
        raise EngineError(
            f"The file of the registry `{registry}` is missing: {path}. "
            "Restore it from a backup, or load the registry again."
        )
    if not os.access(path, os.R_OK):
        raise EngineError(
            f"The file of the registry `{registry}` may not be read: {path}. Give this user the right to."
        )
    problem = ""
    try:
        # TYPE: otherwise DuckDB guesses by the content, and may want an extension for it.
        connection.execute(f'ATTACH {_text(str(path))} AS "{registry}" (READ_ONLY, TYPE duckdb)')
    except duckdb.Error as error:
        problem = str(error).lower() or "unknown"
    if problem:
        raise EngineError(_explained(registry, path, problem))


def _explained(registry: str, path: Path, problem: str) -> str:
    which = f"The file of the registry `{registry}` ({path})"
    if "out of memory" in problem:
        return f"{which} needs more memory to be opened. Give the run more memory."
    if "lock" in problem and "conflicting" in problem:
        return f"{which} is open for writing in another process. Wait for it to end, then run the study again."
    if "version" in problem:
        return (
            f"{which} was written by another version of DuckDB than {duckdb.__version__}. "
            "Install the version of helseanalyse that loaded it, or load the registry again."
        )
    return f"{which} is damaged or is no DuckDB file. Restore it from a backup, or load the registry again."


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
