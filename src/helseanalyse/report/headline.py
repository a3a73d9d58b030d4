"""The answer in a few plain sentences, made from the main result."""

from __future__ import annotations

from dataclasses import dataclass

from helseanalyse.report.clean import clean
from helseanalyse.report.frame import Frame, Row, what_is_followed
from helseanalyse.report.language import Writer, sentence_case
from helseanalyse.report.numbers import HIDDEN, decimals_for, decimals_of_ratio, decimals_of_shares
from helseanalyse.report.results import MOST_COMPARED, compared, tables_of
from helseanalyse.report.view import ReportView
from helseanalyse.study.answer import Hidden, SafeAnswer, SafeTable
from helseanalyse.study.specification import Incidence

YEAR = 365.25
MOST_SENTENCES = 4


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the answer; main: it carries the result."""

    text: str
    main: bool


def answer_sentences(view: ReportView, writer: Writer) -> list[Sentence]:
    """The answer in words; the sentence that carries the result is marked."""
    answer = view.answer
    timed = {a.id for a in view.study.analyses if isinstance(a, Incidence)} if view.study else set()
    first = next((t for t in answer.tables if t.kind in ("rates", "trend") and t.rows), None)
    if first is not None and (first.kind == "trend" or first.id in timed):
        if said := _course(answer, timed, writer):
            return _marked(said)
    elif first is not None:
        main = compared(first, answer)
        counted, *rest = [*_rates(main, answer, writer), *_risks(main, answer, writer)]
        return [Sentence(counted, False), *_marked(rest)]
    said = [*_only_risks(answer, writer), *_largest(answer, writer)][:2]
    return _marked(said or _flow(answer, writer) or [writer.say("answer.nothing")])


def _marked(said: list[str]) -> list[Sentence]:
    return [Sentence(text, place == 0) for place, text in enumerate(said)]


def _course(answer: SafeAnswer, timed: set[str], writer: Writer) -> list[str]:
    """One sentence for each thing that the study follows over the calendar, in the order of the study."""
    said: dict[str, list[str]] = {}
    for table in answer.tables:
        what = what_is_followed(table)
        if what in said or not (table.kind == "trend" or table.id in timed):
            continue
        if table.kind == "trend":
            said[what] = _over_time(table, "ratio", writer)
        elif table.kind == "rates":
            said[what] = _over_time(_timed(table, answer), "rate", writer)
    return [sentence for sentences in said.values() for sentence in sentences][:MOST_SENTENCES]


def _rates(table: SafeTable, answer: SafeAnswer, writer: Writer) -> list[str]:
    frame = Frame(table)
    if not table.rows:
        return []
    outcome = sentence_case(clean(frame.facts.get("outcome", "")))
    unit = writer.unit(frame.unit("rate"))
    rates = [n for row in table.rows if (n := frame.number(row, "rate")) is not None]
    decimals = decimals_for(rates)
    said = [_with_limits(frame, row, "rate", decimals, writer) for row in table.rows]
    if len(said) == 1 and not frame.dimensions:
        main = writer.say("answer.rate.one", outcome=outcome, rate=said[0], unit=unit)
    elif len(said) <= MOST_COMPARED:
        listed = [
            writer.say("answer.in", number=s, group=writer.group(frame.group(row)))
            for s, row in zip(said, table.rows, strict=True)
        ]
        main = writer.say("answer.rates", outcome=outcome, rates=writer.language.listed(listed), unit=unit)
    else:
        main = _extremes(frame, outcome, unit, said, writer)
    counted, crude = _counted(frame, answer, writer), main + _ratio(table, answer, writer) + "."
    return [counted, crude, *_standardised(table, answer, writer)]


def _standardised(table: SafeTable, answer: SafeAnswer, writer: Writer) -> list[str]:
    """The age-standardised rates of the same groups, where the study asks for them."""
    for other in tables_of(answer, "rates_standardised"):
        frame = Frame(other)
        if other.id != f"{table.id}_standardised" or frame.has("period") or not 2 <= len(other.rows) <= MOST_COMPARED:
            continue
        if any(frame.number(row, "rate") is None for row in other.rows):
            continue
        decimals = decimals_for([frame.number(row, "rate") or 0.0 for row in other.rows])
        listed = [
            writer.say(
                "answer.in",
                number=_with_limits(frame, row, "rate", decimals, writer),
                group=writer.group(frame.group(row)),
            )
            for row in other.rows
        ]
        unit = writer.unit(frame.unit("rate"))
        return [writer.say("answer.standardised", rates=writer.language.listed(listed), unit=unit)]
    return []


def _counted(frame: Frame, answer: SafeAnswer, writer: Writer) -> str:
    events, years = frame.total("events"), frame.total("person_years")
    persons = _population(answer)
    values = {
        "events": HIDDEN if events is None else writer.numbers.whole(events),
        "years": HIDDEN if years is None else writer.numbers.whole(years),
        "outcome": clean(frame.facts.get("outcome", "")),
    }
    if events is None:
        word = "answer.events hidden"
    else:
        word = "answer.counted.one" if events == 1 else "answer.counted"
    said = writer.say(word, **values)
    return (
        writer.say("answer.among", persons=writer.numbers.whole(persons), said=said) if persons else sentence_case(said)
    )


def _extremes(frame: Frame, outcome: str, unit: str, said: list[str], writer: Writer) -> str:
    known = [(n, place) for place, row in enumerate(frame.table.rows) if (n := frame.number(row, "rate")) is not None]
    if not known:
        return writer.say("answer.all hidden", outcome=outcome)
    low, high = min(known)[1], max(known)[1]
    names = [writer.group(frame.group(frame.table.rows[place])) for place in (low, high)]
    return writer.say(
        "answer.extremes", outcome=outcome, low=said[low], lowest=names[0], high=said[high], highest=names[1], unit=unit
    )


def _ratio(table: SafeTable, answer: SafeAnswer, writer: Writer) -> str:
    """The ratio of crude rates, where the study compares two groups."""
    ratios = next((t for t in tables_of(answer, "rate_ratios") if t.id == f"{table.id}_ratios"), None)
    if ratios is None or len(ratios.rows) != 1:
        return ""
    frame, row = Frame(ratios), ratios.rows[0]
    value, low, high = (frame.number(row, name) for name in ("ratio", "low", "high"))
    if value is None or low is None or high is None:
        return writer.say("answer.ratio hidden") if isinstance(frame.at(row, "ratio"), Hidden) else ""
    return writer.say(
        "answer.ratio",
        ratio=writer.numbers.estimate(value, low, high, decimals_of_ratio(value, low, high)),
        group=writer.group(frame.group(row)),
        against=writer.level(frame.text(row, "against")),
    )


def _risks(rates: SafeTable, answer: SafeAnswer, writer: Writer) -> list[str]:
    """The risks of the same outcome, where a curve gives them."""
    outcome = Frame(rates).facts.get("outcome")
    for table in tables_of(answer, "risks"):
        if Frame(table).facts.get("outcome") == outcome and (said := _risk_sentence(table, writer)):
            return [said]
    return []


def _only_risks(answer: SafeAnswer, writer: Writer) -> list[str]:
    return [said for table in tables_of(answer, "risks") if (said := _risk_sentence(table, writer))]


def _risk_sentence(table: SafeTable, writer: Writer) -> str:
    """The risk at the last day that is shown for every group."""
    frame = Frame(table)
    outcome = str(frame.facts.get("outcome", ""))
    rows = [row for row in table.rows if frame.text(row, "cause") in ("", outcome)]
    days = [
        day
        for day in dict.fromkeys(frame.number(row, "day") for row in rows)
        if day is not None
        and all(frame.number(r, "estimate") is not None for r in rows if frame.number(r, "day") == day)
    ]
    if not days or len(frame.groups) > MOST_COMPARED:
        return ""
    last = [row for row in rows if frame.number(row, "day") == max(days)]
    decimals = decimals_of_shares([100 * (frame.number(row, "estimate") or 0) for row in last])
    listed = []
    for row in last:
        value, low, high = (frame.number(row, name) for name in ("estimate", "low", "high"))
        share = writer.numbers.fixed(100 * (value or 0), decimals) + " %"
        if low is not None and high is not None:
            share += " " + writer.numbers.limits(100 * low, 100 * high, decimals)
        group = frame.group(row)
        listed.append(writer.say("answer.in", number=share, group=writer.group(group)) if group else share)
    word = "answer.survival" if frame.facts.get("method") == "kaplan_meier" else "answer.risk"
    return writer.say(word, outcome=clean(outcome), when=span(max(days), writer), risks=writer.language.listed(listed))


def _timed(table: SafeTable, answer: SafeAnswer) -> SafeTable:
    """The table of an incidence by period: standardised where the study asks for it, else crude."""
    for suffix in ("_standardised", "_cells"):
        for other in answer.tables:
            if other.id == table.id + suffix and Frame(other).has("period") and not Frame(other).has("age"):
                return other
    return table


def _over_time(table: SafeTable, measure: str, writer: Writer) -> list[str]:
    """The first and the last period of each group that has a number in it."""
    frame = Frame(table)
    if not frame.has("period"):
        return []
    numbers = [n for row in table.rows if (n := frame.number(row, measure)) is not None]
    decimals = decimals_of_shares(numbers) if frame.unit(measure) == "%" else decimals_for(numbers)
    listed = []
    for group, rows in frame.by_group():
        known = [row for row in rows if frame.number(row, measure) is not None]
        if len(known) < 2:
            continue
        ends = [_with_limits(frame, row, measure, decimals, writer) for row in (known[0], known[-1])]
        periods = [writer.level(frame.text(row, "period")) for row in (known[0], known[-1])]
        said = writer.say("answer.from to", first=ends[0], last=ends[1], start=periods[0], end=periods[1])
        listed.append(f"{writer.group(group)} {said}" if group else said)
    if not listed or len(listed) > MOST_COMPARED:
        return []
    kind = "answer.standardised over time" if table.kind == "rates_standardised" else "answer.over time"
    return [
        writer.say(
            kind, what=clean(what_is_followed(table)), unit=writer.unit(frame.unit(measure)), said="; ".join(listed)
        )
    ]


def _largest(answer: SafeAnswer, writer: Writer) -> list[str]:
    for table in tables_of(answer, "counts"):
        frame = Frame(table)
        known = [(n, row) for row in table.rows if (n := frame.number(row, "persons")) is not None]
        if known and frame.dimensions:
            most, row = max(known, key=lambda pair: pair[0])
            return [
                *_flow(answer, writer),
                writer.say(
                    "answer.largest",
                    group=writer.group(frame.group(row)),
                    persons=writer.language.count(most, "persons"),
                ),
            ]
    return []


def _flow(answer: SafeAnswer, writer: Writer) -> list[str]:
    for table in tables_of(answer, "flow"):
        if table.rows:
            from_first = Frame(table).number(table.rows[0], "persons")
            left = Frame(table).number(table.rows[-1], "persons")
            if left is None:
                return [writer.say("flow.hidden") + "."]
            if from_first is not None and len(table.rows) > 1:
                everyone = writer.language.count(from_first, "persons")
                return [writer.say("flow.finding", left=writer.numbers.whole(left), all=everyone) + "."]
            return [writer.say("flow.last", left=writer.language.count(left, "persons")) + "."]
    return []


def _with_limits(frame: Frame, row: Row, measure: str, decimals: int, writer: Writer) -> str:
    value, low, high = (frame.number(row, name) for name in (measure, "low", "high"))
    if value is None:
        return f"{HIDDEN} {writer.say('number hidden')}" if isinstance(frame.at(row, measure), Hidden) else "–"
    if low is None or high is None:
        return writer.numbers.fixed(value, decimals)
    return writer.numbers.estimate(value, low, high, decimals)


def _population(answer: SafeAnswer) -> float | None:
    for table in tables_of(answer, "flow"):
        if table.rows:
            return Frame(table).number(table.rows[-1], "persons")
    return None


def span(day: float, writer: Writer) -> str:
    """A follow-up of that many days, in years where it is whole years: "5 years" for 1825 or 1826 days.

    >>> from helseanalyse.report.language import writer
    >>> span(1825, writer("en", None)), span(30, writer("en", None))
    ('5 years', '30 days')
    """
    years = round(day / YEAR)
    if years and abs(day - years * YEAR) <= 0.003 * day:
        return f"{years} {writer.say('years.one' if years == 1 else 'years.many')}"
    return writer.language.count(day, "days")
