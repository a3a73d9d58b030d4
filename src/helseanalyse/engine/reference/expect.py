"""A study's own tests: made-up persons, and what must come out for them. They need no registry and no database."""

from __future__ import annotations

from datetime import date

from helseanalyse.catalogue.model import Catalogue, Column, Kind, Table
from helseanalyse.engine.reference.cohort import steps
from helseanalyse.engine.reference.data import Data, NoAnswerError, Value, data
from helseanalyse.engine.reference.meaning import At, value_of
from helseanalyse.study.specification import Expectation, MadeRow, Specification

PID = 1  # every made-up person is alone in a register of one's own


def disappointments(study: Specification, catalogue: Catalogue) -> tuple[str, ...]:
    """What does not come out as the study expects, one sentence each, in the order of its made-up persons.

    Rows are held against the catalogue, too: required columns, levels of categories, bounds of numbers.
    """
    return tuple(told for made in study.expectations for told in _of_person(study, catalogue, made))


def _of_person(study: Specification, catalogue: Catalogue, made: Expectation) -> list[str]:
    wrong = [f"{made.name}: {told}" for row in made.rows for told in wrong_values(catalogue, row)]
    if wrong:
        return wrong
    try:
        register = made_up(catalogue, made)
        included = bool(steps(study, register, frozenset())[-1].left)
        told = _membership(study, register, made, included)
        return [f"{made.name}: {sentence}" for sentence in told + _values(study, register, made)]
    except NoAnswerError as error:
        return [f"{made.name}: {error}"]


def made_up(catalogue: Catalogue, made: Expectation) -> Data:
    """The rows of a made-up person as a register; a person without a row in the universe's main table gets one."""
    universe = catalogue.universe
    main = f"{universe.name}.{universe.main}"
    rows: dict[str, list[dict[str, object]]] = {}
    for row in made.rows:
        table = catalogue.table(*row.table.split(".", 1))
        values = {name: _read(table.column(name), value) for name, value in row.values}
        rows.setdefault(row.table, []).append({"pid": PID, **values})
    rows.setdefault(main, [{"pid": PID}])
    return data(catalogue, rows)


def _read(column: Column, value: object) -> object:
    """A value as it is written in a specification: dates as ISO texts, several codes in one text."""
    if column.kind is Kind.CODES and isinstance(value, str):
        return [code for code in (part.strip() for part in value.split(",")) if code]
    return value


def _membership(study: Specification, register: Data, made: Expectation, included: bool) -> list[str]:
    if included == made.included:
        return []
    if included:
        return ["is in the study, but should not be."]
    left = [step for step in steps(study, register, frozenset()) if not step.left]
    where = {"universe": "nobody resident in the study period", "index": "no index date in the study period"}
    reason = where.get(left[0].kind, f"the criterion {left[0].name!r}")
    return [f"should be in the study, but is not: {reason}."]


def _values(study: Specification, register: Data, made: Expectation) -> list[str]:
    told = []
    variables = {variable.name: variable for variable in study.variables}
    for name, wanted in made.values:
        if name not in variables:
            told.append(f"the study has no variable {name!r}.")
            continue
        found = value_of(variables[name].value, At(register, PID))
        if not _same(found, wanted):
            # A made-up person's values are the study's own text, so they may be shown.
            told.append(f"{name} should be {_shown(wanted)}, but is {_shown(found)}.")
    return told


def _same(found: Value, wanted: object) -> bool:
    if isinstance(found, date):
        return found.isoformat() == wanted
    if isinstance(found, float) and isinstance(wanted, int | float):
        return abs(found - wanted) <= 1e-9 * max(1.0, abs(wanted))
    return found == wanted and isinstance(found, bool) == isinstance(wanted, bool)


def _shown(value: object) -> str:
    return "unknown" if value is None else str(value)


# --- the catalogue's own rules ---------------------------------------------------------------------


def wrong_values(catalogue: Catalogue, row: MadeRow) -> list[str]:
    """What the catalogue says cannot be in a row, one sentence each."""
    try:
        table = catalogue.table(*row.table.split(".", 1))
    except (KeyError, TypeError):
        return [f"there is no table {row.table}."]
    given = dict(row.values)
    told = [
        f"{table.path}.{column.name} is required, but a row does not have it."
        for column in table.columns
        if column.required and given.get(column.name) is None
    ]
    for name, value in row.values:
        if not table.has(name):
            told.append(f"{table.path} has no column {name!r}.")
        elif value is not None:
            told += _wrong_value(table, table.column(name), value)
    return told


def _wrong_value(table: Table, column: Column, value: object) -> list[str]:
    where = f"{table.path}.{column.name}"
    wanted: dict[Kind, tuple[type, ...]] = {
        Kind.BOOL: (bool,),
        Kind.INT: (int,),
        Kind.FLOAT: (int, float),
        Kind.PERSON: (int,),
    }
    types = wanted.get(column.kind, (str,))
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        return [f"{where} holds values of kind {column.kind.value}, and {value!r} is none."]
    if column.kind is Kind.DATE:
        return _wrong_date(where, column.precision, str(value))
    levels = [level.name for level in column.levels]
    if column.kind is Kind.CATEGORY and value not in levels:
        return [f"{where} has the levels {', '.join(levels)}, and {value!r} is none of them."]
    if isinstance(value, int | float):
        if column.least is not None and value < column.least:
            return [f"{where} is at least {column.least:g}, and {value} is less."]
        if column.most is not None and value > column.most:
            return [f"{where} is at most {column.most:g}, and {value} is more."]
    return []


def _wrong_date(where: str, precision: str, text: str) -> list[str]:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return [f"{where} is a date, and {text!r} is none. Write it as 2020-12-31."]
    if precision != "day" and (day.day != 1 or (precision == "year" and day.month != 1)):
        return [f"{where} is known to the {precision} only, so write the first day of the {precision}, not {text}."]
    return []
