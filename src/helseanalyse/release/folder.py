"""A folder that appears whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

MARK = "results.json"  # what makes a folder recognisable as an earlier bundle


class OutputError(Exception):
    """The answer cannot be written where it was asked to be."""


def check_place(out: Path) -> None:
    """Raises OutputError before any work where `out` holds something else than an earlier answer."""
    if out.is_file():
        raise OutputError(f"{out} is a file. Give --out a folder, or the name of one to make.")
    if out.is_dir() and any(out.iterdir()) and not (out / MARK).is_file():
        raise OutputError(f"The folder {out} holds something else than an answer. Give --out a new or empty folder.")


def replace_folder(out: Path, content: Mapping[str, bytes]) -> None:
    """Writes every file beside `out` and then renames: an interrupt leaves the old folder, or none."""
    check_place(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        for name, body in content.items():
            path = work / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
        work.chmod(0o755)
        if out.exists():
            old = work.with_name(work.name + "-old")
            out.rename(old)
            work.rename(out)
            shutil.rmtree(old)
        else:
            work.rename(out)
    except OSError as error:
        raise OutputError(
            f"The answer could not be written to {out} ({error.strerror}). Free space or choose another folder."
        ) from None
    finally:
        shutil.rmtree(work, ignore_errors=True)
