"""NPR: everybody's hospital contacts, and those that a disease brings."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from helseanalyse.synthetic import arrow, figures, npr_disease
from helseanalyse.synthetic.calendar import NEVER, START, STOP, day
from helseanalyse.synthetic.draw import Bools, Ints, Words, part, words
from helseanalyse.synthetic.households import household_of
from helseanalyse.synthetic.life import Lives
from helseanalyse.synthetic.menus import CELLS, SLOTS, menu_of
from helseanalyse.synthetic.npr_codes import FIELDS, LEVELS, PROCEDURES, codes, field_of, place_of, procedures_for
from helseanalyse.synthetic.npr_disease import Stays
from helseanalyse.synthetic.places import TRUSTS, places
from helseanalyse.synthetic.visits import count_table, visits
from helseanalyse.synthetic.world import World

URGENCY = ("emergency", "planned")
CONTACTS = ("assessment", "treatment", "check_up", "indirect", "video", "telephone", "training", "other")
SECTORS = ("somatic", "adult_mental_health", "substance_abuse", "contracted_psychiatry", "contracted_somatic")
PAYERS = ("ordinary", "contracted_specialist", "research", "convention", "self_paying", "agreement", "other")
_MENTAL = ("adult_mental_health", "child_mental_health")
_SUBSTANCE = ("substance_abuse", "opioid_substitution")

# Background contacts a year by age group (menus.AGE_GROUPS): mean and share with any, then the ratio of
# women and men to it. Fitted to the totals of NPR and SSB for 2019 and 2023 (see figures and fit).
_INPATIENT = np.array([0.240, 0.085, 0.042, 0.058, 0.060, 0.062, 0.066, 0.098, 0.220, 0.370, 0.400])
_DAY = np.array([0.009, 0.019, 0.022, 0.028, 0.031, 0.042, 0.053, 0.074, 0.135, 0.120, 0.046])
_OUTPATIENT = np.array([0.75, 0.62, 0.85, 1.05, 0.90, 1.00, 1.05, 1.25, 1.75, 1.75, 0.95])
_WOMEN = {"inpatient": 1.00, "day": 1.05, "outpatient": 1.14}
_MEN = {"inpatient": 1.00, "day": 0.95, "outpatient": 0.86}


@cache
def _counts(level: str) -> npt.NDArray[np.int16]:
    """Yearly numbers by cell for a level of care."""
    mean = {"inpatient": _INPATIENT, "day": _DAY, "outpatient": _OUTPATIENT}[level]
    mean = np.concatenate([mean * _WOMEN[level], mean * _MEN[level]])
    if level == "outpatient":
        share = 0.315 * mean**0.72
        mean = mean * 1.42
    else:
        share = mean * (0.545 if level == "inpatient" else 0.80) * np.exp(-0.55 * mean)
    assert len(mean) == CELLS
    return count_table(mean, share)


def _background(lives: Lives, seed: int, level: str) -> Stays:
    """Contacts of one level that come from no disease of the course."""
    some = visits(lives, seed, f"npr.{level}", _counts(level), figures.YEARS, standing="npr")
    menu = menu_of("icd10.tsv", level)
    pick = menu.pick(some.cell, part(some.bits, 0))
    place = np.array([place_of(code) for code in menu.codes], dtype=np.int16)
    length = np.zeros(len(some.row), dtype=np.int16)
    if level == "inpatient":
        # Geometric nights with mean 4 and a long tail.
        draw = (part(some.bits, 1) + 0.5) / SLOTS
        length = np.minimum(np.floor(1 + np.exp(0.42 + 1.2 * _probit(draw))), 120).astype(np.int16)
    acute = part(some.bits, 2) < int(SLOTS * {"inpatient": 0.80, "day": 0.03, "outpatient": 0.10}[level])
    return Stays(
        row=some.row, on=some.on, length=length,
        level=np.full(len(some.row), LEVELS.index(level), dtype=np.int8),
        acute=acute, code=place[pick], bits=some.bits,
    )  # fmt: skip


_CHECKED = 0.62  # of stays and day treatments are followed by an outpatient check-up


def _check_ups(stays: Stays) -> Stays:
    """The outpatient contact after a stay or day treatment, 10 to 90 days later, for the same condition."""
    bits = words(stays.bits.copy(), 3)
    some = stays.where(part(bits, 0) < int(_CHECKED * SLOTS))
    bits = bits[part(bits, 0) < int(_CHECKED * SLOTS)]
    return Stays(
        row=some.row, on=(some.on + some.length + 10 + part(bits, 1) % 81).astype(np.int32),
        length=np.zeros_like(some.length), level=np.full_like(some.level, LEVELS.index("outpatient")),
        acute=np.zeros_like(some.acute), code=some.code, bits=words(bits, 0),
    )  # fmt: skip


def _probit(draw: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Standard normal quantiles, by the logistic approximation: enough for lengths of stay."""
    return np.asarray(np.log(draw / (1.0 - draw)) / 1.702)


def _joined(parts: list[Stays]) -> Stays:
    return Stays(**{f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Stays)})


@dataclass(frozen=True, slots=True)
class _Codes:
    counts: Ints
    index: npt.NDArray[np.int16]


# Diagnoses that follow a disease onto other stays: code, and the chance of it on an inpatient stay.
_ALONG = (
    ("hypertension", "I10", 0.42), ("type_2", "E119", 0.62), ("type_1", "E109", 0.75),
    ("fibrillation", "I489", 0.60), ("heart_failure", "I509", 0.55), ("copd", "J449", 0.60),
    ("kidney", "N189", 0.45), ("infarction", "I252", 0.45), ("dementia", "F03", 0.50), ("statin", "E785", 0.18),
)  # fmt: skip
_OUTPATIENT_SHARE = 0.22  # of outpatient contacts are coded as fully as a stay


def _diagnoses(lives: Lives, stays: Stays) -> _Codes:
    """All diagnoses of each stay, the main one first."""
    main = np.arange(len(stays.row))
    extra = words(stays.bits.copy(), 7)
    full = (stays.level == 0) | (part(extra, 0) < int(_OUTPATIENT_SHARE * SLOTS))
    eligible = np.flatnonzero(full)
    owners, index = [main], [stays.code]
    row, on, bits = stays.row[eligible], stays.on[eligible], extra[eligible]
    for number, (name, code, chance) in enumerate(_ALONG):
        draw = part(words(bits.copy(), number), 1)
        along = (lives.course.since[name][row] <= on) & (draw < int(chance * SLOTS))
        along &= stays.code[eligible] != place_of(code)
        owners.append(eligible[along])
        index.append(np.full(int(along.sum()), place_of(code), dtype=np.int16))
    menu = menu_of("icd10.tsv", "inpatient")
    place = np.array([place_of(code) for code in menu.codes], dtype=np.int16)
    cells = npr_disease.cells(lives, row, on)
    for number, chance in enumerate((0.45, 0.22)):
        more = words(bits.copy(), 20 + number)
        drawn = place[menu.pick(cells, part(more, 0))]
        add = (part(more, 1) < int(chance * SLOTS)) & (drawn != stays.code[eligible])
        owners.append(eligible[add])
        index.append(drawn[add])
    whose, others = _distinct(np.concatenate(owners[1:]), np.concatenate(index[1:]))
    owner, all_codes = np.concatenate([main, whose]), np.concatenate([stays.code, others])
    order = np.argsort(owner, kind="stable")
    return _Codes(np.bincount(owner, minlength=len(main)), all_codes[order])


def _distinct(owner: Ints, code: npt.NDArray[np.int16]) -> tuple[Ints, npt.NDArray[np.int16]]:
    """Secondary codes in order of code, each once: a file with a row a code keeps no other order."""
    order = np.lexsort((code, owner))
    owner, code = owner[order], code[order]
    new = np.ones(len(owner), dtype=bool)
    new[1:] = (owner[1:] != owner[:-1]) | (code[1:] != code[:-1])
    return owner[new], code[new]


def _procedures(stays: Stays) -> _Codes:
    """Operations and other procedures, by the field of the stay."""
    bits = words(stays.bits.copy(), 11)
    chance = np.array([0.45, 0.85, 0.22, 0.5])[stays.level]
    some = np.flatnonzero(part(bits, 0) < chance * SLOTS)
    table_ = procedures_for()
    slot = part(bits[some], 1) % table_.shape[1]
    return _Codes(
        np.bincount(some, minlength=len(stays.row)), table_[field_of()[stays.code[some]], slot].astype(np.int16)
    )


def _categories(world: World, lives: Lives, stays: Stays) -> dict[str, pa.Array]:
    """Type of contact, sector, trust, field and payer."""
    bits = words(stays.bits.copy(), 13)
    field = field_of()[stays.code]
    mental = np.isin(field, [FIELDS.index(name) for name in _MENTAL])
    substance = np.isin(field, [FIELDS.index(name) for name in _SUBSTANCE])
    private = (stays.level == 2) & (part(bits, 0) < int(0.25 * SLOTS)) & ~substance
    sector = np.where(mental, np.where(private, 3, 1), np.where(substance, 2, np.where(private, 4, 0)))
    kind = np.array([0] * 18 + [1] * 40 + [2] * 30 + [3] * 3 + [4] * 2 + [5] * 4 + [6] * 2 + [7])[part(bits, 1) % 100]
    contact = np.where(stays.level == 2, kind, 1)
    payer = np.where(private, 1, np.where(_in_trial(lives, stays, bits), 2, _other_payer(bits)))
    trust = np.where(private, TRUSTS.index("private"), _area(world, lives, stays))
    return {
        "urgency": arrow.chosen(np.where(stays.acute, 0, 1).astype(np.int8), URGENCY),
        "contact_type": arrow.chosen(contact.astype(np.int8), CONTACTS),
        "sector": arrow.chosen(sector.astype(np.int8), SECTORS),
        "trust": arrow.chosen(trust.astype(np.int8), TRUSTS),
        "field": arrow.chosen(field.astype(np.int8), FIELDS),
        "payer": arrow.chosen(payer.astype(np.int8), PAYERS),
    }


def _area(world: World, lives: Lives, stays: Stays) -> Ints:
    """The hospital trust of the area where the person lived in 2008, 2014 or 2020, whichever is nearest before."""
    days = np.array([day("2008-01-01"), day("2014-01-01"), day("2020-01-01")], dtype=np.int32)
    society, pid = world.society, lives.people.pid
    areas = []
    for when in days:
        on = np.maximum(lives.people.arrived, when).astype(np.int32)
        areas.append(places().trust[society.homes.on(household_of(society.everyone, society.families, pid, on), on)])
    step = np.maximum(np.searchsorted(days, stays.on, side="right") - 1, 0)
    return np.stack(areas, axis=1)[stays.row, step]


def _in_trial(lives: Lives, stays: Stays, bits: Words) -> Bools:
    """Contacts paid by a research programme: 0.8 percent of patients in 2019, more for cancer."""
    cancer = np.minimum(lives.course.since["cancer"], lives.course.since["lung_cancer"])[stays.row] <= stays.on
    return np.asarray(part(bits, 3) < np.where(cancer, int(0.02 * SLOTS), int(0.003 * SLOTS)))


def _other_payer(bits: Words) -> npt.NDArray[np.int64]:
    draw = part(bits, 2)
    return np.where(draw < int(0.985 * SLOTS), 0, 3 + draw % 4)


def tables(world: World, batch: int) -> dict[str, pa.Table]:
    """The rows of NPR for the persons of a batch."""
    lives = world.lives(batch)
    parts = [_background(lives, world.seed, level) for level in ("inpatient", "day", "outpatient")]
    parts += [_check_ups(parts[0]), _check_ups(parts[1])]
    parts += npr_disease.all_stays(lives, world.seed)
    parts += npr_disease.births(world, batch)
    stays = _joined(parts)
    stays = stays.where(lives.resident(stays.row, stays.on) & (stays.on >= START))
    left = stays.on + stays.length
    left = np.minimum(left, lives.died[stays.row])
    left = np.where(left >= STOP, NEVER, left)  # still there on the last day
    diagnoses, procedures = _diagnoses(lives, stays), _procedures(stays)
    return {
        "episode": arrow.table({
            "pid": arrow.persons(lives.people.pid[stays.row]),
            "admitted_on": arrow.dates(stays.on),
            "discharged_on": arrow.dates(left),
            "level_of_care": arrow.chosen(stays.level, LEVELS),
            **_categories(world, lives, stays),
            "any_diagnosis": arrow.code_lists(diagnoses.counts, diagnoses.index, codes()),
            "any_procedure": arrow.code_lists(procedures.counts, procedures.index, PROCEDURES),
        })
    }  # fmt: skip
