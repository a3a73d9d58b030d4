"""The laws of the JSON of a study: nothing is lost, equal is equal, and nothing that comes in can do harm."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from tests.study.anything import asking, holding, operations, records, smallest, specifications

from helseanalyse.catalogue.model import Grain, Kind
from helseanalyse.study import nodes
from helseanalyse.study.codec import canonical, digest, dump, load, to_json
from helseanalyse.study.errors import SpecificationError
from helseanalyse.study.problem import Problem
from helseanalyse.study.read import BY_TAG, DEEPEST_NODE
from helseanalyse.study.schema import schema
from helseanalyse.study.specification import Analysis, Expectation, MadeRow, Specification, Variable
from helseanalyse.study.types import BOOL, DATE, FLOAT, INT, TEXT, ValueType

VALIDATOR = Draft202012Validator(schema())
EVENTS = nodes.Table("npr", "episode", Grain.EVENT, date="admitted_on")


@settings(max_examples=60)
@given(specifications())
def test_what_is_written_is_read_back(spec: Specification) -> None:
    text = dump(spec)
    again = load(text)
    assert again == spec
    assert canonical(again) == canonical(spec)
    assert load(canonical(spec)) == spec
    assert VALIDATOR.is_valid(json.loads(text))


@pytest.mark.parametrize("op", sorted(nodes.OPERATIONS))
def test_every_operation_is_read_back(op: str) -> None:
    @settings(max_examples=12)
    @given(operations(nodes.OPERATIONS[op]))
    def back(node: nodes.Node) -> None:
        assert node.op == op
        spec = holding([node])
        text = dump(spec)
        assert load(text) == spec
        assert VALIDATOR.is_valid(json.loads(text))

    back()


@pytest.mark.parametrize("kind", BY_TAG.values(), ids=list(BY_TAG))
def test_every_analysis_is_read_back(kind: type) -> None:
    @settings(max_examples=12)
    @given(records(kind))
    def back(analysis: Analysis) -> None:
        spec = replace(smallest(), analyses=(analysis,))
        text = dump(spec)
        assert load(text) == spec
        assert VALIDATOR.is_valid(json.loads(text))

    back()


def value(constant: Any, kind: ValueType) -> Specification:
    return asking(nodes.Constant(constant, kind))


def test_one_and_one_point_nought_and_true_are_different() -> None:
    specs = [value(1, INT), value(1.0, FLOAT), value(True, BOOL), value("1", TEXT), value(None, INT)]
    assert len({digest(spec) for spec in specs}) == len(specs)

    def expecting(value: Any) -> Specification:
        made = Expectation(name="a", rows=(MadeRow(table="t.t", values=(("x", value),)),), included=True)
        return replace(smallest(), expectations=(made,))

    made_up = [expecting(each) for each in (1, 1.0, True, "1", "1.0", None)]
    assert len({digest(spec) for spec in made_up}) == len(made_up)
    for spec in made_up:
        ((_, found),) = load(dump(spec)).expectations[0].rows[0].values
        ((_, given),) = spec.expectations[0].rows[0].values
        assert type(found) is type(given)


def test_shared_and_repeated_nodes_are_one() -> None:
    # One object used twice, and two objects that say the same: the same study.
    def count() -> nodes.Series:
        return nodes.Count(nodes.Table("npr", "episode", Grain.EVENT, date="admitted_on"))

    one = count()
    shared = asking(nodes.Arithmetic("+", one, one))
    repeated = asking(nodes.Arithmetic("+", count(), count()))
    assert shared == repeated
    assert canonical(shared) == canonical(repeated)
    assert list(to_json(shared)["nodes"]) == ["n1", "n2", "n3"]


def test_names_of_nodes_and_order_of_keys_do_not_count() -> None:
    text = dump(asking(nodes.Count(EVENTS)))
    renamed = text.replace('"n1"', '"episodes"').replace('"n2"', '"how_many"')
    content = dict(reversed(list(json.loads(renamed).items())))
    assert digest(load(json.dumps(content))) == digest(load(text))


def test_a_field_with_its_default_may_be_written_out() -> None:
    content = to_json(smallest())
    assert "purpose" not in content
    assert load(json.dumps(content | {"purpose": "", "pins": []})) == smallest()


def test_texts_are_compared_in_one_normal_form() -> None:
    composed = replace(smallest(), title=unicodedata.normalize("NFC", "Årsak"))
    split = replace(smallest(), title=unicodedata.normalize("NFD", "Årsak"))
    assert digest(composed) == digest(split)
    assert load(dump(split)) == composed


def test_codes_are_a_set() -> None:
    content = to_json(_coded(("I50", "I21")))
    (node,) = [node for node in content["nodes"].values() if node["op"] == "in_codes"]
    node["codes"]["codes"] = ["I50", "I21", "I50"]
    assert digest(load(json.dumps(content))) == digest(_coded(("I21", "I50")))


def _coded(codes: tuple[str, ...]) -> Specification:
    from helseanalyse.study.types import CodeList

    column = nodes.Column(EVENTS, "main_diagnosis", ValueType(Kind.CODE, system="ICD-10"))
    return asking(nodes.InCodes(column, CodeList("ICD-10", tuple(sorted(codes))), "exact"))


def chain(length: int) -> nodes.Series:
    series: nodes.Series = nodes.Count(EVENTS)
    for _ in range(length - 2):
        series = nodes.Negate(series)
    return series


def test_the_deepest_study_is_read_and_one_deeper_is_neither_written_nor_read() -> None:
    deepest = asking(chain(DEEPEST_NODE))
    assert load(dump(deepest)) == deepest
    with pytest.raises(SpecificationError, match="more than 100 operations deep"):
        dump(asking(chain(DEEPEST_NODE + 1)))


def test_a_study_whose_parts_are_shared_many_times_costs_no_more_than_its_parts() -> None:
    # 2 to the power of 90 paths lead to the table at the bottom.
    content: dict[str, Any] = to_json(asking(nodes.Count(EVENTS)))
    for number in range(3, 93):
        below = f"n{number - 1}"
        content["nodes"][f"n{number}"] = {"op": "arithmetic", "sign": "+", "left": below, "right": below}
    spec = load(json.dumps(content | {"index": "n92"}))
    assert spec.index is not None
    assert spec.index.type == INT
    assert spec.index.domain is None
    assert len(digest(spec)) == 64


# --- Texts that anyone may have written ---------------------------------------------------------

GOOD = dump(
    replace(
        _coded(("I21",)),
        variables=(Variable(name="age", value=nodes.Constant(1.5, FLOAT), bands=(40, 60)),),
        expectations=(Expectation(name="a", rows=(MadeRow(table="t.t", values=(("x", 1.5),)),), included=True),),
    )
)


def places(content: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner: list[tuple[Any, Any]] = []
    if isinstance(content, dict):
        inner = list(content.items())
    elif isinstance(content, list):
        inner = list(enumerate(content))
    return [path, *(place for key, value in inner for place in places(value, (*path, key)))]


def read_or_told(text: str) -> Specification | tuple[Problem, ...]:
    """The specification of a text, or what is wrong with it; anything else that is raised fails the test."""
    try:
        return load(text)
    except SpecificationError as error:
        return error.problems


PLACES = places(json.loads(GOOD))
STRANGE: list[Any] = [None, True, 7, -1, 2**70, "x", "", [], {}, ["n1"], {"op": "count"}, [[[[[[]]]]]], "n99", "\x00"]


def changed(path: tuple[Any, ...], new: Any) -> Any:
    content = json.loads(GOOD)
    if not path:
        return new
    held = content
    for key in path[:-1]:
        held = held[key]
    held[path[-1]] = new
    return content


@settings(max_examples=500)
@given(st.sampled_from(PLACES), st.sampled_from(STRANGE))
def test_anything_put_anywhere_is_read_or_told(path: tuple[Any, ...], new: Any) -> None:
    found = read_or_told(json.dumps(changed(path, new)))
    if isinstance(found, Specification):
        assert load(dump(found)) == found
    else:
        assert found
        assert all(problem.id.startswith("S1") for problem in found)


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_any_bytes_are_told(text: bytes) -> None:
    with pytest.raises(SpecificationError, match="S1"):
        load(text)


@settings(max_examples=300)
@given(st.integers(0, len(GOOD)), st.integers(0, len(GOOD)), st.sampled_from(['"', "{", "]", ",", "\\", "e", "9", "-"]))
def test_a_damaged_text_is_read_or_told(first: int, last: int, put: str) -> None:
    text = GOOD[: min(first, last)] + put + GOOD[max(first, last) :]
    found = read_or_told(text)
    assert found
    if isinstance(found, Specification):
        assert digest(load(dump(found))) == digest(found)


@pytest.mark.parametrize("opening", ["[", '{"a":', '{"nodes":{"n1":'])
def test_no_nesting_is_too_deep_to_be_told(opening: str) -> None:
    with pytest.raises(SpecificationError, match="S102"):
        load(opening * (1_000_000 // len(opening)))


def test_brackets_inside_texts_are_no_nesting() -> None:
    deep = replace(smallest(), purpose='[{"\\' * 500)
    assert load(dump(deep)) == deep


def test_every_unknown_field_and_every_missing_one_is_told_at_once() -> None:
    text = '{"spec_version": 1, "titel": "A", "strat": "2015-01-01", "end": "2015-12-32"}'
    with pytest.raises(SpecificationError, match=r'S113 /: "titel" is not a field here. Nearest: title') as caught:
        load(text)
    assert Counter(problem.id for problem in caught.value.problems) == {"S113": 2, "S106": 2, "S109": 1}


@pytest.mark.parametrize("number", ["1e400", "NaN", "Infinity", "-Infinity", "1.5", "9" * 5000])
def test_numbers_that_cannot_be_kept_are_told(number: str) -> None:
    with pytest.raises(SpecificationError, match=r"S104 .* is written as a number that cannot be kept exactly"):
        load(f'{{"spec_version": 1, "pins": [["npr", {number}]]}}')


def test_a_date_that_is_a_float_by_name_is_told() -> None:
    content = to_json(value(date(2020, 2, 29), DATE))
    content["nodes"]["n1"]["value"] = "2021-02-29"
    with pytest.raises(SpecificationError, match="S109 /nodes/n1/value: `value` must be a date"):
        load(json.dumps(content))
