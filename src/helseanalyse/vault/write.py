"""A new version of a registry, made from staged tables: sorted, split into long code tables, checked, published.

Loading and the synthetic Norway share this path. Stage one table (or view) for each table of the
registry in the schema `staged`, then publish:

    with NewVersion(vault, registry, synthetic=True) as new:
        new.connection.execute("CREATE TABLE staged.dispensing AS SELECT pid, dispensed_on, atc, ... ")
        manifest = new.publish(complete_to=date(2024, 12, 31))

A staged table has `pid` and a column for each column of the catalogue, in any order of rows and
columns:
- kind `code`: normalised, upper case without dots or blanks. Category: the canonical level name.
- kind `codes`: VARCHAR[] in the order to keep, without repeats needed; the position at rest is the
  position in the list, from 0. Where the catalogue names a `main` column, the first item is the main
  code (NULL where there is none), and the main column itself is filled from it: do not stage it.
- a view is as good as a table, and saves writing the rows twice.

Tables may be larger than memory: sorting spills to the work folder. On leaving the block without
`publish`, or by any error, an interrupt or a kill, the vault is as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from importlib.metadata import version as installed
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb

from helseanalyse.catalogue.model import Registry
from helseanalyse.vault import disk
from helseanalyse.vault.build import build_table
from helseanalyse.vault.catalogue_text import text_of
from helseanalyse.vault.database import Resources, connect, run, translated
from helseanalyse.vault.errors import LoadError
from helseanalyse.vault.manifest import Manifest, TableFacts, last_day, read_manifest
from helseanalyse.vault.sql import Sql, fill, literal, name

Progress = Callable[[str, int, int], None]  # step in words, steps done, steps in all


def quiet(step: str, done: int, total: int) -> None:
    """A progress callback that shows nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """What a load says about a version, for its manifest: see `Manifest` for each field."""

    delivery: str = ""
    precision: str = ""
    quarantine: Mapping[str, int] = field(default_factory=dict)
    load: Mapping[str, Any] = field(default_factory=dict)
    undelivered: frozenset[str] = frozenset()  # tables that the delivery said it was without


class NewVersion:
    """The next version of a registry, under way: a context that holds the vault's lock.

    vault: the folder, made where it does not exist. synthetic: whether the persons are made up; a
    vault never mixes. Raises LoadError where another load holds the vault, or where the registry
    is not the universe and the vault has no universe yet.
    """

    def __init__(
        self,
        vault: Path | str,
        registry: Registry,
        *,
        synthetic: bool = False,
        resources: Resources | None = None,
        progress: Progress = quiet,
    ) -> None:
        self.vault = Path(vault)
        self.registry = registry
        self.synthetic = synthetic
        self.resources = resources or Resources()
        self.progress = progress
        self.facts: dict[str, TableFacts] = {}
        self.digest = ""  # SHA-256 of the finished file
        self._exit = ExitStack()

    connection: duckdb.DuckDBPyConnection  # with the schema `staged`
    work: Path  # the load's own folder, removed at the end
    settings: dict[str, Any]  # of the vault
    universe: str  # NAME@V that the persons belong to; "" for the universe itself
    version: int
    people: Sql | None  # everyone who exists; None in a load of the universe itself
    population: Registry  # the universe as it was described when it was loaded; not set for the universe itself

    def __enter__(self) -> Self:
        """Take the vault, clear what a killed load left, and open the work file."""
        with ExitStack() as stack:
            stack.enter_context(disk.locked(self.vault))
            self.settings = disk.settle(self.vault, synthetic=self.synthetic)
            self.version = 1 + max(disk.versions(self.vault, self.registry.name), default=0)
            self.universe = "" if self.registry.universe else universe_of(self.vault, self.registry)
            with translated("Making the work folder"):
                self.work = stack.enter_context(disk.work_folder(self.vault))
            self.connection = stack.enter_context(
                connect(self.work / "stage.duckdb", self.work / "spill", self.resources)
            )
            run(self.connection, Sql("CREATE SCHEMA staged"), "Opening the work file")
            # Staged rows have no order: the final sort gives them theirs.
            run(self.connection, Sql("SET preserve_insertion_order=false"), "Opening the work file")
            self.people = None
            if self.universe:
                where = self.vault / "registries"
                file = literal(where / f"{self.universe}.duckdb")
                run(self.connection, fill("ATTACH {f} AS universe (READ_ONLY)", f=file), "Opening the population")
                self.population = read_manifest(where / f"{self.universe}.json").described()
                self.people = name("universe", self.population.main)
            self._exit = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the work file, remove the work folder and give the vault back."""
        self._exit.__exit__(kind, problem, trace)

    @property
    def name(self) -> str:
        """`npr@3`."""
        return f"{self.registry.name}@{self.version}"

    def publish(
        self,
        *,
        complete_to: date | None = None,
        account: Account | None = None,
        papers: Mapping[str, Path] | None = None,
    ) -> Manifest:
        """Publish the staged tables as the next version (`build` comes first, if it was not called); the manifest last.

        complete_to: the last day that the registry covers; default: the last date in its
        tables. papers: finished files to place beside it, by folder ("reports", "quarantine").
        Raises VaultError where a check fails or the disk is full; nothing is published then.
        """
        text = text_of(self.registry)
        account = account or Account()
        if not self.facts:
            self.build(account.undelivered)
        if not self.digest:
            self.seal()
        manifest = Manifest(
            registry=self.registry.name,
            version=self.version,
            sha256=self.digest,
            size=self._made.stat().st_size,
            tables=self.facts,
            complete_to=complete_to or self.registry.until or last_day(self.facts),
            catalogue_digest=self.registry.digest,
            catalogue_text=text,
            delivery=account.delivery,
            duckdb=duckdb.__version__,
            loaded_at=datetime.now(UTC).isoformat(timespec="seconds"),
            synthetic=self.synthetic,
            universe=self.universe,
            precision=account.precision,
            quarantine=account.quarantine,
            load=account.load,
        )
        self._place(manifest, papers or {})
        return manifest

    def seal(self) -> None:
        """Close the finished file: after this, publishing needs no more room on the disk."""
        run(self.connection, Sql("CHECKPOINT final; DETACH final"), "Writing the new file")
        with translated("Writing the new file"):
            disk.sync(self._made)
            self.digest = disk.digest_of(self._made)

    @property
    def _made(self) -> Path:
        return self.work / f"{self.name}.duckdb"

    def build(self, undelivered: frozenset[str] = frozenset(), *, cheap: bool = False) -> dict[str, TableFacts]:
        """Make the finished file, attached as `final`, with every check passed; facts by table.

        undelivered: tables that are empty because the delivery was without them. cheap: whether staged
        views can be read several times over.
        """
        doing = "Making the new file"
        run(self.connection, fill("ATTACH {file} AS final", file=literal(self._made)), doing)
        run(self.connection, Sql("SET preserve_insertion_order=true"), doing)
        main = self.registry.main
        # The main table first: in the universe it is what the other tables' persons are checked against.
        tables = sorted(self.registry.tables, key=lambda table: table.name != main)
        for number, table in enumerate(tables):
            self.progress(f"Sorting {table.path}", number, len(tables))
            people = None if self.registry.universe and table.name == main else self.people or name("final", main)
            self.facts[table.name] = build_table(
                self.connection, table, people, delivered=table.name not in undelivered, cheap=cheap
            )
        self.progress(f"Sorted {self.registry.name}", len(tables), len(tables))
        return self.facts

    def _place(self, manifest: Manifest, papers: Mapping[str, Path]) -> None:
        """Move everything into place, the manifest last: from then on the version exists."""
        with translated(f"Publishing {self.name}"):
            if not (self.vault / "vault.json").exists():
                settings = self.settings | {"made_by": f"helseanalyse {installed('helseanalyse')}"}
                disk.write_json(settings, self.vault / "vault.json", self.work)
            disk.place(self._made, self.vault / "registries" / self._made.name)
            for folder, paper in papers.items():
                disk.place(paper, self.vault / folder / f"{self.name}{paper.suffix}", mode=0o440)
            disk.write_json(manifest.to_json(), self.vault / "registries" / f"{self.name}.json", self.work)


def universe_of(vault: Path, registry: Registry) -> str:
    """The latest version of the vault's universe, as NAME@V."""
    latest: dict[str, int] = {}
    for path in sorted((vault / "registries").glob("*@*.json")):
        found, _, number = path.stem.rpartition("@")
        latest[found] = max(latest.get(found, 0), int(number))
    for found, newest in sorted(latest.items()):
        if read_manifest(vault / "registries" / f"{found}@{newest}.json").described().universe:
            return f"{found}@{newest}"
    raise LoadError(
        f"The vault {vault} has no population registry yet, so nobody is known in it. "
        f"Load the registry marked `universe: true` first, then `{registry.name}`."
    )
