"""A study file as a whole: run it, and say every mistake of it at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from helseanalyse.study.errors import StudyError
from helseanalyse.study.language.trouble import collecting
from helseanalyse.study.specification import Specification


def specification_of(build: Callable[[], Any]) -> Specification:
    """The specification of the study that `build` makes and returns, such as one that runs a study file.

    Raises StudyError with every mistake that was made on the way, each with its line. What the file raises by itself
    goes on, unless a mistake told before is the likely cause.

    >>> from helseanalyse.study.language import Study, icd10
    >>> def build():
    ...     study = Study("A study", start="2020-01-01", end="2020-13-31")
    ...     heart = icd10("I5O")
    ...     return study
    >>> specification_of(build)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    helseanalyse.study.errors.StudyError: S011 ...: '2020-13-31' is not a date. Write it as year-month-day, ...
    S022 ...: There is no code `I5O` in ICD-10. Nearest: ...
    """
    study: Any = None
    with collecting() as problems:
        try:
            study = build()
        except Exception:
            if not problems:
                raise
    if problems:
        raise StudyError(problems)
    found = study.specification()
    if not isinstance(found, Specification):
        raise StudyError("What was built is no study. Begin it with: study = Study(title, start=..., end=...)")
    return found
