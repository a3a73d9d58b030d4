"""A study from a file: a Python file that defines `study`, or a specification as JSON.

The Python runs here, on the researcher's own machine. What goes on from here is the specification.
"""

from __future__ import annotations

import runpy
import sys
import traceback
from pathlib import Path

from helseanalyse.study.codec import load
from helseanalyse.study.errors import StudyError
from helseanalyse.study.specification import Specification

LARGEST = 1 << 20  # bytes of a specification, as in study.codec


def study_from(path: Path) -> Specification:
    """The specification that a file holds or builds. StudyError says what is wrong, with the line of the study."""
    if not path.is_file():
        raise StudyError(f"There is no file {path}. Give a study.py, or a study.json that `run` or `check --save` wrote.")
    if path.suffix == ".json":
        if path.stat().st_size > LARGEST:
            raise StudyError(f"{path} is larger than {LARGEST // 1024} KiB, which no study needs. Is it the right file?")
        try:
            return load(path.read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            raise StudyError(f"{path} is not UTF-8 text. Use the file as it was written.") from None
    return _built_by(path)


def _built_by(path: Path) -> Specification:
    sys.path.insert(0, str(path.resolve().parent))  # a study may keep its code lists beside it
    try:
        names = runpy.run_path(str(path), run_name="__study__")
        study = names.get("study")
        if study is None or not hasattr(study, "specification"):
            raise StudyError(f"{path} defines no `study`. Begin it with: study = Study(title, start=..., end=...)")
        found = study.specification()
    except StudyError:
        raise
    except SyntaxError as error:
        raise StudyError(f"{path}, line {error.lineno}: this is not Python: {error.msg}.") from None
    except Exception as error:  # noqa: BLE001 - the file is somebody's own program: whatever it raises is shown as its error
        raise StudyError(f"{path}, line {_line(path, error)}: {type(error).__name__}: {error}") from None
    finally:
        sys.path.pop(0)
    if not isinstance(found, Specification):
        raise StudyError(f"{path}: `study` must be a Study of helseanalyse.")
    return found


def _line(path: Path, error: Exception) -> int | str:
    """The line of the study file where an error came up."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename) == path]
    return lines[-1] if lines and lines[-1] is not None else "?"
