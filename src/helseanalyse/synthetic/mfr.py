"""MFR: a row a child, the mother being the person."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from helseanalyse.synthetic import arrow
from helseanalyse.synthetic.births import CAESAREAN, SMOKING, Births, births
from helseanalyse.synthetic.calendar import NEVER, STOP
from helseanalyse.synthetic.draw import Bools, Ints
from helseanalyse.synthetic.population import SEX
from helseanalyse.synthetic.world import World

SURVIVAL = (
    "alive", "died_first_day", "died_day_2_to_6", "died_day_7_to_27", "died_first_year", "died_second_year",
    "died_later", "stillborn_before", "stillborn_during", "stillborn_unknown", "emigrated",
)  # fmt: skip
_BMI_KNOWN = 0.86
_APGAR = (0.004, 0.003, 0.004, 0.007, 0.02, 0.07, 0.17, 0.722)  # 3 or less ... 10


def _survival(world: World, some: Births) -> Ints:
    """Place in SURVIVAL: what became of the child, as known at the end of 2024."""
    all_ = world.society.everyone
    died, left = all_.died[some.child], all_.left[some.child]
    lived = died.astype(np.int64) - some.on
    place = np.searchsorted([1, 7, 28, 365, 731], lived, side="right") + 1
    place = np.where(died < NEVER, place, np.where(left < STOP, 10, 0))
    lost = 7 + some.draw.pick("birth.lost", [0.8, 0.14, 0.06])
    return np.where(some.alive, place, lost)


def _apgar(some: Births) -> tuple[Ints, Bools]:
    value = 3 + some.draw.pick("birth.apgar", _APGAR)
    return np.where(some.gestation < 224, value - 2, value), some.alive & some.draw.chance("birth.apgar.known", 0.995)


def tables(world: World, batch: int) -> dict[str, pa.Table]:
    """The rows of MFR for the mothers of a batch."""
    lives = world.lives(batch)
    some = births(world, lives)
    draw = some.draw
    apgar, apgar_known = _apgar(some)
    length = np.round(50.0 + (some.weight - 3530) / 260 + 1.4 * draw.normal("birth.length")).astype(np.int64)
    return {
        "birth": arrow.table({
            "pid": arrow.persons(lives.people.pid[some.row]),
            "born_on": arrow.dates(some.on),
            "child": arrow.persons(some.child),
            "father": arrow.persons(some.father),
            "sex": arrow.chosen(some.sex, SEX),
            "gestation_days": arrow.numbers(some.gestation, draw.chance("birth.gestation.known", 0.985)),
            "birth_weight": arrow.numbers(some.weight, draw.chance("birth.weight.known", 0.998)),
            "birth_length": arrow.numbers(np.clip(length, 20, 62), draw.chance("birth.length.known", 0.93)),
            "apgar_5": arrow.numbers(apgar, apgar_known),
            "parity": arrow.numbers(np.minimum(some.parity, 20)),
            "plurality": arrow.numbers(some.plurality),
            "mothers_age": arrow.numbers(np.floor(some.age).astype(np.int64)),
            "bmi_before": arrow.numbers(some.bmi, draw.chance("birth.bmi.known", _BMI_KNOWN)),
            "caesarean": arrow.chosen(some.caesarean, CAESAREAN),
            "preeclampsia": arrow.numbers(some.preeclampsia),
            "gestational_hypertension": arrow.numbers(some.hypertension),
            "assisted_conception": arrow.numbers(some.assisted),
            "malformation": arrow.numbers(draw.chance("birth.malformation", np.where(some.alive, 0.033, 0.13))),
            "smoking": arrow.chosen(some.smoking, SMOKING),
            "alive": arrow.numbers(some.alive),
            "survival": arrow.chosen(_survival(world, some).astype(np.int8), SURVIVAL),
        })
    }  # fmt: skip
