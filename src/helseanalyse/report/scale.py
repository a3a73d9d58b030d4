"""From numbers to places on an axis, with ticks that people count in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log, log10


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps [low, high] to [start, stop] in pixels, on a straight or a logarithmic axis."""

    low: float
    high: float
    start: float
    stop: float
    logarithmic: bool = False

    def __call__(self, value: float) -> float:
        """The place of a value; values outside are drawn at the end of the axis."""
        value = min(max(value, self.low), self.high)
        if self.logarithmic:
            share = (log(value) - log(self.low)) / (log(self.high) - log(self.low))
        else:
            share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.stop - self.start)


def nice_step(span: float, ticks: int) -> float:
    """The step of 1, 2 or 5 times a power of ten that gives about that many ticks.

    >>> nice_step(9.3, 5), nice_step(0.07, 4)
    (2.0, 0.02)
    """
    rough = span / max(ticks, 1)
    power = 10.0 ** floor(log10(rough))
    step = next(step for step in (1, 2, 5, 10) if rough <= step * power * 1.0000001)
    return float(f"{step * power:.12g}")


def from_zero(most: float, ticks: int = 5) -> list[float]:
    """Ticks from 0 to at least `most`.

    >>> from_zero(7.4)
    [0.0, 2.0, 4.0, 6.0, 8.0]
    """
    if not most > 0:
        return [0.0, 1.0]
    step = nice_step(most, ticks)
    return [float(f"{i * step:.12g}") for i in range(ceil(most / step - 1e-9) + 1)]


def tick_decimals(ticks: Sequence[float]) -> int:
    """The decimals that tell every tick from its neighbours, the same for all of them.

    >>> tick_decimals([0.0, 2.0, 4.0]), tick_decimals([0.0, 0.5, 1.0])
    (0, 1)
    """
    return next((d for d in range(7) if all(abs(round(t, d) - t) < 1e-9 * max(abs(t), 1e-6) for t in ticks)), 6)


def log_ticks(low: float, high: float) -> list[float]:
    """Ticks of an axis of ratios round `low`, `high` and 1: as 0.5, 1, 2, or powers of ten where they lie far apart.

    >>> log_ticks(0.61, 0.78), log_ticks(0.02, 30)
    ([0.5, 0.7, 1.0, 1.5], [0.01, 0.1, 1.0, 10.0, 100.0])
    """
    low, high = min(low, 0.8), max(high, 1.25)
    if high / low > 60:
        first, last = floor(log10(low) + 1e-9), ceil(log10(high) - 1e-9)
        return [float(f"{10.0**power:.12g}") for power in range(first, last + 1)]
    fine = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0)
    coarse = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
    marks = fine if high / low < 8 else coarse
    if low < marks[0] or high > marks[-1]:
        return log_ticks(low / 61, high)
    first = max(i for i, mark in enumerate(marks) if mark <= low)
    last = min(i for i, mark in enumerate(marks) if mark >= high)
    return list(marks[first : last + 1])
