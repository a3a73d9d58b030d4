"""The Lexis ledger against counting day by day, on the dates that calendars get wrong."""

from collections import Counter
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helseanalyse.methods.checks import MethodError
from helseanalyse.methods.lexis import Ledger, lexis_cells, year_ends
from helseanalyse.methods.segments import attained_age, attained_ages, ledger_from_segments

ONE = timedelta(days=1)
EDGES = [
    date(1900, 1, 1), date(1900, 2, 28), date(1900, 3, 1), date(1900, 12, 31), date(1904, 2, 29),
    date(1972, 2, 29), date(1972, 3, 1), date(1971, 2, 28), date(1971, 3, 1), date(1999, 12, 31),
    date(2000, 1, 1), date(2000, 2, 29), date(2000, 3, 1), date(2000, 12, 31), date(1970, 5, 20),
]  # fmt: skip


def day_by_day(segments):
    """Person-days by birth year, pattern, year and age, counted one day at a time."""
    cells = Counter()
    for birth, start, stop, pattern in segments:
        day = start
        while day < stop:
            cells[birth.year, pattern, day.year, attained_age(birth, day)] += 1
            day += ONE
    return dict(cells)


def by_ledger(segments):
    birth, start, stop, pattern = zip(*segments, strict=True)
    total = sum((b - a).days for a, b in zip(start, stop, strict=True))
    cells = lexis_cells(ledger_from_segments(birth, start, stop, pattern), person_days=total)
    keys = list(zip(*(c.tolist() for c in (cells.birth_year, cells.pattern, cells.year, cells.age)), strict=True))
    assert keys == sorted(set(keys)), "cells must stand once each, in total order"
    return dict(zip(keys, cells.days.tolist(), strict=True))


@pytest.mark.parametrize(
    ("birth", "start", "stop", "expected"),
    [
        (  # example A: born in a common year, after February
            "1970-05-20", "2010-03-15", "2012-08-01",
            {(2010, 39): 66, (2010, 40): 226, (2011, 40): 139,
             (2011, 41): 226, (2012, 41): 140, (2012, 42): 73},
        ),
        (  # example B: born on 29 February; the birthday is 1 March in 2011
            "1972-02-29", "2011-02-01", "2012-03-10",
            {(2011, 38): 28, (2011, 39): 306, (2012, 39): 59, (2012, 40): 10},
        ),
        ("1900-03-01", "1900-03-01", "1900-03-02", {(1900, 0): 1}),  # the day of birth itself
        ("1999-12-31", "2000-12-30", "2001-01-02", {(2000, 0): 1, (2000, 1): 1, (2001, 1): 1}),
        ("1896-02-29", "1900-02-28", "1900-03-02", {(1900, 3): 1, (1900, 4): 1}),  # 1900 is no leap year
        ("2000-01-01", "2023-12-31", "2024-01-01", {(2023, 23): 1}),  # stops on a birthday and a New Year
    ],
)  # fmt: skip
def test_worked_examples(birth, start, stop, expected):
    cells = lexis_cells(ledger_from_segments([birth], [start], [stop]))
    assert (
        dict(zip(zip(cells.year.tolist(), cells.age.tolist(), strict=True), cells.days.tolist(), strict=True))
        == expected
    )


def test_the_ledger_of_the_worked_example_has_the_published_numbers():
    ledger = ledger_from_segments(["1970-05-20"], ["2010-03-15"], ["2012-08-01"])
    rows = {name: getattr(ledger, name).tolist() for name in ("year", "n", "so", "sa", "u", "l")}
    assert rows == {
        "year": [2010, 2012], "n": [1, -1], "so": [139, -139], "sa": [1, -1], "u": [66, 0], "l": [226, -153],
    }  # fmt: skip


@pytest.mark.parametrize("birth", EDGES)
def test_against_counting_day_by_day_from_every_edge_of_the_calendar(birth):
    starts = [
        birth,
        *(day for day in EDGES if day > birth),
        date(2011, 2, 28),
        date(2012, 2, 29),
        date(2012, 12, 31),
    ]
    segments = [
        (birth, start, start + timedelta(days=length), 0)
        for start in starts
        for length in (1, 2, 59, 60, 61, 365, 366, 367, 1461)
    ]
    assert by_ledger(segments) == day_by_day(segments)


segment = st.tuples(
    st.one_of(st.sampled_from(EDGES), st.dates(date(1898, 1, 1), date(2008, 12, 31))),
    st.integers(0, 5000),
    st.integers(1, 1200),
    st.integers(0, 2),
).map(lambda s: (s[0], s[0] + timedelta(days=s[1]), s[0] + timedelta(days=s[1] + s[2]), s[3]))


@given(st.lists(segment, min_size=1, max_size=8))
@settings(max_examples=120, deadline=None)
def test_against_counting_day_by_day(segments):
    assert by_ledger(segments) == day_by_day(segments)


@given(st.lists(segment, min_size=1, max_size=8), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_splitting_segments_and_shuffling_rows_changes_nothing(segments, random):
    pieces = []
    for birth, start, stop, pattern in segments:
        cut = start + timedelta(days=random.randint(0, (stop - start).days))
        pieces += [(birth, a, b, pattern) for a, b in ((start, cut), (cut, stop)) if a < b]
    random.shuffle(pieces)
    assert by_ledger(pieces) == by_ledger(segments)


@given(st.lists(segment, min_size=2, max_size=8))
@settings(max_examples=60, deadline=None)
def test_ledgers_of_parts_add_up_to_the_ledger_of_the_whole(segments):
    parts = [ledger_from_segments(*zip(*part, strict=True)) for part in (segments[:1], segments[1:])]
    names = ("birth_year", "pattern", "year", "n", "so", "sa", "u", "l")
    both = Ledger(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})
    cells = lexis_cells(both)
    keys = zip(*(c.tolist() for c in (cells.birth_year, cells.pattern, cells.year, cells.age)), strict=True)
    assert dict(zip(keys, cells.days.tolist(), strict=True)) == by_ledger(segments)


@given(st.lists(segment, min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_a_shift_by_400_years_changes_only_the_years(segments):
    # The Gregorian calendar repeats itself after 400 years.
    def later(day):
        return day.replace(year=day.year + 400)

    moved = by_ledger([(later(b), later(a), later(z), p) for b, a, z, p in segments])
    assert moved == {(b + 400, p, y + 400, age): n for (b, p, y, age), n in by_ledger(segments).items()}


@given(st.lists(segment, min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_persons_at_risk_on_the_last_day_of_each_year(segments):
    ends = year_ends(ledger_from_segments(*zip(*segments, strict=True)))
    found = dict(
        zip(
            zip(
                ends.birth_year.tolist(),
                ends.pattern.tolist(),
                ends.year.tolist(),
                ends.age.tolist(),
                strict=True,
            ),
            ends.persons.tolist(),
            strict=True,
        )
    )
    expected = Counter()
    for birth, start, stop, pattern in segments:
        for year in range(start.year, stop.year + 1):
            if start <= date(year, 12, 31) < stop:
                expected[birth.year, pattern, year, attained_age(birth, date(year, 12, 31))] += 1
    assert found == dict(expected)


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        ("1984-02-29", "2023-02-28", 38), ("1984-02-29", "2023-03-01", 39), ("1984-02-29", "2024-02-28", 39),
        ("1984-02-29", "2024-02-29", 40), ("1900-03-01", "2000-02-29", 99), ("1900-02-28", "2000-02-28", 100),
        ("2020-06-11", "2020-06-11", 0), ("2020-06-11", "2020-06-10", -1),
    ],
)  # fmt: skip
def test_attained_age(birth, day, age):
    assert attained_age(date.fromisoformat(birth), date.fromisoformat(day)) == age
    assert attained_ages([birth], [day]).tolist() == [age]


@given(st.dates(date(1890, 1, 1), date(2010, 1, 1)), st.integers(0, 40_000))
def test_attained_age_of_columns_is_that_of_single_dates(birth, later):
    day = birth + timedelta(days=later)
    assert attained_ages([birth], [day]).tolist() == [attained_age(birth, day)]


GOOD = {
    "birth_year": [1970, 1970], "pattern": [0, 0], "year": [2010, 2012], "n": [1, -1],
    "so": [139, -139], "sa": [1, -1], "u": [66, 0], "l": [226, -153],
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n": [1.0, -1.0]}, "n must be whole numbers, but came as float64"),
        ({"n": [[1, -1]]}, "n must have 1 dimension"),
        ({"u": [66]}, "differ in length: .*u 1"),
        ({"year": [1960, 2012]}, "time before birth"),
        ({"year": [2010, 12_000]}, "years outside 1582-9999"),
        ({"pattern": [-1, 0]}, "negative pattern"),
        ({"n": [1, 0]}, "as many segments must stop as start"),
        ({"so": [139, -138]}, "as many segments must stop as start"),
        ({"n": [-1, 1], "sa": [-1, 1], "so": [-139, 139]}, "negative number of persons"),
        ({"sa": [2, -2]}, "negative number of persons"),
        ({"l": [226, -400]}, "negative time at risk"),
        ({"pattern": [0, 1]}, "as many segments must stop as start"),
        ({"birth_year": [2010, 2010]}, "time before birth"),
    ],
)
def test_a_ledger_that_contradicts_itself_is_refused(change, message):
    with pytest.raises(MethodError, match=message):
        lexis_cells(Ledger(**(GOOD | change)))


def test_another_total_of_person_days_is_refused():
    with pytest.raises(MethodError, match="same number of person-days"):
        lexis_cells(Ledger(**GOOD), person_days=871)


@pytest.mark.parametrize(
    ("birth", "start", "stop", "message"),
    [
        ("1970-05-20", "2010-01-01", "2010-01-01", "stops on or before its start"),
        ("2010-05-20", "2010-01-01", "2011-01-01", "starts before birth"),
        ("NaT", "2010-01-01", "2011-01-01", "birth holds missing dates"),
    ],
)
def test_segments_that_cannot_be_are_refused(birth, start, stop, message):
    with pytest.raises(MethodError, match=message):
        ledger_from_segments([birth], [start], [stop])


def test_no_rows_give_no_cells():
    empty = Ledger(**{name: [] for name in GOOD})
    assert lexis_cells(empty, person_days=0).person_days == 0
    assert len(year_ends(empty).persons) == 0


def test_values_show_no_cell_and_cannot_be_changed():
    ledger = Ledger(**GOOD)
    cells = lexis_cells(ledger)
    assert repr(ledger) == "Ledger(rows=2)"
    assert repr(cells) == "Cells(rows=6)"
    with pytest.raises(ValueError, match="read-only"):
        cells.days[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        ledger.n[0] = 7


def test_the_callers_own_arrays_stay_his_own():
    n = np.array([1, -1])
    Ledger(**(GOOD | {"n": n}))
    n[0] = 5  # still writable, and the ledger holds a copy
