"""When two engines have said the same: exactly, but for the last digits of floats."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np

from helseanalyse.study.answer import RawAnswer, RawResult

Results = tuple[RawResult, ...]
TOLERANCE = 1e-9  # of floats, relative; whole numbers, dates, texts and truth values are the same or not


def same_value(left: Any, right: Any) -> bool:
    """Whether two values of a series are the same, types included."""
    if isinstance(left, float) and isinstance(right, float):
        return abs(left - right) <= TOLERANCE * max(1.0, abs(left))
    return type(left) is type(right) and bool(left == right)


def differences(left: RawAnswer | Results, right: RawAnswer | Results) -> list[str]:
    """Where two answers differ, as paths; timings of steps are no part of an answer."""
    if isinstance(left, RawAnswer) and isinstance(right, RawAnswer):
        return _differ(left.results, right.results, "results") + _differ(left.checks, right.checks, "checks")
    return _differ(left, right, "results")


# What grows with the number of persons; all else of an answer (levels, days, values) stays as it is.
COUNTS = frozenset(["persons", "missing", "days", "events", "count", "numerator", "denominator", "cases"])


def multiplied(value: Any, by: int, name: str = "") -> Any:
    """The answer (or a part of it) for everybody so many times over."""
    if isinstance(value, np.ndarray):
        return value * by if name in COUNTS else value
    if isinstance(value, tuple):
        return tuple(multiplied(part, by) for part in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: multiplied(getattr(value, f.name), by, f.name) for f in fields(value)})
    return value


def _differ(left: Any, right: Any, path: str) -> list[str]:
    if isinstance(left, np.ndarray) or isinstance(right, np.ndarray):
        left, right = np.asarray(left), np.asarray(right)
        if left.shape != right.shape or left.dtype != right.dtype:
            return [f"{path}: {left.dtype}{list(left.shape)} and {right.dtype}{list(right.shape)}"]
        return [] if (left == right).all() else [f"{path}: {left.tolist()} and {right.tolist()}"]
    if type(left) is not type(right):
        return [f"{path}: {type(left).__name__} and {type(right).__name__}"]
    if isinstance(left, tuple):
        if len(left) != len(right):
            return [f"{path}: {len(left)} and {len(right)} entries"]
        return [told for i, pair in enumerate(zip(left, right, strict=True)) for told in _differ(*pair, f"{path}[{i}]")]
    if is_dataclass(left):
        names = [field.name for field in fields(left)]
        return [told for name in names for told in _differ(getattr(left, name), getattr(right, name), f"{path}.{name}")]
    return [] if left == right else [f"{path}: {left!r} and {right!r}"]
