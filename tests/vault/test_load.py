"""Deliveries as custodians send them become tables as the storage contract has them."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from tests.vault.small import (
    CODE,
    STAY,
    Folder,
    Loaded,
    Person,
    code,
    content,
    drug,
    hospital,
    hospital_folder,
    key_rows,
    many,
    offset,
    people,
    people_folder,
    state_of,
    stay,
)

from helseanalyse.catalogue.read import read_registry
from helseanalyse.vault.load import load
from helseanalyse.vault.open import Vault

DAY = date(2015, 3, 1)


def test_persons_get_dense_numbers_and_relations(loaded: Loaded) -> None:
    assert loaded.rows("people", "SELECT count(*), min(pid), max(pid), count(DISTINCT pid) FROM person") == [
        (30, 1, 30, 30)
    ]
    mothers = loaded.rows("people", "SELECT count(mother) FROM person WHERE mother IN (SELECT pid FROM person)")
    assert mothers == [(29,)]


def test_columns_are_found_whatever_the_case_of_their_names(loaded: Loaded) -> None:
    # The delivery says FNR;Kjoenn;fdato and the catalogue fnr;KJOENN;FDATO.
    first = Person.nth(0)
    assert loaded.rows("people", f"SELECT sex FROM person WHERE born_on = DATE '{first.born_on}'") == [("male",)]


def test_a_municipality_gets_back_the_zero_that_a_spreadsheet_took(loaded: Loaded) -> None:
    assert loaded.rows("people", "SELECT DISTINCT municipality FROM home ORDER BY 1") == [("0301",), ("4601",)]


def test_every_kind_of_value_is_read(loaded: Loaded, tmp_path: Path) -> None:
    folder = hospital_folder(
        tmp_path / "d", [stay(3, 1, DAY), stay(3, 2, DAY, level=3, weight=None, acute="0", beds="4,0")]
    )
    loaded.load(hospital(), folder)
    columns = "admitted_on, discharged_on, level, weight, acute, beds, ward"
    out = DAY + timedelta(days=3)
    assert loaded.rows("hospital", f"SELECT {columns} FROM stay ORDER BY rowid") == [
        (DAY, out, "inpatient", 70.5, True, 2, "A"),
        (DAY, out, "outpatient", None, False, 4, "A"),
    ]


def test_columns_at_rest_are_those_of_the_catalogue_in_its_order(loaded: Loaded, tmp_path: Path) -> None:
    loaded.load(
        hospital(), hospital_folder(tmp_path / "d", [stay(3, 1, DAY)], [code(3, 1, "I21")], [drug(3, DAY, "A10BA02")])
    )
    described = loaded.rows("hospital", 'SELECT column_name, column_type, "null" FROM (DESCRIBE stay)')
    assert [row[:2] for row in described] == [
        ("pid", "INTEGER"), ("admitted_on", "DATE"), ("discharged_on", "DATE"), ("level", "VARCHAR"),
        ("weight", "DOUBLE"), ("acute", "BOOLEAN"), ("beds", "BIGINT"), ("ward", "VARCHAR"),
        ("main_diagnosis", "VARCHAR"), ("main_reason", "VARCHAR"),
    ]  # fmt: skip
    assert described[0][2] == "NO"
    tables = loaded.rows("hospital", "SELECT table_name FROM duckdb_tables() ORDER BY 1")
    assert [table for (table,) in tables] == [
        "drug", "drug__atc__dictionary", "stay", "stay__any_diagnosis", "stay__any_diagnosis__dictionary",
        "stay__procedures", "stay__procedures__dictionary", "stay__reasons", "stay__reasons__dictionary",
    ]  # fmt: skip


# ---------------------------------------------------------------- codes
LONG = 'SELECT code, position, "row" FROM stay__{} ORDER BY rowid'


def test_codes_in_a_file_of_their_own_find_their_row(loaded: Loaded, tmp_path: Path) -> None:
    stays = [stay(1, 11, DAY), stay(2, 12, DAY), stay(1, 13, DAY + timedelta(days=9))]
    codes = [
        code(1, 11, "i21.9", 1),
        code(1, 11, "E11"),
        code(1, 11, "A 01.0"),
        code(2, 12, "Z00", 1),
        code(1, 11, "A01", 0, "ICPC-2"),
    ]
    report = loaded.load(hospital(), hospital_folder(tmp_path / "d", stays, codes))
    found = loaded.rows(
        "hospital",
        "SELECT c.code, c.date, c.position, s.main_diagnosis FROM stay__any_diagnosis c JOIN stay s ON s.rowid "
        '= c."row" '
        "AND s.pid = c.pid ORDER BY c.rowid",
    )
    assert found == [
        ("A010", DAY, 1, "I219"),
        ("E11", DAY, 2, "I219"),
        ("I219", DAY, 0, "I219"),
        ("Z00", DAY, 0, "Z00"),
    ]
    unit = next(unit for unit in report.units if unit.name == "stay.any_diagnosis")
    assert (unit.read, unit.kept, unit.left_out) == (5, 4, 1)


def test_a_row_without_a_main_code_has_no_code_at_position_zero(loaded: Loaded, tmp_path: Path) -> None:
    loaded.load(
        hospital(), hospital_folder(tmp_path / "d", [stay(1, 11, DAY)], [code(1, 11, "E11"), code(1, 11, "I10")])
    )
    assert loaded.rows("hospital", LONG.format("any_diagnosis")) == [("E11", 1, 0), ("I10", 2, 0)]
    assert loaded.rows("hospital", "SELECT main_diagnosis FROM stay") == [(None,)]


def test_codes_in_many_columns_keep_the_delivered_order(loaded: Loaded, tmp_path: Path) -> None:
    rows = [stay(1, 11, DAY, ncsp=("NGA11", None, "FNG05")), stay(2, 12, DAY)]
    loaded.load(hospital(), hospital_folder(tmp_path / "d", rows))
    first = loaded.rows(
        "hospital",
        'SELECT rowid FROM stay WHERE (SELECT count(*) FROM stay__procedures p WHERE p."row" = stay.rowid) > 0',
    )
    assert loaded.rows("hospital", LONG.format("procedures")) == [("FNG05", 1, first[0][0]), ("NGA11", 0, first[0][0])]


@pytest.mark.parametrize(
    ("packed", "system", "main", "codes"),
    [
        ("K75,A01", "ICPC-2", "K75", [("A01", 1), ("K75", 0)]),  # the first listed is the main one
        ("k75", "icpc-2", "K75", [("K75", 0)]),
        ("K750012, A01", "ICPC-2B", "K75", [("A01", 1), ("K75", 0)]),  # longer than six characters: the last four go
        ("I21,I10", "ICD-10", None, []),  # another code system
        ("K75,,A01,", "ICPC-2", "K75", [("A01", 1), ("K75", 0)]),
        (None, "ICPC-2", None, []),
        ("K75", None, None, []),  # no code system is no promise
    ],
)
def test_codes_packed_in_one_column(
    loaded: Loaded, tmp_path: Path, packed: str, system: str, main: str | None, codes: list[tuple[str, int]]
) -> None:
    loaded.load(hospital(), hospital_folder(tmp_path / "d", [stay(1, 11, DAY, reasons=packed, system=system)]))
    assert loaded.rows("hospital", "SELECT main_reason FROM stay") == [(main,)]
    assert loaded.rows("hospital", "SELECT code, position FROM stay__reasons ORDER BY rowid") == codes


def test_a_dictionary_has_each_code_once_with_its_rows_and_days(loaded: Loaded, tmp_path: Path) -> None:
    later = DAY + timedelta(days=100)
    drugs = [
        drug(1, DAY, "A10BA02"),
        drug(2, later, "a10ba02"),
        drug(2, later, "C10AA"),
        drug(1, DAY, "A10BA02", "2,0"),
    ]
    loaded.load(hospital(), hospital_folder(tmp_path / "d", [stay(1, 1, DAY)], drugs=drugs))
    assert loaded.rows("hospital", "FROM drug__atc__dictionary") == [
        ("A10BA02", 3, DAY, later),
        ("C10AA", 1, later, later),
    ]


def test_two_granularities_of_a_code_come_in_files_with_other_columns(loaded: Loaded, tmp_path: Path) -> None:
    folder = hospital_folder(tmp_path / "d", [stay(1, 1, DAY)], drugs=[drug(1, DAY, "C10AA05")])
    Folder(folder).add("lmr_66.csv", "LNR;dager;ATC4;ekstra", [(Person.nth(2).key, offset(DAY), "C10AA", "x")])
    report = loaded.load(hospital(), folder)
    assert loaded.rows("hospital", "SELECT atc, packs FROM drug ORDER BY rowid") == [("C10AA", None), ("C10AA05", 1.5)]
    file = next(file for file in report.files if file.name == "lmr_66.csv")
    assert (file.unused, file.absent) == (("ekstra",), ("packs",))


# ---------------------------------------------------------------- order
def test_events_lie_by_code_person_day_and_then_every_other_column(loaded: Loaded, tmp_path: Path) -> None:
    rows = many(200)
    loaded.load(hospital(), hospital_folder(tmp_path / "d", **rows))
    drugs = loaded.rows("hospital", "SELECT atc, pid, dispensed_on, packs FROM drug ORDER BY rowid")
    assert drugs == sorted(drugs)
    stays = loaded.rows("hospital", "SELECT pid, admitted_on FROM stay ORDER BY rowid")
    assert stays == sorted(stays)
    codes = loaded.rows("hospital", 'SELECT code, pid, date, "row", position FROM stay__any_diagnosis ORDER BY rowid')
    assert codes == sorted(codes)
    assert len(codes) == 400


def test_unknown_sorts_first(loaded: Loaded, tmp_path: Path) -> None:
    rows = [stay(1, 1, DAY, weight="1,5"), stay(1, 2, DAY, weight=None)]
    loaded.load(hospital(), hospital_folder(tmp_path / "d", rows))
    assert loaded.rows("hospital", "SELECT weight FROM stay ORDER BY rowid") == [(None,), (1.5,)]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_of_delivered_rows_and_files_does_not_matter(loaded: Loaded, tmp_path: Path, seed: int) -> None:
    rows = many(300)
    loaded.load(hospital(), hospital_folder(tmp_path / "a", **rows))
    shuffled = {what: sorted(lines, key=lambda line: hash((seed, str(line)))) for what, lines in rows.items()}
    folder = Folder(tmp_path / "b")
    folder.add("kobling.csv", "lopenr;fnr", reversed(key_rows()))
    for part in range(3):  # split over several files, the rows of one stay in any of them
        folder.add(f"Aktivitet_{part}.csv", STAY, shuffled["stays"][part::3])
        folder.add(f"Tilstand_{part}.csv", CODE, shuffled["codes"][part::3])
        folder.add(
            f"lmr_{part}.csv", "dager;lopenr;pakn;atc5", [(r[1], r[0], r[3], r[2]) for r in shuffled["drugs"][part::3]]
        )
    loaded.load(hospital(), folder.noted())
    assert loaded.vault.versions("hospital") == (1, 2)
    assert content(loaded.vault.file("hospital", 1)) == content(loaded.vault.file("hospital", 2))


# ---------------------------------------------------------------- ways of writing
@pytest.mark.parametrize(
    ("encoding", "named"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("latin-1", "latin-1")],
)
def test_encodings_are_tried_in_order(loaded: Loaded, tmp_path: Path, encoding: str, named: str) -> None:
    folder = hospital_folder(tmp_path / "d")
    Folder(folder).add(
        "Aktivitet_SOM.csv", STAY, [stay(1, 1, DAY, ward="Føde"), stay(2, 2, DAY, ward="Akutt")], encoding
    )
    report = loaded.load(hospital(), folder)
    assert loaded.rows("hospital", "SELECT ward FROM stay ORDER BY 1") == [("Akutt",), ("Føde",)]
    assert next(file.encoding for file in report.files if file.name == "Aktivitet_SOM.csv") == named


@pytest.mark.parametrize("encoding", ["windows-1252", "utf-16"])
def test_other_encodings_are_read_when_the_catalogue_names_them(loaded: Loaded, tmp_path: Path, encoding: str) -> None:
    registry = hospital(**{"dates: offset": f"dates: offset\n  encoding: [utf-8, latin-1, {encoding}]"})
    folder = hospital_folder(tmp_path / "d")
    Folder(folder).add("Aktivitet_SOM.csv", STAY, [stay(1, 1, DAY, ward="Føde – B")], encoding)
    loaded.load(registry, folder)
    assert loaded.rows("hospital", "SELECT ward FROM stay") == [("Føde – B",)]


def test_line_ends_of_windows_quotes_and_a_missing_last_line_end(loaded: Loaded, tmp_path: Path) -> None:
    folder = hospital_folder(tmp_path / "d")
    text = (folder / "Aktivitet_SOM.csv").read_text(encoding="utf-8").strip()
    lines = [
        text,
        *(
            ";".join(f'"{cell}"' if cell is not None else "" for cell in stay(n, n, DAY, ward='B; ""2""'))
            for n in (1, 2)
        ),
    ]
    (folder / "Aktivitet_SOM.csv").write_bytes("\r\n".join(lines).encode())
    report = loaded.load(hospital(), folder)
    assert loaded.rows("hospital", "SELECT ward FROM stay") == [('B; "2"',), ('B; "2"',)]
    note = next(file.note for file in report.files if file.name == "Aktivitet_SOM.csv")
    assert note == "does not end with a line break, so its last value may be cut off"


def test_parquet_says_the_same_as_csv(loaded: Loaded, tmp_path: Path) -> None:
    rows = many(50)
    loaded.load(hospital(), hospital_folder(tmp_path / "a", **rows))
    folder = hospital_folder(tmp_path / "b", **rows)
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT lopenr::BIGINT AS lopenr, oppholdLopenr, DATE '1902-05-16' + InnDato::INT AS inndato, "
            f"(DATE '1902-05-16' + UtDato::INT)::TIMESTAMP AS UtDato, omsorgsniva::DOUBLE AS omsorgsniva, "
            "replace(vekt, ',', '.')::DOUBLE AS vekt, akutt = 'ja' AS akutt, senger::SMALLINT AS senger, post, "
            "ncsp1, ncsp2, "
            f"ncsp3, DIAGNOSER, VERK FROM read_csv('{folder}/Aktivitet_SOM.csv', delim = ';', header = true, "
            "all_varchar = true)) "
            f"TO '{folder}/Aktivitet_SOM.parquet'"
        )
    (folder / "Aktivitet_SOM.csv").unlink()
    loaded.load(hospital(), folder)
    assert content(loaded.vault.file("hospital", 1)) == content(loaded.vault.file("hospital", 2))


# ---------------------------------------------------------------- dates
def test_the_folder_may_bring_another_reference_date(loaded: Loaded, tmp_path: Path) -> None:
    folder = hospital_folder(tmp_path / "d", [stay(1, 1, DAY)])
    Folder(folder).noted(reference_date="1902-05-26")
    loaded.load(hospital(), folder)
    assert loaded.rows("hospital", "SELECT admitted_on FROM stay") == [(DAY + timedelta(days=10),)]


def secret(n: int) -> date:
    """The secret reference date of person n."""
    return date(1890, 1, 1) + timedelta(days=n * 7919 % 9000)


def test_a_secret_reference_date_a_person_is_recovered_from_the_birth_month(tmp_path: Path) -> None:
    some = range(0, 18, 3)  # each born in a month of their own
    persons = [Person.nth(n) for n in some]
    folder = Folder(tmp_path / "people").without("home")
    columns = "fnr;KJOENN;birth_month;birth_offset;DDATO"
    died = date(2019, 5, 5)
    rows = [
        (p.number, p.sex, f"{p.born_on:%Y%m}", offset(p.born_on, secret(n)), offset(died, secret(n)))
        for n, p in zip(some, persons, strict=True)
    ]
    vault = tmp_path / "vault"
    registry = people()
    generation_b = dataclasses.replace(
        registry, delivery={**registry.delivery, "dates": "offset", "reference": "person"}
    )
    load(generation_b, folder.add("people.csv", columns, rows).noted(), vault)
    stays = [[*stay(n, n, DAY, out=offset(DAY + timedelta(days=40), secret(n)))] for n in some]
    for n, row in zip(some, stays, strict=True):
        row[2] = offset(DAY, secret(n))
    stays_folder = Folder(hospital_folder(tmp_path / "hospital", stays)).noted(reference="person")
    report = load(hospital(), stays_folder, vault)
    at_rest = Loaded(vault)
    born = at_rest.rows("people", "SELECT born_on, died_on FROM person ORDER BY born_on")
    # Birth is the 15th of its month, and everything else keeps its distance from it to the day.
    assert [row[0] for row in born] == sorted(p.born_on.replace(day=15) for p in persons)
    moved = {p.born_on.replace(day=15): p.born_on.replace(day=15) - p.born_on for p in persons}
    assert [row[1] for row in born] == [died + moved[row[0]] for row in born]
    with duckdb.connect() as connection:
        for registry_name in ("people", "hospital"):
            connection.execute(f"ATTACH '{at_rest.vault.file(registry_name)}' AS {registry_name} (READ_ONLY)")
        found = connection.execute(
            "SELECT born_on, admitted_on, discharged_on FROM hospital.stay JOIN people.person USING (pid)"
        ).fetchall()
    assert len(found) == 6
    for birth, admitted, discharged in found:
        assert (admitted, discharged) == (DAY + moved[birth], DAY + timedelta(days=40) + moved[birth])
    assert "up to 15 days" in report.precision
    assert "up to 15 days" in at_rest.vault.manifest("hospital").precision


# ---------------------------------------------------------------- again, and versions
def test_the_same_delivery_twice_changes_nothing(loaded: Loaded, tmp_path: Path) -> None:
    folder = hospital_folder(tmp_path / "d", **many(20))
    first = loaded.load(hospital(), folder)
    before = state_of(loaded.path)
    second = loaded.load(hospital(), folder)
    assert (first.changed, first.version, second.changed, second.version) == (True, 1, False, 1)
    assert state_of(loaded.path) == before


def test_renamed_files_are_the_same_delivery(loaded: Loaded, tmp_path: Path) -> None:
    folder = hospital_folder(tmp_path / "d", **many(20))
    loaded.load(hospital(), folder)
    (folder / "lmr_2020.csv").rename(folder / "lmr_again.csv")
    assert not loaded.load(hospital(), folder).changed


def test_another_delivery_another_catalogue_or_another_population_is_a_new_version(
    loaded: Loaded, tmp_path: Path
) -> None:
    folder = hospital_folder(tmp_path / "d", **many(20))
    assert loaded.load(hospital(), folder).version == 1
    Folder(folder).add("lmr_2020.csv", "lopenr;dager;atc5;pakn", [drug(1, DAY, "A10BA02")])
    assert loaded.load(hospital(), folder).version == 2
    assert loaded.load(hospital(**{"most: 400": "most: 500"}), folder).version == 3
    loaded.load(people(), people_folder(tmp_path / "p", 31))
    assert loaded.load(hospital(**{"most: 400": "most: 500"}), folder).version == 4
    assert loaded.vault.manifest("hospital", 4).universe == "people@2"
    assert loaded.vault.versions("hospital") == (1, 2, 3, 4)


def test_a_person_keeps_the_number_in_a_later_population(loaded: Loaded, tmp_path: Path) -> None:
    before = dict(loaded.rows("people", "SELECT born_on, pid FROM person"))
    loaded.load(people(), people_folder(tmp_path / "p", 50))
    after = dict(loaded.rows("people", "SELECT born_on, pid FROM person"))
    assert {born: after[born] for born in before} == before
    assert sorted(after.values()) == list(range(1, 51))


def test_progress_is_told_and_never_goes_back(loaded: Loaded, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    loaded.load(hospital(), hospital_folder(tmp_path / "d", **many(20)), progress=lambda *step: told.append(step))
    done = [step[1] for step in told]
    assert done == sorted(done)
    assert all(0 <= step[1] <= step[2] for step in told)
    assert told[-1][0] == "Done"
    assert any(words == "Reading Aktivitet_SOM.csv" for words, _, _ in told)


# ---------------------------------------------------------------- real data
def test_the_danish_registry_gives_the_published_figures(shared_data, root, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    file = shared_data("danish_diabetes_registry/dmlate.parquet")
    report = load(read_registry(root / "examples/danish_diabetes/catalogue.yml"), file, tmp_path / "vault")
    assert report.kept == 10_000
    with duckdb.connect(str(Vault.open(tmp_path / "vault").file("dmlate")), read_only=True) as connection:
        found = connection.execute(
            "SELECT count(*), count(died_on), round(sum(followed_until - diagnosed_on) / 365.25, 2) FROM person "
            "WHERE followed_until > diagnosed_on"
        ).fetchall()
    assert found == [(9_996, 2_499, 54_273.27)]
    assert not (tmp_path / "vault" / "keys").exists()
