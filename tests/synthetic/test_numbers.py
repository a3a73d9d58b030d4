"""Identity numbers: the published check digits, and numbers that nobody real can have."""

from datetime import date

import numpy as np
import pytest

from helseanalyse.synthetic.numbers import check_digits, identity_numbers, stems
from helseanalyse.vault.identity import type_of

EPOCH = date(1970, 1, 1)


def day(text):
    return (date.fromisoformat(text) - EPOCH).days


# Numbers with verified check digits: Tenor, help, D and help, D and Tenor, Norsk helsenett.
@pytest.mark.parametrize("number", ["10915596784", "13527248013", "68467038838", "47906701517", "12705825562"])
def test_check_digits_of_published_test_numbers(number):
    first, second = check_digits(np.array([int(number[:9])]))
    assert f"{first[0]}{second[0]}" == number[9:]


@pytest.mark.parametrize(
    ("born", "stem"),
    [("1955-11-10", 109155), ("1970-01-01", 18170), ("2000-02-29", 298200), ("1899-12-31", 319299)],
)
def test_stems_are_birth_days_with_80_added_to_the_month(born, stem):
    assert stems(np.array([day(born)], dtype=np.int32)).tolist() == [stem]


def test_numbers_are_unique_well_formed_and_synthetic():
    rng = np.random.default_rng(1)
    born = rng.integers(day("1898-01-01"), day("2024-12-31"), 4_000).astype(np.int32)
    sex = rng.integers(0, 2, len(born)).astype(np.int8)
    numbers = identity_numbers(born, sex)
    assert len(np.unique(numbers)) == len(numbers)
    for number, man in zip(numbers.tolist(), sex.tolist(), strict=True):
        kind = type_of(f"{number:011d}")
        assert kind is not None
        assert kind.synthetic
        assert number // 100 % 2 == man


def test_numbers_of_a_real_month_are_never_made():
    born = np.arange(day("1900-01-01"), day("2024-12-31"), 50, dtype=np.int32)
    months = identity_numbers(born, np.zeros(len(born), dtype=np.int8)) // 10_000_000 % 100
    assert months.min() >= 81
    assert months.max() <= 92


def test_a_day_with_too_many_births_is_refused():
    with pytest.raises(ValueError, match="Make fewer persons"):
        identity_numbers(np.zeros(400, dtype=np.int32), np.zeros(400, dtype=np.int8))
