"""The words in which the specification tables are written: small tables, nodes in few letters, and what an example is.

An `Example` is one rule of the study language: a sentence, a few rows, an expression, and its value for each
person. Every example runs on both engines, and the manual, docs/language.md, is made of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.engine.tiny import tiny_catalogue

from helseanalyse.catalogue.codes import system
from helseanalyse.catalogue.model import Catalogue, Kind, Table
from helseanalyse.study import nodes as n
from helseanalyse.study.types import BOOL, DATE, FLOAT, INT, TEXT, CodeList, ValueType
from helseanalyse.study.universe import table_node, value_type

CATALOGUE: Catalogue = tiny_catalogue()

EPISODES, MAIN, ALL = "npr.episode", "main_diagnosis", "any_diagnosis"
Rows = Mapping[str, Sequence[Mapping[str, Any]]]
Result = Any  # a value, or a list of values (one a row), or a list of (start, stop)


@dataclass(frozen=True, kw_only=True)
class Example:
    """One rule: what it says, in which rows, the expression in Python and as a node, and what each person gets.

    gives: one entry a person, 1, 2, ... For a series of rows the entry is the list of its values in stored order;
    for periods, the list of (start, stop).
    """

    says: str
    node: n.Series | n.Rows
    gives: Sequence[Result]
    rows: Rows = field(default_factory=dict)
    python: str = ""

    @property
    def full_rows(self) -> dict[str, list[Mapping[str, Any]]]:
        """The rows, and one row in the population for everybody."""
        full = {path: list(rows) for path, rows in self.rows.items()}
        people = full.setdefault("population.person", [])
        there = {row["pid"] for row in people}
        people += [{"pid": pid} for pid in range(1, len(self.gives) + 1) if pid not in there]
        # The main diagnosis of an episode is the first of all its diagnoses.
        full[EPISODES] = [{ALL: [row[MAIN]] if row.get(MAIN) else [], **row} for row in full.get(EPISODES, [])]
        return full


@dataclass(frozen=True)
class Chapter:
    """A chapter of the manual."""

    title: str
    opening: str
    examples: tuple[Example, ...]


# --- rows ------------------------------------------------------------------------------------------


def given(path: str, header: str, *lines: str) -> dict[str, list[dict[str, Any]]]:
    """Rows of a table from text: the columns, then one line a row; - is unknown, T and F are truth values.

    given("lab.result", "pid whole", "1 4", "1 -")
    """
    registry, _, name = path.partition(".")
    table = CATALOGUE.table(registry, name)
    columns = header.split()
    return {
        path: [
            {column: _value(table, column, text) for column, text in zip(columns, line.split(), strict=True)}
            for line in lines
        ]
    }


def _value(table: Table, name: str, text: str) -> Any:
    if text == "-":
        return [] if name != "pid" and table.column(name).kind is Kind.CODES else None
    if name == "pid":
        return int(text)
    kind = table.column(name).kind
    if kind is Kind.BOOL:
        return {"T": True, "F": False}[text]
    if kind in (Kind.INT, Kind.PERSON):
        return int(text)
    if kind is Kind.FLOAT:
        return float(text)
    if kind is Kind.DATE:
        return day(text)
    return text.split(",") if kind is Kind.CODES else text


def day(text: str) -> date:
    """A date."""
    return date.fromisoformat(text)


# --- nodes -------------------------------------------------------------------------------------------


def table(path: str) -> n.Table:
    """A table of the catalogue."""
    registry, _, name = path.partition(".")
    return table_node(CATALOGUE.table(registry, name))


PERSON = table("population.person")
RESIDENCE = table("population.residence")
EMIGRATION = table("population.emigration")
EPISODE = table("npr.episode")
CARE = table("npr.care")
DISPENSING = table("lmr.dispensing")
LAB = table("lab.result")
DEATH = table("dar.death")


def col(rows: n.Rows, name: str) -> n.Column:
    """A column of rows."""
    below: n.Rows = rows
    while not isinstance(below, n.Table | n.Periods):
        (below,) = (operand for operand in below.operands if isinstance(operand, n.Rows))
    if isinstance(below, n.Table):
        return n.Column(rows, name, value_type(CATALOGUE.table(below.registry, below.name).column(name)))
    return n.Column(rows, name, INT if name == "n" else DATE)


def const(value: bool | int | float | str | date | None, of: ValueType | None = None) -> n.Constant:
    """A value that the study states."""
    types = {bool: BOOL, int: INT, float: FLOAT, str: TEXT, date: DATE}
    return n.Constant(value, of or types[type(value)])


UNKNOWN_INT = const(None, INT)


def compare(left: n.Series, test: str, right: n.Series | int | float | str | date | bool) -> n.Compare:
    """left test right."""
    return n.Compare(test, left, right if isinstance(right, n.Series) else const(right))


def calc(left: n.Series, sign: str, right: n.Series | int | float) -> n.Arithmetic:
    """left sign right."""
    return n.Arithmetic(sign, left, right if isinstance(right, n.Series) else const(right))


def agg(how: str, of: n.Series) -> n.Aggregate:
    """An aggregate."""
    return n.Aggregate(how, of)


def first(rows: n.Rows, by: n.Series, *, position: int = 1, ties: tuple[str, ...] = ()) -> n.Pick:
    """The row at a position in the order of one column."""
    return n.Pick(n.Sort(rows, (by,)), position, ties)


def codes(of: str, *values: str) -> CodeList:
    """A code list, with the version and source of its system."""
    known = system(of)
    return CodeList(of, tuple(sorted(values)), known.version, known.source)


def rounded_up(of: n.Series) -> n.Series:
    """A float as a whole number, rounded up: minus the floor of minus the number."""
    return n.Cast(n.Negate(calc(n.Negate(of), "//", 1.0)), "int")


def levels(*names: str) -> ValueType:
    """The type of a category."""
    return ValueType(Kind.CATEGORY, levels=names)


# The columns that examples use most: one a person, and one a row.
P_WHOLE, P_REAL, P_FLAG = col(PERSON, "siblings"), col(PERSON, "weight"), col(PERSON, "twin")
BORN, DIED = col(PERSON, "born_on"), col(PERSON, "died_on")
WHOLE, REAL, FLAG = col(LAB, "whole"), col(LAB, "real"), col(LAB, "flag")
TAKEN, NOTE, KIND = col(LAB, "taken_on"), col(LAB, "note"), col(LAB, "kind")
