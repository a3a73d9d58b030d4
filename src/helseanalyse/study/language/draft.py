"""What a study says so far: the parts in the order in which they were said, before the study is frozen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from helseanalyse.catalogue.model import Catalogue
from helseanalyse.study.language.trouble import fail, is_broken
from helseanalyse.study.language.values import Value
from helseanalyse.study.node import Series
from helseanalyse.study.problem import Problem
from helseanalyse.study.rules import one_a_person, truth_a_person
from helseanalyse.study.specification import Changing, Criterion, Expectation, Variable

BUILT_IN = ("sex", "age", "year")  # dimensions that every study has


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """A variable, exposure or outcome of a study by its name, for `by=` and the like; `value` is what it says."""

    name: str
    value: Any = None

    def __str__(self) -> str:
        return self.name


@dataclass(slots=True)
class Follow:
    """Follow-up as it was said."""

    until: list[tuple[str, Series]]
    competing: list[str]
    counts_last_day: bool
    start: Series | None


@dataclass(slots=True)
class Draft:
    """The parts of a study that is being written."""

    title: str
    start: date
    end: date
    purpose: str
    rationale: str
    catalogue: Catalogue | None
    index: Series | None = None
    criteria: list[Criterion] = field(default_factory=list)
    variables: list[Variable] = field(default_factory=list)
    exposures: list[Changing] = field(default_factory=list)
    outcomes: list[tuple[str, Series]] = field(default_factory=list)
    follow: Follow | None = None
    analyses: list[Any] = field(default_factory=list)
    expectations: list[Expectation] = field(default_factory=list)
    pins: dict[str, int] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)  # part -> file and line, for messages

    def names(self) -> list[str]:
        """The names of variables, exposures and outcomes, in the order of the study."""
        named: list[Any] = [*self.variables, *self.exposures]
        return [each.name for each in named] + [name for name, _ in self.outcomes]

    def free(self, name: str) -> bool:
        """Whether a name is free for a variable, exposure or outcome; told where it is not."""
        if name in BUILT_IN:
            fail("S037", name=f'"{name}"')
            return False
        if name in self.names():
            fail("S025", things="variables, exposures or outcomes", name=f'"{name}"')
            return False
        return True


def truth(value: object, what: str) -> Any:
    """The node of one truth value a person, told where it is something else."""
    return _of_person(value, what, truth_a_person)


def one_value(value: object, what: str) -> Any:
    """The node of one value a person, told where it is something else."""
    return _of_person(value, what, one_a_person)


def _of_person(value: object, what: str, rule: Any) -> Any:
    from helseanalyse.study.language.trouble import tell

    if is_broken(value):
        return value
    if not isinstance(value, Value):
        got = "rows" if hasattr(value, "node") else repr(value)
        return fail("S012", what=what, wanted="a value for each person", got=got)
    problems: Iterable[Problem] = list(rule(value.node, what))
    return tell(problems) if problems else value.node


def name_of(by: object) -> Any:
    """The name of a variable, exposure or outcome given as a name or as what the study returned for it."""
    if isinstance(by, Named):
        return by.name
    if isinstance(by, str) or is_broken(by):
        return by
    return fail("S012", what="A name", wanted="a text, or what study.variable() and the like gave back", got=repr(by))


def names_of(by: object) -> tuple[str, ...]:
    """Names from one or several; a broken one is left out, since it has been told."""
    given: Iterable[object] = by if isinstance(by, list | tuple) else (() if by is None else (by,))
    return tuple(name for name in (name_of(each) for each in given) if not is_broken(name))
