"""The strip of facts under the answer: persons, person-years, events, data, lane, time, digest."""

from __future__ import annotations

from dataclasses import dataclass

from helseanalyse.report.clean import clean
from helseanalyse.report.frame import Frame
from helseanalyse.report.language import Writer
from helseanalyse.report.numbers import DASH, HIDDEN
from helseanalyse.report.results import tables_of
from helseanalyse.report.view import ReportView
from helseanalyse.study.answer import SafeAnswer


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: its name, its value, and a remark in small print. broad, mono: how it is set."""

    label: str
    value: str
    remark: str = ""
    broad: bool = False
    mono: bool = False


def facts(view: ReportView, writer: Writer) -> list[Fact]:
    """The facts in order. A sum over groups of which one is hidden is hidden itself."""
    answer, numbers = view.answer, writer.numbers
    found = []
    if flow := next((Frame(table) for table in tables_of(answer, "flow") if table.rows), None):
        found.append(_number("persons", flow.number(flow.table.rows[-1], "persons"), "", writer))
    if rates := next((Frame(table) for table in tables_of(answer, "rates") if table.rows), None):
        found.append(_number("person_years", rates.total("person_years"), "", writer))
        found.append(_number("events", rates.total("events"), clean(rates.facts.get("outcome", "")), writer))
    found.append(_data(answer, writer))
    hidden = sum(sum(table.hidden().values()) for table in answer.tables)
    remark = writer.say("fact.hidden", number=numbers.whole(hidden)) if hidden else writer.say("fact.none hidden")
    found.append(Fact(writer.say("fact.lane"), writer.say(f"lane.{answer.lane}"), remark))
    if view.seconds is not None:
        found.append(Fact(writer.say("fact.time"), writer.say("seconds", number=numbers.significant(view.seconds, 2))))
    remark = writer.say("fact.digest.remark")
    return [*found, Fact(writer.say("fact.digest"), clean(answer.digest)[:12], remark, mono=True)]


def _number(name: str, value: float | None, remark: str, writer: Writer) -> Fact:
    if value is None:
        return Fact(writer.say(f"fact.{name}"), HIDDEN, writer.say("number hidden"))
    return Fact(writer.say(f"fact.{name}"), writer.numbers.whole(value), remark)


def _data(answer: SafeAnswer, writer: Writer) -> Fact:
    complete = [data.complete_to for data in answer.data if data.complete_to]
    names = [f"{clean(data.registry)}@{data.version}" for data in answer.data]
    until = writer.say("fact.until", day=writer.numbers.day(min(complete))) if complete else ""
    return Fact(writer.say("fact.data"), ", ".join(names) or DASH, until, broad=True)
