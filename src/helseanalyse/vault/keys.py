"""The key file: which internal number each person has. It lies apart from the data, and only loading opens it.

    KEYS/secret          32 random bytes
    KEYS/keys.duckdb     person(digest, pid); source(registry, digest, pid); reference(universe, pid, day)

An identity number is never stored. What is stored is HMAC-SHA256 of it under the secret, cut to 128
bits (RFC 4868; two of ten million persons collide with a chance below 1 in 10^24). Without the
secret nobody can tell which row is whose: there are so few possible birth numbers that a plain
hash could be undone by trying them all, a keyed one cannot. With the secret the loader gives the
same person the same number in every registry and at every load. Per-source keys are kept in the
same way, under the name of their registry.

`reference` holds the secret reference date of each person where a custodian uses one: it turns day
differences back into dates, so it belongs with the keys and not with the data.

Losing this folder means that no later delivery can be linked to the vault; the vault itself stays
usable. The folder is for its owner alone (0700), its files too (0600), and loading refuses to go on
where they are not.
"""

from __future__ import annotations

import hmac
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

from helseanalyse.vault.database import run, translated
from helseanalyse.vault.disk import sync
from helseanalyse.vault.errors import LoadError, VaultError
from helseanalyse.vault.sql import Sql, fill, literal

FILE, SECRET = "keys.duckdb", "secret"
BLOCK = 64  # bytes in a block of SHA-256, to which HMAC fills its key
HALF = 32  # hexadecimal digits in 128 bits

TABLES = (
    Sql("CREATE TABLE IF NOT EXISTS keys.person (digest UUID NOT NULL, pid INTEGER NOT NULL)"),
    Sql(
        "CREATE TABLE IF NOT EXISTS keys.source (registry VARCHAR NOT NULL, digest UUID NOT NULL, pid INTEGER NOT NULL)"
    ),
    Sql(
        "CREATE TABLE IF NOT EXISTS keys.reference (universe VARCHAR NOT NULL, pid INTEGER NOT NULL, day DATE NOT NULL)"
    ),
)


class KeyFile:
    """The key file, attached to a loader's connection as `keys`."""

    def __init__(self, folder: Path, secret: bytes) -> None:
        self.folder = folder
        self._secret = secret

    def __repr__(self) -> str:
        """The folder, and nothing of the secret."""
        return f"KeyFile({str(self.folder)!r})"

    @property
    def id(self) -> str:
        """Tells whether a vault and a key file belong together; says nothing about the secret."""
        return hmac.new(self._secret, b"which key file is this", sha256).hexdigest()[:HALF]

    def digest(self, text: str) -> str:
        """What is stored for a number, as 32 hexadecimal digits."""
        return hmac.new(self._secret, text.encode(), sha256).hexdigest()[:HALF]

    def digest_sql(self, text: Sql) -> Sql:
        """The same for a text column, as a UUID. The statement holds the secret: never log it.

        HMAC is two rounds of the hash, each over the key mixed with a constant (RFC 2104).
        """
        padded = self._secret.ljust(BLOCK, b"\0")
        inner = literal(bytes(byte ^ 0x36 for byte in padded))
        outer = literal(bytes(byte ^ 0x5C for byte in padded))
        return fill(
            "CAST(left(sha256({outer} || unhex(sha256({inner} || encode({text})))), {n}) AS UUID)",
            outer=outer,
            inner=inner,
            text=text,
            n=HALF,
        )

    def source_sql(self, registry: str, key: Sql) -> Sql:
        """The digest of a per-source key: no identity number begins with a registry's name."""
        return self.digest_sql(fill("{r} || {k}", r=literal(f"{registry}\x1f"), k=key))


@contextmanager
def open_keys(
    connection: duckdb.DuckDBPyConnection, folder: Path, settings: dict[str, Any], *, first_load: bool
) -> Iterator[KeyFile]:
    """Attach the key file of a vault as `keys`, made anew for the vault's first load.

    settings: the vault's; its `keys` must be this key file's id, and is set at the first load.
    first_load: whether the vault has no registry yet. What a first load made is removed if it fails.
    """
    doing = f"Opening the key file in {folder}"
    made = not (folder / SECRET).exists() and not (folder / FILE).exists()
    if made and not first_load:
        raise VaultError(
            f"There is no key file in {folder}, so this delivery cannot be linked to the vault's persons. Name the "
            "key file that the vault was made with (--keys PATH); without one, load everything into a new vault."
        )
    with translated(doing), private_files():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        keys = KeyFile(folder, _secret(folder))
    if settings.get("keys") not in (None, keys.id):
        raise VaultError(
            f"The key file in {folder} does not belong to this vault. Name the one it was made with: --keys PATH."
        )
    with private_files():
        run(connection, fill("ATTACH {file} AS keys", file=literal(folder / FILE)), doing, damaged(folder))
        for statement in TABLES:
            run(connection, statement, doing, damaged(folder))
    _only_mine(folder / FILE)
    try:
        settings["keys"] = keys.id
        yield keys
    except BaseException:
        _detach(connection)
        if made:
            for name in (FILE, f"{FILE}.wal", SECRET):
                (folder / name).unlink(missing_ok=True)
            with suppress(OSError):  # a folder that was there before may hold other things
                folder.rmdir()
        raise
    _detach(connection)


def _detach(connection: duckdb.DuckDBPyConnection) -> None:
    """Close the key file. What was committed is safe in its log, even where there is no room to fold it in now."""
    with suppress(duckdb.Error):
        connection.execute("DETACH keys")


def damaged(folder: Path) -> str:
    """What to say where the key file cannot be read."""
    return f"The key file {folder / FILE} is damaged. Restore the whole folder {folder} from a backup."


def _secret(folder: Path) -> bytes:
    """The secret, made whole or not at all, and never in a folder that others may look into."""
    _only_mine(folder)
    path = folder / SECRET
    if not path.exists():
        if (folder / FILE).exists():
            raise VaultError(f"{path} is missing: without it {FILE} opens nothing. Restore it from a backup.")
        fresh = folder / f".{SECRET}"
        fresh.write_bytes(secrets.token_bytes(32))
        fresh.chmod(0o600)
        sync(fresh)
        fresh.replace(path)
        sync(folder)
    _only_mine(path)
    secret = path.read_bytes()
    if len(secret) != 32:
        raise VaultError(f"{path} is damaged. Restore the whole folder {folder} from a backup.")
    return secret


def _only_mine(path: Path) -> None:
    """LoadError where others than the owner have any right to a file or folder of the keys."""
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        mode = "700" if path.is_dir() else "600"
        raise LoadError(f"Others than its owner can reach {path}. Close it first: chmod {mode} {path}")


@contextmanager
def private_files() -> Iterator[None]:
    """Files made inside the block are for their owner alone."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def commit(connection: duckdb.DuckDBPyConnection, registry: str, version: str, folder: Path) -> None:
    """Keep what `linkage` found: new numbers, keys of the registry, reference dates. All of it, or nothing.

    It comes before the version is published, and adding the same again changes nothing. So a kill
    between the two leaves numbers that nobody uses yet and that the next load finds again.
    """
    statements = (
        Sql(
            "INSERT INTO keys.person SELECT digest, pid FROM new_person ANTI JOIN keys.person USING "
            "(digest) ORDER BY pid"
        ),
        fill(
            "INSERT INTO keys.source SELECT {r}, digest, pid FROM new_source ANTI JOIN "
            "(SELECT digest FROM keys.source WHERE registry = {r}) USING (digest) ORDER BY pid, digest",
            r=literal(registry),
        ),
        fill("DELETE FROM keys.reference WHERE universe = {v}", v=literal(version)),
        fill("INSERT INTO keys.reference SELECT {v}, pid, day FROM new_reference ORDER BY pid", v=literal(version)),
    )
    doing = f"Writing the key file in {folder}"
    with private_files():
        run(connection, Sql("BEGIN TRANSACTION"), doing)
        try:
            for statement in statements:
                run(connection, statement, doing)
            run(connection, Sql("COMMIT"), doing)
        except BaseException:
            connection.rollback()
            raise
