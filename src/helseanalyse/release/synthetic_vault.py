"""A vault of synthetic persons, with a permit of its own: anyone may ask, and what they get is checked all the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from helseanalyse.catalogue.model import Catalogue
from helseanalyse.permit import made_for_synthetic
from helseanalyse.permit.permit import write as permit_text
from helseanalyse.release.own_permit import OWN_PERMIT
from helseanalyse.synthetic.figures import LAST_YEAR
from helseanalyse.synthetic.stage import stage
from helseanalyse.synthetic.world import World
from helseanalyse.vault.manifest import Manifest
from helseanalyse.vault.write import NewVersion

Progress = Callable[[str, int, int], None]


def make_vault(vault: Path, catalogue: Catalogue, world: World, progress: Progress) -> tuple[Manifest, ...]:
    """Makes every registry of a synthetic Norway and publishes each as a version of the vault.

    progress is told (words, registries done, registries in all). Raises VaultError where the folder is a vault of real
    data, or another load holds it.
    """
    registries = sorted(catalogue.registries, key=lambda registry: (not registry.universe, registry.name))
    made = []
    for place, registry in enumerate(registries):
        progress(registry.label.en, place, len(registries))
        with NewVersion(vault, registry, synthetic=True) as new:
            stage(registry.name, new.connection, world)
            made.append(new.publish(complete_to=date(LAST_YEAR, 12, 31)))
    permit = made_for_synthetic("synthetic", frozenset(f"{registry.name}.*" for registry in registries))
    (vault / OWN_PERMIT).write_text(permit_text(permit), encoding="utf-8")
    progress("Done", len(registries), len(registries))
    return tuple(made)
