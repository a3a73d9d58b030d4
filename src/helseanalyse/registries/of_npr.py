"""Norwegian Patient Registry (Norsk pasientregister).

Made by scripts/docs/registries.py: do not edit.
"""

from __future__ import annotations

from typing import Any, ClassVar

from helseanalyse.catalogue.model import Grain
from helseanalyse.study.language.code_values import Code, CodeSet
from helseanalyse.study.language.columns import TableColumns
from helseanalyse.study.language.dates import Date
from helseanalyse.study.language.rows import EventRows, PersonRows
from helseanalyse.study.language.values import Category
from helseanalyse.study.node import Rows as RowsNode
from helseanalyse.study.nodes import Table

EPISODE = Table("npr", "episode", Grain.EVENT, date="admitted_on")


class EpisodeColumns(TableColumns):
    """The columns of `npr.episode`. Episode (Episode)."""

    __slots__ = ()

    @property
    def admitted_on(self) -> Date:
        """Date of admission (Inndato)."""
        return self._date("admitted_on")

    @property
    def discharged_on(self) -> Date:
        """Date of discharge (Utdato). Missing for some episodes."""
        return self._date("discharged_on")

    @property
    def level_of_care(self) -> Category:
        """Level of care (Omsorgsnivå). 0 and blank occur and mean unknown. A draft text elsewhere turns 1 and 3
        round; the numbers here are those of the NPR message.
        """
        return self._category("level_of_care", "inpatient", "day", "outpatient", "outpatient_contact")

    @property
    def urgency(self) -> Category:
        """Urgency (Hastegrad). From innmateHast; 1 to 3 (at once, within 6 hours, 6 to 24 hours) are
        emergencies, 4 (planned) and 5 (back from another hospital) are not.
        """
        return self._category("urgency", "emergency", "planned")

    @property
    def contact_type(self) -> Category:
        """Type of contact (Kontakttype)."""
        return self._category(
            "contact_type", "assessment", "treatment", "check_up", "indirect", "video", "telephone",
            "patient_administered", "training", "screening", "other"
        )  # fmt: skip

    @property
    def sector(self) -> Category:
        """Sector (Sektor)."""
        return self._category(
            "sector", "somatic", "adult_mental_health", "substance_abuse", "contracted_psychiatry",
            "contracted_somatic"
        )  # fmt: skip

    @property
    def trust(self) -> Category:
        """Treating hospital trust (Behandlende helseforetak). Level names are ours; the delivered numbers are
        unverified, so a delivery may give the short names.
        """
        return self._category(
            "trust", "ahus", "oslo", "innlandet", "ostfold", "vestfold", "telemark", "sorlandet",
            "vestre_viken", "stavanger", "fonna", "bergen", "forde", "more_og_romsdal", "st_olav",
            "nord_trondelag", "helgeland", "nordland", "unn", "finnmark", "private"
        )  # fmt: skip

    @property
    def field(self) -> Category:
        """Medical field (Fagområde)."""
        return self._category(
            "field", "general_surgery", "paediatric_surgery", "gastrointestinal_surgery", "vascular_surgery",
            "orthopaedics", "thoracic_surgery", "urology", "maxillofacial_surgery", "plastic_surgery",
            "neurosurgery", "breast_endocrine_surgery", "general_medicine", "haematology", "endocrinology",
            "gastroenterology", "cardiology", "infectious_diseases", "pulmonary_medicine", "nephrology",
            "rheumatology", "gynaecology_obstetrics", "anaesthesia", "paediatrics", "physical_medicine",
            "child_habilitation", "adult_habilitation", "dermatology", "neurology", "neurophysiology",
            "ear_nose_throat", "eye", "child_mental_health", "adult_mental_health", "occupational_medicine",
            "transplantation", "geriatrics", "substance_abuse", "opioid_substitution", "gambling",
            "palliative_medicine", "allergology", "obesity", "pain", "clinical_pharmacology", "biochemistry",
            "microbiology", "immunology", "genetics", "nuclear_medicine", "radiology", "oncology", "pathology",
            "other", "unknown"
        )  # fmt: skip

    @property
    def payer(self) -> Category:
        """Payer (Debitor)."""
        return self._category(
            "payer", "ordinary", "convention", "no_convention", "resident_abroad", "faster_back", "research",
            "municipality", "self_paying", "eu_patient_rights", "tender_contract", "tender_west",
            "tender_central", "tender_north", "tender_south_east", "contracted_specialist", "regional_day_rate",
            "insurance", "breached_deadline", "agreement", "free_choice", "other"
        )  # fmt: skip

    @property
    def main_diagnosis(self) -> Code:
        """Main diagnosis (Hovedtilstand). Codes of ICD-10."""
        return self._code("main_diagnosis", "ICD-10")

    @property
    def any_diagnosis(self) -> CodeSet:
        """Any diagnosis (main and secondary) (Alle diagnoser (hoved- og bitilstander)). Codes of ICD-10."""
        return self._codes("any_diagnosis", "ICD-10")

    @property
    def any_procedure(self) -> CodeSet:
        """Any procedure (NCSP, NCMP, NCRP) (Alle prosedyrer (NCSP, NCMP, NCRP)). Codes of NCSP. Deliveries mix
        NCSP, NCMP, NCRP and ATC in one column; the form of a code tells which it is, and ATC codes are left
        out.
        """
        return self._codes("any_procedure", "NCSP")


class OneEpisode(EpisodeColumns, PersonRows["OneEpisode"]):
    """One row a person, picked from `npr.episode`."""

    __slots__ = ()


class EpisodeTable(EpisodeColumns, EventRows["EpisodeTable", OneEpisode]):
    """Rows of `npr.episode`: many a person."""

    __slots__ = ()
    _one: ClassVar[type[OneEpisode]] = OneEpisode


class NprRegistry(EpisodeTable):
    """Norwegian Patient Registry (Norsk pasientregister). From 2008-01-01. All contacts with specialist health
    care. A row is an episode, that is, one contact at one institution.
    """

    __slots__ = ()

    def _like(self, node: RowsNode) -> Any:
        return EpisodeTable(node)

    @property
    def episode(self) -> EpisodeTable:
        """Episode (Episode)."""
        return EpisodeTable(EPISODE)


npr = NprRegistry(EPISODE)
