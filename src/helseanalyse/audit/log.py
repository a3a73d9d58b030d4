"""Who did what: an append-only log whose every state has one hash.

The log is a Merkle tree (RFC 9162, SHA-256) over canonical JSON entries (RFC 8785). Anyone who
kept the size and root of an earlier state can see whether the past was changed. An entry says
what was asked, by whom and under which permit; it holds nothing of the persons that the data
are about. Entries are on disk before `append` returns.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import rfc8785

LARGEST = 65_535  # bytes of an entry: entry bundles carry its length as an unsigned 16-bit number


class AuditError(Exception):
    """The log cannot be written or is not what it was."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where an entry stands: its index, and the size and root (hex) of the log just after it was added."""

    index: int
    size: int
    root: str


def leaf_hash(entry: bytes) -> bytes:
    """Hash of an entry: SHA-256 over 0x00 and the entry (RFC 9162, section 2.1.1)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node: SHA-256 over 0x01 and its two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_hash(leaves: Sequence[bytes]) -> bytes:
    """Root of the tree over leaf hashes; of no leaves it is the SHA-256 of nothing.

    >>> root_hash([]).hex()[:8], root_hash([leaf_hash(b"a"), leaf_hash(b"b")]).hex()[:8]
    ('e3b0c442', 'b137985f')
    """
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        # An odd node at the end moves up as it is, which is the same tree as splitting at powers of two.
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = paired + ([level[-1]] if len(level) % 2 else [])
    return level[0]


class Log:
    """The log in a folder: `entries.jsonl`, one canonical entry a line. Safe for several writers at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "entries.jsonl"

    def append(self, act: str, content: Mapping[str, object]) -> Receipt:
        """Adds an entry {"act", "at", ...content} and returns its receipt once it is on disk.

        Raises AuditError where the disk does not take it: then nothing else may go on.
        """
        entry = rfc8785.dumps(
            {**_plain(content), "act": act, "at": datetime.now(UTC).isoformat(timespec="seconds")}
        )
        if len(entry) > LARGEST:
            raise AuditError(
                f"An entry of the log may be {LARGEST} bytes; {act!r} made {len(entry)}. Log digests instead."
            )
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with self.path.open("a+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                leaves = [leaf_hash(line) for line in _whole_lines(file.fileno())]
                file.write(entry + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise AuditError(
                f"The audit log {self.path.name} cannot be written ({error.strerror}), so nothing may run. "
                "Free space or mend its permissions, and try again."
            ) from None
        leaves.append(leaf_hash(entry))
        return Receipt(len(leaves) - 1, len(leaves), root_hash(leaves).hex())

    def entries(self) -> Iterator[dict[str, object]]:
        """Every entry, oldest first."""
        for line in self._lines():
            yield json.loads(line)

    def holds(self, receipt: Receipt) -> bool:
        """Whether the log still has, unchanged, everything that it had when the receipt was given."""
        leaves = [leaf_hash(line) for line in self._lines()]
        return len(leaves) >= receipt.size and root_hash(leaves[: receipt.size]).hex() == receipt.root

    def _lines(self) -> list[bytes]:
        if not self.path.exists():
            return []
        with self.path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            return [line for line in file.read().split(b"\n") if line]


def _whole_lines(descriptor: int) -> list[bytes]:
    """The entries so far. A half-written last line, left by a crash, is cut off: it was never acknowledged."""
    size = os.fstat(descriptor).st_size
    content = os.pread(descriptor, size, 0)
    whole = content.rfind(b"\n") + 1
    if whole < size:
        os.ftruncate(descriptor, whole)
    return [line for line in content[:whole].split(b"\n") if line]


def _plain(content: Mapping[str, object]) -> dict[str, Any]:
    return {
        key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in content.items()
    }
