"""The registries of the Norwegian catalogue, for studies.

Made by scripts/docs/registries.py: do not edit.
"""

from __future__ import annotations

from helseanalyse.registries.of_dar import dar
from helseanalyse.registries.of_infarction import infarction
from helseanalyse.registries.of_kpr import kpr
from helseanalyse.registries.of_krg import krg
from helseanalyse.registries.of_lmr import lmr
from helseanalyse.registries.of_mfr import mfr
from helseanalyse.registries.of_npr import npr
from helseanalyse.registries.of_population import population
from helseanalyse.registries.of_stroke import stroke

__all__ = ["dar", "infarction", "kpr", "krg", "lmr", "mfr", "npr", "population", "stroke"]
