"""Times from hazards: the generator's engine against formulas and against counting."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from helseanalyse.synthetic.calendar import NEVER, START, STOP, YEAR_DAYS
from helseanalyse.synthetic.draw import Draw
from helseanalyse.synthetic.hazard import AgeHazard, From, first_by_year, rates_of

N = 60_000
BORN = np.zeros(N, dtype=np.int32)
SEX = (np.arange(N) % 2).astype(np.int8)
NEED = Draw(3, np.arange(N)).exponential("need")


def flat(rate: float, trend: float = 0.0) -> AgeHazard:
    return AgeHazard(np.full((2, 110), rate), trend)


def test_a_constant_hazard_gives_exponential_times():
    years = flat(0.05).first(NEED, BORN, SEX, 0) / YEAR_DAYS
    # Everyone reaches age 121 here, so times are exponential up to there.
    assert stats.kstest(years[years < 110], stats.truncexpon(b=110 * 0.05, scale=20).cdf).pvalue > 1e-4


def test_women_and_men_have_their_own_rates():
    table = np.array([[0.01] * 110, [0.04] * 110])
    on = AgeHazard(table).first(NEED, BORN, SEX, 0)
    within = on < 20 * YEAR_DAYS
    assert within[SEX == 0].mean() == pytest.approx(1 - np.exp(-0.2), abs=0.008)
    assert within[SEX == 1].mean() == pytest.approx(1 - np.exp(-0.8), abs=0.008)


def test_nothing_happens_before_the_start_or_the_birth():
    begin = np.full(N, 9_000, dtype=np.int32)
    assert flat(0.2).first(NEED, BORN, SEX, begin).min() >= 9_000
    assert flat(0.2).first(NEED, BORN + 500, SEX, 0).min() >= 500


@pytest.mark.parametrize("ratio", [0.25, 0.7, 1.0, 3.0])
def test_a_cause_multiplies_the_hazard_from_its_day_on(ratio):
    """Rates per person-year before and after the cause begins, counted, are in the ratio of the hazards."""
    since = np.full(N, 3_653, dtype=np.int32)
    on = flat(0.02).first(NEED, BORN, SEX, 0, 1.0, (From(since, ratio),))
    end = np.minimum(on, 9_000)
    before, after = np.minimum(end, 3_653).sum(), np.maximum(end - 3_653, 0).sum()
    rates = (on < 3_653).sum() / before, ((on >= 3_653) & (on < 9_000)).sum() / after
    assert rates[1] / rates[0] == pytest.approx(ratio, rel=0.06)


def test_several_causes_multiply_each_other_in_any_order():
    first, second = np.full(N, 2_000, dtype=np.int32), np.full(N, 4_000, dtype=np.int32)
    causes = (From(second, 3.0), From(first, 0.5))
    on = flat(0.03).first(NEED, BORN, SEX, 0, 1.0, causes)
    edges = (0, 2_000, 4_000, 8_000)
    rates = []
    for low, high in pairwise(edges):
        time = (np.clip(on, low, high) - low).sum()
        rates.append(((on >= low) & (on < high)).sum() / time)
    assert rates[1] / rates[0] == pytest.approx(0.5, rel=0.08)
    assert rates[2] / rates[0] == pytest.approx(1.5, rel=0.08)


def test_a_cause_that_never_begins_changes_nothing():
    never = np.full(N, NEVER, dtype=np.int32)
    plain = flat(0.02).first(NEED, BORN, SEX, 0)
    assert (flat(0.02).first(NEED, BORN, SEX, 0, 1.0, (From(never, 9.0),)) == plain).all()


def test_a_calendar_trend_changes_the_rate_by_so_much_a_year():
    born = np.full(N, START - 14_000, dtype=np.int32)
    on = flat(0.01, trend=-0.05).first(NEED, born, SEX, START)
    middle = START + 6 * 365
    early = (on < middle).sum() / (np.minimum(on, middle) - START).sum()
    late = ((on >= middle) & (on < STOP)).sum() / (np.clip(on, middle, STOP) - middle).sum()
    years = ((STOP + middle) / 2 - (middle + START) / 2) / YEAR_DAYS
    assert (late / early) ** (1 / years) - 1 == pytest.approx(-0.05, abs=0.008)


def test_each_year_can_have_a_level_of_its_own():
    level = np.ones(17)
    level[4] = 3.0
    begin = np.full(N, START, dtype=np.int32)
    on = first_by_year(flat(0.03), level, NEED, BORN, SEX, np.ones(N), begin)
    by_year = np.histogram(on, bins=START + 365.25 * np.arange(18))[0]
    alive = N - np.concatenate([[0], np.cumsum(by_year)[:-1]])
    hazard = -np.log1p(-by_year / alive)
    assert hazard[4] == pytest.approx(0.09, rel=0.05)
    assert hazard[[0, 3, 5, 10]] == pytest.approx(0.03, rel=0.08)


def test_rates_rise_with_age_and_stop_below_the_least():
    rates = rates_of((100.0, 100.0), (80.0, 60.0), 2015, least=20)
    assert (rates[:, :20] == 0).all()
    assert (np.diff(rates[:, 20:90]) > 0).all()
