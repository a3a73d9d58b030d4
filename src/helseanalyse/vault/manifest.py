"""The manifest of a registry version: what the file holds, what it was made from, and the catalogue it was made by."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from helseanalyse.catalogue.model import Registry
from helseanalyse.vault.catalogue_text import described
from helseanalyse.vault.errors import VaultError


@dataclass(frozen=True, kw_only=True, slots=True)
class TableFacts:
    """What one table of a version holds.

    rows, persons: counts. first, last: the earliest and latest date of its date (or start) column; of
    all its date columns where it has neither.
    delivered: False where the delivery said that it was without this table, which is then empty.
    """

    rows: int
    persons: int
    first: date | None
    last: date | None
    delivered: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """One version of one registry.

    sha256 is of the file. complete_to is the last day that the registry covers. delivery is a
    digest of the delivered files, the catalogue and the population version they were linked to.
    quarantine counts rows set aside by reason. load is the content of the load report.
    precision says how exact the dates are, in words; empty for exact days.
    """

    registry: str
    version: int
    sha256: str
    size: int  # bytes
    tables: Mapping[str, TableFacts]
    complete_to: date | None
    catalogue_digest: str
    catalogue_text: str
    delivery: str
    duckdb: str
    loaded_at: str
    synthetic: bool
    universe: str = ""  # NAME@V that the persons were linked to; empty for the universe itself
    precision: str = ""
    quarantine: Mapping[str, int] = field(default_factory=dict)
    load: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """`npr@3`, as a study pins it."""
        return f"{self.registry}@{self.version}"

    def described(self) -> Registry:
        """The catalogue entry that this version was loaded by."""
        return described(self.catalogue_text, self.catalogue_digest, f"the manifest of {self.name}")

    def to_json(self) -> dict[str, Any]:
        """As plain values for the manifest file."""
        plain = asdict(self) | {"tables": {}, "quarantine": dict(self.quarantine), "load": dict(self.load)}
        for table, facts in self.tables.items():
            plain["tables"][table] = asdict(facts) | {
                "first": facts.first and facts.first.isoformat(),
                "last": facts.last and facts.last.isoformat(),
            }
        return plain | {"complete_to": self.complete_to and self.complete_to.isoformat()}


def last_day(tables: Mapping[str, TableFacts]) -> date | None:
    """The latest date in any of the tables: what a registry covers, where nobody says."""
    return max((facts.last for facts in tables.values() if facts.last), default=None)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def read_manifest(path: Path) -> Manifest:
    """The manifest at that path; VaultError where the file is damaged."""
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        tables = {
            table: TableFacts(**(facts | {"first": _day(facts["first"]), "last": _day(facts["last"])}))
            for table, facts in plain["tables"].items()
        }
        return Manifest(**(plain | {"tables": tables, "complete_to": _day(plain["complete_to"])}))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise VaultError(
            f"The manifest {path} is damaged. Restore it from a backup, or load the registry again."
        ) from None
