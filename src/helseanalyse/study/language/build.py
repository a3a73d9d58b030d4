"""From Python values to nodes: constants in the right type, casts that are written down, rules asked at each step."""

from __future__ import annotations

import math
import unicodedata
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

from helseanalyse.catalogue.model import Kind
from helseanalyse.study import nodes
from helseanalyse.study.language.trouble import BROKEN, fail, is_broken, tell
from helseanalyse.study.naming import code_of
from helseanalyse.study.node import Node, Scalar, Series
from helseanalyse.study.rules import problems_of
from helseanalyse.study.types import BOOL, DATE, FLOAT, INT, TEXT, ValueType

INT_LIMIT = 2**63


class HasNode(Protocol):
    """A friendly object with its node inside."""

    @property
    def node(self) -> Node: ...


Made = TypeVar("Made")


def make(into: type[Made], kind: type[Node], *operands: Any) -> Made:
    """A friendly object round a new node, after the rules have been asked; BROKEN where an operand is."""
    if is_broken(*operands):
        return BROKEN  # type: ignore[no-any-return]
    for operand in operands:
        if isinstance(operand, tuple) and is_broken(*operand):
            return BROKEN  # type: ignore[no-any-return]
    node = kind(*operands)
    problems = problems_of(node)
    if problems:
        return tell(problems)  # type: ignore[no-any-return]
    return into(node)  # type: ignore[call-arg]


def date_from(value: object) -> Any:
    """A day from an ISO text or a `datetime.date`; anything else is told as S011."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str):
        try:
            if len(value) == 10:
                return date.fromisoformat(value)
        except ValueError:
            pass
    return fail("S011", text=repr(value))


def text_from(value: str, what: str = "A name") -> str:
    """A text in the one normal form (NFC), so that equal texts are equal bytes; told where it is no text."""
    given: object = value
    if not isinstance(given, str):
        return str(fail("S012", what=what, wanted="a text", got=repr(given)))
    return unicodedata.normalize("NFC", given)


def type_of_constant(value: object) -> ValueType | None:
    """The type of a Python value; None for what the language has no type for."""
    if isinstance(value, bool):
        return BOOL
    if isinstance(value, int):
        return INT
    if isinstance(value, float):
        return FLOAT
    if isinstance(value, str):
        return TEXT
    if isinstance(value, date) and not isinstance(value, datetime):
        return DATE
    return None


def constant(value: object, like: ValueType, beside: Series | None = None, sign: str = "==") -> Any:
    """A constant that can stand beside a value of type `like`, or what was wrong told.

    An ISO text becomes a date beside a date; a whole number becomes a float beside a float.
    """
    if value is None:
        return fail("S002", name=code_of(beside) if beside is not None else "A value")
    if like.kind is Kind.DATE:
        day = date_from(value)
        return BROKEN if is_broken(day) else nodes.Constant(day, DATE)
    if like.kind is Kind.CATEGORY and isinstance(value, str):
        return _level(text_from(value), like, beside)
    own = type_of_constant(value)
    if like.kind is Kind.FLOAT and own == INT:
        return nodes.Constant(float(value), FLOAT)  # type: ignore[arg-type]
    if own is None or (own != like and not (like.kind is Kind.INT and own == FLOAT)):
        named = code_of(beside) if beside is not None else "The value"
        return _wrong_constant(value, own, like, named, sign)
    return plain(value)


def _wrong_constant(value: object, own: ValueType | None, like: ValueType, named: str, sign: str) -> Any:
    if like.kind in (Kind.CODE, Kind.CODES):
        return fail("S021", name=named)
    shown = repr(value) if own is not None else type(value).__name__
    right = own if own is not None else type(value).__name__
    return fail("S009", left=named, left_type=like, right=f"`{shown}`", right_type=right, sign=sign)


def plain(value: object) -> Any:
    """A constant of the value's own type; told where it is not finite or too large."""
    own = type_of_constant(value)
    if own is None:
        return fail("S012", what="A constant", wanted="a number, text, date or truth value", got=type(value).__name__)
    if isinstance(value, float) and not math.isfinite(value):
        return fail("S012", what="A number", wanted="finite", got=repr(value))
    if isinstance(value, int) and not -INT_LIMIT <= value < INT_LIMIT:
        return fail("S012", what="A whole number", wanted="below 2 to the power of 63", got="a larger one")
    scalar: Scalar = text_from(value) if isinstance(value, str) else value  # type: ignore[assignment]
    return nodes.Constant(scalar, own)


def _level(name: str, like: ValueType, beside: Series | None) -> Any:
    if name not in like.levels:
        named = code_of(beside) if beside is not None else "The category"
        levels = ", ".join(f'"{level}"' for level in like.levels)
        return fail("S019", name=named, level=f'"{name}"', nearest=levels)
    return nodes.Constant(name, like)


def series(value: object, like: ValueType, beside: Series | None = None, sign: str = "==") -> Any:
    """The node of a friendly value, or a constant beside a value of type `like`."""
    if is_broken(value):
        return BROKEN
    node = getattr(value, "node", None)
    if isinstance(node, Series):
        return node
    if isinstance(node, Node):
        return fail("S012", what=f"What stands beside `{sign}`", wanted="a value", got=f"the rows {code_of(node)}")
    return constant(value, like, beside, sign)


def as_float(node: Any) -> Any:
    """The number as a float: a constant is written as one, anything else gets a cast that can be read."""
    if is_broken(node) or node.type != INT:
        return node
    if isinstance(node, nodes.Constant) and node.value is not None:
        return nodes.Constant(float(node.value), FLOAT)  # type: ignore[arg-type]
    return nodes.Cast(node, "float")


def alike(left: Any, right: Any) -> tuple[Any, Any]:
    """Two numbers in one type: where one is a float, the other becomes one."""
    if is_broken(left, right):
        return left, right
    if {left.type, right.type} == {INT, FLOAT}:
        return as_float(left), as_float(right)
    return left, right
