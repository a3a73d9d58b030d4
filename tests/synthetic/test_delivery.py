"""Deliveries: a clean one, loaded, is the staged world again; a dirty one has each kind of dirt in its share."""

import csv
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from helseanalyse.catalogue.model import Kind
from helseanalyse.catalogue.read import norway
from helseanalyse.synthetic import dirt
from helseanalyse.synthetic.delivery import LATIN_1, SECRET, shift_of, write_delivery
from helseanalyse.synthetic.fit import staged
from helseanalyse.synthetic.stage import REGISTRIES
from helseanalyse.synthetic.world import SyntheticError, World
from helseanalyse.vault.identity import type_of
from helseanalyse.vault.load import load
from helseanalyse.vault.order import TYPES, codes_columns, mains

PERSONS, SEED = 250, 2


@pytest.fixture(scope="module")
def made() -> World:
    return World(PERSONS, SEED)


@pytest.fixture(scope="module")
def clean(made, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("clean") / "delivery"
    write_delivery(made, norway(), folder, clean=True)
    return folder


@pytest.fixture(scope="module")
def dirty(made, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("dirty") / "delivery"
    write_delivery(made, norway(), folder)
    return folder


def loaded(folder: Path, vault: Path) -> dict[str, object]:
    return {r.name: load(r, folder / r.name, vault, synthetic=True) for r in norway().registries}


@pytest.fixture(scope="module")
def clean_load(clean, tmp_path_factory) -> tuple[Path, dict[str, object]]:
    """The vault that the clean delivery makes, and the report of each load."""
    vault = tmp_path_factory.mktemp("clean-vault")
    return vault, loaded(clean, vault)


def rows_of(path: Path, encoding: str = "utf-8") -> Iterator[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        yield from csv.DictReader(file, delimiter=";")


# ---------------------------------------------------------------- a clean delivery loses nothing
def people_digests(connection: duckdb.DuckDBPyConnection, relations: dict[str, str], person: str) -> list[str]:
    """One digest a person over all rows of all tables, sorted: equal lists mean equal worlds, whatever the numbers."""
    parts = [
        f"SELECT pid, '{name}|' || row_text AS line FROM (SELECT t.pid, ({text}) AS row_text FROM {source} t)"
        for name, (source, text) in relations.items()
    ]
    found = connection.execute(
        f"SELECT md5(string_agg(line, '\n' ORDER BY line)) AS d FROM ({' UNION ALL '.join(parts)}) "
        f"GROUP BY pid ORDER BY d"
    ).fetchall()
    assert len(found) == connection.execute(f"SELECT count(*) FROM {person}").fetchone()[0]
    return [row[0] for row in found]


def texts(source: str, person: str, *, at_rest: str | None) -> dict[str, tuple[str, str]]:
    """For each table, where its rows are and SQL for all of a row as text; other persons by their birth day."""
    result = {}
    for name in REGISTRIES:
        for table in norway().registry(name).tables:
            where = f'{source}"{table.name}"' if at_rest is None else f'"{name}"."{table.name}"'
            pieces = []
            for column in table.columns:
                if column.name in mains(table):
                    continue
                value = f't."{column.name}"'
                if column.kind is Kind.PERSON:
                    value = f"(SELECT strftime(born_on, '%Y%m%d') || sex FROM {person} o WHERE o.pid = {value})"
                elif column in codes_columns(table):
                    if at_rest is not None:
                        long = f'"{name}"."{table.name}__{column.name}"'
                        value = f"(SELECT string_agg(code, ',' ORDER BY position) FROM {long} c WHERE c.row = t.rowid)"
                    else:
                        value = f"nullif(array_to_string({value}, ','), '')"
                else:
                    value = f"CAST({value} AS {TYPES[column.kind]})"
                pieces.append(f"coalesce(CAST({value} AS VARCHAR), '-')")
            result[table.path] = (where, " || ';' || ".join(pieces))
    return result


def test_a_clean_delivery_gives_the_world_back(made, clean_load):
    straight = staged(made)
    expected = people_digests(straight, texts("staged.", "staged.person", at_rest=None), "staged.person")
    attached = duckdb.connect()
    for name in REGISTRIES:
        attached.execute(f"ATTACH '{clean_load[0]}/registries/{name}@1.duckdb' AS \"{name}\" (READ_ONLY)")
    found = people_digests(attached, texts("", "population.person", at_rest="vault"), "population.person")
    assert found == expected


def test_a_clean_load_sets_nothing_aside(clean_load):
    for name, report in clean_load[1].items():
        for unit in report.units:
            assert (unit.read, unit.set_aside, unit.lost, unit.duplicates) == (unit.kept, {}, {}, 0), (name, unit.name)


# ---------------------------------------------------------------- dirt
def test_each_kind_of_dirt_comes_in_its_share(tmp_path_factory):
    """The load's own counts, at a size where shares can be told, against the shares that are written down."""
    made = World(2_500, seed=6)
    folder, vault = tmp_path_factory.mktemp("many") / "delivery", tmp_path_factory.mktemp("many-vault")
    some = ["population", "npr", "kpr", "mfr"]
    write_delivery(made, norway(), folder, registries=some)
    units = {}
    for name in some:
        report = load(norway().registry(name), folder / name, vault, synthetic=True)
        units |= {f"{name}.{unit.name}": unit for unit in report.units}

    def share(unit, count):
        return count / units[unit].read

    def rule(where, kind):
        return next(r.share for r in dirt.RULES if r.where == where and r.kind is kind)

    set_aside = {key: {str(k): n for k, n in unit.set_aside.items()} for key, unit in units.items()}
    twice = rule("kpr.contact", dirt.Kind.TWICE)
    assert share("kpr.contact", units["kpr.contact"].duplicates) == pytest.approx(twice / (1 + twice), rel=0.06)
    for unit, reason, kind in (
        ("npr.episode", "person key is not in the key file", dirt.Kind.NO_KEY),
        ("npr.episode", "person not in the population registry", dirt.Kind.STRANGER),
        ("kpr.contact", "no person key", dirt.Kind.NO_PERSON),
        ("mfr.birth", "no person key", dirt.Kind.NO_PERSON),
    ):
        wanted = rule(unit, kind)
        error = 3.5 * (wanted / units[unit].read) ** 0.5
        assert share(unit, set_aside[unit][reason]) == pytest.approx(wanted, abs=error + 0.1 * wanted), (unit, reason)
    dates = set_aside["npr.episode"]["date cannot be: admitted_on"]
    wanted = rule("npr.episode.admitted_on", dirt.Kind.LONG_AGO) + rule("npr.episode.admitted_on", dirt.Kind.AHEAD)
    assert share("npr.episode", dates) == pytest.approx(wanted, rel=0.3)
    assert units["npr.episode.any_procedure"].left_out > 0  # ATC codes among the procedures


def test_the_same_world_is_delivered_in_the_same_bytes(made, dirty, tmp_path):
    write_delivery(World(PERSONS, SEED), norway(), tmp_path / "again", registries=["npr", "population"])
    for path in sorted((tmp_path / "again").rglob("*.csv")):
        assert path.read_bytes() == (dirty / path.relative_to(tmp_path / "again")).read_bytes(), path.name


def test_secret_dates_are_off_by_the_persons_shift_only(made, dirty, tmp_path):
    """Generation B: what was 40 days apart stays 40 days apart; the calendar is off by 15 less the birth day."""
    vault = tmp_path / "vault"
    for name in ("population", "dar"):
        load(norway().registry(name), dirty / name, vault, synthetic=True)
    attached = duckdb.connect()
    attached.execute(f"ATTACH '{vault}/registries/population@1.duckdb' AS p (READ_ONLY)")
    found = attached.execute("SELECT sex, born_on, died_on FROM p.person ORDER BY ALL").fetchall()
    straight = staged(made, ["population"])
    shifts = shift_of(made)
    straight.register("shift", pa.table({"pid": np.arange(1, made.total + 1), "days": shifts.astype(np.int32)}))
    expected = straight.execute(
        "SELECT sex, born_on + days, died_on + days FROM staged.person JOIN shift USING (pid) ORDER BY ALL"
    ).fetchall()
    assert found == expected
    assert {born.day for _, born, _ in found} == {15}


# ---------------------------------------------------------------- form
def test_identity_numbers_are_synthetic_and_in_key_files_only(clean):
    keys = list(rows_of(next((clean / "npr").glob("*koblingsnokkel*"))))
    assert len(keys) == World(PERSONS, SEED).total
    for row in keys:
        kind = type_of(row["fnr"])
        assert kind is not None
        assert kind.synthetic
    numbers = {row["fnr"] for row in keys}
    for path in (clean / "npr").glob("*.csv"):
        if "koblingsnokkel" not in path.name:
            text = path.read_text(encoding="utf-8")
            assert not any(number in text for number in list(numbers)[:50]), path.name


def test_each_source_numbers_people_its_own_way(clean):
    by_source = []
    for name in ("npr", "lmr"):
        keys = rows_of(next((clean / name).glob("*koblingsnokkel*")))
        by_source.append({row["fnr"]: next(iter(row.values())) for row in keys})
    npr, lmr = by_source
    assert npr.keys() == lmr.keys()
    assert sum(npr[number] == lmr[number] for number in npr) < 10


def test_files_are_as_custodians_write_them(dirty):
    names = sorted(path.relative_to(dirty).as_posix() for path in dirty.rglob("*") if path.is_file())
    for expected in (
        "npr/22_8877_Aktivitetsfil_SOM.csv", "npr/22_8877_Tilstandskoder_som.csv", "kpr/2019_KUHR_uttrekk.dsv",
        "lmr/Delfil2019_65_uttrekksfil_2025.csv", "lmr/Delfil2019_66_uttrekksfil_2025.csv", "npr/delivery.yml",
    ):  # fmt: skip
        assert expected in names
    some = next(rows_of(dirty / "lmr/Delfil2018_65_uttrekksfil_2025.csv"))
    assert {name.casefold() for name in some} >= {"koblingsnoekkel", "utlevering_ddd"}
    coarse = list(rows_of(dirty / "lmr/Delfil2018_66_uttrekksfil_2025.csv"))
    codes = {value for row in coarse for name, value in row.items() if name.casefold().endswith("niva4")}
    assert {len(code) for code in codes} == {5}
    headers = {tuple(next(rows_of(path))) for path in sorted((dirty / "lmr").glob("*_65_*.csv"))}
    assert len(headers) == 2  # the same names in two spellings
    amounts = {row["Utlevering_AntallPakninger"] for row in rows_of(dirty / "lmr/Delfil2018_65_uttrekksfil_2025.csv")}
    assert "0,5" in amounts
    assert not any("." in amount for amount in amounts)


def test_one_source_writes_in_the_older_encoding(dirty):
    assert set(LATIN_1) == {"kpr"}
    path = dirty / "kpr/2019_KUHR_uttrekk.dsv"
    with pytest.raises(UnicodeDecodeError, match="utf-8"):
        path.read_text(encoding="utf-8")
    assert any("Sykebesøk" in row.values() for row in rows_of(path, "latin-1"))


def test_notes_tell_the_generation(dirty, clean):
    for name in SECRET:
        assert "reference: person" in (dirty / name / "delivery.yml").read_text(encoding="utf-8")
        assert "reference_date: 1902-05-16" in (clean / name / "delivery.yml").read_text(encoding="utf-8")
    assert "reference_date" in (dirty / "krg/delivery.yml").read_text(encoding="utf-8")


# ---------------------------------------------------------------- refusals
def test_a_folder_with_something_in_it_is_refused(made, tmp_path):
    (tmp_path / "old.csv").write_text("x")
    with pytest.raises(SyntheticError, match="is not empty"):
        write_delivery(made, norway(), tmp_path)


def test_an_unknown_registry_is_refused(made, tmp_path):
    with pytest.raises(SyntheticError, match="no registry abc"):
        write_delivery(made, norway(), tmp_path / "x", registries=["npr", "abc"])


def test_secret_dates_without_the_population_are_refused(made, tmp_path):
    with pytest.raises(SyntheticError, match="recovered from `population`"):
        write_delivery(made, norway(), tmp_path / "x", secret={"npr"})


def test_every_rule_is_for_something_that_exists():
    for rule in dirt.RULES:
        registry, table, *column = rule.where.split(".")
        assert norway().table(registry, table)
        if column:
            assert norway().table(registry, table).has(column[0])
        assert 0 < rule.share < 0.1
        assert rule.then
