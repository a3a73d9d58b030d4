"""The log: nothing is lost, the past cannot be changed unseen, and a crash leaves no half entry."""

import json
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helseanalyse.audit import AuditError, Log
from helseanalyse.audit.log import leaf_hash, node_hash, root_hash


def split_root(leaves: list[bytes]) -> bytes:
    """The tree as RFC 9162 writes it: split at the largest power of two below n."""
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(split_root(leaves[:k]), split_root(leaves[k:]))


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=40))
def test_the_root_is_that_of_the_rfc(entries: list[bytes]) -> None:
    leaves = [leaf_hash(entry) for entry in entries]
    assert root_hash(leaves) == split_root(leaves)


def test_a_receipt_holds_while_the_log_only_grows(tmp_path: Path) -> None:
    log = Log(tmp_path)
    receipts = [log.append("asked", {"study": str(i)}) for i in range(5)]
    assert [receipt.size for receipt in receipts] == [1, 2, 3, 4, 5]
    assert all(log.holds(receipt) for receipt in receipts)
    assert [entry["study"] for entry in log.entries()] == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize("change", ["edit", "delete", "insert", "reorder", "roll back"])
def test_every_change_of_the_past_is_seen(tmp_path: Path, change: str) -> None:
    log = Log(tmp_path)
    receipts = [log.append("asked", {"study": str(i)}) for i in range(5)]
    lines = log.path.read_bytes().splitlines(keepends=True)
    changed = {
        "edit": [lines[0].replace(b'"0"', b'"9"'), *lines[1:]],
        "delete": [*lines[:2], *lines[3:]],
        "insert": [*lines[:2], lines[0], *lines[2:]],
        "reorder": [lines[1], lines[0], *lines[2:]],
        "roll back": lines[:3],
    }[change]
    log.path.write_bytes(b"".join(changed))
    assert not log.holds(receipts[-1])


def test_a_half_written_entry_is_cut_off(tmp_path: Path) -> None:
    log = Log(tmp_path)
    first = log.append("asked", {"study": "a"})
    with log.path.open("ab") as file:
        file.write(b'{"act":"asked","stu')  # the machine stopped here
    second = log.append("asked", {"study": "b"})
    assert (second.index, log.holds(first), log.holds(second)) == (1, True, True)


def _append_many(folder: Path, writer: int) -> None:
    for i in range(25):
        Log(folder).append("asked", {"study": f"{writer}-{i}"})


def test_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    context = get_context("spawn")
    writers = [context.Process(target=_append_many, args=(tmp_path, writer)) for writer in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    studies = [str(entry["study"]) for entry in Log(tmp_path).entries()]
    assert sorted(studies) == sorted(f"{writer}-{i}" for writer in range(4) for i in range(25))


def test_a_log_that_cannot_be_written_stops_everything(tmp_path: Path) -> None:
    (tmp_path / "audit").write_text("a file where the folder should be")
    with pytest.raises(AuditError, match=r"cannot be written .* so nothing may run"):
        Log(tmp_path / "audit").append("asked", {"study": "a"})


def test_an_entry_has_a_largest_size(tmp_path: Path) -> None:
    with pytest.raises(AuditError, match="may be 65535 bytes"):
        Log(tmp_path).append("asked", {"study": "x" * 70_000})


def test_entries_are_canonical_json(tmp_path: Path) -> None:
    log = Log(tmp_path)
    log.append("asked", {"study": "å", "permit": ""})
    (line,) = log.path.read_bytes().splitlines()
    assert line.decode() == json.dumps(json.loads(line), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
