"""No row is dropped in silence: each is kept, a duplicate, of another code system, or set aside with its reason."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.vault.small import (
    DRUG,
    STAY,
    Folder,
    Loaded,
    Person,
    code,
    drug,
    hospital,
    hospital_folder,
    key_rows,
    load,
    offset,
    people,
    state_of,
    stay,
)

from helseanalyse.vault.load import TooMuchSetAsideError
from helseanalyse.vault.reasons import Reason

DAY = date(2015, 3, 1)
STRANGER = Person.nth(40)  # has a valid number, but is not in the population


def changed(row: tuple[object, ...], at: int, value: object) -> tuple[object, ...]:
    return (*row[:at], value, *row[at + 1 :])


# what is delivered, at which place of the row (STAY), and what becomes of it
ROWS = [
    (0, None, Reason.NO_PERSON, ""),
    (0, "9999", Reason.NO_KEY, ""),
    (0, "8001", Reason.BAD_NUMBER, ""),  # the key file has a number with a wrong check digit
    (0, "8002", Reason.TWO_PERSONS, ""),  # the key file has two numbers for it
    (0, "8003", Reason.UNKNOWN_PERSON, ""),
    (2, None, Reason.MISSING, "admitted_on"),
    (2, "12a", Reason.DATE, "admitted_on"),
    (2, "41000,5", Reason.DATE, "admitted_on"),
    (2, "99999999", Reason.DATE, "admitted_on"),
    (2, str(offset(date(2024, 1, 2))), Reason.DATE_RANGE, "admitted_on"),  # after the delivery was made
    (2, str(offset(date(1849, 12, 31))), Reason.DATE_RANGE, "admitted_on"),
    (3, "soon", Reason.DATE, "discharged_on"),  # not required, but a wrong date is worse than none
]
VALUES = [
    (4, "7", Reason.LEVEL, "level"),
    (5, "70.5", Reason.NUMBER, "weight"),  # a point where the decimal sign is a comma
    (5, "heavy", Reason.NUMBER, "weight"),
    (5, "0,05", Reason.NUMBER_RANGE, "weight"),
    (5, "400,5", Reason.NUMBER_RANGE, "weight"),
    (6, "maybe", Reason.TRUTH, "acute"),
    (7, "2,5", Reason.NUMBER, "beds"),
    (9, "F!", Reason.CODE, "procedures"),
    (12, "K75,37622", Reason.CODE, "reasons"),
]
KEYS = [
    *key_rows(),
    ("8001", "10915596785"),
    ("8002", Person.nth(1).number),
    ("8002", Person.nth(2).number),
    ("8003", STRANGER.number),
]


def test_every_row_that_cannot_stay_is_kept_aside_with_its_reason(loaded: Loaded, tmp_path: Path) -> None:
    bad = [changed(stay(1, 100 + n, DAY), at, value) for n, (at, value, _, _) in enumerate(ROWS)]
    good = [stay(n, n, DAY) for n in range(30)]
    folder = hospital_folder(
        tmp_path / "d", [*good, *bad], [code(1, 100 + len(ROWS) - 1, "I21", 1), code(0, 0, "I21")], keys=KEYS
    )
    report = loaded.load(hospital(), folder)
    stays = next(unit for unit in report.units if unit.name == "stay")
    expected = Counter(f"{reason}: {column}" if column else str(reason) for _, _, reason, column in ROWS)
    assert dict(stays.set_aside) == dict(expected)
    assert (stays.read, stays.kept, stays.aside) == (30 + len(ROWS), 30, len(ROWS))
    # The code of a stay that was set aside goes with it.
    codes = next(unit for unit in report.units if unit.name == "stay.any_diagnosis")
    assert dict(codes.set_aside) == {f"{Reason.NO_ROW}: any_diagnosis": 1}
    aside = loaded.aside("hospital")
    assert Counter((reason, column or "") for table, scope, reason, column, _ in aside if table == "stay") == Counter(
        (str(reason), column) for _, _, reason, column in ROWS
    )
    assert '"admitted_on":"12a"' in next(
        raw for _, _, reason, _, raw in aside if reason == Reason.DATE and "12a" in raw
    )
    assert loaded.vault.manifest("hospital").quarantine == report.reasons()


def test_a_value_that_is_not_understood_becomes_unknown_and_its_row_stays(loaded: Loaded, tmp_path: Path) -> None:
    rows = [changed(stay(n, n, DAY), at, value) for n, (at, value, _, _) in enumerate(VALUES)]
    good = [stay(n, 100 + n, DAY + timedelta(days=1), reasons="A01", ncsp=("FNG05", None, None)) for n in range(20)]
    report = loaded.load(hospital(), hospital_folder(tmp_path / "d", [*rows, *good]))
    stays = next(unit for unit in report.units if unit.name == "stay")
    assert (stays.kept, stays.aside) == (len(VALUES) + 20, 0)
    assert dict(stays.lost) == dict(Counter(f"{column}: {reason}" for _, _, reason, column in VALUES))
    shown = {(column, delivered) for _, scope, _, column, delivered in loaded.aside("hospital") if scope == "value"}
    assert ("level", "7") in shown
    assert ("reasons", "37622") in shown
    assert ("procedures", "F!") in shown
    weights = loaded.rows("hospital", f"SELECT count(*) - count(weight) FROM stay WHERE admitted_on = DATE '{DAY}'")
    assert weights == [(4,)]
    # The other code of the packed field is still there, and still the main one.
    assert loaded.rows("hospital", "SELECT count(*) FROM stay WHERE main_reason = 'K75'") == [(1,)]
    assert loaded.rows("hospital", "SELECT count(*) FROM stay__procedures WHERE code = 'F!'") == [(0,)]


def test_a_required_code_without_the_form_of_its_system_sets_the_row_aside(loaded: Loaded, tmp_path: Path) -> None:
    drugs = [drug(n, DAY, "N02BE01") for n in range(9)] + [drug(1, DAY, "37622"), drug(2, DAY, None)]
    report = loaded.load(hospital(), hospital_folder(tmp_path / "d", [stay(1, 1, DAY)], drugs=drugs))
    unit = next(unit for unit in report.units if unit.name == "drug")
    assert dict(unit.set_aside) == {f"{Reason.CODE}: atc": 1, f"{Reason.MISSING}: atc": 1}


def test_rows_with_a_wrong_number_of_columns_are_set_aside_by_line(loaded: Loaded, tmp_path: Path) -> None:
    folder = hospital_folder(tmp_path / "d", [stay(1, 1, DAY)], drugs=[drug(n, DAY, "N02BE01") for n in range(9)])
    path = folder / "lmr_2020.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[3:3] = ["1;2", "1;2;3;4;5;6"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    report = loaded.load(hospital(), folder)
    unit = next(unit for unit in report.units if unit.name == "drug")
    assert (unit.read, unit.kept, dict(unit.set_aside)) == (11, 9, {str(Reason.COLUMNS): 2})
    # Nobody can tell which part of such a line is the person key, so nothing of it is kept.
    assert [row[4] for row in loaded.aside("hospital") if row[2] == Reason.COLUMNS] == [None, None]


def test_a_stray_pair_of_quotation_marks_swallows_no_row_in_silence(loaded: Loaded, tmp_path: Path) -> None:
    folder = hospital_folder(tmp_path / "d", [stay(n, n, DAY) for n in range(9)])
    text = (folder / "Aktivitet_SOM.csv").read_text(encoding="utf-8")
    first, second = stay(20, 90, DAY, ward='"A'), stay(21, 91, DAY, ward='A"')
    lines = [";".join("" if cell is None else str(cell) for cell in row) for row in (first, second)]
    # The second line is cut so that what stands between the marks makes one row of the right width.
    swallowed = lines[0] + "\n" + lines[1].replace('A";', 'A";', 1)
    (folder / "Aktivitet_SOM.csv").write_text(text + swallowed + "\n", encoding="utf-8")
    report = loaded.load(hospital(), folder)
    unit = next(unit for unit in report.units if unit.name == "stay")
    assert dict(unit.set_aside) == {str(Reason.RUNS_ON): 1}
    assert unit.kept == 9


# ---------------------------------------------------------------- what only the whole table shows
def test_exact_duplicates_are_dropped_and_counted(loaded: Loaded, tmp_path: Path) -> None:
    same = [drug(1, DAY, "N02BE01")] * 3 + [drug(2, DAY, "N02BE01")]
    folder = hospital_folder(tmp_path / "d", [stay(1, 1, DAY)], drugs=same)
    # Equal in all that is kept, but not in all that was delivered: two dispensings.
    Folder(folder).add("lmr_2021.csv", f"{DRUG};lopenummer", [(*drug(3, DAY, "N02BE01"), n) for n in (1, 2, 2)])
    report = loaded.load(hospital(), folder)
    unit = next(unit for unit in report.units if unit.name == "drug")
    assert (unit.read, unit.kept, unit.duplicates, unit.aside) == (7, 4, 3, 0)


def test_rows_that_share_a_row_number_are_set_aside_with_their_codes(loaded: Loaded, tmp_path: Path) -> None:
    stays = [
        stay(1, 5, DAY),
        stay(1, 5, DAY + timedelta(days=1)),
        stay(2, 5, DAY),
        *(stay(n, 50 + n, DAY) for n in range(9)),
    ]
    report = loaded.load(
        hospital(),
        hospital_folder(tmp_path / "d", stays, [code(1, 5, "I21", 1), code(2, 5, "I22", 1), code(3, 53, "I23")]),
    )
    units = {unit.name: unit for unit in report.units}
    assert dict(units["stay"].set_aside) == {str(Reason.ROW_TWICE): 2}
    assert dict(units["stay.any_diagnosis"].set_aside) == {f"{Reason.NO_ROW}: any_diagnosis": 1}


def test_codes_of_rows_that_are_not_there_are_set_aside(loaded: Loaded, tmp_path: Path) -> None:
    stays = [stay(n, n, DAY) for n in range(5)]
    codes = [
        code(1, 1, "I21", 1),
        code(1, 2, "I21"),
        code(1, 77, "I21"),
        code(2, 2, "I21"),
        code(2, 2, "I21"),
        code(3, 3, None),
        code(4, 4, "?!"),
    ]
    report = loaded.load(
        hospital(**{"quarantine_share: 0.5": "quarantine_share: 0.9"}), hospital_folder(tmp_path / "d", stays, codes)
    )
    unit = next(unit for unit in report.units if unit.name == "stay.any_diagnosis")
    assert (unit.read, unit.kept, unit.duplicates) == (7, 2, 1)
    assert dict(unit.set_aside) == {
        f"{Reason.NO_ROW}: any_diagnosis": 2,  # of another person's row, and of no row
        f"{Reason.MISSING}: any_diagnosis": 1,
        f"{Reason.CODE}: any_diagnosis": 1,
    }


def people_of(path: Path, people_rows: list[tuple[Any, ...]], homes: list[tuple[Any, ...]]) -> Path:
    folder = Folder(path)
    folder.add("people.csv", "FNR;KJOENN;FDATO;DDATO;mor_fnr", people_rows)
    folder.add("homes.csv", "fnr;fra;til;kommnr", homes)
    return folder.noted()


def test_the_population_has_one_row_a_person_and_no_overlapping_homes(tmp_path: Path) -> None:
    p = [Person.nth(n) for n in range(12)]
    rows = [(q.number, q.sex, q.born_on, None, p[0].number) for q in p]
    rows += [(p[3].number, "1", "1950-12-24", None, None)]  # another birth date: nobody can say which is right
    rows += [("10915596785", "1", "1950-12-24", None, None)]  # wrong check digit
    homes = [
        (p[0].number, "2000-01-01", "2005-01-01", "0301"),
        (p[0].number, "2005-01-01", None, "4601"),  # begins on the day the other ends: they do not overlap
        (p[1].number, "2000-01-01", "2005-01-02", "0301"),
        (p[1].number, "2005-01-01", "2006-01-01", "4601"),
        (p[1].number, "2007-01-01", "9999-12-31", "4601"),  # has not ended
        (p[2].number, "2000-01-01", "2000-01-01", "0301"),
        (p[3].number, "2000-01-01", None, "0301"),  # of a person whose own rows were set aside
        (STRANGER.number, "2000-01-01", None, "0301"),
        (p[4].number, "2000-01-01", None, "0301"),
        (p[4].number, "2010-01-01", "2011-01-01", "0301"),
    ]
    registry = people()
    report = load(_lenient(registry), people_of(tmp_path / "d", rows, homes), tmp_path / "vault")
    units = {unit.name: unit for unit in report.units}
    assert dict(units["person"].set_aside) == {str(Reason.TWICE): 2, str(Reason.BAD_NUMBER): 1}
    assert dict(units["home"].set_aside) == {
        str(Reason.OVERLAP): 4,
        f"{Reason.PERIOD}: moved_out_on": 1,
        str(Reason.UNKNOWN_PERSON): 2,
    }
    at_rest = Loaded(tmp_path / "vault")
    assert at_rest.rows("people", "SELECT count(*), count(moved_out_on) FROM home") == [(3, 1)]
    assert at_rest.rows("people", "SELECT count(*), count(mother) FROM person") == [(11, 11)]


def test_a_mother_whose_own_row_is_set_aside_becomes_unknown(tmp_path: Path) -> None:
    p = [Person.nth(n) for n in range(6)]
    rows = [(q.number, q.sex, q.born_on if n else "?", None, p[n % 2].number) for n, q in enumerate(p)]
    report = load(
        people(), people_of(tmp_path / "d", rows, [(p[1].number, "2000-01-01", None, "301")]), tmp_path / "vault"
    )
    unit = report.units[0]
    assert (unit.kept, dict(unit.lost)) == (5, {f"mother: {Reason.UNKNOWN_PERSON}": 2})
    at_rest = Loaded(tmp_path / "vault")
    assert at_rest.rows("people", "SELECT count(mother) FROM person") == [(3,)]
    # A relative is a person: the number is not shown.
    assert {row[4] for row in at_rest.aside("people") if row[1] == "value"} == {None}


def _lenient(registry: Any) -> Any:
    import dataclasses

    return dataclasses.replace(registry, delivery={**registry.delivery, "quarantine_share": 0.9})


# ---------------------------------------------------------------- too much
def test_more_than_the_allowed_share_stops_the_load_and_nothing_changes(loaded: Loaded, tmp_path: Path) -> None:
    loaded.load(hospital(), hospital_folder(tmp_path / "a", [stay(1, 1, DAY)]))
    before = state_of(loaded.path)
    strict = hospital(**{"quarantine_share: 0.5": "quarantine_share: 0.02"})
    drugs = [drug(n % 30, DAY, "A10BA02") for n in range(97)] + [drug(1, DAY, "37622")] + [(9, 1, "A10BA02", 1)] * 2
    with pytest.raises(
        TooMuchSetAsideError,
        match=(
            r"(?s)\AToo much of this delivery of `hospital` cannot be used, so nothing was loaded \(allowed: "
            r"2\.0% of the rows\)\.\n"
            r"- hospital\.drug: <5 of 100 rows: code has no form of its system: atc \(<5\), person key is not "
            r"in the key file \(<5\)\n"
            r"Correct the delivery or its catalogue entry; if the rows are truly lost, raise quarantine_share there\.\Z"
        ),
    ) as stopped:
        loaded.load(strict, hospital_folder(tmp_path / "b", [stay(1, 1, DAY)], drugs=drugs))
    assert state_of(loaded.path) == before
    assert stopped.value.report.units[-1].aside == 3


def test_a_column_of_which_nothing_is_understood_stops_the_load(loaded: Loaded, tmp_path: Path) -> None:
    stays = [stay(n, n, DAY, level=9) for n in range(20)]
    with pytest.raises(
        TooMuchSetAsideError, match=r"hospital\.stay: 20 values of level, nearly all of them, are not understood"
    ):
        loaded.load(hospital(), hospital_folder(tmp_path / "d", stays))


# ---------------------------------------------------------------- the account balances, whatever is delivered
cell = st.sampled_from(
    [None, "", "1", "x", "I21.9", "A10BA02", "2015-01-01", "41000", "-1", "1,5", "1.5", "æ", "7001", "7002", "K75,A01"]
)
dirty_stay = st.tuples(
    st.sampled_from(["7001", "7002", "7003", "9999", None]),
    st.integers(1, 4),
    *[cell] * 12,
)
dirty_code = st.tuples(
    st.sampled_from(["7001", "7002", None]), st.integers(1, 5), st.sampled_from(["ICD-10", "ICPC-2"]), cell, cell
)
dirty_drug = st.tuples(st.sampled_from(["7001", "7002", "9999"]), cell, cell, cell)


# Without shrinking: each example is a whole load.
@settings(
    max_examples=8,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    stays=st.lists(dirty_stay, max_size=12),
    codes=st.lists(dirty_code, max_size=12),
    drugs=st.lists(dirty_drug, max_size=12),
    repeat=st.integers(0, 3),
)
def test_rows_in_are_kept_duplicates_left_out_and_set_aside(
    loaded: Loaded, tmp_path: Path, stays: list[Any], codes: list[Any], drugs: list[Any], repeat: int
) -> None:
    stays = [*stays, *stays[:repeat], stay(5, 900, DAY)]
    drugs = [*drugs, *drugs[:repeat], drug(5, DAY, "A10BA02")]
    codes = [*codes, code(5, 900, "I21", 1)]
    registry = hospital(**{"quarantine_share: 0.5": "quarantine_share: 1"})
    report = loaded.load(registry, hospital_folder(tmp_path / "d", stays, codes, drugs))
    if not report.changed:  # hypothesis tried the same example again
        return
    units = {unit.name: unit for unit in report.units}
    for unit, delivered in (("stay", stays), ("stay.any_diagnosis", codes), ("drug", drugs)):
        found = units[unit]
        assert found.read == len(delivered)
        assert found.read == found.kept + found.duplicates + found.left_out + found.aside
    assert loaded.rows("hospital", "SELECT count(*) FROM stay") == [(units["stay"].kept,)]
    assert loaded.rows("hospital", "SELECT count(*) FROM drug") == [(units["drug"].kept,)]
    assert loaded.rows("hospital", "SELECT count(*) FROM stay__any_diagnosis") == [(units["stay.any_diagnosis"].kept,)]
    rows_aside = [row for row in loaded.aside("hospital") if row[1] == "row"]
    assert len(rows_aside) == sum(unit.aside for unit in report.units)
    values_aside = [row for row in loaded.aside("hospital") if row[1] == "value"]
    assert len(values_aside) == sum(sum(unit.lost.values()) for unit in report.units)


def test_nothing_outside_the_key_folder_holds_an_identity_number(loaded: Loaded, tmp_path: Path) -> None:
    bad = [changed(stay(1, 100 + n, DAY), at, value) for n, (at, value, _, _) in enumerate(ROWS)]
    loaded.load(hospital(), hospital_folder(tmp_path / "d", [*(stay(n, n, DAY) for n in range(30)), *bad], keys=KEYS))
    numbers = [Person.nth(n).number.encode() for n in range(41)]
    for path in loaded.path.rglob("*"):
        if path.is_file():
            held = path.read_bytes()
            assert not any(number in held for number in numbers), path  # the key folder too: it holds digests
    assert STAY  # the delivery itself is the custodian's
