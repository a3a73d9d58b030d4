"""Every figure of docs/benchmarks.md, measured anew: `make bench`.

    python benchmarks/run.py [--persons 5500000] [--smaller 275000 1100000] [--folder bench-data] [--keep]

Makes synthetic vaults (the largest takes half an hour and some 10 GB of disk; one that is there is used again), runs
every benchmark in a process of its own, and writes the page and its picture. A timing means something only as a ratio
in one run on one machine; the page names the machine.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.page import page

from helseanalyse.catalogue.read import norway
from helseanalyse.release.synthetic_vault import make_vault
from helseanalyse.synthetic.world import World
from helseanalyse.vault.open import Vault

ROOT = Path(__file__).resolve().parents[1]
HERE = Path(__file__).resolve().parent


def vault_of(persons: int, folder: Path) -> tuple[Vault, dict[str, Any]]:
    """The synthetic vault of so many residents, made if it is not there, and what making it took, if that is known."""
    path, account = folder / f"vault-{persons}", folder / f"vault-{persons}.json"
    if path.is_dir() and (path / "permit.json").is_file() and not account.is_file():
        return Vault.open(path), {}
    if not account.is_file():
        began, used = perf_counter(), _cpu()
        make_vault(path, norway(), World(persons, seed=1), lambda words, done, total: print(f"  {words}", flush=True))
        took = {"wall": perf_counter() - began, "cpu": _cpu() - used, "peak_mb": _peak()}
        account.write_text(json.dumps(took))
    return Vault.open(path), json.loads(account.read_text())


def events_of(vault: Vault) -> int:
    """Dated rows and coded diagnoses of the vault, the measure of its size: rows of all event and code tables."""
    people = {"person", "residence", "household"}
    return sum(
        facts.rows
        for name in vault.registries()
        for table, facts in vault.manifest(name).tables.items()
        if table not in people
    )


def script(name: str, *words: object) -> dict[str, Any]:
    """What a benchmark found, run in a process of its own."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        command = [sys.executable, str(HERE / name), *map(str, words), "--json", file.name]
        subprocess.run(command, check=True, cwd=ROOT)
        found: dict[str, Any] = json.loads(Path(file.name).read_text())
        return found


def load_figures() -> list[dict[str, Any]]:
    """What loading a delivery of four million rows took, registry by registry."""
    command = [sys.executable, str(HERE / "load.py"), "--rows", "4000000", "--json"]
    done = subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def check_seconds(vault: Vault) -> float:
    """`helseanalyse check` of the example study, wall seconds, the best of five, program start included."""
    study = ROOT / "examples" / "sglt2_heart_failure" / "study.py"
    command = [sys.executable, "-c", "from helseanalyse.cli import main; main()", "check", str(study)]
    best = float("inf")
    for _ in range(5):
        began = perf_counter()
        subprocess.run([*command, "--vault", str(vault.path)], check=True, capture_output=True)
        best = min(best, perf_counter() - began)
    return best


def machine() -> dict[str, str]:
    """What the figures were measured on."""
    names = [line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line]
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / 2**20
    return {
        "processor": f"{names[0]}, {len(names)} cores" if names else platform.machine(),
        "memory": f"{memory:.0f} GiB",
        "python": platform.python_version(),
        "day": datetime.now(UTC).date().isoformat(),
    }


def main() -> None:
    """Measures everything and writes the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=5_500_000)
    parser.add_argument("--smaller", type=int, nargs="*", default=[275_000, 1_100_000])
    parser.add_argument("--folder", type=Path, default=ROOT / "bench-data")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    sizes = []
    for persons in sorted({*given.smaller, given.persons}):
        print(f"{persons:,} residents", flush=True)
        vault, made = vault_of(persons, given.folder)
        sizes.append(
            {
                "persons": persons,
                "events": events_of(vault),
                "bytes": sum(vault.manifest(name).size for name in vault.registries()),
                "made": made,
                "study": script("full_study.py", "--vault", vault.path),
                "trend": script("trend.py", "--vault", vault.path),
            }
        )
    largest = Vault.open(given.folder / f"vault-{given.persons}")
    found = {
        "machine": machine(),
        "sizes": sizes,
        "check": check_seconds(largest),
        "load": load_figures(),
    }
    (given.folder / "found.json").write_text(json.dumps(found, indent=1))
    for name, content in page(found).items():
        (ROOT / "docs" / name).write_text(content, encoding="utf-8")
        print(f"docs/{name}")


def _cpu() -> float:
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
