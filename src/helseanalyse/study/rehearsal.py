"""A study's own tests: its made-up persons as rows that an engine can take in, and what must come out.

Pure: it makes rows and compares values. `study.check` has held the rows against the catalogue before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from helseanalyse.catalogue.codes import system
from helseanalyse.catalogue.model import Catalogue, Column, Kind
from helseanalyse.study.specification import Specification

Value = bool | int | float | str | date | tuple[str, ...] | None
Plain = bool | int | float | str | None

TOLERANCE = 1e-9  # of a float that a study expects: written by people, computed by engines


@dataclass(frozen=True, slots=True)
class MadeTables:
    """The rows of all made-up persons by table path; person 1 is the first expectation. Every row has its `pid`."""

    rows: dict[str, list[dict[str, Value]]]
    names: tuple[str, ...]  # of the persons, in order


def made_tables(spec: Specification, catalogue: Catalogue) -> MadeTables:
    """The made-up persons of a study as tables, typed as the catalogue says.

    Dates become dates, codes are normalised, several codes in one text become a tuple. Everybody has a row in the
    main table of the universe. Raises KeyError for a table or column that the catalogue does not have.
    """
    universe = catalogue.universe
    main = universe.table(universe.main)
    tables: dict[str, list[dict[str, Value]]] = {}
    for number, expectation in enumerate(spec.expectations, start=1):
        for made in expectation.rows:
            registry, _, name = made.table.partition(".")
            table = catalogue.table(registry, name)
            row: dict[str, Value] = {"pid": number}
            for column, value in made.values:
                row[column] = typed(value, table.column(column))
            tables.setdefault(table.path, []).append(row)
        if not any(row["pid"] == number for row in tables.get(main.path, [])):
            tables.setdefault(main.path, []).append({"pid": number})
    return MadeTables(tables, tuple(expectation.name for expectation in spec.expectations))


def typed(value: Plain, column: Column) -> Value:
    """A made-up value in the type of its column.

    >>> from helseanalyse.catalogue.read import norway
    >>> typed("i21.9, E11", norway().table("npr", "episode").column("any_diagnosis"))
    ('I219', 'E11')
    """
    if value is None:
        return None
    if column.kind is Kind.DATE:
        return date.fromisoformat(str(value))
    if column.kind is Kind.FLOAT and not isinstance(value, bool):
        return float(value)
    if column.kind in (Kind.CODE, Kind.CODES):
        normal = system(column.system or "").normalise
        codes = tuple(normal(part) for part in str(value).split(",") if part.strip())
        return codes if column.kind is Kind.CODES else codes[0]
    return value


def agrees(expected: Plain, found: object) -> bool:
    """Whether what came out is what was expected; dates are expected as ISO texts, floats to nine digits.

    >>> agrees("2020-01-31", date(2020, 1, 31)), agrees(1, True), agrees(0.1, 0.1 + 1e-12)
    (True, False, True)
    """
    if isinstance(found, date):
        return expected == found.isoformat()
    if isinstance(expected, bool) or isinstance(found, bool):
        return expected is found
    if isinstance(expected, int | float) and isinstance(found, int | float):
        return abs(expected - found) <= TOLERANCE * max(1.0, abs(expected))
    return expected == found
