"""Delivered text to values, as a table: what is not understood is unknown, and never an error or a guess."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import pytest

from helseanalyse.catalogue.codes import SYSTEM_NAMES, system
from helseanalyse.catalogue.model import Column, Kind, Label, Level
from helseanalyse.vault import convert
from helseanalyse.vault.sql import Sql, literal

DAY = date(2015, 3, 1)
DUCK = duckdb.connect()  # pure expressions only
REFERENCE = literal(date(1902, 5, 16))


def read(expression: Sql, text: str | None) -> Any:
    return DUCK.execute(f"SELECT {expression} FROM (SELECT ?::VARCHAR AS x)", [text]).fetchall()[0][0]


@pytest.mark.parametrize(
    ("way", "text", "day"),
    [
        ("iso", "2015-03-01", DAY),
        ("iso", "2015-3-1", DAY),
        ("iso", "2015-03-01 23:59:00", DAY),
        ("iso", "2015-03-01T00:00:00", DAY),
        ("iso", "20150301", DAY),
        ("iso", "2015-02-30", None),
        ("iso", "2015-03-01x", None),
        ("iso", "01.03.2015", None),
        ("iso", "20150230", None),
        ("iso", "infinity", None),
        ("iso", "15-03-01", None),
        ("dmy", "01.03.2015", DAY),
        ("dmy", "1.3.2015", DAY),
        ("dmy", "1.3.2015 00:00", DAY),
        ("dmy", "31.02.2015", None),
        ("dmy", "01.03.15", None),
        ("dmy", "2015-03-01", None),
        ("offset", "41197", DAY),
        ("offset", "41197,0", DAY),
        ("offset", "-1", date(1902, 5, 15)),
        ("offset", "41197,5", None),
        ("offset", "41 197", None),
        ("offset", "2015-03-01", None),
        ("offset", "900000000000", None),
        ("year_month", "201503", DAY),
        ("year_month", "2015-03", DAY),
        ("year_month", "201513", None),
        ("year_month", "2015", None),
        ("year", "2015", date(2015, 1, 1)),
        ("year", "15", None),
        ("decimal_year", "1970", date(1970, 1, 1)),
        ("decimal_year", "1969,9", date(1969, 11, 25)),  # -0.1 * 365.25 = -36.525, rounded to -37
        ("decimal_year", "2009,99726214921", date(2009, 12, 31)),
        ("decimal_year", "nan", None),
        ("decimal_year", "12", None),
    ],
)
def test_dates(way: str, text: str, day: date | None) -> None:
    assert read(convert.day(Sql("x"), convert.parse(Sql("x"), ","), way, REFERENCE), text) == day


@pytest.mark.parametrize(
    ("decimal", "text", "number"),
    [
        (",", "1,5", 1.5),
        (",", "-0,25", -0.25),
        (",", "12", 12.0),
        (",", "1.5", None),  # a decimal or a thousand? nobody knows
        (",", "1.234,5", None),
        (",", "1,2,3", None),
        (".", "1.5", 1.5),
        (".", "1,5", None),
        (".", "1e3", 1000.0),
        (".", "1_000", None),
        (".", "inf", None),
        (".", "NaN", None),
        (".", "0x1F", None),
        (".", "abc", None),
    ],
)
def test_numbers(decimal: str, text: str, number: float | None) -> None:
    assert read(convert.number(convert.parse(Sql("x"), decimal)), text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("12,0", 12),
        ("12,5", None),
        ("-3", -3),
        ("1e15", 10**15),
        ("99999999999999999999", None),
        ("x", None),
    ],
)
def test_whole_numbers(text: str, number: int | None) -> None:
    assert read(convert.whole(convert.parse(Sql("x"), ",")), text) == number


@pytest.mark.parametrize(
    ("text", "truth"),
    [("1", True), ("Ja", True), ("TRUE", True), ("0", False), ("2", False), ("nei", False), ("3", None), ("", None)],
)
def test_yes_and_no(text: str, truth: bool | None) -> None:
    assert read(convert.truth(Sql("x")), text) is truth


def category(*sources: tuple[str, ...]) -> Column:
    label = Label("x", "x")
    levels = tuple(Level(f"level_{n}", label, source) for n, source in enumerate(sources))
    return Column(name="x", kind=Kind.CATEGORY, label=label, levels=levels)


@pytest.mark.parametrize(
    ("sources", "text", "level"),
    [
        ((("1",), ("2", "K")), "2", "level_1"),
        ((("1",), ("2", "K")), "k", "level_1"),
        ((("1",), ("2",)), "01", "level_0"),  # zeros that a program added
        ((("010",), ("100",)), "10", "level_0"),  # or took away
        ((("10",), ("010",)), "010", "level_1"),  # but a value that is named is what it says
        ((("1",), ("2",)), "3", None),
        ((("1",), ("2",)), None, None),
        (((), ()), "level_1", "level_1"),  # a level without values is delivered under its own name
        ((("it's",),), "IT'S", "level_0"),
    ],
)
def test_categories(sources: tuple[tuple[str, ...], ...], text: str | None, level: str | None) -> None:
    assert read(convert.level(Sql("x"), category(*sources)), text) == level


def coded(name: str, **delivery: Any) -> Column:
    return Column(name="x", kind=Kind.CODE, label=Label("x", "x"), system=name, delivery=delivery)


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("ICD-10", "i21.9", "I219"),
        ("ICD-10", " I 21 9 ", "I219"),
        ("ICD-10", "G63.2*", "G632"),
        ("ICD-10", "E10.4†", "E104"),
        ("ICD-10", ".", None),
        ("ICD-10", "\tI21\u00a0.9", "I219"),
        ("ATC", "n02be01", "N02BE01"),
        ("municipality", "301", "0301"),
        ("municipality", "4601", "4601"),
        ("ICPC-2", "-31", "-31"),
    ],
)
def test_codes(name: str, text: str, code: str | None) -> None:
    assert read(convert.code(Sql("x"), coded(name)), text) == code


@pytest.mark.parametrize("name", SYSTEM_NAMES)
@pytest.mark.parametrize("text", ["i21.9", "301", "5", "00", "0103", " k 75", "8140/3", "n02b e01", "-31", "FNG05"])
def test_codes_are_normalised_as_the_code_system_says(name: str, text: str) -> None:
    assert read(convert.code(Sql("x"), coded(name)), text) == system(name).normalise(text)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("  a b ", Kind.TEXT, "a b"),
        ("", Kind.TEXT, None),
        ("NA", Kind.TEXT, "NA"),  # a country or a name may be called so
        ("NA", Kind.INT, None),
        (".", Kind.FLOAT, None),
        ("nan", Kind.DATE, None),
        (".", Kind.CATEGORY, None),
    ],
)
def test_what_says_that_there_is_no_value(text: str, kind: Kind, value: str | None) -> None:
    assert read(convert.text(convert.trimmed(Sql("x")), kind), text) == value


def test_a_suffix_is_cut_from_long_codes_alone() -> None:
    column = coded("ICPC-2", cut_suffix={"longer_than": 6, "drop": 4})
    assert [read(convert.code(Sql("x"), column), text) for text in ("K750012", "K75.0012", "K75", "K75.01")] == [
        "K75", "K75", "K75", "K7501",
    ]  # fmt: skip
