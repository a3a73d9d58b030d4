"""Which values must be gathered from rows before an expression can be computed: the leaves of a study.

A person-level expression is computed on a frame: a table with one row a person. Its leaves are columns of that frame,
gathered from rows in scans that many leaves share. A leaf may need others first (an admission before the index date
needs the index date): that gives the order of the scans.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from helseanalyse.catalogue.model import Grain, Kind
from helseanalyse.engine.codes import source, walk
from helseanalyse.study import nodes as n
from helseanalyse.study.types import BOOL, INT

# Over rows, one value each row; gathered row by row and joined by source row id.
ROW_LEAVES = (n.LookUp, n.Near, n.Previous, n.InSet)
_ALWAYS = (n.Exists, n.Count, n.Aggregate, n.CountEpisodes, n.CoveredDays, n.Covers, n.CoversAll, n.Overlaps)


def is_person_leaf(node: n.Series) -> bool:
    """Whether a value is one a person and comes from rows: a column of every frame that needs it."""
    if isinstance(node, (n.Related, *_ALWAYS)):
        return True
    if isinstance(node, n.Column):
        return node.of.grain is Grain.PERSON
    if isinstance(node, n.InCodes):
        return node.of.type.kind is Kind.CODES and node.domain is None
    return isinstance(node, ROW_LEAVES) and node.domain is None


def is_row_leaf(node: n.Series) -> bool:
    """Whether a value is one a row and comes from other rows."""
    if isinstance(node, n.InCodes):
        return node.of.type.kind is Kind.CODES and node.domain is not None
    return isinstance(node, ROW_LEAVES) and node.domain is not None


def simpler(node: n.Series) -> n.Series | None:
    """The same value said with leaves of plain tables and picks, for leaves on filtered rows of one row a person."""
    if isinstance(node, n.InCodes):
        return _simpler_in_codes(node)
    of = getattr(node, "of", None)
    if not isinstance(of, n.Rows) or of.grain is not Grain.PERSON:
        return None
    if isinstance(node, n.Column):
        return _simpler_column(node, of)
    if isinstance(node, n.Count):
        return n.Cast(n.Exists(of), "int")
    if isinstance(node, n.Exists):
        return _simpler_exists(of)
    return None


def _simpler_column(node: n.Column, of: n.Rows) -> n.Series | None:
    if isinstance(of, n.Filter):
        there = n.Column(of.of, node.name, node.value_type)
        return n.Case((of.keep,), (there,), None, node.value_type)
    if isinstance(of, n.Sort):
        return n.Column(of.of, node.name, node.value_type)
    if isinstance(of, n.Pick) and of.of.grain is Grain.PERSON:
        if of.position in (1, -1):
            return n.Column(of.of, node.name, node.value_type)
        return n.Constant(None, node.value_type)
    return None


def _simpler_in_codes(node: n.InCodes) -> n.Series | None:
    """Codes of a row that may not be there: false without the row."""
    column = node.of
    if isinstance(column, n.Related) and node.of.type.kind is Kind.CODES:
        other = n.Related(column.by, n.InCodes(column.value, node.codes, node.match))
        return n.IfNull(other, n.Constant(False, BOOL))
    if node.of.type.kind is not Kind.CODES or not isinstance(column, n.Column) or not is_person_leaf(column):
        return None
    inner = simpler(column)
    if isinstance(inner, n.Constant):
        return n.Constant(False, BOOL)
    if isinstance(inner, n.Case):
        there = n.InCodes(inner.values[0], node.codes, node.match)
        return n.And((n.IfNull(inner.conditions[0], n.Constant(False, BOOL)), there))
    return None if inner is None else n.InCodes(inner, node.codes, node.match)


def _simpler_exists(of: n.Rows) -> n.Series | None:
    if isinstance(of, n.Filter):
        return n.And((n.Exists(of.of), n.IfNull(of.keep, n.Constant(False, BOOL))))
    if isinstance(of, n.Sort):
        return n.Exists(of.of)
    if isinstance(of, n.Pick) and of.of.grain is Grain.PERSON:
        return n.Exists(of.of) if of.position in (1, -1) else n.Constant(False, BOOL)
    return None


def person_leaves(series: Iterable[n.Node]) -> list[n.Series]:
    """The leaves that expressions (or rows) need on a frame, each once, in the order met; not the leaves of leaves."""
    return list(_leaves(series))


def needs_of(leaf: n.Series) -> list[n.Series]:
    """The leaves that a leaf needs first."""
    if isinstance(leaf, n.Related):
        return person_leaves([leaf.by])  # the value is a matter of the other person
    # Codes are searched where they are stored: the column of codes itself is never gathered.
    return list(_leaves(leaf.of.operands if isinstance(leaf, n.InCodes) else leaf.operands))


def _leaves(nodes: Iterable[n.Node]) -> Iterator[n.Series]:
    seen: set[str] = set()
    waiting = list(nodes)[::-1]
    while waiting:
        this = waiting.pop()
        if this.key in seen:
            continue
        seen.add(this.key)
        if isinstance(this, n.Series) and (other := simpler(this)) is not None:
            waiting.append(other)
        elif isinstance(this, n.Series) and is_person_leaf(this):
            yield this
        else:
            waiting.extend(reversed(this.operands))


def uses_interval(node: n.Node) -> bool:
    """Whether a value depends on the interval of a trend."""
    return any(isinstance(one, n.Parameter) for one in walk(node))


# --- rows ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Source:
    """Where rows come from, which of them count, and in which order they stand (the last sort first)."""

    table: n.Table | n.Periods
    conditions: tuple[n.Series, ...] = ()
    order: tuple[n.Series, ...] = ()

    @classmethod
    def of(cls, rows: n.Rows) -> Source:
        """Filters and sorts as lists; and-conditions taken apart."""
        conditions: list[n.Series] = []
        order: list[n.Series] = []
        while isinstance(rows, n.Filter | n.Sort):
            if isinstance(rows, n.Filter):
                conditions = [*_parts(rows.keep), *conditions]
            else:
                order = [*order, *rows.by]  # a later sort is the primary key; the earlier ones break its ties
            rows = rows.of
        return cls(source(rows), tuple(dict.fromkeys(conditions)), tuple(dict.fromkeys(order)))


def _parts(condition: n.Series) -> list[n.Series]:
    if isinstance(condition, n.And):
        return [part for one in condition.parts for part in _parts(one)]
    return [condition]


# --- what is unknown without rows --------------------------------------------------------------------


def unknown_without(series: n.Series, missing: frozenset[n.Series]) -> bool:
    """Whether a value is certainly unknown for a person for whom these leaves found no row.

    Such persons need not be carried along: an index date that comes from an event is unknown for all who
    have no such event.
    """
    if (other := simpler(series)) is not None:
        return unknown_without(other, missing)
    if is_person_leaf(series):
        return _leaf_unknown_without(series, missing)
    if isinstance(series, n.Constant):
        return series.value is None
    if isinstance(series, n.Extreme):
        return all(unknown_without(part, missing) for part in series.parts)
    if isinstance(series, n.IfNull):
        return unknown_without(series.of, missing) and unknown_without(series.other, missing)
    if isinstance(series, n.Case):
        ends = [*series.values, *([series.otherwise] if series.otherwise else [])]
        return all(unknown_without(end, missing) for end in ends) or (
            series.otherwise is None and all(unknown_without(one, missing) for one in series.conditions)
        )
    strict = n.Compare | n.Arithmetic | n.Negate | n.Cast | n.Round | n.DateAdd | n.DateDiff | n.DatePart | n.Truncate
    if isinstance(series, strict):
        return any(isinstance(part, n.Series) and unknown_without(part, missing) for part in series.operands)
    return False


def never_true_without(series: n.Series, missing: frozenset[n.Series]) -> bool:
    """Whether a truth value is certainly not true for a person for whom these leaves found no row."""
    if (other := simpler(series)) is not None:
        return never_true_without(other, missing)
    if series in missing and isinstance(series, n.Exists | n.InCodes | n.Covers | n.Overlaps | n.InSet):
        return True
    if isinstance(series, n.Exists):
        rows = series.of.of if isinstance(series.of, n.Pick) else series.of
        return any(unknown_without(condition, missing) for condition in Source.of(rows).conditions)
    if isinstance(series, n.Constant):
        return series.value is not True
    if isinstance(series, n.And | n.Or):
        return (any if isinstance(series, n.And) else all)(never_true_without(part, missing) for part in series.parts)
    if isinstance(series, n.IfNull):
        return never_true_without(series.of, missing) and never_true_without(series.other, missing)
    if isinstance(series, n.Not):
        of = series.of.of if isinstance(series.of, n.IsNull) else series.of
        return unknown_without(of, missing)
    return unknown_without(series, missing)


def _leaf_unknown_without(leaf: n.Series, missing: frozenset[n.Series]) -> bool:
    if leaf in missing:
        return isinstance(leaf, n.Column) or (
            isinstance(leaf, n.Aggregate) and leaf.how in ("sum", "mean", "min", "max")
        )
    rows = leaf.of if isinstance(leaf, n.Column) else leaf.of.domain if isinstance(leaf, n.Aggregate) else None
    if isinstance(rows, n.Pick):
        rows = rows.of
    if rows is None or (isinstance(leaf, n.Aggregate) and leaf.how not in ("sum", "mean", "min", "max")):
        return False
    # Without the value that a condition asks for no row can meet it.
    return any(unknown_without(condition, missing) for condition in Source.of(rows).conditions)


def whole_number(of: n.Series) -> bool:
    """Whether the values are whole numbers."""
    return of.type == INT or of.type.kind is Kind.INT
