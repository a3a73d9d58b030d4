"""Infarctions and strokes as events: which kind, whether they kill, and a second one.

Published for infarction: 30-day fatality 21.3 percent in 2013 and 17.5 percent in 2021, out-of-hospital
deaths among them falling by 6.5 percent a year against 3.8 for all. For stroke: 85 percent infarct, 13
percent haemorrhage, 19 percent dead after three months.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from helseanalyse.synthetic import truth
from helseanalyse.synthetic.calendar import NEVER, YEAR_DAYS, Days, age_on, day
from helseanalyse.synthetic.draw import Bools, Draw, Floats
from helseanalyse.synthetic.people import People

OUT_OF_HOSPITAL, STEMI, NSTEMI = 0, 1, 2
INFARCT, HAEMORRHAGE, UNSPECIFIED = 0, 1, 2
OUT_SHARE_2013 = 0.150  # of all infarctions
OUT_TREND = -0.065  # a year, against INFARCTION_TREND for all
IN_HOSPITAL_FATALITY_2013 = 0.076  # at 72 years
STEMI_SHARE = 0.27  # of those who reach hospital


@dataclass(frozen=True, slots=True)
class Attacks:
    """One attack a person at most: when (NEVER if none), its kind, and the day it kills (NEVER if it does not)."""

    on: Days
    kind: npt.NDArray[np.int8]
    kills_on: Days


def years_since_2013(on: Days) -> Floats:
    """Years from 1 January 2013 to each day, at most 12 before or after (NEVER counts as 12)."""
    return np.clip((on - day("2013-07-01")) / YEAR_DAYS, -12.0, 12.0)


def infarctions(people: People, first: Days, seed: int) -> tuple[Attacks, Attacks]:
    """The first infarction of each person and, for some who survive it, a second one."""
    draw = Draw(seed, people.pid)
    one = _infarction(draw, people, first, "first")
    wait = 29 + np.floor(draw.exponential("infarction.again") / 0.030 * YEAR_DAYS)
    survived = (first < NEVER) & (one.kills_on == NEVER)
    again = np.where(survived, np.minimum(first + wait, NEVER), NEVER).astype(np.int32)
    return one, _infarction(draw, people, again, "second")


def _infarction(draw: Draw, people: People, on: Days, which: str) -> Attacks:
    years = years_since_2013(on)
    age = age_on(on, people.born)
    relative = ((1 + OUT_TREND) / (1 + truth.INFARCTION_TREND)) ** years
    outside = draw.chance(f"infarction.{which}.outside", OUT_SHARE_2013 * relative)
    stemi = draw.chance(f"infarction.{which}.stemi", STEMI_SHARE * np.exp(-0.015 * (age - 70.0)))
    kind = np.where(outside, OUT_OF_HOSPITAL, np.where(stemi, STEMI, NSTEMI)).astype(np.int8)
    fatality = np.minimum(IN_HOSPITAL_FATALITY_2013 * np.exp(0.05 * (age - 72.0)) * 0.978**years, 0.6)
    fatality = fatality * np.where(stemi, 1.15, 0.95)
    dies = outside | draw.chance(f"infarction.{which}.dies", fatality)
    delay = np.where(outside, 0, np.floor(30.0 * draw.uniform(f"infarction.{which}.delay") ** 2.0))
    return Attacks(on, kind, _kills(dies, on, delay))


def _kills(dies: Bools, on: Days, delay: Floats) -> Days:
    return np.where(dies & (on < NEVER), on + delay, NEVER).astype(np.int32)


def strokes(people: People, first: Days, seed: int) -> tuple[Attacks, Attacks]:
    """The first stroke of each person and, for some who survive it, a second one."""
    draw = Draw(seed, people.pid)
    one = _stroke(draw, people, first, "first")
    wait = 29 + np.floor(draw.exponential("stroke.again") / 0.035 * YEAR_DAYS)
    survived = (first < NEVER) & (one.kills_on == NEVER)
    again = np.where(survived, np.minimum(first + wait, NEVER), NEVER).astype(np.int32)
    return one, _stroke(draw, people, again, "second")


def _stroke(draw: Draw, people: People, on: Days, which: str) -> Attacks:
    age = age_on(on, people.born)
    kind = draw.pick(f"stroke.{which}.kind", [0.85, 0.13, 0.02]).astype(np.int8)
    base = np.array([0.115, 0.32, 0.25])[kind]
    dies = draw.chance(f"stroke.{which}.dies", np.minimum(base * np.exp(0.045 * (age - 74.0)), 0.8))
    delay = np.floor(90.0 * draw.uniform(f"stroke.{which}.delay") ** 2.5)
    return Attacks(on, kind, _kills(dies, on, delay))
