"""The quality registries of infarction and stroke: most of the patients in hospital, with clinical detail."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from helseanalyse.synthetic import acute, arrow
from helseanalyse.synthetic.acute import Attacks
from helseanalyse.synthetic.calendar import NEVER, Days, age_on, day
from helseanalyse.synthetic.draw import Bools, Draw, Floats, Ints
from helseanalyse.synthetic.life import Lives
from helseanalyse.synthetic.world import World

SINCE = day("2012-01-01")
INFARCTION_COVERAGE, STROKE_COVERAGE = 0.92, 0.88
INFARCTION = ("stemi", "nstemi", "unknown")
REPERFUSION = ("none", "primary_pci", "thrombolysis", "later_pci")
SMOKING = ("never", "former", "current", "unknown")
STROKE = ("infarct", "haemorrhage", "unspecified")


def _registered(lives: Lives, attack: Attacks, draw: Draw, name: str, coverage: float) -> Ints:
    """The positions of persons whose attack is in the registry."""
    on = attack.on
    row = np.flatnonzero((on >= SINCE) & (on < NEVER) & draw.chance(f"{name}.covered", coverage))
    return row[lives.resident(row, on[row])]


def _onset(draw: Draw, name: str, on: Days) -> Days:
    """The first symptoms: the day of admission, the day before, or two days before."""
    return (on - draw.pick(f"{name}.onset", [0.80, 0.15, 0.05])).astype(np.int32)


def infarction_tables(world: World, batch: int) -> dict[str, pa.Table]:
    """The rows of the infarction registry for the persons of a batch."""
    lives = world.lives(batch)
    parts = []
    for which, attack in zip(("first", "second"), lives.infarctions, strict=True):
        draw = Draw(world.seed, lives.people.pid)
        row = _registered(lives, attack, draw, f"infarction.{which}", INFARCTION_COVERAGE)
        row = row[attack.kind[row] != acute.OUT_OF_HOSPITAL]
        some = Draw(world.seed, lives.people.pid[row])
        stemi = attack.kind[row] == acute.STEMI
        age = age_on(attack.on[row], lives.people.born[row])
        parts.append(_infarctions(lives, some, which, row, attack.on[row], stemi, age))
    return {"infarction": pa.concat_tables(parts, promote_options="none")}


def _infarctions(lives: Lives, draw: Draw, which: str, row: Ints, on: Days, stemi: Bools, age: Floats) -> pa.Table:
    name = f"quality.infarction.{which}"
    old = np.clip((age - 75) / 20, 0, 0.6)
    u = draw.uniform(f"{name}.reperfusion")
    primary = np.where(stemi, 0.74, 0.06) * (1 - old)
    lysis, later = np.where(stemi, 0.10, 0.0) * (1 - old), np.where(stemi, 0.04, 0.42) * (1 - old)
    treated = np.where(u < primary, 1, np.where(u < primary + lysis, 2, np.where(u < primary + lysis + later, 3, 0)))
    ejection = np.clip(np.round(np.where(stemi, 47, 52) + 9 * draw.normal(f"{name}.ef")), 12, 75).astype(np.int64)
    troponin = np.round(np.exp(np.where(stemi, 7.6, 6.3) + 1.2 * draw.normal(f"{name}.troponin")), 1)
    smoker = lives.traits.smoker[row]
    former = draw.chance(f"{name}.former", 0.42)
    smoking = np.where(smoker, np.where(former, 1, 2), np.where(draw.chance(f"{name}.ex", 0.12), 1, 0))
    smoking = np.where(draw.chance(f"{name}.unasked", 0.06), 3, smoking)
    kind = np.where(draw.chance(f"{name}.unclear", 0.015), 2, np.where(stemi, 0, 1))
    return arrow.table({
        "pid": arrow.persons(lives.people.pid[row]),
        "onset_on": arrow.dates(_onset(draw, name, on)),
        "admitted_on": arrow.dates(on),
        "kind": arrow.chosen(kind.astype(np.int8), INFARCTION),
        "reperfusion": arrow.chosen(treated.astype(np.int8), REPERFUSION),
        "ejection_fraction": arrow.numbers(ejection, draw.chance(f"{name}.ef.known", 0.82)),
        "troponin": arrow.numbers(troponin, draw.chance(f"{name}.troponin.known", 0.97)),
        "earlier_infarction": arrow.numbers(
            (draw.chance(f"{name}.before", 0.16) | (which == "second")), draw.chance(f"{name}.before.known", 0.98)
        ),
        "smoking": arrow.chosen(smoking.astype(np.int8), SMOKING),
    })  # fmt: skip


def stroke_tables(world: World, batch: int) -> dict[str, pa.Table]:
    """The rows of the stroke registry for the persons of a batch."""
    lives = world.lives(batch)
    parts = []
    for which, attack in zip(("first", "second"), lives.strokes, strict=True):
        draw = Draw(world.seed, lives.people.pid)
        row = _registered(lives, attack, draw, f"stroke.{which}", STROKE_COVERAGE)
        parts.append(_strokes(lives, Draw(world.seed, lives.people.pid[row]), which, row, attack))
    return {"stroke": pa.concat_tables(parts, promote_options="none")}


def _strokes(lives: Lives, draw: Draw, which: str, row: Ints, attack: Attacks) -> pa.Table:
    name = f"quality.stroke.{which}"
    on, kind = attack.on[row], attack.kind[row]
    dead = (lives.died[row] - on) <= 90
    severe = np.where(kind == acute.HAEMORRHAGE, 1.8, 1.0) * np.where(dead, 2.4, 1.0)
    nihss = np.minimum(np.floor(3.6 * severe * draw.exponential(f"{name}.nihss") ** 1.2), 42).astype(np.int64)
    before = draw.pick(f"{name}.before", [0.62, 0.14, 0.096, 0.09, 0.04, 0.014])
    worse = draw.pick(f"{name}.worse", [0.66, 0.17, 0.09, 0.05, 0.02, 0.01])
    after = np.minimum(before + np.where(nihss > 8, worse + 1, worse), 5)
    known = draw.chance(f"{name}.followed", 0.80)
    # Who is dead is known from the population register, whoever could be reached.
    after, known = np.where(dead, 6, after), known | dead
    lysis = (kind == acute.INFARCT) & draw.chance(f"{name}.lysis", np.where(nihss >= 2, 0.24, 0.10))
    minutes = np.clip(np.round(34 * np.exp(0.5 * draw.normal(f"{name}.minutes"))), 8, 240).astype(np.int64)
    return arrow.table({
        "pid": arrow.persons(lives.people.pid[row]),
        "onset_on": arrow.dates(_onset(draw, name, on)),
        "admitted_on": arrow.dates(on),
        "kind": arrow.chosen(kind, STROKE),
        "nihss": arrow.numbers(nihss, draw.chance(f"{name}.nihss.known", 0.86)),
        "mrs_before": arrow.numbers(before, draw.chance(f"{name}.before.known", 0.95)),
        "mrs_3_months": arrow.numbers(after, known),
        "thrombolysis": arrow.numbers(lysis),
        "thrombolysis_minutes": arrow.numbers(minutes, lysis),
        "thrombectomy": arrow.numbers(
            (kind == acute.INFARCT) & draw.chance(f"{name}.thrombectomy", np.where(nihss > 8, 0.16, 0.02))
        ),
        "atrial_fibrillation": arrow.numbers(lives.course.since["fibrillation"][row] <= on),
    })  # fmt: skip
