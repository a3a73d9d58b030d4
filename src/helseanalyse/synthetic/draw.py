"""Chance without state: every draw is a pure function of (seed, purpose, person, counter).

A draw does not depend on the order of the work, on the number of threads, on the batch that a person
falls into, or on the version of any library: only on integer arithmetic modulo 2**64, written here.
The mixing function is the finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), public domain.
"""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio, odd: steps that never repeat
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_TO_UNIT = 2.0**-52


def mixed(words: Words) -> Words:
    """Each word scrambled so that every input bit moves every output bit; a bijection; works in place.

    >>> [int(word) for word in mixed(np.array([0, 1, 2], dtype=np.uint64))]
    [0, 6238072747940578789, 15839785061582574730]
    """
    words ^= words >> np.uint64(30)
    words *= _MIX_1
    words ^= words >> np.uint64(27)
    words *= _MIX_2
    words ^= words >> np.uint64(31)
    return words


def base(seed: int, purpose: str, persons: npt.NDArray[np.integer]) -> Words:
    """One starting word a person for one purpose, to which counters are added.

    persons: person numbers, any shape. Two purposes, or two seeds, give unrelated words.

    >>> base(1, "sex", np.array([1, 2])).shape
    (2,)
    """
    digest = hashlib.blake2b(f"{seed}\x1f{purpose}".encode(), digest_size=8).digest()
    start = np.uint64(int.from_bytes(digest, "little"))
    return mixed(persons.astype(np.uint64) * _GOLDEN + start)


def words(start: Words, counter: npt.NDArray[np.integer] | int) -> Words:
    """The draw number `counter` of each starting word: 64 random bits each (broadcast).

    >>> start = base(1, "dose", np.array([7, 8]))
    >>> bool((words(start, 0) != words(start, 1)).all())
    True
    """
    # Arrays wrap around in silence, as wanted; numpy warns where a single number does.
    step = np.atleast_1d(np.asarray(counter, dtype=np.uint64)) + np.uint64(1)
    return mixed(start + step * _GOLDEN)


def unit(bits: Words) -> Floats:
    """Words as numbers in (0, 1): never 0 and never 1, so that logarithms and quantiles are finite.

    >>> bool(0 < unit(np.array([0], dtype=np.uint64))[0] < 1)
    True
    """
    # 52 bits and a half: with 53, the largest would round to 1.
    return ((bits >> np.uint64(12)).astype(np.float64) + 0.5) * _TO_UNIT


def part(bits: Words, which: int) -> npt.NDArray[np.int64]:
    """16 of the 64 bits as an integer 0 to 65,535: `which` is 0 to 3. Four cheap draws from one word.

    >>> part(np.array([0x0004000300020001], dtype=np.uint64), 2)
    array([3])
    """
    return ((bits >> np.uint64(16 * which)) & np.uint64(0xFFFF)).astype(np.int64)


class Draw:
    """The draws of a set of persons under one seed.

    persons: int array (n,) of person numbers. Each method takes the name of its purpose; the same
    name gives the same values again.

    >>> d = Draw(42, np.arange(1, 100_001))
    >>> round(float(d.uniform("a").mean()), 2), round(float(d.normal("b").std()), 2)
    (0.5, 1.0)
    >>> bool((d.uniform("a") == Draw(42, np.arange(1, 100_001)).uniform("a")).all())
    True
    """

    def __init__(self, seed: int, persons: npt.NDArray[np.integer]) -> None:
        self.seed = seed
        self.persons = persons

    def base(self, purpose: str) -> Words:
        """Starting words (n,) for draws that are counted."""
        return base(self.seed, purpose, self.persons)

    def words(self, purpose: str, counter: int = 0) -> Words:
        """64 random bits a person (n,)."""
        return words(self.base(purpose), counter)

    def uniform(self, purpose: str, counter: int = 0) -> Floats:
        """Uniform in (0, 1), (n,)."""
        return unit(self.words(purpose, counter))

    def exponential(self, purpose: str, counter: int = 0) -> Floats:
        """Exponential with mean 1, (n,)."""
        return -np.log(self.uniform(purpose, counter))

    def normal(self, purpose: str, counter: int = 0) -> Floats:
        """Standard normal (n,), by Box and Muller from two words."""
        start = self.base(purpose)
        radius = np.sqrt(-2.0 * np.log(unit(words(start, 2 * counter))))
        angle = 2.0 * np.pi * unit(words(start, 2 * counter + 1))
        return np.asarray(radius * np.cos(angle))

    def chance(self, purpose: str, probability: Floats | float, counter: int = 0) -> Bools:
        """True with the given probability, (n,)."""
        return np.asarray(self.uniform(purpose, counter) < probability)

    def pick(self, purpose: str, weights: npt.ArrayLike, counter: int = 0) -> Ints:
        """An index into weights (k,), drawn with those weights, (n,)."""
        edges = np.cumsum(np.asarray(weights, dtype=np.float64))
        place = np.searchsorted(edges, self.uniform(purpose, counter) * edges[-1], side="right")
        return np.asarray(np.minimum(place, len(edges) - 1).astype(np.int64))
