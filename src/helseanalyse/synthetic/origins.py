"""Where people come from: country of birth and immigration category.

Countries by Statistics Norway's numbers, with shares of the order of the immigrant population (unverified).
"""

from __future__ import annotations

import numpy as np

from helseanalyse.synthetic.calendar import START, day
from helseanalyse.synthetic.draw import Draw, Ints
from helseanalyse.synthetic.society import Society

COUNTRIES = (
    "000", "131", "136", "106", "346", "144", "452", "428", "534", "241", "564", "568", "101", "143", "575",
    "404", "456", "140", "133", "139", "684", "444", "148", "484", "303", "117",
)  # fmt: skip
_BEFORE = (0, 6, 2, 8, 5, 5, 6, 4, 8, 1, 0.5, 4, 6, 5, 6, 4, 5, 4, 1, 5, 3, 3, 0.5, 3, 2, 2)
_SINCE = (0, 20, 9, 8, 5, 4, 2.5, 5, 3, 5, 6, 3.5, 3, 1, 1, 3, 2, 2.5, 4, 3, 2, 4, 1, 2, 1.5, 2)
_UKRAINE = COUNTRIES.index("148")
CATEGORIES = (
    "norwegian_born", "immigrant", "born_of_immigrants", "foreign_born_one_norwegian_parent",
    "norwegian_born_one_foreign_parent", "foreign_born_norwegian_parents",
)  # fmt: skip


def countries(society: Society, seed: int, pid: Ints) -> Ints:
    """Place in COUNTRIES of each person's country of birth; a child has its mother's, if both immigrated."""
    all_, mother = society.everyone, society.families.mother[pid]
    own = _own(society, seed, pid)
    hers = np.where(mother > 0, _own(society, seed, mother), 0)
    return np.where(all_.abroad[pid], np.where(hers > 0, hers, own), 0)


def _own(society: Society, seed: int, pid: Ints) -> Ints:
    arrived = society.everyone.arrived[pid]
    draw = Draw(seed, pid)
    found = np.where(arrived < START, draw.pick("origin.country", _BEFORE), draw.pick("origin.country", _SINCE))
    war = (arrived >= day("2022-03-15")) & (arrived < day("2025-01-01")) & draw.chance("origin.war", 0.38)
    return np.where(society.everyone.abroad[pid], np.where(war, _UKRAINE, found), 0)


def categories(society: Society, seed: int, pid: Ints) -> Ints:
    """Place in CATEGORIES, from the births of the person and the parents; an unknown parent counts as Norwegian."""
    all_, family = society.everyone, society.families
    foreign = (all_.abroad[family.mother[pid]] & (family.mother[pid] > 0)).astype(int)
    foreign += all_.abroad[family.father[pid]] & (family.father[pid] > 0)
    draw = Draw(seed, pid)
    # Some born abroad have one or two Norwegian parents who are not known here.
    abroad = np.array([1, 3, 5])[draw.pick("origin.parents", [0.93, 0.045, 0.025])]
    abroad = np.where(foreign > 0, 1, abroad)
    here = np.array([0, 4, 2])[foreign]
    return np.where(all_.abroad[pid], abroad, here)
