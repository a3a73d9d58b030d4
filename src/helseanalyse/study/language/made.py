"""Made-up persons, for a study's own tests: `person(sex="female", born_on="1960-05-01", dispensing=[...])`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from helseanalyse.catalogue.model import Catalogue, Table
from helseanalyse.catalogue.read import norway
from helseanalyse.study.language.build import text_from
from helseanalyse.study.language.draft import Draft
from helseanalyse.study.language.habits import names_near
from helseanalyse.study.language.trouble import BROKEN, fail, is_broken
from helseanalyse.study.specification import Expectation, MadeRow
from helseanalyse.study.universe import RESIDENCE

Plain = bool | int | float | str | None


@dataclass(frozen=True, slots=True)
class MadePerson:
    """A person who does not exist: values of the person table, and rows of other tables by the table's name."""

    name: str
    values: tuple[tuple[str, Any], ...]


def person(name: str = "", **values: Any) -> MadePerson:
    """A made-up person.

    Columns of the person table by name (`sex="female"`, `born_on="1960-05-01"`), and rows of other tables by the
    table's name, or `registry_table` where two registries have one of that name: a row is a dictionary, or a tuple
    of values in the order of the table's columns. Someone without rows of residence lives in the country from birth
    to death.
    """
    return MadePerson(text_from(name), tuple(values.items()))


def expectation(made: MadePerson, included: bool, values: Mapping[str, object], draft: Draft) -> Any:
    """The expectation as part of a specification; told where a table, a column or a variable is unknown."""
    given: object = made
    if not isinstance(given, MadePerson):
        return BROKEN if is_broken(given) else fail(
            "S012", what="Who is expected", wanted="a person(...)", got=repr(given)
        )  # fmt: skip
    catalogue = draft.catalogue if draft.catalogue is not None else norway()
    universe = catalogue.universe
    main = universe.table(universe.main)
    own = {name: value for name, value in made.values if main.has(name)}
    rows = [_row(main, own)]
    told: set[str] = set()
    for name, value in made.values:
        if name in own:
            continue
        table = _table(catalogue, main, name)
        if is_broken(table):
            return BROKEN
        told.add(table.path)
        rows.extend(_row(table, each) for each in _listed(value))
    rows.extend(_lifelong(catalogue, own, told))
    expected = tuple((_variable(name, draft), _plain(value)) for name, value in values.items())
    if is_broken(*rows) or any(is_broken(name) for name, _ in expected):
        return BROKEN
    number = len(draft.expectations) + 1
    return Expectation(name=made.name or f"person {number}", rows=tuple(rows), included=included, values=expected)


def _lifelong(catalogue: Catalogue, own: Mapping[str, Any], given: set[str]) -> Iterable[MadeRow]:
    """Residence from birth, where the study's person says nothing of it: written out, so that nothing is implied."""
    for table in catalogue.universe.tables:
        if table.name == RESIDENCE and table.path not in given and "born_on" in own and table.start is not None:
            yield _row(table, {table.start: own["born_on"]})


def _listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else [value]


def _table(catalogue: Catalogue, main: Table, name: str) -> Any:
    tables = [table for registry in catalogue.registries for table in registry.tables]
    mains = {registry.name: registry.table(registry.main) for registry in catalogue.registries}
    named = [table for table in tables if name in (table.name, f"{table.registry}_{table.name}")]
    if not named and name in mains:
        return mains[name]
    if len(named) == 1:
        return named[0]
    if named:
        exact = " or ".join(f"{table.registry}_{table.name}" for table in named)
        return fail("S012", what=f"The table {name}", wanted=f"said with its registry: {exact}", got=name)
    known = [column.name for column in main.columns] + [table.name for table in tables] + list(mains)
    return fail("S007", owner="A made-up person", name=f"`{name}`", nearest=names_near(name, known))


def _row(table: Table, given: Any) -> MadeRow:
    columns = [column.name for column in table.columns]
    if isinstance(given, tuple):
        given = dict(zip(columns, given, strict=False)) if len(given) <= len(columns) else {"": None}
    if not isinstance(given, Mapping):
        wanted = "a dictionary, or a tuple of values in the order of its columns"
        return cast("MadeRow", fail("S012", what=f"A row of {table.path}", wanted=wanted, got=repr(given)))
    for name in given:
        if name not in columns:
            near = names_near(name, columns)
            return cast("MadeRow", fail("S007", owner=f"`{table.path}`", name=f"`{name}`", nearest=near))
    values = tuple((name, _plain(given[name])) for name in columns if name in given)
    return MadeRow(table=table.path, values=values)


def _plain(value: Any) -> Plain:
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return text_from(value)
    if isinstance(value, list | tuple | set):  # several codes of one row
        return ", ".join(sorted(str(each) for each in value) if isinstance(value, set) else [str(v) for v in value])
    return cast("Plain", fail("S012", what="A made-up value", wanted="a number, text or date", got=repr(value)))


def _variable(name: str, draft: Draft) -> str:
    known = draft.names()
    for spelt in (name, name.replace("_", " ")):
        if spelt in known:
            return spelt
    return cast("str", fail("S007", owner="The study", name=f'"{name}"', nearest=names_near(name, known)))
