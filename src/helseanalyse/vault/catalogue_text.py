"""A registry as the text of a catalogue file, so that a registry version carries its own description.

The text reads back to the same registry (`described` checks it), whatever way the original file was laid out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import yaml

from helseanalyse.catalogue.model import CatalogueError, Column, Label, Registry, Table
from helseanalyse.catalogue.read import parse_registry


def text_of(registry: Registry) -> str:
    r"""The registry as YAML in the layout of a catalogue file.

    Raises CatalogueError where the registry is one that no catalogue file could describe.

    >>> from helseanalyse.catalogue.read import norway
    >>> text_of(norway().registry("lmr"))[:14]
    'registry: lmr\n'
    """
    text = yaml.safe_dump(_registry(registry), allow_unicode=True, sort_keys=False, width=1 << 20)
    if described(text, registry.digest, registry.name) != registry:
        raise CatalogueError(
            f"The registry `{registry.name}` does not survive being written as a catalogue file. "
            "Read it from a file with `catalogue.read_registry`."
        )
    return text


def described(text: str, digest: str, where: str) -> Registry:
    """The registry that the text describes, with the digest of the file that it came from."""
    return replace(parse_registry(text, where), digest=digest)


def _plain(value: object) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value


def _given(**keys: object) -> dict[str, Any]:
    """The keys that say something: not None, not false, not empty."""
    return {key: _plain(value) for key, value in keys.items() if value or (value == 0 and value is not False)}


def _label(label: Label) -> dict[str, str]:
    return {"nb": label.nb, "en": label.en}


def _registry(registry: Registry) -> dict[str, Any]:
    return {
        "registry": registry.name,
        "label": _label(registry.label),
        "description": _label(registry.description),
        "custodian": registry.custodian,
        "source": registry.source,
        **_given(
            public=registry.public,
            universe=registry.universe,
            since=registry.since,
            until=registry.until,
        ),
        "main": registry.main,
        **_given(also=registry.also, delivery=registry.delivery),
        "tables": {table.name: _table(table) for table in registry.tables},
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "grain": str(table.grain),
        "label": _label(table.label),
        **_given(
            date=table.date,
            start=table.start,
            stop=table.stop,
            order=table.order,
            overlaps=table.overlaps,
            delivery=table.delivery,
        ),
        "columns": {column.name: _column(column) for column in table.columns},
    }


def _column(column: Column) -> dict[str, Any]:
    return {
        "kind": str(column.kind),
        "label": _label(column.label),
        "sensitivity": str(column.sensitivity),
        **_given(
            source=column.source,
            unit=column.unit,
            system=column.system,
            levels={
                level.name: {"nb": level.label.nb, "en": level.label.en, "source": list(level.source)}
                for level in column.levels
            },
            precision=None if column.precision == "day" else column.precision,
            required=column.required,
            least=column.least,
            most=column.most,
            since=column.since,
            until=column.until,
            note=column.note,
            main=column.main,
            delivery=column.delivery,
        ),
    }
