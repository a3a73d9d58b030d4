"""What each field of a specification may hold, read off the annotations of its dataclasses.

The codec, the JSON Schema and the generators of tests all go by these shapes, so that a field is described once:
where it is declared.
"""

from __future__ import annotations

import types
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from helseanalyse.study.node import Node
from helseanalyse.study.types import AtLeast, OneOf

REQUIRED: Any = object()  # stands for the default of a field that has none
_KNOWN: dict[type, tuple[Field, ...]] = {}
SIMPLE: dict[Any, str] = {str: "text", bool: "bool", int: "int", float: "decimal", date: "date"}


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of value: its name, what it is made of, and what narrows it.

    kind: "text", "bool", "int", "decimal", "date", "choice" (of texts), "node" (a reference), "record" (a
    dataclass), "one_of" (records told apart by a tag), "many" (a list), "pair", "scalar" (any plain value).
    """

    kind: str
    type: type | None = None
    of: tuple[Shape, ...] = ()
    choices: tuple[str, ...] = ()
    least: int | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a dataclass: its name, its shape, and its default (REQUIRED where there is none)."""

    name: str
    shape: Shape
    default: Any


def fields_of(kind: type) -> tuple[Field, ...]:
    """The fields of a dataclass, in order.

    >>> from helseanalyse.study.nodes import DateDiff
    >>> [(field.name, field.shape.kind) for field in fields_of(DateDiff)]
    [('later', 'node'), ('earlier', 'node'), ('unit', 'choice')]
    """
    if kind in _KNOWN:
        return _KNOWN[kind]
    hints = get_type_hints(kind, include_extras=True)
    found = []
    for item in fields(kind):
        default = item.default if item.default is not MISSING else REQUIRED
        found.append(Field(item.name, shape_of(hints[item.name]), default))
    _KNOWN[kind] = tuple(found)
    return _KNOWN[kind]


def shape_of(hint: Any) -> Shape:
    """The shape of an annotation."""
    if get_origin(hint) is Annotated:
        inner, *marks = get_args(hint)
        return _narrowed(shape_of(inner), marks)
    if hint in SIMPLE:
        return Shape(SIMPLE[hint], hint)
    if get_origin(hint) in (Union, types.UnionType):
        return _union(get_args(hint))
    if get_origin(hint) is tuple:
        parts = get_args(hint)
        if parts[-1] is Ellipsis:
            return Shape("many", of=(shape_of(parts[0]),))
        return Shape("pair", of=tuple(shape_of(part) for part in parts))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return Shape("choice", hint, choices=tuple(member.value for member in hint))
    if isinstance(hint, type) and issubclass(hint, Node):
        return Shape("node", hint)
    if is_dataclass(hint) and isinstance(hint, type):
        return Shape("record", hint)
    raise TypeError(f"A specification cannot hold {hint!r}: teach study.shape what it is.")


def _narrowed(shape: Shape, marks: list[Any]) -> Shape:
    for mark in marks:
        if isinstance(mark, OneOf):
            shape = Shape("choice", str, choices=mark.values, optional=shape.optional)
        elif isinstance(mark, AtLeast):
            shape = Shape(shape.kind, shape.type, shape.of, shape.choices, mark.least, shape.optional)
    return shape


def _union(parts: tuple[Any, ...]) -> Shape:
    optional = type(None) in parts
    rest = [part for part in parts if part is not type(None)]
    if len(rest) == 1:
        inner = shape_of(rest[0])
        return Shape(inner.kind, inner.type, inner.of, inner.choices, inner.least, optional)
    if all(part in SIMPLE for part in rest):
        return Shape("scalar", optional=optional)
    return Shape("one_of", of=tuple(shape_of(part) for part in rest), optional=optional)


def tag_of(kind: type) -> str:
    """The tag that tells one record of a "one_of" from another: `TableOne` is "table_one"."""
    name = kind.__name__
    return "".join(
        f"_{letter.lower()}" if letter.isupper() and at else letter.lower() for at, letter in enumerate(name)
    )
