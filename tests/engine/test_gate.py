"""The gate: what may run, what may not, and that it refuses all that the lock of a connection leaves open."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

import duckdb
import pytest
from tests.engine.agree_studies import question
from tests.engine.registry_files import SECRET, TABLES, registry_files

from helseanalyse.engine.connection import open_registries
from helseanalyse.engine.errors import RefusedError
from helseanalyse.engine.gate import check_statement, check_statements, tables_of
from helseanalyse.engine.plan import planned
from helseanalyse.engine.sql import printed
from helseanalyse.study.need import need

Connection = duckdb.DuckDBPyConnection
EARLIER = "cohort"  # a step before
ALLOWED = TABLES | {EARLIER}


@pytest.fixture
def temp(tmp_path: Path) -> Path:
    (tmp_path / "temp").mkdir()
    return tmp_path / "temp"


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return registry_files(tmp_path_factory.mktemp("registries"))


@pytest.fixture
def files(originals: dict[str, Path], tmp_path: Path) -> dict[str, Path]:
    """Copies that a test may spoil."""
    return {name: Path(shutil.copyfile(file, tmp_path / file.name)) for name, file in originals.items()}


@pytest.fixture
def locked(files: dict[str, Path], temp: Path) -> Iterator[Connection]:
    with open_registries(files, threads=2, memory="200MB", temp=temp) as connection:
        connection.execute(f"CREATE TEMPORARY TABLE {EARLIER} AS SELECT pid FROM population.person")
        yield connection


@pytest.fixture(scope="module")
def plain() -> Iterator[Connection]:
    with duckdb.connect() as connection:
        yield connection


PASSES = [
    "SELECT count(*) AS n FROM npr.episode",
    "SELECT pid, min(admitted_on) AS first FROM npr.episode WHERE code IN ('I21', 'I22') GROUP BY pid",
    "SELECT count(DISTINCT e.pid) AS n FROM npr.episode AS e ANTI JOIN cohort AS c ON e.pid = c.pid",
    """SELECT p.sex, sum(CASE WHEN e.code = 'I1' THEN 1 ELSE 0 END) FILTER (WHERE NOT e.pid IS NULL) AS n
    FROM npr.episode AS e LEFT JOIN population.person AS p ON p.pid = e.pid GROUP BY p.sex HAVING count(*) > 1""",
    "SELECT row_number() OVER (PARTITION BY pid ORDER BY admitted_on NULLS FIRST, rowid) AS k FROM npr.episode",
    """SELECT max(admitted_on) OVER (PARTITION BY pid ORDER BY admitted_on ROWS BETWEEN UNBOUNDED PRECEDING
    AND 1 PRECEDING) AS m FROM npr.episode""",
    "WITH a AS (SELECT pid FROM cohort), b AS (SELECT pid FROM a) SELECT count(*) AS n FROM b, a",
    "WITH RECURSIVE a AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM a WHERE x < 3) SELECT x FROM a",
    "SELECT v.k FROM (VALUES (0), (1)) AS v(k) CROSS JOIN generate_series(1, 3) AS s(i)",
    "SELECT CASE WHEN pid > 2 THEN error('helseanalyse:no such day') ELSE pid END AS pid FROM cohort",
    "SELECT date_diff('day', DATE '2010-01-01', admitted_on) + CAST(pid AS BIGINT) AS d FROM npr.episode ORDER BY d",
    'SELECT \'DROP TABLE x; ATTACH; {"type": "SHOW_REF"}\' AS text, "set".pid FROM cohort AS "set"',
]


@pytest.mark.parametrize("statement", PASSES)
def test_a_query_over_permitted_tables_passes(statement: str, locked: Connection) -> None:
    assert check_statement(statement, locked, ALLOWED) is None
    for name, text in (("step_1", "step_1"), ("order", '"order"'), ('a "b"', '"a ""b"""')):
        made = f"CREATE TEMPORARY TABLE {text} AS {statement}"
        assert check_statement(made, locked, ALLOWED) == name
    if "no such day" not in statement:
        locked.execute(statement).fetchall()  # a table of examples that do not run would prove nothing


# What a locked connection still does. Each of these runs on it; none passes the gate.
LEFT_OPEN = [
    # not a query
    "ATTACH ':memory:' AS another",
    "ATTACH '{temp}/another.duckdb' AS another",
    "DETACH npr",
    "USE npr",
    "CREATE TABLE kept AS SELECT * FROM npr.episode",
    "CREATE TEMPORARY VIEW step AS SELECT 1 AS a",
    "CREATE TEMPORARY MACRO step(a) AS a + 1",
    "CREATE TEMPORARY TABLE step (a INTEGER)",
    "CREATE OR REPLACE TEMPORARY TABLE cohort AS SELECT 1 AS pid",
    "CREATE TEMPORARY TABLE IF NOT EXISTS cohort AS SELECT 1 AS pid",
    "INSERT INTO cohort SELECT 1",
    "UPDATE cohort SET pid = 0",
    "DELETE FROM cohort",
    "DROP TABLE cohort",
    "SET VARIABLE kept = 1",
    "PRAGMA table_info('npr.episode')",
    "CALL duckdb_tables()",
    "EXPLAIN ANALYZE SELECT * FROM npr.episode",
    "PREPARE later AS SELECT * FROM npr.episode",
    "BEGIN TRANSACTION",
    "CHECKPOINT",
    "PIVOT cohort ON pid IN (1, 2) USING count(*)",
    # files: the folder for temporary files stays open, and the registries themselves
    "COPY npr.episode TO '{temp}/out.parquet' (FORMAT parquet)",
    "COPY (SELECT 1) TO '{files[npr]}' (USE_TMP_FILE false)",
    "EXPORT DATABASE '{temp}/out'",
    "SELECT * FROM '{temp}/in.csv'",
    "SELECT * FROM read_csv('{temp}/in.csv')",
    "SELECT * FROM glob('{temp}/*')",
    "SELECT octet_length(content) FROM read_blob('{files[npr]}')",
    # several statements
    "SELECT 1; SELECT 2",
    "CREATE TEMPORARY TABLE step AS SELECT 1 AS a; DROP TABLE cohort",
    # a query that writes
    "WITH a AS (INSERT INTO cohort VALUES (1) RETURNING pid) SELECT pid FROM a",
    "CREATE TEMPORARY TABLE step AS WITH a AS (INSERT INTO cohort VALUES (1) RETURNING pid) SELECT pid FROM a",
    # a query for what the statement does not name
    "SELECT * FROM query('SELECT * FROM npr.episode')",
    "SELECT * FROM query_table('cohort')",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM duckdb_tables",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM pragma_table_info('npr.episode')",
    "SELECT * FROM sqlite_master",
    "SHOW TABLES",
    "DESCRIBE npr.episode",
    "SUMMARIZE npr.episode",
    "SELECT * FROM (SHOW TABLES)",
    "WITH duckdb_tables AS (SELECT * FROM duckdb_tables) SELECT * FROM duckdb_tables",
    "SELECT * FROM (WITH duckdb_tables AS (SELECT 1 AS a) SELECT a FROM duckdb_tables), duckdb_tables",
    "SELECT current_setting('memory_limit')",
    "SELECT getvariable('kept')",
    # what differs from run to run
    "SELECT random() AS a",
    "SELECT now() AS a",
    "SELECT * FROM npr.episode TABLESAMPLE 10%",
    "SELECT * FROM npr.episode USING SAMPLE 3",
    # searches by pattern: codes are looked up before
    "SELECT count(*) AS n FROM npr.episode WHERE code LIKE 'I2%'",
    "SELECT count(*) AS n FROM npr.episode WHERE starts_with(code, 'I2')",
    "SELECT sleep_ms(1) AS a",
]


@pytest.mark.parametrize("statement", LEFT_OPEN)
def test_the_gate_refuses_what_the_lock_leaves_open(
    statement: str, locked: Connection, temp: Path, files: dict[str, Path]
) -> None:
    (temp / "in.csv").write_text("a\n1\n")
    text = statement.format(temp=temp, files=files)
    with pytest.raises(RefusedError, match=r"Report the study|report the study"):
        check_statement(text, locked, ALLOWED)
    locked.execute(text).fetchall()  # so it is the gate, and nothing before it, that stands in the way


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("SELECT * FROM npr.diagnosis", "The table npr.diagnosis is not open to this run. Ask for it in the permit"),
        ("SELECT (SELECT max(pid) FROM npr.diagnosis) AS m FROM cohort", "table npr.diagnosis is not open"),
        ("SELECT 1 FROM cohort WHERE EXISTS (SELECT 1 FROM later)", "table later is not open"),
        ("SELECT 1 AS a FROM npr.main.episode", "table npr.main.episode is not open"),
        ('SELECT 1 AS a FROM "npr.episode"', "table npr.episode is not open"),
        ("SELECT 1 AS a FROM episode", "table episode is not open"),
        ("SELECT 1 AS a FROM memory.cohort", "table memory.cohort is not open"),
        ("SELECT 1 AS a FROM 'rows.parquet'", "table rows.parquet is not open"),
        ("SELECT system.main.abs(pid) FROM cohort", "function system.main.abs is not one that the engine uses"),
        ("SELECT \"query\"('SELECT 1') FROM cohort", "function query is not one that the engine uses"),
        ("CREATE TEMPORARY TABLE memory.step AS SELECT 1 AS a", "is not one SELECT or CREATE TEMPORARY TABLE AS"),
        ("SELECT pid.write_log() FROM cohort", "function pid.write_log is not one that the engine uses"),
        ("SELECT error(name) FROM population.person", "raises an error that is not one of its own"),
        ("SELECT error('leak: ' || name) FROM population.person", "raises an error that is not one of its own"),
        ("SELECT error('helseanalyse:' || name) FROM population.person", "raises an error that is not one of its own"),
        ("SELECT $1 AS a", "a part that may not run: PARAMETER"),
        ("SELECT COLUMNS(c -> c = 'pid') FROM cohort", "function list_filter is not one|not run: LAMBDA"),
        ("", "One|one"),
        (";", "One|one"),
        ("SELECT", "is not one SELECT or CREATE TEMPORARY TABLE AS"),
        ("SELECT 'a", "is not one SELECT or CREATE TEMPORARY TABLE AS"),
        ("CREATE TEMPORARY TABLE step AS ", "one SELECT|one statement"),
        ("CREATE TEMPORARY TABLE step AS EXECUTE later", "is not one SELECT or CREATE TEMPORARY TABLE AS"),
    ],
)
def test_the_gate_says_what_it_refuses(statement: str, says: str, plain: Connection) -> None:
    with pytest.raises(RefusedError, match=says):
        check_statement(statement, plain, ALLOWED)


def test_an_error_that_would_say_a_value_never_runs(locked: Connection) -> None:
    statement = "SELECT error('leak: ' || name) AS a FROM population.person"
    with pytest.raises(duckdb.Error, match=SECRET):
        locked.execute(statement).fetchall()
    with pytest.raises(RefusedError, match="raises an error that is not one of its own") as caught:
        check_statement(statement, locked, ALLOWED)
    assert SECRET not in str(caught.value)


def test_no_function_passes_that_reads_more_than_its_arguments(plain: Connection) -> None:
    """Every function of this DuckDB: a new version that adds one is caught here."""
    pure = {"generate_series", "range", "unnest"}
    found = plain.execute(
        "SELECT DISTINCT function_name, function_type IN ('table', 'table_macro', 'pragma') FROM duckdb_functions()"
        " WHERE function_type IN ('table', 'table_macro', 'pragma') OR stability != 'CONSISTENT'"
        " AND function_name != 'error'"  # takes our own words only: see above
    ).fetchall()
    assert len(found) > 100
    for name, is_table in found:
        if name in pure:
            continue
        for statement in (f"SELECT * FROM {name}()", f"SELECT {name}() AS a")[: 1 if is_table else 2]:
            with pytest.raises(RefusedError, match=r"[Rr]eport the study"):
                check_statement(statement, plain, ALLOWED)


def test_tables_made_on_the_way_are_open_to_later_statements_only(plain: Connection) -> None:
    first = "CREATE TEMPORARY TABLE first AS SELECT pid FROM npr.episode"
    second = "CREATE TEMPORARY TABLE second AS SELECT pid FROM first"
    assert check_statements([first, second, "SELECT pid FROM second"], plain, TABLES) == ["first", "second", None]
    with pytest.raises(RefusedError, match="The table first is not open"):
        check_statements([second, first], plain, TABLES)
    assert not TABLES & {"first", "second"}, "the caller's set is the caller's"


def test_deep_and_long_statements_are_read_too(plain: Connection) -> None:
    deep = "SELECT " + "(" * 150 + "pid" + " + 1)" * 150 + " AS a FROM cohort"
    assert check_statement(deep, plain, ALLOWED) is None
    codes = ", ".join(f"'{code:05}'" for code in range(5000))
    assert check_statement(f"SELECT pid FROM npr.episode WHERE code IN ({codes})", plain, ALLOWED) is None
    with pytest.raises(RefusedError, match="sleep_ms"):
        check_statement(deep.replace("pid", "sleep_ms(9)"), plain, ALLOWED)


@pytest.mark.parametrize("number", range(12))
def test_every_statement_of_a_study_passes_with_its_own_grant(number: int, plain: Connection) -> None:
    asked = question(Random(number).randrange)
    columns = need(asked.study, asked.catalogue)
    plan = planned(asked.study, asked.catalogue, None, need=columns, last_day=asked.last_day)
    statements = [printed(step.statement) for step in plan.steps]
    made = check_statements(statements, plain, tables_of(columns))
    assert made == [None if step.answer else step.name for step in plan.steps]
