"""How the parts of a study fit together: names, criteria, variables, exposures, outcomes and follow-up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from helseanalyse.catalogue.model import Kind
from helseanalyse.study.naming import code_of
from helseanalyse.study.node import Series
from helseanalyse.study.problem import Problem, problem
from helseanalyse.study.rules import expect, one_a_person, periods, truth_a_person
from helseanalyse.study.specification import Changing, FollowUp, Specification, Variable

RESERVED = ("age", "year")  # dimensions of person-time that no variable may be called
LONGEST_NAME = 200  # characters, of a title or a name


def protocol_problems(spec: Specification) -> Iterator[Problem]:
    """What is wrong with the parts of a study, apart from its analyses."""
    if spec.end < spec.start:
        yield problem("S023", path="/start", low=str(spec.start), high=str(spec.end))
    if not spec.title.strip():
        yield problem("S069", path="/title", what="The study", what_nb="Studien")
    yield from _names(spec)
    if spec.index is not None:
        yield from _at("/index", _date(spec.index, "The index date"))
    for at, criterion in enumerate(spec.criteria):
        yield from _at(f"/criteria/{at}", truth_a_person(criterion.holds, f'The criterion "{criterion.name}"'))
    for at, variable in enumerate(spec.variables):
        yield from _at(f"/variables/{at}", _variable(variable))
    for at, exposure in enumerate(spec.exposures):
        yield from _at(f"/exposures/{at}", _exposure(exposure))
    for at, outcome in enumerate(spec.outcomes):
        yield from _at(f"/outcomes/{at}", _date(outcome.on, f'The outcome "{outcome.name}"'))
    if spec.follow_up is not None:
        yield from _follow_up(spec.follow_up)


def _at(path: str, problems: Iterable[Problem]) -> Iterator[Problem]:
    return (replace(each, path=path) for each in problems)


def _date(value: Series, what: str) -> Iterator[Problem]:
    yield from one_a_person(value, what)
    yield from expect(value, what, Kind.DATE)


def _names(spec: Specification) -> Iterator[Problem]:
    groups = {
        "criteria": [each.name for each in spec.criteria],
        "variables, exposures and outcomes": spec.names,
        "analyses": [each.id for each in spec.analyses],
        "expectations": [each.name for each in spec.expectations],
        "pins": [name for name, _ in spec.pins],
    }  # fmt: skip
    for things, names in groups.items():
        for name, times in Counter(names).items():
            if times > 1:
                yield problem("S025", path="/" + things.split(",")[0], things=things, name=f'"{name}"')
        for name in names:
            if not name.strip() or len(name) > LONGEST_NAME:
                what = f"One of the {things}"
                yield problem("S069", path="/" + things.split(",")[0], what=what, what_nb=f"En av {things}")
    for name in groups["variables, exposures and outcomes"]:
        if name in RESERVED:
            yield problem("S037", path="/variables", name=f'"{name}"')


def _variable(variable: Variable) -> Iterator[Problem]:
    what = f'The variable "{variable.name}"'
    yield from one_a_person(variable.value, what)
    kind = variable.value.type.kind
    if kind in (Kind.CODES, Kind.PERSON):
        yield problem("S070", what=what, name=code_of(variable.value), type=str(variable.value.type))
    if variable.bands:
        yield from bands_problems(variable.bands, f'The bounds of "{variable.name}"')
        if kind not in (Kind.INT, Kind.FLOAT):
            yield problem("S071", what=what, type=str(variable.value.type))
    if not variable.round_to > 0:
        yield problem("S012", what="`round_to`", wanted="above 0", got=str(variable.round_to))


def bands_problems(bands: tuple[int, ...], what: str) -> Iterator[Problem]:
    """S072 where lower bounds do not rise."""
    if list(bands) != sorted(set(bands)):
        yield problem("S072", what=what, bands=", ".join(str(band) for band in bands))


def _exposure(exposure: Changing) -> Iterator[Problem]:
    yield from periods(exposure.periods, f'The exposure "{exposure.name}"')
    if exposure.off == exposure.on:
        yield problem("S025", things=f'levels of "{exposure.name}"', name=f'"{exposure.on}"')


def _follow_up(follow_up: FollowUp) -> Iterator[Problem]:
    yield from _at("/follow_up/start", _date(follow_up.start, "The start of follow-up"))
    for at, stop in enumerate(follow_up.until):
        yield from _at(f"/follow_up/until/{at}", _date(stop.on, f'The reason to stop "{stop.name}"'))
    names = [stop.name for stop in follow_up.until]
    for name, times in Counter(names).items():
        if times > 1:
            yield problem("S025", path="/follow_up/until", things="reasons to stop", name=f'"{name}"')
    for name in follow_up.competing:
        if name not in names:
            listed = ", ".join(f'"{each}"' for each in names)
            yield problem("S050", path="/follow_up/competing", name=f'"{name}"', nearest=listed)
