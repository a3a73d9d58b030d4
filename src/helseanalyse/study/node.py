"""What every operation of a study is: a `Node`; `Rows` are tables of rows, `Series` are values.

A node is immutable, holds its operands, and is equal to another node that says the same; `key` is
the SHA-256 of what it says. What is computed from a node is computed once and kept, so that a
study whose parts are shared many times over costs no more than it has parts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from functools import cached_property
from typing import ClassVar

from helseanalyse.catalogue.model import Grain
from helseanalyse.study.types import BOOL, FLOAT, INT, ValueType

Scalar = bool | int | float | str | date


class Node:
    """One operation with its operands."""

    op: ClassVar[str]

    @cached_property
    def key(self) -> str:
        """SHA-256 over the operation and its operands: equal for nodes that say the same."""
        parts = [self.op]
        for item in fields(self):  # type: ignore[arg-type]
            parts.append(f"{item.name}={_said(getattr(self, item.name))}")
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()

    @cached_property
    def operands(self) -> tuple[Node, ...]:
        """The nodes that this one is made of, in the order of its fields."""
        return tuple(_operands(getattr(self, item.name) for item in fields(self)))  # type: ignore[arg-type]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        # Cut to a readable length: written out in full, a study whose parts are shared would have no end.
        from helseanalyse.study.naming import code_of

        return f"<{self.op} {code_of(self, 400)}>"


def _said(value: object) -> str:
    if isinstance(value, Node):
        return value.key
    if isinstance(value, tuple):
        return "(" + ",".join(_said(part) for part in value) + ")"
    # The type is part of what is said: 1, 1.0 and True are different values.
    return f"{type(value).__name__}:{value!r}"


def _operands(values: Iterator[object]) -> Iterator[Node]:
    for value in values:
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from _operands(iter(value))


class Rows(Node):
    """A table of rows."""

    @cached_property
    def grain(self) -> Grain:
        """What a row is."""
        raise NotImplementedError  # pragma: no cover - every subclass says

    @cached_property
    def domain(self) -> Rows:
        """The rows that values of this table belong to: the table with its filters, without its sorts."""
        return self


class Series(Node):
    """One value for each row of `domain`, or for each person where `domain` is None."""

    @cached_property
    def type(self) -> ValueType:
        """The type of the values."""
        raise NotImplementedError  # pragma: no cover - every subclass says

    @cached_property
    def domains(self) -> frozenset[Rows]:
        """The row domains of the operands; more than one is an error that `study.check` explains."""
        found: frozenset[Rows] = frozenset()
        for operand in self.operands:
            if isinstance(operand, Series):
                found |= operand.domains
        return found

    @cached_property
    def domain(self) -> Rows | None:
        """The rows that the values belong to, or None for one value a person."""
        found = sorted(self.domains, key=lambda rows: rows.key)
        return found[0] if found else None


class PersonSeries(Series):
    """A series that has one value a person, whatever it is made of."""

    @cached_property
    def domains(self) -> frozenset[Rows]:
        return frozenset()


def aggregate_type(how: str, of: Series | None) -> ValueType:
    """The type of an aggregate of that name over a series."""
    if how in ("exists", "any", "all"):
        return BOOL
    if how in ("count", "count_distinct") or of is None:
        return INT
    if how == "mean":
        return FLOAT
    return of.type
