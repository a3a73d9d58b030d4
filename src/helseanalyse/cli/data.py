"""`helseanalyse synthetic` and `helseanalyse load`: making and filling a vault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from helseanalyse.catalogue.model import CatalogueError, Registry
from helseanalyse.catalogue.read import norway, read_registry
from helseanalyse.cli.errors import terminal, told

if TYPE_CHECKING:
    from helseanalyse.vault.tally import LoadReport

out = Console(highlight=False)


def synthetic(
    vault: Annotated[Path, typer.Option(help="Folder of the vault to make.")],
    persons: Annotated[int, typer.Option(help="How many residents on 1 January 2020.")] = 50_000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same Norway.")] = 1,
    as_delivered: Annotated[
        Path | None,
        typer.Option(help="Write the registries as custodians deliver them, dirt included, to this folder."),
    ] = None,
) -> None:
    """Make a synthetic Norway: linked registries from published figures only, where anyone may ask.

    Example: helseanalyse synthetic --persons 100000 --seed 1 --vault demo/vault
    """
    from helseanalyse.release.synthetic_vault import make_vault
    from helseanalyse.synthetic.delivery import write_delivery
    from helseanalyse.synthetic.world import World

    with told():
        world = World(persons, seed)
        with _bar() as progress:
            made = make_vault(vault, norway(), world, progress)
            if as_delivered:
                write_delivery(world, norway(), as_delivered, progress=progress)
    for manifest in made:
        rows = sum(table.rows for table in manifest.tables.values())
        out.print(f"  {manifest.name:<16}{f'{rows:,}'.replace(',', ' '):>16} rows")
    out.print(f"The vault is {vault}. Ask it: helseanalyse run STUDY --vault {vault} --out FOLDER")


def load(
    catalogue: Annotated[
        str,
        typer.Argument(help="A registry's YAML file, the name of a shipped registry (npr), or norway for all of them."),
    ],
    delivery: Annotated[Path, typer.Option("--from", help="The folder, or the one file, that the custodian sent.")],
    vault: Annotated[Path, typer.Option(help="Folder of the vault; made where it does not exist.")],
    keys: Annotated[
        Path | None, typer.Option(help="Folder of the key file, apart from the data; default VAULT/keys.")
    ] = None,
    made_up: Annotated[
        bool, typer.Option("--synthetic", help="The persons are made up; real numbers are refused.")
    ] = False,
    memory: Annotated[str, typer.Option(help="Memory of the load.")] = "4GB",
) -> None:
    """Load a delivery into a vault as a new version: checked, linked, and published whole or not at all.

    Example: helseanalyse load examples/danish_diabetes/catalogue.yml --from delivery --vault danish
    """
    from helseanalyse.vault.database import Resources
    from helseanalyse.vault.load import load as load_delivery

    with told():
        for registry in _registries(catalogue):
            own = delivery / registry.name  # of several registries, each may have a folder of its own
            with _bar() as progress:
                report = load_delivery(
                    registry,
                    own if own.is_dir() else delivery,
                    vault,
                    keys=keys,
                    synthetic=made_up,
                    resources=Resources(memory=memory),
                    progress=progress,
                )
            _tell(report)


def _registries(name: str) -> list[Registry]:
    """The registries that an argument means, the universe first, since the others are linked to it."""
    shipped = norway()
    names = [registry.name for registry in shipped.registries]
    if name == "norway":
        found = list(shipped.registries)
    elif name in names:
        found = [shipped.registry(name)]
    elif Path(name).is_file():
        found = [read_registry(Path(name))]
    else:
        raise CatalogueError(
            f"There is no catalogue file {name}, and no shipped registry of that name. "
            f"Give a YAML file, norway, or one of {', '.join(names)}."
        )
    return sorted(found, key=lambda registry: not registry.universe)


def _tell(report: LoadReport) -> None:
    """What came of a load, in a few lines."""
    name = f"{report.registry}@{report.version}"
    if not report.changed:
        out.print(f"{name} was made from this very delivery: nothing to do.")
        return
    for unit in report.units:
        aside = sum(unit.set_aside.values())
        more = f", {aside} set aside" if aside else ""
        more += f", {unit.duplicates} repeated" if unit.duplicates else ""
        out.print(f"  {unit.name:<24}{unit.kept:>14} rows{more}")
    out.print(f"{name} is in the vault ({report.seconds:.1f} s). The load report: {report.page}")


@contextmanager
def _bar() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on the terminal; a callback (words, done, in all) moves it."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=terminal, transient=True) as shown:
        task = shown.add_task("Starting", total=None)
        yield lambda words, done, total: shown.update(task, description=words, completed=done, total=total)
