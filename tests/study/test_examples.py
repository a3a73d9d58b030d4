"""The examples that come with the platform: built, checked, told, and true to their own tests."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

from helseanalyse.engine.reference.expect import disappointments
from helseanalyse.study.check import check
from helseanalyse.study.codec import dump, load
from helseanalyse.study.rehearsal import agrees, made_tables
from helseanalyse.study.words import words

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ("sglt2_heart_failure", "mi_incidence")


def study_of(name: str) -> Any:
    return runpy.run_path(str(ROOT / "examples" / name / "study.py"), run_name="study")["study"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_has_no_mistake_and_tests_of_its_own(name: str) -> None:
    study = study_of(name)
    spec = study.specification()
    assert check(spec, study.catalogue) == ()
    assert load(dump(spec)) == spec
    assert spec.expectations
    for language in ("en", "nb"):
        assert all(sentence.endswith(".") for sentence in words(spec, study.catalogue, language))


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_keeps_its_own_expectations(name: str) -> None:
    study = study_of(name)
    assert disappointments(study.specification(), study.catalogue) == ()


def test_made_up_persons_become_rows_of_tables() -> None:
    study = study_of("sglt2_heart_failure")
    spec = study.specification()
    made = made_tables(spec, study.catalogue)
    assert made.names == tuple(expectation.name for expectation in spec.expectations)
    assert [row["pid"] for row in made.rows["population.person"]] == [1, 2, 3]
    (episode, _) = made.rows["npr.episode"]
    assert episode["any_diagnosis"] == ("I501",)
    assert agrees("2020-06-01", episode["admitted_on"])
    # Whoever has no residence of their own lives in the country from birth.
    assert [row["moved_in_on"] == row2["born_on"] for row, row2 in zip(
        made.rows["population.residence"], made.rows["population.person"], strict=True
    )] == [True, True, False]  # fmt: skip
