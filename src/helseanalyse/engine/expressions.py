"""What each operation on values is in SQL: sections 3, 6 and 9 of the manual, with DuckDB's own defaults written away.

`value` answers for every `study.nodes.Series` at a place: over the rows of a query, or over one row a person. What
must be gathered from rows first (aggregates, picks, look-ups) is a column there already: see `leaves`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import singledispatch

from helseanalyse.catalogue.model import Kind
from helseanalyse.engine import sql
from helseanalyse.engine.arithmetic import calculated, date_moved, whole, whole_units_between
from helseanalyse.engine.codes import Codes
from helseanalyse.engine.errors import EngineError
from helseanalyse.engine.leaves import simpler
from helseanalyse.engine.scope import Scope
from helseanalyse.engine.sql import Sql, case, cast, compare, constant, if_null
from helseanalyse.study import nodes as n

SQL_TYPES = {
    Kind.BOOL: "BOOLEAN",
    Kind.INT: "BIGINT",
    Kind.FLOAT: "DOUBLE",
    Kind.DATE: "DATE",
    Kind.TEXT: "VARCHAR",
    Kind.CODE: "VARCHAR",
    Kind.CATEGORY: "VARCHAR",
    Kind.PERSON: "INTEGER",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value is asked for.

    known: the column of a value that was gathered before, or None. row: the column of the row, by name.
    """

    scope: Scope
    codes: Codes
    known: Callable[[n.Series], Sql | None]
    row: Callable[[n.Column], Sql]
    parameter: Callable[[str], Sql]
    _done: dict[str, Sql] = field(default_factory=dict)

    def value(self, series: n.Series) -> Sql:
        """The value of a series here."""
        if series.key not in self._done:
            self._done[series.key] = self._fresh(series)
        return self._done[series.key].copy()

    def once(self, series: n.Series) -> Sql:
        """The value as a column, for expressions that use it more than once."""
        self._done[series.key] = self.scope.bind(self.value(series))
        return self._done[series.key].copy()

    def _fresh(self, series: n.Series) -> Sql:
        if (found := self.known(series)) is not None:
            return found
        other = simpler(series)
        return value(series, self) if other is None else self.value(other)


@singledispatch
def value(node: n.Series, at: Place) -> Sql:
    """The value of a series at a place."""
    raise EngineError(
        f"The engine cannot compute {type(node).__name__} here. Use it as one value a person, or on rows of one table."
    )


@value.register
def _column(node: n.Column, at: Place) -> Sql:
    return at.row(node)


@value.register
def _constant(node: n.Constant, at: Place) -> Sql:
    if node.value is None:
        return cast(constant(None), SQL_TYPES[node.type.kind])
    return constant(float(node.value) if node.type.kind is Kind.FLOAT else node.value)  # type: ignore[arg-type]


@value.register
def _parameter(node: n.Parameter, at: Place) -> Sql:
    return at.parameter(node.name)


# --- truth -----------------------------------------------------------------------------------------


@value.register
def _compare(node: n.Compare, at: Place) -> Sql:
    return compare(at.value(node.left), node.test, at.value(node.right))


@value.register
def _and(node: n.And, at: Place) -> Sql:
    return sql.both(at.value(part) for part in node.parts)


@value.register
def _or(node: n.Or, at: Place) -> Sql:
    return sql.either(at.value(part) for part in node.parts)


@value.register
def _not(node: n.Not, at: Place) -> Sql:
    return sql.negated(at.value(node.of))


@value.register
def _is_null(node: n.IsNull, at: Place) -> Sql:
    return sql.is_null(at.value(node.of))


@value.register
def _if_null(node: n.IfNull, at: Place) -> Sql:
    return if_null(at.value(node.of), at.value(node.other))


@value.register
def _case(node: n.Case, at: Place) -> Sql:
    kind = SQL_TYPES[node.type.kind]
    values = [cast(at.value(one), kind) for one in node.values]
    branches = [(at.value(one), then) for one, then in zip(node.conditions, values, strict=True)]
    otherwise = None if node.otherwise is None else cast(at.value(node.otherwise), kind)
    return case(*branches, otherwise=otherwise) if branches else otherwise or cast(constant(None), kind)


@value.register
def _extreme(node: n.Extreme, at: Place) -> Sql:
    kind = SQL_TYPES[node.type.kind]
    parts = [cast(at.value(part), kind) if part.type.kind != node.type.kind else at.value(part) for part in node.parts]
    return (sql.least if node.which == "least" else sql.greatest)(*parts)


# --- numbers and dates -----------------------------------------------------------------------------


@value.register
def _arithmetic(node: n.Arithmetic, at: Place) -> Sql:
    floats = node.type.kind is Kind.FLOAT
    return calculated(node.sign, at.once(node.left), at.once(node.right), at.scope, floats=floats)


@value.register
def _negate(node: n.Negate, at: Place) -> Sql:
    return sql.compute(constant(0.0 if node.type.kind is Kind.FLOAT else 0), "-", at.value(node.of))


@value.register
def _cast(node: n.Cast, at: Place) -> Sql:
    of = at.value(node.of)
    if node.to == "int" and node.of.type.kind is Kind.FLOAT:
        of = sql.call("trunc", of)
    return whole(of) if node.to == "int" else cast(of, "DOUBLE")


@value.register
def _round(node: n.Round, at: Place) -> Sql:
    # DuckDB rounds a DOUBLE half away from zero, as the language does.
    return at.value(node.of) if node.of.type.kind is Kind.INT else whole(sql.call("round", at.value(node.of)))


@value.register
def _date_add(node: n.DateAdd, at: Place) -> Sql:
    stated = node.amount.value if isinstance(node.amount, n.Constant) else None
    amount = at.once(node.amount)
    return date_moved(at.once(node.date), amount, node.unit, at.scope, stated if isinstance(stated, int) else None)


@value.register
def _date_diff(node: n.DateDiff, at: Place) -> Sql:
    return whole_units_between(at.once(node.later), at.once(node.earlier), node.unit)


@value.register
def _date_part(node: n.DatePart, at: Place) -> Sql:
    return sql.call(node.part, at.value(node.of))


@value.register
def _truncate(node: n.Truncate, at: Place) -> Sql:
    return cast(sql.call("date_trunc", sql.text(node.unit), at.value(node.of)), "DATE")


# --- texts, codes and sets ---------------------------------------------------------------------------


@value.register
def _contains(node: n.Contains, at: Place) -> Sql:
    return sql.call("contains", at.value(node.of), at.value(node.text))


@value.register
def _in_codes(node: n.InCodes, at: Place) -> Sql:
    codes = at.codes.matching(node.of, node.codes, node.match)
    of = at.once(node.of)
    if not codes:
        return case((sql.is_known(of), sql.FALSE.copy()))
    return sql.within(of, [sql.text(code) for code in codes])


@value.register
def _in(node: n.In, at: Place) -> Sql:
    members = [at.value(one) for one in node.values if one.value is not None]
    return sql.within(at.value(node.of), members)


@value.register
def _categorise(node: n.Categorise, at: Place) -> Sql:
    of = at.once(node.of)
    branches = [
        (sql.within(of.copy(), [sql.text(code) for code in codes]), sql.text(name))
        for name, codes in at.codes.categories(node).items()
        if codes
    ]
    return case(*branches) if branches else cast(constant(None), "VARCHAR")
