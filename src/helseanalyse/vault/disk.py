"""Where things lie in a vault, and how a file comes into being there: whole, or not at all.

    VAULT/vault.json                      format, maker, synthetic or not, id of the key file
    VAULT/registries/NAME@V.duckdb        one registry version, read-only
    VAULT/registries/NAME@V.json          its manifest: a version exists if, and only if, this file does
    VAULT/reports/NAME@V.html             load report
    VAULT/quarantine/NAME@V.parquet       rows set aside, with reason
    VAULT/keys/                           key file, apart from the data (`keys.py`)
    VAULT/work/                           a load under way; whatever is found there later is left over
    VAULT/lock                            held by the one load that may run

Every file is written in the work folder, flushed to the disk and renamed into place, which the
file system does at once or not at all. The manifest is renamed last. So a kill at any moment
leaves either the old versions or the old versions and a new one; files without a manifest are
removed by the next load.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from helseanalyse.vault.database import translated
from helseanalyse.vault.errors import LoadError, VaultError

FORMAT = 1  # of the folder; another number means that this program must not touch it
FOLDERS = {"registries": (".duckdb", ".json"), "reports": (".html",), "quarantine": (".parquet",)}


def sync(path: Path) -> None:
    """Force a file or a folder to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def place(made: Path, where: Path, *, mode: int = 0o444) -> None:
    """Move a finished file into place at once, durable and with these rights."""
    sync(made)
    made.chmod(mode)
    where.parent.mkdir(exist_ok=True)
    made.replace(where)
    sync(where.parent)


def write_json(content: Mapping[str, Any], where: Path, work: Path, *, mode: int = 0o444) -> None:
    """Write JSON into the work folder and move it into place at once."""
    made = work / f"{uuid.uuid4().hex}.json"
    made.write_text(json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    place(made, where, mode=mode)


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    state = sha256()
    with path.open("rb") as handle:
        while piece := handle.read(1 << 22):
            state.update(piece)
    return state.hexdigest()


def read_settings(vault: Path) -> dict[str, Any]:
    """The vault's own description; an error names what is wrong with the folder."""
    where = vault / "vault.json"
    if not where.is_file():
        raise VaultError(f"{vault} is not a vault: it has no vault.json. Load a registry into it, or name another.")
    try:
        settings = json.loads(where.read_text(encoding="utf-8"))
    except ValueError:
        settings = None
    if not isinstance(settings, dict) or "format" not in settings:
        raise VaultError(f"{where} is damaged. Restore it from a backup: it holds the vault's format.")
    if settings["format"] != FORMAT:
        raise VaultError(
            f"The vault {vault} has format {settings['format']}, and this program reads format {FORMAT}. "
            "Use the version of helseanalyse that made it, or load the deliveries into a new vault."
        )
    return settings


@contextmanager
def locked(vault: Path) -> Iterator[None]:
    """Hold the vault for one load; another load at the same time is refused at once.

    A vault that comes to nothing, because its first load failed, leaves no trace.
    """
    lock = vault / "lock"
    made = not vault.exists()
    with translated(f"Making the vault folder {vault}"):
        vault.mkdir(parents=True, exist_ok=True)
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _hold(handle, lock):
            raise LoadError(f"Another load is using the vault {vault}. Wait for it to end, then run this one again.")
        try:
            yield
        finally:
            if {entry.name for entry in vault.iterdir()} == {"lock"}:
                lock.unlink()
                if made:
                    vault.rmdir()
    finally:
        os.close(handle)  # gives the lock back; so does a kill


def _hold(handle: int, lock: Path) -> bool:
    """Whether the lock could be had, on the file that lies there now and not on one just removed."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.fstat(handle).st_ino == lock.stat().st_ino
    except OSError:
        return False


def settle(vault: Path, *, synthetic: bool) -> dict[str, Any]:
    """The settings of the vault, made anew where the folder is empty, with what a killed load left removed.

    The caller holds the lock.
    """
    new = not (vault / "vault.json").exists()
    if new and any(entry.name not in {"lock", "work", "keys"} for entry in vault.iterdir()):
        raise VaultError(f"{vault} holds other files and is not a vault. Name an empty folder.")
    settings = {"format": FORMAT, "synthetic": synthetic, "keys": None} if new else read_settings(vault)
    if settings["synthetic"] != synthetic:
        kinds = {True: "synthetic persons", False: "real persons"}
        raise LoadError(
            f"The vault {vault} is for {kinds[bool(settings['synthetic'])]}, and this load is of "
            f"{kinds[synthetic]}. The two are never mixed: load into another vault."
        )
    clear_remains(vault)
    return settings


def clear_remains(vault: Path) -> None:
    """Remove the work of killed loads, and files that were placed without their manifest."""
    shutil.rmtree(vault / "work", ignore_errors=True)
    for folder, endings in FOLDERS.items():
        for ending in endings:
            for path in (vault / folder).glob(f"*@*{ending}"):
                if not (vault / "registries" / f"{path.stem}.json").exists():
                    path.unlink()


@contextmanager
def work_folder(vault: Path) -> Iterator[Path]:
    """A folder for one load, for the eyes of the loader alone, removed at the end however it ends."""
    folder = vault / "work" / uuid.uuid4().hex
    (vault / "work").mkdir(mode=0o700, exist_ok=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):
            folder.parent.rmdir()


def versions(vault: Path, registry: str) -> tuple[int, ...]:
    """The versions of a registry that exist, in ascending order."""
    found = []
    for path in (vault / "registries").glob(f"{registry}@*.json"):
        number = path.stem.rpartition("@")[2]
        if number.isdigit():
            found.append(int(number))
    return tuple(sorted(found))
