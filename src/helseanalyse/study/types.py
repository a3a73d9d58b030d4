"""The types of the study language: what kind of value, and which rows a value belongs to."""

from __future__ import annotations

from dataclasses import dataclass

from helseanalyse.catalogue.model import Kind


@dataclass(frozen=True, slots=True)
class ValueType:
    """The type of a series: its kind, and what narrows it.

    system: for codes, the code system. levels: for categories, every level in order, so that the
    rows of a result come from the study and not from the data. unit is for readers only.

    >>> str(ValueType(Kind.CODE, system="ATC"))
    'code of ATC'
    """

    kind: Kind
    system: str | None = None
    levels: tuple[str, ...] = ()
    precision: str = "day"

    def __str__(self) -> str:
        if self.system:
            return f"{self.kind.value} of {self.system}"
        if self.kind is Kind.DATE and self.precision != "day":
            return f"date ({self.precision})"
        return self.kind.value


BOOL = ValueType(Kind.BOOL)
INT = ValueType(Kind.INT)
FLOAT = ValueType(Kind.FLOAT)
DATE = ValueType(Kind.DATE)
TEXT = ValueType(Kind.TEXT)


@dataclass(frozen=True, slots=True)
class OneOf:
    """Beside the annotation of a text field: the values that it may have."""

    values: tuple[str, ...]

    def __init__(self, *values: str) -> None:
        object.__setattr__(self, "values", values)


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Beside the annotation of a number or a tuple: its smallest value, or its fewest members."""

    least: int


@dataclass(frozen=True, slots=True)
class CodeList:
    """Codes of one system, with the version and the source of the list, as a study carries them.

    codes are normalised (upper case, no dots or blanks), sorted and unique.
    """

    system: str
    codes: tuple[str, ...]
    version: str = ""
    source: str = ""
    name: str = ""
