"""What a registry holds, as frozen values: tables, columns, types and how custodians deliver them.

The values say nothing about any person. Everything else in the platform reads them: the study
language for its attributes, loading for its checks, a permit for its variables, a report for its
labels. They are read from YAML by `catalogue.read`; the YAML layout is the dataclasses below.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType


class CatalogueError(Exception):
    """A catalogue that cannot be used: what is wrong, in which registry, and what to do."""


class Grain(StrEnum):
    """How many rows a person may have in a table, and what a row is."""

    PERSON = "person"  # at most one row a person
    EVENT = "event"  # many rows, each with one date
    PERIOD = "period"  # many rows, each with a start and a stop, half-open: [start, stop)


class Kind(StrEnum):
    """The kinds of value that a column can hold."""

    BOOL = "bool"
    INT = "int"
    FLOAT = "float"
    DATE = "date"
    TEXT = "text"
    CODE = "code"  # one code of a code system
    CODES = "codes"  # any number of codes of one system on one row, kept as a long table
    CATEGORY = "category"  # one of a few named levels
    PERSON = "person"  # another person, such as the mother: a declared relation


class Sensitivity(StrEnum):
    """How much a value says about a person; decides what a permit must name and a report may show."""

    GENERAL = "general"  # sex, birth year
    SPECIAL = "special"  # health: GDPR article 9
    IDENTIFYING = "identifying"  # exact birth date, relations, small geography


@dataclass(frozen=True, slots=True)
class Label:
    """A text in bokmål and in English."""

    nb: str
    en: str


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a category: its canonical name, its labels, and the values that deliveries use for it."""

    name: str
    label: Label
    source: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One variable of a table.

    name is the canonical English name; `source` the column names that deliveries use, matched
    without regard to case. unit is free text ("days", "NOK"). system names a code system for
    CODE and CODES. precision is "day", "month" or "year" for dates. least and most bound a number.
    main names, for a CODES column, the CODE column of the same table that holds its first (main) code.
    """

    name: str
    kind: Kind
    label: Label
    source: tuple[str, ...] = ()
    unit: str | None = None
    system: str | None = None
    levels: tuple[Level, ...] = ()
    precision: str = "day"
    required: bool = False  # a row without it goes to quarantine
    least: float | None = None
    most: float | None = None
    sensitivity: Sensitivity = Sensitivity.SPECIAL
    since: date | None = None  # first day that the variable covers, where later than its table
    until: date | None = None
    note: str = ""
    main: str | None = None
    delivery: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}), hash=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """One table of a registry.

    date: for events, the column with the date of the row. start, stop: for periods, the columns
    with the first day and the day after the last. order: the code column that the table is
    sorted by at rest, or None for (person, date). overlaps: whether the periods of one person
    may overlap. delivery says how custodians deliver it (read by `vault`).
    """

    registry: str
    name: str
    grain: Grain
    label: Label
    columns: tuple[Column, ...]
    date: str | None = None
    start: str | None = None
    stop: str | None = None
    order: str | None = None
    overlaps: bool = False
    delivery: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    def column(self, name: str) -> Column:
        """The column of that name; KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def has(self, name: str) -> bool:
        """Whether the table has a column of that name."""
        return any(column.name == name for column in self.columns)

    @property
    def path(self) -> str:
        """`registry.table`, as permits and messages write it."""
        return f"{self.registry}.{self.name}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Registry:
    """One registry: who keeps it, since when, whether its data are public, and its tables.

    main is the table that the bare registry name means in a study (`npr.admitted_on`).
    also gives shortcuts from there into other tables: {"emigrated_on": "emigration.emigrated_on"}.
    universe marks the registry whose person table defines who exists.
    """

    name: str
    label: Label
    custodian: str
    description: Label
    main: str
    tables: tuple[Table, ...]
    public: bool = False
    universe: bool = False
    since: date | None = None
    until: date | None = None
    source: str = ""  # where the facts of this description come from
    also: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    delivery: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    digest: str = ""  # SHA-256 of the YAML that it was read from

    def table(self, name: str) -> Table:
        """The table of that name; KeyError where there is none."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The registries that exist, in a fixed order."""

    registries: tuple[Registry, ...]

    def registry(self, name: str) -> Registry:
        """The registry of that name; KeyError where there is none."""
        for registry in self.registries:
            if registry.name == name:
                return registry
        raise KeyError(name)

    def table(self, registry: str, name: str) -> Table:
        """The table `registry.name`; KeyError where there is none."""
        return self.registry(registry).table(name)

    @property
    def universe(self) -> Registry:
        """The registry whose person table defines who exists."""
        for registry in self.registries:
            if registry.universe:
                return registry
        raise CatalogueError(
            "No registry of this catalogue is marked `universe: true`, so nobody exists in it. "
            "Mark the registry whose person table has one row for each person."
        )

    def columns(self) -> Iterator[tuple[Table, Column]]:
        """Every column with its table, in catalogue order."""
        for registry in self.registries:
            for table in registry.tables:
                for column in table.columns:
                    yield table, column
