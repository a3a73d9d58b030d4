"""A study from a file: a Python file that defines `study`, or a specification as JSON.

The Python runs here, on the researcher's own machine. What goes on from here is the specification.
"""

from __future__ import annotations

import runpy
import sys
import traceback
from datetime import UTC, date, datetime
from pathlib import Path

from helseanalyse.permit import Permit, PermitError
from helseanalyse.permit.permit import read
from helseanalyse.study.codec import load
from helseanalyse.study.errors import StudyError
from helseanalyse.study.language.whole import specification_of
from helseanalyse.study.specification import Specification


class StudyFileError(Exception):
    """A file that holds no study: why, and what to do."""


def study_from(path: Path) -> Specification:
    """The specification that a file holds or builds.

    Raises StudyFileError or StudyError, with the line of the study.
    """
    if not path.is_file():
        raise StudyFileError(
            f"There is no file {path}. Give a study.py, or a study.json that `run` or `check --save` wrote."
        )
    return load(path.read_bytes()) if path.suffix == ".json" else _built_by(path)


def permit_from(path: Path | None) -> Permit | None:
    """The permit of a file, or None; PermitError where it cannot be read."""
    if path is None:
        return None
    try:
        return read(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PermitError(f"The permit {path} cannot be read: {error.strerror}. Give the file as issued.") from None
    except UnicodeDecodeError:
        raise PermitError(f"The permit {path} is not text. Give the file as it was issued.") from None


def today() -> date:
    """The day that a permit is held against."""
    return datetime.now(UTC).date()


def _built_by(path: Path) -> Specification:
    sys.path.insert(0, str(path.resolve().parent))  # a study may keep its code lists beside it
    try:
        return specification_of(lambda: _study_of(path))
    except (StudyError, StudyFileError):
        raise
    except SyntaxError as error:
        raise StudyFileError(f"{path}, line {error.lineno}: this is not Python: {error.msg}.") from None
    except Exception as error:
        if type(error).__module__.startswith("helseanalyse."):
            raise
        # The file is its author's own program: whatever else it raises is shown as its own error.
        raise StudyFileError(f"{path}, line {_line(path, error)}: {type(error).__name__}: {error}") from None
    finally:
        sys.path.pop(0)


def _study_of(path: Path) -> object:
    study = runpy.run_path(str(path), run_name="__study__").get("study")
    if study is None or not hasattr(study, "specification"):
        raise StudyFileError(f"{path} defines no `study`. Begin it with: study = Study(title, start=..., end=...)")
    return study


def _line(path: Path, error: Exception) -> int | str:
    """The line of the study file where an error came up."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename) == path]
    return lines[-1] if lines and lines[-1] is not None else "?"
