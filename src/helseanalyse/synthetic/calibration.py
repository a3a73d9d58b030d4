"""Numbers found by comparing generated with published figures; nothing here has a meaning of its own.

Made by repeating `python -m helseanalyse.synthetic.fit --calibrate` (N = 400,000, seed 1) until the ratios
stayed; stored so that a world needs no fitting when it is made.
"""

from __future__ import annotations

from typing import Final

import numpy as np

# Share of the hazard of death that remains when fatal infarction, stroke, heart failure and cancer are
# events of their own, by sex (women, men) and ten-year age group 0-9 ... 90 and over.
NATURAL: Final = np.array([
    [0.95, 0.95, 0.90, 0.80, 0.60, 0.45, 0.42, 0.45, 0.58, 0.75],
    [0.95, 0.95, 0.95, 0.85, 0.65, 0.50, 0.45, 0.45, 0.55, 0.72],
])  # fmt: skip
YEAR: Final = np.ones(17)  # factor of each year on the same

# Factor on a yearly count, for what depletion and the mean of the causes take away.
COUNT: Final = {
    "infarction": 1.0, "stroke": 1.0, "heart_failure": 1.0, "cancer": 1.0, "diabetes": 1.0,
}  # fmt: skip
