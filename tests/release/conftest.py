"""A small synthetic vault that the tests of the road out share."""

from pathlib import Path

import pytest

from helseanalyse.catalogue.read import norway
from helseanalyse.release.synthetic_vault import make_vault
from helseanalyse.synthetic.world import World
from helseanalyse.vault.open import Vault


@pytest.fixture(scope="session")
def synthetic_vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    """3,000 residents, every registry. Session-wide: tests must not change it."""
    folder = tmp_path_factory.mktemp("synthetic") / "vault"
    make_vault(folder, norway(), World(3000, seed=1), lambda words, done, total: None)
    return Vault.open(folder)
