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
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

import duckdb
import numpy as np

from helseanalyse.engine.build import Step
from helseanalyse.engine.child import Columns, Statement, Texts, Trouble, admit, attempt
from helseanalyse.engine.connection import bytes_of, enough
from helseanalyse.engine.errors import EngineError, RefusedError
from helseanalyse.engine.sql import Sql, printed
from helseanalyse.engine.trouble import STOPPED, explained

OnStep = Callable[[str, float], None]

GRACE = 5.0  # seconds from the order to stop to the kill

_START = "import sys; sys.path[:] = sys.argv[1:]; from helseanalyse.engine.child import main; main()"
_KEPT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")  # of the environment; no secret of the caller goes along


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What one run may use.

    memory, spill: sizes such as "1GB", of memory and of temporary files. seconds: of wall-clock time, None for no
    limit. temp: the folder in which the run makes one of its own, None for the system's.
    """

    threads: int = 2
    memory: str = "1GB"
    spill: str = "20GB"
    seconds: float | None = None
    temp: Path | None = None

    def __post_init__(self) -> None:
        enough(self.memory)
        bytes_of(self.spill)
        if self.threads < 1:
            raise EngineError(f"A run needs one thread at least, not {self.threads}.")
        if self.seconds is not None and self.seconds <= 0:
            raise EngineError(f"A run needs some time, not {self.seconds:g} seconds.")
        if self.temp is not None and not self.temp.is_dir():
            raise EngineError(f"The folder for temporary files does not exist: {self.temp}. Make it, or name another.")


def run(
    steps: Sequence[Step],
    files: Mapping[str, Path],
    settings: Settings,
    *,
    tables: Set[str],
    on_step: OnStep | None = None,
) -> dict[str, Columns]:
    """The columns of each answer step, from a process of its own: `opened` and `Data.answers` in one."""
    with opened(files, settings, tables=tables) as data:
        return data.answers(steps, on_step)


@contextmanager
def opened(files: Mapping[str, Path], settings: Settings, *, tables: Set[str]) -> Iterator[Data]:
    """Registries in a process of their own, for as long as the block lasts. It opens the files while the block goes on.

    files: by registry. tables: what may be read ("registry.table", `gate.tables_of`).
    """
    with _folder(settings.temp) as temp:
        data = Data(_started(temp), settings)
        try:
            data.begin(files, temp, tables)
            yield data
        finally:
            data.end()


class Data:
    """Registries that a process of their own holds open; `opened` makes it.

    walls: what the operating system keeps the process from (`walls.put_up`), known after the first request.
    Every request raises EngineError that says in which step it failed, why, and what to do; the first one also where a
    file is missing, damaged or of another version.
    """

    def __init__(self, child: subprocess.Popen[bytes], settings: Settings) -> None:
        self._child, self._settings = child, settings
        self.walls: tuple[str, ...] = ()
        self._late, self._over, self._is_open = Event(), Event(), False
        self._writing = Lock()
        self._clock = Thread(target=self._watch, daemon=True)

    def values(self, name: str, select: Sql) -> Texts:
        """The columns of a query for codes and their counts, as lists."""
        self._write(Statement(name, printed(select), "texts")._asdict())
        texts: Texts = self._reply(name)["texts"]
        return texts

    def answers(self, steps: Sequence[Step], on_step: OnStep | None = None) -> dict[str, Columns]:
        """Carries out the steps in order; the columns of each answer step, by its name.

        on_step(name, seconds) is called as each step ends.
        """
        for step in steps:  # all at once, so that the process never waits for us
            self._write(_statement(step)._asdict())
        answers: dict[str, Columns] = {}
        for step in steps:
            done = self._reply(step.name)
            if step.answer:
                answers[step.name] = {name: self._column(size, step.name) for name, size in done["columns"].items()}
            if on_step is not None:
                on_step(step.name, done["seconds"])
        return answers

    def begin(self, files: Mapping[str, Path], temp: str, tables: Set[str]) -> None:
        """Orders the files to be opened. For `opened` alone."""
        self._clock.start()
        self._write(
            {
                "files": {name: str(path.resolve()) for name, path in files.items()},
                "tables": sorted(tables),
                "temp": temp,
                "threads": self._settings.threads,
                "memory": self._settings.memory,
                "spill": self._settings.spill,
            }
        )

    def end(self) -> None:
        """Kills the process: it only reads, so there is nothing to wait for. For `opened` alone."""
        self._over.set()
        self._child.kill()
        self._child.wait()
        if self._clock.ident is not None:
            self._clock.join()
        for pipe in (self._child.stdin, self._child.stdout):
            with suppress(OSError):  # what was not yet sent has nobody to go to
                if pipe is not None:
                    pipe.close()

    def _watch(self) -> None:
        if self._over.wait(self._settings.seconds):
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
        if not self._is_open:
            self._is_open = True
            self.walls = tuple(self._reply("open")["walls"])
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
            raise explained(reply["trouble"], step, memory=self._settings.memory, spill=self._settings.spill)
        return reply

    def _column(self, size: int, step: str) -> np.ndarray[Any, np.dtype[np.int64]]:
        assert self._child.stdout is not None
        data = self._child.stdout.read(8 * size)
        if len(data) != 8 * size:
            raise self._died(step)
        return np.frombuffer(data, dtype="<i8").astype(np.int64)

    def _too_late(self, step: str) -> EngineError:
        return EngineError(
            f"The run was stopped in the step `{step}`, after its {self._settings.seconds:g} seconds. "
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


def execute(
    connection: duckdb.DuckDBPyConnection,
    steps: Sequence[Step],
    *,
    tables: Set[str],
    on_step: OnStep | None = None,
) -> dict[str, Columns]:
    """What `Data.answers` does, in the calling process and on a connection that is open: for tests."""
    statements, answers = [_statement(step) for step in steps], {}
    trouble = admit(connection, statements, set(tables))
    for step, statement in zip(steps, statements, strict=True):
        found = trouble or attempt(connection, statement)
        if isinstance(found, Trouble):
            raise explained(found.kind, step.name, memory="memory", spill="the temporary folder")
        if on_step is not None:
            on_step(step.name, 0.0)
        if step.answer:
            answers[step.name] = {name: np.asarray(column) for name, column in found.items()}
    return answers


def _folder(within: Path | None) -> tempfile.TemporaryDirectory[str]:
    try:
        return tempfile.TemporaryDirectory(prefix="helseanalyse-", dir=within and within.resolve())
    except OSError as error:
        raise EngineError(
            f"No temporary folder could be made in {within or tempfile.gettempdir()} ({error.strerror}). "
            "Give the run another one, with room and the right to write."
        ) from error


def _started(temp: str) -> subprocess.Popen[bytes]:
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    environment |= {"HOME": temp, "TMPDIR": temp, "TZ": "UTC", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    # The modules that the caller sees, and nothing that the environment or a site file adds (-I -S).
    ours = [str(Path(__file__).parents[2]), *(path for path in sys.path if Path(path).is_absolute())]
    try:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", "-X", "utf8", "-c", _START, *ours],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=temp,
            env=environment,
            start_new_session=True,  # Ctrl-C in the terminal reaches the caller, who ends the process
        )
    except OSError as error:
        raise EngineError(
            f"The process of this run could not be started ({error.strerror}). Most often the machine has no memory "
            "left or runs too many processes: run fewer studies at once."
        ) from error


def _statement(step: Step) -> Statement:
    return Statement(step.name, printed(step.statement), "numbers" if step.answer else "")
