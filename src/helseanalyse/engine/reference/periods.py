"""Periods as plain pairs, and the rules that make them. Sections 6 and 8 of the manual, section 5 of methods.

A period is (first day, the day after the last day), in day numbers; a period that still runs stops at infinity.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

Day = int | float  # a day number (date.toordinal), or infinity
Period = tuple[Day, Day]
FOREVER = math.inf


def day_number(day: date | None) -> Day:
    """The number of a date; infinity where it is unknown."""
    return FOREVER if day is None else day.toordinal()


def period(start: date | None, stop: date | None) -> Period | None:
    """Two dates as a period; None where the start is unknown or no day is inside."""
    if start is None:
        return None
    return (start.toordinal(), day_number(stop)) if start.toordinal() < day_number(stop) else None


def as_date(day: Day) -> date | None:
    """The date of a day number; unknown for infinity."""
    return None if day == FOREVER else date.fromordinal(int(day))


def merged(periods: Iterable[Period]) -> list[Period]:
    """Overlapping and touching periods made one."""
    result: list[Period] = []
    for start, stop in sorted(periods):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], stop))
        else:
            result.append((start, stop))
    return result


def intersection(left: Iterable[Period], right: Iterable[Period]) -> list[Period]:
    """The days covered by both."""
    right = list(right)
    parts = [(max(a, c), min(b, d)) for a, b in left for c, d in right]
    return merged((start, stop) for start, stop in parts if start < stop)


def difference(left: Iterable[Period], right: Iterable[Period]) -> list[Period]:
    """The days covered by left and not by right."""
    remaining = merged(left)
    for begin, end in right:
        pieces = [((start, min(stop, begin)), (max(start, end), stop)) for start, stop in remaining]
        remaining = [piece for pair in pieces for piece in pair if piece[0] < piece[1]]
    return merged(remaining)


def gaps(periods: Iterable[Period]) -> list[Period]:
    """The days between the first start and the last stop that no period covers."""
    covered = merged(periods)
    return [(before[1], after[0]) for before, after in pairwise(covered)]


def contains(periods: Iterable[Period], day: date) -> bool:
    """Whether a period holds the day."""
    return any(start <= day.toordinal() < stop for start, stop in periods)


def episodes(days: Iterable[date], max_gap: int) -> list[tuple[Period, int]]:
    """Distinct days joined where neighbours are at most max_gap days apart: each with its number of days."""
    result: list[tuple[Period, int]] = []
    for day in sorted({day.toordinal() for day in days}):
        # stop - 1 is the last day of the episode so far.
        if result and day - (result[-1][0][1] - 1) <= max_gap:
            (start, _), n = result[-1]
            result[-1] = ((start, day + 1), n + 1)
        else:
            result.append(((day, day + 1), 1))
    return result


# --- exposure episodes from dispensings: methods.md section 5 ------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplyRules:
    """The parameters of exposure episodes, as in `study.nodes.Supply`."""

    grace: int
    carry_over: bool
    cap: int | None
    extension: int
    lag: int
    minimum: int


Dispensing = tuple[date, object, int | float]  # day, substance, days supplied


def exposure(dispensings: Sequence[Dispensing], rules: SupplyRules) -> list[Period]:
    """When a person is exposed, from dispensings in any order."""
    supplied: list[Period] = []
    for substance in {substance for _, substance, _ in dispensings}:
        by_day: dict[int, int | float] = {}
        for day, other, days in dispensings:
            if other == substance:
                by_day[day.toordinal()] = by_day.get(day.toordinal(), 0) + days
        supplied += _one_clock(by_day, rules)
    dispensed_on = sorted({day.toordinal() for day, _, _ in dispensings})
    if len(dispensed_on) < rules.minimum:
        return []
    begin = dispensed_on[rules.minimum - 1]
    joined = [(start, stop + rules.extension) for start, stop in _joined(supplied, rules.grace)]
    after = [(max(start, begin), stop) for start, stop in joined if stop > begin]
    return [(start + rules.lag, stop + rules.lag) for start, stop in merged(after)]


def _one_clock(by_day: dict[int, int | float], rules: SupplyRules) -> list[Period]:
    """Steps 3 and 4: days rounded up, at least 1; surplus carried over to the next dispensing, at most `cap` days."""
    pieces: list[Period] = []
    previous_end: Day = -FOREVER
    for day in sorted(by_day):
        surplus = max(0, previous_end - day) if rules.carry_over else 0
        if rules.cap is not None:
            surplus = min(rules.cap, surplus)
        previous_end = day + max(1, math.ceil(by_day[day])) + surplus
        pieces.append((day, previous_end))
    return pieces


def _joined(pieces: Iterable[Period], grace: int) -> list[Period]:
    """Step 6: pieces at most `grace` days apart are one episode."""
    result: list[Period] = []
    for start, stop in sorted(pieces):
        if result and start <= result[-1][1] + grace:
            result[-1] = (result[-1][0], max(result[-1][1], stop))
        else:
            result.append((start, stop))
    return result
