"""What disclosure control says in English, said in bokmål: notes of tables, and rules.

A sentence that is not here stays in English and is marked as English. `tests/report` shows which ones are missing.
"""
# ruff: noqa: E501 - a sentence is one line, so that it can be laid beside its translation

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

# English pattern -> bokmål. What a group of the pattern holds goes into the braces of that name.
_BOKMAL: Final[dict[str, str]] = {
    # Notes
    r"A person-year is 365\.25 days; intervals are exact Poisson limits\.": "Et personår er 365,25 dager; intervallene er eksakte Poisson-grenser.",
    r"Person-time at ages outside the age bands is not in this table\.": "Persontid ved aldre utenfor aldersgruppene er ikke med i denne tabellen.",
    r"Not adjusted for anything; Wald interval on the log scale\.": "Ikke justert for noe; Wald-intervall på logaritmisk skala.",
    r"No age band has person-time in every group, so nothing can be standardised\. Use wider age bands\.": "Ingen aldersgruppe har persontid i alle grupper, så ingenting kan standardiseres. Bruk bredere aldersgrupper.",
    r"Directly standardised over ages (?P<a>\d+) and over, where every group has person-time\.": "Direkte standardisert over aldre {a} og over, der alle grupper har persontid.",
    r"Directly standardised over ages (?P<a>\d+)-(?P<b>\d+), where every group has person-time\.": "Direkte standardisert over aldre {a}–{b}, der alle grupper har persontid.",
    r"These ages are (?P<share>\d+)% of the (?P<standard>.+)\.": "Disse aldrene er {share} % av standarden {standard}.",
    r"Gamma intervals \(Fay and Feuer 1997\)\.": "Gamma-intervaller (Fay og Feuer 1997).",
    r"The figures of this standard were not checked against their source by us\.": "Tallene i denne standarden er ikke kontrollert mot kilden av oss.",
    r"Percentages of a level are of persons with a known value; unknown is a percentage of (everyone in the group|the whole group)\.": "Prosenter for et nivå er av personer med kjent verdi; ukjent er prosent av hele gruppen.",
    r"With more than two groups the standardised difference is the largest of any two\.": "Med flere enn to grupper er den standardiserte differansen den største mellom to av dem.",
    r"Intervals of shares are Wilson score intervals\.": "Intervaller for andeler er Wilsons intervaller.",
    r"Kaplan-Meier: other reasons to stop are taken as uninformative censoring, so 1 minus it is a net risk only\.": "Kaplan-Meier: andre grunner til å slutte regnes som sensurering uten informasjon, så 1 minus kurven er bare en netto risiko.",
    r"Aalen-Johansen: competing events are taken into account, so it is a risk\.": "Aalen-Johansen: konkurrerende hendelser er regnet med, så dette er en risiko.",
    r"Pointwise intervals on the log-minus-log scale\.": "Punktvise intervaller på log-minus-log-skala.",
    r"Steps hold at least (?P<least>\d+) events each; counts are rounded to multiples of (?P<base>\d+)\.": "Hvert trinn har minst {least} hendelser; antall er avrundet til nærmeste {base}.",
    r"Between the ends of steps the curve is a straight line; intervals include the rounding\.": "Mellom trinnene er kurven en rett linje; intervallene tar med avrundingen.",
    r"The effective cohort is how many persons, without censoring, the events of a step would have come from\.": "Den effektive kohorten er hvor mange personer hendelsene i et trinn ville ha kommet fra uten sensurering.",
    # Rules
    r"open": "åpent",
    r"exact": "eksakt",
    r"Every registry used is public, so numbers are shown exactly\.": "Alle registre som er brukt, er offentlige, så tallene vises eksakt.",
    r"the catalogue's mark `public`": "datakatalogens merke `public`",
    r"small numbers": "små tall",
    r"A number of persons or events from 1 to one less than this is hidden\.": "Et antall personer eller hendelser fra 1 til ett mindre enn dette skjules.",
    r"complementary hiding": "sekundær prikking",
    r"total less the others": "summen minus de andre",
    r"Where a hidden number could be worked out from a total, the next smallest number is hidden too, until the hidden numbers together leave each of them open\.": "Der et skjult tall kunne regnes ut fra en sum, skjules også det nest minste tallet, til de skjulte tallene til sammen lar hvert av dem stå åpent.",
    r"group disclosure": "gruppeavsløring",
    r"Where everyone in a group shares one value of a health variable, the whole distribution is hidden\.": "Der alle i en gruppe har samme verdi av en helsevariabel, skjules hele fordelingen.",
    r"percentiles": "persentiler",
    r"A median or quartile is given from classes that each hold at least this many persons, and only where as many lie on either side\.": "En median eller kvartil oppgis fra klasser med minst så mange personer hver, og bare der like mange ligger på hver side.",
    r"curves": "kurver",
    r"A curve is drawn from a risk table with at least this many events in each step, rounded to this base, and ends where fewer persons are followed\.": "En kurve tegnes fra en risikotabell med minst så mange hendelser i hvert trinn, avrundet til dette tallet, og slutter der færre personer følges.",
}


class Said(NamedTuple):
    """A sentence with the language that it is in."""

    text: str
    lang: str


def said(sentence: str, language: str) -> Said:
    """A sentence of disclosure control in the language of the report, or in English where it has no translation.

    >>> said("Gamma intervals (Fay and Feuer 1997).", "nb").text, said("Something new.", "nb").lang
    ('Gamma-intervaller (Fay og Feuer 1997).', 'en')
    """
    if language == "nb":
        for pattern, bokmal in _patterns():
            if found := pattern.fullmatch(sentence):
                return Said(bokmal.format(**found.groupdict()), "nb")
    return Said(sentence, "en")


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(english), bokmal) for english, bokmal in _BOKMAL.items())
