"""The rules of types, grain and rows: what makes one operation wrong, whoever built it.

The language asks these rules at each step, so that a mistake is told where it was made; `study.check` asks them of
every node of a specification. One rule, one place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from helseanalyse.catalogue.model import Grain, Kind
from helseanalyse.study import nodes
from helseanalyse.study.lineage import fits, lineage
from helseanalyse.study.naming import code_of, table_of
from helseanalyse.study.node import Node, Rows, Series
from helseanalyse.study.problem import Problem, problem
from helseanalyse.study.types import BOOL, DATE, ValueType

NUMBERS = frozenset([Kind.INT, Kind.FLOAT])
ORDERED = frozenset([Kind.INT, Kind.FLOAT, Kind.DATE, Kind.TEXT])
SORTABLE = ORDERED | frozenset([Kind.BOOL, Kind.CODE, Kind.CATEGORY])

Rule = Callable[[Any], Iterable[Problem]]


def problems_of(node: Node) -> list[Problem]:
    """What is wrong with one node, given that its operands are right.

    >>> from helseanalyse.study.types import INT
    >>> [each.id for each in problems_of(nodes.Not(nodes.Constant(3, INT)))]
    ['S030']
    """
    rule = RULES.get(type(node))
    found = list(rule(node)) if rule else []
    if isinstance(node, Series):
        found.extend(_mixed_rows(node))
    return found


def _mixed_rows(node: Series) -> Iterable[Problem]:
    parts = [operand for operand in node.operands if isinstance(operand, Series)]
    if len(node.domains) > 1 and all(len(part.domains) < 2 for part in parts):
        found = dict.fromkeys(part.domain for part in parts if part.domain is not None)
        first, second = list(found)[:2]
        yield rows_differ(_column_of(node, first), _column_of(node, second))


def _column_of(node: Series, rows: Rows) -> Series:
    """The leftmost column of a value that belongs to some rows, to name it in a message."""
    while not isinstance(node, nodes.Column):
        parts = [part for part in node.operands if isinstance(part, Series) and rows in part.domains]
        if not parts:
            return node
        node = parts[0]
    return node


def rows_differ(left: Series, right: Series) -> Problem:
    """Two values of different rows: S013 where only the filters differ, else S014."""
    mine, other = left.domain, right.domain
    if mine is not None and other is not None and lineage(mine)[-1] == lineage(other)[-1]:
        return problem("S013", left=code_of(left), right=code_of(right))
    rows = code_of(mine).strip("`") if mine is not None else ""
    return problem(
        "S014", left=code_of(left), right=code_of(right), left_rows=rows, right_column=code_of(right).strip("`")
    )


def expect(value: Series | None, what: str, *kinds: Kind) -> Iterable[Problem]:
    """S030 where a value is not of one of the kinds."""
    if value is not None and value.type.kind not in kinds:
        wanted = " or ".join(kind.value for kind in kinds)
        yield problem("S030", what=what, wanted_type=wanted, name=code_of(value), type=value.type)


def one_a_person(value: Series, what: str) -> Iterable[Problem]:
    """S015 where a value has one for each row."""
    if value.domains:
        yield problem("S015", what=what, name=code_of(value))


def truth_a_person(value: Series, what: str) -> Iterable[Problem]:
    """S015 or S016 where a value is not one truth value for each person."""
    yield from one_a_person(value, what)
    if value.type != BOOL:
        yield problem("S016", what=what, name=code_of(value), type=value.type)


def many_a_person(value: Series, how: str) -> Iterable[Problem]:
    """S017 where a value has no rows to go through."""
    if not value.domains:
        yield problem("S017", name=code_of(value), how=how)


def periods(rows: Rows, what: str) -> Iterable[Problem]:
    """S034 where rows are not periods."""
    if rows.grain is not Grain.PERIOD:
        yield problem("S034", what=what, name=code_of(rows), grain=rows.grain.value)


def has_order(rows: Rows) -> bool:
    """Whether rows are sorted; a filter keeps the order."""
    while isinstance(rows, nodes.Filter):
        rows = rows.of
    return isinstance(rows, nodes.Sort)


# --- One rule an operation -------------------------------------------------------------------


def _on_rows(value: Series, rows: Rows) -> Iterable[Problem]:
    if not fits(value, rows):
        domain = rows.domain
        mine = next(iter(value.domains - frozenset(lineage(rows))))
        column = nodes.Column(domain, _any_column(rows), DATE)
        yield rows_differ(_column_of(value, mine), column)


def _any_column(rows: Rows) -> str:
    table = table_of(rows.domain)
    return (table and (table.date or table.start)) or "start"


def _filter(node: nodes.Filter) -> Iterable[Problem]:
    if node.keep.type != BOOL:
        yield problem("S016", what="A condition of where()", name=code_of(node.keep), type=node.keep.type)
    yield from _on_rows(node.keep, node.of)


def _sort(node: nodes.Sort) -> Iterable[Problem]:
    for by in node.by:
        if by.type.kind not in SORTABLE:
            yield problem("S033", name=code_of(by), type=by.type)
        yield from _on_rows(by, node.of)


def _pick(node: nodes.Pick) -> Iterable[Problem]:
    if not has_order(node.of):
        yield problem("S018", name=code_of(node.of))


def _compare(node: nodes.Compare) -> Iterable[Problem]:
    left, right = node.left.type, node.right.type
    order = node.test not in ("==", "!=")
    names = {"left": code_of(node.left), "right": code_of(node.right)}
    if left.kind is Kind.DATE and right.kind is Kind.DATE and left.precision != right.precision:
        yield problem("S032", **names, left_precision=left.precision, right_precision=right.precision)
        return
    if Kind.CODE in (left.kind, right.kind) and (
        isinstance(node.left, nodes.Constant) or isinstance(node.right, nodes.Constant)
    ):
        yield problem("S021", name=code_of(node.left if left.kind is Kind.CODE else node.right))
        return
    if left != right or left.kind is Kind.CODES or (order and left.kind not in ORDERED):
        yield problem("S009", **names, left_type=left, right_type=right, sign=node.test)


def _parts(node: nodes.And | nodes.Or) -> Iterable[Problem]:
    for part in node.parts:
        yield from expect(part, f"Each part of `{'&' if node.op == 'and' else '|'}`", Kind.BOOL)


def _if_null(node: nodes.IfNull) -> Iterable[Problem]:
    if not _same(node.of.type, node.other.type):
        yield problem(
            "S009",
            left=code_of(node.of), right=code_of(node.other),
            left_type=node.of.type, right_type=node.other.type, sign="if_null",
        )  # fmt: skip


def _same(left: ValueType, right: ValueType) -> bool:
    """The same type; categories may differ in their levels."""
    return left == right or (left.kind is Kind.CATEGORY and right.kind is Kind.CATEGORY)


def _arithmetic(node: nodes.Arithmetic) -> Iterable[Problem]:
    left, right = node.left.type, node.right.type
    both = left.kind in NUMBERS and right.kind in NUMBERS
    if not both or (left != right and node.sign not in ("/", "**")):
        yield problem(
            "S010", sign=node.sign, left=code_of(node.left), right=code_of(node.right), left_type=left, right_type=right
        )


def _extreme(node: nodes.Extreme) -> Iterable[Problem]:
    for part in node.parts:
        yield from expect(part, "Each part of min_of() and max_of()", Kind.INT, Kind.FLOAT, Kind.DATE, Kind.TEXT)
        if part.type != node.parts[0].type:
            first = node.parts[0]
            yield problem("S031", left=code_of(first), right=code_of(part), left_type=first.type, right_type=part.type)


def _case(node: nodes.Case) -> Iterable[Problem]:
    for condition in node.conditions:
        yield from expect(condition, "A condition of case()", Kind.BOOL)
    branches = [*node.values, *([node.otherwise] if node.otherwise is not None else [])]
    for branch in branches:
        if not _same(branch.type, node.value_type):
            first = node.values[0]
            yield problem(
                "S031", left=code_of(first), right=code_of(branch), left_type=node.value_type, right_type=branch.type
            )


def _codes(node: nodes.InCodes) -> Iterable[Problem]:
    yield from expect(node.of, "A code list", Kind.CODE, Kind.CODES)
    if node.of.type.system and node.of.type.system != node.codes.system:
        yield problem("S020", name=code_of(node.of), type=node.of.type, system=node.codes.system)
    if not node.codes.codes:
        yield problem("S026", name=f'"{node.codes.name}"')


def _categorise(node: nodes.Categorise) -> Iterable[Problem]:
    yield from expect(node.of, "The value of categories by code", Kind.CODE)
    owner: dict[str, str] = {}
    for name, codes in zip(node.names, node.lists, strict=False):
        if codes.system != node.of.type.system:
            yield problem("S020", name=code_of(node.of), type=node.of.type, system=codes.system)
        for code in codes.codes:
            if code in owner:
                yield problem("S036", code=code, left=owner[code], right=name)
            owner.setdefault(code, name)


def _in(node: nodes.In) -> Iterable[Problem]:
    for value in node.values:
        if not _same(value.type, node.of.type):
            yield problem(
                "S009", left=code_of(node.of), right=code_of(value),
                left_type=node.of.type, right_type=value.type, sign="is_in",
            )  # fmt: skip


def _in_set(node: nodes.InSet) -> Iterable[Problem]:
    yield from many_a_person(node.members, "is_in")
    if not _same(node.members.type, node.of.type):
        yield problem(
            "S009", left=code_of(node.of), right=code_of(node.members),
            left_type=node.of.type, right_type=node.members.type, sign="is_in",
        )  # fmt: skip


def _aggregate(node: nodes.Aggregate) -> Iterable[Problem]:
    yield from many_a_person(node.of, node.how)
    wanted = {
        "sum": [Kind.INT, Kind.FLOAT],
        "mean": [Kind.INT, Kind.FLOAT],
        "min": [Kind.INT, Kind.FLOAT, Kind.DATE, Kind.TEXT],
        "max": [Kind.INT, Kind.FLOAT, Kind.DATE, Kind.TEXT],
        "any": [Kind.BOOL],
        "all": [Kind.BOOL],
        "count_distinct": sorted(SORTABLE),
    }[node.how]
    yield from expect(node.of, f"The value of `.{node.how}()`", *wanted)


def _near(node: nodes.Near) -> Iterable[Problem]:
    yield from expect(node.at, "The date that a window goes round", Kind.DATE)
    yield from expect(node.date, "The date of the rows in a window", Kind.DATE)
    yield from many_a_person(node.date, "near")
    if node.low > node.high:
        yield problem("S023", low=f"{node.low} days", high=f"{node.high} days")
    if node.value is not None:
        if node.value.domains and node.value.domains != node.date.domains:
            yield rows_differ(node.date, node.value)
        kinds = [Kind.INT, Kind.FLOAT, *([] if node.how in ("sum", "mean") else [Kind.DATE, Kind.TEXT])]
        yield from expect(node.value, f"The value of `.{node.how}()`", *kinds)
    elif node.how not in ("exists", "count"):
        yield problem("S012", what=f"The value of `.{node.how}()`", wanted="a column", got="nothing")


def _look_up(node: nodes.LookUp) -> Iterable[Problem]:
    yield from expect(node.at, "The date of a look-up", Kind.DATE)
    if node.how == "covering":
        yield from periods(node.value.of, "A look-up of the period that covers a date")
    elif node.value.of.grain is not Grain.EVENT:
        yield problem(
            "S012", what="A look-up of the last row before a date", wanted="a column of an event table",
            got=code_of(node.value),
        )  # fmt: skip


def _previous(node: nodes.Previous) -> Iterable[Problem]:
    yield from _on_rows(node.value, node.of)


def _episodes(node: nodes.Episodes | nodes.CountEpisodes) -> Iterable[Problem]:
    yield from expect(node.of, "The value of episodes", Kind.DATE)
    yield from many_a_person(node.of, "episodes")


def _supply(node: nodes.Supply) -> Iterable[Problem]:
    yield from expect(node.start, "The start of a supply", Kind.DATE)
    yield from many_a_person(node.start, "supply")
    yield from expect(node.days, "The days of a supply", Kind.INT)
    yield from expect(node.substance, "The substance of a supply", Kind.CODE, Kind.TEXT, Kind.CATEGORY)
    for other in (node.days, node.substance):
        if other is not None and other.domains and other.domains != node.start.domains:
            yield rows_differ(node.start, other)


def _spans(node: nodes.Spans) -> Iterable[Problem]:
    yield from expect(node.start, "The start of a span", Kind.DATE)
    yield from expect(node.stop, "The stop of a span", Kind.DATE)
    if node.start.domains and node.stop.domains and node.start.domains != node.stop.domains:
        yield rows_differ(node.start, node.stop)


def _of_periods(node: Any) -> Iterable[Problem]:
    for rows in node.operands:
        if isinstance(rows, Rows):
            yield from periods(rows, f"`{node.op}`")
        elif isinstance(rows, Series):
            yield from expect(rows, f"A date of `{node.op}`", Kind.DATE)
            yield from one_a_person(rows, f"A date of `{node.op}`")


def _related(node: nodes.Related) -> Iterable[Problem]:
    yield from expect(node.by, "The related person", Kind.PERSON)
    yield from one_a_person(node.by, "A related person")
    yield from one_a_person(node.value, "A value of a related person")


def _kinds(what: str, **wanted: tuple[Kind, ...]) -> Rule:
    def rule(node: Any) -> Iterable[Problem]:
        for name, kinds in wanted.items():
            yield from expect(getattr(node, name), what, *kinds)

    return rule


def _column(node: nodes.Column) -> Iterable[Problem]:
    if isinstance(node.of, nodes.Sort):
        yield problem("S012", what="The table of a column", wanted="a table without its sort", got=code_of(node.of))


RULES: dict[type[Node], Rule] = {
    nodes.Filter: _filter,
    nodes.Sort: _sort,
    nodes.Pick: _pick,
    nodes.Column: _column,
    nodes.Episodes: _episodes,
    nodes.CountEpisodes: _episodes,
    nodes.Supply: _supply,
    nodes.Spans: _spans,
    **dict.fromkeys(
        [
            nodes.Union, nodes.Intersect, nodes.Subtract, nodes.Gaps, nodes.Clip, nodes.Shift,
            nodes.CoveredDays, nodes.Covers, nodes.CoversAll, nodes.Overlaps,
        ],
        _of_periods,
    ),
    nodes.Compare: _compare,
    nodes.And: _parts,
    nodes.Or: _parts,
    nodes.Not: _kinds("The value after `~`", of=(Kind.BOOL,)),
    nodes.IfNull: _if_null,
    nodes.Arithmetic: _arithmetic,
    nodes.Negate: _kinds("The value after `-`", of=(Kind.INT, Kind.FLOAT)),
    nodes.Cast: _kinds("A value to cast", of=(Kind.INT, Kind.FLOAT, Kind.BOOL)),
    nodes.Round: _kinds("A value to round", of=(Kind.INT, Kind.FLOAT)),
    nodes.DateAdd: _kinds("The number of days, months or years", amount=(Kind.INT,)),
    nodes.DateDiff: _kinds("A date of a difference", later=(Kind.DATE,), earlier=(Kind.DATE,)),
    nodes.DatePart: _kinds("The value of a date's part", of=(Kind.DATE,)),
    nodes.Truncate: _kinds("The value of `.to_first_of_...()`", of=(Kind.DATE,)),
    nodes.Contains: _kinds("The value of `.contains()`", of=(Kind.TEXT,), text=(Kind.TEXT,)),
    nodes.InCodes: _codes,
    nodes.In: _in,
    nodes.InSet: _in_set,
    nodes.Extreme: _extreme,
    nodes.Case: _case,
    nodes.Categorise: _categorise,
    nodes.LookUp: _look_up,
    nodes.Near: _near,
    nodes.Previous: _previous,
    nodes.Aggregate: _aggregate,
    nodes.Related: _related,
}  # fmt: skip
