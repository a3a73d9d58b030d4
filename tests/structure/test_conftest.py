"""A test that lacks a program or data is skipped aloud, and in CI fails: no check is missed in silence."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

TESTS = {
    "r": "def test_it(needs_r):\n    pass\n",
    "chromium": "def test_it(needs_chromium):\n    pass\n",
    "data": "def test_it(shared_data):\n    assert shared_data('a/b.csv').exists()\n",
}


def outcome(folder: Path, test: str, *, ci: bool) -> tuple[str, str]:
    """How a test that needs something ends where no program is to be found: outcome, and all it printed."""
    tests = folder / "repository" / "tests"
    tests.mkdir(parents=True)
    (tests / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text("utf-8"), "utf-8")
    (tests / "test_it.py").write_text(TESTS[test], "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-ra", "-p", "no:cacheprovider", "--rootdir", tests, tests],
        env={"PATH": str(folder), "CI": "true" if ci else ""},
        capture_output=True,
        text=True,
        check=False,
    )
    closing = re.search(r"=+ 1 (\w+) in", done.stdout)
    assert closing, done.stdout + done.stderr
    return closing[1], done.stdout


@pytest.mark.parametrize(("needed", "name"), [("r", "R is missing"), ("chromium", "Chromium is missing")])
def test_a_missing_program_is_told_and_fails_in_ci(tmp_path: Path, needed: str, name: str) -> None:
    ended, told = outcome(tmp_path / "at-home", needed, ci=False)
    assert ended == "skipped"
    assert name in told
    assert "scripts/system_packages" in told
    assert outcome(tmp_path / "in-ci", needed, ci=True)[0] == "error"


@pytest.mark.parametrize(
    ("there", "ci", "ends"),
    [
        ("",                  False, "skipped"),
        ("",                  True,  "skipped"),  # whoever has the repository alone
        ("shared",            False, "skipped"),
        ("shared",            True,  "failed"),   # the folder is there: the file has moved
        ("shared/data/a/b.csv", True,  "passed"),
    ],
)  # fmt: skip
def test_data_beside_the_repository(tmp_path: Path, there: str, ci: bool, ends: str) -> None:
    if there.endswith(".csv"):
        (tmp_path / there).parent.mkdir(parents=True)
        (tmp_path / there).touch()
    elif there:
        (tmp_path / there).mkdir()
    assert outcome(tmp_path, "data", ci=ci)[0] == ends
