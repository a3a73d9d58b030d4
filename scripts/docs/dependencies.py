"""Write docs/dependencies.md: what the platform runs on, in which version, under which licence, and why.

The reasons stand in pyproject.toml beside the requirements, the versions in requirements/run.lock.
"""

from __future__ import annotations

import importlib.metadata
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "dependencies.md"

DECLARED = re.compile(r'^    "(?P<name>[a-z0-9-]+)[^"]*",(?:  # (?P<reason>.+))?$', re.MULTILINE)
LOCKED = re.compile(r"^(?P<name>[a-z0-9.-]+)==(?P<version>[^ ;\\]+)", re.MULTILINE)

HEAD = """# Dependencies

What the platform runs on. Made by `make docs` from `pyproject.toml` and `requirements/run.lock`, which also pins what
these need in turn: {all} packages in all. What only tests and development need stands in `requirements/dev.lock`.

| package | version | licence | what for |
| --- | --- | --- | --- |
"""


def licence(name: str) -> str:
    """What the installed package says of its licence, in a few words."""
    told = importlib.metadata.metadata(name)
    classified = [c.split(" :: ")[-1] for c in told.get_all("Classifier") or [] if c.startswith("License ::")]
    first_line = (told.get("License") or "not stated").split("\n")[0]
    return told.get("License-Expression") or ", ".join(classified) or first_line


def page() -> str:
    """The page as text."""
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    dependencies = settings.split("\ndependencies = [", 1)[1].split("\n]", 1)[0]
    versions: dict[str, list[str]] = {}
    for match in LOCKED.finditer((ROOT / "requirements" / "run.lock").read_text(encoding="utf-8")):
        versions.setdefault(match["name"], []).append(match["version"])
    rows = []
    for match in DECLARED.finditer(dependencies):
        name, reason = match["name"], match["reason"]
        if not reason:
            raise SystemExit(f"pyproject.toml does not say what {name} is for. Add a comment on its line.")
        rows.append(f"| {name} | {', '.join(versions[name])} | {licence(name)} | {reason} |\n")
    return HEAD.format(all=len(versions)) + "".join(rows)


if __name__ == "__main__":
    new = page()
    if "--check" in sys.argv:
        sys.exit(not PAGE.exists() or PAGE.read_text(encoding="utf-8") != new)
    PAGE.write_text(new, encoding="utf-8")
    print(PAGE.relative_to(ROOT))
