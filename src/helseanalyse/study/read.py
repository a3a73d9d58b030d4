"""Reading a specification from JSON that anyone may have written: every mistake found, none believed.

Size and depth are looked at before anything is built, cycles and missing nodes before any node, so that no text
can cost more than a well-made study of the same size.
"""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date
from typing import Any

from helseanalyse.catalogue.model import Kind
from helseanalyse.catalogue.nearest import nearest
from helseanalyse.study import nodes
from helseanalyse.study.errors import SpecificationError
from helseanalyse.study.json_text import kind_of, shown
from helseanalyse.study.node import Node
from helseanalyse.study.problem import Problem, problem
from helseanalyse.study.shape import REQUIRED, Field, Shape, fields_of, tag_of
from helseanalyse.study.specification import SPEC_VERSION, Analysis, Specification
from helseanalyse.study.types import CodeList

MOST_NODES = 10_000
DEEPEST_NODE = 100  # operations inside operations
MOST_PROBLEMS = 50  # a text with more is not a study with mistakes
INT_LIMIT = 2**63

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_BAD: Any = object()

BY_TAG: dict[str, type] = {tag_of(kind): kind for kind in Analysis.__args__}


class Reader:
    """Reads one specification; `specification()` gives it, or raises with every mistake."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.content = content
        self.problems: list[Problem] = []
        self.nodes: dict[str, Node] = {}
        self.raw: dict[str, dict[str, Any]] = {}
        self.used: set[str] = set()

    def specification(self) -> Specification:
        """The specification, when nothing is wrong."""
        version = self.content.get("spec_version")
        if type(version) is not int or version != SPEC_VERSION:
            self._tell("S107", "/spec_version", got=shown(version), version=SPEC_VERSION)
            self._give_up()
        self._read_nodes(self.content.get("nodes", {}))
        content = {key: value for key, value in self.content.items() if key not in ("spec_version", "nodes")}
        result = self._record(content, Specification, "")
        for name in self.raw:
            if name not in self.used:
                self._tell("S115", f"/nodes/{name}", name=name)
        if self.problems or result is _BAD:
            self._give_up()
        return result  # type: ignore[no-any-return]

    def _give_up(self) -> None:
        raise SpecificationError(self.problems[:MOST_PROBLEMS])

    def _tell(self, identifier: str, path: str, **words: object) -> Any:
        filled = {name: str(word) for name, word in words.items()}
        self.problems.append(problem(identifier, path=path or "/", **filled))
        return _BAD

    # Nodes: names first, then who refers to whom, then each one after its operands.

    def _read_nodes(self, raw: Any) -> None:
        if not isinstance(raw, dict):
            self._tell("S109", "/nodes", what="`nodes`", wanted="an object", got=kind_of(raw))
            return
        if len(raw) > MOST_NODES:
            self._tell("S108", "/nodes", number=len(raw), most=MOST_NODES)
            self._give_up()
        kinds: dict[str, type[Node]] = {}
        for name, value in raw.items():
            kind = self._kind_of_node(name, value)
            if kind is not None:
                self.raw[name], kinds[name] = value, kind
        for name in self._in_order(kinds, set(raw)):
            fields_only = {key: value for key, value in self.raw[name].items() if key != "op"}
            node = self._record(fields_only, kinds[name], f"/nodes/{name}")
            if node is not _BAD:
                self.nodes[name] = node

    def _kind_of_node(self, name: str, value: Any) -> type[Node] | None:
        path = f"/nodes/{name if _NAME.fullmatch(name) else '?'}"
        if not _NAME.fullmatch(name):
            self._tell("S109", path, what="The name of a node", wanted="a short name such as n1", got=shown(name))
            return None
        if not isinstance(value, dict) or not isinstance(value.get("op"), str):
            self._tell("S109", path, what=f"The node {name}", wanted="an object with an `op`", got=kind_of(value))
            return None
        kind = nodes.OPERATIONS.get(value["op"])
        if kind is None:
            near = nearest(value["op"], nodes.OPERATIONS) or tuple(nodes.OPERATIONS)
            self._tell("S110", f"{path}/op", name=shown(value["op"]), nearest=", ".join(near))
        return kind

    def _in_order(self, kinds: dict[str, type[Node]], known: set[str]) -> list[str]:
        """The names of nodes, operands before those who use them; those in a circle or too deep are told."""
        needs = {name: self._references(self.raw[name], kind, name, known) for name, kind in kinds.items()}
        order: list[str] = []
        depth: dict[str, int] = {}
        open_names: set[str] = set()
        for first in needs:
            stack = [(first, iter(needs[first]))] if first not in depth else []
            open_names.update(name for name, _ in stack)
            while stack:
                name, rest = stack[-1]
                following = next((each for each in rest if each in needs and each not in depth), None)
                if following is None:
                    stack.pop()
                    open_names.discard(name)
                    depth[name] = 1 + max((depth.get(each, 0) for each in needs[name]), default=0)
                    order.append(name)
                elif following in open_names:
                    circle = [each for each, _ in stack]
                    shown = " -> ".join([*circle[circle.index(following) :][:8], following])
                    self._tell("S111", f"/nodes/{following}", circle=shown)
                    self._give_up()
                else:
                    open_names.add(following)
                    stack.append((following, iter(needs[following])))
        deep = [name for name in order if depth[name] > DEEPEST_NODE]
        if deep:
            self._tell("S112", f"/nodes/{deep[0]}", name=deep[0], most=DEEPEST_NODE)
            self._give_up()
        return order

    def _references(self, raw: dict[str, Any], kind: type[Node], name: str, known: set[str]) -> list[str]:
        found: list[str] = []
        for field in fields_of(kind):
            value = raw.get(field.name)
            if field.shape.kind == "node":
                found.extend([value] if isinstance(value, str) else [])
            elif field.shape.kind == "many" and field.shape.of[0].kind == "node" and isinstance(value, list):
                found.extend(each for each in value if isinstance(each, str))
        return found

    # Records and values, by their shape.

    def _record(self, raw: Any, kind: type, path: str) -> Any:
        if not isinstance(raw, dict):
            what = f"`{path.rsplit('/', 1)[-1]}`" if path else "A specification"
            return self._tell("S109", path, what=what, wanted="an object", got=kind_of(raw))
        known = {field.name: field for field in fields_of(kind)}
        good = True
        for key in raw:
            if key not in known:
                near = nearest(key, known) or tuple(known)
                self._tell("S113", path, name=shown(key), nearest=", ".join(near))
                good = False
        values: dict[str, Any] = {}
        for name, field in known.items():
            values[name] = self._field(raw, field, kind, f"{path}/{name}", path)
            good = good and values[name] is not _BAD
        return self._made(kind, values, path) if good else _BAD

    def _field(self, raw: dict[str, Any], field: Field, kind: type, path: str, above: str) -> Any:
        if field.name not in raw:
            if field.default is REQUIRED:
                return self._tell("S106", above, name=field.name)
            return field.default
        if kind is nodes.Constant and field.name == "value":
            return self._constant(raw, path)
        return self._value(raw[field.name], field.shape, path)

    def _made(self, kind: type, values: dict[str, Any], path: str) -> Any:
        uneven = {nodes.Case: ("conditions", "values"), nodes.Categorise: ("names", "lists")}.get(kind)
        if uneven and len(values[uneven[0]]) != len(values[uneven[1]]):
            return self._tell("S116", path, left=uneven[0], right=uneven[1])
        if kind is nodes.Pick and values["position"] == 0:
            return self._tell("S109", f"{path}/position", what="`position`", wanted="1, 2, ... or -1, ...", got="0")
        if kind is CodeList:
            values["codes"] = tuple(sorted(set(values["codes"])))
        return kind(**values)

    def _value(self, raw: Any, shape: Shape, path: str) -> Any:
        if raw is None and shape.optional:
            return None
        if shape.kind == "record" and shape.type is not None:
            return self._record(raw, shape.type, path)
        reader = getattr(self, f"_{shape.kind}")
        return reader(raw, shape, path)

    def _wrong(self, path: str, wanted: str, got: object) -> Any:
        what = f"`{next(part for part in reversed(path.split('/')) if not part.isdigit())}`"
        text = shown(got) if isinstance(got, str | int | bool) else kind_of(got)
        return self._tell("S109", path, what=what, wanted=wanted, got=text)

    def _text(self, raw: Any, shape: Shape, path: str) -> Any:
        if not isinstance(raw, str):
            return self._wrong(path, "a text", raw)
        if _CONTROL.search(raw):
            return self._tell("S114", path)
        return unicodedata.normalize("NFC", raw)

    def _bool(self, raw: Any, shape: Shape, path: str) -> Any:
        return raw if isinstance(raw, bool) else self._wrong(path, "true or false", raw)

    def _int(self, raw: Any, shape: Shape, path: str) -> Any:
        if type(raw) is not int or not -INT_LIMIT <= raw < INT_LIMIT:
            return self._wrong(path, "a whole number below 2 to the power of 63", raw)
        if shape.least is not None and raw < shape.least:
            return self._wrong(path, f"at least {shape.least}", raw)
        return raw

    def _decimal(self, raw: Any, shape: Shape, path: str) -> Any:
        if isinstance(raw, str) and re.fullmatch(r"-?\d{1,310}(\.\d{1,400})?([eE][+-]?\d{1,3})?", raw):
            number = float(raw)
            if math.isfinite(number):
                return number
        return self._wrong(path, 'a decimal number as a text, such as "1.5"', raw)

    def _date(self, raw: Any, shape: Shape, path: str) -> Any:
        if isinstance(raw, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", raw, re.ASCII):
            try:
                return date.fromisoformat(raw)
            except ValueError:
                pass
        return self._wrong(path, 'a date, such as "2020-01-31"', raw)

    def _choice(self, raw: Any, shape: Shape, path: str) -> Any:
        if not isinstance(raw, str) or raw not in shape.choices:
            return self._wrong(path, "one of " + ", ".join(shape.choices), raw)
        return shape.type(raw) if shape.type is not None else raw

    def _node(self, raw: Any, shape: Shape, path: str) -> Any:
        if not isinstance(raw, str):
            return self._wrong(path, "the name of a node", raw)
        self.used.add(raw)
        if raw not in self.nodes:
            # A node that is there but is itself wrong has been told already.
            return _BAD if raw in self.raw else self._tell("S117", path, name=shown(raw))
        node = self.nodes[raw]
        if shape.type is not None and not isinstance(node, shape.type):
            wanted = {"Rows": "rows", "Series": "a value"}.get(shape.type.__name__, f"a {shape.type.__name__.lower()}")
            return self._tell("S118", path, name=raw, op=node.op, wanted=wanted)
        return node

    def _many(self, raw: Any, shape: Shape, path: str) -> Any:
        if not isinstance(raw, list):
            return self._wrong(path, "a list", raw)
        if shape.least is not None and len(raw) < shape.least:
            return self._wrong(path, f"a list of at least {shape.least}", raw)
        parts = [self._value(part, shape.of[0], f"{path}/{at}") for at, part in enumerate(raw)]
        return _BAD if any(part is _BAD for part in parts) else tuple(parts)

    def _pair(self, raw: Any, shape: Shape, path: str) -> Any:
        if not isinstance(raw, list) or len(raw) != len(shape.of):
            return self._wrong(path, f"a list of {len(shape.of)}", raw)
        parts = [
            self._value(part, each, f"{path}/{at}") for at, (part, each) in enumerate(zip(raw, shape.of, strict=True))
        ]
        return _BAD if any(part is _BAD for part in parts) else tuple(parts)

    def _one_of(self, raw: Any, shape: Shape, path: str) -> Any:
        tag = raw.get("analysis") if isinstance(raw, dict) else None
        if not isinstance(tag, str) or tag not in BY_TAG:
            return self._wrong(f"{path}/analysis", "one of " + ", ".join(BY_TAG), tag)
        return self._record({key: value for key, value in raw.items() if key != "analysis"}, BY_TAG[tag], path)

    def _scalar(self, raw: Any, shape: Shape, path: str) -> Any:
        if isinstance(raw, str):
            return self._text(raw, shape, path)
        if isinstance(raw, bool):
            return raw
        if isinstance(raw, int):
            return self._int(raw, shape, path)
        if isinstance(raw, dict) and list(raw) == ["decimal"]:
            return self._decimal(raw["decimal"], shape, f"{path}/decimal")
        return self._wrong(path, 'a number, a text, true, false or {"decimal": "1.5"}', raw)

    def _constant(self, raw: dict[str, Any], path: str) -> Any:
        """The value of a constant, by the type that stands beside it."""
        value = raw["value"]
        kind = raw["value_type"].get("kind") if isinstance(raw.get("value_type"), dict) else None
        readers = {
            Kind.BOOL: self._bool, Kind.INT: self._int, Kind.FLOAT: self._decimal, Kind.DATE: self._date,
            Kind.TEXT: self._text, Kind.CATEGORY: self._text,
        }  # fmt: skip
        if value is None or not isinstance(kind, str) or kind not in readers:
            return None if value is None or not isinstance(kind, str) else self._wrong(path, "no constant", value)
        return readers[Kind(kind)](value, Shape(kind), path)
