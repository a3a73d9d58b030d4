"""Look-back comorbidities and the Charlson score, as variables of a study, from the typed library of definitions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from helseanalyse.catalogue.model import Kind
from helseanalyse.study import nodes
from helseanalyse.study.language.code_values import CodeSet
from helseanalyse.study.language.dates import Date, Duration, years
from helseanalyse.study.language.draft import Draft, Named, one_value
from helseanalyse.study.language.habits import names_near
from helseanalyse.study.language.trouble import BROKEN, fail, is_broken
from helseanalyse.study.language.values import Number, Truth, node_of
from helseanalyse.study.library import COMMON, QUAN, WEIGHTS, Comorbidity
from helseanalyse.study.lineage import lineage, move
from helseanalyse.study.node import Series
from helseanalyse.study.specification import Variable
from helseanalyse.study.types import DATE, INT

FIVE_YEARS = years(5)


class Comorbidities:
    """What a study says of earlier disease; `Study` is built on this."""

    _draft: Draft

    def comorbidities(
        self,
        day0: Date,
        diagnoses: CodeSet,
        *,
        lookback: Duration = FIVE_YEARS,
        groups: Iterable[str] | str = COMMON,
    ) -> tuple[Named, ...]:
        """One yes/no variable for each disease: a diagnosis in the look-back before day 0, day 0 itself left out.

        diagnoses: the column of codes, `npr.any_diagnosis`. groups: names from `study.library.QUAN`; ten common ones
        where none are named. Each is called "earlier ..." and counted by itself; the hierarchy of the score belongs
        to `charlson`.
        """
        found = []
        for name in [groups] if isinstance(groups, str) else groups:
            group = next((each for each in QUAN if each.name == name), None)
            if group is None:
                near = names_near(name, [each.name for each in QUAN])
                fail("S007", owner="The library of comorbidities", name=f'"{name}"', nearest=near)
                continue
            node = _seen(group, day0, diagnoses, lookback)
            earlier = f"earlier {name}"  # an outcome may well have the disease's own name
            if not is_broken(node) and self._draft.free(earlier):
                self._draft.variables.append(Variable(name=earlier, value=node, label=f"Earlier {group.label.en}"))
                found.append(Named(earlier, Truth(node)))
        return tuple(found)

    def charlson(
        self,
        day0: Date,
        diagnoses: CodeSet,
        *,
        lookback: Duration = FIVE_YEARS,
        weights: str = "charlson-1987",
        bands: Iterable[int] = (1, 3),
        name: str = "charlson",
    ) -> Named:
        """The Charlson score on day 0: the weights of the groups of Quan 2005, the milder of a pair left out.

        weights: "charlson-1987" or "quan-2011". bands: lower bounds of its groups in tables.
        """
        if weights not in WEIGHTS:
            wanted = " or ".join(f'"{each}"' for each in WEIGHTS)
            return cast("Named", fail("S012", what="`weights`", wanted=wanted, got=f'"{weights}"'))
        seen = {group.name: _seen(group, day0, diagnoses, lookback) for group in QUAN}
        if is_broken(*seen.values()) or not self._draft.free(name):
            return cast("Named", BROKEN)
        score = Number(_score(seen, weights))
        self._draft.variables.append(
            Variable(name=name, value=score.node, label="Charlson score", unit="points", bands=tuple(bands))
        )
        return Named(name, score)


def _score(seen: dict[str, Any], weights: str) -> Series:
    graver = {group.milder: group.name for group in QUAN if group.milder is not None}
    points: list[Series] = []
    for group in QUAN:
        weight = group.weight(weights)
        if weight == 0:
            continue
        counts: Series = seen[group.name]
        if group.name in graver:
            counts = nodes.And((counts, nodes.Not(seen[graver[group.name]])))
        point: Series = nodes.Cast(counts, "int")
        points.append(point if weight == 1 else nodes.Arithmetic("*", point, _whole(weight)))
    return _sum(points)


def _sum(points: list[Series]) -> Series:
    """The sum as a balanced tree, so that a long sum is not a deep one."""
    while len(points) > 1:
        pairs = [points[at : at + 2] for at in range(0, len(points), 2)]
        points = [nodes.Arithmetic("+", *pair) if len(pair) == 2 else pair[0] for pair in pairs]
    return points[0]


def _whole(number: int) -> nodes.Constant:
    return nodes.Constant(number, INT)


def _seen(group: Comorbidity, day0: Date, diagnoses: CodeSet, lookback: Duration) -> Any:
    """Whether a person has a diagnosis of the group from day 0 less the look-back to the day before day 0."""
    if is_broken(day0, diagnoses, lookback):
        return BROKEN
    day = one_value(day0, "The day before which comorbidity is looked for")
    if is_broken(day):
        return BROKEN
    wanted = "all the codes of an event table, such as npr.any_diagnosis"
    coded_by = node_of(diagnoses, "`diagnoses`", wanted)
    if is_broken(coded_by):
        return BROKEN
    rows = coded_by.domain
    table = lineage(rows)[-1] if rows is not None else None
    if not isinstance(table, nodes.Table) or table.date is None or coded_by.type.kind is not Kind.CODES:
        return fail("S012", what="`diagnoses`", wanted=wanted, got=repr(diagnoses))
    if diagnoses.node.type.system != "ICD-10":
        return fail("S020", name=repr(diagnoses), type=diagnoses.node.type, system="ICD-10")
    assert rows is not None
    date = nodes.Column(table, table.date, DATE)
    start = (day0 - lookback).node
    coded = nodes.InCodes(move(diagnoses.node, rows, table), group.code_list, "with_children")
    kept: nodes.Rows = nodes.Filter(rows, coded)
    for bound in (nodes.Compare(">=", date, start), nodes.Compare("<", date, day)):
        kept = nodes.Filter(kept, bound)
    return nodes.Exists(kept)
