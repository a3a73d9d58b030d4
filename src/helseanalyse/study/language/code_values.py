"""Columns of codes: `npr.main_diagnosis.within(hf)` with children, `.exactly(hf)` without."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from helseanalyse.study import nodes
from helseanalyse.study.language.build import make, text_from
from helseanalyse.study.language.code_lists import Codes
from helseanalyse.study.language.trouble import BROKEN, fail, is_broken
from helseanalyse.study.language.values import Category, Truth, Value
from helseanalyse.study.naming import code_of


class _InLists(Value):
    """What one code and several codes have in common."""

    __slots__ = ()

    def within(self, codes: Codes) -> Truth:
        """Whether the code, or one of the codes, is in the list or below a code of the list."""
        return self._in(codes, "with_children", "within")

    def exactly(self, codes: Codes) -> Truth:
        """Whether the code, or one of the codes, is itself in the list."""
        return self._in(codes, "exact", "exactly")

    def _in(self, codes: Codes, match: str, method: str) -> Truth:
        if is_broken(codes):
            return cast("Truth", BROKEN)
        given: object = codes
        if not isinstance(given, Codes):
            wanted = 'a code list, such as icd10("I21")'
            return cast("Truth", fail("S012", what=f"What `.{method}()` looks in", wanted=wanted, got=repr(codes)))
        return make(Truth, nodes.InCodes, self.node, codes.list, match)

    def is_in(self, values: Any) -> Truth:
        """Codes are in lists: `.within(codes)` or `.exactly(codes)`; of another column: `.is_in(column)`."""
        if isinstance(values, Value) or is_broken(values):
            return super().is_in(values)
        return cast("Truth", fail("S021", name=code_of(self.node)))


class Code(_InLists):
    """One code of a code system."""

    __slots__ = ()

    def to_category(self, lists: Mapping[str, Codes]) -> Category:
        """The name of the list that holds the code, by the longest prefix; unknown where none does."""
        given: object = lists
        if not isinstance(given, Mapping) or not all(
            isinstance(each, Codes) or is_broken(each) for each in given.values()
        ):
            wanted = 'a dictionary of code lists, such as {"insulin": atc("A10A")}'
            return cast("Category", fail("S012", what="to_category()", wanted=wanted, got=repr(given)))
        if is_broken(*lists.values()):
            return cast("Category", BROKEN)
        names = tuple(text_from(name) for name in lists)
        return make(Category, nodes.Categorise, self.node, names, tuple(codes.list for codes in lists.values()))


class CodeSet(_InLists):
    """All the codes of a row, such as every diagnosis of an episode; a row without any is in no list."""

    __slots__ = ()
