"""Random whole studies: criteria, variables, changing exposures, follow-up, and every analysis."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date

from tests.engine import agree_ways  # noqa: F401 - tells Maker the ways to make series
from tests.engine.agree_data import DATES, Registers, Size, registers
from tests.engine.agree_series import NUMBERS, Maker
from tests.engine.spec_words import CATALOGUE, EMIGRATION, EPISODE, LAB, PERSON, col, first

from helseanalyse.catalogue.model import Catalogue, Kind, Table
from helseanalyse.study import codec
from helseanalyse.study import nodes as n
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

# Universes that do not say who is resident, when people die, or when they were born.
UNIVERSES = (
    {"residence": "dwelling"},
    {"died_on": "deathday"},
    {"residence": "dwelling", "born_on": "birthday", "died_on": "deathday"},
)
START, END = date(2018, 7, 1), date(2020, 12, 31)


@dataclass(frozen=True)
class Question:
    """A study with data to answer it from, the day up to which the registers are complete, and who is in no answer."""

    study: Specification
    catalogue: Catalogue
    rows: Registers
    last_day: date
    excluded: frozenset[int]


def question(choose: Callable[[int], int], size: Size | None = None) -> Question:
    """A random study and random data in the tables that it reads."""
    m = Maker(choose)
    study, catalogue = specification(m), CATALOGUE
    if m.chance(4):
        by_age = any("age" in (getattr(analysis, "by", None) or ()) for analysis in study.analyses)
        study, catalogue = _renamed(study, m.pick(*UNIVERSES[: 2 if by_age else 3]))
    used = frozenset(f"{node.registry}.{node.name}" for node in walk(study) if isinstance(node, n.Table))
    size = size or Size()
    rows = registers(m, catalogue, used | {"population.residence"}, size)
    excluded = frozenset(pid for pid in range(1, size.persons + 1) if m.chance(6)) if m.chance(4) else frozenset()
    return Question(study, catalogue, rows, m.pick(END, END, date(2020, 2, 29), date(2021, 6, 30)), excluded)


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
        washout=m.pick(0, 1, 30, 365), by=_some(m, ["sex", "age", "year", *names.variables]), age_bands=(0, 18, 40),
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


# --- universes that know less ---------------------------------------------------------------------------


def _renamed(study: Specification, names: Mapping[str, str]) -> tuple[Specification, Catalogue]:
    """The same study where a table or columns have other names, so that they do not say what their old names say:
    who is resident, when a person was born, and died."""
    text = codec.dump(study)
    for old, new in names.items():
        text = text.replace(f'"{old}"', f'"{new}"')
    registries = tuple(
        replace(registry, tables=tuple(_renamed_table(table, names) for table in registry.tables))
        for registry in CATALOGUE.registries
    )
    return codec.load(text), Catalogue(registries)


def _renamed_table(table: Table, names: Mapping[str, str]) -> Table:
    columns = tuple(replace(column, name=names.get(column.name, column.name)) for column in table.columns)
    date = None if table.date is None else names.get(table.date, table.date)
    return replace(table, name=names.get(table.name, table.name), columns=columns, date=date)


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
