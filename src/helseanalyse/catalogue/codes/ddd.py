"""Defined daily doses of common substances, for studies of drug use."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from helseanalyse.catalogue.codes.model import CodeError
from helseanalyse.catalogue.codes.table import lines_of

# Milligrams in one of each unit of mass; the other units (U, TU, mmol, tablet) stay as they are.
_MILLIGRAMS = {"g": 1000.0, "mg": 1.0, "mcg": 0.001}


@dataclass(frozen=True, slots=True)
class DailyDose:
    """The assumed average dose a day for the main use in adults: amount, unit and route.

    route: O oral, P parenteral, I inhaled, N nasal, SL sublingual, TD transdermal. Unverified: our
    table was not compared with the index of the WHO centre, so deliveries' own DDD go first.
    """

    amount: float
    unit: str
    route: str

    @property
    def milligrams(self) -> float | None:
        """The dose in mg, or None where the unit is no mass."""
        factor = _MILLIGRAMS.get(self.unit)
        return None if factor is None else self.amount * factor


@cache
def _doses() -> dict[str, DailyDose]:
    doses = {}
    for line in lines_of("atc"):
        if line["ddd"]:
            amount, unit, route = line["ddd"].split()
            doses[line["code"]] = DailyDose(float(amount), unit, route)
    return doses


def daily_dose(atc: str) -> DailyDose:
    """The defined daily dose of a substance (ATC code of seven characters).

    Raises CodeError where our table has none; many substances and all mixtures have several or none.

    >>> daily_dose("A10BA02").milligrams
    2000.0
    """
    code = atc.replace(".", "").replace(" ", "").upper()
    if code not in _doses():
        raise CodeError(
            f"The table of defined daily doses has none for {code[:10]}. Use the doses that were delivered "
            "with the dispensings, or state a dose in the study."
        )
    return _doses()[code]
