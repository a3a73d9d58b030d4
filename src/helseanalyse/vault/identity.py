"""National identity numbers: which kinds exist, whether one is well formed, and made-up ones for made-up persons.

A number is 11 digits: day, month, year (DDMMYY), an individual number of three digits, and two
check digits. Marks in the day or month tell the kinds apart:

- first digit 8 or 9: FH-number (shared help number), with no date in it
- day + 40: D-number (for those without a permanent number)
- month + 40: H-number (local help number) or a made-up person of NAV's Dolly: the mark is the same
- month + 65: test person of Norsk helsenett
- month + 80: synthetic person of Tenor, the Tax Administration's test population
- D and one of the month marks may be combined

From 2032 new numbers follow a looser rule for the first check digit, no longer show the sex, and
no longer show the century. So nothing here ever reads a sex, a birth date or an age out of a
number: registries deliver those as variables of their own.

Sources: Skatteetaten on the birth number from 2032; Norsk helsenett on test persons; reference
values in the tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from helseanalyse.vault.sql import Sql, either, fill

FIRST_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)  # the last is of the check digit itself
SECOND_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
REMAINDERS = (0,)
REMAINDERS_FROM_2032 = (0, 1, 2, 3)  # up to four first check digits are legal; fewer errors are found

MONTH_MARKS = {"real": 0, "help": 40, "test": 65, "synthetic": 80}
D_MARK = 4  # added to the first digit
LONGEST_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

# Individual numbers by year of birth, until 2032: first year, last year, then runs of individual numbers.
INDIVIDUAL_NUMBERS = (
    (1854, 1899, (range(500, 750),)),
    (1900, 1939, (range(500),)),
    (1940, 1999, (range(500), range(900, 1000))),
    (2000, 2039, (range(500, 1000),)),
)


class IdentityError(Exception):
    """A number that cannot be made: what was asked, and what to ask instead."""


class NumberKind(StrEnum):
    """Who gave the number out, and to whom."""

    NATIONAL = "national"  # fødselsnummer
    D = "d"  # D-nummer
    HELP = "help"  # H-nummer; NAV's Dolly uses the same mark
    SHARED_HELP = "shared_help"  # FH-nummer
    TEST = "test"  # test person of Norsk helsenett
    SYNTHETIC = "synthetic"  # Tenor: the only kind that made-up persons may have here


@dataclass(frozen=True, slots=True)
class NumberType:
    """The kind of a number, and whether it is a D-number besides (D+H, D+Tenor)."""

    kind: NumberKind
    d: bool = False

    @property
    def synthetic(self) -> bool:
        """Whether no real person can have the number."""
        return self.kind is NumberKind.SYNTHETIC


def normal(number: str) -> str:
    """The number without blanks, and with the leading zero that a spreadsheet takes away.

    >>> normal("109155 96784"), normal("1010101010")
    ('10915596784', '01010101010')
    """
    digits = number.replace(" ", "")
    return digits.rjust(11, "0") if len(digits) == 10 else digits


def type_of(number: str, *, from_2032: bool = False) -> NumberType | None:
    """The type of a well formed number, or None where it is not one.

    Checks the length, the marks, the date and both check digits. from_2032 accepts the looser
    first check digit of numbers given out from 2032.

    >>> type_of("10915596784")
    NumberType(kind=<NumberKind.SYNTHETIC: 'synthetic'>, d=False)
    >>> type_of("47906701517").d, type_of("10915596785")
    (True, None)
    """
    if len(number) != 11 or not (number.isascii() and number.isdigit()):
        return None
    digits = [int(digit) for digit in number]
    if _sum(digits, SECOND_WEIGHTS) % 11:
        return None
    if _sum(digits, FIRST_WEIGHTS) % 11 not in (REMAINDERS_FROM_2032 if from_2032 else REMAINDERS):
        return None
    if digits[0] >= 8:
        return NumberType(NumberKind.SHARED_HELP)
    return _dated(int(number[:2]), int(number[2:4]), int(number[4:6]))


def _sum(digits: list[int], weights: tuple[int, ...]) -> int:
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=False))


def _dated(day: int, month: int, year: int) -> NumberType | None:
    """The type by its date, or None where the date cannot be."""
    d = day > 10 * D_MARK
    day -= 10 * D_MARK if d else 0
    marks = [mark for mark, added in MONTH_MARKS.items() if 1 <= month - added <= 12]
    if not marks:
        return None
    month -= MONTH_MARKS[marks[0]]
    # The century is not certain, so 29 February needs no more than a year that 4 divides.
    longest = 28 if month == 2 and year % 4 else LONGEST_MONTHS[month - 1]
    if not 1 <= day <= longest:
        return None
    if marks[0] == "real":
        return NumberType(NumberKind.D if d else NumberKind.NATIONAL, d)
    return NumberType(NumberKind(marks[0]), d)


def valid_sql(number: Sql, *, from_2032: bool = False) -> Sql:
    """The same test as `type_of`, as a condition on a text column; never NULL where the text is not.

    >>> import duckdb
    >>> duckdb.execute("SELECT " + valid_sql(Sql("'10915596784'"))).fetchone()
    (True,)
    """
    # Only eleven digits are cast; anything else becomes 0, whose date fails.
    whole = fill("CASE WHEN regexp_full_match({x}, '[0-9]{{11}}') THEN CAST({x} AS BIGINT) ELSE 0 END", x=number)
    w = Sql("w")
    remainders = REMAINDERS_FROM_2032 if from_2032 else REMAINDERS
    day = Sql("(w // 1000000000 - CASE WHEN w // 1000000000 > 40 THEN 40 ELSE 0 END)")
    raw_month = Sql("(w // 10000000 % 100)")
    month = fill(
        "({m} - CASE WHEN {m} > 80 THEN 80 WHEN {m} > 65 THEN 65 WHEN {m} > 40 THEN 40 ELSE 0 END)", m=raw_month
    )
    longest = fill(
        "CASE WHEN {m} = 2 AND w // 100000 % 100 % 4 <> 0 THEN 28 WHEN {m} = 2 THEN 29 "
        "WHEN {m} IN (4, 6, 9, 11) THEN 30 ELSE 31 END",
        m=month,
    )
    dated = fill("{m} BETWEEN 1 AND 12 AND {d} BETWEEN 1 AND {l} AND w // 10000000000 < 8", m=month, d=day, l=longest)
    first = fill("({s}) % 11 IN ({r})", s=_sum_sql(w, FIRST_WEIGHTS), r=Sql(", ".join(map(str, remainders))))
    second = fill("({s}) % 11 = 0", s=_sum_sql(w, SECOND_WEIGHTS))
    shared = Sql("w // 10000000000 >= 8")
    valid = fill("{f} AND {s} AND ({k})", f=first, s=second, k=either([shared, dated]))
    # The lambda gives the number a name, so that its digits are taken from one cast.
    return fill("list_transform([{whole}], lambda w: {valid})[1]", whole=whole, valid=valid)


def _sum_sql(whole: Sql, weights: tuple[int, ...]) -> Sql:
    return Sql(" + ".join(f"{whole} // {10 ** (10 - at)} % 10 * {weight}" for at, weight in enumerate(weights)))


def synthetic_sql(number: Sql) -> Sql:
    """Whether a well formed number is of the synthetic kind, as a condition on a text column."""
    return fill("({x}[1] < '8' AND {x}[3:4] BETWEEN '81' AND '92')", x=number)


@lru_cache(maxsize=4096)
def synthetic_numbers(born_on: date) -> tuple[str, ...]:
    """Every synthetic number (month + 80) of one birth date, in ascending order of individual number.

    No real person can have any of them. About 412 of each 500 individual numbers have both check digits.

    >>> len(synthetic_numbers(date(1958, 5, 12)))
    496
    """
    runs = [runs for first, last, runs in INDIVIDUAL_NUMBERS if first <= born_on.year <= last]
    if not runs:
        raise IdentityError(f"There are no identity numbers for {born_on.year}: use a birth year from 1854 to 2039.")
    stem = f"{born_on.day:02}{born_on.month + MONTH_MARKS['synthetic']:02}{born_on.year % 100:02}"
    found = []
    for run in runs[0]:
        for individual in run:
            digits = [int(digit) for digit in f"{stem}{individual:03}"]
            first = -_sum(digits, FIRST_WEIGHTS) % 11
            second = -_sum([*digits, first], SECOND_WEIGHTS) % 11
            if first < 10 and second < 10:
                found.append(f"{stem}{individual:03}{first}{second}")
    return tuple(found)


def synthetic_number(born_on: date, serial: int) -> str:
    """The synthetic number of the person who is number `serial` (from 0) of those born on that day.

    Raises IdentityError where the day has no more numbers: about 412 (496 for 1940 to 1999).

    >>> synthetic_number(date(1955, 11, 10), 0)
    '10915500000'
    >>> synthetic_number(date(1955, 11, 10), 9999)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    helseanalyse.vault.identity.IdentityError: 1955-11-10 has ... synthetic numbers, so there is no number 9999. ...
    """
    numbers = synthetic_numbers(born_on)
    if not 0 <= serial < len(numbers):
        raise IdentityError(
            f"{born_on} has {len(numbers)} synthetic numbers, so there is no number {serial}. "
            "Spread the births over more days, or make fewer persons."
        )
    return numbers[serial]
