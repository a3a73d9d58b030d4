"""Writes src/helseanalyse/registries/ from the catalogue that comes with the platform."""

from __future__ import annotations

import sys
from pathlib import Path

from helseanalyse.catalogue.read import norway
from helseanalyse.study.typed import modules

HOME = Path(__file__).resolve().parents[2] / "src" / "helseanalyse" / "registries"


def main() -> None:
    """Write every module of the package, and remove those of registries that are gone."""
    HOME.mkdir(exist_ok=True)
    files = modules(norway())
    for path in HOME.glob("*.py"):
        if path.name not in files:
            path.unlink()
    for name, text in files.items():
        (HOME / name).write_text(text, encoding="utf-8")
    sys.stdout.write(f"{HOME.name}: {len(files)} files\n")


if __name__ == "__main__":
    main()
