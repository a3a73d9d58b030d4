"""A study is answered: a plan is made, a process of its own carries it out, and aggregated counts come back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from helseanalyse.catalogue.model import Catalogue
from helseanalyse.engine import process
from helseanalyse.engine.codes import CodeColumn, Dictionary, searches, walk
from helseanalyse.engine.gate import tables_of
from helseanalyse.engine.plan import planned
from helseanalyse.engine.process import Data
from helseanalyse.permit import Grant
from helseanalyse.study.answer import RawAnswer
from helseanalyse.study.parts import roots
from helseanalyse.study.specification import Specification


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What a run may use.

    threads, memory, spill ("1GB"): of the database, and of the disk beside it. temp: the folder in which it spills.
    seconds: the longest that it may take, or None. on_step: told each step as it ends: its name and its seconds, never
    a count.
    """

    temp: Path
    threads: int = 2
    memory: str = "1GB"
    spill: str = "20GB"
    seconds: float | None = None
    on_step: Callable[[str, float], None] | None = field(default=None, compare=False)


def answer(
    study: Specification,
    grant: Grant,
    files: Mapping[str, Path],
    catalogue: Catalogue,
    *,
    last_day: date,
    excluded: Iterable[int] = (),
    settings: Settings,
) -> RawAnswer:
    """The aggregated counts of every analysis of a study, in its order.

    grant: which columns may be read. files: the registry file (NAME@V.duckdb) of each registry that the study reads.
    last_day: the day up to which the registries are complete. excluded: persons taken out of the universe before any
    step. Raises EngineError, with a text of our own that shows no value, where the study cannot be answered.
    """
    limits = process.Settings(
        threads=settings.threads,
        memory=settings.memory,
        spill=settings.spill,
        seconds=settings.seconds,
        temp=settings.temp,
    )
    seconds: list[tuple[str, float]] = []

    def on_step(name: str, took: float) -> None:
        seconds.append((name, took))
        if settings.on_step is not None:
            settings.on_step(name, took)

    with process.opened(files, limits, tables=_readable(grant.need, catalogue)) as data:
        plan = planned(
            study,
            catalogue,
            dictionaries(study, catalogue, data),
            need=grant.need,
            last_day=last_day,
            excluded=tuple(sorted(set(excluded))),
        )
        found = plan.assemble(data.answers(plan.steps, on_step))
    return RawAnswer(found.results, found.checks, tuple(seconds))


def _readable(need: frozenset[str], catalogue: Catalogue) -> set[str]:
    """The tables of a grant. Main codes are looked for in the table of all codes: whoever may read them reads there."""
    found = tables_of(need)
    for table, column in catalogue.columns():
        if column.main and f"{table.path}.{column.main}" in need:
            found |= {f"{table.path}__{column.name}", f"{table.path}__{column.name}__dictionary"}
    return found


def dictionaries(study: Specification, catalogue: Catalogue, data: Data) -> dict[CodeColumn, Dictionary]:
    """The codes that the registries hold, for every column that the study searches."""
    nodes = (node for _, root in roots(study) for node in walk(root))
    return {column: _dictionary(data.values("codes", select)) for column, select in searches(nodes, catalogue).items()}


def _dictionary(columns: Mapping[str, list[str | int | None]]) -> Dictionary:
    counts = columns.get("rows") or [0] * len(columns["code"])
    found = sorted((code, int(rows or 0)) for code, rows in zip(columns["code"], counts, strict=True) if code)
    return Dictionary(
        tuple(str(code) for code, _ in found), tuple(rows for _, rows in found) if "rows" in columns else ()
    )
