"""Specification: what is no expression, and is told while a study is being written. Section 2 of the semantics."""

from __future__ import annotations

from dataclasses import dataclass

from tests.engine.spec_engines import WORDS

from helseanalyse.study import language

OPENING = (
    "What has no meaning is refused while the study is being written, before anything is read. `docs/errors.md` "
    "has every message; these are about rows."
)


@dataclass(frozen=True)
class Mistake:
    """An expression without meaning, and the identifier of what the language says."""

    python: str
    id: str


MISTAKES = (
    Mistake("lab.where(lab.whole > 5).real + lab.real", "S013"),
    Mistake("lab.real + lmr.ddd", "S014"),
    Mistake('Study("Example", start="2010-01-01", end="2010-12-31").require("flag", lab.flag)', "S015"),
    Mistake('Study("Example", start="2010-01-01", end="2010-12-31").variable("real", lab.real)', "S015"),
    Mistake('Study("Example", start="2010-01-01", end="2010-12-31").require("weight", population.weight)', "S016"),
    Mistake("population.weight.sum()", "S017"),
    Mistake("lab.first()", "S018"),
    Mistake("lab.whole == None", "S002"),
)


def told(mistake: Mistake) -> str:
    """What the language says of the mistake, in English, without its place."""
    with language.collecting() as problems:
        eval(mistake.python, dict(WORDS))
    (problem,) = problems
    assert problem.id == mistake.id, problem.id
    return f"{problem.id}: {problem.text('en')}"
