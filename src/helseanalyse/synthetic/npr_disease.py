"""Hospital contacts that a disease of the course, an attack or a birth brings."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from helseanalyse.synthetic import acute, cancer
from helseanalyse.synthetic.births import births as of_mothers
from helseanalyse.synthetic.calendar import START, STOP, YEAR_DAYS, Days
from helseanalyse.synthetic.draw import Bools, Draw, Floats, Ints, Words, part, words
from helseanalyse.synthetic.life import Lives
from helseanalyse.synthetic.menus import SLOTS, cell_of
from helseanalyse.synthetic.npr_codes import fine_cancer, place_of
from helseanalyse.synthetic.visits import repeated
from helseanalyse.synthetic.world import World

INPATIENT, DAY, OUTPATIENT = 0, 1, 2
IN_NPR = 0.98  # of infarctions and strokes that reach hospital


@dataclass(frozen=True, slots=True)
class Stays:
    """Contacts: position of the person in the batch, day, nights, level, emergency, main code, random bits."""

    row: Ints
    on: Days
    length: npt.NDArray[np.int16]
    level: npt.NDArray[np.int8]
    acute: Bools
    code: npt.NDArray[np.int16]
    bits: Words

    def where(self, keep: Bools) -> Stays:
        """Those for which `keep` is true."""
        return Stays(
            self.row[keep], self.on[keep], self.length[keep], self.level[keep], self.acute[keep],
            self.code[keep], self.bits[keep],
        )  # fmt: skip


def cells(lives: Lives, row: Ints, on: Days) -> Ints:
    """The cell of each person at `row` on a day."""
    who = lives.people
    return cell_of((on - who.born[row]) / YEAR_DAYS, who.sex[row])


def _stays(
    row: Ints,
    on: npt.NDArray[np.integer],
    bits: Words,
    codes: list[int],
    nights: float,
    level: int | Ints,
    urgent: float,
) -> Stays:
    """Contacts with one of `codes` each (equal shares), about that many nights, and a share of emergencies."""
    level_ = np.broadcast_to(np.asarray(level, dtype=np.int8), row.shape)
    stay = np.floor(1 + nights * -np.log((part(bits, 1) + 0.5) / SLOTS)) * (level_ == INPATIENT)
    code = np.array(codes, dtype=np.int16)[part(bits, 0) % len(codes)]
    return Stays(
        row, on.astype(np.int32), np.minimum(stay, 150).astype(np.int16), level_.copy(),
        part(bits, 2) < int(urgent * SLOTS), code, bits,
    )  # fmt: skip


def _places(*names: str) -> list[int]:
    return [place_of(name) for name in names]


@dataclass(frozen=True, slots=True)
class Course:
    """What a disease brings: at its onset (level shares inpatient), and each year after, for some years."""

    name: str
    onset: tuple[str, ...]
    inpatient: float  # share of the first contacts that are stays
    nights: float
    yearly: float  # later outpatient contacts a year
    again: float  # later stays a year
    later: tuple[str, ...]
    years: float = 100.0


COURSES = (
    Course(
        "heart_failure", ("I500", "I500", "I501", "I509", "I509", "I110"), 0.72, 5.0, 1.3, 0.28,
        ("I500", "I509", "I110", "I130"),
    ),
    Course("fibrillation", ("I480", "I481", "I489", "I489"), 0.50, 1.6, 0.45, 0.08, ("I480", "I481", "I489")),
    Course("copd", ("J449", "J440", "J441"), 0.30, 4.5, 0.45, 0.16, ("J440", "J441", "J449")),
    Course("kidney", ("N183", "N189", "N183"), 0.12, 4.0, 0.55, 0.03, ("N183", "N184", "N185", "N189")),
    Course("dementia", ("F009", "F019", "F03", "G309"), 0.10, 6.0, 0.12, 0.03, ("F03", "G309"), 3.0),
    Course("hip_fracture", ("S720", "S721"), 1.0, 5.0, 0.6, 0.02, ("S720",), 1.0),
    Course("type_1", ("E109",), 0.55, 3.0, 2.2, 0.06, ("E109", "E103", "E104")),
    Course("type_2", ("E119",), 0.03, 3.0, 0.30, 0.02, ("E119", "E113", "E112", "E114", "E115")),
)  # fmt: skip


def _of_course(lives: Lives, draw: Draw, course: Course) -> list[Stays]:
    """The first contact on the day of onset, and later ones while the person lives."""
    onset = lives.course.since[course.name]
    new = np.flatnonzero((onset >= START) & (onset < STOP))
    bits = draw.words(f"npr.{course.name}")[new]
    level = np.where(part(bits, 3) < int(course.inpatient * SLOTS), INPATIENT, OUTPATIENT)
    first = _stays(new, onset[new], bits, _places(*course.onset), course.nights, level, 0.8)
    first = Stays(first.row, first.on, first.length, first.level, first.acute & (level == INPATIENT), first.code, bits)
    result = [first]
    ill = np.flatnonzero(onset < STOP)
    begin = np.maximum(onset[ill] + 14, START)
    end = np.minimum(np.minimum(lives.died[ill], STOP), onset[ill] + course.years * YEAR_DAYS)
    time = np.maximum(end - begin, 0) / YEAR_DAYS
    for kind, rate, level_, urgent in (
        ("later", course.yearly, OUTPATIENT, 0.0),
        ("again", course.again, INPATIENT, 0.9),
    ):
        result.append(
            _spread(
                draw,
                f"npr.{course.name}.{kind}",
                ill,
                begin,
                time,
                rate,
                (_places(*course.later), course.nights, level_, urgent),
            )
        )
    return result


def _spread(
    draw: Draw,
    purpose: str,
    ill: Ints,
    begin: Ints,
    time: Floats,
    rate: float,
    what: tuple[list[int], float, int, float],
) -> Stays:
    """Contacts at a yearly rate over `time` years from `begin`, unevenly over persons."""
    start = draw.base(purpose)[ill]
    mine = words(start, 0)
    uneven = -np.log((part(mine, 0) + 0.5) / SLOTS)  # exponential, mean 1
    expected = time * rate * uneven
    counts = np.floor(expected + (part(mine, 1) + 0.5) / SLOTS).astype(np.int64)
    owner, number = repeated(counts)
    bits = words(start[owner], number + 1)
    on = begin[owner] + np.floor((part(bits, 3) + 0.5) / SLOTS * time[owner] * YEAR_DAYS)
    codes, nights, level, urgent = what
    return _stays(ill[owner], on, words(bits, 0), codes, nights, level, urgent)


def _infarctions(lives: Lives, draw: Draw) -> list[Stays]:
    """A stay for each infarction that reaches hospital; for some a second one, at another hospital."""
    result = []
    for which, attack in zip(("first", "second"), lives.infarctions, strict=True):
        bits = draw.words(f"npr.infarction.{which}")
        there = (attack.on < STOP) & (attack.kind != acute.OUT_OF_HOSPITAL) & (part(bits, 3) < int(IN_NPR * SLOTS))
        for kind, codes in (
            (acute.STEMI, ("I210", "I211", "I213", "I212")),
            (acute.NSTEMI, ("I214", "I214", "I214", "I219")),
        ):
            row = np.flatnonzero(there & (attack.kind == kind))
            result.append(_stays(row, attack.on[row], bits[row], _places(*codes), 2.8, INPATIENT, 0.98))
        moved = words(bits, 0)
        row = np.flatnonzero(there & (part(moved, 3) < int(0.3 * SLOTS)))
        result.append(
            _stays(row, attack.on[row] + 1, moved[row], _places("I214", "I214", "I210", "I219"), 2.0, INPATIENT, 0.6)
        )
    return result


def _strokes(lives: Lives, draw: Draw) -> list[Stays]:
    result = []
    groups = (
        (acute.INFARCT, ("I630", "I633", "I634", "I639")),
        (acute.HAEMORRHAGE, ("I610", "I619")),
        (acute.UNSPECIFIED, ("I64",)),
    )
    for which, attack in zip(("first", "second"), lives.strokes, strict=True):
        bits = draw.words(f"npr.stroke.{which}")
        there = (attack.on < STOP) & (part(bits, 3) < int(IN_NPR * SLOTS))
        for kind, codes in groups:
            row = np.flatnonzero(there & (attack.kind == kind))
            result.append(_stays(row, attack.on[row], bits[row], _places(*codes), 6.5, INPATIENT, 0.97))
    return result


def _cancers(lives: Lives, draw: Draw) -> list[Stays]:
    """Work-up, a stay, and treatment in the first years after each cancer."""
    result = []
    for name in ("lung_cancer", "cancer", "cancer_later"):
        on = lives.course.since[name]
        row = np.flatnonzero((on >= START - 5 * 365) & (on < STOP))
        if name == "lung_cancer":
            codes = [_places(*fine_cancer(cancer.LUNG.icd10))] * len(cancer.SITES)
            site = np.zeros(len(row), dtype=np.int64)
        else:
            codes = [_places(*fine_cancer(one.icd10)) for one in cancer.SITES]
            site = cancer.sites(Draw(draw.seed, draw.persons[row]), cancer.take(lives.people, row), on[row], name)
        fine = np.array([group[0] for group in codes], dtype=np.int16)[site]
        bits = draw.words(f"npr.{name}")[row]
        first = _stays(
            row, on[row], bits, [0], 4.0, np.where(part(bits, 3) < int(0.45 * SLOTS), INPATIENT, OUTPATIENT), 0.3
        )
        result.append(Stays(first.row, first.on, first.length, first.level, first.acute, fine, bits))
        end = np.minimum(lives.died[row], STOP)
        for kind, rate, years, level in (
            ("year", 6.5, 1.0, OUTPATIENT),
            ("later", 1.4, 5.0, OUTPATIENT),
            ("stay", 0.55, 2.0, INPATIENT),
            ("day", 1.1, 1.0, DAY),
        ):
            begin = np.maximum(on[row] + 7, START)
            time = np.maximum(np.minimum(end, on[row] + years * YEAR_DAYS) - begin, 0) / YEAR_DAYS
            many = _spread(
                draw,
                f"npr.{name}.{kind}",
                row,
                begin,
                time,
                rate,
                ([0], 4.0, level, 0.3 if level == INPATIENT else 0.0),
            )
            place = np.zeros(len(on), dtype=np.int16)
            place[row] = fine
            result.append(Stays(many.row, many.on, many.length, many.level, many.acute, place[many.row], many.bits))
    return result


def all_stays(lives: Lives, seed: int) -> list[Stays]:
    """Every contact that a disease or an attack brings, before residence is taken into account."""
    draw = Draw(seed, lives.people.pid)
    result = [stays for course in COURSES for stays in _of_course(lives, draw, course)]
    return result + _infarctions(lives, draw) + _strokes(lives, draw) + _cancers(lives, draw)


def births(world: World, batch: int) -> list[Stays]:
    """The stays of newborn children, and of their mothers."""
    lives = world.lives(batch)
    born = lives.people.born
    row = np.flatnonzero((born >= START) & (born < STOP) & ~lives.people.abroad)
    bits = Draw(world.seed, lives.people.pid).words("npr.newborn")[row]
    newborn = _stays(row, born[row], bits, _places("Z380"), 1.6, INPATIENT, 0.1)
    some = of_mothers(world, lives)
    # One stay a delivery: of twins, the first of the list.
    first = np.ones(len(some.row), dtype=bool)
    first[1:] = (some.row[1:] != some.row[:-1]) | (some.on[1:] - some.on[:-1] > 3)
    kind = np.where(some.preeclampsia, 3, some.caesarean)
    code = np.array(_places("O800", "O820", "O821", "O149"), dtype=np.int16)[kind]
    mothers = _stays(some.row, some.on, some.draw.words("npr.delivery"), [0], 1.9, INPATIENT, 0.55)
    mothers = replace(mothers, code=code)
    return [newborn, mothers.where(first)]
