"""Who exists, and when they live in the country: the residence that every study takes as it is.

A person is resident from the day of moving in to the day before moving out; death ends residence on its day,
which still counts. Nodes only: the engines read no other definition.
"""

from __future__ import annotations

from dataclasses import dataclass

from helseanalyse.catalogue.model import Catalogue, Grain, Kind
from helseanalyse.catalogue.model import Column as CatalogueColumn
from helseanalyse.catalogue.model import Table as CatalogueTable
from helseanalyse.study import nodes
from helseanalyse.study.node import Series
from helseanalyse.study.types import DATE, INT, ValueType

RESIDENCE = "residence"  # the period table of the universe that says who lives in the country


def value_type(column: CatalogueColumn) -> ValueType:
    """The type of a column of the catalogue.

    >>> from helseanalyse.catalogue.read import norway
    >>> str(value_type(norway().table("lmr", "dispensing").column("atc")))
    'code of ATC'
    """
    levels = tuple(level.name for level in column.levels) if column.kind is Kind.CATEGORY else ()
    system = column.system if column.kind in (Kind.CODE, Kind.CODES) else None
    precision = column.precision if column.kind is Kind.DATE else "day"
    return ValueType(column.kind, system=system, levels=levels, precision=precision)


def table_node(table: CatalogueTable) -> nodes.Table:
    """The node of a table of the catalogue."""
    event, period = table.grain is Grain.EVENT, table.grain is Grain.PERIOD
    return nodes.Table(
        table.registry,
        table.name,
        table.grain,
        date=table.date if event else None,
        start=table.start if period else None,
        stop=table.stop if period else None,
    )


@dataclass(frozen=True, slots=True)
class Universe:
    """The tables of the registry that defines who exists, as nodes, and what their columns are."""

    person: nodes.Table
    types: tuple[tuple[str, ValueType], ...]
    residence: nodes.Table | None

    def column(self, name: str) -> nodes.Column | None:
        """A column of the person table, or None where it has none of that name."""
        types = dict(self.types)
        return nodes.Column(self.person, name, types[name]) if name in types else None


def universe_of(catalogue: Catalogue) -> Universe:
    """The universe of a catalogue."""
    registry = catalogue.universe
    main = registry.table(registry.main)
    names = {table.name: table for table in registry.tables}
    residence = names.get(RESIDENCE)
    types = tuple((column.name, value_type(column)) for column in main.columns)
    known = residence is not None and residence.grain is Grain.PERIOD
    return Universe(table_node(main), types, table_node(residence) if known and residence is not None else None)


def effective_residence(person: nodes.Table, residence: nodes.Table, has_death: bool = True) -> nodes.Spans:
    """The periods in which a person lives in the country, as one node.

    A period ends at the day after death where death comes before moving out, or where nobody moved out.
    """
    start = nodes.Column(residence, residence.start or "moved_in_on", DATE)
    out = nodes.Column(residence, residence.stop or "moved_out_on", DATE)
    if not has_death:
        return nodes.Spans(start, out)
    died = nodes.Column(person, "died_on", DATE)
    alive_until_moved: Series = nodes.Or((nodes.IsNull(out), nodes.Compare(">=", out, died)))
    ends_by_death = nodes.And((nodes.Not(nodes.IsNull(died)), alive_until_moved))
    after_death = nodes.DateAdd(died, nodes.Constant(1, INT), "days")
    return nodes.Spans(start, nodes.Case((ends_by_death,), (after_death,), out, DATE))
