"""`helseanalyse synthetic` and `helseanalyse load`: making and filling a vault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from helseanalyse.catalogue.read import norway, read_catalogue
from helseanalyse.cli.errors import terminal, told
from helseanalyse.release.synthetic_vault import make_vault
from helseanalyse.synthetic.world import World

out = Console(highlight=False)


def synthetic(
    vault: Annotated[Path, typer.Option(help="Folder of the vault to make.")],
    persons: Annotated[int, typer.Option(help="How many residents on 1 January 2020.")] = 50_000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same Norway.")] = 1,
    as_delivered: Annotated[
        Path | None, typer.Option(help="Write the registries as custodians deliver them, dirt included, to this folder.")
    ] = None,
) -> None:
    """Make a synthetic Norway: linked registries from published figures only, where anyone may ask.

    Example: helseanalyse synthetic --persons 100000 --seed 1 --vault demo/vault
    """
    with told():
        world = World(persons, seed)
        with _bar() as progress:
            made = make_vault(vault, norway(), world, progress)
    for manifest in made:
        rows = sum(table.rows for table in manifest.tables.values())
        out.print(f"  {manifest.name:<16}{f'{rows:,}'.replace(',', ' '):>16} rows")
    out.print(f"The vault is {vault}. Ask it: helseanalyse run STUDY --vault {vault} --out FOLDER")


@contextmanager
def _bar() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on the terminal; a callback (words, done, in all) moves it."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=terminal, transient=True) as shown:
        task = shown.add_task("Starting", total=None)
        yield lambda words, done, total: shown.update(task, description=words, completed=done, total=total)
