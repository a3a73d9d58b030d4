"""Contacts that everybody has: so many a year by age and sex, spread unevenly over people.

A yearly number of contacts is negative binomial, with the published mean and the published share of
people who have any. A person has a standing among those of the same age and sex, and keeps it from year
to year with probability KEEPS, so that heavy users remain heavy users.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.stats import nbinom, poisson

from helseanalyse.synthetic import figures
from helseanalyse.synthetic.calendar import STOP, Days, new_year
from helseanalyse.synthetic.draw import Floats, Ints, Words, base, part, words
from helseanalyse.synthetic.life import Lives
from helseanalyse.synthetic.menus import SLOTS, cell_of

KEEPS = 0.55
_KEEPS_BITS = int(KEEPS * SLOTS)
_NUMBERS = np.arange(2_000)  # more than anyone's contacts in a year


@dataclass(frozen=True, slots=True)
class Visits:
    """Contacts of a batch: row (position of the person in the batch), day, cell, and 64 random bits each."""

    row: Ints
    on: Days
    cell: Ints
    bits: Words

    def __len__(self) -> int:
        return len(self.row)

    def where(self, keep: npt.NDArray[np.bool_]) -> Visits:
        """Those for which `keep` is true."""
        return Visits(self.row[keep], self.on[keep], self.cell[keep], self.bits[keep])


def count_table(mean: Floats, any_share: Floats) -> npt.NDArray[np.int16]:
    """(cells, SLOTS): the yearly number for each slot, with this mean and this share of people with any.

    >>> t = count_table(np.array([3.0]), np.array([0.72]))
    >>> round(float(t[0].mean()), 2), round(float((t[0] > 0).mean()), 2)
    (3.0, 0.72)
    """
    draws = (np.arange(SLOTS) + 0.5) / SLOTS
    rows = []
    for m, share in zip(mean, any_share, strict=True):
        if m <= 0:
            rows.append(np.zeros(SLOTS))
        elif share >= -np.expm1(-m) * 0.999:
            rows.append(_quantiles(poisson.pmf(_NUMBERS, m), draws))
        else:
            size = brentq(lambda k, m=m, share=share: (k / (k + m)) ** k - (1.0 - share), 1e-4, 1e4)
            rows.append(_quantiles(nbinom.pmf(_NUMBERS, size, size / (size + m)), draws))
    return np.asarray(rows).astype(np.int16)


def _quantiles(chances: Floats, draws: Floats) -> Floats:
    """The smallest number whose cumulative chance reaches each draw."""
    return np.searchsorted(np.cumsum(chances), draws).astype(np.float64)


def visits(
    lives: Lives,
    seed: int,
    purpose: str,
    table: npt.NDArray[np.int16],
    years: npt.NDArray[np.int64],
    kept: Floats | None = None,
    standing: str = "",
) -> Visits:
    """The contacts of one kind in these years, while resident.

    table: from `count_table`. kept: (years,) the share of the contacts that is kept each year, for a
    number that changes over time; all if None. standing: kinds of contact that name the same standing
    have the same heavy users.
    """
    who = lives.people
    n, wide = len(who.pid), len(years)
    start = base(seed, purpose, who.pid)
    edges = new_year(np.append(years, years[-1] + 1))
    middle = (edges[:-1] + edges[1:]) // 2
    cell = cell_of((middle[None, :] - who.born[:, None]) / 365.25, who.sex[:, None])
    fresh = words(start[:, None], (years - figures.FIRST_YEAR)[None, :])
    lasting = part(words(base(seed, standing or purpose, who.pid), 999), 0)
    slot = np.where(part(fresh, 1) < _KEEPS_BITS, lasting[:, None], part(fresh, 0))
    here = (who.arrived[:, None] < edges[1:]) & (np.minimum(lives.died, STOP)[:, None] >= edges[:-1])
    counts = np.where(here, table[cell, slot], 0).astype(np.int64).ravel()
    flat = np.repeat(np.arange(n * wide), counts)
    number = np.arange(len(flat)) - np.repeat(np.cumsum(counts) - counts, counts)
    row, year = flat // wide, flat % wide
    bits = words(start[row], 1000 + number * 64 + year)
    length = np.diff(edges)
    on = (edges[year] + ((bits >> np.uint64(48)).astype(np.int64) * length[year] >> 16)).astype(np.int32)
    # The top 16 bits are spent on the day: the rest of the word is drawn anew from them.
    keep = lives.resident(row, on)
    if kept is not None and (kept < 1.0).any():
        keep &= part(bits, 2) < (kept * SLOTS)[year]
    row, on, bits = row[keep], on[keep], bits[keep]
    return Visits(row, on, cell.ravel()[flat[keep]], words(bits, 0))


def drawn_number(expected: Floats, bits: Words) -> Ints:
    """A whole number with this expectation (n,): the whole part, and one more with the rest as chance.

    >>> drawn_number(np.array([2.0, 0.0]), np.array([5, 9], dtype=np.uint64)).tolist()
    [2, 0]
    """
    whole = np.floor(expected)
    more = part(bits, 3) < (expected - whole) * SLOTS
    return (whole + more).astype(np.int64)


def repeated(counts: Ints) -> tuple[Ints, Ints]:
    """(owner, number) of each of `counts` copies: positions repeated, and 0, 1, ... within each.

    >>> [array.tolist() for array in repeated(np.array([2, 0, 1]))]
    [[0, 0, 2], [0, 1, 0]]
    """
    owner = np.repeat(np.arange(len(counts)), counts)
    return owner, np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)


def cells_on(lives: Lives, row: Ints, on: Days) -> Ints:
    """The cell of each person at `row` on a day."""
    who = lives.people
    return cell_of((on - who.born[row]) / 365.25, who.sex[row])
