"""How the language says that something is wrong: at once, or all together, with the study's own file and line.

By itself the language raises `StudyError` at the first mistake. Inside `collecting()` it writes the mistake down and
goes on with `BROKEN`, a value that takes part in anything without a further word, so that `helseanalyse check` can
show every mistake of a study file at once.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import FrameType
from typing import Any, TypeVar

from helseanalyse.study.errors import StudyError
from helseanalyse.study.problem import Problem

Wanted = TypeVar("Wanted")

_collected: ContextVar[list[Problem] | None] = ContextVar("collected", default=None)


class Broken:
    """What stands where a mistake was: whatever is done with it is broken too, and nothing more is said."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_: object, **__: object) -> Any:
        return self

    def _same(self, *_: object) -> Any:
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _same
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = __rpow__ = __neg__ = __invert__ = _same
    __and__ = __rand__ = __or__ = __ror__ = __lt__ = __le__ = __gt__ = __ge__ = __getitem__ = _same
    __eq__ = __ne__ = _same

    def __hash__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return True

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __contains__(self, item: object) -> bool:
        return False

    def __repr__(self) -> str:
        return "<a mistake>"


BROKEN: Any = Broken()


def is_broken(*values: object) -> bool:
    """Whether any of the values comes from a mistake that has been told already."""
    return any(isinstance(value, Broken) for value in values)


def study_place() -> str:
    """The file and line of the study that is being built: the nearest caller outside the platform.

    >>> study_place().startswith("<doctest")
    True
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and str(frame.f_globals.get("__name__", "")).startswith("helseanalyse."):
        if frame.f_code.co_filename.startswith("<doctest"):
            break
        frame = frame.f_back
    if frame is None:
        return ""
    name = frame.f_code.co_filename.replace("\\", "/").rsplit("/", 1)[-1]
    return f"{name}:{frame.f_lineno}"


def tell(problems: Iterable[Problem]) -> Any:
    """Raise the problems, or collect them and return BROKEN; each gets the study's place where it has none."""
    here = study_place()
    placed = [
        each if each.place else Problem(id=each.id, words=each.words, place=here, path=each.path) for each in problems
    ]
    collected = _collected.get()
    if collected is None:
        raise StudyError(placed)
    # One habit on a line is told once: what Python makes of the answer, and we of that, says nothing new.
    told = {each.place for each in collected if each.id in ("S001", "S004", "S005")}
    collected.extend(each for each in placed if each.place not in told)
    return BROKEN


def fail(identifier: str, **words: object) -> Any:
    """Tell one problem."""
    filled = tuple((name, str(word)) for name, word in words.items())
    return tell([Problem(id=identifier, words=filled)])


@contextmanager
def collecting() -> Iterator[list[Problem]]:
    """Collect mistakes instead of raising at the first.

    >>> with collecting() as problems:
    ...     _ = fail("S004", name="lmr")
    ...     _ = fail("S004", name="npr")
    >>> [each.id for each in problems]
    ['S004', 'S004']
    """
    problems: list[Problem] = []
    token = _collected.set(problems)
    try:
        yield problems
    finally:
        _collected.reset(token)
