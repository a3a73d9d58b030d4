"""How numbers, intervals and dates are written for people: one convention for every page, picture and terminal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import floor, isfinite, log10

THIN = "\u202f"  # narrow no-break space: groups of three digits, never broken over two lines
MINUS = "\u2212"
DASH = "\u2013"  # between two limits; alone: not applicable
HIDDEN = "\u2022"
MOST_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Numbers:
    """The conventions of one language: its decimal sign, its months, how a date and a range are put together.

    >>> en = Numbers(".", ("January",) * 12, "{day} {month} {year}", "to")
    >>> en.whole(41200).replace(THIN, " "), en.estimate(0.6912, 0.61, 0.784, 2)
    ('41 200', '0.69 (0.61–0.78)')
    """

    point: str
    months: tuple[str, ...]
    date_form: str
    to: str  # between two limits of which one is negative, where a dash would read as a sign

    def whole(self, number: float) -> str:
        """A whole number in groups of three digits."""
        return self.fixed(number, 0)

    def fixed(self, number: float, decimals: int) -> str:
        """A number with that many decimals; infinity as its sign."""
        if not isfinite(number):
            return "∞" if number > 0 else f"{MINUS}∞"
        whole, _, rest = f"{abs(number):,.{decimals}f}".partition(".")
        # What rounds to nothing has no sign: "-0.0" would claim a direction.
        negative = number < 0 and any(digit in "123456789" for digit in whole + rest)
        return (MINUS if negative else "") + whole.replace(",", THIN) + (self.point + rest if rest else "")

    def significant(self, number: float, digits: int = 3) -> str:
        """A number with two or three digits that carry something; all digits before the decimal sign are kept."""
        return self.fixed(number, decimals_of(number, digits))

    def limits(self, low: float, high: float, decimals: int) -> str:
        """The limits of an interval, in parentheses."""
        between = DASH if low >= 0 else f" {self.to} "
        return f"({self.fixed(low, decimals)}{between}{self.fixed(high, decimals)})"

    def estimate(self, value: float, low: float, high: float, decimals: int) -> str:
        """An estimate with its interval: 0.69 (0.61-0.78)."""
        return f"{self.fixed(value, decimals)} {self.limits(low, high, decimals)}"

    def day(self, day: date) -> str:
        """A date in words: 3 May 2024, or 3. mai 2024. A year that is not four digits is written as it is."""
        return self.date_form.format(day=day.day, month=self.months[day.month - 1], year=day.year)


def decimals_of(number: float, digits: int = 3) -> int:
    """The decimals that show `digits` significant digits, at least 0.

    >>> [decimals_of(x) for x in (1234.5, 0.69, 0.0123, 0)]
    [0, 3, 4, 0]
    """
    if not isfinite(number) or number == 0:
        return 0
    return min(max(digits - 1 - floor(log10(abs(number))), 0), MOST_DECIMALS)


def decimals_for(numbers: Iterable[float], digits: int = 3) -> int:
    """One number of decimals for a column: `digits` significant digits in its largest number, two in its smallest.

    Where the two lie far apart the largest may get one decimal more than it needs; `at_least_one` then sees to
    the small ones.

    >>> decimals_for([5.1, 7.4]), decimals_for([4.3, 14.6]), decimals_for([338.2, 0.031]), decimals_for([])
    (2, 1, 1, 0)
    """
    sizes = [abs(n) for n in numbers if isfinite(n) and n]
    if not sizes:
        return 0
    most = decimals_of(max(sizes), digits)
    return max(most, min(decimals_of(min(sizes), 2), most + 1))


def decimals_of_shares(percents: Iterable[float]) -> int:
    """The decimals of shares in percent: one, or two where they are small.

    >>> decimals_of_shares([23.5, 16.1]), decimals_of_shares([0.62, 0.041])
    (1, 2)
    """
    return min(max(decimals_for(percents, 2), 1), 2)


def at_least_one(number: float, decimals: int) -> int:
    """The decimals of a column, or as many as show one digit of a number that would be written as 0 with them.

    >>> at_least_one(0.031, 1), at_least_one(0.31, 1), at_least_one(0.0, 1)
    (2, 1, 1)
    """
    return max(decimals, decimals_of(number, 1)) if abs(number) < 0.5 * 10.0**-decimals else decimals


def decimals_of_ratio(*numbers: float) -> int:
    """The decimals of a ratio with its limits: two as a rule, fewer above 10, more where two would show 0.0.

    >>> decimals_of_ratio(0.69, 0.61, 0.78), decimals_of_ratio(14.2, 9.1, 22.0), decimals_of_ratio(0.012, 0.004, 0.03)
    (2, 1, 3)
    """
    sizes = [abs(n) for n in numbers if isfinite(n) and n]
    if not sizes:
        return 2
    if sizes[0] >= 100:
        return 0
    return 1 if sizes[0] >= 10 else min(max(2, decimals_of(min(sizes), 1)), 4)
