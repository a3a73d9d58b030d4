"""The tiny vault is what the other tests stand on, so it is tested first."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from tests.engine.tiny import tiny_catalogue, tiny_vault

ROWS = {
    "population.person": [{"pid": 2, "sex": "male"}, {"pid": 1, "sex": "female", "born_on": "1960-02-29"}],
    "npr.episode": [
        {"pid": 2, "admitted_on": "2015-01-01", "any_diagnosis": ["E11.9", "I21.0", "E11.9"]},
        {"pid": 1, "admitted_on": "2016-01-01", "any_diagnosis": ["i21.0"]},
        {"pid": 1, "admitted_on": "2016-01-01"},
    ],
    "lmr.dispensing": [
        {"pid": 2, "dispensed_on": "2015-01-02", "atc": "C10AA05"},
        {"pid": 1, "dispensed_on": "2015-05-02", "atc": "A10BA02", "packs": 2.0},
    ],
}


def _table(path: Path, name: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(path), read_only=True) as con:
        return con.execute(f'SELECT * FROM "{name}" ORDER BY rowid').fetchall()


def test_rows_are_stored_in_the_order_of_the_contract(tmp_path: Path) -> None:
    files = tiny_vault(tmp_path, tiny_catalogue(), ROWS)
    assert [row[0] for row in _table(files["population"], "person")] == [1, 2]
    first, *_ = _table(files["lmr"], "dispensing")
    assert first[0] == 1  # A10 before C10
    episodes = _table(files["npr"], "episode")
    assert [(row[0], row[4]) for row in episodes] == [(1, None), (1, "I210"), (2, "E119")]
    long = _table(files["npr"], "episode__any_diagnosis")
    assert [(row[0], row[1], row[3], row[4]) for row in long] == [
        ("E119", 2, 0, 2),
        ("E119", 2, 2, 2),
        ("I210", 1, 0, 1),
        ("I210", 2, 1, 2),
    ]
    assert [row[:2] for row in _table(files["npr"], "episode__any_diagnosis__dictionary")] == [("E119", 2), ("I210", 2)]
    assert _table(files["lab"], "result") == []


def test_an_unknown_table_or_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="no table of the catalogue"):
        tiny_vault(tmp_path, tiny_catalogue(), {"npr.nothing": []})
    with pytest.raises(KeyError, match="has no column colour"):
        tiny_vault(tmp_path, tiny_catalogue(), {"lab.result": [{"pid": 1, "colour": 3}]})
