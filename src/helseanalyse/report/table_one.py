"""Table 1 as people read it: n (%), mean (SD), median (IQR) by group, the standardised difference at the right."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from helseanalyse.report.frame import Row, as_number
from helseanalyse.report.language import Writer
from helseanalyse.report.numbers import decimals_for
from helseanalyse.report.shown import MOST_ROWS, NONE, Column, Display, Line, Shown, hidden
from helseanalyse.study.answer import Cell, Hidden, SafeTable

FIRST = 3  # variable, level and statistic come before the groups; the standardised difference after them
BALANCED = 0.1  # Austin, Statistics in Medicine 2009; 28: 3083-3107


def table_one(table: SafeTable, writer: Writer, caption: str) -> Display:
    """The layout of Table 1. Its rows are long (one a statistic); people read one line a level."""
    groups = [writer.level(str(column.label)) for column in table.columns[FIRST:-1]]
    compared = len(groups) > 1
    lines: list[Line] = []
    persons: tuple[Cell, ...] = ()
    for variable, rows in groupby(table.rows, key=lambda row: row[0]):
        found = list(rows)
        statistics = {str(row[2]) for row in found}
        if not lines and variable == "persons" and statistics == {"n"}:
            persons = found[0][FIRST:-1]
            continue
        name = writer.dimension(str(variable))
        lines += _numeric(name, found, writer) if "mean" in statistics else _levels(name, found, writer)
    heads = [Column(f"{group}", _size(cell, writer)) for group, cell in zip(groups, persons, strict=False)]
    columns = [Column("", heads=True, numeric=False), *(heads or [Column(group) for group in groups])]
    if compared:
        columns.append(Column(writer.say("column.smd")))
    else:
        lines = [Line(line.cells[:-1], line.part, line.level) for line in lines]
    return Display(
        name=table.id,
        caption=caption,
        columns=tuple(columns),
        lines=tuple(lines[:MOST_ROWS]),
        notes=(*((writer.say("table one.smd"),) if compared else ()), *table.notes),
        reasons=tuple(sorted(table.hidden())),
        left_out=max(len(lines) - MOST_ROWS, 0),
    )


def _size(cell: Cell, writer: Writer) -> str:
    value = as_number(cell)
    return "n = •" if isinstance(cell, Hidden) else f"n = {writer.numbers.whole(value or 0)}"


def _levels(name: str, rows: list[Row], writer: Writer) -> list[Line]:
    """A line a level with n (%); a variable of yes and no is one line, said of yes."""
    by_level = {level: list(found) for level, found in groupby(rows, key=lambda row: str(row[1]))}
    difference = _difference(rows, writer)
    lines = []
    if list(by_level)[:2] == ["no", "yes"]:
        for level in list(by_level)[1:]:
            label = writer.say("table one.share", name=name) if level == "yes" else writer.level(level)
            lines.append(
                _line(label, by_level[level], difference, writer, level=int(level != "yes"), part=level == "yes")
            )
            difference = NONE
        return lines
    blank = [Shown("")] * (len(rows[0]) - FIRST - 1)
    lines.append(Line((Shown(writer.say("table one.share", name=name)), *blank, difference), part=True))
    nothing = Shown("")
    lines += [_line(writer.level(level), found, nothing, writer, level=1) for level, found in by_level.items()]
    return lines


def _line(
    label: str, rows: list[Row], difference: Shown, writer: Writer, *, level: int = 0, part: bool = False
) -> Line:
    counts = _statistic(rows, "n")
    shares = _statistic(rows, "percent") or (None,) * len(counts)
    return Line((Shown(label), *_join(counts, shares, writer), difference), part=part, level=level)


def _join(counts: Iterable[Cell], shares: Iterable[Cell], writer: Writer) -> list[Shown]:
    joined = []
    for count, share in zip(counts, shares, strict=True):
        if isinstance(count, Hidden):
            joined.append(hidden(count))
            continue
        number, percent = as_number(count), as_number(share)
        if number is None:
            joined.append(NONE)
            continue
        said = writer.numbers.whole(number)
        joined.append(Shown(said if percent is None else f"{said} ({_percent(percent, writer)})", "number"))
    return joined


def _percent(value: float, writer: Writer) -> str:
    """With one decimal; what is more than nothing is never written as 0.0."""
    return f"<{writer.numbers.fixed(0.1, 1)}" if 0 < value < 0.05 else writer.numbers.fixed(value, 1)


def _numeric(name: str, rows: list[Row], writer: Writer) -> list[Line]:
    """Mean (SD), median (IQR) and missing."""
    unit = writer.unit(str(next((row[1] for row in rows if row[2] == "mean"), "") or ""))
    label = f"{name}, {unit}" if unit else name
    means = _statistic(rows, "mean")
    nothing = (None,) * len(means)
    sds = _statistic(rows, "sd") or nothing
    numbers = [n for cell in (*means, *sds) if (n := as_number(cell)) is not None]
    decimals = min(max(decimals_for(numbers, 3), 1), 3)
    first = [
        _with(mean, f" ({_fixed(sd, decimals, writer)})", decimals, writer) for mean, sd in zip(means, sds, strict=True)
    ]
    lines = [Line((Shown(writer.say("table one.mean", name=label)), *first, _difference(rows, writer)), part=True)]
    if medians := _statistic(rows, "median"):
        lows, highs = (_statistic(rows, name) or nothing for name in ("q1", "q3"))
        quartiles = [*medians, *lows, *highs]
        places = 0 if all((n := as_number(cell)) is None or n == int(n) for cell in quartiles) else min(decimals, 1)
        second = [
            _with(middle, f" ({_fixed(low, places, writer)}–{_fixed(high, places, writer)})", places, writer)
            for middle, low, high in zip(medians, lows, highs, strict=True)
        ]
        lines.append(Line((Shown(writer.say("table one.median")), *second, Shown("")), level=1))
    if missing := _statistic(rows, "missing"):
        third = [_with(cell, "", 0, writer) for cell in missing]
        lines.append(Line((Shown(writer.say("table one.missing")), *third, Shown("")), level=1))
    return lines


def _statistic(rows: list[Row], name: str) -> tuple[Cell, ...]:
    """The cells of a statistic by group; () where the table has no such statistic."""
    return next((row[FIRST:-1] for row in rows if row[2] == name), ())


def _fixed(cell: Cell, decimals: int, writer: Writer) -> str:
    value = as_number(cell)
    return "•" if isinstance(cell, Hidden) else "–" if value is None else writer.numbers.fixed(value, decimals)


def _with(cell: Cell, more: str, decimals: int, writer: Writer) -> Shown:
    if isinstance(cell, Hidden):
        return hidden(cell)
    return NONE if cell is None else Shown(_fixed(cell, decimals, writer) + more, "number")


def _difference(rows: list[Row], writer: Writer) -> Shown:
    cell = rows[0][-1]
    if isinstance(cell, Hidden):
        return hidden(cell)
    value = as_number(cell)
    return NONE if value is None else Shown(writer.numbers.fixed(value, 2), "number", bar=abs(value))
