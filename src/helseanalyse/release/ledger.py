"""What has been released under each permit: the memory against which later answers are checked.

First form: one line a release, appended and synced. It holds digests and shapes, no numbers.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

from helseanalyse.study.answer import Hidden, SafeAnswer


class Ledger:
    """The ledger in a folder: `releases.jsonl`."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "releases.jsonl"

    def append(self, answer: SafeAnswer, study: str) -> str:
        """Notes a release and returns the digest of what was released."""
        digest = answer_digest(answer)
        line = {
            "permit": answer.permit,
            "study": study,
            "answer": digest,
            "lane": answer.lane,
            "data": {data.registry: data.version for data in answer.data},
            "tables": {table.id: {"rows": len(table.rows), "hidden": table.hidden()} for table in answer.tables},
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, sort_keys=True, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
        return digest

    def releases(self, permit: str) -> Iterator[dict[str, object]]:
        """What was released under a permit, oldest first."""
        if self.path.exists():
            for line in self.path.read_text(encoding="utf-8").splitlines():
                entry = json.loads(line)
                if entry["permit"] == permit:
                    yield entry


def answer_digest(answer: SafeAnswer) -> str:
    """SHA-256 over the numbers of an answer as they were released: equal answers have equal digests."""
    tables = [[table.id, [[_said(cell) for cell in row] for row in table.rows]] for table in answer.tables]
    content = json.dumps([answer.digest, answer.lane, tables], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def _said(cell: object) -> object:
    if isinstance(cell, Hidden):
        return {"hidden": cell.reason}
    # repr keeps every digit, and tells 1 from 1.0.
    return cell if isinstance(cell, str) or cell is None else repr(cell)
