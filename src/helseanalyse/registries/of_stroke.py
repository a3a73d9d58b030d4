"""Norwegian Stroke Registry (Norsk hjerneslagregister).

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

STROKE = Table("stroke", "stroke", Grain.EVENT, date="onset_on")


class StrokeColumns(TableColumns):
    """The columns of `stroke.stroke`. Stroke (Hjerneslag)."""

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
        """Kind of stroke (Slagtype)."""
        return self._category("kind", "infarct", "haemorrhage", "unspecified")

    @property
    def nihss(self) -> Number:
        """NIHSS on arrival (NIHSS ved innkomst). Unit: points."""
        return self._int("nihss")

    @property
    def mrs_before(self) -> Number:
        """Modified Rankin scale before the stroke (Modifisert Rankin-skala før slaget). Unit: points."""
        return self._int("mrs_before")

    @property
    def mrs_3_months(self) -> Number:
        """Modified Rankin scale at 3 months (Modifisert Rankin-skala etter 3 måneder). Unit: points. 6 is dead.
        Missing where nobody could be reached for the follow-up.
        """
        return self._int("mrs_3_months")

    @property
    def thrombolysis(self) -> Truth:
        """Thrombolysis (Trombolyse)."""
        return self._bool("thrombolysis")

    @property
    def thrombolysis_minutes(self) -> Number:
        """Minutes from arrival to thrombolysis (Minutter fra innkomst til trombolyse). Unit: minutes."""
        return self._int("thrombolysis_minutes")

    @property
    def thrombectomy(self) -> Truth:
        """Thrombectomy (Trombektomi)."""
        return self._bool("thrombectomy")

    @property
    def atrial_fibrillation(self) -> Truth:
        """Atrial fibrillation (Atrieflimmer)."""
        return self._bool("atrial_fibrillation")


class OneStroke(StrokeColumns, PersonRows["OneStroke"]):
    """One row a person, picked from `stroke.stroke`."""

    __slots__ = ()


class StrokeTable(StrokeColumns, EventRows["StrokeTable", OneStroke]):
    """Rows of `stroke.stroke`: many a person."""

    __slots__ = ()
    _one: ClassVar[type[OneStroke]] = OneStroke


class StrokeRegistry(StrokeTable):
    """Norwegian Stroke Registry (Norsk hjerneslagregister). From 2012-01-01. National clinical quality registry
    of patients admitted to hospital with acute stroke.
    """

    __slots__ = ()

    def _like(self, node: RowsNode) -> Any:
        return StrokeTable(node)

    @property
    def stroke(self) -> StrokeTable:
        """Stroke (Hjerneslag)."""
        return StrokeTable(STROKE)


stroke = StrokeRegistry(STROKE)
