"""Population (Befolkningen).

Made by scripts/docs/registries.py: do not edit.
"""

from __future__ import annotations

from typing import Any, ClassVar

from helseanalyse.catalogue.model import Grain
from helseanalyse.study.language.code_values import Code
from helseanalyse.study.language.columns import TableColumns
from helseanalyse.study.language.dates import Date
from helseanalyse.study.language.population import PopulationQuestions
from helseanalyse.study.language.rows import EventRows, PersonRows
from helseanalyse.study.language.spells import PeriodRows
from helseanalyse.study.language.values import Category, Number, Relative, Text
from helseanalyse.study.node import Rows as RowsNode
from helseanalyse.study.nodes import Table

PERSON = Table("population", "person", Grain.PERSON)


class PersonColumns(TableColumns):
    """The columns of `population.person`. Person (Person)."""

    __slots__ = ()

    @property
    def sex(self) -> Category:
        """Sex (Kjønn)."""
        return self._category("sex", "female", "male")

    @property
    def born_on(self) -> Date:
        """Date of birth (Fødselsdato)."""
        return self._date("born_on")

    @property
    def died_on(self) -> Date:
        """Date of death (Dødsdato). From the population register; the cause of death is in `dar`."""
        return self._date("died_on")

    @property
    def mother(self) -> Relative:
        """Mother (Mor)."""
        return self._person("mother")

    @property
    def father(self) -> Relative:
        """Father (Far)."""
        return self._person("father")

    @property
    def country_of_birth(self) -> Text:
        """Country of birth (Fødeland). Three digits of Statistics Norway's list of countries; 000 is Norway,
        101 Denmark. Missing for some.
        """
        return self._text("country_of_birth")

    @property
    def immigration_category(self) -> Category:
        """Immigration category (Innvandringskategori)."""
        return self._category(
            "immigration_category", "norwegian_born", "immigrant", "born_of_immigrants",
            "foreign_born_one_norwegian_parent", "norwegian_born_one_foreign_parent",
            "foreign_born_norwegian_parents"
        )  # fmt: skip


class PersonTable(PersonColumns, PersonRows["PersonTable"]):
    """At most one row a person of `population.person`."""

    __slots__ = ()


RESIDENCE = Table("population", "residence", Grain.PERIOD, start="moved_in_on", stop="moved_out_on")


class ResidenceColumns(TableColumns):
    """The columns of `population.residence`. Residence (Bosted)."""

    __slots__ = ()

    @property
    def moved_in_on(self) -> Date:
        """Moved in (Flyttet inn)."""
        return self._date("moved_in_on")

    @property
    def moved_out_on(self) -> Date:
        """Moved out (Flyttet ut). The first day that the person no longer lived there; empty while the person
        lives there.
        """
        return self._date("moved_out_on")

    @property
    def municipality(self) -> Code:
        """Municipality of residence (Bostedskommune). Codes of municipality. The number as it was at the time;
        mergers of 2018, 2020 and 2024 break series, so map to the borders of one year.
        """
        return self._code("municipality", "municipality")


class OneResidence(ResidenceColumns, PersonRows["OneResidence"]):
    """One row a person, picked from `population.residence`."""

    __slots__ = ()


class ResidenceTable(ResidenceColumns, PeriodRows["ResidenceTable", OneResidence]):
    """Rows of `population.residence`: many a person."""

    __slots__ = ()
    _one: ClassVar[type[OneResidence]] = OneResidence


EMIGRATION = Table("population", "emigration", Grain.EVENT, date="emigrated_on")


class EmigrationColumns(TableColumns):
    """The columns of `population.emigration`. Emigration (Utvandring)."""

    __slots__ = ()

    @property
    def emigrated_on(self) -> Date:
        """Emigrated (Utvandret)."""
        return self._date("emigrated_on")


class OneEmigration(EmigrationColumns, PersonRows["OneEmigration"]):
    """One row a person, picked from `population.emigration`."""

    __slots__ = ()


class EmigrationTable(EmigrationColumns, EventRows["EmigrationTable", OneEmigration]):
    """Rows of `population.emigration`: many a person."""

    __slots__ = ()
    _one: ClassVar[type[OneEmigration]] = OneEmigration


IMMIGRATION = Table("population", "immigration", Grain.EVENT, date="immigrated_on")


class ImmigrationColumns(TableColumns):
    """The columns of `population.immigration`. Immigration (Innvandring)."""

    __slots__ = ()

    @property
    def immigrated_on(self) -> Date:
        """Immigrated (Innvandret)."""
        return self._date("immigrated_on")


class OneImmigration(ImmigrationColumns, PersonRows["OneImmigration"]):
    """One row a person, picked from `population.immigration`."""

    __slots__ = ()


class ImmigrationTable(ImmigrationColumns, EventRows["ImmigrationTable", OneImmigration]):
    """Rows of `population.immigration`: many a person."""

    __slots__ = ()
    _one: ClassVar[type[OneImmigration]] = OneImmigration


HOUSEHOLD = Table("population", "household", Grain.PERIOD, start="started_on", stop="ended_on")


class HouseholdColumns(TableColumns):
    """The columns of `population.household`. Household (Husholdning)."""

    __slots__ = ()

    @property
    def started_on(self) -> Date:
        """From (Fra)."""
        return self._date("started_on")

    @property
    def ended_on(self) -> Date:
        """Until (Til). The first day outside the household; empty while it lasts."""
        return self._date("ended_on")

    @property
    def household(self) -> Number:
        """Serial number of the household (Husholdningens løpenummer). Unit: serial number."""
        return self._int("household")

    @property
    def kind(self) -> Category:
        """Kind of household (Husholdningstype). Delivered numbers are unverified; keep them as the custodian's
        list says.
        """
        return self._category("kind", "alone", "couple", "couple_with_children", "single_parent", "other")


class OneHousehold(HouseholdColumns, PersonRows["OneHousehold"]):
    """One row a person, picked from `population.household`."""

    __slots__ = ()


class HouseholdTable(HouseholdColumns, PeriodRows["HouseholdTable", OneHousehold]):
    """Rows of `population.household`: many a person."""

    __slots__ = ()
    _one: ClassVar[type[OneHousehold]] = OneHousehold


EDUCATION = Table("population", "education", Grain.EVENT, date="completed_on")


class EducationColumns(TableColumns):
    """The columns of `population.education`. Education (Utdanning)."""

    __slots__ = ()

    @property
    def completed_on(self) -> Date:
        """Completed (Fullført)."""
        return self._date("completed_on")

    @property
    def level(self) -> Category:
        """Level of education (Utdanningsnivå). Covers from 1970-11-01. The first of the six digits of NUS2000."""
        return self._category(
            "level", "none", "primary", "lower_secondary", "upper_secondary_basic", "upper_secondary",
            "post_secondary", "bachelor", "master", "doctorate", "unknown"
        )  # fmt: skip


class OneEducation(EducationColumns, PersonRows["OneEducation"]):
    """One row a person, picked from `population.education`."""

    __slots__ = ()


class EducationTable(EducationColumns, EventRows["EducationTable", OneEducation]):
    """Rows of `population.education`: many a person."""

    __slots__ = ()
    _one: ClassVar[type[OneEducation]] = OneEducation


INCOME = Table("population", "income", Grain.EVENT, date="year_end")


class IncomeColumns(TableColumns):
    """The columns of `population.income`. Income (Inntekt)."""

    __slots__ = ()

    @property
    def year_end(self) -> Date:
        """Last day of the income year (Inntektsårets siste dag). Covers from 1993-01-01."""
        return self._date("year_end")

    @property
    def amount(self) -> Number:
        """Total income (Samlet inntekt). Unit: NOK. Covers from 1993-01-01. Before tax, in the money of that
        year; may be negative.
        """
        return self._int("amount")


class OneIncome(IncomeColumns, PersonRows["OneIncome"]):
    """One row a person, picked from `population.income`."""

    __slots__ = ()


class IncomeTable(IncomeColumns, EventRows["IncomeTable", OneIncome]):
    """Rows of `population.income`: many a person."""

    __slots__ = ()
    _one: ClassVar[type[OneIncome]] = OneIncome


class PopulationRegistry(PopulationQuestions, PersonTable):
    """Population (Befolkningen). From 1964-01-01. Everyone who has been registered as resident in Norway, with
    residence, migration, family, household, education and income. It decides who exists.
    """

    __slots__ = ()
    _residence_table = RESIDENCE
    _has_death = True

    def _like(self, node: RowsNode) -> Any:
        return PersonTable(node)

    @property
    def person(self) -> PersonTable:
        """Person (Person)."""
        return PersonTable(PERSON)

    @property
    def residence(self) -> ResidenceTable:
        """Residence (Bosted)."""
        return ResidenceTable(RESIDENCE)

    @property
    def emigration(self) -> EmigrationTable:
        """Emigration (Utvandring)."""
        return EmigrationTable(EMIGRATION)

    @property
    def immigration(self) -> ImmigrationTable:
        """Immigration (Innvandring)."""
        return ImmigrationTable(IMMIGRATION)

    @property
    def household(self) -> HouseholdTable:
        """Household (Husholdning)."""
        return HouseholdTable(HOUSEHOLD)

    @property
    def education(self) -> EducationTable:
        """Education (Utdanning)."""
        return EducationTable(EDUCATION)

    @property
    def income(self) -> IncomeTable:
        """Income (Inntekt)."""
        return IncomeTable(INCOME)

    @property
    def emigrated_on(self) -> Date:
        """The column `emigrated_on` of `population.emigration`. Emigrated (Utvandret)."""
        return EmigrationTable(EMIGRATION).emigrated_on

    @property
    def immigrated_on(self) -> Date:
        """The column `immigrated_on` of `population.immigration`. Immigrated (Innvandret)."""
        return ImmigrationTable(IMMIGRATION).immigrated_on


population = PopulationRegistry(PERSON)
