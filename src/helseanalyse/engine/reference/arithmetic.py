"""What operations do to single values: numbers, dates and codes. Section 6 of the manual. None is unknown."""

from __future__ import annotations

import math
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from helseanalyse.engine.errors import NO_SUCH_DAY, NO_SUCH_NUMBER, SAYS
from helseanalyse.engine.reference.data import NoAnswerError

Number = int | float

_LEAST, _MOST = -(2**63), 2**63 - 1


def whole(value: int) -> int:
    """The number, if 64 bits hold it; else an error, never a wrapped number."""
    if not _LEAST <= value <= _MOST:
        raise NoAnswerError(SAYS[NO_SUCH_NUMBER])
    return value


def finite(value: float) -> float | None:
    """The number, or unknown where it is infinite or not a number."""
    return value if math.isfinite(value) else None


def calculate(sign: str, left: Number, right: Number) -> Number | None:
    """`left sign right` for two known numbers."""
    if sign == "**":
        return _power(float(left), float(right))
    if sign == "/":
        return None if right == 0 else finite(float(left) / float(right))
    if sign in ("//", "%") and right == 0:
        return None
    if isinstance(left, int) and isinstance(right, int):
        return whole(
            {
                "+": lambda: left + right,
                "-": lambda: left - right,
                "*": lambda: left * right,
                "//": lambda: left // right,
                "%": lambda: left % right,
            }[sign]()
        )
    return _calculate_floats(sign, float(left), float(right))


def _calculate_floats(sign: str, left: float, right: float) -> float | None:
    if sign in "+-*":
        return finite({"+": left + right, "-": left - right, "*": left * right}[sign])
    quotient = finite(left / right)
    if quotient is None:
        return None
    floored = float(math.floor(quotient))
    return floored if sign == "//" else finite(left - right * floored)


def _power(base: float, exponent: float) -> float | None:
    try:
        result = base**exponent
    except (ZeroDivisionError, OverflowError):
        return None
    return finite(result) if isinstance(result, float) else None  # (-8) ** (1 / 3) is a complex number


def towards_zero(value: float) -> int:
    """3.9 -> 3, -3.9 -> -3."""
    return whole(math.trunc(value))


def half_away_from_zero(value: Number) -> int:
    """2.5 -> 3, -2.5 -> -3, decided on the exact value of the float."""
    return whole(int(Decimal(value).to_integral_value(ROUND_HALF_UP)))


# --- dates -------------------------------------------------------------------------------------


def add(day: date, amount: int, unit: str) -> date:
    """The date so many days, months or years later; a day that does not exist becomes the first of the next month."""
    try:
        if unit == "days":
            return day + timedelta(days=amount)
        months = day.year * 12 + (day.month - 1) + amount * (12 if unit == "years" else 1)
        year, month = divmod(months, 12)
        if day.day <= _length(year, month + 1):
            return date(year, month + 1, day.day)
        year, month = divmod(months + 1, 12)
        return date(year, month + 1, 1)
    except (ValueError, OverflowError):
        raise NoAnswerError(SAYS[NO_SUCH_DAY]) from None


def _length(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - date(year, month, 1)).days


def difference(later: date, earlier: date, unit: str) -> int:
    """Whole units from earlier to later, floored: in years it is the age rule."""
    if unit == "days":
        return (later - earlier).days
    if unit == "months":
        months = (later.year - earlier.year) * 12 + later.month - earlier.month
        return months - (later.day < earlier.day)
    return age_on(earlier, later)


def age_on(birth: date, day: date) -> int:
    """Whole years lived; born on 29 February, the birthday of a common year is 1 March."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def truncated(day: date, unit: str) -> date:
    """The first day of the month or year."""
    return day.replace(day=1) if unit == "month" else day.replace(month=1, day=1)


# --- codes -------------------------------------------------------------------------------------


def code_matches(code: str, codes: tuple[str, ...], match: str) -> bool:
    """Whether a list holds the code: the very code, or the code or one of its parents."""
    if match == "exact":
        return code in codes
    return any(code.startswith(parent) for parent in codes)
