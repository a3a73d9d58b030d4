"""Municipalities in time: counts that everyone knows, and laws of what becomes of each."""

from __future__ import annotations

from datetime import date

import pytest

from helseanalyse.catalogue.codes import CodeError, system
from helseanalyse.catalogue.codes.municipality import at, counties, municipalities

# Statistics Norway: municipalities and counties on 1 January.
COUNTS = [
    (1988, 448, 19),
    (1992, 439, 19),
    (1994, 435, 19),
    (2002, 434, 19),
    (2005, 433, 19),
    (2006, 431, 19),
    (2008, 430, 19),
    (2012, 429, 19),
    (2013, 428, 19),
    (2017, 426, 19),
    (2018, 422, 18),
    (2019, 422, 18),
    (2020, 356, 11),
    (2023, 356, 11),
    (2024, 357, 15),
]
CHANGES = [1992, 1994, 2002, 2005, 2006, 2008, 2012, 2013, 2017, 2018, 2019, 2020, 2024]


@pytest.mark.parametrize(("year", "places", "regions"), COUNTS)
def test_so_many_there_were(year, places, regions):
    day = date(year, 1, 1)
    assert len(municipalities(day)) == places
    assert len(counties(day)) == regions


# Municipalities of a county on 1 January 2024.
PER_COUNTY = {
    "03": 1, "11": 23, "15": 27, "18": 41, "31": 12, "32": 21, "33": 18, "34": 46, "39": 6, "40": 17,
    "42": 25, "46": 43, "50": 38, "55": 21, "56": 18,
}  # fmt: skip


def test_so_many_in_each_county_in_2024():
    codes = [one.code[:2] for one in municipalities(date(2024, 1, 1))]
    assert {county: codes.count(county) for county in set(codes)} == PER_COUNTY


# day, number then, day asked for, numbers now
PATHS = [
    (2017, "0104", 2024, ("3103",)),  # Moss
    (2017, "0136", 2024, ("3103",)),  # Rygge -> Moss
    (2017, "0121", 2024, ("3226",)),  # Rømskog -> Aurskog-Høland, out of Østfold
    (2017, "0301", 2024, ("0301",)),  # Oslo never changed
    (2017, "0532", 2024, ("3236",)),  # Jevnaker, from Oppland by Viken to Akershus
    (2017, "0616", 2024, ("3322",)),  # Nes in Buskerud -> Nesbyen
    (2017, "0236", 2024, ("3228",)),  # Nes in Akershus
    (2017, "0137", 2024, ("3114",)),  # Våler in Østfold
    (2017, "0426", 2024, ("3419",)),  # Våler in Hedmark
    (2016, "0719", 2024, ("3907",)),  # Andebu -> Sandefjord
    (2017, "0722", 2024, ("3911",)),  # Nøtterøy -> Færder
    (2017, "1001", 2024, ("4204",)),
    (2017, "1444", 2024, ("1577",)),  # Hornindal -> Volda, over a county border
    (2017, "1567", 2024, ("5061",)),  # Rindal -> Trøndelag in 2019
    (2017, "1624", 2024, ("5054",)),  # Rissa -> Indre Fosen
    (2017, "1601", 2024, ("5001",)),
    (2017, "1852", 2024, ("5512",)),  # Tjeldsund, from Nordland to Troms
    (2017, "1902", 2024, ("5501",)),
    (2017, "2030", 2024, ("5605",)),
    (2017, "1534", 2020, ("1507",)),  # Haram joined Ålesund
    (2017, "1534", 2024, ("1580",)),  # and left it
    (2017, "1504", 2024, ("1508",)),
    (2021, "1507", 2024, ("1508", "1580")),
    (2019, "5012", 2020, ("5059", "5055", "5056")),  # Snillfjord was parted in three
    (2019, "1850", 2024, ("1806", "1875")),  # Tysfjord in two
    (2017, "1439", 2024, ("4602", "4649")),  # Vågsøy: Bryggja went to Stad
    (1988, "0114", 2024, ("3105",)),  # Varteig -> Sarpsborg
    (1988, "1214", 2024, ("1160",)),  # Ølen, from Hordaland, -> Vindafjord
    (2004, "1842", 2024, ("1804",)),  # Skjerstad -> Bodø
    (2000, "0716", 2024, ("3905",)),  # Våle -> Re -> Tønsberg
    (2000, "0718", 2024, ("3905",)),  # Ramnes -> Re -> Tønsberg
]


@pytest.mark.parametrize(("year", "code", "then", "now"), PATHS)
def test_what_became_of_it(year, code, then, now):
    assert tuple(found for found, _ in at(code, date(year, 6, 1), date(then, 6, 1))) == now


@pytest.mark.parametrize("year", [1988, 1995, 2010, 2017, 2018, 2020, 2023])
def test_every_municipality_has_an_heir_in_2024_and_every_one_of_2024_is_an_heir(year):
    day, then = date(year, 1, 1), date(2024, 1, 1)
    heirs = set()
    for one in municipalities(day):
        found = at(one.code, day, then)
        shares = [share for _, share in found]
        assert found
        assert None in shares or sum(share or 0 for share in shares) == pytest.approx(1)
        heirs.update(code for code, _ in found)
    assert heirs == {one.code for one in municipalities(then)}


@pytest.mark.parametrize("year", CHANGES)
def test_a_change_happens_on_new_years_day_and_only_moves_whole_numbers(year):
    before, after = date(year - 1, 12, 31), date(year, 1, 1)
    there = {one.code for one in municipalities(after)}
    for one in municipalities(before):
        assert {code for code, _ in at(one.code, before, after)} <= there


def test_a_day_is_mapped_on_itself():
    day = date(2021, 3, 4)
    assert all(at(one.code, day, day) == ((one.code, 1.0),) for one in municipalities(day))


def test_going_by_a_day_between_is_going_straight_where_nothing_was_parted():
    first, between, last = date(2010, 1, 1), date(2019, 1, 1), date(2024, 1, 1)
    for one in municipalities(first):
        straight = dict(at(one.code, first, last))
        stepwise = {code for mid, _ in at(one.code, first, between) for code, _ in at(mid, between, last)}
        assert set(straight) == stepwise


def test_each_municipality_lies_in_a_county_of_its_day():
    for year, _, _ in COUNTS:
        day = date(year, 1, 1)
        known = system("municipality")
        for one in municipalities(day):
            assert known.valid(one.code[:2], day)
            assert known.label(one.code, on=day) == one.name


def test_what_cannot_be_answered_is_told():
    with pytest.raises(CodeError, match="begins on 1988-01-01"):
        municipalities(date(1970, 1, 1))
    with pytest.raises(CodeError, match="3024 was no municipality on 2010-01-01"):
        at("3024", date(2010, 1, 1), date(2024, 1, 1))
    with pytest.raises(CodeError, match="cannot be told apart"):
        at("3118", date(2024, 1, 1), date(2017, 1, 1))
