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
    [1.0400, 1.0024, 0.5888, 0.2417, 0.1648, 0.2286, 0.3533, 0.4325, 0.4408, 0.4309, 0.4160, 0.4243, 0.4928],
    [0.9276, 1.0417, 0.9333, 0.7746, 0.5745, 0.4532, 0.4467, 0.4420, 0.4164, 0.4048, 0.3753, 0.3596, 0.5206],
])  # fmt: skip
# Factor of each year 2008-2024 on the same.
YEAR: Final = np.array([
    1.0081, 1.0264, 1.0452, 1.0720, 1.0991, 1.0753, 1.0407, 1.0418, 1.0381,
    1.0054, 0.9999, 0.9480, 0.9126, 0.9238, 1.0344, 0.9406, 0.8999,
])  # fmt: skip
# Factor on yearly counts, and years added to mean ages, for what the causes of a disease, its depletion
# and death move away from the published figure.
COUNT: Final = {
    "infarction": np.array([1.0297, 0.9981]),
    "stroke": np.array([0.6541, 0.6600]),
    "heart_failure": np.array([0.9126, 0.8662]),
    "lung_cancer": np.array([1.1631, 1.1938]),
    "cancer": np.array([0.9457, 0.9852]),
    "type_2": np.array([1.1469, 1.0522]),
}
AGE: Final = {
    "infarction": np.array([1.1655, 1.2382]),
    "stroke": np.array([-1.6581, -1.9985]),
}
