"""Asking from a notebook: the same road out, and an answer that shows itself."""

from pathlib import Path

import pytest

from helseanalyse import Study, ask, atc
from helseanalyse.permit import PermitError
from helseanalyse.registries import lmr, population
from helseanalyse.vault.open import Vault


@pytest.fixture
def study() -> Study:
    asked = Study("Metformin in <Norway>", start="2012-01-01", end="2020-12-31")
    first = lmr.where(lmr.atc.within(atc("A10BA02"))).first(by=lmr.dispensed_on)
    day0 = asked.index(first.dispensed_on)
    asked.require("aged 18 or more", population.age_on(day0) >= 18)
    asked.flow()
    asked.table_one(by="sex")
    return asked


def test_an_answer_shows_itself_and_can_be_saved(study: Study, synthetic_vault: Vault, tmp_path: Path) -> None:
    answer = ask(study, vault=synthetic_vault.path)
    assert list(answer.tables) == ["flow", "table_one"]
    shown = answer._repr_html_()
    assert "<table" in shown
    assert "<svg" in shown
    assert "<Norway>" not in shown
    assert repr(answer) == "<Answer to 'Metformin in <Norway>': flow, table_one; lane checked>"
    page = answer.save(tmp_path / "answer")
    assert page.read_text(encoding="utf-8").lower().startswith("<!doctype html>")
    assert (tmp_path / "answer" / "results.json").is_file()


def test_a_permit_is_asked_for_in_a_notebook_too(study: Study, synthetic_vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "permit.json").write_text("{}")
    with pytest.raises(PermitError, match="not a permit"):
        ask(study, vault=synthetic_vault.path, permit=tmp_path / "permit.json")
