"""`helseanalyse synthetic` and `helseanalyse load`: making and filling a vault."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from helseanalyse.catalogue.read import norway, read_registries
from helseanalyse.cli.errors import told
from helseanalyse.release.synthetic_vault import make_vault
from helseanalyse.vault.load import load as load_delivery

out = Console(highlight=False)


def synthetic(
    vault: Annotated[Path, typer.Option(help="Folder of the vault to make.")],
    persons: Annotated[int, typer.Option(min=100, help="How many residents on 1 January 2020.")] = 50_000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same Norway.")] = 1,
    as_delivered: Annotated[
        Path | None, typer.Option(help="Also write the registries as custodians deliver them, dirt included.")
    ] = None,
) -> None:
    """Make a synthetic Norway: linked registries from published figures only, where anyone may ask.

    Example: helseanalyse synthetic --persons 100000 --seed 1 --vault demo/vault
    """
    with told(), _progress() as bar:
        task = bar.add_task("Making a synthetic Norway", total=None)
        made = make_vault(
            vault, persons, seed, as_delivered, lambda step, done, total: bar.update(task, description=step, completed=done, total=total)
        )
    for registry, rows in made:
        out.print(f"  {registry:<14}{rows:>14,} rows".replace(",", " "))
    out.print(f"The vault is {vault}. Try: helseanalyse run examples/sglt2_heart_failure/study.py --vault {vault} --out out")
