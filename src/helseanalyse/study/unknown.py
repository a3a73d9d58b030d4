"""Whether a value can be unknown, as far as its operations and the catalogue say."""

from __future__ import annotations

from helseanalyse.catalogue.model import Catalogue
from helseanalyse.study import nodes
from helseanalyse.study.lineage import walk
from helseanalyse.study.node import Node, Series
from helseanalyse.study.universe import universe_of

NEVER = (nodes.Exists, nodes.Count, nodes.IsNull, nodes.CountEpisodes, nodes.Parameter)
# Known where all operands are; everything else (a division, an aggregate, a look-up) may find nothing.
AS_ITS_OPERANDS = (
    nodes.Not, nodes.And, nodes.Or, nodes.Compare, nodes.DateDiff, nodes.DateAdd, nodes.DatePart, nodes.Truncate,
    nodes.Negate, nodes.Cast, nodes.Round, nodes.In, nodes.Covers, nodes.CoversAll,
)  # fmt: skip


def always_known(catalogue: Catalogue) -> frozenset[Series]:
    """The columns that everyone has a value of: those that the person table of the universe requires."""
    registry = catalogue.universe
    universe = universe_of(catalogue)
    required = [column.name for column in registry.table(registry.main).columns if column.required]
    return frozenset(column for name in required if (column := universe.column(name)) is not None)


def may_be_unknown(series: Series, known: frozenset[Series]) -> bool:
    """Whether a value can be unknown. known: columns that never are.

    >>> from helseanalyse.study.types import INT
    >>> may_be_unknown(nodes.Constant(1, INT), frozenset()), may_be_unknown(nodes.Constant(None, INT), frozenset())
    (False, True)
    """
    found: dict[Node, bool] = {}
    for node in walk(series):  # operands first
        if isinstance(node, Series):
            found[node] = node not in known and _may_be(node, found)
    return found[series]


def _may_be(series: Series, found: dict[Node, bool]) -> bool:
    if isinstance(series, NEVER):
        return False
    if isinstance(series, nodes.Constant):
        return series.value is None
    if isinstance(series, nodes.IfNull):
        return found[series.of] and found[series.other]
    if isinstance(series, nodes.Extreme):
        return all(found[part] for part in series.parts)
    if isinstance(series, AS_ITS_OPERANDS):
        return any(found[each] for each in series.operands if isinstance(each, Series))
    return True
