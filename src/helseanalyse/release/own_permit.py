"""The permit that a synthetic vault carries for itself."""

from __future__ import annotations

from typing import Final

from helseanalyse.permit import Permit
from helseanalyse.permit.permit import read
from helseanalyse.vault.open import Vault

OWN_PERMIT: Final = "permit.json"  # in the vault's folder


def own_permit(vault: Vault) -> Permit | None:
    """The permit of a synthetic vault; None for any other vault, whatever file lies there."""
    path = vault.path / OWN_PERMIT
    if not vault.synthetic or not path.is_file():
        return None
    return read(path.read_text(encoding="utf-8"))
