"""A run keeps to its memory: what does not fit goes to the disk, and where that is full too, a clear error says so."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from tests.engine.fast_studies import CATALOGUE, study_of
from tests.engine.test_run import ask, columns
from tests.engine.tiny import tiny_vault

from helseanalyse.engine.errors import EngineError

PERSONS, ROWS = 300_000, 1_500_000

# A whole population with a value from every row: nothing of it is small.
STUDY = """
study.variable("kinds", lmr.atc.count_distinct(), bands=(2, 4))
study.variable("days", lmr.dispensed_on.count_distinct(), bands=(3, 6))
last = lmr.sort_by(lmr.packs).last(by=lmr.dispensed_on)
study.variable("last", last.atc.within(atc("A10BA")))
study.flow()
study.table_one(of=["kinds", "days", "last"])
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    found = tiny_vault(tmp_path_factory.mktemp("vault"), CATALOGUE, {})
    with duckdb.connect(str(found["population"])) as con:
        con.execute(
            "INSERT INTO person BY NAME SELECT CAST(i + 1 AS INTEGER) AS pid, 'female' AS sex, "
            f"DATE '1950-01-01' + CAST(i % 9000 AS INTEGER) AS born_on FROM range({PERSONS}) t(i)"
        )
        con.execute("INSERT INTO residence BY NAME SELECT pid, DATE '2000-01-01' AS moved_in_on FROM person")
    with duckdb.connect(str(found["lmr"])) as con:
        con.execute(
            "INSERT INTO dispensing BY NAME SELECT CAST(hash(i) % 300000 + 1 AS INTEGER) AS pid, "
            "DATE '2012-01-01' + CAST(hash(i + 1) % 2900 AS INTEGER) AS dispensed_on, "
            "['A10BA02', 'A10BK01', 'B01AC06', 'C10AA01'][CAST(hash(i + 2) % 4 + 1 AS INTEGER)] AS atc, "
            f"CAST(hash(i + 3) % 5 AS DOUBLE) AS packs FROM range({ROWS}) t(i) ORDER BY atc, pid, dispensed_on, packs"
        )
        con.execute("INSERT INTO dispensing__atc__dictionary SELECT atc, count(*), min(dispensed_on), "
                    "max(dispensed_on) FROM dispensing GROUP BY atc ORDER BY atc")  # fmt: skip
    return found


def test_what_does_not_fit_into_memory_goes_to_the_disk(files: dict[str, Path], tmp_path: Path) -> None:
    study = study_of(STUDY)
    roomy = ask(study, files, tmp_path, memory="2GB")
    narrow = ask(study, files, tmp_path, memory="90MB")
    assert columns(narrow.results) == columns(roomy.results)
    assert roomy.results[0].persons.tolist() == [PERSONS]
    assert list(tmp_path.iterdir()) == []


def test_where_the_disk_is_full_too_the_error_names_the_step_and_the_remedy(
    files: dict[str, Path], tmp_path: Path
) -> None:
    with pytest.raises(EngineError, match=r"The step `\w+` .*(?s:.)*Give the run more memory"):
        ask(study_of(STUDY), files, tmp_path, memory="90MB", spill="1MB")
    assert list(tmp_path.iterdir()) == []
