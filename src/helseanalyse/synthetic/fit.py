"""How near the synthetic Norway comes to the published figures.

`measure` counts in staged registries. `python -m helseanalyse.synthetic.fit [--persons N] [--seed S]
[--docs FOLDER]` writes the tables and the pictures of `docs/synthetic.md` anew.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from helseanalyse.synthetic import fit_page, fit_pictures
from helseanalyse.synthetic.fit_measure import Result, measure, staged
from helseanalyse.synthetic.world import World

__all__ = ["Result", "main", "measure", "staged", "write_page"]


def write_page(docs: Path, persons: int, seed: int) -> list[Result]:
    """Measure a world, and write the made parts of `synthetic.md` and its pictures; the results of the figures."""
    connection = staged(World(persons, seed))
    results = measure(connection, persons)
    page = docs / "synthetic.md"
    text = page.read_text(encoding="utf-8")
    size = f"N = {persons:,}".replace(",", " ") + f", seed {seed}"
    for part, made in (
        ("fit", f"{size}.\n\n{fit_page.fit_table(results)}"),
        ("truth", fit_page.truth_table()),
        ("dirt", fit_page.dirt_table()),
    ):
        text = fit_page.replaced(text, part, made)
    page.write_text(text, encoding="utf-8")
    fit_pictures.write_pictures(connection, persons, docs / "images")
    connection.close()
    return results


def main(words: Sequence[str] | None = None) -> int:
    """The command; 1 where a figure is further off than its tolerance, else 0."""
    parser = argparse.ArgumentParser(prog="python -m helseanalyse.synthetic.fit", description=__doc__)
    parser.add_argument("--persons", type=int, default=400_000, help="residents on 1 January 2020")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--docs", type=Path, default=Path("docs"), help="the folder of synthetic.md")
    given = parser.parse_args(words)
    results = write_page(given.docs, given.persons, given.seed)
    return 1 if any(not result.holds for result in results) else 0


if __name__ == "__main__":
    raise SystemExit(main())
