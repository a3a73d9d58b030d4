"""How many people of which age and sex there are, come, and go: expected numbers, before any person exists.

A cohort-component projection, run backwards to the first year: the stock of 1 January 2008 is such that,
after twelve years of deaths, births and migration at the published yearly numbers, it becomes the
published pyramid of 1 January 2020. All numbers are for the whole of Norway; `people` scales them to N.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from helseanalyse.synthetic import figures, truth
from helseanalyse.synthetic.draw import Floats

OLDEST = 109
AGES = np.arange(OLDEST + 1)
SEXES = ("female", "male")  # index 0 and 1 wherever sex is an axis
MALE_BIRTHS = 0.514


@dataclass(frozen=True, slots=True)
class Expected:
    """Expected numbers for the whole of Norway.

    stock: (2, 110) residents on 1 January 2008 by sex and age in whole years.
    births: (17,) live births a year. newcomers: (17, 2, 110) first immigrations by year, sex and age.
    level: (17,) factor on the mortality of `truth.DEATH`, so that deaths of each year are as published.
    residents: (18, 2, 110) expected residents on 1 January 2008 to 2025.
    """

    stock: Floats
    births: Floats
    newcomers: Floats
    level: Floats
    residents: Floats


def newcomer_ages() -> Floats:
    """(2, 110): the share of immigrants by sex and age at arrival; sums to 1."""
    child = np.where(AGES < 18, 0.0115, 0.0)
    adult = 0.79 * _bell(28.0, 7.5) * (AGES >= 18)
    late = 0.06 * _bell(52.0, 13.0) * (AGES >= 18)
    share = child + adult + late
    return np.asarray(np.outer([0.46, 0.54], share / share.sum()))


def _bell(mean: float, sd: float) -> Floats:
    return np.asarray(np.exp(-0.5 * ((AGES - mean) / sd) ** 2) / (sd * np.sqrt(2 * np.pi)))


def single_years(bands: Floats) -> Floats:
    """Five-year bands 0-4 ... 85-89 and 90+ as single years 0 to 109, smooth, with the same band totals."""
    tail = np.exp(-np.cumsum(0.16 * 1.095 ** np.arange(OLDEST + 1 - 90)))
    tail *= bands[18] / tail.sum()
    middle = np.append(np.arange(18) * 5 + 2.0, 92.0)
    line = np.interp(np.arange(90.0), middle, np.append(bands[:18] / 5.0, tail[2]))
    for band in range(18):
        years = slice(band * 5, band * 5 + 5)
        line[years] *= bands[band] / line[years].sum()
    return np.concatenate([line, tail])


def hazards() -> Floats:
    """(2, 110) yearly death hazard by sex and age at level 1: `truth.DEATH`, averaged over the age year."""
    shape = truth.DEATH
    rows = []
    for sex in SEXES:
        gompertz = shape.at_80[sex] * np.exp(shape.slope[sex] * (AGES + 0.5 - 80.0))
        accidents = np.where((AGES >= 15), shape.accidents[sex], 0.00008)
        infant = np.where(AGES == 0, shape.infant, 0.0)
        rows.append(gompertz + accidents + infant)
    return np.asarray(rows)


def _leaving(born_here: bool) -> Floats:
    """(110,) yearly rate of leaving for good, by age."""
    rates = truth.MIGRATION
    if not born_here:
        return np.full(OLDEST + 1, rates.settled)
    away = np.where(AGES < 18, rates.child, np.where(AGES < 40, rates.young, rates.older))
    return np.asarray(away * (1.0 - rates.returns))


def _older(people: Floats) -> Floats:
    """Everyone one year on: (2, 110) -> (2, 110), nobody at age 0, the oldest stay."""
    moved = np.zeros_like(people)
    moved[:, 1:] = people[:, :-1]
    moved[:, -1] += people[:, -1]
    return moved


def _project(stock: Floats, level: Floats) -> tuple[Floats, Floats, Floats]:
    """One pass forward: residents (18, 2, 110), survivors of the stock in 2020 (2, 110), levels (17,)."""
    risk = hazards()
    home = stock * (1.0 - truth.MIGRATION.foreign_stock(AGES))
    settled = stock - home
    recent = [np.zeros_like(stock) for _ in range(5)]
    rows, survivors = [stock], np.zeros_like(stock)
    newcomer = newcomer_ages()
    for index, year in enumerate(figures.YEARS):
        arrivals = newcomer * figures.IMMIGRATIONS[index] * truth.MIGRATION.newcomer_share
        born = np.zeros_like(stock)
        born[:, 0] = figures.BIRTHS[index] * np.array([1 - MALE_BIRTHS, MALE_BIRTHS])
        present = rows[-1] + 0.5 * arrivals + 0.5 * born
        level[index] = figures.DEATHS[index] / float((present * risk).sum())
        stay = np.exp(-risk * level[index])
        home = _older(home * stay * np.exp(-_leaving(True)[None, :]))
        home[:, 0] = born[:, 0] * np.sqrt(stay[:, 0])
        settled = _older(settled * stay * np.exp(-_leaving(False)[None, :]))
        recent = [arrivals, *[_older(part * stay * np.exp(-truth.MIGRATION.recent)) for part in recent]]
        settled += recent.pop()
        rows.append(home + settled + sum(recent))
        if year == 2019:
            survivors = rows[-1]
    return np.asarray(rows), survivors, level


@cache
def expected() -> Expected:
    """The expected numbers, found by repeating the projection until 2020 is as published.

    >>> round(float(expected().residents[12].sum()) / 5_367_580, 2)
    1.0
    """
    target = np.asarray([single_years(figures.PYRAMID_2020[sex].astype(float)) for sex in SEXES])
    stock = np.zeros_like(target)
    stock[:, :78] = target[:, 12:90]
    # From 90 on, one published number holds all ages together: their ages in 2008, 78 and over, are laid
    # out as the survivors of equally large birth cohorts.
    old = np.exp(-np.cumsum(hazards()[:, 77:-1] * 1.15, axis=1))
    stock[:, 78:] = old * stock[:, 77:78]
    level = np.ones(len(figures.YEARS))
    residents = np.zeros((1, 1, 1))
    for _ in range(40):
        residents, reached, level = _project(stock, level)
        ratio = np.sqrt(target / np.maximum(reached, 1e-9))
        stock[:, :78] *= ratio[:, 12:90]
        stock[:, 78:] *= np.sqrt(target[:, 90:].sum(axis=1) / reached[:, 90:].sum(axis=1))[:, None]
    newcomers = figures.IMMIGRATIONS[:, None, None] * truth.MIGRATION.newcomer_share * newcomer_ages()[None]
    return Expected(stock, figures.BIRTHS.astype(float), newcomers, level, residents)
