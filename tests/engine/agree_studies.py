"""Random whole studies: criteria, variables, changing exposures, follow-up, and every analysis."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from typing import TypeVar

from tests.engine import agree_ways  # noqa: F401 - tells Maker the ways to make series
from tests.engine.agree_data import DATES, Registers, Size, registers
from tests.engine.agree_series import NUMBERS, Maker
from tests.engine.spec_words import CATALOGUE, EMIGRATION, EPISODE, LAB, PERSON, RESIDENCE, col, first

from helseanalyse.catalogue.model import Catalogue, Kind
from helseanalyse.study import nodes as n
from helseanalyse.study.lineage import rebuilt
from helseanalyse.study.specification import (
    Analysis,
    Changing,
    Counts,
    Criterion,
    Flow,
    FollowUp,
    Incidence,
    Intervals,
    Outcome,
    Rates,
    Specification,
    Stop,
    Survival,
    TableOne,
    Trend,
    Variable,
)
from helseanalyse.study.types import DATE

AnyValue = TypeVar("AnyValue")

START, END = date(2018, 7, 1), date(2020, 12, 31)


@dataclass(frozen=True)
class Question:
    """A study with data to answer it from, and the day up to which the registers are complete."""

    study: Specification
    catalogue: Catalogue
    rows: Registers
    last_day: date


def question(choose: Callable[[int], int], size: Size | None = None) -> Question:
    """A random study and random data in the tables that it reads."""
    m = Maker(choose)
    study, catalogue = specification(m), CATALOGUE
    if m.chance(4):
        study, catalogue = _without_residence(study)
    used = frozenset(f"{node.registry}.{node.name}" for node in walk(study) if isinstance(node, n.Table))
    rows = registers(m, catalogue, used | {"population.residence"}, size or Size())
    return Question(study, catalogue, rows, m.pick(END, END, date(2020, 2, 29), date(2021, 6, 30)))


def specification(m: Maker) -> Specification:
    """A random study."""
    variables = tuple(_variable(m, f"v{i}") for i in range(m.pick(1, 2, 3)))
    exposures = tuple(Changing(name=f"x{i}", periods=m.periods(2), off="off", on="on") for i in range(m.pick(0, 1, 2)))
    outcomes = tuple(Outcome(name=f"o{i}", on=_date(m)) for i in range(m.pick(1, 2)))
    kinds = [_table_one, _counts, _rates, _rates, _survival, _survival, _incidence, _trend, _trend]
    names = Names([v.name for v in variables if divides(v)], [x.name for x in exposures], [o.name for o in outcomes])
    analyses = [m.pick(*kinds)(m, f"a{i}", names, variables) for i in range(m.pick(1, 2, 3))]
    return Specification(
        title="A random study",
        start=START,
        end=END,
        index=None if m.chance() else _date(m, one_in=4),
        criteria=tuple(
            Criterion(name=f"c{i}", kind=m.pick("exclude", "exclude", "require"), holds=m.series(Kind.BOOL, None, 2))
            for i in range(m.pick(0, 0, 0, 1, 2))
        ),
        variables=variables,
        exposures=exposures,
        outcomes=outcomes,
        follow_up=_follow_up(m),
        analyses=(Flow(), *analyses),
    )


@dataclass(frozen=True)
class Names:
    """What analyses may speak of: variables with levels, exposures, outcomes."""

    variables: list[str]
    exposures: list[str]
    outcomes: list[str]


def divides(variable: Variable) -> bool:
    """Whether the variable has levels, and so can divide a table."""
    return bool(variable.bands) or variable.value.type.kind in (Kind.BOOL, Kind.CATEGORY)


def _variable(m: Maker, name: str) -> Variable:
    kind = m.pick(Kind.BOOL, Kind.CATEGORY, *NUMBERS)
    bands = sorted({m.pick(0, 1, 2, 5, 40, 41) for _ in range(m.pick(0, 1, 2, 3))}) if kind in NUMBERS else []
    return Variable(
        name=name,
        value=m.series(kind, None, m.pick(1, 2, 3), exact=True),
        bands=tuple(bands),
        round_to=m.pick(1.0, 1.0, 0.5, 2.0, 0.1) if kind is Kind.FLOAT else 1.0,
        unit=m.pick("", "kg"),
    )


def _date(m: Maker, one_in: int = 2) -> n.Series:
    """A date of the person: often a plain one, so that there is somebody to follow."""
    if m.chance(one_in):
        return m.series(Kind.DATE, None, 2)
    table, name = m.pick(
        (LAB, "taken_on"), (EPISODE, "admitted_on"), (EPISODE, "discharged_on"), (EMIGRATION, "emigrated_on")
    )
    column = col(n.Filter(table, n.Compare(">=", col(table, name), n.Constant(START, DATE))), name)
    return n.Aggregate("min", column) if m.chance() else n.Aggregate("max", column)


def _follow_up(m: Maker) -> FollowUp:
    stops = tuple(Stop(name=f"s{i}", on=m.pick(col(PERSON, "died_on"), _date(m))) for i in range(m.pick(0, 1, 2, 3)))
    starts = (
        n.Constant(START, DATE),
        n.Constant(m.pick(*DATES), DATE),
        _date(m),
        col(first(LAB, col(LAB, "taken_on")), "taken_on"),
    )
    return FollowUp(
        start=m.pick(*starts),
        until=stops,
        counts_last_day=not m.chance(3),
        competing=tuple(stop.name for stop in stops if m.chance()),
    )


def _some(m: Maker, options: list[str]) -> tuple[str, ...]:
    return tuple(option for option in options if m.chance(3))


def _table_one(m: Maker, name: str, names: Names, variables: tuple[Variable, ...]) -> Analysis:
    by = m.pick(None, "sex", *names.variables)
    return TableOne(id=name, of=tuple(v.name for v in variables), by=by)


def _counts(m: Maker, name: str, names: Names, variables: tuple[Variable, ...]) -> Analysis:
    return Counts(id=name, by=_some(m, ["sex", *names.variables]) or ("sex",))


def _rates(m: Maker, name: str, names: Names, variables: tuple[Variable, ...]) -> Analysis:
    by = _some(m, ["sex", "age", "year", *names.variables, *names.exposures])
    return Rates(id=name, outcome=m.pick(*names.outcomes), by=by, age_bands=(0, 18, 40) if "age" in by else ())


def _survival(m: Maker, name: str, names: Names, variables: tuple[Variable, ...]) -> Analysis:
    by = _some(m, ["sex", *names.variables, *names.exposures])
    return Survival(
        id=name, outcome=m.pick(*names.outcomes), method=m.pick("kaplan_meier", "aalen_johansen"), by=by,
        horizon=m.pick(None, None, 30, 365),
    )  # fmt: skip


def _every(m: Maker) -> Intervals:
    unit = m.pick("month", "quarter", "year")
    firsts = (date(2019, 1, 1), date(2019, 11, 15), date(2020, 2, 29), START)
    lasts = (date(2020, 3, 31), date(2020, 2, 29), date(2020, 12, 15), END)
    return Intervals(first=m.pick(*firsts), last=m.pick(*lasts), unit=unit)


def _incidence(m: Maker, name: str, names: Names, variables: tuple[Variable, ...]) -> Analysis:
    of = m.events(1).domain
    return Incidence(
        id=name, name="cases", event=m.of_rows(Kind.DATE, of, m.pick(0, 0, 2)), every=_every(m),
        washout=m.pick(0, 1, 30, 365), by=_some(m, ["sex", *names.variables]),
    )  # fmt: skip


def _trend(m: Maker, name: str, names: Names, variables: tuple[Variable, ...]) -> Analysis:
    within = Maker(m.choose, interval=True)
    by = _some(m, ["sex", "age", *names.variables])
    bands = m.pick((0, 18, 40), (18, 40), (40,)) if "age" in by else ()
    numerator = within.series(m.pick(Kind.BOOL, Kind.BOOL, Kind.INT), None, 3)
    denominator = within.pick(n.Constant(True, n.IsNull(numerator).type), within.series(Kind.BOOL, None, 3))
    return Trend(
        id=name, name="share", numerator=numerator, denominator=denominator, every=_every(m), by=by, age_bands=bands,
    )  # fmt: skip


# --- a universe without residence ---------------------------------------------------------------------


def _without_residence(study: Specification) -> tuple[Specification, Catalogue]:
    """The same study where the table of residence has another name, so that it does not say who exists."""
    other = replace(RESIDENCE, name="dwelling")
    done: dict[n.Node, n.Node] = {}
    universe = CATALOGUE.universe
    tables = tuple(replace(table, name="dwelling") if table.name == "residence" else table for table in universe.tables)
    registries = tuple(replace(universe, tables=tables) if r is universe else r for r in CATALOGUE.registries)
    return mapped(study, lambda node: rebuilt(node, {RESIDENCE: other}, done)), Catalogue(registries)


def mapped(value: AnyValue, change: Callable[[n.Node], n.Node]) -> AnyValue:
    """A specification, or a part of it, with every node changed."""
    if isinstance(value, n.Node):
        return change(value)  # type: ignore[return-value]
    if isinstance(value, tuple):
        return tuple(mapped(part, change) for part in value)  # type: ignore[return-value]
    if is_dataclass(value) and not isinstance(value, type):
        new = {field.name: mapped(getattr(value, field.name), change) for field in fields(value)}
        return replace(value, **new)  # type: ignore[type-var]
    return value


def walk(value: object) -> Iterator[n.Node]:
    """Every node of a specification, each once."""
    seen: set[str] = set()
    waiting: list[object] = [value]
    while waiting:
        this = waiting.pop()
        if isinstance(this, n.Node):
            if this.key not in seen:
                seen.add(this.key)
                yield this
                waiting.extend(this.operands)
        elif isinstance(this, tuple):
            waiting.extend(this)
        elif is_dataclass(this) and not isinstance(this, type):
            waiting.extend(getattr(this, field.name) for field in fields(this))
