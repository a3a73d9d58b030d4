"""How fast a delivery is loaded, and in how much memory: rows a second for CSV as custodians send it.

    .venv/bin/python benchmarks/load.py --rows 1000000 10000000 --persons 200000
    .venv/bin/python benchmarks/load.py --rows 1000000 --json

Makes a population with a key file, then dispensings (sorted at rest by code) and hospital episodes
(with diagnoses in a file of their own) of the Norwegian catalogue, by formula, with some dirt; loads
them in a process of its own and prints a table. Everything is removed at the end.
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
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from helseanalyse.catalogue.read import norway
from helseanalyse.vault.database import Resources
from helseanalyse.vault.identity import synthetic_numbers
from helseanalyse.vault.load import load

REFERENCE = date(1902, 5, 16)
FIRST_BIRTH, LAST_BIRTH = date(1925, 1, 1), date(2004, 12, 31)
NOT_ORDERED = "residence, emigration, immigration, household, education, income"
# A thousandth of the rows is twice there, and a two-thousandth has a code that a spreadsheet spoilt.
DISPENSINGS = """
COPY (
    SELECT 500000 + hash(n) % {persons} AS koblingsnoekkel, 38500 + hash(n + 1) % 5900 AS Utlevering_Dato_Differansedager,
        CASE WHEN n % 2000 = 7 THEN '37622' ELSE 'C10AA' || lpad((1 + hash(n + 2) % 8)::VARCHAR, 2, '0') END
            AS Legemiddel_ATCkode_Niva5,
        replace(((1 + hash(n + 3) % 6) / 2)::VARCHAR, '.', ',') AS Utlevering_AntallPakninger,
        replace((hash(n + 4) % 2000 / 10)::VARCHAR, '.', ',') AS Utlevering_DDD, hash(n + 5) % 2 * 2 AS Refusjon_Hjemmel,
        1 + hash(n + 6) % 3 AS Rekvirent_Type, n AS Utlevering_Lopenummer
    FROM (SELECT CASE WHEN range % 1000 = 9 THEN range - 1 ELSE range END AS n FROM range({rows}))
) TO '{folder}/Delfil2020_4_65_uttrekksfil_1.csv' (HEADER, DELIMITER ';')
"""
EPISODES = """
COPY (
    SELECT 500000 + hash(n) % {persons} AS lopenr, n AS oppholdLopenr, 39400 + hash(n + 1) % 5000 AS differansedager_InnDato,
        39400 + hash(n + 1) % 5000 + hash(n + 2) % 9 AS differansedager_UtDato, 1 + hash(n + 3) % 3 AS omsorgsniva,
        1 + hash(n + 4) % 4 AS hastegrad, 1 + hash(n + 5) % 3 AS kontaktType, 'SOM' AS sektor
    FROM (SELECT range AS n FROM range({rows}))
) TO '{folder}/Aktivitetsfil_SOM.csv' (HEADER, DELIMITER ';')
"""
DIAGNOSES = """
COPY (
    SELECT 500000 + hash(n // 2) % {persons} AS lopenr, n // 2 AS oppholdlopenr, 'ICD-10' AS kodenavn,
        chr((65 + hash(n + 7) % 20)::INTEGER) || lpad((hash(n + 8) % 60)::VARCHAR, 2, '0') AS kode, 1 - n % 2 AS Hovedtilstand
    FROM (SELECT range AS n FROM range(2 * {rows}))
) TO '{folder}/Tilstandskoder_SOM.csv' (HEADER, DELIMITER ';')
"""


@dataclass(frozen=True)
class Measured:
    """One load: rows delivered, bytes, seconds of wall and CPU, peak memory of the process, size at rest."""

    registry: str
    rows: int
    megabytes: float
    seconds: float
    cpu: float
    peak_mb: float
    rest_mb: float

    @property
    def rate(self) -> float:
        return self.rows / self.seconds


def write_population(folder: Path, persons: int) -> None:
    """Persons with synthetic identity numbers, and the key file that every registry here uses."""
    folder.mkdir(parents=True)
    days = (LAST_BIRTH - FIRST_BIRTH).days
    with (folder / "FASTE_OPPL.csv").open("w") as people, (folder / "koblingsnokkel_ssb.csv").open("w") as keys:
        people.write("lnr;KJOENN;foedselsdato_refdato\n")
        keys.write("lnr;fnr\n")
        for serial, (born_on, number) in enumerate(_numbers(persons, days)):
            people.write(f"{500000 + serial};{1 + serial % 2};{(born_on - REFERENCE).days}\n")
            keys.write(f"{500000 + serial};{number}\n")
    (folder / "delivery.yml").write_text(f"without: [{NOT_ORDERED}]\n")


def _numbers(persons: int, days: int) -> Iterator[tuple[date, str]]:
    a_day = -(-persons // days)
    for at in range(persons):
        born_on = FIRST_BIRTH + timedelta(days=at // a_day)
        yield born_on, synthetic_numbers(born_on)[at % a_day]


def write_registry(folder: Path, keys: Path, registry: str, rows: int, persons: int) -> None:
    """A delivery of dispensings or of episodes."""
    folder.mkdir(parents=True)
    text = (keys / "koblingsnokkel_ssb.csv").read_text()
    header = {"lmr": "koblingsnoekkel;fnr", "npr": "lopenr;fnr"}[registry]
    (folder / f"koblingsnokkel_{registry}.csv").write_text(text.replace("lnr;fnr", header, 1))
    with duckdb.connect() as connection:
        for statement in {"lmr": (DISPENSINGS,), "npr": (EPISODES, DIAGNOSES)}[registry]:
            connection.execute(statement.format(rows=rows, persons=persons, folder=folder))
    (folder / "delivery.yml").write_text("without: [episode.any_procedure]\n" if registry == "npr" else "{}\n")


def measure(registry: str, folder: Path, vault: Path, memory: str, answer: Any) -> None:
    """Load one delivery in this process and answer what it took."""
    size = sum(path.stat().st_size for path in folder.iterdir())
    begun, cpu = time.perf_counter(), time.process_time()
    report = load(norway().registry(registry), folder, vault, synthetic=True, resources=Resources(memory=memory))
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rest = (vault / "registries" / f"{report.name}.duckdb").stat().st_size / 1e6
    answer.put(Measured(registry, report.read, size / 1e6, seconds, cpu, peak, rest))


def measured(registry: str, folder: Path, vault: Path, memory: str) -> Measured:
    """The same in a process of its own, so that the memory is of this load alone."""
    fresh = multiprocessing.get_context("spawn")
    answer = fresh.Queue()
    process = fresh.Process(target=measure, args=(registry, folder, vault, memory, answer))
    process.start()
    found: Measured = answer.get()
    process.join()
    return found


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 5_000_000], help="rows of each event file")
    asked.add_argument("--persons", type=int, default=200_000)
    asked.add_argument("--memory", default="4GB", help="memory of the engine")
    asked.add_argument("--folder", type=Path, help="where to work (default: the system's folder for temporary files)")
    asked.add_argument("--json", action="store_true")
    wanted = asked.parse_args()
    work = Path(tempfile.mkdtemp(dir=wanted.folder))
    try:
        found = []
        write_population(work / "population", wanted.persons)
        found.append(measured("population", work / "population", work / "vault", wanted.memory))
        for rows in wanted.rows:
            for registry in ("lmr", "npr"):
                folder = work / f"{registry}-{rows}"
                write_registry(folder, work / "population", registry, rows, wanted.persons)
                found.append(measured(registry, folder, work / "vault", wanted.memory))
                shutil.rmtree(folder)
    finally:
        shutil.rmtree(work)
    if wanted.json:
        json.dump([asdict(one) | {"rate": one.rate} for one in found], sys.stdout, indent=1)
        return
    print(f"{'registry':<12}{'rows':>13}{'MB':>9}{'s':>8}{'CPU s':>8}{'rows/s':>12}{'peak MB':>9}{'MB at rest':>12}")
    for one in found:
        print(
            f"{one.registry:<12}{one.rows:>13,}{one.megabytes:>9.0f}{one.seconds:>8.1f}{one.cpu:>8.1f}"
            f"{one.rate:>12,.0f}{one.peak_mb:>9.0f}{one.rest_mb:>12.0f}"
        )


if __name__ == "__main__":
    main()
