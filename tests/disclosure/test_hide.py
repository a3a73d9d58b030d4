"""Which counts are hidden, as tables that a statistician can read and dispute."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helseanalyse.disclosure.hide import everyone_alike, hide_small, hide_steps, small

LEAST = 5


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ([40, 57], [0, 0]),  # nothing small: nothing hidden
        ([0, 57], [0, 0]),  # nobody is nobody: 0 is shown
        ([3, 40, 57], [1, 1, 0]),  # 3 alone could be had from the total, so 40 goes too
        ([1, 1, 57], [1, 1, 1]),  # two hidden counts that sum to 2 must both be 1
        ([4, 4, 57], [1, 1, 0]),  # together 8: each could be 1 to 7
        ([1, 2, 57, 90], [1, 1, 1, 0]),  # together 3: each is at most 2
        ([3], [1]),  # the total itself is small
        ([3, 0, 0], [1, 1, 1]),  # nothing to hide behind: the zeros go too
        ([3, 1, 0], [1, 1, 1]),  # together 4, and no other
        ([5, 5, 4], [1, 0, 1]),  # equal counts: the first of them
    ],
)
def test_hidden_counts_cannot_be_had_from_the_total(counts: list[int], hidden: list[int]) -> None:
    assert hide_small(counts, LEAST) == [bool(h) for h in hidden]


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [([3, 40], [1, 0]), ([0, 4, 5], [0, 1, 0])],
)
def test_without_a_total_only_small_counts_are_hidden(counts: list[int], hidden: list[int]) -> None:
    assert hide_small(counts, LEAST, total_known=False) == [bool(h) for h in hidden]


counts_of_a_table = st.lists(st.integers(0, 12), min_size=1, max_size=5)


@given(counts_of_a_table)
def test_no_small_count_is_shown(counts: list[int]) -> None:
    for count, hide in zip(counts, hide_small(counts, LEAST), strict=True):
        assert hide or not small(count, LEAST)


@given(counts_of_a_table)
def test_no_hidden_count_is_known_exactly_by_whoever_knows_the_total(counts: list[int]) -> None:
    """Every table that shows the same and has the same total is tried: each hidden count must be able to differ."""
    hidden = hide_small(counts, LEAST)
    places = [i for i, hide in enumerate(hidden) if hide]
    together = sum(counts[i] for i in places)
    if not places or together < LEAST:
        return  # the total itself is small, and would not be shown
    values = {i: set() for i in places}
    for guess in product(range(together + 1), repeat=len(places) - 1):
        rest = together - sum(guess)
        if rest >= 0:
            for i, value in zip(places, (*guess, rest), strict=True):
                values[i].add(value)
    for i in places:
        assert len(values[i]) > 1
        assert max(values[i]) >= LEAST


@pytest.mark.parametrize(
    ("persons", "hidden"),
    [
        ([1000, 800, 300], [0, 0, 0]),
        ([1000, 800, 798, 300], [0, 1, 0, 0]),  # 2 left: one of the two counts goes
        ([1000, 998], [1, 0]),  # the study's population is kept, since other tables give it
        ([1000, 800, 300, 3], [0, 0, 0, 1]),
        ([1000, 1000, 0], [0, 0, 0]),  # nobody left out, and nobody left
        ([1000, 997, 995, 500], [0, 1, 0, 0]),  # 997 would differ from 995 by 2, and 1000 does by 5
    ],
)
def test_a_flow_never_shows_that_a_few_persons_left(persons: list[int], hidden: list[int]) -> None:
    assert hide_steps(persons, LEAST) == [bool(h) for h in hidden]


falling = st.lists(st.integers(0, 30), min_size=1, max_size=8).map(lambda n: [sum(n[i:]) for i in range(len(n))])


@given(falling)
def test_shown_steps_never_differ_by_a_few(persons: list[int]) -> None:
    shown = [n for n, hide in zip(persons, hide_steps(persons, LEAST), strict=True) if not hide]
    assert not any(small(n, LEAST) for n in shown)
    assert not any(small(a - b, LEAST) for i, a in enumerate(shown) for b in shown[i + 1 :])


@pytest.mark.parametrize(
    ("counts", "harmless", "alike"),
    [
        ([0, 12], [True, False], True),  # everyone has it
        ([12, 0], [True, False], False),  # nobody has it
        ([1, 11], [True, False], False),
        ([0, 0], [True, False], False),  # an empty group tells nothing
    ],
)
def test_a_group_in_which_all_share_a_health_value(counts: list[int], harmless: list[bool], alike: bool) -> None:
    assert everyone_alike(counts, harmless) is alike
