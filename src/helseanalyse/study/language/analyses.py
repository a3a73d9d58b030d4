"""The analyses that a study asks for, and the frozen specification."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any, cast

from helseanalyse.catalogue.model import Catalogue, Kind
from helseanalyse.catalogue.read import norway
from helseanalyse.study import nodes
from helseanalyse.study.check import check, need
from helseanalyse.study.language.build import date_from
from helseanalyse.study.language.dates import Date, Duration, whole_days
from helseanalyse.study.language.draft import Draft, Named, name_of, names_of, one_value, truth
from helseanalyse.study.language.freeze import freeze
from helseanalyse.study.language.registry import opened
from helseanalyse.study.language.trouble import fail, is_broken, study_place, tell
from helseanalyse.study.language.values import Number, Truth, node_of
from helseanalyse.study.lineage import walk
from helseanalyse.study.naming import table_of
from helseanalyse.study.node import Node
from helseanalyse.study.parts import parts
from helseanalyse.study.problem import Problem
from helseanalyse.study.specification import (
    Counts,
    Flow,
    Incidence,
    Intervals,
    Rates,
    Specification,
    Survival,
    TableOne,
    Trend,
)
from helseanalyse.study.universe import effective_residence, universe_of, value_type

TEN_YEARS = tuple(range(0, 100, 10))
FIVE_YEARS = tuple(range(0, 90, 5))
By = object


class Interval:
    """The interval of a trend: `interval.start` and `interval.end`, its first and last day."""

    @property
    def start(self) -> Date:
        """The first day of the interval."""
        return Date(nodes.Parameter("interval_start"))

    @property
    def end(self) -> Date:
        """The last day of the interval, itself counted."""
        return Date(nodes.Parameter("interval_end"))


interval = Interval()


class Analyses:
    """What a study wants to know; `Study` is built on this."""

    _draft: Draft

    def flow(self) -> None:
        """How many persons are left after each criterion."""
        self._add(Flow(id=self._id("flow")))

    def table_one(self, by: By = None, of: By = None) -> None:
        """The population described: variables as rows, a variable or fixed exposure as columns.

        of: which variables, in order; without it all of the study, with age and sex first.
        """
        names = names_of(of)
        column = None if by is None else name_of(by)
        if not is_broken(column):
            self._add(TableOne(id=self._id("table_one"), of=names, by=column))

    def counts(self, by: By) -> None:
        """Persons by every combination of the levels of some variables."""
        self._add(Counts(id=self._id("counts", names_of(by)), by=names_of(by)))

    def rates(
        self,
        outcome: Named | str,
        by: By = (),
        *,
        age_bands: Iterable[int] = (),
        standard: str | None = None,
        per: int = 1000,
        against: str | None = None,
    ) -> None:
        """Events, person-years and rates of an outcome, by variables, exposures, "age" (attained), "year", "sex".

        age_bands: lower bounds; ten-year bands where "age" is asked for without them, five-year bands with a
        standard. standard: "nordic-2000", "european-2013", "who-2000-2025" ... for directly standardised rates.
        against: the level that rate ratios compare with; without it the first.
        """
        names, which = names_of(by), name_of(outcome)
        if not is_broken(which):
            bands = _bands(age_bands, names, standard)
            found = Rates(
                id=self._id("rates", names), outcome=which, by=names, age_bands=bands, standard=standard, per=per,
                against=against,
            )  # fmt: skip
            self._add(found)

    def survival(
        self,
        outcome: Named | str,
        by: By = (),
        *,
        at: Iterable[Duration | int] | Duration | int = (),
        method: str | None = None,
        horizon: Duration | int | None = None,
    ) -> None:
        """Risk by time since the start: Aalen-Johansen where the follow-up names a competing event, else Kaplan-Meier.

        at: times at which the risk is tabulated, years(1) or days. horizon: the last day of the curve.
        """
        which = name_of(outcome)
        times: list[Duration | int] = [at] if isinstance(at, Duration | int) else list(at)
        days = [whole_days(each, "A time of the curve") for each in times]
        last = None if horizon is None else whole_days(horizon, "The horizon", 1)
        if not is_broken(which, last, *days):
            self._add(
                Survival(
                    id=self._id("survival", names_of(by)),
                    outcome=which,
                    method=method or "",
                    by=names_of(by),
                    at=tuple(sorted(set(days))),
                    horizon=last,
                )
            )

    def incidence(
        self,
        name: str,
        event: Date,
        *,
        washout: Duration | int,
        every: str = "year",
        first: date | str | None = None,
        last: date | str | None = None,
        by: By = (),
        age_bands: Iterable[int] = (),
        standard: str | None = None,
        per: int = 100_000,
    ) -> None:
        """New cases and rates by calendar time: an event with none of the same person in the washout days before."""
        every_interval = self._intervals(every, first, last)
        days = whole_days(washout, "The washout")
        node = node_of(event, "The event of an incidence", "a date")
        if is_broken(node, days, every_interval):
            return
        names = names_of(by)
        self._add(
            Incidence(
                id=self._id("incidence", names), name=name, event=node, every=every_interval, washout=days, by=names,
                age_bands=_bands(age_bands, names, standard), standard=standard, per=per,
            )
        )  # fmt: skip

    def trend(
        self,
        name: str,
        numerator: Truth | Number,
        denominator: Truth,
        *,
        every: str = "year",
        first: date | str | None = None,
        last: date | str | None = None,
        by: By = (),
        age_bands: Iterable[int] = (),
    ) -> None:
        """A measure by calendar interval: numerator over denominator, as if `interval.start` and `.end` were dates."""
        above, below = one_value(numerator, "The numerator"), truth(denominator, "The denominator")
        intervals = self._intervals(every, first, last)
        if is_broken(above, below, intervals):
            return
        if above.type.kind not in (Kind.BOOL, Kind.INT):
            kind = above.type
            fail("S030", what="The numerator", wanted_type="bool or int", name=repr(numerator), type=kind)
            return
        names = names_of(by)
        self._add(
            Trend(
                id=self._id("trend", names), name=name, numerator=above, denominator=below, every=intervals, by=names,
                age_bands=_bands(age_bands, names, None),
            )
        )  # fmt: skip

    def prevalence(
        self,
        name: str,
        cases: Truth,
        *,
        among: Truth | None = None,
        every: str = "year",
        first: date | str | None = None,
        last: date | str | None = None,
        by: By = (),
        age_bands: Iterable[int] = (),
    ) -> None:
        """The share with a condition by calendar time; among those resident on the first day of each interval."""
        self.trend(
            name, cases, among if among is not None else self._residents(),
            every=every, first=first, last=last, by=by, age_bands=age_bands,
        )  # fmt: skip

    def cox(self, *_: Any, **__: Any) -> None:
        """Not yet: told as such, so that the rest of the study can run."""
        fail("S028", name="`study.cox()`", instead="`study.rates()` and `study.survival()` compare groups already.",
             instead_nb="`study.rates()` og `study.survival()` sammenligner grupper allerede.")  # fmt: skip

    def specification(self) -> Specification:
        """The study as an immutable value, complete with tie-breakers. Raises StudyError with every mistake."""
        catalogue = self.catalogue
        spec = freeze(self._draft, catalogue)
        problems = self._checked(spec, catalogue)
        if problems:
            tell(problems)
        return spec

    def need(self) -> frozenset[str]:
        """Every variable that answering the study reads, tie-breakers and the universe's own included."""
        return need(self.specification(), self.catalogue)

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue that the study speaks of: the one given, or the one its rows were taken from."""
        return self._draft.catalogue if self._draft.catalogue is not None else _catalogue_of(self._draft)

    def _checked(self, spec: Specification, catalogue: Catalogue) -> list[Problem]:
        """The errors that only the whole study shows, each with the line of its part."""
        return [self._placed(each) for each in check(spec, catalogue) if each.is_error]

    def _placed(self, found: Problem) -> Problem:
        for path, place in self._draft.places.items():
            if found.path == path or found.path.startswith(f"{path}/"):
                return replace(found, place=place)
        return found

    def _residents(self) -> Truth:
        universe = universe_of(self.catalogue)
        if universe.residence is None:
            return cast("Truth", fail("S052"))
        periods = effective_residence(universe.person, universe.residence, universe.column("died_on") is not None)
        return Truth(nodes.Covers(periods, interval.start.node))

    def _intervals(self, unit: str, first: date | str | None, last: date | str | None) -> Any:
        begin = self._draft.start if first is None else date_from(first)
        end = self._draft.end if last is None else date_from(last)
        if is_broken(begin, end):
            return begin if is_broken(begin) else end
        if unit not in ("month", "quarter", "year"):
            return fail("S012", what="`every`", wanted='"month", "quarter" or "year"', got=repr(unit))
        return Intervals(first=begin, last=end, unit=unit)

    def _id(self, kind: str, by: Iterable[str] = ()) -> str:
        """The name of an analysis and of its tables: its kind and what it divides by, numbered where taken."""
        name = "_".join([kind, *(re.sub(r"\W+", "_", str(each).lower()).strip("_") for each in by)])
        taken = {each.id for each in self._draft.analyses}
        number = 1
        while (name if number == 1 else f"{name}_{number}") in taken:
            number += 1
        return name if number == 1 else f"{name}_{number}"

    def _add(self, analysis: Any) -> None:
        self._draft.places[f"/analyses/{len(self._draft.analyses)}"] = study_place()
        self._draft.analyses.append(analysis)


def _catalogue_of(draft: Draft) -> Catalogue:
    """The catalogue that rows were opened from; the Norwegian one where they came with the platform."""
    held = [*draft.criteria, *draft.variables, *draft.exposures, *draft.analyses]
    series = [draft.index, *(on for _, on in draft.outcomes)]
    if draft.follow is not None:
        series += [draft.follow.start, *(on for _, on in draft.follow.until)]
    found = [node for each in held for _, node in parts(each)] + [node for node in series if node is not None]
    read = list(walk(*found))
    shipped = norway()
    if all(_has(shipped, node) for node in read):
        return shipped  # also where a catalogue with registries of the same names was opened for another study
    for node in read:
        if isinstance(node, nodes.Table) and (catalogue := opened(node.registry)) is not None:
            return catalogue
    return shipped


def _has(catalogue: Catalogue, node: Node) -> bool:
    """Whether a catalogue has the table, or the column with this type; true of every other node."""
    table = node if isinstance(node, nodes.Table) else table_of(node.of) if isinstance(node, nodes.Column) else None
    if table is None:
        return True
    held = {(registry.name, each.name): each for registry in catalogue.registries for each in registry.tables}
    described = held.get((table.registry, table.name))
    if described is None or not isinstance(node, nodes.Column):
        return described is not None
    return described.has(node.name) and value_type(described.column(node.name)) == node.value_type


def _bands(given: Iterable[int], by: tuple[str, ...], standard: str | None) -> tuple[int, ...]:
    bands = tuple(given)
    if bands:
        return bands
    if "age" not in by:
        return ()
    return FIVE_YEARS if standard is not None else TEN_YEARS  # standard populations have groups of five years
