"""Values that depend on conditions, and the least or greatest of several."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from helseanalyse.catalogue.model import Kind
from helseanalyse.study import nodes
from helseanalyse.study.language.build import alike, as_float, constant, make, plain
from helseanalyse.study.language.trouble import BROKEN, fail, is_broken
from helseanalyse.study.language.values import Truth, Value
from helseanalyse.study.language.wrap import CLASS_OF
from helseanalyse.study.node import Series
from helseanalyse.study.types import FLOAT, INT, TEXT, ValueType

AnyValue = TypeVar("AnyValue", bound=Value)


@dataclass(frozen=True, slots=True)
class Branch:
    """A condition and the value where it is true."""

    condition: Truth
    value: Any


@dataclass(frozen=True, slots=True)
class When:
    """A condition that waits for its value."""

    condition: Truth

    def then(self, value: Any) -> Branch:
        """The value where the condition is true; None for unknown."""
        return Branch(self.condition, value)


def when(condition: Truth) -> When:
    """A branch of `case`: `when(age < 40).then("young")`."""
    return When(condition)


def case(*branches: Branch | Any, otherwise: Any = None) -> Any:
    """The value of the first branch whose condition is true; unknown counts as not true.

    Without `otherwise` the rest is unknown. Texts become the levels of a category, in the order written.
    """
    if not branches:
        return fail("S012", what="case()", wanted="given at least one when(...).then(...)", got="nothing")
    if not all(isinstance(branch, Branch) or is_broken(branch) for branch in branches):
        return fail("S012", what="A branch of case()", wanted="when(...).then(...)", got="something else")
    if is_broken(*branches) or is_broken(*(b.condition for b in branches), *(b.value for b in branches), otherwise):
        return BROKEN
    conditions = [_condition(branch.condition) for branch in branches]
    values, other, kind = _in_one_type([branch.value for branch in branches], otherwise)
    if is_broken(*conditions, *values, other):
        return BROKEN
    return make(CLASS_OF[kind.kind], nodes.Case, tuple(conditions), tuple(values), other, kind)


def _condition(value: object) -> Any:
    if isinstance(value, Value):
        return value.node
    return fail("S012", what="A condition of case()", wanted="a comparison of columns", got=repr(value))


def _in_one_type(values: list[Any], otherwise: Any) -> tuple[list[Any], Any, ValueType]:
    """The branches as nodes of one type: the type of the first value that is known, floats over whole numbers."""
    stated = [*values, otherwise]
    made: list[Any] = [
        value.node if isinstance(value, Value) else None if value is None else plain(value) for value in stated
    ]
    if is_broken(*made):
        return [BROKEN], BROKEN, TEXT
    known = [node for node in made if node is not None]
    if not known:
        told = fail("S012", what="A value of case()", wanted="known in at least one branch", got="None in all")
        return [told], told, TEXT
    kind: ValueType = known[0].type
    if any(node.type == FLOAT for node in known) and any(node.type == INT for node in known):
        made, kind = [as_float(node) if node is not None else None for node in made], FLOAT
    elif all(isinstance(node, nodes.Constant) and node.type == TEXT for node in known):
        kind = ValueType(Kind.CATEGORY, levels=tuple(dict.fromkeys(str(node.value) for node in known)))
        made = [nodes.Constant(node.value, kind) if node is not None else None for node in made]
    elif kind.kind is Kind.CATEGORY or any(node.type.kind is Kind.CATEGORY for node in known):
        kind, made = _joint_levels(made, known)
    *branches, last = made
    unknown = nodes.Constant(None, kind)
    return [node if node is not None else unknown for node in branches], last, kind


def _joint_levels(made: list[Any], known: list[Series]) -> tuple[ValueType, list[Any]]:
    levels: list[str] = []
    for node in known:
        stated = [str(node.value)] if isinstance(node, nodes.Constant) else []
        levels.extend(node.type.levels or stated)
    kind = ValueType(Kind.CATEGORY, levels=tuple(dict.fromkeys(levels)))
    new = [
        nodes.Constant(node.value, kind) if isinstance(node, nodes.Constant) and node.type == TEXT else node
        for node in made
    ]
    return kind, new


def mapped(value: Value, values: object, default: Any) -> Any:
    """`value.map(...)`: one branch for each stated value."""
    if not isinstance(values, Mapping) or not values:
        return fail("S012", what="map()", wanted='given a dictionary such as {1: "a"}', got=repr(values))
    return case(*(when(value == key).then(then) for key, then in values.items()), otherwise=default)


def min_of(first: AnyValue, *others: Any) -> AnyValue:
    """The least of several values, unknown ones passed over; unknown only if all are."""
    return _extreme("least", first, others)


def max_of(first: AnyValue, *others: Any) -> AnyValue:
    """The greatest of several values, unknown ones passed over; unknown only if all are."""
    return _extreme("greatest", first, others)


def _extreme(which: str, first: AnyValue, others: tuple[Any, ...]) -> AnyValue:
    given: list[object] = [first, *others]
    if is_broken(*given):
        return cast("AnyValue", BROKEN)
    lead = next((value for value in given if isinstance(value, Value)), None)
    if lead is None:
        return cast("AnyValue", fail("S012", what="min_of() and max_of()", wanted="given a column", got="constants"))
    parts = [value.node if isinstance(value, Value) else constant(value, lead.node.type, lead.node) for value in given]
    if is_broken(*parts):
        return cast("AnyValue", BROKEN)
    for at in range(len(parts)):
        parts[0], parts[at] = alike(parts[0], parts[at]) if at else (parts[0], parts[0])
    if parts[0].type == FLOAT:
        parts = [as_float(part) for part in parts]
    return cast("AnyValue", make(type(lead), nodes.Extreme, which, tuple(parts)))
