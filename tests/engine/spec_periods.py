"""Specification: episodes, periods, supplies and exposure. Sections 6 and 8 of the semantics, section 5 of methods."""

from __future__ import annotations

from datetime import timedelta

from tests.engine.spec_words import (
    BORN,
    CARE,
    DIED,
    DISPENSING,
    EPISODE,
    LAB,
    RESIDENCE,
    TAKEN,
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
    rounded_up,
)

from helseanalyse.study import nodes as n

NEW_YEAR = day("2020-01-01")


def january(number: int) -> object:
    """The date `number` days after 31 December 2019: 1 is 1 January 2020."""
    return NEW_YEAR + timedelta(days=number - 1)


def care(*periods: str, pid: int = 1) -> dict[str, list[dict[str, object]]]:
    """Periods of care from text: "1-10" is [1, 10) in January, "5-" is still running; with a w it is the ward."""
    rows = []
    for text in periods:
        start, _, stop = text.rstrip("w").partition("-")
        rows.append(
            {
                "pid": pid,
                "from_on": january(int(start)) if start else None,
                "to_on": january(int(stop)) if stop else None,
                "service": "ward" if text.endswith("w") else "home",
            }
        )
    return {"npr.care": rows}


def spans(*periods: str) -> list[tuple[object, object]]:
    """Expected periods, in the same writing."""
    found = []
    for text in periods:
        start, _, stop = text.partition("-")
        found.append((january(int(start)), january(int(stop)) if stop else None))
    return found


def on_days(*numbers: int, pid: int = 1) -> list[dict[str, object]]:
    return [{"pid": pid, "taken_on": january(number)} for number in numbers]


HOME = n.Filter(CARE, compare(col(CARE, "service"), "==", const("home", col(CARE, "service").type)))
WARD = n.Filter(CARE, compare(col(CARE, "service"), "==", const("ward", col(CARE, "service").type)))
ADMITTED, DISCHARGED = col(EPISODE, "admitted_on"), col(EPISODE, "discharged_on")
BOTH = care("1-10", "8-15w")

EPISODES = Chapter(
    "Episodes",
    "Dates close to each other are one episode: a gap of more than `max_gap` days between neighbours starts "
    "a new one.",
    (
        Example(
            says="Gaps of 5, 7 and 8 days with max_gap 7: two episodes. Without dates, none.",
            rows={"lab.result": on_days(1, 6, 13, 21)},
            node=n.CountEpisodes(TAKEN, 7),
            gives=[2, 0],
            python="lab.taken_on.count_episodes(max_gap=days(7))",
        ),
        Example(
            says="Repeats on one day and unknown dates do not count.",
            rows={"lab.result": [{"pid": 1, "taken_on": None}, *on_days(1, 1, 9)]},
            node=n.CountEpisodes(TAKEN, 7),
            gives=[2],
            python="lab.taken_on.count_episodes(max_gap=days(7))",
        ),
        Example(
            says="As periods: the stop is the day after the last date.",
            rows={"lab.result": on_days(1, 6, 13, 21)},
            node=n.Episodes(TAKEN, 7),
            gives=[spans("1-14", "21-22"), []],
            python="lab.taken_on.episodes(max_gap=days(7))",
        ),
        Example(
            says="n is the number of distinct dates of an episode.",
            rows={"lab.result": on_days(1, 1, 6, 13, 21)},
            node=agg("max", col(n.Episodes(TAKEN, 7), "n")),
            gives=[3],
            python="lab.taken_on.episodes(max_gap=days(7)).n.max()",
        ),
        Example(
            says="The start of the second episode.",
            rows={"lab.result": on_days(1, 6, 13, 21)},
            node=col(n.Pick(n.Sort(n.Episodes(TAKEN, 7), (col(n.Episodes(TAKEN, 7), "start"),)), 2), "start"),
            gives=[january(21)],
            python="e = lab.taken_on.episodes(max_gap=days(7))\ne.nth(2, by=e.start).start",
        ),
    ),
)

PERIODS = Chapter(
    "Periods",
    "A period is half-open, [start, stop): the start is inside, the stop is not. An unknown stop means that "
    "it still runs. A period with an unknown start, or that stops no later than it starts, is no period. In "
    "the tables below 1 to 10 are days of January 2020.",
    (
        Example(
            says="The union merges what overlaps.",
            rows=BOTH, node=n.Union((CARE,)), gives=[spans("1-15")], python="npr.care.union()",
        ),
        Example(
            says="It merges what touches, too.",
            rows=care("1-5", "5-9"), node=n.Union((CARE,)), gives=[spans("1-9")], python="npr.care.union()",
        ),
        Example(
            says="The union of two sets of periods.",
            rows=care("1-3", "8-9", "2-5w"),
            node=n.Union((HOME, WARD)),
            gives=[spans("1-5", "8-9")],
            python='npr.care.where(npr.care.service == "home").union(npr.care.where(npr.care.service == "ward"))',
        ),
        Example(
            says="The days that both cover.",
            rows=BOTH,
            node=n.Intersect(HOME, WARD),
            gives=[spans("8-10")],
            python='npr.care.where(npr.care.service == "home").intersect(npr.care.where(npr.care.service == "ward"))',
        ),
        Example(
            says="The days of the first that the second does not cover.",
            rows=BOTH,
            node=n.Subtract(HOME, WARD),
            gives=[spans("1-8")],
            python='npr.care.where(npr.care.service == "home").subtract(npr.care.where(npr.care.service == "ward"))',
        ),
        Example(
            says="What is taken from a running period may leave a running rest.",
            rows=care("1-", "5-8w"),
            node=n.Subtract(HOME, WARD),
            gives=[spans("1-5", "8-")],
            python='npr.care.where(npr.care.service == "home").subtract(npr.care.where(npr.care.service == "ward"))',
        ),
        Example(
            says="The days between the first start and the last stop that no period covers.",
            rows=care("1-3", "5-6", "4-6", "9-12"),
            node=n.Gaps(CARE),
            gives=[spans("3-4", "6-9"), []],
            python="npr.care.gaps()",
        ),
        Example(
            says="Cut to the days from a date on and before another; both bounds are dates of the person.",
            rows=care("1-10", "12-") | given("population.person", "pid born_on died_on", "1 2020-01-03 2020-01-20"),
            node=n.Clip(CARE, BORN, DIED),
            gives=[spans("3-10", "12-20")],
            python="npr.care.clip(population.born_on, population.died_on)",
        ),
        Example(
            says="An unknown bound does not cut, and neither does one that is not stated.",
            rows=care("1-10", "12-") | given("population.person", "pid born_on died_on", "1 2020-01-03 -"),
            node=n.Clip(CARE, None, DIED),
            gives=[spans("1-10", "12-")],
            python="npr.care.clip(stop=population.died_on)",
        ),
        Example(
            says="Moved by some days.",
            rows=care("1-10", "12-"),
            node=n.Shift(CARE, 5),
            gives=[spans("6-15", "17-")],
            python="npr.care.shift(days(5))",
        ),
        Example(
            says="Two dates of each row as a period; empty and reversed ones are none.",
            rows=given(
                "npr.episode",
                "pid admitted_on discharged_on",
                "1 2020-01-01 2020-01-04",
                "1 2020-01-05 2020-01-05",
                "1 2020-01-07 2020-01-06",
                "1 2020-01-08 -",
            ),
            node=n.Spans(ADMITTED, DISCHARGED),
            gives=[spans("1-4", "8-")],
            python="spans(npr.admitted_on, npr.discharged_on)",
        ),
        Example(
            says="The same with the day of discharge itself inside.",
            rows=given(
                "npr.episode", "pid admitted_on discharged_on", "1 2020-01-01 2020-01-04", "1 2020-01-05 2020-01-05"
            ),
            node=n.Spans(ADMITTED, n.DateAdd(DISCHARGED, const(1), "days")),
            gives=[spans("1-5", "5-6")],
            python="spans(npr.admitted_on, npr.discharged_on + days(1))",
        ),
        Example(
            says="Two dates of the person are one period.",
            rows=given(
                "population.person",
                "pid born_on died_on",
                "1 2020-01-03 2020-01-20",
                "2 2020-01-03 -",
                "3 - 2020-01-03",
            ),
            node=n.Spans(BORN, DIED),
            gives=[spans("3-20"), spans("3-"), []],
            python="spans(population.born_on, population.died_on)",
        ),
        Example(
            says="Each covered day counts once: 14 days.",
            rows=BOTH, node=n.CoveredDays(CARE), gives=[14, 0], python="npr.care.covered_days()",
        ),
        Example(
            says="How many days a running period covers is unknown; cut it first.",
            rows=care("1-10", "12-"), node=n.CoveredDays(CARE), gives=[None], python="npr.care.covered_days()",
        ),
        Example(
            says="Whether a period holds a date: its start is inside, its stop is not.",
            rows={"npr.care": [row for pid in (1, 2, 3) for row in care("1-10", pid=pid)["npr.care"]]}
            | given("population.person", "pid born_on", "1 2020-01-01", "2 2020-01-10", "3 -"),
            node=n.Covers(CARE, BORN),
            gives=[True, False, None],
            python="npr.care.covers(population.born_on)",
        ),
        Example(
            says="Whether every day is covered, first and last included, touching periods as one.",
            rows={"npr.care": [*care("1-5", "5-9")["npr.care"], *care("1-5", "6-9", pid=2)["npr.care"]]},
            node=n.CoversAll(CARE, const(january(2)), const(january(8))),  # type: ignore[arg-type]
            gives=[True, False, False],
            python='npr.care.covers_all("2020-01-02", "2020-01-08")',
        ),
        Example(
            says="The last day must be inside: a period that stops on it does not cover it.",
            rows=care("1-8"),
            node=n.CoversAll(CARE, const(january(2)), const(january(8))),  # type: ignore[arg-type]
            gives=[False],
            python='npr.care.covers_all("2020-01-02", "2020-01-08")',
        ),
        Example(
            says="Of no days all are covered; of unknown days it is unknown.",
            rows=given("population.person", "pid born_on died_on", "1 2020-01-05 2020-01-04", "2 2020-01-05 -"),
            node=n.CoversAll(CARE, BORN, DIED),
            gives=[True, None],
            python="npr.care.covers_all(population.born_on, population.died_on)",
        ),
        Example(
            says="Whether some day is covered by both.",
            rows={"npr.care": [*care("1-10", "8-15w")["npr.care"], *care("1-5", "5-9w", pid=2)["npr.care"]]},
            node=n.Overlaps(HOME, WARD),
            gives=[True, False],
            python='npr.care.where(npr.care.service == "home").overlaps(npr.care.where(npr.care.service == "ward"))',
        ),
        Example(
            says="A period without a known start, or that stops before it starts, counts as a row but covers nothing.",
            rows=care("-9", "7-3", "4-5"),
            node=n.CoveredDays(CARE),
            gives=[1],
            python="npr.care.covered_days()",
        ),
        Example(
            says="Residence is a period table like any other.",
            rows=given(
                "population.residence",
                "pid moved_in_on moved_out_on",
                "1 2010-01-01 2015-06-01",
                "1 2015-06-01 -",
                "2 2010-01-01 2015-06-01",
            ),
            node=n.CoversAll(RESIDENCE, const(day("2013-01-01")), const(day("2017-12-31"))),
            gives=[True, False],
            python='population.residence.covers_all("2013-01-01", "2017-12-31")',
        ),
    ),
)  # fmt: skip


def packs(*lines: str) -> dict[str, list[dict[str, object]]]:
    """Dispensings as (day, daily doses, code)."""
    rows = []
    for line in lines:
        number, ddd, *code = line.split()
        rows.append(
            {
                "pid": 1,
                "dispensed_on": january(int(number)),
                "atc": code[0] if code else "A10BA02",
                "ddd": None if ddd == "-" else float(ddd),
            }
        )
    return {"lmr.dispensing": rows}


ON, DDD, ATC = col(DISPENSING, "dispensed_on"), rounded_up(col(DISPENSING, "ddd")), col(DISPENSING, "atc")
METFORMIN = n.Filter(DISPENSING, n.InCodes(ATC, codes("ATC", "A10BA"), "with_children"))
FOUR = packs("1 30", "26 30", "71 30", "151 30")
SUPPLY = "supply(lmr.dispensed_on, lmr.ddd, lag=0"


EXPOSURE = Chapter(
    "Exposure from dispensings",
    "A dispensing covers the days it supplies, rounded up and at least one. Steps, in this order: supplies "
    "of one person, substance and day add up; surplus is carried over, if the study says so; episodes join "
    "when the gap is at most `grace` days; the extension is added; exposure begins at the `minimum`-th day "
    "of dispensing; everything moves `lag` days. Below, 30 days each on days 1, 26, 71 and 151.",
    (
        Example(
            says="Without carry-over each supply starts on its own day.",
            rows=FOUR,
            node=n.Supply(ON, DDD),
            gives=[spans("1-56", "71-101", "151-181")],
            python=f"{SUPPLY})",
        ),
        Example(
            says="With carry-over, what is left is used up before the next supply.",
            rows=FOUR,
            node=n.Supply(ON, DDD, carry_over=True),
            gives=[spans("1-61", "71-101", "151-181")],
            python=f"{SUPPLY}, carry_over=True)",
        ),
        Example(
            says="At most `cap` days are carried over.",
            rows=FOUR,
            node=n.Supply(ON, DDD, carry_over=True, cap=3),
            gives=[spans("1-59", "71-101", "151-181")],
            python=f"{SUPPLY}, carry_over=True, cap=3)",
        ),
        Example(
            says="A gap of at most `grace` days does not end an episode: 10 days do not, 50 do.",
            rows=FOUR,
            node=n.Supply(ON, DDD, carry_over=True, grace=15),
            gives=[spans("1-101", "151-181")],
            python=f"{SUPPLY}, carry_over=True, grace=15)",
        ),
        Example(
            says="Some days are added after the last supply of an episode; episodes that then touch are one.",
            rows=FOUR,
            node=n.Supply(ON, DDD, carry_over=True, extension=10),
            gives=[spans("1-111", "151-191")],
            python=f"{SUPPLY}, carry_over=True, extension=10)",
        ),
        Example(
            says="Everything moves by the lag.",
            rows=FOUR,
            node=n.Supply(ON, DDD, lag=7),
            gives=[spans("8-63", "78-108", "158-188")],
            python="supply(lmr.dispensed_on, lmr.ddd, lag=7)",
        ),
        Example(
            says="With a minimum of two dispensings exposure begins on the day of the second: no look into the future.",
            rows=FOUR,
            node=n.Supply(ON, DDD, minimum=2),
            gives=[spans("26-56", "71-101", "151-181")],
            python=f"{SUPPLY}, minimum=2)",
        ),
        Example(
            says="Who has fewer is never exposed.",
            rows=packs("1 30", "1 30"),
            node=n.Supply(ON, DDD, minimum=2),
            gives=[[]],
            python=f"{SUPPLY}, minimum=2)",
        ),
        Example(
            says="Supplies of one day add up, each rounded up; a day with a dispensing counts as one day at least.",
            rows=packs("1 2.5", "1 2", "11 0"),
            node=n.Supply(ON, DDD),
            gives=[spans("1-6", "11-12")],
            python=f"{SUPPLY})",
        ),
        Example(
            says="A dispensing of an unknown number of days tells nothing.",
            rows=packs("1 -", "11 3"),
            node=n.Supply(ON, DDD),
            gives=[spans("11-14")],
            python=f"{SUPPLY})",
        ),
        Example(
            says="One clock for all substances: the second substance waits until the first is used up.",
            rows=packs("1 30 A10BA02", "11 30 A10BH01"),
            node=n.Supply(ON, DDD, carry_over=True),
            gives=[spans("1-61")],
            python=f"{SUPPLY}, carry_over=True)",
        ),
        Example(
            says="With a clock for each substance they run side by side.",
            rows=packs("1 30 A10BA02", "11 30 A10BH01"),
            node=n.Supply(ON, DDD, ATC, carry_over=True),
            gives=[spans("1-41")],
            python=f"{SUPPLY}, substance=lmr.atc, carry_over=True)",
        ),
        Example(
            says="A long early supply covers the gap before a later one.",
            rows=packs("1 100 A10BA02", "11 5 A10BH01", "51 5 A10BH01"),
            node=n.Supply(ON, DDD, ATC),
            gives=[spans("1-101")],
            python=f"{SUPPLY}, substance=lmr.atc)",
        ),
        Example(
            says="Only dispensings of some codes: filter first.",
            rows=packs("1 30 A10BA02", "11 30 C10AA05"),
            node=n.Supply(
                col(METFORMIN, "dispensed_on"),
                rounded_up(col(METFORMIN, "ddd")),
            ),
            gives=[spans("1-31")],
            python='drug = lmr.where(lmr.atc.within(atc("A10BA")))\nsupply(drug.dispensed_on, drug.ddd, lag=0)',
        ),
        Example(
            says="Covered days over days in a window: the proportion of days covered. Here 110 of 170.",
            rows=FOUR,
            node=n.CoveredDays(n.Clip(n.Supply(ON, DDD, carry_over=True), None, const(january(171)))),  # type: ignore[arg-type]
            gives=[110],
            python=f'{SUPPLY}, carry_over=True).clip(stop="2020-06-19").covered_days()',
        ),
    ),
)  # fmt: skip

DAYS_OF_CARE = Chapter(
    "Rows of periods",
    "Periods are rows: they can be filtered, sorted, picked and counted.",
    (
        Example(
            says="How many episodes last more than 40 days.",
            rows=FOUR,
            node=n.Count(
                n.Filter(
                    _S := n.Supply(ON, DDD), compare(n.DateDiff(col(_S, "stop"), col(_S, "start"), "days"), ">", 40)
                )
            ),
            gives=[1],
            python="e = supply(lmr.dispensed_on, lmr.ddd, lag=0)\ne.where((e.stop - e.start).days > 40).count()",
        ),
        Example(
            says="The longest.",
            rows=FOUR,
            node=agg("max", n.DateDiff(col(_S, "stop"), col(_S, "start"), "days")),
            gives=[55],
            python="e = supply(lmr.dispensed_on, lmr.ddd, lag=0)\n(e.stop - e.start).days.max()",
        ),
        Example(
            says="The start of the last period, in the order of starts.",
            rows=care("1-10", "8-15w"),
            node=col(n.Pick(n.Sort(CARE, (col(CARE, "from_on"),)), -1), "service"),
            gives=["ward"],
            python="npr.care.last(by=npr.care.from_on).service",
        ),
        Example(
            says="Clipped periods stay as many as they were; only those without a day left go.",
            rows=care("1-5", "3-8", "20-30"),
            node=n.Count(n.Clip(CARE, None, const(january(10)))),  # type: ignore[arg-type]
            gives=[2, 0],
            python='npr.care.clip(stop="2020-01-10").count()',
        ),
        Example(
            says="The mean gap between results, in days.",
            rows={"lab.result": on_days(1, 6, 13)},
            node=agg("mean", n.DateDiff(TAKEN, n.Previous(n.Sort(LAB, (TAKEN,)), TAKEN), "days")),
            gives=[6.0],
            python="(lab.taken_on - lab.sort_by(lab.taken_on).previous(lab.taken_on)).days.mean()",
        ),
        Example(
            says="Doses a covered day.",
            rows=packs("1 30", "16 30"),
            node=calc(agg("sum", col(DISPENSING, "ddd")), "/", n.CoveredDays(n.Supply(ON, DDD))),
            gives=[60 / 45],
            python="lmr.ddd.sum() / supply(lmr.dispensed_on, lmr.ddd, lag=0).covered_days()",
        ),
    ),
)  # fmt: skip

CHAPTERS = (EPISODES, PERIODS, EXPOSURE, DAYS_OF_CARE)
