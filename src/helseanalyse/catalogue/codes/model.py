"""What a code system is: levels told by the form of a code, entries with labels and years, and a status."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from helseanalyse.catalogue.model import CatalogueError, Label


class CodeError(CatalogueError):
    """A code that its system does not know: which, why, and the nearest that it does."""


class Coverage(StrEnum):
    """How far a list covers one level, which decides what a code that it does not hold means."""

    WHOLE = "whole"  # every code of the level: an absent one is unknown
    LEAVES = "leaves"  # as WHOLE, but a code that the list does not divide may be divided nationally
    PARTLY = "partly"  # some codes: an absent one is taken under any parent that is valid


class Status(StrEnum):
    """What a code system says of a code."""

    LISTED = "listed"  # it stands in the list
    FINER = "finer"  # it is not there, but the level's coverage lets it stand under its valid parent
    UNKNOWN = "unknown"  # it has the form of a level, but is neither of these
    MALFORMED = "malformed"  # no level of the system has this form


@dataclass(frozen=True, slots=True)
class CodeLevel:
    """One level of a system, told by the form of its codes.

    pattern: a regular expression for the whole normalised code. parent: how many leading characters
    make the parent's code, or 0 at the top.
    """

    name: str
    label: Label
    pattern: re.Pattern[str]
    parent: int = 0
    coverage: Coverage = Coverage.WHOLE


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list: labels (either may be blank), and the first and last day that it is valid."""

    nb: str = ""
    en: str = ""
    since: date | None = None
    until: date | None = None

    def on(self, day: date) -> bool:
        """Whether the entry is valid on a day; both ends count."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Group:
    """A named run of codes that is itself no code, such as the ICD-10 block E10-E14."""

    first: str
    last: str
    label: Label
    chapter: bool = False

    @property
    def name(self) -> str:
        """The two ends, as in `E10-E14`; one code where they are the same."""
        return self.first if self.first == self.last else f"{self.first}-{self.last}"
