"""From what a study says to its specification: dates resolved, names filled in, tie-breakers written."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from helseanalyse.catalogue.model import Catalogue, Kind
from helseanalyse.study import nodes
from helseanalyse.study.language.draft import Draft
from helseanalyse.study.language.trouble import tell
from helseanalyse.study.lineage import lineage, move
from helseanalyse.study.node import Series
from helseanalyse.study.problem import problem
from helseanalyse.study.specification import FollowUp, Outcome, Specification, Stop, Survival, TableOne, Variable
from helseanalyse.study.ties import with_ties
from helseanalyse.study.universe import Universe, universe_of

AGE_AT_INDEX, SEX = "age at index", "sex"


def freeze(draft: Draft, catalogue: Catalogue) -> Specification:
    """The specification of a study as it stands."""
    follow_up = _follow_up(draft)
    start = follow_up.start if follow_up is not None else draft.index
    outcomes = tuple(
        Outcome(name=name, on=first_on_or_after(on, start) if start is not None else on) for name, on in draft.outcomes
    )
    variables = _with_age_and_sex(draft, universe_of(catalogue), start)
    spec = Specification(
        title=draft.title,
        start=draft.start,
        end=draft.end,
        purpose=draft.purpose,
        rationale=draft.rationale,
        index=draft.index,
        criteria=tuple(draft.criteria),
        variables=variables,
        exposures=tuple(draft.exposures),
        outcomes=outcomes,
        follow_up=follow_up,
        analyses=tuple(_filled(each, draft, variables) for each in draft.analyses),
        expectations=tuple(draft.expectations),
        pins=tuple(sorted(draft.pins.items())),
    )
    return with_ties(spec, catalogue)


def first_on_or_after(event: Series, start: Series) -> Series:
    """The first date on or after the start, of a date with many rows a person; of one value a person, itself."""
    rows = event.domain
    if rows is None:
        return event
    bare = lineage(rows)[-1]
    kept = nodes.Filter(rows, nodes.Compare(">=", move(event, rows, bare), start))
    return nodes.Aggregate("min", move(event, rows, kept))


def _follow_up(draft: Draft) -> FollowUp | None:
    follow = draft.follow
    if follow is None:
        return None
    start = follow.start if follow.start is not None else draft.index
    if start is None:
        tell([problem("S051", place=draft.places.get("/follow_up", ""))])
        return None
    until = tuple(Stop(name=name, on=first_on_or_after(on, start)) for name, on in follow.until)
    return FollowUp(start=start, until=until, counts_last_day=follow.counts_last_day, competing=tuple(follow.competing))


def _with_age_and_sex(draft: Draft, universe: Universe, start: Series | None) -> tuple[Variable, ...]:
    """The variables, with age and sex first where a table of everything is asked for."""
    added: list[Variable] = []
    taken = {variable.name for variable in draft.variables}
    if any(isinstance(each, TableOne) and not each.of for each in draft.analyses):
        born, sex = universe.column("born_on"), universe.column("sex")
        if born is not None and start is not None and AGE_AT_INDEX not in taken:
            age = nodes.DateDiff(start, born, "years")
            added.append(Variable(name=AGE_AT_INDEX, value=age, label="Age at index", unit="years"))
        if sex is not None and sex.type.kind is Kind.CATEGORY and SEX not in taken:
            added.append(Variable(name=SEX, value=sex, label="Sex"))
    return (*added, *draft.variables)


def _filled(analysis: Any, draft: Draft, variables: tuple[Variable, ...]) -> Any:
    """What depends on the whole study: all variables of a table, and the method of a curve."""
    if isinstance(analysis, TableOne) and not analysis.of:
        return replace(analysis, of=tuple(each.name for each in variables if each.name != analysis.by))
    if isinstance(analysis, Survival) and not analysis.method:
        competes = draft.follow is not None and bool(draft.follow.competing)
        return replace(analysis, method="aalen_johansen" if competes else "kaplan_meier")
    return analysis
