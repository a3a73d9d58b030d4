"""Publishing from staged tables: the path that loading and the synthetic Norway share."""

from __future__ import annotations

import dataclasses
import re
import stat
from datetime import date
from pathlib import Path

import duckdb
import pytest
from tests.vault.small import Loaded, content, hospital, many, people, pharmacy, pharmacy_folder, state_of

from helseanalyse.catalogue.model import CatalogueError
from helseanalyse.catalogue.read import norway
from helseanalyse.vault import short_key
from helseanalyse.vault.catalogue_text import described, text_of
from helseanalyse.vault.checks import check_table
from helseanalyse.vault.database import Resources
from helseanalyse.vault.disk import digest_of
from helseanalyse.vault.errors import VaultError
from helseanalyse.vault.open import Vault
from helseanalyse.vault.sql import Sql
from helseanalyse.vault.write import NewVersion

PEOPLE = (
    "CREATE TABLE staged.person AS SELECT range::INTEGER AS pid, 'male' AS sex, DATE '1950-01-01' + range::INTEGER AS "
    "born_on, NULL::DATE AS died_on, NULL::INTEGER AS mother FROM range(1, 101)"
)
HOMES = (
    "CREATE TABLE staged.home AS SELECT range::INTEGER AS pid, DATE '2000-01-01' AS moved_in_on, NULL::DATE AS "
    "moved_out_on, "
    "'0301' AS municipality FROM range(1, 101)"
)
STAY = (
    "CREATE VIEW staged.stay AS SELECT DATE '2010-01-01' + (range % 9)::INTEGER AS admitted_on, (1 + range % "
    "50)::INTEGER AS pid, "
    "NULL AS discharged_on, 'inpatient' AS level, 1.5 AS weight, true AS acute, range % 3 AS beds, NULL AS ward, "
    "CASE range % 4 WHEN 0 THEN ['I219', 'E119'] WHEN 1 THEN [NULL, 'E119'] WHEN 2 THEN [] END AS any_diagnosis, "
    "['FNG05'] AS procedures, NULL AS reasons FROM range(300)"
)
DRUGS = "CREATE TABLE staged.drug (pid INTEGER, dispensed_on DATE, atc VARCHAR, packs DOUBLE)"


def publish(vault: Path, *statements: str, synthetic: bool = True) -> Vault:
    """A vault with a universe of a hundred persons, and with a hospital where statements stage one."""
    with NewVersion(vault, people(), synthetic=synthetic) as new:
        for statement in (PEOPLE, HOMES):
            new.connection.execute(statement)
        new.publish(complete_to=date(2023, 12, 31))
    if statements:
        with NewVersion(vault, hospital(), synthetic=synthetic) as new:
            for statement in statements:
                new.connection.execute(statement)
            new.publish()
    return Vault.open(vault)


def test_staged_tables_become_a_version_with_long_tables_and_dictionaries(tmp_path: Path) -> None:
    vault = publish(tmp_path / "vault", STAY, DRUGS)
    assert (vault.registries(), vault.synthetic, vault.latest("hospital")) == (("people", "hospital"), True, 1)
    with duckdb.connect(str(vault.file("hospital")), read_only=True) as connection:
        assert connection.execute("SELECT count(*), count(main_diagnosis) FROM stay").fetchall() == [(300, 75)]
        linked = connection.execute(
            'SELECT code, position, count(*) FROM stay__any_diagnosis c JOIN stay s ON s.rowid = c."row" AND '
            "s.pid = c.pid "
            "AND s.admitted_on = c.date GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        assert linked == [("E119", 1, 150), ("I219", 0, 75)]
        assert connection.execute('SELECT code, "rows" FROM stay__procedures__dictionary').fetchall() == [
            ("FNG05", 300)
        ]
        assert connection.execute("SELECT count(*) FROM drug").fetchall() == [(0,)]


def test_a_manifest_tells_what_the_file_is(tmp_path: Path) -> None:
    vault = publish(tmp_path / "vault", STAY, DRUGS)
    manifest, file = vault.manifest("hospital"), vault.file("hospital")
    assert manifest.sha256 == digest_of(file)
    assert manifest.size == file.stat().st_size
    assert (manifest.name, manifest.universe, manifest.duckdb) == ("hospital@1", "people@1", duckdb.__version__)
    stay = manifest.tables["stay"]
    assert (stay.rows, stay.persons, stay.first, stay.last) == (300, 50, date(2010, 1, 1), date(2010, 1, 9))
    assert manifest.complete_to == date(2010, 1, 9)  # nobody said, so it is the last date
    assert vault.manifest("people").complete_to == date(2023, 12, 31)
    assert manifest.described() == vault.catalogue().registry("hospital") == hospital()
    assert vault.catalogue().universe == people()


def test_files_are_read_only_and_the_work_is_gone(tmp_path: Path) -> None:
    vault = publish(tmp_path / "vault", STAY, DRUGS)
    assert stat.S_IMODE(vault.file("hospital").stat().st_mode) == 0o444
    assert sorted(path.name for path in vault.path.iterdir()) == ["lock", "registries", "vault.json"]


def test_leaving_without_publishing_changes_nothing(tmp_path: Path) -> None:
    vault = publish(tmp_path / "vault")
    before = state_of(vault.path)
    with NewVersion(vault.path, people(), synthetic=True) as new:
        new.connection.execute(PEOPLE)
        work = new.work
    assert state_of(vault.path) == before
    assert not work.exists()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        ("ALTER TABLE staged.person DROP sex", "The staged rows of people.person have no sex. Stage a table or view"),
        ("DROP TABLE staged.home", "The staged rows of people.home have no pid, moved_in_on, moved_out_on,"),
        ("INSERT INTO staged.person FROM staged.person LIMIT 1", "some persons have more than one row"),
        ("UPDATE staged.person SET pid = 0 WHERE pid = 1", "some person numbers are below 1"),
        ("UPDATE staged.person SET born_on = NULL WHERE pid = 1", "born_on is missing in some rows"),
        ("UPDATE staged.person SET sex = 'M' WHERE pid = 1", "sex has values that are no level of it"),
        ("UPDATE staged.person SET mother = 999 WHERE pid = 1", "mother is of persons who are not in the population"),
        ("UPDATE staged.home SET pid = 999 WHERE pid = 1", "some rows are of persons who are not in the"),
        (
            "UPDATE staged.home SET municipality = '03.1' WHERE pid = 1",
            "municipality has codes that are not normalised",
        ),
        ("UPDATE staged.home SET moved_out_on = moved_in_on WHERE pid = 1", "some periods do not end after they start"),
        ("INSERT INTO staged.home VALUES (1, DATE '2005-01-01', NULL, '0301')", "some periods of one person overlap"),
        ("UPDATE staged.person SET died_on = DATE 'infinity' WHERE pid = 1", "died_on has dates that are not finite"),
    ],
)
def test_rows_that_break_a_rule_are_not_published(tmp_path: Path, spoil: str, message: str) -> None:
    with NewVersion(tmp_path / "vault", people(), synthetic=True) as new:
        for statement in (PEOPLE, HOMES, spoil):
            new.connection.execute(statement)
        with pytest.raises(VaultError, match=re.escape(message)):
            new.publish()
    assert not (tmp_path / "vault").exists()


def test_values_out_of_bounds_and_odd_codes_are_not_published(tmp_path: Path) -> None:
    publish(tmp_path / "vault")
    odd = STAY.replace("1.5 AS weight", "500 AS weight").replace("'FNG05'", "'fng05'").replace("'I219'", "'I21.9'")
    message = (
        r"\Ahospital\.stay was not published: weight has values outside its bounds; main_diagnosis has codes "
        r"that are not "
        r"normalised; any_diagnosis has codes that are not normalised; procedures has codes that are not normalised\. "
    )
    with pytest.raises(VaultError, match=message):
        publish(tmp_path / "vault", odd, DRUGS)


def test_rows_out_of_order_are_seen(tmp_path: Path) -> None:
    """The order is asserted from the finished table, so a build that forgot to sort would not pass."""
    table = pharmacy().table("drug")
    for order, right in (
        ("atc NULLS FIRST, pid, dispensed_on, packs", True),
        ("pid, atc", False),
        ("atc NULLS FIRST, dispensed_on", False),
    ):
        with duckdb.connect() as connection:
            connection.execute(
                "ATTACH ':memory:' AS final; ATTACH ':memory:' AS universe; CREATE TABLE universe.p AS SELECT "
                "range::INT AS pid FROM range(1, 1000)"
            )
            connection.execute(
                "CREATE TABLE final.drug AS SELECT (1 + hash(range) % 900)::INT AS pid, DATE '2010-01-01' + "
                "(hash(range + 1) % 999)::INT AS "
                "dispensed_on, 'A10B' || chr((65 + hash(range + 2) % 9)::INT) AS atc, 1.0 AS packs FROM "
                f"range(400000) ORDER BY {order}"
            )
            if right:
                check_table(connection, table, Sql("universe.p"))
            else:
                with pytest.raises(VaultError, match="the rows are not in order"):
                    check_table(connection, table, Sql("universe.p"))


def test_the_short_key_gives_the_same_order(loaded: Loaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = many(300)["drugs"]
    rows += [(row[0], row[1], row[2], None) for row in rows[::3]]
    loaded.load(pharmacy(), pharmacy_folder(tmp_path / "a", rows))
    monkeypatch.setattr(short_key, "FROM_ROWS", 1)
    monkeypatch.setattr(short_key, "WORTH", 1)
    loaded.load(pharmacy(), pharmacy_folder(tmp_path / "b", [*rows[1:], rows[0]]))
    assert loaded.vault.versions("pharmacy") == (1, 2)
    assert content(loaded.vault.file("pharmacy", 1)) == content(loaded.vault.file("pharmacy", 2))


def test_the_short_key_works_with_codes_and_unknown_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = (
        STAY.replace("CREATE VIEW", "CREATE TABLE")
        .replace("NULL AS reasons", "NULL::VARCHAR[] AS reasons")
        .replace("NULL AS ward", "CASE range % 5 WHEN 0 THEN 'A' WHEN 1 THEN 'B' END AS ward")
    )
    plain = publish(tmp_path / "a", table, DRUGS)
    monkeypatch.setattr(short_key, "FROM_ROWS", 1)
    monkeypatch.setattr(short_key, "WORTH", 1)
    short = publish(tmp_path / "b", table, DRUGS)
    assert content(plain.file("hospital")) == content(short.file("hospital"))


def test_the_number_of_threads_does_not_matter(tmp_path: Path) -> None:
    for vault, used in ((tmp_path / "a", 1), (tmp_path / "b", 2)):
        publish(vault)
        with NewVersion(vault, hospital(), synthetic=True, resources=Resources(memory="200MB", threads=used)) as new:
            new.connection.execute(STAY.replace("range(300)", "range(30000)"))
            new.connection.execute(DRUGS)
            new.publish()
    assert content(Vault.open(tmp_path / "a").file("hospital")) == content(Vault.open(tmp_path / "b").file("hospital"))


def test_a_sort_larger_than_memory_spills(tmp_path: Path) -> None:
    publish(tmp_path / "vault")
    with NewVersion(
        tmp_path / "vault", pharmacy(), synthetic=True, resources=Resources(memory="60MB", threads=1)
    ) as new:
        new.connection.execute(
            "CREATE VIEW staged.drug AS SELECT (1 + hash(range) % 100)::INTEGER AS pid, DATE '2010-01-01' + "
            "(hash(range + 1) % 999)::INTEGER "
            "AS dispensed_on, 'A10BA' || lpad((hash(range + 2) % 90)::VARCHAR, 2, '0') AS atc, (hash(range + 3) "
            "% 1000) / 7.0 AS packs "
            "FROM range(1200000)"
        )
        assert new.publish().tables["drug"].rows == 1_200_000


@pytest.mark.parametrize("name", [registry.name for registry in norway().registries])
def test_every_registry_of_norway_survives_being_written_as_text(name: str) -> None:
    registry = norway().registry(name)
    assert described(text_of(registry), registry.digest, name) == registry


def test_a_registry_that_no_file_could_describe_is_refused(tmp_path: Path) -> None:
    odd = dataclasses.replace(people(), delivery={})
    with NewVersion(tmp_path / "vault", odd, synthetic=True) as new:
        for statement in (PEOPLE, HOMES):
            new.connection.execute(statement)
        with pytest.raises(CatalogueError, match="`delivery` is missing"):
            new.publish()
