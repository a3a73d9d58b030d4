"""A permit is a value that one must hold: what it covers, when, and what is said when it does not."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helseanalyse.catalogue.model import Catalogue, Column, Grain, Kind, Label, Registry, Table
from helseanalyse.permit import Grant, Permit, PermitError, grant, grant_public
from helseanalyse.permit.permit import read, write

TODAY = date(2026, 6, 1)
PERMIT = Permit(
    id="P-1",
    title="Heart failure after new drugs",
    purpose="Research",
    holder="Ola Nordmann, UiO",
    variables=frozenset(["lmr.dispensing.atc", "npr.episode.*", "dar.*"]),
    valid_from=date(2026, 1, 1),
    valid_to=date(2026, 12, 31),
)


@pytest.mark.parametrize(
    ("path", "covered"),
    [
        ("lmr.dispensing.atc", True),
        ("lmr.dispensing.dispensed_on", False),  # another column of the same table
        ("npr.episode.admitted_on", True),  # a whole table
        ("npr.referral.referred_on", False),
        ("dar.death.underlying_cause", True),  # a whole registry
        ("dar2.death.underlying_cause", False),  # a name that only begins alike
    ],
)
def test_a_permit_covers_what_it_names_and_nothing_else(path: str, covered: bool) -> None:
    assert PERMIT.covers(path) is covered


def test_what_lies_outside_is_named_and_the_remedy_said() -> None:
    need = frozenset(["lmr.dispensing.atc", "lmr.dispensing.ddd", "krg.case.stage"])
    with pytest.raises(PermitError, match=r"does not cover krg\.case\.stage and lmr\.dispensing\.ddd\.\nTake them out"):
        grant(need, PERMIT, TODAY)


@pytest.mark.parametrize(
    ("day", "valid"), [("2025-12-31", False), ("2026-01-01", True), ("2026-12-31", True), ("2027-01-01", False)]
)
def test_both_ends_of_the_validity_are_counted(day: str, valid: bool) -> None:
    when = date.fromisoformat(day)
    if valid:
        assert grant(frozenset(["lmr.dispensing.atc"]), PERMIT, when).permit == "P-1"
    else:
        with pytest.raises(PermitError, match="valid from 2026-01-01 to 2026-12-31, and today is"):
            grant(frozenset(["lmr.dispensing.atc"]), PERMIT, when)


def test_nobody_makes_a_grant_by_hand() -> None:
    with pytest.raises(PermitError, match=r"made by permit\.grant"):
        Grant("P-1", frozenset(["npr.episode.admitted_on"]), "open", None, object())
    with pytest.raises(ValueError, match="'maker' must be specified"):
        replace(grant(frozenset(), PERMIT, TODAY), lane="open")


def registry(name: str, *, public: bool) -> Registry:
    label = Label(name, name)
    column = Column(name="x", kind=Kind.INT, label=label)
    table = Table(registry=name, name="t", grain=Grain.PERSON, label=label, columns=(column,))
    return Registry(name=name, label=label, custodian="", description=label, main="t", tables=(table,), public=public)


def test_without_a_permit_only_public_registries_answer() -> None:
    catalogue = Catalogue((registry("teaching", public=True), registry("npr", public=False)))
    assert grant_public(frozenset(["teaching.t.x"]), catalogue).lane == "open"
    with pytest.raises(PermitError, match="only public registries answer, and npr is not public"):
        grant_public(frozenset(["teaching.t.x", "npr.t.x"]), catalogue)


def test_a_permit_that_ends_before_it_starts_is_no_permit() -> None:
    with pytest.raises(PermitError, match="ends on 2025-01-01, before it starts on 2026-01-01"):
        replace(PERMIT, valid_to=date(2025, 1, 1))


@given(
    st.builds(
        replace,
        st.just(PERMIT),
        title=st.text(),
        variables=st.frozensets(st.sampled_from(["npr.*", "lmr.dispensing.*", "dar.death.died_on"])),
        threshold=st.none() | st.integers(1, 100),
    )
)
def test_writing_and_reading_give_the_same_permit(permit: Permit) -> None:
    assert read(write(permit)) == permit


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "not JSON"),
        ("[]", "not a permit"),
        (write(PERMIT).replace("permit@1", "permit@9"), "not a permit"),
        (write(PERMIT).replace('"holder"', '"owner"'), "fields: holder, owner"),
        (write(PERMIT).replace('"lane": "checked"', '"lane": "secret"'), "names the lane 'secret'"),
        (write(PERMIT).replace('"threshold": null', '"threshold": "5"'), "not of the right kind: threshold"),
        (write(PERMIT).replace('"synthetic": false', '"synthetic": 1'), "not of the right kind: synthetic"),
        (write(PERMIT).replace("2026-12-31", "31.12.2026"), "must be days such as"),
    ],
)
def test_a_file_that_is_no_permit_is_refused_with_the_reason(text: str, says: str) -> None:
    with pytest.raises(PermitError, match=says):
        read(text)
