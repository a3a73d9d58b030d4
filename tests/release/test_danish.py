"""The published figures of the Danish sample, through the whole platform: load, run, results.json."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from helseanalyse.cli.app import app

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "danish_diabetes"


@pytest.fixture(scope="module")
def results(shared_data: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The answer of the example's study, asked with the commands of its README."""
    data = shared_data("danish_diabetes_registry/dmlate.parquet")
    folder = tmp_path_factory.mktemp("danish")
    vault, out = str(folder / "vault"), folder / "answer"
    loaded = CliRunner().invoke(
        app, ["load", str(EXAMPLE / "catalogue.yml"), "--from", str(data.parent), "--vault", vault]
    )
    assert loaded.exit_code == 0, loaded.output
    asked = CliRunner().invoke(app, ["run", str(EXAMPLE / "study.py"), "--vault", vault, "--out", str(out)])
    assert asked.exit_code == 0, asked.output
    found: dict[str, Any] = json.loads((out / "results.json").read_text(encoding="utf-8"))
    return found


def column(results: dict[str, Any], table: str, name: str) -> list[Any]:
    (found,) = [one for one in results["tables"] if one["id"] == table]
    place = [heading["name"] for heading in found["columns"]].index(name)
    return [row[place] for row in found["rows"]]


def test_the_answer_is_exact_because_the_registry_is_public(results: dict[str, Any]) -> None:
    assert results["schema"] == "helseanalyse/answer@1"
    assert (results["lane"], results["permit"], results["data"]["dmlate"]["version"]) == ("open", None, 1)
    assert "hidden" not in json.dumps(results["tables"])


def test_persons_deaths_and_person_years_are_the_published_ones(results: dict[str, Any]) -> None:
    assert column(results, "rates", "persons") == [9996]
    assert column(results, "rates", "events") == [2499]
    assert [round(years, 2) for years in column(results, "rates", "person_years")] == [54273.27]


def test_before_and_after_first_insulin_are_the_published_ones(results: dict[str, Any]) -> None:
    assert column(results, "rates_insulin", "insulin") == ["before insulin", "after insulin"]
    assert [round(years, 2) for years in column(results, "rates_insulin", "person_years")] == [45885.49, 8387.77]
    assert column(results, "rates_insulin", "events") == [2048, 451]
    assert column(results, "rates_insulin", "persons")[1] == 1791


def test_rates_by_sex_and_age_add_up_to_the_published_totals(results: dict[str, Any]) -> None:
    (cells,) = [one for one in results["tables"] if one["kind"] == "rates_cells"]
    assert sum(column(results, cells["id"], "events")) == 2499
    assert round(sum(column(results, cells["id"], "person_years")), 2) == 54273.27


def test_the_curves_of_the_study_are_there_and_make_sense(results: dict[str, Any]) -> None:
    kinds = [table["kind"] for table in results["tables"]]
    assert kinds.count("curve") == 2
    curves = [table["id"] for table in results["tables"] if table["kind"] == "curve"]
    survival = column(results, curves[0], "estimate")
    assert 0.3 < min(survival) < 0.6
    incidence = [
        row
        for table in results["tables"]
        if table["id"] == curves[1]
        for row in table["rows"]
        if "first insulin" in row
    ]
    assert incidence
