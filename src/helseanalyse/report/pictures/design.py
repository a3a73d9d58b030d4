"""The design diagram: time runs to the right, day 0 is a vertical line, each window a bar with its days.

The graphic convention is that of Schneeweiss et al., Annals of Internal Medicine 2019; 170: 398-406. Windows of
thirty days and of five years must both be readable, so the axis keeps the order of days but not their distance.
"""

from __future__ import annotations

from datetime import date

from helseanalyse.report.clean import clean
from helseanalyse.report.language import Writer, sentence_case
from helseanalyse.report.numbers import MINUS
from helseanalyse.report.palette import INK, LIGHT, LINE, UNKNOWN_COLOUR
from helseanalyse.report.pictures.axes import Plot, x_axis
from helseanalyse.report.pictures.picture import WIDE, Picture, both
from helseanalyse.report.scale import Scale
from helseanalyse.report.svg import document, element, line, measure, shorten, text, wrap
from helseanalyse.study.answer import DataVersion
from helseanalyse.study.specification import Incidence, Specification, Trend
from helseanalyse.study.windows import Window

# Which colour a window of that kind has: the class of a bar, and its colour on paper.
KINDS = {
    "lookback": ("g4", LIGHT[4]),
    "washout": ("g3", LIGHT[3]),
    "exposure": ("g1", LIGHT[1]),
    "followup": ("g0", LIGHT[0]),
}
OTHER = ("gu", UNKNOWN_COLOUR)
BAR = 16.0
MOST_BARS = 8  # of more windows, those over the same days share a bar
ONE_DAY = 12.0  # how wide day 0 itself is drawn
EDGE = 34.0  # beside the first and the last day, where bars without a limit run out


def design_picture(windows: tuple[Window, ...], writer: Writer) -> Picture | None:
    """The diagram of a study's windows; None for a study that has none."""
    if not windows:
        return None
    rows = _rows(windows, writer)
    title = writer.say("design.finding", windows="; ".join(f"{name}: {days_said(w, writer)}" for name, w in rows))
    return both("design", writer.say("design.title"), lambda width: _draw(rows, title, writer, width))


def _rows(windows: tuple[Window, ...], writer: Writer) -> list[tuple[str, Window]]:
    """Each bar with its name. In a study of many windows those over the same days share a bar."""
    shared: dict[tuple[object, ...], list[Window]] = {}
    for place, window in enumerate(windows):
        days = (window.kind, window.first, window.last) if len(windows) > MOST_BARS else (place,)
        shared.setdefault(days, []).append(window)
    rows = []
    for same in shared.values():
        names = [window_name(window, writer) for window in same]
        if len(names) > 2:
            names = [names[0], writer.say("design.more", number=writer.numbers.whole(len(names) - 1))]
        rows.append((writer.language.listed(names), same[0]))
    return rows


def window_name(window: Window, writer: Writer) -> str:
    """What a window is called; the one that every study has, in the report's language."""
    if window.kind == "followup" and window.name == "follow-up":
        return writer.say("design.follow-up")
    return sentence_case(writer.labels.get(window.name, clean(window.name)))


def length_said(window: Window, writer: Writer) -> str:
    """The length of a window as the study wrote it, "5 years"; "" where it wrote days."""
    number, _, unit = window.said.partition(" ")
    if not number.isdigit() or unit not in ("years", "months"):
        return ""
    return writer.language.count(int(number), unit)


def days_said(window: Window, writer: Writer) -> str:
    """The days of a window: "days -365 to -1"."""
    if window.first is None and window.last is None:
        return writer.say("design.always")
    if window.first is None:
        return writer.say("design.until", day=_day(window.last or 0, writer))
    if window.last is None:
        return writer.say("design.from", day=_day(window.first, writer))
    if window.first == window.last:
        return writer.say("design.on", day=_day(window.first, writer))
    return writer.say("design.days", first=_day(window.first, writer), last=_day(window.last, writer))


def _day(day: int, writer: Writer) -> str:
    return (MINUS if day < 0 else "") + writer.numbers.whole(abs(day))


def _places(windows: tuple[Window, ...], left: float, right: float) -> dict[int, float]:
    """Where each first day, and each day after a last one, stands: day 0 in the middle third, others evenly spread."""
    edges = {0}
    for window in windows:
        edges |= {window.first} if window.first is not None else set()
        edges |= {window.last + 1} if window.last is not None else set()
    before = sorted(day for day in edges if day < 0)
    after = sorted(day for day in edges if day > 1)
    parts = max(len(before), 1) + max(len(after), 1)
    share = min(max(max(len(before), 1) / parts, 0.3), 0.7)
    zero = left + (right - left) * share
    places = {0: zero}
    for i, day in enumerate(before):
        places[day] = left + (zero - left) * i / len(before)
    start = zero
    if 1 in edges:  # the end of day 0: one day, however much room there is
        start = places[1] = zero + ONE_DAY
    for i, day in enumerate(after, 1):
        places[day] = start + (right - start) * i / len(after)
    return places


def _draw(rows: list[tuple[str, Window]], title: str, writer: Writer, width: float) -> str:
    wide = width == WIDE
    windows = tuple(window for _, window in rows)
    names = min(max(measure(name) for name, _ in rows) + 16, 240.0) if wide else 0.0
    places = _places(windows, names + EDGE, width - EDGE)
    zero = places[0]
    y = 30.0
    parts, bars = [text(zero, 14, writer.say("design.day 0"), anchor="middle", bold=True)], []
    for name, window in rows:
        if wide:
            lines = wrap(name, names - 12, most=2)
            height = max(34.0, 15.0 * len(lines) + 10)
            for i, said in enumerate(lines):
                bars.append(text(0, y + height / 2 + 4 + 15 * (i - (len(lines) - 1) / 2), said))
            bars += _bar(window, places, names, width, y + (height - BAR) / 2, writer)
            y += height
        else:
            bars.append(text(0, y + 14, shorten(name, width)))
            bars += _bar(window, places, names, width, y + 20, writer)
            y += 48
    parts.append(line(zero, 20, zero, y + 6, kind="i", colour=INK, stroke_width=1.4, stroke_dasharray="4 3"))
    parts += bars
    parts += _axis(_ticks(windows, places), names, width, y + 6, writer)
    return document(width, y + 46, title, parts)


def _bar(window: Window, places: dict[int, float], left: float, right: float, y: float, writer: Writer) -> list[str]:
    name, colour = KINDS.get(window.kind, OTHER)
    start = left + 4 if window.first is None else places[window.first]
    stop = right - 4 if window.last is None else places[window.last + 1]
    stop = max(stop, start + 6)
    tip = 8.0
    corners = [(start, y), (stop, y), (stop, y + BAR), (start, y + BAR)]
    if window.last is None:
        corners[1:3] = [(stop - tip, y), (stop, y + BAR / 2), (stop - tip, y + BAR)]
    if window.first is None:
        corners[0] = (start + tip, y)
        corners[-1:] = [(start + tip, y + BAR), (start, y + BAR / 2)]
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in corners)
    said = days_said(window, writer)
    parts = [element("polygon", points=points, fill=colour, class_=f"f{name}")]
    room, takes = stop - start - 14, measure(said, 11)
    if takes <= room:
        parts.append(_inside((start + stop) / 2, y + 12, said))
    elif stop + takes + 6 <= right:
        parts.append(text(stop + 6, y + 12, said, size=11))
    else:
        parts.append(text(max(start - 6, left + takes), y + 12, said, size=11, anchor="end"))
    return parts


def _inside(x: float, y: float, said: str) -> str:
    return (
        text(x, y, said, size=11, anchor="middle", bold=True)
        .replace('class="i"', 'class="o"')
        .replace(f'fill="{INK}"', 'fill="#ffffff"')
    )


def _ticks(windows: tuple[Window, ...], places: dict[int, float]) -> dict[int, float]:
    """The day to write at each place. A window ends with its last day, so the place after it carries that day."""
    first = {0} | {window.first for window in windows}
    return {day if day in first else day - 1: at for day, at in places.items() if day != 1 or 1 in first}


def _axis(places: dict[int, float], left: float, right: float, y: float, writer: Writer) -> list[str]:
    parts = [line(left, y, right, y, colour=LINE)]
    free = float("-inf")
    for day, at in sorted(places.items()):
        said = _day(day, writer)
        parts.append(line(at, y, at, y + 4, colour=LINE))
        if at - measure(said) / 2 > free or day == 0:
            parts.append(text(at, y + 18, said, anchor="middle", muted=True))
            free = at + measure(said) / 2 + 5
    parts.append(text(right, y + 35, writer.say("design.axis"), anchor="end", muted=True))
    return parts


def calendar_picture(study: Specification, data: tuple[DataVersion, ...], writer: Writer) -> Picture | None:
    """A study of the calendar: its period, what its analyses follow, and how far each registry is complete.

    None where a registry or the study covers less than a day.
    """
    rows = [(writer.say("calendar.study"), study.start, study.end, "g0")]
    for analysis in study.analyses:
        if isinstance(analysis, Incidence | Trend):
            rows.append((sentence_case(clean(analysis.name)), analysis.every.first, analysis.every.last, "g2"))
    rows = list(dict.fromkeys(rows))
    starts = min(start for _, start, _, _ in rows)
    for version in data:
        if version.complete_to is not None and version.complete_to > starts:
            rows.append((clean(version.label or version.registry), starts, version.complete_to, "gu"))
    stops = max(stop for _, _, stop, _ in rows)
    if stops <= starts:
        return None
    caption = (writer.say("calendar.data"),) if any(look == "gu" for *_, look in rows) else ()
    title = writer.say("calendar.title", first=writer.numbers.day(study.start), last=writer.numbers.day(study.end))
    return both("design", title, lambda width: _draw_calendar(rows, starts, stops, title, writer, width), caption)


def _draw_calendar(
    rows: list[tuple[str, date, date, str]], starts: date, stops: date, title: str, writer: Writer, width: float
) -> str:
    wide = width == WIDE
    left = min(max(measure(name) for name, *_ in rows) + 16, 280.0) if wide else 0.0
    edge = 4.0 if wide else 18.0  # room for half a year's name
    x = Scale(starts.toordinal(), stops.toordinal() + 1, left + edge, width - edge)
    y, parts = 4.0, []
    for name, start, stop, look in rows:
        if wide:
            parts.append(text(0, y + 17, shorten(name, left - 12)))
        else:
            parts.append(text(0, y + 11, shorten(name, width)))
            y += 14
        at, end = x(start.toordinal()), x(stop.toordinal() + 1)
        colour = dict(zip(("g0", "g2", "gu"), (LIGHT[0], LIGHT[2], UNKNOWN_COLOUR), strict=True))[look]
        parts.append(element("rect", x=at, y=y + 5, width=max(end - at, 2), height=BAR, fill=colour, class_=f"f{look}"))
        said = f"{writer.numbers.day(start)} – {writer.numbers.day(stop)}"
        if measure(said, 11) < end - at - 12:
            parts.append(_inside((at + end) / 2, y + 17, said))
        y += 30
    years = range(starts.year + (starts > date(starts.year, 1, 1)), stops.year + 1)
    plot = Plot(left + edge, 0, width - edge, y + 2)
    parts.append(x_axis(plot, lambda year: x(date(int(year), 1, 1).toordinal()), [(year, str(year)) for year in years]))
    return document(width, y + 28, title, parts)
