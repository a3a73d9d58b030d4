"""Age bands, periods, and rolling cells up to them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helseanalyse.methods.bands import AgeBands, Periods, roll_up
from helseanalyse.methods.checks import MethodError


@pytest.mark.parametrize(
    ("bands", "labels"),
    [
        (AgeBands((0, 1, 5, 10)), ("0", "1-4", "5-9", "10+")),
        (AgeBands((40, 65), last=79), ("40-64", "65-79")),
        (AgeBands((18,)), ("18+",)),
        (AgeBands((18,), last=18), ("18",)),
        (AgeBands.every(10, first=40, open_from=80), ("40-49", "50-59", "60-69", "70-79", "80+")),
    ],
)
def test_labels(bands, labels):
    assert bands.labels == labels


edges = st.lists(st.integers(0, 110), min_size=1, max_size=8, unique=True).map(sorted)


@given(edges, st.one_of(st.none(), st.integers(0, 20)), st.lists(st.integers(-2, 130), max_size=30))
def test_each_age_falls_in_the_one_band_whose_label_names_it(lower, width_of_last, ages):
    bands = AgeBands(tuple(lower), None if width_of_last is None else lower[-1] + width_of_last)
    for age, band in zip(ages, bands.index(np.array(ages, dtype=int)).tolist(), strict=True):
        named = []
        for number, label in enumerate(bands.labels):
            first, _, last = label.partition("-")
            if label.endswith("+"):
                inside = age >= int(label[:-1])
            else:
                inside = int(first) <= age <= int(last or first)
            named += [number] * inside
        assert named == ([] if band == -1 else [band])


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(2005, 2015), st.integers(0, 100), st.integers(0, 10**12))))
def test_nothing_is_lost_in_a_roll_up(rows):
    pattern, year, age, value = (np.array(c, dtype=np.int64) for c in (zip(*rows, strict=True) if rows else ([],) * 4))
    bands, periods = AgeBands((30, 40), last=79), Periods((2007, 2010), last=2012)
    rolled = roll_up(value, pattern=pattern, year=year, age=age, patterns=3, periods=periods, bands=bands)
    assert rolled.inside.shape == (3, 2, 2)
    assert int(rolled.inside.sum()) + rolled.outside == sum(row[3] for row in rows)
    for p in range(3):
        expected = sum(n for q, y, a, n in rows if q == p and 2010 <= y <= 2012 and 30 <= a < 40)
        assert rolled.inside[p, 1, 0] == expected


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: AgeBands(()), "must begin at 0 or later and increase"),
        (lambda: AgeBands((0, 5, 5)), "increase, each edge once"),
        (lambda: AgeBands((-5, 5)), "must begin at 0"),
        (lambda: AgeBands((40, 50), last=45), "begins at 50, so it cannot end at 45"),
        (lambda: AgeBands.every(10, open_from=85), "do not reach 85 in whole steps"),
        (lambda: Periods((2010, 2015), last=2014), "begins in 2015, so it cannot end in 2014"),
        (lambda: Periods.single_years(2015, 2014), "must begin at 1 or later and increase"),
    ],
)
def test_bands_that_cannot_be_are_refused(make, message):
    with pytest.raises(MethodError, match=message):
        make()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"pattern": [2]}, "beyond the last, 1"),
        ({"pattern": [-1]}, "pattern holds numbers below 0"),
        ({"year": [2010, 2011]}, "differ in length"),
        ({"value": [1.5]}, "value must be whole numbers"),
        ({"patterns": 0}, "at least one pattern"),
    ],
)
def test_cells_that_do_not_fit_are_refused(change, message):
    good = {"value": [1], "pattern": [0], "year": [2010], "age": [40], "patterns": 2}
    given_ = good | change
    with pytest.raises(MethodError, match=message):
        roll_up(given_.pop("value"), **given_, periods=Periods((2010,), 2010), bands=AgeBands((0,)))
