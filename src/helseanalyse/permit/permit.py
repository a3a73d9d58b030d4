"""A permit: who may ask about which variables, for what purpose, until when, under which rules.

A permit is a value that one must hold, not a check that one must remember: the engine takes a
`Grant`, and only `grant` and `grant_public` here make one. This module reads no file and no
clock; the day is an argument.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import InitVar, dataclass
from datetime import date
from typing import Final

from helseanalyse.catalogue.model import Catalogue

SCHEMA: Final = "helseanalyse/permit@1"
LANES: Final = ("open", "checked")
_MAKER: Final = object()  # who holds this makes grants: the functions of this module


class PermitError(Exception):
    """A study may not run: what is outside the permit, and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Permit:
    """A decision that lets a study ask.

    variables: paths "registry.table.column"; "registry.table.*" and "registry.*" cover all of theirs.
    valid_from, valid_to: first and last day, both counted. lane: "checked" or "open". threshold: the least
    number of persons behind a number that may be shown, where the decision asks for more than the rules do.
    synthetic: made by a synthetic vault for itself; it opens no other vault.
    """

    id: str
    title: str
    purpose: str
    holder: str
    variables: frozenset[str]
    valid_from: date
    valid_to: date
    lane: str = "checked"
    threshold: int | None = None
    synthetic: bool = False

    def __post_init__(self) -> None:
        if self.valid_to < self.valid_from:
            raise PermitError(
                f"Permit {self.id} ends on {self.valid_to}, before it starts on {self.valid_from}. Swap the two days?"
            )
        if self.lane not in LANES:
            raise PermitError(
                f"Permit {self.id} names the lane {self.lane!r}; this version knows {' and '.join(LANES)}. "
                "Ask whoever issued it to correct it."
            )

    def covers(self, path: str) -> bool:
        """Whether the permit names a variable, or all of its table or registry.

        >>> made_for_synthetic("demo", frozenset(["lmr.*"])).covers("lmr.dispensing.atc")
        True
        """
        registry, table, _ = path.split(".", 2)
        return not self.variables.isdisjoint((path, f"{registry}.{table}.*", f"{registry}.*"))


@dataclass(frozen=True, slots=True)
class Grant:
    """Leave to read exactly `need`, under one permit. Only `grant` and `grant_public` make one."""

    permit: str
    need: frozenset[str]
    lane: str
    threshold: int | None
    maker: InitVar[object]  # not kept, so that no copy with another `need` can be made either

    def __post_init__(self, maker: object) -> None:
        if maker is not _MAKER:
            raise PermitError("A grant is made by permit.grant(need, permit, today), not by hand.")


def grant(need: frozenset[str], permit: Permit, today: date) -> Grant:
    """Leave to read `need` under a permit on a day; PermitError names what lies outside.

    >>> permit = made_for_synthetic("demo", frozenset(["lmr.*"]))
    >>> grant(frozenset(["lmr.dispensing.atc"]), permit, date(2026, 1, 1)).need
    frozenset({'lmr.dispensing.atc'})
    >>> grant(frozenset(["npr.episode.admitted_on"]), permit, date(2026, 1, 1))
    Traceback (most recent call last):
    helseanalyse.permit.permit.PermitError: Permit demo does not cover npr.episode.admitted_on.
    Take it out of the study, or ask for it to be added to the permit.
    """
    if not permit.valid_from <= today <= permit.valid_to:
        raise PermitError(
            f"Permit {permit.id} is valid from {permit.valid_from} to {permit.valid_to}, and today is {today}. "
            "Ask for an extension before the study runs again."
        )
    outside = sorted(path for path in need if not permit.covers(path))
    if outside:
        raise PermitError(_outside(f"Permit {permit.id} does not cover", outside))
    return Grant(permit.id, need, permit.lane, permit.threshold, _MAKER)


def grant_public(need: frozenset[str], catalogue: Catalogue) -> Grant:
    """Leave to read `need` without a permit: possible only where every registry is marked public."""
    public = {registry.name for registry in catalogue.registries if registry.public}
    closed = sorted({path.split(".", 1)[0] for path in need} - public)
    if closed:
        raise PermitError(
            f"Without a permit only public registries answer, and {_and(closed)} {_is(closed)} not public. "
            "Give a permit with --permit, or take what comes from there out of the study."
        )
    return Grant("", need, "open", None, _MAKER)


def made_for_synthetic(vault: str, variables: frozenset[str]) -> Permit:
    """The permit that a synthetic vault carries: anyone can try the language, and answers are checked all the same."""
    return Permit(
        id=vault,
        title="Synthetic data, open to anyone",
        purpose="Learning, testing and demonstration. No real person is in this vault.",
        holder="Anyone",
        variables=variables,
        valid_from=date(2000, 1, 1),
        valid_to=date(2999, 12, 31),
        synthetic=True,
    )


def write(permit: Permit) -> str:
    """The permit as JSON, which `read` takes back."""
    content = {
        "schema": SCHEMA,
        "id": permit.id,
        "title": permit.title,
        "purpose": permit.purpose,
        "holder": permit.holder,
        "lane": permit.lane,
        "threshold": permit.threshold,
        "synthetic": permit.synthetic,
        "valid_from": permit.valid_from.isoformat(),
        "valid_to": permit.valid_to.isoformat(),
        "variables": sorted(permit.variables),
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def read(text: str) -> Permit:
    """A permit from JSON. PermitError says which field is missing, unknown or not what it should be.

    >>> read(write(made_for_synthetic("demo", frozenset(["lmr.*"])))).id
    'demo'
    """
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise PermitError(
            f"The permit is not JSON (line {error.lineno}). Use the file as it was issued, unchanged."
        ) from None
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        raise PermitError(
            f'The file is not a permit: its "schema" is not "{SCHEMA}". Use the file as it was issued.'
        )
    texts = {"id", "title", "purpose", "holder", "valid_from", "valid_to"}
    known = {"schema", "variables", "lane", "threshold", "synthetic"} | texts
    if wrong := sorted((texts | {"variables"}) - set(content)) + sorted(set(content) - known):
        raise PermitError(
            f"The permit lacks or does not know these fields: {', '.join(wrong)}. Use the file as issued."
        )
    wrong = [name for name in sorted(texts) if not isinstance(content[name], str)]
    wrong += [] if _texts(content["variables"]) else ["variables"]
    wrong += [] if isinstance(content.get("threshold"), int | None) else ["threshold"]
    wrong += [] if isinstance(content.get("synthetic", False), bool) else ["synthetic"]
    if wrong:
        raise PermitError(f"These fields of the permit are not of the right kind: {', '.join(wrong)}.")
    try:
        first, last = date.fromisoformat(content["valid_from"]), date.fromisoformat(content["valid_to"])
    except ValueError:
        raise PermitError("The permit's valid_from and valid_to must be days such as 2026-01-31.") from None
    return Permit(
        **{name: content[name] for name in ("id", "title", "purpose", "holder")},
        variables=frozenset(content["variables"]),
        valid_from=first,
        valid_to=last,
        lane=str(content.get("lane", "checked")),
        threshold=content.get("threshold"),
        synthetic=content.get("synthetic", False),
    )


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(path, str) for path in value)


def _outside(start: str, paths: list[str]) -> str:
    what = "it" if len(paths) == 1 else "them"
    return (
        f"{start} {_and(paths)}.\nTake {what} out of the study, or ask for {what} to be added to the permit."
    )


def _and(names: Iterable[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _is(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"
