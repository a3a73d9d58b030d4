"""A mistake in a study: a stable identifier, what happened, what to do next, in English and bokmål, and where.

Texts live in `study.messages`; a `Problem` holds the identifier and the words to fill in. A text never holds a
person's value nor a count of persons: a study knows none.
"""

from __future__ import annotations

from dataclasses import dataclass

from helseanalyse.study.messages import MESSAGES, TYPE_WORDS
from helseanalyse.study.messages_words import in_bokmal


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One mistake, or one thing to think about.

    id: "S014", as in docs/errors.md. words: what the text names. place: where, for people ("study.py:31", or the
    criterion "aged 40 or more"). path: where in the specification, as JSON Pointer ("/criteria/0/holds").

    >>> problem = Problem(id="S004", words=(("name", "lmr"),), place="study.py:3")
    >>> print(problem)
    S004 study.py:3: `len()` cannot be taken of lmr: a study is a question, and nothing has been counted yet. Write
    `.count()` for the number of rows a person has.
    >>> problem.severity
    'error'
    """

    id: str
    words: tuple[tuple[str, str], ...] = ()
    place: str = ""
    path: str = ""

    @property
    def severity(self) -> str:
        """How bad: "error", "warning" or "note"."""
        return MESSAGES[self.id].severity

    @property
    def is_error(self) -> bool:
        """Whether the study cannot be answered as it stands."""
        return self.severity == "error"

    def what(self, language: str = "en") -> str:
        """What happened."""
        return self._filled(MESSAGES[self.id].what(language), language)

    def remedy(self, language: str = "en") -> str:
        """What to do next."""
        return self._filled(MESSAGES[self.id].remedy(language), language)

    def text(self, language: str = "en") -> str:
        """What happened and what to do next."""
        return f"{self.what(language)} {self.remedy(language)}"

    def _filled(self, text: str, language: str) -> str:
        return text.format_map({name: _said(name, word, language) for name, word in self.words})

    def __str__(self) -> str:
        where = self.place or self.path
        return f"{self.id} {where}: {self.text()}" if where else f"{self.id} {self.text()}"


# Words that are names or code in every language.
AS_THEY_ARE = ("nearest", "code", "level", "value", "left", "right", "circle", "why", "instead", "instead_nb", "hint")


def _said(name: str, word: str, language: str) -> str:
    if not name.endswith("type"):
        return in_bokmal(word) if language == "nb" and name not in AS_THEY_ARE else word
    at = 1 if language == "nb" else 0
    return " ".join(TYPE_WORDS[part][at] if part in TYPE_WORDS else part for part in word.split(" "))


def problem(identifier: str, /, *, place: str = "", path: str = "", **words: object) -> Problem:
    """A problem with its words as texts."""
    filled = tuple((name, str(word)) for name, word in words.items())
    return Problem(id=identifier, words=filled, place=place, path=path)
