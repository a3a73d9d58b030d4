"""Identity numbers for made-up people: month + 80, so that no living person can have one.

Eleven digits: day, month + 80, year (DDMMYY), an individual number of three digits whose last is even
for women and odd for men, and two check digits. Source: Skatteetaten's rules until 2032, and Tenor's
mark of synthetic test persons.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from helseanalyse.synthetic.calendar import Days
from helseanalyse.synthetic.draw import Ints

MONTH_MARK = 80
_FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2)
_SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
# Individual numbers by year of birth: first year, last year, and the numbers in the order they are given.
_INDIVIDUAL = (
    (1854, 1899, np.arange(500, 750)),
    (1900, 1939, np.arange(500)),
    (1940, 1999, np.concatenate([np.arange(500), np.arange(900, 1000)])),
    (2000, 2039, np.arange(500, 1000)),
)
_CHUNK = 4_000  # dates worked on at a time


def check_digits(nine: npt.NDArray[np.int64]) -> tuple[Ints, Ints]:
    """The two check digits of the first nine digits; 10 where there is none.

    >>> [int(digit[0]) for digit in check_digits(np.array([109155967]))]
    [8, 4]
    """
    digits = nine[..., None] // 10 ** np.arange(8, -1, -1) % 10
    first = -(digits * np.array(_FIRST)).sum(axis=-1) % 11
    ten = np.concatenate([digits, first[..., None]], axis=-1)
    return first, -(ten * np.array(_SECOND)).sum(axis=-1) % 11


def stems(born: Days) -> Ints:
    """The first six digits of each birth day: DDMMYY with 80 added to the month.

    >>> stems(np.array([0], dtype=np.int32)).tolist()  # 1 January 1970: 018170
    [18170]
    """
    month = born.astype("datetime64[D]").astype("datetime64[M]")
    day = (born.astype("datetime64[D]") - month.astype("datetime64[D]")).astype(np.int64) + 1
    months = month.astype(np.int64)
    return np.asarray(day * 10_000 + (months % 12 + 1 + MONTH_MARK) * 100 + (1970 + months // 12) % 100)


def identity_numbers(born: Days, sex: npt.NDArray[np.int8]) -> Ints:
    """A number of its own for each person, in the order given (n,); as integers, so leading zeros are lost.

    sex: 0 woman, 1 man. Raises ValueError where one day has more births of one sex than numbers (about 200).

    >>> two = identity_numbers(np.array([0, 0], dtype=np.int32), np.array([0, 1], dtype=np.int8))
    >>> [f"{number:011d}"[:6] for number in two], int(two[0]) // 100 % 2, int(two[1]) // 100 % 2
    (['018170', '018170'], 0, 1)
    """
    group = born.astype(np.int64) * 2 + sex
    order = np.argsort(group, kind="stable")
    found, start, size = np.unique(group[order], return_index=True, return_counts=True)
    rank = np.arange(len(group)) - np.repeat(start, size)
    result = np.empty(len(group), dtype=np.int64)
    years = 1970 + (found // 2).astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64)
    for low in range(0, len(found), _CHUNK):
        some = slice(low, low + _CHUNK)
        for first_year, last_year, individual in _INDIVIDUAL:
            here = low + np.flatnonzero((years[some] >= first_year) & (years[some] <= last_year))
            if len(here):
                _give(found, start, size, here, individual, rank, order, result)
    return result


def _give(
    found: Ints, start: Ints, size: Ints, here: Ints, individual: Ints, rank: Ints, order: Ints, result: Ints
) -> None:
    """Numbers for the people of the groups `here`: the r-th of a group gets the r-th valid individual number."""
    nine = stems((found[here] // 2).astype(np.int32))[:, None] * 1_000 + individual
    first, second = check_digits(nine)
    valid = (first < 10) & (second < 10) & (individual % 2 == (found[here] % 2)[:, None])
    if (valid.sum(axis=1) < size[here]).any():
        raise ValueError("Too many people are born on one day for the numbers that there are. Make fewer persons.")
    whole = nine * 100 + first * 10 + second
    # Valid numbers first, in order: a stable sort on validity.
    lined = np.take_along_axis(whole, np.argsort(~valid, axis=1, kind="stable"), axis=1)
    group = np.repeat(np.arange(len(here)), size[here])
    place = (
        np.repeat(start[here], size[here])
        + np.arange(len(group))
        - np.repeat(np.cumsum(size[here]) - size[here], size[here])
    )
    result[order[place]] = lined[group, rank[place]]
