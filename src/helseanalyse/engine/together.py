"""One scan of a table for all leaves that read it in one way.

Where leaves differ in their code lists, a small table says of each code which lists it is in, one bit a list: a row
then is classified once, however many leaves there are, and whether there was one of each list comes from one aggregate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from helseanalyse.engine import sql
from helseanalyse.engine.build import Build
from helseanalyse.engine.frame import Frame
from helseanalyse.engine.gathers import Gather
from helseanalyse.engine.rows import Scan
from helseanalyse.engine.sql import Sql, call, col, compare, derived, if_null
from helseanalyse.study import nodes as n

FEW, MANY = 2, 60  # so few lists are tested one by one; so many have a bit of a whole number of 64 bits
Codes = tuple[str, ...]


def gathered(several: Sequence[Gather], names: Sequence[str], frame: Frame, build: Build) -> str:
    """Adds the step that gathers leaves which read one table in one way, and returns its name."""
    return _Together(several, names, frame, build).step()


class _Together:
    def __init__(self, several: Sequence[Gather], names: Sequence[str], frame: Frame, build: Build) -> None:
        first = several[0]
        self._several, self._names, self._build = several, names, build
        self._shared = _shared_conditions(several)
        self._scan = Scan(replace(first.source, conditions=tuple(self._shared)), first.driver, frame, build)
        self._lists = [one.codes(build) for one in several]
        self._all_main = all(one.driver.main_only for one in several)
        distinct = list(dict.fromkeys(codes for codes in self._lists if codes is not None))
        self._bits: dict[Codes, int] = {}
        if first.driver.search is not None:
            self._scan.search(distinct)
            if self._all_main:
                self._scan.main_only()
            if FEW < len(distinct) <= MANY:
                self._bits = {codes: 1 << place for place, codes in enumerate(distinct)}
                self._scan.classified(_classes(self._bits, build))

    def step(self) -> str:
        """The step."""
        keys = self._scan.keys()
        inner: dict[str, Sql] = dict(keys)
        outputs: dict[str, Sql] = {key: col(key) for key in keys}
        sets: dict[str, str] = {}
        for one, codes, name in zip(self._several, self._lists, self._names, strict=True):
            if one.there and codes in self._bits:
                bits = self._bits_under(self._conditions(one), sets, inner)
                found = compare(_bit_of(col(bits), self._bits[codes]), "!=", sql.constant(0))
                outputs[name] = if_null(found, sql.FALSE.copy())
            else:
                conditions = [*self._code_condition(codes), *self._conditions(one)]
                inner[name] = one.aggregate(self._scan, sql.both(conditions) if conditions else None)
                outputs[name] = col(name)
        search = self._several[0].driver.search
        where = [self._scan.place.value(condition) for condition in self._shared if condition != search]
        group = [col(key.name) for key in keys.values()]
        select = self._scan.scope.select(inner, where=sql.both(where) if where else None, group=group)
        if sets:
            select = sql.query(outputs, derived(select, "t"))
        return self._build.table(f"from {_named(self._several[0])}", select, _why(self._several))

    def _bits_under(self, conditions: Sequence[Sql], sets: dict[str, str], inner: dict[str, Sql]) -> str:
        """The column with the lists of all rows under some conditions, as bits."""
        condition = sql.both(conditions) if conditions else None
        key = "" if condition is None else condition.sql("duckdb")
        if key not in sets:
            sets[key] = f"lists_{len(sets) + 1}"
            inner[sets[key]] = sql.only(call("bit_or", self._scan.lists()), condition)
        return sets[key]

    def _code_condition(self, codes: Codes | None) -> list[Sql]:
        """That a row is of this leaf's list, where the scan reads rows of others too."""
        if codes is None or len(set(self._lists)) == 1:
            return []
        if codes in self._bits:
            return [compare(_bit_of(self._scan.lists(), self._bits[codes]), "!=", sql.constant(0))]
        return [sql.within(self._scan.code(), [sql.text(code) for code in codes])]

    def _conditions(self, one: Gather) -> list[Sql]:
        """What else only this leaf asks of a row."""
        found: list[Sql] = []
        if one.driver.main_only and not self._all_main:
            found.append(compare(self._scan.position(), "==", sql.number(0)))
        own = [condition for condition in one.source.conditions if condition not in self._shared]
        return found + [self._scan.place.value(condition) for condition in own if condition != one.driver.search]


def _bit_of(lists: Sql, bit: int) -> Sql:
    return exp.BitwiseAnd(this=lists, expression=sql.constant(bit))


def _classes(bits: dict[Codes, int], build: Build) -> str:
    """The step with the lists that each code is in: code, lists."""
    lists: dict[str, int] = {}
    for codes, bit in bits.items():
        for code in codes:
            lists[code] = lists.get(code, 0) | bit
    key = ("classes", *(f"{code} {number}" for code, number in sorted(lists.items())))
    rows = [exp.Tuple(expressions=[sql.text(code), sql.constant(lists[code])]) for code in sorted(lists)]
    if not rows:
        rows = [exp.Tuple(expressions=[sql.text(""), sql.constant(0)])]
    names = ("code", "lists")
    alias = exp.TableAlias(this=sql.identifier("c"), columns=[sql.identifier(name) for name in names])
    select = sql.query([col(name) for name in names], exp.Values(expressions=rows, alias=alias))
    why = f"Which of {len(bits)} code lists each code is in, one bit a list."
    return build.once(key, lambda: build.table("code lists", select, why))


def _shared_conditions(several: Sequence[Gather]) -> list[n.Series]:
    common = set(several[0].source.conditions)
    for one in several[1:]:
        common &= set(one.source.conditions)
    return [condition for condition in several[0].source.conditions if condition in common]


def _named(one: Gather) -> str:
    table = one.source.table
    if isinstance(table, n.Periods):
        return table.op
    return f"{table.registry} {one.driver.long or table.name}"


def _why(several: Sequence[Gather]) -> str:
    first = several[0]
    how = " through its codes" if first.driver.search is not None else ""
    values = "one value" if len(several) == 1 else f"{len(several)} values"
    return f"One scan of {_named(first).replace(' ', '.')}{how} gathers {values} a person."
