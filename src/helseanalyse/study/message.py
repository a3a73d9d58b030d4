"""The shape of a message: what happened and what to do next, in two languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """What happened (en, nb) and what to do next (do, gjor); severity is "error", "warning" or "note"."""

    en: str
    do: str
    nb: str
    gjor: str
    severity: str = "error"

    def what(self, language: str) -> str:
        """What happened, in "en" or "nb"."""
        return self.nb if language == "nb" else self.en

    def remedy(self, language: str) -> str:
        """What to do next, in "en" or "nb"."""
        return self.gjor if language == "nb" else self.do
