"""SQL as a tree: the few shapes that the engine builds statements from. Names and values are never pasted as text.

sqlglot prints a tree as it stands and adds no brackets of its own, so every operand goes through `wrapped`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import reduce

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB

from helseanalyse.engine.errors import MARK

Sql = exp.Expr

# DuckDB takes dates far beyond the calendar of the language. A period that still runs stops here while it is in SQL.
FOREVER = "99999-12-31"

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
_RESERVED = frozenset(word.lower() for word in DuckDB.Generator.RESERVED_KEYWORDS)
_ATOMS = (
    exp.Column,
    exp.Literal,
    exp.Boolean,
    exp.Null,
    exp.Paren,
    exp.Cast,
    exp.Case,
    exp.Coalesce,
    exp.Anonymous,
    exp.AggFunc,
    exp.Subquery,
)


def identifier(name: str) -> exp.Identifier:
    """A name, in quotes where SQL needs them.

    >>> [identifier(name).sql("duckdb") for name in ("born_on", "order", "two words")]
    ['born_on', '"order"', '"two words"']
    """
    return exp.to_identifier(name, quoted=name in _RESERVED or not _PLAIN.fullmatch(name))


def col(name: str, of: str | None = None) -> exp.Column:
    """A column, of a relation by its alias."""
    return exp.Column(this=identifier(name), table=identifier(of) if of else None)


def relation(name: str, registry: str | None = None, alias: str | None = None) -> exp.Table:
    """A step of this run, or a table of a registry.

    >>> relation("episode", "npr", "r").sql("duckdb")
    'npr.episode AS r'
    """
    table = exp.Table(this=identifier(name), db=identifier(registry) if registry else None)
    if alias:
        table.set("alias", exp.TableAlias(this=identifier(alias)))
    return table


def derived(select: Sql, alias: str) -> Sql:
    """A query as a relation."""
    return exp.Subquery(this=select, alias=exp.TableAlias(this=identifier(alias)))


def wrapped(of: Sql) -> Sql:
    """The expression, in brackets where it is not one piece."""
    return of if isinstance(of, _ATOMS) else exp.Paren(this=of)


# --- values --------------------------------------------------------------------------------------


def number(value: int) -> Sql:
    """A whole number for SQL's own bookkeeping (days, positions): 32 bits."""
    return exp.Literal.number(value) if value >= 0 else exp.Paren(this=exp.Literal.number(value))


def text(value: str) -> exp.Literal:
    """A text."""
    return exp.Literal.string(value)


def day(value: date | str) -> Sql:
    """A date."""
    return cast(text(value if isinstance(value, str) else value.isoformat()), "DATE")


def constant(value: bool | int | float | str | date | None) -> Sql:
    """A value of the language: whole numbers have 64 bits, floats are exact to the last digit.

    >>> [constant(value).sql("duckdb") for value in (True, 3, 0.1, date(2020, 1, 1), "it's", None)]
    ['TRUE', 'CAST(3 AS BIGINT)', "CAST('0.1' AS DOUBLE)", "CAST('2020-01-01' AS DATE)", "'it''s'", 'NULL']
    """
    if value is None:
        return exp.Null()
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, int):
        return cast(exp.Literal.number(value), "BIGINT")
    if isinstance(value, float):
        return cast(text(repr(value)), "DOUBLE")
    return text(value) if isinstance(value, str) else day(value)


def cast(of: Sql, to: str) -> Sql:
    """The value as another type of DuckDB."""
    return exp.Cast(this=of, to=exp.DataType.build(to, dialect="duckdb"))


def call(function: str, *arguments: Sql) -> Sql:
    """A function of DuckDB by its own name.

    >>> call("bool_or", col("x")).sql("duckdb")
    'BOOL_OR(x)'
    """
    return exp.Anonymous(this=function, expressions=list(arguments))


def failure(which: str) -> Sql:
    """Stops the run with one of our own errors, wherever a row comes to it."""
    return call("error", text(f"{MARK}{which}"))


# --- truth -----------------------------------------------------------------------------------------

TRUE, FALSE = exp.Boolean(this=True), exp.Boolean(this=False)

_TESTS = {"==": exp.EQ, "!=": exp.NEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE}
_SIGNS = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul, "/": exp.Div, "//": exp.IntDiv, "%": exp.Mod}


def compare(left: Sql, test: str, right: Sql) -> Sql:
    """A comparison, with the signs of the language."""
    return _TESTS[test](this=wrapped(left), expression=wrapped(right))


def compute(left: Sql, sign: str, right: Sql) -> Sql:
    """A computation as DuckDB means it.

    >>> compute(col("a"), "-", compute(col("b"), "-", col("c"))).sql("duckdb")
    'a - (b - c)'
    """
    return _SIGNS[sign](this=wrapped(left), expression=wrapped(right))


def both(parts: Iterable[Sql]) -> Sql:
    """All of them; true for none."""
    return _joined(exp.And, parts, TRUE)


def either(parts: Iterable[Sql]) -> Sql:
    """Any of them; false for none."""
    return _joined(exp.Or, parts, FALSE)


def _joined(kind: type[exp.And] | type[exp.Or], parts: Iterable[Sql], nothing: exp.Boolean) -> Sql:
    whole = list(parts)
    if len(whole) <= 1:
        return whole[0] if whole else nothing.copy()
    found = [wrapped(part) for part in whole]
    return reduce(lambda left, right: kind(this=left, expression=right), found)


def negated(of: Sql) -> Sql:
    """Three-valued not."""
    return exp.Not(this=wrapped(of))


def is_null(of: Sql) -> Sql:
    """Whether it is unknown."""
    return exp.Is(this=wrapped(of), expression=exp.Null())


def is_known(of: Sql) -> Sql:
    """Whether it is known."""
    return negated(is_null(of))


def within(of: Sql, members: Sequence[Sql]) -> Sql:
    """IN (members); in nothing is false, also for unknown: an empty list never becomes `IN ()`."""
    if not members:
        return FALSE.copy()
    if len(members) == 1:
        return compare(of, "==", members[0])
    return exp.In(this=wrapped(of), expressions=list(members))


def case(*branches: tuple[Sql, Sql], otherwise: Sql | None = None) -> Sql:
    """CASE WHEN condition THEN value ... ELSE otherwise END."""
    return exp.Case(ifs=[exp.If(this=when, true=then) for when, then in branches], default=otherwise)


def if_null(of: Sql, other: Sql) -> Sql:
    """The value, or the other where it is unknown."""
    return exp.Coalesce(this=of, expressions=[other])


def least(*parts: Sql) -> Sql:
    """The smallest known part; unknown only if all are."""
    return parts[0] if len(parts) == 1 else call("least", *parts)


def greatest(*parts: Sql) -> Sql:
    """The greatest known part; unknown only if all are."""
    return parts[0] if len(parts) == 1 else call("greatest", *parts)


# --- aggregates, windows, queries ---------------------------------------------------------------------


def count_rows(where: Sql | None = None) -> Sql:
    """The number of rows, of those that a condition holds for."""
    return only(exp.Count(this=exp.Star()), where)


def only(aggregate: Sql, where: Sql | None) -> Sql:
    """An aggregate of the rows for which a condition is true."""
    return aggregate if where is None else exp.Filter(this=aggregate, expression=exp.Where(this=where))


def total(of: Sql) -> Sql:
    """A sum of whole numbers as a whole number of 64 bits; more than that is an error, never a wrapped number."""
    return cast(exp.Sum(this=of), "BIGINT")


def ordered(by: Sql, descending: bool = False) -> exp.Ordered:
    """One key of a total order: unknown first when ascending, last when descending."""
    return exp.Ordered(this=by, desc=descending, nulls_first=not descending)


def window(function: Sql, by: Sequence[Sql], order: Sequence[exp.Ordered], rows: str = "") -> Sql:
    """A window function. rows: "" for the function's own frame, "so far" with this row, "before" without it."""
    ends = {"": None, "so far": ("CURRENT ROW", None), "before": ("1", "PRECEDING")}[rows]
    spec = ends and exp.WindowSpec(
        kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end=ends[0], end_side=ends[1]
    )
    return exp.Window(this=function, partition_by=list(by), order=exp.Order(expressions=list(order)), spec=spec)


def named(of: Sql, name: str) -> Sql:
    """An output column."""
    if isinstance(of, exp.Column) and of.name == name:
        return of
    return exp.Alias(this=of, alias=identifier(name))


def query(
    outputs: Mapping[str, Sql] | Sequence[Sql],
    source: Sql,
    *,
    where: Sql | None = None,
    group: Sequence[Sql] = (),
    distinct: bool = False,
    having: Sql | None = None,
) -> exp.Select:
    """SELECT outputs FROM source WHERE ... GROUP BY ..."""
    columns = [named(of, name) for name, of in outputs.items()] if isinstance(outputs, Mapping) else list(outputs)
    select = exp.Select(expressions=columns, distinct=exp.Distinct() if distinct else None)
    select.set("from_", exp.From(this=source))
    if where is not None:
        select.set("where", exp.Where(this=where))
    if group:
        select.set("group", exp.Group(expressions=list(group)))
    if having is not None:
        select.set("having", exp.Having(this=having))
    return select


def join(select: exp.Select, other: Sql, on: Sql | None, side: str = "") -> exp.Select:
    """The query with another relation: side "" (both must be there), "left", "semi" or "anti"."""
    kind = {"semi": "SEMI", "anti": "ANTI"}.get(side)
    made = exp.Join(this=other, on=on, side="LEFT" if side == "left" else None, kind=kind or (None if on else "CROSS"))
    select.append("joins", made)
    return select


def stacked(parts: Sequence[exp.Select]) -> Sql:
    """All rows of several queries with the same columns."""
    whole: Sql = parts[0]
    for part in parts[1:]:
        whole = exp.Union(this=whole, expression=part, distinct=False)
    return whole


def printed(statement: Sql, pretty: bool = False) -> str:
    """The text of a statement: the last act."""
    return statement.sql(dialect="duckdb", pretty=pretty, copy=False)


def every(parts: Iterable[Sql]) -> Sequence[Sql]:
    """Copies, for trees that use a part more than once: a part of a tree has one parent."""
    return [part.copy() for part in parts]
