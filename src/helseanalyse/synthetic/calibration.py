"""Numbers found by comparing generated with published figures; nothing here has a meaning of its own.

Made by `python -m helseanalyse.synthetic.calibrate`, which prints this file's arrays; stored so that a
world needs no fitting when it is made. Women first, then men.
"""

from __future__ import annotations

from typing import Final

import numpy as np

# Share of the hazard of death that remains when fatal infarction, stroke, cancer and the excess of four
# diseases are deaths of their own, by sex and ten-year age group 0-9 ... 90 and over.
NATURAL: Final = np.array([
    [0.9891, 0.9395, 0.5335, 0.1317, 0.0888, 0.1630, 0.3082, 0.4058, 0.4299, 0.6110],
    [0.9556, 0.9539, 0.8980, 0.7560, 0.5422, 0.4017, 0.4022, 0.3866, 0.3915, 0.6665],
])  # fmt: skip
# Factor of each year 2008-2024 on the same.
YEAR: Final = np.array([0.8991, 0.9465, 0.9828, 1.0187, 1.0462, 1.0551, 1.0340, 1.0461, 1.0377, 1.0283, 1.0176, 1.0052, 0.9479, 0.9820, 1.0952, 0.9813, 0.9400])  # fmt: skip
# Factor on yearly counts, and years added to mean ages, for what the causes of a disease, its depletion
# and death move away from the published figure.
COUNT: Final = {
    "infarction": np.array([1.0273, 0.9781]),
    "stroke": np.array([0.6327, 0.5857]),
    "heart_failure": np.array([0.9244, 0.8913]),
    "lung_cancer": np.array([1.2270, 1.1498]),
    "cancer": np.array([1.0880, 1.1264]),
    "type_2": np.array([1.1444, 1.0572]),
}
AGE: Final = {
    "infarction": np.array([1.4537, 1.3511]),
    "stroke": np.array([-1.3907, -1.6361]),
}
