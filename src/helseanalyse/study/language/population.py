"""What a study asks of the population registry: age, residence, and who is a resident when."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, cast

from helseanalyse.study import nodes
from helseanalyse.study.language.build import make, series
from helseanalyse.study.language.dates import Date
from helseanalyse.study.language.spells import Spells
from helseanalyse.study.language.trouble import fail
from helseanalyse.study.language.values import Number, Truth
from helseanalyse.study.node import Rows as RowsNode
from helseanalyse.study.types import DATE
from helseanalyse.study.universe import effective_residence


class PopulationQuestions:
    """Age and residence, for the registry that defines who exists."""

    __slots__ = ()

    node: RowsNode
    _residence_table: ClassVar[nodes.Table | None] = None
    _has_death: ClassVar[bool] = True

    def age_on(self, day: Date | date | str) -> Number:
        """The age in whole years; someone born on 29 February is a year older on 1 March in common years."""
        return make(Number, nodes.DateDiff, series(day, DATE), nodes.Column(self.node, "born_on", DATE), "years")

    def resident_on(self, day: Date | date | str) -> Truth:
        """Whether the person lives in the country on the day; the day of death counts."""
        return self._residence_periods().covers(day)

    def resident_throughout(self, first: Date | date | str, last: Date | date | str) -> Truth:
        """Whether the person lives in the country on every day from first to last, both counted."""
        return self._residence_periods().covers_all(first, last)

    def _residence_periods(self) -> Spells:
        if self._residence_table is None or not isinstance(self.node, nodes.Table):
            told = fail("S012", what="Residence", wanted="a period table `residence` of the universe", got="none")
            return cast("Spells", told)
        return Spells(effective_residence(self.node, self._residence_table, self._has_death))
