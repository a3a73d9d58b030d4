"""Many values become one: section 4 of the manual, over the rows of a group that a condition holds for."""

from __future__ import annotations

from sqlglot import exp

from helseanalyse.engine import sql
from helseanalyse.engine.arithmetic import whole
from helseanalyse.engine.sql import Sql, call, case, compare, constant, count_rows, only

_FINE = 2.0**64  # steps of an exact sum
_LARGE = 2.0**50  # beyond this a value is summed as a float


def there_is(keep: Sql | None) -> Sql:
    """Whether there is a row."""
    return compare(count_rows(keep), ">", sql.number(0))


def also(keep: Sql | None, condition: Sql) -> Sql:
    """One condition more."""
    return condition if keep is None else sql.both([keep.copy(), condition])


def unknown(kind: str) -> Sql:
    """An unknown value of a type of DuckDB."""
    return sql.cast(exp.Null(), kind)


def known(of: Sql, keep: Sql | None) -> Sql:
    """How many values are known."""
    return only(exp.Count(this=of.copy()), keep and keep.copy())


def summary(how: str, of: Sql, keep: Sql | None, *, floats: bool) -> Sql:
    """sum, mean, min, max, any, all or count_distinct of a column.

    >>> summary("max", sql.col("dose"), None, floats=True).sql("duckdb")
    'MAX(dose)'
    """
    if how in ("min", "max"):
        return only({"min": exp.Min, "max": exp.Max}[how](this=of), keep)
    if how == "count_distinct":
        return only(exp.Count(this=exp.Distinct(expressions=[of])), keep)
    if how in ("any", "all"):
        return _three_valued(how, of, keep)
    total = exact_total(of, keep) if floats else only(exp.Sum(this=of), keep)
    if how == "sum":
        return total if floats else whole(total)
    share = sql.compute(sql.cast(total, "DOUBLE"), "/", call("nullif", known(of, keep), constant(0)))
    return case((call("isfinite", share), share.copy()))


def _three_valued(how: str, of: Sql, keep: Sql | None) -> Sql:
    decides = of if how == "any" else sql.negated(of)
    return case(
        (there_is(also(keep, decides)), constant(how == "any")),
        (there_is(also(keep, sql.is_null(of.copy()))), unknown("BOOLEAN")),
        otherwise=constant(how == "all"),
    )


def exact_total(of: Sql, keep: Sql | None) -> Sql:
    """A sum of floats that does not depend on the order of the rows; unknown where none is known.

    A sum of floats moves in its last digits with the number of threads. So each value is counted in steps of 2 ** -64
    (exact for nearly all values that registries hold), and the steps are summed as whole numbers of 128 bits. Values
    beyond 2 ** 50 would not fit; they are summed apart, in ascending order.
    """
    small = also(keep, compare(call("abs", of.copy()), "<", constant(_LARGE)))
    large = also(keep, compare(call("abs", of.copy()), ">=", constant(_LARGE)))
    fine = sql.cast(sql.compute(of.copy(), "*", constant(_FINE)), "HUGEINT")
    # Rows of the other kind count 0 here: a cast of theirs would overflow before a filter could leave them out.
    steps = exp.Sum(this=case((small, fine)))
    coarse = only(exp.Sum(this=exp.Order(this=of.copy(), expressions=[sql.ordered(of.copy())])), large)
    parts = [
        sql.if_null(sql.compute(sql.cast(steps, "DOUBLE"), "/", constant(_FINE)), constant(0.0)),
        sql.if_null(coarse, constant(0.0)),
    ]
    both = sql.compute(parts[0], "+", parts[1])
    finite = sql.both([compare(known(of, keep), ">", sql.number(0)), call("isfinite", both)])
    return case((finite, both.copy()))
