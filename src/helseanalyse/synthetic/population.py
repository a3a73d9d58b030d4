"""The population register: persons, where and with whom they live, how they come and go, learn and earn."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from helseanalyse.synthetic import arrow, figures, origins
from helseanalyse.synthetic.calendar import NEVER, START, STOP, YEAR_DAYS, age_on, new_year, year_of
from helseanalyse.synthetic.draw import Draw, unit, words
from helseanalyse.synthetic.households import KINDS, household_pieces, residence_pieces
from helseanalyse.synthetic.life import Lives
from helseanalyse.synthetic.places import places
from helseanalyse.synthetic.society import Society
from helseanalyse.synthetic.traits import LEVELS
from helseanalyse.synthetic.world import World

SEX = ("female", "male")
_FINISHED_AT = np.array([16.0, 19.2, 23.5, 26.0, 33.0])  # age at completion, by place in traits.LEVELS


def tables(world: World, batch: int) -> dict[str, pa.Table]:
    """The rows of the population register for the persons of a batch."""
    society, lives = world.society, world.lives(batch)
    return {
        "person": _person(world, society, lives),
        **_homes(society, lives),
        **_migration(lives),
        "education": _education(lives),
        "income": _income(world, lives),
    }


def _person(world: World, society: Society, lives: Lives) -> pa.Table:
    pid, family = lives.people.pid, society.families
    country = origins.countries(society, world.seed, pid).astype(np.int8)
    category = origins.categories(society, world.seed, pid).astype(np.int8)
    return arrow.table({
        "pid": arrow.persons(pid),
        "sex": arrow.chosen(lives.people.sex, SEX),
        "born_on": arrow.dates(lives.people.born),
        "died_on": arrow.dates(lives.died),
        "mother": arrow.persons(family.mother[pid]),
        "father": arrow.persons(family.father[pid]),
        "country_of_birth": arrow.chosen(country, origins.COUNTRIES),
        "immigration_category": arrow.chosen(category, origins.CATEGORIES),
    })  # fmt: skip


def _homes(society: Society, lives: Lives) -> dict[str, pa.Table]:
    """Households from 2008 on, and residence from birth or arrival on."""
    households = household_pieces(society.everyone, society.families, lives.people.pid)
    residence = residence_pieces(society.homes, households)
    seen = households.where(households.stop > START)
    return {
        "residence": arrow.table({
            "pid": arrow.persons(residence.pid),
            "moved_in_on": arrow.dates(residence.start),
            "moved_out_on": arrow.dates(np.where(residence.stop >= STOP, NEVER, residence.stop)),
            "municipality": arrow.chosen(residence.value.astype(np.int16), places().codes),
        }),
        "household": arrow.table({
            "pid": arrow.persons(seen.pid),
            "started_on": arrow.dates(np.maximum(seen.start, START)),
            "ended_on": arrow.dates(np.where(seen.stop >= STOP, NEVER, seen.stop)),
            "household": arrow.numbers(seen.value),
            "kind": arrow.chosen(seen.kind.astype(np.int8), KINDS),
        }),
    }  # fmt: skip


def _migration(lives: Lives) -> dict[str, pa.Table]:
    who = lives.people
    gone, again, back = who.left < STOP, who.left_again < STOP, who.back < STOP
    return {
        "emigration": arrow.table({
            "pid": arrow.persons(np.concatenate([who.pid[gone], who.pid[again]])),
            "emigrated_on": arrow.dates(np.concatenate([who.left[gone], who.left_again[again]])),
        }),
        "immigration": arrow.table({
            "pid": arrow.persons(np.concatenate([who.pid[who.abroad], who.pid[back]])),
            "immigrated_on": arrow.dates(np.concatenate([who.arrived[who.abroad], who.back[back]])),
        }),
    }  # fmt: skip


def _education(lives: Lives) -> pa.Table:
    """Compulsory school at 16, then each higher level at its age, while resident."""
    who, level = lives.people, lives.traits.education
    rows, days, levels = [], [], []
    for reached in range(len(LEVELS)):
        finished = (who.born + _FINISHED_AT[reached] * YEAR_DAYS).astype(np.int32)
        # A master or doctor has a first degree too; a doctor has a master's.
        has = (level >= reached) & (finished < STOP) & (finished <= lives.died)
        done = np.flatnonzero(has)
        day = np.where(who.abroad[done], np.maximum(finished[done], who.arrived[done]), finished[done])
        there = (day < STOP) & (day <= lives.died[done])
        rows.append(done[there])
        days.append(day[there])
        levels.append(np.full(int(there.sum()), reached, dtype=np.int8))
    return arrow.table({
        "pid": arrow.persons(who.pid[np.concatenate(rows)]),
        "completed_on": arrow.dates(np.concatenate(days)),
        "level": arrow.chosen(np.concatenate(levels), LEVELS),
    })  # fmt: skip


def _income(world: World, lives: Lives) -> pa.Table:
    """Total income of each year for residents from 17: more with education and for men, most at about 48."""
    who = lives.people
    ends = (new_year(figures.YEARS + 1) - 1).astype(np.int32)
    row, year = np.divmod(np.arange(len(who.pid) * len(ends)), len(ends))
    on = ends[year]
    grown = lives.resident(row, on) & (age_on(on, who.born[row]) >= 17)
    row, on = row[grown], on[grown]
    age = age_on(on, who.born[row])
    level = (
        12.62
        + 0.13 * np.minimum(lives.traits.education[row], 3)
        + np.where(who.sex[row] == 1, 0.22, 0.0)
        - np.where(age < 48, ((48 - age) / 26) ** 2, ((age - 48) / 45) ** 2)
        + 0.031 * (year_of(on) - 2016)
    )
    draw = Draw(world.seed, who.pid)
    own = 0.38 * draw.normal("income.person")[row]
    this_year = 0.30 * (unit(words(draw.base("income.change")[row], on)) - 0.5)
    return arrow.table({
        "pid": arrow.persons(who.pid[row]),
        "year_end": arrow.dates(on),
        "amount": arrow.numbers(np.exp(level + own + this_year).astype(np.int64) // 100 * 100),
    })  # fmt: skip
