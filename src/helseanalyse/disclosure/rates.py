"""Events, person-years and rates: which numbers may be shown, and the statistics of those that may.

A row is hidden where too few persons can stand behind its person-time, its events where they are
few; then whatever would give them away from the total of their group. Rates and intervals are
calculated from shown numbers only, so they tell nothing more.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

import numpy as np

from helseanalyse.disclosure.grid import Grid, grid
from helseanalyse.disclosure.hide import hide_small, small
from helseanalyse.disclosure.levels import combinations, known_patterns
from helseanalyse.disclosure.rules import DERIVED, SMALL, Rules
from helseanalyse.disclosure.standardised import standardised_table
from helseanalyse.methods.bands import AgeBands
from helseanalyse.methods.rates import rate_ratio, rates
from helseanalyse.study.answer import Cell, Heading, Hidden, Int64, RawRates, SafeTable
from helseanalyse.study.specification import Incidence, Rates, Specification

DAYS_PER_YEAR = 365.25
FIVE_YEARS = AgeBands.every(5, open_from=85)


def safe_rates(raw: RawRates, analysis: Rates | Incidence, study: Specification, rules: Rules) -> tuple[SafeTable, ...]:
    """The tables of one analysis of rates: by group, by every combination asked for, ratios, standardised."""
    longest = (study.end - study.start).days + 1
    by_age, by_time = "age" in analysis.by, isinstance(analysis, Incidence) or "year" in analysis.by
    bands = AgeBands(analysis.age_bands) if analysis.age_bands else FIVE_YEARS
    groups = grid(raw, analysis, bands if analysis.age_bands else None, longest, by_time=False)
    if groups.days.shape[2] > 1:
        groups = _all_ages(groups)
    shown = known_patterns(raw.dimensions, groups.days.sum(axis=(1, 2)))
    hidden = _group_rows(raw, groups, shown, rules)
    tables = [_group_table(raw, analysis, groups, shown, hidden)]
    if by_age or by_time:
        cells = grid(raw, analysis, bands if by_age or analysis.age_bands else None, longest, by_time=by_time)
        cells = _used_ages(cells) if by_age else _all_ages(cells)
        tables.append(_cell_table(raw, analysis, cells, shown, hidden, rules))
    if ratios := _ratio_table(raw, analysis, groups, shown, hidden):
        tables.append(ratios)
    if analysis.standard:
        tables.append(standardised_table(raw, analysis, shown, hidden.events, longest, rules))
    return tuple(tables)


@dataclass(frozen=True, slots=True)
class _HiddenGroups:
    """Which numbers of each shown group are hidden: persons, events, and all of the row."""

    persons: list[bool]
    events: list[bool]
    row: list[bool]


def _all_ages(cells: Grid) -> Grid:
    return Grid(
        cells.days.sum(axis=2, keepdims=True),
        cells.events.sum(axis=2, keepdims=True),
        cells.periods,
        ("",),
        cells.capacity.max(keepdims=True),
        cells.outside,
    )


def _used_ages(cells: Grid) -> Grid:
    """Without the age bands before the first and after the last in which anybody was at risk."""
    used = np.flatnonzero(cells.days.sum(axis=(0, 1)) > 0)
    kept = slice(int(used[0]), int(used[-1]) + 1) if len(used) else slice(0, 0)
    return Grid(
        cells.days[:, :, kept],
        cells.events[:, :, kept],
        cells.periods,
        cells.bands[kept],
        cells.capacity[kept],
        cells.outside,
    )


def _group_rows(raw: RawRates, groups: Grid, shown: list[int], rules: Rules) -> _HiddenGroups:
    """The total over all groups is taken as known: another table of the study may give it."""
    if rules.open:
        nothing = [False] * len(shown)
        return _HiddenGroups(nothing, nothing, nothing)
    persons = [int(raw.persons[p]) for p in shown]
    events = [int(groups.events[p].sum()) for p in shown]
    few = [small(n, rules.least) for n in persons]
    hidden_persons = hide_small(persons, rules.least)
    return _HiddenGroups(hidden_persons, hide_small(events, rules.least, also=few), few)


def _group_table(
    raw: RawRates, analysis: Rates | Incidence, groups: Grid, shown: list[int], hidden: _HiddenGroups
) -> SafeTable:
    names = list(combinations(raw.dimensions))
    rows = []
    for place, p in enumerate(shown):
        persons = _cell(int(raw.persons[p]), hidden.persons[place])
        numbers = _numbers(
            int(groups.events[p].sum()),
            int(groups.days[p].sum()),
            analysis.per,
            hidden.events[place],
            hidden.row[place],
        )
        rows.append((*names[p], persons, *numbers))
    return SafeTable(
        id=analysis.id,
        kind="rates",
        title=f"{_name(raw, analysis)}: events, person-years and rates{_by(raw.dimensions)}",
        columns=(*_headings(raw), Heading("persons", "Persons"), *_measures(analysis.per)),
        rows=tuple(rows),
        notes=_notes(groups),
        facts=(("outcome", raw.outcome), ("per", analysis.per), ("dimensions", [d.name for d in raw.dimensions])),
    )


def _cell_table(
    raw: RawRates, analysis: Rates | Incidence, cells: Grid, shown: list[int], hidden: _HiddenGroups, rules: Rules
) -> SafeTable:
    names = list(combinations(raw.dimensions))
    by_age, by_time = cells.bands != ("",), cells.periods != ("",)
    rows: list[tuple[Cell, ...]] = []
    for place, p in enumerate(shown):
        events, days = cells.events[p].ravel(), cells.days[p].ravel()
        few, hide = _hidden_cells(events, days, cells.capacity, rules)
        hide = [one or hidden.row[place] for one in hide]
        few = [one or hidden.row[place] for one in few]
        labels = [(t, a) for t in cells.periods for a in cells.bands]
        for (time, age), d, n, hide_d, hide_row in zip(labels, events, days, hide, few, strict=True):
            where = (*((time,) if by_time else ()), *((age,) if by_age else ()))
            rows.append((*names[p], *where, *_numbers(int(d), int(n), analysis.per, hide_d, hide_row)))
    extra = (
        *((Heading("period", "Period"),) if by_time else ()),
        *((Heading("age", "Age", "years"),) if by_age else ()),
    )
    asked = [*(d.name for d in raw.dimensions), *(["year"] if by_time else []), *(["age"] if by_age else [])]
    return SafeTable(
        id=f"{analysis.id}_cells",
        kind="rates_cells",
        title=f"{_name(raw, analysis)}: events, person-years and rates by {_and(asked)}",
        columns=(*_headings(raw), *extra, *_measures(analysis.per)),
        rows=tuple(rows),
        notes=_notes(cells),
        facts=(("outcome", raw.outcome), ("per", analysis.per), ("dimensions", [d.name for d in raw.dimensions])),
    )


def _hidden_cells(events: Int64, days: Int64, capacity: Int64, rules: Rules) -> tuple[list[bool], list[bool]]:
    """(whole row hidden, events hidden) for the cells of one group, whose totals are known.

    A person can spend at most `capacity` days in a cell of the band, so days / capacity is the fewest that can stand
    behind it.
    """
    if rules.open:
        return [False] * len(days), [False] * len(days)
    fewest = -(-days // np.tile(capacity, len(days) // len(capacity)))
    few = [small(int(n), rules.least) for n in fewest]
    if sum(few) == 1:
        # One hidden person-time would follow from the total, so the next smallest goes with it.
        rest = sorted((int(n), i) for i, n in enumerate(days) if n > 0 and not few[i])
        if rest:
            few[rest[0][1]] = True
    # Cells in which nobody was at risk are shown as empty: nothing can hide there.
    used = np.flatnonzero(days > 0)
    hidden = [False] * len(days)
    for place, hide in zip(
        used, hide_small(events[used].tolist(), rules.least, also=[few[i] for i in used]), strict=True
    ):
        hidden[place] = hide
    return few, hidden


def _numbers(events: int, days: int, per: int, hide_events: bool, hide_row: bool) -> tuple[Cell, ...]:
    """Events, person-years, rate and its limits, each shown or hidden."""
    if hide_row:
        return (Hidden(SMALL), Hidden(SMALL), Hidden(DERIVED), Hidden(DERIVED), Hidden(DERIVED))
    years = days / DAYS_PER_YEAR
    if hide_events:
        return (Hidden(SMALL), years, Hidden(DERIVED), Hidden(DERIVED), Hidden(DERIVED))
    found = rates(events, years, per=per)
    return (events, years, *(_number(float(x)) for x in (found.estimate, found.low, found.high)))


def _ratio_table(
    raw: RawRates, analysis: Rates | Incidence, groups: Grid, shown: list[int], hidden: _HiddenGroups
) -> SafeTable | None:
    """Each group against the one that the study names, else the first; where it divides by one variable only."""
    if len(raw.dimensions) != 1 or len(shown) < 2:
        return None
    names = list(combinations(raw.dimensions))
    rows: list[tuple[Cell, ...]] = []
    levels = [names[p][0] for p in shown]
    wanted = analysis.against if isinstance(analysis, Rates) else None
    base = levels.index(wanted) if wanted in levels else 0
    others = [place for place in range(len(shown)) if place != base]
    for place in others:
        pair = [
            (int(groups.events[shown[i]].sum()), groups.days[shown[i]].sum() / DAYS_PER_YEAR) for i in (place, base)
        ]
        found: tuple[Cell, ...] = (None, None, None)
        if any(hidden.events[i] or hidden.row[i] for i in (place, base)):
            found = (Hidden(DERIVED),) * 3
        elif all(events and years for events, years in pair):
            ratio = rate_ratio(pair[0], pair[1])
            found = (ratio.estimate, ratio.low, ratio.high)
        rows.append((*names[shown[place]], *names[shown[base]], *found))
    return SafeTable(
        id=f"{analysis.id}_ratios",
        kind="rate_ratios",
        title=f"{_name(raw, analysis)}: ratio of crude rates",
        columns=(
            *_headings(raw),
            Heading("against", "Compared with"),
            Heading("ratio", "Rate ratio"),
            Heading("low", "95 % from"),
            Heading("high", "95 % to"),
        ),
        rows=tuple(rows),
        notes=("Not adjusted for anything; Wald interval on the log scale.",),
        facts=(("outcome", raw.outcome), ("dimensions", [d.name for d in raw.dimensions])),
    )


def _cell(count: int, hide: bool) -> Cell:
    return Hidden(SMALL) if hide else count


def _number(value: float) -> Cell:
    return None if isnan(value) else value


def _headings(raw: RawRates) -> tuple[Heading, ...]:
    return tuple(Heading(dimension.name, dimension.name.capitalize()) for dimension in raw.dimensions)


def _measures(per: int) -> tuple[Heading, ...]:
    unit = f"per {per:,} person-years".replace(",", " ")
    return (
        Heading("events", "Events"),
        Heading("person_years", "Person-years", "years"),
        Heading("rate", "Rate", unit),
        Heading("low", "95 % from", unit),
        Heading("high", "95 % to", unit),
    )


def _name(raw: RawRates, analysis: Rates | Incidence) -> str:
    name = analysis.name if isinstance(analysis, Incidence) else raw.outcome
    return name[:1].upper() + name[1:]


def _by(dimensions: tuple[object, ...]) -> str:
    names = [getattr(dimension, "name", "") for dimension in dimensions]
    return f" by {_and(names)}" if names else ""


def _and(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _notes(cells: Grid) -> tuple[str, ...]:
    notes = ["A person-year is 365.25 days; intervals are exact Poisson limits."]
    if cells.outside and np.all(cells.days >= 0):
        notes.append("Person-time at ages outside the age bands is not in this table.")
    return tuple(notes)
