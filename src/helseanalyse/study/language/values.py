"""Values of the language: one for each row of a table, or one for each person; operators and methods by type.

A value holds no data. `==`, `<`, `&` and the like compare nothing: they write the comparison down.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar, cast

from helseanalyse.study import nodes
from helseanalyse.study.language.build import alike, as_float, constant, make, series
from helseanalyse.study.language.habits import Habits
from helseanalyse.study.language.trouble import BROKEN, fail, is_broken
from helseanalyse.study.naming import code_of
from helseanalyse.study.node import Node, Series
from helseanalyse.study.types import FLOAT, INT

Self = TypeVar("Self", bound="Value")
Plain = bool | int | float | str | date


class Value(Habits):
    """A value for each row or each person. `.is_null()` says whether it is unknown."""

    __slots__ = ("node",)

    def __init__(self, node: Series) -> None:
        self.node = node

    def is_null(self) -> Truth:
        """Whether the value is unknown; this itself is never unknown."""
        return make(Truth, nodes.IsNull, self.node)

    def if_null(self: Self, other: Self | Plain) -> Self:
        """The value, or another where it is unknown."""
        mine, instead = alike(self.node, series(other, self.node.type, self.node, "if_null"))
        return make(type(self), nodes.IfNull, mine, instead)

    def is_in(self, values: Iterable[Plain] | Value) -> Truth:
        """Whether the value is one of the stated ones, or among the values of another column of the same person.

        In nothing is false for all, also for unknown; else unknown is unknown.
        """
        if is_broken(values):
            return cast("Truth", BROKEN)
        if isinstance(values, Value):
            return make(Truth, nodes.InSet, self.node, values.node)
        if isinstance(values, str | bytes) or not isinstance(values, Iterable):
            return cast("Truth", fail("S012", what="What `.is_in()` looks into", wanted="a list", got=repr(values)))
        members = [constant(value, self.node.type, self.node, "is_in") for value in values]
        if is_broken(*members):
            return cast("Truth", BROKEN)
        mine: Any = self.node
        if any(member.type == FLOAT for member in members) and mine.type == INT:
            mine, members = as_float(mine), [as_float(member) for member in members]
        ordered = tuple(sorted(set(members), key=lambda member: member.value))
        return make(Truth, nodes.In, mine, ordered)

    def count_distinct(self) -> Number:
        """How many different known values a person has; 0 where there are none."""
        return make(Number, nodes.Aggregate, "count_distinct", self.node)

    def map(self, values: Mapping[Any, Any], default: Any = None) -> Any:
        """Another value for each stated one: `map({1: "a", 2: "b"}, default="z")`; unknown without a default."""
        from helseanalyse.study.language.cases import mapped

        return mapped(self, values, default)

    def _compared(self, other: object, test: str) -> Truth:
        left, right = alike(self.node, series(other, self.node.type, self.node, test))
        return make(Truth, nodes.Compare, test, left, right)

    def __eq__(self, other: object) -> Truth:  # type: ignore[override]
        return self._compared(other, "==")

    def __ne__(self, other: object) -> Truth:  # type: ignore[override]
        return self._compared(other, "!=")

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{self.node.type}: {code_of(self.node)}>"

    if not TYPE_CHECKING:  # told by the rules, with the types that do have an order

        def __lt__(self, other: object) -> Truth:
            return self._compared(other, "<")

        def __le__(self, other: object) -> Truth:
            return self._compared(other, "<=")

        def __gt__(self, other: object) -> Truth:
            return self._compared(other, ">")

        def __ge__(self, other: object) -> Truth:
            return self._compared(other, ">=")


class Truth(Value):
    """True, false or unknown. Join with `&` (and) and `|` (or), turn with `~` (not)."""

    __slots__ = ()

    def _joined(self, kind: type[nodes.And] | type[nodes.Or], sign: str, other: object) -> Truth:
        if isinstance(other, bool):
            other = Truth(constant(other, self.node.type))
        if not isinstance(other, Truth):
            if is_broken(other):
                return cast("Truth", BROKEN)
            if isinstance(other, Value):
                return cast("Truth", fail("S003", sign=sign, name=code_of(other.node), type=other.node.type))
            return cast("Truth", fail("S003", sign=sign, name=f"`{other!r}`", type=type(other).__name__))
        # (a & b) & c and a & (b & c) say the same, so they are written in the same way.
        parts: list[Series] = []
        for node in (self.node, other.node):
            parts.extend(node.parts if isinstance(node, kind) else [node])
        return make(Truth, kind, tuple(parts))

    def __and__(self, other: Truth | bool) -> Truth:
        return self._joined(nodes.And, "&", other)

    def __rand__(self, other: bool) -> Truth:
        return self._joined(nodes.And, "&", other)

    def __or__(self, other: Truth | bool) -> Truth:
        return self._joined(nodes.Or, "|", other)

    def __ror__(self, other: bool) -> Truth:
        return self._joined(nodes.Or, "|", other)

    def __invert__(self) -> Truth:
        return make(Truth, nodes.Not, self.node)

    def any(self) -> Truth:
        """Whether it is true on some row of the person; false without rows."""
        return make(Truth, nodes.Aggregate, "any", self.node)

    def all(self) -> Truth:
        """Whether it is true on every row of the person; true without rows."""
        return make(Truth, nodes.Aggregate, "all", self.node)

    def to_int(self) -> Number:
        """1 for true, 0 for false."""
        return make(Number, nodes.Cast, self.node, "int")


class Ordered(Value):
    """A value that can be smaller or larger: a number, a date, a text."""

    __slots__ = ()

    def __lt__(self: Self, other: Self | Plain) -> Truth:
        return self._compared(other, "<")

    def __le__(self: Self, other: Self | Plain) -> Truth:
        return self._compared(other, "<=")

    def __gt__(self: Self, other: Self | Plain) -> Truth:
        return self._compared(other, ">")

    def __ge__(self: Self, other: Self | Plain) -> Truth:
        return self._compared(other, ">=")

    def between(self, low: Ordered | Plain, high: Ordered | Plain) -> Truth:
        """Whether it lies between two values, both counted."""
        return self._inside(low, high, ">=", "<=")

    def is_strictly_between(self, low: Ordered | Plain, high: Ordered | Plain) -> Truth:
        """Whether it lies between two values, neither counted."""
        return self._inside(low, high, ">", "<")

    def _inside(self, low: object, high: object, above: str, below: str) -> Truth:
        left, right = self._compared(low, above), self._compared(high, below)
        if is_broken(left, right):
            return cast("Truth", BROKEN)
        ends = [side.node.right for side in (left, right) if isinstance(side.node, nodes.Compare)]
        if all(isinstance(end, nodes.Constant) for end in ends):
            first, last = (end.value for end in ends if isinstance(end, nodes.Constant))
            if first is not None and last is not None and last < first:  # type: ignore[operator]
                return cast("Truth", fail("S023", low=first, high=last))
        return left & right

    def min(self: Self) -> Self:
        """The smallest known value of the person's rows; unknown where there is none."""
        return make(type(self), nodes.Aggregate, "min", self.node)

    def max(self: Self) -> Self:
        """The largest known value of the person's rows; unknown where there is none."""
        return make(type(self), nodes.Aggregate, "max", self.node)


class Number(Ordered):
    """A whole number or a float. `/` gives a float; `//` floors; what is not finite is unknown."""

    __slots__ = ()

    def _with(self, sign: str, other: object, turned: bool = False) -> Number:
        left, right = self.node, series(other, self.node.type, self.node, sign)
        if turned:
            left, right = right, left
        if sign not in ("/", "**"):
            left, right = alike(left, right)
        return make(Number, nodes.Arithmetic, sign, left, right)

    def __add__(self, other: Number | float) -> Number:
        return self._with("+", other)

    def __radd__(self, other: float) -> Number:
        return self._with("+", other, turned=True)

    def __sub__(self, other: Number | float) -> Number:
        return self._with("-", other)

    def __rsub__(self, other: float) -> Number:
        return self._with("-", other, turned=True)

    def __mul__(self, other: Number | float) -> Number:
        return self._with("*", other)

    def __rmul__(self, other: float) -> Number:
        return self._with("*", other, turned=True)

    def __truediv__(self, other: Number | float) -> Number:
        return self._with("/", other)

    def __rtruediv__(self, other: float) -> Number:
        return self._with("/", other, turned=True)

    def __floordiv__(self, other: Number | float) -> Number:
        return self._with("//", other)

    def __rfloordiv__(self, other: float) -> Number:
        return self._with("//", other, turned=True)

    def __mod__(self, other: Number | float) -> Number:
        return self._with("%", other)

    def __rmod__(self, other: float) -> Number:
        return self._with("%", other, turned=True)

    def __pow__(self, other: Number | float) -> Number:
        return self._with("**", other)

    def __rpow__(self, other: float) -> Number:
        return self._with("**", other, turned=True)

    def __neg__(self) -> Number:
        return make(Number, nodes.Negate, self.node)

    def sum(self) -> Number:
        """The sum over the person's rows, unknown ones passed over; unknown with nothing to add."""
        return make(Number, nodes.Aggregate, "sum", self.node)

    def mean(self) -> Number:
        """The mean over the person's rows, unknown ones passed over; always a float."""
        return make(Number, nodes.Aggregate, "mean", self.node)

    def to_int(self) -> Number:
        """The whole number towards zero: 3.9 gives 3, -3.9 gives -3."""
        return make(Number, nodes.Cast, self.node, "int") if self.node.type != INT else self

    def to_float(self) -> Number:
        """The same number as a float."""
        return make(Number, nodes.Cast, self.node, "float") if self.node.type != FLOAT else self

    def round(self) -> Number:
        """The nearest whole number, halves away from zero: 2.5 gives 3, -2.5 gives -3."""
        return make(Number, nodes.Round, self.node)


class Text(Ordered):
    """A text."""

    __slots__ = ()

    def contains(self, text: Text | str) -> Truth:
        """Whether the text holds another, to the letter: capitals count, and % and _ are letters."""
        return make(Truth, nodes.Contains, self.node, series(text, self.node.type, self.node, "contains"))


class Category(Value):
    """One of a few named levels. Compare with the name of a level: `population.sex == "female"`."""

    __slots__ = ()

    @property
    def levels(self) -> tuple[str, ...]:
        """The names of the levels, in order."""
        return self.node.type.levels


def node_of(value: object, what: str, wanted: str = "a column") -> Any:
    """The node of a value that was given; told where something else was."""
    if is_broken(value):
        return BROKEN
    if isinstance(value, Value):
        return value.node
    node = getattr(value, "node", None)
    got = f"the rows {code_of(node)}" if isinstance(node, Node) else repr(value)
    return fail("S012", what=what, wanted=wanted, got=got)


class Relative(Value):
    """Another person, such as the mother: the only way from one person to another."""

    __slots__ = ()

    def of(self, value: Self) -> Self:
        """The value of that person: `population.mother.of(population.born_on)`; unknown where nobody is known."""
        return make(type(value), nodes.Related, self.node, node_of(value, "What is asked of another person", "a value"))
