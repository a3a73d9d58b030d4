"""Days as integers since 1 January 1970, and the window that the synthetic registries cover."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt

Days = npt.NDArray[np.int32]  # days since 1970-01-01; NEVER where there is no such day

NEVER: Final = 200_000  # in the year 2517: later than any day of the data, and safe to add to


def day(when: str) -> int:
    """The day number of an ISO date.

    >>> day("1970-01-02")
    1
    """
    return date.fromisoformat(when).toordinal() - date(1970, 1, 1).toordinal()


START: Final = day("2008-01-01")  # first observed day
STOP: Final = day("2025-01-01")  # the day after the last
YEAR_DAYS: Final = 365.25


def new_year(years: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """The day number of 1 January of each year.

    >>> new_year([1970, 1972, 2008]).tolist()
    [0, 730, 13879]
    """
    offset = (np.asarray(years, dtype=np.int64) - 1970).astype("datetime64[Y]")
    return offset.astype("datetime64[D]").astype(np.int64)


def year_of(days: npt.NDArray[np.integer]) -> npt.NDArray[np.int64]:
    """The calendar year of each day number.

    >>> year_of(np.array([0, 364, 365])).tolist()
    [1970, 1970, 1971]
    """
    return days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


def age_on(days: npt.NDArray[np.integer] | int, born: npt.NDArray[np.integer]) -> npt.NDArray[np.float64]:
    """Age in years (float) on a day: days lived over 365.25.

    >>> float(age_on(7305, np.array([0]))[0])
    20.0
    """
    return np.asarray((days - born) / YEAR_DAYS, dtype=np.float64)
