"""Cancer Registry of Norway (Kreftregisteret).

Made by scripts/docs/registries.py: do not edit.
"""

from __future__ import annotations

from typing import Any, ClassVar

from helseanalyse.catalogue.model import Grain
from helseanalyse.study.language.code_values import Code
from helseanalyse.study.language.columns import TableColumns
from helseanalyse.study.language.dates import Date
from helseanalyse.study.language.rows import EventRows, PersonRows
from helseanalyse.study.language.values import Category
from helseanalyse.study.node import Rows as RowsNode
from helseanalyse.study.nodes import Table

CASE = Table("krg", "case", Grain.EVENT, date="diagnosed_on")


class CaseColumns(TableColumns):
    """The columns of `krg.case`. Cancer case (Krefttilfelle)."""

    __slots__ = ()

    @property
    def diagnosed_on(self) -> Date:
        """Date of diagnosis (Diagnosedato). The earliest of the clinician's date, the first histology, and death."""
        return self._date("diagnosed_on")

    @property
    def site(self) -> Code:
        """Site (ICD-10) (Lokalisasjon (ICD-10)). Codes of ICD-10. Converted from ICD-7 for the older years."""
        return self._code("site", "ICD-10")

    @property
    def topography(self) -> Code:
        """Topography (ICD-O-3) (Topografi (ICD-O-3)). Codes of ICD-O-3."""
        return self._code("topography", "ICD-O-3")

    @property
    def morphology(self) -> Code:
        """Morphology (ICD-O-3) (Morfologi (ICD-O-3)). Codes of ICD-O-3. Converted from MoTNaC (1953-1992) and
        from ICD-O-2.
        """
        return self._code("morphology", "ICD-O-3")

    @property
    def basis(self) -> Category:
        """Basis of diagnosis (Grunnlag for diagnosen). Numbers as in the European rules for cancer registries;
        those of the Norwegian registry are unverified.
        """
        return self._category(
            "basis", "death_certificate", "clinical", "investigation", "marker", "cytology",
            "histology_of_metastasis", "histology", "unknown"
        )  # fmt: skip

    @property
    def stage(self) -> Category:
        """Stage at diagnosis (Stadium ved diagnose). Complete enough for analysis for some sites only."""
        return self._category("stage", "local", "regional", "distant", "unknown")

    @property
    def metastasis(self) -> Category:
        """Metastasis at diagnosis (Metastase ved diagnose)."""
        return self._category("metastasis", "none", "lymph_nodes", "organs", "unknown")

    @property
    def side(self) -> Category:
        """Side (Side)."""
        return self._category("side", "right", "left", "both", "not_relevant")


class OneCase(CaseColumns, PersonRows["OneCase"]):
    """One row a person, picked from `krg.case`."""

    __slots__ = ()


class CaseTable(CaseColumns, EventRows["CaseTable", OneCase]):
    """Rows of `krg.case`: many a person."""

    __slots__ = ()
    _one: ClassVar[type[OneCase]] = OneCase


class KrgRegistry(CaseTable):
    """Cancer Registry of Norway (Kreftregisteret). From 1953-01-01. All cases of cancer. A case includes spread
    and relapse of the same tumour; a person may have several.
    """

    __slots__ = ()

    def _like(self, node: RowsNode) -> Any:
        return CaseTable(node)

    @property
    def case(self) -> CaseTable:
        """Cancer case (Krefttilfelle)."""
        return CaseTable(CASE)


krg = KrgRegistry(CASE)
