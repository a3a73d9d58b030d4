"""Finds the numbers of `calibration` by repeated generation: `python -m helseanalyse.synthetic.calibrate`.

Each round makes the lives of a synthetic Norway, compares deaths by sex and age, deaths by year, yearly
cases and mean ages with their targets, and moves the numbers by the ratio. Run it after any change of
a hazard, a ratio of `truth` or a published figure, and copy what it prints into `calibration`.
"""

from __future__ import annotations

import sys
from typing import TextIO

import numpy as np
import numpy.typing as npt

from helseanalyse.synthetic import calibration, death, demography, disease, figures, mortality
from helseanalyse.synthetic.acute import Attacks
from helseanalyse.synthetic.calendar import NEVER, Days, age_on, new_year, year_of
from helseanalyse.synthetic.draw import Bools, Floats, Ints
from helseanalyse.synthetic.life import Lives
from helseanalyse.synthetic.quality import STROKE_COVERAGE
from helseanalyse.synthetic.world import World

# Cases a year (women, men), the years that they are counted over, and their mean ages where published.
TARGETS: dict[str, tuple[tuple[float, float], tuple[int, int], tuple[float, float] | None]] = {
    "infarction": ((4695, 8348), (2012, 2014), (76.0, 68.0)),
    # The published strokes are those of the registry, which has nine of ten.
    "stroke": ((3927 / STROKE_COVERAGE, 4611 / STROKE_COVERAGE), (2014, 2016), (77.5, 72.0)),
    "heart_failure": ((5600, 6900), (2014, 2018), None),
    "lung_cancer": ((1600, 1719), (2021, 2024), None),
    "cancer": ((16108, 18667), (2021, 2024), None),
}
DIABETES = 270_000  # people with known diabetes
_SHARE_OF_WOMEN_WITH_DIABETES = 0.44


class _Sums:
    """What one generation gave, scaled to the whole of Norway."""

    def __init__(self, scale: float) -> None:
        self.scale = scale
        self.deaths = np.zeros((2, len(calibration.AGES)))
        self.base_deaths = np.zeros_like(self.deaths)
        self.residents = np.zeros((17, 2, demography.OLDEST + 1))  # in the middle of each year
        self.years = np.zeros(17)
        self.cases = {name: np.zeros(2) for name in TARGETS}
        self.ages = {name: np.zeros(2) for name in TARGETS}
        self.diabetes = np.zeros(2)
        self.type_1 = np.zeros(2)

    def add(self, lives: Lives) -> None:
        """Count one batch."""
        who = lives.people
        dead = lives.died < NEVER
        group = _group(age_on(lives.died, who.born)[dead])
        np.add.at(self.deaths, (who.sex[dead], group), self.scale)
        base = lives.cause[dead] == death.CAUSES.index("base")
        np.add.at(self.base_deaths, (who.sex[dead][base], group[base]), self.scale)
        np.add.at(self.years, year_of(lives.died[dead]) - figures.FIRST_YEAR, self.scale)
        self._residents(lives)
        self._cases(lives, "infarction", lives.infarctions)
        self._cases(lives, "stroke", lives.strokes)
        for name in ("heart_failure", "lung_cancer", "cancer"):
            self._count(lives, name, lives.course.since[name])
        self._count(lives, "cancer", lives.course.since["cancer_later"])
        first = int(new_year([2020])[0])
        here = lives.resident(np.arange(len(who.pid)), np.full(len(who.pid), first))
        known = disease.known_diabetes(lives.course) <= first
        for sex in (0, 1):
            self.diabetes[sex] += self.scale * int((here & known & (who.sex == sex)).sum())
            one = lives.course.since["type_1"] <= first
            self.type_1[sex] += self.scale * int((here & one & (who.sex == sex)).sum())

    def _residents(self, lives: Lives) -> None:
        everyone = np.arange(len(lives.died))
        for index, first in enumerate(new_year(figures.YEARS)):
            middle = int(first) + 182
            here = lives.resident(everyone, np.full(len(everyone), middle))
            age = np.clip(age_on(middle, lives.people.born[here]), 0, demography.OLDEST).astype(int)
            np.add.at(self.residents[index], (lives.people.sex[here], age), self.scale)

    def _cases(self, lives: Lives, name: str, attacks: tuple[Attacks, Attacks]) -> None:
        for attack in attacks:
            self._count(lives, name, attack.on)

    def _count(self, lives: Lives, name: str, on: Days) -> None:
        low, high = TARGETS[name][1]
        row = np.flatnonzero((on >= new_year([low])[0]) & (on < new_year([high + 1])[0]))
        row = row[lives.resident(row, on[row])]
        for sex in (0, 1):
            mine: Ints = row[lives.people.sex[row] == sex]
            self.cases[name][sex] += self.scale * len(mine) / (high - low + 1)
            total = float(age_on(on[mine], lives.people.born[mine]).sum())
            self.ages[name][sex] += self.scale * total / (high - low + 1)


def generate(persons: int, seed: int) -> _Sums:
    """The sums of a synthetic Norway of this size."""
    world = World(persons, seed)
    sums = _Sums(figures.NORWAY_2020 / persons)
    for batch in range(world.batches):
        sums.add(world.lives(batch))
    return sums


def _group(age: Floats) -> Ints:
    return np.searchsorted(calibration.AGES, age, side="right") - 1


def wanted_deaths(sums: _Sums) -> Floats:
    """(2, groups): deaths that the residents who were there should have had, at the projection's rates."""
    level = demography.expected().level[:, None, None]
    yearly = (sums.residents * demography.hazards() * level).sum(axis=0)
    group = _group(demography.AGES.astype(np.float64))
    return np.stack([yearly[:, group == number].sum(axis=1) for number in range(len(calibration.AGES))], axis=1)


def improve(sums: _Sums) -> None:
    """Move the numbers of `calibration`, in place, by what the sums say."""
    target = wanted_deaths(sums)
    wanted = target - (sums.deaths - sums.base_deaths)
    ratio = np.maximum(wanted, 0.05 * target) / np.maximum(sums.base_deaths, 0.05 * target)
    calibration.NATURAL[:] = np.clip(calibration.NATURAL * _damped(ratio), 0.05, 1.5)
    relative = (figures.DEATHS / sums.years) / (figures.DEATHS.sum() / sums.years.sum())
    calibration.YEAR[:] = np.clip(calibration.YEAR * relative**1.4, 0.6, 1.6)
    for name, (count, _, ages) in TARGETS.items():
        calibration.COUNT[name][:] *= np.array(count) / sums.cases[name]
        if ages:
            calibration.AGE[name][:] += 0.9 * (np.array(ages) - sums.ages[name] / sums.cases[name])
    women = DIABETES * _SHARE_OF_WOMEN_WITH_DIABETES
    wanted_2 = np.array([women, DIABETES - women]) - sums.type_1
    calibration.COUNT["type_2"][:] *= wanted_2 / (sums.diabetes - sums.type_1)
    mortality.base_hazard.cache_clear()
    mortality.excess_hazard.cache_clear()
    disease.hazards.cache_clear()


def _damped(ratio: Floats) -> Floats:
    return np.asarray(np.clip(ratio, 0.5, 2.0) ** 0.9)


def _show(out: TextIO) -> None:
    def line(values: npt.NDArray[np.floating]) -> str:
        return "[" + ", ".join(f"{value:.4f}" for value in values) + "]"

    out.write("NATURAL: Final = np.array([\n")
    out.writelines(f"    {line(row)},\n" for row in calibration.NATURAL)
    out.write("])  # fmt: skip\n")
    early, late = line(calibration.YEAR[:9]), line(calibration.YEAR[9:])
    out.write(f"YEAR: Final = np.array([\n    {early[1:-1]},\n    {late[1:-1]},\n])  # fmt: skip\n")
    for name, values in (("COUNT", calibration.COUNT), ("AGE", calibration.AGE)):
        out.write(f"{name}: Final = {{\n")
        out.writelines(f'    "{key}": np.array({line(value)}),\n' for key, value in values.items())
        out.write("}\n")


def settled(sums: _Sums) -> Bools:
    """Which of the yearly counts are within 2 percent of their targets."""
    return np.array([abs(sums.cases[name] / TARGETS[name][0] - 1).max() < 0.02 for name in TARGETS])


def main(persons: int = 1_000_000, rounds: int = 6) -> None:
    """Improve for some rounds and print the arrays."""
    for number in range(rounds):
        sums = generate(persons, seed=1 + number)
        sys.stderr.write(f"round {number + 1}: {int(settled(sums).sum())} of {len(TARGETS)} counts within 2 percent\n")
        improve(sums)
    _show(sys.stdout)


if __name__ == "__main__":
    main()
