"""DÅR: deaths in Norway with their causes."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from helseanalyse.synthetic import acute, arrow, cancer
from helseanalyse.synthetic.calendar import START, STOP, age_on, year_of
from helseanalyse.synthetic.death import CAUSES
from helseanalyse.synthetic.draw import Draw, Ints, part, words
from helseanalyse.synthetic.life import Lives
from helseanalyse.synthetic.menus import table
from helseanalyse.synthetic.world import World

PLACES = ("hospital", "institution", "home", "other", "unknown")
MISSING = 0.02  # of deaths have no cause in the registry

_AT = {
    "heart_failure": ("I500", "I509", "I509", "I110"), "diabetes": ("E119", "E112", "E115", "E149"),
    "dementia": ("F03", "G309", "F019", "F03"), "copd": ("J449", "J440", "J441", "J449"),
    "infarction": ("I219", "I219", "I214", "I219"), "infarction_again": ("I219", "I229", "I219", "I219"),
}  # fmt: skip
_STROKE = {acute.INFARCT: "I639", acute.HAEMORRHAGE: "I619", acute.UNSPECIFIED: "I64"}
_ALONG = ("I10", "E119", "I489", "J189", "N189", "I259", "F03", "J449", "R54", "A419", "I509", "N390")


@cache
def codes() -> tuple[str, ...]:
    """Every cause of death of the synthetic DÅR, sorted."""
    found = set(table("causes.tsv").text("code")) | {code for group in _AT.values() for code in group}
    found |= set(_STROKE.values()) | set(_ALONG) | {"U071"}
    return tuple(sorted(found | {site.icd10 for site in (cancer.LUNG, *cancer.SITES)}))


def _place(code: str) -> int:
    return codes().index(code)


@cache
def _other_edges() -> npt.NDArray[np.float64]:
    """(2, 4, codes): cumulative shares of the other causes by sex and age group."""
    rows = table("causes.tsv")
    ages = ("45", "70", "85", "old")
    weights = np.array([[rows.number(f"{sex}_{age}") for age in ages] for sex in ("women", "men")])
    return np.asarray(np.cumsum(weights / weights.sum(axis=2, keepdims=True), axis=2))


def underlying(lives: Lives, draw: Draw, dead: Ints) -> Ints:
    """The underlying cause of each of the dead, as a place in `codes()`."""
    some = Draw(draw.seed, draw.persons[dead])
    cause, died, who = lives.cause[dead], lives.died[dead], cancer.take(lives.people, dead)
    age = age_on(died, who.born)
    group = np.searchsorted([45.0, 70.0, 85.0], age, side="right")
    other = (some.uniform("dar.other")[:, None] > _other_edges()[who.sex, group]).sum(axis=1)
    names = table("causes.tsv").text("code")
    result = np.array([_place(code) for code in names])[np.minimum(other, len(names) - 1)]
    for name, group_codes in _AT.items():
        here = cause == CAUSES.index(name)
        result[here] = np.array([_place(code) for code in group_codes])[part(some.words(f"dar.{name}")[here], 0) % 4]
    for number, name in enumerate(("stroke", "stroke_again")):
        here = cause == CAUSES.index(name)
        kinds = np.array([_place(_STROKE[kind]) for kind in sorted(_STROKE)])
        result[here] = kinds[lives.strokes[number].kind[dead][here]]
    result[cause == CAUSES.index("lung_cancer")] = _place("C34")
    site_codes = np.array([_place(site.icd10) for site in cancer.SITES])
    for name in ("cancer", "cancer_later"):
        here = np.flatnonzero(cause == CAUSES.index(name))
        on = lives.course.since[name][dead][here]
        site = cancer.sites(Draw(draw.seed, some.persons[here]), cancer.take(who, here), on, name)
        result[here] = site_codes[site]
    covid = np.interp(year_of(died), [2019, 2020, 2021, 2022, 2023, 2024], [0, 0.012, 0.025, 0.075, 0.03, 0.012])
    return np.where((cause == 0) & (age > 50) & some.chance("dar.covid", covid * 2.0), _place("U071"), result)


def tables(world: World, batch: int) -> dict[str, pa.Table]:
    """The rows of DÅR for the persons of a batch."""
    lives = world.lives(batch)
    dead = np.flatnonzero((lives.died >= START) & (lives.died < STOP))
    draw = Draw(world.seed, lives.people.pid)
    some = Draw(world.seed, lives.people.pid[dead])
    cause = underlying(lives, draw, dead)
    cause = np.where(some.chance("dar.missing", MISSING), -1, cause)
    place = some.pick("dar.place", [30, 52, 14, 3, 1])
    sudden = np.isin(lives.cause[dead], [CAUSES.index("infarction"), CAUSES.index("infarction_again")])
    outside = np.zeros(len(dead), dtype=bool)
    for attack in lives.infarctions:
        outside |= sudden & (attack.kind[dead] == acute.OUT_OF_HOSPITAL) & (attack.kills_on[dead] == lives.died[dead])
    place = np.where(outside, some.pick("dar.outside", [0, 12, 68, 19, 1]), place)
    bits = some.words("dar.along")
    counts = np.where(cause < 0, 0, np.array([0, 1, 1, 2])[part(bits, 0) % 4])
    owner = np.repeat(np.arange(len(dead)), counts)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    along = np.array([_place(code) for code in _ALONG])[(part(words(bits[owner], 0), 1) + 5 * number) % len(_ALONG)]
    return {
        "death": arrow.table({
            "pid": arrow.persons(lives.people.pid[dead]),
            "died_on": arrow.dates(lives.died[dead]),
            "underlying_cause": arrow.chosen(cause.astype(np.int16), codes()),
            "contributing_causes": arrow.code_lists(counts, along.astype(np.int16), codes()),
            "place": arrow.chosen(place.astype(np.int8), PLACES),
        })
    }  # fmt: skip
