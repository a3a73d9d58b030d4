"""Delivered text to values: one SQL expression for each kind of column and each way of delivering it.

Every expression gives NULL for text that it cannot read, and never an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, cast

from helseanalyse.catalogue.codes import system
from helseanalyse.catalogue.model import Column, Kind
from helseanalyse.vault.sql import Sql, commas, fill, literal

# What statistical programs write for "no value", besides nothing at all.
BLANKS = ("NA", "NaN", "nan", "NULL", "null")
SPACE = " \t\u00a0"
YES = ("1", "true", "t", "ja", "j", "yes", "y", "sann")
NO = ("0", "2", "false", "f", "nei", "n", "no", "usann")  # 1 yes and 2 no is the national code list for yes and no
MARKS = {"ICD-10": "*+†"}  # cause and manifestation: they say how two codes belong together, and are no part of one
OPEN_END = date(2900, 1, 1)  # from here on, the end of a period means that it has not ended
LARGEST_OFFSET = 200_000  # days, more than five centuries
TYPED = frozenset({Kind.BOOL, Kind.INT, Kind.FLOAT, Kind.DATE})


def trimmed(field: Sql) -> Sql:
    """The delivered text without outer blanks."""
    return fill("trim({f})", f=field)


def text(raw: Sql, kind: Kind) -> Sql:
    """Trimmed text; NULL where it says that there is no value."""
    blanks = ("", ".", *(BLANKS if kind in TYPED else ()))
    return fill("CASE WHEN {t} IN ({b}) THEN NULL ELSE {t} END", t=raw, b=commas(map(literal, blanks)))


def key_text(field: Sql, *, national: bool) -> Sql:
    """The delivered text of a person key; for a national number with the zero that a spreadsheet took."""
    if not national:
        return text(trimmed(field), Kind.PERSON)
    packed = fill("replace({f}, ' ', '')", f=field)
    padded = fill("CASE WHEN length({p}) = 10 THEN '0' || {p} ELSE {p} END", p=packed)
    return text(padded, Kind.PERSON)


def parse(raw: Sql, decimal: str) -> Sql:
    """Trimmed text as a number that may be infinite or none, or NULL; the first of two steps.

    With a decimal comma a point is no number: it could stand for a decimal or for a thousand.
    """
    if decimal == ".":
        return fill("CASE WHEN contains({f}, '_') THEN NULL ELSE try_cast({f} AS DOUBLE) END", f=raw)
    return fill(
        "CASE WHEN contains({f}, '.') OR contains({f}, '_') THEN NULL "
        "ELSE try_cast(replace({f}, {d}, '.') AS DOUBLE) END",
        f=raw,
        d=literal(decimal),
    )


def number(parsed: Sql) -> Sql:
    """A finite number, or NULL, of what `parse` gave."""
    return fill("CASE WHEN isfinite({p}) THEN {p} END", p=parsed)


def whole(parsed: Sql) -> Sql:
    """A whole number, or NULL, of what `parse` gave; 12,0 is 12 and 12,5 is none."""
    return fill("CASE WHEN {p} = floor({p}) AND abs({p}) < 9e15 THEN CAST({p} AS BIGINT) END", p=parsed)


def truth(field: Sql) -> Sql:
    """True for 1, ja, yes; false for 0, 2, nei, no; else NULL."""
    return fill(
        "CASE WHEN lower({f}) IN ({yes}) THEN true WHEN lower({f}) IN ({no}) THEN false END",
        f=field,
        yes=commas(map(literal, YES)),
        no=commas(map(literal, NO)),
    )


def level_names(column: Column) -> dict[str, str]:
    """Every delivered value, in small letters, with the level that it means.

    Numbers are also known without and with leading zeros, which programs add and take away.
    """
    given = {value.casefold(): level.name for level in column.levels for value in level.source or (level.name,)}
    known = dict(given)
    for value, level in given.items():
        if value.isdigit():
            stripped = value.lstrip("0") or "0"
            for other in (stripped, stripped.zfill(2), stripped.zfill(3)):
                known.setdefault(other, level)
    return known


def level(field: Sql, column: Column) -> Sql:
    """The canonical level name, or NULL."""
    known = level_names(column)
    # The cast looks a value up by hash; a CASE with sixty branches would compare sixty times.
    return fill(
        "[{levels}][enum_code(try_cast(lower({f}) AS ENUM({values}))) + 1]",
        levels=commas(literal(name) for name in known.values()),
        values=commas(literal(value) for value in known),
        f=field,
    )


def code(field: Sql, column: Column) -> Sql:
    """The code as it stands at rest: suffix cut, upper case, without dots and blanks, leading zeros back."""
    made = field
    cut = cast("Mapping[str, int] | None", column.delivery.get("cut_suffix"))
    if cut:
        made = fill(
            "CASE WHEN length({f}) > {longer} THEN left({f}, length({f}) - {drop}) ELSE {f} END",
            f=made,
            longer=cut["longer_than"],
            drop=cut["drop"],
        )
    known = system(column.system or "")
    for character in (*SPACE, ".", *known.dropped, *MARKS.get(known.name, "")):
        made = fill("replace({f}, {c}, '')", f=made, c=literal(character))
    made = fill("nullif(upper({f}), '')", f=made)
    if known.digits:
        # As `CodeSystem.normalise` does: two digits may be a code of their own, such as a county.
        short = fill("length({f}) BETWEEN 3 AND {n} AND regexp_full_match({f}, '[0-9]+')", f=made, n=known.digits)
        made = fill("CASE WHEN {s} THEN lpad({f}, {n}, '0') ELSE {f} END", s=short, f=made, n=known.digits)
    return made


def day(field: Sql, parsed: Sql, way: str, reference: Sql) -> Sql:
    """A date, or NULL. parsed: the text as a number, for the ways that count.

    reference: the day that differences count from, for the way `offset`.
    """
    if way == "offset":
        return fill(
            "CASE WHEN {p} = floor({p}) AND abs({p}) < {most} THEN {r} + CAST({p} AS INTEGER) END",
            p=parsed,
            most=LARGEST_OFFSET,
            r=reference,
        )
    if way == "decimal_year":
        # 1940.256 is 1970-01-01 and the nearest whole number of days to (1940.256 - 1970) * 365.25.
        return fill(
            "CASE WHEN {p} BETWEEN 1000 AND 3000 "
            "THEN DATE '1970-01-01' + CAST(round(({p} - 1970) * 365.25) AS INTEGER) END",
            p=parsed,
        )
    return _WRITTEN[way](field)


def counted(way: str) -> bool:
    """Whether a way of delivering dates is a number."""
    return way in ("offset", "decimal_year")


def _iso(field: Sql) -> Sql:
    """2015-03-01, with or without a time, or 20150301."""
    return fill(
        "CASE WHEN regexp_full_match({f}, '[0-9]{{8}}') THEN CAST(try_strptime({f}, '%Y%m%d') AS DATE) "
        "WHEN length({f}) <= 10 THEN CASE WHEN {f}[5] = '-' THEN try_cast({f} AS DATE) END "
        "WHEN {f}[11] IN ('T', ' ') AND {f}[5] = '-' THEN try_cast({f}[1:10] AS DATE) END",
        f=field,
    )


def _dmy(field: Sql) -> Sql:
    return fill(
        "CASE WHEN regexp_matches({f}, '^[0-9]{{1,2}}[.][0-9]{{1,2}}[.][0-9]{{4}}( .*)?$') "
        "THEN CAST(try_strptime(regexp_extract({f}, '^[0-9.]+'), '%d.%m.%Y') AS DATE) END",
        f=field,
    )


def _year_month(field: Sql) -> Sql:
    packed = fill("replace({f}, '-', '')", f=field)
    return fill(
        "CASE WHEN regexp_full_match({p}, '[0-9]{{6}}') THEN CAST(try_strptime({p} || '01', '%Y%m%d') AS DATE) END",
        p=packed,
    )


def _year(field: Sql) -> Sql:
    return fill("CASE WHEN regexp_full_match({f}, '[0-9]{{4}}') THEN try_cast({f} || '-01-01' AS DATE) END", f=field)


_WRITTEN: dict[str, Callable[[Sql], Sql]] = {"iso": _iso, "dmy": _dmy, "year_month": _year_month, "year": _year}


def in_system(column: Column, field: Callable[[tuple[str, ...]], Sql | None]) -> Sql | None:
    """A condition that a row's code is of the column's system, or None where nothing is said or delivered."""
    block = cast("Mapping[str, Any] | None", column.delivery.get("system"))
    if not block:
        return None
    delivered = field(tuple(block["column"]))
    if delivered is None:
        return None
    values = tuple(block.get("values") or (column.system,))
    return fill(
        "coalesce(lower(trim({f})) IN ({v}), false)",
        f=delivered,
        v=commas(literal(str(value).casefold()) for value in values),
    )
