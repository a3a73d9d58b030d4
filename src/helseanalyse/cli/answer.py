"""`helseanalyse run`: ask a study of a vault and write the safe answer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from helseanalyse.cli.errors import terminal, told
from helseanalyse.cli.study_file import permit_from, study_from, today

out = Console(highlight=False)


def run(
    study: Annotated[Path, typer.Argument(help="study.py, or the study.json of an earlier run.", show_default=False)],
    vault: Annotated[Path, typer.Option(help="The vault to ask.")],
    folder: Annotated[Path, typer.Option("--out", help="Folder for the answer; made whole or not at all.")],
    permit: Annotated[Path | None, typer.Option(help="The permit to ask under, as it was issued.")] = None,
    threads: Annotated[int, typer.Option(min=1, help="Threads; the answer is the same for any number.")] = 2,
    memory: Annotated[str, typer.Option(help="Memory of the engine.")] = "2GB",
    language: Annotated[str, typer.Option(help="Language of the report: en or nb.")] = "en",
) -> None:
    """Ask a study of a vault and write the safe answer: report.html, results.json, tables and figures.

    Example: helseanalyse run examples/sglt2_heart_failure/study.py --vault demo/vault --out demo/answer
    """
    from helseanalyse.release.bundle import files
    from helseanalyse.release.folder import check_place, replace_folder
    from helseanalyse.release.release import Resources, release
    from helseanalyse.report.bundle import report_files
    from helseanalyse.report.summary import summary_rows
    from helseanalyse.vault.open import Vault

    with told():
        check_place(folder)
        asked, opened = study_from(study), Vault.open(vault)
        resources = Resources(threads=threads, memory=memory, on_step=_tell_step)
        found = release(asked, opened, permit_from(permit), today(), resources)
        pages = report_files(
            found.answer, found.study, found.receipt, found.seconds, language, catalogue=opened.catalogue()
        )
        replace_folder(folder, {**files(found), **pages})
    heading, *rows = summary_rows(found.answer, found.study, language=language)
    table = Table(*heading, box=None, padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(*row)
    out.print(table)
    out.print(f"[bold]{folder / 'report.html'}[/]  ({found.seconds:.1f} s, entry {found.receipt.index} of the log)")


def _tell_step(name: str, seconds: float) -> None:
    terminal.print(f"  {name:<60} {seconds:>7.2f} s", style="dim")
