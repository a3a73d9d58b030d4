"""The one road out: who may ask, what leaves a trace, and that only what is safe comes back."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from helseanalyse import Study, atc, icd10, years
from helseanalyse.audit import Log
from helseanalyse.permit import Permit, PermitError
from helseanalyse.registries import lmr, npr, population
from helseanalyse.release.bundle import files, results
from helseanalyse.release.folder import OutputError, check_place, replace_folder
from helseanalyse.release.ledger import Ledger, answer_digest
from helseanalyse.release.own_permit import own_permit
from helseanalyse.release.release import Release, ReleaseError, Resources, release
from helseanalyse.study.answer import Hidden
from helseanalyse.study.specification import Specification
from helseanalyse.vault.open import Vault

TODAY = date(2026, 6, 1)


def diabetes(title: str = "Second-line drugs for diabetes") -> Specification:
    study = Study(title, start="2013-01-01", end="2023-12-31")
    sglt2, dpp4 = atc("A10BK"), atc("A10BH")
    first = lmr.where(lmr.atc.within(sglt2 | dpp4)).first(by=lmr.dispensed_on)
    day0 = study.index(first.dispensed_on)
    study.require("aged 30 or more", population.age_on(day0) >= 30)
    study.require("resident for a year before", population.resident_throughout(day0 - years(1), day0))
    drug = study.exposure("drug", {"SGLT2": first.atc.within(sglt2), "DPP-4": first.atc.within(dpp4)})
    admission = study.outcome(
        "admission", npr.where(npr.any_diagnosis.within(icd10("I10-I15", "I20-I25", "I50")), npr.admitted_on > day0)
        .first(by=npr.admitted_on).admitted_on,
    )  # fmt: skip
    study.follow(until=[population.died_on, population.emigrated_on, study.end], competing=population.died_on)
    study.flow()
    study.table_one(by=drug)
    study.rates(admission, by=[drug, "age"])
    study.survival(admission, by=drug)
    return study.specification()


@pytest.fixture(scope="module")
def asked(synthetic_vault: Vault) -> Release:
    return release(diabetes(), synthetic_vault, None, TODAY)


def test_a_synthetic_vault_answers_under_its_own_permit_in_the_checked_lane(asked: Release) -> None:
    assert (asked.answer.lane, asked.answer.permit) == ("checked", "synthetic")
    assert [data.registry for data in asked.answer.data] == ["population", "lmr", "npr"]
    assert all(data.synthetic for data in asked.answer.data)
    assert {table.kind for table in asked.answer.tables} >= {"flow", "table_one", "rates", "rates_cells", "curve"}


def test_no_small_count_comes_out(asked: Release) -> None:
    counted = {"persons", "events", "left_out", "at_risk"}
    for table in asked.answer.tables:
        places = [i for i, heading in enumerate(table.columns) if heading.name in counted]
        shown = [row[i] for row in table.rows for i in places if isinstance(row[i], int)]
        assert not [n for n in shown if 0 < n < 5], table.id
    assert any(isinstance(cell, Hidden) for table in asked.answer.tables for row in table.rows for cell in row)


def test_the_same_question_gets_the_same_answer_at_any_number_of_threads(
    asked: Release, synthetic_vault: Vault
) -> None:
    for threads in (1, 4):
        again = release(diabetes(), synthetic_vault, None, TODAY, Resources(threads=threads, memory="500MB"))
        assert answer_digest(again.answer) == answer_digest(asked.answer)


def test_everything_asked_stands_in_the_log_and_what_came_out_in_the_ledger(
    asked: Release, synthetic_vault: Vault
) -> None:
    acts = [(entry["act"], entry["study"]) for entry in Log(synthetic_vault.path / "audit").entries()]
    assert ("asked", asked.answer.digest) in acts
    assert ("released", asked.answer.digest) in acts
    assert Log(synthetic_vault.path / "audit").holds(asked.receipt)
    released = [entry["answer"] for entry in Ledger(synthetic_vault.path / "ledger").releases("synthetic")]
    assert answer_digest(asked.answer) in released


def narrow(*variables: str) -> Permit:
    return Permit(
        id="P-7",
        title="t",
        purpose="p",
        holder="h",
        variables=frozenset(variables),
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 12, 31),
    )


def test_a_permit_that_does_not_cover_the_study_refuses_it_and_the_refusal_is_logged(synthetic_vault: Vault) -> None:
    with pytest.raises(PermitError, match=r"P-7 does not cover .*npr\.episode\.any_diagnosis"):
        release(diabetes(), synthetic_vault, narrow("population.*", "lmr.*"), TODAY)
    last = list(Log(synthetic_vault.path / "audit").entries())[-1]
    assert (last["act"], last["permit"], last["why"]) == ("refused", "P-7", "PermitError")


def test_a_stricter_permit_makes_the_rules_stricter(synthetic_vault: Vault) -> None:
    strict = replace(narrow("population.*", "lmr.*", "npr.*"), threshold=20)
    answer = release(diabetes(), synthetic_vault, strict, TODAY).answer
    assert {rule.value for rule in answer.rules if isinstance(rule.value, int)} == {20}
    (rates,) = [table for table in answer.tables if table.id == "rates_drug_age"]
    assert not [row for row in rates.rows if isinstance(row[2], int) and 0 < row[2] < 20]


def test_exact_numbers_are_for_public_registries_only(synthetic_vault: Vault) -> None:
    with pytest.raises(PermitError, match="asks for exact numbers, but lmr, npr, population is not public"):
        release(diabetes(), synthetic_vault, replace(narrow("population.*", "lmr.*", "npr.*"), lane="open"), TODAY)


def as_real(vault: Vault, folder: Path) -> Vault:
    """The same vault as if its persons were real: a copy of its papers that says so."""
    folder.mkdir()
    for name in ("registries", "permit.json"):
        (folder / name).symlink_to(vault.path / name)
    settings = json.loads((vault.path / "vault.json").read_text())
    (folder / "vault.json").write_text(json.dumps(settings | {"synthetic": False}))
    return Vault.open(folder)


def test_without_a_permit_a_real_vault_refuses_whatever_permit_lies_in_it(
    synthetic_vault: Vault, tmp_path: Path
) -> None:
    real = as_real(synthetic_vault, tmp_path / "real")
    assert own_permit(real) is None
    with pytest.raises(PermitError, match="Without a permit only public registries answer"):
        release(diabetes(), real, None, TODAY)
    own = own_permit(synthetic_vault)
    with pytest.raises(PermitError, match="for synthetic data only"):
        release(diabetes(), real, own, TODAY)


def test_a_study_with_mistakes_is_refused_with_all_of_them(synthetic_vault: Vault) -> None:
    broken = replace(diabetes(), start=date(2025, 1, 1))
    with pytest.raises(ReleaseError, match="cannot be answered"):
        release(broken, synthetic_vault, None, TODAY)


def test_a_pinned_version_that_is_not_there_is_named(synthetic_vault: Vault) -> None:
    with pytest.raises(Exception, match="has no npr@7"):
        release(replace(diabetes(), pins=(("npr", 7),)), synthetic_vault, None, TODAY)


def test_the_bundle_has_results_tables_and_the_study(asked: Release) -> None:
    content = files(asked)
    told = json.loads(content["results.json"])
    assert told == json.loads(json.dumps(results(asked.answer)))
    assert told["study"] == {"title": "Second-line drugs for diabetes", "digest": asked.answer.digest}
    assert {"study.json", "receipt.json", "tables/flow.csv", "tables/rates_drug_age.csv"} <= set(content)
    cells = [cell for table in told["tables"] for row in table["rows"] for cell in row]
    assert {"hidden": "small"} in cells
    assert all(set(cell) == {"hidden"} for cell in cells if isinstance(cell, dict))


def test_a_folder_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "answer"
    replace_folder(out, {"results.json": b"1", "tables/a.csv": b"x"})
    replace_folder(out, {"results.json": b"2"})
    assert (out / "results.json").read_bytes() == b"2"
    assert not (out / "tables").exists()

    def full(self: Path, body: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match="No space left on device"):
        replace_folder(out, {"results.json": b"3"})
    monkeypatch.undo()
    assert (out / "results.json").read_bytes() == b"2"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answer"]


@pytest.mark.parametrize("make", [lambda path: path.write_text("x"), lambda path: (path.mkdir(), (path / "a").touch())])
def test_what_is_not_an_earlier_answer_is_left_alone(tmp_path: Path, make: Callable[[Path], object]) -> None:
    make(tmp_path / "mine")
    with pytest.raises(OutputError, match="Give --out"):
        check_place(tmp_path / "mine")
