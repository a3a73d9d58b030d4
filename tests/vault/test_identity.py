"""Identity numbers: every kind, both check digits, the rule of 2032, and synthetic numbers for synthetic persons."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helseanalyse.vault.identity import (
    IdentityError,
    NumberKind,
    NumberType,
    normal,
    synthetic_number,
    synthetic_numbers,
    synthetic_sql,
    type_of,
    valid_sql,
)
from helseanalyse.vault.sql import Sql

DUCK = duckdb.connect()  # pure expressions only

VECTORS = [
    ("10915596784", NumberType(NumberKind.SYNTHETIC)),
    ("13527248013", NumberType(NumberKind.HELP)),
    ("68467038838", NumberType(NumberKind.HELP, d=True)),
    ("47906701517", NumberType(NumberKind.SYNTHETIC, d=True)),
    ("12705825562", NumberType(NumberKind.TEST)),
]


@pytest.mark.parametrize(("number", "kind"), VECTORS)
def test_known_numbers_have_their_type(number: str, kind: NumberType) -> None:
    assert type_of(number) == kind


@pytest.mark.parametrize(("number", "kind"), VECTORS)
def test_any_one_wrong_digit_is_found(number: str, kind: NumberType) -> None:
    for at in range(11):
        for digit in "0123456789":
            if digit != number[at]:
                assert type_of(number[:at] + digit + number[at + 1 :]) is None


def completed(stem: str, from_2032: bool = False) -> list[str]:
    """Every number of eleven digits that begins with these nine and is well formed."""
    return [number for end in range(100) if type_of(number := f"{stem}{end:02}", from_2032=from_2032)]


def one(stem: str) -> str:
    """A well formed number that begins with these six digits; synthetic digits for the rest."""
    return next(number for n in range(1000) for number in completed(f"{stem}{n:03}"))


@pytest.mark.parametrize(
    ("stem", "kind"),
    [
        # Marks only: no number of a real person is written here, so the kinds without a mark are told by their digits.
        ("128158", NumberType(NumberKind.SYNTHETIC)),
        ("529258", NumberType(NumberKind.SYNTHETIC, d=True)),
        ("126658", NumberType(NumberKind.TEST)),
        ("527758", NumberType(NumberKind.TEST, d=True)),
        ("124158", NumberType(NumberKind.HELP)),
        ("525258", NumberType(NumberKind.HELP, d=True)),
        ("800000", NumberType(NumberKind.SHARED_HELP)),
        ("999999", NumberType(NumberKind.SHARED_HELP)),
    ],
)
def test_the_marks_in_day_and_month_tell_the_kind(stem: str, kind: NumberType) -> None:
    assert type_of(one(stem)) == kind


def test_numbers_without_a_mark_are_national_or_d() -> None:
    assert {type_of(number) for n in range(60) for number in completed(f"010150{n:03}")} == {
        NumberType(NumberKind.NATIONAL)
    }
    assert {type_of(number) for n in range(60) for number in completed(f"410150{n:03}")} == {
        NumberType(NumberKind.D, d=True)
    }


@pytest.mark.parametrize(
    "stem",
    [
        "008158",
        "328158",
        "318458",
        "308258",
        "298259",
        "128058",
        "129358",
        "126558",
        "127858",
        "124058",
        "125358",
        "121358",
        "728158",
    ],
)
def test_a_date_that_cannot_be_is_no_number(stem: str) -> None:
    assert [number for n in range(0, 1000, 7) for number in completed(f"{stem}{n:03}")] == []


def test_29_february_needs_a_year_that_four_divides() -> None:
    assert one("298260")
    assert one("298200")  # 2000 had it; 1900 had not, but the century is not told


@pytest.mark.parametrize("text", ["", "1", "1091559678", "109155967840", "1091559678x", "１0915596784", "-0915596784"])
def test_what_is_not_eleven_digits_is_no_number(text: str) -> None:
    assert type_of(text) is None


def test_from_2032_up_to_four_first_check_digits_are_legal() -> None:
    before = sum(len(completed(f"128158{n:03}")) for n in range(300))
    after = sum(len(completed(f"128158{n:03}", from_2032=True)) for n in range(300))
    assert max(len(completed(f"128158{n:03}", from_2032=True)) for n in range(300)) == 4
    assert 3.5 < after / before < 4.5
    assert all(type_of(number, from_2032=True) for number, _ in VECTORS)


@given(st.from_regex(r"\A[0-9]{9}\Z"), st.booleans())
def test_sql_and_python_agree(stem: str, from_2032: bool) -> None:
    numbers = [f"{stem}{end:02}" for end in range(100)]
    statement = f"SELECT number, {valid_sql(Sql('number'), from_2032=from_2032)} FROM (SELECT unnest(?) AS number)"
    for number, valid in DUCK.execute(statement, [numbers]).fetchall():
        assert valid == (type_of(number, from_2032=from_2032) is not None)


@given(st.text(max_size=12) | st.from_regex(r"\A[0-9 ]{9,13}\Z"))
def test_sql_and_python_agree_on_other_texts(text: str) -> None:
    text = text.replace("\0", "")
    found = DUCK.execute(f"SELECT {valid_sql(Sql('n'))} FROM (SELECT ? AS n)", [text]).fetchall()
    assert found == [(type_of(text) is not None,)]


@pytest.mark.parametrize(("number", "synthetic"), [(number, kind.synthetic) for number, kind in VECTORS])
def test_sql_tells_which_numbers_are_synthetic(number: str, synthetic: bool) -> None:
    assert DUCK.execute(f"SELECT {synthetic_sql(Sql('n'))} FROM (SELECT ? AS n)", [number]).fetchall() == [(synthetic,)]


@given(st.dates(date(1854, 1, 1), date(2039, 12, 31)))
def test_synthetic_numbers_are_many_distinct_and_synthetic(born_on: date) -> None:
    numbers = synthetic_numbers(born_on)
    # A Norwegian day has about 150 births.
    assert len(numbers) > (190 if born_on.year < 1900 else 390)
    assert len(set(numbers)) == len(numbers)
    assert {type_of(number) for number in numbers} == {NumberType(NumberKind.SYNTHETIC)}
    assert all(number.startswith(f"{born_on.day:02}{born_on.month + 80}{born_on:%y}") for number in numbers)


def test_about_412_of_500_are_well_formed() -> None:
    days = [date(2000 + n % 40, 1 + n % 12, 1 + n % 28) for n in range(400)]
    assert sum(len(synthetic_numbers(day)) for day in days) / len(days) == pytest.approx(412, abs=3)


@pytest.mark.parametrize("serial", [-1, 10_000])
def test_a_day_has_only_so_many_numbers(serial: int) -> None:
    message = (
        rf"\A1958-05-12 has 496 synthetic numbers, so there is no number {serial}\. "
        r"Spread the births over more days, or make fewer persons\.\Z"
    )
    with pytest.raises(IdentityError, match=message):
        synthetic_number(date(1958, 5, 12), serial)


@pytest.mark.parametrize("year", [1853, 2040])
def test_years_without_numbers(year: int) -> None:
    message = rf"\AThere are no identity numbers for {year}: use a birth year from 1854 to 2039\.\Z"
    with pytest.raises(IdentityError, match=message):
        synthetic_number(date(year, 1, 1), 0)


@pytest.mark.parametrize(
    ("delivered", "number"), [("109155 96784", "10915596784"), ("1 91 55 96784", "0191559678" + "4"), ("x", "x")]
)
def test_blanks_go_and_a_lost_zero_comes_back(delivered: str, number: str) -> None:
    assert normal(delivered) == number
