"""Writes docs/schema/study-1.json, the JSON Schema of a specification."""

from __future__ import annotations

import sys
from pathlib import Path

from helseanalyse.study.schema import schema_text

PAGE = Path(__file__).resolve().parents[2] / "docs" / "schema" / "study-1.json"


def main() -> None:
    """Write the schema."""
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(schema_text(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name}: written\n")


if __name__ == "__main__":
    main()
