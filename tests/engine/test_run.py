"""A study through the whole engine: plan, process, files, answer. Held against the plain engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.engine.agree_compare import differences
from tests.engine.fast_studies import CATALOGUE, COHORT, WHOLE_POPULATION, random_registers, study_of
from tests.engine.tiny import tiny_vault

from helseanalyse.engine import reference
from helseanalyse.engine.errors import EngineError, RefusedError
from helseanalyse.engine.run import Settings, answer
from helseanalyse.permit import grant, made_for_synthetic
from helseanalyse.study.answer import RawAnswer
from helseanalyse.study.need import need
from helseanalyse.study.specification import Specification

END = date(2019, 12, 31)


def ask(
    study: Specification,
    files: Mapping[str, Path],
    temp: Path,
    *,
    without: Iterable[str] = (),
    excluded: Iterable[int] = (),
    **settings: Any,
) -> RawAnswer:
    wanted = need(study, CATALOGUE) - frozenset(without)
    leave = grant(wanted, made_for_synthetic("test", wanted), date(2026, 1, 1))
    return answer(
        study, leave, files, CATALOGUE, last_day=END, excluded=excluded, settings=Settings(temp=temp, **settings)
    )


def columns(found: object) -> Any:
    """Everything that an answer holds, as plain values: answers show no number of themselves."""
    if isinstance(found, tuple):
        return [columns(part) for part in found]
    if hasattr(found, "tolist"):
        return found.tolist()
    if hasattr(found, "__slots__") and not isinstance(found, str | date):
        return {name: columns(getattr(found, name)) for name in found.__slots__}
    return found


@pytest.fixture(scope="module")
def registers() -> dict[str, list[dict[str, Any]]]:
    return random_registers(seed=1, persons=120)


@pytest.fixture(scope="module")
def files(registers: dict[str, list[dict[str, Any]]], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return tiny_vault(tmp_path_factory.mktemp("vault"), CATALOGUE, registers)


@pytest.mark.parametrize("text", [COHORT, WHOLE_POPULATION], ids=["cohort", "whole population"])
def test_the_answer_is_that_of_the_plain_engine(
    text: str, registers: dict[str, list[dict[str, Any]]], files: dict[str, Path], tmp_path: Path
) -> None:
    study = study_of(text)
    wanted = reference.answer(study, reference.data(CATALOGUE, registers), END)
    found = ask(study, files, tmp_path)
    assert differences(wanted, found) == []
    assert found.checks == wanted.checks
    assert found.results[0].persons[-1] > 15  # it is not an answer about nobody


def test_threads_and_the_order_of_delivery_change_nothing(
    registers: dict[str, list[dict[str, Any]]], files: dict[str, Path], tmp_path: Path
) -> None:
    study = study_of(COHORT)
    wanted = columns(ask(study, files, tmp_path, threads=1).results)
    for seed, threads in ((1, 2), (2, 4)):
        order = Random(seed)
        rows = {path: order.sample(table, len(table)) for path, table in registers.items()}
        (folder := tmp_path / str(seed)).mkdir()
        again = ask(study, tiny_vault(folder, CATALOGUE, rows), tmp_path, threads=threads)
        assert columns(again.results) == wanted


def test_excluded_persons_are_in_no_count(
    registers: dict[str, list[dict[str, Any]]], files: dict[str, Path], tmp_path: Path
) -> None:
    study = study_of(COHORT)
    excluded = frozenset(range(1, 40))
    wanted = reference.answer(study, reference.data(CATALOGUE, registers), END, excluded)
    assert differences(wanted, ask(study, files, tmp_path, excluded=excluded)) == []


def test_a_column_outside_the_grant_is_refused_though_the_caller_forgot(
    files: dict[str, Path], tmp_path: Path
) -> None:
    with pytest.raises(RefusedError, match=r"reads lmr\.dispensing\.ddd, which its grant does not cover"):
        ask(study_of(COHORT), files, tmp_path, without=["lmr.dispensing.ddd"])


def test_steps_are_told_without_a_count(files: dict[str, Path], tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    found = ask(study_of(COHORT), files, tmp_path, on_step=lambda name, seconds: told.append((name, seconds)))
    assert tuple(told) == found.steps
    assert [name for name, _ in told][:2] == ["residents", "universe"]


def test_a_run_that_takes_too_long_is_stopped_and_leaves_nothing(files: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"was stopped in the step .*after its 0\.01 seconds"):
        ask(study_of(COHORT), files, tmp_path, seconds=0.01)
    assert list(tmp_path.iterdir()) == []
