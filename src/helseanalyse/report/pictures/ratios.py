"""Estimates with their intervals as marks on whiskers: ratios on a logarithmic axis, rates on one that starts at 0."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from helseanalyse.report.frame import Frame, Group
from helseanalyse.report.language import Writer
from helseanalyse.report.numbers import HIDDEN, decimals_for, decimals_of_ratio
from helseanalyse.report.palette import INK, Look
from helseanalyse.report.pictures.axes import Plot, x_axis
from helseanalyse.report.pictures.picture import WIDE, Picture, both
from helseanalyse.report.scale import Scale, from_zero, log_ticks, tick_decimals
from helseanalyse.report.svg import document, line, mark, measure, shorten, text
from helseanalyse.study.answer import Hidden, SafeTable

MOST_ROWS = 60
MOST_SAID = 4  # groups whose numbers stand in the title
ROW = 30.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """A row of such a picture: value, low and high are None where hidden or not applicable, and `said` says which."""

    name: str
    look: Look
    value: float | None
    low: float | None
    high: float | None
    said: str
    hollow: bool = False


def forest_picture(table: SafeTable, writer: Writer) -> Picture | None:
    """Ratios against one group, with 1 marked; None where there are none, or too many to be read."""
    frame = Frame(table)
    rows = [row for row in table.rows if frame.number(row, "ratio") is not None]
    if not rows or len(table.rows) > MOST_ROWS:
        return None
    against = frame.text(table.rows[0], "against")
    base = tuple((name, against) for name in frame.dimensions[:1])
    estimates = [Estimate(writer.level(against), writer.palette.look(base), 1.0, None, None, writer.say("reference"))]
    for row in table.rows:
        value, low, high = (frame.number(row, name) for name in ("ratio", "low", "high"))
        said = HIDDEN if isinstance(frame.at(row, "ratio"), Hidden) else "–"
        if value is not None and low is not None and high is not None:
            said = writer.numbers.estimate(value, low, high, decimals_of_ratio(value, low, high))
        group = frame.group(row)
        estimates.append(Estimate(writer.group(group), writer.palette.look(group), value, low, high, said))
    title = _ratio_finding(frame, estimates, writer)
    axis = writer.say("ratio.axis", against=writer.level(against))
    return both(table.id, title, lambda width: _draw_ratios(estimates, axis, title, width, writer))


def _ratio_finding(frame: Frame, estimates: list[Estimate], writer: Writer) -> str:
    shown = [f"{e.name} {e.said}" for e in estimates[1:] if e.value is not None][:MOST_SAID]
    outcome = str(frame.facts.get("outcome", ""))
    return writer.say("ratio.finding", outcome=outcome, against=estimates[0].name, ratios=", ".join(shown))


def rates_picture(table: SafeTable, standardised: SafeTable | None, writer: Writer) -> Picture | None:
    """The rate of each group, and the age-standardised one beside it; None for fewer than two groups."""
    frame = Frame(table)
    if not 2 <= len(table.rows) <= MOST_ROWS:
        return None
    adjusted = {}
    if standardised is not None and not Frame(standardised).has("period"):
        other = Frame(standardised)
        adjusted = {other.group(row): (other, row) for row in standardised.rows}
    numbers = [n for row in table.rows if (n := frame.number(row, "rate")) is not None]
    if not numbers:
        return None
    decimals = decimals_for(numbers)
    estimates = []
    for row in table.rows:
        group = frame.group(row)
        estimates.append(_rate(frame, row, group, decimals, writer, hollow=False))
        if group in adjusted:
            estimates.append(_rate(*adjusted[group], group, decimals, writer, hollow=True))
    unit = writer.unit(frame.unit("rate"))
    title = _rate_finding(frame, [e for e in estimates if not e.hollow and e.value is not None], unit, writer)
    caption = (writer.say("rate.hollow"),) if adjusted else ()
    axis = sentence(writer.say("rate.axis", unit=unit))
    return both(table.id, title, lambda width: _draw_rates(estimates, axis, title, width, writer), caption)


def sentence(said: str) -> str:
    """The text with a capital first letter."""
    return said[:1].upper() + said[1:]


def _rate(frame: Frame, row: tuple, group: Group, decimals: int, writer: Writer, *, hollow: bool) -> Estimate:  # type: ignore[type-arg]
    value, low, high = (frame.number(row, name) for name in ("rate", "low", "high"))
    said = HIDDEN if isinstance(frame.at(row, "rate"), Hidden) else "–"
    if value is not None:
        said = writer.numbers.fixed(value, decimals)
        if low is not None and high is not None:
            said = writer.numbers.estimate(value, low, high, decimals)
    name = writer.say("rate.standardised") if hollow else writer.group(group)
    return Estimate(name, writer.palette.look(group), value, low, high, said, hollow)


def _rate_finding(frame: Frame, estimates: list[Estimate], unit: str, writer: Writer) -> str:
    outcome = str(frame.facts.get("outcome", ""))
    if len(estimates) <= MOST_SAID:
        rates = ", ".join(f"{e.name} {e.said}" for e in estimates)
        return writer.say("rate.finding", outcome=outcome, unit=unit, rates=rates)
    low, *_, high = sorted(estimates, key=lambda e: (e.value or 0.0, e.name))
    return writer.say(
        "rate.finding.range",
        outcome=outcome, unit=unit, low=low.said, high=high.said, lowest=low.name, highest=high.name,
    )  # fmt: skip


def _draw_ratios(estimates: list[Estimate], axis: str, title: str, width: float, writer: Writer) -> str:
    ends = [n for e in estimates for n in (e.value, e.low, e.high) if n is not None and n > 0]
    ticks = log_ticks(min(ends), max(ends))

    def scale(start: float, stop: float) -> Scale:
        return Scale(ticks[0], ticks[-1], start, stop, logarithmic=True)

    def says(tick: float) -> str:
        return writer.numbers.significant(tick, 1 if tick != 1.5 else 2)

    return _draw(estimates, ticks, scale, says, axis, title, width, one=True)


def _draw_rates(estimates: list[Estimate], axis: str, title: str, width: float, writer: Writer) -> str:
    ends = [n for e in estimates for n in (e.value, e.high) if n is not None]
    ticks = from_zero(max(ends), 5 if width == WIDE else 4)

    def scale(start: float, stop: float) -> Scale:
        return Scale(0, ticks[-1], start, stop)

    decimals = tick_decimals(ticks)

    def says(tick: float) -> str:
        return writer.numbers.fixed(tick, decimals)

    return _draw(estimates, ticks, scale, says, axis, title, width, one=False)


def _draw(
    estimates: list[Estimate],
    ticks: list[float],
    scale: Callable[[float, float], Scale],
    says: Callable[[float], str],
    axis: str,
    title: str,
    width: float,
    *,
    one: bool,
) -> str:
    wide = width == WIDE
    numbers = max(measure(e.said) for e in estimates) + 12
    names = min(max(measure(e.name, 13) for e in estimates) + 22, 230.0)
    row = ROW if wide else ROW + 14
    left, right = (names, width - numbers) if wide else (8.0, width - 8.0)
    plot = Plot(left, 6, right, 14 + row * len(estimates))
    x = scale(plot.left + 6, plot.right - 6)
    parts = [x_axis(plot, x, [(tick, says(tick)) for tick in ticks], grid=True)]
    if one:
        parts.append(line(x(1.0), plot.top, x(1.0), plot.bottom, kind="i", colour=INK, stroke_width=1.4))
    for place, estimate in enumerate(estimates):
        y = plot.top + 4 + row * place + (row / 2 if wide else row - 12)
        words_y = y + 4 if wide else y - 14
        parts.append(text(0, words_y, shorten(estimate.name, names - 8 if wide else width - numbers, 13), size=13))
        parts.append(text(width, words_y, estimate.said, anchor="end"))
        parts += _whisker(estimate, x, y)
    at = plot.left if wide else 0.0
    parts.append(text(at, plot.bottom + 36, shorten(axis, width - at), muted=True))
    return document(width, plot.bottom + 44, title, parts)


def _whisker(estimate: Estimate, x: Scale, y: float) -> list[str]:
    if estimate.value is None:
        return []
    look, parts = estimate.look, []
    if estimate.low is not None and estimate.high is not None:
        kind = f"s{look.name}"
        low, high = max(estimate.low, x.low), min(estimate.high, x.high)
        parts.append(line(x(low), y, x(high), y, kind=kind, colour=look.colour, stroke_width=2))
        # An end beyond the axis has no stop: the interval goes on.
        parts += [
            line(x(n), y - 4, x(n), y + 4, kind=kind, colour=look.colour, stroke_width=2)
            for n, end in ((low, estimate.low), (high, estimate.high))
            if n == end
        ]
    parts.append(mark(x(estimate.value), y, look, 5, hollow=estimate.hollow))
    return parts
