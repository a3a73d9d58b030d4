"""Places: where people live, and which hospital trust treats them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from helseanalyse.synthetic.draw import Draw, Ints
from helseanalyse.synthetic.life import Lives
from helseanalyse.synthetic.world import World

# Hospital trusts and the share of the population in their area, in thousands (derived from the counties).
_AREAS = {
    "ahus": 590, "oslo": 560, "innlandet": 345, "ostfold": 320, "vestfold": 240, "telemark": 175, "sorlandet": 307,
    "vestre_viken": 500, "stavanger": 370, "fonna": 180, "bergen": 460, "forde": 108, "more_og_romsdal": 265,
    "st_olav": 320, "nord_trondelag": 137, "helgeland": 78, "nordland": 137, "unn": 193, "finnmark": 75,
}  # fmt: skip
TRUSTS = (*_AREAS, "private")


def trust_of(world: World, lives: Lives, row: Ints, on: npt.NDArray[np.integer]) -> Ints:
    """The hospital trust that treats each person at `row` on a day."""
    home = Draw(world.seed, lives.people.pid).pick("places.trust", list(_AREAS.values()))
    return home[row]
