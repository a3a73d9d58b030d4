"""The rules of disclosure control: each number in one place, with its name and its source.

Two profiles. `open` shows exact numbers and is only for registries that the catalogue marks
public. `checked` hides what could tell about a few persons. A study cannot touch a rule; only a
permit can ask for a stricter one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from helseanalyse.permit import Grant
from helseanalyse.study.answer import Rule

# Why a number is hidden. One reason covers a small number and a number that was hidden to protect
# it: telling the two apart would tell which is which (privacy, "refusals must not leak").
SMALL = "small"
DERIVED = "derived"
TAIL = "tail"

REASONS: dict[str, str] = {
    SMALL: (
        "Behind this number stand fewer persons or events than may be shown, "
        "or such a number could be worked out from it."
    ),
    DERIVED: "Calculated from a hidden number.",
    TAIL: "Too few persons are still being followed.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """What may be shown. least: persons or events behind a number; 0 switches every rule off (the open profile).

    base: risk tables behind curves are rounded to this; each step of a curve holds at least `least` events.
    """

    lane: str
    least: int
    base: int
    sources: tuple[Rule, ...]

    @property
    def open(self) -> bool:
        """Whether numbers are shown exactly."""
        return self.least == 0


OPEN = Rules(
    lane="open",
    least=0,
    base=1,
    sources=(
        Rule(
            name="open",
            says="Every registry used is public, so numbers are shown exactly.",
            value="exact",
            source="the catalogue's mark `public`",
        ),
    ),
)

CHECKED = Rules(
    lane="checked",
    least=5,
    base=5,
    sources=(
        Rule(
            name="small numbers",
            says="A number of persons or events from 1 to one less than this is hidden.",
            value=5,
            source="SKDE's tables from the Norwegian Patient Registry show no count below 5",
        ),
        Rule(
            name="complementary hiding",
            says="Where a hidden number could be worked out from a total, the next smallest number is hidden too, "
            "until the hidden numbers together leave each of them open.",
            value="total less the others",
            source="Handbook on Statistical Disclosure Control, 2nd ed., 2024, chapter 4",
        ),
        Rule(
            name="group disclosure",
            says="Where everyone in a group shares one value of a health variable, the whole distribution is hidden.",
            value="100 %",
            source="k-disclosure, Statistics Norway's GaussSuppression; with no coalition",
        ),
        Rule(
            name="percentiles",
            says="A median or quartile is given from classes that each hold at least this many persons, "
            "and only where as many lie on either side.",
            value=5,
            source="Guidelines for output checking, DwB/ESSnet 2015: Position",
        ),
        Rule(
            name="curves",
            says="A curve is drawn from a risk table with at least this many events in each step, rounded to this "
            "base, and ends where fewer persons are followed.",
            value=5,
            source="Guidelines for output checking, DwB/ESSnet 2015: HazardSurvivalTables",
        ),
    ),
)


def rules_for(grant: Grant) -> Rules:
    """The rules of a grant's lane, made stricter where its permit says so (never looser).

    >>> from datetime import date
    >>> from helseanalyse.permit import grant, made_for_synthetic
    >>> rules_for(grant(frozenset(), made_for_synthetic("demo", frozenset()), date(2026, 1, 1))).least
    5
    """
    if grant.lane == "open":
        return OPEN
    least = max(CHECKED.least, grant.threshold or 0)
    if least == CHECKED.least:
        return CHECKED
    sources = tuple(
        replace(rule, value=least, source=f"permit {grant.permit}") if rule.value == CHECKED.least else rule
        for rule in CHECKED.sources
    )
    return replace(CHECKED, least=least, base=max(CHECKED.base, least), sources=sources)
