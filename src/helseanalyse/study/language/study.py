"""The builder of a study: index date, criteria, variables, exposure, outcome, follow-up, analyses, in plain order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, cast

from helseanalyse.catalogue.model import Catalogue, Kind
from helseanalyse.study import nodes
from helseanalyse.study.language.analyses import Analyses
from helseanalyse.study.language.build import date_from, make, series, text_from
from helseanalyse.study.language.comorbidity import Comorbidities
from helseanalyse.study.language.dates import Date, Duration, whole_days
from helseanalyse.study.language.draft import Draft, Follow, Named, name_of, one_value, truth
from helseanalyse.study.language.made import MadePerson, expectation
from helseanalyse.study.language.registry import Registries
from helseanalyse.study.language.spells import PeriodRows
from helseanalyse.study.language.trouble import BROKEN, fail, is_broken, study_place
from helseanalyse.study.language.values import Truth, Value
from helseanalyse.study.naming import code_of
from helseanalyse.study.node import Series
from helseanalyse.study.specification import Changing, Criterion, Variable
from helseanalyse.study.types import DATE, INT, ValueType


class Study(Comorbidities, Analyses):
    """A study: the question, which is also its protocol.

    start, end: the first and last day of the study period, both counted. purpose, rationale: for the report and
    the application. catalogue: other registries than the Norwegian ones that come with the platform.

    >>> study = Study("Everyone", start="2020-01-01", end="2020-12-31")
    >>> study.flow()
    >>> study.specification().title
    'Everyone'
    """

    def __init__(
        self,
        title: str,
        *,
        start: date | str,
        end: date | str,
        purpose: str = "",
        rationale: str = "",
        catalogue: Registries | Catalogue | None = None,
    ) -> None:
        first, last = date_from(start), date_from(end)
        if is_broken(first, last):
            first = last = date.min
        if last < first:
            fail("S023", low=first, high=last)
        own = catalogue.catalogue if isinstance(catalogue, Registries) else catalogue
        self._draft = Draft(text_from(title), first, last, text_from(purpose), text_from(rationale), own)
        self._draft.places["title"] = study_place()

    def __repr__(self) -> str:
        draft = self._draft
        parts = f"{len(draft.criteria)} criteria, {len(draft.variables)} variables, {len(draft.analyses)} analyses"
        return f"<study {draft.title!r}: {draft.start} to {draft.end}, {parts}>"

    @property
    def start(self) -> Date:
        """The first day of the study period."""
        return Date(nodes.Constant(self._draft.start, DATE))

    @property
    def end(self) -> Date:
        """The last day of the study period, itself counted."""
        return Date(nodes.Constant(self._draft.end, DATE))

    def index(self, day: Date) -> Date:
        """The index date, day 0: persons without one in the study period are not in the study. Gives it back."""
        node = one_value(day, "The index date")
        if not is_broken(node):
            if node.type.kind is not Kind.DATE:
                fail("S030", what="The index date", wanted_type="date", name=repr(day), type=node.type)
            self._draft.index = node
            self._draft.places["index"] = study_place()
        return day

    def require(self, name: str, condition: Truth) -> None:
        """An inclusion criterion: keeps the persons for whom it is true; unknown is out."""
        self._criterion(name, "require", condition)

    def exclude(self, name: str, condition: Truth) -> None:
        """An exclusion criterion: drops the persons for whom it is true; unknown stays."""
        self._criterion(name, "exclude", condition)

    def _criterion(self, name: str, kind: str, condition: Truth) -> None:
        name = text_from(name)
        node = truth(condition, f'The criterion "{name}"')
        if any(criterion.name == name for criterion in self._draft.criteria):
            fail("S025", things="criteria", name=f'"{name}"')
            return
        if not is_broken(node):
            self._draft.places[f"/criteria/{len(self._draft.criteria)}"] = study_place()
            self._draft.criteria.append(Criterion(name=name, kind=kind, holds=node))

    def variable(
        self,
        name: str,
        value: Value,
        *,
        label: str = "",
        unit: str = "",
        bands: Iterable[int] = (),
        round_to: float = 1.0,
    ) -> Named:
        """A baseline variable: one value a person. bands: lower bounds that cut a number into groups for tables."""
        name = text_from(name)
        node = one_value(value, f'The variable "{name}"')
        if is_broken(node) or not self._draft.free(name):
            return cast("Named", BROKEN)
        if node.type.kind is Kind.CODES:
            wanted = "true or false: .within(codes), or .exactly(codes)"
            return cast("Named", fail("S012", what=f'The variable "{name}"', wanted=wanted, got="a set of codes"))
        self._draft.places[f"/variables/{len(self._draft.variables)}"] = study_place()
        self._draft.variables.append(
            Variable(
                name=name, value=node, label=text_from(label), unit=text_from(unit), bands=tuple(bands),
                round_to=float(round_to),
            )
        )  # fmt: skip
        return Named(name, value)

    def exposure(
        self,
        name: str,
        levels: Mapping[str, Truth] | None = None,
        *,
        since: Date | None = None,
        periods: PeriodRows[Any, Any] | None = None,
        off: str = "off",
        on: str = "on",
        lag: Duration | int = 1,
    ) -> Named:
        """An exposure, in one of three ways.

        levels: fixed at the index date, `{"SGLT2": truth, "DPP-4": truth}`; the first that is true counts, and a
        person for whom none is has an unknown exposure. since: changes once, from `off` to `on`, `lag` days after
        the date (1: an event on the day itself belongs to `off`). periods: `on` while they cover the day.
        """
        name = text_from(name, "The name of an exposure")
        given = [each is not None for each in (levels, since, periods)]
        if sum(given) != 1:
            return cast("Named", fail("S012", what=f'The exposure "{name}"', wanted="given in one way: levels, since= "
                                      "or periods=", got=f"{sum(given)} of them"))  # fmt: skip
        if not self._draft.free(name):
            return cast("Named", BROKEN)
        if levels is not None:
            stated: object = levels
            if not isinstance(stated, Mapping) or not stated:
                wanted = 'a dictionary, such as {"treated": condition}'
                return cast("Named", fail("S012", what=f'The levels of "{name}"', wanted=wanted, got=repr(stated)))
            return self._fixed(name, levels)
        rows = self._since(since, lag) if since is not None else getattr(periods, "node", BROKEN)
        if is_broken(rows):
            return cast("Named", BROKEN)
        if getattr(rows, "grain", None) is None or rows.grain.value != "period":
            return cast("Named", fail("S012", what=f'The exposure "{name}"', wanted="periods", got=repr(periods)))
        self._draft.places[f"/exposures/{len(self._draft.exposures)}"] = study_place()
        self._draft.exposures.append(Changing(name=name, periods=rows, off=text_from(off), on=text_from(on)))
        return Named(name, periods)

    def _fixed(self, name: str, levels: Mapping[str, Truth]) -> Named:
        conditions = [truth(condition, f'The level "{level}" of "{name}"') for level, condition in levels.items()]
        if is_broken(*conditions):
            return cast("Named", BROKEN)
        kind = ValueType(Kind.CATEGORY, levels=tuple(text_from(level) for level in levels))
        values = tuple(nodes.Constant(level, kind) for level in kind.levels)
        value = make(Value, nodes.Case, tuple(conditions), values, None, kind)
        if is_broken(value):
            return cast("Named", BROKEN)
        self._draft.places[f"/variables/{len(self._draft.variables)}"] = study_place()
        self._draft.variables.append(Variable(name=name, value=value.node))
        return Named(name, value)

    def _since(self, since: Date, lag: Duration | int) -> nodes.Rows:
        wait = whole_days(lag, "lag")
        node = one_value(since, "The date of a change of exposure")
        if is_broken(node, wait):
            return cast("nodes.Rows", BROKEN)
        start = nodes.DateAdd(node, nodes.Constant(wait, INT), "days") if wait else node
        return nodes.Spans(start, nodes.Constant(None, DATE))

    def outcome(self, name: str, on: Date) -> Named:
        """An event to count, on its date. A date with many rows a person means the first on or after the start."""
        name = text_from(name)
        if is_broken(on) or not self._draft.free(name):
            return cast("Named", BROKEN)
        node = _date_of(on, f'The outcome "{name}"')
        if is_broken(node):
            return cast("Named", BROKEN)
        self._draft.places[f"/outcomes/{len(self._draft.outcomes)}"] = study_place()
        self._draft.outcomes.append((name, node))
        return Named(name, on)

    def follow(
        self,
        until: Iterable[Date] | Mapping[str, Date],
        *,
        competing: object = (),
        counts_last_day: bool = True,
        start: Date | date | str | None = None,
    ) -> None:
        """Follow-up: from the index date (or `start`) to the first reason to stop.

        until: dates; one with many rows a person, such as emigration, means the first on or after the start. On
        one day the earlier in the list wins. competing: those of them that make the outcome impossible (death).
        counts_last_day: whether the last day is itself a day at risk.
        """
        given: object = until
        if not isinstance(given, Iterable) or isinstance(given, str):
            fail("S012", what="`until`", wanted="a list of dates", got=repr(given))
            return
        named = until.items() if isinstance(until, Mapping) else [(None, each) for each in until]
        stops: list[tuple[str, Series]] = []
        for name, each in named:
            node = _date_of(each, "A reason to stop")
            if not is_broken(node):
                stops.append((text_from(name) if name else self._stop_name(node, len(stops) + 1), node))
        begin = None if start is None else series(start, DATE)
        if is_broken(begin):
            return
        self._draft.follow = Follow(stops, _competing(competing, stops), counts_last_day, begin)
        self._draft.places["/follow_up"] = study_place()

    def _stop_name(self, node: Series, number: int) -> str:
        if isinstance(node, nodes.Constant):
            return "end of study" if node.value == self._draft.end else str(node.value)
        if isinstance(node, nodes.Column):
            return node.name.removesuffix("_on").replace("_", " ")
        return f"reason {number}"

    def expects(
        self, person: MadePerson, included: bool = True, values: Mapping[str, object] | None = None, **named: object
    ) -> None:
        """What must come out for a made-up person: included or not, and values of variables by name."""
        made = expectation(person, included, {**(values or {}), **named}, self._draft)
        if not is_broken(made):
            self._draft.places[f"/expectations/{len(self._draft.expectations)}"] = study_place()
            self._draft.expectations.append(made)

    def pin(self, **versions: int) -> None:
        """The versions of registries that the study wants: `pin(npr=3)`. Others take the newest."""
        for name, version in versions.items():
            given: object = version
            if isinstance(given, bool) or not isinstance(given, int) or given < 1:
                fail("S012", what=f"The version of {name}", wanted="a whole number from 1", got=repr(version))
                continue
            self._draft.pins[name] = version


def _date_of(value: object, what: str) -> Series:
    if is_broken(value):
        return cast("Series", BROKEN)
    if isinstance(value, str | date):
        return cast("Series", series(value, DATE))
    if not isinstance(value, Date):
        return cast("Series", fail("S012", what=what, wanted="a date", got=repr(value)))
    return value.node


def _competing(given: object, stops: list[tuple[str, Series]]) -> list[str]:
    found: list[str] = []
    for each in given if isinstance(given, list | tuple | set) else [given]:
        if isinstance(each, Date):
            names = [name for name, node in stops if node == each.node]
            if not names:
                fail("S050", name=code_of(each.node), nearest=", ".join(f'"{name}"' for name, _ in stops))
            found.extend(names)
        else:
            name = name_of(each)
            if not is_broken(name):
                found.append(name)
    return found
