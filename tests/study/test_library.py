"""The library of comorbidities against its worked example: methods of Quan 2005 with two sets of weights."""

from __future__ import annotations

import pytest

from helseanalyse import Study, days, years
from helseanalyse.catalogue.codes import Status, system
from helseanalyse.registries import npr, population
from helseanalyse.study import nodes
from helseanalyse.study.language.comorbidity import _score
from helseanalyse.study.library import COMMON, QUAN, WEIGHTS
from helseanalyse.study.node import Series
from helseanalyse.study.types import BOOL

# E11.9, E11.2, C50, C78.7, K70.3, K76.6: complicated diabetes, metastatic tumour, severe liver disease.
EXAMPLE = ("E119", "E112", "C50", "C787", "K703", "K766")


def value(node: Series) -> int:
    """A score of constants, worked out."""
    if isinstance(node, nodes.Constant):
        assert isinstance(node.value, int)
        return int(node.value)
    if isinstance(node, nodes.And):
        return int(all(value(part) for part in node.parts))
    if isinstance(node, nodes.Not):
        return int(not value(node.of))
    if isinstance(node, nodes.Cast):
        return value(node.of)
    assert isinstance(node, nodes.Arithmetic)
    left, right = value(node.left), value(node.right)
    return {"+": left + right, "*": left * right}[node.sign]


def has(group: str, codes: tuple[str, ...]) -> bool:
    listed = next(each for each in QUAN if each.name == group).code_list.codes
    return any(code.startswith(prefix) for code in codes for prefix in listed)


@pytest.mark.parametrize("weights", WEIGHTS)
def test_the_worked_example_scores_eleven(weights: str) -> None:
    seen = {group.name: nodes.Constant(has(group.name, EXAMPLE), BOOL) for group in QUAN}
    assert value(_score(seen, weights)) == 11
    without_hierarchy = sum(group.weight(weights) for group in QUAN if has(group.name, EXAMPLE))
    assert without_hierarchy == 15


@pytest.mark.parametrize(
    ("code", "groups"),
    [
        ("I252", {"myocardial infarction"}),
        ("I251", set()),
        ("I509", {"heart failure"}),
        ("I426", {"heart failure"}),
        ("F051", {"dementia"}),
        ("E109", {"diabetes without complications"}),
        ("E105", {"diabetes with complications"}),
        ("K711", {"moderate or severe liver disease"}),
        ("C780", {"metastatic solid tumour"}),
        ("C449", set()),  # skin cancer other than melanoma counts in neither
        ("C439", {"malignancy"}),
        ("J459", {"chronic pulmonary disease"}),
        ("B24", {"aids or hiv"}),
        ("N185", {"renal disease"}),
    ],
)
def test_a_code_belongs_to_its_group(code: str, groups: set[str]) -> None:
    assert {group.name for group in QUAN if has(group.name, (code,))} == groups


def test_every_code_of_the_library_is_a_code() -> None:
    known = system("ICD-10")
    for group in QUAN:
        for code in group.code_list.codes:
            assert known.normalise(code) == code
            assert known.status(code) in (Status.LISTED, Status.FINER), code
    assert set(COMMON) <= {group.name for group in QUAN}
    assert len(COMMON) == 10


def test_no_code_is_in_two_groups() -> None:
    for left in QUAN:
        for right in QUAN:
            if left.name < right.name:
                shared = [code for code in left.code_list.codes if has(right.name, (code,))]
                assert shared == [], (left.name, right.name)


def test_a_comorbidity_looks_back_and_leaves_day_0_out() -> None:
    study = Study("A study", start="2015-01-01", end="2020-12-31")
    day0 = study.index(npr.where(npr.urgency == "planned").admitted_on.min())
    (named,) = study.comorbidities(day0, npr.any_diagnosis, lookback=years(2), groups=["dementia"])
    assert named.name == "earlier dementia"
    group = next(group for group in QUAN if group.name == "dementia")
    coded = nodes.InCodes(npr.any_diagnosis.node, group.code_list, "with_children")
    rows: nodes.Rows = nodes.Filter(npr.node, coded)
    rows = nodes.Filter(rows, (npr.admitted_on >= day0 - years(2)).node)
    rows = nodes.Filter(rows, (npr.admitted_on < day0).node)
    assert named.value.node == nodes.Exists(rows)


def test_the_hierarchy_counts_the_graver_of_a_pair() -> None:
    assert {group.milder for group in QUAN if group.milder} == {
        "diabetes without complications",
        "mild liver disease",
        "malignancy",
    }


def test_a_score_needs_all_the_diagnoses_of_an_event_table() -> None:
    study = Study("A study", start="2015-01-01", end="2020-12-31")
    day0 = study.index(population.died_on - days(1))
    with pytest.raises(Exception, match=r"S012 .* all the codes of an event table"):
        study.charlson(day0, npr.main_diagnosis)  # type: ignore[arg-type]
