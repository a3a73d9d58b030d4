"""The population register: persons, where they live, and how they come and go."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from helseanalyse.synthetic import arrow
from helseanalyse.synthetic.calendar import NEVER, STOP, YEAR_DAYS, age_on, new_year, year_of
from helseanalyse.synthetic.draw import Draw
from helseanalyse.synthetic.traits import LEVELS
from helseanalyse.synthetic.world import World

SEX = ("female", "male")


def tables(world: World, batch: int) -> dict[str, pa.Table]:
    """The rows of the population register for the persons of a batch."""
    lives = world.lives(batch)
    who = lives.people
    draw = Draw(world.seed, who.pid)
    n = len(who.pid)
    born_here = ~who.abroad
    person = arrow.table({
        "pid": arrow.persons(who.pid),
        "sex": arrow.chosen(who.sex, SEX),
        "born_on": arrow.dates(who.born),
        "died_on": arrow.dates(lives.died),
        "mother": arrow.persons(np.zeros(n, dtype=np.int64)),
        "father": arrow.persons(np.zeros(n, dtype=np.int64)),
        "country_of_birth": arrow.chosen(np.where(born_here, 0, 1), ("000", "131")),
        "immigration_category": arrow.chosen(np.where(born_here, 0, 1), ("norwegian_born", "immigrant")),
    })  # fmt: skip
    left = np.minimum(who.left, np.where(lives.died < NEVER, lives.died + 1, NEVER))
    second = np.flatnonzero(who.back < STOP)
    again = np.minimum(who.left_again, np.where(lives.died < NEVER, lives.died + 1, NEVER))
    row = np.concatenate([np.arange(n), second])
    home = arrow.table({
        "pid": arrow.persons(who.pid[row]),
        "moved_in_on": arrow.dates(np.concatenate([who.arrived, who.back[second]])),
        "moved_out_on": arrow.dates(np.concatenate([left, again[second]])),
        "municipality": arrow.chosen(np.zeros(len(row), dtype=np.int8), ("0301",)),
    })  # fmt: skip
    gone = np.concatenate([np.flatnonzero(who.left < STOP), np.flatnonzero(who.left_again < STOP)])
    gone_on = np.concatenate([who.left[who.left < STOP], who.left_again[who.left_again < STOP]])
    came = np.concatenate([np.flatnonzero(who.abroad), second])
    came_on = np.concatenate([who.arrived[who.abroad], who.back[second]])
    household = arrow.table({
        "pid": arrow.persons(who.pid[row]),
        "started_on": home["moved_in_on"],
        "ended_on": home["moved_out_on"],
        "household": arrow.numbers(who.pid[row]),
        "kind": arrow.chosen(np.zeros(len(row), dtype=np.int8), ("alone",)),
    })  # fmt: skip
    finished = (who.born + np.array([16.0, 19.2, 23.5, 26.0, 33.0])[lives.traits.education] * YEAR_DAYS).astype(
        np.int32
    )
    done = np.flatnonzero((finished < STOP) & (finished <= lives.died))
    education = arrow.table({
        "pid": arrow.persons(who.pid[done]),
        "completed_on": arrow.dates(finished[done]),
        "level": arrow.chosen(lives.traits.education[done], LEVELS),
    })  # fmt: skip
    years = np.arange(2008, 2025)
    ends = (new_year(years + 1) - 1).astype(np.int32)
    row, year = np.divmod(np.arange(n * len(years)), len(years))
    on = ends[year]
    grown = lives.resident(row, on) & (age_on(on, who.born[row]) >= 17)
    row, on = row[grown], on[grown]
    age = age_on(on, who.born[row])
    base = 12.55 + 0.13 * lives.traits.education[row] + np.where(who.sex[row] == 1, 0.18, 0.0) - ((age - 48) / 38) ** 2
    spread = 0.42 * draw.normal("income.person")[row]
    grow = 0.03 * (year_of(on) - 2016)
    income = arrow.table({
        "pid": arrow.persons(who.pid[row]),
        "year_end": arrow.dates(on),
        "amount": arrow.numbers((np.exp(base + spread + grow)).astype(np.int64) // 100 * 100),
    })  # fmt: skip
    return {
        "person": person,
        "residence": home,
        "emigration": arrow.table({"pid": arrow.persons(who.pid[gone]), "emigrated_on": arrow.dates(gone_on)}),
        "immigration": arrow.table({"pid": arrow.persons(who.pid[came]), "immigrated_on": arrow.dates(came_on)}),
        "household": household,
        "education": education,
        "income": income,
    }
