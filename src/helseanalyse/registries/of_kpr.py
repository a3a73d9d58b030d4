"""Norwegian Registry for Primary Health Care (Kommunalt pasient- og brukerregister).

Made by scripts/docs/registries.py: do not edit.
"""

from __future__ import annotations

from typing import Any, ClassVar

from helseanalyse.catalogue.model import Grain
from helseanalyse.study.language.code_values import Code, CodeSet
from helseanalyse.study.language.columns import TableColumns
from helseanalyse.study.language.dates import Date
from helseanalyse.study.language.rows import EventRows, PersonRows
from helseanalyse.study.language.spells import PeriodRows
from helseanalyse.study.language.values import Category
from helseanalyse.study.node import Rows as RowsNode
from helseanalyse.study.nodes import Table

CONTACT = Table("kpr", "contact", Grain.EVENT, date="contact_on")


class ContactColumns(TableColumns):
    """The columns of `kpr.contact`. Contact (Kontakt)."""

    __slots__ = ()

    @property
    def contact_on(self) -> Date:
        """Date of contact (Kontaktdato)."""
        return self._date("contact_on")

    @property
    def service(self) -> Category:
        """Service (Tjeneste). Delivered short codes other than FALE, LEVA and LEKO are unverified."""
        return self._category(
            "service", "gp", "out_of_hours", "physiotherapist", "chiropractor", "speech_therapist",
            "audio_pedagogue", "orthoptist", "dentist", "dental_hygienist", "health_centre", "specialist",
            "other"
        )  # fmt: skip

    @property
    def contact_type(self) -> Category:
        """Type of contact (Kontakttype). E-consultations are told by their tariffs (2ae, 2aek); delivered
        values are unverified.
        """
        return self._category(
            "contact_type", "consultation", "e_consultation", "home_visit", "simple_contact",
            "interdisciplinary", "administrative"
        )  # fmt: skip

    @property
    def area(self) -> Category:
        """Area (Fagområde). Deliveries hold more codes than these three; what they mean is unverified."""
        return self._category("area", "medical_services", "public_outpatient", "private_laboratory")

    @property
    def main_diagnosis(self) -> Code:
        """First diagnosis (Første diagnose). Codes of ICPC-2. The first one listed; the bill marks no main
        diagnosis.
        """
        return self._code("main_diagnosis", "ICPC-2")

    @property
    def any_diagnosis(self) -> CodeSet:
        """Any diagnosis (Alle diagnoser). Codes of ICPC-2. ICPC-2B codes are cut to the ICPC-2 code that they
        refine. Rows in ICD-10 keep their contact but no code here.
        """
        return self._codes("any_diagnosis", "ICPC-2")


class OneContact(ContactColumns, PersonRows["OneContact"]):
    """One row a person, picked from `kpr.contact`."""

    __slots__ = ()


class ContactTable(ContactColumns, EventRows["ContactTable", OneContact]):
    """Rows of `kpr.contact`: many a person."""

    __slots__ = ()
    _one: ClassVar[type[OneContact]] = OneContact


CARE = Table("kpr", "care", Grain.PERIOD, start="started_on", stop="ended_on")


class CareColumns(TableColumns):
    """The columns of `kpr.care`. Care service (Omsorgstjeneste)."""

    __slots__ = ()

    @property
    def started_on(self) -> Date:
        """Started (Startet). Covers from 2017-01-01."""
        return self._date("started_on")

    @property
    def ended_on(self) -> Date:
        """Ended (Avsluttet). Covers from 2017-01-01. The first day without the service; empty while it lasts."""
        return self._date("ended_on")

    @property
    def service(self) -> Category:
        """Care service (Omsorgstjeneste). Covers from 2017-01-01. Delivered column and values are unverified."""
        return self._category(
            "service", "home_nursing", "practical_help", "long_stay", "short_stay", "personal_assistance",
            "day_activity", "safety_alarm", "gps", "support_contact", "respite", "carers_allowance", "meals"
        )  # fmt: skip


class OneCare(CareColumns, PersonRows["OneCare"]):
    """One row a person, picked from `kpr.care`."""

    __slots__ = ()


class CareTable(CareColumns, PeriodRows["CareTable", OneCare]):
    """Rows of `kpr.care`: many a person."""

    __slots__ = ()
    _one: ClassVar[type[OneCare]] = OneCare


class KprRegistry(ContactTable):
    """Norwegian Registry for Primary Health Care (Kommunalt pasient- og brukerregister). From 2016-07-01.
    Contacts in primary health care (a row is a bill, about one contact) and municipal care services.
    """

    __slots__ = ()

    def _like(self, node: RowsNode) -> Any:
        return ContactTable(node)

    @property
    def contact(self) -> ContactTable:
        """Contact (Kontakt)."""
        return ContactTable(CONTACT)

    @property
    def care(self) -> CareTable:
        """Care service (Omsorgstjeneste)."""
        return CareTable(CARE)


kpr = KprRegistry(CONTACT)
