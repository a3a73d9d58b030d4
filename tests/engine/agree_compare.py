"""When two engines have said the same: exactly, but for the last digits of floats."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from helseanalyse.study.answer import RawAnswer

TOLERANCE = 1e-9  # of floats, relative; whole numbers, dates, texts and truth values are the same or not


def same_value(left: Any, right: Any) -> bool:
    """Whether two values of a series are the same, types included."""
    if isinstance(left, float) and isinstance(right, float):
        return abs(left - right) <= TOLERANCE * max(1.0, abs(left))
    return type(left) is type(right) and bool(left == right)


def differences(left: RawAnswer, right: RawAnswer) -> list[str]:
    """Where two answers differ, as paths; timings of steps are no part of an answer."""
    return _differ(left.results, right.results, "results") + _differ(left.checks, right.checks, "checks")


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
