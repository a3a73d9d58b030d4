"""A release as files: results.json, tables as CSV and the study's specification. Whole or not at all."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Final

from helseanalyse.release.folder import replace_folder
from helseanalyse.release.release import Release
from helseanalyse.study.answer import Cell, Hidden, SafeAnswer, SafeTable
from helseanalyse.study.codec import dump

SCHEMA: Final = "helseanalyse/answer@1"


def results(answer: SafeAnswer) -> dict[str, object]:
    """The machine-readable answer. A hidden cell is {"hidden": reason}; not applicable is null."""
    return {
        "schema": SCHEMA,
        "study": {"title": answer.title, "digest": answer.digest},
        "data": {
            data.registry: {
                "version": data.version,
                "sha256": data.sha256,
                "complete_to": data.complete_to.isoformat() if data.complete_to else None,
                "label": data.label,
                "public": data.public,
                "synthetic": data.synthetic,
            }
            for data in answer.data
        },
        "lane": answer.lane,
        "permit": answer.permit or None,
        "software": answer.software,
        "rules": [
            {"name": rule.name, "says": rule.says, "value": rule.value, "source": rule.source} for rule in answer.rules
        ],
        "tables": [_table(table) for table in answer.tables],
    }


def files(release: Release) -> dict[str, bytes]:
    """Every file of the bundle but the report and its figures, by its path inside the bundle."""
    found = {
        "results.json": _json(results(release.answer)),
        "study.json": dump(release.study).encode(),
        "receipt.json": _json(
            {"index": release.receipt.index, "size": release.receipt.size, "root": release.receipt.root}
        ),
    }
    for table in release.answer.tables:
        found[f"tables/{table.id}.csv"] = table_csv(table).encode()
    return found


def table_csv(table: SafeTable) -> str:
    """A table as CSV (comma, point, one header line); a hidden cell is its sign, not applicable is empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([f"{column.name} ({column.unit})" if column.unit else column.name for column in table.columns])
    for row in table.rows:
        writer.writerow(["" if cell is None else str(cell) for cell in row])
    return out.getvalue()


def write(content: dict[str, bytes], out: Path) -> None:
    """Writes the bundle to a folder: beside it first, then renamed, so that nothing half-written stays.

    A folder that holds an earlier bundle is replaced; any other folder that is not empty is left alone.
    """
    replace_folder(out, content)


def _table(table: SafeTable) -> dict[str, object]:
    return {
        "id": table.id,
        "kind": table.kind,
        "title": table.title,
        "columns": [{"name": column.name, "unit": column.unit, "label": column.label} for column in table.columns],
        "rows": [[_plain(cell) for cell in row] for row in table.rows],
        "notes": list(table.notes),
    }


def _plain(cell: Cell) -> object:
    return {"hidden": cell.reason} if isinstance(cell, Hidden) else cell


def _json(content: object) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()
