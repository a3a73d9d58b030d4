"""Reading a released table by what its columns mean, whatever a study calls its variables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from helseanalyse.study.answer import Cell, Hidden, SafeTable

Group = tuple[tuple[str, str], ...]  # (dimension, level) pairs
Row = tuple[Cell, ...]

# Columns that stand before the dimensions of a table of that kind.
_LEADING = {"trend": 2}
_MEASURES = frozenset(
    {
        "period",
        "start",
        "age",
        "persons",
        "events",
        "rate",
        "against",
        "ratio",
        "percent",
        "day",
        "numerator",
        "at_risk",
    }
)


@dataclass(frozen=True)
class Frame:
    """A table whose rows can be asked for a group and for a measure.

    Measures are sought from the right, dimensions from the left: a study may call a variable "rate" or "low".
    """

    table: SafeTable

    @cached_property
    def facts(self) -> dict[str, object]:
        """What the table says for pictures."""
        return dict(self.table.facts)

    @cached_property
    def dimensions(self) -> tuple[str, ...]:
        """The names of what the table is divided by."""
        if self.table.kind in ("flow", "table_one"):
            return ()
        stated = self.facts.get("dimensions")
        if isinstance(stated, list | tuple):
            return tuple(str(name) for name in stated)
        names = [column.name for column in self.table.columns]
        count = next((i for i, name in enumerate(names) if name in _MEASURES), len(names))
        return tuple(names[:count])

    @property
    def first_dimension(self) -> int:
        """The place of the first dimension's column."""
        return _LEADING.get(self.table.kind, 0)

    @cached_property
    def _places(self) -> dict[str, int]:
        taken = range(self.first_dimension, self.first_dimension + len(self.dimensions))
        return {column.name: i for i, column in enumerate(self.table.columns) if i not in taken}

    def has(self, measure: str) -> bool:
        """Whether the table has that measure."""
        return measure in self._places

    def place(self, measure: str) -> int:
        """The place of a measure's column; KeyError where there is none."""
        return self._places[measure]

    def at(self, row: Row, measure: str) -> Cell:
        """The cell of a measure; None where the table has no such measure."""
        place = self._places.get(measure)
        return None if place is None else row[place]

    def number(self, row: Row, measure: str) -> float | None:
        """The number of a measure, None where it is hidden or not applicable."""
        return as_number(self.at(row, measure))

    def text(self, row: Row, measure: str) -> str:
        """The text of a measure, "" where there is none."""
        cell = self.at(row, measure)
        return "" if cell is None else str(cell)

    def group(self, row: Row) -> Group:
        """The group of a row: its level of each dimension."""
        first = self.first_dimension
        return tuple((name, str(row[first + i])) for i, name in enumerate(self.dimensions))

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The groups in the order in which they first stand in the table."""
        return tuple(dict.fromkeys(self.group(row) for row in self.table.rows))

    def by_group(self) -> Iterator[tuple[Group, list[Row]]]:
        """Each group with its rows, in order."""
        found: dict[Group, list[Row]] = {}
        for row in self.table.rows:
            found.setdefault(self.group(row), []).append(row)
        yield from found.items()

    def total(self, measure: str) -> float | None:
        """The sum over all groups; None where one of them is hidden."""
        numbers = [self.number(row, measure) for row in self.table.rows]
        if not numbers or any(n is None for n in numbers):
            return None
        return sum(n for n in numbers if n is not None)

    def unit(self, measure: str) -> str:
        """The unit of a measure, "" where it has none."""
        place = self._places.get(measure)
        return "" if place is None else self.table.columns[place].unit


def what_is_followed(table: SafeTable) -> str:
    """What a table of rates or a trend is about: its title up to what it gives."""
    return table.title.rpartition(" by ")[0] or table.title if table.kind == "trend" else table.title.partition(":")[0]


def as_number(cell: Cell) -> float | None:
    """The number in a cell, or None."""
    if isinstance(cell, Hidden | str | bool) or cell is None:
        return None
    return float(cell)
