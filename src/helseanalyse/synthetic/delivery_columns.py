"""Delivered columns of a table: for each one its name and the SQL of its text, as the delivery blocks say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from helseanalyse.catalogue.model import Column, Kind, Registry, Table
from helseanalyse.synthetic import dirt

ROW = "t.rowid"  # the number of a staged row: the order in which it was drawn


@dataclass(frozen=True, kw_only=True, slots=True)
class Skin:
    """How one registry is delivered: clean or not, and whether dates count from a secret day a person."""

    registry: Registry
    clean: bool
    seed: int
    secret: bool

    def form(self, table: Table, what: str, default: str) -> str:
        """A part of the form of the table's files: delimiter, decimal, dates."""
        return str(table.delivery.get(what, self.registry.delivery.get(what, default)))

    def key(self, table: Table) -> Mapping[str, Any]:
        """The block that says which column holds the person, and what it holds."""
        return cast("Mapping[str, Any]", table.delivery.get("person", self.registry.delivery["person"]))

    def rules(self, where: str) -> tuple[dirt.Rule, ...]:
        """The dirt of a table or column."""
        return dirt.rules_for(where, self.clean)


def names(value: object) -> tuple[str, ...]:
    """A name or a list of names as a tuple.

    >>> names("a"), names(["a", "b"]), names(None)
    (('a',), ('a', 'b'), ())
    """
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(str(item) for item in cast("list[object]", value))


def quoted(name: str) -> str:
    """A quoted SQL name.

    >>> quoted('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A quoted SQL text.

    >>> text("it's")
    "'it''s'"
    """
    return "'" + value.replace("'", "''") + "'"


def key_text(kind: str, person: str) -> str:
    """SQL for a person's key: the national number of eleven digits, or the number of the source."""
    return f"lpad({person}.national_id::VARCHAR, 11, '0')" if kind == "national_id" else f"{person}.source_key"


def day_text(skin: Skin, table: Table, column: Column, day: str) -> str:
    """SQL for a date in the way that it is delivered."""
    way = str(column.delivery.get("dates", skin.form(table, "dates", "iso")))
    reference = "p.secret" if skin.secret else f"DATE {text(str(skin.registry.delivery.get('reference_date')))}"
    return {
        "iso": f"strftime({day}, '%Y-%m-%d')",
        "dmy": f"strftime({day}, '%d.%m.%Y')",
        "offset": f"({day} - {reference})::VARCHAR",
        "year_month": f"strftime({day}, '%Y%m')",
        "year": f"year({day})::VARCHAR",
        "decimal_year": f"replace(round(1970 + ({day} - DATE '1970-01-01') / 365.25, 5)::VARCHAR, '.', ',')",
    }[way]


def _level_text(column: Column, value: str) -> str:
    listed = " ".join(
        f"WHEN {text(level.name)} THEN {text(level.source[0] if level.source else level.name)}"
        for level in column.levels
    )
    return f"CASE {value} {listed} END"


def _truth_text(column: Column, value: str) -> str:
    yes, no = names(column.delivery.get("yes")) or ("1",), names(column.delivery.get("no")) or ("0",)
    return f"CASE WHEN {value} THEN {text(yes[0])} WHEN NOT {value} THEN {text(no[0])} END"


def value_text(skin: Skin, table: Table, column: Column) -> str:
    """SQL for the delivered text of a column with one value a row, before any dirt."""
    value = f"t.{quoted(column.name)}"
    match column.kind:
        case Kind.DATE:
            made = day_text(skin, table, column, value)
        case Kind.CATEGORY:
            made = _level_text(column, value)
        case Kind.BOOL:
            made = _truth_text(column, value)
        case Kind.FLOAT:
            decimal = skin.form(table, "decimal", ",")
            made = f"replace({value}::VARCHAR, '.', {text(decimal)})"
        case Kind.PERSON:
            made = key_text(str(skin.key(table)["key"]), quoted(f"who {column.name}"))
        case _:
            made = f"{value}::VARCHAR"
    if blank := column.delivery.get("blank"):
        made = f"nullif({made}, {text(_blank_text(column, str(blank)))})"
    if characters := column.delivery.get("characters"):
        made = f"rpad({made}, {int(cast('int', characters)) + 5}, '0')"
    return made


def _blank_text(column: Column, blank: str) -> str:
    """The delivered text of the value that an empty cell stands for."""
    for level in column.levels:
        if level.name == blank and level.source:
            return level.source[0]
    return blank


def dirty(skin: Skin, where: str, made: str, row: str = ROW) -> str:
    """The text with the dirt of its column."""
    for rule in skin.rules(where):
        hit = dirt.taken(rule, skin.seed, row)
        if rule.kind is dirt.Kind.BLANK:
            made = f"CASE WHEN {hit} THEN NULL ELSE {made} END"
        elif rule.kind is dirt.Kind.REPLACE:
            made = f"CASE WHEN {hit} THEN {dirt.choice(rule, row)} ELSE {made} END"
        elif rule.kind is dirt.Kind.SUFFIX:
            made = f"CASE WHEN {hit} THEN {made} || {dirt.choice(rule, row)} ELSE {made} END"
    return made


def dirty_day(skin: Skin, table: Table, column: Column) -> str:
    """The text of a date with the dirt of its column, which is a matter of days."""
    made = dirty(skin, f"{table.path}.{column.name}", value_text(skin, table, column))
    value = f"t.{quoted(column.name)}"
    for rule in skin.rules(f"{table.path}.{column.name}"):
        shifted = {
            dirt.Kind.LONG_AGO: f"({value} - 200 * 365)",
            dirt.Kind.AHEAD: f"({value} + 60 * 365)",
            dirt.Kind.AFTER_DEATH: "(p.died_on + 40)",
        }.get(rule.kind)
        if shifted:
            hit = dirt.taken(rule, skin.seed, ROW)
            if rule.kind is dirt.Kind.AFTER_DEATH:
                hit = f"({hit} AND p.died_on < DATE '2024-10-01')"
            made = f"CASE WHEN {hit} THEN {day_text(skin, table, column, shifted)} ELSE {made} END"
    return made


def person_text(skin: Skin, table: Table) -> str:
    """SQL for the person's key in a row, with the dirt of the table."""
    kind = str(skin.key(table)["key"])
    made = key_text(kind, "p")
    for rule in skin.rules(table.path):
        wrong = {
            dirt.Kind.NO_KEY: f"lpad((80000000000 + {ROW})::VARCHAR, 11, '0')"
            if kind == "national_id"
            else f"'U' || {ROW}",
            dirt.Kind.STRANGER: f"'S' || ({ROW} % 50)",
            dirt.Kind.NO_PERSON: "NULL",
        }.get(rule.kind)
        if wrong:
            made = f"CASE WHEN {dirt.taken(rule, skin.seed, ROW)} THEN {wrong} ELSE {made} END"
    return made


@dataclass(slots=True)
class Columns:
    """The columns of a delivered file: name to SQL, in order; a name that comes again is not repeated."""

    made: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, sql: str) -> None:
        """One more column."""
        self.made.setdefault(name, sql)

    def sql(self) -> str:
        """The list for a SELECT."""
        return ", ".join(f"{sql} AS {quoted(name)}" for name, sql in self.made.items())


def packed(column: Column) -> bool:
    """Whether the codes of a column come in the table's own files."""
    return column.kind is Kind.CODES and "files" not in column.delivery


def codes_columns(skin: Skin, table: Table, column: Column, columns: Columns) -> None:
    """The column, or the columns, that hold many codes of a row, and the system of the codes."""
    value = f"t.{quoted(column.name)}"
    block = column.delivery
    if wide := names(block.get("columns")):
        for place, name in enumerate(spread(wide)):
            columns.add(name, f"{value}[{place + 1}]")
        return
    first = f"{value}[1]"
    where = f"{table.path}.{column.name}"
    suffixed = [rule for rule in skin.rules(where) if rule.kind is dirt.Kind.SUFFIX]
    joined = f"array_to_string({value}, {text(str(block['separator']))})"
    system = cast("Mapping[str, Any] | None", block.get("system"))
    for rule in suffixed:
        hit = dirt.taken(rule, skin.seed, ROW)
        finer = f"list_transform({value}, lambda x: x || {dirt.choice(rule, ROW)})"
        joined = f"CASE WHEN {hit} THEN array_to_string({finer}, {text(str(block['separator']))}) ELSE {joined} END"
    columns.add(names(block["column"])[0], joined)
    if system:
        values = names(system.get("values")) or (str(column.system),)
        told = f"CASE WHEN {first} IS NOT NULL THEN {text(values[0])} END"
        for rule in suffixed:
            hit = dirt.taken(rule, skin.seed, ROW)
            told = f"CASE WHEN {first} IS NOT NULL AND {hit} THEN {text(values[-1])} ELSE {told} END"
        columns.add(names(system["column"])[0], told)


def spread(listed: tuple[str, ...]) -> list[str]:
    """Column names with each run written out.

    >>> spread(("hdiag", "bdiag{1..3}"))
    ['hdiag', 'bdiag1', 'bdiag2', 'bdiag3']
    """
    result = []
    for name in listed:
        head, run, tail = name.partition("{")
        if not run:
            result.append(name)
            continue
        bounds, _, rest = tail.partition("}")
        low, high = (int(bound) for bound in bounds.split(".."))
        result += [f"{head}{number}{rest}" for number in range(low, high + 1)]
    return result


def table_columns(skin: Skin, table: Table, *, coarse: bool = False) -> Columns:
    """The columns of the table's own files. coarse: with codes of the order column at their level above."""
    columns = Columns()
    key = skin.key(table)
    if key["key"] != "row":
        columns.add(names(key["column"])[0], person_text(skin, table))
    if row := names(table.delivery.get("row")):
        columns.add(row[0], f"(100000 + {ROW})::VARCHAR")
    filled = {column.main for column in table.columns if column.kind is Kind.CODES}
    # Two columns may be read from one delivered column: the one with levels says more.
    told = {c.source[0] for c in table.columns if c.kind is Kind.CATEGORY and c.source}
    for column in table.columns:
        if column.name in filled or (column.kind is Kind.CODES and not packed(column)):
            continue
        if column.kind is Kind.BOOL and column.source and column.source[0] in told:
            continue
        _add(skin, table, column, columns, coarse=coarse)
    return columns


def _add(skin: Skin, table: Table, column: Column, columns: Columns, *, coarse: bool) -> None:
    if column.kind is Kind.CODES:
        codes_columns(skin, table, column, columns)
        return
    if column.kind is Kind.DATE:
        made = dirty_day(skin, table, column)
    else:
        made = dirty(skin, f"{table.path}.{column.name}", value_text(skin, table, column))
    name = column.source[0]
    if coarse and column.name == table.order:
        columns.add(column.source[1], f"left({made}, 5)")
        return
    if coarse and column.kind is Kind.TEXT:
        return
    columns.add(name, made)
    system = cast("Mapping[str, Any] | None", column.delivery.get("system"))
    if system and column.kind is Kind.CODE:
        values = names(system.get("values")) or (str(column.system),)
        missing = "CASE WHEN t.rowid % 5 = 0 THEN 'T_UKJENT' END" if not skin.clean else "NULL"
        columns.add(
            names(system["column"])[0],
            f"CASE WHEN t.{quoted(column.name)} IS NOT NULL THEN {text(values[0])} ELSE {missing} END",
        )
