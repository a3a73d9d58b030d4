"""The tables of an answer under what they are about: one part an outcome, with its pictures and tables in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from helseanalyse.report.clean import clean
from helseanalyse.report.frame import Frame, what_is_followed
from helseanalyse.report.language import Writer, sentence_case
from helseanalyse.report.numbers import HIDDEN
from helseanalyse.report.pictures.curve import curve_pictures, is_turned
from helseanalyse.report.pictures.lines import cells_picture, trend_picture
from helseanalyse.report.pictures.picture import Picture
from helseanalyse.report.pictures.ratios import forest_picture, rates_picture
from helseanalyse.report.shown import Display, display
from helseanalyse.study.answer import SafeAnswer, SafeTable
from helseanalyse.study.specification import Incidence, Specification

MOST_COMPARED = 4  # groups that are read out; of more, the lowest and the highest are
MOST_STEPS = 120  # steps of a curve that a page lists; its picture and its CSV have all
OWN_PLACE = ("flow", "table_one")  # kinds that have a section of their own


@dataclass(frozen=True, slots=True)
class Result:
    """One part of the results: what it is about, its tables as the answer has them, whether it follows the calendar."""

    title: str
    tables: tuple[SafeTable, ...]
    timed: bool = False

    def of(self, kind: str) -> tuple[SafeTable, ...]:
        """The tables of a kind."""
        return tuple(table for table in self.tables if table.kind == kind)


@dataclass(frozen=True, slots=True)
class Block:
    """A picture, a table, or a picture with its table; remarks stand between them."""

    picture: Picture | None = None
    table: Display | None = None
    remarks: tuple[str, ...] = ()


def tables_of(answer: SafeAnswer, kind: str) -> tuple[SafeTable, ...]:
    """The tables of a kind, in the order of the answer."""
    return tuple(table for table in answer.tables if table.kind == kind)


def compared(table: SafeTable, answer: SafeAnswer) -> SafeTable:
    """The table of the same outcome that compares a few groups, where there is one: that is what is asked."""
    outcome = Frame(table).facts.get("outcome")
    few = [t for t in tables_of(answer, "rates") if 2 <= len(t.rows) <= MOST_COMPARED]
    return next((t for t in few if Frame(t).facts.get("outcome") == outcome), table)


def learn(answer: SafeAnswer, writer: Writer) -> None:
    """Shows the palette every level in the order of the tables, so that a group looks the same in every picture."""
    for table in answer.tables:
        frame = Frame(table)
        if table.kind == "table_one":
            by = frame.facts.get("by")
            if isinstance(by, str):
                writer.palette.learn(by, [str(column.label) for column in table.columns[3:-1]])
            continue
        if table.kind == "rate_ratios" and table.rows:
            writer.palette.learn(frame.dimensions[0], [frame.text(table.rows[0], "against")])
        for group in frame.groups if table.kind != "flow" else ():
            for dimension, level in group:
                writer.palette.learn(dimension, [level])


# One analysis makes several tables, named after it: what the name of each kind ends in.
_ENDINGS = {"rates_cells": "_cells", "rate_ratios": "_ratios", "rates_standardised": "_standardised", "risks": "_risks"}


def base(table: SafeTable) -> str:
    """The id of the analysis that made a table."""
    return table.id.removesuffix(_ENDINGS.get(table.kind, ""))


def results(answer: SafeAnswer, study: Specification | None, writer: Writer) -> list[Result]:
    """The parts of the results. Tables of one outcome stand together; an incidence, a trend or counts stand alone."""
    named = {a.id: sentence_case(clean(a.name)) for a in study.analyses if isinstance(a, Incidence)} if study else {}
    parts: dict[str, list[SafeTable]] = {}
    shown: set[tuple[object, ...]] = set()
    for table in answer.tables:
        # Two analyses of one outcome by the same groups have their totals in common: those are shown once.
        content = (table.kind, table.columns, table.rows, Frame(table).facts.get("outcome"))
        if table.kind in OWN_PLACE or (table.rows and content in shown):
            continue
        shown.add(content)
        outcome = Frame(table).facts.get("outcome")
        title = named.get(base(table), sentence_case(clean(outcome)) if outcome else _own_title(table, writer))
        parts.setdefault(title, []).append(table)
    return [Result(title, tuple(tables), timed=_timed(tables)) for title, tables in parts.items()]


def _timed(tables: list[SafeTable]) -> bool:
    """Whether the standardised rates follow the calendar: so only where the analysis is an incidence."""
    return any(table.kind == "rates_standardised" and Frame(table).has("period") for table in tables)


def _own_title(table: SafeTable, writer: Writer) -> str:
    if table.kind == "counts":
        names = [writer.dimension(name).lower() for name in Frame(table).dimensions]
        return writer.say("counts.title", by=writer.language.listed(names)) if names else writer.say("counts.title.all")
    if table.kind == "trend":
        return clean(what_is_followed(table))
    return clean(table.title)


def blocks(result: Result, writer: Writer) -> Iterator[Block]:
    """What a part shows: analysis by analysis, its tables in an order of their own.

    In an analysis over calendar time the course over time comes first, in others the groups.
    """
    for name in dict.fromkeys(base(table) for table in result.tables):
        own = replace(result, tables=tuple(table for table in result.tables if base(table) == name))
        rates, times = (_rates_blocks, _ratio_blocks), (_standardised_blocks, _cells_blocks)
        for part in (*times, *rates) if result.timed else (*rates, *times):
            yield from part(own, writer)
        for table in own.of("curve"):
            yield from _curve_blocks(table, own, writer)
        for table in own.of("trend"):
            yield _block(table, trend_picture(table, writer), writer)
        drawn = {"rates", "rate_ratios", "rates_standardised", "rates_cells", "curve", "trend"}
        with_curve = {"risks"} if own.of("curve") else set()
        for table in own.tables:
            if table.kind not in drawn | with_curve:
                yield _block(table, None, writer)


def _rates_blocks(result: Result, writer: Writer) -> Iterator[Block]:
    for table in result.of("rates"):
        yield _block(table, rates_picture(table, next(iter(result.of("rates_standardised")), None), writer), writer)


def _ratio_blocks(result: Result, writer: Writer) -> Iterator[Block]:
    for table in result.of("rate_ratios"):
        yield _block(table, forest_picture(table, writer), writer)


def _standardised_blocks(result: Result, writer: Writer) -> Iterator[Block]:
    for table in result.of("rates_standardised"):
        yield _block(table, cells_picture(table, writer) if Frame(table).has("period") else None, writer)


def _cells_blocks(result: Result, writer: Writer) -> Iterator[Block]:
    for table in result.of("rates_cells"):
        yield _block(table, cells_picture(table, writer), writer)


def _block(table: SafeTable, picture: Picture | None, writer: Writer) -> Block:
    return Block(picture, replace(display(table, writer, titled(table, writer)), pictured=picture is not None))


def _curve_blocks(table: SafeTable, result: Result, writer: Writer) -> Iterator[Block]:
    risks = next(iter(result.of("risks")), None)
    pictures = curve_pictures(table, risks, writer)
    remarks = [writer.say("curve.turned")] if is_turned(Frame(table)) and pictures else []
    if undrawn := _undrawn(table, writer):
        remarks.append(writer.say("curve.not drawn", groups=writer.language.listed(undrawn), sign=HIDDEN))
    first = pictures[0] if pictures else None
    shown = display(risks, writer, titled(risks, writer)) if risks is not None else None
    listed = len(table.rows) <= MOST_STEPS
    # The steps of a long curve are not listed, so what is to be known of them stands under the picture.
    yield Block(first, shown, (*remarks, *(() if listed else table.notes)))
    for picture in pictures[1:]:
        yield Block(picture)
    if listed:
        yield Block(None, replace(display(table, writer, writer.say("title.steps")), pictured=True))
    else:
        yield Block(None, None, (writer.say("curve.all steps", name=clean(table.id)),))


def _undrawn(table: SafeTable, writer: Writer) -> list[str]:
    """The curves that are withheld, by group and event."""
    frame = Frame(table)
    several = len({frame.text(row, "cause") for row in table.rows}) > 1
    found = []
    for row in table.rows:
        if frame.number(row, "day") is None:
            name = writer.group(frame.group(row))
            found.append(f"{name} ({clean(frame.text(row, 'cause'))})" if several else name)
    return found


def titled(table: SafeTable, writer: Writer) -> str:
    """What a table holds, in the report's language: "Events, person-years and rates by drug"."""
    frame = Frame(table)
    word = f"title.{table.kind}"
    if not writer.language.knows(word):
        return clean(table.title)
    if table.kind == "counts":  # what they are counted by is the title of their part
        return writer.say(word)
    names = [writer.dimension(name).lower() for name in frame.dimensions]
    by = frame.facts.get("by")
    if table.kind == "table_one" and isinstance(by, str):
        names = [writer.dimension(by).lower()]
    if table.kind in ("rates_cells", "rates_standardised", "trend"):
        names += [writer.dimension(name).lower() for name in ("period", "age") if frame.has(name)]
    said = writer.say(word)
    return writer.say("title.by", what=said, by=writer.language.listed(names)) if names else said
