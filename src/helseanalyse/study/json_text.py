"""From the text of a specification to plain JSON values: size, encoding, nesting and numbers looked at first."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from helseanalyse.study.errors import SpecificationError
from helseanalyse.study.problem import Problem, problem

MOST_BYTES = 1024 * 1024
DEEPEST_JSON = 16  # the wire form is flat: a made-up row is the deepest, at 8
MOST_DIGITS = 19  # of a whole number of 64 bits

_MARKS = re.compile(r'["\\{}\[\]]')
_REFUSED: Any = object()


def parse(text: str | bytes) -> dict[str, Any]:
    """The JSON object of a text, with duplicate keys, floats, NaN and excess size or depth refused.

    >>> parse('{"title": "A", "title": "B"}')
    Traceback (most recent call last):
    ...
    helseanalyse.study.errors.SpecificationError: S103 The key "title" stands twice in one object. Keep one of them.
    """
    if isinstance(text, str):
        text = text.encode("utf-8", "surrogatepass")
    if len(text) > MOST_BYTES:
        _stop("S100", size=f"{len(text) / 1024 / 1024:.1f} MiB", most="1 MiB")
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError as error:
        _stop("S101", at=str(error.start))
    if _depth(decoded) > DEEPEST_JSON:
        _stop("S102", most=str(DEEPEST_JSON))
    content = _Strict().loads(decoded)
    if not isinstance(content, dict):
        _stop("S109", what="A specification", wanted="an object", got=kind_of(content))
    return content


class _Strict:
    """`json.loads` without what JSON in the wild allows: keys that stand twice, numbers that cannot be kept."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def loads(self, text: str) -> Any:
        try:
            content = json.loads(
                text,
                object_pairs_hook=self._object,
                parse_float=self._refuse,
                parse_constant=self._refuse,
                parse_int=self._whole,
            )
        except json.JSONDecodeError as error:
            _stop("S105", line=str(error.lineno), column=str(error.colno), why=error.msg)
        if self.problems:
            raise SpecificationError(self.problems)
        return content

    def _object(self, items: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in items:
            if key in found:
                self.problems.append(problem("S103", name=shown(key)))
            found[key] = value
        return found

    def _refuse(self, number: str) -> Any:
        self.problems.append(problem("S104", number=number[:40]))
        return _REFUSED

    def _whole(self, number: str) -> Any:
        return int(number) if len(number.lstrip("-")) <= MOST_DIGITS else self._refuse(number)


def _stop(identifier: str, **words: str) -> NoReturn:
    raise SpecificationError([problem(identifier, path="/", **words)])


def _depth(text: str) -> int:
    """How deep objects and lists are nested, brackets inside texts left out."""
    depth = deepest = 0
    inside = False
    skip = -1
    for mark in _MARKS.finditer(text):
        sign, at = mark[0], mark.start()
        if at == skip:
            continue
        if sign == "\\":
            skip = at + 1  # whatever is escaped is no mark
        elif sign == '"':
            inside = not inside
        elif not inside:
            depth += 1 if sign in "{[" else -1
            deepest = max(deepest, depth)
    return deepest


def shown(value: object) -> str:
    """A value of the text for a message, cut to a readable length."""
    text = json.dumps(value, ensure_ascii=True) if isinstance(value, str | int | bool | None) else kind_of(value)
    return text if len(text) <= 60 else text[:57] + "..."


def kind_of(value: object) -> str:
    """What kind of JSON value it is, in words."""
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", int: "a number"}
    return "nothing" if value is None else names.get(type(value), "something else")
