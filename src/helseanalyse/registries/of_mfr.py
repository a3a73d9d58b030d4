"""Medical Birth Registry of Norway (Medisinsk fødselsregister).

Made by scripts/docs/registries.py: do not edit.
"""

from __future__ import annotations

from typing import Any, ClassVar

from helseanalyse.catalogue.model import Grain
from helseanalyse.study.language.columns import TableColumns
from helseanalyse.study.language.dates import Date
from helseanalyse.study.language.rows import EventRows, PersonRows
from helseanalyse.study.language.values import Category, Number, Relative, Truth
from helseanalyse.study.node import Rows as RowsNode
from helseanalyse.study.nodes import Table

BIRTH = Table("mfr", "birth", Grain.EVENT, date="born_on")


class BirthColumns(TableColumns):
    """The columns of `mfr.birth`. Birth (Fødsel)."""

    __slots__ = ()

    @property
    def born_on(self) -> Date:
        """Date of birth of the child (Barnets fødselsdato)."""
        return self._date("born_on")

    @property
    def child(self) -> Relative:
        """Child (Barn). Missing for stillborn children, who have no number, and for some others."""
        return self._person("child")

    @property
    def father(self) -> Relative:
        """Father (Far)."""
        return self._person("father")

    @property
    def sex(self) -> Category:
        """Sex of the child (Barnets kjønn)."""
        return self._category("sex", "female", "male", "uncertain", "unknown")

    @property
    def gestation_days(self) -> Number:
        """Gestational age (Svangerskapsvarighet). Unit: days."""
        return self._int("gestation_days")

    @property
    def birth_weight(self) -> Number:
        """Birth weight (Fødselsvekt). Unit: g."""
        return self._int("birth_weight")

    @property
    def birth_length(self) -> Number:
        """Birth length (Fødselslengde). Unit: cm."""
        return self._int("birth_length")

    @property
    def apgar_5(self) -> Number:
        """Apgar score at 5 minutes (Apgar etter 5 minutter). Unit: points."""
        return self._int("apgar_5")

    @property
    def parity(self) -> Number:
        """Parity (earlier births) (Paritet (tidligere fødsler)). Unit: births. PARITET_5 is top-coded, 4 means
        4 or more.
        """
        return self._int("parity")

    @property
    def plurality(self) -> Number:
        """Children of the pregnancy (Antall barn i svangerskapet). Unit: children."""
        return self._int("plurality")

    @property
    def mothers_age(self) -> Number:
        """Age of the mother (Mors alder). Unit: years."""
        return self._int("mothers_age")

    @property
    def bmi_before(self) -> Number:
        """Body mass index before pregnancy (Kroppsmasseindeks før svangerskapet). Unit: kg/m²."""
        return self._float("bmi_before")

    @property
    def caesarean(self) -> Category:
        """Caesarean section (Keisersnitt). Delivered numbers are unverified. Blank means that nothing was
        ticked, so it is read as no.
        """
        return self._category("caesarean", "no", "planned", "emergency", "unspecified")

    @property
    def preeclampsia(self) -> Truth:
        """Pre-eclampsia (Preeklampsi). Blank means that nothing was ticked, so it is read as no."""
        return self._bool("preeclampsia")

    @property
    def gestational_hypertension(self) -> Truth:
        """Gestational hypertension (Svangerskapshypertensjon). Blank means that nothing was ticked, so it is
        read as no.
        """
        return self._bool("gestational_hypertension")

    @property
    def assisted_conception(self) -> Truth:
        """Assisted conception (Assistert befruktning). Blank means that nothing was ticked, so it is read as no."""
        return self._bool("assisted_conception")

    @property
    def malformation(self) -> Truth:
        """Malformation (Medfødt misdannelse). Blank means that nothing was ticked, so it is read as no."""
        return self._bool("malformation")

    @property
    def smoking(self) -> Category:
        """Smoking at the beginning of pregnancy (Røyking ved svangerskapets begynnelse). Delivered numbers are
        unverified. Mothers may decline to answer; blank stays missing.
        """
        return self._category("smoking", "no", "sometimes", "daily")

    @property
    def alive(self) -> Truth:
        """Born alive (Levendefødt). Where a delivery gives DODKAT alone, use the survival of the child; 7 to 10
        there are stillbirths and terminations.
        """
        return self._bool("alive")

    @property
    def survival(self) -> Category:
        """Survival of the child (Overlevelse)."""
        return self._category(
            "survival", "alive", "died_first_day", "died_day_2_to_6", "died_day_7_to_27", "died_first_year",
            "died_second_year", "died_later", "stillborn_before", "stillborn_during", "stillborn_unknown",
            "termination", "follow_up_unknown", "emigrated", "birth_certificate"
        )  # fmt: skip


class OneBirth(BirthColumns, PersonRows["OneBirth"]):
    """One row a person, picked from `mfr.birth`."""

    __slots__ = ()


class BirthTable(BirthColumns, EventRows["BirthTable", OneBirth]):
    """Rows of `mfr.birth`: many a person."""

    __slots__ = ()
    _one: ClassVar[type[OneBirth]] = OneBirth


class MfrRegistry(BirthTable):
    """Medical Birth Registry of Norway (Medisinsk fødselsregister). From 1967-01-01. All births from week 12 of
    pregnancy. A row is a child; the person is the mother.
    """

    __slots__ = ()

    def _like(self, node: RowsNode) -> Any:
        return BirthTable(node)

    @property
    def birth(self) -> BirthTable:
        """Birth (Fødsel)."""
        return BirthTable(BIRTH)


mfr = MfrRegistry(BIRTH)
