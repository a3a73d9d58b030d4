"""A specification as JSON and back: one wire form, one canonical form, one digest.

The wire form is flat. Nodes stand once each under `nodes`, named n1, n2, ... in the order in which the
specification's own fields need them, and everything refers to them by name. A field that has its default is left
out, so that a later version may add fields without changing the digest of a study that does not use them. Dates are
ISO texts, floats decimal texts, codes stand inline with their system, version and source.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from datetime import date
from enum import StrEnum
from typing import Any

from helseanalyse.catalogue.model import Kind
from helseanalyse.study import nodes
from helseanalyse.study.errors import SpecificationError
from helseanalyse.study.json_text import parse
from helseanalyse.study.lineage import walk
from helseanalyse.study.node import Node
from helseanalyse.study.parts import roots
from helseanalyse.study.problem import problem
from helseanalyse.study.read import DEEPEST_NODE, MOST_NODES, Reader
from helseanalyse.study.shape import Shape, fields_of, tag_of
from helseanalyse.study.specification import SPEC_VERSION, Specification


def to_json(spec: Specification) -> dict[str, Any]:
    """The specification as plain JSON values, in the wire form.

    Raises SpecificationError where the study is larger or deeper than `load` would take back.
    """
    order = walk(*(node for _, node in roots(spec)))
    _check_size(order)
    names = {node: f"n{number}" for number, node in enumerate(order, start=1)}
    content: dict[str, Any] = {"spec_version": SPEC_VERSION, **_record(spec, names)}
    content["nodes"] = {names[node]: {"op": node.op, **_record(node, names)} for node in order}
    return content


def canonical(spec: Specification) -> bytes:
    """The canonical bytes: sorted keys, no blanks, UTF-8, texts in NFC. Equal studies have equal bytes."""
    text = json.dumps(to_json(spec), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8")


def digest(spec: Specification) -> str:
    """The identity of a study: SHA-256 of its canonical bytes, as 64 hexadecimal digits.

    >>> from datetime import date
    >>> digest(Specification(title="", start=date(2020, 1, 1), end=date(2020, 12, 31)))[:12]
    'a1b775bcb1f8'
    """
    return hashlib.sha256(canonical(spec)).hexdigest()


def dump(spec: Specification) -> str:
    """The specification as JSON text for people: the wire form, indented, one line at the end."""
    return json.dumps(to_json(spec), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def load(text: str | bytes) -> Specification:
    """The specification of a JSON text; SpecificationError with every mistake, its place and its remedy.

    >>> load('{"spec_version": 1, "title": "Empty"}')
    Traceback (most recent call last):
    ...
    helseanalyse.study.errors.SpecificationError: S106 /: `start` is missing. Write it: it has no default.
    S106 /: `end` is missing. Write it: it has no default.
    """
    return Reader(parse(text)).specification()


def _check_size(order: tuple[Node, ...]) -> None:
    if len(order) > MOST_NODES:
        raise SpecificationError([problem("S108", number=len(order), most=MOST_NODES)])
    depth: dict[Node, int] = {}
    for node in order:
        depth[node] = 1 + max((depth[operand] for operand in node.operands), default=0)
        if depth[node] > DEEPEST_NODE:
            raise SpecificationError([problem("S112", name=node.op, most=DEEPEST_NODE)])


def _record(value: Any, names: dict[Node, str]) -> dict[str, Any]:
    written: dict[str, Any] = {}
    for field in fields_of(type(value)):
        held = getattr(value, field.name)
        if _is_default(held, field.default):
            continue
        if isinstance(value, nodes.Constant) and field.name == "value":
            written["value"] = _constant(held, value.type.kind)
        else:
            written[field.name] = _written(held, field.shape, names)
    return written


def _is_default(held: Any, default: Any) -> bool:
    # Nodes are compared by what they say; a default is never a node, and 1 is not True here.
    return type(held) is type(default) and not isinstance(held, Node) and bool(held == default)


def _constant(held: Any, kind: Kind) -> Any:
    if held is None:
        return None
    return _decimal(held) if kind is Kind.FLOAT else held.isoformat() if kind is Kind.DATE else _plain(held)


def _written(held: Any, shape: Shape, names: dict[Node, str]) -> Any:
    if held is None:
        return None
    if shape.kind == "node":
        return names[held]
    if shape.kind in ("many", "pair"):
        inner = shape.of * len(held) if shape.kind == "many" else shape.of
        return [_written(part, each, names) for part, each in zip(held, inner, strict=True)]
    if shape.kind == "one_of":
        return {"analysis": tag_of(type(held)), **_record(held, names)}
    if shape.kind == "record":
        return _record(held, names)
    if shape.kind == "decimal":
        return _decimal(held)
    if shape.kind == "scalar" and isinstance(held, float):
        return {"decimal": _decimal(held)}
    return _plain(held)


def _decimal(held: float) -> str:
    return repr(float(held))


def _plain(held: Any) -> Any:
    if isinstance(held, date):
        return held.isoformat()
    if isinstance(held, StrEnum):
        return held.value
    return unicodedata.normalize("NFC", held) if isinstance(held, str) else held
