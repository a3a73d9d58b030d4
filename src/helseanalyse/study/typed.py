"""The typed classes of a catalogue's registries, as Python text: what `helseanalyse.registries` is made of.

One module a registry, one class a table, one property a column with its labels, unit and coverage, so that an editor
completes `npr.main_diagnosis`, type checkers catch a misspelt one, and `where()` keeps the class.
"""

from __future__ import annotations

import textwrap

from helseanalyse.catalogue.model import Catalogue, Column, Grain, Kind, Registry, Table
from helseanalyse.study.language.population import PopulationQuestions
from helseanalyse.study.language.rows import EventRows, PersonRows
from helseanalyse.study.language.spells import PeriodRows
from helseanalyse.study.universe import RESIDENCE

WIDTH = 112  # of wrapped text
LONGEST_LINE = 120
HEAD = "from __future__ import annotations"
LANGUAGE = "helseanalyse.study.language"
CLASS_OF = {
    Kind.BOOL: ("Truth", "bool"),
    Kind.INT: ("Number", "int"),
    Kind.FLOAT: ("Number", "float"),
    Kind.DATE: ("Date", "date"),
    Kind.TEXT: ("Text", "text"),
    Kind.CODE: ("Code", "code"),
    Kind.CODES: ("CodeSet", "codes"),
    Kind.CATEGORY: ("Category", "category"),
    Kind.PERSON: ("Relative", "person"),
}
HOME_OF = {
    "Truth": "values", "Number": "values", "Text": "values", "Category": "values", "Relative": "values",
    "Date": "dates", "Code": "code_values", "CodeSet": "code_values",
}  # fmt: skip
ROWS_OF = {Grain.PERSON: "PersonRows", Grain.EVENT: "EventRows", Grain.PERIOD: "PeriodRows"}
HOME_OF_ROWS = {"PersonRows": "rows", "EventRows": "rows", "PeriodRows": "spells"}


def modules(catalogue: Catalogue) -> dict[str, str]:
    """File names and texts of the package: `__init__.py` and one module a registry."""
    files = {f"{module_of(registry)}.py": module(registry) for registry in catalogue.registries}
    files["__init__.py"] = _package(catalogue)
    return files


def module_of(registry: Registry) -> str:
    """The name of a registry's module: not the registry's own, which is the object."""
    return f"of_{registry.name}"


def taken_names() -> frozenset[str]:
    """The names that rows use themselves; a column or table of that name could not be reached."""
    kinds = (PersonRows, EventRows, PeriodRows, PopulationQuestions)
    return frozenset(name for kind in kinds for name in dir(kind) if not name.startswith("__"))


def _package(catalogue: Catalogue) -> str:
    names = sorted(registry.name for registry in catalogue.registries)
    lines = [
        '"""The registries of the Norwegian catalogue, for studies.',
        "",
        "Made by scripts/docs/registries.py: do not edit.",
        '"""',
        "",
        HEAD,
        "",
    ]
    modules_of = sorted((module_of(registry), registry.name) for registry in catalogue.registries)
    lines += [f"from helseanalyse.registries.{home} import {name}" for home, name in modules_of]
    listed = ", ".join(f'"{name}"' for name in names)
    return "\n".join([*lines, "", f"__all__ = [{listed}]", ""])


def module(registry: Registry) -> str:
    """The module of one registry.

    >>> from helseanalyse.catalogue.read import norway
    >>> "class DispensingColumns(TableColumns):" in module(norway().registry("lmr"))
    True
    """
    clash = sorted({column.name for table in registry.tables for column in table.columns} & taken_names())
    if clash:
        message = (
            f"The registry {registry.name} has columns named {', '.join(clash)}, as rows have methods. Rename them."
        )
        raise ValueError(message)
    parts = [*(_table(table) for table in registry.tables), _registry(registry)]
    return "\n\n".join([_head(registry), "\n\n\n".join(part.rstrip() for part in parts)]) + "\n"


def _head(registry: Registry) -> str:
    kinds = {CLASS_OF[column.kind][0] for table in registry.tables for column in table.columns}
    homes: dict[str, set[str]] = {"columns": {"TableColumns"}}
    for name in kinds:
        homes.setdefault(HOME_OF[name], set()).add(name)
    for table in registry.tables:
        homes.setdefault("rows", set()).add("PersonRows")
        homes.setdefault(HOME_OF_ROWS[ROWS_OF[table.grain]], set()).add(ROWS_OF[table.grain])
    if registry.universe:
        homes.setdefault("population", set()).add("PopulationQuestions")
    imports = [f"from {LANGUAGE}.{home} import {', '.join(sorted(names))}" for home, names in sorted(homes.items())]
    many = any(table.grain is not Grain.PERSON for table in registry.tables)
    return "\n".join(
        [
            f'"""{registry.label.en} ({registry.label.nb}).\n\nMade by scripts/docs/registries.py: do not edit.\n"""',
            "",
            HEAD,
            "",
            f"from typing import Any{', ClassVar' if many else ''}",
            "",
            "from helseanalyse.catalogue.model import Grain",
            *imports,
            "from helseanalyse.study.node import Rows as RowsNode",
            "from helseanalyse.study.nodes import Table",
        ]
    )


def _title(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _table(table: Table) -> str:
    title = _title(table.name)
    times = "".join(
        f', {key}="{value}"'
        for key, value in (("date", table.date), ("start", table.start), ("stop", table.stop))
        if value
    )
    grain = table.grain.name
    if table.grain is Grain.PERSON:
        times = ""
    node = f'{table.name.upper()} = Table("{table.registry}", "{table.name}", Grain.{grain}{times})'
    columns = "\n\n".join(_property(table, column) for column in table.columns)
    doc = _doc(f"The columns of `{table.path}`. {table.label.en} ({table.label.nb}).", 4)
    parts = [node, f"\n\nclass {title}Columns(TableColumns):\n{doc}\n\n    __slots__ = ()\n\n{columns}"]
    one = f"One{title}"
    if table.grain is Grain.PERSON:
        parts.append(
            f'\n\nclass {title}Table({title}Columns, PersonRows["{title}Table"]):\n'
            f'    """At most one row a person of `{table.path}`."""\n\n    __slots__ = ()'
        )
    else:
        kind = ROWS_OF[table.grain]
        parts.append(
            f'\n\nclass {one}({title}Columns, PersonRows["{one}"]):\n'
            f'    """One row a person, picked from `{table.path}`."""\n\n    __slots__ = ()'
        )
        parts.append(
            f'\n\nclass {title}Table({title}Columns, {kind}["{title}Table", {one}]):\n'
            f'    """Rows of `{table.path}`: many a person."""\n\n    __slots__ = ()\n'
            f"    _one: ClassVar[type[{one}]] = {one}"
        )
    return "\n".join(parts)


def _doc(text: str, indent: int) -> str:
    blank = " " * indent
    if len(text) + indent + 6 <= LONGEST_LINE:
        return f'{blank}"""{text}"""'
    first, *rest = textwrap.wrap(text, WIDTH - indent - 3)
    return "\n".join([f'{blank}"""{first}', *(f"{blank}{line}" for line in rest), f'{blank}"""'])


def _property(table: Table, column: Column) -> str:
    kind, method = CLASS_OF[column.kind]
    words = [f'"{column.name}"']
    if column.kind in (Kind.CODE, Kind.CODES):
        words.append(f'"{column.system}"')
    if column.kind is Kind.DATE and column.precision != "day":
        words.append(f'"{column.precision}"')
    if column.kind is Kind.CATEGORY:
        words.extend(f'"{level.name}"' for level in column.levels)
    call = f"self._{method}({', '.join(words)})"
    body = f"        return {call}"
    if len(body) > WIDTH:
        listed = textwrap.wrap(", ".join(words), WIDTH - 12)
        body = "\n".join(
            [f"        return self._{method}(", *(f"            {line}" for line in listed), "        )  # fmt: skip"]
        )
    return f"    @property\n    def {column.name}(self) -> {kind}:\n{_doc(_column_text(table, column), 8)}\n{body}"


def _column_text(table: Table, column: Column) -> str:
    facts = [f"{column.label.en} ({column.label.nb})."]
    if column.system:
        facts.append(f"Codes of {column.system}.")
    if column.unit:
        facts.append(f"Unit: {column.unit}.")
    if column.since or column.until:
        first = f"from {column.since}" if column.since else ""
        last = f"to {column.until}" if column.until else ""
        span = f"{first} {last}".strip()
        facts.append(f"Covers {span}.")
    if column.note:
        facts.append(column.note if column.note.endswith(".") else f"{column.note}.")
    return " ".join(facts).replace("\\", "\\\\").replace('"""', "'''")


def _registry(registry: Registry) -> str:
    main = registry.table(registry.main)
    title, rows = _title(registry.name) + "Registry", f"{_title(main.name)}Table"
    bases = f"PopulationQuestions, {rows}" if registry.universe else rows
    since = f" From {registry.since}." if registry.since else ""
    doc = _doc(f"{registry.label.en} ({registry.label.nb}).{since} {registry.description.en}", 4)
    lines = [f"class {title}({bases}):", doc, "", "    __slots__ = ()"]
    if registry.universe:
        residence = next((table for table in registry.tables if table.name == RESIDENCE), None)
        lines.append(f"    _residence_table = {residence.name.upper() if residence else None}")
        lines.append(f"    _has_death = {main.has('died_on')}")
    lines += ["", "    def _like(self, node: RowsNode) -> Any:", f"        return {rows}(node)"]
    for table in registry.tables:
        name = f"{_title(table.name)}Table"
        text = _doc(f"{table.label.en} ({table.label.nb}).", 8)
        lines += [
            "",
            "    @property",
            f"    def {table.name}(self) -> {name}:",
            text,
            f"        return {name}({table.name.upper()})",
        ]
    for shortcut, target in registry.also.items():
        table_name, _, column_name = target.partition(".")
        column = registry.table(table_name).column(column_name)
        kind = CLASS_OF[column.kind][0]
        text = _doc(
            f"The column `{column_name}` of `{registry.name}.{table_name}`. {column.label.en} ({column.label.nb}).", 8
        )
        lines += ["", "    @property", f"    def {shortcut}(self) -> {kind}:", text,
                  f"        return {_title(table_name)}Table({table_name.upper()}).{column_name}"]  # fmt: skip
    lines += ["", "", f"{registry.name} = {title}({main.name.upper()})"]
    return "\n".join(lines)
