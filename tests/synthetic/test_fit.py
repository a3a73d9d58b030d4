"""The published figures hold in a synthetic Norway, each within its own tolerance."""

import pytest

from helseanalyse.synthetic.fit import measure, staged
from helseanalyse.synthetic.fit_figures import FIGURES, Fit, Measure
from helseanalyse.synthetic.world import World

PERSONS, SEED = 100_000, 1


@pytest.fixture(scope="module")
def results():
    connection = staged(World(PERSONS, SEED))
    found = measure(connection, PERSONS)
    connection.close()
    return {(r.fit.group, r.fit.name, r.fit.year): r for r in found}


@pytest.mark.parametrize("fit", FIGURES, ids=lambda fit: f"{fit.group}: {fit.name} {fit.year}")
def test_a_published_figure_holds(results, fit: Fit):
    result = results[fit.group, fit.name, fit.year]
    assert result.holds, f"{result.generated:.3f} instead of {fit.published}: ratio {result.ratio:.3f}"


def test_the_test_can_fail(results):
    """A world measured as if it were twice as large misses every count."""
    wrong = [r.generated / 2 / r.fit.published for r in results.values() if r.fit.measure is Measure.COUNT]
    tolerances = [r.fit.tolerance for r in results.values() if r.fit.measure is Measure.COUNT]
    missed = [abs(ratio - 1) > tolerance for ratio, tolerance in zip(wrong, tolerances, strict=True)]
    assert sum(missed) > 0.8 * len(missed)


def test_every_figure_has_a_source_and_a_way_to_be_counted():
    for fit in FIGURES:
        assert fit.source
        assert fit.published > 0
        assert 0 < fit.tolerance < 1
        assert "{" not in fit.sql
