"""The published JSON Schema is that of the code, and says no where the code says no."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from tests.study.test_codec import GOOD, PLACES, STRANGE, changed, read_or_told

from helseanalyse.study.codec import dump, load
from helseanalyse.study.errors import SpecificationError
from helseanalyse.study.schema import schema, schema_text

ROOT = Path(__file__).resolve().parents[2]
PUBLISHED = ROOT / "docs" / "schema" / "study-1.json"


def test_the_published_schema_is_current() -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == schema_text(), "Run: make docs"


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())
    assert "additionalProperties" in schema()


# What a schema cannot see: a reference to a node that is not there or is of another kind, a circle, an unused node,
# a text with a control character, lists of different lengths, a day that the month does not have.
ONLY_THE_CODE = {"S108", "S111", "S112", "S114", "S115", "S116", "S117", "S118"}


def test_code_and_schema_agree_on_what_is_wrong() -> None:
    validator = Draft202012Validator(schema())
    refused = 0
    for path in PLACES:
        for new in STRANGE:
            content: Any = changed(path, new)
            found = read_or_told(json.dumps(content))
            told = {problem.id for problem in found} if isinstance(found, tuple) else set()
            if told and told <= ONLY_THE_CODE:
                continue
            assert validator.is_valid(content) == (not told), (path, new, told)
            refused += bool(told)
    assert refused > 300


@pytest.mark.parametrize("key", ["titel", "op", "nodes2"])
def test_a_field_too_many_is_refused_by_both(key: str) -> None:
    content = json.loads(GOOD) | {key: "x"}
    assert not Draft202012Validator(schema()).is_valid(content)
    with pytest.raises(SpecificationError, match=f'S113 /: "{key}" is not a field here'):
        load(json.dumps(content))


def test_what_the_code_writes_the_schema_takes() -> None:
    assert Draft202012Validator(schema()).is_valid(json.loads(dump(load(GOOD))))
