"""The process that holds the data: the same answers, clear errors, and nothing left of it whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import duckdb
import numpy as np
import psutil
import pytest
from tests.engine.registry_files import EPISODES, SECRET, TABLES, counts, registry_files, sql, table

from helseanalyse.engine import process
from helseanalyse.engine.build import Step
from helseanalyse.engine.child import Statement, Trouble, admit, attempt
from helseanalyse.engine.connection import open_registries
from helseanalyse.engine.errors import NO_SUCH_DAY, NO_SUCH_NUMBER, OVERLAP, SAYS, EngineError, RefusedError
from helseanalyse.engine.process import Settings, execute, opened, run

STEPS = [
    table("first", "SELECT pid, min(admitted_on) AS day FROM npr.episode WHERE code IN ('I1', 'I2') GROUP BY pid"),
    counts("by_year", "SELECT year(day) AS year, count(*) AS persons FROM first GROUP BY year(day) ORDER BY year"),
    table("of_men", "SELECT f.pid FROM first AS f JOIN population.person AS p ON p.pid = f.pid WHERE p.sex = 'male'"),
    counts("men", "SELECT count(*) AS persons, count(*) > 0 AS any, CAST(7 AS UTINYINT) AS seven FROM of_men"),
]
ENDLESS = counts(
    "endless", "SELECT sum(a.pid * b.pid + c.pid) AS n FROM npr.episode AS a, npr.episode AS b, npr.episode AS c"
)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return registry_files(tmp_path_factory.mktemp("registries"))


@pytest.fixture(autouse=True)
def _nothing_is_left(tmp_path: Path) -> Iterator[None]:
    """After every test here: no process of ours, no file of theirs."""
    yield
    assert [child for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE] == []
    assert list(tmp_path.glob("helseanalyse-*")) == []


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(memory="200MB", temp=tmp_path, seconds=60)


def lists(answers: dict[str, process.Columns]) -> dict[str, dict[str, list[int]]]:
    return {step: {name: column.tolist() for name, column in columns.items()} for step, columns in answers.items()}


def only_child() -> psutil.Process:
    (child,) = psutil.Process().children()
    return child


# --- answers -----------------------------------------------------------------------------------------


def test_a_run_answers_as_the_same_steps_in_this_process(files: dict[str, Path], settings: Settings) -> None:
    told: list[str] = []

    def on_step(name: str, seconds: float) -> None:
        assert 0 <= seconds < 60
        told.append(name)

    answers = run(STEPS, files, settings, tables=TABLES, on_step=on_step)
    with open_registries(files, threads=1, memory="200MB", temp=Path("unused")) as connection:
        expected = execute(connection, STEPS, tables=TABLES)
        men = connection.execute("SELECT count(*) FROM of_men").fetchall()[0][0]
    assert told == ["first", "by_year", "of_men", "men"]
    assert lists(answers) == lists(expected)
    assert lists(answers)["men"] == {"persons": [men], "any": [1], "seven": [7]}
    assert sum(answers["by_year"]["persons"]) > men > 100
    assert all(column.dtype == np.int64 for columns in answers.values() for column in columns.values())


def test_an_answer_without_rows_keeps_its_columns(files: dict[str, Path], settings: Settings) -> None:
    empty = counts("none", "SELECT pid, count(*) AS n FROM npr.episode WHERE code = 'Z' GROUP BY pid")
    assert lists(run([empty], files, settings, tables=TABLES)) == {"none": {"pid": [], "n": []}}


def test_a_large_answer_comes_whole(files: dict[str, Path], settings: Settings) -> None:
    large = counts("large", "SELECT number, number * -3 AS n FROM npr.episode ORDER BY number")
    found = run([large], files, settings, tables=TABLES)["large"]
    assert np.array_equal(found["number"], np.arange(EPISODES))
    assert np.array_equal(found["n"], -3 * np.arange(EPISODES))


def test_codes_are_read_before_the_steps_are_known(files: dict[str, Path], settings: Settings) -> None:
    with opened(files, settings, tables=TABLES) as data:
        codes = data.values("codes", sql("SELECT code, count(*) AS n FROM npr.episode GROUP BY code ORDER BY code"))
        again = data.values("codes", sql("SELECT code FROM npr.episode WHERE number < 0"))
        answers = data.answers(STEPS)
    assert codes["code"][:3] == ["I0", "I1", "I10"]
    assert sum(int(n or 0) for n in codes["n"]) == EPISODES
    assert again == {"code": []}
    assert set(answers) == {"by_year", "men"}


def test_two_runs_at_once_read_the_same_files(files: dict[str, Path], settings: Settings) -> None:
    before = [sha256(file.read_bytes()).digest() for file in files.values()]
    with ThreadPoolExecutor(3) as pool:
        runs = [pool.submit(run, STEPS, files, settings, tables=TABLES) for _ in range(3)]
        answers = [lists(one.result()) for one in runs]
    assert answers[0] == answers[1] == answers[2]
    assert [sha256(file.read_bytes()).digest() for file in files.values()] == before


# --- memory ------------------------------------------------------------------------------------------

# Sorted, these 3 million rows take more than 50 MB.
SORTED = [
    table("sorted", "SELECT range, range * 7919 % 1000003 AS a FROM range(3000000) ORDER BY a, range"),
    counts("sums", "SELECT count(*) AS n, CAST(sum(range * (a % 97)) AS BIGINT) AS s FROM sorted"),
]


def test_what_does_not_fit_in_memory_is_spilled_and_counts_the_same(files: dict[str, Path], tmp_path: Path) -> None:
    little, much = (Settings(memory=memory, temp=tmp_path) for memory in ("50MB", "1GB"))
    spilling = lists(run(SORTED, files, little, tables=TABLES))
    assert spilling == lists(run(SORTED, files, much, tables=TABLES))
    # That it was spilled is seen where there is no room to.
    nowhere = Settings(memory="50MB", temp=tmp_path, spill="1MB")
    with pytest.raises(EngineError, match=r"The step `sorted` filled the room for temporary files: 1MB at most"):
        run(SORTED, files, nowhere, tables=TABLES)


def test_what_cannot_be_spilled_is_a_clear_error(files: dict[str, Path], tmp_path: Path) -> None:
    median = counts("median", "SELECT CAST(median(range) AS BIGINT) AS m FROM range(20000000)")
    with pytest.raises(
        EngineError, match=r"The step `median` needs more memory than the 60MB of this run. Give the run"
    ):
        run([median], files, Settings(memory="60MB", temp=tmp_path), tables=TABLES)


def test_beyond_its_own_limit_the_system_bounds_the_process(files: dict[str, Path], settings: Settings) -> None:
    with opened(files, settings, tables=TABLES) as data:
        data.values("codes", sql("SELECT 1 AS one"))
        assert "memory" in data.walls
        child = only_child()
        assert child.rlimit(psutil.RLIMIT_DATA)[1] == 4 * 200_000_000 + (512 + 32 * 2) * 2**20
        assert child.rlimit(psutil.RLIMIT_CORE) == (0, 0)


def test_at_the_wall_a_statement_fails_and_the_process_goes_on() -> None:
    """What happens if DuckDB takes more than it was told to: its limit here is far beyond the wall."""
    script = """
        import duckdb
        from pathlib import Path
        from helseanalyse.engine.child import Statement, attempt
        from helseanalyse.engine.walls import put_up
        put_up([], Path("/nowhere"), memory="50MB", threads=1)
        with duckdb.connect(config={"memory_limit": "100GB", "threads": 1}) as connection:
            connection.execute("SET enable_progress_bar = false")
            sql = "SELECT CAST(median(range) AS BIGINT) AS m FROM range({})"
            for rows in (1_000_000_000, 10):
                print(attempt(connection, Statement("m", sql.format(rows), "numbers")))
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], **child_of_test(), check=True)
    assert done.stdout.decode().split("\n") == ["Trouble(kind='memory')", "{'m': array([4])}", ""]


# --- errors ------------------------------------------------------------------------------------------

OWN = [
    ("SELECT error('helseanalyse:overlapping periods') AS a FROM npr.episode", OVERLAP),
    ("SELECT error('helseanalyse:no such day') AS a FROM npr.episode", NO_SUCH_DAY),
    ("SELECT CAST(9223372036854775807 AS BIGINT) + number AS a FROM npr.episode", NO_SUCH_NUMBER),
    ("SELECT CAST(9223372036854775807 AS BIGINT) * (number + 2) AS a FROM npr.episode", NO_SUCH_NUMBER),
    ("SELECT CAST(sum(number + 9223372036854000000) AS BIGINT) AS a FROM npr.episode", NO_SUCH_NUMBER),
    ("SELECT CAST(number * 1e300 AS BIGINT) AS a FROM npr.episode", NO_SUCH_NUMBER),
    ("SELECT abs(-9223372036854775807 - number) AS a FROM npr.episode WHERE number = 1", NO_SUCH_NUMBER),
    ("SELECT year(admitted_on + 2147483647) AS a FROM npr.episode", NO_SUCH_DAY),
    ("SELECT year(admitted_on + CAST(number * 3000000000 AS INTEGER)) AS a FROM npr.episode", NO_SUCH_DAY),
]
DATABASES = [
    ("SELECT CAST(name AS INTEGER) AS a FROM population.person", "ConversionException"),
    ("SELECT CAST(name AS DATE) AS a FROM population.person", "ConversionException"),
    ("SELECT date_trunc(name, born_on) AS a FROM population.person", "failed"),
    ("SELECT (SELECT name FROM population.person) AS a", "InvalidInputException"),
    (f'SELECT a."{SECRET}" FROM population.person AS a', "BinderException"),
    ("SELECT min(nothing) AS a FROM population.person", "BinderException"),
]


@pytest.mark.parametrize(("statement", "own"), OWN)
def test_our_own_errors_say_what_they_mean(statement: str, own: str, files: dict[str, Path]) -> None:
    with (
        open_registries(files, threads=1, memory="100MB", temp=Path("unused")) as connection,
        pytest.raises(EngineError, match="It happened in the step `asked`") as caught,
    ):
        execute(connection, [counts("asked", statement)], tables=TABLES)
    assert str(caught.value).startswith(SAYS[own])


@pytest.mark.parametrize(("statement", "kind"), DATABASES)
def test_the_words_of_the_database_stay_inside(statement: str, kind: str, files: dict[str, Path]) -> None:
    with open_registries(files, threads=1, memory="100MB", temp=Path("unused")) as connection:
        with pytest.raises(EngineError, match=r"The step `asked` failed \(\w+\).*report it with the study") as caught:
            execute(connection, [counts("asked", statement)], tables=TABLES)
        with pytest.raises(duckdb.Error, match=r"."):
            connection.execute(statement).fetchall()
    assert kind in str(caught.value)
    assert SECRET not in str(caught.value)
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


def test_an_error_that_says_a_value_shows_it_to_nobody(files: dict[str, Path], settings: Settings) -> None:
    leak = "SELECT error('leak: ' || name) AS a FROM population.person"
    with pytest.raises(RefusedError, match="an error that is not one of its own") as caught:
        run([counts("leak", leak)], files, settings, tables=TABLES)
    assert SECRET not in str(caught.value)
    # And if it passed the gate, one word of it would be all that is kept.
    with open_registries(files, threads=1, memory="100MB", temp=Path("unused")) as connection:
        found = attempt(connection, Statement("leak", leak, "numbers"))
        marked = attempt(connection, Statement("leak", leak.replace("leak: ", "helseanalyse:no such day"), "numbers"))
    assert found == marked == Trouble("InvalidInputException")


def test_an_error_crosses_from_the_process_without_a_value(files: dict[str, Path], settings: Settings) -> None:
    steps = [STEPS[0], counts("bad", "SELECT CAST(name AS INTEGER) AS a FROM population.person"), STEPS[1]]
    told: list[str] = []
    with pytest.raises(EngineError, match=r"The step `bad` failed \(ConversionException\)") as caught:
        run(steps, files, settings, tables=TABLES, on_step=lambda name, _: told.append(name))
    assert told == ["first"]
    assert SECRET not in repr(caught.getrepr(showlocals=True))


@pytest.mark.parametrize(
    ("select", "says"),
    [
        ("SELECT sum(number) AS n FROM npr.episode", "answers with n as HUGEINT, not as a whole number"),
        ("SELECT 1.5 AS n", r"answers with n as DECIMAL\(2,1\)"),
        ("SELECT CAST(1 AS DOUBLE) AS n", "answers with n as DOUBLE"),
        ("SELECT name AS n FROM population.person", "answers with n as VARCHAR"),
        ("SELECT born_on AS n FROM population.person", "answers with n as DATE"),
        ("SELECT CASE WHEN pid > 3 THEN pid END AS n FROM population.person", "answers with an unknown n"),
    ],
)
def test_answers_are_known_whole_numbers(select: str, says: str, files: dict[str, Path], settings: Settings) -> None:
    with pytest.raises(RefusedError, match=says):
        run([counts("asked", select)], files, settings, tables=TABLES)


def test_nothing_runs_that_the_gate_refuses(files: dict[str, Path], settings: Settings) -> None:
    told: list[str] = []
    steps = [STEPS[0], counts("other", "SELECT count(*) AS n FROM population.person")]
    with pytest.raises(RefusedError, match=r"The table population.person is not open to this run"):
        run(steps, files, settings, tables={"npr.episode"}, on_step=lambda name, _: told.append(name))
    assert told == []


@pytest.mark.parametrize(
    "step",
    [
        Step("other", STEPS[0].statement, "makes a table of another name"),
        Step("first", STEPS[0].statement, "makes a table where it should answer", answer=True),
        Step("by_year", sql("SELECT 1 AS a"), "answers where it should make a table"),
    ],
)
def test_a_step_is_the_statement_that_it_says(step: Step) -> None:
    statement = Statement(step.name, step.statement.sql("duckdb"), "numbers" if step.answer else "")
    with (
        duckdb.connect() as connection,
        pytest.raises(RefusedError, match=f"The step `{step.name}` is not the statement that it should be"),
    ):
        admit(connection, [statement], set(TABLES))


def test_a_bad_file_is_said_by_the_first_request(files: dict[str, Path], settings: Settings, tmp_path: Path) -> None:
    bad = tmp_path / "npr@2.duckdb"
    with pytest.raises(EngineError, match="file of the registry `npr` is missing"):
        run(STEPS, {**files, "npr": bad}, settings, tables=TABLES)
    bad.write_bytes(files["npr"].read_bytes()[:5000])
    with pytest.raises(EngineError, match=r"registry `npr` .* is damaged or is no DuckDB file"):
        run(STEPS, {**files, "npr": bad}, settings, tables=TABLES)


def test_damage_that_only_reading_finds_names_the_step(
    files: dict[str, Path], settings: Settings, tmp_path: Path
) -> None:
    data = bytearray(files["npr"].read_bytes())
    data[12288 + 4096 : 12288 + 4096 + 4096] = b"\xff" * 4096  # in the first block, behind the headers
    spoilt = tmp_path / "npr@1.duckdb"
    spoilt.write_bytes(data)
    with pytest.raises(EngineError, match=r"The step `all` met a damaged registry file. Compare .* SHA-256|is damaged"):
        run(
            [counts("all", "SELECT count(DISTINCT code) AS n, count(DISTINCT number) AS m FROM npr.episode")],
            {**files, "npr": spoilt},
            settings,
            tables=TABLES,
        )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda: Settings(threads=0), "needs one thread at least, not 0"),
        (lambda: Settings(seconds=0), "needs some time, not 0 seconds"),
        (lambda: Settings(memory="10MB"), "cannot start with 10MB of memory"),
        (lambda: Settings(spill="much"), '"much" is not a size'),
        (lambda: Settings(temp=Path("/nowhere")), "folder for temporary files does not exist: /nowhere"),
    ],
)
def test_settings_that_cannot_be_are_refused(change: Callable[[], Settings], says: str) -> None:
    with pytest.raises(EngineError, match=says):
        change()


def test_a_folder_without_the_right_to_write_is_said(
    files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.mkdtemp", full)  # root, as in CI, may write everywhere
    with pytest.raises(EngineError, match=r"No temporary folder could be made in .* \(No space left on device\)"):
        run(STEPS, files, Settings(temp=tmp_path), tables=TABLES)


def test_a_process_that_cannot_start_is_said(
    files: dict[str, Path], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(EngineError, match=r"could not be started \(No such file or directory\)"):
        run(STEPS, files, settings, tables=TABLES)


def test_the_temporary_folder_may_be_named_from_here(
    files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path.parent)
    near = Settings(memory="50MB", temp=Path(tmp_path.name))
    assert lists(run(SORTED, files, near, tables=TABLES))["sums"]["n"] == [3000000]


# --- the end -----------------------------------------------------------------------------------------


def test_a_run_that_takes_too_long_is_stopped(files: dict[str, Path], tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(
        EngineError, match=r"stopped in the step `endless`, after its 1.5 seconds. Give the run more time"
    ):
        run([STEPS[0], ENDLESS], files, Settings(seconds=1.5, temp=tmp_path), tables=TABLES)
    assert time.monotonic() - began < 1.5 + process.GRACE, "an order was enough, no kill was needed"


def test_time_that_the_caller_takes_counts_too(files: dict[str, Path], tmp_path: Path) -> None:
    with opened(files, Settings(seconds=1, temp=tmp_path), tables=TABLES) as data:
        time.sleep(1.2)
        with pytest.raises(EngineError, match=r"stopped in the step `first`, after its 1 seconds"):
            data.answers(STEPS)


def test_a_process_that_does_not_listen_is_killed(
    files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "GRACE", 0.2)
    with opened(files, Settings(seconds=2, temp=tmp_path), tables=TABLES) as data:
        data.values("codes", sql("SELECT 1 AS one"))
        only_child().suspend()
        with pytest.raises(EngineError, match=r"stopped in the step `endless`, after its 2 seconds"):
            data.answers([ENDLESS])


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (signal.SIGKILL, "was killed from outside in the step `by_year`. Most often the machine had no memory left"),
        (signal.SIGSEGV, r"ended by itself in the step `by_year` \(signal 11\)"),
    ],
)
def test_a_process_that_dies_is_a_clear_error(
    number: int, says: str, files: dict[str, Path], settings: Settings
) -> None:
    with opened(files, settings, tables=TABLES) as data:
        data.answers(STEPS[:1])
        child = only_child()
        child.send_signal(number)
        while child.status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.01)
        with pytest.raises(EngineError, match=says):
            data.answers(STEPS[1:])


def test_an_error_of_the_caller_ends_the_process_too(files: dict[str, Path], settings: Settings) -> None:
    def on_step(_name: str, _seconds: float) -> None:
        raise KeyError("a fault of the caller")

    with pytest.raises(KeyError, match="a fault of the caller"):
        run([*STEPS, ENDLESS], files, settings, tables=TABLES, on_step=on_step)


def child_of_test() -> dict[str, object]:
    paths = os.pathsep.join(path for path in sys.path if path)
    return {"env": {**os.environ, "PYTHONPATH": paths}, "stdout": subprocess.PIPE}


CALLER = """
    from pathlib import Path
    from tests.engine.registry_files import TABLES
    from tests.engine.test_process import ENDLESS, STEPS
    from helseanalyse.engine.process import Settings, run
    files = {{"population": Path("{population}"), "npr": Path("{npr}")}}
    settings = Settings(temp=Path("{temp}"))
    run([*STEPS, ENDLESS], files, settings, tables=TABLES, on_step=lambda *step: print(*step, flush=True))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_caller_that_is_interrupted_or_killed_leaves_nothing(
    number: int, files: dict[str, Path], tmp_path: Path
) -> None:
    script = textwrap.dedent(CALLER).format(**files, temp=tmp_path)
    with subprocess.Popen([sys.executable, "-c", script], **child_of_test(), stderr=subprocess.PIPE) as caller:
        assert caller.stdout is not None
        assert caller.stderr is not None
        while not (line := caller.stdout.readline()).startswith(b"men "):
            assert line, caller.stderr.read().decode()
        (child,) = psutil.Process(caller.pid).children()
        (folder,) = tmp_path.glob("helseanalyse-*")
        caller.send_signal(number)
        said = caller.stderr.read().decode()
    assert caller.returncode in (-number, 130)
    assert ("KeyboardInterrupt" in said) == (number == signal.SIGINT)
    psutil.wait_procs([child], timeout=10)
    assert not child.is_running()
    if number == signal.SIGKILL:  # nobody is left who may remove the folder itself
        assert list(folder.iterdir()) == []
        folder.rmdir()
    assert not folder.exists()


# --- what the process is -------------------------------------------------------------------------------


def test_the_process_gets_no_secret_and_few_modules(
    files: dict[str, Path], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HELSEANALYSE_PASSWORD", SECRET)
    with opened(files, settings, tables=TABLES) as data:
        data.values("codes", sql("SELECT 1 AS one"))
        environment = only_child().environ()
        mapped = {Path(part.path).name for part in only_child().memory_maps()}
    assert SECRET not in environment.values()
    assert environment["OPENBLAS_NUM_THREADS"] == "1"
    assert not any("pyarrow" in name or "arrow" in name for name in mapped)
    script = "import sys; import helseanalyse.engine.child; print('sqlglot' in sys.modules, 'yaml' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], **child_of_test(), check=True)
    assert done.stdout == b"False False\n"
