"""A chain of named steps under construction: what every part of the compiler adds to."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlglot import exp

from helseanalyse.catalogue.model import Catalogue
from helseanalyse.catalogue.model import Table as Described
from helseanalyse.engine.codes import Codes, source
from helseanalyse.engine.errors import RefusedError
from helseanalyse.engine.sql import Sql, relation
from helseanalyse.study import nodes as n
from helseanalyse.study.specification import Specification


@dataclass(frozen=True, slots=True)
class Step:
    """One statement: a temporary table that later steps read, or (answer) counts that leave the database."""

    name: str
    statement: Sql
    why: str
    answer: bool = False


@dataclass(slots=True)
class Build:
    """The steps so far, and what they may read.

    need: the columns ("registry.table.column") that the grant covers; a step that would read another is refused.
    """

    study: Specification
    catalogue: Catalogue
    codes: Codes
    need: frozenset[str]
    steps: list[Step] = field(default_factory=list)
    read: set[str] = field(default_factory=set)
    excluded: str | None = None  # the step with the persons who are in no answer
    made: dict[tuple[str, ...], object] = field(default_factory=dict)
    _names: set[str] = field(default_factory=set)
    _columns: dict[str, int] = field(default_factory=dict)

    def table(self, name: str, select: Sql, why: str) -> str:
        """Adds a temporary table and returns its name."""
        name = self.free(name)
        properties = exp.Properties(expressions=[exp.TemporaryProperty()])
        self.steps.append(
            Step(name, exp.Create(this=relation(name), kind="TABLE", expression=select, properties=properties), why)
        )
        return name

    def answer(self, name: str, select: Sql, why: str) -> str:
        """Adds a query for counts and returns the name that its result has."""
        name = self.free(name)
        self.steps.append(Step(name, select, why, answer=True))
        return name

    def once(self, key: tuple[str, ...], make: Callable[[], str]) -> str:
        """The name of a step that was made before under a key, or is made now."""
        if key not in self.made:
            self.made[key] = make()
        made = self.made[key]
        assert isinstance(made, str)
        return made

    def free(self, wanted: str) -> str:
        """A name that no other step has."""
        plain = re.sub(r"[^a-z0-9]+", "_", wanted.lower()).strip("_") or "step"
        name, number = plain, 1
        while name in self._names:
            number += 1
            name = f"{plain}_{number}"
        self._names.add(name)
        return name

    def column(self, leaf: n.Series) -> str:
        """A column for a leaf, with a name that a reader knows it by."""
        of = getattr(leaf, "of", None)
        if isinstance(leaf, n.Column):
            name = leaf.name
        elif isinstance(of, n.Series) and isinstance(of, n.Column):
            name = f"{getattr(leaf, 'how', leaf.op)}_{of.name}"
        elif isinstance(of, n.Rows):
            table = source(of)
            name = f"{leaf.op}_{table.name if isinstance(table, n.Table) else table.op}"
        else:
            name = leaf.op
        self._columns[name] = self._columns.get(name, 0) + 1
        # A number even on the first: it can then never be the name of something else.
        return f"{name}_{self._columns[name]}"

    def described(self, table: n.Table) -> Described:
        """What the catalogue says of a table."""
        return self.catalogue.table(table.registry, table.name)

    def reads(self, registry: str, table: str, column: str) -> None:
        """Notes that a step reads a column; RefusedError where the grant does not cover it."""
        path = f"{registry}.{table}.{column}"
        if path not in self.need:
            raise RefusedError(
                f"The study reads {path}, which its grant does not cover. Ask for it in the permit, "
                "or take it out of the study."
            )
        self.read.add(path)

    def reads_rows(self, table: n.Table) -> None:
        """Notes that a step counts rows of a table; RefusedError where the grant covers nothing of it."""
        prefix = f"{table.registry}.{table.name}."
        if not any(path.startswith(prefix) for path in self.need):
            raise RefusedError(
                f"The study counts rows of {prefix[:-1]}, of which its grant covers no column. "
                "Ask for the table in the permit, or take it out of the study."
            )
