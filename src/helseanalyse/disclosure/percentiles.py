"""A percentile that is nobody's own value: taken from classes that each hold enough persons."""

from __future__ import annotations

from helseanalyse.methods.describe import Histogram


def classed(histogram: Histogram, p: float, least: int) -> float | None:
    """The middle of the class in which the p-quantile lies; None where fewer than `least` lie on either side.

    Neighbouring values are joined, from the lowest, until a class holds `least` persons; what is left over at
    the top joins the last class. A value that `least` persons share is a class of its own, and given as it is.

    >>> classed(Histogram([40, 41, 60, 61], [3, 3, 9, 9]), 0.25, 5)
    40.5
    >>> classed(Histogram([40, 41, 60], [3, 3, 9]), 0.25, 5) is None
    True
    """
    n = histogram.n
    if n * min(p, 1 - p) < least:
        return None
    place = int((n - 1) * p)
    classes: list[tuple[int, int, int]] = []  # lowest value, highest value, persons
    low, held = None, 0
    for value, count in zip(histogram.values.tolist(), histogram.counts.tolist(), strict=True):
        if count == 0:
            continue
        low = value if low is None else low
        held += count
        if held >= least:
            classes.append((low, value, held))
            low, held = None, 0
    if held:
        first, _, before = classes.pop()
        last = int(histogram.values[histogram.counts > 0][-1])
        classes.append((first, last, before + held))
    below = 0
    for first, last, persons in classes:
        below += persons
        if place <= below - 1 or below == n:
            return (first + last) / 2
    return None  # pragma: no cover - the last class holds everyone that is left
