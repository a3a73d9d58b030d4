"""Codes to draw from: how often each is used at which age and by which sex, from the tables in `data/`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from helseanalyse.synthetic import demography
from helseanalyse.synthetic.draw import Floats, Ints

AGE_GROUPS = np.array([0, 1, 6, 16, 20, 30, 40, 50, 67, 80, 90])  # the first age of each
CELLS = 2 * len(AGE_GROUPS)  # sex times age group
SLOTS = 1 << 16  # a draw of 16 bits picks a slot

Small = npt.NDArray[np.int16]


def cell_of(age: Floats, sex: npt.NDArray[np.int8]) -> npt.NDArray[np.int64]:
    """The cell (0 to CELLS - 1) of an age and a sex.

    >>> cell_of(np.array([0.5, 95.0]), np.array([0, 1], dtype=np.int8)).tolist()
    [0, 21]
    """
    return sex * len(AGE_GROUPS) + _GROUP_OF_AGE[np.clip(age, 0, 129).astype(np.int64)]


_GROUP_OF_AGE = np.searchsorted(AGE_GROUPS, np.arange(130), side="right") - 1


@dataclass(frozen=True, slots=True)
class Rows:
    """A table of `data/`: column name to its texts, in file order."""

    columns: dict[str, list[str]]

    def text(self, name: str) -> list[str]:
        """A column as text."""
        return self.columns[name]

    def number(self, name: str) -> Floats:
        """A column as numbers."""
        return np.array([float(value) for value in self.columns[name]])


@cache
def table(name: str) -> Rows:
    """A table of `data/`, tab-separated, `#` for comments.

    >>> table("icd10.tsv").text("code")[0]
    'A099'
    """
    lines = (files("helseanalyse.synthetic") / "data" / name).read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return Rows({column: [row[place] for row in rows[1:]] for place, column in enumerate(rows[0])})


@dataclass(frozen=True, slots=True)
class Menu:
    """Codes, and for each cell which of them each of the 65,536 slots means."""

    codes: tuple[str, ...]
    slots: Small  # (cells, SLOTS)

    def pick(self, cell: Ints, bits: Ints) -> Small:
        """Index into codes for each cell and 16-bit draw."""
        return np.asarray(self.slots[cell, bits])


def weights_by_cell(rows: Rows, weight: Floats) -> Floats:
    """(cells, codes): how often each code is used in each cell, from its age, spread and share of women."""
    people = demography.expected().residents[12]
    age, spread, women = rows.number("age"), rows.number("sd"), rows.number("women")
    bell = np.exp(-0.5 * ((demography.AGES[:, None] + 0.5 - age) / spread) ** 2) + 1e-5
    group = _GROUP_OF_AGE[demography.AGES]
    result = np.zeros((CELLS, len(weight)))
    total = (people.sum(axis=0)[:, None] * bell).sum(axis=0)
    for sex, share in enumerate((women, 1.0 - women)):
        for number in range(len(AGE_GROUPS)):
            ages = group == number
            here = (people[sex, ages][:, None] * bell[ages]).sum(axis=0) / people[sex, ages].sum()
            result[sex * len(AGE_GROUPS) + number] = weight * share * here / total
    return result


def menu(codes: list[str], weights: Floats) -> Menu:
    """A menu from weights (cells, codes); a cell without any weight uses the codes of all cells."""
    spare = weights.sum(axis=0)
    filled = np.where(weights.sum(axis=1, keepdims=True) > 0, weights, spare)
    edges = np.cumsum(filled, axis=1)
    edges /= edges[:, -1:]
    draws = (np.arange(SLOTS) + 0.5) / SLOTS
    slots = np.stack([np.searchsorted(row, draws) for row in edges])
    return Menu(tuple(codes), slots.astype(np.int16))


@cache
def menu_of(name: str, column: str = "") -> Menu:
    """The menu of a table, its weight times another column where one is named.

    >>> menu_of("icpc2.tsv", "gp").slots.shape
    (22, 65536)
    """
    rows = table(name)
    weight = rows.number("weight") * (rows.number(column) if column else 1.0)
    return menu(rows.text("code"), weights_by_cell(rows, weight))
