"""The lock: what a connection to registry files can no longer do, and what a bad file or too little memory says."""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from tests.engine.registry_files import EPISODES, registry_files

from helseanalyse.engine.connection import bytes_of, open_registries
from helseanalyse.engine.errors import EngineError

Connection = duckdb.DuckDBPyConnection
LOCKED = r"disabled|locked|not permitted|does not exist"
BLOCKS = rf"{LOCKED}|read-only|[Cc]annot"
# What must not be in a message: DuckDB's own words.
THEIRS = ("IO Error", "Error:", "checksum", "bytes from", "CREATE", "ATTACH")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return registry_files(tmp_path_factory.mktemp("registries"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with files to be read, and in it the folder for temporary files."""
    (tmp_path / "spill").mkdir()
    (tmp_path / "rows.csv").write_text("a,b\n1,2\n")
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT 1 AS a) TO '{tmp_path}/rows.parquet' (FORMAT parquet)")
        connection.execute(f"ATTACH '{tmp_path}/other.duckdb' AS other")
    return tmp_path


@pytest.fixture
def locked(files: dict[str, Path], folder: Path) -> Iterator[Connection]:
    with open_registries(files, threads=2, memory="200MB", temp=folder / "spill") as connection:
        yield connection


@pytest.fixture
def unlocked(files: dict[str, Path]) -> Iterator[Connection]:
    with duckdb.connect() as connection:
        for registry, path in files.items():
            connection.execute(f"ATTACH '{path}' AS {registry} (READ_ONLY)")
        yield connection


BLOCKED = [
    # reading files
    "SELECT * FROM '{folder}/rows.csv'",
    "SELECT * FROM read_csv('{folder}/rows.csv')",
    "SELECT * FROM '{folder}/rows.parquet'",
    "SELECT * FROM read_parquet('{folder}/rows.parquet')",
    "SELECT * FROM parquet_metadata('{folder}/rows.parquet')",
    "SELECT * FROM read_text('{folder}/rows.csv')",
    "SELECT * FROM read_blob('{folder}/../{name}/rows.csv')",
    "SELECT * FROM read_text('/proc/self/environ')",
    "SELECT * FROM glob('{folder}/*')",
    "SELECT * FROM read_csv('{folder}/spill/../rows.csv')",
    # writing files
    "COPY (SELECT 1) TO '{folder}/out.csv'",
    "COPY npr.episode TO '{folder}/spill/../out.parquet' (FORMAT parquet)",
    "COPY npr.episode TO '{folder}/out.parquet' (FORMAT parquet, USE_TMP_FILE false)",
    "EXPORT DATABASE '{folder}/out'",
    # other databases
    "ATTACH '{folder}/other.duckdb' AS other",
    "ATTACH '{folder}/new.duckdb' AS another",
    # settings
    "SET threads = 4",
    "SET memory_limit = '10GB'",
    "SET temp_directory = '{folder}'",
    "SET disabled_optimizers = ''",
    "RESET disabled_optimizers",
    "PRAGMA memory_limit = '10GB'",
    "PRAGMA enable_profiling = 'json'",
    "SET profiling_output = '{folder}/out.txt'",
    # Python
    "SELECT * FROM python_variable",
]
BLOCKED_EVERYWHERE = [
    # even without the lock: the files are read-only, or it would take the network
    "SET enable_external_access = true",
    "INSTALL httpfs",
    "INSTALL 'httpfs' FROM 'https://example.invalid'",
    "LOAD httpfs",
    "SELECT * FROM read_csv('https://example.invalid/rows.csv')",
    "CREATE TABLE npr.copy AS SELECT 1 AS a",
    "INSERT INTO npr.episode SELECT * FROM npr.episode",
    "UPDATE npr.episode SET pid = 1",
    "DELETE FROM population.person",
    "DROP TABLE npr.episode",
    "ALTER TABLE npr.episode ADD COLUMN more INTEGER",
    "SELECT getenv('PATH')",
]


@pytest.mark.parametrize("statement", BLOCKED)
def test_the_lock_blocks(statement: str, locked: Connection, unlocked: Connection, folder: Path) -> None:
    python_variable = duckdb.sql("SELECT 1 AS a").fetchnumpy()  # what a scan of Python variables would find
    assert python_variable
    text = statement.format(folder=folder, name=folder.name)
    before = sorted(folder.rglob("*.*"))
    with pytest.raises(duckdb.Error, match=LOCKED):
        locked.execute(text).fetchall()
    assert sorted(folder.rglob("*.*")) == before, "nothing was written"
    unlocked.execute(text).fetchall()  # so it is the lock that blocks it


@pytest.mark.parametrize("statement", BLOCKED_EVERYWHERE)
def test_a_locked_connection_blocks_too(statement: str, locked: Connection) -> None:
    with pytest.raises(duckdb.Error, match=BLOCKS):
        locked.execute(statement).fetchall()
    assert locked.execute("SELECT count(*) FROM npr.episode").fetchall() == [(EPISODES,)]


def test_registries_lie_side_by_side_and_steps_can_be_kept(locked: Connection) -> None:
    locked.execute("CREATE TEMPORARY TABLE step AS SELECT pid FROM npr.episode JOIN population.person USING (pid)")
    assert locked.execute("SELECT count(*) FROM step").fetchall() == [(EPISODES,)]


def test_a_connection_has_what_it_was_given(files: dict[str, Path], tmp_path: Path) -> None:
    settings = ("threads", "memory_limit", "temp_directory", "max_temp_directory_size", "disabled_optimizers")
    with open_registries(files, threads=3, memory="1GB", temp=tmp_path, spill="3GiB") as connection:
        found = [connection.execute(f"SELECT current_setting('{name}')").fetchall()[0][0] for name in settings]
    assert found == [3, "953.6 MiB", str(tmp_path), "3.0 GiB", "partitioned_execution"]


# --- files and memory --------------------------------------------------------------------------------


def headed(version: int) -> Callable[[bytes], bytes]:
    """The file with another version number in its header, and the header's checksum made to fit."""

    def change(data: bytes) -> bytes:
        header = data[8:12] + struct.pack("<Q", version) + data[20:4096]
        checksum = 5381
        for (word,) in struct.iter_unpack("<Q", header):
            checksum ^= word * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
        return struct.pack("<Q", checksum) + header + data[4096:]

    return change


DAMAGE: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda _: b"", "is damaged or is no DuckDB file. Restore it from a backup"),
    "a text": (lambda _: b"pid;code\n1;I21\n" * 1000, "is damaged or is no DuckDB file"),
    "cut short": (lambda data: data[:9000], "is damaged or is no DuckDB file"),
    "header overwritten": (lambda data: data[:4096] + b"\xff" * 8192 + data[12288:], "is damaged or is no DuckDB file"),
    "older than all that can be read": (headed(1), "was written by another version of DuckDB than 2"),
    "newer": (headed(5000), "was written by another version of DuckDB than 2"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_file_that_cannot_be_opened_is_named_with_its_remedy(
    damage: str, files: dict[str, Path], tmp_path: Path
) -> None:
    change, says = DAMAGE[damage]
    bad = tmp_path / "npr@2.duckdb"
    bad.write_bytes(change(files["npr"].read_bytes()))
    with pytest.raises(EngineError, match=re.escape(says)) as caught:
        open_registries({**files, "npr": bad}, threads=1, memory="100MB", temp=tmp_path)
    assert "`npr`" in str(caught.value)
    assert str(bad) in str(caught.value)
    assert not any(word in str(caught.value) for word in THEIRS)
    assert caught.value.__context__ is None


def test_the_checksum_of_these_tests_is_that_of_duckdb(files: dict[str, Path], tmp_path: Path) -> None:
    data = files["npr"].read_bytes()
    assert headed(struct.unpack("<Q", data[12:20])[0])(data) == data


@pytest.mark.parametrize("name", ["absent@1.duckdb", "."])
def test_a_missing_file_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"file of the registry `npr` is missing: .*Restore it from a backup"):
        open_registries({"npr": tmp_path / name}, threads=1, memory="100MB", temp=tmp_path)


def test_a_file_that_may_not_be_read_is_named(
    files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root, as in CI, may read every file
    with pytest.raises(EngineError, match=r"`population` may not be read: .* Give this user the right to"):
        open_registries(files, threads=1, memory="100MB", temp=tmp_path)


@pytest.mark.parametrize("name", ["temp", "main", "system", "memory", "Npr", "a b", 'x" (READ_ONLY); DROP', ""])
def test_a_name_that_means_something_else_is_refused(name: str, files: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="cannot be the name of a registry"):
        open_registries({name: files["npr"]}, threads=1, memory="100MB", temp=tmp_path)


def test_a_path_may_hold_any_character(files: dict[str, Path], tmp_path: Path) -> None:
    strange = tmp_path / "Kari's register; æøå (1).duckdb"
    strange.write_bytes(files["npr"].read_bytes())
    with open_registries({"npr": strange}, threads=1, memory="100MB", temp=tmp_path / "it's") as connection:
        assert connection.execute("SELECT count(*) FROM npr.episode").fetchall() == [(EPISODES,)]


@pytest.mark.parametrize("memory", ["1KB", "49MB", "0GB"])
def test_too_little_memory_is_said_at_once(memory: str, files: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=f"cannot start with {memory} of memory. Give it 50MB or more"):
        open_registries(files, threads=1, memory=memory, temp=tmp_path)


def test_the_least_memory_is_enough_for_a_join(files: dict[str, Path], tmp_path: Path) -> None:
    with open_registries(files, threads=2, memory="50MB", temp=tmp_path) as connection:
        joined = "SELECT count(DISTINCT pid) FROM npr.episode JOIN population.person USING (pid)"
        assert connection.execute(joined).fetchall()[0][0] > 1000


@pytest.mark.parametrize("size", ["-1", "80%", "1 G", "GB", "", "1GB; SET threads=9", "'", "1e3GB", "none"])
def test_what_is_no_size_is_refused(size: str, files: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="is not a size"):
        open_registries(files, threads=1, memory=size, temp=tmp_path)
    with pytest.raises(EngineError, match="is not a size"):
        open_registries(files, threads=1, memory="100MB", temp=tmp_path, spill=size)


@pytest.mark.parametrize(
    ("size", "bytes_"), [("1KB", 1_000), ("1.5 GB", 1_500_000_000), ("2MiB", 2_097_152), ("1TB", 10**12)]
)
def test_sizes_are_as_duckdb_reads_them(size: str, bytes_: int) -> None:
    assert bytes_of(size) == bytes_
