"""Numbered random examples: the same number makes the same expressions or study, and the same data, everywhere."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

import duckdb
import pytest
from tests.engine.agree_compare import same_value
from tests.engine.agree_data import Registers, Size, registers
from tests.engine.agree_duckdb import Registers as FastRegisters
from tests.engine.agree_series import TYPES, Maker
from tests.engine.agree_studies import walk
from tests.engine.spec_words import CATALOGUE

from helseanalyse.catalogue.model import Kind
from helseanalyse.engine import reference
from helseanalyse.engine.errors import SAYS
from helseanalyse.engine.trouble import kind_of
from helseanalyse.study import nodes as n

TIMES = int(os.environ.get("HELSEANALYSE_EXAMPLES", "1"))  # how many times as many examples as in CI
NIGHTLY = pytest.mark.skipif(TIMES == 1, reason="more examples for a night: set HELSEANALYSE_EXAMPLES=20")
EACH = 3  # expressions over one set of data


@dataclass(frozen=True)
class Expressions:
    """Some expressions with one value a person, and data in the tables that they read."""

    series: Sequence[n.Series]
    rows: Registers


def expressions(choose: Callable[[int], int], data: Callable[[int], int], size: Size) -> Expressions:
    """Random expressions of any type."""
    m = Maker(choose)
    kinds = (*TYPES, Kind.CATEGORY)
    series = [m.series(m.pick(*kinds), None, m.pick(1, 2, 3, 4)) for _ in range(EACH)]
    used = frozenset(f"{t.registry}.{t.name}" for t in walk(tuple(series)) if isinstance(t, n.Table))
    return Expressions(series, registers(Maker(data), CATALOGUE, used, size))


def numbered(number: int) -> Expressions:
    """The expressions of a number."""
    choose = Random(number).randrange
    return expressions(choose, choose, Size(persons=5))


def disagreement(series: n.Series, rows: Registers) -> str | None:
    """How the two engines differ about an expression, for the reader of a failed test."""
    try:
        wanted = reference.evaluate(series, reference.data(CATALOGUE, rows))
    except reference.NoAnswerError as error:
        return None if has_no_answer(series, rows) else f"The fast engine does not say: {error}"
    with FastRegisters(CATALOGUE, rows) as fast:
        (found,) = fast.evaluate([series])
    pairs = {pid: (value, found.get(pid, "missing")) for pid, value in wanted.items()}
    wrong = {pid: pair for pid, pair in pairs.items() if not same_value(*pair)}
    return f"person: (reference, fast) = {wrong}" if wrong else None


def disagree(example: Expressions) -> list[n.Series]:
    """The expressions about which the engines differ when the fast one works them out together, sharing its scans."""
    data = reference.data(CATALOGUE, example.rows)
    try:
        wanted = [reference.evaluate(series, data) for series in example.series]
    except reference.NoAnswerError:
        return [series for series in example.series if disagreement(series, example.rows)]
    with FastRegisters(CATALOGUE, example.rows) as fast:
        found = fast.evaluate(example.series)
    return [
        series
        for series, left, right in zip(example.series, wanted, found, strict=True)
        if left.keys() != right.keys() or not all(same_value(left[pid], right[pid]) for pid in left)
    ]


def has_no_answer(series: n.Series, rows: Registers) -> bool:
    """Whether the fast engine finds no answer, for a reason that it can tell: a number too large, a date too far."""
    try:
        with FastRegisters(CATALOGUE, rows) as fast:
            fast.evaluate([series])
    except duckdb.Error as error:
        return kind_of(error) in SAYS
    return False


def culprit(series: n.Series, rows: Registers) -> tuple[n.Series, Registers]:
    """The smallest part of an expression, and the fewest rows, about which the engines still differ."""
    parts = [part for part in walk(series) if isinstance(part, n.Series) and part.domain is None]
    for part in sorted(parts, key=lambda node: sum(1 for _ in walk(node))):
        if part.type.kind is not Kind.CODES and differs(part, rows):
            series = part
            break
    for path, row in list(_each(rows)):
        fewer = {**rows, path: [other for other in rows[path] if other is not row]}
        if differs(series, fewer):
            rows = fewer
    return series, rows


def _each(rows: Registers) -> Iterator[tuple[str, object]]:
    for path, table in rows.items():
        for row in table:
            yield path, row


def differs(series: n.Series, rows: Registers) -> bool:
    """Whether the engines differ about an expression, or the fast one cannot answer it."""
    try:
        return disagreement(series, rows) is not None
    except Exception:  # noqa: BLE001 - an engine that cannot answer differs from one that can
        return True
