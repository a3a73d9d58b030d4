"""The two languages of a report: fixed words, the names of what a study made, and how numbers are written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from helseanalyse.report.bokmal import WORDS as BOKMAL
from helseanalyse.report.clean import clean
from helseanalyse.report.english import WORDS as ENGLISH
from helseanalyse.report.frame import Group
from helseanalyse.report.numbers import Numbers
from helseanalyse.report.palette import Palette
from helseanalyse.study.answer import Heading
from helseanalyse.study.specification import Specification

_TABLES: Final[Mapping[str, Mapping[str, str]]] = {"en": ENGLISH, "nb": BOKMAL}
_RESIDENT: Final = re.compile(r"Everyone resident between (\d{4}-\d\d-\d\d) and (\d{4}-\d\d-\d\d)")
_AND_OVER: Final = re.compile(r"(\d+) and over")
_UNDER: Final = re.compile(r"under (\d+)")
_BAND: Final = re.compile(r"(\d+)-(\d+)")


class LanguageError(Exception):
    """A language that no report is written in."""


@dataclass(frozen=True, slots=True)
class Language:
    """The words of one language. `say` fills them in; an unknown word is a mistake of ours and raises KeyError."""

    code: str
    words: Mapping[str, str]
    numbers: Numbers

    def say(self, word: str, **values: object) -> str:
        """The text of that name, with its places filled."""
        return self.words[word].format(**values) if values else self.words[word]

    def knows(self, word: str) -> bool:
        """Whether there is a text of that name."""
        return word in self.words

    def count(self, number: float, word: str) -> str:
        """A number with its noun in the right form: words `persons.one` and `persons.many`."""
        return f"{self.numbers.whole(number)} {self.say(f'{word}.one' if number == 1 else f'{word}.many')}"

    def listed(self, parts: list[str]) -> str:
        """a, b and c."""
        if len(parts) < 2:
            return "".join(parts)
        return f"{', '.join(parts[:-1])} {self.say('and')} {parts[-1]}"


def language(code: str) -> Language:
    """The language "en" or "nb".

    >>> language("nb").numbers.fixed(0.69, 2)
    '0,69'
    """
    if code not in _TABLES:
        raise LanguageError(f"A report can be written in {' or '.join(sorted(_TABLES))}, not in {clean(code)!r}.")
    words = _TABLES[code]
    months = tuple(words["months"].split())
    return Language(code, words, Numbers(words["point"], months, words["date"], words["to"]))


@dataclass(frozen=True)
class Writer:
    """How one report names, writes and colours things: the same in its text, its tables and its pictures."""

    language: Language
    labels: Mapping[str, str] = field(default_factory=dict)
    palette: Palette = field(default_factory=Palette)

    def say(self, word: str, **values: object) -> str:
        """A fixed text."""
        return self.language.say(word, **values)

    @property
    def numbers(self) -> Numbers:
        """How numbers are written."""
        return self.language.numbers

    def dimension(self, name: str) -> str:
        """What a variable is called, for people."""
        known = f"dimension.{name}"  # the platform's own, in the report's language
        if self.language.knows(known):
            return self.say(known)
        return self.labels.get(name, sentence_case(clean(name)))

    def level(self, level: str) -> str:
        """A level as people read it: age bands with a dash, the platform's own words in the report's language."""
        if self.language.knows(f"level.{level}"):
            return self.say(f"level.{level}")
        if found := _AND_OVER.fullmatch(level):
            return self.say("and over", age=found[1])
        if found := _UNDER.fullmatch(level):
            return self.say("under", age=found[1])
        if found := _BAND.fullmatch(level):
            return f"{found[1]}–{found[2]}"
        return clean(level)

    def step(self, name: str) -> str:
        """A step of the flow: the engine's own first steps in the report's language, a study's in its own words."""
        if found := _RESIDENT.fullmatch(name):
            first, last = (self.numbers.day(date.fromisoformat(day)) for day in found.groups())
            return self.say("step.resident", first=first, last=last)
        known = {"Everyone in the register": "step.register", "With an index date in the study period": "step.index"}
        return self.say(known[name]) if name in known else clean(name)

    def group(self, group: Group) -> str:
        """A group by its levels, or "everyone"."""
        return ", ".join(self.level(level) for _, level in group) or self.say("everyone")

    def column(self, heading: Heading) -> str:
        """The name of a measure's column."""
        name = heading.name
        if name == "ratio":  # a share of persons, a rate ratio, or a number per person: told apart by the unit
            name = {"%": "percent", "": "rate_ratio"}.get(heading.unit, name)
        known = f"column.{name}"
        return self.say(known) if self.language.knows(known) else clean(heading.label)

    def unit(self, unit: str) -> str:
        """A unit in the report's language."""
        if found := re.fullmatch(r"per ([\d ]+) person-years", unit):
            return self.say("per person-years", per=self.numbers.whole(int(found[1].replace(" ", ""))))
        known = f"unit.{unit}"
        return self.say(known) if self.language.knows(known) else clean(unit)


def writer(code: str, study: Specification | None) -> Writer:
    """A writer for a language, who knows the labels that a study gives its variables."""
    labels = {}
    if study is not None:
        labels = {variable.name: clean(variable.label) for variable in study.variables if variable.label}
    return Writer(language(code), labels)


def sentence_case(text: str) -> str:
    """The text with a capital first letter, the rest as it was.

    >>> sentence_case("heart failure, HFrEF")
    'Heart failure, HFrEF'
    """
    return text[:1].upper() + text[1:]
