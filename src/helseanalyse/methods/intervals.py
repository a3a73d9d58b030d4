"""An estimate with its confidence interval, as one value."""

from __future__ import annotations

from dataclasses import dataclass

from helseanalyse.methods.checks import Floats, MethodError

LEVEL = 0.95  # two-sided; z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Interval:
    """One estimate between its confidence limits. nan stands for "not defined", inf for "no upper limit".

    >>> Interval(0.937, 2.0, 4.271).rounded(2)
    (0.94, 2.0, 4.27)
    """

    low: float
    estimate: float
    high: float

    def __post_init__(self) -> None:
        # Written with "not", so that nan (not defined) passes: every comparison with nan is False.
        if self.low > self.estimate or self.estimate > self.high:
            raise MethodError(
                "A confidence interval must hold its own estimate, but this one does not. "
                "Check that the limits are given as low, estimate, high."
            )

    def rounded(self, digits: int) -> tuple[float, float, float]:
        """Low, estimate and high to so many decimals, for a page or a test."""
        return round(self.low, digits), round(self.estimate, digits), round(self.high, digits)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Estimates:
    """Many estimates with their limits: three arrays of one shape, in the unit of the estimate.

    nan stands for "not defined" (a ratio whose denominator is 0), and never for anything else.
    """

    low: Floats
    estimate: Floats
    high: Floats

    def __post_init__(self) -> None:
        if not self.low.shape == self.estimate.shape == self.high.shape:
            raise MethodError("Estimates and limits differ in shape. Compute them from the same counts.")
        if ((self.low > self.estimate) | (self.estimate > self.high)).any():
            raise MethodError("Some confidence interval does not hold its own estimate. Check the counts.")
        for values in (self.low, self.estimate, self.high):
            if values.ndim:
                values.setflags(write=False)

    def __repr__(self) -> str:
        return f"Estimates(shape={self.estimate.shape})"
