"""A query under construction: which columns it takes from its relations, and what is computed from them, in layers.

A value that is used more than once is computed in a layer of its own and then is a column, so that the text of a
statement grows with the study and not with how deeply its parts are nested. DuckDB folds the layers together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlglot import exp

from helseanalyse.engine.sql import Sql, both, col, compare, derived, identifier, join, named, query, relation

Relation = Sql | Callable[[], Sql]
INNER = "t"  # what every inner query is called
DAY = "calendar_day"  # the column of a table of days that rows are joined by


class Scope:
    """Columns over a FROM.

    >>> scope = Scope(relation("episode", "npr", "r"))
    >>> day = scope.take("r", "admitted_on")
    >>> scope.select({"first": exp.Min(this=day)}).sql("duckdb")
    'SELECT MIN(admitted_on) AS first FROM (SELECT r.admitted_on FROM npr.episode AS r) AS t'
    """

    def __init__(self, source: Sql) -> None:
        self._source = source
        self._joins: list[tuple[Relation, Sql | None, str]] = []
        self._where: list[Sql] = []
        self._taken: dict[str, exp.Column] = {}
        self._layers: list[dict[str, Sql]] = []
        self._depth: dict[str, int] = {}
        self._attached: list[tuple[str, str, Sql]] = []
        self._attachments: dict[tuple[int, str, str, str], dict[str, str]] = {}

    def join(self, other: Relation, on: Sql | None, side: str = "") -> None:
        """Another relation beside the first; a function is asked for it when the query is complete."""
        self._joins.append((other, on, side))

    def where(self, condition: Sql) -> None:
        """Which rows there are at all; the condition speaks of columns of the relations (`alias.column`)."""
        self._where.append(condition)

    def take(self, alias: str, column: str, name: str | None = None) -> exp.Column:
        """A column of a relation, under its own name if that is free."""
        wanted = col(column, alias)
        for known, taken in self._taken.items():
            if taken == wanted:
                return col(known)
        free = name or column
        while free in self._taken or free in self._depth:
            free += "_"
        self._taken[free] = wanted
        self._depth[free] = 0
        return col(free)

    def bind(self, value: Sql, name: str = "x") -> Sql:
        """The value as a column of a layer, unless it is as simple as a column already."""
        if isinstance(value, exp.Column | exp.Literal | exp.Boolean | exp.Null):
            return value
        if isinstance(value, exp.Cast) and isinstance(value.this, exp.Literal | exp.Neg):
            return value  # a constant
        depth = 1 + max((self._depth[one.name] for one in value.find_all(exp.Column)), default=0)
        free = f"{name}{len(self._depth)}"
        while len(self._layers) < depth:
            self._layers.append({})
        self._layers[depth - 1][free] = value
        self._depth[free] = depth
        return col(free)

    def attach(self, table: str, alias: str, day: Sql) -> None:
        """A table of days beside the rows, by a date that is computed from columns taken; see `attached`."""
        self._attached.append((table, alias, self.bind(day, "at")))

    def attached(self, alias: str, column: str) -> exp.Column:
        """A column of an attached table, after all other layers but those bound on it."""
        name = f"{alias}_{column}"
        if name not in self._depth:
            table, _, day = next(one for one in self._attached if one[1] == alias)
            depth = 1 + self._depth[day.name] if isinstance(day, exp.Column) else 1
            self._depth[name] = depth
            self._attachments.setdefault((depth, table, alias, day.name), {})[name] = column
            while len(self._layers) < depth:
                self._layers.append({})
        return col(name)

    def select(
        self, outputs: Mapping[str, Sql], *, where: Sql | None = None, group: Sequence[Sql] = (), distinct: bool = False
    ) -> exp.Select:
        """The whole query."""
        inner = query(list(_listed(self._taken)) or [exp.Literal.number(1)], self._source)
        for other, on, side in self._joins:
            join(inner, other() if callable(other) else other, on, side)
        if self._where:
            inner.set("where", exp.Where(this=both(self._where)))
        for depth, layer in enumerate(self._layers, 1):
            beside = {key: columns for key, columns in self._attachments.items() if key[0] == depth}
            inside = [
                named(col(column, alias), name)
                for (_, _, alias, _), these in beside.items()
                for name, column in these.items()
            ]
            outer = query(
                [exp.Column(this=exp.Star(), table=identifier(INNER)), *inside, *_listed(layer)], derived(inner, INNER)
            )
            for _, table, alias, day in beside:
                join(outer, relation(table, alias=alias), compare(col(DAY, alias), "==", col(day, INNER)), "left")
            inner = outer
        return query(dict(outputs), derived(inner, INNER), where=where, group=group, distinct=distinct)


def _listed(columns: Mapping[str, Sql]) -> list[Sql]:
    return [named(of, name) for name, of in columns.items()]
