"""What went wrong inside the database, in fixed words: its own messages may quote a person's value.

`kind_of` reads an error where it happened and keeps one word of it; only that word travels. `explained` says what the
word means to the one who asked, and what to do.
"""

from __future__ import annotations

import re

import duckdb

from helseanalyse.engine.errors import MARK, NO_SUCH_DAY, NO_SUCH_NUMBER, SAYS, EngineError

STOPPED, MEMORY, DISK, FILES, DAMAGED = "stopped", "memory", "disk", "files", "damaged"

_FULL = re.compile(r"no space left|max_temp_directory_size|quota exceeded|file too large", re.IGNORECASE)
_DAMAGED = re.compile(r"corrupt|checksum|not enough bytes|could not read enough bytes", re.IGNORECASE)
# Days and positions are whole numbers of 32 bits; those of the language have 64 (`sql.number`, `sql.constant`).
_DAYS = re.compile(r"\bINT32\b|date out of range|timestamp out of range", re.IGNORECASE)


def kind_of(error: Exception) -> str:
    """One word for an error of the database: one of the kinds above, a key of `errors.SAYS`, or its class.

    >>> kind_of(duckdb.OutOfRangeException("Overflow in addition of INT64 (9223372036854775807 + 1)!"))
    'no such number'
    >>> kind_of(duckdb.BinderException("a secret"))
    'BinderException'
    """
    text = str(error)
    if isinstance(error, duckdb.InterruptException):
        return STOPPED
    if isinstance(error, duckdb.OutOfMemoryException | MemoryError):
        return DISK if _FULL.search(text) else MEMORY
    if isinstance(error, duckdb.InvalidInputException):
        return next((ours for ours in SAYS if text.endswith(f"{MARK}{ours}")), type(error).__name__)
    if isinstance(error, duckdb.OutOfRangeException) or _too_large(error, text):
        return NO_SUCH_DAY if _DAYS.search(text) else NO_SUCH_NUMBER
    if isinstance(error, duckdb.ConversionException):  # it quotes a text, which may hold any word
        return type(error).__name__
    if isinstance(error, duckdb.IOException) and _FULL.search(text):
        return DISK
    if _DAMAGED.search(text):
        return DAMAGED
    return FILES if isinstance(error, duckdb.IOException | OSError) else type(error).__name__


def _too_large(error: Exception, text: str) -> bool:
    """Whether a number did not fit; the text begins with the type, before any value that it may quote."""
    number = (
        r"Conversion Error: Type (?:U?INT\d+|DOUBLE|FLOAT) with value \S+ can't be cast because the value is out of"
    )
    return isinstance(error, duckdb.ConversionException) and re.match(number, text) is not None


def explained(kind: str, step: str, *, memory: str, spill: str) -> EngineError:
    """The error to raise: what happened in which step, and what to do. memory, spill: what the run was given.

    >>> print(explained("memory", "lookback", memory="1GB", spill="20GB"))
    The step `lookback` needs more memory than the 1GB of this run. Give the run more, or make the study smaller.
    """
    if kind in SAYS:
        return EngineError(f"{SAYS[kind]} It happened in the step `{step}`.")
    texts = {
        STOPPED: "was interrupted. Run the study again.",
        MEMORY: f"needs more memory than the {memory} of this run. Give the run more, or make the study smaller.",
        DISK: (
            f"filled the room for temporary files: {spill} at most, or all that the disk had left. "
            "Give the run more memory or more room on the disk, or make the study smaller."
        ),
        FILES: "could not read or write a file. Check the disk, and the rights to the vault and the temporary folder.",
        DAMAGED: (
            "met a damaged registry file. Compare the files with the SHA-256 sums of their manifests, "
            "and restore the damaged one from a backup or load the registry again."
        ),
    }
    fault = (
        f"failed ({kind}). The fault lies in the engine and not in the study: please report it with the study. "
        "The database's own words are withheld, because they may quote a value."
    )
    return EngineError(f"The step `{step}` {texts.get(kind, fault)}")
