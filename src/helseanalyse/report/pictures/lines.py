"""Rates and shares by calendar period and by age: one plot, or several small ones on the same page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from helseanalyse.report.frame import Frame, Group, Row
from helseanalyse.report.language import Writer
from helseanalyse.report.numbers import HIDDEN, decimals_for, decimals_of_shares
from helseanalyse.report.palette import MUTED, Look
from helseanalyse.report.pictures.axes import Plot, band, key, spread, stroke, x_axis, y_axis
from helseanalyse.report.pictures.picture import WIDE, Picture, both
from helseanalyse.report.scale import Scale, from_zero
from helseanalyse.report.svg import BOLD, document, element, line, mark, measure, number, shorten, text
from helseanalyse.study.answer import Hidden, SafeTable

MOST_GROUPS = 12
MOST_PANELS = 24
MOST_NAMED = 6
MOST_POINTS = 4000
MOST_REACH = 2.5  # times the largest number: intervals beyond are cut

Point = tuple[int, float, float | None, float | None]  # place along the axis, value, low, high


@dataclass(frozen=True, slots=True)
class Series:
    """A group's values along the axis: (place, value, low, high), and the places where its value is hidden."""

    group: Group
    points: tuple[Point, ...]
    hidden: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """One plot: its name ("" where it is the only one), the names along its axis, and its series."""

    name: str
    along: tuple[str, ...]
    series: tuple[Series, ...]

    @property
    def most(self) -> float:
        """Where the axis must reach: to the largest number, and to the ends of intervals that are not much larger.

        The interval of a rate of no events in little time would else flatten everything beside it.
        """
        values = max((value for s in self.series for _, value, _, _ in s.points), default=0.0)
        return min(self.reach, MOST_REACH * values) if values else self.reach

    @property
    def reach(self) -> float:
        """The largest number or end of an interval."""
        return max((max(value, high or 0.0) for s in self.series for _, value, _, high in s.points), default=0.0)


def trend_picture(table: SafeTable, writer: Writer) -> Picture | None:
    """A measure by calendar period."""
    return _picture(Frame(table), "ratio", "period", None, writer)


def cells_picture(table: SafeTable, writer: Writer) -> Picture | None:
    """Rates by period, by age, or by both as small plots.

    With five periods or more, time runs along the axis and each age has a plot; with fewer, age runs along it.
    """
    frame = Frame(table)
    if frame.has("period") and frame.has("age"):
        periods = len({frame.text(row, "period") for row in table.rows})
        along, across = ("period", "age") if periods >= 5 else ("age", "period")
        return _picture(frame, "rate", along, across, writer)
    return _picture(frame, "rate", "period" if frame.has("period") else "age", None, writer)


def _picture(frame: Frame, measure_name: str, along: str, across: str | None, writer: Writer) -> Picture | None:
    panels = _panels(frame, measure_name, along, across, writer)
    groups = list(dict.fromkeys(s.group for panel in panels for s in panel.series))
    drawn = sum(len(s.points) for panel in panels for s in panel.series)
    if not 2 <= drawn <= MOST_POINTS or len(groups) > MOST_GROUPS or len(panels) > MOST_PANELS:
        return None
    hidden = sum(len(s.hidden) for panel in panels for s in panel.series)
    if max(len(panel.along) for panel in panels) < 2 or hidden > drawn:  # what is left would tell another story
        return None
    unit = writer.unit(frame.unit(measure_name))
    standardised = frame.table.kind == "rates_standardised"
    heading = frame.table.columns[frame.place(measure_name)]
    label = writer.say("column.standardised") if standardised else writer.column(heading)
    axis = writer.say("lines.axis", measure=label, unit=unit)
    # Ages that differ a hundredfold cannot share an axis; plots of the same ages can.
    shared = across != "age"
    title = _finding(frame, measure_name, panels, along, unit, writer)
    caption = []
    if hidden:
        caption.append(writer.say("lines.hidden", sign=HIDDEN))
    shared_top = max(panel.most for panel in panels)
    if any(panel.reach > 1.2 * (shared_top if shared else panel.most) for panel in panels):
        caption.append(writer.say("lines.cut"))
    if across == "age":
        caption.append(writer.say("lines.own scale"))
    # Years need no name; ages do.
    chart = _Chart(
        panels, groups, axis, writer.dimension(along) if along == "age" else "", title, shared, along == "age", writer
    )
    return both(frame.table.id, title, chart.draw, tuple(caption))


def _panels(frame: Frame, measure_name: str, along: str, across: str | None, writer: Writer) -> list[Panel]:
    names = list(dict.fromkeys(frame.text(row, along) for row in frame.table.rows))
    place = {name: i for i, name in enumerate(names)}
    shelves: dict[str, dict[Group, list[Row]]] = {}
    for row in frame.table.rows:
        shelf = frame.text(row, across) if across else ""
        shelves.setdefault(shelf, {}).setdefault(frame.group(row), []).append(row)
    panels = []
    for shelf, groups in shelves.items():
        series = []
        for group, rows in groups.items():
            points, hidden = [], []
            for row in rows:
                at, value = place[frame.text(row, along)], frame.number(row, measure_name)
                if value is not None:
                    points.append((at, value, frame.number(row, "low"), frame.number(row, "high")))
                elif isinstance(frame.at(row, measure_name), Hidden):
                    hidden.append(at)
            series.append(Series(group, tuple(points), tuple(hidden)))
        name = f"{writer.dimension(across or '')} {writer.level(shelf)}" if across else ""
        panels.append(Panel(name, tuple(writer.level(n) for n in names), tuple(series)))
    return panels


def _finding(frame: Frame, measure_name: str, panels: list[Panel], along: str, unit: str, writer: Writer) -> str:
    """The first and the last number of each group, or what is drawn where there are many."""
    what = (
        frame.table.title.partition(":")[0] if frame.table.kind != "trend" else frame.table.title.rpartition(" by ")[0]
    )
    if frame.table.kind == "rates_standardised":
        what = writer.say("lines.standardised", what=what)
    series = [s for s in panels[0].series if len(s.points) > 1]
    if len(panels) > 1 or not 1 <= len(series) <= 3 or along == "age":
        by = [along, "age" if along == "period" else "period"] if len(panels) > 1 else [along]
        names = [writer.dimension(name).lower() for name in (*by, *frame.dimensions)]
        return writer.say("lines.drawn", what=what, unit=unit, by=writer.language.listed(names))
    values = [value for s in series for _, value, _, _ in s.points]
    decimals = decimals_of_shares(values) if unit == "%" else decimals_for(values)
    said = []
    for s in series:
        (a, first, *_), (b, last, *_) = s.points[0], s.points[-1]
        numbers = [writer.numbers.fixed(n, decimals) for n in (first, last)]
        periods = panels[0].along
        change = writer.say("lines.from to", first=numbers[0], last=numbers[1], start=periods[a], end=periods[b])
        said.append(f"{writer.group(s.group)} {change}" if s.group else change)
    return writer.say("lines.finding", what=what, unit=unit, said="; ".join(said))


@dataclass(frozen=True)
class _Chart:
    panels: list[Panel]
    groups: list[Group]
    axis: str
    along: str
    title: str
    shared: bool
    bands: bool  # ages along the axis: groups of people side by side, not time
    writer: Writer

    def draw(self, width: float) -> str:
        """The whole picture: the key, then the plots in rows."""
        wide, several = width == WIDE, len(self.panels) > 1
        looks = {group: self.writer.palette.look(group) for group in self.groups}
        named = wide and not several and 1 < len(self.groups) <= MOST_NAMED
        legend, used = "", 0.0
        if len(self.groups) > 1 and not named:
            legend, used = key([(self.writer.group(g), looks[g]) for g in self.groups], 0, 22, width)
        columns = 1 if not several else 2 if not wide or len(self.panels) in (2, 4) else 3
        cell = width / columns
        inner = 150.0 if several else (270.0 if wide else 220.0)
        most = max(panel.most for panel in self.panels)
        parts, y = [text(0, 12, shorten(self.axis, width), muted=True), legend], 22 + used
        for place, panel in enumerate(self.panels):
            column = place % columns
            if place and column == 0:
                y += inner + 58
            edge = width - 14 if not named else width - self._room() - 14
            right = (column + 1) * cell - 12 if several else edge
            plot = Plot(column * cell + (40 if not wide or several else 52), y + 22, right, y + 22 + inner)
            parts.append(self._panel(panel, plot, looks, most if self.shared else panel.most, named=named))
        y += 22 + inner
        parts.append(
            text(
                width if several else width - (self._room() + 14 if named else 14),
                y + 36,
                self.along,
                anchor="end",
                muted=True,
            )
        )
        return document(width, y + 44, self.title, parts)

    def _room(self) -> float:
        return min(max(BOLD * measure(self.writer.group(g)) for g in self.groups) + 20, 180.0)

    def _panel(self, panel: Panel, plot: Plot, looks: dict[Group, Look], most: float, *, named: bool) -> str:
        ticks = from_zero(most, 5 if plot.bottom - plot.top > 200 else 3)
        y = Scale(0, ticks[-1], plot.bottom, plot.top)
        x = Scale(-0.4, len(panel.along) - 0.6, plot.left, plot.right)
        parts = [
            text(plot.left, plot.top - 8, shorten(panel.name, plot.right - plot.left, bold=True), bold=True)
            if panel.name
            else "",
            y_axis(plot, y, ticks, self.writer.numbers),
            x_axis(plot, x, list(enumerate(panel.along))),
        ]
        few = len(self.groups) <= 4
        for i, series in enumerate(panel.series):
            look = looks[series.group]
            shift = (i - (len(panel.series) - 1) / 2) * 5 if self.bands else 0.0
            parts += self._series(series, x, y, look, shift, few=few)
        for series in panel.series:
            parts += [_dot(x(at), plot.bottom) for at in series.hidden]
        if named:
            parts += _names(panel, x, y, looks, plot, self.writer, self._room())
        return "".join(parts)

    def _series(self, series: Series, x: Scale, y: Scale, look: Look, shift: float, *, few: bool) -> list[str]:
        parts, kind = [], f"s{look.name}"
        for run in _runs(series.points):
            path = "L".join(f"{number(x(at) + shift)} {number(y(value))}" for at, value, _, _ in run)
            limits = [(at, low, high) for at, _, low, high in run if low is not None and high is not None]
            if self.bands:
                parts += [
                    line(x(at) + shift, y(low), x(at) + shift, y(high), kind=kind, colour=look.colour, stroke_width=1.4)
                    for at, low, high in limits
                ]
            elif few and len(limits) > 1:
                upper = "L".join(f"{number(x(at))} {number(y(high))}" for at, _, high in limits)
                lower = "L".join(f"{number(x(at))} {number(y(low))}" for at, low, _ in reversed(limits))
                parts.append(band(f"M{upper}L{lower}Z", look))
            if len(run) > 1:
                parts.append(stroke("M" + path, look, 1.2 if self.bands else 2.2))
        if len(series.points) <= 40:
            parts += [mark(x(at) + shift, y(value), look, 3.2) for at, value, _, _ in series.points]
        return parts


def _runs(
    points: Sequence[Point],
) -> list[list[Point]]:
    """Neighbours together: a line is not drawn across a period that has no number."""
    runs: list[list[Point]] = []
    for point in points:
        if runs and point[0] == runs[-1][-1][0] + 1:
            runs[-1].append(point)
        else:
            runs.append([point])
    return runs


def _dot(x: float, y: float) -> str:
    return element("circle", cx=x, cy=y - 6, r=3, fill=MUTED, class_="fh")


def _names(
    panel: Panel, x: Scale, y: Scale, looks: dict[Group, Look], plot: Plot, writer: Writer, room: float
) -> list[str]:
    ended = [series for series in panel.series if series.points]
    places = spread([y(s.points[-1][1]) for s in ended], 15, plot.top + 4, plot.bottom - 2)
    return [
        text(plot.right + 8, at + 4, shorten(writer.group(s.group), room - 8, bold=True), bold=True)
        for s, at in zip(ended, places, strict=True)
    ]
