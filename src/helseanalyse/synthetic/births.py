"""The births of mothers: how long the pregnancy was, how the child came, and how it was.

Facts of a birth are a function of (seed, child). True effects: a mother who smokes has a child 180 g
lighter (`truth.SMOKING_BIRTH_WEIGHT`); 16 percent are caesareans.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from helseanalyse.synthetic import truth
from helseanalyse.synthetic.calendar import NEVER, START, Days, age_on
from helseanalyse.synthetic.draw import Bools, Draw, Floats, Ints
from helseanalyse.synthetic.life import Lives
from helseanalyse.synthetic.world import World

CAESAREAN = ("no", "planned", "emergency")
SMOKING = ("no", "sometimes", "daily")
_STILLBORN = 0.0036  # per live birth
_STILLBORN_GAP = 320  # days to the births before and after


@dataclass(frozen=True, slots=True)
class Births:
    """One element a child: position of the mother in the batch, child (0 if stillborn), day, and the facts."""

    row: Ints
    child: Ints
    father: Ints
    on: Days
    sex: npt.NDArray[np.int8]
    plurality: Ints
    parity: Ints
    age: Floats
    gestation: Ints
    weight: Ints
    caesarean: npt.NDArray[np.int8]
    preeclampsia: Bools
    hypertension: Bools
    assisted: Bools
    smoking: npt.NDArray[np.int8]  # -1: no answer
    bmi: Floats
    alive: Bools
    draw: Draw  # of the children; stillborn ones have numbers of their own


def births(world: World, lives: Lives) -> Births:
    """The births from 2008 on of the mothers in a batch."""
    society, pid = world.society, lives.people.pid
    row, child = society.births_of(pid)
    all_ = society.everyone
    on = all_.born[child]
    parity, plurality = _order(row, on)
    earlier = society.earlier_children[pid]
    lost = Draw(world.seed, child).chance("birth.stillborn", _STILLBORN)
    gap = (Draw(world.seed, child).uniform("birth.stillborn.day") * 300 + _STILLBORN_GAP).astype(np.int32)
    previous = np.where((np.arange(len(row)) > 0) & (np.roll(row, 1) == row), np.roll(on, 1), -NEVER)
    lost &= (on - gap > previous + _STILLBORN_GAP) & (on - gap >= START) & (plurality == 1)
    lost &= lives.resident(row, on - gap)
    alive = np.concatenate([np.ones(len(row), dtype=bool), np.zeros(int(lost.sum()), dtype=bool)])
    who = np.concatenate([child, child[lost] + world.total])  # numbers of their own for the draws
    row = np.concatenate([row, row[lost]])
    on = np.concatenate([on, (on - gap)[lost]]).astype(np.int32)
    parity = np.concatenate([parity, parity[lost]]) + earlier[row]
    plurality = np.concatenate([plurality, plurality[lost]])
    father = society.families.father[np.concatenate([child, child[lost]])]
    sex = np.concatenate([all_.sex[child], Draw(world.seed, child[lost]).chance("birth.sex", 0.51).astype(np.int8)])
    return _facts(lives, Draw(world.seed, who), row, np.where(alive, who, 0), father, on, sex, plurality, parity, alive)


def _order(row: Ints, on: Days) -> tuple[Ints, Ints]:
    """For births sorted by mother and day: births before this one from 2008 on, and children of the same birth."""
    if not len(row):
        return row, row
    new = np.ones(len(row), dtype=bool)
    new[1:] = (row[1:] != row[:-1]) | (on[1:] - on[:-1] > 3)
    delivery = np.cumsum(new) - 1
    plurality = np.bincount(delivery)[delivery]
    first_of_mother = np.ones(len(row), dtype=bool)
    first_of_mother[1:] = row[1:] != row[:-1]
    start = np.maximum.accumulate(np.where(first_of_mother, delivery, 0))
    return delivery - start, plurality


def _facts(
    lives: Lives, draw: Draw, row: Ints, child: Ints, father: Ints, on: Days, sex: npt.NDArray[np.int8],
    plurality: Ints, parity: Ints, alive: Bools,
) -> Births:  # fmt: skip
    age = age_on(on, lives.people.born[row])
    smoker = lives.traits.smoker[row]
    bmi = np.clip(24.6 + 4.6 * Draw(draw.seed, lives.people.pid[row]).normal("birth.bmi") + 0.04 * (age - 30), 16, 52)
    bmi = np.round(bmi + 0.8 * np.maximum(draw.normal("birth.bmi.now"), -1.0), 1)
    first, twin = parity == 0, plurality > 1
    risk = 0.020 * np.where(first, 1.8, 0.7) * np.exp(0.06 * (bmi - 24.6)) * np.where(twin, 2.8, 1.0)
    preeclampsia = draw.chance("birth.preeclampsia", np.minimum(risk, 0.5))
    early = draw.chance("birth.early", np.where(twin, 0.42, 0.048))
    normal = draw.normal("birth.gestation")
    gestation = np.where(
        early, 245 - 16 * np.abs(normal) - 6 * draw.exponential("birth.very_early"), 281 + 8.5 * normal
    )
    gestation = gestation - np.where(preeclampsia, 9, 0) - np.where(twin & ~early, 12, 0)
    gestation = np.clip(np.where(alive, gestation, gestation - 45 * draw.uniform("birth.lost_early")), 154, 305)
    weight = 3530 + 25.5 * (gestation - 281) - np.where(gestation < 240, 0.03 * (240 - gestation) ** 2, 0)
    weight = weight + np.where(sex == 1, 65, -65) + np.where(first, -95, 45) - np.where(twin, 320, 0)
    weight = weight - np.where(smoker, truth.SMOKING_BIRTH_WEIGHT, 0) - np.where(preeclampsia, 110, 0)
    weight = np.clip(weight + 16 * (bmi - 24.6) + 420 * draw.normal("birth.weight") * gestation / 281, 350, 6200)
    section = 0.143 * np.exp(0.045 * (age - 31)) * np.where(first, 1.15, 0.85) * np.exp(0.03 * (bmi - 24.6))
    section = np.minimum(section * np.where(twin, 2.6, 1.0) * np.where(preeclampsia, 2.2, 1.0), 0.9)
    cut = draw.chance("birth.section", section)
    planned = draw.chance("birth.planned", np.where(first, 0.25, 0.55))
    answer = draw.uniform("birth.smoking")
    smoking = np.where(smoker, np.where(answer < 0.50, 2, np.where(answer < 0.62, 1, 0)), 0)
    smoking = np.where(answer > 0.90, -1, smoking)
    return Births(
        row=row, child=child, father=father, on=on, sex=sex, plurality=plurality, parity=parity, age=age,
        gestation=np.round(gestation).astype(np.int64), weight=np.round(weight / 5).astype(np.int64) * 5,
        caesarean=np.where(cut, np.where(planned, 1, 2), 0).astype(np.int8), preeclampsia=preeclampsia,
        hypertension=~preeclampsia & draw.chance("birth.hypertension", 0.022),
        assisted=draw.chance("birth.assisted", np.interp(age, [22, 30, 36, 42], [0.005, 0.03, 0.07, 0.12])),
        smoking=smoking.astype(np.int8), bmi=bmi, alive=alive, draw=draw,
    )  # fmt: skip
