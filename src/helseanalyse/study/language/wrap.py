"""The friendly object for a node, by the type of its values."""

from __future__ import annotations

from helseanalyse.catalogue.model import Kind
from helseanalyse.study.language.code_values import Code, CodeSet
from helseanalyse.study.language.dates import Date
from helseanalyse.study.language.values import Category, Number, Relative, Text, Truth, Value
from helseanalyse.study.node import Series

CLASS_OF: dict[Kind, type[Value]] = {
    Kind.BOOL: Truth,
    Kind.INT: Number,
    Kind.FLOAT: Number,
    Kind.DATE: Date,
    Kind.TEXT: Text,
    Kind.CODE: Code,
    Kind.CODES: CodeSet,
    Kind.CATEGORY: Category,
    Kind.PERSON: Relative,
}


def wrap(node: Series) -> Value:
    """The friendly object for a value of that type."""
    return CLASS_OF[node.type.kind](node)
