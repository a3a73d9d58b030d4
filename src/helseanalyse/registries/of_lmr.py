"""Norwegian Prescribed Drug Registry (Legemiddelregisteret).

Made by scripts/docs/registries.py: do not edit.
"""

from __future__ import annotations

from typing import Any, ClassVar

from helseanalyse.catalogue.model import Grain
from helseanalyse.study.language.code_values import Code
from helseanalyse.study.language.columns import TableColumns
from helseanalyse.study.language.dates import Date
from helseanalyse.study.language.rows import EventRows, PersonRows
from helseanalyse.study.language.values import Category, Number, Text
from helseanalyse.study.node import Rows as RowsNode
from helseanalyse.study.nodes import Table

DISPENSING = Table("lmr", "dispensing", Grain.EVENT, date="dispensed_on")


class DispensingColumns(TableColumns):
    """The columns of `lmr.dispensing`. Dispensing (Utlevering)."""

    __slots__ = ()

    @property
    def dispensed_on(self) -> Date:
        """Date of dispensing (Utleveringsdato)."""
        return self._date("dispensed_on")

    @property
    def atc(self) -> Code:
        """ATC code (ATC-kode). Codes of ATC. The 66 family of files gives level 4 only (five characters); a
        list of substances (seven characters) misses those rows.
        """
        return self._code("atc", "ATC")

    @property
    def packs(self) -> Number:
        """Number of packs (Antall pakninger). Unit: packs. May be a part of a pack."""
        return self._float("packs")

    @property
    def ddd(self) -> Number:
        """Defined daily doses dispensed (Utleverte definerte døgndoser). Unit: DDD."""
        return self._float("ddd")

    @property
    def reimbursement(self) -> Category:
        """Reimbursement scheme (Refusjonsordning). Delivered values are unverified."""
        return self._category(
            "reimbursement", "none", "preapproved", "individual", "infectious", "hospital_financed"
        )  # fmt: skip

    @property
    def prescriber(self) -> Category:
        """Prescriber (Forskriver). Delivered values are unverified."""
        return self._category(
            "prescriber", "gp", "specialist", "doctor", "dentist", "nurse_or_midwife", "other"
        )  # fmt: skip

    @property
    def product(self) -> Text:
        """Product name (Varenavn). Not in the 66 family of files."""
        return self._text("product")


class OneDispensing(DispensingColumns, PersonRows["OneDispensing"]):
    """One row a person, picked from `lmr.dispensing`."""

    __slots__ = ()


class DispensingTable(DispensingColumns, EventRows["DispensingTable", OneDispensing]):
    """Rows of `lmr.dispensing`: many a person."""

    __slots__ = ()
    _one: ClassVar[type[OneDispensing]] = OneDispensing


class LmrRegistry(DispensingTable):
    """Norwegian Prescribed Drug Registry (Legemiddelregisteret). From 2004-01-01. Drugs dispensed by pharmacies
    to persons on prescription. A row is a dispensing. Use in hospitals is not part of it. Until 2021 it was
    called NorPD.
    """

    __slots__ = ()

    def _like(self, node: RowsNode) -> Any:
        return DispensingTable(node)

    @property
    def dispensing(self) -> DispensingTable:
        """Dispensing (Utlevering)."""
        return DispensingTable(DISPENSING)


lmr = LmrRegistry(DISPENSING)
