"""Staged registries fit the catalogue, keep its promises, and tell of the lives that they come from."""

import duckdb
import numpy as np
import pytest

from helseanalyse.catalogue.codes import system
from helseanalyse.catalogue.model import Grain, Kind
from helseanalyse.catalogue.read import norway
from helseanalyse.synthetic import stage as staging
from helseanalyse.synthetic import world as worlds
from helseanalyse.synthetic.calendar import NEVER, START, STOP, day
from helseanalyse.synthetic.disease import SECOND
from helseanalyse.synthetic.fit import staged
from helseanalyse.synthetic.stage import REGISTRIES, stage
from helseanalyse.synthetic.world import SyntheticError, World

TABLES = [table for name in REGISTRIES for table in norway().registry(name).tables]
COLUMNS = [column for table in TABLES for column in ((table, one) for one in table.columns)]


@pytest.fixture(scope="module")
def made() -> World:
    return World(5_000, seed=9)


@pytest.fixture(scope="module")
def data(made) -> duckdb.DuckDBPyConnection:
    return staged(made)


def one(data, sql):
    return data.execute(sql).fetchone()[0]


def days(data, sql):
    """Rows of (pid, date) as arrays of person numbers and days."""
    found = data.execute(sql).fetchnumpy()
    pid, on = found.values()
    return np.asarray(pid).astype(int), np.asarray(on).astype("datetime64[D]").astype(int)


def test_every_registry_of_the_catalogue_is_made():
    assert set(REGISTRIES) == {registry.name for registry in norway().registries}


def test_an_unknown_registry_is_refused(data):
    with pytest.raises(SyntheticError, match="no registry called 'xyz'"):
        stage("xyz", data, World(100))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.path)
def test_a_staged_table_has_the_columns_of_the_catalogue(data, table):
    there = {row[0] for row in data.execute(f'DESCRIBE staged."{table.name}"').fetchall()}
    mains = {column.main for column in table.columns if column.kind is Kind.CODES}
    assert there == {"pid", *(column.name for column in table.columns if column.name not in mains)}


@pytest.mark.parametrize(
    ("table", "column"), COLUMNS, ids=lambda part: getattr(part, "path", getattr(part, "name", ""))
)
def test_values_are_as_the_catalogue_says(data, table, column):
    mains = {other.main for other in table.columns if other.kind is Kind.CODES}
    if column.name in mains:
        return
    name = f'staged."{table.name}"'
    match column.kind:
        case Kind.CATEGORY:
            found = {row[0] for row in data.execute(f'SELECT DISTINCT "{column.name}" FROM {name}').fetchall()}
            assert found - {None} <= {level.name for level in column.levels}
        case Kind.CODE | Kind.CODES:
            value = f'unnest("{column.name}")' if column.kind is Kind.CODES else f'"{column.name}"'
            found = {row[0] for row in data.execute(f"SELECT DISTINCT {value} FROM {name}").fetchall()}
            codes = system(column.system)
            assert [code for code in sorted(found - {None}) if not codes.valid(code)] == []
            assert found - {None}
        case Kind.INT | Kind.FLOAT if column.least is not None:
            low, high = data.execute(f'SELECT min("{column.name}"), max("{column.name}") FROM {name}').fetchone()
            assert column.least <= low <= high <= column.most
        case _:
            assert one(data, f'SELECT count("{column.name}") FROM {name}') > 0
    if column.required:
        assert one(data, f'SELECT count(*) FROM {name} WHERE "{column.name}" IS NULL') == 0


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.path)
def test_grain_and_periods_hold(data, table):
    name = f'staged."{table.name}"'
    assert one(data, f"SELECT count(*) FROM {name} WHERE pid NOT IN (SELECT pid FROM staged.person)") == 0
    if table.grain is Grain.PERSON:
        assert one(data, f"SELECT count(*) - count(DISTINCT pid) FROM {name}") == 0
    if table.grain is Grain.PERIOD:
        start, stop = table.start, f"coalesce({table.stop}, DATE '2900-01-01')"
        assert one(data, f"SELECT count(*) FROM {name} WHERE {stop} <= {start}") == 0
        if not table.overlaps:
            assert one(data, f"SELECT count(*) FROM (SELECT {start} < lag({stop}) OVER (PARTITION BY pid "
                             f"ORDER BY {start}) AS bad FROM {name}) WHERE bad") == 0  # fmt: skip


@pytest.mark.parametrize("name", REGISTRIES)
def test_no_row_comes_twice(data, name):
    for table in norway().registry(name).tables:
        if table.delivery.get("row"):
            continue  # rows with a number of their own may agree in all else
        total = one(data, f'SELECT count(*) FROM staged."{table.name}"')
        assert one(data, f'SELECT count(*) FROM (SELECT DISTINCT * FROM staged."{table.name}")') == total


@pytest.mark.parametrize(
    "table",
    [table for table in TABLES if table.grain is Grain.EVENT and table.registry != "krg"],
    ids=lambda table: table.path,
)
def test_events_fall_into_the_window_and_into_life(data, table):
    if table.path in ("population.education", "population.immigration"):
        return  # they reach back before 2008
    slack = 3 if table.registry in ("infarction", "stroke") else 0  # symptoms begin before admission
    bad = one(
        data,
        f'SELECT count(*) FROM staged."{table.name}" t JOIN staged.person p USING (pid) '
        f"WHERE t.{table.date} < DATE '2008-01-01' - {slack} OR t.{table.date} > DATE '2024-12-31' "
        f"OR t.{table.date} < p.born_on OR (t.{table.date} > p.died_on AND NOT '{table.path}' = 'population.income')",
    )
    assert bad == 0


def test_contacts_happen_while_resident(data):
    for table, date in (("episode", "admitted_on"), ("dispensing", "dispensed_on"), ("contact", "contact_on")):
        bad = one(
            data,
            f"SELECT count(*) FROM staged.{table} t WHERE NOT EXISTS (SELECT 1 FROM staged.residence r WHERE "
            f"r.pid = t.pid AND r.moved_in_on <= t.{date} AND (r.moved_out_on IS NULL OR r.moved_out_on >= t.{date}))",
        )
        assert bad == 0, table


def test_municipality_numbers_are_those_of_their_time(data):
    codes = system("municipality")
    rows = data.execute(
        "SELECT DISTINCT municipality, greatest(moved_in_on, DATE '2008-01-01') FROM staged.residence "
        "WHERE coalesce(moved_out_on, DATE '2900-01-01') > DATE '2008-01-01'"
    ).fetchall()
    assert [code for code, on in rows if not codes.valid(code, on)] == []


def test_deaths_of_the_population_are_the_deaths_of_the_registry(data):
    assert one(data, "SELECT count(*) FROM staged.person p FULL JOIN staged.death d "
                     "ON p.pid = d.pid AND p.died_on = d.died_on WHERE (p.died_on IS NOT NULL AND d.pid IS NULL) "
                     "OR p.pid IS NULL") == 0  # fmt: skip


def test_children_live_with_their_mothers(data):
    share = one(
        data,
        "SELECT avg((c.household = m.household)::INT) FROM staged.person p "
        "JOIN staged.household c ON c.pid = p.pid JOIN staged.household m ON m.pid = p.mother "
        "WHERE p.born_on > DATE '2008-01-01' AND c.started_on <= DATE '2020-01-01' "
        "AND coalesce(c.ended_on, DATE '2900-01-01') > DATE '2020-01-01' AND m.started_on <= DATE '2020-01-01' "
        "AND coalesce(m.ended_on, DATE '2900-01-01') > DATE '2020-01-01'",
    )
    assert share > 0.97


def test_families_live_in_one_municipality(data):
    share = one(
        data,
        "SELECT avg((a.municipality = b.municipality)::INT) FROM staged.household h JOIN staged.household g "
        "ON g.household = h.household AND g.pid <> h.pid JOIN staged.residence a ON a.pid = h.pid "
        "JOIN staged.residence b ON b.pid = g.pid WHERE "
        + " AND ".join(
            f"{t}.{start} <= DATE '2019-03-01' AND coalesce({t}.{stop}, DATE '2900-01-01') > DATE '2019-03-01'"
            for t, start, stop in (
                ("h", "started_on", "ended_on"), ("g", "started_on", "ended_on"),
                ("a", "moved_in_on", "moved_out_on"), ("b", "moved_in_on", "moved_out_on"),
            )
        ),
    )  # fmt: skip
    assert share == 1.0


def test_the_first_dispensing_is_the_start_that_the_effect_counts_from(made, data):
    for drug, atc in (("sglt2", "A10BK"), ("dpp4", "A10BH")):
        sql = f"SELECT pid, min(dispensed_on) FROM staged.dispensing WHERE atc[:5] = '{atc}' GROUP BY pid"
        pid, first = days(data, sql)
        lives = made.lives(0)
        course = lives.course
        mine = course.second[pid - 1] == SECOND.index(drug)
        start = course.since["second"][pid - 1]
        seen = mine & (start >= START) & lives.resident(pid - 1, start)
        assert seen.sum() > 3
        assert (first[seen] == start[seen]).all()
        # Whoever has the drug without having had it second got it as the other one of the two, later.
        assert (first[~mine] >= course.since["crossed"][pid[~mine] - 1]).all()


def test_heart_failure_shows_first_as_a_main_diagnosis_on_its_day(made, data):
    sql = (
        "SELECT pid, min(admitted_on) FROM staged.episode "
        "WHERE list_has_any(any_diagnosis, ['I500', 'I501', 'I509', 'I110', 'I130']) GROUP BY pid"
    )
    pid, first = days(data, sql)
    onset = made.lives(0).course.since["heart_failure"][pid - 1]
    assert (first >= onset).all()
    new = (onset >= START) & made.lives(0).resident(pid - 1, onset)
    assert new.sum() > 30
    assert (first[new] == onset[new]).all()


def test_infarctions_overlap_as_registries_do(data):
    both = one(
        data,
        "SELECT avg((EXISTS (SELECT 1 FROM staged.episode e WHERE e.pid = i.pid AND e.any_diagnosis[1][:3] = 'I21' "
        "AND abs(e.admitted_on - i.admitted_on) <= 2))::INT) FROM staged.infarction i",
    )
    assert 0.93 < both <= 1.0
    only_death = one(
        data,
        "SELECT avg((NOT EXISTS (SELECT 1 FROM staged.episode e WHERE e.pid = d.pid AND "
        "e.any_diagnosis[1][:3] = 'I21'))::INT) FROM staged.death d WHERE underlying_cause[:3] IN ('I21', 'I22')",
    )
    assert 0.4 < only_death < 0.85  # out of hospital


def test_values_do_not_depend_on_threads_or_batches(monkeypatch):
    def digest(threads):
        connection = duckdb.connect()
        made = World(300, seed=3)
        result = {}
        for name in REGISTRIES:
            stage(name, connection, made, threads=threads)
            for table in norway().registry(name).tables:
                rows = connection.execute(f'SELECT * FROM staged."{table.name}" ORDER BY ALL').fetchall()
                result[table.path] = (len(rows), hash(str(rows)))
        return result

    plain = digest(1)
    monkeypatch.setattr(worlds, "BATCH", 251)
    assert digest(2) == plain


def test_progress_is_told_after_each_batch(monkeypatch):
    monkeypatch.setattr(worlds, "BATCH", 100)
    told = []
    made = World(200, seed=1)
    stage("dar", duckdb.connect(), made, progress=lambda *words: told.append(words))
    assert [done for _, done, _ in told] == [100, 200, made.total]
    assert told[-1] == ("Drawing dar", made.total, made.total)


def test_an_interrupt_stops_the_drawing(monkeypatch):
    monkeypatch.setattr(worlds, "BATCH", 50)

    def interrupt(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt, match=r"^$"):
        stage("dar", duckdb.connect(), World(300, seed=1), progress=interrupt)
    assert staging.MAKERS["dar"](World(100, seed=1), 0)["death"].num_rows > 0


def test_days_that_never_come_are_unknown(data):
    assert one(data, "SELECT count(*) FROM staged.person WHERE died_on > DATE '2024-12-31'") == 0
    assert day("2024-12-31") < STOP < NEVER
