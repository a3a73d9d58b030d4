"""Curves, restricted means and the log-rank test: worked numbers, brute force, R and lifelines."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.methods.spells import persons, rows, table_of

from helseanalyse.methods.checks import MethodError
from helseanalyse.methods.logrank import log_rank
from helseanalyse.methods.risk_table import RiskTable, risk_table, risk_table_from_days
from helseanalyse.methods.survival import aalen_johansen, kaplan_meier, restricted_mean

TEN = risk_table(  # ten persons: MI on day 1, death and a censoring on day 2, two MI on day 4, five left on day 6
    [0] * 5, [0] * 5, [1, 2, 2, 4, 6], [1, 2, 0, 1, 0], [1, 1, 1, 2, 5], groups=["all"], causes=["MI", "death"]
)


def test_the_worked_example():
    found = aalen_johansen(TEN)
    days = [1, 2, 4]
    assert TEN.at_risk_on(days).tolist() == [[10, 9, 7]]
    assert found.survival.at(days).estimate[0] == pytest.approx([0.9, 0.8, 4 / 7], rel=1e-12)
    assert found.of("MI").at(days).estimate[0] == pytest.approx([0.1, 0.1, 0.1 + 0.8 * 2 / 7], rel=1e-12)
    assert round(float(found.of("MI").at([4]).estimate[0, 0]), 6) == 0.328571
    assert round(float(found.of("MI").standard_error([4])[0, 0]), 6) == 0.156184
    assert found.of("death").at(days).estimate[0] == pytest.approx([0, 0.1, 0.1], rel=1e-12)
    assert restricted_mean(TEN, 5).estimate[0] == pytest.approx(1 + 0.9 + 1.6 + 4 / 7, rel=1e-12)
    assert round(float(restricted_mean(TEN, 5).estimate[0]), 6) == 4.071429


def test_one_minus_kaplan_meier_overstates_the_risk_when_others_compete():
    net = kaplan_meier(risk_table([0] * 4, [0] * 4, [1, 2, 4, 6], [1, 0, 1, 0], [1, 2, 2, 5], groups="a", causes="x"))
    assert 1 - float(net.at([4]).estimate[0, 0]) == pytest.approx(0.357143, abs=5e-7)
    assert 1 - float(net.at([4]).estimate[0, 0]) > float(aalen_johansen(TEN).of("MI").at([4]).estimate[0, 0])


def by_hand(people, causes=(1, 2)):
    """S and F by day from persons, in plain arithmetic."""
    s, f, steps = 1.0, dict.fromkeys(causes, 0.0), {}
    for t in sorted({x for _, _, x, c in people if c}):
        n = sum(e < t <= x for _, e, x, _ in people)
        d = {k: sum(x == t and c == k for _, _, x, c in people) for k in causes}
        f = {k: f[k] + s * d[k] / n for k in causes}
        s *= 1 - sum(d.values()) / n
        steps[t] = (s, f)
    return steps


@given(rows)
def test_curves_against_plain_arithmetic_on_persons(spells):
    found = aalen_johansen(table_of(spells))
    for g in range(2):
        for t, (s, f) in by_hand([p for p in persons(spells) if p[0] == g]).items():
            if t <= found.survival.until[g]:
                assert found.survival.at([t]).estimate[g, 0] == pytest.approx(s, abs=1e-12)
                for k, name in ((1, "MI"), (2, "death")):
                    assert found.of(name).at([t]).estimate[g, 0] == pytest.approx(f[k], abs=1e-12)
            else:
                assert np.isnan(found.survival.at([t]).estimate[g, 0])


@given(rows)
def test_survival_falls_incidences_rise_they_sum_to_one_and_limits_hold_them(spells):
    found = aalen_johansen(table_of(spells))
    total = found.survival.estimate + sum(curve.estimate for curve in found.incidence)
    assert np.nanmax(np.abs(total - 1), initial=0) < 1e-12
    for curve in (found.survival, *found.incidence):
        change = np.diff(curve.estimate, axis=1)
        sign = -1 if curve.kind == "survival" else 1
        assert np.nanmin(sign * change, initial=0) >= -1e-12
        for values in (curve.estimate, curve.low, curve.high):
            assert np.nanmin(values, initial=0) >= 0
            assert np.nanmax(values, initial=0) <= 1
        assert not (curve.low > curve.estimate + 1e-12).any()
        assert not (curve.high < curve.estimate - 1e-12).any()
        # never more than the curve that ignores the competing cause
    for k, curve in enumerate(found.incidence):
        whole = table_of(spells)
        net = kaplan_meier(
            RiskTable(
                groups=whole.groups, causes=("one",), days=whole.days, at_risk=whole.at_risk,
                events=whole.events[:, :, [k]], censored=whole.censored + whole.events[:, :, 1 - k],
            )
        )  # fmt: skip
        assert not (curve.estimate > 1 - net.estimate + 1e-12).any()


@given(rows)
def test_one_cause_alone_gives_one_minus_kaplan_meier_with_its_error_and_limits(spells):
    table = table_of([(g, e, length, min(c, 1), n) for g, e, length, c, n in spells], causes=["any"])
    km, aj = kaplan_meier(table), aalen_johansen(table).of("any")
    for one, other in (
        (1 - km.estimate, aj.estimate), (km.se, aj.se), (1 - km.high, aj.low), (1 - km.low, aj.high),
    ):  # fmt: skip
        assert np.isnan(one).tolist() == np.isnan(other).tolist()
        # Close to F = 1 the variance is a difference of nearly equal numbers: an absolute tolerance.
        assert np.nan_to_num(one) == pytest.approx(np.nan_to_num(other), abs=1e-6)
    assert np.nan_to_num(1 - km.estimate) == pytest.approx(np.nan_to_num(aj.estimate), abs=1e-12)


@given(st.lists(st.integers(1, 20), min_size=1, max_size=40))
def test_without_censoring_it_is_one_minus_the_empirical_distribution(days):
    curve = kaplan_meier(
        risk_table([0] * len(days), [0] * len(days), days, [1] * len(days), [1] * len(days), groups="a", causes="x")
    )
    for t in range(25):
        expected = sum(day > t for day in days) / len(days)
        assert curve.at([t]).estimate[0, 0] == pytest.approx(expected, abs=1e-12)
    assert curve.at([10_000]).estimate[0, 0] == 0.0  # everybody had the event: that stays so


@given(rows, st.integers(2, 4))
def test_to_count_everyone_several_times_leaves_the_curves_and_shrinks_the_errors(spells, times):
    one = aalen_johansen(table_of(spells))
    more = aalen_johansen(table_of([(g, e, length, c, n * times) for g, e, length, c, n in spells]))
    for a, b in zip((one.survival, *one.incidence), (more.survival, *more.incidence), strict=True):
        assert np.nan_to_num(a.estimate) == pytest.approx(np.nan_to_num(b.estimate), abs=1e-12)
    assert np.nan_to_num(one.survival.se) == pytest.approx(np.nan_to_num(more.survival.se) * times**0.5, abs=1e-9)


@given(rows, st.integers(1, 500))
def test_a_shift_of_all_days_shifts_the_curve(spells, shift):
    one, two = table_of(spells), table_of([(g, e + shift, length, c, n) for g, e, length, c, n in spells])
    assert (two.days - shift).tolist() == one.days.tolist()
    for a, b in zip(aalen_johansen(one).incidence, aalen_johansen(two).incidence, strict=True):
        assert np.nan_to_num(a.estimate).tolist() == np.nan_to_num(b.estimate).tolist()
        assert np.nan_to_num(a.high).tolist() == np.nan_to_num(b.high).tolist()


def rows_for_r(seed, size=400, days=40, entry=True):
    """Persons with heavy ties: group, entry, exit, cause."""
    random = np.random.default_rng(seed)
    group = random.integers(0, 3, size)
    start = random.integers(0, 12, size) * (random.random(size) < 0.5) if entry else np.zeros(size, dtype=int)
    length = 1 + random.geometric(0.03 + 0.01 * group)
    cause = random.choice([0, 1, 2], size, p=[0.4, 0.35, 0.25])
    stop = np.minimum(start + length, days)
    cause = np.where(start + length > days, 0, cause)
    keep = stop > start
    return group[keep], start[keep], stop[keep], cause[keep]


def r_frame(group, entry, exit_, cause):
    def column(values):
        return "c(" + ",".join(str(int(v)) for v in values) + ")"

    return (
        f"d <- data.frame(g={column(group)}, e={column(entry)}, x={column(exit_)}, c={column(cause)});"
        "d$id <- seq_len(nrow(d)); library(survival); p <- function(v) cat(format(v, digits=17, trim=TRUE), '\n');"
    )


def numbers(text):
    return [np.array([float(w) if w != "NA" else np.nan for w in line.split()]) for line in text.strip().split("\n")]


def table_from_people(group, entry, exit_, cause, causes=("MI", "death")):
    names = [f"g{i}" for i in range(int(group.max()) + 1)]
    return risk_table(group, entry, exit_, cause, np.ones(len(group), dtype=int), groups=names, causes=causes)


@pytest.mark.parametrize("seed", [1, 2])
def test_kaplan_meier_agrees_with_r_under_delayed_entry_and_ties(needs_r, seed):
    data = rows_for_r(seed)
    curve = kaplan_meier(table_from_people(*data))
    code = r_frame(*data) + (
        "for (i in 0:2) { f <- survfit(Surv(e, x, c > 0) ~ 1, d[d$g == i, ], conf.type='log-log');"
        "p(f$time); p(f$surv); p(f$surv * f$std.err); p(f$lower); p(f$upper); p(quantile(f, c(.25, .5))$quantile);"
        "p(quantile(f, .25)$lower); p(quantile(f, .25)$upper) }"
    )
    lines = numbers(needs_r(code))
    for g in range(3):
        time, surv, se, low, high, quantiles, q_low, q_high = lines[8 * g : 8 * g + 8]
        mine = curve.at(time.astype(int))
        assert mine.estimate[g] == pytest.approx(surv, rel=1e-9)
        assert curve.standard_error(time.astype(int))[g] == pytest.approx(se, rel=1e-9)
        begun = surv < 1  # before the first event R has no limits, we have the estimate itself
        assert mine.low[g][begun] == pytest.approx(low[begun], rel=1e-9)
        assert mine.high[g][begun] == pytest.approx(high[begun], rel=1e-9)
        assert [float(curve.quantile(p).estimate[g]) for p in (0.25, 0.5)] == pytest.approx(
            quantiles.tolist(), nan_ok=True
        )
        found = curve.quantile(0.25)
        assert (float(found.low[g]), float(found.high[g])) == pytest.approx((q_low[0], q_high[0]), nan_ok=True)


@pytest.mark.parametrize(("seed", "entry"), [(3, False), (4, True)])
def test_aalen_johansen_and_its_error_agree_with_r(needs_r, seed, entry):
    data = rows_for_r(seed, entry=entry)
    found = aalen_johansen(table_from_people(*data))
    code = r_frame(*data) + (
        "for (i in 0:2) { f <- survfit(Surv(e, x, factor(c, 0:2)) ~ 1, d[d$g == i, ], id=id);"
        "p(f$time); p(f$pstate[, 1]); p(f$pstate[, 2]); p(f$pstate[, 3]); p(f$std.err[, 2]); p(f$std.err[, 3]) }"
    )
    lines = numbers(needs_r(code))
    for g in range(3):
        time, none, mi, death, se_mi, se_death = lines[6 * g : 6 * g + 6]
        days = time.astype(int)
        assert found.survival.at(days).estimate[g] == pytest.approx(none, rel=1e-9)
        assert found.of("MI").at(days).estimate[g] == pytest.approx(mi, rel=1e-9)
        assert found.of("death").at(days).estimate[g] == pytest.approx(death, rel=1e-9)
        # R takes the infinitesimal jackknife. It is the same sum when all enter on day 0; with delayed entry its
        # cross terms between days no longer cancel exactly, only on average, so the two differ a little.
        near = 0.05 if entry else 1e-8
        assert found.of("MI").standard_error(days)[g] == pytest.approx(se_mi, rel=near)
        assert found.of("death").standard_error(days)[g] == pytest.approx(se_death, rel=near)


@pytest.mark.parametrize("seed", [5, 6])
def test_log_rank_and_restricted_mean_agree_with_r(needs_r, seed):
    data = rows_for_r(seed, entry=False)
    table = table_from_people(*data)
    code = r_frame(*data) + (
        "f <- survdiff(Surv(x, c > 0) ~ g, d); p(f$obs); p(f$exp); p(f$chisq); p(f$pvalue); p(as.vector(f$var));"
        "f <- survdiff(Surv(x, c == 1) ~ g, d); p(f$chisq);"
        "s <- summary(survfit(Surv(x, c > 0) ~ g, d), rmean=30)$table; p(s[, 'rmean']); p(s[, 'se(rmean)'])"
    )
    obs, exp, chi2, p, var, chi2_mi, mean, se = numbers(needs_r(code))
    found = log_rank(table)
    assert found.observed.tolist() == obs.tolist()
    assert found.expected == pytest.approx(exp, rel=1e-9)
    assert found.variance.ravel() == pytest.approx(var, rel=1e-9)
    assert (found.chi2, found.p, found.df) == pytest.approx((chi2[0], p[0], 2), rel=1e-9)
    assert log_rank(table, "MI").chi2 == pytest.approx(chi2_mi[0], rel=1e-9)
    area = restricted_mean(table, 30)
    assert area.estimate == pytest.approx(mean, rel=1e-9)
    assert (area.high - area.estimate) / 1.959963984540054 == pytest.approx(se, rel=1e-9)


def test_kaplan_meier_agrees_with_lifelines():
    from lifelines import KaplanMeierFitter

    group, entry, exit_, cause = rows_for_r(7)
    mine = group == 0
    curve = kaplan_meier(table_from_people(group[mine], entry[mine], exit_[mine], cause[mine]))
    fitted = KaplanMeierFitter().fit(exit_[mine], cause[mine] > 0, entry=entry[mine])
    days = [int(t) for t in fitted.survival_function_.index if t > 0]
    assert curve.at(days).estimate[0] == pytest.approx(fitted.survival_function_["KM_estimate"].loc[days], rel=1e-9)


@given(rows)
def test_the_log_rank_test_against_plain_arithmetic(spells):
    table, people = table_of(spells), persons(spells)
    expected, variance = 0.0, 0.0
    for t in {x for _, _, x, c in people if c}:
        n = [sum(g == group and e < t <= x for g, e, x, _ in people) for group in range(2)]
        d = sum(x == t and c > 0 for _, _, x, c in people)
        share = n[0] / sum(n)
        expected += d * share
        if sum(n) > 1:
            variance += d * share * (1 - share) * (sum(n) - d) / (sum(n) - 1)
    if variance > 1e-12:
        found = log_rank(table)
        observed = sum(g == 0 and c > 0 for g, _, _, c in people)
        assert found.expected[0] == pytest.approx(expected, rel=1e-9)
        assert found.chi2 == pytest.approx((observed - expected) ** 2 / variance, rel=1e-9)
        turned = log_rank(table_of([(1 - g, *rest) for g, *rest in spells]))
        assert turned.chi2 == pytest.approx(found.chi2, rel=1e-9)
    else:
        with pytest.raises(MethodError, match=r"two groups at risk|never at risk at the same time"):
            log_rank(table)


@given(rows, st.integers(1, 26))
def test_the_restricted_mean_is_the_area_day_by_day(spells, tau):
    table = table_of(spells)
    found, curve = restricted_mean(table, tau), kaplan_meier(table)
    for g in range(2):
        if curve.until[g] >= tau:
            area = curve.at(np.arange(tau)).estimate[g]
            assert found.estimate[g] == pytest.approx(area.sum(), abs=1e-9)
            assert 0 <= found.low[g] <= found.estimate[g] <= found.high[g] <= tau
        else:
            assert np.isnan(found.estimate[g])


def test_a_group_without_anyone_takes_no_part_in_the_test():
    spells = ([0, 0, 1, 1], [0] * 4, [3, 9, 6, 9], [1, 0, 1, 0], [8, 12, 2, 18])
    two = log_rank(risk_table(*spells, groups=["a", "b"], causes=["x"]))
    three = log_rank(risk_table(*spells, groups=["a", "b", "nobody"], causes=["x"]))
    assert (three.chi2, three.df) == (pytest.approx(two.chi2), 1)


def test_a_curve_ends_where_its_risk_set_does():
    #            A is followed to day 5; B has a gap on days 4 to 6; C dies out early, then one more enters.
    table = risk_table(
        [0, 1, 1, 2, 2], [0, 0, 6, 0, 1], [5, 3, 9, 1, 9], [0, 1, 1, 1, 0], [3, 2, 2, 1, 1],
        groups=["A", "B", "C"], causes=["x"],
    )  # fmt: skip
    curve = kaplan_meier(table)
    assert curve.until.tolist() == [5, 3, 1]
    assert np.isnan(curve.at([6]).estimate[0, 0])
    assert curve.at([5]).estimate[0, 0] == 1.0
    assert np.isnan(curve.at([9]).estimate[1:, 0]).all()
    assert np.isnan(restricted_mean(table, 6).estimate[0])
    assert restricted_mean(table, 5).estimate[0] == 5.0
    later = kaplan_meier(table.since(6))
    assert later.at([9]).estimate[1, 0] == 0.0
    with pytest.raises(MethodError, match="starts on day 6"):
        later.at([3])


def test_a_group_without_anyone_has_no_curve():
    table = risk_table([0], [0], [5], [1], [2], groups=["some", "nobody"], causes=["x"])
    found = kaplan_meier(table).at([0, 1])
    assert found.estimate[0].tolist() == [1, 1]
    assert np.isnan(found.estimate[1, 1])


def test_persons_left_after_the_last_day_of_a_table_leave_the_curve_known_to_that_day():
    table = RiskTable(groups=("a",), causes=("x",), days=[3], at_risk=[[9]], events=[[[1]]], censored=[[0]])
    assert kaplan_meier(table).until.tolist() == [3]


def test_the_median():
    # 10 persons, one event a day on days 1..10: half have had it on day 5, exactly.
    table = risk_table([0] * 10, [0] * 10, range(1, 11), [1] * 10, [1] * 10, groups="a", causes="x")
    assert kaplan_meier(table).quantile(0.5).estimate.tolist() == [5.0]
    found = aalen_johansen(table).of("x").quantile(0.5)
    assert (found.low[0], found.estimate[0]) == (kaplan_meier(table).quantile(0.5).low[0], 5.0)
    assert math.isnan(kaplan_meier(TEN).quantile(0.9).estimate[0])  # never reached


@pytest.mark.parametrize("p", [0.25, 0.5, 0.75])
def test_quantiles_are_where_the_curve_first_reaches_them(p):
    curve = kaplan_meier(table_from_people(*rows_for_r(8)))
    for g, day in enumerate(curve.quantile(p).estimate):
        if np.isnan(day):
            assert np.nanmin(curve.estimate[g]) > 1 - p
        else:
            before, on = curve.at([int(day) - 1, int(day)]).estimate[g]
            assert before > 1 - p >= on - 1e-12


def test_the_limits_of_an_incidence_cover_as_often_as_they_say():
    random = np.random.default_rng(11)
    covered, repeats, size = 0, 400, 150
    # Two exponential causes with hazards .02 and .03 a day; risk of the first by day 30, in whole days.
    total = 0.05
    truth = 0.02 / total * (1 - math.exp(-total * 30))
    for _ in range(repeats):
        time = np.ceil(random.exponential(1 / total, size)).astype(int)
        cause = np.where(random.random(size) < 0.4, 1, 2)
        leave = random.integers(10, 80, size)
        cause, exit_ = np.where(time <= leave, cause, 0), np.minimum(time, leave)
        table = risk_table([0] * size, [0] * size, exit_, cause, [1] * size, groups="a", causes=["x", "y"])
        found = aalen_johansen(table).of("x").at([30])
        covered += float(found.low[0, 0]) <= truth <= float(found.high[0, 0])
    assert 0.92 <= covered / repeats <= 0.98


def test_numbers_on_event_days_are_enough():
    whole = table_from_people(*rows_for_r(9))
    busy = whole.events.sum(axis=(0, 2)) > 0
    few = risk_table_from_days(
        whole.days[busy], whole.at_risk[:, busy], whole.events[:, busy], groups=whole.groups, causes=whole.causes
    )
    days = whole.days[busy]
    for one, two in zip(aalen_johansen(whole).incidence, aalen_johansen(few).incidence, strict=True):
        assert one.at(days).estimate == pytest.approx(two.at(days).estimate, rel=1e-12)
        assert one.at(days).high == pytest.approx(two.at(days).high, rel=1e-12)
    assert log_rank(few).chi2 == pytest.approx(log_rank(whole).chi2, rel=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: aalen_johansen(TEN).of("stroke"), "There is no cause stroke. There are: MI, death"),
        (lambda: log_rank(TEN, "stroke"), "There is no cause stroke"),
        (lambda: log_rank(TEN), "needs two groups"),
        (lambda: restricted_mean(TEN, 0), "needs a day after 0, not 0"),
        (lambda: kaplan_meier(TEN).at([-1]), "starts on day 0"),
        (lambda: kaplan_meier(TEN).quantile(50), "lies between 0 and 1"),
        (lambda: kaplan_meier(TEN, level=95), "lies between 0 and 1"),
    ],
)
def test_questions_that_have_no_answer_are_refused(call, message):
    with pytest.raises(MethodError, match=message):
        call()
