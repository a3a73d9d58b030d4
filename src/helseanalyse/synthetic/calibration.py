"""Numbers found by comparing generated with published figures; nothing here has a meaning of its own.

Made by `python -m helseanalyse.synthetic.calibrate`, which prints this file's arrays; stored so that a
world needs no fitting when it is made. Women first, then men.
"""

from __future__ import annotations

from typing import Final

import numpy as np

# Share of the hazard of death that remains when fatal infarction, stroke, cancer and the excess of four
# diseases are deaths of their own, by sex and age group; AGES has the first age of each.
AGES: Final = np.array([0, 10, 20, 30, 40, 50, 60, 70, 75, 80, 85, 90, 95])
NATURAL: Final = np.array([
    [1.0072, 0.9415, 0.5457, 0.2647, 0.1849, 0.2293, 0.3400, 0.4149, 0.4582, 0.4501, 0.4224, 0.4361, 0.5139],
    [0.9923, 1.0031, 0.9863, 0.7995, 0.5529, 0.4700, 0.4434, 0.4350, 0.4063, 0.4013, 0.3736, 0.3797, 0.5395],
])  # fmt: skip
# Factor of each year 2008-2024 on the same.
YEAR: Final = np.array([
    1.0139, 1.0353, 1.0575, 1.0592, 1.0974, 1.0757, 1.0301, 1.0569, 1.0331,
    1.0046, 0.9780, 0.9658, 0.9167, 0.9269, 1.0178, 0.9274, 0.9113,
])  # fmt: skip
# Factor on yearly counts, and years added to mean ages, for what the causes of a disease, its depletion
# and death move away from the published figure.
COUNT: Final = {
    "infarction": np.array([0.9760, 1.0025]),
    "stroke": np.array([0.6559, 0.6476]),
    "heart_failure": np.array([0.9174, 0.8864]),
    "lung_cancer": np.array([1.1821, 1.1479]),
    "cancer": np.array([0.9405, 0.9745]),
    "type_2": np.array([1.1323, 1.0581]),
}
AGE: Final = {
    "infarction": np.array([1.3602, 1.0626]),
    "stroke": np.array([-1.6348, -2.4091]),
}
