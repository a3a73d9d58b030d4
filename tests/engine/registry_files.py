"""Two small registry files, as the vault writes them, and steps over them written as SQL."""

from __future__ import annotations

from pathlib import Path

import duckdb
from sqlglot import parse_one

from helseanalyse.engine.build import Step
from helseanalyse.engine.sql import Sql

SECRET = "Kari Nordmann"  # a value of a made-up person, which no message may show
PERSONS, EPISODES = 2_000, 20_000
TABLES = {"population.person", "npr.episode"}

_PERSONS = f"""
    CREATE TABLE person AS
    SELECT range::INTEGER AS pid, CASE range % 2 WHEN 0 THEN 'female' ELSE 'male' END AS sex,
        DATE '1950-01-01' + (hash(range) % 20000)::INTEGER AS born_on, '{SECRET}' AS name
    FROM range(1, {PERSONS + 1}) ORDER BY pid
"""
_EPISODES = f"""
    CREATE TABLE episode AS
    SELECT (hash(range) % {PERSONS} + 1)::INTEGER AS pid,
        DATE '2010-01-01' + (hash(range, 1) % 3650)::INTEGER AS admitted_on,
        'I' || (hash(range, 2) % 100) AS code, range AS number
    FROM range({EPISODES}) ORDER BY code, pid, admitted_on, number
"""


def registry_files(folder: Path) -> dict[str, Path]:
    """Writes population@1.duckdb and npr@1.duckdb, read-only; the file of each registry."""
    files = {}
    for registry, table in (("population", _PERSONS), ("npr", _EPISODES)):
        files[registry] = folder / f"{registry}@1.duckdb"
        with duckdb.connect(str(files[registry])) as connection:
            connection.execute(table)
        files[registry].chmod(0o444)
    return files


def sql(text: str) -> Sql:
    """A statement as the engine has it: as a tree."""
    return parse_one(text, dialect="duckdb")


def table(name: str, select: str) -> Step:
    """A step that makes a temporary table."""
    return Step(name, sql(f"CREATE TEMPORARY TABLE {name} AS {select}"), "for a test")


def counts(name: str, select: str) -> Step:
    """A step that answers with counts."""
    return Step(name, sql(select), "for a test", answer=True)
