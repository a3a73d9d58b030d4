"""The published figures hold in a synthetic Norway, each within its own tolerance."""

import pytest

from helseanalyse.synthetic.fit import Result, measure, staged
from helseanalyse.synthetic.fit_figures import FIGURES, Fit, Measure
from helseanalyse.synthetic.world import World

SEED = 1
FULL = 100_000  # the tolerances are for this many persons
QUICK = 30_000


def measured(persons: int) -> dict[Fit, Result]:
    connection = staged(World(persons, SEED))
    found = measure(connection, persons)
    connection.close()
    return {result.fit: result for result in found}


@pytest.fixture(scope="module")
def quick():
    return measured(QUICK)


@pytest.fixture(scope="module")
def full():
    return measured(FULL)


EACH = pytest.mark.parametrize("fit", FIGURES, ids=lambda fit: f"{fit.group}: {fit.name} {fit.year}")


def told(result: Result) -> str:
    return f"{result.generated:.3f} instead of {result.fit.published}: ratio {result.ratio:.3f}"


@EACH
def test_a_published_figure_holds_in_a_smaller_world(quick, fit: Fit):
    """Sampling error is most of a tolerance, so it grows as the root of the size."""
    allowed = fit.tolerance * (FULL / QUICK) ** 0.5
    assert abs(quick[fit].ratio - 1) <= allowed, told(quick[fit])


@pytest.mark.slow  # 100,000 persons in all registries take about 15 seconds
@EACH
def test_a_published_figure_holds(full, fit: Fit):
    assert full[fit].holds, told(full[fit])


def test_the_test_can_fail(quick):
    """A world measured as if it were twice as large misses every count."""
    wrong = [r.generated / 2 / r.fit.published for r in quick.values() if r.fit.measure is Measure.COUNT]
    tolerances = [r.fit.tolerance for r in quick.values() if r.fit.measure is Measure.COUNT]
    missed = [abs(ratio - 1) > tolerance for ratio, tolerance in zip(wrong, tolerances, strict=True)]
    assert sum(missed) > 0.8 * len(missed)


def test_every_figure_has_a_source_and_a_way_to_be_counted():
    for fit in FIGURES:
        assert fit.source
        assert fit.published > 0
        assert 0 < fit.tolerance < 1
        assert "{" not in fit.sql
