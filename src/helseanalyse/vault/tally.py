"""What became of every delivered row, and what the loaded registry looks like: the content of the load report.

For every table and code file: read = kept + duplicates + left out + set aside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb

from helseanalyse.catalogue.model import Kind
from helseanalyse.vault import codefile, order
from helseanalyse.vault.database import run, value
from helseanalyse.vault.reasons import DUPLICATE, LEFT_OUT, Reason
from helseanalyse.vault.sql import Sql, commas, fill, literal, name
from helseanalyse.vault.stage import Faults, Reading, columns_read, inline

HOPELESS = 0.9  # of a column's values: with more than this not understood, its catalogue entry is wrong
HOPELESS_FROM = 20  # values; with fewer, chance could do it


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """The rows of one table, or of the code files of one column: counts of rows.

    set_aside: by "reason" or "reason: column". lost: values that became unknown in rows that are
    kept, by "column: reason". hopeless: columns of which next to nothing was understood.
    """

    name: str  # episode, or episode.any_procedure
    read: int
    kept: int
    duplicates: int
    left_out: int
    set_aside: Mapping[str, int]
    lost: Mapping[str, int] = field(default_factory=dict)
    hopeless: Mapping[str, int] = field(default_factory=dict)  # lost values, by such a column
    delivered: bool = True

    @property
    def aside(self) -> int:
        """All rows set aside."""
        return sum(self.set_aside.values())

    @property
    def share(self) -> float:
        """The share of the rows that was set aside; those left out or delivered twice are no fault."""
        return self.aside / self.read if self.read else 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class FileFacts:
    """One delivered file."""

    name: str
    table: str
    size: int  # bytes
    encoding: str  # "" for Parquet
    unused: tuple[str, ...] = ()  # delivered columns that the catalogue does not name
    absent: tuple[str, ...] = ()  # columns of the catalogue that the file does not have
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnFacts:
    """One column as loaded: rows with a value, and for codes how many of them the code list knows."""

    table: str
    column: str
    rows: int
    filled: int
    coded: int = 0
    listed: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadReport:
    """What a load did. changed is False where the same delivery was loaded before: then nothing was done."""

    registry: str
    version: int
    changed: bool
    units: tuple[Unit, ...] = ()
    files: tuple[FileFacts, ...] = ()
    columns: tuple[ColumnFacts, ...] = ()
    years: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    conflicts: Mapping[str, int] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()  # files that nothing in the catalogue asks for
    precision: str = ""
    quarantine_share: float = 0.0
    universe: str = ""
    complete_to: str = ""
    seconds: float = 0.0
    page: Path | None = None  # the report as HTML

    @property
    def name(self) -> str:
        """`npr@3`."""
        return f"{self.registry}@{self.version}"

    @property
    def read(self) -> int:
        """Rows delivered."""
        return sum(unit.read for unit in self.units)

    @property
    def kept(self) -> int:
        """Rows loaded."""
        return sum(unit.kept for unit in self.units)

    def reasons(self) -> dict[str, int]:
        """Rows set aside in the whole load, by reason."""
        found: dict[str, int] = {}
        for unit in self.units:
            for reason, count in unit.set_aside.items():
                plain = reason.partition(": ")[0]
                found[plain] = found.get(plain, 0) + count
        return dict(sorted(found.items()))

    def to_json(self) -> dict[str, Any]:
        """As plain values for the manifest."""
        plain = asdict(self)
        del plain["page"]
        return plain | {"years": {table: {str(y): n for y, n in years.items()} for table, years in self.years.items()}}


def _words(reason: str, column: str) -> str:
    return f"{reason}: {column}" if column else str(reason)


def tally_table(connection: duckdb.DuckDBPyConnection, reading: Reading, cut_lines: int, *, delivered: bool) -> Unit:
    """The account of a table's own files. cut_lines: lines that could not be taken apart."""
    loaded = name("loaded", reading.table.name)
    lost = run(
        connection,
        fill(
            'SELECT l."column", l.reason, count(*) FROM (SELECT unnest("#lost") AS l FROM {t} WHERE "#fault" IS NULL '
            'AND "#lost" IS NOT NULL) GROUP BY ALL ORDER BY ALL',
            t=loaded,
        ),
        f"Counting {reading.table.path}",
    )
    total: dict[str, int] = {}
    for column, _, count in lost:
        total[column] = total.get(column, 0) + count
    hopeless = {}
    for column, count in total.items():
        listed = reading.table.column(column).kind is Kind.CODES
        understood = fill("sum(len({c}))" if listed else "count({c})", c=name(column))
        statement = fill('SELECT coalesce({u}, 0) FROM {t} WHERE "#fault" IS NULL', u=understood, t=loaded)
        kept = value(connection, statement, f"Counting {reading.table.path}")
        if count >= HOPELESS_FROM and count > HOPELESS * (count + kept):
            hopeless[column] = count
    unit = _unit(connection, reading.faults, reading.table.name, loaded, cut_lines, delivered)
    return replace(unit, lost={f"{c}: {reason}": count for c, reason, count in lost}, hopeless=hopeless)


def tally_codes(
    connection: duckdb.DuckDBPyConnection, reading: Reading, column: str, cut_lines: int, *, delivered: bool
) -> Unit:
    """The account of the code files of one column."""
    table = codefile.loaded_name(reading, reading.table.column(column))
    return _unit(connection, reading.faults, f"{reading.table.name}.{column}", table, cut_lines, delivered)


def _unit(
    connection: duckdb.DuckDBPyConnection,
    faults: Faults,
    named: str,
    table: Sql,
    cut_lines: int,
    delivered: bool,
) -> Unit:
    counts = run(
        connection, fill('SELECT "#fault", count(*) FROM {t} GROUP BY 1 ORDER BY 1', t=table), f"Counting {named}"
    )
    kept = duplicates = left_out = 0
    aside: dict[str, int] = {str(Reason.COLUMNS): cut_lines} if cut_lines else {}
    for fault, count in counts:
        if fault is None:
            kept = count
            continue
        reason, column = faults.named(fault)
        if reason == DUPLICATE:
            duplicates += count
        elif reason == LEFT_OUT:
            left_out += count
        else:
            aside[_words(reason, column)] = count
    return Unit(
        name=named,
        read=kept + duplicates + left_out + sum(aside.values()),
        kept=kept,
        duplicates=duplicates,
        left_out=left_out,
        set_aside=dict(sorted(aside.items())),
        delivered=delivered,
    )


def write_quarantine(
    connection: duckdb.DuckDBPyConnection,
    readings: Sequence[Reading],
    files: Sequence[str],
    cut_lines: Sequence[tuple[str, str, int]],
    target: Path,
) -> None:
    """Every row and value set aside, as Parquet: table, file, line, reason, column, pid, what was delivered.

    scope is `row` or `value` (the row itself was kept). Person keys are not in it. cut_lines:
    (table, file, line) of lines that could not be taken apart; what they hold is not kept, because
    nobody can say which part of it is the person key.
    """
    run(
        connection,
        Sql(
            'CREATE TEMP TABLE quarantine ("table" VARCHAR, file VARCHAR, line BIGINT, scope VARCHAR, reason VARCHAR, '
            '"column" VARCHAR, pid INTEGER, delivered VARCHAR)'
        ),
        "Writing the quarantine",
    )
    listed = commas(map(literal, files)) if files else literal("")
    for reading in readings:
        _collect_aside(connection, reading, listed)
    for table, file, line in cut_lines:
        run(
            connection,
            fill(
                "INSERT INTO quarantine VALUES ({t}, {f}, {l}, 'row', {r}, NULL, NULL, NULL)",
                t=literal(table),
                f=literal(file),
                l=line,
                r=literal(Reason.COLUMNS),
            ),
            "Writing the quarantine",
        )
    run(
        connection,
        fill("COPY (FROM quarantine ORDER BY ALL) TO {p} (FORMAT parquet, COMPRESSION zstd)", p=literal(target)),
        "Writing the quarantine",
    )
    run(connection, Sql("DROP TABLE quarantine"), "Writing the quarantine")


def _collect_aside(connection: duckdb.DuckDBPyConnection, reading: Reading, files: Sql) -> None:
    table = reading.table
    kept = commas(
        fill("{n} := {n}", n=name(column.name)) for column in columns_read(table) if column.kind is not Kind.PERSON
    )
    sources = [(table.name, name("loaded", table.name), fill("CAST(to_json(struct_pack({k})) AS VARCHAR)", k=kept))]
    for column in order.codes_columns(table):
        if not inline(column):
            shown = Sql("CAST(to_json(struct_pack(code := code)) AS VARCHAR)")
            sources.append((f"{table.name}.{column.name}", codefile.loaded_name(reading, column), shown))
    for named, loaded, shown in sources:
        for at, (reason, column_name) in enumerate(reading.faults.known):
            if reason in (DUPLICATE, LEFT_OUT):
                continue
            run(
                connection,
                fill(
                    "INSERT INTO quarantine SELECT {u}, [{files}][\"#file\" + 1], NULL, 'row', {r}, {c}, pid, "
                    'coalesce("#raw", {shown}) FROM {t} WHERE "#fault" = {n}',
                    u=literal(named),
                    files=files,
                    r=literal(reason),
                    c=literal(column_name or None),
                    shown=shown,
                    t=loaded,
                    n=at + 1,
                ),
                "Writing the quarantine",
            )
    run(
        connection,
        fill(
            'INSERT INTO quarantine SELECT {u}, file, NULL, \'value\', l.reason, l."column", pid, l."value" FROM ('
            'SELECT [{files}]["#file" + 1] AS file, pid, unnest("#lost") AS l FROM {t} WHERE "#fault" IS NULL '
            'AND "#lost" IS NOT NULL)',
            u=literal(table.name),
            files=files,
            t=name("loaded", table.name),
        ),
        "Writing the quarantine",
    )
