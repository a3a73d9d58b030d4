"""Values computed row by row: columns, constants, comparisons, arithmetic, dates, codes and cases."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, ClassVar

from helseanalyse.catalogue.model import Grain, Kind
from helseanalyse.study.node import Rows, Scalar, Series
from helseanalyse.study.types import BOOL, DATE, FLOAT, INT, AtLeast, CodeList, OneOf, ValueType


@dataclass(frozen=True, eq=False, repr=False)
class Column(Series):
    """A column of rows; of a pick or a person table it has one value a person."""

    op: ClassVar[str] = "column"
    of: Rows
    name: str
    value_type: ValueType

    @cached_property
    def type(self) -> ValueType:
        return self.value_type

    @cached_property
    def domains(self) -> frozenset[Rows]:
        return frozenset() if self.of.grain is Grain.PERSON else frozenset([self.of.domain])


@dataclass(frozen=True, eq=False, repr=False)
class Constant(Series):
    """A value that the study states; None is unknown."""

    op: ClassVar[str] = "constant"
    value: Scalar | None
    value_type: ValueType

    @cached_property
    def type(self) -> ValueType:
        return self.value_type


@dataclass(frozen=True, eq=False, repr=False)
class Parameter(Series):
    """The first or last day of the interval of a trend: name is "interval_start" or "interval_end"."""

    op: ClassVar[str] = "parameter"
    name: Annotated[str, OneOf("interval_start", "interval_end")]

    @cached_property
    def type(self) -> ValueType:
        return DATE


@dataclass(frozen=True, eq=False, repr=False)
class Compare(Series):
    """left test right, where test is one of == != < <= > >=; unknown if a side is."""

    op: ClassVar[str] = "compare"
    test: Annotated[str, OneOf("==", "!=", "<", "<=", ">", ">=")]
    left: Series
    right: Series

    @cached_property
    def type(self) -> ValueType:
        return BOOL


@dataclass(frozen=True, eq=False, repr=False)
class And(Series):
    """Three-valued and."""

    op: ClassVar[str] = "and"
    parts: Annotated[tuple[Series, ...], AtLeast(1)]

    @cached_property
    def type(self) -> ValueType:
        return BOOL


@dataclass(frozen=True, eq=False, repr=False)
class Or(Series):
    """Three-valued or."""

    op: ClassVar[str] = "or"
    parts: Annotated[tuple[Series, ...], AtLeast(1)]

    @cached_property
    def type(self) -> ValueType:
        return BOOL


@dataclass(frozen=True, eq=False, repr=False)
class Not(Series):
    """Three-valued not."""

    op: ClassVar[str] = "not"
    of: Series

    @cached_property
    def type(self) -> ValueType:
        return BOOL


@dataclass(frozen=True, eq=False, repr=False)
class IsNull(Series):
    """Whether the value is unknown; never unknown itself."""

    op: ClassVar[str] = "is_null"
    of: Series

    @cached_property
    def type(self) -> ValueType:
        return BOOL


@dataclass(frozen=True, eq=False, repr=False)
class IfNull(Series):
    """The value, or another where it is unknown."""

    op: ClassVar[str] = "if_null"
    of: Series
    other: Series

    @cached_property
    def type(self) -> ValueType:
        return self.of.type


@dataclass(frozen=True, eq=False, repr=False)
class Arithmetic(Series):
    """left sign right, where sign is one of + - * / // % **; / and ** give floats; what is not finite is unknown."""

    op: ClassVar[str] = "arithmetic"
    sign: Annotated[str, OneOf("+", "-", "*", "/", "//", "%", "**")]
    left: Series
    right: Series

    @cached_property
    def type(self) -> ValueType:
        return FLOAT if self.sign in ("/", "**") or FLOAT in (self.left.type, self.right.type) else INT


@dataclass(frozen=True, eq=False, repr=False)
class Negate(Series):
    """The number with the other sign."""

    op: ClassVar[str] = "negate"
    of: Series

    @cached_property
    def type(self) -> ValueType:
        return self.of.type


@dataclass(frozen=True, eq=False, repr=False)
class Cast(Series):
    """To "int" (towards zero) or to "float"; from truth values 1 and 0."""

    op: ClassVar[str] = "cast"
    of: Series
    to: Annotated[str, OneOf("int", "float")]

    @cached_property
    def type(self) -> ValueType:
        return INT if self.to == "int" else FLOAT


@dataclass(frozen=True, eq=False, repr=False)
class Round(Series):
    """To a whole number (INT), halves away from zero."""

    op: ClassVar[str] = "round"
    of: Series

    @cached_property
    def type(self) -> ValueType:
        return INT


@dataclass(frozen=True, eq=False, repr=False)
class DateAdd(Series):
    """date + amount units ("days", "months", "years"); a day that does not exist is the first of the next month."""

    op: ClassVar[str] = "date_add"
    date: Series
    amount: Series
    unit: Annotated[str, OneOf("days", "months", "years")]

    @cached_property
    def type(self) -> ValueType:
        return DATE


@dataclass(frozen=True, eq=False, repr=False)
class DateDiff(Series):
    """later - earlier in whole units ("days", "months", "years"), floored: in years it is the age rule."""

    op: ClassVar[str] = "date_diff"
    later: Series
    earlier: Series
    unit: Annotated[str, OneOf("days", "months", "years")]

    @cached_property
    def type(self) -> ValueType:
        return INT


@dataclass(frozen=True, eq=False, repr=False)
class DatePart(Series):
    """The "year", "month" or "day" of a date."""

    op: ClassVar[str] = "date_part"
    of: Series
    part: Annotated[str, OneOf("year", "month", "day")]

    @cached_property
    def type(self) -> ValueType:
        return INT


@dataclass(frozen=True, eq=False, repr=False)
class Truncate(Series):
    """The first day of the "month" or "year" of a date."""

    op: ClassVar[str] = "truncate"
    of: Series
    unit: Annotated[str, OneOf("month", "year")]

    @cached_property
    def type(self) -> ValueType:
        return DATE


@dataclass(frozen=True, eq=False, repr=False)
class Contains(Series):
    """Whether a text holds another, to the letter."""

    op: ClassVar[str] = "contains"
    of: Series
    text: Series

    @cached_property
    def type(self) -> ValueType:
        return BOOL


@dataclass(frozen=True, eq=False, repr=False)
class InCodes(Series):
    """Whether a code (or any code of a CODES column) is in a list: match is "exact" or "with_children".

    Unknown for an unknown code; for a CODES column false where the row has no code at all.
    """

    op: ClassVar[str] = "in_codes"
    of: Series
    codes: CodeList
    match: Annotated[str, OneOf("exact", "with_children")]

    @cached_property
    def type(self) -> ValueType:
        return BOOL


@dataclass(frozen=True, eq=False, repr=False)
class In(Series):
    """Whether the value is one of the stated values; in nothing is false for all, also for unknown."""

    op: ClassVar[str] = "in"
    of: Series
    values: tuple[Constant, ...]

    @cached_property
    def type(self) -> ValueType:
        return BOOL


@dataclass(frozen=True, eq=False, repr=False)
class Extreme(Series):
    """The "least" or the "greatest" of the parts; unknown ones are passed over."""

    op: ClassVar[str] = "extreme"
    which: Annotated[str, OneOf("least", "greatest")]
    parts: Annotated[tuple[Series, ...], AtLeast(1)]

    @cached_property
    def type(self) -> ValueType:
        types = {part.type for part in self.parts}
        return FLOAT if types == {INT, FLOAT} else self.parts[0].type


@dataclass(frozen=True, eq=False, repr=False)
class Case(Series):
    """The value of the first condition that is true, else `otherwise` (None: unknown)."""

    op: ClassVar[str] = "case"
    conditions: Annotated[tuple[Series, ...], AtLeast(1)]
    values: Annotated[tuple[Series, ...], AtLeast(1)]
    otherwise: Series | None
    value_type: ValueType

    @cached_property
    def type(self) -> ValueType:
        return self.value_type


@dataclass(frozen=True, eq=False, repr=False)
class Categorise(Series):
    """The category whose code list holds the code, by the longest prefix; unknown where none does."""

    op: ClassVar[str] = "categorise"
    of: Series
    names: Annotated[tuple[str, ...], AtLeast(1)]
    lists: Annotated[tuple[CodeList, ...], AtLeast(1)]

    @cached_property
    def type(self) -> ValueType:
        return ValueType(Kind.CATEGORY, levels=self.names)
