"""From the platform's errors to one clear message and an exit code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

import typer
from rich.console import Console
from rich.markup import escape

terminal = Console(stderr=True, highlight=False)


class Exit(IntEnum):
    """The exit codes, as `helseanalyse --help` documents them."""

    DONE = 0
    MISTAKE = 1  # in the study, the catalogue or another input
    USAGE = 2  # the command line itself
    REFUSED = 3  # a permit is missing or does not cover the study
    DATA = 4  # the vault, a delivery or the disk
    INTERRUPTED = 130


# By name, since importing them all would cost `check` more than its whole work.
CODES = {
    "helseanalyse.permit.permit.PermitError": Exit.REFUSED,
    "helseanalyse.study.errors.StudyError": Exit.MISTAKE,
    "helseanalyse.cli.study_file.StudyFileError": Exit.MISTAKE,
    "helseanalyse.release.release.ReleaseError": Exit.MISTAKE,
    "helseanalyse.release.folder.OutputError": Exit.MISTAKE,
    "helseanalyse.report.language.LanguageError": Exit.MISTAKE,
    "helseanalyse.catalogue.model.CatalogueError": Exit.MISTAKE,
    "helseanalyse.methods.checks.MethodError": Exit.MISTAKE,
    "helseanalyse.synthetic.world.SyntheticError": Exit.MISTAKE,
    "helseanalyse.vault.errors.VaultError": Exit.DATA,
    "helseanalyse.audit.log.AuditError": Exit.DATA,
    "helseanalyse.engine.errors.EngineError": Exit.DATA,
}


def exit_code(error: BaseException) -> Exit | None:
    """The exit code of one of the platform's own errors; None for any other."""
    for kind in type(error).__mro__:
        if code := CODES.get(f"{kind.__module__}.{kind.__qualname__}"):
            return code
    return None


@contextmanager
def told() -> Iterator[None]:
    """Turns the platform's errors into a message on the terminal and the right exit code; no traceback, no value."""
    try:
        yield
    except KeyboardInterrupt:
        terminal.print("Interrupted. Nothing half-written was left behind.")
        raise typer.Exit(Exit.INTERRUPTED) from None
    except Exception as error:
        code = exit_code(error)
        if code is None:
            raise
        terminal.print(f"[bold red]Error[/] {escape(str(error))}")
        raise typer.Exit(code) from None
