"""The command line as a new user meets it: help, exit codes, and one clear message for each thing gone wrong."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from signal import SIGINT

import pytest
from click.testing import Result
from typer.testing import CliRunner

from helseanalyse.cli.app import app
from helseanalyse.vault.open import Vault

STUDY = """
from helseanalyse import Study, atc
from helseanalyse.registries import lmr, population

study = Study("Metformin", start="2012-01-01", end="2020-12-31")
first = lmr.where(lmr.atc.within(atc("{code}"))).first(by=lmr.{date})
day0 = study.index(first.dispensed_on)
study.require("aged 18 or more", population.age_on(day0) >= 18)
study.flow()
study.table_one()
"""
GOOD = STUDY.format(code="A10BA02", date="dispensed_on")


def invoke(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def study(tmp_path: Path) -> Path:
    path = tmp_path / "study.py"
    path.write_text(GOOD)
    return path


def test_every_command_has_help_with_an_example() -> None:
    assert invoke("--help").exit_code == 0
    for command in ("catalogue", "synthetic", "load", "check", "test", "explain", "run"):
        told = invoke(command, "--help")
        assert told.exit_code == 0
        assert "Example: helseanalyse" in told.output


def test_run_writes_the_whole_bundle(study: Path, synthetic_vault: Vault, tmp_path: Path) -> None:
    out = tmp_path / "answer"
    told = invoke("run", study, "--vault", synthetic_vault.path, "--out", out)
    assert told.exit_code == 0, told.output
    assert {path.name for path in out.iterdir()} == {
        "report.html", "results.json", "study.json", "receipt.json", "tables", "figures",
    }  # fmt: skip
    again = invoke("run", out / "study.json", "--vault", synthetic_vault.path, "--out", tmp_path / "again")
    assert again.exit_code == 0, again.output
    first, second = (json.loads((folder / "results.json").read_text()) for folder in (out, tmp_path / "again"))
    assert first == second


def test_check_says_what_is_used_and_that_the_permit_covers_it(study: Path, synthetic_vault: Vault) -> None:
    told = invoke("check", study, "--vault", synthetic_vault.path)
    assert told.exit_code == 0, told.output
    assert "dispensing: atc, dispensed_on" in told.output
    assert "Permit synthetic covers it, in the checked lane." in told.output
    machine = json.loads(invoke("check", study, "--vault", synthetic_vault.path, "--json").output)
    assert machine["covered"] is True
    assert "lmr.dispensing.atc" in machine["need"]


def test_check_saves_a_specification_that_runs(study: Path, synthetic_vault: Vault, tmp_path: Path) -> None:
    saved = tmp_path / "study.json"
    assert invoke("check", study, "--save", saved).exit_code == 0
    assert invoke("check", saved, "--vault", synthetic_vault.path).exit_code == 0


def test_explain_shows_sql_with_a_reason_for_each_step(study: Path, synthetic_vault: Vault) -> None:
    told = invoke("explain", study, "--vault", synthetic_vault.path)
    assert told.exit_code == 0, told.output
    assert told.output.count("-- ") >= 5
    assert "CREATE TEMPORARY TABLE" in told.output


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (STUDY.format(code="A10BA99X", date="dispensed_on"), "A10BA99X"),  # no such code
        (STUDY.format(code="A10BA02", date="dispensed"), "dispensed_on"),  # misspelt: the nearest is offered
        (GOOD.replace("2020-12-31", "2010-12-31"), "2010-12-31"),  # ends before it starts
        (GOOD.replace("2012-01-01", "2012-02-30"), "2012-02-30"),  # no such day
        (GOOD.replace("study = Study", "other = Study"), "study"),
        ("study = 1 +", "not Python"),
        ("raise ValueError('x')", "ValueError: x"),
    ],
)
def test_a_mistake_in_a_study_is_named_with_its_place(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "study.py"
    path.write_text(text)
    told = invoke("check", path)
    assert told.exit_code == 1, told.output
    assert says in told.output
    assert "Traceback" not in told.output


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda spec: spec | {"colour": "red"}, "colour"),
        (lambda spec: spec | {"spec_version": 99}, "99"),
        (lambda spec: spec | {"start": "2012-13-01"}, "2012-13-01"),
        (lambda spec: spec | {"nodes": {}}, "n1"),
    ],
)
def test_a_specification_edited_by_hand_is_refused_with_the_place(
    change: object, says: str, study: Path, tmp_path: Path
) -> None:
    saved = tmp_path / "study.json"
    assert invoke("check", study, "--save", saved).exit_code == 0
    saved.write_text(json.dumps(change(json.loads(saved.read_text()))))  # type: ignore[operator]
    told = invoke("check", saved)
    assert told.exit_code == 1, told.output
    assert says in told.output


def test_without_a_permit_a_vault_of_real_persons_refuses(study: Path, synthetic_vault: Vault, tmp_path: Path) -> None:
    vault = tmp_path / "real"
    shutil.copytree(synthetic_vault.path, vault, ignore=shutil.ignore_patterns("keys", "work"))
    settings = json.loads((vault / "vault.json").read_text())
    (vault / "vault.json").write_text(json.dumps(settings | {"synthetic": False}))
    told = invoke("run", study, "--vault", vault, "--out", tmp_path / "answer")
    assert told.exit_code == 3, told.output
    assert "Give a permit with --permit" in told.output.replace("\n", " ")
    assert not (tmp_path / "answer").exists()


def test_a_vault_that_is_not_there_or_of_another_format(study: Path, tmp_path: Path) -> None:
    told = invoke("run", study, "--vault", tmp_path / "nowhere", "--out", tmp_path / "answer")
    assert told.exit_code == 4
    assert "nowhere" in told.output.replace("\n", "")
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "vault.json").write_text('{"format": 99, "made_by": "x", "synthetic": true}')
    told = invoke("run", study, "--vault", tmp_path / "old", "--out", tmp_path / "answer")
    assert told.exit_code == 4
    assert "99" in told.output


def test_a_damaged_registry_file_is_named_and_nothing_is_written(
    study: Path, synthetic_vault: Vault, tmp_path: Path
) -> None:
    vault = tmp_path / "vault"
    shutil.copytree(synthetic_vault.path, vault)
    file = vault / "registries" / "lmr@1.duckdb"
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    told = invoke("run", study, "--vault", vault, "--out", tmp_path / "answer")
    assert told.exit_code == 4, told.output
    assert "lmr" in told.output
    assert not (tmp_path / "answer").exists()


def test_an_interrupt_leaves_nothing_half_written(study: Path, synthetic_vault: Vault, tmp_path: Path) -> None:
    out = tmp_path / "answer"
    command = [sys.executable, "-c", "from helseanalyse.cli import main; main()", "run", str(study)]
    with subprocess.Popen(
        [*command, "--vault", str(synthetic_vault.path), "--out", str(out)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as run:
        assert run.stderr is not None
        run.stderr.readline()  # the first step is done
        os.kill(run.pid, SIGINT)
        run.stderr.read()
        run.wait(timeout=30)
    assert out.exists() is (run.returncode == 0)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_check_imports_nothing_heavy(study: Path) -> None:
    """What makes `check` answer in under a second: no statistics, pictures or engine are loaded for it."""
    code = (
        "import sys, typer\n"
        "from helseanalyse.cli.app import app\n"
        f"try: app(['check', {str(study)!r}], standalone_mode=False)\n"
        "except typer.Exit: pass\n"
        "print(sorted({'scipy', 'altair', 'pyarrow', 'sqlglot', 'vl_convert', 'jinja2'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip().endswith("[]"), done.stdout
