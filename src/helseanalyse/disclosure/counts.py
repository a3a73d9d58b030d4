"""The flow of persons through the criteria, and persons by combinations of levels."""

from __future__ import annotations

from helseanalyse.disclosure.hide import hide_small, hide_steps
from helseanalyse.disclosure.levels import combinations, known_patterns
from helseanalyse.disclosure.rules import DERIVED, SMALL, Rules
from helseanalyse.study.answer import Cell, Heading, Hidden, RawCounts, RawFlow, SafeTable


def safe_flow(raw: RawFlow, rules: Rules) -> SafeTable:
    """Persons left and persons leaving at each step; no shown step differs from the next shown one by a few."""
    persons = [int(n) for n in raw.persons]
    hidden = [False] * len(persons) if rules.open else hide_steps(persons, rules.least)
    rows: list[tuple[Cell, ...]] = []
    for place, (name, kind) in enumerate(zip(raw.names, raw.kinds, strict=True)):
        left: Cell = None
        if place:
            either = hidden[place] or hidden[place - 1]
            left = Hidden(DERIVED) if either else persons[place - 1] - persons[place]
        rows.append((name, kind, Hidden(SMALL) if hidden[place] else persons[place], left))
    return SafeTable(
        id=raw.id,
        kind="flow",
        title="Persons left after each step",
        columns=(
            Heading("step", "Step"),
            Heading("kind", "Kind"),
            Heading("persons", "Persons left", "persons"),
            Heading("left_out", "Left out here", "persons"),
        ),
        rows=tuple(rows),
    )


def safe_counts(raw: RawCounts, rules: Rules) -> SafeTable:
    """Persons by every combination of levels. Their sum, the study's population, stands in the flow: it is known."""
    flat = raw.persons.ravel()
    shown = known_patterns(raw.dimensions, flat)
    persons = [int(flat[p]) for p in shown]
    hidden = [False] * len(persons) if rules.open else hide_small(persons, rules.least)
    names = list(combinations(raw.dimensions))
    everyone = int(flat.sum())
    rows: list[tuple[Cell, ...]] = []
    for p, count, hide in zip(shown, persons, hidden, strict=True):
        share: Cell = Hidden(DERIVED) if hide else 100 * count / everyone if everyone else None
        rows.append((*names[p], Hidden(SMALL) if hide else count, share))
    listed = " and ".join(dimension.name for dimension in raw.dimensions)
    return SafeTable(
        id=raw.id,
        kind="counts",
        title=f"Persons by {listed}" if listed else "Persons",
        columns=(
            *(Heading(dimension.name, dimension.name.capitalize()) for dimension in raw.dimensions),
            Heading("persons", "Persons", "persons"),
            Heading("percent", "Share", "%"),
        ),
        rows=tuple(rows),
        facts=(("dimensions", [dimension.name for dimension in raw.dimensions]),),
    )
