"""Specification: rows and persons, unknown values, cases. Sections 2 and 3 of the semantics."""

from __future__ import annotations

from tests.engine.spec_words import (
    DEATH,
    EPISODE,
    FLAG,
    LAB,
    NOTE,
    P_FLAG,
    P_REAL,
    P_WHOLE,
    PERSON,
    REAL,
    TAKEN,
    WHOLE,
    Chapter,
    Example,
    agg,
    calc,
    col,
    compare,
    const,
    given,
    levels,
)

from helseanalyse.study import nodes as n
from helseanalyse.study.types import INT

THREE = given("lab.result", "pid whole", "1 -", "1 4", "1 9", "2 -")
OVER_FIVE = compare(WHOLE, ">", 5)

ROWS = Chapter(
    "Rows and persons",
    "A table has many rows a person (events, periods) or at most one. A value belongs to the rows it is "
    "taken from, or to the person. A value of the person combines with anything; values of different rows do "
    "not combine.",
    (
        Example(
            says="A value of the person goes with each of the person's rows.",
            rows=given("lab.result", "pid real", "1 10", "1 30") | given("population.person", "pid weight", "1 5"),
            node=calc(REAL, "+", P_REAL),
            gives=[[15.0, 35.0]],
            python="lab.real + population.weight",
        ),
        Example(
            says="Two columns of one table combine row by row.",
            rows=given("lab.result", "pid whole real", "1 2 10", "1 3 20", "1 - 5"),
            node=calc(n.Cast(WHOLE, "float"), "*", REAL),
            gives=[[None, 20.0, 60.0]],
            python="lab.whole.to_float() * lab.real",
        ),
        Example(
            says="A table with one row a person gives a value of the person, unknown where there is no row.",
            rows=given("dar.death", "pid underlying_cause", "1 I219"),
            node=col(DEATH, "underlying_cause"),
            gives=["I219", None],
            python="dar.underlying_cause",
        ),
        Example(
            says="A filter of a table with one row a person takes the value away from those who do not pass it.",
            rows=given("population.person", "pid siblings weight", "1 2 60", "2 0 70"),
            node=col(n.Filter(PERSON, compare(P_WHOLE, ">", 1)), "weight"),
            gives=[60.0, None],
            python="population.where(population.siblings > 1).weight",
        ),
        Example(
            says="Rows of one filter combine with each other.",
            rows=given("lab.result", "pid whole real", "1 1 10", "1 6 20", "1 7 30"),
            node=calc(
                n.Cast(col(n.Filter(LAB, OVER_FIVE), "whole"), "float"), "+", col(n.Filter(LAB, OVER_FIVE), "real")
            ),
            gives=[[26.0, 37.0]],
            python="lab.where(lab.whole > 5).whole.to_float() + lab.where(lab.whole > 5).real",
        ),
        Example(
            says="Sorting does not change which rows there are: a sorted table combines with the table itself.",
            rows=given("lab.result", "pid whole real", "1 1 10", "1 6 20"),
            node=agg("sum", calc(n.Cast(WHOLE, "float"), "+", REAL)),
            gives=[37.0],
            python="(lab.whole.to_float() + lab.sort_by(lab.taken_on).real).sum()",
        ),
        Example(
            says="An aggregate is a value of the person, so it goes with each row again.",
            rows=given("lab.result", "pid real", "1 1", "1 2", "1 6"),
            node=compare(REAL, ">", agg("mean", REAL)),
            gives=[[False, False, True]],
            python="lab.real > lab.real.mean()",
        ),
        Example(
            says="The relation to another person is declared: the value of the mother. Unknown where she is not known.",
            rows=given("population.person", "pid mother siblings", "1 2 0", "2 - 3", "3 1 5"),
            node=n.Related(col(PERSON, "mother"), P_WHOLE),
            gives=[3, None, 0],
            python="population.mother.of(population.siblings)",
        ),
        Example(
            says="Counts of a known relative are never unknown; those of an unknown relative are.",
            rows=given("population.person", "pid mother", "1 2", "2 3", "3 -")
            | given("lab.result", "pid whole", "2 1", "2 1"),
            node=n.Related(col(PERSON, "mother"), n.Count(LAB)),
            gives=[2, 0, None],
            python="population.mother.of(lab.count())",
        ),
    ),
)

# Every pair of true, false and unknown: twin is the one, the number of siblings above 0 the other.
TRUTH = given(
    "population.person",
    "pid twin siblings",
    "1 T 2",
    "2 T 0",
    "3 T -",
    "4 F 2",
    "5 F 0",
    "6 F -",
    "7 - 2",
    "8 - 0",
    "9 - -",
)
SIBLINGS = compare(P_WHOLE, ">", 0)

UNKNOWN = Chapter(
    "Unknown values",
    "Unknown means “not known”. What is made of something unknown is unknown, unless it would be the same "
    "whatever the unknown value is.",
    (
        *(
            Example(
                says=says,
                rows=TRUTH,
                node=node,
                gives=gives,
                python=python,
            )
            for says, node, gives, python in [
                ("True and unknown is unknown; false and unknown is false.", n.And((P_FLAG, SIBLINGS)),
                 [True, False, None, False, False, False, None, False, None],
                 "population.twin & (population.siblings > 0)"),
                ("True or unknown is true; false or unknown is unknown.", n.Or((P_FLAG, SIBLINGS)),
                 [True, True, True, True, False, None, True, None, None],
                 "population.twin | (population.siblings > 0)"),
                ("Not unknown is unknown.", n.Not(P_FLAG),
                 [False] * 3 + [True] * 3 + [None] * 3, "~population.twin"),
                ("Whether a value is unknown is always known.", n.IsNull(P_FLAG),
                 [False] * 6 + [True] * 3, "population.twin.is_null()"),
                ("Another value in place of the unknown one.", n.IfNull(P_FLAG, const(False)),
                 [True] * 3 + [False] * 6, "population.twin.if_null(False)"),
            ]
        ),
        Example(
            says="A comparison with something unknown is unknown, also that of two unknown values.",
            rows=given("population.person", "pid siblings", "1 3", "2 -"),
            node=compare(P_WHOLE, "==", P_WHOLE),
            gives=[True, None],
            python="population.siblings == population.siblings",
        ),
        Example(
            says="Different from is unknown, too, where a side is.",
            rows=given("population.person", "pid siblings", "1 3", "2 2", "3 -"),
            node=compare(P_WHOLE, "!=", 3),
            gives=[False, True, None],
            python="population.siblings != 3",
        ),
        Example(
            says="Arithmetic with something unknown is unknown.",
            rows=given("population.person", "pid siblings", "1 3", "2 -"),
            node=calc(P_WHOLE, "+", 1),
            gives=[4, None],
            python="population.siblings + 1",
        ),
        Example(
            says="Without rows a value is unknown, but a count is 0 and “exists” is false.",
            rows=given("lab.result", "pid whole", "1 7"),
            node=n.Count(LAB),
            gives=[1, 0],
            python="lab.count()",
        ),
        Example(
            says="where keeps rows for which the condition is true.",
            rows=THREE,
            node=col(n.Filter(LAB, OVER_FIVE), "whole"),
            gives=[[9], []],
            python="lab.where(lab.whole > 5).whole",
        ),
        Example(
            says="except_where drops rows for which it is true and keeps those where it is unknown: "
            "where and except_where split the rows.",
            rows=THREE,
            node=col(n.Filter(LAB, n.Not(n.IfNull(OVER_FIVE, const(False)))), "whole"),
            gives=[[None, 4], [None]],
            python="lab.except_where(lab.whole > 5).whole",
        ),
        Example(
            says="where(~condition) is not the same: it drops the unknown ones as well.",
            rows=THREE,
            node=col(n.Filter(LAB, n.Not(OVER_FIVE)), "whole"),
            gives=[[4], []],
            python="lab.where(~(lab.whole > 5)).whole",
        ),
        Example(
            says="Filters chain with “and”.",
            rows=given("lab.result", "pid whole", "1 4", "1 6", "1 9"),
            node=col(n.Filter(n.Filter(LAB, OVER_FIVE), compare(WHOLE, "<", 8)), "whole"),
            gives=[[6]],
            python="lab.where(lab.whole > 5).where(lab.whole < 8).whole",
        ),
        Example(
            says="A condition of the person keeps all or none of the person's rows.",
            rows=given("lab.result", "pid whole", "1 4", "1 6", "2 1")
            | given("population.person", "pid twin", "1 T", "2 -"),
            node=n.Count(n.Filter(LAB, P_FLAG)),
            gives=[2, 0],
            python="lab.where(population.twin).count()",
        ),
        Example(
            says="where(True) keeps all.",
            rows=THREE,
            node=n.Count(n.Filter(LAB, const(True))),
            gives=[3, 1],
            python="lab.where(True).count()",
        ),
    ),
)  # fmt: skip

WEIGHTS = given("population.person", "pid weight", "1 17.9", "2 25", "3 -")
BMI, TOLD, ABZ = levels("low", "mid", "high"), levels("unknown", "low", "not low"), levels("a", "b", "z")
LOW, MID = compare(P_REAL, "<", 18.5), compare(P_REAL, "<", 25.5)

CHOICES = Chapter(
    "Choosing between values",
    "The first of several that is known or true.",
    (
        Example(
            says="The least and the greatest of several values pass over the unknown ones.",
            rows=given("lab.result", "pid whole real", "1 - 8", "1 3 5", "1 - -"),
            node=n.Extreme("least", (WHOLE, n.Cast(REAL, "int"))),
            gives=[[None, 8, 3]],
            python="min_of(lab.whole, lab.real.to_int())",
        ),
        Example(
            says="With a constant among them they are never unknown.",
            rows=given("population.person", "pid siblings", "1 9", "2 -"),
            node=n.Extreme("greatest", (P_WHOLE, const(5))),
            gives=[9, 5],
            python="max_of(population.siblings, 5)",
        ),
        Example(
            says="Texts are compared letter by letter, by code point: capital letters come before small ones.",
            rows=given("lab.result", "pid note", "1 B", "1 a"),
            node=n.Extreme("least", (NOTE, const("Z"))),
            gives=[["B", "Z"]],
            python='min_of(lab.note, "Z")',
        ),
        Example(
            says="case gives the value of the first condition that is true. Unknown counts as not true, so an unknown "
            "weight falls into `otherwise`. Texts become the levels of a category.",
            rows=WEIGHTS,
            node=n.Case((LOW, MID), (const("low", BMI), const("mid", BMI)), const("high", BMI), BMI),
            gives=["low", "mid", "high"],
            python='weight = population.weight\n'
            'case(when(weight < 18.5).then("low"), when(weight < 25.5).then("mid"), otherwise="high")',
        ),
        Example(
            says="Without `otherwise`, unknown.",
            rows=WEIGHTS,
            node=n.Case((LOW,), (const("low", levels("low")),), None, levels("low")),
            gives=["low", None, None],
            python='case(when(population.weight < 18.5).then("low"))',
        ),
        Example(
            says="A condition on what is unknown comes first, so that it is told apart.",
            rows=WEIGHTS,
            node=n.Case(
                (n.IsNull(P_REAL), LOW), (const("unknown", TOLD), const("low", TOLD)), const("not low", TOLD), TOLD
            ),
            gives=["low", "not low", "unknown"],
            python='weight = population.weight\n'
            'case(when(weight.is_null()).then("unknown"), when(weight < 18.5).then("low"), otherwise="not low")',
        ),
        Example(
            says="map translates values; what it does not name becomes the default, and so does unknown.",
            rows=given("population.person", "pid siblings", "1 1", "2 5", "3 -"),
            node=n.Case(
                (compare(P_WHOLE, "==", 1), compare(P_WHOLE, "==", 2)),
                (const("a", ABZ), const("b", ABZ)),
                const("z", ABZ),
                ABZ,
            ),
            gives=["a", "z", "z"],
            python='population.siblings.map({1: "a", 2: "b"}, default="z")',
        ),
        Example(
            says="map without a default leaves them unknown.",
            rows=given("population.person", "pid siblings", "1 1", "2 5", "3 -"),
            node=n.Case((compare(P_WHOLE, "==", 1),), (const("a", levels("a")),), None, levels("a")),
            gives=["a", None, None],
            python='population.siblings.map({1: "a"})',
        ),
        Example(
            says="A value may be mapped to unknown on purpose.",
            rows=given("population.person", "pid siblings", "1 1", "2 99"),
            node=n.Case(
                (compare(P_WHOLE, "==", 99), compare(P_WHOLE, "==", 1)),
                (const(None, levels("a", "z")), const("a", levels("a", "z"))),
                const("z", levels("a", "z")),
                levels("a", "z"),
            ),
            gives=["a", None],
            python='population.siblings.map({99: None, 1: "a"}, default="z")',
        ),
        Example(
            says="A branch may give unknown on purpose.",
            rows=given("lab.result", "pid whole", "1 3", "1 99"),
            node=n.Case((compare(WHOLE, "==", 99),), (const(None, INT),), WHOLE, INT),
            gives=[[3, None]],
            python="case(when(lab.whole == 99).then(None), otherwise=lab.whole)",
        ),
    ),
)

AGGREGATES = Chapter(
    "From rows to one value a person",
    "Three persons: one with the values 4, 9 and unknown, one with unknown only, one without rows.",
    (
        *(
            Example(says=says, rows=THREE, node=node, gives=gives, python=python)
            for says, node, gives, python in [
                ("count counts rows and is never unknown.", n.Count(LAB), [3, 1, 0], "lab.count()"),
                ("exists is never unknown.", n.Exists(LAB), [True, True, False], "lab.exists()"),
                ("count_distinct does not count the unknown.",
                 agg("count_distinct", WHOLE), [2, 0, 0], "lab.whole.count_distinct()"),
                ("sum passes over the unknown; with nothing to add it is unknown, not 0.",
                 agg("sum", WHOLE), [13, None, None], "lab.whole.sum()"),
                ("mean is always a float.", agg("mean", WHOLE), [6.5, None, None], "lab.whole.mean()"),
                ("min.", agg("min", WHOLE), [4, None, None], "lab.whole.min()"),
                ("max.", agg("max", WHOLE), [9, None, None], "lab.whole.max()"),
                ("any is a three-valued “or”; without rows it is false.",
                 agg("any", OVER_FIVE), [True, None, False], "(lab.whole > 5).any()"),
                ("all is a three-valued “and”; without rows it is true.",
                 agg("all", OVER_FIVE), [False, None, True], "(lab.whole > 5).all()"),
            ]
        ),
        Example(
            says="any is unknown if no value is true and one is unknown.",
            rows=given("lab.result", "pid flag", "1 -", "1 F", "2 F", "2 F"),
            node=agg("any", FLAG),
            gives=[None, False],
            python="lab.flag.any()",
        ),
        Example(
            says="On a table with one row a person, count is 1 or 0.",
            rows=given("dar.death", "pid died_on", "1 2020-01-01"),
            node=n.Count(DEATH),
            gives=[1, 0],
            python="dar.count()",
        ),
        Example(
            says="An aggregate of an expression comes after the expression has been worked out row by row.",
            rows=given("lab.result", "pid whole real", "1 2 10", "1 3 20", "1 - 100"),
            node=agg("sum", calc(n.Cast(WHOLE, "float"), "*", REAL)),
            gives=[80.0],
            python="(lab.whole.to_float() * lab.real).sum()",
        ),
        Example(
            says="Dates and texts have a least and a greatest value.",
            rows=given("lab.result", "pid taken_on", "1 -", "1 2020-02-01", "1 2020-03-01"),
            node=agg("min", TAKEN),
            gives=[given("lab.result", "pid taken_on", "1 2020-02-01")["lab.result"][0]["taken_on"]],
            python="lab.taken_on.min()",
        ),
        Example(
            says="Everyone without a row elsewhere is a legal population: the population register says who exists.",
            rows=given("npr.episode", "pid main_diagnosis", "1 C509"),
            node=n.Not(n.Exists(EPISODE)),
            gives=[False, True],
            python="~npr.exists()",
        ),
    ),
)  # fmt: skip

CHAPTERS = (ROWS, UNKNOWN, CHOICES, AGGREGATES)
