"""Table 1: who is in the study, by group. Which numbers may be shown, and the statistics of those that may."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations as pairs
from math import isfinite

import numpy as np

from helseanalyse.disclosure.hide import everyone_alike, hide_small, small
from helseanalyse.disclosure.levels import UNKNOWN, level_name
from helseanalyse.disclosure.percentiles import classed
from helseanalyse.disclosure.rules import DERIVED, SMALL, Rules
from helseanalyse.methods.describe import Histogram, smd_binary, smd_continuous, smd_levels
from helseanalyse.study.answer import (
    Cell,
    Heading,
    Hidden,
    Int64,
    RawCategorical,
    RawNumeric,
    RawTableOne,
    SafeTable,
)

Row = tuple[Cell, ...]


def safe_table_one(raw: RawTableOne, rules: Rules, health: frozenset[str]) -> SafeTable:
    """One row a variable, level and statistic; one column a group; the standardised mean difference last.

    health names the variables that tell about somebody's health: only for these it matters that all share a value.
    The groups together are the study's population, which the flow gives: their sum is known.
    """
    shown = [g for g, name in enumerate(raw.groups) if name is not None or raw.persons[g]]
    persons = [int(raw.persons[g]) for g in shown]
    hidden = [False] * len(shown) if rules.open else hide_small(persons, rules.least)
    sizes: list[Cell] = [Hidden(SMALL) if hide else n for n, hide in zip(persons, hidden, strict=True)]
    rows: list[Row] = [("persons", "", "n", *sizes, None)]
    for variable in raw.variables:
        if isinstance(variable, RawCategorical):
            rows += _categorical(variable, shown, raw.groups, hidden, rules, variable.name in health)
        else:
            rows += _numeric(variable, shown, raw.groups, hidden, rules)
    names = [level_name(raw.groups[g]) for g in shown]
    return SafeTable(
        id=raw.id,
        kind="table_one",
        title="Who is in the study" + (f", by {raw.by}" if raw.by else ""),
        columns=(
            Heading("variable", "Variable"),
            Heading("level", "Level"),
            Heading("statistic", "Statistic"),
            *(Heading(name, name) for name in names),
            Heading("smd", "Standardised difference"),
        ),
        rows=tuple(rows),
        notes=(
            "Percentages of a level are of persons with a known value; unknown is a percentage of the whole group.",
            *(("With more than two groups the standardised difference is the largest of any two.",) * (len(names) > 2)),
        ),
        facts=(("by", raw.by), ("groups", names)),
    )


def _categorical(
    raw: RawCategorical,
    shown: list[int],
    groups: Sequence[str | None],
    hidden_groups: list[bool],
    rules: Rules,
    health: bool,
) -> list[Row]:
    counts = raw.persons[:, shown]
    harmless = [not health or level in (None, "no") for level in raw.levels]
    hide = [
        _hidden_levels([int(n) for n in counts[:, g]], harmless, hidden_groups[g], rules) for g in range(len(shown))
    ]
    known = np.array([level is not None for level in raw.levels])
    of_known, of_all = counts[known].sum(axis=0), counts.sum(axis=0)
    difference = _difference(
        any(map(any, hide)), [g for g, at in enumerate(shown) if groups[at] is not None], _between_levels(raw, shown)
    )
    rows: list[Row] = []
    for place, level in enumerate(raw.levels):
        if level is None and not counts[place].any():
            continue
        numbers: list[Cell] = []
        shares: list[Cell] = []
        for g in range(len(shown)):
            count, of = int(counts[place, g]), int((of_known if level is not None else of_all)[g])
            is_hidden = hide[g][place]
            numbers.append(Hidden(SMALL) if is_hidden else count)
            shares.append(Hidden(DERIVED) if is_hidden else 100 * count / of if of else None)
        name = level_name(level)
        rows.append((raw.name, name, "n", *numbers, None if rows else difference))
        rows.append((raw.name, name, "percent", *shares, None))
    return rows


def _hidden_levels(counts: list[int], harmless: list[bool], group_hidden: bool, rules: Rules) -> list[bool]:
    if rules.open:
        return [False] * len(counts)
    if group_hidden or everyone_alike(counts, harmless):
        return [True] * len(counts)
    return hide_small(counts, rules.least)


def _numeric(
    raw: RawNumeric, shown: list[int], groups: Sequence[str | None], hidden_groups: list[bool], rules: Rules
) -> list[Row]:
    histograms = [Histogram(raw.values, raw.persons[:, g]) for g in shown]
    few = [hide or small(h.n, rules.least) for hide, h in zip(hidden_groups, histograms, strict=True)]
    missing: list[Cell] = []
    for place, (g, histogram) in enumerate(zip(shown, histograms, strict=True)):
        count = int(raw.missing[g])
        hide = not rules.open and (few[place] or hide_small([histogram.n, count], rules.least)[1])
        missing.append(Hidden(SMALL) if hide else count)

    def each(statistic: Callable[[Histogram], float | None]) -> list[Cell]:
        found = [None if hide else statistic(h) for h, hide in zip(histograms, few, strict=True)]
        return [Hidden(DERIVED) if hide else _finite(x) for x, hide in zip(found, few, strict=True)]

    difference = _difference(
        any(few), [g for g, at in enumerate(shown) if groups[at] is not None], _between_means(histograms)
    )
    rows: list[Row] = [
        (raw.name, raw.unit, "mean", *each(lambda h: h.moments().mean * raw.step), difference),
        (raw.name, raw.unit, "sd", *each(lambda h: h.moments().sd * raw.step), None),
    ]
    for name, p in (("q1", 0.25), ("median", 0.5), ("q3", 0.75)):
        cells = [
            Hidden(DERIVED) if hide else _quantile(h, p, raw.step, rules)
            for h, hide in zip(histograms, few, strict=True)
        ]
        rows.append((raw.name, raw.unit, name, *cells, None))
    if any(cell != 0 for cell in missing):
        rows.append((raw.name, UNKNOWN, "missing", *missing, None))
    return rows


def _quantile(histogram: Histogram, p: float, step: float, rules: Rules) -> Cell:
    if rules.open:
        return _finite(histogram.quantile(p) * step)
    found = classed(histogram, p, rules.least)
    return Hidden(DERIVED) if found is None else found * step


def _difference(hidden: bool, compared: list[int], between: Callable[[int, int], float]) -> Cell:
    """The standardised difference of two groups, or the largest of any two; None for one group or no number."""
    if len(compared) < 2:
        return None
    if hidden:
        return Hidden(DERIVED)
    found = [between(a, b) for a, b in pairs(compared, 2)]
    return _finite(found[0] if len(found) == 1 else _largest(found))


def _between_levels(raw: RawCategorical, shown: list[int]) -> Callable[[int, int], float]:
    known = [place for place, level in enumerate(raw.levels) if level is not None]
    counts: Int64 = raw.persons[known][:, shown]
    if raw.levels[:2] == ("no", "yes") and len(known) == 2:
        return lambda a, b: smd_binary(
            (int(counts[1, a]), int(counts[:, a].sum())), (int(counts[1, b]), int(counts[:, b].sum()))
        )
    return lambda a, b: smd_levels(counts[:, a].tolist(), counts[:, b].tolist())


def _between_means(histograms: Sequence[Histogram]) -> Callable[[int, int], float]:
    return lambda a, b: smd_continuous(histograms[a].moments(), histograms[b].moments())


def _largest(found: Iterable[float]) -> float:
    return max((abs(x) for x in found if x == x), default=float("nan"))


def _finite(value: float | None) -> Cell:
    return None if value is None or not isfinite(value) else float(value)
