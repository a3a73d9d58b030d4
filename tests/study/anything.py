"""Specifications of any shape, for the laws of the codec: every operation and field, with or without sense."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import strategies as st

from helseanalyse.catalogue.model import Grain, Kind
from helseanalyse.study import nodes
from helseanalyse.study.shape import Shape, fields_of
from helseanalyse.study.specification import Changing, Flow, Specification, Variable
from helseanalyse.study.types import CodeList, ValueType

CONSTANT_KINDS = {
    Kind.BOOL: st.booleans(),
    Kind.INT: st.integers(-(2**63), 2**63 - 1),
    Kind.FLOAT: st.floats(allow_nan=False, allow_infinity=False),
    Kind.DATE: st.dates(),
}


def texts() -> st.SearchStrategy[str]:
    """Texts that a study may hold: no control characters, no half surrogates, in NFC."""
    letters = st.characters(exclude_categories=("Cs", "Cc"))
    return st.text(letters, max_size=8).map(lambda text: unicodedata.normalize("NFC", text))


def constants() -> st.SearchStrategy[nodes.Constant]:
    def of(kind: Kind) -> st.SearchStrategy[nodes.Constant]:
        values = CONSTANT_KINDS.get(kind, texts())
        return st.one_of(values, st.none()).map(lambda value: nodes.Constant(value, ValueType(kind)))

    return st.sampled_from([*CONSTANT_KINDS, Kind.TEXT, Kind.CATEGORY]).flatmap(of)


def _plain(shape: Shape) -> st.SearchStrategy[Any]:
    least = shape.least if shape.least is not None else -(2**63)
    plain: dict[str, st.SearchStrategy[Any]] = {
        "text": texts(),
        "bool": st.booleans(),
        "int": st.integers(least, 2**63 - 1),
        "decimal": st.floats(allow_nan=False, allow_infinity=False),
        "date": st.dates(),
        "scalar": st.one_of(st.booleans(), st.integers(-1000, 1000), CONSTANT_KINDS[Kind.FLOAT], texts()),
    }
    return plain[shape.kind]


def _value(draw: st.DrawFn, shape: Shape, pool: list[nodes.Node]) -> Any:
    if shape.optional and draw(st.booleans()):
        return None
    if shape.kind == "choice":
        chosen = draw(st.sampled_from(shape.choices))
        return shape.type(chosen) if shape.type is not None else chosen
    if shape.kind == "node":
        assert shape.type is not None
        return draw(st.sampled_from([node for node in pool if isinstance(node, shape.type)]))
    if shape.kind == "many":
        least = shape.least or 0
        return tuple(_value(draw, shape.of[0], pool) for _ in range(draw(st.integers(least, least + 2))))
    if shape.kind == "pair":
        return tuple(_value(draw, each, pool) for each in shape.of)
    if shape.kind == "one_of":
        return _record(draw, draw(st.sampled_from(shape.of)).type, pool)
    if shape.kind == "record":
        return _record(draw, shape.type, pool)
    return draw(_plain(shape))


def _record(draw: st.DrawFn, kind: Any, pool: list[nodes.Node]) -> Any:
    if kind is nodes.Constant:
        return draw(constants())
    values = {field.name: _value(draw, field.shape, pool) for field in fields_of(kind)}
    if kind is CodeList:
        values["codes"] = tuple(sorted(set(values["codes"])))
    if kind is nodes.Case:
        values["values"] = (values["values"] * len(values["conditions"]))[: len(values["conditions"])]
    if kind is nodes.Categorise:
        values["lists"] = (values["lists"] * len(values["names"]))[: len(values["names"])]
    if kind is nodes.Pick:
        values["position"] = values["position"] or 1
    return kind(**values)


def beginning() -> list[nodes.Node]:
    """Nodes to begin with, so that every field that holds a node finds one."""
    table = nodes.Table("npr", "episode", Grain.EVENT, date="admitted_on")
    day = nodes.Column(table, "admitted_on", ValueType(Kind.DATE))
    constant = nodes.Constant(date(2020, 2, 29), ValueType(Kind.DATE))
    return [table, day, constant, nodes.Sort(table, (day,))]


@st.composite
def pools(draw: st.DrawFn, most: int = 6) -> list[nodes.Node]:
    """A few nodes, later ones made of earlier ones."""
    pool = beginning()
    for kind in draw(st.lists(st.sampled_from(sorted(nodes.OPERATIONS)), max_size=most)):
        pool.append(_record(draw, nodes.OPERATIONS[kind], pool))
    return pool


@st.composite
def records(draw: st.DrawFn, kind: Any) -> Any:
    """Any value of a dataclass, its nodes taken from those to begin with."""
    return _record(draw, kind, beginning())


def operations(kind: type[nodes.Node]) -> st.SearchStrategy[nodes.Node]:
    """Any node of one operation."""
    return records(kind)


@st.composite
def specifications(draw: st.DrawFn) -> Specification:
    """Any specification, with every node that was made in it."""
    pool = draw(pools())
    spec: Specification = _record(draw, Specification, pool)
    whole = holding(pool)
    return replace(spec, variables=spec.variables + whole.variables, exposures=spec.exposures + whole.exposures)


def holding(pool: list[nodes.Node]) -> Specification:
    """A specification that uses every node of a list."""
    series = [node for node in pool if isinstance(node, nodes.Series)]
    rows = [node for node in pool if isinstance(node, nodes.Rows)]
    return replace(
        smallest(),
        variables=tuple(Variable(name=f"v{at}", value=node) for at, node in enumerate(series)),
        exposures=tuple(Changing(name=f"e{at}", periods=node, off="off", on="on") for at, node in enumerate(rows)),
    )


def smallest() -> Specification:
    """A specification with nothing but a flow."""
    return Specification(title="A", start=date(2020, 1, 1), end=date(2020, 12, 31), analyses=(Flow(),))


def asking(series: nodes.Series) -> Specification:
    """A specification whose index date is a series."""
    return replace(smallest(), index=series)
