"""Numbers and dates in SQL, by the rules of the language: section 6 of the manual. DuckDB's differ in every one.

Operands are columns or constants (`Place.once`), so that using one several times costs nothing.
"""

from __future__ import annotations

from helseanalyse.engine.errors import NO_SUCH_DAY
from helseanalyse.engine.scope import Scope
from helseanalyse.engine.sql import (
    Sql,
    both,
    call,
    case,
    cast,
    compare,
    compute,
    constant,
    day,
    either,
    failure,
    least,
    number,
    text,
)

FIRST_DAY, LAST_DAY = "0001-01-01", "9999-12-31"  # the calendar of the language
_SAFE = {"days": 146_097, "months": 4_800, "years": 400}  # a constant move of at most 400 years needs no guard


def whole(of: Sql) -> Sql:
    """As a whole number of 64 bits."""
    return cast(of, "BIGINT")


def calculated(sign: str, left: Sql, right: Sql, scope: Scope, *, floats: bool) -> Sql:
    """The language's arithmetic: divisions floor, nothing divides by zero, what is not finite is unknown."""
    if sign == "**":
        return _finite(call("pow", cast(left, "DOUBLE"), cast(right, "DOUBLE")), scope)
    if sign == "/":
        return _finite(compute(cast(left, "DOUBLE"), "/", _not_zero(cast(right, "DOUBLE"), floats=True)), scope)
    if floats:
        return _floats(sign, cast(left, "DOUBLE"), cast(right, "DOUBLE"), scope)
    if sign in ("//", "%"):
        return _floored(sign, left, scope.bind(_not_zero(right, floats=False)), scope)
    return compute(left, sign, right)


def _not_zero(of: Sql, *, floats: bool) -> Sql:
    return call("nullif", of, constant(0.0 if floats else 0))


def _finite(of: Sql, scope: Scope) -> Sql:
    result = scope.bind(of)
    return case((call("isfinite", result), result.copy()))


def _floats(sign: str, left: Sql, right: Sql, scope: Scope) -> Sql:
    if sign not in ("//", "%"):
        return _finite(compute(left, sign, right), scope)
    quotient = _finite(compute(left.copy(), "/", _not_zero(right.copy(), floats=True)), scope)
    floored = call("floor", quotient)
    if sign == "//":
        return floored
    return _finite(compute(left, "-", compute(right, "*", scope.bind(floored))), scope)


def _floored(sign: str, left: Sql, right: Sql, scope: Scope) -> Sql:
    # DuckDB cuts towards zero; the remainder then has the sign of the dividend.
    zero = constant(0)
    rest = scope.bind(compute(left.copy(), "%", right.copy()))
    crossing = both(
        [
            compare(rest.copy(), "!=", zero),
            compare(compare(rest.copy(), "<", zero.copy()), "!=", compare(right.copy(), "<", zero.copy())),
        ]
    )
    if sign == "%":
        return case((crossing, compute(rest.copy(), "+", right.copy())), otherwise=rest.copy())
    return compute(compute(left, "//", right), "-", case((crossing, constant(1)), otherwise=constant(0)))


# --- dates -------------------------------------------------------------------------------------------


def days_after(date: Sql, days: Sql | int) -> Sql:
    """So many days later, as a date."""
    return compute(date, "+", number(days) if isinstance(days, int) else cast(days, "INTEGER"))


def date_moved(date: Sql, amount: Sql, unit: str, scope: Scope, stated: int | None) -> Sql:
    """So many units later; a day that does not exist becomes the first of the next month.

    stated: the amount, where the study states it. Outside the years 1 to 9999 the run stops.
    """
    if unit == "days":
        moved = days_after(date, amount if stated is None else stated)
    else:
        moved = _months_after(date, amount, unit, stated)
    if stated is not None and abs(stated) <= _SAFE[unit]:
        return moved
    result = scope.bind(moved)
    outside = either([compare(result, "<", day(FIRST_DAY)), compare(result.copy(), ">", day(LAST_DAY))])
    return case((outside, failure(NO_SUCH_DAY)), otherwise=result.copy())


def _months_after(date: Sql, amount: Sql, unit: str, stated: int | None) -> Sql:
    each = 12 if unit == "years" else 1
    if stated is not None:
        months, following = number(stated * each), number(stated * each + 1)
    else:
        months = cast(compute(amount, "*", constant(each)), "INTEGER")
        following = compute(months.copy(), "+", number(1))
    same_day = days_after(_first_of_month(date, months), compute(call("day", date.copy()), "-", number(1)))
    return least(same_day, _first_of_month(date.copy(), following))


def _first_of_month(date: Sql, months_later: Sql) -> Sql:
    # DATE + INTERVAL is a TIMESTAMP in DuckDB; on the first of a month it cuts no day off.
    first = compute(call("date_trunc", text("month"), date), "+", call("to_months", months_later))
    return cast(first, "DATE")


def whole_units_between(later: Sql, earlier: Sql, unit: str) -> Sql:
    """The difference in whole units, floored: in years it is the age rule. Unknown if a side is."""
    if unit == "days":
        return compute(later, "-", earlier)
    years = compute(call("year", later.copy()), "-", call("year", earlier.copy()))
    if unit == "years":
        return compute(years, "-", _not_yet(_place_in_year(later), _place_in_year(earlier)))
    months = compute(call("month", later.copy()), "-", call("month", earlier.copy()))
    whole_months = compute(compute(years, "*", constant(12)), "+", months)
    return compute(whole_months, "-", _not_yet(call("day", later.copy()), call("day", earlier.copy())))


def _not_yet(reached: Sql, due: Sql) -> Sql:
    return case((compare(reached, "<", due), constant(1)), otherwise=constant(0))


def _place_in_year(date: Sql) -> Sql:
    return compute(compute(call("month", date.copy()), "*", constant(32)), "+", call("day", date.copy()))
