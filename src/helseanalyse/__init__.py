"""Helseanalyse: the question goes to the health registries, and only a safe answer comes out.

What a study needs is here and in `helseanalyse.registries`; nothing is loaded before it is used.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from helseanalyse.report.ask import ask
    from helseanalyse.study.errors import SpecificationError, StudyError
    from helseanalyse.study.language import (
        Category,
        Codes,
        Date,
        Number,
        Registries,
        Spells,
        Study,
        Text,
        Truth,
        Value,
        atc,
        case,
        codes,
        collecting,
        days,
        icd10,
        icpc2,
        interval,
        max_of,
        min_of,
        months,
        municipality,
        ncmp,
        ncsp,
        person,
        spans,
        supply,
        when,
        years,
    )

_HOMES = {
    "SpecificationError": "helseanalyse.study.errors",
    "StudyError": "helseanalyse.study.errors",
    "ask": "helseanalyse.report.ask",
}

__all__ = [
    "Category",
    "Codes",
    "Date",
    "Number",
    "Registries",
    "SpecificationError",
    "Spells",
    "Study",
    "StudyError",
    "Text",
    "Truth",
    "Value",
    "ask",
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
    "open_catalogue",
    "person",
    "spans",
    "supply",
    "when",
    "years",
]


def open_catalogue(*paths: str | Path) -> Registries:
    """The registries of catalogue files (.yml), or of folders of them, for a study over other data.

    `dm = open_catalogue("catalogue.yml").registry("dmlate")` has the columns as attributes; give the catalogue to
    the study too: `Study(..., catalogue=catalogue)`. Raises CatalogueError with every mistake of the files.
    """
    from helseanalyse.catalogue.read import read_catalogue
    from helseanalyse.study.language.registry import Registries

    return Registries(read_catalogue(paths))


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module(_HOMES.get(name, "helseanalyse.study.language")), name)
    raise AttributeError(f"module 'helseanalyse' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
