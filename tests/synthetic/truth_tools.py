"""A plain Poisson regression of person-time, written from the textbook: what a simple analysis would do.

Follow-up is cut at yearly steps; rates are modelled with age, sex and what else is named. The generator's
hazards change within a year of age by less than a tenth, so yearly steps lose little.
"""

from __future__ import annotations

import numpy as np

from helseanalyse.synthetic.calendar import YEAR_DAYS

STEP = 365.25


def pieces(start, stop, event_on):
    """(row, begin, end, event): follow-up [start, stop) cut into years; the event ends it."""
    end = np.minimum(stop, np.where(event_on >= start, event_on, stop))
    count = np.maximum(np.ceil((end - start) / STEP), 0).astype(int)
    row = np.repeat(np.arange(len(start)), count)
    number = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    begin = start[row] + number * STEP
    finish = np.minimum(begin + STEP, end[row])
    event = (event_on[row] < stop[row]) & (event_on[row] >= begin) & (event_on[row] <= finish)
    # The event on the last day of a piece belongs to that piece alone.
    event &= finish == end[row]
    return row, begin, finish, event


def poisson(design, years, events, rounds=40):
    """Coefficients and standard errors of log rates, by Newton's method with halved steps; column 0 is constant."""
    middle, spread = design[:, 1:].mean(axis=0), design[:, 1:].std(axis=0)
    scaled = np.concatenate([design[:, :1], (design[:, 1:] - middle) / spread], axis=1)
    beta = np.zeros(scaled.shape[1])
    beta[0] = np.log(events.sum() / years.sum())

    def likelihood(at):
        line = scaled @ at
        return float(events @ line - (years * np.exp(np.minimum(line, 50))).sum())

    hessian = np.eye(len(beta))
    for _ in range(rounds):
        mean = years * np.exp(scaled @ beta)
        hessian = scaled.T @ (scaled * mean[:, None])
        step = np.linalg.solve(hessian, scaled.T @ (events - mean))
        while likelihood(beta + step) < likelihood(beta) - 1e-9:
            step /= 2
        beta = beta + step
        if np.abs(step).max() < 1e-8:
            break
    else:
        raise AssertionError("Newton's method did not settle")
    error = np.sqrt(np.diag(np.linalg.inv(hessian)))
    return np.append(beta[:1], beta[1:] / spread), np.append(error[:1], error[1:] / spread)


def ratio(start, stop, event_on, exposed, born, covariates):
    """(hazard ratio, standard error of its logarithm) of `exposed`, adjusted for age and covariates.

    exposed and each covariate: (n,) truth values, or days (int32) from which it holds.
    """
    causes = [np.asarray(cause) for cause in (exposed, *covariates)]
    spells = (start.astype(float), np.minimum(stop, event_on + 0.5), np.arange(len(start)))
    for cause in causes:
        if cause.dtype == np.int32:
            begin, end, whose = spells
            changes = (cause[whose] > begin) & (cause[whose] < end)
            day = cause[whose][changes].astype(float)
            spells = (
                np.concatenate([begin, day]),
                np.concatenate([np.where(changes, cause[whose], end), end[changes]]),
                np.concatenate([whose, whose[changes]]),
            )
    begin, end, whose = spells
    last = (event_on[whose] < stop[whose]) & (end == event_on[whose] + 0.5)
    row, first, after, event = pieces(begin, end, np.where(last, event_on[whose], np.inf))
    age = ((first + after) / 2 - born[whose[row]]) / YEAR_DAYS / 10
    columns = [np.ones(len(row))]
    for cause in causes:
        mine = cause[whose[row]]
        columns.append((mine <= first if cause.dtype == np.int32 else mine).astype(float))
    columns[2:2] = [age, age**2, age**3]
    beta, error = poisson(np.stack(columns, axis=1), (after - first) / YEAR_DAYS, event.astype(float))
    return float(np.exp(beta[1])), float(error[1])
