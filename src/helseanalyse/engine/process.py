"""One short-lived process for each study: it opens the registries, carries out the steps, hands over counts and dies.

The caller never holds a connection to the registries. Whatever happens on either side, a limit of time or memory, a
kill, Ctrl-C, the process and its temporary folder are gone afterwards.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any, Self

import duckdb
import numpy as np

from helseanalyse.engine.attach import bytes_of, enough
from helseanalyse.engine.build import Step
from helseanalyse.engine.child import Columns, Fetch, Statement, Texts, Trouble, attempt
from helseanalyse.engine.errors import EngineError, RefusedError
from helseanalyse.engine.sql import printed
from helseanalyse.engine.trouble import STOPPED, explained

OnStep = Callable[[str, float], None]

GRACE = 5.0  # seconds from the order to stop to the kill

_START = "import sys; sys.path[:] = sys.argv[1:]; from helseanalyse.engine.child import main; main()"
_KEPT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")  # of the environment; no secret of the caller goes along


@dataclass(frozen=True, slots=True)
class Done:
    """A statement that was carried out. seconds: what it took. columns: what it answered with; empty for a table."""

    seconds: float
    columns: Any = field(repr=False)  # Columns or Texts, as was asked for


class Process:
    """Registries in a process of their own, for as long as a `with` block lasts.

    files: by registry. tables: what statements may read ("registry.table"). threads, memory, spill: of the database;
    sizes are written "1GB". temp: the folder in which the run makes one of its own, None for the system's. seconds: of
    wall-clock time, None for no limit. EngineError says in which step a run failed, why, and what to do.
    """

    def __init__(
        self,
        files: Mapping[str, Path],
        tables: Iterable[str],
        *,
        threads: int = 2,
        memory: str = "1GB",
        spill: str = "20GB",
        temp: Path | None = None,
        seconds: float | None = None,
    ) -> None:
        enough(memory)
        bytes_of(spill)
        if threads < 1:
            raise EngineError(f"A run needs one thread at least, not {threads}.")
        if seconds is not None and seconds <= 0:
            raise EngineError(f"A run needs some time, not {seconds:g} seconds.")
        if temp is not None and not temp.is_dir():
            raise EngineError(f"The folder for temporary files does not exist: {temp}. Make it, or name another.")
        self._job = {
            "files": {name: str(path.resolve()) for name, path in files.items()},
            "tables": sorted(tables),
            "threads": threads,
            "memory": memory,
            "spill": spill,
        }
        self._memory, self._spill, self._seconds, self._temp = memory, spill, seconds, temp
        self._waiting: deque[Statement] = deque()
        self._late, self._over, self._is_open = Event(), Event(), False
        self._writing = Lock()

    def __enter__(self) -> Self:
        """Starts the process. It opens the files while the caller goes on."""
        with ExitStack() as undone:
            temp = undone.enter_context(tempfile.TemporaryDirectory(prefix="helseanalyse-", dir=self._temp))
            self._child = _started(temp)
            undone.callback(self._end)
            clock = Thread(target=self._watch, daemon=True)
            clock.start()
            undone.callback(clock.join)
            undone.callback(self._over.set)
            self._write({**self._job, "temp": temp})
            self._close = undone.pop_all()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _: TracebackType | None
    ) -> None:
        """Ends the process and removes its folder."""
        self._close.close()

    def opened(self) -> None:
        """Waits until the files are open; EngineError where one is missing, damaged or of another version."""
        if not self._is_open:
            self._reply("open")
            self._is_open = True

    def send(self, name: str, statement: str, fetch: Fetch = "") -> None:
        """Orders a statement; it waits for those before it.

        name: of the step, and of the temporary table that it makes. fetch: "" for a table, "numbers" for whole numbers
        as arrays, "texts" for codes and counts as lists.
        """
        order = Statement(name, statement, fetch)
        self._waiting.append(order)
        self._write(order._asdict())

    def receive(self) -> Done:
        """The answer to the first statement that was sent and not yet received."""
        self.opened()
        order = self._waiting.popleft()
        reply = self._reply(order.name)
        if order.fetch == "texts":
            texts: Texts = reply["texts"]
            return Done(reply["seconds"], texts)
        return Done(reply["seconds"], {name: self._column(size, order.name) for name, size in reply["columns"].items()})

    def answers(self, steps: Sequence[Step], on_step: OnStep | None = None) -> dict[str, Columns]:
        """Carries out the steps in order; the columns of each answer step, by its name.

        on_step(name, seconds) is called as each step ends.
        """
        for step in steps:  # all at once, so that the process never waits for us
            self.send(step.name, printed(step.statement), "numbers" if step.answer else "")
        answers: dict[str, Columns] = {}
        for step in steps:
            done = self.receive()
            if on_step is not None:
                on_step(step.name, done.seconds)
            if step.answer:
                answers[step.name] = done.columns
        return answers

    def _watch(self) -> None:
        if self._over.wait(self._seconds):
            return
        self._late.set()
        self._write("stop", patience=GRACE)
        if not self._over.wait(GRACE):
            self._child.kill()

    def _write(self, order: object, patience: float = -1) -> None:
        """One order. patience: how long to wait for a process that does not read; -1 for ever."""
        assert self._child.stdin is not None
        if self._writing.acquire(timeout=patience):
            try:
                # A process that has died says so by having no reply.
                with suppress(OSError, ValueError):
                    self._child.stdin.write(json.dumps(order).encode() + b"\n")
                    self._child.stdin.flush()
            finally:
                self._writing.release()

    def _reply(self, step: str) -> dict[str, Any]:
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        if not line.endswith(b"\n"):
            raise self._died(step)
        reply: dict[str, Any] = json.loads(line)
        if "failed" in reply:
            raise EngineError(reply["failed"])
        if "refused" in reply:
            raise RefusedError(reply["refused"])
        if "trouble" in reply:
            if reply["trouble"] == STOPPED and self._late.is_set():
                raise self._too_late(step)
            raise explained(reply["trouble"], step, memory=self._memory, spill=self._spill)
        return reply

    def _column(self, size: int, step: str) -> np.ndarray[Any, np.dtype[np.int64]]:
        assert self._child.stdout is not None
        data = self._child.stdout.read(8 * size)
        if len(data) != 8 * size:
            raise self._died(step)
        return np.frombuffer(data, dtype="<i8").astype(np.int64)

    def _too_late(self, step: str) -> EngineError:
        return EngineError(
            f"The run was stopped in the step `{step}`, after its {self._seconds:g} seconds. "
            "Give the run more time, or make the study smaller."
        )

    def _died(self, step: str) -> EngineError:
        code = self._child.wait()
        if self._late.is_set():
            return self._too_late(step)
        if code == -signal.SIGKILL:
            return EngineError(
                f"The process of this run was killed from outside in the step `{step}`. Most often the machine had no "
                "memory left: run fewer studies at once, or give each less memory."
            )
        how = f"signal {-code}" if code < 0 else f"code {code}"
        return EngineError(
            f"The process of this run ended by itself in the step `{step}` ({how}). "
            "Run the study again; if it ends so again, please report it with the study."
        )

    def _end(self) -> None:
        """Kills the process: it only reads, so there is nothing to wait for."""
        self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            with suppress(OSError):  # what was not yet sent has nobody to go to
                if pipe is not None:
                    pipe.close()


def execute(
    connection: duckdb.DuckDBPyConnection,
    steps: Sequence[Step],
    *,
    tables: Set[str],
    on_step: OnStep | None = None,
) -> dict[str, Columns]:
    """What `Process.answers` does, in the calling process and on a connection that is open: for tests."""
    readable, answers = set(tables), {}
    for step in steps:
        statement = Statement(step.name, printed(step.statement), "numbers" if step.answer else "")
        found = attempt(connection, statement, readable)
        if isinstance(found, Trouble):
            raise explained(found.kind, step.name, memory="memory", spill="the temporary folder")
        if on_step is not None:
            on_step(step.name, 0.0)
        if step.answer:
            answers[step.name] = {name: np.asarray(column) for name, column in found.items()}
    return answers


def _started(temp: str) -> subprocess.Popen[bytes]:
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    environment |= {"HOME": temp, "TMPDIR": temp, "TZ": "UTC", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    # The modules that the caller sees, and nothing that the environment or a site file adds (-I -S).
    ours = [str(Path(__file__).parents[2]), *(path for path in sys.path if Path(path).is_absolute())]
    return subprocess.Popen(
        [sys.executable, "-I", "-S", "-X", "utf8", "-c", _START, *ours],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=temp,
        env=environment,
        start_new_session=True,  # Ctrl-C in the terminal reaches the caller, who ends the process
    )
