"""The analyses of a study: what they divide by, what they count, and over which time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from helseanalyse.catalogue.model import Catalogue, Kind
from helseanalyse.study.check_catalogue import near_names
from helseanalyse.study.check_protocol import bands_problems
from helseanalyse.study.problem import Problem, problem
from helseanalyse.study.rules import expect, many_a_person, one_a_person, truth_a_person
from helseanalyse.study.specification import (
    Analysis,
    Counts,
    Flow,
    Incidence,
    Intervals,
    Rates,
    Specification,
    Survival,
    TableOne,
    Trend,
    Variable,
)
from helseanalyse.study.universe import universe_of

# The standard populations of `methods.standards`, which this folder cannot see; a test holds the two together.
STANDARDS = ("european-1976", "european-2013", "nordic-2000", "who-2000-2025", "world-segi")
GROUPED = (Kind.CATEGORY, Kind.BOOL)


def analysis_problems(spec: Specification, catalogue: Catalogue) -> Iterator[Problem]:
    """What is wrong with each analysis; S068 where a study asks for nothing."""
    if not spec.analyses:
        yield problem("S068", path="/analyses")
    for at, analysis in enumerate(spec.analyses):
        found = [*_of_kind(analysis, spec), *_by(analysis, spec, catalogue)]
        yield from (replace(each, path=f"/analyses/{at}") for each in found)


def _of_kind(analysis: Analysis, spec: Specification) -> Iterable[Problem]:
    if isinstance(analysis, TableOne):
        return _table_one(analysis, spec)
    if isinstance(analysis, Rates | Survival):
        return _over_follow_up(analysis, spec)
    if isinstance(analysis, Incidence):
        return _incidence(analysis, spec)
    if isinstance(analysis, Trend):
        return _trend(analysis, spec)
    return ()


def _table_one(analysis: TableOne, spec: Specification) -> Iterator[Problem]:
    names = [variable.name for variable in spec.variables]
    if not analysis.of:
        yield problem("S073", name=f'"{analysis.id}"')
    for name in analysis.of:
        if name not in names:
            yield problem("S007", owner="The study", name=f'variable "{name}"', nearest=near_names(name, names))


def _over_follow_up(analysis: Rates | Survival, spec: Specification) -> Iterator[Problem]:
    names = [outcome.name for outcome in spec.outcomes]
    if analysis.outcome not in names:
        near = near_names(analysis.outcome, names) or "none"
        yield problem("S007", owner="The study", name=f'outcome "{analysis.outcome}"', nearest=near)
    if spec.follow_up is None:
        yield problem("S074", name=f'"{analysis.id}"')
    if isinstance(analysis, Rates):
        yield from _ages(analysis.age_bands, analysis.standard, analysis.by)
        yield from _against(analysis, spec)
        return
    competes = spec.follow_up is not None and bool(spec.follow_up.competing)
    if analysis.method == "kaplan_meier" and competes:
        yield problem("S202", name=f'"{analysis.id}"')
    if list(analysis.at) != sorted(set(analysis.at)):
        yield problem("S072", what="The times of a curve", bands=", ".join(str(day) for day in analysis.at))
    if analysis.horizon is not None and analysis.at and analysis.at[-1] > analysis.horizon:
        yield problem("S023", low=f"day {analysis.at[-1]}", high=f"day {analysis.horizon}")


def _against(analysis: Rates, spec: Specification) -> Iterator[Problem]:
    """The level that ratios compare with must be one of the variable that the rates are divided by."""
    if analysis.against is None:
        return
    levels: dict[str, tuple[str, ...]] = {each.name: (each.off, each.on) for each in spec.exposures}
    levels |= {each.name: each.value.type.levels for each in spec.variables if each.value.type.levels}
    levels |= {each.name: ("no", "yes") for each in spec.variables if each.value.type.kind is Kind.BOOL}
    known = [level for name in analysis.by for level in levels.get(name, ("female", "male") if name == "sex" else ())]
    if analysis.against not in known:
        near = near_names(analysis.against, known) or ", ".join(known) or "none"
        yield problem("S007", owner=f'Analysis "{analysis.id}"', name=f'level "{analysis.against}"', nearest=near)


def _ages(bands: tuple[int, ...], standard: str | None, by: tuple[str, ...]) -> Iterator[Problem]:
    yield from bands_problems(bands, "The age bands")
    if any(band < 0 for band in bands):
        yield problem("S012", what="A lower bound of age", wanted="0 or more", got=str(min(bands)))
    if standard is not None and standard not in STANDARDS:
        yield problem("S075", name=f'"{standard}"', nearest=near_names(standard, STANDARDS))
    if "age" in by and not bands:
        yield problem("S076")


def _incidence(analysis: Incidence, spec: Specification) -> Iterator[Problem]:
    what = f'The event of "{analysis.name}"'
    yield from expect(analysis.event, what, Kind.DATE)
    yield from many_a_person(analysis.event, "incidence")
    yield from _ages(analysis.age_bands, analysis.standard, analysis.by)
    yield from _intervals(analysis.every, spec)
    if analysis.washout == 0:
        yield problem("S203", name=f'"{analysis.name}"')


def _trend(analysis: Trend, spec: Specification) -> Iterator[Problem]:
    yield from one_a_person(analysis.numerator, "The numerator")
    yield from expect(analysis.numerator, "The numerator", Kind.BOOL, Kind.INT)
    yield from truth_a_person(analysis.denominator, "The denominator")
    yield from _ages(analysis.age_bands, None, analysis.by)
    yield from _intervals(analysis.every, spec)


def _intervals(every: Intervals, spec: Specification) -> Iterator[Problem]:
    if every.last < every.first:
        yield problem("S023", low=str(every.first), high=str(every.last))
    elif every.first < spec.start or every.last > spec.end:
        yield problem("S077", first=str(every.first), last=str(every.last), start=str(spec.start), end=str(spec.end))


# --- What tables are divided by --------------------------------------------------------------


def _by(analysis: Analysis, spec: Specification, catalogue: Catalogue) -> Iterator[Problem]:
    if isinstance(analysis, Flow):
        return
    by = (analysis.by,) if isinstance(analysis, TableOne) else analysis.by
    names = [name for name in by if name is not None]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield problem("S035", what="`by`", name=f'"{name}"')
    if isinstance(analysis, Counts) and not names:
        yield problem("S078", name=f'"{analysis.id}"')
    for name in names:
        yield from _dimension(name, analysis, spec, catalogue)


def _dimension(name: str, analysis: Analysis, spec: Specification, catalogue: Catalogue) -> Iterator[Problem]:
    variables = {variable.name: variable for variable in spec.variables}
    changing = {exposure.name for exposure in spec.exposures}
    if name in variables:
        yield from _grouped(variables[name])
    elif name in changing:
        if not isinstance(analysis, Rates | Survival):
            yield problem("S079", name=f'"{name}"', analysis=_called(analysis))
    elif name in ("age", "year", "sex"):
        yield from _built_in(name, analysis, catalogue)
    else:
        near = near_names(name, [*variables, *changing, "sex", "age", "year"])
        yield problem("S007", owner="The study", name=f'variable or exposure "{name}"', nearest=near)


def _called(analysis: Analysis) -> str:
    return f'"{analysis.id}"' if not isinstance(analysis, Flow) else "flow"


def _grouped(variable: Variable) -> Iterator[Problem]:
    kind = variable.value.type.kind
    if kind in GROUPED or (variable.bands and kind in (Kind.INT, Kind.FLOAT)):
        return
    yield problem("S080", name=f'"{variable.name}"', type=str(variable.value.type))


def _built_in(name: str, analysis: Analysis, catalogue: Catalogue) -> Iterator[Problem]:
    over_time = (Rates, Incidence)
    legal = {"age": (*over_time, Trend), "year": over_time, "sex": (*over_time, Trend, Counts, Survival, TableOne)}
    if not isinstance(analysis, legal[name]):
        yield problem("S081", name=f'"{name}"', analysis=_called(analysis))
        return
    universe = universe_of(catalogue)
    column = universe.column("sex" if name == "sex" else "born_on")
    wanted = {"sex": Kind.CATEGORY, "age": Kind.DATE}.get(name)
    if wanted is not None and (column is None or column.type.kind is not wanted):
        missing = "sex" if name == "sex" else "born_on"
        yield problem("S082", name=f'"{name}"', table=f"`{universe.person.registry}.{universe.person.name}`",
                      column=f"`{missing}`")  # fmt: skip
