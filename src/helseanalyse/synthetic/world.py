"""A synthetic Norway: N residents on 1 January 2020, everything a function of (N, seed).

`World` holds nobody until asked: it makes the lives of its persons batch by batch, keeps them (about
300 bytes a person with their families), and the registries are drawn from them.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from threading import Lock

import numpy as np

from helseanalyse.synthetic.disease import boost
from helseanalyse.synthetic.draw import Ints
from helseanalyse.synthetic.life import Lives, lives
from helseanalyse.synthetic.people import Layout
from helseanalyse.synthetic.society import Society, society

BATCH = 8_192  # persons worked on at a time: bounds the memory, never changes a value
LEAST_PERSONS = 100


class SyntheticError(Exception):
    """A synthetic Norway that cannot be made, with what to do."""


class World:
    """All persons of a synthetic Norway.

    persons: residents on 1 January 2020, at least 100. seed: any whole number; another seed is another
    Norway. The same numbers always give the same people. rare: factor on type 2 diabetes, infarction,
    stroke and heart failure, for tests of methods that need many cases; worlds of fewer than 20,000 have one
    of their own (`disease.boost`). It changes no hazard ratio.

    >>> world = World(1000, seed=1)
    >>> world.total > 1000  # those who died, left, or came later exist too
    True
    """

    def __init__(self, persons: int, seed: int = 1, *, rare: float = 1.0) -> None:
        if persons < LEAST_PERSONS:
            raise SyntheticError(
                f"A synthetic Norway needs at least {LEAST_PERSONS} persons, not {persons}. "
                f"Ask for --persons {LEAST_PERSONS} or more."
            )
        self.persons = persons
        self.seed = seed
        self.rare = rare * boost(persons)
        self.layout = Layout(persons)
        self._lives: dict[int, Lives] = {}
        self._lock = Lock()
        self._society: Society | None = None
        self._society_lock = Lock()

    @property
    def total(self) -> int:
        """Everyone who exists: person numbers are 1 to total."""
        return self.layout.total

    @cached_property
    def batches(self) -> int:
        """The number of batches."""
        return -(-self.total // BATCH)

    def pids(self, batch: int) -> Ints:
        """The person numbers of a batch."""
        return np.arange(batch * BATCH + 1, min((batch + 1) * BATCH, self.total) + 1, dtype=np.int64)

    def lives(self, batch: int) -> Lives:
        """The lives of a batch; made once and kept. Safe to call from several threads."""
        with self._lock:
            found = self._lives.get(batch)
        if found is None:
            found = lives(self.layout, self.seed, self.pids(batch), self.rare)
            with self._lock:
                self._lives[batch] = found
        return found

    @property
    def society(self) -> Society:
        """Families and homes; made once, from the lives of all persons."""
        with self._society_lock:
            if self._society is None:
                with ThreadPoolExecutor(max_workers=2) as pool:
                    self._society = society(list(pool.map(self.lives, range(self.batches))), self.seed)
            return self._society
