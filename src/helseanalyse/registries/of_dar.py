"""Norwegian Cause of Death Registry (Dødsårsaksregisteret).

Made by scripts/docs/registries.py: do not edit.
"""

from __future__ import annotations

from typing import Any

from helseanalyse.catalogue.model import Grain
from helseanalyse.study.language.code_values import Code, CodeSet
from helseanalyse.study.language.columns import TableColumns
from helseanalyse.study.language.dates import Date
from helseanalyse.study.language.rows import PersonRows
from helseanalyse.study.language.values import Category
from helseanalyse.study.node import Rows as RowsNode
from helseanalyse.study.nodes import Table

DEATH = Table("dar", "death", Grain.PERSON)


class DeathColumns(TableColumns):
    """The columns of `dar.death`. Death (Dødsfall)."""

    __slots__ = ()

    @property
    def died_on(self) -> Date:
        """Date of death (Dødsdato)."""
        return self._date("died_on")

    @property
    def underlying_cause(self) -> Code:
        """Underlying cause of death (Underliggende dødsårsak). Codes of ICD-10. Missing where the code system
        is blank or T_UKJENT (2.3 percent in one delivery); the death itself is kept.
        """
        return self._code("underlying_cause", "ICD-10")

    @property
    def contributing_causes(self) -> CodeSet:
        """Contributing causes of death (Medvirkende dødsårsaker). Codes of ICD-10. Delivered column name unverified."""
        return self._codes("contributing_causes", "ICD-10")

    @property
    def place(self) -> Category:
        """Place of death (Dødssted). Values as in the electronic death message."""
        return self._category("place", "hospital", "institution", "home", "other", "unknown")


class DeathTable(DeathColumns, PersonRows["DeathTable"]):
    """At most one row a person of `dar.death`."""

    __slots__ = ()


class DarRegistry(DeathTable):
    """Norwegian Cause of Death Registry (Dødsårsaksregisteret). From 1996-01-01. Deaths of residents of Norway,
    with underlying and contributing causes. About 98 percent have a stated cause.
    """

    __slots__ = ()

    def _like(self, node: RowsNode) -> Any:
        return DeathTable(node)

    @property
    def death(self) -> DeathTable:
        """Death (Dødsfall)."""
        return DeathTable(DEATH)


dar = DarRegistry(DEATH)
