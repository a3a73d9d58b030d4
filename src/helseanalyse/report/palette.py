"""Colours, line patterns and marks: one for each group, the same in every picture of a report.

The hues are those of Okabe and Ito (2008), which colour-blind readers tell apart, darkened for white
paper until a line has a contrast of 3 to 1 or more (WCAG 2.2, 1.4.11), and lightened for the dark page.
A group also has a line pattern and a mark, so that nothing is said by colour alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

LIGHT: Final = ("#0072b2", "#c44e00", "#00805d", "#a8437f", "#7a6200", "#333333")
DARK: Final = ("#56b4e9", "#f0a13a", "#2bc79b", "#e79ac6", "#f0e442", "#e4e4e4")
DASHES: Final = ("", "7 3", "2 3", "9 3 2 3")
MARKS: Final = ("circle", "square", "triangle", "diamond")
UNKNOWN_COLOUR: Final = "#6b6b6b"

INK: Final = "#1b1f24"
MUTED: Final = "#57606a"
GRID: Final = "#dfe3e8"
LINE: Final = "#8c959f"
PAPER: Final = "#ffffff"
SHADE: Final = "#f2f4f6"


class Look(NamedTuple):
    """How one group is drawn: the class of its colour, the colour on white, the dashes of its line, its mark."""

    name: str
    colour: str
    dash: str
    mark: str


class Palette:
    """Gives each group its look, by the dimension and level it was first met with.

    A group of two dimensions has the colour of its first level and the line pattern of its second, so
    that "SGLT2, women" is drawn in the colour of SGLT2. Levels beyond the colours start again with another pattern.
    """

    def __init__(self) -> None:
        self._levels: dict[str, dict[str, int]] = {}

    def learn(self, dimension: str, levels: Iterable[str]) -> None:
        """Notes the levels of a dimension in their order."""
        known = self._levels.setdefault(dimension, {})
        for level in levels:
            if level not in known and level != "unknown":
                known[level] = len(known)

    def look(self, group: tuple[tuple[str, str], ...]) -> Look:
        """The look of a group: its (dimension, level) pairs, none for everyone together.

        >>> palette = Palette()
        >>> palette.learn("drug", ["A", "B"])
        >>> palette.look((("drug", "B"),)).name, palette.look(()).name
        ('g1', 'g0')
        """
        if not group:
            return Look("g0", LIGHT[0], "", MARKS[0])
        places = []
        for dimension, level in group:
            self.learn(dimension, [level])
            places.append(-1 if level == "unknown" else self._levels[dimension][level])
        first, rest = places[0], sum(max(place, 0) for place in places[1:])
        if first < 0:
            return Look("gu", UNKNOWN_COLOUR, DASHES[(rest + 2) % len(DASHES)], MARKS[rest % len(MARKS)])
        # Beyond the last colour the pattern moves on: the seventh level is the first colour, dashed.
        pattern = rest + first // len(LIGHT)
        colour = first % len(LIGHT)
        mark = MARKS[(rest + first) % len(MARKS)]
        return Look(f"g{colour}", LIGHT[colour], DASHES[pattern % len(DASHES)], mark)
