"""What a picture is, and how wide it is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

WIDE: Final = 760.0
NARROW: Final = 344.0  # a phone of 390 pixels, less the margins of the page


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in two widths. title: what is seen, which is also what it says to those who do not see it."""

    name: str
    title: str
    wide: str
    narrow: str
    caption: tuple[str, ...] = ()


def both(name: str, title: str, draw: Callable[[float], str], caption: tuple[str, ...] = ()) -> Picture:
    """The picture drawn at both widths."""
    return Picture(name, title[:1].upper() + title[1:], draw(WIDE), draw(NARROW), caption)
