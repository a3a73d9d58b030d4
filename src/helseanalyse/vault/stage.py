"""One delivered table, file by file, into the work file: every value in its type, every bad row marked.

`loaded.<table>` gets a column for each column of the catalogue and, marked with a #:

    #file    which file the row came from
    #twin    hash of the whole delivered row, to find exact duplicates
    #row     hash of the delivered row number, where codes come in files of their own
    #fault   why the row is set aside (an index into `Faults`); NULL for a good row
    #raw     what was delivered, for a row set aside: catalogue columns only, person keys withheld
    #lost    values that could not be understood and became unknown, in a row that is kept
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import duckdb

from helseanalyse.catalogue.model import Column, Grain, Kind, Table
from helseanalyse.vault import convert, order
from helseanalyse.vault.database import run
from helseanalyse.vault.delivery import EARLIEST, Form, Plan, column_dates, spread, texts
from helseanalyse.vault.linkage import keymap, person_field
from helseanalyse.vault.reasons import UNREADABLE, Reason
from helseanalyse.vault.source import Source
from helseanalyse.vault.sql import Sql, commas, either, fill, literal, name

LOST = Sql('STRUCT("column" VARCHAR, reason VARCHAR, "value" VARCHAR)[]')
PERSON_FAULTS = (
    Reason.BAD_NUMBER,
    Reason.NO_KEY,
    Reason.TWO_PERSONS,
    Reason.UNKNOWN_PERSON,
)


@dataclass(slots=True)
class Faults:
    """The faults that rows of one load have, numbered as they come up: (reason, column)."""

    known: list[tuple[str, str]] = field(default_factory=list)

    def number(self, reason: str, column: str = "") -> int:
        """The number of a fault, from 1."""
        if (reason, column) not in self.known:
            self.known.append((reason, column))
        return self.known.index((reason, column)) + 1

    def named(self, number: int) -> tuple[str, str]:
        """The reason and the column of a number."""
        return self.known[number - 1]


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that reading one table needs to know."""

    plan: Plan
    table: Table
    faults: Faults
    by_row: tuple[str, ...]  # delivered columns with the row number; empty where no code file refers to it
    by_person: bool = True  # whether every code file names the person besides the row

    @property
    def form(self) -> Form:
        """How the table's files are written."""
        return self.plan.table_form(self.table)

    @property
    def keyed(self) -> bool:
        """Whether rows carry a person key; else each row is a person."""
        return self.plan.table_person(self.table).key != "row"

    @property
    def finds_twins(self) -> bool:
        """Whether exact duplicates are dropped. Two persons may well agree in everything that is delivered."""
        return self.keyed and self.table.delivery.get("duplicates", "drop") == "drop"


def inline(column: Column) -> bool:
    """Whether a codes column comes in the table's own files."""
    return column.kind is Kind.CODES and "files" not in column.delivery


def columns_read(table: Table) -> tuple[Column, ...]:
    """The columns that the table's own files hold; main codes come with their codes."""
    filled = order.mains(table)
    return tuple(
        column
        for column in table.columns
        if column.name not in filled and (column.kind is not Kind.CODES or inline(column))
    )


def create(connection: duckdb.DuckDBPyConnection, reading: Reading) -> None:
    """The empty table `loaded.<table>`."""
    columns = [
        fill("{n} {t}", n=name(column.name), t=order.TYPES[column.kind]) for column in columns_read(reading.table)
    ]
    marks = [
        Sql('"#file" USMALLINT'),
        Sql('"#twin" UBIGINT'),
        Sql('"#row" UBIGINT'),
        Sql('"#fault" UTINYINT'),
        Sql('"#raw" VARCHAR'),
        fill('"#lost" {t}', t=LOST),
    ]
    statement = fill(
        "CREATE TABLE {t} (pid INTEGER, {c})", t=name("loaded", reading.table.name), c=commas([*columns, *marks])
    )
    run(connection, statement, f"Preparing {reading.table.path}")


def read_file(connection: duckdb.DuckDBPyConnection, reading: Reading, source: Source, number: int) -> list[int]:
    """Read one file into `loaded.<table>`; the numbers of the lines that could not be taken apart."""
    judged = _judged(reading, source)
    statement = fill(
        "INSERT INTO {t} SELECT pid, {columns}, {file}, {marks} FROM ({judged})",
        t=name("loaded", reading.table.name),
        columns=commas(_final(reading, column) for column in columns_read(reading.table)),
        file=number,
        marks=commas([Sql('"#twin"'), Sql('"#row"'), Sql('"#fault"'), _raw(reading, source), _lost(reading, source)]),
        judged=judged,
    )
    run(connection, statement, f"Reading {source.name}", source.damaged)
    return source.forget_rejects(connection)


# ---------------------------------------------------------------- delivered text
def delivered(reading: Reading, source: Source, column: Column) -> Sql | None:
    """The trimmed text of a column in one file, or None where the file does not have it."""
    if column.kind is Kind.PERSON:
        return person_field(reading.plan, reading.table, source, column.source)
    if column.kind is not Kind.CODES:
        found = source.field(column.source)
        return None if found is None else convert.trimmed(found)
    if "column" in column.delivery:
        found = source.field(texts(column.delivery["column"]))
        return None if found is None else convert.trimmed(found)
    wide = [source.field([each]) for each in spread(texts(column.delivery.get("columns")))]
    if not any(each is not None for each in wide):
        return None
    return fill("[{items}]", items=commas(Sql("NULL") if each is None else each for each in wide))


def _ticked(text: Sql, column: Column) -> Sql:
    """The text, or what the catalogue says that an empty cell means: a box that was not ticked is a no, not unknown."""
    blank = column.delivery.get("blank")
    if blank is None:
        return text
    # Of a category the catalogue names the level; what is read here is delivered text, so any value of it will do.
    values = [value for level in column.levels if level.name == blank for value in (*level.source, level.name)]
    return fill("coalesce({t}, {b})", t=text, b=literal(values[0] if values else str(blank)))


def _raw_text(column: Column) -> Sql:
    return name(f"raw {column.name}")


def _text(column: Column) -> Sql:
    return name(f"text {column.name}")


def _parsed(column: Column) -> Sql:
    return name(f"parsed {column.name}")


def _value(column: Column) -> Sql:
    return name(f"value {column.name}")


def _raws(reading: Reading, source: Source) -> Sql:
    """The innermost query: delivered text under a name of its own."""
    fields = []
    person = reading.plan.table_person(reading.table)
    if reading.keyed:
        key = person_field(reading.plan, reading.table, source, person.columns)
        fields.append(fill('{k} AS "key"', k=key or Sql("CAST(NULL AS VARCHAR)")))
    for column in columns_read(reading.table):
        raw = delivered(reading, source, column)
        empty = Sql("CAST(NULL AS VARCHAR[])") if column.delivery.get("columns") else Sql("CAST(NULL AS VARCHAR)")
        fields.append(fill("{x} AS {n}", x=empty if raw is None else raw, n=_raw_text(column)))
        condition = convert.in_system(column, source.field)
        if condition is not None:
            fields.append(fill("{c} AS {n}", c=condition, n=name(f"system {column.name}")))
    every = list(source.fields.values())
    row = source.field(reading.by_row)
    fields.append(fill('{x} AS "#twin"', x=fill("hash({f})", f=commas(every)) if reading.finds_twins else Sql("NULL")))
    fields.append(fill('{x} AS "#row"', x=Sql("NULL") if row is None else row_hash(row)))
    fields.append(fill('{x} AS "#runs on"', x=_runs_on(reading, source, every)))
    return fill("SELECT {f} FROM {r}", f=commas(fields), r=source.relation)


def _texts(reading: Reading, source: Source) -> Sql:
    """The query around it: text that says nothing becomes NULL, and numbers are read, each once."""
    fields = [Sql("*")]
    decimal = source.decimal(reading.form.decimal)
    for column in columns_read(reading.table):
        raw = _raw_text(column)
        text = raw if column.kind in (Kind.CODES, Kind.PERSON) else _ticked(convert.text(raw, column.kind), column)
        fields.append(fill("{x} AS {n}", x=text, n=_text(column)))
        if _is_number(reading, source, column):
            fields.append(fill("{x} AS {n}", x=convert.parse(raw, decimal), n=_parsed(column)))
    return fill("SELECT {f} FROM ({r})", f=commas(fields), r=_raws(reading, source))


def _is_number(reading: Reading, source: Source, column: Column) -> bool:
    """Whether a column is delivered as a number."""
    if column.kind is Kind.DATE:
        return convert.counted(date_way(reading, source, column))
    return column.kind in (Kind.INT, Kind.FLOAT)


def row_hash(field: Sql) -> Sql:
    """The delivered row number in a form that two files agree on."""
    return fill("hash(upper(trim({f})))", f=field)


def _runs_on(reading: Reading, source: Source, every: Sequence[Sql]) -> Sql:
    """Whether a value holds a line break and a delimiter: a stray quotation mark then swallowed rows."""
    if not source.quotes:
        return Sql("false")
    breaks, cut = literal("\n"), literal(reading.form.delimiter)
    return either(fill("contains({f}, {n}) AND contains({f}, {d})", f=each, n=breaks, d=cut) for each in every)


# ---------------------------------------------------------------- values
def _values(reading: Reading, source: Source) -> Sql:
    """The next query: text to values, keys to persons."""
    joins, fields = [], [Sql("delivered.*")]
    if reading.keyed:
        kind = reading.plan.table_person(reading.table).key
        joins.append(fill('LEFT JOIN {m} AS who ON who.key = delivered."key"', m=keymap(kind)))
        fields += [Sql("who.pid AS pid"), Sql('who.reason AS "person reason"'), Sql('who.reference AS "reference"')]
    else:
        fields += [Sql("CAST(NULL AS INTEGER) AS pid"), Sql('NULL AS "person reason"'), Sql('NULL AS "reference"')]
    for column in columns_read(reading.table):
        if column.kind is Kind.PERSON:
            other = name(f"who {column.name}")
            kind = reading.plan.table_person(reading.table).key
            joins.append(fill("LEFT JOIN {m} AS {o} ON {o}.key = {t}", m=keymap(kind), o=other, t=_text(column)))
            fields.append(fill("{o}.pid AS {n}", o=other, n=_value(column)))
        else:
            fields.append(fill("{x} AS {n}", x=_converted(reading, source, column), n=_value(column)))
    return fill(
        "SELECT {f} FROM ({t}) AS delivered {j}", f=commas(fields), t=_texts(reading, source), j=Sql(" ".join(joins))
    )


def _converted(reading: Reading, source: Source, column: Column) -> Sql:
    """The value of a column, NULL where its text cannot be read."""
    text = _text(column)
    if count := cast("int | None", column.delivery.get("characters")):
        text = fill("left({t}, {n})", t=text, n=count)
    match column.kind:
        case Kind.BOOL:
            return convert.truth(text)
        case Kind.INT:
            return convert.whole(_parsed(column))
        case Kind.FLOAT:
            return convert.number(_parsed(column))
        case Kind.CATEGORY:
            return convert.level(text, column)
        case Kind.DATE:
            way = date_way(reading, source, column)
            return convert.day(text, _parsed(column), way, _reference(reading))
        case Kind.CODE:
            made = convert.code(text, column)
        case Kind.CODES:
            made = _codes(text, column)
        case _:
            made = text
    if convert.in_system(column, source.field) is None:
        return made
    return fill("CASE WHEN {s} THEN {m} END", s=name(f"system {column.name}"), m=made)


def date_way(reading: Reading, source: Source, column: Column) -> str:
    """The way in which a file gives a date: a Parquet file of real dates needs no way."""
    found = source.field(column.source)
    if source.parquet and found is not None and "AS DATE" in found:
        return "iso"
    return column_dates(column, reading.form.dates)


def _reference(reading: Reading) -> Sql:
    if reading.plan.per_person:
        return Sql('who."reference"')
    return literal(reading.plan.reference_date) if reading.plan.reference_date else Sql("CAST(NULL AS DATE)")


def _codes(text: Sql, column: Column) -> Sql:
    """The list of codes: the first stays first, even if it is unknown, where it is the main code."""
    separator = column.delivery.get("separator")
    items = text if separator is None else fill("string_split({t}, {s})", t=text, s=literal(str(separator)))
    one = convert.code(Sql("x"), column)
    made = fill("list_transform({i}, lambda x: {one})", i=items, one=one)
    if column.main and separator is None:
        return fill("[{m}[1]] || list_filter({m}[2:], lambda x: x IS NOT NULL)", m=made)
    return fill("list_filter({m}, lambda x: x IS NOT NULL)", m=made)


# ---------------------------------------------------------------- judgement
def _judged(reading: Reading, source: Source) -> Sql:
    """The outer query: the first fault of each row, if it has one."""
    cases = commas(
        fill("WHEN {c} THEN {n}", c=condition, n=reading.faults.number(reason, column))
        for condition, reason, column in _row_faults(reading, source)
    ).replace(", WHEN", " WHEN")
    return fill('SELECT *, CASE {c} END AS "#fault" FROM ({v})', c=Sql(cases), v=_values(reading, source))


def _row_faults(reading: Reading, source: Source) -> Iterator[tuple[Sql, str, str]]:
    """What sets a whole row aside: (condition, reason, column)."""
    yield Sql('"#runs on"'), Reason.RUNS_ON, ""
    if reading.keyed:
        yield Sql('pid IS NULL AND "key" IS NULL'), Reason.NO_PERSON, ""
        for reason in PERSON_FAULTS:
            yield fill('pid IS NULL AND "person reason" = {r}', r=literal(reason)), reason, ""
        yield Sql("pid IS NULL"), Reason.UNKNOWN_PERSON, ""
    for column in columns_read(reading.table):
        text, value = _text(column), _value(column)
        if column.kind is Kind.DATE:
            if reading.plan.per_person and date_way(reading, source, column) == "offset":
                yield fill('{t} IS NOT NULL AND "reference" IS NULL', t=text), Reason.NO_REFERENCE, column.name
            yield fill("{t} IS NOT NULL AND {v} IS NULL", t=text, v=value), Reason.DATE, column.name
            yield _impossible(reading, column), Reason.DATE_RANGE, column.name
        if column.required or column.name in (reading.table.date, reading.table.start):
            for condition, reason in _misread(column):
                yield condition, reason, column.name
            yield fill("{v} IS NULL", v=value), Reason.MISSING, column.name
    table = reading.table
    if table.grain is Grain.PERIOD and table.start and table.stop:
        start, stop = name(f"value {table.start}"), name(f"value {table.stop}")
        yield fill("{stop} <= {start}", start=start, stop=stop), Reason.PERIOD, table.stop


def _impossible(reading: Reading, column: Column) -> Sql:
    """Dates before all registries, or after the delivery was made; a period may be planned to end later."""
    value = _value(column)
    early = fill("{v} < {e}", v=value, e=literal(EARLIEST))
    if column.name == reading.table.stop:
        return early
    slack = 31 if reading.plan.per_person else 0  # such a date is right to within half a month
    return fill("({e}) OR {v} > {latest} + {slack}", e=early, v=value, latest=literal(reading.plan.latest), slack=slack)


def _misread(column: Column) -> Iterator[tuple[Sql, Reason]]:
    """What makes one value of a column unknown: (condition, reason)."""
    text, value = _text(column), _value(column)
    if reason := UNREADABLE.get(str(column.kind)):
        yield fill("{t} IS NOT NULL AND {v} IS NULL", t=text, v=value), reason
    if column.kind is Kind.PERSON:
        yield fill("{t} IS NOT NULL AND {v} IS NULL", t=text, v=value), Reason.UNKNOWN_PERSON
    bounds = _outside(column)
    if bounds is not None:
        yield bounds, Reason.NUMBER_RANGE


def _outside(column: Column) -> Sql | None:
    bounds = []
    if column.least is not None:
        bounds.append(fill("{v} < {b}", v=_value(column), b=literal(column.least)))
    if column.most is not None:
        bounds.append(fill("{v} > {b}", v=_value(column), b=literal(column.most)))
    return either(bounds) if bounds else None


def _final(reading: Reading, column: Column) -> Sql:
    """The value that is kept: out of bounds is unknown, and a period without an end has none."""
    value = _value(column)
    if (bounds := _outside(column)) is not None:
        return fill("CASE WHEN {b} THEN NULL ELSE {v} END", b=bounds, v=value)
    if column.kind is Kind.DATE and column.name == reading.table.stop:
        return fill("CASE WHEN {v} >= {end} THEN NULL ELSE {v} END", v=value, end=literal(convert.OPEN_END))
    if column.kind is Kind.CODES:
        return fill("coalesce({v}, [])", v=value)
    return value


def _raw(reading: Reading, source: Source) -> Sql:
    """What was delivered, for a row set aside. Person keys are withheld: the file and the rest find the row again."""
    shown = [
        fill("{n} := {t}", n=name(column.name), t=_text(column))
        for column in columns_read(reading.table)
        if column.kind is not Kind.PERSON and delivered(reading, source, column) is not None
    ]
    if not shown:
        return Sql("NULL")
    return fill('CASE WHEN "#fault" IS NOT NULL THEN CAST(to_json(struct_pack({s})) AS VARCHAR) END', s=commas(shown))


def _lost(reading: Reading, source: Source) -> Sql:
    """Values that become unknown in a row that is kept, each with its reason; a person key is never shown."""
    items, conditions = [], []
    for column in columns_read(reading.table):
        for condition, reason in _misread(column) if not column.required else ():
            shown: Any = Sql("NULL") if column.kind is Kind.PERSON else _text(column)
            conditions.append(condition)
            items.append(
                fill(
                    'CASE WHEN {c} THEN struct_pack("column" := {n}, reason := {r}, "value" := '
                    "CAST({v} AS VARCHAR)) END",
                    c=condition,
                    n=literal(column.name),
                    r=literal(reason),
                    v=shown,
                )
            )
    if not items:
        return Sql("NULL")
    return fill(
        'CASE WHEN "#fault" IS NULL AND ({c}) THEN list_filter([{i}], lambda x: x IS NOT NULL) END',
        c=either(conditions),
        i=commas(items),
    )
