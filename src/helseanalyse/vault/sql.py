"""SQL put together without ever pasting text: names and values are quoted here, and nowhere else.

A `Sql` is a piece that is safe to place in a statement. It is made by `name` (an identifier),
`literal` (a value) or `fill` (a template with pieces). `fill` refuses plain text, so a value
that came from a delivery or a catalogue cannot become a part of a statement unquoted.

>>> fill("SELECT {column} FROM {table}", column=name('a"b'), table=name("npr", "episode"))
'SELECT "a""b" FROM "npr"."episode"'
>>> fill("SELECT {x}", x=literal("it's"))
"SELECT 'it''s'"
>>> fill("SELECT {x}", x="1; DROP TABLE person")
Traceback (most recent call last):
    ...
TypeError: x is plain text: quote it with name() or literal() first
"""

from collections.abc import Iterable
from datetime import date
from math import isfinite
from pathlib import Path


class Sql(str):
    """A piece of SQL that is safe to place in a statement."""

    __slots__ = ()


def name(*parts: str) -> Sql:
    """A quoted identifier: `name("a", "b")` is `"a"."b"`."""
    return Sql(".".join('"' + part.replace('"', '""') + '"' for part in parts))


def literal(value: str | int | float | date | Path | bytes | None) -> Sql:
    """A quoted value: text, a whole number, a finite number, a date, bytes, a path, a truth value or NULL."""
    if value is None:
        return Sql("NULL")
    if isinstance(value, bool):
        return Sql("true" if value else "false")
    if isinstance(value, int):
        return Sql(value)
    if isinstance(value, float):
        if not isfinite(value):
            raise ValueError("SQL has no literal for a number that is not finite")
        return Sql(f"CAST({value!r} AS DOUBLE)")
    if isinstance(value, date):
        return Sql(f"DATE '{value.isoformat()}'")
    if isinstance(value, bytes):
        return Sql(f"unhex('{value.hex()}')")
    return Sql("'" + str(value).replace("'", "''") + "'")


def fill(template: str, **pieces: Sql | int) -> Sql:
    """The template with each {piece} put in its place; only `Sql` and whole numbers may be placed."""
    for key, piece in pieces.items():
        if not isinstance(piece, Sql | int):
            raise TypeError(f"{key} is plain text: quote it with name() or literal() first")
    return Sql(template.format(**pieces))


def commas(pieces: Iterable[Sql]) -> Sql:
    """The pieces with commas between them."""
    return Sql(", ".join(pieces))


def names(columns: Iterable[str]) -> Sql:
    """Quoted identifiers with commas between them."""
    return commas(name(column) for column in columns)


def either(conditions: Iterable[Sql]) -> Sql:
    """True where any of the conditions is; false where there are none."""
    return Sql(" OR ".join(f"({condition})" for condition in conditions) or "false")
