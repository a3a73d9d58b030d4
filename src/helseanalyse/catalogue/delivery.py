"""The `delivery` blocks of a catalogue file: how custodians deliver a registry, a table, a column.

Only the layout is checked here; doing what it says is the work of loading. Column and file names are
matched without regard to letter case, and lists of names are tried in order.

Registry: `person` (which column, what its value is: a national identity number, a number of the
source, or nothing, each row being a person), `keys` (the file that joins the two), `delimiter`,
`decimal`, `encoding`, `dates`, `reference_date`, `reference: person` with `anchor` (the columns of
birth month and birth offset that give each person's secret date back), `quarantine_share`.
Table: `files`, `row` (the delivered number of the row), `duplicates`, and the registry's keys anew.
Column: `dates`; `characters: n`, only the first n characters count; `blank: v`, an empty cell is read
as if v stood there; `system`, a code counts only where that column holds one of the values; `cut_suffix`.
`codes` column: one of `files` with `row`, `code`, `first`, `keep` (a file with a row a code),
`columns` (one code in each), or `column` with `separator` (many in one).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import cast

from helseanalyse.catalogue.check import Node, Problems, frozen, known_keys, mapping, shape, texts

DATE_WAYS = ("iso", "dmy", "offset", "year_month", "year", "decimal_year")
PERSON_KEYS = ("national_id", "source", "row")
FORMAT = ("delimiter", "decimal", "encoding", "dates")
OF_REGISTRY = (
    "person", "keys", *FORMAT, "reference_date", "reference", "anchor", "quarantine_share",
)  # fmt: skip
OF_TABLE = ("files", "row", "duplicates", "person", *FORMAT)
OF_VALUE = ("dates", "system", "cut_suffix", "characters", "blank")
OF_CODES = ("files", "row", "code", "first", "keep", "columns", "column", "separator", "system", "cut_suffix")
WIDE = re.compile(r"[^{}]*(?:\{(\d+)\.\.(\d+)\}[^{}]*)?\Z")

Block = Mapping[str, object]


def of_registry(node: Node, path: str, problems: Problems) -> Block:
    """The delivery block of a registry."""
    block = _block(node, OF_REGISTRY, path, problems)
    _person(block, path, problems)
    if "keys" in block:
        keys = mapping(block["keys"], f"{path}.keys", problems)
        known_keys(keys, ("files", "source", "national_id"), f"{path}.keys", problems)
        for key in ("files", "source", "national_id"):
            if not texts(keys, key, f"{path}.keys", problems):
                problems.add(f"{path}.keys", f"`{key}` is missing")
    if block.get("reference") not in (None, "person"):
        problems.add(path, "`reference` can only be `person`: one secret date for each person")
    share = block.get("quarantine_share")
    if share is not None and (isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1):
        problems.add(path, "`quarantine_share` must be a number from 0 to 1")
    _anchor(block, path, problems)
    return _freeze(block)


def of_table(node: Node, path: str, problems: Problems) -> Block:
    """The delivery block of a table."""
    block = _block(node, OF_TABLE, path, problems)
    if block and not texts(block, "files", path, problems):
        problems.add(path, '`files` is missing; give at least one pattern such as ["*.csv"]')
    texts(block, "row", path, problems)
    if block.get("duplicates", "drop") not in ("drop", "keep"):
        problems.add(path, "`duplicates` must be drop or keep")
    if "person" in block:
        _person(block, path, problems)
    return _freeze(block)


def of_value(node: Node, path: str, problems: Problems) -> Block:
    """The delivery block of a column with one value a row."""
    block = _block(node, OF_VALUE, path, problems)
    _system(block, path, problems)
    _cut(block, path, problems)
    characters = block.get("characters")
    if characters is not None and (type(characters) is not int or characters < 1):
        problems.add(path, "`characters` must be a whole number from 1: how many leading characters count")
    if "blank" in block and not isinstance(block["blank"], str):
        problems.add(path, f"`blank` must be text in quotes, but is {shape(block['blank'])}")
    return _freeze(block)


def of_codes(node: Node, path: str, problems: Problems) -> Block:
    """The delivery block of a `codes` column: a long file, several columns, or one packed column."""
    block = _block(node, OF_CODES, path, problems)
    ways = [way for way in ("files", "columns", "column") if way in block]
    if len(ways) != 1:
        problems.add(
            path,
            "say in one way how the codes come: `files` (a file with a row a code), `columns` (one code "
            "in each) or `column` with `separator` (many in one)",
        )
    for key in ("files", "row", "code", "columns", "column"):
        texts(block, key, path, problems)
    if ways == ["files"] and "code" not in block:
        problems.add(path, "`code` is missing: the column of the long file that holds the code")
    if ways == ["column"] and not isinstance(block.get("separator"), str):
        problems.add(path, '`separator` is missing: the character between codes, such as ","')
    for pattern in texts(block, "columns", path, Problems("")):
        match = WIDE.match(pattern)
        if not match or (match[1] and int(match[1]) > int(match[2])):
            problems.add(path, f'`{pattern}` is not understood; write a run of columns as "bdiag{{1..20}}"')
    for key, wanted in (("first", "value"), ("keep", "values")):
        if key in block:
            inner = mapping(block[key], f"{path}.{key}", problems)
            known_keys(inner, ("column", wanted), f"{path}.{key}", problems)
            texts(inner, "column", f"{path}.{key}", problems)
            if wanted not in inner:
                problems.add(f"{path}.{key}", f"`{wanted}` is missing")
    _system(block, path, problems)
    _cut(block, path, problems)
    return _freeze(block)


def _block(node: Node, allowed: tuple[str, ...], path: str, problems: Problems) -> Node:
    if node.get("delivery") is None:
        return {}
    block = mapping(node["delivery"], path, problems)
    known_keys(block, allowed, path, problems)
    if block.get("dates", "iso") not in DATE_WAYS:
        problems.add(path, f"`dates: {block['dates']}` is not known; it is one of {', '.join(DATE_WAYS)}")
    for key in ("delimiter", "decimal"):
        if key in block and (not isinstance(block[key], str) or len(cast("str", block[key])) != 1):
            problems.add(path, f"`{key}` must be one character in quotes, but is {shape(block[key])}")
    texts(block, "encoding", path, problems)
    return block


def _person(block: Node, path: str, problems: Problems) -> None:
    if "person" not in block:
        problems.add(path, "`person` is missing; write person: {column: [lopenr], key: source}")
        return
    person = mapping(block["person"], f"{path}.person", problems)
    known_keys(person, ("column", "key"), f"{path}.person", problems)
    key = person.get("key")
    if key not in PERSON_KEYS:
        problems.add(f"{path}.person", f"`key` must be one of {', '.join(PERSON_KEYS)}")
    elif key != "row" and not texts(person, "column", f"{path}.person", problems):
        problems.add(f"{path}.person", "`column` is missing: the column with the person's number")


def _anchor(block: Node, path: str, problems: Problems) -> None:
    if "anchor" in block:
        anchor = mapping(block["anchor"], f"{path}.anchor", problems)
        known_keys(anchor, ("month", "offset"), f"{path}.anchor", problems)
        for key in ("month", "offset"):
            if not texts(anchor, key, f"{path}.anchor", problems):
                problems.add(f"{path}.anchor", f"`{key}` is missing")


def _system(block: Node, path: str, problems: Problems) -> None:
    if "system" in block:
        system = mapping(block["system"], f"{path}.system", problems)
        known_keys(system, ("column", "values"), f"{path}.system", problems)
        if not texts(system, "column", f"{path}.system", problems):
            problems.add(f"{path}.system", "`column` is missing: the column that names the code system")
        texts(system, "values", f"{path}.system", problems)


def _cut(block: Node, path: str, problems: Problems) -> None:
    if "cut_suffix" in block:
        cut = mapping(block["cut_suffix"], f"{path}.cut_suffix", problems)
        known_keys(cut, ("longer_than", "drop"), f"{path}.cut_suffix", problems)
        if not all(type(cut.get(key)) is int for key in ("longer_than", "drop")):
            problems.add(f"{path}.cut_suffix", "write cut_suffix: {longer_than: 6, drop: 4}")


def _freeze(block: Node) -> Block:
    return cast("Block", frozen(dict(block))) if block else MappingProxyType({})
