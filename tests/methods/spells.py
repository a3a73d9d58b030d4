"""Small made-up follow-ups, for the tests of risk tables and curves."""

import numpy as np
from hypothesis import strategies as st

from helseanalyse.methods.risk_table import risk_table

# One row: group, entry, days at risk, cause (0 censored), how many such persons.
rows = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 12), st.integers(1, 12), st.integers(0, 2), st.integers(0, 3)),
    min_size=1,
    max_size=12,
)


def table_of(spells, **names):
    group, entry, length, cause, n = (np.array(c) for c in zip(*spells, strict=True))
    return risk_table(group, entry, entry + length, cause, n, **({"groups": "AB", "causes": ["MI", "death"]} | names))


def persons(spells):
    return [(g, e, e + length, c) for g, e, length, c, n in spells for _ in range(n)]
