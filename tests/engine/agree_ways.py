"""How `agree_series.Maker` makes a series of each kind out of others: one way for each operation of the language."""

from __future__ import annotations

from tests.engine import agree_data as data
from tests.engine.agree_series import LEVELS, NUMBERS, ORDERED, TYPES, WAYS, Domain, Maker, Named, Way, bare, columns
from tests.engine.spec_words import DISPENSING, EMIGRATION, EPISODE, LAB, PERSON

from helseanalyse.catalogue.model import Kind
from helseanalyse.study import nodes as n
from helseanalyse.study.types import CodeList

# --- of any kind -------------------------------------------------------------------------------------


def leaf(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    return m.leaf(kind, of, system)


def if_null(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    return n.IfNull(m.series(kind, of, depth, exact=exact), m.series(kind, of, depth, exact=exact))


def case(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    branches = m.pick(1, 2, 3)
    conditions = tuple(m.series(Kind.BOOL, of, depth) for _ in range(branches))
    values = tuple(m.series(kind, of, depth, exact=exact) for _ in range(branches))
    otherwise = None if m.chance() else m.series(kind, of, depth, exact=exact)
    return n.Case(conditions, values, otherwise, LEVELS if kind is Kind.CATEGORY else TYPES[kind])


def extreme(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    parts = tuple(m.series(kind, of, depth, exact=exact) for _ in range(m.pick(2, 2, 3)))
    return n.Extreme(m.pick("least", "greatest"), parts)


def least_or_greatest(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    return n.Aggregate(m.pick("min", "max"), _many(m, kind, depth, exact))


def look_up(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    at = m.series(Kind.DATE, of, depth)
    if m.chance():
        pick = m.pick(None, "latest_start")
        rows = (m.periods(depth) if pick else m.disjoint_periods(depth)).domain
        column = _column_of(m, kind, rows, system)
        if column is not None:
            return n.LookUp(at, n.Column(rows, *column), "covering", None, pick)
    tables = [table for table in (LAB, EPISODE, DISPENSING, EMIGRATION) if _column_of(m, kind, table, system)]
    if not tables:
        return m.leaf(kind, of, system)
    rows = m.filtered(m.pick(*tables), depth).domain
    column = _column_of(m, kind, rows, system)
    assert column is not None
    return n.LookUp(at, n.Column(rows, *column), m.pick("on_or_before", "before"), m.pick(None, None, 0, 1, 60))


def _column_of(m: Maker, kind: Kind, rows: n.Rows, system: str) -> Named | None:
    fitting = [c for c in columns(rows) if c.type.kind is kind and (not system or c.type.system == system)]
    if kind is Kind.CATEGORY:
        fitting = [column for column in fitting if column.type == LEVELS]
    return m.pick(*fitting) if fitting else None


def previous(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    if of is None:
        return m.leaf(kind, of, system)
    keys = tuple(m.sort_key(bare(of), depth) for _ in range(m.pick(1, 1, 2)))
    rows = n.Sort(n.Sort(of, keys[1:]), keys[:1]) if len(keys) > 1 and m.chance() else n.Sort(of, keys)
    return n.Previous(rows, m.of_rows(kind, m.pick(of, bare(of)), depth, exact=exact, system=system))


def of_pick(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    rows = m.picked(depth)
    column = _column_of(m, kind, rows, system)
    return n.Column(rows, *column) if column is not None else m.leaf(kind, of, system)


def related(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    by = m.column(Kind.PERSON, None)
    if m.chance(4):
        by = n.Related(by, m.column(Kind.PERSON, None))  # the mother's father
    return n.Related(by, m.series(kind, None, depth, exact=exact, system=system))


def _many(m: Maker, kind: Kind, depth: int, exact: bool) -> n.Series:
    """A series with many values a person, to aggregate."""
    rows = (m.events(depth) if m.chance() or kind not in (Kind.DATE, Kind.INT) else m.periods(depth)).domain
    made = m.of_rows(kind, rows, depth, exact=exact)
    return made if made.domain is not None else m.column(kind, LAB)


# --- truth values --------------------------------------------------------------------------------------


def compare(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    sides = m.pick(*ORDERED, *ORDERED, Kind.BOOL, Kind.CATEGORY)
    test = m.pick("==", "!=", "<", "<=", ">", ">=") if sides in ORDERED else m.pick("==", "!=")
    return n.Compare(test, m.series(sides, of, depth, exact=True), m.series(sides, of, depth, exact=True))


def compare_level(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    rows = of if of is not None else PERSON
    categories = [column for column in columns(rows) if column.type.kind is Kind.CATEGORY]
    if not categories:
        return m.leaf(kind, of)
    chosen = m.pick(*categories)
    level = n.Constant(m.pick(*chosen.type.levels, None), chosen.type)
    return n.Compare(m.pick("==", "!="), n.Column(rows, *chosen), level)


def and_or(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    parts = tuple(m.series(Kind.BOOL, of, depth) for _ in range(m.pick(2, 2, 3)))
    return n.And(parts) if m.chance() else n.Or(parts)


def not_(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    return n.Not(m.series(Kind.BOOL, of, depth))


def is_null(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    return n.IsNull(m.series(m.pick(*TYPES, Kind.CATEGORY, Kind.CODE), of, depth))


def in_(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    sides = m.pick(*ORDERED, Kind.CATEGORY)
    members = {constant: None for _ in range(m.pick(0, 1, 2, 3)) if (constant := m.constant(sides)).value is not None}
    return n.In(m.series(sides, of, depth, exact=True), tuple(members))


def in_set(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    sides = m.pick(*ORDERED)
    return n.InSet(m.series(sides, of, depth, exact=True), _many(m, sides, depth, True))


def contains(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    return n.Contains(m.series(Kind.TEXT, of, depth), m.series(Kind.TEXT, of, depth))


def in_codes(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    system = m.pick(*data.CODES)
    codes = m.pick(Kind.CODE, Kind.CODES) if system == "ICD-10" else Kind.CODES if system == "NCSP" else Kind.CODE
    return n.InCodes(m.series(codes, of, depth, system=system), code_list(m, system), m.pick("exact", "with_children"))


def code_list(m: Maker, system: str) -> CodeList:
    """Some codes and parents of codes."""
    codes = {code for code in data.LISTED[system] if m.chance()}
    return CodeList(system, tuple(sorted(codes)) or (data.LISTED[system][0],))


def exists(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    return n.Exists(_rows(m, depth))


def any_all(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    return n.Aggregate(m.pick("any", "all"), _many(m, Kind.BOOL, depth, False))


def covers(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    return n.Covers(m.periods(depth), m.series(Kind.DATE, None, depth))


def covers_all(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    return n.CoversAll(m.periods(depth), m.series(Kind.DATE, None, depth), m.series(Kind.DATE, None, depth))


def overlaps(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    return n.Overlaps(m.periods(depth), m.periods(depth))


def near(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    ways = {
        Kind.BOOL: ["exists"],
        Kind.INT: ["count", "sum", "min", "max"],
        Kind.FLOAT: ["sum", "mean", "min", "max"],
        Kind.DATE: ["min", "max"],
        Kind.TEXT: ["min", "max"],
    }
    how = m.pick(*ways[kind])
    if exact and how == "mean":
        how = "sum"
    dates = _many(m, Kind.DATE, depth, False)
    assert dates.domain is not None
    low = m.pick(-400, -30, -1, 0, 1)
    high = low + m.pick(0, 1, 29, 430)
    valued = {"mean": m.pick(*NUMBERS), "exists": None, "count": None}.get(how, kind)
    value = None if valued is None else m.series(valued, dates.domain, depth, exact=True)
    return n.Near(m.series(Kind.DATE, of, depth), dates, low, high, how, value)


# --- numbers -------------------------------------------------------------------------------------------


def arithmetic(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    sign = m.pick("+", "-", "*", "//", "%", *(("/", "**") if kind is Kind.FLOAT and not exact else ()))
    if sign in ("/", "**"):
        left = m.series(m.pick(*NUMBERS), of, depth, exact=True)
        # Large powers of large numbers are left to the specification tables.
        right = (
            n.Constant(m.pick(-1, 0, 1, 2, 3), TYPES[Kind.INT])
            if sign == "**"
            else m.series(m.pick(*NUMBERS), of, depth, exact=True)
        )
        return n.Arithmetic(sign, left, right)
    exactly = exact or sign in ("//", "%")
    # Products of sums of products soon leave 64 bits, and floats their exactness: one side stays small.
    right = m.leaf(kind, of) if sign in ("*", "//", "%") else m.series(kind, of, depth, exact=exactly)
    return n.Arithmetic(sign, m.series(kind, of, depth, exact=exactly), right)


def negate(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    return n.Negate(m.series(kind, of, depth, exact=exact))


def cast(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    return n.Cast(m.series(m.pick(*NUMBERS, Kind.BOOL), of, depth, exact=True), "int" if kind is Kind.INT else "float")


def round_(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    return n.Round(m.series(m.pick(*NUMBERS), of, depth, exact=True))


def date_diff(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    unit = m.pick("days", "months", "years")
    return n.DateDiff(m.series(Kind.DATE, of, depth), m.series(Kind.DATE, of, depth), unit)


def date_part(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    return n.DatePart(m.series(Kind.DATE, of, depth), m.pick("year", "month", "day"))


def count(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    return n.Count(_rows(m, depth))


def count_distinct(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    return n.Aggregate("count_distinct", _many(m, m.pick(*TYPES, Kind.CATEGORY), depth, True))


def count_episodes(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    return n.CountEpisodes(_many(m, Kind.DATE, depth, False), m.pick(0, 1, 30, 365))


def covered_days(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    return n.CoveredDays(m.periods(depth))


def sum_mean(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    if kind is Kind.FLOAT and not exact and m.chance():
        return n.Aggregate("mean", _many(m, m.pick(*NUMBERS), depth, True))
    return n.Aggregate("sum", _many(m, kind, depth, True))


def _rows(m: Maker, depth: int) -> n.Rows:
    return m.pick(m.events, m.events, m.periods, m.picked)(depth)


# --- dates and categories ------------------------------------------------------------------------------


def date_add(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    # Numbers of the data are small, so dates stay in the calendar.
    return n.DateAdd(m.series(Kind.DATE, of, depth), m.leaf(Kind.INT, of), m.pick("days", "months", "years"))


def truncate(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    return n.Truncate(m.series(Kind.DATE, of, depth), m.pick("month", "year"))


def categorise(m: Maker, kind: Kind, of: Domain, depth: int, exact: bool, system: str) -> n.Series:
    system = m.pick("ICD-10", "ATC", "municipality")
    # One owner a code, so that no code is in two categories.
    owners = {code: m.pick(*LEVELS.levels) for code in sorted(data.LISTED[system])}
    lists = tuple(
        CodeList(system, tuple(code for code, owner in owners.items() if owner == level)) for level in LEVELS.levels
    )
    return n.Categorise(m.series(Kind.CODE, of, depth, system=system), LEVELS.levels, lists)


ANY: list[Way] = [leaf, look_up, of_pick, related, previous]
CHOICES: list[Way] = [if_null, case]
NUMERIC: list[Way] = [arithmetic, arithmetic, negate, cast, extreme, least_or_greatest, sum_mean, near]

WAYS |= {
    Kind.BOOL: [
        *ANY, *CHOICES, compare, compare, compare_level, and_or, and_or, not_, is_null, in_, in_set, contains, in_codes,
        in_codes, exists, any_all, covers, covers_all, overlaps, near,
    ],
    Kind.INT: [
        *ANY, *CHOICES, *NUMERIC, round_, date_diff, date_part, count, count_distinct, count_episodes, covered_days,
    ],
    Kind.FLOAT: [*ANY, *CHOICES, *NUMERIC],
    Kind.DATE: [*ANY, *CHOICES, date_add, date_add, truncate, extreme, least_or_greatest, near],
    Kind.TEXT: [*ANY, *CHOICES, extreme, least_or_greatest, near],
    Kind.CATEGORY: [*ANY, *CHOICES, categorise, categorise],
    Kind.CODE: [leaf, look_up, of_pick, related, previous],
    Kind.CODES: [leaf, leaf, related],
}  # fmt: skip
