"""A world of made-up people obeys the laws that real registries obey; and any N is a whole country."""

import numpy as np
import pytest

from helseanalyse.synthetic import life, world
from helseanalyse.synthetic.calendar import NEVER, START, STOP, YEAR_DAYS, day
from helseanalyse.synthetic.demography import expected
from helseanalyse.synthetic.disease import SECOND, boost
from helseanalyse.synthetic.figures import PYRAMID_2020
from helseanalyse.synthetic.people import Layout
from helseanalyse.synthetic.world import SyntheticError, World


@pytest.fixture(scope="module")
def made() -> World:
    return World(20_000, seed=11)


def everything(made: World) -> list[life.Lives]:
    return [made.lives(batch) for batch in range(made.batches)]


# ---------------------------------------------------------------- determinism
def test_a_person_is_the_same_whatever_the_batch():
    layout = Layout(5_000)
    together = life.lives(layout, 1, np.arange(1, 2_001))
    alone = life.lives(layout, 1, np.array([1_234]))
    for name, days in together.course.since.items():
        assert days[1_233] == alone.course.since[name][0], name
    assert together.died[1_233] == alone.died[0]
    assert together.people.born[1_233] == alone.people.born[0]


def test_another_batch_size_or_more_threads_give_the_same_families(monkeypatch):
    society = World(3_000, seed=4).society
    monkeypatch.setattr(world, "BATCH", 700)
    again = World(3_000, seed=4).society
    for name in ("mother", "father", "partner", "together"):
        assert (getattr(society.families, name) == getattr(again.families, name)).all(), name
    assert (society.homes.home == again.homes.home).all()


def test_another_seed_is_another_norway():
    one, other = World(1_000, seed=1).lives(0), World(1_000, seed=2).lives(0)
    assert (one.people.born != other.people.born).mean() > 0.9


@pytest.mark.parametrize("persons", [-1, 0, 99])
def test_too_few_persons_are_refused(persons):
    with pytest.raises(SyntheticError, match="at least 100 persons"):
        World(persons)


# ---------------------------------------------------------------- laws of life
def test_nobody_dies_before_birth_or_before_being_here(made):
    for lives in everything(made):
        dead = lives.died < NEVER
        assert (lives.died[dead] >= lives.people.born[dead]).all()
        assert (lives.died[dead] >= np.maximum(lives.people.arrived, START)[dead]).all()
        assert (lives.died[dead] < STOP).all()


def test_residence_spells_are_in_order(made):
    for lives in everything(made):
        who = lives.people
        assert (who.arrived >= who.born).all()
        assert (who.left > who.arrived).all()
        back = who.back < NEVER
        assert (who.back[back] > who.left[back]).all()
        assert (who.left_again[back] > who.back[back]).all()
        assert ((lives.died == NEVER) | (lives.died < who.left) | (lives.died >= who.back)).all()


def test_whom_an_infarction_kills_dies_of_it_or_of_something_earlier(made):
    for lives in everything(made):
        for attack in (*lives.infarctions, *lives.strokes):
            killed = (attack.kills_on < STOP) & lives.resident(np.arange(len(lives.died)), attack.kills_on)
            assert (lives.died[killed] <= attack.kills_on[killed]).all()


def test_drugs_for_diabetes_come_in_their_order(made):
    for lives in everything(made):
        since, second = lives.course.since, lives.course.second
        has = since["second"] < NEVER
        assert (since["metformin"][has] <= since["second"][has]).all()
        assert (since["type_2"][has] <= since["metformin"][has]).all()
        assert ((second == 0) == ~has).all()
        sglt2 = has & (second == SECOND.index("sglt2"))
        assert since["second"][sglt2].min() >= day("2013-01-01")  # there was none before


# ---------------------------------------------------------------- families
def test_mothers_and_fathers_fit_their_children(made):
    society = made.society
    all_, family = society.everyone, society.families
    children = np.flatnonzero(family.mother > 0)
    mothers = family.mother[children]
    assert (all_.sex[mothers] == 0).all()
    age = (all_.born[children] - all_.born[mothers]) / YEAR_DAYS
    assert age.min() > 15.9
    assert age.max() < 50
    fathers = family.father[children]
    known = fathers > 0
    assert (all_.sex[fathers[known]] == 1).all()
    assert ((all_.born[children] - all_.born[fathers])[known] / YEAR_DAYS).min() > 15.9
    # Nobody gives birth dead or abroad.
    here = ~all_.abroad[children] & (all_.born[children] >= START)
    assert all_.there(mothers[here], all_.born[children][here]).all()


def test_births_of_one_mother_are_nine_months_apart_or_twins(made):
    society = made.society
    same = society.mothers[1:] == society.mothers[:-1]
    gap = np.diff(society.everyone.born[society.children])[same]
    assert ((gap == 0) | (gap >= 270)).all()


def test_couples_are_mutual_and_of_fitting_age(made):
    family, all_ = made.society.families, made.society.everyone
    paired = np.flatnonzero(family.partner > 0)
    assert (family.partner[family.partner[paired]] == paired).all()
    assert (all_.sex[paired] != all_.sex[family.partner[paired]]).all()
    assert (family.together[paired] < family.apart[paired]).all()
    difference = (all_.born[paired] - all_.born[family.partner[paired]]) / YEAR_DAYS
    assert np.median(np.abs(difference)) < 4


# ---------------------------------------------------------------- any N is a country
@pytest.mark.parametrize("persons", [100, 333, 1_000, 20_000])
def test_any_number_of_persons_has_the_age_pyramid(persons):
    made = World(persons, seed=5)
    on = day("2020-01-01")
    ages = []
    for lives in everything(made):
        here = lives.resident(np.arange(len(lives.died)), np.full(len(lives.died), on))
        ages.append((on - lives.people.born[here]) / YEAR_DAYS)
    age = np.concatenate(ages)
    allowed = 4 / np.sqrt(persons)
    assert len(age) / persons == pytest.approx(1.0, abs=0.02 + 2 / np.sqrt(persons))
    published = sum(PYRAMID_2020.values())
    for low, high in ((0, 20), (20, 40), (40, 60), (60, 80)):
        share = published[low // 5 : high // 5].sum() / published.sum()
        assert ((age >= low) & (age < high)).mean() == pytest.approx(share, abs=0.01 + allowed * 0.5)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_thousand_persons_are_enough_for_common_questions(seed):
    made = World(1_000, seed=seed)
    lives = made.lives(0)
    everyone = np.arange(len(lives.died))
    since, second = lives.course.since, lives.course.second
    for drug in ("sglt2", "dpp4"):
        starts = (second == SECOND.index(drug)) & (since["second"] >= day("2015-01-01"))
        starts &= lives.resident(everyone, since["second"])
        starts &= (since["second"] - lives.people.born) / YEAR_DAYS >= 40
        failed = (
            starts
            & (since["heart_failure"] > since["second"])
            & (since["heart_failure"] < np.minimum(lives.died, STOP))
        )
        assert starts.sum() >= 8, drug
        assert failed.sum() >= 1, drug
        assert (starts & ~failed).sum() >= 5, drug
    on = lives.infarctions[0].on
    years = np.histogram(on[lives.resident(everyone, on)], bins=START + 365.25 * np.arange(18))[0]
    assert (years > 0).sum() >= 14


def test_only_small_worlds_have_more_of_the_rare():
    assert boost(20_000) == boost(5_367_580) == 1.0
    assert 1.0 < boost(10_000) < boost(1_000) <= 4.0


def test_the_projection_reaches_the_published_pyramid():
    reached = expected().residents[12]
    for sex, name in enumerate(("female", "male")):
        bands = np.append(reached[sex, :90].reshape(18, 5).sum(axis=1), reached[sex, 90:].sum())
        # Children below 12 come from the published births, everyone else was fitted.
        assert bands[3:] == pytest.approx(PYRAMID_2020[name][3:], rel=0.002)
        assert bands[:3] == pytest.approx(PYRAMID_2020[name][:3], rel=0.04)
