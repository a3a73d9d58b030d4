"""The risk table against counting every person on every day."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.methods.spells import persons, rows, table_of

from helseanalyse.methods.checks import MethodError
from helseanalyse.methods.risk_table import (
    RiskTable,
    risk_table_from_days,
    risk_table_from_flows,
)


@given(rows)
def test_against_counting_persons_day_by_day(spells):
    table, people = table_of(spells), persons(spells)
    assert table.days.tolist() == sorted({e + 1 for _, e, _, _ in people} | {x for _, _, x, _ in people})
    for g in range(2):
        for i, t in enumerate(table.days.tolist()):
            mine = [p for p in people if p[0] == g]
            assert table.at_risk[g, i] == sum(e < t <= x for _, e, x, _ in mine)
            assert table.events[g, i].tolist() == [sum(x == t and c == k for _, _, x, c in mine) for k in (1, 2)]
            assert table.censored[g, i] == sum(x == t and c == 0 for _, _, x, c in mine)
            assert table.entered[g, i] == sum(e + 1 == t for _, e, _, _ in mine)


@given(rows, st.lists(st.integers(0, 30), max_size=6))
def test_numbers_at_risk_on_any_day(spells, days):
    found = table_of(spells).at_risk_on(np.array(days, dtype=int))
    expected = [
        [sum(g == group and e < max(t, 1) <= x for g, e, x, _ in persons(spells)) for t in days] for group in range(2)
    ]
    assert found.tolist() == expected


@given(rows, st.integers(0, 15), st.lists(st.integers(0, 30), max_size=6))
def test_a_later_start_leaves_the_later_counts_as_they_are(spells, start, days):
    whole = table_of(spells)
    later = whole.since(start)
    asked = np.array([start + 1, *(start + d for d in days)])
    assert later.start == start
    assert later.at_risk_on(asked).tolist() == whole.at_risk_on(np.maximum(asked, start + 1)).tolist()
    assert later.events.sum() == whole.events[:, whole.days > start].sum()


@given(rows)
def test_pooling_is_counting_all_as_one_group(spells):
    pooled = table_of(spells).pooled("all")
    alone = table_of([(0, *rest) for _, *rest in spells], groups=["all"])
    assert pooled.groups == ("all",)
    for name in ("days", "at_risk", "events", "censored"):
        assert getattr(pooled, name).tolist() == getattr(alone, name).tolist()


@given(rows, st.randoms(use_true_random=False))
def test_neither_row_order_nor_splitting_of_counts_matters(spells, random):
    pieces = [(g, e, length, c, part) for g, e, length, c, n in spells for part in (n // 2, n - n // 2)]
    random.shuffle(pieces)
    one, two = table_of(spells), table_of(pieces)
    for name in ("days", "at_risk", "events", "censored"):
        assert getattr(one, name).tolist() == getattr(two, name).tolist()


@given(rows)
def test_counts_on_event_days_alone_keep_events_and_numbers_at_risk(spells):
    whole = table_of(spells)
    busy = whole.events.sum(axis=(0, 2)) > 0
    table = risk_table_from_days(
        whole.days[busy], whole.at_risk[:, busy], whole.events[:, busy], groups="AB", causes=["MI", "death"]
    )
    assert table.at_risk_on(whole.days[busy]).tolist() == whole.at_risk[:, busy].tolist()


GOOD = {
    "groups": ("a",), "causes": ("x",), "days": [1, 2], "at_risk": [[3, 2]], "events": [[[1], [0]]],
    "censored": [[0, 2]],
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"days": [2, 1]}, "must increase"),
        ({"days": [0, 1]}, "all lie after its start"),
        ({"groups": ()}, "at least one group"),
        ({"events": [[[1, 0], [0, 0]]]}, "differ in shape"),
        ({"events": [[[4], [0]]]}, "More persons leave"),
        ({"censored": [[0, 3]]}, "More persons leave"),
        ({"censored": [[-1, 2]]}, "More persons leave"),
        ({"at_risk": [[3, 1]], "censored": [[0, 1]]}, "Persons vanish"),
        ({"at_risk": [[3.0, 2.0]]}, "at_risk must be whole numbers"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(change, message):
    with pytest.raises(MethodError, match=message):
        RiskTable(**(GOOD | change))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: table_of([(0, 3, 0, 0, 1)]), "leaves on or before entry"),
        (lambda: table_of([(2, 0, 1, 0, 1)]), "numbered beyond the last of A, B"),
        (lambda: table_of([(0, 0, 1, 3, 1)]), "beyond the last of censored, MI, death"),
        (lambda: table_of([(0, 0, 1, 0, -1)]), "n holds numbers below 0"),
        (lambda: table_of([(0, 0, 1, 0, 1)]).since(-1), "cannot start on -1"),
        (
            lambda: risk_table_from_flows(
                entries=([0], [0], [2]), exits=([0], [3], [1], [1]), groups=["a"], causes=["x"]
            ),
            "Not as many leave a group as enter",
        ),
        (
            lambda: risk_table_from_flows(
                entries=([0], [5], [1]), exits=([0], [3], [1], [1]), groups=["a"], causes=["x"]
            ),
            "More persons leave on some day",
        ),
        (
            lambda: risk_table_from_flows(
                entries=([0], [0], [1]), exits=([0], [0], [1], [1]), groups=["a"], causes=["x"]
            ),
            "leaves on day 0",
        ),
        (
            lambda: risk_table_from_days([1], [[2]], [[[1], [0]]], groups=["a"], causes=["x"]),
            "groups x days x causes",
        ),
    ],
)
def test_counts_that_cannot_be_are_refused(call, message):
    with pytest.raises(MethodError, match=message):
        call()


def test_the_table_shows_no_count():
    assert repr(RiskTable(**GOOD)) == "RiskTable(groups=1, causes=1, days=2)"
