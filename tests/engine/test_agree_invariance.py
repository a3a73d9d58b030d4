"""What must not change an answer: the order of rows, the numbers of persons, threads, and how many there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from tests.engine.agree_compare import differences, multiplied
from tests.engine.agree_data import Size, shuffled
from tests.engine.agree_duckdb import Registers
from tests.engine.agree_examples import NIGHTLY, TIMES
from tests.engine.agree_studies import Question, question

from helseanalyse.catalogue.model import Kind
from helseanalyse.engine import reference
from helseanalyse.study.answer import RawAnswer

PERSONS = 6
STRIDE = PERSONS + 1  # between copies: there may be a stranger, whom the universe does not know
SOME, MORE = range(1000, 1008), range(1008, 1000 + 8 * max(TIMES, 2))


def asked(number: int) -> Question:
    return question(Random(number).randrange, Size(persons=PERSONS))


def answered(of: Question, threads: int = 1) -> RawAnswer:
    with Registers(of.catalogue, of.rows, threads) as registers:
        return registers.answer(of.study, of.last_day, sorted(of.excluded))


def renumbered(of: Question, change: Callable[[int], int]) -> Question:
    """The same persons under other numbers, and so their relatives."""

    def row(path: str, values: dict[str, Any]) -> dict[str, Any]:
        table = of.catalogue.table(*path.split(".", 1))
        persons = {"pid", *(column.name for column in table.columns if column.kind is Kind.PERSON)}
        return {
            name: change(value) if name in persons and value is not None else value for name, value in values.items()
        }

    excluded = frozenset(change(pid) for pid in of.excluded)
    return replace(
        of, excluded=excluded, rows={path: [row(path, values) for values in rows] for path, rows in of.rows.items()}
    )


@pytest.mark.parametrize("number", SOME)
def test_the_order_of_delivery_does_not_matter(number: int) -> None:
    of = asked(number)
    mixed = replace(of, rows=shuffled(of.rows, Random(number)))
    assert differences(answered(of), answered(mixed)) == []


@pytest.mark.parametrize("number", SOME)
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda pid: pid * 10 + 7, id="in the same order"),
        pytest.param(lambda pid: 1 + (pid * 5) % 7, id="in another order"),
    ],
)
def test_the_numbers_of_persons_do_not_matter(number: int, change: Callable[[int], int]) -> None:
    of = asked(number)
    assert differences(answered(of), answered(renumbered(of, change))) == []


def many_times(of: Question, copies: int) -> None:
    """Large registers give the answer of the small ones, times the number of copies, on any number of threads."""
    wanted = reference.answer(of.study, reference.data(of.catalogue, of.rows), of.last_day, of.excluded)
    excluded = [pid + copy * STRIDE for copy in range(copies) for pid in sorted(of.excluded)]
    with Registers(of.catalogue, of.rows) as registers:
        registers.multiply(copies, STRIDE)
        for threads in (1, 2, 4):
            registers.con.execute(f"SET threads={threads}")
            found = registers.answer(of.study, of.last_day, excluded)
            assert differences(multiplied(wanted.results, copies), found.results) == []


@pytest.mark.parametrize("number", SOME[:4])
def test_threads_and_size_do_not_matter(number: int) -> None:
    many_times(asked(number), 400)


@NIGHTLY
@pytest.mark.slow
@pytest.mark.parametrize("number", MORE)
def test_the_numbers_of_more_persons_do_not_matter(number: int) -> None:
    of = asked(number)
    mixed = replace(of, rows=shuffled(of.rows, Random(number)))
    assert differences(answered(of), answered(renumbered(mixed, lambda pid: 1 + (pid * 5) % 7))) == []


@pytest.mark.slow
@pytest.mark.parametrize("number", [1001, 1003, 1005])
def test_threads_do_not_matter_where_there_are_many_groups_of_rows(number: int) -> None:
    many_times(asked(number), 40_000)
