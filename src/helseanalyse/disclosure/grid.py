"""Person-days and events of a table of rates, by combination of levels, calendar period and age band."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from helseanalyse.disclosure.levels import period_name
from helseanalyse.methods.bands import AgeBands
from helseanalyse.study.answer import Int64, RawRates
from helseanalyse.study.specification import Incidence, Rates

DAYS_OF = {"year": 366, "quarter": 92, "month": 31}  # the most days that one person can spend in one of them
OLDEST = 125  # no attained age is higher


@dataclass(frozen=True, slots=True)
class Grid:
    """days, events: (patterns, periods, bands). periods, bands: their names; ("",) where the table has none.

    capacity: (bands,) the most days that one person can spend in a cell of the band.
    outside: person-days at ages outside the bands.
    """

    days: Int64
    events: Int64
    periods: tuple[str, ...]
    bands: tuple[str, ...]
    capacity: Int64
    outside: int


def grid(raw: RawRates, analysis: Rates | Incidence, bands: AgeBands | None, longest: int, *, by_time: bool) -> Grid:
    """The cells of an engine rolled up to the table's periods (by_time) and bands (None: all ages together).

    longest: the days of the study period, which nobody's person-time exceeds. The periods run from the first to the
    last with person-time: that nobody at all was followed at the ends of the study period tells of nobody.
    """
    unit = analysis.every.unit if isinstance(analysis, Incidence) else "year"
    width = 3 if unit == "quarter" else 1
    number = raw.year // width
    first, last = (int(number.min()), int(number.max())) if len(number) else (0, -1)
    periods = tuple(period_name(n * width, unit) for n in range(first, last + 1)) if by_time else ("",)
    at = number - first if by_time else np.zeros_like(number)
    band = bands.index(raw.age) if bands is not None else np.zeros_like(raw.age)
    patterns = int(np.prod([len(dimension.levels) for dimension in raw.dimensions], dtype=np.int64))
    shape = (patterns, len(periods), len(bands.labels) if bands is not None else 1)
    days, events = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    inside = band >= 0
    place = (raw.pattern[inside], at[inside], band[inside])
    np.add.at(days, place, raw.days[inside])
    np.add.at(events, place, raw.events[inside])
    names = bands.labels if bands is not None else ("",)
    return Grid(
        days, events, periods, names, _capacity(bands, unit if by_time else None, longest), int(raw.days[~inside].sum())
    )


def _capacity(bands: AgeBands | None, unit: str | None, longest: int) -> Int64:
    most = min(longest, DAYS_OF[unit]) if unit else longest
    if bands is None:
        return np.array([most], dtype=np.int64)
    ends = [*bands.lower[1:], (bands.last or OLDEST) + 1]
    years = [end - start for start, end in zip(bands.lower, ends, strict=True)]
    return np.minimum(np.array(years, dtype=np.int64) * 366, most)
