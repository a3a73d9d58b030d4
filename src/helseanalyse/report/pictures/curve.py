"""Curves over time: steps or lines with their interval as a band, names at their ends, persons at risk below."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from helseanalyse.report.frame import Frame, Group
from helseanalyse.report.language import Writer
from helseanalyse.report.numbers import DASH, HIDDEN, decimals_of_shares
from helseanalyse.report.palette import Look
from helseanalyse.report.pictures.axes import Plot, band, key, spread, stroke, x_axis, y_axis
from helseanalyse.report.pictures.picture import WIDE, Picture, both
from helseanalyse.report.scale import Scale, from_zero, nice_step
from helseanalyse.report.svg import BOLD, document, mark, measure, number, shorten, text
from helseanalyse.study.answer import Hidden, SafeTable

YEAR = 365.25
MOST_NAMED = 6  # more groups than this get a key instead of names at the ends of their lines
ROW = 18.0


@dataclass(frozen=True, slots=True)
class Line:
    """One group's curve: days, and shares in percent with their limits; it starts at day 0. shape: "step" or "line"."""

    group: Group
    days: tuple[float, ...]
    values: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def curve_pictures(table: SafeTable, risks: SafeTable | None, writer: Writer) -> list[Picture]:
    """One picture a cause: the outcome first, then the competing events. None for curves that are wholly hidden."""
    frame = Frame(table)
    causes = list(dict.fromkeys(frame.text(row, "cause") for row in table.rows))
    pictures = []
    for place, cause in enumerate(causes):
        lines = _lines(frame, cause)
        if lines:
            name = table.id if place == 0 else f"{table.id}-{place + 1}"
            below = Frame(risks) if risks is not None and place == 0 else None  # once: it is the same for all
            chart = _Chart(frame, cause, lines, below, writer)
            pictures.append(both(name, chart.finding(), chart.draw))
    return pictures


def _lines(frame: Frame, cause: str) -> list[Line]:
    found = []
    for group, rows in frame.by_group():
        points = []
        for row in rows:
            if frame.text(row, "cause") != cause:
                continue
            day, value = frame.number(row, "day"), frame.number(row, "estimate")
            if day is not None and value is not None:
                low, high = frame.number(row, "low"), frame.number(row, "high")
                points.append((day, value, value if low is None else low, value if high is None else high))
        if points:
            days, values, low_, high_ = zip(*sorted(points), strict=True)
            found.append(Line(group, days, values, low_, high_))
    return _in_percent(found, falling=frame.facts.get("method") == "kaplan_meier")


def _in_percent(lines: list[Line], *, falling: bool) -> list[Line]:
    """Shares as percent. A survival curve that stays above one half is turned round: its axis can then start at 0."""
    turned = falling and all(min(line.values) > 0.5 for line in lines)

    def change(values: Sequence[float]) -> tuple[float, ...]:
        return tuple(100 * (1 - v) if turned else 100 * v for v in values)

    start = 100.0 if falling and not turned else 0.0
    changed = []
    for line in lines:
        low, high = change(line.low), change(line.high)
        low, high = (high, low) if turned else (low, high)
        changed.append(
            Line(
                line.group, (0.0, *line.days), (start, *change(line.values)), (start, *low), (start, *high),
            )
        )  # fmt: skip
    return changed


def is_turned(frame: Frame) -> bool:
    """Whether a picture of this table shows 1 minus the shares that the table gives."""
    values = [value for row in frame.table.rows if (value := frame.number(row, "estimate")) is not None]
    return frame.facts.get("method") == "kaplan_meier" and bool(values) and min(values) > 0.5


UNITS = (("years", YEAR), ("months", YEAR / 12), ("days", 1.0))


def axis_unit(last: float) -> tuple[str, float]:
    """The unit that people count a follow-up of that length in: the word of its axis, and its days."""
    return next((word, length) for word, length in UNITS if last >= 1.5 * length or word == "days")


def day_ticks(last: float, writer: Writer, most: int, wished: Sequence[float] = ()) -> list[tuple[float, str]]:
    """Ticks up to the last day: where persons at risk are given, if those days are whole units; else evenly apart."""
    word, length = axis_unit(last)
    units = [day / length for day in wished]
    if len(units) > 1 and all(abs(u - round(u)) < 0.02 * max(u, 1) / 2 for u in units):
        rest = range(int(last / length + 0.005) + 1) if last / length <= 40 else []
        # Every unit has a tick. Where not all can have a name, those with a number at risk under them have.
        named = {0, *(round(u) for u in units), *(rest if len(rest) <= most + 1 else [])}
        return [(u * length, writer.numbers.whole(u) if u in named else "") for u in sorted({*rest, *named})]
    span = last / length
    step = max(nice_step(span, most), 1.0)
    if word == "months":
        step = next((s for s in (1.0, 2.0, 3.0, 6.0, 12.0) if span / s <= most + 1), step)
    ticks = [i * step for i in range(int(span / step + 0.005) + 1)]
    return [(tick * length, writer.numbers.fixed(tick, 0)) for tick in ticks]


@dataclass(frozen=True)
class _Chart:
    frame: Frame
    cause: str
    lines: list[Line]
    risks: Frame | None
    writer: Writer

    def finding(self) -> str:
        """The share at the last day with a known number at risk, or else at the last on which every group is drawn."""
        say, shared = self.writer.say, min(line.days[-1] for line in self.lines)
        known = _at_risk_cells(self.risks, self.cause, shared, self.writer) if self.risks is not None else {}
        last = max((min(day, shared) for numbers in known.values() for day in numbers), default=shared)
        survival = self.frame.facts.get("method") == "kaplan_meier" and not is_turned(self.frame)
        what = say("curve.without" if survival else "curve.with", cause=self.cause)
        ends = [_at(line, last, stepped=self._stepped) for line in self.lines]
        decimals = decimals_of_shares(ends)
        shown = [
            (f"{self.writer.group(line.group)} " if line.group else "")
            + f"{self.writer.numbers.fixed(end, decimals)} %"
            for end, line in zip(ends, self.lines, strict=True)
        ]
        if len(shown) > MOST_NAMED:
            low, high = (pick(zip(ends, shown, strict=True))[1] for pick in (min, max))
            shown = [say("curve.range", low=low, high=high)]
        word = "curve.finding.survival" if survival else "curve.finding"
        return say(word, what=what, when=self._when(last), shares=", ".join(shown))

    def _when(self, day: float) -> str:
        years = day / YEAR
        if years >= 1.5 or abs(years - 1) < 0.02:
            tenths = round(years, 1)
            said = self.writer.numbers.fixed(tenths, 0 if tenths == int(tenths) else 1)
            return f"{said} {self.writer.say('years.one' if tenths == 1 else 'years.many')}"
        return self.writer.language.count(day, "days")

    def draw(self, width: float) -> str:
        wide, writer = width == WIDE, self.writer
        named = wide and len(self.lines) <= MOST_NAMED and any(line.group for line in self.lines)
        looks = [writer.palette.look(line.group) for line in self.lines]
        names = [writer.group(line.group) for line in self.lines]
        right = min(max((BOLD * measure(name) for name in names), default=0) + 22, 190) if named else 14
        legend, used = ("", 0.0)
        if not named and any(line.group for line in self.lines):
            legend, used = key(list(zip(names, looks, strict=True)), 0, 22, width)
        left = max(46.0, min(max(measure(name) for name in names) + 34, 170.0)) if wide else 40.0
        last = max(line.days[-1] for line in self.lines)
        plot = Plot(left, 26 + used, width - right, 26 + used + (290 if wide else 230))
        top = 100.0 if self._falling else max(max(line.high) for line in self.lines)
        ticks = [tick for tick in from_zero(top) if tick <= 100]
        x = Scale(0, last, plot.left, plot.right)
        y = Scale(0, max(ticks[-1], min(top, 100)), plot.bottom, plot.top)
        at_risk = _at_risk_cells(self.risks, self.cause, last, writer) if self.risks is not None else {}
        days = _apart(at_risk, x)
        marks = day_ticks(last, writer, 10 if wide else 5, days)
        parts = [
            legend,
            text(0, 12, shorten(self._measure(), width), muted=True),
            y_axis(plot, y, ticks, writer.numbers),
            x_axis(plot, x, marks),
            text(plot.right, plot.bottom + 35, writer.say(f"axis.{axis_unit(last)[0]}"), anchor="end", muted=True),
            *self._draw_lines(x, y, looks),
        ]
        if named:
            places = spread([y(line.values[-1]) for line in self.lines], 15, plot.top + 4, plot.bottom - 2)
            for line, look, name, at in zip(self.lines, looks, names, places, strict=True):
                parts.append(mark(x(line.days[-1]) + 6, y(line.values[-1]), look, 3.6))
                parts.append(text(x(line.days[-1]) + 14, at + 4, shorten(name, right - 16, bold=True), bold=True))
        height = plot.bottom + 42
        if at_risk:
            more, height = _at_risk(at_risk, days, x, plot, height, wide, writer)
            parts.append(more)
        return document(width, height, self.finding(), parts)

    @property
    def _falling(self) -> bool:
        return self.lines[0].values[0] == 100.0

    @property
    def _stepped(self) -> bool:
        return self.frame.facts.get("shape") != "line"

    def _measure(self) -> str:
        kind = "km" if self.frame.facts.get("method") == "kaplan_meier" else "aj"
        turned = "turned" if kind == "km" and not self._falling else "plain"
        return self.writer.say(f"curve.axis.{kind}.{turned}")

    def _draw_lines(self, x: Scale, y: Scale, looks: list[Look]) -> list[str]:
        stepped = self._stepped
        parts = []
        if len(self.lines) <= MOST_NAMED:  # more bands than that hide each other
            for line, look in zip(self.lines, looks, strict=True):
                lower, upper = (_path(line.days, side, x, y, stepped=stepped) for side in (line.low, line.high))
                backwards = " ".join(f"{number(a)} {number(b)}" for a, b in reversed(lower))
                parts.append(band(_join(upper) + "L" + backwards + "Z", look))
        for line, look in zip(self.lines, looks, strict=True):
            parts.append(stroke(_join(_path(line.days, line.values, x, y, stepped=stepped)), look))
        return parts


def _at(line: Line, day: float, *, stepped: bool) -> float:
    """The value on a day: that of the last step, or on the straight line between two points."""
    before = bisect_right(line.days, day) - 1
    if stepped or before == len(line.days) - 1:
        return line.values[before]
    (a, b), (low, high) = line.days[before : before + 2], line.values[before : before + 2]
    return low + (high - low) * (day - a) / (b - a)


def _path(
    days: Sequence[float], values: Sequence[float], x: Scale, y: Scale, *, stepped: bool
) -> list[tuple[float, float]]:
    """The corners of a curve on a grid of half a pixel: five thousand steps are no more than the eye can tell apart."""
    points: list[tuple[float, float]] = []
    for day, value in zip(days, values, strict=True):
        at, height = round(2 * x(day)) / 2, round(y(value), 1)
        if points and stepped:
            if height == points[-1][1]:
                continue
            if at == points[-1][0]:
                points[-1] = (at, height)
                continue
            points.append((at, points[-1][1]))
        elif points and at == points[-1][0]:
            points[-1] = (at, height)
            continue
        points.append((at, height))
    end = round(2 * x(days[-1])) / 2
    if points[-1][0] < end:
        points.append((end, points[-1][1]))
    return points


def _join(points: list[tuple[float, float]]) -> str:
    """An SVG path through the points, in relative steps where they run along an axis: it is half as long so."""
    path = [f"M{number(points[0][0])} {number(points[0][1])}"]
    for (x0, y0), (x1, y1) in pairwise(points):
        if y0 == y1:
            path.append(f"H{number(x1)}")
        elif x0 == x1:
            path.append(f"V{number(y1)}")
        else:
            path.append(f"L{number(x1)} {number(y1)}")
    return "".join(path)


def _at_risk_cells(risks: Frame, cause: str, last: float, writer: Writer) -> dict[Group, dict[float, str]]:
    """The persons at risk by group and day, as written, at the days that the table of risks gives."""
    cells: dict[Group, dict[float, str]] = {}
    for row in risks.table.rows:
        day = risks.number(row, "day")
        if risks.text(row, "cause") != cause or day is None or day > last * 1.002:
            continue
        cell, left = risks.at(row, "at_risk"), risks.number(row, "at_risk")
        shown = HIDDEN if isinstance(cell, Hidden) else DASH if left is None else writer.numbers.whole(left)
        cells.setdefault(risks.group(row), {})[day] = shown
    return cells


def _apart(cells: dict[Group, dict[float, str]], x: Scale) -> list[float]:
    """The days whose numbers do not touch; the last one is kept, since the tail is where few are left."""
    widest = max((measure(said) for numbers in cells.values() for said in numbers.values()), default=0.0) + 10
    kept: list[float] = []
    for day in sorted({day for numbers in cells.values() for day in numbers}, reverse=True):
        if not kept or x(kept[-1]) - x(day) >= widest:
            kept.append(day)
    return kept[::-1]


def _at_risk(
    cells: dict[Group, dict[float, str]],
    days: list[float],
    x: Scale,
    plot: Plot,
    top: float,
    wide: bool,
    writer: Writer,
) -> tuple[str, float]:
    """The persons at risk under the axis; and the height so far."""
    y = top + 14
    parts = [text(0, y, writer.say("curve.at risk"), bold=True)]
    for group, numbers in cells.items():
        y += ROW
        parts.append(mark(4, y - 4, writer.palette.look(group), 3.2))
        parts.append(text(12, y, shorten(writer.group(group), (plot.left - 26) if wide else plot.right - 12)))
        if not wide:
            y += ROW - 2
        for day in days:
            parts.append(text(x(day), y, numbers.get(day, DASH), anchor="middle"))
    return "".join(parts), y + 10
