"""The effects that are written down are in the data: a simple analysis finds them, within its sampling error.

Each analysis is a Poisson regression of person-time (truth_tools), adjusted for the confounders that the
truth names. A ratio more than 3.3 standard errors off fails (one run in a thousand, and the seed is fixed);
so does an analysis too small to tell the truth from no effect.
"""

import numpy as np
import pytest
from tests.synthetic.truth_tools import poisson, ratio

from helseanalyse.synthetic import truth
from helseanalyse.synthetic.calendar import NEVER, START, STOP, YEAR_DAYS, day
from helseanalyse.synthetic.cancer import take
from helseanalyse.synthetic.disease import SECOND, known_diabetes
from helseanalyse.synthetic.mortality import begin_of
from helseanalyse.synthetic.world import World

FAR = 3.3  # standard errors


class Everyone:
    """The lives of all batches, end to end."""

    def __init__(self, made: World) -> None:
        batches = [made.lives(batch) for batch in range(made.batches)]
        self.sex = np.concatenate([lives.people.sex for lives in batches])
        self.born = np.concatenate([lives.people.born for lives in batches])
        self.begin = np.concatenate([begin_of(lives.people) for lives in batches])
        self.education = np.concatenate([lives.traits.education for lives in batches])
        self.smoker = np.concatenate([lives.traits.smoker for lives in batches])
        self.second = np.concatenate([lives.course.second for lives in batches])
        self.diabetes = np.concatenate([known_diabetes(lives.course) for lives in batches])
        names = ("second", "heart_failure", "kidney", "statin", "infarction", "hypertension")
        self.since = {name: np.concatenate([lives.course.since[name] for lives in batches]) for name in names}
        died = np.concatenate([lives.died for lives in batches])
        left = np.concatenate([lives.people.left for lives in batches])
        self.died = died
        self.end = np.minimum(np.minimum(np.where(died < NEVER, died, NEVER), left), STOP)

    def age_on(self, on):
        return (on - self.born) / YEAR_DAYS


@pytest.fixture(scope="module")
def many() -> Everyone:
    """A hundred thousand with ten times the rare diseases; no ratio depends on that."""
    return Everyone(World(100_000, seed=21, rare=10.0))


@pytest.fixture(scope="module")
def usual() -> Everyone:
    return Everyone(World(150_000, seed=22))


def agrees(found, error, expected, null=1.0):
    assert abs(np.log(found / expected)) < FAR * error, f"{found:.3f}, not {expected}; se {error:.3f}"
    assert abs(np.log(expected / null)) > 3.5 * error, "too few cases to tell the effect from none"


def test_sglt2_against_dpp4_protects_from_heart_failure(many):
    start, failure = many.since["second"], many.since["heart_failure"]
    drugs = [SECOND.index("sglt2"), SECOND.index("dpp4")]
    who = np.isin(many.second, drugs) & (start >= day("2013-01-01")) & (start < many.end) & (failure > start)
    pick = np.flatnonzero(who)
    found, error = ratio(
        start[pick], many.end[pick], failure[pick], many.second[pick] == drugs[0], many.born[pick],
        [many.sex[pick] == 1, many.education[pick] == 0, many.education[pick] == 1,
         many.since["kidney"][pick] < start[pick], many.since["infarction"][pick] < start[pick]],
    )  # fmt: skip
    agrees(found, error, truth.SGLT2_HEART_FAILURE)


def test_without_adjustment_the_comparison_is_confounded(many):
    """The crude ratio is too favourable, since the old and the sick get DPP-4 inhibitors."""
    start, failure = many.since["second"], many.since["heart_failure"]
    drugs = [SECOND.index("sglt2"), SECOND.index("dpp4")]
    who = np.isin(many.second, drugs) & (start >= day("2013-01-01")) & (start < many.end) & (failure > start)
    rates = []
    for drug in drugs:
        pick = who & (many.second == drug)
        end = np.minimum(many.end[pick], failure[pick])
        rates.append((failure[pick] < many.end[pick]).sum() / (end - start[pick]).sum())
    assert rates[0] / rates[1] < 0.8 * truth.SGLT2_HEART_FAILURE


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        ("statin", truth.STATIN_INFARCTION),
        ("diabetes", truth.DIABETES_INFARCTION),
        ("smoker", truth.SMOKING_INFARCTION),
    ],
)
def test_what_changes_the_hazard_of_a_first_infarction(many, cause, expected):
    first = many.since["infarction"]
    # A statin that the infarction itself brought does not count: it comes days later, after follow-up ended.
    grown = (many.age_on(many.end) >= 40) & (many.begin < many.end)
    pick = np.flatnonzero(grown)
    start = np.maximum(many.begin, (many.born + 40 * YEAR_DAYS).astype(np.int64))[pick]
    pick, start = pick[start < many.end[pick]], start[start < many.end[pick]]
    causes = {
        "statin": many.since["statin"][pick], "diabetes": many.diabetes[pick], "smoker": many.smoker[pick],
    }  # fmt: skip
    exposed = causes.pop(cause)
    covariates = [*causes.values(), many.sex[pick] == 1, many.education[pick] == 0, many.education[pick] == 1]
    found, error = ratio(start, many.end[pick], first[pick], exposed, many.born[pick], covariates)
    agrees(found, error, expected)


@pytest.mark.parametrize(("level", "name"), [(0, "compulsory"), (1, "secondary")])
def test_education_multiplies_the_hazard_of_death(usual, level, name):
    pick = np.flatnonzero((usual.begin < usual.end) & (usual.age_on(usual.end) > 35))
    start = np.maximum(usual.begin, (usual.born + 35 * YEAR_DAYS).astype(np.int64))[pick]
    pick, start = pick[start < usual.end[pick]], start[start < usual.end[pick]]
    mine = usual.education[pick]
    compared = (mine == level) | (mine >= 2)
    pick, start, mine = pick[compared], start[compared], mine[compared]
    found, error = ratio(
        start, usual.end[pick] + 1, usual.died[pick], mine == level, usual.born[pick],
        [usual.sex[pick] == 1, usual.sex[pick] * usual.age_on(start.mean())[pick]],
    )  # fmt: skip
    agrees(found, error, truth.EDUCATION[name])


def test_infarctions_fall_by_so_much_a_year(usual):
    """The calendar trend at the same age and sex, with or without diabetes and statin.

    Smoking and education are left out: their mean effect is 1 in every birth cohort, so that the trend is
    the one of all people together.
    """
    first = usual.since["infarction"]
    pick = np.flatnonzero((usual.begin < usual.end) & (usual.age_on(STOP) > 40))
    rows = []
    for year in range(2008, 2025):
        low, high = day(f"{year}-01-01"), day(f"{year + 1}-01-01")
        begin, end = np.maximum(usual.begin[pick], low), np.minimum(np.minimum(usual.end[pick], high), first[pick])
        age = ((begin + end) / 2 - usual.born[pick]) / YEAR_DAYS / 10
        there = (begin < end) & (age > 4)
        ill, statin = usual.diabetes[pick] <= begin, usual.since["statin"][pick] <= begin
        event = (first[pick] >= low) & (first[pick] < np.minimum(high, usual.end[pick]))
        columns = (age, usual.sex[pick], ill, statin, (end - begin) / YEAR_DAYS, event)
        rows.append((np.full(there.sum(), year - 2016), *(column[there] for column in columns)))
    year, age, sex, ill, statin, time, event = (np.concatenate(c) for c in zip(*rows, strict=True))
    columns = [np.ones(len(age)), year, age, age**2, age**3, sex, sex * age, sex * age**2, ill, statin]
    beta, error = poisson(np.stack(columns, axis=1).astype(float), time, event.astype(float))
    assert abs(beta[1] - np.log1p(truth.INFARCTION_TREND)) < FAR * error[1], (beta[1], error[1])
    assert error[1] < 0.006


def test_smoking_mothers_have_lighter_children():
    from helseanalyse.synthetic.births import births

    made = World(60_000, seed=3)
    weights, smokes, weeks = [], [], []
    for batch in range(made.batches):
        lives = made.lives(batch)
        some = births(made, lives)
        single = some.alive & (some.plurality == 1) & (some.gestation > 259)
        weights.append(some.weight[single])
        smokes.append(lives.traits.smoker[some.row[single]])
        weeks.append(some.gestation[single])
    weight, smoker, days = (np.concatenate(parts) for parts in (weights, smokes, weeks))
    slope = 25.5
    adjusted = weight - slope * days
    difference = adjusted[smoker].mean() - adjusted[~smoker].mean()
    error = adjusted.std() * np.sqrt(1 / smoker.sum() + 1 / (~smoker).sum())
    assert abs(difference + truth.SMOKING_BIRTH_WEIGHT) < FAR * error + 5  # weights are rounded to 5 g


def test_each_written_effect_names_its_parts():
    names = [effect.name for effect in truth.EFFECTS]
    assert len(set(names)) == len(names)
    for effect in truth.EFFECTS:
        assert effect.ratio > 0
        assert all((effect.cause, effect.reference, effect.outcome, effect.how))


def test_taking_persons_keeps_every_column():
    lives = World(100, seed=1).lives(0)
    some = take(lives.people, np.array([3, 1]))
    assert some.born.tolist() == lives.people.born[[3, 1]].tolist()
    assert START < STOP
