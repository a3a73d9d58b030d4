"""Directly age-standardised rates: over the ages where every group has enough person-time."""

from __future__ import annotations

import numpy as np

from helseanalyse.disclosure.grid import grid
from helseanalyse.disclosure.levels import combinations
from helseanalyse.disclosure.rules import DERIVED, Rules
from helseanalyse.methods.bands import AgeBands
from helseanalyse.methods.standardise import direct_rate
from helseanalyse.methods.standards import StandardPopulation, standard_population
from helseanalyse.study.answer import Cell, Heading, Hidden, RawRates, SafeTable
from helseanalyse.study.specification import Incidence, Rates

DAYS_PER_YEAR = 365.25


def standardised_table(
    raw: RawRates, analysis: Rates | Incidence, shown: list[int], hidden: list[bool], longest: int, rules: Rules
) -> SafeTable:
    """One standardised rate a group, and a period where the analysis has periods.

    shown: the groups to show; hidden: which of them have hidden events, so no rate either.
    """
    standard = standard_population(analysis.standard or "")
    by_time = isinstance(analysis, Incidence)
    bands = AgeBands(analysis.age_bands) if analysis.age_bands else standard.bands
    cells = grid(raw, analysis, bands, longest, by_time=by_time)
    enough = (max(rules.least, 1)) * DAYS_PER_YEAR
    usable = cells.days[shown].min(axis=(0, 1)) >= enough if shown else np.zeros(len(bands.lower), dtype=bool)
    chosen = _longest_run(usable)
    names = list(combinations(raw.dimensions))
    rows: list[tuple[Cell, ...]] = []
    trimmed = _trim(bands, chosen) if chosen else None
    weights = standard.weights(trimmed) if trimmed else None
    for place, p in enumerate(shown):
        for t, period in enumerate(cells.periods):
            where = (*names[p], *((period,) if by_time else ()))
            if weights is None or chosen is None:
                rows.append((*where, None, None, None))
                continue
            events, days = cells.events[p, t, chosen], cells.days[p, t, chosen]
            rows.append((*where, *_rate(events, days, weights.weights, analysis.per, hidden[place], rules)))
    return SafeTable(
        id=f"{analysis.id}_standardised",
        kind="rates_standardised",
        title=f"{raw.outcome.capitalize()}: age-standardised rates ({standard.title})",
        columns=(
            *(Heading(dimension.name, dimension.name.capitalize()) for dimension in raw.dimensions),
            *((Heading("period", "Period"),) if by_time else ()),
            *_measures(analysis.per),
        ),
        rows=tuple(rows),
        notes=_notes(standard, trimmed, weights.covered if weights else 0.0),
        facts=(("outcome", raw.outcome), ("per", analysis.per), ("standard", standard.name)),
    )


def _rate(
    events: np.ndarray, days: np.ndarray, weights: np.ndarray, per: int, hide: bool, rules: Rules
) -> tuple[Cell, Cell, Cell]:
    if hide or 0 < int(events.sum()) < rules.least:
        return (Hidden(DERIVED),) * 3
    if (days == 0).any():
        return (None, None, None)
    found = direct_rate(events, days / DAYS_PER_YEAR, weights).interval
    return (found.estimate * per, found.low * per, found.high * per)


def _measures(per: int) -> tuple[Heading, ...]:
    unit = f"per {per:,} person-years".replace(",", " ")
    return (
        Heading("rate", "Standardised rate", unit),
        Heading("low", "95 % from", unit),
        Heading("high", "95 % to", unit),
    )


def _longest_run(usable: np.ndarray) -> slice | None:
    """The longest run of usable bands, the first of equals."""
    best: slice | None = None
    start = 0
    for i in range(len(usable) + 1):
        if i < len(usable) and usable[i]:
            continue
        if i > start and (best is None or i - start > best.stop - best.start):
            best = slice(start, i)
        start = i + 1
    return best


def _trim(bands: AgeBands, chosen: slice) -> AgeBands:
    last = bands.last if chosen.stop == len(bands.lower) else bands.lower[chosen.stop] - 1
    return AgeBands(bands.lower[chosen], last)


def _notes(standard: StandardPopulation, bands: AgeBands | None, covered: float) -> tuple[str, ...]:
    if bands is None:
        return ("No age band has person-time in every group, so nothing can be standardised. Use wider age bands.",)
    first, last = bands.lower[0], bands.last
    ages = f"{first} and over" if last is None else f"{first}-{last}"
    notes = [
        f"Directly standardised over ages {ages}, where every group has person-time.",
        f"These ages are {covered:.0%} of the {standard.title} ({standard.source}).",
        "Gamma intervals (Fay and Feuer 1997).",
    ]
    if not standard.verified:
        notes.append("The figures of this standard were not checked against their source by us.")
    return tuple(notes)
