"""What a study uses, at a glance: registries, tables, variables, years, code lists, analyses."""

from __future__ import annotations

from dataclasses import dataclass

from helseanalyse.catalogue.model import Catalogue
from helseanalyse.study.codec import digest
from helseanalyse.study.need import need, years
from helseanalyse.study.shape import tag_of
from helseanalyse.study.specification import Specification
from helseanalyse.study.words import code_lists


@dataclass(frozen=True, slots=True)
class UsedTable:
    """A table that a study reads, and the variables that it reads of it, in the order of the catalogue."""

    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UsedRegistry:
    """A registry that a study reads: its tables, and the first and last year, look-back included (None: by no date)."""

    name: str
    label: str
    tables: tuple[UsedTable, ...]
    years: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Summary:
    """A study at a glance. codes: (name, system, how many codes). analyses: (identifier, kind)."""

    title: str
    digest: str
    registries: tuple[UsedRegistry, ...]
    codes: tuple[tuple[str, str, int], ...]
    analyses: tuple[tuple[str, str], ...]


def summary(spec: Specification, catalogue: Catalogue, language: str = "en") -> Summary:
    """What a study uses, for the tree that `helseanalyse check` prints.

    >>> from datetime import date
    >>> from helseanalyse.catalogue.read import norway
    >>> from helseanalyse.study.specification import Flow
    >>> spec = Specification(title="A", start=date(2020, 1, 1), end=date(2020, 12, 31), analyses=(Flow(),))
    >>> [registry.name for registry in summary(spec, norway()).registries]
    ['population']
    """
    needed, read = need(spec, catalogue), years(spec, catalogue)
    registries = []
    for registry in catalogue.registries:
        tables = []
        for table in registry.tables:
            columns = tuple(column.name for column in table.columns if f"{table.path}.{column.name}" in needed)
            if columns:
                tables.append(UsedTable(table.name, columns))
        if tables:
            label = registry.label.nb if language == "nb" else registry.label.en
            registries.append(UsedRegistry(registry.name, label, tuple(tables), read.get(registry.name)))
    return Summary(
        title=spec.title,
        digest=digest(spec),
        registries=tuple(registries),
        codes=tuple((codes.name, codes.system, len(codes.codes)) for codes, _ in code_lists(spec)),
        analyses=tuple((analysis.id, tag_of(type(analysis))) for analysis in spec.analyses),
    )
