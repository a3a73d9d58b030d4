"""The process that holds the data while a study runs, and how one statement is carried out there.

It imports DuckDB, numpy and little else, so that it starts in a sixth of a second. On its pipes it reads orders, each a
line of JSON, and answers with a line of JSON and, for counts, plain whole numbers of 64 bits after it. It writes no
log. Of an error it tells one word (`trouble`), since the database's own words may quote a value.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread
from time import perf_counter, sleep
from typing import Any, BinaryIO, Literal, NamedTuple, NoReturn

import duckdb
import numpy as np
import numpy.ma as ma  # with unknown values DuckDB asks for it, behind a wall that no import passes
import numpy.typing as npt

from helseanalyse.engine.connection import open_registries
from helseanalyse.engine.errors import EngineError, RefusedError
from helseanalyse.engine.gate import check_statements
from helseanalyse.engine.trouble import STOPPED, kind_of
from helseanalyse.engine.walls import put_up

Columns = dict[str, npt.NDArray[np.int64]]
Texts = dict[str, list[str | int | None]]
Fetch = Literal["", "numbers", "texts"]

_WHOLE = frozenset({"BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"})


class Statement(NamedTuple):
    """SQL with the name of its step. fetch: "" makes a table, "numbers" answers with arrays, "texts" with lists."""

    name: str
    text: str
    fetch: Fetch


class Trouble(NamedTuple):
    """That the database failed, in one word."""

    kind: str


def admit(connection: duckdb.DuckDBPyConnection, statements: Sequence[Statement], tables: set[str]) -> Trouble | None:
    """RefusedError unless every statement passes the gate and makes the table, or none, that it should.

    tables: what they may read; the tables that they make are added.
    """
    try:
        made = check_statements([statement.text for statement in statements], connection, tables)
    except (duckdb.Error, MemoryError) as error:
        return Trouble(kind_of(error))
    for statement, name in zip(statements, made, strict=True):
        if name != (None if statement.fetch else statement.name):
            raise RefusedError(f"The step `{statement.name}` is not the statement that it should be. Report the study.")
    tables.update(name for name in made if name is not None)
    return None


def attempt(connection: duckdb.DuckDBPyConnection, statement: Statement) -> Columns | Texts | Trouble:
    """The answer of one statement that was admitted (empty for a table), or what the trouble was.

    Trouble is returned and not raised, so that no error of ours carries the database's as its context. RefusedError
    where the answer is not what may leave the process.
    """
    try:
        connection.execute(statement.text)
        if statement.fetch:
            return _numbers(connection, statement) if statement.fetch == "numbers" else _texts(connection)
    except (duckdb.Error, MemoryError, OSError) as error:
        return Trouble(kind_of(error))
    return {}


def _numbers(connection: duckdb.DuckDBPyConnection, statement: Statement) -> Columns:
    for name, kind, *_ in connection.description or []:
        if str(kind) not in _WHOLE:
            raise RefusedError(
                f"The step `{statement.name}` answers with {name} as {kind}, not as a whole number. Report the study."
            )
    found = connection.fetchnumpy()
    for name, column in found.items():
        if ma.is_masked(column):
            raise RefusedError(f"The step `{statement.name}` answers with an unknown {name}. Report the study.")
    return {name: np.ascontiguousarray(ma.getdata(column), dtype=np.int64) for name, column in found.items()}


def _texts(connection: duckdb.DuckDBPyConnection) -> Texts:
    names = [column[0] for column in connection.description or []]
    rows = connection.fetchall()
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


# --- the process -----------------------------------------------------------------------------------


class _Orders:
    """What comes in: orders in a queue; "stop" and the end of the pipe at once, even while a statement runs."""

    def __init__(self, source: BinaryIO, temp: Path) -> None:
        self.waiting: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self.stopped = Event()
        self.connection: duckdb.DuckDBPyConnection | None = None
        self._source, self._temp = source, temp
        Thread(target=self._listen, daemon=True).start()

    def next(self) -> list[Statement]:
        """All orders that wait, one at least."""
        orders = [self.waiting.get()]
        with suppress(Empty):
            while True:
                orders.append(self.waiting.get_nowait())
        return [Statement(**order) for order in orders]

    def trouble(self) -> Trouble | None:
        """Whether there was the order to stop."""
        return Trouble(STOPPED) if self.stopped.is_set() else None

    def _listen(self) -> None:
        for line in self._source:
            if (order := json.loads(line)) == "stop":
                self.stopped.set()
                Thread(target=self._interrupt, daemon=True).start()
            else:
                self.waiting.put(order)
        _vanish(self._temp)

    def _interrupt(self) -> None:
        while True:  # again and again: an order to stop is lost on a connection that is just between two statements
            if self.connection is not None:
                self.connection.interrupt()
            sleep(0.05)


def _vanish(temp: Path) -> NoReturn:
    """The one who asked is gone: nobody is left to clean up. The folder itself, then empty, is behind the wall."""
    for _ in range(100):
        shutil.rmtree(temp, ignore_errors=True)
        if not any(temp.iterdir()):
            break
    os._exit(1)


def _reply(target: BinaryIO, message: Mapping[str, object], columns: Columns | None = None) -> None:
    shape = None if columns is None else {name: len(column) for name, column in columns.items()}
    target.write(json.dumps({**message, "columns": shape}).encode() + b"\n")
    for column in (columns or {}).values():
        target.write(column.astype("<i8", copy=False).data)
    target.flush()


def _serve(orders: _Orders, target: BinaryIO, tables: set[str]) -> None:
    """Carries out orders until one fails."""
    assert orders.connection is not None
    while True:
        statements = orders.next()
        try:
            trouble = admit(orders.connection, statements, tables)
            for statement in statements:
                began = perf_counter()
                found = trouble or orders.trouble() or attempt(orders.connection, statement)
                if isinstance(found, Trouble):
                    _reply(target, {"trouble": found.kind})
                    return
                _answer(target, perf_counter() - began, statement, found)
        except RefusedError as error:
            _reply(target, {"refused": str(error)})
            return


def _answer(target: BinaryIO, seconds: float, statement: Statement, found: Columns | Texts) -> None:
    if statement.fetch == "texts":
        _reply(target, {"seconds": seconds, "texts": found})
    else:
        _reply(target, {"seconds": seconds}, {name: np.asarray(column) for name, column in found.items()})


def main() -> None:
    """Serves on the pipes that this process was started with, until the other end closes them."""
    os.umask(0o077)
    target = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # so that whatever else prints cannot be taken for an answer
    source = os.fdopen(0, "rb")
    job = json.loads(source.readline())
    files, temp = {name: Path(path) for name, path in job["files"].items()}, Path(job["temp"])
    walls = put_up(files.values(), temp, memory=job["memory"], threads=job["threads"])
    orders = _Orders(source, temp)
    try:
        orders.connection = open_registries(
            files, threads=job["threads"], memory=job["memory"], temp=temp, spill=job["spill"]
        )
    except EngineError as error:
        _reply(target, {"failed": str(error)})
    else:
        _reply(target, {"walls": walls})
        _serve(orders, target, set(job["tables"]))
    os._exit(0)  # nothing here is worth the time of an orderly end
