"""Specification: order, ties and picking one row. Section 5 of the semantics."""

from __future__ import annotations

from tests.engine.spec_words import (
    DISPENSING,
    LAB,
    NOTE,
    REAL,
    TAKEN,
    WHOLE,
    Chapter,
    Example,
    col,
    compare,
    day,
    first,
    given,
)

from helseanalyse.study import nodes as n

AB = given("lab.result", "pid whole note", "1 1 z", "1 2 c", "1 2 z")
BY_WHOLE = n.Sort(LAB, (WHOLE,))
GAPPY = given("lab.result", "pid whole", "1 -", "1 5", "1 20", "2 -")
SAME_DAY = given("lmr.dispensing", "pid atc dispensed_on packs", "1 A02BC01 2021-05-02 1", "1 N02BE01 2021-05-02 2")
ON_DAY = n.Sort(DISPENSING, (col(DISPENSING, "dispensed_on"),))
DATED = given(
    "lab.result",
    "pid taken_on whole",
    "1 2020-01-05 7",
    "1 2020-02-10 3",
    "1 2020-02-20 9",
    "2 2020-01-01 1",
)
BY_DATE = n.Sort(LAB, (TAKEN,))

PICKING = Chapter(
    "Order, and picking one row",
    "Rows have no order until they are sorted, ascending, and the unknown come first. Only sorted rows have "
    "a first and a last. Ties are always broken: by the other columns of the table that the study uses, in "
    "the order of the catalogue, and last of all by the order in which the vault stores the rows. So the "
    "same question has the same answer on every run.",
    (
        Example(
            says="The first row in the order of a column.",
            rows=AB,
            node=col(n.Pick(BY_WHOLE, 1), "note"),
            gives=["z"],
            python="lab.first(by=lab.whole).note",
        ),
        Example(
            says="A second column breaks the ties of the first.",
            rows=AB,
            node=col(n.Pick(n.Sort(LAB, (NOTE, WHOLE)), 2), "whole"),
            gives=[1],
            python="lab.nth(2, by=(lab.note, lab.whole)).whole",
        ),
        Example(
            says="A later sort_by becomes the primary order; the earlier one breaks its ties.",
            rows=AB,
            node=col(n.Pick(n.Sort(LAB, (NOTE, WHOLE)), 1), "whole"),
            gives=[2],
            python="lab.sort_by(lab.whole).sort_by(lab.note).first().whole",
        ),
        Example(
            says="So the last row of the same two orders, taken the other way round, is another one.",
            rows=AB,
            node=col(n.Pick(n.Sort(LAB, (WHOLE, NOTE)), -1), "note"),
            gives=["z"],
            python="lab.sort_by(lab.note).sort_by(lab.whole).last().note",
        ),
        Example(
            says="Unknown values come first in the order.",
            rows=GAPPY,
            node=col(first(LAB, WHOLE), "whole"),
            gives=[None, None],
            python="lab.first(by=lab.whole).whole",
        ),
        Example(
            says="And so last() is known if any is.",
            rows=GAPPY,
            node=col(first(LAB, WHOLE, position=-1), "whole"),
            gives=[20, None],
            python="lab.last(by=lab.whole).whole",
        ),
        Example(
            says="A filter keeps the order, and filtering before or after sorting is the same.",
            rows=GAPPY,
            node=col(n.Pick(n.Sort(n.Filter(LAB, n.Not(n.IsNull(WHOLE))), (WHOLE,)), 1), "whole"),
            gives=[5, None],
            python="lab.sort_by(lab.whole).where(~lab.whole.is_null()).first().whole",
        ),
        Example(
            says="Two dispensings on one day: the first in the order of the study's other columns.",
            rows=SAME_DAY,
            node=col(n.Pick(ON_DAY, 1, ("atc",)), "atc"),
            gives=["A02BC01"],
            python="lmr.first(by=lmr.dispensed_on).atc",
        ),
        Example(
            says="last() is the exact reverse.",
            rows=SAME_DAY,
            node=col(n.Pick(ON_DAY, -1, ("atc",)), "atc"),
            gives=["N02BE01"],
            python="lmr.last(by=lmr.dispensed_on).atc",
        ),
        Example(
            says="All columns of one pick come from the same row.",
            rows=SAME_DAY,
            node=col(n.Pick(ON_DAY, -1, ("atc", "packs")), "packs"),
            gives=[2.0],
            python="lmr.last(by=lmr.dispensed_on).packs",
        ),
        Example(
            says="The second, third, ... row; unknown where there are fewer.",
            rows=DATED,
            node=col(n.Pick(BY_DATE, 2), "whole"),
            gives=[3, None],
            python="lab.nth(2, by=lab.taken_on).whole",
        ),
        Example(
            says="Counted from the end.",
            rows=DATED,
            node=col(n.Pick(BY_DATE, -2), "whole"),
            gives=[3, None],
            python="lab.nth(-2, by=lab.taken_on).whole",
        ),
        Example(
            says="The value on the row before, in sorted rows; unknown on the first.",
            rows=DATED,
            node=n.Previous(BY_DATE, WHOLE),
            gives=[[None, 7, 3], [None]],
            python="lab.sort_by(lab.taken_on).previous(lab.whole)",
        ),
        Example(
            says="Days since the row before.",
            rows=DATED,
            node=n.DateDiff(TAKEN, n.Previous(BY_DATE, TAKEN), "days"),
            gives=[[None, 36, 10], [None]],
            python="(lab.taken_on - lab.sort_by(lab.taken_on).previous(lab.taken_on)).days",
        ),
        Example(
            says="A pick has one value a person, so it goes with each row again: days since the first.",
            rows=DATED,
            node=n.DateDiff(TAKEN, col(n.Pick(BY_DATE, 1), "taken_on"), "days"),
            gives=[[0, 36, 46], [0]],
            python="(lab.taken_on - lab.first(by=lab.taken_on).taken_on).days",
        ),
        Example(
            says="Rows may be sorted by an expression.",
            rows=given("lab.result", "pid whole real", "1 1 9", "1 2 1", "1 3 4"),
            node=col(first(LAB, n.Arithmetic("*", n.Cast(WHOLE, "float"), REAL)), "whole"),
            gives=[2],
            python="lab.first(by=lab.whole.to_float() * lab.real).whole",
        ),
        Example(
            says="A pick of filtered rows.",
            rows=DATED,
            node=col(first(n.Filter(LAB, compare(WHOLE, "<", 8)), TAKEN, position=-1), "taken_on"),
            gives=[day("2020-02-10"), day("2020-01-01")],
            python="lab.where(lab.whole < 8).last(by=lab.taken_on).taken_on",
        ),
    ),
)  # fmt: skip

CHAPTERS = (PICKING,)
