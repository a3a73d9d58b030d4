"""A study's own tests, run on made-up persons: no vault, no permit, no data."""

from __future__ import annotations

from dataclasses import dataclass

from helseanalyse.catalogue.model import Catalogue
from helseanalyse.engine.reference.expect import disappointments
from helseanalyse.release.release import refuse_mistakes
from helseanalyse.study.specification import Specification


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One made-up person, and what did not come out as expected; nothing, if all did."""

    name: str
    says: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether everything came out."""
        return not self.says


def rehearse(study: Specification, catalogue: Catalogue) -> tuple[Rehearsed, ...]:
    """What came of each expectation of a study, in its order, by the reference engine.

    Raises ReleaseError with every mistake of the study, should there be any.
    """
    refuse_mistakes(study, catalogue)
    told = disappointments(study, catalogue)
    names = tuple(expectation.name for expectation in study.expectations)
    if told and not any(sentence.startswith(f"{name}: ") for name in names for sentence in told):
        return tuple(Rehearsed(name, told) for name in names)  # the whole rehearsal failed, for everyone alike
    return tuple(
        Rehearsed(
            name, tuple(sentence.removeprefix(f"{name}: ") for sentence in told if sentence.startswith(f"{name}: "))
        )
        for name in names
    )
