"""Writes docs/errors.md: every message about a study, with a bad study that earns it, from the tests' own list."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "errors.md"


def main() -> None:
    """Write the page."""
    sys.path.insert(0, str(ROOT))
    from tests.study.errors_page import errors_page

    PAGE.write_text(errors_page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name}: written\n")


if __name__ == "__main__":
    main()
