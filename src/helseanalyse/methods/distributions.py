"""Quantiles and tail probabilities of the normal, chi-squared and beta distributions.

Thin names over scipy.special, in one place. scipy.stats has the same functions, but importing it
takes about a second, which is all that `helseanalyse check` may use.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from helseanalyse.methods.checks import Floats


def normal_quantile(p: float) -> float:
    """The value that a standard normal variable stays below with probability p.

    >>> normal_quantile(0.975)
    1.959963984540054
    """
    return float(special.ndtri(p))


def chi2_quantile(p: ArrayLike, df: ArrayLike) -> Floats:
    """The value that chi-squared stays below with probability p; df degrees of freedom, any number above 0.

    >>> chi2_quantile(0.975, 2).round(6)
    np.float64(7.377759)
    """
    return np.asarray(2.0 * special.gammaincinv(np.asarray(df, dtype=np.float64) / 2.0, p))[()]


def chi2_upper(x: float, df: int) -> float:
    """The probability that chi-squared with df degrees of freedom exceeds x.

    >>> round(chi2_upper(3.841459, 1), 6)
    0.05
    """
    return float(special.chdtrc(df, x))


def beta_quantile(p: ArrayLike, a: ArrayLike, b: ArrayLike) -> Floats:
    """The value that a beta(a, b) variable stays below with probability p; a and b above 0.

    >>> beta_quantile(0.5, 3, 3).round(6)
    np.float64(0.5)
    """
    return np.asarray(special.betaincinv(a, b, p))[()]
