"""The time windows of a study round day 0, read off its nodes: for the design diagram of the report.

After Schneeweiss et al. 2019 (Annals of Internal Medicine 170:398): look-back and wash-out to the left of day 0,
exposure and follow-up from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from helseanalyse.study import nodes
from helseanalyse.study.calendar import Place, place_of, reach, tables_read
from helseanalyse.study.lineage import walk
from helseanalyse.study.naming import table_of
from helseanalyse.study.node import Node, Series
from helseanalyse.study.specification import Specification


@dataclass(frozen=True, slots=True)
class Window:
    """One bar of the design diagram.

    kind: "lookback" (something is asked of the time before), "washout" (something must not have happened then),
    "exposure" or "followup". first, last: days from day 0, both counted; None where the study sets no end.
    said: the ends as the study wrote them ("5 years"), "" where it wrote days. registry: whose rows, "" for none.
    """

    name: str
    kind: str
    first: int | None
    last: int | None
    registry: str = ""
    said: str = ""


def windows(spec: Specification) -> tuple[Window, ...]:
    """The windows of a study, in its order; empty for a study without a day 0."""
    day0 = spec.index if spec.index is not None else spec.follow_up.start if spec.follow_up is not None else None
    if day0 is None:
        return ()
    found: list[Window] = []
    for criterion in spec.criteria:
        kind = "washout" if criterion.kind == "exclude" else "lookback"
        found.extend(_back(criterion.name, kind, criterion.holds, day0))
    for variable in spec.variables:
        found.extend(_back(variable.name, "lookback", variable.value, day0))
    levels = [variable for variable in spec.variables if _is_exposure(variable.value)]
    found.extend(
        Window(variable.name, "exposure", 0, 0) for variable in levels if not _windows_in(variable.value, day0)
    )
    found.extend(Window(exposure.name, "exposure", 0, None) for exposure in spec.exposures)
    if spec.follow_up is not None:
        start = place_of(spec.follow_up.start, day0)
        found.append(Window("follow-up", "followup", start.days if start and start.anchor == "day0" else 0, None))
    return tuple(dict.fromkeys(found))


def _is_exposure(value: Series) -> bool:
    """Whether a variable is a fixed exposure: named levels by condition, nothing else."""
    return isinstance(value, nodes.Case) and value.otherwise is None and bool(value.value_type.levels)


def _windows_in(value: Series, day0: Series) -> list[Window]:
    return list(_back("", "lookback", value, day0))


def _back(name: str, kind: str, root: Node, day0: Series) -> Iterator[Window]:
    """The windows of one part that are set against day 0."""
    own = frozenset(node for node in walk(day0) if isinstance(node, nodes.Pick))
    for rows in tables_read(root):
        table = table_of(rows)
        if table is None or table.date is None or rows in own:
            continue
        span = reach(rows, day0)
        if span.last is not None and span.last.anchor == "day0":
            yield _window(name, kind, span.first, span.last, table.registry)
    for node in walk(root):
        if isinstance(node, nodes.CoversAll):
            first, last = place_of(node.first, day0), place_of(node.last, day0)
            if first is not None and last is not None and first.anchor == last.anchor == "day0":
                registry = next((each.registry for each in walk(node.of) if isinstance(each, nodes.Table)), "")
                yield _window(name, "lookback", first, last, registry)


def _window(name: str, kind: str, first: Place | None, last: Place, registry: str) -> Window:
    start = first.days if first is not None and first.anchor == "day0" else None
    said = ""
    if first is not None and first.anchor == "day0" and first.unit != "days":
        amount = abs(first.amount)
        said = f"{amount} {first.unit if amount != 1 else first.unit.removesuffix('s')}"
    return Window(name, kind, start, last.days, registry, said)
