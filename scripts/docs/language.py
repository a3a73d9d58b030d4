"""Write docs/language.md: the manual of the study language, made of the specification's examples."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "language.md"
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from tests.engine.spec_manual import page  # noqa: E402 - the examples are tests, beside the package

if __name__ == "__main__":
    new = page()
    if "--check" in sys.argv:
        sys.exit(not PAGE.exists() or PAGE.read_text(encoding="utf-8") != new)
    PAGE.write_text(new, encoding="utf-8")
    print(PAGE.relative_to(ROOT))
