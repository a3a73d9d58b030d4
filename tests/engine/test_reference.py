"""The reference engine itself: what its examples do not show, held against laws and against counting in another way."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.agree_compare import differences
from tests.engine.agree_data import Choices, Size, registers, shuffled
from tests.engine.agree_studies import question
from tests.engine.spec_engines import REGISTRIES, WORDS
from tests.engine.spec_refusals import NO_ANSWER
from tests.engine.spec_words import BORN, CATALOGUE, LAB, P_WHOLE, TAKEN, WHOLE, col, compare, day
from tests.engine.spec_words import given as rows_of

from helseanalyse.engine import reference
from helseanalyse.engine.errors import NO_SUCH_DAY, SAYS
from helseanalyse.engine.reference import arithmetic, periods
from helseanalyse.engine.reference.periods import SupplyRules
from helseanalyse.methods.lexis import lexis_cells
from helseanalyse.methods.segments import ledger_from_segments
from helseanalyse.study import language
from helseanalyse.study import nodes as n
from helseanalyse.study.answer import RawAnswer, RawFlow, RawRates
from helseanalyse.study.specification import Flow, Specification

DATES = st.dates(date(1890, 1, 1), date(2110, 12, 31))

# --- dates: section 6 ------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", ["days", "months", "years"])
@given(x=DATES, number=st.integers(-60, 60))
def test_adding_gives_the_first_day_that_is_so_far_away(unit: str, x: date, number: int) -> None:
    """The law of section 6: x + n months is the smallest y with (y - x) in months = n. The same for days and years."""
    y = arithmetic.add(x, number, unit)
    assert arithmetic.difference(y, x, unit) == number
    assert arithmetic.difference(y - timedelta(days=1), x, unit) == number - 1


@given(birth=DATES, later=DATES)
def test_a_difference_in_years_is_the_age_and_of_months_a_twelfth(birth: date, later: date) -> None:
    assert arithmetic.difference(later, birth, "years") == arithmetic.difference(later, birth, "months") // 12


# --- periods: section 8 ----------------------------------------------------------------------------------

SOME = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 8)).map(lambda p: (p[0], p[0] + p[1])), max_size=5)


def days_of(found: list[periods.Period]) -> set[int]:
    return {d for start, stop in found for d in range(int(start), int(stop))}


@given(left=SOME, right=SOME)
def test_operations_on_periods_are_those_on_sets_of_days(
    left: list[periods.Period], right: list[periods.Period]
) -> None:
    assert days_of(periods.merged(left)) == days_of(left)
    assert days_of(periods.intersection(left, right)) == days_of(left) & days_of(right)
    assert days_of(periods.difference(left, right)) == days_of(left) - days_of(right)
    span = range(min((int(a) for a, _ in left), default=0), max((int(b) for _, b in left), default=0))
    assert days_of(periods.gaps(left)) == set(span) - days_of(left)


@given(left=SOME, right=SOME)
def test_results_are_merged_and_in_order(left: list[periods.Period], right: list[periods.Period]) -> None:
    for found in (periods.merged(left), periods.intersection(left, right), periods.difference(left, right)):
        assert all(before[1] < after[0] for before, after in pairwise(found))
        assert all(start < stop for start, stop in found)


@given(days=st.sets(st.integers(1, 60), min_size=1, max_size=8), lasting=st.integers(1, 20))
def test_carry_over_has_its_closed_form(days: set[int], lasting: int) -> None:
    """methods.md section 5: e_i = Q_i + the largest s_j - Q_(j-1), where Q is the running sum of the days supplied."""
    start = [date.fromordinal(730_000 + d) for d in sorted(days)]
    rules = SupplyRules(grace=0, carry_over=True, cap=None, extension=0, lag=0, minimum=1)
    found = periods.exposure([(d, None, lasting) for d in start], rules)
    numbers = [d.toordinal() for d in start]
    ends = [(i + 1) * lasting + max(numbers[j] - j * lasting for j in range(i + 1)) for i in range(len(numbers))]
    assert found == periods.merged(zip(numbers, ends, strict=True))


# --- rates: section 3.1 of methods -------------------------------------------------------------------------


def test_days_counted_one_by_one_are_those_of_the_lexis_ledger() -> None:
    """The cells of a random cohort, day by day here and by the ledger in `methods.lexis`."""
    order = Random(3)
    births = [
        order.choice([date(1960, 2, 29), date(1960, 3, 1), date(1899, 12, 31), date(1981, 12, 31)]) for _ in range(40)
    ]
    starts = [date(2015, 1, 1) + timedelta(days=order.randrange(2000)) for _ in births]
    stops = [start + timedelta(days=order.randrange(900)) for start in starts]
    people = [{"pid": i, "born_on": b, "died_on": d} for i, (b, d) in enumerate(zip(births, stops, strict=True), 1)]
    lives = [{"pid": i, "moved_in_on": b} for i, b in enumerate(births, 1)]
    begins = [{"pid": i, "taken_on": s} for i, s in enumerate(starts, 1)]
    names = dict(WORDS)
    study = language.Study("Cells", start="2015-01-01", end="2024-12-31", catalogue=REGISTRIES)
    day0 = study.index(names["lab"].taken_on.min())
    never = study.outcome("never", names["npr"].admitted_on)
    study.follow(until=[names["population"].died_on])
    study.rates(never, by=["age", "year"])
    data = reference.data(CATALOGUE, {"population.person": people, "population.residence": lives, "lab.result": begins})
    (found,) = reference.answer(study.specification(), data).results
    assert isinstance(found, RawRates)
    assert day0 is not None
    ledger = ledger_from_segments(births, starts, [stop + timedelta(days=1) for stop in stops])
    cells = lexis_cells(ledger)
    wanted: dict[tuple[int, int], int] = {}
    for year, age, days in zip(cells.year.tolist(), cells.age.tolist(), cells.days.tolist(), strict=True):
        wanted[year, age] = wanted.get((year, age), 0) + days
    assert (
        dict(zip(zip(found.year.tolist(), found.age.tolist(), strict=True), found.days.tolist(), strict=True)) == wanted
    )
    assert found.days.sum() == sum((stop - start).days + 1 for start, stop in zip(starts, stops, strict=True))


# --- data: the storage order --------------------------------------------------------------------------------


def test_the_order_of_delivery_does_not_matter() -> None:
    for number in range(10):
        choices = Choices(Random(number).randrange)
        everything = frozenset(table.path for registry in CATALOGUE.registries for table in registry.tables)
        rows = registers(choices, CATALOGUE, everything, Size(persons=3, rows=6, unknown=2))
        one, other = reference.data(CATALOGUE, rows), reference.data(CATALOGUE, shuffled(rows, Random(number)))
        for path in rows:
            for pid in one.persons:
                assert [(row.number, row.values) for row in one.rows(path, pid)] == [
                    (row.number, row.values) for row in other.rows(path, pid)
                ]


def test_rows_are_numbered_over_all_persons_in_the_order_of_the_table() -> None:
    data = reference.data(
        CATALOGUE,
        rows_of("population.person", "pid", "1", "2")
        | rows_of(
            "lmr.dispensing", "pid atc dispensed_on", "2 A10BA02 2020-01-01", "1 C10AA05 2019-01-01", "1 - 2021-01-01"
        ),
    )
    numbers = {pid: [(row.number, row.values["atc"]) for row in data.rows("lmr.dispensing", pid)] for pid in (1, 2)}
    assert numbers == {1: [(0, None), (2, "C10AA05")], 2: [(1, "A10BA02")]}


def test_the_main_code_and_all_codes_tell_each_other() -> None:
    given_ = [{"pid": 1, "main_diagnosis": "i21.0"}, {"pid": 1, "any_diagnosis": ["E11", "I10"]}]
    data = reference.data(CATALOGUE, {"population.person": [{"pid": 1}], "npr.episode": given_})
    found = [(row.values["main_diagnosis"], row.values["any_diagnosis"]) for row in data.rows("npr.episode", 1)]
    assert found == [("E11", ("E11", "I10")), ("I210", ("I210",))]


def test_a_column_that_the_catalogue_does_not_have_is_refused() -> None:
    with pytest.raises(KeyError, match=r"lab\.result has no column colour"):
        reference.data(CATALOGUE, {"lab.result": [{"pid": 1, "colour": 3}]})


# --- what has no answer ---------------------------------------------------------------------------------------

MEANINGLESS = [
    (n.Aggregate("max", P_WHOLE), "nothing to aggregate"),
    (n.Parameter("interval_start"), "only in the numerator and denominator"),
]


@pytest.mark.parametrize(("series", "rows", "told"), NO_ANSWER)
def test_what_has_no_answer_says_why(series: n.Series, rows: dict[str, list[dict[str, object]]], told: str) -> None:
    with pytest.raises(reference.NoAnswerError, match=told):
        reference.evaluate(series, reference.data(CATALOGUE, rows))


@pytest.mark.parametrize(("series", "told"), MEANINGLESS)
def test_what_has_no_meaning_is_refused(series: n.Series, told: str) -> None:
    with pytest.raises(reference.NoAnswerError, match=told):
        reference.evaluate(series, reference.data(CATALOGUE, {"population.person": [{"pid": 1}]}))


def test_rows_come_in_the_order_of_their_sort() -> None:
    data = reference.data(
        CATALOGUE, rows_of("population.person", "pid", "1") | rows_of("lab.result", "pid whole", "1 3", "1 1")
    )
    assert [row.values["whole"] for row in reference.rows(n.Sort(LAB, (WHOLE,)), data)[1]] == [1, 3]
    turned = n.Sort(LAB, (n.Negate(WHOLE),))
    assert [row.values["whole"] for row in reference.rows(turned, data)[1]] == [3, 1]


# --- whole studies ------------------------------------------------------------------------------------------------


def test_who_is_excluded_is_in_no_count() -> None:
    study = Specification(title="", start=day("2019-01-01"), end=day("2020-12-31"), analyses=(Flow(),))
    rows = rows_of("population.person", "pid", "1", "2") | rows_of(
        "population.residence", "pid moved_in_on", "1 2000-01-01", "2 2000-01-01"
    )
    (flow,) = reference.answer(study, reference.data(CATALOGUE, rows), excluded=frozenset([2])).results
    assert isinstance(flow, RawFlow)
    assert flow.persons.tolist() == [1]


def test_who_is_excluded_is_unknown_to_relatives() -> None:
    """What is known of a child may tell of the mother: so it is not known."""
    rows = rows_of("population.person", "pid mother siblings", "1 2 0", "2 - 3")
    data = reference.data(CATALOGUE, rows)
    mothers = n.Related(col(BORN.of, "mother"), P_WHOLE)
    assert reference.evaluate(mothers, data) == {1: 3, 2: None}
    assert reference.evaluate(mothers, data.without(frozenset([2]))) == {1: None}


@pytest.mark.parametrize("number", range(20))
def test_an_answer_does_not_depend_on_the_order_of_rows_or_the_numbers_of_persons(number: int) -> None:
    asked = question(Random(number).randrange)
    data = reference.data(asked.catalogue, asked.rows)
    answer = reference.answer(asked.study, data, asked.last_day)
    mixed = reference.data(asked.catalogue, shuffled(asked.rows, Random(number)))
    assert differences(answer, reference.answer(asked.study, mixed, asked.last_day)) == []


# --- a study's own tests ---------------------------------------------------------------------------------------------


def own_tests(*lines: str) -> tuple[str, ...]:
    """What a study with some made-up persons says of itself."""
    names = dict(WORDS) | {
        "study": language.Study("Own tests", start="2010-01-01", end="2012-12-31", catalogue=REGISTRIES)
    }
    exec(
        'first = lmr.where(lmr.atc.within(atc("A10BA"))).first(by=lmr.dispensed_on)\n'
        "day0 = study.index(first.dispensed_on)\n"
        'study.require("aged 40 or more", population.age_on(day0) >= 40)\n'
        'study.variable("old", population.age_on(day0))\n'
        'study.variable("first_use", first.dispensed_on)\nstudy.flow()\n' + "\n".join(lines),
        names,
    )
    return reference.disappointments(names["study"].specification(), CATALOGUE)


USER = (
    'person("user", sex="female", born_on="1960-05-01", dispensing=[{"dispensed_on": "2011-01-02", "atc": "A10BA02"}])'
)
ABROAD = USER.replace("user", "abroad").replace(
    "born_on", 'residence=[{"moved_in_on": "1960-05-01", "moved_out_on": "2009-01-01"}], born_on', 1
)
OLD = USER.replace("user", "old user")
YOUNG = USER.replace("1960", "1990").replace("user", "young user")


def test_made_up_persons_come_out_as_expected() -> None:
    assert (
        own_tests(
            f'study.expects({USER}, included=True, old=50, first_use="2011-01-02")',
            f"study.expects({YOUNG}, included=False)",
            'study.expects(person(sex="female", born_on="1960-05-01"), included=False)',
        )
        == ()
    )


def test_what_does_not_come_out_is_told() -> None:
    assert own_tests(
        f'study.expects({USER}, included=True, old=51, first_use="2011-01-03")',
        f"study.expects({OLD}, included=False)",
        f"study.expects({YOUNG}, included=True)",
        'study.expects(person("never", sex="female", born_on="1960-05-01"), included=True)',
        f"study.expects({ABROAD}, included=True)",
    ) == (
        "user: old should be 51, but is 50.",
        "user: first_use should be 2011-01-03, but is 2011-01-02.",
        "old user: is in the study, but should not be.",
        "young user: should be in the study, but is left out by “aged 40 or more”.",
        "never: should be in the study, but is without an index date in the study period.",
        "abroad: should be in the study, but is not resident in the study period.",
    )


def test_a_made_up_person_without_an_answer_is_told() -> None:
    assert own_tests(
        'study.variable("late", day0 + years(population.age_on(day0) * 1000))', f"study.expects({USER}, late=None)"
    ) == (f"user: late: {SAYS[NO_SUCH_DAY]}",)


def test_arrays_have_the_type_that_an_answer_states() -> None:
    for number in range(10):
        asked = question(Random(number).randrange)
        answer = reference.answer(asked.study, reference.data(asked.catalogue, asked.rows), asked.last_day)
        for result in answer.results:
            arrays = [
                getattr(result, name) for name in result.__slots__ if isinstance(getattr(result, name), np.ndarray)
            ]
            assert arrays
            assert {array.dtype for array in arrays} == {np.dtype(np.int64)}


def test_comparing_says_where_answers_differ() -> None:
    """The comparison that all of this rests on can fail."""
    asked = question(Random(0).randrange)
    data = reference.data(asked.catalogue, asked.rows)
    answer = reference.answer(asked.study, data, asked.last_day)
    fewer = reference.answer(asked.study, data, asked.last_day, excluded=frozenset(data.persons))
    assert differences(answer, answer) == []
    assert any("persons" in told for told in differences(answer, fewer))
    assert differences(answer, RawAnswer(answer.results[1:])) != []


def test_sections_of_a_condition_are_compared_by_value() -> None:
    data = reference.data(CATALOGUE, {"population.person": [{"pid": 1, "siblings": 3}]})
    assert reference.evaluate(compare(P_WHOLE, "<", 4), data) == {1: True}
    assert reference.evaluate(n.Aggregate("min", TAKEN), data) == {1: None}
