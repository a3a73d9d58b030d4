"""Released tables as people read them: estimates joined with their intervals, one number of decimals a column.

Nothing is calculated here but what is rounded for reading; the numbers behind are in the CSV of each table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from helseanalyse.report.clean import clean
from helseanalyse.report.frame import Frame, Row, as_number
from helseanalyse.report.language import Writer
from helseanalyse.report.numbers import DASH, HIDDEN, at_least_one, decimals_for, decimals_of_ratio, decimals_of_shares
from helseanalyse.study.answer import Cell, Heading, Hidden, SafeTable

MOST_ROWS = 400  # rows of a table that a page shows; all of them are in its CSV
FOLDED_FROM = 40  # longer tables are folded; under a picture that says the same, half of that
_COUNTED = frozenset({"persons", "left_out", "person_years", "at_risk", "day", "age"})  # what their unit only repeats
_SHARES = frozenset({"curve", "risks"})  # kinds whose estimates are shares of 1, shown as percent


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell as it is shown.

    kind: "text", "number", "hidden" or "none". reason: why it is hidden. bar: a difference that is drawn beside its
    number. again: the same as in the row above, said once.
    """

    text: str
    kind: str = "text"
    reason: str = ""
    bar: float | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, the unit of its numbers, and whether its cells head their row."""

    label: str
    unit: str = ""
    heads: bool = False
    numeric: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """A row; part: it begins a new part of the table; level: how far it is set in."""

    cells: tuple[Shown, ...]
    part: bool = False
    level: int = 0


@dataclass(frozen=True, slots=True)
class Display:
    """A table ready for a page. left_out: rows that only its CSV has."""

    name: str
    caption: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    left_out: int = 0
    total: int = 0
    pictured: bool = False

    @property
    def folded(self) -> bool:
        """Whether the table is long enough to be folded away."""
        return self.total > FOLDED_FROM // (2 if self.pictured else 1)


def display(table: SafeTable, writer: Writer, caption: str) -> Display:
    """A table of any kind but "table_one", which has a layout of its own."""
    frame = Frame(table)
    columns: list[Column] = []
    makers: list[Callable[[Row], Shown]] = []
    for place, heading in enumerate(table.columns):
        if _passed_over(table, frame, place, heading):
            continue
        column, maker = _column(table, frame, place, heading, writer)
        columns.append(column)
        makers.append(maker)
    rows = table.rows[:MOST_ROWS]
    lines: list[Line] = []
    for place, row in enumerate(rows):
        cells = [maker(row) for maker in makers]
        before = lines[-1].cells if lines else ()
        lines.append(
            Line(_said_once(cells, before, columns), part=place > 0 and _new_part(frame, row, rows[place - 1]))
        )
    return Display(
        name=table.id,
        caption=caption,
        columns=tuple(columns),
        lines=tuple(lines),
        notes=table.notes,
        reasons=tuple(sorted(table.hidden())),
        left_out=len(table.rows) - len(rows),
        total=len(table.rows),
    )


def hidden(cell: Hidden) -> Shown:
    """The sign of a hidden number."""
    return Shown(HIDDEN, "hidden", cell.reason)


NONE = Shown(DASH, "none")


def _passed_over(table: SafeTable, frame: Frame, place: int, heading: Heading) -> bool:
    """Limits stand with their estimate; a date that only repeats the period, and internal words, are not shown."""
    if not frame.has(heading.name) or frame.place(heading.name) != place:
        return False
    if heading.name in ("low", "high"):
        return True
    if heading.name == "cause":  # one event only, which the title names
        return len({row[place] for row in table.rows}) < 2
    return (table.kind, heading.name) in (("flow", "kind"), ("trend", "start"))


def _column(
    table: SafeTable, frame: Frame, place: int, heading: Heading, writer: Writer
) -> tuple[Column, Callable[[Row], Shown]]:
    """The column's head, and what makes its cell of a row."""
    values = [row[place] for row in table.rows]
    is_measure = frame.has(heading.name) and frame.place(heading.name) == place
    if not is_measure or any(isinstance(value, str) for value in values) or heading.name in ("against", "cause"):
        label = writer.column(heading) if is_measure else writer.dimension(heading.name)
        heads = heading.name != "against"
        return Column(label, heads=heads, numeric=False), lambda row: _label(table, row, place, writer)
    unit = "" if heading.name in _COUNTED else writer.unit(heading.unit)
    percent = table.kind in _SHARES and heading.name == "estimate"
    if percent:
        unit = "%"
    label = writer.column(heading)
    if heading.name == "estimate":
        label = writer.say("column.survival" if frame.facts.get("method") == "kaplan_meier" else "column.incidence")
    if table.kind == "rates_standardised" and heading.name == "rate":
        label = writer.say("column.standardised")
    if table.kind == "curve" and frame.facts.get("shape") == "line" and heading.name in ("at_risk", "events"):
        label = writer.say(f"column.released.{heading.name}")  # rounded, and not simply those at risk
    factor = 100.0 if percent else 1.0
    decimals = _decimals(values, factor, heading.name, unit)
    if place + 2 < len(table.columns) and table.columns[place + 1].name == "low" and frame.place("low") == place + 1:
        label = f"{label} {writer.say('with interval')}"
        ratio = heading.name == "ratio" and table.kind == "rate_ratios"
        return Column(label, unit), lambda row: _estimate(row[place : place + 3], factor, decimals, writer, ratio=ratio)
    return Column(label, unit, heads=heading.name == "day"), lambda row: _number(row[place], factor, decimals, writer)


def _decimals(cells: list[Cell], factor: float, name: str, unit: str) -> int:
    if not any(isinstance(cell, float) for cell in cells):
        return 0
    numbers = [factor * n for cell in cells if (n := as_number(cell)) is not None]
    if name == "person_years":
        # A tenth of a year is a month of one person: worth showing only where years are few.
        return 0 if max(numbers) >= 1000 else 1
    if unit == "%":
        return decimals_of_shares(numbers)
    return decimals_for(numbers)


def _label(table: SafeTable, row: Row, place: int, writer: Writer) -> Shown:
    cell = row[place]
    if isinstance(cell, Hidden):
        return hidden(cell)
    if cell is None:
        return NONE
    if table.kind == "flow":
        return Shown(writer.step(str(cell)))
    return Shown(writer.level(str(cell)))


def _number(cell: Cell, factor: float, decimals: int, writer: Writer) -> Shown:
    if isinstance(cell, Hidden):
        return hidden(cell)
    value = as_number(cell)
    if value is None:
        return NONE if cell is None else Shown(clean(cell))
    return Shown(writer.numbers.fixed(factor * value, at_least_one(factor * value, decimals)), "number")


def _estimate(cells: Row, factor: float, decimals: int, writer: Writer, *, ratio: bool) -> Shown:
    """An estimate with its limits in one cell; alone where it has none."""
    first = cells[0]
    if isinstance(first, Hidden):
        return hidden(first)
    value, low, high = (as_number(cell) for cell in cells)
    if value is None:
        return NONE
    if low is None or high is None:
        return Shown(writer.numbers.fixed(factor * value, decimals), "number")
    decimals = decimals_of_ratio(value, low, high) if ratio else at_least_one(factor * value, decimals)
    return Shown(writer.numbers.estimate(factor * value, factor * low, factor * high, decimals), "number")


def _said_once(cells: list[Shown], before: tuple[Shown, ...], columns: list[Column]) -> tuple[Shown, ...]:
    """Marks the leading names that repeat those of the row above; the last naming column always stands."""
    naming = sum(column.heads for column in columns)
    found, same = [], bool(before)
    for place, cell in enumerate(cells):
        same = same and place < naming - 1 and cell.text == before[place].text
        found.append(Shown(cell.text, cell.kind, cell.reason, cell.bar, again=same))
    return tuple(found)


def _new_part(frame: Frame, row: Row, before: Row) -> bool:
    group, last = frame.group(row), frame.group(before)
    several = len(frame.groups) < len(frame.table.rows)
    return group != last if several else len(group) > 1 and group[0] != last[0]
