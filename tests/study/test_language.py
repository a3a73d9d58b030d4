"""What the language writes down: equal questions become equal nodes, and nothing is added in silence."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from helseanalyse import (
    Study,
    StudyError,
    atc,
    case,
    codes,
    collecting,
    days,
    icd10,
    interval,
    max_of,
    min_of,
    months,
    open_catalogue,
    person,
    spans,
    supply,
    when,
    years,
)
from helseanalyse.catalogue.model import Grain, Kind
from helseanalyse.catalogue.read import norway
from helseanalyse.registries import dar, kpr, lmr, mfr, npr, population
from helseanalyse.study import nodes
from helseanalyse.study.language.registry import Registries
from helseanalyse.study.types import BOOL, DATE, FLOAT, INT, ValueType
from helseanalyse.study.universe import table_node

EPISODE = nodes.Table("npr", "episode", Grain.EVENT, date="admitted_on")
ADMITTED = nodes.Column(EPISODE, "admitted_on", DATE)
PACKS = lmr.packs.node
A, B = npr.urgency == "planned", npr.sector == "somatic"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Filters chain with "and", and a filter keeps the order: filter then sort is sort then filter.
        (npr.where(A, B), npr.where(A).where(B)),
        (npr.where(A).sort_by(npr.admitted_on), npr.sort_by(npr.admitted_on).where(A)),
        (npr.where(A).first(by=npr.admitted_on), npr.sort_by(npr.admitted_on).where(A).first()),
        # A later sort decides first, and the earlier one breaks its ties.
        (npr.sort_by(npr.sector).sort_by(npr.admitted_on), npr.sort_by(npr.admitted_on, npr.sector)),
        # A column of filtered rows, used on rows filtered once more, is the column of the table.
        (npr.where(A).where(npr.where(A).sector == "somatic"), npr.where(A, B)),
        (npr.where(A).first(by=npr.where(A).admitted_on), npr.where(A).first(by=npr.admitted_on)),
        # A sort changes no value.
        (npr.sort_by(npr.admitted_on).admitted_on, npr.admitted_on),
        # A date may be written as a text or a date; a whole number beside a float is that float.
        (npr.admitted_on > "2015-01-31", npr.admitted_on > date(2015, 1, 31)),
        (lmr.packs > 2, lmr.packs > 2.0),
        (A & B & A, A & (B & A)),
        (days(10) + npr.admitted_on, npr.admitted_on + days(10)),
        (npr.admitted_on - days(5), npr.admitted_on + days(-5)),
        (npr.admitted_on.on_or_between("2015-01-01", "2015-12-31"),
         npr.admitted_on.between("2015-01-01", "2015-12-31")),
        (npr.episode, npr),
        (population.emigrated_on, population.emigration.emigrated_on),
    ],
)  # fmt: skip
def test_two_ways_to_say_the_same_are_the_same(one: Any, other: Any) -> None:
    assert one.node == other.node


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (npr.where(A, B), npr.where(B, A)),  # the same rows, but not the same words: columns of them do not mix
        (npr.where(~A), npr.except_where(A)),  # where A is unknown, only the second keeps the row
        (lmr.packs == 1, lmr.packs.to_int() == 1),
        (npr.first(by=npr.admitted_on), npr.last(by=npr.admitted_on)),
    ],
)
def test_what_differs_stays_different(one: Any, other: Any) -> None:
    assert one.node != other.node


@pytest.mark.parametrize(
    ("value", "node"),
    [
        (npr.except_where(A), nodes.Filter(EPISODE, nodes.Not(nodes.IfNull(A.node, nodes.Constant(False, BOOL))))),
        (npr.admitted_on - years(5), nodes.DateAdd(ADMITTED, nodes.Constant(-5, INT), "years")),
        ((npr.discharged_on - npr.admitted_on).days, nodes.DateDiff(npr.discharged_on.node, ADMITTED, "days")),
        (npr.admitted_on.to_first_of_month(), nodes.Truncate(ADMITTED, "month")),
        (npr.admitted_on.year // 10, nodes.Arithmetic("//", nodes.DatePart(ADMITTED, "year"), nodes.Constant(10, INT))),
        # A cast between whole numbers and floats can be read in the study.
        (lmr.packs + npr.count(), nodes.Arithmetic("+", PACKS, nodes.Cast(nodes.Count(EPISODE), "float"))),
        (lmr.packs * 2, nodes.Arithmetic("*", PACKS, nodes.Constant(2.0, FLOAT))),
        (1 / lmr.packs, nodes.Arithmetic("/", nodes.Constant(1.0, FLOAT), PACKS)),
        (npr.count() / 2, nodes.Arithmetic("/", nodes.Count(EPISODE), nodes.Constant(2, INT))),
        (npr.count() + 0.5,
         nodes.Arithmetic("+", nodes.Cast(nodes.Count(EPISODE), "float"), nodes.Constant(0.5, FLOAT))),
        (lmr.packs.sum(), nodes.Aggregate("sum", PACKS)),
        (npr.admitted_on.count_episodes(days(7)), nodes.CountEpisodes(ADMITTED, 7)),
        (npr.admitted_on.is_in([]), nodes.In(ADMITTED, ())),
        (population.mother.of(population.born_on), nodes.Related(population.mother.node, population.born_on.node)),
        (interval.start, nodes.Parameter("interval_start")),
        (lmr.ddd > lmr.ddd.mean(), nodes.Compare(">", lmr.ddd.node, nodes.Aggregate("mean", lmr.ddd.node))),
        (npr.near(lmr, days=(-30, -1)).exists(), nodes.Near(ADMITTED, lmr.dispensed_on.node, -30, -1, "exists")),
        (
            npr.look_up(population.residence.municipality),
            nodes.LookUp(ADMITTED, population.residence.municipality.node, "covering"),
        ),
        (npr.nth(2, by=npr.admitted_on).exists(), nodes.Exists(nodes.Pick(nodes.Sort(EPISODE, (ADMITTED,)), 2))),
        (
            npr.sort_by(npr.admitted_on).previous(npr.admitted_on),
            nodes.Previous(nodes.Sort(EPISODE, (ADMITTED,)), ADMITTED),
        ),
        (min_of(npr.admitted_on.min(), "2020-01-01"),
         nodes.Extreme("least", (nodes.Aggregate("min", ADMITTED), nodes.Constant(date(2020, 1, 1), DATE)))),
        (
            max_of(npr.count(), lmr.packs.sum()),
            nodes.Extreme("greatest", (nodes.Cast(nodes.Count(EPISODE), "float"), nodes.Aggregate("sum", PACKS))),
        ),
        (spans(npr.admitted_on), nodes.Spans(ADMITTED, nodes.Constant(None, DATE))),
        (population.resident_on("2020-01-01").node.operands[1], nodes.Constant(date(2020, 1, 1), DATE)),
    ],
)  # fmt: skip
def test_what_is_written_down(value: Any, node: nodes.Node) -> None:
    assert getattr(value, "node", value) == node


def test_supply_rounds_days_up_and_waits_a_day() -> None:
    exposed = supply(lmr.dispensed_on, lmr.ddd, grace=days(30)).node
    assert isinstance(exposed, nodes.Supply)
    assert (exposed.grace, exposed.lag, exposed.minimum, exposed.carry_over) == (30, 1, 1, False)
    assert exposed.days.type == INT
    # minus the floor of minus the number
    assert exposed.days == nodes.Cast(
        nodes.Negate(nodes.Arithmetic("//", nodes.Negate(lmr.ddd.node), nodes.Constant(1.0, FLOAT))), "int"
    )


def test_a_case_of_texts_is_a_category_with_its_levels_in_order() -> None:
    age = population.age_on("2020-01-01")
    value = case(when(age < 40).then("young"), when(age.is_null()).then(None), otherwise="old")
    assert value.node.type == ValueType(Kind.CATEGORY, levels=("young", "old"))
    assert value.node.values[1] == nodes.Constant(None, value.node.type)
    assert (value == "old").node.right == nodes.Constant("old", value.node.type)
    mapped = npr.count().map({0: "none", 1: "one"}, default="more")
    assert mapped.levels == ("none", "one", "more")


def test_a_case_of_numbers_is_a_float_where_one_is() -> None:
    value = case(when(npr.exists()).then(1), otherwise=0.5)
    assert value.node.value_type == FLOAT
    assert value.node.values == (nodes.Constant(1.0, FLOAT),)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (icd10("I50", "i11.0"), ("I110", "I50")),
        (icd10("I50, I11.0"), ("I110", "I50")),
        (icd10("E10-E14"), ("E10", "E11", "E12", "E13", "E14")),
        (icd10("I21") | icd10("I22"), ("I21", "I22")),
        (icd10("E10-E14") - icd10("E12"), ("E10", "E11", "E13", "E14")),
        (icd10("I21") - icd10("I21.4"), ("I210", "I211", "I212", "I213", "I219")),
        (atc("A10B") - atc("A10BA"), None),
        (icd10("I21*") & icd10("I21.4", "I50"), ("I214",)),
    ],
)
def test_code_lists(given: Any, found: tuple[str, ...] | None) -> None:
    if found is not None:
        assert given.codes == found
    else:
        assert "A10BA" not in given
        assert "A10BH" in given
    assert given.list.version
    assert given.list.source


def test_a_row_of_a_table_knows_its_columns_and_nothing_of_other_tables() -> None:
    first = npr.where(A).first(by=npr.admitted_on)
    assert first.urgency.node.of == first.node
    with pytest.raises(StudyError, match=r"S007 .* has no `episode`"):
        first.episode  # noqa: B018
    with pytest.raises(StudyError, match=r"S007 .* has no `dispensed_on`"):
        npr.where(A).dispensed_on  # noqa: B018


def test_every_shipped_table_is_typed_as_the_catalogue_says() -> None:
    dynamic = Registries(norway())
    for registry in norway().registries:
        module = {"dar": dar, "kpr": kpr, "lmr": lmr, "mfr": mfr, "npr": npr, "population": population}.get(
            registry.name
        )
        if module is None:
            continue
        for table in registry.tables:
            typed = getattr(module, table.name)
            assert typed.node == table_node(table)
            other = getattr(dynamic.registry(registry.name), table.name)
            for column in table.columns:
                assert getattr(typed, column.name).node == getattr(other, column.name).node
                assert type(getattr(typed, column.name)) is type(getattr(other, column.name))


def test_every_mistake_is_collected_and_what_follows_from_one_is_not_told() -> None:
    with collecting() as problems:
        study = Study("A study", start="2020-01-01", end="2020-12-31")
        day0 = study.index(npr.first(by=npr.admited_on).admitted_on)
        study.require("aged", population.age_on(day0) >= 40)
        study.exclude("ill", npr.where(npr.any_diagnosis.within(icd10("I5O")), npr.admitted_on < day0).exists())
        study.variable("dose", lmr.ddd)
        study.table_one(by=study.exposure("drug", {"a": day0 > "2020-13-01"}))
    assert [problem.id for problem in problems] == ["S007", "S022", "S015"]
    assert all(problem.place.startswith("test_language.py:") for problem in problems)


def test_building_a_study_twice_is_the_same_study() -> None:
    def built() -> Any:
        study = Study("A study", start="2020-01-01", end="2020-12-31")
        study.index(npr.admitted_on.min())
        study.flow()
        return study.specification()

    assert built() == built()


def test_dates_with_many_rows_become_the_first_on_or_after_the_start() -> None:
    study = Study("A study", start="2020-01-01", end="2020-12-31")
    day0 = study.index(npr.admitted_on.min())
    study.outcome("prescription", lmr.dispensed_on)
    study.follow(until={"gone": population.emigrated_on, "dead": population.died_on}, competing=["dead"])
    study.flow()
    spec = study.specification()
    assert spec.follow_up is not None
    (outcome,) = spec.outcomes
    dispensing = lmr.dispensing.node
    kept = nodes.Filter(dispensing, nodes.Compare(">=", lmr.dispensed_on.node, day0.node))
    assert outcome.on == nodes.Aggregate("min", nodes.Column(kept, "dispensed_on", DATE))
    assert [stop.name for stop in spec.follow_up.until] == ["gone", "dead"]
    assert spec.follow_up.until[0].on.domain is None
    assert spec.follow_up.until[1].on == population.died_on.node


def test_a_curve_takes_its_method_from_the_competing_events() -> None:
    for competing, method in ((population.died_on, "aalen_johansen"), ((), "kaplan_meier")):
        study = Study("A study", start="2020-01-01", end="2020-12-31")
        study.index(npr.admitted_on.min())
        outcome = study.outcome("prescription", lmr.dispensed_on)
        study.survival(outcome, at=[years(1), 30])  # asked for before the follow-up is said
        study.follow(until=[population.died_on], competing=competing)
        (curve,) = study.specification().analyses
        assert getattr(curve, "method", None) == method
        assert getattr(curve, "at", None) == (30, 365)


def test_a_table_of_everything_begins_with_age_and_sex() -> None:
    study = Study("A study", start="2020-01-01", end="2020-12-31")
    study.index(npr.admitted_on.min())
    group = study.variable("planned", A.any())
    study.variable("stays", npr.where(npr.admitted_on < "2020-01-01").count())
    study.table_one(by=group)
    spec = study.specification()
    assert getattr(spec.analyses[0], "of", None) == ("age at index", "sex", "stays")
    assert [variable.name for variable in spec.variables] == ["age at index", "sex", "planned", "stays"]


def test_durations_with_a_column_and_months() -> None:
    moved = npr.admitted_on + months(npr.count())
    assert moved.node == nodes.DateAdd(ADMITTED, nodes.Count(EPISODE), "months")


def test_ties_are_the_other_columns_that_the_study_uses_in_the_order_of_the_catalogue() -> None:
    study = Study("A study", start="2020-01-01", end="2020-12-31")
    first = npr.first(by=npr.admitted_on)
    study.index(first.admitted_on)
    study.variable("planned", first.urgency == "planned")
    study.variable("kind", npr.where(npr.level_of_care == "inpatient", npr.any_diagnosis.within(icd10("I21"))).exists())
    study.flow()
    spec = study.specification()
    assert isinstance(spec.index, nodes.Column)
    assert isinstance(spec.index.of, nodes.Pick)
    # any_diagnosis is many codes a row and breaks no tie; the sort's own column needs none.
    assert spec.index.of.ties == ("level_of_care", "urgency")


def test_a_system_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(StudyError, match=r"S024 .* There is no code system `ICD-11`"):
        codes("ICD-11", "BA41")


DANISH = Path(__file__).resolve().parents[2] / "examples" / "danish_diabetes" / "catalogue.yml"


def test_a_study_over_another_catalogue_knows_it_from_its_rows() -> None:
    dm = open_catalogue(DANISH).registry("dmlate")
    assert {"sex", "born_on", "where", "age_on"} <= set(dir(dm))
    with pytest.raises(StudyError, match=r"S007 .* `dmlate.person` has no `dodm`"):
        dm.dodm  # noqa: B018
    study = Study("A study", start="1990-01-01", end="2010-12-31")
    study.index(dm.diagnosed_on)
    death = study.outcome("death", dm.died_on)
    study.follow(until=[dm.followed_until], counts_last_day=False)
    study.table_one()
    study.rates(death, by=["sex", "age"])
    assert study.catalogue.universe.name == "dmlate"
    spec = study.specification()
    assert [variable.name for variable in spec.variables] == ["age at index", "sex"]
    assert study.need() == {
        f"dmlate.person.{name}" for name in ("born_on", "diagnosed_on", "died_on", "followed_until", "sex")
    }


def test_exposures_that_change() -> None:
    study = Study("A study", start="2015-01-01", end="2020-12-31")
    day0 = study.index(npr.admitted_on.min())
    insulin = lmr.where(lmr.atc.within(atc("A10A")))
    study.exposure("insulin", since=insulin.dispensed_on.min(), off="before", on="after", lag=days(2))
    study.exposure("treated", periods=supply(insulin.dispensed_on, insulin.ddd, grace=30))
    study.exposure("in care", periods=kpr.care.where(kpr.care.service == "home_nursing"))
    study.follow(until=[day0 + years(1)])
    study.rates(study.outcome("death", population.died_on), by=["insulin", "treated", "in care"])
    since, treated, care = study.specification().exposures
    first = nodes.Aggregate("min", insulin.dispensed_on.node)
    later = nodes.DateAdd(first, nodes.Constant(2, INT), "days")
    assert since.periods == nodes.Spans(later, nodes.Constant(None, DATE))
    assert (since.off, since.on) == ("before", "after")
    assert isinstance(treated.periods, nodes.Supply)
    assert isinstance(care.periods, nodes.Filter)
    assert care.periods.grain is Grain.PERIOD


def test_periods_in_the_language() -> None:
    stays = spans(npr.admitted_on, npr.discharged_on + days(1))
    inside = stays.intersect(population.residence).clip("2015-01-01", population.died_on).shift(days(-1))
    assert isinstance(inside.node, nodes.Shift)
    assert inside.covered_days().node.type == INT
    assert stays.gaps().first(by=stays.gaps().start).start.node.type == DATE
    assert stays.union(kpr.care).overlaps(population.residence).node.type == BOOL
    assert npr.admitted_on.episodes(max_gap=days(7)).n.max().node.type == INT
    with pytest.raises(StudyError, match=r"S007 .* has no `n`"):
        stays.n  # noqa: B018


def test_a_study_shows_itself_in_a_line() -> None:
    study = Study("A study", start="2015-01-01", end="2020-12-31")
    study.require("in hospital", npr.exists())
    study.flow()
    assert repr(study) == "<study 'A study': 2015-01-01 to 2020-12-31, 1 criteria, 0 variables, 1 analyses>"


def test_a_made_up_person_may_have_rows_as_tuples_and_several_tables() -> None:
    study = Study("A study", start="2015-01-01", end="2020-12-31")
    study.require("dispensed", lmr.where(lmr.dispensed_on.between("2015-01-01", "2020-12-31")).exists())
    study.variable("first use", lmr.dispensed_on.min())
    study.flow()
    study.expects(
        person("as in the manual", sex="female", born_on=date(1960, 5, 1), dispensing=[("2015-01-02", "A10BA02")]),
        included=True,
        first_use="2015-01-02",
    )
    (expected,) = study.specification().expectations
    assert expected.values == (("first use", "2015-01-02"),)
    assert [row.table for row in expected.rows] == ["population.person", "lmr.dispensing", "population.residence"]
    assert expected.rows[1].values == (("dispensed_on", "2015-01-02"), ("atc", "A10BA02"))
