"""What every value of this folder is checked for at birth: whole numbers, same lengths, no missing.

Counts stay int64 from the database to the page of a report: integers add up the same in any order,
so no answer depends on the number of threads. Real numbers appear only in the last step.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class MethodError(ValueError):
    """The counts handed to a method contradict themselves, or cannot carry what is asked of them.

    A message names the column or the stratum and the remedy, never a person's value.
    """


def whole_numbers(name: str, values: ArrayLike, *, ndim: int = 1, least: int | None = None) -> Ints:
    """A read-only int64 copy of `values`.

    name: what the numbers are called in the error. ndim: the number of dimensions they must have.
    least: the smallest value allowed, or None for any.
    Raises MethodError for anything but integers (also for 2.0: a real number in a column of counts
    means that something was averaged or lost on the way), for a wrong shape and for too small values.

    >>> whole_numbers("events", [3, 0, 2], least=0)
    array([3, 0, 2])
    """
    found = np.asarray(values)
    if found.size == 0:
        found = found.astype(np.int64)
    if found.dtype.kind not in "iu":
        raise MethodError(
            f"{name} must be whole numbers, but came as {found.dtype}. Cast the column to a 64-bit integer."
        )
    if found.dtype == np.uint64 and found.size and int(found.max()) > np.iinfo(np.int64).max:
        raise MethodError(f"{name} holds numbers beyond 64-bit integers. Aggregate in smaller parts.")
    if found.ndim != ndim:
        raise MethodError(f"{name} must have {ndim} dimension(s), but has {found.ndim}. Reshape it.")
    if least is not None and found.size and int(found.min()) < least:
        raise MethodError(f"{name} holds numbers below {least}. Check the query that counted them.")
    return frozen(found.astype(np.int64, copy=True))


def frozen(values: NDArray[Any]) -> NDArray[Any]:
    """The same array, made read-only, so that a value checked at birth stays as it was checked."""
    values.setflags(write=False)
    return values


def same_length(**columns: NDArray[Any]) -> None:
    """Raise MethodError unless the columns all have the same number of rows."""
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise MethodError(f"The columns differ in length: {told}. Take them from one and the same result.")


def level_checked(level: float) -> float:
    """The confidence level itself, if it is one: above 0 and below 1.

    >>> level_checked(0.95)
    0.95
    """
    if not 0.0 < level < 1.0:
        raise MethodError(f"A confidence level lies between 0 and 1, not at {level}. Write 0.95 for 95 %.")
    return level
