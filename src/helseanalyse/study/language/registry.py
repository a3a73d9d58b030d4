"""Registries of any catalogue, with the columns of its tables as attributes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from helseanalyse.catalogue import model
from helseanalyse.catalogue.model import Catalogue, Grain
from helseanalyse.study import nodes
from helseanalyse.study.language.habits import names_near
from helseanalyse.study.language.population import PopulationQuestions
from helseanalyse.study.language.rows import EventRows, PersonRows
from helseanalyse.study.language.spells import PeriodRows
from helseanalyse.study.language.trouble import fail
from helseanalyse.study.language.wrap import wrap
from helseanalyse.study.node import Rows as RowsNode
from helseanalyse.study.universe import RESIDENCE, table_node, value_type


class _Columns:
    """The columns of a table of a catalogue, as attributes."""

    __slots__ = ()

    node: RowsNode
    _table: ClassVar[model.Table]
    _registry: ClassVar[model.Registry | None] = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "node":
            raise AttributeError(name)
        if self._table.has(name):
            column = self._table.column(name)
            return wrap(nodes.Column(self.node.domain, name, value_type(column)))
        if self._registry is not None and isinstance(self.node, nodes.Table):
            found = _beyond(self._registry, name)
            if found is not None:
                return found
        return fail("S007", owner=f"`{self._table.path}`", name=f"`{name}`", nearest=names_near(name, dir(self)))

    def __dir__(self) -> Iterable[str]:
        methods = [name for name in object.__dir__(self) if not name.startswith("_")]
        tables = [table.name for table in self._registry.tables] if self._registry is not None else []
        also = list(self._registry.also) if self._registry is not None else []
        return [*(column.name for column in self._table.columns), *tables, *also, *methods]


def _beyond(registry: model.Registry, name: str) -> Any:
    """A shortcut of the registry, or another of its tables."""
    if name in registry.also:
        table, _, column = registry.also[name].partition(".")
        return getattr(_rows_of(registry.table(table)), column)
    if any(table.name == name for table in registry.tables):
        return _rows_of(registry.table(name))
    return None


def _rows_of(table: model.Table, registry: model.Registry | None = None) -> Any:
    """Rows of a table: three classes of its own, so that its filters and picks know its columns."""
    grain: dict[Grain, type] = {Grain.PERSON: PersonRows, Grain.EVENT: EventRows, Grain.PERIOD: PeriodRows}
    own: dict[str, Any] = {"__slots__": (), "_table": table, "_registry": None}
    one = type(table.name, (_Columns, PersonRows), dict(own))
    many = one if table.grain is Grain.PERSON else type(table.name, (_Columns, grain[table.grain]), own | {"_one": one})
    if registry is None:
        return many(table_node(table))
    extra: tuple[type, ...] = (PopulationQuestions,) if registry.universe else ()
    residence = next((each for each in registry.tables if each.name == RESIDENCE), None) if registry.universe else None
    whole = type(
        registry.name,
        (*extra, many),
        {
            "__slots__": (),
            "_registry": registry,
            "_many": many,
            "_like": lambda self, node: self._many(node),
            "_residence_table": table_node(residence) if residence is not None else None,
            "_has_death": table.has("died_on"),
        },
    )
    return whole(table_node(table))


# The catalogue that a registry was last opened from: so that a study need not be told what its rows already know.
_opened: dict[str, Catalogue] = {}


def opened(registry: str) -> Catalogue | None:
    """The catalogue from which a study took a registry, where it opened one of its own."""
    return _opened.get(registry)


class Registries:
    """The registries of a catalogue: `catalogue.registry("dmlate")`, then its columns as attributes.

    >>> from helseanalyse.catalogue.read import norway
    >>> Registries(norway()).registry("lmr").atc
    <code of ATC: `lmr.dispensing.atc`>
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        for registry in catalogue.registries:
            _opened[registry.name] = catalogue

    def registry(self, name: str) -> Any:
        """The rows of a registry's main table; its other tables are attributes."""
        for registry in self.catalogue.registries:
            if registry.name == name:
                return _rows_of(registry.table(registry.main), registry)
        names = [registry.name for registry in self.catalogue.registries]
        return fail("S008", name=f"`{name}`", nearest=names_near(name, names))

    def __repr__(self) -> str:
        return f"<catalogue of {', '.join(registry.name for registry in self.catalogue.registries)}>"
