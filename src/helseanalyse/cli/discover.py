"""`helseanalyse catalogue`: find registries, tables, variables and code lists by words."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from helseanalyse.catalogue.read import norway
from helseanalyse.catalogue.search import Hit, search
from helseanalyse.cli.errors import told
from helseanalyse.vault.open import Vault


def catalogue(
    words: Annotated[list[str] | None, typer.Argument(help="Words in English or bokmål; none: all registries.")] = None,
    vault: Annotated[
        Path | None, typer.Option(help="Search what this vault holds, instead of all that is described.")
    ] = None,
    most: Annotated[int, typer.Option(min=1, help="How many hits to show.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Find registries, variables and codes by words in English or bokmål.

    Example: helseanalyse catalogue heart failure
    """
    with told():
        held = Vault.open(vault).catalogue() if vault else norway()
        hits = search(held, " ".join(words or []), most=most)
        if as_json:
            typer.echo(json.dumps([asdict(hit) for hit in hits], ensure_ascii=False, default=str, indent=1))
            return
        Console(highlight=False).print(_table(hits) if hits else "Nothing found. Try fewer or other words.")


def _table(hits: tuple[Hit, ...]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("In a study", "English", "Bokmål", "Kind", "Covers"):
        table.add_column(heading, overflow="fold")
    for hit in hits:
        table.add_row(f"[bold]{hit.path}[/]", hit.label.en, hit.label.nb, hit.kind, hit.coverage)
    return table
