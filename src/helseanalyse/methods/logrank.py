"""The log-rank test for two or more groups, from a risk table of counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from helseanalyse.methods.checks import Floats, Ints, MethodError
from helseanalyse.methods.distributions import chi2_upper
from helseanalyse.methods.risk_table import RiskTable


@dataclass(frozen=True, slots=True, eq=False)
class LogRank:
    """observed, expected: (G,) events. variance: (G, G) of observed - expected. p: of chi2 on df."""

    groups: tuple[str, ...]
    observed: Ints
    expected: Floats
    variance: Floats
    chi2: float
    df: int
    p: float


def log_rank(table: RiskTable, cause: str | None = None) -> LogRank:
    """Do the groups have the same hazard? Events of one cause (others leave the risk set), or of any.

    A group that is never at risk when an event happens takes no part, and lowers df by one.
    Raises MethodError where fewer than two groups can be compared.
    Mantel N. Cancer Chemother Rep 1966; 50: 163-170; Peto R, Peto J. J R Stat Soc A 1972; 135: 185-207.

    >>> from helseanalyse.methods.risk_table import risk_table
    >>> table = risk_table(
    ...     [0, 0, 1, 1], [0] * 4, [3, 9, 6, 9], [1, 0, 1, 0], [8, 12, 2, 18], groups=["old", "new"], causes=["death"]
    ... )
    >>> found = log_rank(table)
    >>> found.expected.round(3).tolist(), round(found.chi2, 3), found.df
    ([4.75, 5.25], 5.043, 1)
    """
    if cause is not None and cause not in table.causes:
        raise MethodError(f"There is no cause {cause}. There are: {', '.join(table.causes)}.")
    chosen = table.events if cause is None else table.events[:, :, [table.causes.index(cause)]]
    d_group = chosen.sum(axis=2)
    d, n = d_group.sum(axis=0), table.at_risk.sum(axis=0)
    busy = d > 0
    d_real, n_real = d[busy].astype(np.float64), n[busy].astype(np.float64)
    share = table.at_risk[:, busy] / n_real  # (G, event days)
    expected = share @ d_real
    # With one person left at risk nothing is left to chance, and n - 1 would be 0.
    weight = d_real * (n_real - d_real) / np.maximum(n_real - 1.0, 1.0)
    variance = np.diag(share @ weight) - (share * weight) @ share.T
    observed = d_group.sum(axis=1)
    taking_part = np.flatnonzero(expected > 0)
    if len(taking_part) < 2:
        raise MethodError("The log-rank test needs two groups at risk when events happen. Compare other groups.")
    kept = taking_part[:-1]  # one group follows from the others
    difference = (observed - expected)[kept]
    block = variance[np.ix_(kept, kept)]
    if np.linalg.matrix_rank(block) < len(kept):
        raise MethodError("Some groups are never at risk at the same time, so no test can compare them.")
    chi2 = float(difference @ np.linalg.solve(block, difference))
    return LogRank(table.groups, observed, expected, variance, chi2, len(kept), chi2_upper(chi2, len(kept)))
