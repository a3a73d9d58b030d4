"""Python habits that do not work on a question, caught with a word on what to write instead.

Type checkers see none of this, so that for them `column.misspelt` and `date & date` stay the mistakes that they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helseanalyse.catalogue.nearest import nearest
from helseanalyse.study.language.trouble import fail, is_broken
from helseanalyse.study.naming import code_of
from helseanalyse.study.node import Node

MOST_NAMES = 12  # in a message that lists what there is


def names_near(name: str, known: list[str]) -> str:
    """The names most like one, or where none is near all of them, as the end of a message.

    >>> names_near("admited_on", ["admitted_on", "sector"])
    'admitted_on'
    """
    near = nearest(name, known)
    if near:
        return ", ".join(near)
    return ", ".join(known[:MOST_NAMES]) + (", ..." if len(known) > MOST_NAMES else "")


def public_names(kind: type) -> list[str]:
    """The properties and methods of a class that a study may use: its columns first."""
    names = [name for name in dir(kind) if not name.startswith("_") and name != "node"]
    columns = [name for name in names if isinstance(getattr(kind, name, None), property)]
    return columns + [name for name in names if name not in columns]


if TYPE_CHECKING:

    class Habits:
        """Nothing, for type checkers."""

        __slots__ = ()

else:

    def _refuse_arithmetic(sign: str) -> Any:
        def refused(self: Any, other: object) -> Any:
            if is_broken(other):
                return other
            other_node = getattr(other, "node", None)
            right = code_of(other_node) if isinstance(other_node, Node) else f"`{other!r}`"
            right_type = getattr(other_node, "type", type(other).__name__)
            own_type = getattr(self.node, "type", "rows")
            return fail(
                "S010", sign=sign, left=code_of(self.node), right=right, left_type=own_type, right_type=right_type
            )

        return refused

    def _refuse_logic(sign: str) -> Any:
        def refused(self: Any, other: object = None) -> Any:
            if is_broken(other):
                return other
            return fail("S003", sign=sign, name=code_of(self.node), type=getattr(self.node, "type", "rows"))

        return refused

    class Habits:
        """Catches `and`, `in`, `len()`, loops, misspelt names and operators that do not fit."""

        __slots__ = ()

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_") or name == "node":
                raise AttributeError(name)
            return fail(
                "S007", owner=code_of(self.node), name=f"`{name}`", nearest=names_near(name, public_names(type(self)))
            )

        def __bool__(self) -> bool:
            return bool(fail("S001", name=code_of(self.node)))

        def __len__(self) -> int:
            return len(fail("S004", name=code_of(self.node)))

        def __contains__(self, item: object) -> bool:
            return bool(fail("S005", name=code_of(self.node)))

        def __iter__(self) -> Any:
            return iter(fail("S006", name=code_of(self.node)))

        def __getitem__(self, key: object) -> Any:
            return fail("S006", name=code_of(self.node))

        __and__ = __rand__ = _refuse_logic("&")
        __or__ = __ror__ = _refuse_logic("|")
        __invert__ = _refuse_logic("~")
        __add__ = __radd__ = _refuse_arithmetic("+")
        __sub__ = __rsub__ = _refuse_arithmetic("-")
        __mul__ = __rmul__ = _refuse_arithmetic("*")
        __truediv__ = __rtruediv__ = _refuse_arithmetic("/")
        __floordiv__ = __rfloordiv__ = _refuse_arithmetic("//")
        __mod__ = __rmod__ = _refuse_arithmetic("%")
        __pow__ = __rpow__ = _refuse_arithmetic("**")
        __hash__ = None

        def __neg__(self) -> Any:
            return fail("S030", what="The value after `-`", wanted_type="int or float", name=code_of(self.node),
                        type=getattr(self.node, "type", "rows"))  # fmt: skip
