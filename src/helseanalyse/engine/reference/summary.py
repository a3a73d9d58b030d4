"""Aggregates of a list of values: section 4 of the manual. None is unknown."""

from __future__ import annotations

import math
from collections.abc import Sequence

from helseanalyse.engine.reference import arithmetic
from helseanalyse.engine.reference.data import Value, ascending


def summary(how: str, values: Sequence[Value]) -> Value:
    """exists, count, count_distinct, sum, mean, min, max, any or all of the values of a person's rows.

    >>> [summary(how, [4, 9, None]) for how in ("count", "count_distinct", "sum", "mean", "max")]
    [3, 2, 13, 6.5, 9]
    >>> [summary(how, []) for how in ("exists", "count", "sum", "any", "all")]
    [False, 0, None, False, True]
    """
    known = [value for value in values if value is not None]
    if how == "exists":
        return len(values) > 0
    if how == "count":
        return len(values)
    if how == "count_distinct":
        return len(set(known))
    if how == "any":
        return True if True in known else None if None in values else False
    if how == "all":
        return False if False in known else None if None in values else True
    if not known:
        return None
    if how in ("min", "max"):
        return (min if how == "min" else max)(known, key=ascending)
    return _sum_or_mean(how, [value for value in known if isinstance(value, int | float)])


def _sum_or_mean(how: str, numbers: list[int | float]) -> Value:
    if how == "mean":
        return arithmetic.finite(_sum(numbers) / len(numbers))
    total = _sum(numbers)
    return arithmetic.whole(total) if isinstance(total, int) else arithmetic.finite(total)


def _sum(numbers: list[int | float]) -> int | float:
    whole = [value for value in numbers if isinstance(value, int)]
    if len(whole) == len(numbers):
        return sum(whole)
    try:
        return math.fsum(numbers)  # exact, so that the order of rows cannot matter
    except OverflowError:
        return math.inf
