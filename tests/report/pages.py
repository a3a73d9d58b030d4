"""Reading a page as a browser would: a strict reader of HTML, and safe answers written by hand."""

from __future__ import annotations

from collections.abc import Sequence
from html.parser import HTMLParser

from helseanalyse.study.answer import Cell, Heading, SafeAnswer, SafeTable

VOID = {"meta", "br", "link", "img", "input", "hr"}
RAW = {"script", "style"}


class Reader(HTMLParser):
    """Reads a page and holds it to the rules of HTML that a parser forgives: tags closed in order, attributes once."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[str, str]] = []  # (innermost element, text)
        self.problems: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(set(names)) != len(names):
            self.problems.append(f"<{tag}> has an attribute twice: {names}")
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.problems.append(f"</{tag}> closes {self.open[-3:]}, line {self.getpos()[0]}")
        else:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self.open[-1] if self.open else "", data.strip()))

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def words(self) -> str:
        return "\n".join(text for tag, text in self.texts if tag not in RAW)


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def table(kind: str, columns: str, rows: Sequence[tuple[Cell, ...]], id_: str = "", **facts: object) -> SafeTable:
    """A table by hand. columns: names apart by blanks, with a unit after a colon where they have one ("rate:%")."""
    headings = tuple(
        Heading(name, name.replace("_", " ").capitalize(), unit.replace("_", " "))
        for name, _, unit in (column.partition(":") for column in columns.split())
    )
    return SafeTable(
        id=id_ or kind,
        kind=kind,
        title=f"{facts.get('outcome', kind)}: made by hand",
        columns=headings,
        rows=tuple(rows),
        facts=tuple(facts.items()),
    )


def answer(*tables: SafeTable, title: str = "A study", lane: str = "checked") -> SafeAnswer:
    return SafeAnswer(title=title, digest="ab" * 32, lane=lane, data=(), tables=tables)


RATES = "persons:persons events person_years:years rate:per_1000_person-years low:per_1000_person-years high"
