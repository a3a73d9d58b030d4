"""From the platform's errors to one clear message and an exit code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

import typer
from rich.console import Console

from helseanalyse.audit import AuditError
from helseanalyse.catalogue.model import CatalogueError
from helseanalyse.methods.checks import MethodError
from helseanalyse.permit import PermitError
from helseanalyse.release.errors import EngineError
from helseanalyse.release.folder import OutputError
from helseanalyse.release.release import ReleaseError
from helseanalyse.study.errors import StudyError
from helseanalyse.vault.errors import VaultError

terminal = Console(stderr=True, highlight=False)


class Exit(IntEnum):
    """The exit codes, as `helseanalyse --help` documents them."""

    DONE = 0
    MISTAKE = 1  # in the study, the catalogue or another input
    USAGE = 2  # the command line itself
    REFUSED = 3  # a permit is missing or does not cover the study
    DATA = 4  # the vault, a delivery or the disk
    INTERRUPTED = 130


CODES: tuple[tuple[type[Exception], Exit], ...] = (
    (PermitError, Exit.REFUSED),
    (StudyError, Exit.MISTAKE),
    (ReleaseError, Exit.MISTAKE),
    (CatalogueError, Exit.MISTAKE),
    (MethodError, Exit.MISTAKE),
    (OutputError, Exit.MISTAKE),
    (VaultError, Exit.DATA),
    (AuditError, Exit.DATA),
    (EngineError, Exit.DATA),
)


@contextmanager
def told() -> Iterator[None]:
    """Turns the platform's errors into a message on the terminal and the right exit code; no traceback, no value."""
    try:
        yield
    except KeyboardInterrupt:
        terminal.print("Interrupted. Nothing half-written was left behind.")
        raise typer.Exit(Exit.INTERRUPTED) from None
    except tuple(kind for kind, _ in CODES) as error:
        code = next(code for kind, code in CODES if isinstance(error, kind))
        terminal.print(f"[bold red]Error[/] {_plain(str(error))}", markup=True)
        raise typer.Exit(code) from None


def _plain(text: str) -> str:
    return text.replace("[", r"\[")
