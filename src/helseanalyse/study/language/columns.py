"""Columns as attributes: what the generated classes of the shipped registries, and those of other catalogues, use."""

from __future__ import annotations

from typing import ClassVar

from helseanalyse.catalogue.model import Kind
from helseanalyse.study import nodes
from helseanalyse.study.language.code_values import Code, CodeSet
from helseanalyse.study.language.dates import Date
from helseanalyse.study.language.values import Category, Number, Relative, Text, Truth
from helseanalyse.study.node import Rows as RowsNode
from helseanalyse.study.types import BOOL, FLOAT, INT, TEXT, ValueType


class TableColumns:
    """Makes a value of a column of these rows. A sort changes no value, so columns are of the rows without it."""

    __slots__ = ()

    node: RowsNode
    _table: ClassVar[nodes.Table]

    def _column(self, name: str, value_type: ValueType) -> nodes.Column:
        return nodes.Column(self.node.domain, name, value_type)

    def _bool(self, name: str) -> Truth:
        return Truth(self._column(name, BOOL))

    def _int(self, name: str) -> Number:
        return Number(self._column(name, INT))

    def _float(self, name: str) -> Number:
        return Number(self._column(name, FLOAT))

    def _date(self, name: str, precision: str = "day") -> Date:
        return Date(self._column(name, ValueType(Kind.DATE, precision=precision)))

    def _text(self, name: str) -> Text:
        return Text(self._column(name, TEXT))

    def _code(self, name: str, system: str) -> Code:
        return Code(self._column(name, ValueType(Kind.CODE, system=system)))

    def _codes(self, name: str, system: str) -> CodeSet:
        return CodeSet(self._column(name, ValueType(Kind.CODES, system=system)))

    def _category(self, name: str, *levels: str) -> Category:
        return Category(self._column(name, ValueType(Kind.CATEGORY, levels=levels)))

    def _person(self, name: str) -> Relative:
        return Relative(self._column(name, ValueType(Kind.PERSON)))
