"""Official lists that an installation imports take the place of the shipped ones, or are told to be wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from helseanalyse.catalogue.codes import CodeError, Status, system
from helseanalyse.catalogue.codes.importer import import_codes

OFFICIAL = """\
Kode;Kodetekst;GyldigFra;GyldigTil
I21;Akutt hjerteinfarkt;;
I21.9;Uspesifisert infarkt;01.01.1999;
I21.7;Nytt;2024-01-01;31.12.2025
"""


@pytest.fixture
def official(tmp_path: Path) -> Path:
    path = tmp_path / "icd10no.csv"
    path.write_bytes(("\ufeff" + OFFICIAL).encode("utf-8"))
    return path


def test_an_imported_list_decides_what_is_known_and_called(official: Path, tmp_path: Path):
    folder = tmp_path / "codes"
    written = import_codes(official, system("ICD-10"), folder)
    assert written == folder / "ICD-10.tsv"
    known = system("ICD-10", folder)
    assert known.label("I21.9", "nb") == "Uspesifisert infarkt"
    assert known.label("I21.9", "en") == "Acute myocardial infarction, unspecified"  # the file gives no English
    assert known.status("I217") is Status.LISTED
    assert known.status("I501") is Status.UNKNOWN  # the list has such levels and not this code
    assert known.status("C619") is Status.UNKNOWN
    assert known.status("I21911") is Status.UNKNOWN
    assert known.valid("I217", date(2025, 12, 31))
    assert not known.valid("I217", date(2026, 1, 1))
    assert known.version.startswith("imported list ")
    assert system("ICD-10").status("I217") is Status.UNKNOWN  # the shipped list is as it was


def test_the_environment_names_the_installations_folder(official: Path, tmp_path: Path, monkeypatch):
    import_codes(official, system("ICD-10"), tmp_path / "codes")
    monkeypatch.setenv("HELSEANALYSE_CODES", str(tmp_path / "codes"))
    assert system("ICD-10").status("I217") is Status.LISTED
    assert system("ATC").status("A10BK01") is Status.LISTED  # not imported, so as shipped


def test_groups_that_the_file_leaves_out_stay(tmp_path: Path):
    path = tmp_path / "atc.txt"
    path.write_text("code\tname\nA10BA02\tMetformin\nA10BK09\tNyttgliflozin\n", encoding="latin-1")
    import_codes(path, system("ATC"), tmp_path)
    known = system("ATC", tmp_path)
    assert known.label("A10BK", "nb") == "SGLT2-hemmere"
    assert known.children("A10BK") == ("A10BK09",)
    assert known.status("A10BK01") is Status.UNKNOWN


def test_latin_1_and_marks_of_dagger_codes_are_understood(tmp_path: Path):
    path = tmp_path / "old.csv"
    path.write_bytes("kode,navn\nG30*,Alzheimers sykdom\nF00,Demens ved Ålzheimer\n\nA00-A09,Blokk\n".encode("latin-1"))
    import_codes(path, system("ICD-10"), tmp_path)
    known = system("ICD-10", tmp_path)
    assert known.label("F00") == "Demens ved Ålzheimer"
    assert known.status("G30") is Status.LISTED


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("navn;tekst\nI21;Infarkt\n", "has no column of codes: its first line names navn, tekst"),
        ("kode;navn\nHJERTE;Infarkt\n12;x\n", r"holds 2 codes that are no ICD-10 codes: line 2: `HJERTE`; line 3"),
        ("kode;navn\n", "holds no ICD-10 codes"),
        ("", "has no column of codes: its first line names nothing"),
        ("kode;gyldigfra\nI21;i fjor\n", "line 2: `i fjor` is no date"),
    ],
)
def test_a_wrong_file_is_told_and_nothing_is_written(tmp_path: Path, content, told):
    path = tmp_path / "wrong.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CodeError, match=told):
        import_codes(path, system("ICD-10"), tmp_path / "codes")
    assert not (tmp_path / "codes").exists()


def test_a_file_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(CodeError, match="cannot be read: No such file"):
        import_codes(tmp_path / "none.csv", system("ATC"), tmp_path)


def test_a_list_that_is_imported_anew_is_used_at_once(official: Path, tmp_path: Path):
    assert system("ICD-10", tmp_path).status("I217") is Status.UNKNOWN
    import_codes(official, system("ICD-10"), tmp_path)
    assert system("ICD-10", tmp_path).status("I217") is Status.LISTED
    official.write_text("kode;navn\nI21;Infarkt\n", encoding="utf-8")
    import_codes(official, system("ICD-10"), tmp_path)
    assert system("ICD-10", tmp_path).status("I217") is Status.UNKNOWN


def test_importing_twice_changes_nothing(official: Path, tmp_path: Path):
    first = import_codes(official, system("ICD-10"), tmp_path).read_bytes()
    version = system("ICD-10", tmp_path).version
    assert import_codes(official, system("ICD-10"), tmp_path).read_bytes() == first
    assert system("ICD-10", tmp_path).version == version
    assert [path.name for path in tmp_path.glob("*.new")] == []
