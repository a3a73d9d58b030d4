"""A code system: is a code valid, what are its children, what is it called, which did you mean."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from helseanalyse.catalogue.codes.model import CodeError, CodeLevel, Coverage, Entry, Group, Status
from helseanalyse.catalogue.model import Label
from helseanalyse.catalogue.nearest import nearest

Table = Mapping[str, tuple[Entry, ...]]

_DROPPED = re.compile(r"[\s.]+")
_RANGE = re.compile(r"\s*([^\s-]+)\s*[-–]\s*([^\s-]+)\s*\Z")
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class CodeSystem:
    """One code system, its list read when it is first needed.

    Normalised codes are upper case without dots and blanks, as they stand in a vault. A code that
    the list does not hold is still valid where its level's coverage lets it stand under a valid parent
    (`Status.FINER`): Norwegian vaults hold national extra digits of ICD-10, and substances that our
    ATC list leaves out. An official list that the installation imports makes the answer exact.
    """

    name: str
    title: Label
    version: str
    source: str
    levels: tuple[CodeLevel, ...]
    load: Callable[[], Table] = field(repr=False)
    load_groups: Callable[[], tuple[Group, ...]] = field(default=lambda: (), repr=False)
    range_levels: frozenset[str] | None = None  # None: every level of whole coverage
    examples: tuple[str, ...] = ()  # one code a level, for messages
    dropped: str = ""  # characters, besides dots and blanks, that do not count
    digits: int = 0  # a code of digits alone gets back the leading zeros that a spreadsheet took
    dot_after: int = 0  # where the dot stands when a person writes the code; 0 for never
    includes: tuple[str, ...] = ()  # systems whose codes also stand in columns of this one

    @cached_property
    def table(self) -> Table:
        """Every listed code with its entries, one or more where a code was used again."""
        return self.load()

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Named runs of codes: chapters and blocks."""
        return self.load_groups()

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Every listed code, sorted."""
        return tuple(sorted(self.table))

    def normalise(self, text: str) -> str:
        """The code as it stands in a vault: upper case, no dots or blanks.

        >>> from helseanalyse.catalogue.codes import system
        >>> system("ICD-10").normalise(" i21.9 "), system("municipality").normalise("301")
        ('I219', '0301')
        """
        code = _DROPPED.sub("", text).upper()
        for character in self.dropped:
            code = code.replace(character, "")
        return code.zfill(self.digits) if code.isascii() and code.isdigit() and len(code) > 2 else code

    def written(self, code: str) -> str:
        """The code as a person writes it: I21.9 for I219."""
        code = self.normalise(code)
        if self.dot_after and len(code) > self.dot_after:
            return f"{code[: self.dot_after]}.{code[self.dot_after :]}"
        return code

    def level(self, code: str) -> CodeLevel | None:
        """The level that the form of a code belongs to, or None where it fits no level."""
        code = self.normalise(code)
        for level in self.levels:
            if level.pattern.fullmatch(code):
                return level
        return None

    def status(self, code: str) -> Status:
        """Listed, finer than the list, unknown or malformed."""
        code = self.normalise(code)
        level = self.level(code)
        if level is None:
            return Status.MALFORMED
        if code in self.table:
            return Status.LISTED
        if level.coverage is Coverage.WHOLE or not level.parent or not self.valid(code[: level.parent]):
            return Status.UNKNOWN
        if level.coverage is Coverage.LEAVES and code[: level.parent] in self._divided:
            return Status.UNKNOWN
        return Status.FINER

    @cached_property
    def _divided(self) -> frozenset[str]:
        """The codes that the list itself divides, so that only its own parts of them are known."""
        return frozenset(parent for code in self.codes if (parent := self.parent(code)) is not None)

    def valid(self, code: str, on: date | None = None) -> bool:
        """Whether the code is listed, or finer than the list; with a day, whether it was valid then.

        >>> from datetime import date
        >>> from helseanalyse.catalogue.codes import system
        >>> system("municipality").valid("3001", date(2019, 12, 31))
        False
        """
        if self.status(code) not in (Status.LISTED, Status.FINER):
            return False
        return on is None or any(since <= on <= until for since, until in self.spans(code))

    def spans(self, code: str) -> tuple[tuple[date, date], ...]:
        """The first and last day of each time that the code was valid; open ends are date.min and date.max.

        Empty for a code that is not valid at all; a code finer than the list has its parent's.
        """
        code = self.normalise(code)
        while code not in self.table:
            level = self.level(code)
            if level is None or not level.parent:
                return ()
            code = code[: level.parent]
        return tuple((entry.since or date.min, entry.until or date.max) for entry in self.table[code])

    def parse(self, text: str, on: date | None = None) -> str:
        """The normalised code of what a person wrote.

        on: a day on which it must be valid. Raises CodeError, with the nearest codes, where the text
        is no code of the system, and with the code's years where it was not valid on the day.

        >>> from helseanalyse.catalogue.codes import system
        >>> system("ATC").parse("n02be0")
        Traceback (most recent call last):
        ...
        helseanalyse.catalogue.codes.model.CodeError: `N02BE0` is not an ATC code: it has the form of no
        level (anatomical group A, therapeutic group A10, pharmacological group A10B, chemical group A10BA,
        substance A10BA02). Did you mean N02BE or N02BE01 or N02B?
        """
        code = self.normalise(text)
        status = self.status(code)
        if status in (Status.UNKNOWN, Status.MALFORMED):
            why = "the list does not hold it"
            if status is Status.MALFORMED:
                why = f"it has the form of no level ({self._forms()})"
            near = [self.written(other) for other in self.nearest(code)]
            hint = f" Did you mean {' or '.join(near)}?" if near else f" The list is {self.version}."
            raise CodeError(f"`{text.strip()[:40].upper()}` is not {self._article}: {why}.{hint}")
        if on is not None and not self.valid(code, on):
            years = ", ".join(_years(*span) for span in self.spans(code))
            raise CodeError(f"`{self.written(code)}` was not valid on {on}; the {self.name} list has it {years}.")
        return code

    def parent(self, code: str) -> str | None:
        """The code one level up, or None at the top."""
        code = self.normalise(code)
        level = self.level(code)
        return code[: level.parent] if level is not None and level.parent else None

    def prefix(self, code: str) -> str:
        """The prefix that all codes below this one share, the code's own among them.

        That is the normalised code itself, once it is known to be a whole code of some level; so
        N02BE0, which begins many codes but is none, has no prefix. Raises CodeError as `parse` does.
        """
        return self.parse(code)

    def descendants(self, code: str) -> tuple[str, ...]:
        """Every listed code below a code, not itself, sorted."""
        start = self.prefix(code)
        low = bisect_right(self.codes, start)
        high = bisect_left(self.codes, start + chr(0x10FFFF))
        return tuple(found for found in self.codes[low:high] if self._below(found, start))

    def children(self, code: str) -> tuple[str, ...]:
        """The listed codes one level below a code, sorted."""
        start = self.prefix(code)
        return tuple(found for found in self.descendants(start) if self.parent(found) == start)

    def expand(self, text: str) -> tuple[str, ...]:
        """The listed codes of a range, both ends included, sorted; a single code gives itself.

        The ends are codes of one level: for ICD-10 categories of three characters. Raises CodeError
        where the ends have no such form, are turned round, or have nothing between them.

        >>> from helseanalyse.catalogue.codes import system
        >>> system("ICD-10").expand("E10-E14")
        ('E10', 'E11', 'E12', 'E13', 'E14')
        """
        match = _RANGE.match(text)
        if match is None:
            return (self.parse(text),)
        first, last = self.normalise(match[1]), self.normalise(match[2])
        level = self.level(first)
        if level is None or level != self.level(last) or not self._ranges(level):
            names = [level.label.en for level in self.levels if self._ranges(level)]
            raise CodeError(
                f"`{text.strip()}` is not a range of {self.name} codes: both ends must be of one level "
                f"({' or '.join(names)}). Write the codes one by one instead."
            )
        if last < first:
            raise CodeError(f"The range `{text.strip()}` runs backwards. Did you mean {last}-{first}?")
        low, high = bisect_left(self.codes, first), bisect_right(self.codes, last)
        found = tuple(code for code in self.codes[low:high] if self.level(code) == level)
        if not found:
            raise CodeError(f"The {self.name} list holds no code from {first} to {last}. Check both ends.")
        return found

    def label(self, code: str, language: str = "nb", on: date | None = None) -> str:
        """What the code is called: `nb` or `en`; the other language where only that is listed.

        A code finer than the list has the label of its nearest listed parent; a code that is not
        valid has none (""). on: the name at that day, where the code was used twice.
        """
        code = self.normalise(code)
        if not self.valid(code):
            labels = [group.label for group in self.groups if group.name == code]
            return "" if not labels else labels[0].nb if language == "nb" else labels[0].en
        while code not in self.table:
            code = self.parent(code) or ""
        entries = self.table[code]
        entry = next((entry for entry in entries if on is not None and entry.on(on)), entries[-1])
        return (entry.nb or entry.en) if language == "nb" else (entry.en or entry.nb)

    def nearest(self, text: str, most: int = 3) -> tuple[str, ...]:
        """The listed codes most like a text: one slip away, the part of it that is a code, or alike.

        >>> from helseanalyse.catalogue.codes import system
        >>> system("ICD-10").nearest("I2I9")
        ('I209', 'I219', 'I229')
        """
        code = self.normalise(text)[:20]
        turned, others = _slips(code)
        found = [code] if code in self.table else []
        found += [short for end in range(len(code) - 1, 0, -1) if (short := code[:end]) in self.table][:1]
        found += sorted(slip for slip in turned if slip in self.table)
        slips = {slip for slip in others if slip in self.table}
        found += sorted(slips, key=lambda slip: (-_shared(slip, code), slip))
        found = list(dict.fromkeys(found))
        if len(found) < most and code:
            alike = [known for known in self.codes if known[:1] == code[:1] and abs(len(known) - len(code)) < 3]
            found += nearest(code, alike, most=most, least=0.6)
        return tuple(dict.fromkeys(found))[:most]

    def _ranges(self, level: CodeLevel) -> bool:
        return level.name in self.range_levels if self.range_levels is not None else level.coverage is Coverage.WHOLE

    def _below(self, found: str, start: str) -> bool:
        parent = self.parent(found)
        while parent is not None and len(parent) > len(start):
            parent = self.parent(parent)
        return parent == start

    def _forms(self) -> str:
        pairs = zip(self.levels, self.examples, strict=True)
        return ", ".join(f"{level.label.en} {example}" for level, example in pairs)

    @property
    def _article(self) -> str:
        return f"{'an' if self.name[0] in 'AIE' else 'a'} {self.name} code"


def _shared(left: str, right: str) -> int:
    """How many characters two codes share from their beginning."""
    pairs = zip(left, right, strict=False)
    return next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(left), len(right)))


def _years(since: date, until: date) -> str:
    first = "" if since == date.min else f"from {since}"
    last = "" if until == date.max else f"until {until}"
    return f"{first} {last}".strip() or "always"


def _slips(code: str) -> tuple[set[str], set[str]]:
    """The texts one slip of the keyboard away: two signs turned round; and one wrong, missing or too many."""
    parts = [(code[:at], code[at:]) for at in range(len(code) + 1)]
    turned = {before + after[1] + after[0] + after[2:] for before, after in parts if len(after) > 1}
    left_out = {before + after[1:] for before, after in parts if after}
    changed = {before + sign + after[1:] for before, after in parts if after for sign in _LETTERS}
    added = {before + sign + after for before, after in parts for sign in _LETTERS}
    return turned - {code}, left_out | changed | added
