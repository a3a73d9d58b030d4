"""KPR: contacts with GPs and other municipal services, and periods of care."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from helseanalyse.synthetic import arrow, care, figures
from helseanalyse.synthetic.calendar import NEVER, Days, day, year_of
from helseanalyse.synthetic.draw import Ints, Words, part, words
from helseanalyse.synthetic.life import Lives
from helseanalyse.synthetic.menus import SLOTS, Menu, menu, table, weights_by_cell
from helseanalyse.synthetic.visits import count_table, visits
from helseanalyse.synthetic.world import World

SINCE = day("2016-07-01")
YEARS = figures.YEARS[figures.YEARS >= 2016]
SERVICES = (
    "gp", "out_of_hours", "physiotherapist", "chiropractor", "dentist", "health_centre", "specialist", "other",
)  # fmt: skip
TYPES = ("consultation", "e_consultation", "home_visit", "simple_contact", "interdisciplinary", "administrative")
AREAS = ("medical_services", "public_outpatient", "private_laboratory")

# Published for 2023 (KPR): GP consultations an inhabitant and share with any, by age; the age groups of
# menus.AGE_GROUPS in order, 0-5 and 30-49 being two groups each.
GP_MEAN = np.array([1.9, 1.9, 1.4, 2.4, 2.6, 3.2, 3.2, 3.5, 3.9, 4.8, 3.5])
GP_ANY = np.array([0.66, 0.66, 0.58, 0.73, 0.66, 0.70, 0.70, 0.76, 0.84, 0.85, 0.66])
# Women and men against the mean of their age: children alike, adults as 3.6 and 2.4 (77 and 66 percent any).
_WOMEN_MEAN = np.array([0.96, 0.97, 1.02, 1.24, 1.36, 1.28, 1.22, 1.14, 1.06, 1.02, 1.00])
_WOMEN_ANY = np.array([0.99, 0.99, 1.01, 1.09, 1.19, 1.14, 1.10, 1.05, 1.02, 1.01, 1.01])
_MORE = 1.015  # for those who are here for part of the year
# Other services: mean contacts a year and share with any, by age group (orders of magnitude, unverified).
_SIMPLE = (np.array([0.9, 0.8, 0.6, 1.0, 1.1, 1.3, 1.5, 2.2, 3.6, 4.6, 4.0]), 0.42)
_EMERGENCY = (np.array([0.34, 0.36, 0.16, 0.24, 0.26, 0.22, 0.18, 0.17, 0.24, 0.46, 0.62]), 0.79)
_PHYSIO = (np.array([0.05, 0.03, 0.12, 0.35, 0.55, 0.75, 0.95, 1.25, 1.5, 1.2, 0.7]), 0.14)
_CHIRO = (np.array([0.05, 0.03, 0.08, 0.15, 0.28, 0.36, 0.38, 0.30, 0.18, 0.08, 0.03]), 0.30)
_CENTRE = (np.array([2.2, 0.5, 0.05, 0.12, 0.20, 0.20, 0.02, 0.0, 0.0, 0.0, 0.0]), 0.45)
_DENTIST = (np.array([0.0, 0.0, 0.02, 0.03, 0.03, 0.04, 0.06, 0.10, 0.12, 0.06, 0.03]), 0.55)
_SPECIALIST = (np.array([0.08, 0.15, 0.22, 0.25, 0.28, 0.32, 0.38, 0.50, 0.68, 0.52, 0.20]), 0.50)
_E_SHARE = (
    np.array([2016, 2018, 2019, 2020, 2021, 2022, 2023, 2024]),
    np.array([0, 0.005, 0.03, 0.20, 0.24, 0.22, 0.214, 0.21]),
)
_TREND = np.array([0.895, 0.895, 0.90, 0.90, 0.95, 1.0, 0.99, 1.0, 1.0])  # of GP consultations, 2016-2024

# Published shares of GP consultations by group of diagnoses (2023), percent; a disease of the course has
# its own rows in _ILL, which take their part of hypertension, diabetes, heart and cancer.
GROUP_SHARES = {
    "mental": 12.2, "respiratory": 8.6, "local_pain": 7.8, "gastro": 4.1, "back": 3.6, "preventive": 3.3,
    "atopy": 3.1, "pregnancy": 3.1, "injury": 2.9, "administrative": 2.6, "heart": 0.6, "skin_infection": 1.8,
    "gynaecological": 1.7, "joint": 1.6, "cancer": 0.15, "other": 29.0,
}  # fmt: skip
# A contact of someone with the disease is about it with this chance: name in the course, code, chance.
_ILL = (
    ("type_2", "T90", 0.40), ("type_1", "T89", 0.30), ("hypertension", "K86", 0.125), ("hypertension", "K87", 0.012),
    ("heart_failure", "K77", 0.14), ("fibrillation", "K78", 0.12), ("infarction", "K75", 0.07), ("copd", "R95", 0.13),
    ("dementia", "P70", 0.20), ("stroke", "K90", 0.05), ("kidney", "U99", 0.04), ("lung_cancer", "R84", 0.25),
    ("cancer", "A79", 0.135),
)  # fmt: skip


@cache
def codes() -> tuple[str, ...]:
    """Every ICPC-2 code of the synthetic KPR, sorted."""
    return tuple(sorted({*table("icpc2.tsv").text("code"), *(code for _, code, _ in _ILL)}))


def _place(code: str) -> int:
    return codes().index(code)


@cache
def _menu(column: str, chapters: str = "") -> Menu:
    """Codes for a service; `gp` in the published shares by group, others by their own column."""
    rows = table("icpc2.tsv")
    weight = rows.number("weight") * rows.number("gp" if column != "emergency" else "emergency")
    groups = np.array(rows.text("group"))
    if column == "gp":
        for group, share in GROUP_SHARES.items():
            weight[groups == group] *= share / weight[groups == group].sum()
    if chapters:
        weight = weight * np.array([code[0] in chapters for code in rows.text("code")])
    return menu(rows.text("code"), weights_by_cell(rows, weight))


@dataclass(frozen=True, slots=True)
class _Rows:
    row: Ints
    on: Days
    service: npt.NDArray[np.int8]
    kind: npt.NDArray[np.int8]
    area: npt.NDArray[np.int8]
    code: npt.NDArray[np.int16]  # -1: no ICPC-2 code on the bill
    second: npt.NDArray[np.int16]


@cache
def _counts(service: str) -> npt.NDArray[np.int16]:
    if service == "gp":
        men_mean, men_any = 2.0 - _WOMEN_MEAN, 2.0 - _WOMEN_ANY
        return count_table(
            np.concatenate([GP_MEAN * _WOMEN_MEAN * _MORE, GP_MEAN * men_mean * _MORE]),
            np.minimum(np.concatenate([GP_ANY * _WOMEN_ANY, GP_ANY * men_any]), 0.97),
        )
    mean, share = {
        "simple": _SIMPLE, "out_of_hours": _EMERGENCY, "physiotherapist": _PHYSIO, "chiropractor": _CHIRO,
        "health_centre": _CENTRE, "dentist": _DENTIST, "specialist": _SPECIALIST,
    }[service]  # fmt: skip
    both = np.concatenate([mean * 1.12, mean * 0.88])
    return count_table(both, share * both * np.exp(-0.35 * both) if service != "simple" else 1 - np.exp(-0.55 * both))


def _contacts(lives: Lives, seed: int, service: str) -> _Rows:
    """The contacts of one service in a batch."""
    kept = _TREND if service == "gp" else None
    some = visits(lives, seed, f"kpr.{service}", _counts(service), YEARS, kept)
    some = some.where(some.on >= SINCE)
    column, chapters = {
        "out_of_hours": ("emergency", ""), "physiotherapist": ("gp", "L"), "chiropractor": ("gp", "L"),
    }.get(service, ("gp", ""))  # fmt: skip
    from_menu = _menu(column, chapters)
    place = np.array([_place(code) for code in from_menu.codes], dtype=np.int16)
    code = place[from_menu.pick(some.cell, part(some.bits, 0))]
    if service in ("gp", "simple"):
        code = _of_disease(lives, some.row, some.on, code, some.bits)
    coded = {"health_centre": 0.5, "dentist": 0.0, "specialist": 0.0}.get(service, 0.985)
    code = np.where(part(some.bits, 1) < int(coded * SLOTS), code, -1).astype(np.int16)
    more = part(some.bits, 2)
    second = np.where(more < int(0.13 * SLOTS), place[from_menu.pick(some.cell, more * 7 % SLOTS)], -1)
    second = np.where((code < 0) | (second == code), -1, second).astype(np.int16)
    name = "gp" if service == "simple" else service
    return _Rows(
        some.row, some.on, np.full(len(some.row), SERVICES.index(name), dtype=np.int8),
        _kinds(service, some.on, part(some.bits, 3)),
        np.where(part(some.bits, 3) % 997 < 3, 1, 0).astype(np.int8), code, second,
    )  # fmt: skip


def _kinds(service: str, on: Days, draw: Ints) -> npt.NDArray[np.int8]:
    """The type of contact: e-consultations from 2018, home visits, simple contacts."""
    if service == "simple":
        return np.where(draw < int(0.93 * SLOTS), 3, np.where(draw < int(0.97 * SLOTS), 4, 5)).astype(np.int8)
    electronic = np.interp(year_of(on), *_E_SHARE) * (service == "gp")
    home = 0.0045 if service == "gp" else 0.03 * (service == "out_of_hours")
    share = draw / SLOTS
    return np.where(share < electronic, 1, np.where(share > 1 - home, 2, 0)).astype(np.int8)


def _of_disease(lives: Lives, row: Ints, on: Days, code: npt.NDArray[np.int16], bits: Words) -> npt.NDArray[np.int16]:
    """The code of a disease that the person has, with the disease's chance; at most one takes over."""
    draw = part(words(bits.copy(), 3), 1) / SLOTS
    used = np.zeros(len(row))
    result = code.copy()
    since = lives.course.since | {"stroke": lives.strokes[0].on}
    for name, code_of_it, chance in _ILL:
        ill = since[name][row] <= on
        taken = ill & (draw >= used) & (draw < used + chance)
        result[taken] = _place(code_of_it)
        used = used + np.where(ill, chance, 0.0)
    return result


def _first_of_each(row: Ints, on: Days, *others: npt.NDArray[np.integer]) -> Ints:
    """The positions of the first of each set of equal rows."""
    key = row * 8_192 + (on - SINCE)
    for column in others:
        key = key * (int(column.max(initial=0)) + 2) + column + 1
    return np.sort(np.unique(key, return_index=True)[1])


def tables(world: World, batch: int) -> dict[str, pa.Table]:
    """The rows of KPR for the persons of a batch."""
    lives = world.lives(batch)
    names = (
        "gp",
        "simple",
        "out_of_hours",
        "physiotherapist",
        "chiropractor",
        "health_centre",
        "dentist",
        "specialist",
    )
    parts = [_contacts(lives, world.seed, name) for name in names]
    row, on, service, kind, area, code, second = (
        np.concatenate([getattr(one, name) for one in parts]) for name in _Rows.__slots__
    )
    # A bill has no number, so two that agree in everything cannot be told apart: one is kept.
    one = _first_of_each(row, on, service, kind, area, code, second)
    row, on, service, kind, area, code, second = (
        column[one] for column in (row, on, service, kind, area, code, second)
    )
    both = np.stack([code, second], axis=1)
    listed = both >= 0
    spells = care.periods(world, lives)
    return {
        "contact": arrow.table({
            "pid": arrow.persons(lives.people.pid[row]),
            "contact_on": arrow.dates(on),
            "service": arrow.chosen(service, SERVICES),
            "contact_type": arrow.chosen(kind, TYPES),
            "area": arrow.chosen(area, AREAS),
            "any_diagnosis": arrow.code_lists(listed.sum(axis=1), both[listed], codes()),
        }),
        "care": arrow.table({
            "pid": arrow.persons(lives.people.pid[spells.row]),
            "started_on": arrow.dates(spells.start),
            "ended_on": arrow.dates(np.where(spells.stop >= NEVER, NEVER, spells.stop)),
            "service": arrow.chosen(spells.service, care.SERVICES),
        }),
    }  # fmt: skip
