"""One column of a catalogue file, checked."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType

from helseanalyse.catalogue import check, delivery
from helseanalyse.catalogue.check import Node, Problems
from helseanalyse.catalogue.codes import SYSTEM_NAMES
from helseanalyse.catalogue.model import Column, Kind, Label, Level, Sensitivity
from helseanalyse.catalogue.nearest import did_you_mean

COLUMN_KEYS = (
    "kind", "label", "source", "unit", "system", "levels", "precision", "required", "least", "most",
    "sensitivity", "since", "until", "note", "delivery", "main",
)  # fmt: skip
PRECISIONS = ("day", "month", "year")
NUMBERS = frozenset({Kind.INT, Kind.FLOAT})
CODED = frozenset({Kind.CODE, Kind.CODES})
# The keys that only some kinds of column can have.
ONLY_FOR = {
    "system": CODED,
    "levels": frozenset({Kind.CATEGORY}),
    "precision": frozenset({Kind.DATE}),
    "least": NUMBERS,
    "most": NUMBERS,
    "main": frozenset({Kind.CODES}),
}


def parse_column(name: str, value: object, path: str, problems: Problems) -> Column:
    """The column `name` from its part of the file; mistakes are noted under `path`."""
    node = check.mapping(value, path, problems)
    check.known_keys(node, COLUMN_KEYS, path, problems)
    check.name_is_good(name, path, problems)
    told = check.choice(node, "kind", Kind, path, problems)
    kind = told or Kind.TEXT
    for key, kinds in ONLY_FOR.items():
        # Of a kind that is not known nothing more is said: the rest would follow from that mistake.
        if key in node and told is not None and kind not in kinds:
            problems.add(path, f"`{key}` is only for columns of kind {', '.join(sorted(kinds))}")
    least, most = _bounds(node, path, problems)
    since, until = span(node, path, problems)
    return Column(
        name=name,
        kind=kind,
        label=check.label(node, path, problems),
        source=_source(node, name, kind, path, problems),
        unit=check.optional_text(node, "unit", path, problems),
        system=_system(node, kind, path, problems),
        levels=_levels(node, kind, path, problems),
        precision=_precision(node, path, problems),
        required=check.flag(node, "required", path, problems),
        least=least,
        most=most,
        sensitivity=check.choice(node, "sensitivity", Sensitivity, path, problems, Sensitivity.SPECIAL)
        or Sensitivity.SPECIAL,
        since=since,
        until=until,
        note=check.text(node, "note", path, problems, default=""),
        main=check.optional_text(node, "main", path, problems),
        delivery=_delivery(node, told, path, problems),
    )


def span(node: Node, path: str, problems: Problems) -> tuple[date | None, date | None]:
    """`since` and `until`, in that order in time."""
    since, until = check.day(node, "since", path, problems), check.day(node, "until", path, problems)
    if since and until and until < since:
        problems.add(path, f"`until` ({until}) is before `since` ({since})")
    return since, until


def _delivery(node: Node, kind: Kind | None, path: str, problems: Problems) -> delivery.Block:
    if kind is not Kind.CODES:
        return delivery.of_value(node, f"{path}.delivery", problems if kind else Problems(""))
    if "delivery" not in node:
        problems.add(path, "`delivery` is missing; say how its codes come: files, columns or column")
        return MappingProxyType({})
    return delivery.of_codes(node, f"{path}.delivery", problems)


def _source(node: Node, name: str, kind: Kind, path: str, problems: Problems) -> tuple[str, ...]:
    """The names in deliveries; a column that gives none is delivered under its own name."""
    source = check.texts(node, "source", path, problems)
    lowered = [item.casefold() for item in source]
    for item in sorted({item for item in lowered if lowered.count(item) > 1}):
        problems.add(path, f"the source column `{item}` stands twice (letter case does not count)")
    if kind is Kind.CODES:
        if source:
            problems.add(path, "a `codes` column says where its codes come from in `delivery`, not `source`")
        return ()
    return source or (name,)


def _system(node: Node, kind: Kind, path: str, problems: Problems) -> str | None:
    system = check.optional_text(node, "system", path, problems)
    if system is None and kind in CODED:
        problems.add(path, f"`system` is missing; it is one of {', '.join(SYSTEM_NAMES)}")
    if system is not None and system not in SYSTEM_NAMES:
        hint = did_you_mean(system, SYSTEM_NAMES) or f" Known: {', '.join(SYSTEM_NAMES)}."
        problems.add(path, f"the code system `{system}` is not known.{hint}")
    return system


def _precision(node: Node, path: str, problems: Problems) -> str:
    precision = check.text(node, "precision", path, problems, default="day")
    if precision not in PRECISIONS:
        problems.add(path, f"`precision: {precision}` must be one of {', '.join(PRECISIONS)}")
    return precision


def _bounds(node: Node, path: str, problems: Problems) -> tuple[float | None, float | None]:
    least, most = check.number(node, "least", path, problems), check.number(node, "most", path, problems)
    if least is not None and most is not None and most < least:
        problems.add(path, f"`most` ({most}) is below `least` ({least})")
    return least, most


def _levels(node: Node, kind: Kind, path: str, problems: Problems) -> tuple[Level, ...]:
    if kind is not Kind.CATEGORY:
        return ()
    if not node.get("levels"):
        problems.add(path, "`levels` is missing: a category names its levels")
        return ()
    levels = []
    taken: dict[str, str] = {}
    for name, value in check.mapping(node["levels"], f"{path}.levels", problems).items():
        where = f"{path}.{name}"
        if not check.NAME.match(name):
            problems.add(where, f"the name `{name}` must be small letters, digits and single underscores")
        inner = check.mapping(value, where, problems)
        check.known_keys(inner, ("nb", "en", "source"), where, problems)
        label = Label(check.text(inner, "nb", where, problems), check.text(inner, "en", where, problems))
        source = check.texts(inner, "source", where, problems) or (name,)
        for item in source:
            if (other := taken.setdefault(item.casefold(), name)) != name:
                problems.add(where, f"the source value `{item}` already means `{other}`")
        levels.append(Level(name, label, source))
    return tuple(levels)
