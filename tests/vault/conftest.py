"""A vault with thirty made-up persons, made once and copied for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.vault.small import Loaded, load, people, people_folder


@pytest.fixture(scope="session")
def first_vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("first")
    load(people(), people_folder(folder / "delivery"), folder / "vault")
    return folder / "vault"


@pytest.fixture
def loaded(first_vault: Path, tmp_path: Path) -> Loaded:
    shutil.copytree(first_vault, tmp_path / "vault", symlinks=True)
    return Loaded(tmp_path / "vault")
