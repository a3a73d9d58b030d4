"""The published figures hold in a synthetic Norway, each within its own tolerance."""

from pathlib import Path

import pytest

from helseanalyse.synthetic import fit_page, fit_pictures
from helseanalyse.synthetic.fit import Result, measure, staged, write_page
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


# ---------------------------------------------------------------- the page
def page() -> str:
    return (Path(__file__).resolve().parents[2] / "docs" / "synthetic.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("part", "made"), [("truth", fit_page.truth_table), ("dirt", fit_page.dirt_table)])
def test_the_page_has_the_tables_of_the_code(part, made):
    """They change with the code: `python -m helseanalyse.synthetic.fit` writes them anew."""
    assert fit_page.part_of(page(), part) == made()


def test_the_page_lists_every_figure_with_its_published_value():
    table = fit_page.part_of(page(), "fit")
    for fit in FIGURES:
        assert f"| {fit.name} | {fit.year} | {fit_page.number(fit.published, fit.measure)} |" in table, fit.name


def test_the_page_and_its_pictures_are_written_in_one_go(tmp_path):
    (tmp_path / "synthetic.md").write_text(
        "# A\n<!-- truth --><!-- /truth -->\n<!-- fit --><!-- /fit -->\n<!-- dirt -->old<!-- /dirt -->\nend\n"
    )
    results = write_page(tmp_path, persons=500, seed=1)
    text = (tmp_path / "synthetic.md").read_text()
    assert len(results) == len(FIGURES)
    assert "N = 500, seed 1." in text
    assert "old" not in text
    assert text.endswith("end\n")
    for name in fit_pictures.PICTURES:
        assert (tmp_path / "images" / f"{name}.svg").read_text().startswith("<svg")


def test_a_page_without_its_marks_is_refused():
    with pytest.raises(ValueError, match="no part <!-- fit -->"):
        fit_page.replaced("# A page", "fit", "x")
