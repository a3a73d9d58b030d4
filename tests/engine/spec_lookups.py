"""Specification: as-of look-ups and windows. Section 9 of the semantics."""

from __future__ import annotations

from tests.engine.spec_words import (
    BORN,
    CARE,
    DISPENSING,
    EPISODE,
    LAB,
    REAL,
    RESIDENCE,
    TAKEN,
    WHOLE,
    Chapter,
    Example,
    col,
    compare,
    first,
    given,
)

from helseanalyse.study import nodes as n

ADMITTED = col(EPISODE, "admitted_on")
MOVED = given(
    "population.residence",
    "pid moved_in_on moved_out_on municipality",
    "1 2010-01-01 2016-01-01 0301",
    "1 2016-01-01 - 4601",
)
RESULTS = given(
    "lab.result",
    "pid taken_on whole real",
    "1 2020-01-10 1 10",
    "1 2020-01-20 2 -",
    "1 2020-01-20 3 30",
    "1 2020-02-05 4 40",
)


def admitted(*dates: str) -> dict[str, list[dict[str, object]]]:
    """Admissions of person 1, in ascending order."""
    return given("npr.episode", "pid admitted_on", *(f"1 {text}" for text in dates))


LOOK_UPS = Chapter(
    "The value as of a date",
    "look_up takes, for each row, exactly one value from another table of the same person: of the period "
    "that holds the row's date, or of the last row dated on or before it. Where nothing fits, the value is "
    "unknown. Rows never multiply.",
    (
        Example(
            says="Where the person lived on the day of admission. The day of moving in belongs to the new place.",
            rows=MOVED | admitted("-", "2009-05-01", "2015-12-31", "2016-01-01"),
            node=n.LookUp(ADMITTED, col(RESIDENCE, "municipality"), "covering"),
            gives=[[None, None, "0301", "4601"]],
            python="npr.look_up(population.residence.municipality)",
        ),
        Example(
            says="The last result on or before the day; of several on that day, the last as stored.",
            rows=RESULTS | admitted("2020-01-09", "2020-01-10", "2020-01-20", "2020-03-01"),
            node=n.LookUp(ADMITTED, WHOLE, "on_or_before"),
            gives=[[None, 1, 3, 4]],
            python="npr.look_up(lab.whole)",
        ),
        Example(
            says="before leaves out the day itself.",
            rows=RESULTS | admitted("2020-01-09", "2020-01-10", "2020-01-20", "2020-03-01"),
            node=n.LookUp(ADMITTED, WHOLE, "before"),
            gives=[[None, None, 1, 4]],
            python='npr.look_up(lab.whole, how="before")',
        ),
        Example(
            says="At most so many days old.",
            rows=RESULTS | admitted("2020-01-20", "2020-01-22", "2020-01-23"),
            node=n.LookUp(ADMITTED, WHOLE, "on_or_before", max_age=2),
            gives=[[3, 3, None]],
            python="npr.look_up(lab.whole, max_age=days(2))",
        ),
        Example(
            says="It is the row that is looked up: its value may be unknown. Filter the rows to pass over such.",
            rows=given("lab.result", "pid taken_on real", "1 2020-01-10 10", "1 2020-01-20 -") | admitted("2020-01-25"),
            node=n.LookUp(ADMITTED, REAL, "on_or_before"),
            gives=[[None]],
            python="npr.look_up(lab.real)",
        ),
        Example(
            says="Only the rows that pass a filter.",
            rows=given("lab.result", "pid taken_on real", "1 2020-01-10 10", "1 2020-01-20 -") | admitted("2020-01-25"),
            node=n.LookUp(ADMITTED, col(n.Filter(LAB, n.Not(n.IsNull(REAL))), "real"), "on_or_before"),
            gives=[[10.0]],
            python="npr.look_up(lab.where(~lab.real.is_null()).real)",
        ),
        Example(
            says="As of a date of the person.",
            rows=RESULTS | given("population.person", "pid born_on", "1 2020-01-15", "2 2020-01-15"),
            node=n.LookUp(BORN, WHOLE, "on_or_before"),
            gives=[1, None],
            python="npr.look_up(lab.whole, as_of=population.born_on)",
        ),
        Example(
            says="Where periods overlap the study says which one counts: the one that started last.",
            rows=given("npr.care", "pid from_on to_on service", "1 2020-01-01 - home", "1 2020-01-05 2020-01-08 ward")
            | admitted("2020-01-06", "2020-01-08"),
            node=n.LookUp(ADMITTED, col(CARE, "service"), "covering", pick="latest_start"),
            gives=[["ward", "home"]],
            python='npr.look_up(npr.care.service, pick="latest_start")',
        ),
    ),
)

WINDOWS = Chapter(
    "Windows round a date",
    "near counts, for each row, the rows of another table dated from `low` to `high` days after the row's "
    "date; day 0 is the date itself. Near an unknown date there is nothing.",
    (
        Example(
            says="Results on the 30 days before, the day itself left out.",
            rows=RESULTS | admitted("-", "2020-01-10", "2020-01-20", "2020-02-19"),
            node=n.Near(ADMITTED, TAKEN, -30, -1, "count"),
            gives=[[0, 0, 1, 3]],
            python="npr.near(lab, days=(-30, -1)).count()",
        ),
        Example(
            says="Whether there is any on the day itself or the ten days after.",
            rows=RESULTS | admitted("-", "2020-01-01", "2020-01-21"),
            node=n.Near(ADMITTED, TAKEN, 0, 10, "exists"),
            gives=[[False, True, False]],
            python="npr.near(lab, days=(0, 10)).exists()",
        ),
        *(
            Example(
                says=f"The {how} of their values, unknown ones passed over.",
                rows=RESULTS | admitted("2020-01-01", "2020-01-21"),
                node=n.Near(ADMITTED, TAKEN, -30, -1, how, REAL),
                gives=[[None, value]],
                python=f"npr.near(lab, days=(-30, -1)).{how}(lab.real)",
            )
            for how, value in [("sum", 40.0), ("mean", 20.0), ("min", 10.0), ("max", 30.0)]
        ),
        Example(
            says="A window round a date of the person is a value of the person.",
            rows=RESULTS | given("population.person", "pid born_on", "1 2020-01-15", "2 2020-01-15"),
            node=n.Near(BORN, TAKEN, -10, 10, "count"),
            gives=[3, 0],
        ),
        Example(
            says="A window round the rows of the same table holds the row itself if day 0 is in it.",
            rows=RESULTS,
            node=n.Near(TAKEN, TAKEN, 0, 0, "count"),
            gives=[[1, 2, 2, 1]],
            python="lab.near(lab, days=(0, 0)).count()",
        ),
        Example(
            says="Admissions with a dispensing in the week after, of a person.",
            rows=admitted("2020-01-01", "2020-02-01")
            | given("lmr.dispensing", "pid atc dispensed_on", "1 B01AC04 2020-01-03"),
            node=n.Count(n.Filter(EPISODE, n.Near(ADMITTED, col(DISPENSING, "dispensed_on"), 0, 7, "exists"))),
            gives=[1],
            python="npr.where(npr.near(lmr, days=(0, 7)).exists()).count()",
        ),
        Example(
            says="First a pick, then a window round it.",
            rows=admitted("2020-01-01", "2020-02-01") | RESULTS,
            node=n.Near(col(first(EPISODE, ADMITTED, position=-1), "admitted_on"), TAKEN, -14, -1, "count"),
            gives=[2],
        ),
        Example(
            says="The same with a filter of the other table.",
            rows=admitted("2020-02-10") | RESULTS,
            node=n.Near(ADMITTED, col(n.Filter(LAB, compare(WHOLE, ">", 2)), "taken_on"), -30, -1, "count"),
            gives=[[2]],
            python="npr.near(lab.where(lab.whole > 2), days=(-30, -1)).count()",
        ),
    ),
)

CHAPTERS = (LOOK_UPS, WINDOWS)
