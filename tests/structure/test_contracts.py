"""Each import contract can fail: plant one violation of it in a copy, and see it caught by name.

A contract that nothing can break protects nothing. A mistyped module name makes one, and shows green.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# The contract, the file that breaks it (added to, or made), and the import that does.
VIOLATIONS = [
    ("layers", "catalogue/planted.py", "from helseanalyse import study"),
    ("layers", "audit/planted.py", "import helseanalyse.catalogue"),
    ("layers", "report/planted.py", "def late():\n    from helseanalyse import cli\n    return cli"),
    ("layers", "trials/__init__.py", "import helseanalyse.portal"),
    ("layers", "utils/__init__.py", ""),  # a folder that no layer names
    ("engine", "report/planted.py", "from helseanalyse.engine import planted"),
    ("engine", "cli/planted.py", "import helseanalyse.engine"),
    ("registries", "report/planted.py", "from helseanalyse import registries"),
    ("facade", "cli/planted.py", "import helseanalyse\n\nhelseanalyse.__doc__"),
    ("pure", "methods/planted.py", "from pathlib import Path"),
    ("pure", "disclosure/planted.py", "import duckdb"),
    ("pure", "study/planted.py", "import urllib.request"),
    ("pure", "permit/planted.py", "import subprocess"),
    ("pure", "disclosure/planted.py", "from helseanalyse.synthetic import planted"),  # reads for it
    ("sql", "release/planted.py", "import duckdb"),
    ("sql", "report/planted.py", "from sqlglot import exp"),
    ("offline", "vault/planted.py", "import urllib.request"),
    ("offline", "report/planted.py", "import socket"),
    ("django", "cli/planted.py", "from django.db import models"),
]
# What the violations above lean on, there in the copy only.
SCENERY = {
    "registries.py": "",
    "portal/__init__.py": "",
    "engine/planted.py": "",
    "synthetic/planted.py": "import os",
}


def contract_names() -> dict[str, str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {c["id"]: c["name"] for c in settings["tool"]["importlinter"]["contracts"]}


def broken_contracts(project: Path) -> set[str]:
    """The names of the contracts that import-linter finds broken in the project, by its own report."""
    lint_imports = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [lint_imports, "--no-logo", "--no-cache"],
        cwd=project,
        env={"PYTHONPATH": str(project / "src"), "PATH": "", "COLUMNS": "400", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    report = done.stdout
    assert "Contracts:" in report, f"import-linter did not come to its end:\n{report}{done.stderr}"
    broken = set(re.findall(r"^(.*) BROKEN(?: \(\d+ ignored imports?\))?$", report, re.MULTILINE))
    assert bool(broken) == bool(done.returncode)
    return broken


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Our source and contracts, with the scenery, and nothing planted yet."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    no_caches = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=no_caches)
    for name, text in SCENERY.items():
        write(tmp_path, name, text)
    return tmp_path


def write(project: Path, name: str, text: str) -> None:
    path = project / "src" / "helseanalyse" / name
    path.parent.mkdir(exist_ok=True)
    if not path.exists():
        path.write_text(text + "\n", encoding="utf-8")


def test_our_own_tree_keeps_every_contract(copy: Path) -> None:
    assert broken_contracts(copy) == set()


@pytest.mark.parametrize(
    ("contract", "file", "text"), VIOLATIONS, ids=[f"{c}: {f}" for c, f, _ in VIOLATIONS]
)
def test_a_planted_violation_is_caught_by_its_contract(
    copy: Path, contract: str, file: str, text: str
) -> None:
    (copy / "src" / "helseanalyse" / file).unlink(missing_ok=True)
    write(copy, file, text)
    assert contract_names()[contract] in broken_contracts(copy)


def test_every_contract_has_a_violation() -> None:
    assert {contract for contract, _, _ in VIOLATIONS} == set(contract_names())
