"""Counts as they come back from the database, and what every analysis makes of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from helseanalyse.study.answer import Int64, RawResult

Columns = Mapping[str, Int64]
Answers = Mapping[str, Columns]  # by the name of the step
Checks = Sequence[tuple[str, int]]
Assembly = Callable[[Answers], tuple[RawResult, Checks]]


def in_order(columns: Columns, *keys: str) -> dict[str, Int64]:
    """The rows in ascending order of some columns, the first one most significant.

    >>> rows = {"group": np.array([1, 0, 1]), "count": np.array([5, 6, 7])}
    >>> in_order(rows, "group", "count")["count"].tolist()
    [6, 5, 7]
    """
    order = np.lexsort([columns[key] for key in reversed(keys)])
    return {name: np.asarray(column, dtype=np.int64)[order] for name, column in columns.items()}


def spread(places: Int64, counts: Int64, size: int) -> Int64:
    """Counts at their places among `size`; 0 elsewhere.

    >>> spread(np.array([2, 0]), np.array([7, 3]), 4).tolist()
    [3, 0, 7, 0]
    """
    found = np.zeros(size, dtype=np.int64)
    np.add.at(found, np.asarray(places, dtype=np.int64), np.asarray(counts, dtype=np.int64))
    return found
