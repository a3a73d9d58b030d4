"""The light grid, the ticks and the names of a plot's axes; and the key of groups above it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from helseanalyse.report.numbers import Numbers
from helseanalyse.report.palette import GRID, Look
from helseanalyse.report.scale import Scale, tick_decimals
from helseanalyse.report.svg import element, line, mark, measure, shorten, text


@dataclass(frozen=True, slots=True)
class Plot:
    """The inside of a plot: its edges in pixels."""

    left: float
    top: float
    right: float
    bottom: float


def y_axis(plot: Plot, y: Scale, ticks: Sequence[float], numbers: Numbers) -> str:
    """Grid lines with their numbers at the left."""
    parts, decimals = [], tick_decimals(ticks)
    for tick in ticks:
        at = y(tick)
        parts.append(line(plot.left, at, plot.right, at, kind="r", colour=GRID))
        parts.append(text(plot.left - 7, at + 4, numbers.fixed(tick, decimals), anchor="end", muted=True))
    return "".join(parts)


def x_axis(plot: Plot, x: Callable[[float], float], ticks: Sequence[tuple[float, str]], *, grid: bool = False) -> str:
    """The base line with ticks and their names; names that would touch are left out."""
    parts = [line(plot.left, plot.bottom, plot.right, plot.bottom)]
    free = float("-inf")
    for value, name in ticks:
        at = x(value)
        if grid:
            parts.append(line(at, plot.top, at, plot.bottom, kind="r", colour=GRID))
        parts.append(line(at, plot.bottom, at, plot.bottom + 4))
        if not name:
            continue
        name = shorten(name, 2 * max(min(at, plot.right + 14 - at), 8))  # inside the picture
        half = measure(name) / 2
        if at - half > free:
            parts.append(text(at, plot.bottom + 18, name, anchor="middle", muted=True))
            free = at + half + 6
    return "".join(parts)


def key(entries: Sequence[tuple[str, Look]], x: float, y: float, width: float) -> tuple[str, float]:
    """The groups with their line and mark, in rows; and the height that it takes."""
    parts, at, row = [], x, 0
    for name, look in entries:
        said = shorten(name, min(width - 40, 260))
        takes = 38 + measure(said) + 14
        if at > x and at + takes > x + width:
            at, row = x, row + 1
        middle = y + 8 + 20 * row
        parts.append(swatch(at, middle, look))
        parts.append(text(at + 36, middle + 4, said))
        at += takes
    return "".join(parts), 20.0 * (row + 1) + 6 if entries else 0.0


def swatch(x: float, y: float, look: Look) -> str:
    """A short piece of a group's line with its mark."""
    return stroke(f"M{x:.1f} {y:.1f}h28", look) + mark(x + 14, y, look, 3.8)


def stroke(path: str, look: Look, width: float = 2.2) -> str:
    """A line of a group."""
    return element(
        "path", d=path, fill="none", stroke=look.colour, stroke_width=width, stroke_dasharray=look.dash,
        stroke_linejoin="round", class_=f"s{look.name}",
    )  # fmt: skip


def band(path: str, look: Look) -> str:
    """The interval of a group, as a pale area."""
    return element("path", d=path, fill=look.colour, fill_opacity="0.14", class_=f"f{look.name}")


def spread(places: Sequence[float], apart: float, low: float, high: float) -> list[float]:
    """Places moved as little as needed to be `apart` from each other, in the same order, within [low, high].

    >>> spread([10, 12, 50], 10, 0, 100)
    [6.0, 16.0, 50.0]
    """
    order = sorted(range(len(places)), key=lambda i: (places[i], i))
    blocks: list[tuple[float, list[int]]] = []  # (sum of wished starts, members)
    for i in order:
        blocks.append((places[i], [i]))
        while len(blocks) > 1:
            (sum_a, a), (sum_b, b) = blocks[-2:]
            if sum_a / len(a) + apart * len(a) <= sum_b / len(b):
                break
            blocks[-2:] = [(sum_a + sum_b - apart * len(a) * len(b), a + b)]
    found = [0.0] * len(places)
    for total, members in blocks:
        start = total / len(members)
        for step, i in enumerate(members):
            found[i] = start + apart * step
    # Kept inside from below, then from above.
    floor = low
    for i in order:
        found[i] = max(found[i], floor)
        floor = found[i] + apart
    ceiling = high
    for i in reversed(order):
        found[i] = min(found[i], ceiling)
        ceiling = found[i] - apart
    return found
