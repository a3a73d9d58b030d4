"""The codes that NPR's contacts carry, and which medical field and procedures go with them."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from helseanalyse.synthetic.cancer import LUNG, SITES
from helseanalyse.synthetic.menus import table

LEVELS = ("inpatient", "day", "outpatient", "outpatient_contact")

# Codes that come from a disease of the course or a birth, never from the background; with their field.
STRUCTURED: dict[str, str] = {
    "I210": "cardiology", "I211": "cardiology", "I212": "cardiology", "I213": "cardiology", "I214": "cardiology",
    "I219": "cardiology", "I252": "cardiology", "I500": "cardiology", "I501": "cardiology", "I509": "cardiology",
    "I110": "cardiology", "I130": "cardiology", "I480": "cardiology", "I481": "cardiology", "I489": "cardiology",
    "I610": "neurology", "I619": "neurology", "I630": "neurology", "I633": "neurology", "I634": "neurology",
    "I639": "neurology", "I64": "neurology", "I693": "physical_medicine",
    "E109": "endocrinology", "E103": "eye", "E104": "endocrinology", "E119": "endocrinology", "E112": "endocrinology",
    "E113": "eye", "E114": "endocrinology", "E115": "endocrinology",
    "J440": "pulmonary_medicine", "J441": "pulmonary_medicine", "J449": "pulmonary_medicine",
    "N183": "nephrology", "N184": "nephrology", "N185": "nephrology", "N189": "nephrology",
    "F009": "geriatrics", "F019": "geriatrics", "F03": "geriatrics", "G309": "geriatrics",
    "S720": "orthopaedics", "S721": "orthopaedics",
    "O800": "gynaecology_obstetrics", "O820": "gynaecology_obstetrics", "O821": "gynaecology_obstetrics",
    "O149": "gynaecology_obstetrics", "Z380": "paediatrics",
    **{site.icd10: "oncology" for site in (LUNG, *SITES)},
}  # fmt: skip
# Cancers are coded with a fourth character at the hospital.
_CANCER_FINE = {
    "C34": ("C341", "C343", "C349"), "C50": ("C504", "C509"), "C18": ("C180", "C182", "C187"), "C16": ("C169",),
    "C15": ("C155",), "C22": ("C220",), "C25": ("C250",), "C67": ("C679",), "C71": ("C719",), "C43": ("C435",),
    "C44": ("C443",), "C54": ("C541",), "C53": ("C539",), "C62": ("C629",), "C83": ("C833",), "C85": ("C859",),
    "C90": ("C900",), "C91": ("C911",), "C92": ("C920",), "C21": ("C210",), "C32": ("C320",), "C10": ("C109",),
    "C81": ("C819",), "C80": ("C809",), "C17": ("C179",), "C24": ("C241",), "C49": ("C499",), "C51": ("C519",),
    "C60": ("C609",), "C69": ("C699",), "C02": ("C029",), "C00": ("C009",), "C70": ("C709",), "C88": ("C880",),
}  # fmt: skip

PROCEDURES = (
    "FNG02", "FNG05", "FNA10", "FPE00", "FPE10", "FNC20", "NFB20", "NFB40", "NGB20", "NGA11", "NFJ51", "NHJ61",
    "NCJ65", "NDM19", "ABC16", "ABC26", "ACC51", "JAB30", "JAH01", "JEA01", "JKA21", "JFB46", "JUD02", "JUF32",
    "JUF35", "MCA10", "MCA00", "LCD01", "LCD11", "LCA10", "MAXX00", "KED22", "KEC00", "KAS20", "KUC02", "CJE20",
    "CKD05", "CKC12", "DCA20", "EMB10", "DJD20", "GAA10", "GUC02", "GDA00", "QXA10", "QAE10", "QBE10", "PHB13",
    "WBOC05", "WBGM00", "IAAA00", "JXAA10", "FYFX05", "ZXA00", "NAG34", "AAFX00",
)  # fmt: skip
_BY_FIELD = {
    "cardiology": ("FNG02", "FNG05", "FNA10", "FPE00", "FNC20", "FYFX05"),
    "orthopaedics": ("NFB20", "NFB40", "NGB20", "NGA11", "NFJ51", "NHJ61", "NCJ65", "NDM19", "ABC16"),
    "neurosurgery": ("ABC16", "ABC26", "AAFX00"),
    "neurology": ("AAFX00", "ACC51"),
    "gastrointestinal_surgery": ("JAB30", "JAH01", "JEA01", "JKA21", "JFB46", "JUF32"),
    "gastroenterology": ("JUD02", "JUF32", "JUF35"),
    "gynaecology_obstetrics": ("MCA10", "MCA00", "LCD01", "LCD11", "LCA10", "MAXX00"),
    "urology": ("KED22", "KEC00", "KUC02"),
    "nephrology": ("KAS20", "JXAA10"),
    "eye": ("CJE20", "CKD05", "CKC12"),
    "ear_nose_throat": ("DCA20", "EMB10", "DJD20"),
    "pulmonary_medicine": ("GUC02", "GAA10", "GDA00"),
    "dermatology": ("QXA10", "QAE10", "QBE10"),
    "oncology": ("WBOC05", "WBGM00"),
    "vascular_surgery": ("PHB13",),
}
_OTHER = ("ZXA00", "IAAA00", "NAG34", "QXA10")


@cache
def codes() -> tuple[str, ...]:
    """Every ICD-10 code of the synthetic NPR, sorted."""
    fine = {code for group in _CANCER_FINE.values() for code in group}
    return tuple(sorted({*table("icd10.tsv").text("code"), *STRUCTURED, *fine}))


@cache
def _places() -> dict[str, int]:
    return {code: place for place, code in enumerate(codes())}


def place_of(code: str) -> int:
    """The place of a code in `codes()`.

    >>> codes()[place_of("I214")]
    'I214'
    """
    return _places()[code]


def fine_cancer(site: str) -> tuple[str, ...]:
    """The codes that a hospital uses for a cancer of this site.

    >>> fine_cancer("C61")
    ('C61',)
    """
    return _CANCER_FINE.get(site, (site,))


@cache
def _fields() -> dict[str, str]:
    rows = table("icd10.tsv")
    result = dict(zip(rows.text("code"), rows.text("field"), strict=True)) | STRUCTURED
    for group in _CANCER_FINE.values():
        result |= dict.fromkeys(group, "oncology")
    return result


FIELDS = tuple(sorted(set(_fields().values())))


@cache
def field_of() -> npt.NDArray[np.int16]:
    """(codes,): the place in FIELDS of each code."""
    return np.array([FIELDS.index(_fields()[code]) for code in codes()], dtype=np.int16)


@cache
def procedures_for() -> npt.NDArray[np.int16]:
    """(fields, 16): places in PROCEDURES that a contact of each field draws from."""
    rows = []
    for name in FIELDS:
        own = _BY_FIELD.get(name, _OTHER)
        rows.append([PROCEDURES.index(own[slot % len(own)]) for slot in range(16)])
    return np.array(rows, dtype=np.int16)
