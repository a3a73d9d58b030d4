"""Studies that make sense, as the engines' tests make them: no rule refuses one, each can be told and written."""

from __future__ import annotations

import random

import pytest
from tests.engine.agree_studies import question

from helseanalyse.study.check import check, need, years
from helseanalyse.study.codec import digest, dump, load
from helseanalyse.study.cost import cost
from helseanalyse.study.summary import summary
from helseanalyse.study.ties import with_ties
from helseanalyse.study.windows import windows
from helseanalyse.study.words import words


@pytest.mark.parametrize("seed", range(60))
def test_a_study_that_makes_sense_is_not_refused(seed: int) -> None:
    chance = random.Random(seed)
    made = question(chance.randrange)
    study, catalogue = made.study, made.catalogue
    assert [str(problem) for problem in check(study, catalogue) if problem.is_error] == []
    assert load(dump(study)) == study
    frozen = with_ties(study, catalogue)
    assert with_ties(frozen, catalogue) == frozen
    assert digest(load(dump(frozen))) == digest(frozen)
    known = {f"{table.path}.{column.name}" for table, column in catalogue.columns()}
    # A tie-breaker is a column that the study uses anyway, so none widens the need.
    assert need(frozen, catalogue) <= need(study, catalogue) <= known
    assert set(years(study, catalogue)) <= {registry.name for registry in catalogue.registries}
    assert summary(study, catalogue).registries
    assert cost(study, {}).seconds >= 0
    windows(study)
    for language in ("en", "nb"):
        told = words(study, catalogue, language)
        assert all(sentence.endswith(".") for sentence in told)
