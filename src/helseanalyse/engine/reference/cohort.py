"""Who is in a study: the universe, residence, and who is left after each step. Section 10 of the manual."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from helseanalyse.engine.reference import periods as p
from helseanalyse.engine.reference.data import Data, Row
from helseanalyse.engine.reference.meaning import At, day, truth
from helseanalyse.study.answer import RawFlow
from helseanalyse.study.specification import Specification

INDEX = "With an index date in the study period"
RESIDENCE = "residence"  # the period table of the universe registry that says who lives in the country


@dataclass(frozen=True, slots=True, repr=False)
class Step:
    """Who is left after a step of the flow."""

    name: str
    kind: str
    left: tuple[int, ...]


def main_row(data: Data, pid: int) -> Row:
    """The person's row in the universe's main table."""
    universe = data.catalogue.universe
    (row,) = data.rows(f"{universe.name}.{universe.main}", pid)
    return row


def known_date(row: Row, column: str) -> date | None:
    """A date of a row; unknown also where the table has no such column."""
    value = row.values.get(column)
    assert value is None or isinstance(value, date)
    return value


def has_residence(data: Data) -> bool:
    """Whether the universe registry says who lives where and when."""
    return any(table.name == RESIDENCE for table in data.catalogue.universe.tables)


def residence(data: Data, pid: int) -> list[p.Period]:
    """When the person is resident: to the day of death, itself counted, or to the day before moving out.

    A universe without residence periods: from birth to the day of death; unknown dates do not bound.
    """
    born_on, died_on = known_date(main_row(data, pid), "born_on"), known_date(main_row(data, pid), "died_on")
    after_death = p.FOREVER if died_on is None else died_on.toordinal() + 1
    if not has_residence(data):
        begin = -p.FOREVER if born_on is None else born_on.toordinal()
        return [(begin, after_death)] if begin < after_death else []
    found: list[p.Period] = []
    table = data.catalogue.universe.table(RESIDENCE)
    for row in data.rows(table.path, pid):
        moved_in_on, moved_out_on = known_date(row, table.start or ""), known_date(row, table.stop or "")
        # Who has moved out before dying stopped then; everyone else stops after the day of death.
        moved_before_death = moved_out_on is not None and (died_on is None or moved_out_on < died_on)
        stop = p.day_number(moved_out_on) if moved_before_death else after_death
        if moved_in_on is not None and moved_in_on.toordinal() < stop:
            found.append((moved_in_on.toordinal(), stop))
    return found


def steps(study: Specification, data: Data) -> list[Step]:
    """The universe, the index date, and each criterion in order, with who is left."""
    left = [pid for pid in data.persons if _in_universe(study, data, pid)]
    found = [Step(universe_name(study, data), "universe", tuple(left))]
    if study.index is not None:
        left = [pid for pid in left if _within(study, day(study.index, At(data, pid)))]
        found.append(Step(INDEX, "index", tuple(left)))
    for criterion in study.criteria:
        keep: list[bool | None] = [True] if criterion.kind == "require" else [False, None]
        left = [pid for pid in left if truth(criterion.holds, At(data, pid)) in keep]
        found.append(Step(criterion.name, criterion.kind, tuple(left)))
    return found


def universe_name(study: Specification, data: Data) -> str:
    """What the flow calls its first step."""
    if has_residence(data):
        return f"Everyone resident between {study.start} and {study.end}"
    return "Everyone in the register"


def _in_universe(study: Specification, data: Data, pid: int) -> bool:
    whole_study = (study.start.toordinal(), study.end.toordinal() + 1)
    return not has_residence(data) or bool(p.intersection([whole_study], residence(data, pid)))


def _within(study: Specification, index: date | None) -> bool:
    return index is not None and study.start <= index <= study.end


def flow(id_: str, found: list[Step]) -> RawFlow:
    """The steps as counts."""
    return RawFlow(
        id=id_,
        names=tuple(step.name for step in found),
        kinds=tuple(step.kind for step in found),
        persons=np.array([len(step.left) for step in found], dtype=np.int64),
    )
