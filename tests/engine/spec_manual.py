"""The manual of the study language, docs/language.md, made of the specification's examples."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from tests.engine import (
    spec_dates,
    spec_lookups,
    spec_mistakes,
    spec_order,
    spec_periods,
    spec_rows,
    spec_studies,
    spec_values,
)
from tests.engine.spec_engines import study_by_reference
from tests.engine.spec_mistakes import MISTAKES, told
from tests.engine.spec_studies import StudyChapter, StudyExample, heading
from tests.engine.spec_words import CATALOGUE, Chapter, Example, Rows

from helseanalyse.engine import reference
from helseanalyse.study import nodes as n
from helseanalyse.study.lineage import lineage

CHAPTERS: tuple[Chapter, ...] = (
    *spec_rows.CHAPTERS,
    *spec_order.CHAPTERS,
    *spec_values.CHAPTERS,
    *spec_dates.CHAPTERS,
    *spec_periods.CHAPTERS,
    *spec_lookups.CHAPTERS,
)
STUDY_CHAPTERS: tuple[StudyChapter, ...] = spec_studies.CHAPTERS

OPENING = """# The study language

What every expression of a study means. This page is made of the tests: each rule is a sentence, a few rows, an
expression as a person writes it, and its value. Every example runs on the plain reference engine and on the fast one,
and its Python text is built on each run. `make docs` writes the page from `tests/engine/spec_*.py`; change it there.

A study is a description. Writing it reads no data: `lab.whole > 5` compares nothing, but says what is to be compared.
Every expression speaks of one person at a time, so rows of different persons never meet.

The registers of this page are small and made up. `population` has one row a person (sex, born_on, died_on, mother,
father, weight, siblings, twin) and the periods `population.residence`; `lab` holds results of a laboratory (taken_on,
whole, real, flag, note, kind), `npr` hospital episodes and the periods `npr.care`, `lmr` dispensings, `dar` deaths. In
the tables – means unknown.

```python
from functools import partial

from helseanalyse.study import language
from helseanalyse.study.language import *
from tests.engine.tiny import tiny_catalogue

registries = Registries(tiny_catalogue())
names = ("population", "npr", "lmr", "lab", "dar")
population, npr, lmr, lab, dar = (registries.registry(name) for name in names)
Study = partial(language.Study, catalogue=registries)
```
"""


def page() -> str:
    """The page as text."""
    chapters = [*CHAPTERS, *STUDY_CHAPTERS]
    parts = [OPENING, "\n", *(f"{i}. [{c.title}](#{_anchor(i, c.title)})\n" for i, c in enumerate(chapters, 1))]
    for number, chapter in enumerate(chapters, 1):
        parts.append(f"\n## {number}. {chapter.title}\n")
        if chapter.opening:
            parts.append(f"\n{_wrapped(chapter.opening)}\n")
        shown: Rows = {}
        for example in chapter.examples:
            write = _study_example if isinstance(example, StudyExample) else _example
            parts.append(write(example, shown))
            shown = example.rows
        if chapter is spec_rows.ROWS:
            parts.append(_mistakes())
    return "".join(parts)


def _example(example: Example, shown: Rows) -> str:
    if not example.python:
        return ""  # a form that the language itself never writes
    text = f"\n**{example.says}**\n\n"
    code = f"```python\n{example.python}\n```\n"
    path = _table_of_rows(example)
    if path is not None:
        # A value of each row stands beside its row.
        others = {other: rows for other, rows in example.rows.items() if other != path}
        own = _table([*_columns(example.rows[path]), "result"], _with_results(path, example))
        return text + (_tables(others, named=True) + f"\n`{path}`\n\n" if others else "") + own + f"\n{code}"
    if example.rows != shown:
        text += _tables(example.rows) + "\n"
    return text + code + "\n" + _results(example)


def _table_of_rows(example: Example) -> str | None:
    """The table whose rows the values belong to, for values of rows of a table."""
    if not isinstance(example.node, n.Series) or example.node.domain is None:
        return None
    rows = lineage(example.node.domain)[-1]
    return f"{rows.registry}.{rows.name}" if isinstance(rows, n.Table) else None


def _study_example(example: StudyExample, shown: Rows) -> str:
    text = f"\n**{example.says}**\n\n"
    if example.complete_to is not None:
        text += f"The registers are complete to {example.complete_to}.\n\n"
    text += _tables(example.rows) + "\n" if example.rows != shown else ""
    text += f"```python\n{example.python}\n```\n\n"
    return text + _table(heading(study_by_reference(example)), example.gives)


def _with_results(path: str, example: Example) -> Iterable[Sequence[Any]]:
    """The rows as the vault stores them, each with its value; of filtered rows those that are left."""
    data = reference.data(CATALOGUE, example.full_rows)
    assert isinstance(example.node, n.Series)
    assert example.node.domain is not None
    kept = reference.rows(example.node.domain, data)
    columns = _columns(example.rows[path])
    for pid, values in zip(data.persons, example.gives, strict=True):
        results = {row.number: value for row, value in zip(kept[pid], values, strict=True)}
        for row in data.rows(path, pid):
            cells = [row.values[name] for name in columns]
            yield [*cells, results.get(row.number, _LEFT_OUT)]


_LEFT_OUT = object()


def _results(example: Example) -> str:
    persons = range(1, len(example.gives) + 1)
    return _table(["person", *persons], [["result", *example.gives]])


def _tables(rows: Rows, *, named: bool = False) -> str:
    filled = [(path, lines) for path, lines in rows.items() if lines]
    named = named or len(filled) > 1
    return "\n".join((f"`{path}`\n\n" if named else "") + _rows(lines) for path, lines in filled)


def _rows(lines: Sequence[Any]) -> str:
    columns = _columns(lines)
    return _table(columns, [[row.get(column) for column in columns] for row in lines])


def _anchor(number: int, title: str) -> str:
    kept = "".join(letter for letter in f"{number} {title}".lower() if letter.isalnum() or letter in " -")
    return kept.replace(" ", "-")


def _columns(rows: Sequence[Any]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def _table(columns: Iterable[object], rows: Iterable[Sequence[Any]]) -> str:
    names = ["person" if column == "pid" else str(column) for column in columns]
    lines = [names, ["---"] * len(names), *([_cell(value) for value in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(value: object) -> str:
    match value:
        case None:
            return "–"
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:.6g}" if value != int(value) or abs(value) > 1e15 else f"{value:.1f}"
        case (start, stop) if isinstance(start, date):
            return f"{start} to {stop - date.resolution}" if stop is not None else f"from {start}"
        case list() | tuple():
            return ", ".join(_cell(part) for part in value) or "none"
        case str():
            return value.replace("|", "\\|") or "“”"
    return "left out" if value is _LEFT_OUT else str(value)


def _mistakes() -> str:
    lines = [[f"`{mistake.python}`", told(mistake)] for mistake in MISTAKES]
    return f"\n{_wrapped(spec_mistakes.OPENING)}\n\n" + _table(["expression", "what the language says"], lines)


def _wrapped(text: str) -> str:
    lines: list[str] = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) > 118:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return "\n".join(lines)
