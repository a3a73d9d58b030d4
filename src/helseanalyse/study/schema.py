"""The JSON Schema of a specification (draft 2020-12), made from the same dataclasses as the codec.

What a schema cannot say (that a reference has a node, that nodes form no circle, that a constant has its stated
type) `study.codec.load` says.
"""

from __future__ import annotations

import json
from typing import Any

from helseanalyse.catalogue.model import Kind
from helseanalyse.study import nodes
from helseanalyse.study.read import INT_LIMIT, MOST_NODES
from helseanalyse.study.shape import REQUIRED, Shape, fields_of, tag_of
from helseanalyse.study.specification import SPEC_VERSION, Specification

IDENTIFIER = "helseanalyse/study@1"
DECIMAL = {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?$"}
DATE = {"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "format": "date"}
WHOLE: dict[str, Any] = {"type": "integer", "minimum": -INT_LIMIT, "maximum": INT_LIMIT - 1}
REFERENCE = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$"}
# The form of a constant's value, by its stated type.
CONSTANTS: dict[Kind, dict[str, Any]] = {
    Kind.BOOL: {"type": "boolean"},
    Kind.INT: WHOLE,
    Kind.FLOAT: DECIMAL,
    Kind.DATE: DATE,
    Kind.TEXT: {"type": "string"},
    Kind.CATEGORY: {"type": "string"},
}


def schema() -> dict[str, Any]:
    """The JSON Schema of the wire form.

    >>> schema()["properties"]["spec_version"]
    {'const': 1}
    """
    records: dict[str, Any] = {}
    whole = _record(Specification, records)
    whole["properties"] = {
        "spec_version": {"const": SPEC_VERSION},
        **whole["properties"],
        "nodes": {
            "type": "object",
            "description": "Every operation of the study, once, by name; operands refer to it by that name.",
            "propertyNames": {"pattern": REFERENCE["pattern"]},
            "maxProperties": MOST_NODES,
            "additionalProperties": {"$ref": "#/$defs/node"},
        },
    }
    whole["required"] = ["spec_version", *whole["required"]]
    operations = {op: _node(kind, records) for op, kind in nodes.OPERATIONS.items()}
    defs = {
        "node": {
            "type": "object",
            "required": ["op"],
            "properties": {"op": {"enum": list(operations)}},
            "allOf": [
                {
                    "if": {"properties": {"op": {"const": op}}, "required": ["op"]},
                    "then": {"$ref": f"#/$defs/{op}_node"},
                }
                for op in operations
            ],
        },
        **{f"{op}_node": definition for op, definition in operations.items()},
        **records,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": IDENTIFIER,
        "title": "A study",
        "description": "What a study asks, as the platform accepts it; docs/language.md gives the meaning.",
        **whole,
        "$defs": defs,
    }


def schema_text() -> str:
    """The schema as the published file holds it."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def _record(kind: type, records: dict[str, Any], tag: str | None = None) -> dict[str, Any]:
    properties: dict[str, Any] = {} if tag is None else {"analysis": {"const": tag}}
    required = [] if tag is None else ["analysis"]
    for field in fields_of(kind):
        properties[field.name] = _value(field.shape, records)
        if field.default is REQUIRED:
            required.append(field.name)
    described = (kind.__doc__ or "").strip().split("\n")[0]
    return {
        "type": "object",
        "description": described,
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _node(kind: type[nodes.Node], records: dict[str, Any]) -> dict[str, Any]:
    definition = _record(kind, records)
    definition["properties"] = {"op": {"const": kind.op}, **definition["properties"]}
    definition["required"] = ["op", *definition["required"]]
    if kind is nodes.Constant:
        definition["properties"]["value"] = True
        definition["allOf"] = [_constant(value_kind) for value_kind in Kind]
    if kind is nodes.Pick:
        definition["properties"]["position"]["not"] = {"const": 0}
    return definition


def _constant(kind: Kind) -> dict[str, Any]:
    stated = {"properties": {"kind": {"const": kind.value}}, "required": ["kind"]}
    form = CONSTANTS.get(kind)
    value: dict[str, Any] = {"type": "null"} if form is None else {"anyOf": [form, {"type": "null"}]}
    return {
        "if": {"properties": {"value_type": stated}, "required": ["value_type"]},
        "then": {"properties": {"value": value}},
    }


def _value(shape: Shape, records: dict[str, Any]) -> dict[str, Any]:
    form = _form(shape, records)
    return {"anyOf": [form, {"type": "null"}]} if shape.optional else form


def _form(shape: Shape, records: dict[str, Any]) -> dict[str, Any]:
    if shape.kind == "node":
        return dict(REFERENCE)
    if shape.kind == "choice":
        return {"enum": list(shape.choices)}
    if shape.kind == "many":
        many = {"type": "array", "items": _value(shape.of[0], records)}
        return many | ({"minItems": shape.least} if shape.least is not None else {})
    if shape.kind == "pair":
        size = len(shape.of)
        return {
            "type": "array",
            "prefixItems": [_value(each, records) for each in shape.of],
            "minItems": size,
            "maxItems": size,
        }  # fmt: skip
    if shape.kind == "one_of":
        return {"oneOf": [_reference(each, records, tagged=True) for each in shape.of]}
    if shape.kind == "record":
        return _reference(shape, records, tagged=False)
    if shape.kind == "scalar":
        decimal = {
            "type": "object",
            "properties": {"decimal": DECIMAL},
            "required": ["decimal"],
            "additionalProperties": False,
        }  # fmt: skip
        return {"anyOf": [{"type": "boolean"}, WHOLE, {"type": "string"}, decimal]}
    plain = {"text": {"type": "string"}, "bool": {"type": "boolean"}, "decimal": DECIMAL, "date": DATE, "int": WHOLE}
    form = dict(plain[shape.kind])
    return form | ({"minimum": shape.least} if shape.kind == "int" and shape.least is not None else {})


def _reference(shape: Shape, records: dict[str, Any], tagged: bool) -> dict[str, Any]:
    """A record by reference, defined the first time that it is met."""
    assert shape.type is not None
    name = tag_of(shape.type)
    if name not in records:
        records[name] = {}  # stands for it while its own fields are read
        records[name] = _record(shape.type, records, name if tagged else None)
    return {"$ref": f"#/$defs/{name}"}
