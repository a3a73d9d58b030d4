"""Published figures from a real registry: Denmark's diabetes register, the sample in the R package Epi.

Expected numbers: vignette "Follow-up data with the Epi package", sections 1.2-2.3. There the last day of follow-up
is not itself counted, so stop is that day.
"""

import numpy as np
import pyarrow.parquet as pq
import pytest

from helseanalyse.methods.bands import AgeBands, Periods, roll_up
from helseanalyse.methods.lexis import lexis_cells
from helseanalyse.methods.rates import rates
from helseanalyse.methods.risk_table import risk_table
from helseanalyse.methods.segments import attained_ages, ledger_from_segments
from helseanalyse.methods.survival import aalen_johansen, kaplan_meier


@pytest.fixture(scope="module")
def danes(shared_data):
    table = pq.read_table(shared_data("danish_diabetes_registry/dmlate.parquet"))

    def dates(name):
        years = table.column(name).to_numpy().astype(float)
        days = np.round((years - 1970) * 365.25)
        return np.where(
            np.isnan(days), np.datetime64("NaT"), np.datetime64("1970-01-01") + np.nan_to_num(days).astype(int)
        )

    birth, start, stop, death, insulin = (dates(name) for name in ("dobth", "dodm", "dox", "dodth", "doins"))
    keep = stop > start
    died = ~np.isnat(death) & (death <= stop)
    return tuple(column[keep] for column in (birth, start, stop, died, insulin))


def segments(birth, start, stop, died, insulin):
    """Before (pattern 0) and from (pattern 1) the first insulin on; who was on it at the start is in 1 at once."""
    on = ~np.isnat(insulin) & (insulin < stop)
    cut = np.where(on, np.maximum(insulin, start), stop)
    rows = []
    for pattern, a, b, event in ((0, start, cut, died & ~on), (1, cut, stop, died & on)):
        there = b > a
        rows.append((birth[there], a[there], b[there], np.full(there.sum(), pattern), event[there]))
    return tuple(np.concatenate(column) for column in zip(*rows, strict=True))


def test_persons_deaths_and_person_years_before_and_after_insulin(danes):
    birth, start, stop, died, _ = danes
    assert (len(birth), int(died.sum())) == (9996, 2499)
    total = int((stop - start).astype(int).sum())
    assert round(total / 365.25, 2) == 54_273.27
    b, a, z, pattern, event = segments(*danes)
    cells = lexis_cells(ledger_from_segments(b, a, z, pattern), person_days=total)
    years = [round(int(cells.days[cells.pattern == p].sum()) / 365.25, 2) for p in (0, 1)]
    assert years == [45_885.49, 8387.77]
    assert [int(event[pattern == p].sum()) for p in (0, 1)] == [2048, 451]
    assert int((pattern == 1).sum()) == 1791


def test_cells_by_age_and_period_hold_every_day_and_every_death(danes):
    b, a, z, pattern, event = segments(*danes)
    cells = lexis_cells(ledger_from_segments(b, a, z, pattern))
    bands, periods = AgeBands.every(10, open_from=90), Periods((1990, 1995, 2000, 2005), last=2010)
    shape = {"patterns": 2, "periods": periods, "bands": bands}
    days = roll_up(cells.days, pattern=cells.pattern, year=cells.year, age=cells.age, **shape)
    last = z[event] - 1
    deaths = roll_up(
        np.ones(len(last), dtype=int), pattern=pattern[event], year=last.astype("datetime64[Y]").astype(int) + 1970,
        age=attained_ages(b[event], last), **shape,
    )  # fmt: skip
    assert (days.outside, deaths.outside) == (0, 0)
    assert deaths.inside.sum() == 2499
    found = rates(deaths.inside, days.inside / 365.25, per=1000)  # no death falls in a cell without time
    assert np.nanmax(found.estimate[0, :, 3]) < np.nanmin(found.estimate[0, :, 8])  # the thirties and the eighties


def test_curves_agree_with_r(danes, needs_r):
    _, start, stop, died, insulin = danes
    on = ~np.isnat(insulin) & (insulin < stop)
    exit_ = (np.where(on, np.maximum(insulin, start + 1), stop) - start).astype(int)
    cause = np.where(on, 1, np.where(died, 2, 0))
    table = risk_table(
        np.zeros(len(start), dtype=int), np.zeros(len(start), dtype=int), exit_, cause,
        np.ones(len(start), dtype=int), groups=["all"], causes=["insulin", "death"],
    )  # fmt: skip
    days = [365, 1826, 3652]
    code = (
        f"x <- c({','.join(map(str, exit_))}); c <- c({','.join(map(str, cause))}); library(survival);"
        f"s <- summary(survfit(Surv(x, c > 0) ~ 1), times=c({','.join(map(str, days))}));"
        f"m <- summary(survfit(Surv(x, factor(c, 0:2)) ~ 1), times=c({','.join(map(str, days))}));"
        "for (v in list(s$surv, s$std.err, s$n.risk, m$pstate[, 2], m$std.err[, 2])) "
        "cat(format(v, digits=15, trim=TRUE), '\\n')"
    )
    surv, se, at_risk, insulin_risk, insulin_se = (
        [float(word) for word in line.split()] for line in needs_r(code).splitlines()
    )
    curve, first = kaplan_meier(table), aalen_johansen(table).of("insulin")
    assert curve.at(days).estimate[0] == pytest.approx(surv, rel=1e-9)
    assert curve.standard_error(days)[0] == pytest.approx(se, rel=1e-9)
    assert table.at_risk_on(days)[0].tolist() == at_risk
    assert first.at(days).estimate[0] == pytest.approx(insulin_risk, rel=1e-9)
    assert first.standard_error(days)[0] == pytest.approx(insulin_se, rel=1e-8)
