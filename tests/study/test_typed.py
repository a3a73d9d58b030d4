"""The typed classes of the shipped registries: current, complete, and of use to an editor and a type checker."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from helseanalyse.catalogue.model import Column, Grain, Kind, Label, Registry, Table
from helseanalyse.catalogue.read import norway
from helseanalyse.registries import npr
from helseanalyse.study.typed import module, modules

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "src" / "helseanalyse" / "registries"


def test_the_typed_registries_are_current() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in HOME.glob("*.py")}
    assert written == modules(norway()), "Run: make docs"


def test_a_column_explains_itself_in_an_editor() -> None:
    explained = type(npr).main_diagnosis.__doc__
    assert explained == "Main diagnosis (Hovedtilstand). Codes of ICD-10."
    assert {"main_diagnosis", "where", "admitted_on"} <= set(dir(npr))


def test_a_column_with_the_name_of_a_method_is_refused() -> None:
    label = Label("x", "x")
    column = Column(name="first", kind=Kind.INT, label=label)
    table = Table(registry="r", name="t", grain=Grain.EVENT, label=label, columns=(column,), date="first")
    registry = Registry(name="r", label=label, custodian="", description=label, main="t", tables=(table,))
    with pytest.raises(ValueError, match="columns named first, as rows have methods"):
        module(registry)


GOOD = """
from helseanalyse import Date, Number, Study, Truth, atc, days, icd10, years
from helseanalyse.registries import lmr, npr, population

study = Study("A study", start="2015-01-01", end="2020-12-31")
first = lmr.where(lmr.atc.within(atc("A10B")), lmr.packs > 0).first(by=lmr.dispensed_on)
day0: Date = study.index(first.dispensed_on)
old: Truth = (population.age_on(day0) >= 40) & ~population.died_on.is_null()
length: Number = (npr.discharged_on - npr.admitted_on).days.sum()
before: Date = day0 - years(5) + days(1)
emergency: Truth = npr.except_where(npr.urgency == "planned").sort_by(npr.admitted_on).last().main_diagnosis.exactly(
    icd10("I21")
)
mothers_age: Number = population.mother.of(population.age_on(day0))
"""

BAD = {
    "npr.main_diagnosi": '"NprRegistry" has no attribute "main_diagnosi"',
    "npr.where(npr.urgency == 'planned').first(by=npr.admitted_on).urgeny": '"OneEpisode" has no attribute "urgeny"',
    "npr.where(npr.urgency == 'planned').dispensed_on": '"EpisodeTable" has no attribute "dispensed_on"',
    "npr.admitted_on + 30": 'Unsupported operand types for + ("Date" and "int")',
    "npr.admitted_on & npr.admitted_on": 'Unsupported left operand type for & ("Date")',
    "npr.admitted_on.within(1)": '"Date" has no attribute "within"',
    "population.first()": '"PopulationRegistry" has no attribute "first"',
}


def test_mypy_knows_the_columns(tmp_path: Path) -> None:
    lines = [GOOD, *(f"bad_{number} = {text}" for number, text in enumerate(BAD))]
    study = tmp_path / "typed_study.py"
    study.write_text("\n".join(lines), encoding="utf-8")
    settings = tmp_path / "mypy.ini"
    settings.write_text("[mypy]\n", encoding="utf-8")
    first_bad = len(GOOD.split("\n")) + 1
    command = [
        sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--hide-error-context", "--no-color-output",
        "--config-file", str(settings), "--cache-dir", str(ROOT / ".mypy_cache" / "typed"), str(study),
    ]  # fmt: skip
    environment = {**os.environ, "MYPYPATH": str(ROOT / "src")}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=tmp_path)
    assert done.stderr == ""
    told: dict[int, str] = {}
    for line in done.stdout.splitlines():
        place, _, text = line.partition(": error: ")
        if "typed_study.py" in place:
            told[int(place.rsplit(":", 1)[1])] = text
    wanted = {first_bad + number: said for number, said in enumerate(BAD.values())}
    assert set(told) == set(wanted), done.stdout
    for number, said in wanted.items():
        assert told[number].startswith(said)
