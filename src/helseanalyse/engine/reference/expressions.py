"""What each operation on values means, row by row or person by person. Sections 3, 6 and 9 of the manual."""

from __future__ import annotations

from datetime import date

from helseanalyse.catalogue.model import Grain, Kind
from helseanalyse.engine.errors import OVERLAP, SAYS
from helseanalyse.engine.reference import arithmetic
from helseanalyse.engine.reference.data import NoAnswerError, Row, Value, ascending
from helseanalyse.engine.reference.meaning import (
    At,
    day,
    number,
    period_of,
    rows_of,
    source,
    truth,
    value_of,
    values_of,
)
from helseanalyse.engine.reference.summary import summary
from helseanalyse.study import nodes as n

# --- where values come from ------------------------------------------------------------------------


@value_of.register
def column(node: n.Column, at: At) -> Value:
    """The value on this row; of rows with at most one row a person, that row's, unknown without a row."""
    if node.of.grain is not Grain.PERSON:
        assert at.row is not None
        return at.row.values[node.name]
    rows = rows_of(node.of, at)
    return rows[0].values[node.name] if rows else None


@value_of.register
def constant(node: n.Constant, at: At) -> Value:
    """What the study says."""
    return node.value


@value_of.register
def parameter(node: n.Parameter, at: At) -> Value:
    """Section 11: the first or last day of the interval of a trend."""
    if at.interval is None:
        raise NoAnswerError(f"{node.name} has a value only in the numerator and denominator of a trend.")
    return at.interval[0] if node.name == "interval_start" else at.interval[1]


# --- truth: section 3 --------------------------------------------------------------------------------


@value_of.register
def compare(node: n.Compare, at: At) -> Value:
    """Unknown if a side is; texts by code point."""
    left, right = value_of(node.left, at), value_of(node.right, at)
    if left is None or right is None:
        return None
    if node.test in ("==", "!="):
        return (left == right) is (node.test == "==")
    order = (left > right) - (left < right)  # type: ignore[operator]  # both of one type
    return {"<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[node.test]


@value_of.register
def and_(node: n.And, at: At) -> Value:
    """False if a part is false, else unknown if a part is unknown, else true."""
    parts = [truth(part, at) for part in node.parts]
    return False if False in parts else None if None in parts else True


@value_of.register
def or_(node: n.Or, at: At) -> Value:
    """True if a part is true, else unknown if a part is unknown, else false."""
    parts = [truth(part, at) for part in node.parts]
    return True if True in parts else None if None in parts else False


@value_of.register
def not_(node: n.Not, at: At) -> Value:
    """Unknown of unknown."""
    of = truth(node.of, at)
    return None if of is None else not of


@value_of.register
def is_null(node: n.IsNull, at: At) -> Value:
    """Never unknown itself."""
    return value_of(node.of, at) is None


@value_of.register
def if_null(node: n.IfNull, at: At) -> Value:
    """The value, or the other where it is unknown."""
    value = value_of(node.of, at)
    return value_of(node.other, at) if value is None else value


@value_of.register
def case(node: n.Case, at: At) -> Value:
    """The value of the first condition that is true; unknown counts as not true."""
    for condition, value in zip(node.conditions, node.values, strict=True):
        if truth(condition, at) is True:
            return value_of(value, at)
    return None if node.otherwise is None else value_of(node.otherwise, at)


@value_of.register
def extreme(node: n.Extreme, at: At) -> Value:
    """The least or greatest known part; unknown only if all are."""
    known = [value for part in node.parts if (value := value_of(part, at)) is not None]
    if not known:
        return None
    found = (min if node.which == "least" else max)(known, key=ascending)
    return float(found) if node.type.kind is Kind.FLOAT and isinstance(found, int) else found


# --- numbers and dates: section 6 --------------------------------------------------------------------


@value_of.register
def calculate(node: n.Arithmetic, at: At) -> Value:
    """Unknown if a side is."""
    left, right = number(node.left, at), number(node.right, at)
    return None if left is None or right is None else arithmetic.calculate(node.sign, left, right)


@value_of.register
def negate(node: n.Negate, at: At) -> Value:
    """The number with the other sign."""
    of = number(node.of, at)
    if of is None:
        return None
    return arithmetic.whole(-of) if isinstance(of, int) else -of


@value_of.register
def cast(node: n.Cast, at: At) -> Value:
    """To int towards zero; truth values become 1 and 0."""
    of = number(node.of, at)
    if of is None:
        return None
    return arithmetic.towards_zero(of) if node.to == "int" else float(of)


@value_of.register
def round_(node: n.Round, at: At) -> Value:
    """To the nearest whole number, halves away from zero."""
    of = number(node.of, at)
    return None if of is None else arithmetic.half_away_from_zero(of)


@value_of.register
def date_add(node: n.DateAdd, at: At) -> Value:
    """A day that does not exist becomes the first of the next month."""
    start, amount = day(node.date, at), number(node.amount, at)
    if start is None or amount is None:
        return None
    assert isinstance(amount, int)
    return arithmetic.add(start, amount, node.unit)


@value_of.register
def date_diff(node: n.DateDiff, at: At) -> Value:
    """Whole units, floored."""
    later, earlier = day(node.later, at), day(node.earlier, at)
    return None if later is None or earlier is None else arithmetic.difference(later, earlier, node.unit)


@value_of.register
def date_part(node: n.DatePart, at: At) -> Value:
    """The year, month or day of the month."""
    of = day(node.of, at)
    return None if of is None else {"year": of.year, "month": of.month, "day": of.day}[node.part]


@value_of.register
def truncate(node: n.Truncate, at: At) -> Value:
    """The first day of the month or year."""
    of = day(node.of, at)
    return None if of is None else arithmetic.truncated(of, node.unit)


# --- texts, codes and sets: section 6 ------------------------------------------------------------------


@value_of.register
def contains(node: n.Contains, at: At) -> Value:
    """To the letter: % and _ are letters, upper and lower case differ."""
    of, text = value_of(node.of, at), value_of(node.text, at)
    if of is None or text is None:
        return None
    assert isinstance(of, str)
    assert isinstance(text, str)
    return text in of


@value_of.register
def in_codes(node: n.InCodes, at: At) -> Value:
    """Whether the code, or any code of the row, is in the list; unknown for an unknown code."""
    of = value_of(node.of, at)
    if of is None:
        return False if node.of.type.kind is Kind.CODES else None  # a person without the row has no code
    codes = of if isinstance(of, tuple) else (str(of),)
    return any(arithmetic.code_matches(code, node.codes.codes, node.match) for code in codes)


@value_of.register
def in_(node: n.In, at: At) -> Value:
    """Whether it is one of the stated values."""
    return _is_among(value_of(node.of, at), [constant.value for constant in node.values])


@value_of.register
def in_set(node: n.InSet, at: At) -> Value:
    """Whether it is among the known values of the person's rows."""
    return _is_among(value_of(node.of, at), values_of(node.members, at))


def _is_among(value: Value, members: list[Value] | list[n.Scalar | None]) -> bool | None:
    known = [member for member in members if member is not None]
    if not known:
        return False  # in nothing, whatever it is
    return None if value is None else value in known


@value_of.register
def categorise(node: n.Categorise, at: At) -> Value:
    """The category with the longest prefix of the code."""
    code = value_of(node.of, at)
    if code is None:
        return None
    prefixes = [
        (len(prefix), name)
        for name, codes in zip(node.names, node.lists, strict=True)
        for prefix in codes.codes
        if str(code).startswith(prefix)
    ]
    return max(prefixes)[1] if prefixes else None


# --- other rows of the same person: section 9 ------------------------------------------------------------


@value_of.register
def look_up(node: n.LookUp, at: At) -> Value:
    """The value of one row of another table as of a date; unknown where no row fits."""
    asked = day(node.at, at)
    if asked is None:
        return None
    rows = node.value.of
    fitting = [(start, row) for row in rows_of(rows, at) if (start := _valid_from(node, rows, row, asked))]
    if len(fitting) > 1 and node.how == "covering" and node.pick is None:
        raise NoAnswerError(SAYS[OVERLAP])
    if not fitting:
        return None
    _, row = max(fitting, key=lambda found: (found[0], found[1].number))
    return row.values[node.value.name]


def _valid_from(node: n.LookUp, rows: n.Rows, row: Row, asked: date) -> date | None:
    """The date since which the row holds, if it holds on the date asked for."""
    if node.how == "covering":
        period = period_of(rows, row)
        holds = period is not None and period[0] <= asked.toordinal() < period[1]
        return date.fromordinal(int(period[0])) if period is not None and holds else None
    table = source(rows)
    assert isinstance(table, n.Table)
    assert table.date is not None
    dated = row.values[table.date]
    if not isinstance(dated, date):
        return None
    age = (asked - dated).days
    youngest = 0 if node.how == "on_or_before" else 1
    return dated if youngest <= age and (node.max_age is None or age <= node.max_age) else None


@value_of.register
def near(node: n.Near, at: At) -> Value:
    """An aggregate of the other table's rows dated from `low` to `high` days after the date."""
    asked = day(node.at, at)
    assert node.date.domain is not None
    inside: list[Value] = []
    for row in rows_of(node.date.domain, at):
        other = day(node.date, at.on(row))
        if asked is not None and other is not None and node.low <= (other - asked).days <= node.high:
            inside.append(None if node.value is None else value_of(node.value, at.on(row)))
    return summary(node.how, inside)


@value_of.register
def previous(node: n.Previous, at: At) -> Value:
    """The value on the row before this one in the sorted rows; unknown on the first."""
    rows = rows_of(node.of, at)
    (position,) = (i for i, row in enumerate(rows) if at.row is not None and row.number == at.row.number)
    return value_of(node.value, at.on(rows[position - 1])) if position > 0 else None
