"""Specification: numbers, texts, sets and codes. Section 6 of the semantics."""

from __future__ import annotations

from tests.engine.spec_words import (
    EPISODE,
    KIND,
    NOTE,
    P_REAL,
    P_WHOLE,
    REAL,
    TAKEN,
    WHOLE,
    Chapter,
    Example,
    agg,
    calc,
    codes,
    col,
    compare,
    const,
    day,
    given,
)

from helseanalyse.study import nodes as n


def wholes(*pairs: str) -> dict[str, list[dict[str, object]]]:
    """Rows whose columns whole and real hold the two sides of a calculation."""
    return given("lab.result", "pid whole real", *(f"1 {pair}" for pair in pairs))


NUMBERS = Chapter(
    "Numbers",
    "Whole numbers have 64 bits, and going beyond them is an error. There is no infinity and no “not a "
    "number”: what is not finite is unknown. Whole numbers and floats do not mix in silence: cast first.",
    (
        *(
            Example(
                says=says,
                rows=given("population.person", "pid siblings", *(f"{i} {x}" for i, x in enumerate(values, 1))),
                node=node,
                gives=gives,
                python=python,
            )
            for says, values, node, gives, python in [
                ("/ is always a float, and division by 0 is unknown.", [4, 0, "-"],
                 calc(const(10), "/", P_WHOLE), [2.5, None, None], "10 / population.siblings"),
                ("// floors.", [7, -7], calc(P_WHOLE, "//", 2), [3, -4], "population.siblings // 2"),
                ("// by a negative number floors, too.", [7, -7], calc(P_WHOLE, "//", -2), [-4, 3],
                 "population.siblings // -2"),
                ("// by 0 is unknown.", [7, 0], calc(const(7), "//", P_WHOLE), [1, None], "7 // population.siblings"),
                ("x % y = x - y * (x // y).", [-7, 7], calc(P_WHOLE, "%", 2), [1, 1], "population.siblings % 2"),
                ("% by 0 is unknown.", [3, 0], calc(const(7), "%", P_WHOLE), [1, None], "7 % population.siblings"),
                ("** is always a float; 0 to a negative power is unknown.", [-1, 2, 0],
                 calc(const(0), "**", P_WHOLE), [None, 0.0, 1.0], "0 ** population.siblings"),
                ("A negative number to a whole power is known.", [3, 2],
                 calc(const(-2), "**", P_WHOLE), [-8.0, 4.0], "(-2) ** population.siblings"),
                ("Minus.", [3, -3, "-"], n.Negate(P_WHOLE), [-3, 3, None], "-population.siblings"),
                ("times", [3, -3, "-"], calc(P_WHOLE, "*", 4), [12, -12, None], "population.siblings * 4"),
            ]
        ),
        *(
            Example(
                says=says,
                rows=given("population.person", "pid weight", *(f"{i} {x}" for i, x in enumerate(values, 1))),
                node=node,
                gives=gives,
                python=python,
            )
            for says, values, node, gives, python in [
                ("// of floats is a whole float.", [-7.5, 7.5], calc(P_REAL, "//", 2.0), [-4.0, 3.0],
                 "population.weight // 2.0"),
                ("% of floats.", [-7.5, 7.5], calc(P_REAL, "%", 2.0), [0.5, 1.5], "population.weight % 2.0"),
                ("A negative number to a broken power is unknown.", [-8, 8],
                 calc(P_REAL, "**", 1 / 3), [None, 2.0], "population.weight ** (1 / 3)"),
                ("What is not finite is unknown.", [1e200, 1],
                 calc(P_REAL, "*", 1e200), [None, 1e200], "population.weight * 1e200"),
                ("A float becomes whole towards zero.", [3.9, -3.9, "-"],
                 n.Cast(P_REAL, "int"), [3, -3, None], "population.weight.to_int()"),
                ("Rounding is another operation: halves go away from zero.", [2.5, -2.5, 2.4],
                 n.Round(P_REAL), [3, -3, 2], "population.weight.round()"),
                ("The number just below a half is below a half.", [0.49999999999999994, 0.5, 1.5],
                 n.Round(P_REAL), [0, 1, 2], "population.weight.round()"),
            ]
        ),
        Example(
            says="Truth values become 1 and 0.",
            rows=given("population.person", "pid twin", "1 T", "2 F", "3 -"),
            node=n.Cast(col(P_REAL.of, "twin"), "int"),
            gives=[1, 0, None],
            python="population.twin.to_int()",
        ),
        Example(
            says="Every comparison.",
            rows=wholes("4 5", "5 5", "6 5"),
            node=n.And((compare(REAL, ">=", n.Cast(WHOLE, "float")), compare(WHOLE, "<=", 5))),
            gives=[[True, True, False]],
            python="(lab.real >= lab.whole.to_float()) & (lab.whole <= 5)",
        ),
        Example(
            says="between includes both ends.",
            rows=given("population.person", "pid siblings", "1 2", "2 5", "3 8", "4 -"),
            node=n.And((compare(P_WHOLE, ">=", 2), compare(P_WHOLE, "<=", 5))),
            gives=[True, True, False, None],
            python="population.siblings.between(2, 5)",
        ),
        Example(
            says="is_strictly_between leaves out both ends.",
            rows=given("population.person", "pid siblings", "1 2", "2 3", "3 5", "4 -"),
            node=n.And((compare(P_WHOLE, ">", 2), compare(P_WHOLE, "<", 5))),
            gives=[False, True, False, None],
            python="population.siblings.is_strictly_between(2, 5)",
        ),
        Example(
            says="With the ends the wrong way round nothing is between them; unknown stays unknown.",
            rows=wholes("- 1", "2 1", "3 9"),
            node=n.And((compare(WHOLE, ">=", n.Cast(REAL, "int")), compare(WHOLE, "<=", 0))),
            gives=[[None, False, False]],
            python="lab.whole.between(lab.real.to_int(), 0)",
        ),
    ),
)  # fmt: skip

SETS = Chapter(
    "Texts and sets",
    "",
    (
        Example(
            says="contains is to the letter: % and _ are letters, capital and small letters differ.",
            rows=given("lab.result", "pid note", "1 -", "1 100%", "1 Abc", "1 abc"),
            node=n.Contains(NOTE, const("b")),
            gives=[[None, False, True, True]],
            python='lab.note.contains("b")',
        ),
        Example(
            says="Unknown on either side gives unknown.",
            rows=given("lab.result", "pid note", "1 -", "1 abc", "2 abc"),
            node=n.Contains(NOTE, agg("min", NOTE)),
            gives=[[None, True], [True]],
            python="lab.note.contains(lab.note.min())",
        ),
        Example(
            says="So a percent sign is found as itself.",
            rows=given("lab.result", "pid note", "1 100%", "1 abc"),
            node=n.Contains(NOTE, const("0%")),
            gives=[[True, False]],
            python='lab.note.contains("0%")',
        ),
        Example(
            says="Whether a value is one of several.",
            rows=given("population.person", "pid siblings", "1 7", "2 5", "3 -"),
            node=n.In(P_WHOLE, (const(3), const(7))),
            gives=[True, False, None],
            python="population.siblings.is_in([3, 7])",
        ),
        Example(
            says="Nothing is in an empty set, not even something unknown.",
            rows=given("population.person", "pid siblings", "1 7", "2 -"),
            node=n.In(P_WHOLE, ()),
            gives=[False, False],
            python="population.siblings.is_in([])",
        ),
        Example(
            says="The set of values of a person's rows leaves out its unknown ones.",
            rows=given("population.person", "pid siblings", "1 5", "2 3", "3 -", "4 -")
            | given("lab.result", "pid whole", "1 3", "1 -", "2 3", "2 -", "3 3"),
            node=n.InSet(P_WHOLE, WHOLE),
            gives=[False, True, None, False],
            python="population.siblings.is_in(lab.whole)",
        ),
        Example(
            says="Whether a row's value is among the values of the person's other rows.",
            rows=given("lab.result", "pid whole note", "1 1 a", "1 2 b", "1 3 a"),
            node=n.InSet(NOTE, col(n.Filter(NOTE.of, compare(WHOLE, "==", 3)), "note")),
            gives=[[True, False, True]],
            python="lab.note.is_in(lab.where(lab.whole == 3).note)",
        ),
        Example(
            says="Levels of a category are compared with == and !=.",
            rows=given("lab.result", "pid kind", "1 -", "1 a", "1 b"),
            node=compare(KIND, "==", const("a", KIND.type)),
            gives=[[None, True, False]],
            python='lab.kind == "a"',
        ),
    ),
)

DIAGNOSES = given(
    "npr.episode",
    "pid admitted_on main_diagnosis",
    "1 2020-01-01 I21",
    "1 2020-01-02 I210",
    "1 2020-01-03 I22",
    "1 2020-01-04 I219",
    "1 2020-01-05 -",
)
MAIN = col(EPISODE, "main_diagnosis")
ANY = col(EPISODE, "any_diagnosis")
I21 = codes("ICD-10", "I21")

CODES = Chapter(
    "Codes",
    "A code belongs to a system; a list of one system does not go with a column of another. Codes are "
    "normalised when they are loaded: upper case, no dots, no blanks. A list says whether it means the very "
    "codes (`exactly`) or their children as well (`within`).",
    (
        Example(
            says="exactly: the very code.",
            rows=DIAGNOSES,
            node=n.InCodes(MAIN, I21, "exact"),
            gives=[[True, False, False, False, None]],
            python='npr.main_diagnosis.exactly(icd10("I21"))',
        ),
        Example(
            says="within: the code and everything below it.",
            rows=DIAGNOSES,
            node=n.InCodes(MAIN, I21, "with_children"),
            gives=[[True, True, False, True, None]],
            python='npr.main_diagnosis.within(icd10("I21"))',
        ),
        Example(
            says="A column of several codes is in a list if any of them is; without codes it is not.",
            rows=given(
                "npr.episode",
                "pid admitted_on any_diagnosis",
                "1 2020-01-01 E119,I210",
                "1 2020-01-02 E119",
                "1 2020-01-03 -",
            ),
            node=n.InCodes(ANY, I21, "with_children"),
            gives=[[True, False, False]],
            python='npr.any_diagnosis.within(icd10("I21"))',
        ),
        Example(
            says="So “any diagnosis of heart attack, ever” is a count of such rows.",
            rows=given("npr.episode", "pid any_diagnosis", "1 E119,I210", "2 E119", "3 -"),
            node=n.Exists(n.Filter(EPISODE, n.InCodes(ANY, I21, "with_children"))),
            gives=[True, False, False, False],
            python='npr.where(npr.any_diagnosis.within(icd10("I21"))).exists()',
        ),
        Example(
            says="Categories of codes: the longest prefix wins, and what no list holds is unknown.",
            rows=given(
                "npr.episode",
                "pid admitted_on main_diagnosis",
                "1 2020-01-01 I210",
                "1 2020-01-02 I219",
                "1 2020-01-03 I10",
                "1 2020-01-04 -",
            ),
            node=n.Categorise(MAIN, ("infarction", "anterior"), (I21, codes("ICD-10", "I210"))),
            gives=[["anterior", "infarction", None, None]],
            python='npr.main_diagnosis.to_category({"infarction": icd10("I21"), "anterior": icd10("I21.0")})',
        ),
        Example(
            says="Codes are read as they stand in the vault.",
            rows=given("npr.episode", "pid admitted_on main_diagnosis", "1 2020-01-01 i21.9"),
            node=MAIN,
            gives=[["I219"]],
            python="npr.main_diagnosis",
        ),
        Example(
            says="The first date with one of the codes.",
            rows=DIAGNOSES,
            node=agg("min", col(n.Filter(EPISODE, n.InCodes(MAIN, codes("ICD-10", "I22"), "exact")), "admitted_on")),
            gives=[day("2020-01-03")],
            python='npr.where(npr.main_diagnosis.exactly(icd10("I22"))).admitted_on.min()',
        ),
        Example(
            says="Values on a day: how many different notes.",
            rows=given("lab.result", "pid taken_on note", "1 2020-01-01 a", "1 2020-01-01 b", "1 2020-01-02 a"),
            node=n.Aggregate("count_distinct", col(n.Filter(NOTE.of, compare(TAKEN, "==", day("2020-01-01"))), "note")),
            gives=[2],
            python='lab.where(lab.taken_on == "2020-01-01").note.count_distinct()',
        ),
    ),
)  # fmt: skip

CHAPTERS = (NUMBERS, SETS, CODES)
