"""The synthetic Norway as custodians deliver it, loaded: a clean delivery gives back exactly what was made."""

from pathlib import Path

import duckdb
import pytest

from helseanalyse.catalogue.model import Catalogue, Registry, Table
from helseanalyse.catalogue.read import norway
from helseanalyse.release.synthetic_vault import make_vault
from helseanalyse.synthetic.delivery import write_delivery
from helseanalyse.synthetic.world import World
from helseanalyse.vault.load import LoadReport, load
from helseanalyse.vault.open import Vault

PERSONS = 600


def loaded(world: World, folder: Path, *, clean: bool) -> tuple[Vault, dict[str, LoadReport]]:
    write_delivery(world, norway(), folder / "delivery", clean=clean)
    registries = sorted(norway().registries, key=lambda registry: not registry.universe)
    reports = {
        registry.name: load(registry, folder / "delivery" / registry.name, folder / "vault", synthetic=True)
        for registry in registries
    }
    return Vault.open(folder / "vault"), reports


def rows(con: duckdb.DuckDBPyConnection, side: str, registry: Registry, table: Table) -> int:
    (count,) = con.execute(f"SELECT count(*) FROM {side}_{registry.name}.{table.name}").fetchone() or (0,)
    return int(count)


@pytest.fixture(scope="module")
def world() -> World:
    return World(PERSONS, seed=7)


@pytest.fixture(scope="module")
def made(world: World, tmp_path_factory: pytest.TempPathFactory) -> Vault:
    folder = tmp_path_factory.mktemp("made") / "vault"
    make_vault(folder, norway(), world, lambda words, done, total: None)
    return Vault.open(folder)


def tables(catalogue: Catalogue) -> list[tuple[Registry, Table]]:
    return [(registry, table) for registry in catalogue.registries for table in registry.tables]


def test_a_clean_delivery_gives_back_what_was_made(world: World, made: Vault, tmp_path: Path) -> None:
    vault, reports = loaded(world, tmp_path, clean=True)
    assert not [report for report in reports.values() if any(unit.aside for unit in report.units)]
    with duckdb.connect(":memory:") as con:
        for name in made.registries():
            con.execute(f"ATTACH '{made.file(name)}' AS a_{name} (READ_ONLY)")
            con.execute(f"ATTACH '{vault.file(name)}' AS b_{name} (READ_ONLY)")
        for registry, table in tables(norway()):
            # Person numbers are given in order of arrival, so rows are compared without them and without other persons.
            kept = [c.name for c in table.columns if c.kind.value not in ("person", "codes") and c.name != "household"]
            told = ", ".join(f'"{name}"' for name in kept) or "1"
            sides = [f"SELECT {told} FROM {side}_{registry.name}.{table.name}" for side in ("a", "b")]
            lost, gained = (f"({one} EXCEPT ALL {other})" for one, other in (sides, sides[::-1]))
            different = con.execute(f"SELECT count(*) FROM ({lost} UNION ALL {gained})").fetchone()
            assert different == (0,), table.path


def test_a_dirty_delivery_loses_only_its_dirt(world: World, made: Vault, tmp_path: Path) -> None:
    vault, reports = loaded(world, tmp_path, clean=False)
    aside = {name: sum(unit.aside for unit in report.units) for name, report in reports.items()}
    assert sum(aside.values()) > 0
    for name, report in reports.items():
        for unit in report.units:
            assert unit.read == unit.kept + unit.duplicates + unit.left_out + unit.aside, (name, unit.name)
    assert sum(unit.duplicates for unit in reports["kpr"].units) > 0
    with duckdb.connect(":memory:") as con:
        for name in made.registries():
            con.execute(f"ATTACH '{made.file(name)}' AS a_{name} (READ_ONLY)")
            con.execute(f"ATTACH '{vault.file(name)}' AS b_{name} (READ_ONLY)")
        for registry, table in tables(norway()):
            whole, kept = rows(con, "a", registry, table), rows(con, "b", registry, table)
            assert kept >= 0.9 * whole, table.path
