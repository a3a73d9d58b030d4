"""Code lists of one system: `icd10("I50", "I11.0")`, ranges, unions and differences, checked against the system."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

from helseanalyse.catalogue.codes import CodeError, CodeSystem, Status, system
from helseanalyse.study.language.build import text_from
from helseanalyse.study.language.trouble import BROKEN, fail, is_broken
from helseanalyse.study.types import CodeList

MOST_NEAR = 3


@dataclass(frozen=True, slots=True, eq=False)
class Codes:
    """A list of codes of one system. Join with `|`, take away with `-`, name with `.named("heart failure")`.

    Whether children count is said where the list is used: `column.within(codes)` or `column.exactly(codes)`.
    """

    list: CodeList

    def __or__(self, other: Codes) -> Codes:
        if not self._joins(other):
            return cast("Codes", BROKEN)
        return self._with({*self.list.codes, *other.list.codes}, _joined(self.list.name, other.list.name))

    def __and__(self, other: Codes) -> Codes:
        if not self._joins(other):
            return cast("Codes", BROKEN)
        return self._with({*self.list.codes} & {*other.list.codes}, "")

    def __sub__(self, other: Codes) -> Codes:
        """The codes of this list that are neither in the other nor below one that is.

        Where the other names only some children of a code, the code gives way to its other children.
        """
        if not self._joins(other):
            return cast("Codes", BROKEN)
        known = system(self.list.system)
        kept: set[str] = set()
        waiting = list(self.list.codes)
        while waiting:
            code = waiting.pop()
            if any(code.startswith(gone) for gone in other.list.codes):
                continue
            if any(gone.startswith(code) for gone in other.list.codes):
                waiting.extend(known.children(code))
            else:
                kept.add(code)
        return self._with(kept, self.list.name)

    def named(self, name: str) -> Codes:
        """The same list under a name, which the report uses."""
        return Codes(replace(self.list, name=text_from(name)))

    @property
    def codes(self) -> tuple[str, ...]:
        """The normalised codes, sorted."""
        return self.list.codes

    def __len__(self) -> int:
        return len(self.list.codes)

    def __contains__(self, code: str) -> bool:
        return system(self.list.system).normalise(code) in self.list.codes

    def __repr__(self) -> str:
        name = f" {self.list.name!r}" if self.list.name else ""
        return f"<{len(self)} codes of {self.list.system}{name}>"

    def _with(self, codes: Iterable[str], name: str) -> Codes:
        return Codes(replace(self.list, codes=tuple(sorted(codes)), name=name))

    def _joins(self, other: object) -> bool:
        if is_broken(other):
            return False
        if not isinstance(other, Codes):
            fail("S012", what="What a code list is joined with", wanted="another code list", got=repr(other))
            return False
        if other.list.system != self.list.system:
            fail("S027", left=f"`{_short(self)}`", right=f"`{_short(other)}`", left_system=self.list.system,
                 right_system=other.list.system)  # fmt: skip
            return False
        return True


def _short(codes: Codes) -> str:
    return codes.list.name or ", ".join(codes.codes[:3])


def _joined(left: str, right: str) -> str:
    return left if left == right else " or ".join(name for name in (left, right) if name)


def codes(of: str, *texts: str, name: str = "") -> Codes:
    """A list of codes of a system of the catalogue.

    of: the name of the system. texts: codes as people write them ("I11.0"), ranges ("E10-E14"), or every listed
    code below one ("I21*"). An unknown code is told with the nearest ones.

    >>> codes("ICD-10", "i21.9", "E10-E12").codes
    ('E10', 'E11', 'E12', 'I219')
    """
    try:
        known = system(of)
    except (CodeError, KeyError):
        from helseanalyse.catalogue.codes import SYSTEM_NAMES

        return cast("Codes", fail("S024", name=f"`{of}`", nearest=", ".join(SYSTEM_NAMES)))
    found: set[str] = set()
    broken = False
    for text in _flat(texts):
        some = _codes_of(known, text)
        broken = broken or is_broken(some)
        found.update(() if is_broken(some) else some)
    if broken:
        return cast("Codes", BROKEN)
    if not found:
        return cast("Codes", fail("S026", name=f"`{of}`"))
    return Codes(CodeList(known.name, tuple(sorted(found)), known.version, known.source, text_from(name)))


def _flat(texts: Iterable[object]) -> Iterable[str]:
    """Texts one by one; a list of texts counts as its texts, and a text may hold several, split by commas."""
    for text in texts:
        if isinstance(text, str):
            yield from (part for part in (piece.strip() for piece in text.split(",")) if part)
        elif isinstance(text, Iterable):
            yield from _flat(text)
        else:
            fail("S012", what="A code", wanted='a text, such as "I21"', got=repr(text))


def _codes_of(known: CodeSystem, text: str) -> Iterable[str]:
    if text.endswith("*"):
        code = known.normalise(text[:-1])
        if known.status(code) not in (Status.LISTED, Status.FINER):
            return _unknown(known, text[:-1])
        return (code, *known.descendants(code))
    if "-" in text or "–" in text:
        try:
            return known.expand(text)
        except CodeError:
            first, _, last = text.replace("–", "-").partition("-")
            if known.normalise(last) < known.normalise(first):
                return cast("Iterable[str]", fail("S023", low=first.strip(), high=last.strip()))
            for end in (first, last):
                if known.status(end) not in (Status.LISTED, Status.FINER):
                    return _unknown(known, end)
            return _unknown(known, text)
    code = known.normalise(text)
    return (code,) if known.status(code) in (Status.LISTED, Status.FINER) else _unknown(known, text)


def _unknown(known: CodeSystem, text: str) -> Iterable[str]:
    near = [known.written(code) for code in known.nearest(text, MOST_NEAR)]
    told = fail("S022", code=f"`{text.strip()[:40]}`", system=known.name, nearest=", ".join(near) or known.version)
    return cast("Iterable[str]", told)


icd10 = partial(codes, "ICD-10")
icpc2 = partial(codes, "ICPC-2")
atc = partial(codes, "ATC")
ncsp = partial(codes, "NCSP")
ncmp = partial(codes, "NCMP")
municipality = partial(codes, "municipality")
