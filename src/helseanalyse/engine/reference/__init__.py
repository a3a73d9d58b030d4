"""The second engine: plain Python, slow and obvious. It defines what a study means.

Every rule of the language stands here once, as a short function over the rows of one person. The fast engine
must give the same answers; tests hold the two together. It also runs a study's own tests on made-up persons,
on the researcher's side, where there is no registry.
"""

from __future__ import annotations

from helseanalyse.engine.reference import expressions, per_person, tables  # register what operations mean
from helseanalyse.engine.reference.answer import answer
from helseanalyse.engine.reference.data import Data, NoAnswerError, Row, Value, data
from helseanalyse.engine.reference.expect import disappointments
from helseanalyse.engine.reference.meaning import At, rows_of, value_of
from helseanalyse.study.nodes import Rows, Series

__all__ = ["Data", "NoAnswerError", "Row", "Value", "answer", "data", "disappointments", "evaluate", "rows"]

_MEANINGS = (expressions, per_person, tables)


def evaluate(series: Series, of: Data) -> dict[int, Value]:
    """The value of a series that has one value a person, for every person of the universe's main table.

    >>> from helseanalyse.catalogue.read import norway
    >>> from helseanalyse.study.language import Registries
    >>> population = Registries(norway()).registry("population")
    >>> people = [{"pid": 1, "born_on": "1984-02-29"}, {"pid": 2}]
    >>> evaluate(population.age_on("2023-02-28").node, data(norway(), {"population.person": people}))
    {1: 38, 2: None}
    """
    return {pid: value_of(series, At(of, pid)) for pid in of.persons}


def rows(node: Rows, of: Data) -> dict[int, list[Row]]:
    """The rows of each person of the universe's main table, in the order that the node's sorts give.

    >>> from helseanalyse.catalogue.read import norway
    >>> from helseanalyse.study.language import Registries
    >>> lmr = Registries(norway()).registry("lmr")
    >>> given = [{"pid": 1, "atc": "A10BA02"}, {"pid": 1, "atc": "A02BC01"}]
    >>> found = rows(lmr.node, data(norway(), {"population.person": [{"pid": 1}], "lmr.dispensing": given}))
    >>> [row.values["atc"] for row in found[1]]
    ['A02BC01', 'A10BA02']
    """
    return {pid: rows_of(node, At(of, pid)) for pid in of.persons}
