"""Pictures as SVG: elements with escaped text, on a canvas of a fixed size.

A picture carries its colours as attributes, for paper and for files; its classes let the page's style
change them on a dark screen. Text stays text. Coordinates have one decimal: equal answers, equal bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import Final

from helseanalyse.report.clean import clean
from helseanalyse.report.palette import INK, LINE, MUTED, Look

FONT: Final = "Inter, 'Segoe UI', 'Helvetica Neue', Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
SMALL: Final = 12
BODY: Final = 13
BOLD: Final = 1.13  # how much wider bold letters are

_NARROW: Final = frozenset("iljtfrI.,;:!|'()[] /·\u202f\u2009")
_WIDE: Final = frozenset("mwMW@%—ÆæŒ")


def number(value: float) -> str:
    """A coordinate with at most one decimal."""
    text = f"{value:.1f}"
    return text.removesuffix(".0") if text != "-0.0" else "0"


def element(name: str, content: str = "", /, **attributes: object) -> str:
    """One element. Attribute names: `_` is `-` and a last `_` falls away; None is left out; numbers are rounded."""
    written = []
    for key, value in attributes.items():
        if value is None or value == "":
            continue
        said = number(value) if isinstance(value, float | int) else escape(str(value), quote=True)
        written.append(f' {key.rstrip("_").replace("_", "-")}="{said}"')
    return f"<{name}{''.join(written)}>{content}</{name}>" if content else f"<{name}{''.join(written)}/>"


def text(
    x: float,
    y: float,
    said: str,
    *,
    size: float = SMALL,
    anchor: str = "start",
    muted: bool = False,
    bold: bool = False,
) -> str:
    """A line of text with its baseline at y. What it says is cleaned and escaped here."""
    return element(
        "text",
        escape(clean(said), quote=False),
        x=x,
        y=y,
        font_size=size,
        text_anchor=None if anchor == "start" else anchor,
        font_weight="600" if bold else None,
        fill=MUTED if muted else INK,
        class_="m" if muted else "i",
    )


def line(x1: float, y1: float, x2: float, y2: float, *, kind: str = "l", colour: str = LINE, **more: object) -> str:
    """A straight line; kind is its class: l axis, r grid, i ink."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=colour, class_=kind, **more)


def mark(x: float, y: float, look: Look, size: float = 4.5, *, hollow: bool = False) -> str:
    """The mark of a group at a point, filled or hollow."""
    paint: dict[str, object] = {
        "fill": "#ffffff" if hollow else look.colour,
        "stroke": look.colour,
        "stroke_width": 1.8,
        "class_": f"s{look.name} {'p' if hollow else 'f' + look.name}",
    }
    if look.mark == "circle":
        return element("circle", cx=x, cy=y, r=size, **paint)
    shapes = {
        "square": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
        "triangle": ((0, -1.15), (1.1, 0.85), (-1.1, 0.85)),
        "diamond": ((0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)),
    }
    points = " ".join(f"{number(x + a * size)},{number(y + b * size)}" for a, b in shapes[look.mark])
    return element("polygon", points=points, **paint)


def document(width: float, height: float, says: str, parts: Sequence[str]) -> str:
    """The whole picture. says: what one sees in it, for those who do not see it."""
    return element(
        "svg",
        "".join(parts),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        role="img",
        aria_label=clean(says),
        font_family=FONT,
        font_size=SMALL,
    )


def standalone(picture: str) -> bytes:
    """The picture as a file of its own, on white, with what it says as its title."""
    head, _, rest = picture.partition(">")
    label = head.partition('aria-label="')[2].partition('"')[0]
    paper = element("rect", width="100%", height="100%", fill="#ffffff")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}><title>{label}</title>{paper}{rest}\n'.encode()


@lru_cache(maxsize=4096)
def measure(said: str, size: float = SMALL) -> float:
    """About how wide a text is, on the wide side: fonts differ from reader to reader.

    >>> measure("WWWW") > measure("nnnn") > measure("iiii")
    True
    """
    return size * sum(_width(sign) for sign in said)


def _width(sign: str) -> float:
    if sign in _NARROW:
        return 0.37
    if sign in _WIDE:
        return 0.92
    if ord(sign) >= 0x1100:  # Chinese, Japanese, Korean, pictures
        return 1.05
    return 0.72 if sign.isupper() else 0.61


def wrap(said: str, width: float, size: float = SMALL, most: int = 4) -> list[str]:
    """The text in lines no wider than `width`; a word that is too long is cut; after `most` lines come dots.

    >>> wrap("resident for five years before", 90)
    ['resident for', 'five years', 'before']
    """
    lines: list[str] = []
    current = ""
    for word in clean(said).split(" "):
        for piece in _pieces(word, width, size):
            tried = f"{current} {piece}" if current else piece
            if current and measure(tried, size) > width:
                lines.append(current)
                current = piece
            else:
                current = tried
        if len(lines) > most:
            break
    lines.append(current)
    if len(lines) > most:
        lines = lines[:most]
        lines[-1] = shorten(lines[-1] + "…", width, size)
    return lines


def _pieces(word: str, width: float, size: float) -> list[str]:
    if measure(word, size) <= width:
        return [word]
    pieces, current = [], ""
    for sign in word[:400]:
        if current and measure(current + sign, size) > width:
            pieces.append(current)
            current = ""
        current += sign
    return [*pieces, current]


def shorten(said: str, width: float, size: float = SMALL, *, bold: bool = False) -> str:
    """The text, or its beginning and dots where it is wider than `width`."""
    said, size = clean(said), size * (BOLD if bold else 1)
    if measure(said, size) <= width:
        return said
    kept = said.removesuffix("…")[:400]
    while kept and measure(kept + "…", size) > width:
        kept = kept[:-1]
    return kept.rstrip() + "…"
