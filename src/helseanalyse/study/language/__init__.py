"""The friendly language: rows, values, code lists and the study itself. Meaning lives in `study.nodes`, not here."""

from __future__ import annotations

from helseanalyse.study.language.analyses import interval
from helseanalyse.study.language.cases import case, max_of, min_of, when
from helseanalyse.study.language.code_lists import Codes, atc, codes, icd10, icpc2, municipality, ncmp, ncsp
from helseanalyse.study.language.dates import Date, days, months, years
from helseanalyse.study.language.made import person
from helseanalyse.study.language.registry import Registries
from helseanalyse.study.language.spells import Spells, spans, supply
from helseanalyse.study.language.study import Study
from helseanalyse.study.language.trouble import collecting
from helseanalyse.study.language.values import Category, Number, Text, Truth, Value

__all__ = [
    "Category",
    "Codes",
    "Date",
    "Number",
    "Registries",
    "Spells",
    "Study",
    "Text",
    "Truth",
    "Value",
    "atc",
    "case",
    "codes",
    "collecting",
    "days",
    "icd10",
    "icpc2",
    "interval",
    "max_of",
    "min_of",
    "months",
    "municipality",
    "ncmp",
    "ncsp",
    "person",
    "spans",
    "supply",
    "when",
    "years",
]
