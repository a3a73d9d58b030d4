"""Municipal care in the last years of life, and for the few who need it earlier: periods from 2017 on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from helseanalyse.synthetic.calendar import NEVER, STOP, YEAR_DAYS, Days, day
from helseanalyse.synthetic.draw import Draw, Ints
from helseanalyse.synthetic.life import Lives
from helseanalyse.synthetic.world import World

SINCE = day("2017-01-01")
SERVICES = (
    "home_nursing", "practical_help", "long_stay", "short_stay", "personal_assistance", "day_activity",
    "safety_alarm", "gps", "support_contact", "respite", "carers_allowance", "meals",
)  # fmt: skip
# Service: share of women and of men who ever have it, mean age and spread at its start, mean years (0: until
# death). Orders of magnitude (unverified).
_USUAL = {
    "home_nursing": (0.58, 0.48, 82.0, 8.0, 0.0), "practical_help": (0.34, 0.25, 83.0, 7.0, 4.0),
    "safety_alarm": (0.42, 0.28, 83.5, 6.0, 0.0), "meals": (0.14, 0.12, 86.0, 6.0, 2.0),
    "personal_assistance": (0.0015, 0.0014, 38.0, 16.0, 10.0), "support_contact": (0.008, 0.008, 28.0, 18.0, 6.0),
    "respite": (0.004, 0.005, 11.0, 6.0, 5.0), "carers_allowance": (0.003, 0.004, 10.0, 6.0, 5.0),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spells:
    """Periods of care: position of the person, first day, first day without (NEVER while it lasts), service."""

    row: Ints
    start: Days
    stop: Days
    service: npt.NDArray[np.int8]


def periods(world: World, lives: Lives) -> Spells:
    """The care of the persons of a batch."""
    who, draw = lives.people, Draw(world.seed, lives.people.pid)
    never = np.full(len(who.pid), float(NEVER))
    starts: dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]] = {}
    stops = {}
    for name, (women, men, age, spread, years) in _USUAL.items():
        given = draw.chance(f"care.{name}", np.where(who.sex == 0, women, men))
        begin = who.born + np.maximum(age + spread * draw.normal(f"care.{name}.age"), 2.0) * YEAR_DAYS
        starts[name] = np.where(given, begin, never)
        lasts = draw.exponential(f"care.{name}.years") * years * YEAR_DAYS if years else never
        stops[name] = begin + lasts
    demented = lives.course.since["dementia"].astype(np.float64)
    demented[demented >= NEVER] = NEVER
    wait = draw.exponential("care.nursing_home") * 3.6 * YEAR_DAYS
    from_dementia = np.where(draw.chance("care.demented", 0.85), demented + 200 + wait, never)
    frail = who.born + (90.5 + 5.0 * draw.normal("care.frail_age")) * YEAR_DAYS
    starts["long_stay"] = np.minimum(from_dementia, np.where(draw.chance("care.frail", 0.30), frail, never))
    stops["long_stay"] = never
    for name, share, after in (("day_activity", 0.40, 0.6), ("gps", 0.06, 0.8)):
        starts[name] = np.where(draw.chance(f"care.{name}", share), demented + after * YEAR_DAYS, never)
        stops[name] = np.minimum(starts[name] + 3 * YEAR_DAYS, starts["long_stay"])
    starts["short_stay"] = np.where(
        draw.chance("care.short", 0.45), starts["home_nursing"] + 400 * draw.exponential("care.short.wait"), never
    )
    stops["short_stay"] = starts["short_stay"] + np.ceil(10 + 12 * draw.exponential("care.short.days"))
    for name in ("home_nursing", "practical_help", "safety_alarm", "meals"):
        stops[name] = np.minimum(stops[name], starts["long_stay"])
    return _observed(lives, starts, stops)


def _observed(
    lives: Lives,
    starts: dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]],
    stops: dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]],
) -> Spells:
    """The part of each period that falls into the registry's time and the person's (first) time in Norway."""
    who = lives.people
    gone = np.minimum(np.where(lives.died < NEVER, lives.died + 1, NEVER), who.left)
    rows, begins, ends, services = [], [], [], []
    for number, name in enumerate(SERVICES):
        begin = np.maximum(np.floor(starts[name]), np.maximum(SINCE, who.arrived))
        end = np.minimum(np.floor(stops[name]), gone)
        some = np.flatnonzero((begin < np.minimum(end, STOP)) & (starts[name] < STOP))
        rows.append(some)
        begins.append(begin[some])
        ends.append(np.where(end[some] >= STOP, NEVER, end[some]))
        services.append(np.full(len(some), number, dtype=np.int8))
    return Spells(
        np.concatenate(rows), np.concatenate(begins).astype(np.int32),
        np.concatenate(ends).astype(np.int32), np.concatenate(services),
    )  # fmt: skip
