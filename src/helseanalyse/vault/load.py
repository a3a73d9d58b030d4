"""A delivery into the vault, as a list of steps. Nothing of the vault changes before the last two.

    report = load(norway().registry("npr"), Path("delivery/npr"), Path("vault"))

The steps: take the vault; look at every file; stop if this delivery was loaded before; find out who
is who; read, mark and count; stop if too much was set aside; sort and check; keep the keys; publish.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from time import monotonic

from helseanalyse.catalogue.model import Column, Registry
from helseanalyse.vault import clean, codefile, keys, stage
from helseanalyse.vault.accept import accept_files
from helseanalyse.vault.catalogue_text import text_of
from helseanalyse.vault.database import Resources, run
from helseanalyse.vault.delivery import Plan, plan_of, read_note
from helseanalyse.vault.errors import LoadError
from helseanalyse.vault.inventory import Inventory, TableFiles
from helseanalyse.vault.linkage import Universe, link
from helseanalyse.vault.manifest import Manifest, last_day, read_manifest
from helseanalyse.vault.report import write_report
from helseanalyse.vault.sql import Sql, fill, name
from helseanalyse.vault.stage import Faults, Reading
from helseanalyse.vault.statistics import column_facts, conflicts, rows_by_year
from helseanalyse.vault.tally import LoadReport, Unit, tally_codes, tally_table, write_quarantine
from helseanalyse.vault.write import Account, NewVersion, Progress, quiet

LOADER = 1  # raised when the same delivery would be read differently, so that it can be loaded again


class TooMuchSetAsideError(LoadError):
    """More rows than the catalogue allows could not be used; `report` says which and why."""

    def __init__(self, message: str, report: LoadReport) -> None:
        super().__init__(message)
        self.report = report


def load(
    registry: Registry,
    delivery: Path | str,
    vault: Path | str,
    *,
    keys: Path | str | None = None,
    synthetic: bool = False,
    resources: Resources | None = None,
    progress: Progress = quiet,
) -> LoadReport:
    """Load one delivery of a registry as its next version.

    delivery: the folder (or the one file) that the custodian sent. keys: the folder of the key
    file, by default VAULT/keys. synthetic: whether the persons are made up; then every identity
    number must be a synthetic one. progress: called with a step in words, steps done, steps in all.

    Raises LoadError or VaultError, naming the thing and the remedy and nobody's value; the vault is
    then as it was.
    """
    work = Loading(registry, Path(delivery), Path(vault), synthetic=synthetic, resources=resources, progress=progress)
    return work.run(Path(keys) if keys is not None else Path(vault) / "keys")


class Loading:
    """One load under way."""

    def __init__(
        self,
        registry: Registry,
        delivery: Path,
        vault: Path,
        *,
        synthetic: bool,
        resources: Resources | None,
        progress: Progress,
    ) -> None:
        self.registry = registry
        self.delivery = delivery
        self.begun = monotonic()
        folder = delivery if delivery.is_dir() else delivery.parent
        self.plan: Plan = plan_of(registry, read_note(folder, registry.name), synthetic=synthetic)
        self.new = NewVersion(vault, registry, synthetic=synthetic, resources=resources, progress=self._within)
        self._progress, self._done, self._total = progress, 0, 1
        self.faults = Faults()
        self.readings: list[Reading] = []
        self.units: list[Unit] = []
        self.cut_lines: list[tuple[str, str, int]] = []

    def run(self, key_folder: Path) -> LoadReport:
        """All steps, in order."""
        report = self._all_steps(key_folder)
        self._progress("Done", self._total, self._total)
        return report

    def _all_steps(self, key_folder: Path) -> LoadReport:
        with self.new as new, ExitStack() as stack:
            run(new.connection, Sql("CREATE SCHEMA loaded"), "Opening the work file")
            files = self._look()
            digest = self._digest(files)
            last = self._latest()
            if last is not None and last.delivery == digest:
                return LoadReport(registry=self.registry.name, version=last.version, changed=False)
            key_file = self._open_keys(stack, key_folder)
            if key_file is not None:
                self._step("Finding out who is who")
                link(new.connection, self.plan, key_file, files.delivered(self.registry), files.keys, self._universe())
            for table in files.tables:
                self._read(table, files)
            report = self._tally(files)
            self._stop_if_too_much(report)
            return self._publish(files, digest, report, key_folder if key_file is not None else None)

    # ------------------------------------------------------------ steps
    def _look(self) -> Inventory:
        self._step("Looking at the files")
        return accept_files(self.new.connection, self.plan, self.delivery, self.new.work, self._step)

    def _open_keys(self, stack: ExitStack, folder: Path) -> keys.KeyFile | None:
        if all(self.plan.table_person(table).key == "row" for table in self.registry.tables):
            return None
        first = not any((self.new.vault / "registries").glob("*@*.json"))
        return stack.enter_context(keys.open_keys(self.new.connection, folder, self.new.settings, first_load=first))

    def _universe(self) -> Universe | None:
        if self.new.people is None:
            return None
        return Universe(self.new.universe, self.new.population.name, self.new.people)

    def _read(self, files: TableFiles, inventory: Inventory) -> None:
        """One table with its code files: read, marked, and its good rows staged."""
        connection, table = self.new.connection, files.table
        by_person = all(codefile.has_person(self._reading(files), s) for c in files.codes.values() for s in c)
        reading = self._reading(files, by_person=by_person)
        self.readings.append(reading)
        stage.create(connection, reading)
        cut = 0
        for source in files.sources:
            self._step(f"Reading {source.name}")
            lines = stage.read_file(connection, reading, source, inventory.number(source))
            self.cut_lines += [(table.name, source.name, line) for line in lines]
            cut += len(lines)
        self._step(f"Checking {table.path}")
        main = self.registry.main
        good = fill('SELECT pid FROM {t} WHERE "#fault" IS NULL', t=name("loaded", main))
        inside = self.registry.universe and reading.keyed
        clean.clean(connection, reading, good if inside and table.name != main else None)
        if inside and table.name == main:
            clean.forget_unknown_relatives(connection, reading, good)
        self.units.append(tally_table(connection, reading, cut, delivered=files.delivered))
        for column in files.codes:
            self._read_codes(reading, table.column(column), files, inventory)
        clean.stage_good_rows(connection, reading)

    def _reading(self, files: TableFiles, *, by_person: bool = True) -> Reading:
        by_row = files.row_columns if files.codes else ()
        return Reading(self.plan, files.table, self.faults, by_row, by_person)

    def _read_codes(self, reading: Reading, column: Column, files: TableFiles, inventory: Inventory) -> None:
        connection = self.new.connection
        named = f"{reading.table.name}.{column.name}"
        codefile.create(connection, reading, column)
        cut = 0
        for source in files.codes[column.name]:
            self._step(f"Reading {source.name}")
            lines = codefile.read_file(connection, reading, column, source, inventory.number(source))
            self.cut_lines += [(named, source.name, line) for line in lines]
            cut += len(lines)
        self._step(f"Linking {reading.table.path}.{column.name}")
        codefile.settle(connection, reading, column)
        delivered = bool(files.codes[column.name])
        self.units.append(tally_codes(connection, reading, column.name, cut, delivered=delivered))

    def _tally(self, files: Inventory) -> LoadReport:
        return LoadReport(
            registry=self.registry.name,
            version=self.new.version,
            changed=True,
            units=tuple(self.units),
            files=files.facts(),
            ignored=files.ignored,
            precision=self.plan.precision,
            quarantine_share=self.plan.quarantine_share,
            universe=self.new.universe,
        )

    def _stop_if_too_much(self, report: LoadReport) -> None:
        """Stop where a table lost more rows than the catalogue allows, or nearly all values of a column."""
        allowed = self.plan.quarantine_share
        wrong = []
        for unit in report.units:
            if unit.share > allowed:
                reasons = ", ".join(f"{reason} ({few(count)})" for reason, count in unit.set_aside.items())
                wrong.append(f"{self.registry.name}.{unit.name}: {few(unit.aside)} of {unit.read} rows: {reasons}")
            elif unit.delivered and unit.read and not unit.kept:
                wrong.append(f"{self.registry.name}.{unit.name}: none of {unit.read} rows could be used")
            wrong += [
                f"{self.registry.name}.{unit.name}: {count} values of {column}, nearly all of them, are not understood"
                for column, count in unit.hopeless.items()
                if allowed < 1
            ]
        if wrong:
            raise TooMuchSetAsideError(
                f"Too much of this delivery of `{self.registry.name}` cannot be used, so nothing was loaded (allowed: "
                f"{allowed:.1%} of the rows).\n- "
                + "\n- ".join(wrong)
                + "\nCorrect the delivery or its catalogue entry; "
                "if the rows are truly lost, raise quarantine_share there.",
                report,
            )

    def _publish(self, files: Inventory, digest: str, report: LoadReport, key_folder: Path | None) -> LoadReport:
        """Sort and check, describe, keep the keys, and publish: only the last two change anything that lasts."""
        new = self.new
        missing = frozenset(table.table.name for table in files.tables if not table.delivered)
        new.build(missing, cheap=True)
        self._step("Describing what was loaded")
        complete_to = self.plan.note.complete_to or self.registry.until or last_day(new.facts)
        report = replace(
            report,
            columns=tuple(fact for table in self.registry.tables for fact in column_facts(new.connection, table)),
            years={table.name: rows_by_year(new.connection, table) for table in self.registry.tables},
            conflicts=conflicts(new.connection, self.registry, new.population) if new.people is not None else {},
            complete_to=str(complete_to or ""),
            seconds=round(monotonic() - self.begun, 1),
        )
        papers = {"reports": new.work / "report.html", "quarantine": new.work / "quarantine.parquet"}
        write_quarantine(new.connection, self.readings, files.names, self.cut_lines, papers["quarantine"])
        write_report(report, self.registry, papers["reports"])
        new.seal()
        self._step("Publishing")
        # From here on nothing is asked and little can fail: first the keys, then the version.
        if key_folder is not None:
            keys.commit(new.connection, self.registry.name, new.name, key_folder)
        new.publish(
            complete_to=complete_to,
            account=Account(
                delivery=digest,
                precision=self.plan.precision,
                quarantine=report.reasons(),
                load=report.to_json(),
                undelivered=missing,
            ),
            papers=papers,
        )
        return replace(report, page=new.vault / "reports" / f"{new.name}.html")

    # ------------------------------------------------------------ small things
    def _latest(self) -> Manifest | None:
        number = self.new.version - 1
        if not number:
            return None
        return read_manifest(self.new.vault / "registries" / f"{self.registry.name}@{number}.json")

    def _digest(self, files: Inventory) -> str:
        """What the version is made from: delivered bytes, catalogue entry, and the population that it is linked to."""
        state = sha256(f"{LOADER} {self.new.universe} {text_of(self.registry)} {self.plan.note}".encode())
        for line in files.digests():
            state.update(line.encode())
        return state.hexdigest()

    def _step(self, words: str, more: int = 0) -> None:
        self._total += more
        self._done = min(self._done + 1, self._total)
        self._progress(words, self._done, self._total)

    def _within(self, words: str, done: int, total: int) -> None:
        self._step(words)


def few(count: int) -> str:
    """A count for messages and pages: below five it is not told.

    >>> few(3), few(12)
    ('<5', '12')
    """
    return "<5" if 0 < count < 5 else str(count)
