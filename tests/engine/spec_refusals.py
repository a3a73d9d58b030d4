"""Specification: expressions that have a meaning, but no answer in some data. Sections 6, 8 and 14 of the semantics."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.engine.spec_words import BORN, CARE, P_WHOLE, calc, col, const

from helseanalyse.study import nodes as n

LARGE: dict[str, list[dict[str, Any]]] = {
    "population.person": [{"pid": 1, "siblings": 2**62, "born_on": date(2020, 1, 1)}]
}
TWICE: dict[str, list[dict[str, Any]]] = {
    "population.person": [{"pid": 1, "born_on": date(2020, 1, 5)}],
    "npr.care": [{"pid": 1, "from_on": date(2020, 1, 1)}, {"pid": 1, "from_on": date(2020, 1, 2)}],
}
NO_ANSWER: list[tuple[n.Series, dict[str, list[dict[str, Any]]], str]] = [
    (calc(P_WHOLE, "*", 2), LARGE, "does not fit in 64 bits"),
    (n.Cast(calc(n.Cast(P_WHOLE, "float"), "*", 2.0), "int"), LARGE, "does not fit in 64 bits"),
    (n.DateAdd(BORN, const(9000), "years"), LARGE, "outside the years 1 to 9999"),
    (n.DateAdd(BORN, const(-3_000_000), "days"), LARGE, "outside the years 1 to 9999"),
    (n.LookUp(BORN, col(CARE, "service"), "covering"), TWICE, "overlap within a person"),
]
