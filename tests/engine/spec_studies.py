"""Specification: whole studies. Sections 10 and 11 of the semantics, section 2 of methods.

A study here is what a person writes, in Python; what comes out is written as the rows of a small table.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from tests.engine.spec_words import Rows, day, given

from helseanalyse.study.answer import (
    Dimension,
    RawCategorical,
    RawCounts,
    RawCurve,
    RawFlow,
    RawRates,
    RawResult,
    RawTableOne,
    RawTrend,
)


@dataclass(frozen=True, kw_only=True)
class StudyExample:
    """One rule of studies: what it says, the rows, the study, and the rows of its last analysis.

    complete_to: the last day for which the registries are complete, if that is before the end of the study.
    """

    says: str
    rows: Rows
    python: str
    gives: list[tuple[Any, ...]]
    complete_to: date | None = None


@dataclass(frozen=True)
class StudyChapter:
    """A chapter of the manual about studies."""

    title: str
    opening: str
    examples: tuple[StudyExample, ...] = field(default_factory=tuple)


# --- answers as rows -------------------------------------------------------------------------------


def heading(result: RawResult) -> tuple[str, ...]:
    """What the columns of `lines` are."""
    match result:
        case RawFlow():
            return ("step", "persons")
        case RawTableOne():
            return ("variable", "value", *(_said(group) for group in result.groups))
        case RawCounts():
            return (*_names(result.dimensions), "persons")
        case RawRates():
            return (*_names(result.dimensions), result.unit, "age", "days", "events")
        case RawCurve():
            return (*_names(result.dimensions), "entry", "exit", "cause", "persons")
        case RawTrend():
            return ("from", *_names(result.dimensions), "numerator", "denominator")


def lines(result: RawResult) -> list[tuple[Any, ...]]:
    """An answer as the rows of a table; cells that are empty in a grid are left out."""
    match result:
        case RawFlow():
            return list(zip(result.names, result.persons.tolist(), strict=True))
        case RawTableOne():
            return _table_one(result)
        case RawCounts():
            cells = enumerate(result.persons.ravel().tolist())
            return [(*_levels(result.dimensions, k), n) for k, n in cells if n]
        case RawRates():
            columns = (result.pattern, result.year, result.age, result.days, result.events)
            return [(*_levels(result.dimensions, k), *rest) for k, *rest in _zipped(columns)]
        case RawCurve():
            return _curve(result)
        case RawTrend():
            return [
                (str(start), *_levels(result.dimensions, k), numerator, denominator)
                for start, above, below in zip(
                    result.starts, result.numerator.tolist(), result.denominator.tolist(), strict=True
                )
                for k, (numerator, denominator) in enumerate(zip(above, below, strict=True))
                if denominator
            ]


def _curve(result: RawCurve) -> list[tuple[Any, ...]]:
    causes = ("censored", *result.causes)
    columns = (result.group, result.entry, result.exit, result.cause, result.count)
    return [
        (*_levels(result.dimensions, k), entry, last, causes[cause], n) for k, entry, last, cause, n in _zipped(columns)
    ]


def _table_one(result: RawTableOne) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = [("everyone", "", *result.persons.tolist())]
    for variable in result.variables:
        if isinstance(variable, RawCategorical):
            levels = [_said(level) for level in variable.levels]
            persons = variable.persons.tolist()
        else:
            levels = [f"{value * variable.step:g}" for value in variable.values.tolist()] + ["unknown"]
            persons = [*variable.persons.tolist(), variable.missing.tolist()]
        found += [(variable.name, level, *row) for level, row in zip(levels, persons, strict=True)]
    return found


def _names(dimensions: tuple[Dimension, ...]) -> tuple[str, ...]:
    return tuple(dimension.name for dimension in dimensions)


def _levels(dimensions: tuple[Dimension, ...], pattern: int) -> tuple[str, ...]:
    if not dimensions:
        return ()
    places = np.unravel_index(pattern, [len(dimension.levels) for dimension in dimensions])
    return tuple(_said(dimension.levels[int(i)]) for dimension, i in zip(dimensions, places, strict=True))


def _said(level: object) -> str:
    return "unknown" if level is None else str(level)


def _zipped(columns: tuple[Any, ...]) -> list[tuple[int, ...]]:
    return list(zip(*(column.tolist() for column in columns), strict=True))


# --- who is in a study -----------------------------------------------------------------------------

FIVE = given(
    "population.person",
    "pid sex born_on died_on siblings",
    "1 female 1970-05-20 - 2",
    "2 male 1950-01-01 2009-06-01 0",
    "3 - 1980-02-29 - -",
    "4 female 1990-01-01 2011-03-01 3",
    "5 male 1960-01-01 - 1",
) | given(
    "population.residence",
    "pid moved_in_on moved_out_on",
    "1 1970-05-20 -",
    "2 1950-01-01 -",
    "3 1980-02-29 2010-07-01",
    "4 1990-01-01 -",
    "5 2012-01-01 -",
)
STUDY = 'study = Study("Example", start="2010-01-01", end="2012-12-31")\n'
EVERYONE = "Everyone resident between 2010-01-01 and 2012-12-31"

POPULATION = StudyChapter(
    "Who is in a study",
    "The universe is everyone who was resident on some day of the study period. Residence ends with death, "
    "and the day of death still counts. Then come the index date, if the study has one, and the criteria in "
    "their order, each with its count.",
    (
        StudyExample(
            says="Person 2 has died before the study begins, although nobody has ended the period of residence.",
            rows=FIVE,
            python=STUDY + "study.flow()",
            gives=[(EVERYONE, 4)],
        ),
        StudyExample(
            says="require keeps persons for whom the condition is true: who is unknown is out.",
            rows=FIVE,
            python=STUDY + 'study.require("has siblings", population.siblings > 0)\nstudy.flow()',
            gives=[(EVERYONE, 4), ("has siblings", 3)],
        ),
        StudyExample(
            says="exclude drops persons for whom it is true: who is unknown stays.",
            rows=FIVE,
            python=STUDY + 'study.exclude("has many siblings", population.siblings > 2)\nstudy.flow()',
            gives=[(EVERYONE, 4), ("has many siblings", 3)],
        ),
        StudyExample(
            says="With an index date: persons whose date is known and in the study period, both ends counted.",
            rows=FIVE
            | given("lab.result", "pid taken_on", "1 2010-01-01", "3 2013-01-01", "4 2009-12-31", "5 2012-12-31"),
            python=STUDY + "study.index(lab.first(by=lab.taken_on).taken_on)\nstudy.flow()",
            gives=[(EVERYONE, 4), ("With an index date in the study period", 2)],
        ),
        StudyExample(
            says="Persons by every combination of levels; unknown is a level of its own.",
            rows=FIVE,
            python=STUDY
            + 'study.variable("siblings", population.siblings, bands=(1, 3))\nstudy.counts(by=["sex", "siblings"])',
            gives=[
                ("female", "1-2", 1),
                ("female", "3 and over", 1),
                ("male", "1-2", 1),
                ("unknown", "unknown", 1),
            ],
        ),
        StudyExample(
            says="The population described by group: persons by level, and for numbers by value. Numbers "
            "are rounded to "
            "`round_to`, halves away from zero.",
            rows=FIVE | given("lab.result", "pid real", "1 2.5", "4 2.4", "5 -0.5"),
            python=STUDY
            + 'study.variable("result", lab.real.max())\nstudy.variable("tested", lab.exists())\n'
            + 'study.table_one(by="sex", of=["result", "tested"])',
            gives=[
                ("everyone", "", 2, 1, 1),
                ("result", "-1", 0, 1, 0),
                ("result", "2", 1, 0, 0),
                ("result", "3", 1, 0, 0),
                ("result", "unknown", 0, 0, 1),
                ("tested", "no", 0, 0, 1),
                ("tested", "yes", 2, 1, 0),
                ("tested", "unknown", 0, 0, 0),
            ],
        ),
    ),
)

ONE = given("population.person", "pid sex born_on died_on", "1 female 1970-05-20 -") | given(
    "population.residence", "pid moved_in_on moved_out_on", "1 1970-05-20 -"
)
LEAP = given("population.person", "pid sex born_on died_on", "1 female 1972-02-29 -") | given(
    "population.residence", "pid moved_in_on moved_out_on", "1 1972-02-29 -"
)


def three(*deaths: str) -> dict[str, list[dict[str, Any]]]:
    """Persons resident all their lives; - is alive."""
    people = given(
        "population.person", "pid sex born_on died_on", *(f"{i} female 1970-05-20 {d}" for i, d in enumerate(deaths, 1))
    )
    return people | given(
        "population.residence",
        "pid moved_in_on moved_out_on",
        *(f"{row['pid']} 1970-05-20 -" for row in people["population.person"]),
    )


def results(*lines_: str) -> dict[str, list[dict[str, Any]]]:
    """Results of the laboratory: the outcome of these studies."""
    return given("lab.result", "pid taken_on", *lines_)


OUTCOME = 'result = study.outcome("result", lab.taken_on)\n'
WATCHED = (
    'study = Study("Example", start="2010-01-01", end="2010-01-31")\n'
    + OUTCOME
    + 'study.follow(start=study.start, until={"death": population.died_on, "end": study.end}, competing="death")\n'
)

FOLLOW_UP = StudyChapter(
    "Follow-up, rates and curves",
    "Day 0 is a day at risk, and the last day is, too. Follow-up ends on the first of: the outcome, the "
    "reasons to stop, the last day for which the registries are complete. On one day the outcome wins, then "
    "the reasons in the order of the study.",
    (
        StudyExample(
            says="Days at risk by calendar year and attained age, from 15 March 2010 to 31 July 2012: 870 days.",
            rows=ONE,
            python='study = Study("Example", start="2010-03-15", end="2012-07-31")\n'
            + OUTCOME
            + "study.follow(start=study.start, until=[study.end])\nstudy.rates(result)",
            gives=[
                (2010, 39, 66, 0),
                (2010, 40, 226, 0),
                (2011, 40, 139, 0),
                (2011, 41, 226, 0),
                (2012, 41, 140, 0),
                (2012, 42, 73, 0),
            ],
        ),
        StudyExample(
            says="Who is born on 29 February has the birthday of a common year on 1 March.",
            rows=LEAP,
            python='study = Study("Example", start="2011-02-01", end="2012-03-09")\n'
            + OUTCOME
            + "study.follow(start=study.start, until=[study.end])\nstudy.rates(result)",
            gives=[(2011, 38, 28, 0), (2011, 39, 306, 0), (2012, 39, 59, 0), (2012, 40, 10, 0)],
        ),
        StudyExample(
            says="Results on 10 January (person 1), on the day of death (person 2), and none before death "
            "(person 3): the "
            "outcome wins the tie, and days are counted to the end of the day.",
            rows=three("-", "2010-01-05", "2010-01-20") | results("1 2010-01-10", "2 2010-01-05"),
            python=WATCHED + "study.survival(result)",
            gives=[(0, 5, "result", 1), (0, 10, "result", 1), (0, 20, "death", 1)],
        ),
        StudyExample(
            says="For Kaplan-Meier a competing event censors.",
            rows=three("-", "2010-01-05", "2010-01-20") | results("1 2010-01-10", "2 2010-01-05"),
            python=WATCHED + 'study.survival(result, method="kaplan_meier")',
            gives=[(0, 5, "result", 1), (0, 10, "result", 1), (0, 20, "censored", 1)],
        ),
        StudyExample(
            says="Whoever has stopped before the start is not at risk. An outcome before the start is not "
            "looked at: the first on or "
            "after it counts.",
            rows=three("2009-12-31", "2010-01-01", "-") | results("3 2009-12-31", "3 2010-01-31"),
            python=WATCHED + "study.survival(result)",
            gives=[(0, 1, "death", 1), (0, 31, "result", 1)],
        ),
        StudyExample(
            says="Nobody is watched beyond the last day for which the registries are complete.",
            rows=three("-", "2010-01-05", "2010-01-20") | results("1 2010-01-21"),
            complete_to=day("2010-01-20"),
            python=WATCHED + "study.survival(result)",
            gives=[(0, 5, "death", 1), (0, 20, "censored", 1), (0, 20, "death", 1)],
        ),
        StudyExample(
            says="A study may say that the last day does not count. Then whoever starts and stops on one "
            "day has no time and "
            "drops out.",
            rows=three("-", "2010-01-05", "2010-01-01") | results("1 2010-01-10"),
            python=WATCHED.replace('competing="death")', 'competing="death", counts_last_day=False)')
            + "study.survival(result)",
            gives=[(0, 4, "death", 1), (0, 9, "result", 1)],
        ),
        StudyExample(
            says="An exposure that changes during follow-up cuts the days at risk. A change on a day "
            "applies `lag` days later, so an "
            "event on the day of the dispensing belongs to the time before.",
            rows=three("-", "-")
            | results("1 2010-01-11", "2 2010-01-12")
            | given("lmr.dispensing", "pid atc dispensed_on", "1 A10BA02 2010-01-11", "2 A10BA02 2010-01-11"),
            python=WATCHED
            + 'drug = study.exposure("drug", since=lmr.dispensed_on.min(), off="before", on="after")\n'
            + "study.rates(result, by=drug)",
            gives=[("before", 2010, 39, 22, 1), ("after", 2010, 39, 1, 1)],
        ),
        StudyExample(
            says="The same in a curve: the pieces of a person follow each other, and the event belongs to "
            "the last one.",
            rows=three("-")
            | results("1 2010-01-20")
            | given("lmr.dispensing", "pid atc dispensed_on ddd", "1 A10BA02 2010-01-05 7"),
            python=WATCHED
            + 'drug = study.exposure("drug", periods=supply(lmr.dispensed_on, lmr.ddd))\n'
            + "study.survival(result, by=drug)",
            gives=[("off", 0, 5, "censored", 1), ("off", 12, 20, "result", 1), ("on", 5, 12, "censored", 1)],
        ),
    ),
)

IN_2010 = 'study = Study("Example", start="2010-01-01", end="2010-12-31")\n'

INCIDENCE = StudyChapter(
    "Incidence and trends",
    "Everyone in the study, resident on the day, is at risk of a new case. An event is a new case if the "
    "same person has had none in the days of the washout before it; in the washout after an event nobody is "
    "at risk.",
    (
        StudyExample(
            says="Events on 10 January, 20 January and 1 April, washout 30 days: the second is no new "
            "case, and it starts the washout "
            "again. At risk are 1 to 10 January and 20 February to 1 April, and then 2 May on.",
            rows=three("-") | results("1 2010-01-10", "1 2010-01-20", "1 2010-04-01"),
            python=IN_2010 + 'study.incidence("results", lab.taken_on, washout=days(30))',
            gives=[(2010, 39, 10 + 41 + 18, 2), (2010, 40, 226, 0)],
        ),
        StudyExample(
            says="Events before the first day count for the washout. By month: the number is year times "
            "12 plus months since January.",
            rows=three("2010-02-10") | results("1 2009-12-31"),
            python=IN_2010 + 'study.incidence("results", lab.taken_on, washout=days(10), every="month")',
            gives=[(2010 * 12, 39, 21, 0), (2010 * 12 + 1, 39, 10, 0)],
        ),
        StudyExample(
            says="Time and events outside residence do not count.",
            rows=given("population.person", "pid sex born_on", "1 female 1970-05-20")
            | given("population.residence", "pid moved_in_on moved_out_on", "1 1970-05-20 2010-01-11", "1 2010-12-01 -")
            | results("1 2010-06-01", "1 2010-12-31"),
            python=IN_2010 + 'study.incidence("results", lab.taken_on, washout=days(0))',
            gives=[(2010, 39, 10, 0), (2010, 40, 31, 1)],
        ),
        StudyExample(
            says="A trend asks the same question for each interval. Residents on the first day; the share "
            "with at least one visit. Unknown "
            "sex is a group of its own, and a group with nobody in it is there all the same (here left out).",
            rows=given(
                "population.person",
                "pid sex born_on died_on",
                "1 female 1970-01-01 -",
                "2 - 1970-01-01 -",
                "3 male 1970-01-01 2024-01-31",
            )
            | given(
                "population.residence",
                "pid moved_in_on moved_out_on",
                "1 1970-01-01 -",
                "2 1970-01-01 -",
                "3 1970-01-01 -",
            )
            | given("npr.episode", "pid admitted_on", "1 2024-01-10", "1 2024-01-20", "1 2024-02-05", "3 2024-01-31"),
            python='study = Study("Example", start="2024-01-01", end="2024-02-29")\n'
            "seen = npr.where(npr.admitted_on.between(interval.start, interval.end))\n"
            'study.prevalence("seen", seen.exists(), every="month", by="sex")',
            gives=[
                ("2024-01-01", "female", 1, 1),
                ("2024-01-01", "male", 1, 1),
                ("2024-01-01", "unknown", 0, 1),
                ("2024-02-01", "female", 1, 1),
                ("2024-02-01", "unknown", 0, 1),
            ],
        ),
        StudyExample(
            says="The numerator may be a number; unknown counts as 0. An interval that ends after the "
            "last complete day is left out.",
            rows=three("-", "-")
            | given("lab.result", "pid taken_on whole", "1 2010-01-10 4", "1 2010-01-20 5", "2 2010-01-20 -"),
            complete_to=day("2010-02-15"),
            python='study = Study("Example", start="2010-01-01", end="2010-02-28")\n'
            "month = lab.where(lab.taken_on.between(interval.start, interval.end))\n"
            'study.trend("sum of results", month.whole.sum(), population.resident_on(interval.start), every="month")',
            gives=[("2010-01-01", 9, 2)],
        ),
    ),
)

CHAPTERS = (POPULATION, FOLLOW_UP, INCIDENCE)
