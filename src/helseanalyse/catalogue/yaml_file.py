"""YAML read strictly: text stays text, and a key that stands twice is an error.

YAML 1.1 reads `NO` as false and `010` as 8. In a catalogue both are codes, so only `true` and
`false` are truth values here and a number never starts with a zero.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import yaml

from helseanalyse.catalogue.model import CatalogueError

if TYPE_CHECKING:
    _Base = yaml.SafeLoader
else:  # the loader in C is about ten times as fast; where it was not built the slow one says the same
    _Base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


_OURS = ("bool", "int", "float")


class _Loader(_Base):
    """The safe loader with the two changes that the module names."""


# Assigned, not declared: the resolvers of the class above are shared with every other user of yaml.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.rpartition(":")[2] not in _OURS]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^-?(?:0|[1-9][0-9]*)\.[0-9]+$"), list("-0123456789")
)


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[object, object]:
    """A mapping whose keys stand once each; YAML itself keeps the last and is silent."""
    seen: dict[object, int] = {}
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        line = key_node.start_mark.line + 1
        if isinstance(key, list | dict):
            raise yaml.MarkedYAMLError(problem="a key must be one word", problem_mark=key_node.start_mark)
        if key in seen:
            raise yaml.MarkedYAMLError(
                problem=f"the name `{key}` stands twice, on lines {seen[key]} and {line}; keep one of them",
                problem_mark=key_node.start_mark,
            )
        seen[key] = line
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read_yaml(text: str, where: str) -> object:
    """The value of a YAML text; `where` names it in messages.

    Raises CatalogueError where the text is not YAML, or a key stands twice.

    >>> read_yaml("levels: {no: '1', off: NO, code: 010}", "example")
    {'levels': {'no': '1', 'off': 'NO', 'code': '010'}}
    """
    loader = _Loader(text)
    try:
        return loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = f", line {mark.line + 1}" if mark is not None else ""
        raise CatalogueError(f"{where}{line}: {error.problem}. Correct the file and try again.") from None
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date such as 2020-02-31
        raise CatalogueError(f"{where}: not readable as YAML: {error}. Correct the file.") from None
    finally:
        loader.dispose()
