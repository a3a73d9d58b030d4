"""The flow diagram: one box a step with the persons left, and the persons who leave to the side, with the reason."""

from __future__ import annotations

from dataclasses import dataclass

from helseanalyse.report.frame import Frame, Row, as_number
from helseanalyse.report.language import Writer, sentence_case
from helseanalyse.report.numbers import HIDDEN
from helseanalyse.report.palette import INK, LIGHT, LINE, PAPER, SHADE
from helseanalyse.report.pictures.picture import WIDE, Picture, both
from helseanalyse.report.svg import BODY, SMALL, document, element, line, text, wrap
from helseanalyse.study.answer import Cell, Hidden, SafeTable

PAD = 10.0
LEADING = 16.0
GAP = 18.0


def flow_picture(table: SafeTable, writer: Writer) -> Picture | None:
    """The flow of a study; None for a flow without steps."""
    if not table.rows:
        return None
    frame = Frame(table)
    caption = (f"{HIDDEN} {writer.say('table.hidden', reason=writer.say('reason.small'))}",) if table.hidden() else ()
    return both(table.id, flow_finding(frame, writer), lambda width: _draw(frame, writer, width), caption)


def flow_finding(frame: Frame, writer: Writer) -> str:
    """What the flow shows, in one sentence."""
    first, last = (frame.number(frame.table.rows[place], "persons") for place in (0, -1))
    if last is None:
        return writer.say("flow.hidden")
    if first is None or len(frame.table.rows) == 1:
        return writer.say("flow.last", left=writer.language.count(last, "persons"))
    return writer.say("flow.finding", left=writer.numbers.whole(last), all=writer.language.count(first, "persons"))


def step_name(row: Row, writer: Writer) -> str:
    """A step in the study's own words: an exclusion as what the persons left are without."""
    name, kind = writer.step(str(row[0])), str(row[1])
    return writer.say("flow.without", name=name) if kind == "exclude" else sentence_case(name)


@dataclass(frozen=True, slots=True)
class _Box:
    """A box with a number in bold over lines of text."""

    number: str
    lines: list[str]

    @property
    def height(self) -> float:
        return 2 * PAD + LEADING * (len(self.lines) + 1) - 3

    def draw(self, x: float, y: float, width: float, *, kind: str) -> str:
        paint = {"main": (PAPER, INK, "p"), "last": ("#e6f1f8", LIGHT[0], "q"), "side": (SHADE, LINE, "h")}[kind]
        fill, stroke, name = paint
        frame = element(
            "rect", x=x + 0.5, y=y, width=width - 1, height=self.height, rx=4, fill=fill, stroke=stroke,
            stroke_width=2 if kind == "last" else 1, class_=f"b{name}",
        )  # fmt: skip
        size = BODY if kind == "side" else 15
        parts = [frame, text(x + PAD, y + PAD + 11, self.number, size=size, bold=True)]
        for i, said in enumerate(self.lines, 1):
            parts.append(text(x + PAD, y + PAD + 11 + LEADING * i, said, size=SMALL, muted=kind == "side"))
        return "".join(parts)


def _draw(frame: Frame, writer: Writer, width: float) -> str:
    wide = width == WIDE
    main = 380.0 if wide else width
    side_x, side = (main + 50, width - main - 50) if wide else (56.0, width - 56.0)
    trunk = main / 2 if wide else 26.0
    rows = frame.table.rows
    y, parts = 2.0, []
    for place, row in enumerate(rows):
        if place:
            box = _side(frame, row, rows[place - 1], writer, side - 2 * PAD)
            height = GAP + box.height + GAP
            parts += [line(trunk, y, trunk, y + height - 2), _head(trunk, y + height, down=True)]
            middle = y + GAP + box.height / 2
            parts += [line(trunk, middle, side_x - 2, middle), _head(side_x, middle, down=False)]
            parts.append(box.draw(side_x, y + GAP, side, kind="side"))
            y += height
        last = place == len(rows) - 1 and place > 0
        box = _Box(_persons(frame.at(row, "persons"), writer), wrap(step_name(row, writer), main - 2 * PAD))
        if last:
            box.lines.insert(0, writer.say("flow.population"))
        parts.append(box.draw(0, y, main, kind="last" if last else "main"))
        y += box.height
    return document(width, y + 3, flow_finding(frame, writer), parts)


def _head(x: float, y: float, *, down: bool) -> str:
    points = (
        f"{x - 4:.1f},{y - 7:.1f} {x + 4:.1f},{y - 7:.1f}"
        if down
        else f"{x - 7:.1f},{y - 4:.1f} {x - 7:.1f},{y + 4:.1f}"
    )
    return element("polygon", points=f"{x:.1f},{y:.1f} {points}", fill=LINE, class_="a")


def _persons(cell: Cell, writer: Writer) -> str:
    if isinstance(cell, Hidden):
        return f"{HIDDEN} {writer.say('number hidden')}"
    return writer.language.count(as_number(cell) or 0, "persons")


def _side(frame: Frame, row: Row, before: Row, writer: Writer, width: float) -> _Box:
    cell, had = frame.at(row, "left_out"), frame.number(before, "persons")
    if isinstance(cell, Hidden):
        number = f"{writer.say('flow.left out')}: {HIDDEN}"
    else:
        left = as_number(cell) or 0
        share = f" ({writer.numbers.fixed(100 * left / had, 1)} %)" if had and left else ""
        number = f"{writer.say('flow.left out')}: {writer.numbers.whole(left)}{share}"
    name, kind = str(row[0]), str(row[1])
    known = {"index": "flow.no index", "require": "flow.not", "exclude": "flow.had"}
    reason = writer.say(known[kind], name=name) if kind in known else name
    return _Box(number, wrap(reason, width))
