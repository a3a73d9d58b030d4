"""How fast a synthetic Norway is made, and in how much memory, by size.

    .venv/bin/python benchmarks/synthetic.py --persons 50000 100000 500000
    .venv/bin/python benchmarks/synthetic.py --persons 100000 --publish --json

For each size, in a process of its own: the lives and families of everyone; then each registry drawn and staged in
a DuckDB file, and with --publish sorted and published in a vault. Everything is removed at the end.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import shutil
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from helseanalyse.catalogue.read import norway
from helseanalyse.synthetic.figures import NORWAY_2020
from helseanalyse.synthetic.stage import REGISTRIES, batches, stage
from helseanalyse.synthetic.world import World
from helseanalyse.vault.write import NewVersion


@dataclass
class Measured:
    """One size: seconds of wall by step, rows by registry, CPU seconds in all, peak memory of the process."""

    persons: int
    exist: int = 0
    people: float = 0.0
    drawing: dict[str, float] = field(default_factory=dict)
    staging: dict[str, float] = field(default_factory=dict)
    publishing: dict[str, float] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    cpu: float = 0.0
    peak_mb: float = 0.0

    @property
    def seconds(self) -> float:
        """Wall seconds of people and staging (which draws), and publishing where it was measured."""
        return self.people + sum(self.staging.values()) + sum(self.publishing.values())


def measure(persons: int, folder: Path, publish: bool, draw: bool, answer: Any) -> None:
    """Make one size in this process and answer what it took."""
    found = Measured(persons)
    cpu, begun = time.process_time(), time.perf_counter()
    world = World(persons, seed=1)
    found.exist = world.total
    assert world.society
    found.people = time.perf_counter() - begun
    for name in REGISTRIES:
        begun = time.perf_counter()
        if draw:
            for _ in batches(name, world):
                pass
            found.drawing[name] = time.perf_counter() - begun
            begun = time.perf_counter()
        if publish:
            with NewVersion(folder / "vault", norway().registry(name), synthetic=True) as new:
                stage(name, new.connection, world)
                found.staging[name] = time.perf_counter() - begun
                begun = time.perf_counter()
                manifest = new.publish(complete_to=date(2024, 12, 31))
                found.publishing[name] = time.perf_counter() - begun
            found.rows[name] = sum(table.rows for table in manifest.tables.values())
            continue
        file = folder / f"{name}.duckdb"
        with duckdb.connect(str(file)) as connection:
            connection.execute("SET memory_limit='4GB'")
            connection.execute("SET preserve_insertion_order=false")
            stage(name, connection, world)
            found.staging[name] = time.perf_counter() - begun
            rows = connection.execute("SELECT sum(estimated_size) FROM duckdb_tables()").fetchone()
            found.rows[name] = int(rows[0])
        file.unlink()
    found.cpu = time.process_time() - cpu
    found.peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    answer.put(found)


def measured(persons: int, folder: Path, publish: bool, draw: bool) -> Measured:
    """The same in a process of its own, so that the memory is of this size alone."""
    fresh = multiprocessing.get_context("spawn")
    answer = fresh.Queue()
    process = fresh.Process(target=measure, args=(persons, folder, publish, draw, answer))
    process.start()
    found: Measured = answer.get()
    process.join()
    return found


def page(sizes: list[Measured]) -> str:
    """The table of docs/synthetic.md."""
    lines = [
        ("| N | people exist | rows | lives and families, s | drawing, s | drawing and staging, s | publishing, s "
        "| CPU, s | peak memory, MB |"),
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for one in sizes:
        drawing = f"{sum(one.drawing.values()):.1f}" if one.drawing else ""
        publishing = f"{sum(one.publishing.values()):.1f}" if one.publishing else ""
        lines.append(
            f"| {one.persons:,} | {one.exist:,} | {sum(one.rows.values()):,} | {one.people:.1f} | {drawing} "
            f"| {sum(one.staging.values()):.1f} | {publishing} | {one.cpu:.0f} | {one.peak_mb:,.0f} |".replace(",", " ")
        )
    return "\n".join(lines)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--persons", type=int, nargs="+", default=[50_000, 100_000, 500_000])
    asked.add_argument("--publish", action="store_true", help="sort and publish in a vault too")
    asked.add_argument("--draw", action="store_true", help="measure drawing alone too, without writing a row")
    asked.add_argument("--folder", type=Path, help="where to work (default: the system's folder for temporary files)")
    asked.add_argument("--json", action="store_true")
    wanted = asked.parse_args()
    work = Path(tempfile.mkdtemp(dir=wanted.folder))
    try:
        found = []
        for persons in wanted.persons:
            folder = work / str(persons)
            folder.mkdir()
            found.append(measured(persons, folder, wanted.publish, wanted.draw))
            shutil.rmtree(folder)
    finally:
        shutil.rmtree(work)
    if wanted.json:
        json.dump([asdict(one) | {"seconds": one.seconds} for one in found], sys.stdout, indent=1)
        return
    print(page(found))
    whole = found[-1]
    factor = NORWAY_2020 / whole.persons
    print(
        f"\nThe whole of Norway, extrapolated from N = {whole.persons:,}: {sum(whole.rows.values()) * factor / 1e6:,.0f} "
        f"million rows, {whole.seconds * factor / 60:.0f} minutes."
    )


if __name__ == "__main__":
    main()
