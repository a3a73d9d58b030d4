"""Specification: dates and differences. Section 6 of the semantics."""

from __future__ import annotations

from tests.engine.spec_words import (
    BORN,
    DIED,
    LAB,
    P_WHOLE,
    TAKEN,
    Chapter,
    Example,
    col,
    compare,
    const,
    day,
    first,
    given,
)

from helseanalyse.study import nodes as n


def on_dates(*dates: str) -> dict[str, list[dict[str, object]]]:
    """One row a date, of one person; give them in ascending order."""
    return given("lab.result", "pid taken_on", *(f"1 {text}" for text in dates))


def born_and_died(*pairs: str) -> dict[str, list[dict[str, object]]]:
    """One person a pair of dates."""
    return given("population.person", "pid born_on died_on", *(f"{i} {pair}" for i, pair in enumerate(pairs, 1)))


def plus(amount: int, unit: str) -> n.DateAdd:
    return n.DateAdd(TAKEN, const(amount), unit)


def days(*texts: str) -> list[list[object]]:
    return [[None if text == "-" else day(text) for text in texts]]


TEN_ELEVEN = ("2020-06-10", "2020-06-11", "2021-06-10")

ADDING = Chapter(
    "Adding to dates",
    "Dates have day precision. If the day does not exist after months or years are added, the result is the "
    "first of the next month. The law behind it: x + n months is the smallest date y for which (y - x) in "
    "months is n.",
    (
        Example(
            says="A month more.",
            rows=on_dates("2022-01-31", "2022-03-31", "2022-04-30", "2022-12-15"),
            node=plus(1, "months"),
            gives=days("2022-03-01", "2022-05-01", "2022-05-30", "2023-01-15"),
            python="lab.taken_on + months(1)",
        ),
        Example(
            says="Two months more, over the end of February, in common and leap years.",
            rows=on_dates("2021-12-30", "2023-12-29", "2023-12-30"),
            node=plus(2, "months"),
            gives=days("2022-03-01", "2024-02-29", "2024-03-01"),
            python="lab.taken_on + months(2)",
        ),
        Example(
            says="Three months less.",
            rows=on_dates("-", "2022-05-31"),
            node=plus(-3, "months"),
            gives=days("-", "2022-03-01"),
            python="lab.taken_on - months(3)",
        ),
        Example(
            says="A month less.",
            rows=on_dates("2022-01-15", "2022-07-31"),
            node=plus(-1, "months"),
            gives=days("2021-12-15", "2022-07-01"),
            python="lab.taken_on - months(1)",
        ),
        Example(
            says="A year more; the century years 1900 and 2100 are no leap years, 2000 is one.",
            rows=on_dates("1896-02-29", "1999-02-28", "2016-02-29"),
            node=plus(1, "years"),
            gives=days("1897-03-01", "2000-02-28", "2017-03-01"),
            python="lab.taken_on + years(1)",
        ),
        Example(
            says="Four years more.",
            rows=on_dates("1896-02-29", "2016-02-29"),
            node=plus(4, "years"),
            gives=days("1900-03-01", "2020-02-29"),
            python="lab.taken_on + years(4)",
        ),
        Example(
            says="Days are simply counted.",
            rows=on_dates("2020-02-28", "2021-02-28"),
            node=plus(2, "days"),
            gives=days("2020-03-01", "2021-03-02"),
            python="lab.taken_on + days(2)",
        ),
        Example(
            says="In either order.",
            rows=on_dates("2020-02-28"),
            node=plus(10, "days"),
            gives=days("2020-03-09"),
            python="days(10) + lab.taken_on",
        ),
        Example(
            says="The number may itself be a value; unknown gives unknown.",
            rows=given("population.person", "pid born_on siblings", "1 2020-01-31 1", "2 2020-01-31 -", "3 - 1"),
            node=n.DateAdd(BORN, P_WHOLE, "months"),
            gives=[day("2020-03-01"), None, None],
            python="population.born_on + months(population.siblings)",
        ),
        Example(
            says="The first day of the month.",
            rows=on_dates("-", "2020-02-29"),
            node=n.Truncate(TAKEN, "month"),
            gives=days("-", "2020-02-01"),
            python="lab.taken_on.to_first_of_month()",
        ),
        Example(
            says="The first day of the year.",
            rows=on_dates("-", "2020-02-29"),
            node=n.Truncate(TAKEN, "year"),
            gives=days("-", "2020-01-01"),
            python="lab.taken_on.to_first_of_year()",
        ),
        *(
            Example(
                says=f"The {part} of a date.",
                rows=on_dates("-", "2020-03-29"),
                node=n.DatePart(TAKEN, part),
                gives=[[None, value]],
                python=f"lab.taken_on.{part}",
            )
            for part, value in [("year", 2020), ("month", 3), ("day", 29)]
        ),
    ),
)

DIFFERENCES = Chapter(
    "Differences of dates, and ages",
    "A difference counts whole units and floors; one day short is one less. In years it is the age rule: who "
    "is born on 29 February has the birthday of a common year on 1 March.",
    (
        Example(
            says="The age of somebody born on 29 February.",
            rows=on_dates("2023-02-28", "2023-03-01", "2024-02-28", "2024-02-29")
            | given("population.person", "pid born_on", "1 1984-02-29"),
            node=n.DateDiff(TAKEN, BORN, "years"),
            gives=[[38, 39, 39, 40]],
            python="(lab.taken_on - population.born_on).years",
        ),
        *(
            Example(
                says=f"In {unit}: one day short is one less, also below zero.",
                rows=born_and_died(*(f"2020-06-11 {text}" for text in TEN_ELEVEN), "- 2020-01-01"),
                node=n.DateDiff(DIED, BORN, unit),
                gives=gives,
                python=f"(population.died_on - population.born_on).{unit}",
            )
            for unit, gives in [
                ("years", [-1, 0, 0, None]),
                ("months", [-1, 0, 11, None]),
                ("days", [-1, 0, 364, None]),
            ]
        ),
        Example(
            says="From 31 January a month has passed on 1 March, not before.",
            rows=born_and_died("2022-01-31 2022-02-28", "2022-01-31 2022-03-01"),
            node=n.DateDiff(DIED, BORN, "months"),
            gives=[0, 1],
            python="(population.died_on - population.born_on).months",
        ),
        Example(
            says="Age on a stated date.",
            rows=given("population.person", "pid born_on", "1 1970-05-20", "2 1970-05-21", "3 -"),
            node=n.DateDiff(const(day("2010-05-20")), BORN, "years"),
            gives=[40, 39, None],
            python='population.age_on("2010-05-20")',
        ),
        Example(
            says="Dates compare in time; a date may be written as text.",
            rows=on_dates("-", "2020-01-02", "2020-01-05", "2020-01-08"),
            node=n.And((compare(TAKEN, ">=", day("2020-01-02")), compare(TAKEN, "<=", day("2020-01-05")))),
            gives=[[None, True, True, False]],
            python='lab.taken_on.between("2020-01-02", "2020-01-05")',
        ),
        Example(
            says="before does not include the day itself.",
            rows=on_dates("2020-01-04", "2020-01-05"),
            node=compare(TAKEN, "<", day("2020-01-05")),
            gives=[[True, False]],
            python='lab.taken_on < "2020-01-05"',
        ),
        Example(
            says="The later of two dates passes over an unknown one.",
            rows=born_and_died("1970-01-01 2020-01-01", "1970-01-01 -"),
            node=n.Extreme("greatest", (BORN, DIED)),
            gives=[day("2020-01-01"), day("1970-01-01")],
            python="max_of(population.born_on, population.died_on)",
        ),
        Example(
            says="Time from one event to the next, as a value of the person.",
            rows=on_dates("2020-01-01", "2020-03-01"),
            node=n.DateDiff(
                col(first(LAB, TAKEN, position=2), "taken_on"), col(first(LAB, TAKEN), "taken_on"), "months"
            ),
            gives=[2, None],
            python="(lab.nth(2, by=lab.taken_on).taken_on - lab.first(by=lab.taken_on).taken_on).months",
        ),
    ),
)  # fmt: skip

CHAPTERS = (ADDING, DIFFERENCES)
