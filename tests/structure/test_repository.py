"""The repository as a whole: nothing of one machine in it, and every dependency pinned and allowed."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]

# Written with brackets, so that this file does not hold what it looks for.
TRACES_OF_A_MACHINE = {
    "a package registry's address": r"pypi[.]org|pythonhosted[.]org|npmjs[.](org|com)|deb[.]debian[.]org",
    "a folder of one machine": r"/hom[e]/[a-z]|/roo[t]/|/opt/(pypi|wheels)|/Use[r]s/|(?<![\w.])/wor[k]/",
}
LOCKS = ["build", "run", "dev"]


def text_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_registry_or_a_folder_of_one_machine() -> None:
    found = []
    for path in text_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture or data
        found += [
            f"{path.relative_to(ROOT)}: {what}: {match.group()}"
            for what, pattern in TRACES_OF_A_MACHINE.items()
            for match in re.finditer(pattern, text)
        ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("see https://pypi" + ".org/simple", True),
        ("vault = '/ho" + "me/kari/vault'", True),
        ("cd /wo" + "rk/main", True),
        ("cd ../shared/data", False),
        ("the framework/model of", False),
    ],
)
def test_a_trace_of_a_machine_is_seen(text: str, seen: bool) -> None:
    assert any(re.search(pattern, text) for pattern in TRACES_OF_A_MACHINE.values()) is seen


# ---------------------------------------------------------------- lock files
REQUIREMENT = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[^ ;\\]+)(?: ; [^\\]+?)?"
    r"(?: \\\n    --hash=sha256:[0-9a-f]{64})+\n"
)


def locked(name: str) -> list[re.Match[str]]:
    """The requirements of a lock file; every byte of the file must belong to one."""
    text = (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8")
    requirements = list(REQUIREMENT.finditer(text))
    assert "".join(match.group() for match in requirements) == text, "a line without hashes, or an option"
    return requirements


def versions(name: str) -> dict[str, set[str]]:
    """Package -> its versions; more than one where it depends on the version of Python."""
    found: dict[str, set[str]] = {}
    for match in locked(name):
        found.setdefault(canonicalize_name(match["name"]), set()).add(match["version"])
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_requirement_has_hashes_and_no_address(name: str) -> None:
    assert locked(name)
    assert "://" not in (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8")


def declared() -> dict[str, list[Requirement]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = settings["dependency-groups"]
    return {
        "run": [Requirement(text) for text in settings["project"]["dependencies"]],
        "build": [Requirement(text) for text in groups["build"]],
        "dev": [Requirement(text) for text in groups["dev"] if isinstance(text, str)],
    }


@pytest.mark.parametrize("name", LOCKS)
def test_the_lock_fits_what_is_declared(name: str) -> None:
    have = versions(name)
    wrong = [
        str(requirement)
        for requirement in declared()[name]
        if not all(
            requirement.specifier.contains(version)
            for version in have.get(canonicalize_name(requirement.name), {"none"})
        )
    ]
    assert wrong == [], "Run make lock."


def test_what_runs_is_what_is_tested() -> None:
    tested = versions("dev")
    assert {name: v for name, v in versions("run").items() if tested.get(name) != v} == {}


# ---------------------------------------------------------------- licences
# Whoever runs the platform gets it under Apache-2.0: nothing it needs may ask for more than that.
# (What only tests need may have any licence; it is not part of what we give.)
ALLOWED_LICENCE = re.compile(
    r"\b(MIT|BSD|0BSD|Apache|PSF|Python Software Foundation|MPL|Mozilla|ISC|CC0|Zlib|HPND)\b", re.IGNORECASE
)
REFUSED_LICENCE = re.compile(r"\b(A?GPL|Affero|BUSL|SSPL|Commons Clause)\b", re.IGNORECASE)


def licence(distribution: importlib.metadata.Distribution) -> str:
    """What the package says of its licence: the short expression first, then its classifiers."""
    told = distribution.metadata
    classifiers = [c for c in told.get_all("Classifier") or [] if c.startswith("License ::")]
    first_line = (told.get("License") or "").split("\n")[0]
    return told.get("License-Expression") or "; ".join(classifiers) or first_line


@pytest.mark.parametrize("name", sorted(versions("run")))
def test_what_we_run_on_has_a_licence_that_fits_ours(name: str) -> None:
    try:
        told = licence(importlib.metadata.distribution(name))
    except importlib.metadata.PackageNotFoundError:
        assert name == "colorama", f"{name} is locked but not installed: run make setup"  # for Windows only
        return
    assert ALLOWED_LICENCE.search(told), f"{name}: {told!r}"
    assert not REFUSED_LICENCE.search(told), f"{name}: {told!r}"
