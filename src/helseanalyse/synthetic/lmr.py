"""LMR: long treatments as dispensings every few weeks, and single courses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from helseanalyse.synthetic import arrow, figures
from helseanalyse.synthetic.calendar import NEVER, START, STOP, YEAR_DAYS, Days
from helseanalyse.synthetic.disease import SECOND
from helseanalyse.synthetic.draw import Draw, Floats, Ints, part, words
from helseanalyse.synthetic.life import Lives
from helseanalyse.synthetic.menus import SLOTS, menu_of, table
from helseanalyse.synthetic.visits import Visits, count_table, repeated, visits
from helseanalyse.synthetic.world import World

PRESCRIBERS = ("gp", "specialist", "doctor", "dentist", "nurse_or_midwife", "other")
REIMBURSEMENTS = ("none", "preapproved", "individual", "infectious", "hospital_financed")
# Single courses: mean a year, and the share with any, by age group (menus.AGE_GROUPS), for women; men less.
_MEAN = np.array([0.75, 0.85, 0.55, 1.15, 1.25, 1.3, 1.45, 1.8, 2.2, 2.6, 2.6])
_ANY = np.array([0.40, 0.42, 0.31, 0.48, 0.50, 0.50, 0.52, 0.58, 0.68, 0.72, 0.72])
_JITTER = 12  # days that a repeated dispensing may come early or late, at most
ALWAYS = ("statin", "metformin", "sulfonylurea", "dpp4", "sglt2", "glp1", "insulin", "insulin_rapid")
ABSTAIN_SHARE = 0.075  # of people buy no other drugs than ALWAYS
MULTIDOSE_DAYS = 14
MULTIDOSE_SHARE = 0.40  # of those who grow old enough get their drugs in fortnightly packs


@dataclass(frozen=True, slots=True)
class Treatment:
    """One kind of long treatment: see data/treatments.tsv."""

    name: str
    atc: tuple[str, ...]
    shares: tuple[float, ...]
    since: str
    given: tuple[float, float]  # share of women, of men
    age: float
    spread: float
    years: float
    days: int
    ddd: float
    reimbursement: str


@cache
def treatments() -> tuple[Treatment, ...]:
    """The long treatments, in file order."""
    rows = table("treatments.tsv").columns
    result = []
    for place in range(len(rows["name"])):
        pairs = [pair.split(":") for pair in rows["atc"][place].split()]
        result.append(
            Treatment(
                name=rows["name"][place],
                atc=tuple(code for code, _ in pairs),
                shares=tuple(float(share) for _, share in pairs),
                since=rows["since"][place],
                given=(float(rows["women"][place]), float(rows["men"][place])),
                age=float(rows["age"][place]),
                spread=float(rows["sd"][place]),
                years=float(rows["years"][place]),
                days=int(rows["days"][place]),
                ddd=float(rows["ddd"][place]),
                reimbursement=rows["reimbursement"][place],
            )
        )
    return tuple(result)


@cache
def atc_codes() -> tuple[str, ...]:
    """Every ATC code of the synthetic LMR, sorted."""
    long = {code for treatment in treatments() for code in treatment.atc}
    return tuple(sorted(long | set(table("acute_atc.tsv").text("code"))))


@cache
def _place() -> dict[str, int]:
    return {code: place for place, code in enumerate(atc_codes())}


def _begins(draw: Draw, lives: Lives, treatment: Treatment) -> Days:
    """The first day of a treatment (n,), NEVER for those who never have it."""
    who, since = lives.people, lives.course.since
    share = np.where(who.sex == 0, *treatment.given)
    given = draw.chance(f"lmr.{treatment.name}.given", share)
    if treatment.since == "-":
        age = treatment.age + treatment.spread * draw.normal(f"lmr.{treatment.name}.age")
        begin = (who.born + np.maximum(age, 0.5) * YEAR_DAYS).astype(np.int32)
    elif treatment.since.startswith("second_"):
        begin = _second(lives, treatment.since.removeprefix("second_"))
    elif treatment.since == "stroke":
        begin = lives.strokes[0].on
    else:
        begin = since[treatment.since]
    return np.where(given, np.minimum(begin, NEVER), NEVER).astype(np.int32)


def _second(lives: Lives, drug: str) -> Days:
    """The start of a second-line drug for diabetes: given second, or as the other one of SGLT2 and DPP-4."""
    course = lives.course
    begin = np.where(course.second == SECOND.index(drug), course.since["second"], NEVER)
    other = {"sglt2": "dpp4", "dpp4": "sglt2"}.get(drug)
    if other:
        crossed = np.where(course.second == SECOND.index(other), course.since["crossed"], NEVER)
        begin = np.minimum(begin, crossed)
    return begin.astype(np.int32)


@dataclass(frozen=True, slots=True)
class _Rows:
    row: Ints
    on: Days
    code: npt.NDArray[np.int16]
    packs: Floats
    ddd: Floats
    prescriber: npt.NDArray[np.int8]
    reimbursement: npt.NDArray[np.int8]


def _long(draw: Draw, lives: Lives, treatment: Treatment, some: _Habits) -> list[_Rows]:
    """All dispensings of one treatment in a batch: by the pack, and later, for some, by the fortnight."""
    begin = _begins(draw, lives, treatment)
    if treatment.name not in ALWAYS:
        begin = np.where(some.abstains, NEVER, begin).astype(np.int32)
    length = np.full(len(begin), float(NEVER))
    if treatment.years:
        length = draw.exponential(f"lmr.{treatment.name}.years") * treatment.years * YEAR_DAYS
    end = np.minimum(np.minimum(begin + length, lives.died + 1.0), STOP)
    packed = np.minimum(end, np.maximum(some.multidose, begin + 1))
    return [
        _repeats(draw, lives, treatment, begin, packed, treatment.days, 1.0),
        _repeats(draw, lives, treatment, packed.astype(np.int32), end, MULTIDOSE_DAYS, MULTIDOSE_DAYS / treatment.days),
    ]


def _repeats(
    draw: Draw, lives: Lives, treatment: Treatment, begin: Days, end: Floats, days: int, portion: float
) -> _Rows:
    """Dispensings every so many days from begin to end; each is `portion` of the usual amount."""
    who = np.flatnonzero((begin < end) & (begin < STOP) & (end > START))
    begin, end = begin[who].astype(np.int64), end[who]
    skipped = np.maximum(-((begin - START) // days), 0)  # dispensings before the window
    first = begin + skipped * days
    counts = np.maximum(np.ceil((end - first) / days), 0).astype(np.int64)
    owner, number = repeated(counts)
    nth = number + skipped[owner]
    bits = words(draw.base(f"lmr.{treatment.name}.{days}")[who][owner], nth)
    jitter = min(_JITTER, days // 7)
    early = part(bits, 0) % (2 * jitter + 1) - jitter
    on = (begin[owner] + nth * days + np.where(nth > 0, early, 0)).astype(np.int32)
    row = who[owner]
    keep = (on >= START) & lives.resident(row, on)
    row, on, bits, owner = row[keep], on[keep], bits[keep], owner[keep]
    codes = np.array([_place()[code] for code in treatment.atc], dtype=np.int16)
    code = codes[Draw(draw.seed, draw.persons[who]).pick(f"lmr.{treatment.name}.atc", treatment.shares)]
    amount = part(bits, 1)
    packs = np.where(amount < 3_000, 0.5, np.where(amount < 55_000, 1.0, 2.0)) if portion == 1.0 else portion
    packs = np.round(np.broadcast_to(packs, row.shape), 3)
    gp = part(bits, 2) < int(0.86 * SLOTS)
    return _Rows(
        row, on, code[owner], packs, np.round(packs * treatment.ddd, 3),
        np.where(gp, 0, 1).astype(np.int8),
        np.full(len(row), REIMBURSEMENTS.index(treatment.reimbursement), dtype=np.int8),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Habits:
    """Who buys no drugs but those of `ALWAYS`, and from which day drugs come in fortnightly packs."""

    abstains: npt.NDArray[np.bool_]
    multidose: Days


def _habits(draw: Draw, lives: Lives) -> _Habits:
    frail = lives.people.born + (79.0 + 6.0 * draw.normal("lmr.multidose.age")) * YEAR_DAYS
    old = np.where(draw.chance("lmr.multidose", MULTIDOSE_SHARE), frail, NEVER)
    return _Habits(
        draw.chance("lmr.abstains", ABSTAIN_SHARE),
        np.minimum(old, lives.course.since["dementia"] + 300).astype(np.int32),
    )


@cache
def _course_counts() -> npt.NDArray[np.int16]:
    mean = np.concatenate([_MEAN * 1.20, _MEAN * 0.86])
    any_share = np.concatenate([np.minimum(_ANY * 1.38, 0.95), np.minimum(_ANY * 0.98, 0.95)])
    return count_table(mean, any_share)


def _courses(lives: Lives, seed: int, habits: _Habits) -> _Rows:
    """Single courses: antibiotics, pain killers and the like."""
    some: Visits = visits(lives, seed, "lmr.courses", _course_counts(), figures.YEARS)
    some = some.where(~habits.abstains[some.row])
    menu, rows = menu_of("acute_atc.tsv"), table("acute_atc.tsv")
    pick = menu.pick(some.cell, part(some.bits, 0))
    place = np.array([_place()[code] for code in menu.codes], dtype=np.int16)
    who = np.array([PRESCRIBERS.index(name) for name in rows.text("prescriber")], dtype=np.int8)
    amount = part(some.bits, 1)
    packs = np.where(amount < 2_000, 0.5, np.where(amount < 57_000, 1.0, 2.0))
    usual = part(some.bits, 2) < int(0.9 * SLOTS)
    paid = np.where(part(some.bits, 3) < int(0.12 * SLOTS), 1, 0).astype(np.int8)
    return _Rows(
        some.row, some.on, place[pick], packs, packs * rows.number("ddd")[pick],
        np.where(usual, who[pick], 2).astype(np.int8), paid,
    )  # fmt: skip


@cache
def _products() -> tuple[str, ...]:
    """A product name for each ATC code: real for single courses, the code's own for the rest."""
    rows = table("acute_atc.tsv")
    named = dict(zip(rows.text("code"), rows.text("product"), strict=True))
    return tuple(named.get(code, f"Preparat {code}") for code in atc_codes())


def tables(world: World, batch: int) -> dict[str, pa.Table]:
    """The rows of LMR for the persons of a batch."""
    lives = world.lives(batch)
    draw = Draw(world.seed, lives.people.pid)
    habits = _habits(draw, lives)
    parts = [rows for treatment in treatments() for rows in _long(draw, lives, treatment, habits)]
    parts.append(_courses(lives, world.seed, habits))
    row = np.concatenate([rows.row for rows in parts])
    code = np.concatenate([rows.code for rows in parts])
    return {
        "dispensing": arrow.table({
            "pid": arrow.persons(lives.people.pid[row]),
            "dispensed_on": arrow.dates(np.concatenate([rows.on for rows in parts])),
            "atc": arrow.chosen(code, atc_codes()),
            "packs": arrow.numbers(np.concatenate([rows.packs for rows in parts])),
            "ddd": arrow.numbers(np.concatenate([rows.ddd for rows in parts])),
            "reimbursement": arrow.chosen(np.concatenate([rows.reimbursement for rows in parts]), REIMBURSEMENTS),
            "prescriber": arrow.chosen(np.concatenate([rows.prescriber for rows in parts]), PRESCRIBERS),
            "product": arrow.chosen(code, _products()),
        })
    }  # fmt: skip
