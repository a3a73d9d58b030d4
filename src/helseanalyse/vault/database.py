"""DuckDB as the vault uses it: bounded memory, spilling to the work folder, and errors that quote nobody's value.

DuckDB's own messages may quote the value that they are about. So no message of the engine leaves
this module: `run` maps it to one of a few plain causes and raises our own error, without the
original as its context.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from helseanalyse.vault.errors import VaultError
from helseanalyse.vault.sql import Sql, fill, literal


@dataclass(frozen=True, kw_only=True, slots=True)
class Resources:
    """What one load may use: memory of the engine (as DuckDB writes it, "4GB") and threads (0 = all cores)."""

    memory: str = "4GB"
    threads: int = 0

    def thread_count(self) -> int:
        """The number of threads to use: at least one, never more than the machine has."""
        cores = len(os.sched_getaffinity(0))
        return min(self.threads or cores, cores)


FULL = "There is no room left on the disk. Free some space, or put the vault on a larger disk, and try again."
TOO_LITTLE_MEMORY = "There was too little memory. Give it more, or fewer threads, and try again."
UNREADABLE = "A file of the vault or its work folder cannot be read or written. Check the disk and the rights."


@contextmanager
def connect(
    path: Path | None, spill: Path, resources: Resources, *, read_only: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the file (None: in memory) that spills to the folder `spill` and keeps to its memory."""
    target = ":memory:" if path is None else str(path)
    with translated(f"Opening {target if path is None else path.name}"):
        connection = duckdb.connect(target, read_only=read_only)
    try:
        for setting in (
            fill("SET temp_directory={x}", x=literal(spill)),
            fill("SET memory_limit={x}", x=literal(resources.memory)),
            fill("SET threads={x}", x=resources.thread_count()),
            Sql("SET autoinstall_known_extensions=false"),
            Sql("SET autoload_known_extensions=false"),
            Sql("SET allow_persistent_secrets=false"),
            Sql("SET python_enable_replacements=false"),
            Sql("SET enable_progress_bar=false"),
            # On by default in 2.0.0, it turns one scan of a large table into dozens (duckdb PR 22336).
            Sql("SET disabled_optimizers='partitioned_execution'"),
        ):
            connection.execute(setting)
        yield connection
    finally:
        connection.close()


def run(
    connection: duckdb.DuckDBPyConnection, statement: Sql, doing: str, otherwise: str = ""
) -> list[tuple[Any, ...]]:
    """All rows of one statement. `doing` says in words what it was for, and begins any error.

    otherwise: the whole message for an error that neither the disk nor memory explains.

    >>> import duckdb
    >>> run(duckdb.connect(), Sql("SELECT 1 + 1"), "Adding")
    [(2,)]
    >>> run(duckdb.connect(), Sql("SELECT error('a secret')"), "Adding")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    helseanalyse.vault.errors.VaultError: Adding failed (InvalidInputException). ...
    """
    with translated(doing, otherwise=otherwise):
        return connection.execute(statement).fetchall()


def value(connection: duckdb.DuckDBPyConnection, statement: Sql, doing: str) -> Any:
    """The single value of a statement that gives one row with one column."""
    return run(connection, statement, doing)[0][0]


class translated:  # noqa: N801
    """Turns an error of the engine or the disk inside the block into a `VaultError` that quotes no value."""

    def __init__(self, doing: str, error: type[VaultError] = VaultError, *, otherwise: str = "") -> None:
        self.doing = doing
        self.error = error
        self.otherwise = otherwise  # what to say where neither the disk nor memory is to blame

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, _kind: object, problem: BaseException | None, _trace: object) -> None:
        """Raise ours in place of theirs."""
        # The engine turns Ctrl-C during a statement into an error of its own.
        if isinstance(problem, RuntimeError) and "interrupted" in str(problem).lower():
            raise KeyboardInterrupt from None
        if isinstance(problem, duckdb.Error | OSError):
            message = explain(self.doing, problem, self.otherwise)
            # The context would carry the engine's text, with a value in it, into logs.
            problem.args = ()
            problem.__traceback__ = None
            raise self.error(message) from None


def explain(doing: str, problem: BaseException, otherwise: str = "") -> str:
    """What happened and what to do, in words that hold nothing of the engine's own message."""
    text = str(problem).lower()
    if isinstance(problem, OSError) and problem.errno is not None:
        if problem.errno in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT):
            return f"{doing} failed. {FULL}"
        return f"{doing} failed ({errno.errorcode.get(problem.errno, 'unknown')}). {UNREADABLE}"
    if any(sign in text for sign in ("no space left", "file too large", "quota exceeded", "max_temp_directory")):
        return f"{doing} failed. {FULL}"
    if isinstance(problem, duckdb.OutOfMemoryException | MemoryError):
        return f"{doing} failed. {TOO_LITTLE_MEMORY}"
    if "lock on file" in text:
        return f"{doing} failed: another process has the file open. Wait for it to end and try again."
    if otherwise:
        return otherwise
    if isinstance(problem, duckdb.IOException):
        return f"{doing} failed. {UNREADABLE}"
    return f"{doing} failed ({type(problem).__name__}). The engine's own words are withheld: they may quote a value."
