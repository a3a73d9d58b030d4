"""Norwegian Myocardial Infarction Registry (Norsk hjerteinfarktregister).

Made by scripts/docs/registries.py: do not edit.
"""

from __future__ import annotations

from typing import Any, ClassVar

from helseanalyse.catalogue.model import Grain
from helseanalyse.study.language.columns import TableColumns
from helseanalyse.study.language.dates import Date
from helseanalyse.study.language.rows import EventRows, PersonRows
from helseanalyse.study.language.values import Category, Number, Truth
from helseanalyse.study.node import Rows as RowsNode
from helseanalyse.study.nodes import Table

INFARCTION = Table("infarction", "infarction", Grain.EVENT, date="onset_on")


class InfarctionColumns(TableColumns):
    """The columns of `infarction.infarction`. Myocardial infarction (Hjerteinfarkt)."""

    __slots__ = ()

    @property
    def onset_on(self) -> Date:
        """Onset of symptoms (Symptomdebut)."""
        return self._date("onset_on")

    @property
    def admitted_on(self) -> Date:
        """Admitted (Innlagt)."""
        return self._date("admitted_on")

    @property
    def kind(self) -> Category:
        """Kind of infarction (Infarkttype)."""
        return self._category("kind", "stemi", "nstemi", "unknown")

    @property
    def reperfusion(self) -> Category:
        """Reperfusion (Reperfusjonsbehandling)."""
        return self._category("reperfusion", "none", "primary_pci", "thrombolysis", "later_pci")

    @property
    def ejection_fraction(self) -> Number:
        """Ejection fraction (Ejeksjonsfraksjon). Unit: percent."""
        return self._int("ejection_fraction")

    @property
    def troponin(self) -> Number:
        """Highest troponin (Høyeste troponin). Unit: ng/L."""
        return self._float("troponin")

    @property
    def earlier_infarction(self) -> Truth:
        """Earlier myocardial infarction (Tidligere hjerteinfarkt)."""
        return self._bool("earlier_infarction")

    @property
    def smoking(self) -> Category:
        """Smoking (Røyking)."""
        return self._category("smoking", "never", "former", "current", "unknown")


class OneInfarction(InfarctionColumns, PersonRows["OneInfarction"]):
    """One row a person, picked from `infarction.infarction`."""

    __slots__ = ()


class InfarctionTable(InfarctionColumns, EventRows["InfarctionTable", OneInfarction]):
    """Rows of `infarction.infarction`: many a person."""

    __slots__ = ()
    _one: ClassVar[type[OneInfarction]] = OneInfarction


class InfarctionRegistry(InfarctionTable):
    """Norwegian Myocardial Infarction Registry (Norsk hjerteinfarktregister). From 2012-01-01. National
    clinical quality registry of patients admitted to hospital with acute myocardial infarction.
    """

    __slots__ = ()

    def _like(self, node: RowsNode) -> Any:
        return InfarctionTable(node)

    @property
    def infarction(self) -> InfarctionTable:
        """Myocardial infarction (Hjerteinfarkt)."""
        return InfarctionTable(INFARCTION)


infarction = InfarctionRegistry(INFARCTION)
