"""What tests share: the programs and the data beside the repository that some of them need.

A test that lacks one of them is skipped and says what is missing. In CI (the variable CI is set) it
fails instead, because there a silent skip would pass for a check that was made.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import hypothesis
import pytest

from helseanalyse.catalogue.read import norway
from helseanalyse.release.synthetic_vault import make_vault
from helseanalyse.synthetic.world import World
from helseanalyse.vault.open import Vault

ROOT = Path(__file__).resolve().parent.parent
IN_CI = bool(os.environ.get("CI"))

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell starts what runs in its background so, and it is handed on: then no test could interrupt a program.
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples on every run: a failure that comes and goes is worth little to the one who gets it.
hypothesis.settings.register_profile("same every time", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("same every time")


def lacking(what: str, remedy: str) -> NoReturn:
    """Skip the test, or fail it in CI: say what is missing and how to get it."""
    message = f"{what} is missing. {remedy}"
    if IN_CI:
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def needs_r() -> Callable[[str], str]:
    """Run R code, with the packages survival and Epi at hand, and get what it prints.

    def test_rates_agree_with_r(needs_r):
        assert needs_r("library(survival); cat(nrow(lung))") == "228"
    """
    rscript = shutil.which("Rscript")
    if rscript is None:
        lacking("R", "Run scripts/system_packages, or install r-base-core.")
    for package in ("survival", "Epi"):
        probe = f"quit(status = !requireNamespace('{package}', quietly = TRUE))"
        if subprocess.run([rscript, "--vanilla", "-e", probe], capture_output=True, check=False).returncode:
            lacking(f"The R package {package}", "Run scripts/system_packages.")

    def run(code: str) -> str:
        done = subprocess.run(
            [rscript, "--vanilla", "-"], input=code, text=True, capture_output=True, check=False, timeout=120
        )
        assert done.returncode == 0, f"R stopped with an error:\n{done.stderr}"
        return done.stdout.strip()

    return run


@pytest.fixture(scope="session")
def needs_chromium() -> Path:
    """The path of Chromium, for playwright's `executable_path` or a headless run of its own."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return Path(found)
    lacking("Chromium", "Run scripts/system_packages, or install chromium.")


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """A file or folder of the data that lies beside the repository, in ../shared/data.

    def test_published_figures(shared_data):
        table = shared_data("danish_diabetes_registry/dmlate.parquet")

    Whoever has only the repository has no such folder: the test is then skipped, in CI too. Where the
    folder is there but the file is not, CI fails.
    """

    def find(name: str) -> Path:
        shared = ROOT.parent / "shared"
        path = shared / "data" / name
        if path.exists():
            return path
        if shared.is_dir():
            lacking(f"../shared/data/{name}", "The folder ../shared is there; has the file another name?")
        pytest.skip(f"../shared/data/{name} is missing: there is no ../shared beside the repository.")

    return find


@pytest.fixture(scope="session")
def synthetic_vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    """A vault of 3,000 made-up residents with every registry. Shared by all tests: none may change it."""
    folder = tmp_path_factory.mktemp("synthetic") / "vault"
    make_vault(folder, norway(), World(3000, seed=1), lambda words, done, total: None)
    return Vault.open(folder)
