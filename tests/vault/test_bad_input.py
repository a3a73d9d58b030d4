"""Each thing that can be wrong with a delivery or a vault: one clear error, nobody's value, and the vault as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pytest
from tests.vault.small import (
    STAY,
    Folder,
    Loaded,
    Person,
    drug,
    hospital,
    hospital_folder,
    key_rows,
    many,
    people,
    people_folder,
    state_of,
    stay,
)

from helseanalyse.vault.errors import LoadError, VaultError
from helseanalyse.vault.load import load
from helseanalyse.vault.open import Vault

DAY = date(2015, 3, 1)
Spoil = Callable[[Path], object]


def replaced(name: str, old: bytes, new: bytes) -> Spoil:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes().replace(old, new))


def cut(name: str, at: int) -> Spoil:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:at])


def written(name: str, text: bytes) -> Spoil:
    return lambda folder: (folder / name).write_bytes(text)


def removed(name: str) -> Spoil:
    return lambda folder: (folder / name).unlink()


def a_parquet(folder: Path) -> bytes:
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT (7001 + range % 30)::VARCHAR AS lopenr, 40000 + range % 1000 AS dager, 'A10BA02' AS atc5, "
            f"hash(range) AS pakn FROM range(20000)) TO '{folder}/lmr_2020.parquet' (COMPRESSION uncompressed)"
        )
    return (folder / "lmr_2020.parquet").read_bytes()


def half_a_parquet(folder: Path) -> None:
    whole = a_parquet(folder)
    (folder / "lmr_2020.parquet").write_bytes(whole[: len(whole) // 2])


def no_parquet(folder: Path) -> None:
    (folder / "lmr_2020.parquet").write_bytes(b"PAR1 this is something else PAR1")


@dataclass(frozen=True)
class Bad:
    """One bad delivery: what is done to a good one, and the whole message."""

    name: str
    spoil: Spoil
    message: str


HEADER = STAY.encode()
HAS = f"It has {', '.join(STAY.split(';'))}."
BAD = [
    Bad(
        "a file that a table needs is missing",
        removed("lmr_2020.csv"),
        "This delivery of `hospital` cannot be loaded:\n- there is no file for hospital.drug (lmr_*.csv, "
            "lmr_*.parquet); if it was "
        "not ordered, write `without: [drug]` in delivery.yml",
    ),
    Bad(
        "the main table's file is missing, and a code file",
        lambda folder: (removed("Aktivitet_SOM.csv")(folder), removed("Tilstand_som.csv")(folder)),
        "This delivery of `hospital` cannot be loaded:\n- there is no file for hospital.stay (Aktivitet_*.csv, "
        "Aktivitet_*.parquet); the main table cannot be left out",
    ),
    Bad(
        "required columns are missing",
        replaced("Aktivitet_SOM.csv", HEADER, HEADER.replace(b"lopenr;", b"pasient;", 1).replace(b"InnDato", b"inn")),
        "This delivery of `hospital` cannot be loaded:\n- Aktivitet_SOM.csv lacks what hospital.stay needs: the "
            "person key (lopenr or "
        "lnr), admitted_on (InnDato). " + HAS.replace("lopenr, ", "pasient, ", 1).replace("InnDato", "inn")
        + " Check the delimiter, or add the delivered name to the catalogue entry",
    ),
    Bad(
        "there are no column names, and the first row is somebody's",
        replaced("Aktivitet_SOM.csv", HEADER + b"\n", b""),
        "This delivery of `hospital` cannot be loaded:\n- Aktivitet_SOM.csv lacks what hospital.stay needs: the "
            "person key (lopenr or "
        "lnr), admitted_on (InnDato). Its first line does not look like column names. Check the delimiter, or add the "
        "delivered name to the catalogue entry\n- Aktivitet_SOM.csv lacks the row number (oppholdLopenr) that "
            "the code files of "
        "hospital.stay refer to",
    ),
    Bad(
        "a column stands twice",
        replaced("Aktivitet_SOM.csv", b"UtDato", b"inndato"),
        "Aktivitet_SOM.csv has the column InnDato, inndato more than once (letter case does not count). Ask for "
            "the file with "
        "each column once.",
    ),
    Bad(
        "no encoding of the catalogue fits",
        written("Aktivitet_SOM.csv", HEADER + "\n7001;1;40000;;1;;;;Føde \x96 B".encode("latin-1") + b";;;;;\n"),
        "Aktivitet_SOM.csv is not in utf-8 or latin-1, the encodings that the catalogue names. Add its encoding to the "
        "delivery block (it may be windows-1252), or ask for the file in UTF-8.",
    ),
    Bad(
        "another encoding altogether",
        written("Aktivitet_SOM.csv", (STAY + "\n").encode("utf-16")),
        "Aktivitet_SOM.csv is not in utf-8 or latin-1, the encodings that the catalogue names. Add its encoding to the "
        "delivery block (it may be utf-16), or ask for the file in UTF-8.",
    ),
    Bad(
        "bytes that no text has",
        replaced("Aktivitet_SOM.csv", b";A;", b";\0\0;"),
        "Aktivitet_SOM.csv holds bytes that no text has: it is damaged, or not a text file. Ask for it again.",
    ),
    Bad("an empty file", written("lmr_2020.csv", b""), "lmr_2020.csv is empty. Ask for the file again, or take "
        "it out of the folder."),
    Bad(
        "a text file cut off in a row",
        cut("lmr_2020.csv", -12),
        "lmr_2020.csv ends in the middle of a row: it was cut off. Ask for the file again.",
    ),
    Bad(
        "a quotation mark that is never closed",
        replaced("Aktivitet_SOM.csv", b";A;", b';"A;'),
        "Aktivitet_SOM.csv has a quotation mark on line 2 that is not closed on that line, so the rows after it "
            "cannot be told "
        "apart. Correct the file, or ask for it again.",
    ),
    Bad(
        "mixed line breaks",
        replaced("lmr_2020.csv", b"7011", b"\r7011"),
        "lmr_2020.csv cannot be read as a table of 4 columns: its line breaks are mixed, or it is damaged. Ask "
            "for the file again.",
    ),
    Bad(
        "a Parquet file cut off",
        half_a_parquet,
        "lmr_2020.parquet is no whole Parquet file: it is damaged or cut off. Ask for the file again.",
    ),
    Bad(
        "a Parquet file that is none",
        no_parquet,
        "lmr_2020.parquet is no whole Parquet file: it is damaged or cut off. Ask for the file again.",
    ),
    Bad(
        "a key file without its columns",
        replaced("kobling.csv", b"lopenr;fnr", b"lopenr;nummer"),
        "The key file kobling.csv needs one column of lopenr and one of fnr. It has lopenr, nummer.",
    ),
    Bad(
        "a key file with a broken row",
        replaced("kobling.csv", b"\n7003;", b"\n7003"),
        "The key file kobling.csv has rows with a wrong number of columns. A person may be lost with each of "
            "them: correct "
        "the file, or ask for it again.",
    ),
    Bad(
        "a code file without its row number",
        replaced("Tilstand_som.csv", b"oppholdlopenr", b"opphold"),
        "Tilstand_som.csv lacks a column: it needs one of oppholdlopenr (the row number) and one of kode (the "
            "code). It has "
        "lopenr, opphold, kodenavn, kode, Hovedtilstand.",
    ),
    Bad(
        "a code file without the column that tells its systems apart",
        replaced("Tilstand_som.csv", b"kodenavn", b"verk"),
        "Tilstand_som.csv lacks the column kodenavn, which tells its codes apart. It has lopenr, oppholdlopenr, "
            "verk, kode, "
        "Hovedtilstand. Correct the catalogue's delivery block, or ask for the column.",
    ),
    Bad(
        "a note for another registry",
        written("delivery.yml", b"registry: lmr\n"),
        "{folder}/delivery.yml says that this is a delivery of `lmr`, not of `hospital`.",
    ),
    Bad(
        "a note with a key that is not known",
        written("delivery.yml", b"extracted: 2024-01-01\n"),
        "{folder}/delivery.yml: extracted is not known there. It may hold registry, reference_date, reference, "
            "extracted_on, "
        "complete_to, without, numbers_from_2032.",
    ),
    Bad(
        "a note with a date that is none",
        written("delivery.yml", b"complete_to: soon\n"),
        "{folder}/delivery.yml: `complete_to` must be a date such as 1902-05-16.",
    ),
    Bad(
        "a note that is no YAML",
        written("delivery.yml", b"a: [\n"),
        "{folder}/delivery.yml cannot be read as YAML in UTF-8. Correct it, or take it away.",
    ),
    Bad(
        "a note without a table that does not exist",
        written("delivery.yml", b"without: [drugs]\n"),
        "This delivery of `hospital` cannot be loaded:\n- delivery.yml is `without` drugs, which the catalogue "
            "does not have: correct "
        "the name",
    ),
]  # fmt: skip


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
def test_a_bad_delivery_gives_one_clear_error_and_changes_nothing(loaded: Loaded, tmp_path: Path, bad: Bad) -> None:
    registry = hospital(**{'files: ["lmr_*.csv"]': 'files: ["lmr_*.csv", "lmr_*.parquet"]'})
    folder = hospital_folder(tmp_path / "d", **many(20))
    before = state_of(loaded.path)
    bad.spoil(folder)
    message = bad.message.replace("{folder}", str(folder))
    with pytest.raises(VaultError, match=rf"\A{re.escape(message)}\Z") as raised:
        loaded.load(registry, folder)
    assert state_of(loaded.path) == before
    assert raised.value.__cause__ is None
    assert not any(person.number in str(raised.value) for person in map(Person.nth, range(30)))


def test_a_damaged_page_of_a_parquet_file_is_found(loaded: Loaded, tmp_path: Path) -> None:
    registry = hospital(**{'files: ["lmr_*.csv"]': 'files: ["lmr_*.parquet"]'})
    folder = hospital_folder(tmp_path / "d", **many(20))
    whole = bytearray(a_parquet(folder))
    whole[4:2000] = b"\xff" * 1996
    (folder / "lmr_2020.parquet").write_bytes(whole)
    before = state_of(loaded.path)
    message = "lmr_2020.parquet is damaged: a part of it cannot be read. Ask for the file again."
    with pytest.raises(VaultError, match=rf"\A{re.escape(message)}\Z"):
        loaded.load(registry, folder)
    assert state_of(loaded.path) == before


def test_a_folder_that_is_not_there_or_holds_nothing(loaded: Loaded, tmp_path: Path) -> None:
    with pytest.raises(
        LoadError, match=r"\AThere is no delivery at .*/gone\. Name the folder with the delivered files\.\Z"
    ):
        loaded.load(hospital(), tmp_path / "gone")
    (tmp_path / "empty").mkdir()
    with pytest.raises(LoadError, match=r"/empty holds no file\. Name the folder with the delivered files\.\Z"):
        loaded.load(hospital(), tmp_path / "empty")


def test_day_differences_need_a_day_to_count_from(loaded: Loaded, tmp_path: Path) -> None:
    registry = hospital(**{"  reference_date: 1902-05-16\n": ""})
    message = (
        r"\Ahospital\.stay\.admitted_on is delivered as days from a reference date, and nothing says which\. Add "
        r"`reference_date: YYYY-MM-DD` \(or `reference: person`\) to delivery\.yml in the delivery's folder\.\Z"
    )
    with pytest.raises(LoadError, match=message):
        loaded.load(registry, hospital_folder(tmp_path / "d", [stay(1, 1, DAY)]))


def test_the_population_comes_first(tmp_path: Path) -> None:
    message = (
        r"\AThe vault .*/vault has no population registry yet, so nobody is known in it\. Load the registry marked "
        r"`universe: true` first, then `hospital`\.\Z"
    )
    with pytest.raises(LoadError, match=message):
        load(hospital(), hospital_folder(tmp_path / "d"), tmp_path / "vault")
    assert not (tmp_path / "vault").exists()


def test_a_first_load_that_fails_leaves_no_trace(tmp_path: Path) -> None:
    folder = people_folder(tmp_path / "d")
    (folder / "homes.csv").write_text("fnr;fra;til;kommnr\n1;2;3\n1;2;3\n", encoding="utf-8")
    with pytest.raises(LoadError, match=r"people.home: <5 of 2 rows: wrong number of columns"):
        load(people(), folder, tmp_path / "vault", keys=tmp_path / "keys")
    assert not (tmp_path / "vault").exists()
    assert not (tmp_path / "keys").exists()


# ---------------------------------------------------------------- the vault
def test_a_vault_of_another_format_is_left_alone(loaded: Loaded, tmp_path: Path) -> None:
    where = loaded.path / "vault.json"
    where.chmod(0o644)
    where.write_text(json.dumps(json.loads(where.read_text()) | {"format": 2}), encoding="utf-8")
    before = state_of(loaded.path)
    message = (
        r"\AThe vault .* has format 2, and this program reads format 1\. Use the version of helseanalyse that "
        r"made it, or "
        r"load the deliveries into a new vault\.\Z"
    )
    with pytest.raises(VaultError, match=message):
        loaded.load(hospital(), hospital_folder(tmp_path / "d", [stay(1, 1, DAY)]))
    with pytest.raises(VaultError, match=message):
        Vault.open(loaded.path)
    assert state_of(loaded.path) == before


def test_a_folder_with_other_things_is_not_made_a_vault(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").write_bytes(b"x")
    with pytest.raises(
        VaultError, match=r"\A.*/photos holds other files and is not a vault\. Name an empty folder\.\Z"
    ):
        load(people(), people_folder(tmp_path / "d"), tmp_path / "photos")
    assert sorted(path.name for path in (tmp_path / "photos").iterdir()) == ["a.jpg", "lock"]


def test_made_up_and_real_persons_are_never_mixed(loaded: Loaded, tmp_path: Path) -> None:
    message = (
        r"\AThe vault .* is for real persons, and this load is of synthetic persons\. The two are never mixed: "
        r"load into another vault\.\Z"
    )
    with pytest.raises(LoadError, match=message):
        loaded.load(hospital(), hospital_folder(tmp_path / "d", [stay(1, 1, DAY)]), synthetic=True)


def test_a_vault_of_made_up_persons_takes_no_number_that_a_real_person_can_have(tmp_path: Path) -> None:
    folder = people_folder(tmp_path / "d")
    message = (
        r"\AThis vault is for made-up persons, and the delivery has identity numbers that real persons can have\. "
    )
    # A test number of Norsk helsenett (month + 65): no real person's either, but not of the one kind that is allowed.
    text = (folder / "people.csv").read_text(encoding="utf-8")
    (folder / "people.csv").write_text(text + "12705825562;1;1958-05-12;;\n", encoding="utf-8")
    with pytest.raises(LoadError, match=message):
        load(people(), folder, tmp_path / "vault", synthetic=True)
    assert not (tmp_path / "vault").exists()
    assert load(people(), people_folder(tmp_path / "good"), tmp_path / "vault", synthetic=True).changed
    assert Vault.open(tmp_path / "vault").synthetic


# ---------------------------------------------------------------- the key file
def test_the_key_file_must_be_closed_to_others(loaded: Loaded, tmp_path: Path) -> None:
    folder = hospital_folder(tmp_path / "d", [stay(1, 1, DAY)])
    keys = loaded.path / "keys"
    for path, mode, shown in (
        (keys, 0o750, "700"),
        (keys / "secret", 0o640, "600"),
        (keys / "keys.duckdb", 0o604, "600"),
    ):
        closed = path.stat().st_mode
        path.chmod(mode)
        message = rf"\AOthers than its owner can reach {path}\. Close it first: chmod {shown} {path}\Z"
        with pytest.raises(LoadError, match=message):
            loaded.load(hospital(), folder)
        path.chmod(closed)
    assert loaded.load(hospital(), folder).changed


def test_another_vaults_key_file_is_refused(loaded: Loaded, tmp_path: Path) -> None:
    load(people(), people_folder(tmp_path / "p", 5), tmp_path / "other")
    before = state_of(tmp_path / "other")
    with pytest.raises(
        VaultError,
        match=r"\AThe key file in .*/other/keys does not belong to this vault\. Name the one it was made with: "
        r"--keys PATH\.\Z",
    ):
        loaded.load(hospital(), hospital_folder(tmp_path / "d", [stay(1, 1, DAY)]), keys=tmp_path / "other" / "keys")
    assert state_of(tmp_path / "other") == before


def test_a_vault_whose_key_file_is_elsewhere_asks_for_it(tmp_path: Path) -> None:
    load(people(), people_folder(tmp_path / "p"), tmp_path / "vault", keys=tmp_path / "safe" / "keys")
    folder = hospital_folder(tmp_path / "d", [stay(1, 1, DAY)])
    with pytest.raises(VaultError, match=r"\AThere is no key file in .*/vault/keys, so this delivery cannot be linked"):
        load(hospital(), folder, tmp_path / "vault")
    assert load(hospital(), folder, tmp_path / "vault", keys=tmp_path / "safe" / "keys").kept == 1
    assert not (tmp_path / "vault" / "keys").exists()


def test_a_damaged_key_file_is_named(loaded: Loaded, tmp_path: Path) -> None:
    folder = hospital_folder(tmp_path / "d", [stay(1, 1, DAY)])
    (loaded.path / "keys" / "keys.duckdb").write_bytes(b"x" * 5000)
    with pytest.raises(
        VaultError, match=r"\AThe key file .*keys\.duckdb is damaged\. Restore the whole folder .* from a backup\.\Z"
    ):
        loaded.load(hospital(), folder)
    (loaded.path / "keys" / "secret").unlink()
    with pytest.raises(
        VaultError,
        match=r"\A.*/secret is missing: without it keys\.duckdb opens nothing\. Restore it from a backup\.\Z",
    ):
        loaded.load(hospital(), folder)


def test_keys_known_from_an_earlier_delivery_need_no_key_file(loaded: Loaded, tmp_path: Path) -> None:
    loaded.load(hospital(), hospital_folder(tmp_path / "a", [stay(1, 1, DAY)], keys=key_rows(30)))
    known = loaded.rows("hospital", "SELECT pid FROM stay")
    folder = hospital_folder(tmp_path / "b", [stay(1, 2, DAY)], drugs=[drug(1, DAY, "A10BA02")])
    (folder / "kobling.csv").unlink()
    assert loaded.load(hospital(), folder).version == 2
    assert loaded.rows("hospital", "SELECT pid FROM stay") == known


def test_one_serial_number_for_everyone_needs_no_key_file(tmp_path: Path) -> None:
    """A project may give one serial number a person, the same in all registries."""
    project = people()
    serial = {**project.delivery, "person": {"column": ("lnr",), "key": "source"}}
    persons = [Person.nth(n) for n in range(10)]
    folder = Folder(tmp_path / "p").without("home")
    folder.add("people.csv", "lnr;KJOENN;FDATO", [(p.key, p.sex, p.born_on) for p in persons])
    import dataclasses

    load(dataclasses.replace(project, delivery=serial), folder.noted(), tmp_path / "vault")
    shared = hospital(**{'  keys: {files: ["kobling*.csv"], source: [lopenr], national_id: [fnr]}\n': ""})
    hospital_delivery = hospital_folder(tmp_path / "d", [stay(n, n, DAY) for n in range(12)])
    report = load(shared, hospital_delivery, tmp_path / "vault")
    assert report.units[0].kept == 10
    at_rest = Loaded(tmp_path / "vault")
    with duckdb.connect(str(at_rest.vault.file("people")), read_only=True) as connection:
        connection.execute(f"ATTACH '{at_rest.vault.file('hospital')}' AS hospital (READ_ONLY)")
        assert connection.execute(
            "SELECT count(DISTINCT pid) FROM hospital.stay JOIN person USING (pid)"
        ).fetchall() == [(10,)]


# ---------------------------------------------------------------- reading
def test_what_is_not_there_is_answered_with_what_is(loaded: Loaded, tmp_path: Path) -> None:
    vault = loaded.vault
    with pytest.raises(
        VaultError,
        match=r"\AThe vault .* has no registry `lmr`\. It has: people\. Load it first, or correct the name\.\Z",
    ):
        vault.latest("lmr")
    with pytest.raises(VaultError, match=r"\AThe vault .* has no people@7\. It has: people@1\.\Z"):
        vault.file("people", 7)
    with pytest.raises(
        VaultError, match=r"\A.* is not a vault: it has no vault\.json\. Load a registry into it, or name another\.\Z"
    ):
        Vault.open(tmp_path)
    vault.file("people").unlink()
    with pytest.raises(
        VaultError, match=r"people@1\.duckdb is missing\. Restore it from a backup, or load `people` again\.\Z"
    ):
        vault.file("people")
    manifest = loaded.path / "registries" / "people@1.json"
    manifest.chmod(0o644)
    manifest.write_text("{", encoding="utf-8")
    with pytest.raises(
        VaultError,
        match=r"\AThe manifest .*people@1\.json is damaged\. Restore it from a backup, or load the registry again\.\Z",
    ):
        vault.manifest("people")
