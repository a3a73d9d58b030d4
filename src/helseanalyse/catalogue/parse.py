"""A registry from the text of its catalogue file, checked whole: all mistakes come in one error."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from helseanalyse.catalogue import check, delivery
from helseanalyse.catalogue.check import Node, Problems
from helseanalyse.catalogue.model import CatalogueError, Column, Grain, Kind, Registry, Table
from helseanalyse.catalogue.nearest import did_you_mean
from helseanalyse.catalogue.parse_column import parse_column, span
from helseanalyse.catalogue.yaml_file import read_yaml

REGISTRY_KEYS = (
    "registry", "label", "description", "custodian", "source", "public", "universe", "since", "until",
    "main", "also", "delivery", "tables",
)  # fmt: skip
TABLE_KEYS = ("grain", "label", "date", "start", "stop", "order", "overlaps", "delivery", "columns")


def parse_registry(text: str, where: str) -> Registry:
    """The registry that a catalogue file describes; `where` names the file in messages.

    Raises CatalogueError with every mistake of the file at once: unknown keys, missing labels, a
    date column that does not exist, two columns of one name, an unknown code system, and so on.

    >>> parse_registry("{registry: x, main: y, label: {nb: X, en: X}, custodain: Z}", "x.yml")
    Traceback (most recent call last):
    ...
    helseanalyse.catalogue.model.CatalogueError: x.yml has 6 mistakes; correct them and read the file again:
    - x: the key `custodain` is not known. Did you mean custodian?
    - x: `description` is missing; write description: {nb: ..., en: ...}
    - x: `custodian` is missing
    - x: `source` is missing
    - x: `delivery` is missing; it says at least person: {column: [lopenr], key: source}
    - x: `tables` is missing: a registry has at least one table
    """
    node = read_yaml(text, where)
    if not isinstance(node, dict):
        raise CatalogueError(f"{where} holds {check.shape(node)}, not a registry; begin with `registry: NAME`.")
    problems = Problems(where)
    registry = _registry(check.mapping(node, where, problems), text, problems)
    problems.stop_if_any()
    return registry


def _registry(node: Node, text: str, problems: Problems) -> Registry:
    name = check.text(node, "registry", "the file", problems)
    if name:
        check.name_is_good(name, name, problems)
    check.known_keys(node, REGISTRY_KEYS, name, problems)
    label = check.label(node, name, problems)
    description = check.label(node, name, problems, key="description")
    custodian = check.text(node, "custodian", name, problems)
    source = check.text(node, "source", name, problems)
    if node.get("delivery") is None:
        problems.add(name, "`delivery` is missing; it says at least person: {column: [lopenr], key: source}")
        block: Mapping[str, object] = MappingProxyType({})
    else:
        block = delivery.of_registry(node, f"{name}.delivery", problems)
    since, until = span(node, name, problems)
    tables = _tables(node, name, problems)
    main = _main(node, name, tables, problems)
    universe = check.flag(node, "universe", name, problems)
    _universe(universe, name, main, tables, block, problems)
    return Registry(
        name=name,
        label=label,
        custodian=custodian,
        description=description,
        main=main,
        tables=tables,
        public=check.flag(node, "public", name, problems),
        universe=universe,
        since=since,
        until=until,
        source=source,
        also=_also(node, name, tables, problems),
        delivery=block,
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )


def _main(node: Node, name: str, tables: Iterable[Table], problems: Problems) -> str:
    main = check.text(node, "main", name, problems)
    names = [table.name for table in tables]
    if main and names and main not in names:
        problems.add(name, f"`main: {main}` is no table of this registry.{_hint(main, names)}")
    return main


def _universe(
    universe: bool,
    name: str,
    main: str,
    tables: Iterable[Table],
    block: Mapping[str, object],
    problems: Problems,
) -> None:
    """The universe has a row a person; without a person key nothing else can be."""
    grains = {table.name: table.grain for table in tables}
    if universe and main in grains and grains[main] is not Grain.PERSON:
        problems.add(name, f"`universe: true` needs `grain: person` for its main table `{main}`")
    person = block.get("person")
    if isinstance(person, Mapping) and person.get("key") == "row":
        if not universe:
            problems.add(name, "`key: row` makes each row a person, so it is only for `universe: true`")
        elif len(grains) > 1:
            problems.add(name, "`key: row` cannot tell whose the rows of a second table are; keep one")


def _also(node: Node, name: str, tables: Iterable[Table], problems: Problems) -> Mapping[str, str]:
    """Shortcuts from the registry's name to columns outside its main table."""
    columns = {f"{table.name}.{column.name}" for table in tables for column in table.columns}
    main = check.text(node, "main", name, Problems(""))
    shortcuts = {}
    for short, target in check.mapping(node.get("also") or {}, f"{name}.also", problems).items():
        path = f"{name}.also.{short}"
        check.name_is_good(short, path, problems)
        if f"{main}.{short}" in columns:
            problems.add(path, f"`{short}` is already a column of the main table; choose another name")
        if not isinstance(target, str) or target not in columns:
            hint = _hint(str(target), sorted(columns))
            problems.add(path, f"`{target}` is no column of this registry.{hint}")
        else:
            shortcuts[short] = target
    return MappingProxyType(shortcuts)


def _tables(node: Node, registry: str, problems: Problems) -> tuple[Table, ...]:
    if not node.get("tables"):
        problems.add(registry, "`tables` is missing: a registry has at least one table")
        return ()
    nodes = check.mapping(node["tables"], f"{registry}.tables", problems)
    return tuple(_table(registry, name, value, problems) for name, value in nodes.items())


def _table(registry: str, name: str, value: object, problems: Problems) -> Table:
    path = f"{registry}.{name}"
    node = check.mapping(value, path, problems)
    check.name_is_good(name, path, problems)
    check.known_keys(node, TABLE_KEYS, path, problems)
    grain = check.choice(node, "grain", Grain, path, problems) or Grain.EVENT
    if not node.get("columns"):
        problems.add(path, "`columns` is missing: a table has at least one column")
    columns = tuple(
        parse_column(key, inner, f"{path}.{key}", problems)
        for key, inner in check.mapping(node.get("columns") or {}, f"{path}.columns", problems).items()
    )
    mains = {column.main for column in columns}
    columns = tuple(
        replace(column, source=()) if column.name in mains and not _has_source(node, column) else column
        for column in columns
    )
    table = Table(
        registry=registry,
        name=name,
        grain=grain,
        label=check.label(node, path, problems),
        columns=columns,
        date=check.optional_text(node, "date", path, problems),
        start=check.optional_text(node, "start", path, problems),
        stop=check.optional_text(node, "stop", path, problems),
        order=check.optional_text(node, "order", path, problems),
        overlaps=check.flag(node, "overlaps", path, problems),
        delivery=delivery.of_table(node, f"{path}.delivery", problems),
    )
    if "grain" in node:
        _dates(table, problems)
    _codes(table, problems)
    return table


def _has_source(node: Node, column: Column) -> bool:
    """Whether the file gives source names; a main code without them is filled from its `codes` column."""
    columns = node.get("columns")
    inner = columns.get(column.name) if isinstance(columns, dict) else None
    return isinstance(inner, dict) and "source" in inner


def _dates(table: Table, problems: Problems) -> None:
    """The columns that place a row in time fit the grain, exist, and are dates."""
    needed = {Grain.PERSON: (), Grain.EVENT: ("date",), Grain.PERIOD: ("start", "stop")}[table.grain]
    allowed = (*needed, "date") if table.grain is Grain.PERSON else needed
    named = {"date": table.date, "start": table.start, "stop": table.stop}
    dates = [column.name for column in table.columns if column.kind is Kind.DATE]
    for key, column in named.items():
        if column is None and key in needed:
            problems.add(table.path, f"`{key}` is missing: grain {table.grain} names its {key} column")
        elif column is not None and key not in allowed:
            problems.add(table.path, f"`{key}` does not fit grain {table.grain}")
        elif column is not None and column not in dates:
            what = "is not of kind date" if table.has(column) else "is no column of this table"
            problems.add(table.path, f"`{key}: {column}` {what}.{_hint(column, dates)}")
    if table.start is not None and table.start == table.stop:
        problems.add(table.path, f"`start` and `stop` are both `{table.start}`")
    if table.overlaps and table.grain is not Grain.PERIOD:
        problems.add(table.path, "`overlaps` is only for tables of grain period")


def _codes(table: Table, problems: Problems) -> None:
    """The code column of the order, and the main code of each `codes` column, exist and fit."""
    codes = {column.name: column for column in table.columns if column.kind is Kind.CODE}
    if table.order is not None and table.order not in codes:
        problems.add(table.path, f"`order: {table.order}` is no code column.{_hint(table.order, codes)}")
    taken: dict[str, Column] = {}
    for column in table.columns:
        if column.main is None:
            continue
        path = f"{table.path}.{column.name}"
        target = codes.get(column.main)
        if target is None:
            hint = _hint(column.main, codes)
            problems.add(path, f"`main: {column.main}` is no code column of the table.{hint}")
        elif target.system != column.system:
            problems.add(path, f"`main: {column.main}` is {target.system}, this column {column.system}")
        elif column.main in taken:
            problems.add(path, f"`{column.main}` is already the main code of `{taken[column.main].name}`")
        else:
            taken[column.main] = column


def _hint(word: str, known: Iterable[str]) -> str:
    names = tuple(known)
    return did_you_mean(word, names) or (f" There are: {', '.join(names)}." if names else "")
