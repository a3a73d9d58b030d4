"""Which delivered file is for which table, and whether it has what the table needs: all problems in one error."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import duckdb

from helseanalyse.catalogue.model import Column, Kind, Table
from helseanalyse.vault import order, stage
from helseanalyse.vault.delivery import Form, Plan, files_of, form_of, matching, spread, texts
from helseanalyse.vault.errors import LoadError
from helseanalyse.vault.inventory import Inventory, TableFiles
from helseanalyse.vault.source import Source, open_source

Step = Callable[[str, int], None]
KEYS = "keys"


def accept_files(
    connection: duckdb.DuckDBPyConnection, plan: Plan, delivery: Path, work: Path, step: Step
) -> Inventory:
    """Every file of the delivery, looked at and placed.

    Raises LoadError where a file is not sound, a table has no file and the delivery does not say
    that it is without it, or a file lacks a required column.
    """
    return Acceptance(connection, plan, delivery, work, step).inventory()


class Acceptance:
    """One delivery on its way in."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, plan: Plan, delivery: Path, work: Path, step: Step
    ) -> None:
        self.connection, self.plan, self.work, self.step = connection, plan, work, step
        self.folder = delivery if delivery.is_dir() else delivery.parent
        self.files = files_of(delivery)
        self.problems: list[str] = []
        self.opened: dict[tuple[Path, Form], Source] = {}
        self.taken: set[Path] = set()
        self.unused: dict[str, tuple[str, ...]] = {}
        self.absent: dict[str, tuple[str, ...]] = {}

    def inventory(self) -> Inventory:
        """The whole delivery."""
        if not self.files:
            raise LoadError(f"{self.folder} holds no file. Name the folder with the delivered files.")
        self._check_without()
        main = self.plan.registry.main
        placed = {
            table.name: self._find(table) for table in sorted(self.plan.registry.tables, key=lambda t: t.name != main)
        }
        self._stop_if_any()
        self.step("Looking at the files", 2 * len(self.taken) + 2 * len(placed))
        tables = tuple(self._table(self.plan.registry.table(name), *found) for name, found in placed.items())
        keys = self._keys()
        self._stop_if_any()
        self._note_unused(tables, keys)
        ignored = tuple(self._shown(path) for path in self.files if path not in self.taken)
        return Inventory(tables=tables, keys=keys, ignored=ignored, unused=self.unused, absent=self.absent)

    def _stop_if_any(self) -> None:
        if self.problems:
            raise LoadError(
                f"This delivery of `{self.plan.registry.name}` cannot be loaded:\n- " + "\n- ".join(self.problems)
            )

    def _shown(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    # ------------------------------------------------------------ which file is for what
    def _check_without(self) -> None:
        known = {table.name for table in self.plan.registry.tables}
        known |= {f"{table.name}.{c.name}" for table in self.plan.registry.tables for c in table.columns}
        for wrong in sorted(self.plan.note.without - known):
            self.problems.append(
                f"delivery.yml is `without` {wrong}, which the catalogue does not have: correct the name"
            )

    def _find(self, table: Table) -> tuple[tuple[Path, ...], dict[str, tuple[Path, ...]]]:
        """The files of a table, and of each of its columns that has code files."""
        own = self._find_for(table.name, texts(table.delivery.get("files")), table.name == self.plan.registry.main)
        codes = {}
        for column in order.codes_columns(table):
            if not stage.inline(column):
                patterns = texts(column.delivery.get("files"))
                codes[column.name] = self._find_for(f"{table.name}.{column.name}", patterns, False) if own else ()
        return own, codes

    def _find_for(self, use: str, patterns: tuple[str, ...], main: bool) -> tuple[Path, ...]:
        found = () if use in self.plan.note.without else matching(self.files, patterns)
        self.taken |= set(found)
        if found or (use in self.plan.note.without and not main):
            return found
        remedy = (
            "the main table cannot be left out"
            if main
            else f"if it was not ordered, write `without: [{use}]` in delivery.yml"
        )
        wanted = ", ".join(patterns) or "the catalogue names none"
        self.problems.append(f"there is no file for {self.plan.registry.name}.{use} ({wanted}); {remedy}")
        return ()

    # ------------------------------------------------------------ whether it has what is needed
    def _open(self, path: Path, form: Form) -> Source:
        if (path, form) not in self.opened:
            self.step(f"Looking at {self._shown(path)}", 0)
            self.opened[path, form] = open_source(self.connection, path, self._shown(path), form, self.work)
        return self.opened[path, form]

    def _table(self, table: Table, own: tuple[Path, ...], codes: Mapping[str, tuple[Path, ...]]) -> TableFiles:
        form = self.plan.table_form(table)
        sources = tuple(self._open(path, form) for path in own)
        for source in sources:
            self._check_columns(table, source)
        files = {
            column: tuple(self._open(path, form_of(table.column(column).delivery, form)) for path in paths)
            for column, paths in codes.items()
        }
        row_columns = texts(table.delivery.get("row"))
        if any(files.values()):
            for source in sources:
                if source.field(row_columns) is None:
                    self.problems.append(
                        f"{source.name} lacks the row number "
                        f"({' or '.join(row_columns) or 'row: is not set'}) that the "
                        f"code files of {table.path} refer to"
                    )
        return TableFiles(table=table, sources=sources, codes=files, row_columns=row_columns, delivered=bool(sources))

    def _check_columns(self, table: Table, source: Source) -> None:
        missing, absent = [], []
        person = self.plan.table_person(table)
        if person.key != "row" and source.field(person.columns) is None:
            missing.append(f"the person key ({' or '.join(person.columns)})")
        for column in stage.columns_read(table):
            if any(source.field([wanted]) is not None for wanted in _wanted(column)):
                continue
            if column.required or column.name in (table.date, table.start):
                missing.append(f"{column.name} ({' or '.join(_wanted(column))})")
            else:
                absent.append(column.name)
        if missing:
            self.problems.append(
                f"{source.name} lacks what {table.path} needs: {', '.join(missing)}. {source.shown_header} "
                "Check the delimiter, or add the delivered name to the catalogue entry"
            )
        self.absent[f"{table.name} {source.name}"] = tuple(absent)

    def _keys(self) -> tuple[Source, ...]:
        """The key files of a registry with keys of its own; none is no error: keys may be known from before."""
        rule = self.plan.keys
        if rule is None:
            return ()
        found = matching(self.files, rule.files)
        self.taken |= set(found)
        return tuple(self._open(path, self.plan.form) for path in found)

    def _note_unused(self, tables: Iterable[TableFiles], keys: Iterable[Source]) -> None:
        used: dict[str, set[str]] = {}
        uses = [(f"{use} {source.name}", source, files.table) for files in tables for use, source in files.every()]
        for _, source, table in uses:
            used.setdefault(source.name, set()).update(name.casefold() for name in self._names(table))
        for key, source, _ in uses:
            names = used[source.name]
            self.unused[key] = tuple(cell for cell in source.header if cell and cell.casefold() not in names)

    def _names(self, table: Table) -> Iterator[str]:
        """Every delivered name that a table may make use of, in its own files or its code files."""
        yield from self.plan.table_person(table).columns
        yield from texts(table.delivery.get("row"))
        for names in self.plan.anchor.values():
            yield from names
        for column in table.columns:
            yield from _wanted(column)
            for key in ("row", "code"):
                yield from texts(column.delivery.get(key))
            for key in ("system", "first", "keep"):
                if key in column.delivery:
                    yield from texts(cast("Mapping[str, Any]", column.delivery[key]).get("column"))


def _wanted(column: Column) -> tuple[str, ...]:
    """The delivered names that a column may come under, in the table's own files."""
    if column.kind is not Kind.CODES:
        return column.source
    return (*spread(texts(column.delivery.get("columns"))), *texts(column.delivery.get("column")))
