"""The few facts about all persons at once that families are made from, indexed by person number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from helseanalyse.synthetic.calendar import NEVER, STOP, Days
from helseanalyse.synthetic.draw import Bools, Ints
from helseanalyse.synthetic.life import Lives


@dataclass(frozen=True, slots=True)
class Everyone:
    """Arrays (total + 1,): element p is person p; element 0 is nobody, who is never there."""

    sex: npt.NDArray[np.int8]
    born: Days
    abroad: Bools
    arrived: Days
    left: Days
    back: Days
    left_again: Days
    died: Days

    def there(self, pid: Ints, on: npt.NDArray[np.integer] | int) -> Bools:
        """Whether each person lives in Norway on a day; the day of death counts."""
        first = (self.arrived[pid] <= on) & (self.left[pid] > on)
        second = (self.back[pid] <= on) & (self.left_again[pid] > on)
        return np.asarray((first | second) & (self.died[pid] >= on))


def everyone(batches: Iterable[Lives]) -> Everyone:
    """The facts of every person, from the batches in order."""
    names = ("sex", "born", "abroad", "arrived", "left", "back", "left_again")
    columns: dict[str, list[npt.NDArray[np.generic]]] = {name: [] for name in (*names, "died")}
    for lives in batches:
        for name in names:
            columns[name].append(getattr(lives.people, name))
        columns["died"].append(lives.died)
    nobody = {"sex": -1, "born": NEVER, "abroad": 0, "arrived": NEVER, "died": STOP}
    return Everyone(
        **{
            name: np.concatenate([np.array([nobody.get(name, NEVER)], dtype=parts[0].dtype), *parts])
            for name, parts in columns.items()
        }
    )
