"""An open vault: which registries and versions it holds, and where their files are. Reading only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from helseanalyse.catalogue.model import Catalogue, Registry
from helseanalyse.vault import disk
from helseanalyse.vault.errors import VaultError
from helseanalyse.vault.manifest import Manifest, read_manifest


@dataclass(frozen=True, slots=True)
class Vault:
    """A vault that is there and of the format that this program reads.

    `vault.latest("npr")` is 3; `vault.file("npr", 3)` is .../registries/npr@3.duckdb;
    `vault.describe("npr", 3)` is the registry as the catalogue described it at that load.
    """

    path: Path
    synthetic: bool  # whether its persons are made up

    @classmethod
    def open(cls, path: Path | str) -> Self:
        """The vault in that folder; VaultError where there is none, or of another format."""
        settings = disk.read_settings(Path(path))
        return cls(Path(path), bool(settings["synthetic"]))

    def registries(self) -> tuple[str, ...]:
        """The registries that have a version: the universe first, then in order of name."""
        found = {file.stem.rpartition("@")[0] for file in (self.path / "registries").glob("*@*.json")}
        return tuple(sorted(found, key=lambda registry: (bool(self.manifest(registry).universe), registry)))

    def versions(self, registry: str) -> tuple[int, ...]:
        """The versions of a registry, ascending; VaultError where it has none."""
        found = disk.versions(self.path, registry)
        if not found:
            there = sorted({file.stem.rpartition("@")[0] for file in (self.path / "registries").glob("*@*.json")})
            raise VaultError(
                f"The vault {self.path} has no registry `{registry}`. It has: {', '.join(there) or 'none yet'}. "
                "Load it first, or correct the name."
            )
        return found

    def latest(self, registry: str) -> int:
        """The newest version of a registry."""
        return self.versions(registry)[-1]

    def manifest(self, registry: str, version: int | None = None) -> Manifest:
        """The manifest of a version, by default the newest."""
        return read_manifest(self._file(registry, version, ".json"))

    def file(self, registry: str, version: int | None = None) -> Path:
        """The DuckDB file of a version, by default the newest. Open it read-only."""
        return self._file(registry, version, ".duckdb")

    def describe(self, registry: str, version: int | None = None) -> Registry:
        """The catalogue entry that a version was loaded by."""
        return self.manifest(registry, version).described()

    def catalogue(self) -> Catalogue:
        """What the newest version of every registry holds, as it was described when it was loaded."""
        return Catalogue(tuple(self.describe(registry) for registry in self.registries()))

    def _file(self, registry: str, version: int | None, ending: str) -> Path:
        found = self.versions(registry)
        if version is not None and version not in found:
            raise VaultError(
                f"The vault {self.path} has no {registry}@{version}. "
                f"It has: {', '.join(f'{registry}@{number}' for number in found)}."
            )
        path = self.path / "registries" / f"{registry}@{version or found[-1]}{ending}"
        if not path.is_file():
            raise VaultError(f"{path} is missing. Restore it from a backup, or load `{registry}` again.")
        return path
