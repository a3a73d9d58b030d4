"""A full study at any size: the platform's own run beside hand-written SQL for the same numbers, in one go.

    python benchmarks/full_study.py --vault VAULT [--repeats 3] [--json FILE]

Both run in a process of their own with the same threads and memory, on the same files, in turn. The numbers must be
equal to the last one; then wall and CPU seconds, peak memory and the ratio are printed.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import full_study_sql
from benchmarks.full_study_definition import COMORBIDITIES, specification

from helseanalyse.engine.run import Settings, answer
from helseanalyse.permit import grant, made_for_synthetic
from helseanalyse.study.answer import RawAnswer
from helseanalyse.study.need import need
from helseanalyse.vault.open import Vault

THREADS, MEMORY = 2, "1GB"
TODAY = date(2026, 1, 1)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One run: wall and CPU seconds of the process that did the work and of its children, and its peak memory."""

    wall: float
    cpu: float
    peak_mb: float


Found = tuple[dict[str, Any], dict[str, float]]


def platform(vault: Path) -> Callable[[], Found]:
    """The platform's numbers, in the shape of `full_study_sql.answers`, and the seconds of its steps.

    The catalogue is read and the study frozen beforehand: a server has them. What is measured begins with the process
    that opens the files, and ends with the last number.
    """
    opened, study = Vault.open(vault), specification()
    catalogue = opened.catalogue()
    wanted = need(study, catalogue)
    leave = grant(wanted, made_for_synthetic("benchmark", wanted), TODAY)
    names = sorted({path.split(".", 1)[0] for path in wanted})
    files = {name: opened.file(name) for name in names}

    def work() -> Found:
        with tempfile.TemporaryDirectory() as temp:
            settings = Settings(threads=THREADS, memory=MEMORY, temp=Path(temp))
            found = answer(study, leave, files, catalogue, last_day=study.end, settings=settings)
        return _as_rows(found), dict(found.steps)

    return work


def _as_rows(found: RawAnswer) -> dict[str, Any]:
    flow, table, rates, curve = found.results
    sexes = range(len(table.groups))
    columns = []
    for number, variable in enumerate(table.variables):
        part = 2 ** (len(table.variables) - 1 - number)
        whole = 2 ** len(table.variables) - 1
        values = variable.values.tolist() if hasattr(variable, "values") else [0, 1]
        counts = variable.persons
        columns += [(whole - part, sex, value, int(counts[i][sex])) for sex in sexes for i, value in enumerate(values)]
    columns += [(2 ** len(table.variables) - 1, sex, -1, int(table.persons[sex])) for sex in sexes]
    cells = zip(rates.pattern, rates.year, rates.age, rates.days, rates.events, strict=True)
    lines = zip(curve.group, curve.entry, curve.exit, curve.cause, curve.count, strict=True)
    return {
        "flow": [tuple(flow.persons.tolist())],
        "table": sorted(row for row in columns if row[3]),
        "cells": [tuple(map(int, cell)) for cell in cells],
        "persons": [(i, n) for i, n in enumerate(rates.persons.tolist()) if n],
        "curve": [tuple(map(int, line)) for line in lines],
    }


def by_hand(vault: Path) -> Callable[[], Found]:
    """The same by hand-written SQL."""
    import duckdb

    opened = Vault.open(vault)

    def work() -> Found:
        with duckdb.connect() as con:
            for name in ("lmr", "npr", "population"):
                con.execute(f"ATTACH '{opened.file(name)}' AS {name} (READ_ONLY)")
            con.execute(full_study_sql.SETTINGS)
            return full_study_sql.answers(con), {}

    return work


def _child(prepare: Callable[[Path], Callable[[], Any]], vault: Path, back: Any) -> None:
    work = prepare(vault)
    began, used = time.perf_counter(), _cpu()
    found = work()
    wall, cpu = time.perf_counter() - began, _cpu() - used
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    back.send((found, asdict(Measured(wall=wall, cpu=cpu, peak_mb=peak))))


def _cpu() -> float:
    own, children = os.times(), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.user + own.system + children.ru_utime + children.ru_stime


def measured(work: Callable[[Path], Callable[[], Any]], vault: Path) -> tuple[Any, Measured]:
    """What a piece of work finds, and what it took, in a fresh process."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(work, vault, there))
    process.start()
    there.close()
    found, took = here.recv()
    process.join()
    return found, Measured(**took)


def compare(vault: Path, repeats: int) -> dict[str, Any]:
    """Both, in turn; the best of the repeats. AssertionError where the numbers differ."""
    best: dict[str, Measured] = {}
    steps: dict[str, float] = {}
    for _ in range(repeats):
        (ours, seconds), took = measured(platform, vault)
        (theirs, _), took_by_hand = measured(by_hand, vault)
        for part, rows in theirs.items():
            assert [tuple(map(int, row)) for row in rows] == ours[part], f"{part} differs"
        for name, one in (("platform", took), ("by hand", took_by_hand)):
            if name not in best or one.wall < best[name].wall:
                best[name] = one
                steps = seconds if name == "platform" else steps
    return {
        "persons": ours["flow"][0][0],
        "cohort": ours["flow"][0][-1],
        "cells": len(ours["cells"]),
        "comorbidities": len(COMORBIDITIES),
        **{name: asdict(one) for name, one in best.items()},
        "ratio of wall": best["platform"].wall / best["by hand"].wall,
        "ratio of cpu": best["platform"].cpu / best["by hand"].cpu,
        "steps": steps,
    }


def main() -> None:
    """Runs the comparison and prints it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--vault", type=Path, required=True)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    found = compare(given.vault, given.repeats)
    if given.json:
        given.json.write_text(json.dumps(found, indent=1) + "\n")
    print(f"{found['persons']:,} persons, {found['cohort']:,} in the study; all numbers equal")
    for name in ("platform", "by hand"):
        one = found[name]
        print(f"{name:>9}: {one['wall']:6.2f} s wall, {one['cpu']:6.2f} s CPU, {one['peak_mb']:6.0f} MB at most")
    print(f"platform / by hand: {found['ratio of wall']:.2f} wall, {found['ratio of cpu']:.2f} CPU")
    for name, seconds in sorted(found["steps"].items(), key=lambda one: -one[1])[:12]:
        print(f"{seconds:9.3f} s  {name}")


if __name__ == "__main__":
    main()
