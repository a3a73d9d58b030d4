"""All persons together: who they are to each other, and where their households are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from helseanalyse.synthetic.calendar import START, STOP
from helseanalyse.synthetic.draw import Ints
from helseanalyse.synthetic.everyone import Everyone, everyone
from helseanalyse.synthetic.families import Families, families
from helseanalyse.synthetic.households import Homes, homes
from helseanalyse.synthetic.life import Lives


@dataclass(frozen=True, slots=True)
class Society:
    """everyone, families, homes: arrays indexed by person number.

    mothers, children: the births in Norway from 2008 on, sorted by mother and day of birth.
    earlier_children: (total + 1,) the children that each woman had before 2008.
    """

    everyone: Everyone
    families: Families
    homes: Homes
    mothers: Ints
    children: Ints
    earlier_children: Ints

    def births_of(self, pid: Ints) -> tuple[Ints, Ints]:
        """(position in pid, child) of every birth of these mothers; pid must ascend."""
        low = np.searchsorted(self.mothers, pid, side="left")
        high = np.searchsorted(self.mothers, pid, side="right")
        row = np.repeat(np.arange(len(pid)), high - low)
        within = np.arange(len(row)) - np.repeat(np.cumsum(high - low) - (high - low), high - low)
        return row, self.children[low[row] + within]


def society(batches: Iterable[Lives], seed: int) -> Society:
    """The society of the persons of all batches, in order."""
    all_ = everyone(batches)
    family = families(all_, seed)
    here = (family.mother > 0) & ~all_.abroad & (all_.born >= START) & (all_.born < STOP)
    children = np.flatnonzero(here)
    children = children[np.lexsort((children, all_.born[children], family.mother[children]))]
    before = np.bincount(family.mother[(family.mother > 0) & (all_.born < START)], minlength=len(all_.born))
    return Society(all_, family, homes(all_, family, seed), family.mother[children], children, before)
