"""Chance without state: known values, and no pattern that a test can see."""

import numpy as np
import pytest
from scipy import stats

from helseanalyse.synthetic.draw import Draw, base, mixed, part, unit, words

N = 200_000


def test_the_mixing_function_is_that_of_splitmix64():
    # SplitMix64 with seed 0 gives these three numbers (the sequence 0 + i * golden ratio, mixed).
    steps = np.arange(1, 4, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    expected = [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]
    assert [int(word) for word in mixed(steps)] == expected


@pytest.mark.parametrize("purpose", ["death.base", "lmr.courses", "x"])
def test_draws_are_uniform(purpose):
    draw = Draw(7, np.arange(1, N + 1))
    assert stats.kstest(draw.uniform(purpose), "uniform").pvalue > 1e-4


@pytest.mark.parametrize("which", range(4))
def test_each_sixteen_bits_are_uniform(which):
    counts = np.bincount(part(Draw(7, np.arange(N)).words("bits"), which) >> 8, minlength=256)
    assert stats.chisquare(counts).pvalue > 1e-4


@pytest.mark.parametrize(
    "other",
    [
        lambda d: d.uniform("b"),  # another purpose
        lambda d: d.uniform("a", 1),  # the next draw of the same purpose
        lambda d: Draw(2, d.persons).uniform("a"),  # another seed
        lambda d: Draw(1, d.persons + 1).uniform("a"),  # the next person
    ],
)
def test_draws_of_another_purpose_counter_seed_or_person_are_unrelated(other):
    draw = Draw(1, np.arange(1, N + 1))
    assert abs(np.corrcoef(draw.uniform("a"), other(draw))[0, 1]) < 4 / np.sqrt(N)


def test_a_draw_depends_on_the_person_and_not_on_the_company():
    everyone, one = np.arange(1, 1001), np.array([400])
    assert Draw(3, everyone).normal("x")[399] == Draw(3, one).normal("x")[0]
    assert words(base(3, "x", everyone), 5)[399] == words(base(3, "x", one), 5)[0]


def test_units_are_never_zero_or_one():
    ends = unit(np.array([0, 2**64 - 1], dtype=np.uint64))
    assert ends.min() > 0.0
    assert ends.max() < 1.0


def test_pick_follows_its_weights():
    found = np.bincount(Draw(1, np.arange(N)).pick("p", [1, 0, 2, 5]), minlength=4) / N
    assert found == pytest.approx([0.125, 0.0, 0.25, 0.625], abs=0.006)
    assert found[1] == 0.0
