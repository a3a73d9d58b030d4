"""One bad study for each message: what a researcher wrote, and exactly what they are told.

`docs/errors.md` is made from this list. Each study is the body of a study.py, or a specification in JSON; a
specification that only a program could write is built from nodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from helseanalyse.catalogue.model import Catalogue
from helseanalyse.catalogue.read import norway
from helseanalyse.study.check import check
from helseanalyse.study.codec import load
from helseanalyse.study.errors import StudyError
from helseanalyse.study.language import Study, collecting
from helseanalyse.study.problem import Problem
from helseanalyse.study.specification import Specification

# Every study begins like this; the lines of a bad study come after.
BEGINNING = """\
from helseanalyse import *
from helseanalyse.registries import dar, kpr, lmr, mfr, npr, population
study = Study("A study", start="2015-01-01", end="2020-12-31")
"""

# Specifications that a program wrote begin like this.
NODES = """\
from dataclasses import replace
from datetime import date
from helseanalyse.catalogue.model import Grain, Kind
from helseanalyse.study.nodes import *
from helseanalyse.study.specification import *
from helseanalyse.study.types import *
person = Table("population", "person", Grain.PERSON)
episode = Table("npr", "episode", Grain.EVENT, date="admitted_on")
died = Column(person, "died_on", DATE)
admitted = Column(episode, "admitted_on", DATE)
def study(**parts):
    parts = {"title": "A study", "analyses": (Flow(),), **parts}
    return Specification(start=date(2015, 1, 1), end=date(2020, 12, 31), **parts)
def asks(holds):
    return study(criteria=(Criterion(name="a criterion", kind="require", holds=holds),))
"""


@dataclass(frozen=True)
class Bad:
    """A bad study: the message that it earns, how it is given, and its text."""

    id: str
    given: str  # "study" (Python, the language), "nodes" (Python, nodes) or "json"
    text: str

    def problems(self) -> list[Problem]:
        """Everything that is told about it."""
        return {"study": _of_study, "nodes": _of_nodes, "json": _of_json}[self.given](self.text)


def _run(beginning: str, text: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "study"}
    exec(compile(beginning, "beginning.py", "exec"), names)
    exec(compile(text, "study.py", "exec"), names)
    return names


def _of_study(text: str) -> list[Problem]:
    with collecting() as problems:
        study = _run(BEGINNING, text)["study"]
    if problems:
        return problems
    assert isinstance(study, Study)
    try:
        return list(check(study.specification(), study.catalogue))
    except StudyError as error:
        return list(error.problems)


def _of_nodes(text: str) -> list[Problem]:
    spec = _run(NODES, text)["spec"]
    assert isinstance(spec, Specification)
    catalogue: Catalogue = norway()
    return list(check(spec, catalogue))


def _of_json(text: str) -> list[Problem]:
    try:
        load(text.encode("utf-8", "surrogateescape"))
    except StudyError as error:
        return list(error.problems)
    return []


def study(identifier: str, text: str) -> Bad:
    return Bad(identifier, "study", text)


def built(identifier: str, text: str) -> Bad:
    return Bad(identifier, "nodes", text)


def written(identifier: str, text: str) -> Bad:
    return Bad(identifier, "json", text)


HEAD = '{"spec_version": 1, "title": "A study", "start": "2015-01-01", "end": "2020-12-31"'

BAD: tuple[Bad, ...] = (
    study("S001", 'study.require("forty to sixty", population.age_on("2015-01-01") > 40 and population.sex == "male")'),
    study("S002", 'study.exclude("dead", population.died_on != None)'),
    study("S003", 'study.require("women in hospital", population.sex == "female" & npr.exists())'),
    study("S004", 'study.require("often in hospital", len(npr) > 3)'),
    study("S005", 'study.require("has insulin", "A10A" in lmr.atc)'),
    study("S006", 'study.index(npr[0].admitted_on)'),
    study("S007", 'study.require("in hospital", (npr.admited_on > "2015-01-01").any())'),
    study("S008", 'from helseanalyse.catalogue.read import norway\nnrp = Registries(norway()).registry("nrp")'),
    study("S009", 'study.require("in hospital", (npr.admitted_on > population.sex).any())'),
    study("S010", 'day0 = study.index(npr.admitted_on.min() + 30)'),
    study("S011", 'study.require("in hospital", (npr.admitted_on > "31.12.2015").any())'),
    study("S012", 'study.require("in hospital", npr)'),
    study("S013", 'long = npr.where(npr.urgency == "planned")\n'
                  'study.variable("days", (long.discharged_on - npr.admitted_on).days.max())'),
    study("S014", 'study.require("admitted on the day of a dispensing", (lmr.dispensed_on == npr.admitted_on).any())'),
    study("S015", 'study.variable("dose", lmr.ddd)'),
    study("S016", 'study.require("aged", population.age_on("2015-01-01"))'),
    study("S017", 'study.variable("death", population.died_on.min())'),
    study("S018", 'study.index(npr.first().admitted_on)'),
    study("S019", 'study.require("women", population.sex == "woman")'),
    study("S020", 'study.require("diabetes", npr.where(npr.any_diagnosis.within(atc("A10"))).exists())'),
    study("S021", 'study.require("infarction", npr.where(npr.main_diagnosis == "I21").exists())'),
    study("S022", 'hf = icd10("I50", "I2I.9")'),
    study("S023", 'study.require("admitted", npr.admitted_on.between("2020-01-01", "2015-12-31").any())'),
    study("S024", 'list = codes("ICD-9", "410")'),
    study("S025", 'study.variable("age at index", population.age_on(study.start))\n'
                  'study.variable("age at index", population.age_on(study.end))'),
    study("S026", 'nothing = icd10()'),
    study("S027", 'cardiac = icd10("I50") | atc("C03")'),
    study("S028", 'study.cox("heart failure", on=["sex"])'),
    study("S030", 'study.variable("x", -population.died_on)'),
    study("S031", 'study.variable("x", case(when(population.sex == "male").then(1), otherwise="other"))'),
    built("S032", 'month = Column(episode, "admitted_on", ValueType(Kind.DATE, precision="month"))\n'
                  'spec = asks(Aggregate("any", Compare("<", month, admitted)))'),
    study("S033", 'study.index(npr.first(by=npr.any_diagnosis).admitted_on)'),
    built("S034", 'spec = study(exposures=(Changing(name="in hospital", periods=episode, off="no", on="yes"),))'),
    study("S035", 'sex = study.variable("gender", population.sex)\nstudy.counts(by=[sex, "gender"])'),
    study("S036", 'study.variable("drug", lmr.atc.to_category({"insulin": atc("A10A"), "any": '
                  'atc("A10A")}).is_null().any())'),
    study("S037", 'study.variable("age", population.age_on("2015-01-01"))'),
    study("S050", 'study.follow(until=[population.emigrated_on], competing=population.died_on, start="2015-01-01")'),
    study("S051", 'study.follow(until=[population.died_on])\nstudy.flow()'),
    study("S052", 'from helseanalyse.catalogue.model import *\n'
                  'label = Label("x", "x")\n'
                  'table = Table(registry="r", name="p", grain=Grain.PERSON, label=label, columns=())\n'
                  'only = Registry(name="r", label=label, custodian="", description=label, main="p", tables=(table,), '
                  'universe=True)\n'
                  'study = Study("x", start="2015-01-01", end="2020-12-31", catalogue=Catalogue((only,)))\n'
                  'study.prevalence("ill", npr.exists())'),
    built("S060", 'spec = asks(Exists(Table("npr", "episode", Grain.EVENT, date="discharged_on")))'),
    built("S061", 'spec = asks(Compare(">", Column(person, "died_on", INT), Constant(3, INT)))'),
    built("S062", 'spec = asks(Compare(">", died, Constant("2015", DATE)))'),
    study("S064", 'study.require("alive", ~(population.died_on < interval.start))\nstudy.flow()'),
    study("S065", 'study.variable("care", npr.look_up(kpr.care.service).is_null().any())\nstudy.flow()'),
    built("S066", 'codes = CodeList("ICD-10", ("I21.9",))\n'
                  'diagnosis = Column(episode, "main_diagnosis", ValueType(Kind.CODE, system="ICD-10"))\n'
                  'spec = asks(Exists(Filter(episode, InCodes(diagnosis, codes, "exact"))))'),
    study("S067", 'study.require("in hospital", (npr.admitted_on > "0215-01-01").any())\nstudy.flow()'),
    study("S068", 'study.require("in hospital", npr.exists())'),
    built("S069", 'spec = replace(study(), title=" ")'),
    study("S070", 'study.variable("mother", population.mother)\nstudy.flow()'),
    study("S071", 'study.variable("sex at birth", population.sex, bands=(1, 2))\nstudy.flow()'),
    study("S072", 'study.variable("years", population.age_on("2015-01-01"), bands=(60, 40))\nstudy.flow()'),
    built("S073", 'spec = study(analyses=(TableOne(id="table", of=()),))'),
    study("S074", 'death = study.outcome("death", population.died_on)\nstudy.rates(death)'),
    study("S075", 'death = study.outcome("death", population.died_on)\nstudy.follow(until=[study.end], '
                  'start="2015-01-01")\n'
                  'study.rates(death, standard="nordic 2000")'),
    built("S076", 'spec = study(analyses=(Rates(id="rates", outcome="death", by=("age",)),), '
                  'outcomes=(Outcome(name="death", on=died),), follow_up=FollowUp(start=Constant(date(2015, 1, '
                  '1), DATE), '
                  'until=()))'),
    study("S077", 'study.incidence("admission", npr.admitted_on, washout=years(1), first="2010-01-01")'),
    study("S078", 'study.counts(by=[])'),
    study("S079", 'ill = study.exposure("ill", since=npr.admitted_on.min())\nstudy.counts(by=[ill])'),
    study("S080", 'age = study.variable("age at start", population.age_on(study.start))\nstudy.counts(by=age)'),
    study("S081", 'study.counts(by=["age"])'),
    study("S082", 'from helseanalyse.catalogue.model import *\n'
                  'label = Label("x", "x")\n'
                  'table = Table(registry="r", name="p", grain=Grain.PERSON, label=label, columns=())\n'
                  'only = Registry(name="r", label=label, custodian="", description=label, main="p", tables=(table,), '
                  'universe=True)\n'
                  'study = Study("x", start="2015-01-01", end="2020-12-31", catalogue=Catalogue((only,)))\n'
                  'study.counts(by=["sex"])'),
    study("S083", 'study.variable("women", population.sex == "female")\nstudy.flow()\n'
                  'study.expects(person(born_on="1960-05-01"), included=False, women=True)'),
    study("S084", 'study.flow()\nstudy.expects(person(sex="female"))'),
    study("S085", 'study.flow()\nstudy.expects(person(born_on="1.5.1960"))'),
    study("S086", 'study.flow()\nstudy.expects(person(born_on="1960-05-01", '
                  'dispensing={"dispensed_on": "2015-01-01", "atc": "A10BA02", "packs": -1}))'),
    built("S087", 'spec = study(variables=tuple(Variable(name=str(n), value=died) for n in range(501)))'),
    written("S100", HEAD + ', "purpose": "' + "x" * 1_100_000 + '"}'),
    written("S101", '{"title": "bl\udce5b\udce6r"}'),
    written("S102", "[" * 20 + "]" * 20),
    written("S103", '{"title": "One", "title": "Two"}'),
    written("S104", HEAD + ', "variables": [{"round_to": 0.1}]}'),
    written("S105", HEAD + ", }"),
    written("S106", '{"spec_version": 1, "title": "A study", "start": "2015-01-01"}'),
    written("S107", '{"spec_version": 2, "title": "A study"}'),
    written("S108", HEAD + ', "nodes": {' + ", ".join(f'"n{n}": {{"op": "count"}}' for n in range(10_001)) + "}}"),
    written("S109", HEAD + ', "pins": [["npr", "3"]]}'),
    written("S110", HEAD + ', "nodes": {"n1": {"op": "exist", "of": "n1"}}}'),
    written("S111", HEAD + ', "index": "n1", "nodes": {"n1": {"op": "not", "of": "n2"}, "n2": {"op": "not", '
                    '"of": "n1"}}}'),
    written("S112", HEAD + ', "index": "n101", "nodes": {"n1": {"op": "parameter", "name": "interval_start"}, '
            + ", ".join(f'"n{n}": {{"op": "is_null", "of": "n{n - 1}"}}' for n in range(2, 102)) + "}}"),
    written("S113", HEAD + ', "perpose": "To know"}'),
    written("S114", HEAD + ', "purpose": "a\\u0000b"}'),
    written("S115", HEAD + ', "nodes": {"n1": {"op": "parameter", "name": "interval_start"}}}'),
    written("S116", HEAD + ', "index": "n2", "nodes": {"n1": {"op": "parameter", "name": "interval_start"}, "n2": '
            '{"op": "case", "conditions": ["n1"], "values": ["n1", "n1"], "otherwise": null, "value_type": '
            '{"kind": "date"}}}}'),
    written("S117", HEAD + ', "index": "n7"}'),
    written("S118", HEAD + ', "criteria": [{"name": "a", "kind": "require", "holds": "n1"}], "nodes": {"n1": '
                    '{"op": "table", '
            '"registry": "npr", "name": "episode", "table_grain": "event", "date": "admitted_on"}}}'),
    study("S201", 'old = kpr.where(kpr.main_diagnosis.within(icpc2("T90")))\n'
                  'gone = municipality("3001")\n'
                  'study = Study("A study", start="2005-01-01", end="2006-12-31")\n'
                  'study.require("of Halden", '
                  'population.residence.where(population.residence.municipality.exactly(gone)).exists())\n'
                  'study.flow()'),
    study("S202", 'death = study.outcome("infarction", npr.admitted_on)\n'
                  'study.follow(until=[population.died_on], competing=population.died_on, start="2015-01-01")\n'
                  'study.survival(death, method="kaplan_meier")'),
    study("S203", 'study.incidence("admission", npr.admitted_on, washout=days(0))'),
    study("S204", 'early = population.died_on < "2018-01-01"\n'
                  'study.variable("death", case(when(early).then("early"), otherwise="late"))\nstudy.flow()'),
    study("S205", 'day0 = study.index(lmr.dispensed_on.min())\n'
                  'study.exclude("heart failure", '
                  'npr.where(npr.any_diagnosis.within(icd10("I50"))).exists())\nstudy.flow()'),
    study("S206", 'study = Study("A study", start="2010-01-01", end="2020-12-31")\nday0 = '
                  'study.index(lmr.dispensed_on.min())\n'
                  'study.exclude("earlier", npr.where(npr.admitted_on.between(day0 - years(5), day0 - '
                  'days(1))).exists())\n'
                  'study.flow()'),
    study("S207", 'study.variable("discharged", npr.first(by=npr.discharged_on).discharged_on)\nstudy.flow()'),
    study("S208", 'study = Study("A study", start="2000-01-01", end="2020-12-31")\n'
                  'study.require("in hospital", npr.exists())\nstudy.flow()'),
    study("S209", 'from datetime import date\nfrom helseanalyse.catalogue.model import *\n'
                  'label = Label("x", "x")\n'
                  'table = Table(registry="old", name="p", grain=Grain.PERSON, label=label, '
                  'columns=(Column(name="born_on", '
                  'kind=Kind.DATE, label=label),))\n'
                  'only = Registry(name="old", label=label, custodian="", description=label, main="p", '
                  'tables=(table,), '
                  'universe=True, until=date(2018, 12, 31))\n'
                  'old = Registries(Catalogue((only,)))\n'
                  'study = Study("A study", start="2015-01-01", end="2020-12-31", catalogue=old)\n'
                  'study.require("known birth", ~old.registry("old").born_on.is_null())\nstudy.flow()'),
    study("S210", 'first = lmr.first(by=lmr.dispensed_on)\n'
                  'study.exposure("drug", {"diabetes": first.atc.within(atc("A10")), "insulin": '
                  'first.atc.within(atc("A10A"))})\n'
                  'study.flow()'),
    study("S290", 'study.flow()'),
)  # fmt: skip
