"""The nodes of a specification, each with its place; and the same specification with other nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from helseanalyse.study.node import Node
from helseanalyse.study.specification import Specification

Part = TypeVar("Part")


def roots(spec: Specification) -> Iterator[tuple[str, Node]]:
    """Each node that the specification holds directly, with its place as a JSON Pointer, in the order of the fields."""
    yield from parts(spec)


def parts(value: object, path: str = "") -> Iterator[tuple[str, Node]]:
    """Each node that a part of a specification holds directly, with its place below `path`."""
    if isinstance(value, Node):
        yield path, value
    elif isinstance(value, tuple):
        for at, part in enumerate(value):
            yield from parts(part, f"{path}/{at}")
    elif is_dataclass(value):
        for item in fields(value):
            yield from parts(getattr(value, item.name), f"{path}/{item.name}")


def with_nodes(part: Part, change: Callable[[Node], Node]) -> Part:
    """The same value with every node that it holds directly put through `change`."""
    if isinstance(part, Node):
        return change(part)  # type: ignore[return-value]
    if isinstance(part, tuple):
        return tuple(with_nodes(each, change) for each in part)  # type: ignore[return-value]
    if is_dataclass(part) and not isinstance(part, type):
        new: dict[str, Any] = {}
        for item in fields(part):
            value = getattr(part, item.name)
            if isinstance(value, Node | tuple) or is_dataclass(value):
                new[item.name] = with_nodes(value, change)
        return replace(part, **new)
    return part
