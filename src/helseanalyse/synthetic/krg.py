"""Kreftregisteret: a row a cancer, also those before 2008 of people who were alive then."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from helseanalyse.synthetic import arrow, cancer
from helseanalyse.synthetic.calendar import NEVER, STOP, Days, day
from helseanalyse.synthetic.draw import Draw, Ints
from helseanalyse.synthetic.life import Lives
from helseanalyse.synthetic.world import World

_FIRST = day("1953-01-01")
BASIS = (
    "histology",
    "cytology",
    "histology_of_metastasis",
    "investigation",
    "clinical",
    "death_certificate",
    "unknown",
)
STAGE = ("local", "regional", "distant", "unknown")
SPREAD = ("none", "lymph_nodes", "organs", "unknown")
SIDE = ("right", "left", "both", "not_relevant")
_PAIRED = ("C34", "C50", "C64", "C56", "C62", "C43")
_ALL = (cancer.LUNG, *cancer.SITES)


def _cases(world: World, lives: Lives) -> tuple[Ints, Ints, Days]:
    """Position of the person, place in _ALL of the site, and day of each case."""
    rows, sites, days = [], [], []
    for name in ("lung_cancer", "cancer", "cancer_later"):
        on = lives.course.since[name]
        row = np.flatnonzero((on >= np.maximum(lives.people.arrived, _FIRST)) & (on < STOP))
        row = row[lives.resident(row, on[row])]
        if name == "lung_cancer":
            site = np.zeros(len(row), dtype=np.int64)
        else:
            draw = Draw(world.seed, lives.people.pid[row])
            site = 1 + cancer.sites(draw, cancer.take(lives.people, row), on[row], name)
        rows.append(row)
        sites.append(site)
        days.append(on[row])
    return np.concatenate(rows), np.concatenate(sites), np.concatenate(days)


def tables(world: World, batch: int) -> dict[str, pa.Table]:
    """The rows of Kreftregisteret for the persons of a batch."""
    lives = world.lives(batch)
    row, site, on = _cases(world, lives)
    draw = Draw(world.seed, lives.people.pid[row].astype(np.int64) * 1000 + site)
    fatal = np.array([one.fatal for one in _ALL])[site]
    u = draw.uniform("krg.stage")
    distant, regional = 0.08 + 0.45 * fatal, 0.22
    stage = np.where(u < distant, 2, np.where(u < distant + regional, 1, np.where(u < 0.94, 0, 3)))
    spread = np.where(stage == 2, 2, np.where(stage == 1, 1, np.where(stage == 3, 3, 0)))
    paired = np.isin(np.array([one.icd10 for one in _ALL])[site], _PAIRED)
    side = np.where(paired, draw.pick("krg.side", [0.49, 0.48, 0.03]), 3)
    return {
        "case": arrow.table({
            "pid": arrow.persons(lives.people.pid[row]),
            "diagnosed_on": arrow.dates(np.where(on < NEVER, on, NEVER)),
            "site": arrow.chosen(site.astype(np.int8), [one.icd10 for one in _ALL]),
            "topography": arrow.chosen(site.astype(np.int8), [one.topography for one in _ALL]),
            "morphology": arrow.chosen(site.astype(np.int8), [one.morphology for one in _ALL]),
            "basis": arrow.chosen(
                draw.pick("krg.basis", [0.90, 0.03, 0.02, 0.03, 0.01, 0.006, 0.004]).astype(np.int8), BASIS
            ),
            "stage": arrow.chosen(stage.astype(np.int8), STAGE),
            "metastasis": arrow.chosen(spread.astype(np.int8), SPREAD),
            "side": arrow.chosen(side.astype(np.int8), SIDE),
        })
    }  # fmt: skip
