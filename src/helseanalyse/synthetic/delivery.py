"""The synthetic Norway as custodians deliver: text files, day differences, serial numbers a source, and dirt.

    write_delivery(World(10_000, seed=1), norway(), "delivery")

writes a folder a registry, with the files that the catalogue's delivery blocks describe, key files, and
`delivery.yml`. Nothing here knows a registry by name but for how its files are split (`SPLITS`) and which
of them have secret dates (`SECRET`): another catalogue gives another delivery.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, cast

import duckdb
import numpy as np

from helseanalyse.catalogue.model import Catalogue, Column, Kind, Table
from helseanalyse.synthetic import arrow, dirt
from helseanalyse.synthetic.calendar import day
from helseanalyse.synthetic.delivery_columns import (
    ROW,
    Columns,
    Skin,
    dirty,
    key_text,
    names,
    packed,
    quoted,
    table_columns,
    text,
)
from helseanalyse.synthetic.draw import Draw
from helseanalyse.synthetic.numbers import identity_numbers
from helseanalyse.synthetic.stage import MAKERS, Progress, stage
from helseanalyse.synthetic.world import SyntheticError, World

COMPLETE_TO: Final = date(2024, 12, 31)
EXTRACTED_ON: Final = date(2025, 2, 1)
# Generation B: these are delivered as days from a secret date of each person, in a delivery that is not clean.
SECRET: Final = frozenset({"population", "npr", "lmr", "kpr", "dar"})
LATIN_1: Final = frozenset({"kpr"})  # files in the older encoding
_LEFT_ZERO: Final = frozenset({"mfr"})  # key files that a spreadsheet took the leading zeros from
_STRANGERS = 50

# How the files of a table are split: label of the file, and the SQL condition of its rows.
_YEARS = {str(year): "year({date}) = " + str(year) for year in range(1940, 2025)}
SPLITS: Final[dict[str, dict[str, str]]] = {
    "npr.episode": {
        "SOM": "sector = 'somatic'", "AVT": "sector IN ('contracted_somatic', 'contracted_psychiatry')",
        "TSB": "sector = 'substance_abuse'", "VOP": "sector = 'adult_mental_health'",
    },
    "lmr.dispensing": {year: rule for year, rule in _YEARS.items() if int(year) >= 2008},
    "kpr.contact": {year: rule for year, rule in _YEARS.items() if int(year) >= 2016},
}  # fmt: skip


def write_delivery(
    world: World,
    catalogue: Catalogue,
    folder: Path | str,
    *,
    clean: bool = False,
    registries: Collection[str] | None = None,
    secret: Collection[str] | None = None,
    progress: Progress | None = None,
) -> None:
    """Write a delivery folder for each registry of the catalogue that the synthetic Norway has.

    clean: no dirt, and dates from one reference date: loading gives the staged registries back exactly.
    registries: only these. secret: the registries whose dates count from a secret date of each person
    (generation B; the universe must be among them), default `SECRET`, none if clean. Raises SyntheticError
    where the folder exists and is not empty, or a name is not known.
    """
    target = Path(folder)
    if target.exists() and any(target.iterdir()):
        raise SyntheticError(f"The folder {target} is not empty. Name a new one, or empty it first.")
    chosen = [r for r in catalogue.registries if r.name in (registries or MAKERS)]
    if unknown := sorted(set(registries or ()) - {r.name for r in chosen}):
        raise SyntheticError(f"There is no registry {', '.join(unknown)}. There are: {', '.join(MAKERS)}.")
    hidden = frozenset(() if clean else SECRET) if secret is None else frozenset(secret)
    if hidden and catalogue.universe.name not in hidden:
        raise SyntheticError(
            f"Secret dates are recovered from `{catalogue.universe.name}`, so it must have them too. "
            f"Add it to `secret`, or leave `secret` empty."
        )
    people = _people(world)
    for registry in chosen:
        skin = Skin(registry=registry, clean=clean, seed=world.seed, secret=registry.name in hidden)
        _write_registry(world, skin, people, target / registry.name, progress)


def shift_of(world: World) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """(total,): days by which the dates of each person are off after loading generation B: 15 less the day of birth.

    >>> bool((abs(shift_of(World(100, seed=1))) <= 16).all())
    True
    """
    born = world.society.everyone.born[1:].astype("datetime64[D]")
    first = born.astype("datetime64[M]").astype("datetime64[D]")
    return np.asarray(14 - (born - first).astype(np.int64))


def _people(world: World) -> dict[str, Any]:
    """Each person's identity number, secret date and death, as Arrow columns."""
    all_ = world.society.everyone
    draw = Draw(world.seed, np.arange(1, world.total + 1))
    secret = day("1900-01-01") + (draw.uniform("delivery.secret") * 36_500).astype(np.int32)
    return {
        "pid": arrow.persons(np.arange(1, world.total + 1)),
        "national_id": arrow.numbers(identity_numbers(all_.born[1:], all_.sex[1:])),
        "secret": arrow.dates(secret),
        "died_on": arrow.dates(all_.died[1:]),
        "birth_month": arrow.numbers(_months(world)),
    }


def _months(world: World) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Birth month of each person as YYYYMM."""
    month = world.society.everyone.born[1:].astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return np.asarray((1970 + month // 12) * 100 + month % 12 + 1)


def _serials(world: World, registry: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The serial number of each person in one source: 1 to M in an order that no other source has."""
    order = np.argsort(Draw(world.seed, np.arange(1, world.total + 1)).words(f"delivery.serial.{registry}"))
    serial = np.empty(world.total, dtype=np.int64)
    serial[order] = np.arange(1, world.total + 1)
    return serial


def _write_registry(world: World, skin: Skin, people: dict[str, Any], folder: Path, progress: Progress | None) -> None:
    """All files of one registry; staged in a file that is removed again, so that memory stays bounded."""
    folder.mkdir(parents=True)
    with TemporaryDirectory(prefix="helseanalyse-") as work:
        connection = duckdb.connect(str(Path(work) / "stage.duckdb"))
        try:
            connection.execute("SET disabled_optimizers='partitioned_execution'")
            stage(skin.registry.name, connection, world, progress)
            serial = _serials(world, skin.registry.name)
            table = arrow.table(people | {"serial": arrow.numbers(serial)})
            connection.register("all_people", table)
            connection.execute(
                "CREATE TABLE people AS SELECT * EXCLUDE (serial), "
                "lpad(serial::VARCHAR, 8, '0') AS source_key FROM all_people"
            )
            for one in skin.registry.tables:
                _write_table(connection, skin, one, folder)
            _write_keys(connection, skin, folder)
        finally:
            connection.close()
    _write_note(skin, folder)
    if skin.registry.name in LATIN_1 and not skin.clean:
        for path in sorted(folder.iterdir()):
            if path.suffix in (".csv", ".dsv"):
                _recode(path)


def _write_table(connection: duckdb.DuckDBPyConnection, skin: Skin, table: Table, folder: Path) -> None:
    """The table's own files and its code files, split as `SPLITS` says."""
    patterns = names(table.delivery["files"])
    splits = SPLITS.get(table.path, {"": "true"})
    coarse = [rule for rule in skin.rules(table.path) if rule.kind is dirt.Kind.COARSE]
    for number, (label, condition) in enumerate(splits.items()):
        rows = condition.replace("{date}", f"t.{quoted(table.date)}") if table.date else condition
        if not _any(connection, table, rows):
            continue
        families = [("65" if coarse else "", False, [f"NOT {dirt.taken(rule, skin.seed, ROW)}" for rule in coarse])]
        families += [("66", True, [dirt.taken(rule, skin.seed, ROW)]) for rule in coarse]
        for family, is_coarse, more in families:
            where = " AND ".join([f"({rows})", *more])
            columns = table_columns(skin, table, coarse=is_coarse)
            _anchor(skin, table, columns)
            name = _file_name(patterns[0], "_".join(part for part in (label, family) if part))
            _copy(connection, skin, table, columns, where, folder / name, _cased(skin, number))
        for column in table.columns:
            if column.kind is Kind.CODES and not packed(column):
                _write_codes(connection, skin, table, column, rows, label, folder)


def _any(connection: duckdb.DuckDBPyConnection, table: Table, rows: str) -> bool:
    found = connection.execute(f"SELECT 1 FROM staged.{quoted(table.name)} t WHERE {rows} LIMIT 1").fetchone()
    return found is not None or rows == "true"


def _cased(skin: Skin, number: int) -> bool:
    """Whether the header of a file is in capitals: every second file of a delivery that is not clean."""
    return not skin.clean and number % 2 == 1


def _anchor(skin: Skin, table: Table, columns: Columns) -> None:
    """The birth month, from which secret dates are recovered, in the universe's main file."""
    anchor = cast("dict[str, Any] | None", skin.registry.delivery.get("anchor"))
    if anchor and table.name == skin.registry.main:
        columns.add(names(anchor["month"])[0], "p.birth_month::VARCHAR")


def _file_name(pattern: str, label: str) -> str:
    """A file name that the pattern matches, with the label in it.

    >>> _file_name("*Aktivitetsfil_*.csv", "SOM"), _file_name("20[0-9][0-9]*KUHR*.dsv", "2018")
    ('22_8877_Aktivitetsfil_SOM.csv', '2018_KUHR_uttrekk.dsv')
    >>> _file_name("Delfil*_uttrekksfil_*.csv", "2018_65"), _file_name("*_mfr*.csv", "")
    ('Delfil2018_65_uttrekksfil_2025.csv', 'p22_8877_mfr.csv')
    """
    stem, _, ending = pattern.rpartition(".")
    if stem.startswith("20[0-9][0-9]"):
        return f"{label}_{stem.removeprefix('20[0-9][0-9]').strip('*')}_uttrekk.{ending}"
    literals = stem.split("*")
    head = "" if literals[0] else ("p22_8877" if literals[1].startswith("_") else "22_8877_")
    made, waiting = head + literals[0], label
    for place, piece in enumerate(literals[1:], start=1):
        last = place == len(literals) - 1
        if place == 1 and not literals[0]:
            fill = ""
        elif made.endswith("_") or piece.startswith("_"):
            fill, waiting = waiting or str(EXTRACTED_ON.year), ""
        else:
            # Not "_": the key file of mfr must not look like a file of births, `*_mfr*.csv`.
            fill, waiting = (f"-{waiting}" if waiting else "") + ("" if last else "-"), ""
        made += fill + piece
    return f"{made}.{ending}"


def _relation(skin: Skin, table: Table) -> str:
    """The staged rows with the people that they name."""
    joins = [f"staged.{quoted(table.name)} t JOIN people p ON p.pid = t.pid"]
    for column in table.columns:
        if column.kind is Kind.PERSON:
            joins.append(
                f"people {quoted('who ' + column.name)} ON {quoted('who ' + column.name)}.pid = t.{column.name}"
            )
    return " LEFT JOIN ".join(joins)


def _copy(
    connection: duckdb.DuckDBPyConnection,
    skin: Skin,
    table: Table,
    columns: Columns,
    where: str,
    path: Path,
    capitals: bool,
) -> None:
    """One file, rows in the order in which they were drawn."""
    made = Columns({(name.upper() if capitals else name): sql for name, sql in columns.made.items()})
    select = f"SELECT {made.sql()}, {ROW} AS row_of_file FROM {_relation(skin, table)} WHERE {where}"
    for rule in skin.rules(table.path):
        if rule.kind is dirt.Kind.TWICE:
            select = f"{select} UNION ALL {select} AND {dirt.taken(rule, skin.seed, ROW)}"
    _write(connection, skin, table, f"SELECT * EXCLUDE (row_of_file) FROM ({select}) ORDER BY row_of_file", path)


def _write(connection: duckdb.DuckDBPyConnection, skin: Skin, table: Table | None, select: str, path: Path) -> None:
    delimiter = skin.form(table, "delimiter", ";") if table else str(skin.registry.delivery.get("delimiter", ";"))
    connection.execute(
        f"COPY ({select}) TO {text(str(path))} (FORMAT csv, DELIMITER {text(delimiter)}, HEADER true, NULL '')"
    )


def _write_codes(
    connection: duckdb.DuckDBPyConnection, skin: Skin, table: Table, column: Column, rows: str, label: str, folder: Path
) -> None:
    """A file with a row a code: person, row, code, and whether it is the first."""
    block = cast("dict[str, Any]", dict(column.delivery))
    key = skin.key(table)
    line = "(c.number * 32 + position)"
    code = dirty(skin, f"{table.path}.{column.name}", "c.code", line)
    columns = Columns()
    columns.add(names(key["column"])[0], key_text(str(key["key"]), "p"))
    columns.add(names(block["row"])[0], "(100000 + c.number)::VARCHAR")
    if keep := block.get("keep"):
        columns.add(names(keep["column"])[0], text(str(names(keep["values"])[0])))
    columns.add(names(block["code"])[0], code)
    if first := block.get("first"):
        columns.add(names(first["column"])[0], f"CASE WHEN position = 1 THEN {text(str(first['value']))} ELSE '0' END")
    inner = (
        f"SELECT t.pid, t.rowid AS number, unnest(t.{quoted(column.name)}) AS code, "
        f"generate_subscripts(t.{quoted(column.name)}, 1) AS position FROM staged.{quoted(table.name)} t WHERE {rows}"
    )
    select = f"SELECT {columns.sql()} FROM ({inner}) c JOIN people p ON p.pid = c.pid ORDER BY c.number, position"
    # Deliveries spell the same label in capitals in one file and small in the other.
    name = _file_name(names(block["files"])[0], label if skin.clean else label.lower())
    _write(connection, skin, table, select, folder / name)


def _write_keys(connection: duckdb.DuckDBPyConnection, skin: Skin, folder: Path) -> None:
    """The key file: the source's number and the national number of everyone whom the files may name."""
    keys = cast("dict[str, Any] | None", skin.registry.delivery.get("keys"))
    if not keys or skin.registry.delivery["person"]["key"] != "source":  # type: ignore[index]
        return
    width = 10 if skin.registry.name in _LEFT_ZERO and not skin.clean else 11
    national = f"lpad(national_id::VARCHAR, {width}, '0')" if width == 11 else "national_id::VARCHAR"
    source, identity = names(keys["source"])[0], names(keys["national_id"])[0]
    select = f"SELECT source_key AS {quoted(source)}, {national} AS {quoted(identity)} FROM people ORDER BY source_key"
    if any(rule.kind is dirt.Kind.STRANGER for table in skin.registry.tables for rule in skin.rules(table.path)):
        strangers = identity_numbers(
            np.arange(_STRANGERS, dtype=np.int32) * 97 - 12_000, np.zeros(_STRANGERS, dtype=np.int8)
        )
        connection.register("strangers", arrow.table({"national_id": arrow.numbers(strangers)}))
        select = (
            f"SELECT * FROM ({select}) UNION ALL SELECT 'S' || (row_number() OVER (ORDER BY national_id) - 1), "
            "lpad(national_id::VARCHAR, 11, '0') FROM strangers "
            "WHERE national_id NOT IN (SELECT national_id FROM people)"
        )
    _write(connection, skin, None, select, folder / _file_name(names(keys["files"])[0], ""))


def _write_note(skin: Skin, folder: Path) -> None:
    lines = [f"registry: {skin.registry.name}"]
    reference = skin.registry.delivery.get("reference_date")
    if skin.secret:
        lines.append("reference: person")
    elif reference:
        lines.append(f"reference_date: {reference}")
    lines += [f"extracted_on: {EXTRACTED_ON}", f"complete_to: {COMPLETE_TO}"]
    (folder / "delivery.yml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _recode(path: Path) -> None:
    """Rewrite a file in Latin-1, a piece at a time."""
    older = path.with_suffix(path.suffix + ".part")
    with path.open(encoding="utf-8", newline="") as given, older.open("w", encoding="latin-1", newline="") as made:
        shutil.copyfileobj(given, made, 1 << 20)
    older.replace(path)
