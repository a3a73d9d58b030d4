"""The files of one delivery, each with the table that it is for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from helseanalyse.catalogue.model import Registry, Table
from helseanalyse.vault.linkage import Delivered
from helseanalyse.vault.source import Source
from helseanalyse.vault.tally import FileFacts


@dataclass(frozen=True, kw_only=True, slots=True)
class TableFiles:
    """The sound files of one table.

    codes: for each column whose codes come in files of their own, those files. row_columns: the
    delivered names of the row number that they refer to. delivered: whether the table came at all.
    """

    table: Table
    sources: tuple[Source, ...]
    codes: Mapping[str, tuple[Source, ...]]
    row_columns: tuple[str, ...]
    delivered: bool

    def every(self) -> Iterator[tuple[str, Source]]:
        """Each file with what it is for: `episode`, or `episode.any_procedure`."""
        yield from ((self.table.name, source) for source in self.sources)
        for column, sources in self.codes.items():
            yield from ((f"{self.table.name}.{column}", source) for source in sources)


@dataclass(frozen=True, kw_only=True, slots=True)
class Inventory:
    """Every file of a delivery that is used, and the names of those that are not."""

    tables: tuple[TableFiles, ...]  # the main table first
    keys: tuple[Source, ...]
    ignored: tuple[str, ...]
    unused: Mapping[str, tuple[str, ...]]  # by "use file": delivered columns that the catalogue does not name
    absent: Mapping[str, tuple[str, ...]]  # by "use file": columns of the catalogue that the file does not have

    def _uses(self) -> Iterator[tuple[str, Source]]:
        for table in self.tables:
            yield from table.every()
        yield from (("keys", source) for source in self.keys)

    @property
    def names(self) -> tuple[str, ...]:
        """The distinct file names, in the order of their numbers."""
        return tuple(dict.fromkeys(source.name for _, source in self._uses()))

    def number(self, source: Source) -> int:
        """The number that rows of a file carry."""
        return self.names.index(source.name)

    def delivered(self, registry: Registry) -> tuple[Delivered, ...]:
        """The files with person keys, by table."""
        return tuple(
            Delivered(files.table, files.sources, registry.universe and files.table.name == registry.main)
            for files in self.tables
        )

    def digests(self) -> tuple[str, ...]:
        """What was delivered, whatever the files are called and in whatever order they lie."""
        return tuple(sorted(f"{use} {source.digest}\n" for use, source in self._uses()))

    def facts(self) -> tuple[FileFacts, ...]:
        """Each file for the load report."""
        return tuple(
            FileFacts(
                name=source.name,
                table=use,
                size=source.size,
                encoding=source.encoding,
                unused=self.unused.get(f"{use} {source.name}", ()),
                absent=self.absent.get(f"{use} {source.name}", ()),
                note=source.note,
            )
            for use, source in self._uses()
        )
