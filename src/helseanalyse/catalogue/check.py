"""Small readers of parts of a catalogue file that note every mistake instead of stopping at the first."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from helseanalyse.catalogue.model import CatalogueError, Label
from helseanalyse.catalogue.nearest import did_you_mean

NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*\Z")
# At rest every table has `pid`, and `rowid` is the database's own.
RESERVED = frozenset({"pid", "rowid"})

Node = Mapping[str, object]
Named = TypeVar("Named", bound=StrEnum)


@dataclass
class Problems:
    """The mistakes found so far in one file."""

    where: str
    found: list[str] = field(default_factory=list)

    def add(self, path: str, message: str) -> None:
        """Note one mistake at a place such as `npr.episode.sector`."""
        self.found.append(f"{path}: {message}")

    def stop_if_any(self) -> None:
        """Raise one CatalogueError that names them all."""
        if self.found:
            count = len(self.found)
            lines = "".join(f"\n- {problem}" for problem in self.found)
            raise CatalogueError(
                f"{self.where} has {count} mistake{'s' if count > 1 else ''}; "
                f"correct {'them' if count > 1 else 'it'} and read the file again:{lines}"
            )


def shape(value: object) -> str:
    """What a YAML value is, in words.

    >>> shape([1]), shape({}), shape(3)
    ('a list', 'a mapping', 'a number')
    """
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "a mapping"
    return "a date" if isinstance(value, date) else "text"


def mapping(node: object, path: str, problems: Problems) -> Node:
    """The node as a mapping with text keys; empty, with a mistake noted, where it is something else."""
    if not isinstance(node, dict):
        problems.add(path, f"must be a mapping (name: value), but is {shape(node)}")
        return {}
    for key in node:
        if not isinstance(key, str):
            problems.add(path, f"the key {key} is {shape(key)}; write it in quotes")
    return {key: value for key, value in node.items() if isinstance(key, str)}


def known_keys(node: Node, allowed: Iterable[str], path: str, problems: Problems) -> None:
    """Note every key that the layout does not know, with the nearest that it does."""
    names = tuple(allowed)
    for key in node:
        if key not in names:
            hint = did_you_mean(key, names) or f" Known here: {', '.join(names)}."
            problems.add(path, f"the key `{key}` is not known.{hint}")


def text(node: Node, key: str, path: str, problems: Problems, default: str | None = None) -> str:
    """A text value; default None means that it must be there."""
    value = node.get(key)
    if value is None:
        if default is None:
            problems.add(path, f"`{key}` is missing")
        return default or ""
    if not isinstance(value, str):
        problems.add(path, f"`{key}` must be text, but is {shape(value)}; write it in quotes")
        return default or ""
    return value


def optional_text(node: Node, key: str, path: str, problems: Problems) -> str | None:
    """A text value, or None where the key is not there."""
    return text(node, key, path, problems, default="") or None


def flag(node: Node, key: str, path: str, problems: Problems, default: bool = False) -> bool:
    """A truth value."""
    value = node.get(key, default)
    if not isinstance(value, bool):
        problems.add(path, f"`{key}` must be true or false, but is {shape(value)}")
        return default
    return value


def day(node: Node, key: str, path: str, problems: Problems) -> date | None:
    """A date, or None where the key is not there."""
    value = node.get(key)
    if value is None or type(value) is date:
        return value
    problems.add(path, f"`{key}` must be a date such as 2008-01-01, but is {shape(value)}")
    return None


def number(node: Node, key: str, path: str, problems: Problems) -> float | None:
    """A number, or None where the key is not there."""
    value = node.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        problems.add(path, f"`{key}` must be a number, but is {shape(value)}")
        return None
    return value


def texts(node: Node, key: str, path: str, problems: Problems) -> tuple[str, ...]:
    """A list of texts; empty where the key is not there."""
    value = node.get(key)
    if value is None:
        return ()
    if not isinstance(value, list):
        problems.add(path, f"`{key}` must be a list such as [name], but is {shape(value)}")
        return ()
    good = tuple(item for item in value if isinstance(item, str) and item != "")
    if len(good) < len(value):
        problems.add(path, f"`{key}` may hold text only; write numbers in quotes and leave out blanks")
    return good


def label(node: Node, path: str, problems: Problems, key: str = "label") -> Label:
    """A label in both languages."""
    if node.get(key) is None:
        problems.add(path, f"`{key}` is missing; write {key}: {{nb: ..., en: ...}}")
        return Label("", "")
    inner = mapping(node[key], f"{path} ({key})", problems)
    known_keys(inner, ("nb", "en"), f"{path} ({key})", problems)
    return Label(text(inner, "nb", f"{path} ({key})", problems), text(inner, "en", f"{path} ({key})", problems))


def choice(
    node: Node, key: str, options: type[Named], path: str, problems: Problems, default: Named | None = None
) -> Named | None:
    """One of the values of an enumeration; default None means that it must be there."""
    value = node.get(key)
    if value is None:
        if default is None:
            problems.add(path, f"`{key}` is missing; it is one of {', '.join(options)}")
        return default
    if isinstance(value, str) and value in tuple(options):
        return options(value)
    hint = did_you_mean(str(value), tuple(options)) or f" It is one of {', '.join(options)}."
    problems.add(path, f"`{key}: {value}` is not known.{hint}")
    return default


def name_is_good(name: str, path: str, problems: Problems) -> None:
    """Note a name that cannot be an attribute in a study and a column at rest."""
    if not NAME.match(name):
        problems.add(path, f"the name `{name}` must be small letters, digits and single underscores")
    elif keyword.iskeyword(name) or name in RESERVED:
        problems.add(path, f"the name `{name}` is taken by Python or by the vault; choose another")


def frozen(value: object) -> object:
    """The value with mappings and lists that cannot be changed.

    >>> frozen({"files": ["a", "b"]})
    mappingproxy({'files': ('a', 'b')})
    """
    if isinstance(value, dict):
        return MappingProxyType({key: frozen(inner) for key, inner in value.items()})
    if isinstance(value, list):
        return tuple(frozen(inner) for inner in value)
    return value
