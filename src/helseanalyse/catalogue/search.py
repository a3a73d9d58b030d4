"""Search of the catalogue by words, in bokmål or English: registries, tables, variables, levels and codes.

Every word of the question must be met. A word meets one of the catalogue's when it is the same, begins it,
stands inside it (Norwegian joins its words: `svikt` in `hjertesvikt`), or, where none does, is spelt much
like it. No network and no store: the words come from the catalogue itself and from the code lists.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from helseanalyse.catalogue.codes import SYSTEM_NAMES, CodeSystem, system
from helseanalyse.catalogue.model import Catalogue, Column, Label, Registry, Table


class HitKind(StrEnum):
    """What was found."""

    REGISTRY = "registry"
    TABLE = "table"
    VARIABLE = "variable"
    LEVEL = "level"  # one level of a category
    CODES = "codes"  # a run of codes: a chapter or block
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found: how a study writes it, what it is called, what years it covers, and a line about it.

    score is for the order alone, 0 to about 2.
    """

    path: str
    label: Label
    kind: HitKind
    coverage: str
    snippet: str
    score: float = 0.0


# How much a word counts in a name, a label, and a description; and what comes first among equals.
IN_NAME, IN_LABEL, IN_TEXT = 1.0, 0.9, 0.4
WEIGHT = {
    HitKind.REGISTRY: 1.3,
    HitKind.TABLE: 1.1,
    HitKind.VARIABLE: 1.25,
    HitKind.LEVEL: 1.0,
    HitKind.CODES: 1.05,
    HitKind.CODE: 1.0,
}
SAME, BEGINS, INSIDE, ALIKE = 1.0, 0.8, 0.6, 0.5
LEAST_ALIKE = 0.5  # likeness of trigrams below which two words are not the same word misspelt
LETTERS_INSIDE = 4  # a shorter word is found inside too many others
_WORD = re.compile(r"[^\W_]+(?:[.][^\W_]+)*")


def search(catalogue: Catalogue, words: str, most: int = 20) -> tuple[Hit, ...]:
    """The best hits for a few words, best first; without words, the registries.

    most: how many at most. Hits of the same score come in order of kind and path, so the answer is
    always the same.

    >>> from helseanalyse.catalogue.read import norway
    >>> [hit.path for hit in search(norway(), "omsorgsnivå", most=1)]
    ['npr.level_of_care']
    >>> search(norway(), "hart failure", most=1)[0].label.en
    'Heart failure'
    """
    index = _index(catalogue)
    wanted = list(dict.fromkeys(_words(words)))
    if not wanted:
        return tuple(hit for hit in index.hits if hit.kind is HitKind.REGISTRY)[:most]
    scores: dict[int, float] | None = None
    for word in wanted:
        found = index.meets(word)
        if scores is None:
            scores = found
        else:
            scores = {at: score + found[at] for at, score in scores.items() if at in found}
    hits = (_scored(index.hits[at], score / len(wanted)) for at, score in (scores or {}).items())
    kinds = list(HitKind)
    ranked = sorted(hits, key=lambda hit: (-hit.score, kinds.index(hit.kind), len(hit.path), hit.path))
    return tuple(ranked[:most])


def _scored(hit: Hit, score: float) -> Hit:
    # A shorter label says the same with less around it: Heart failure before Congestive heart failure.
    length = min(len(_words(hit.label.nb)) or 9, len(_words(hit.label.en)) or 9)
    whole = round(score * WEIGHT[hit.kind] * (1 + 1 / (3 + length)), 6)
    return Hit(hit.path, hit.label, hit.kind, hit.coverage, hit.snippet, whole)


@dataclass(frozen=True)
class _Index:
    """Every thing that can be found, and for each word where it stands with what weight."""

    hits: tuple[Hit, ...]
    places: Mapping[str, Mapping[int, float]]

    def meets(self, word: str) -> dict[int, float]:
        """The hits that have the word, or one that begins with it, holds it, or is spelt like it."""
        close: dict[str, float] = {}
        for known in self.places:
            if known == word:
                close[known] = SAME
            elif known.startswith(word) and len(word) > 1:
                close[known] = BEGINS * (0.8 + 0.2 * len(word) / len(known))
            elif len(word) >= LETTERS_INSIDE and word in known:
                close[known] = INSIDE * (0.8 + 0.2 * len(word) / len(known))
        if not close and len(word) >= LETTERS_INSIDE:
            wanted = _trigrams(word)
            for known in self.places:
                if abs(len(known) - len(word)) < 3 and (like := _likeness(wanted, known)) >= LEAST_ALIKE:
                    close[known] = ALIKE * like
        found: dict[int, float] = {}
        for known, nearness in close.items():
            for at, weight in self.places[known].items():
                found[at] = max(found.get(at, 0.0), nearness * weight)
        return found


@lru_cache(maxsize=4)
def _index(catalogue: Catalogue) -> _Index:
    hits: list[Hit] = []
    places: dict[str, dict[int, float]] = defaultdict(dict)
    for hit, texts in (*_of_catalogue(catalogue), *_of_codes()):
        for text, weight in texts:
            for word in _words(text):
                places[word][len(hits)] = max(weight, places[word].get(len(hits), 0.0))
        hits.append(hit)
    return _Index(tuple(hits), dict(places))


Found = tuple[Hit, tuple[tuple[str, float], ...]]


def _of_catalogue(catalogue: Catalogue) -> Iterator[Found]:
    for registry in catalogue.registries:
        years = _coverage(registry.since, registry.until)
        hit = Hit(registry.name, registry.label, HitKind.REGISTRY, years, registry.description.en)
        yield hit, (*_texts(registry.name, registry.label), *_described(registry.description))
        for table in registry.tables:
            if table.name != registry.main:
                about = f"Table of {registry.label.en}"
                yield (
                    Hit(table.path, table.label, HitKind.TABLE, years, about),
                    _texts(table.name, table.label),
                )
            for column in table.columns:
                yield from _of_column(registry, table, column)


def _of_column(registry: Registry, table: Table, column: Column) -> Iterator[Found]:
    path = variable_path(registry, table, column)
    years = _coverage(column.since or registry.since, column.until or registry.until)
    about = column.note or f"{column.kind} in {registry.label.en}"
    delivered = tuple((name, IN_TEXT) for name in column.source)
    texts = (*_texts(column.name, column.label), (column.note, IN_TEXT), *delivered)
    yield Hit(path, column.label, HitKind.VARIABLE, years, about), texts
    for level in column.levels:
        yield (
            Hit(f'{path} == "{level.name}"', level.label, HitKind.LEVEL, years, f"Level of {column.label.en}"),
            _texts(level.name, level.label),
        )


def variable_path(registry: Registry, table: Table, column: Column) -> str:
    """How a study writes a variable: `npr.level_of_care`, or with its table where that is not the main one.

    >>> from helseanalyse.catalogue.read import norway
    >>> population = norway().registry("population")
    >>> residence = population.table("residence")
    >>> variable_path(population, residence, residence.column("municipality"))
    'population.residence.municipality'
    """
    if table.name == registry.main:
        return f"{registry.name}.{column.name}"
    whole = f"{table.name}.{column.name}"
    short = next((short for short, target in registry.also.items() if target == whole), whole)
    return f"{registry.name}.{short}"


# How a study writes a list of codes of each system.
_CALLS = {"ICD-10": "icd10", "ICPC-2": "icpc2", "ATC": "atc", "NCSP": "ncsp", "municipality": "municipality"}
# NCSP holds the codes of the other two books, and numbers of schooling or tumours help nobody here.
_SEARCHED = tuple(name for name in SYSTEM_NAMES if name in _CALLS)


# Codes that say nothing of their own: groups with no label but their chapter's, and numbers that stand in
# place of a municipality.
_NOT_KNOWN = "municipality not known"


def _of_codes() -> Iterator[Found]:
    for name in _SEARCHED:
        known = system(name)
        call = _CALLS[name]
        for group in known.groups:
            kind = "Chapter" if group.chapter else "Block"
            hit = Hit(f'{call}("{group.name}")', group.label, HitKind.CODES, "", f"{kind} of {name}")
            yield hit, _texts(group.name, group.label)
        for code in known.codes:
            if not known.table[code][-1].en.endswith((f"({code})", _NOT_KNOWN)):
                yield _of_code(known, call, code)


def _of_code(known: CodeSystem, call: str, code: str) -> Found:
    entries = known.table[code]
    label = Label(entries[-1].nb or entries[-1].en, entries[-1].en or entries[-1].nb)
    years = ", ".join(filter(None, (_coverage(entry.since, entry.until) for entry in entries)))
    parent = known.parent(code)
    above = f", under {known.written(parent)} {known.label(parent, 'en')}" if parent else ""
    hit = Hit(f'{call}("{known.written(code)}")', label, HitKind.CODE, years, f"{known.name}{above}")
    # Every name that a number has had, so that `Våle` finds 0716, which is now Re.
    names = tuple((text, IN_LABEL) for entry in entries for text in (entry.nb, entry.en))
    return hit, ((code, IN_NAME), *names)


def _texts(name: str, label: Label) -> tuple[tuple[str, float], ...]:
    return ((name.replace("_", " "), IN_NAME), (label.nb, IN_LABEL), (label.en, IN_LABEL))


def _described(description: Label) -> tuple[tuple[str, float], ...]:
    return ((description.nb, IN_TEXT), (description.en, IN_TEXT))


def _coverage(since: date | None, until: date | None) -> str:
    """The years, as in `2008-` or `2008-2019`; blank where nothing is said."""
    first = since.year if since not in (None, date.min) else ""
    last = until.year if until not in (None, date.max) else ""
    return f"{first}–{last}" if first or last else ""


def _words(text: str) -> list[str]:
    """The words of a text in small letters; a code keeps its digits together: I21.9 is `i219`."""
    found = []
    for word in _WORD.findall(text.casefold()):
        joined = word.replace(".", "")
        if "." in word and not any(sign.isdigit() for sign in word):
            found.extend(word.split("."))
        else:
            found.append(joined)
    return found


def _trigrams(word: str) -> frozenset[str]:
    padded = f"  {word} "
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))


def _likeness(wanted: frozenset[str], known: str) -> float:
    """How much alike two words are, 0 to 1: shared trigrams, twice, over all (Dice)."""
    other = _trigrams(known)
    return 2 * len(wanted & other) / (len(wanted) + len(other))


def render(hits: Iterable[Hit], language: str = "nb") -> list[tuple[str, str, str, str]]:
    """The hits as lines of a table: how a study writes it, its label, what it is, and the years."""
    return [(hit.path, hit.label.nb if language == "nb" else hit.label.en, str(hit.kind), hit.coverage) for hit in hits]
