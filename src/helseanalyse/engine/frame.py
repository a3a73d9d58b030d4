"""Frames: a row for each person (or person and interval of a trend), and a column for each value gathered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlglot import exp

from helseanalyse.engine.codes import Codes
from helseanalyse.engine.errors import EngineError
from helseanalyse.engine.expressions import Place
from helseanalyse.engine.leaves import uses_interval
from helseanalyse.engine.scope import Scope
from helseanalyse.engine.sql import Sql, col, derived, join, query, relation
from helseanalyse.study import nodes as n

PID, INTERVAL = "pid", "interval_number"


@dataclass(frozen=True, slots=True)
class Frame:
    """Persons and what is known about them.

    table: the step that holds them. family: frames of one family hold the same persons, or fewer and fewer; what was
    made for one of them serves all that come after. keys: what tells the rows apart. columns: values by leaf.
    everyone: it holds the whole universe, so that rows need not be matched with it before they are counted.
    base: for a frame by person and interval, the frame by person that it was made from.
    product: the step with the intervals, for a frame that is not stored: every row of `table` in every interval.
    more: further columns that every frame of the family has: the first and last day of the interval.
    """

    table: str
    family: str
    keys: tuple[str, ...] = (PID,)
    columns: Mapping[n.Series, str] = field(default_factory=dict)
    everyone: bool = False
    base: Frame | None = None
    more: tuple[str, ...] = ()
    product: str | None = None

    @property
    def by_interval(self) -> bool:
        """Whether there is a row for each person and interval of a trend."""
        return INTERVAL in self.keys

    def holding(self, node: n.Node) -> Frame:
        """The frame that something is made for: without intervals where it does not depend on them."""
        return self.base if self.base is not None and not uses_interval(node) else self

    def relation(self, alias: str) -> Sql:
        """The table by an alias."""
        if self.product is None:
            return relation(self.table, alias=alias)
        columns = [col(name, "f") for name in (PID, *self.columns.values())]
        columns += [col(name, "i") for name in (*self.keys[1:], *self.more)]
        every = query(columns, relation(self.table, alias="f"))
        return derived(join(every, relation(self.product, alias="i"), None), alias)

    def persons(self, scope: Scope, outputs: Mapping[str, Sql], alias: str) -> Sql:
        """The frame with some values computed on it, as a relation: the table itself if they are its columns."""
        if all(isinstance(value, exp.Column) for value in outputs.values()):
            return self.relation(alias)
        return derived(scope.select(outputs), alias)

    def scope(self, alias: str = "f") -> Scope:
        """A query over the frame itself."""
        return Scope(self.relation(alias))

    def place(self, scope: Scope, codes: Codes, alias: str = "f") -> Place:
        """Where expressions with one value a person are computed: over the columns of the frame."""

        def known(series: n.Series) -> Sql | None:
            column = self.columns.get(series)
            return None if column is None else scope.take(alias, column)

        def row(column: n.Column) -> Sql:
            raise EngineError(f"{column.name} has many values a person. Aggregate it to one value a person first.")

        return Place(scope, codes, known, row, lambda name: scope.take(alias, name))

    def with_columns(self, table: str, columns: Mapping[n.Series, str]) -> Frame:
        """The same persons in a new table that has more columns."""
        return replace(self, table=table, columns={**self.columns, **columns}, product=None)
