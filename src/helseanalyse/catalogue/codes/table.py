"""Lists of codes in tab-separated files: those that come with the platform, and those an installation imports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from importlib import resources

from helseanalyse.catalogue.codes.model import Entry
from helseanalyse.catalogue.model import CatalogueError


def lines_of(name: str) -> Iterator[dict[str, str]]:
    """The lines of a shipped table `codes/tables/NAME.tsv`, each by the names in its head."""
    folder = resources.files("helseanalyse.catalogue.codes") / "tables"
    yield from parse_lines((folder / f"{name}.tsv").read_text(encoding="utf-8"), f"{name}.tsv")


def parse_lines(text: str, where: str) -> Iterator[dict[str, str]]:
    """The lines of a tab-separated text, each by the names in its head; lines that begin with # are comments.

    Raises CatalogueError where a line has more or fewer fields than the head.
    """
    head: list[str] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("#") or not line.strip():
            continue
        fields = line.split("\t")
        if head is None:
            head = fields
        elif len(fields) != len(head):
            raise CatalogueError(
                f"{where}, line {number}, has {len(fields)} fields where its head has {len(head)}. "
                "Separate them with tabs, and leave none out."
            )
        else:
            yield dict(zip(head, fields, strict=True))


def entries_of(lines: Iterable[Mapping[str, str]]) -> dict[str, tuple[Entry, ...]]:
    """A table from lines with `code` and any of `nb`, `en`, `name` (both), `since`, `until`."""
    table: dict[str, tuple[Entry, ...]] = {}
    for line in lines:
        name = line.get("name", "")
        entry = Entry(line.get("nb", name), line.get("en", name), _day(line, "since"), _day(line, "until"))
        table[line["code"]] = (*table.get(line["code"], ()), entry)
    return table


def _day(line: Mapping[str, str], key: str) -> date | None:
    text = line.get(key, "")
    return date.fromisoformat(text) if text else None
