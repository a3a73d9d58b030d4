"""Reading catalogue files: what is right is kept, and every mistake of a file is told at once."""

from __future__ import annotations

import pickle
from datetime import date
from pathlib import Path

import pytest

from helseanalyse.catalogue.model import CatalogueError, Grain, Kind, Sensitivity
from helseanalyse.catalogue.read import catalogue_of, parse_registry, read_catalogue, read_registry

GOOD = """\
registry: small
label: {nb: Lite, en: Small}
description: {nb: Et lite register., en: A small registry.}
custodian: Nobody
source: made up
since: 2010-01-01
main: visit
also: {moved_on: home.moved_on}
delivery:
  person: {column: [lnr], key: source}
  dates: offset
  reference_date: 1902-05-16
tables:
  visit:
    grain: event
    label: {nb: Besøk, en: Visit}
    date: visited_on
    order: main_diagnosis
    delivery: {files: ["*visit*.csv"], row: [visitno], duplicates: drop}
    columns:
      visited_on: {kind: date, label: {nb: Dato, en: Date}, source: [dato], required: true}
      cost: {kind: float, unit: NOK, label: {nb: Kostnad, en: Cost}, least: 0, most: 1.5}
      level:
        kind: category
        label: {nb: Nivå, en: Level}
        levels:
          no: {nb: Nei, en: No, source: ["0", NO]}
          high: {nb: Høyt, en: High}
      main_diagnosis: {kind: code, system: ICD-10, label: {nb: Hoved, en: Main}}
      any_diagnosis:
        kind: codes
        system: ICD-10
        main: main_diagnosis
        label: {nb: Alle, en: Any}
        delivery: {columns: [hdiag, "bdiag{1..20}"]}
  home:
    grain: period
    label: {nb: Hjem, en: Home}
    start: moved_on
    stop: left_on
    delivery: {files: ["*home*.csv"]}
    columns:
      moved_on: {kind: date, label: {nb: Inn, en: In}}
      left_on: {kind: date, label: {nb: Ut, en: Out}}
"""


def test_a_good_file_becomes_values():
    small = parse_registry(GOOD, "small.yml")
    visit = small.table("visit")
    assert (small.name, small.since, small.main) == ("small", date(2010, 1, 1), "visit")
    assert small.also == {"moved_on": "home.moved_on"}
    assert (visit.grain, visit.date, visit.order, visit.path) == (
        Grain.EVENT,
        "visited_on",
        "main_diagnosis",
        "small.visit",
    )
    assert visit.delivery["row"] == ("visitno",)
    assert visit.column("cost").most == 1.5
    assert visit.column("any_diagnosis").main == "main_diagnosis"
    assert visit.column("visited_on").sensitivity is Sensitivity.SPECIAL
    assert small.table("home").grain is Grain.PERIOD


def test_text_that_yaml_calls_a_truth_value_stays_text():
    levels = parse_registry(GOOD, "small.yml").table("visit").column("level").levels
    assert [level.name for level in levels] == ["no", "high"]
    assert levels[0].source == ("0", "NO")


def test_a_column_without_source_is_delivered_under_its_name_but_a_main_code_is_filled():
    visit = parse_registry(GOOD, "small.yml").table("visit")
    assert visit.column("cost").source == ("cost",)
    assert visit.column("level").levels[1].source == ("high",)
    assert visit.column("main_diagnosis").source == ()  # filled from any_diagnosis


def test_values_cannot_be_changed_and_can_be_hashed():
    small = parse_registry(GOOD, "small.yml")
    assert hash(small) == hash(parse_registry(GOOD, "elsewhere.yml"))
    assert small == parse_registry(GOOD, "elsewhere.yml")
    with pytest.raises(TypeError, match="does not support item assignment"):
        small.delivery["dates"] = "iso"  # type: ignore[index]


def test_the_digest_is_of_the_text_itself():
    assert parse_registry(GOOD, "a").digest != parse_registry(GOOD + "\n", "a").digest


# Each line: what is changed in the good file, and what must be told.
MISTAKES = [
    ("custodian: Nobody", "custodain: Nobody", "the key `custodain` is not known. Did you mean custodian"),
    ("custodian: Nobody", "custodian: 3", "small: `custodian` must be text, but is a number"),
    ("custodian: Nobody\n", "", "small: `custodian` is missing"),
    ("registry: small", "registry: Small-One", "`Small-One` must be small letters"),
    ("main: visit", "main: visits", "`main: visits` is no table of this registry. Did you mean visit?"),
    ("since: 2010-01-01", "since: 2010", "`since` must be a date such as 2008-01-01, but is a number"),
    ("since: 2010-01-01", "since: 2010-01-01\nuntil: 2009-01-01", "`until` (2009-01-01) is before `since`"),
    ("since: 2010-01-01", "public: 1", "`public` must be true or false"),
    ("home.moved_on}", "home.moved}", "small.also.moved_on: `home.moved` is no column of this registry"),
    ("{moved_on: home", "{cost: home", "`cost` is already a column of the main table"),
    ("label: {nb: Besøk, en: Visit}", "label: {nb: Besøk}", "small.visit (label): `en` is missing"),
    ("    label: {nb: Besøk, en: Visit}\n", "", "small.visit: `label` is missing"),
    ("label: {nb: Besøk, en: Visit}", "label: Visit", "must be a mapping (name: value), but is text"),
    ("grain: event", "grain: events", "`grain: events` is not known. Did you mean event?"),
    ("    grain: event\n", "", "`grain` is missing; it is one of person, event, period"),
    ("date: visited_on", "date: visitd_on", "`date: visitd_on` is no column of this table. Did you mean visited_on"),
    ("date: visited_on", "date: cost", "`date: cost` is not of kind date"),
    ("    date: visited_on\n", "", "`date` is missing: grain event names its date column"),
    ("    stop: left_on\n", "", "small.home: `stop` is missing"),
    ("stop: left_on", "stop: moved_on", "`start` and `stop` are both `moved_on`"),
    ("stop: left_on", "stop: left_on\n    date: left_on", "`date` does not fit grain period"),
    ("date: visited_on", "date: visited_on\n    overlaps: true", "`overlaps` is only for tables of grain period"),
    ("order: main_diagnosis", "order: cost", "`order: cost` is no code column"),
    ("kind: float", "kind: flaot", "small.visit.cost: `kind: flaot` is not known. Did you mean float?"),
    ("kind: float, ", "", "small.visit.cost: `kind` is missing"),
    ("most: 1.5", "most: -1", "`most` (-1) is below `least` (0)"),
    ("most: 1.5", "most: much", "`most` must be a number, but is text"),
    ("unit: NOK", "system: ATC", "`system` is only for columns of kind code, codes"),
    ("system: ICD-10, label", "system: ICD10, label", "the code system `ICD10` is not known. Did you mean ICD-10?"),
    ("system: ICD-10, label", "label", "small.visit.main_diagnosis: `system` is missing"),
    ("system: ICD-10, label", "system: ATC, label", "`main: main_diagnosis` is ATC, this column ICD-10"),
    ("main: main_diagnosis", "main: main_diag", "`main: main_diag` is no code column of the table. Did you mean"),
    ("source: [dato]", "source: dato", "`source` must be a list such as [name], but is text"),
    ("source: [dato]", "source: [1]", "`source` may hold text only"),
    ("source: [dato]", "source: [dato, DATO]", "the source column `dato` stands twice"),
    ("source: [dato]", "precision: week", "`precision: week` must be one of day, month, year"),
    ("source: [dato]", "sensitivity: secret", "`sensitivity: secret` is not known"),
    ("source: [dato]", "delivery: {dates: american}", "`dates: american` is not known; it is one of iso"),
    ("source: [dato]", "delivery: {characters: 0}", "`characters` must be a whole number from 1"),
    ("source: [dato]", "delivery: {blnk: a}", "the key `blnk` is not known. Did you mean blank?"),
    ("source: [dato]", "delivery: {blank: 0}", "`blank` must be text in quotes"),
    ("source: [dato]", "delivery: {system: {values: [a]}}", "`column` is missing: the column that names the code"),
    ("source: [dato]", "delivery: {cut_suffix: {drop: 4}}", "write cut_suffix: {longer_than: 6, drop: 4}"),
    ('source: ["0", NO]', 'source: ["0", high]', "the source value `high` already means `no`"),
    ("          high: {nb: Høyt, en: High}", "          High: {nb: Høyt, en: High}", "the name `High` must be"),
    ("cost: {kind", "pid: {kind", "the name `pid` is taken"),
    ("cost: {kind", "lambda: {kind", "the name `lambda` is taken"),
    ("cost: {kind", "a__b: {kind", "the name `a__b` must be small letters, digits and single underscores"),
    ('delivery: {columns: [hdiag, "bdiag{1..20}"]}', "note: x", "`delivery` is missing; say how its codes come"),
    ('{columns: [hdiag, "bdiag{1..20}"]}', "{column: [x]}", "`separator` is missing"),
    ('{columns: [hdiag, "bdiag{1..20}"]}', '{files: ["x"]}', "`code` is missing"),
    ('{columns: [hdiag, "bdiag{1..20}"]}', '{columns: ["b{9..1}"]}', "`b{9..1}` is not understood"),
    ('{columns: [hdiag, "bdiag{1..20}"]}', '{columns: [a], column: [b], separator: ","}', "say in one way"),
    ('{columns: [hdiag, "bdiag{1..20}"]}', "{files: [x], code: [k], keep: {column: [s]}}", "`values` is missing"),
    ("{column: [lnr], key: source}", "{column: [lnr], key: name}", "`key` must be one of national_id, source, row"),
    ("{column: [lnr], key: source}", "{key: source}", "`column` is missing: the column with the person's number"),
    ("{column: [lnr], key: source}", "{key: row}", "`key: row` makes each row a person"),
    ("dates: offset", "dates: offset\n  quarantine_share: 2", "`quarantine_share` must be a number from 0 to 1"),
    ("dates: offset", 'dates: offset\n  delimiter: ";;"', "`delimiter` must be one character"),
    ("dates: offset", "dates: offset\n  anchor: {month: [m]}", "`offset` is missing"),
    ("dates: offset", "dates: offset\n  keys: {files: [k], source: [s]}", "`national_id` is missing"),
    ("dates: offset", "dates: offset\n  reference: day", "`reference` can only be `person`"),
    ('{files: ["*home*.csv"]}', "{row: [a]}", "`files` is missing; give at least one pattern"),
    ('{files: ["*home*.csv"]}', "{files: [a], duplicates: maybe}", "`duplicates` must be drop or keep"),
    ("main: visit\n", "main: visit\nuniverse: true\n", "`universe: true` needs `grain: person`"),
]


@pytest.mark.parametrize(("right", "wrong", "told"), MISTAKES, ids=[told[:60] for *_, told in MISTAKES])
def test_each_mistake_is_told_with_its_place(right, wrong, told):
    assert right in GOOD
    with pytest.raises(CatalogueError, match="mistake") as error:
        parse_registry(GOOD.replace(right, wrong, 1), "small.yml")
    assert told in str(error.value)
    assert str(error.value).startswith("small.yml has ")


def test_all_mistakes_come_at_once():
    text = GOOD.replace("custodian: Nobody\n", "").replace("kind: float", "kind: flaot")
    text = text.replace("date: visited_on", "date: visitd_on")
    with pytest.raises(CatalogueError, match=r"small\.yml has 3 mistakes") as error:
        parse_registry(text, "small.yml")
    assert str(error.value).count("\n- ") == 3


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("registry: a\nregistry: b\n", "x.yml, line 2: the name `registry` stands twice, on lines 1 and 2"),
        ("tables: {a: {}, a: {}}", "the name `a` stands twice"),
        ("a: [1, 2", "x.yml, line 2: did not find expected"),
        ("- a\n- b\n", "x.yml holds a list, not a registry"),
        ("", "x.yml holds empty, not a registry"),
        ("since: 2020-02-31", "not readable as YAML"),
        ("!!python/object/apply:os.system ['true']", "x.yml, line 1"),
    ],
)
def test_what_is_not_a_catalogue_file_is_one_clear_error(text, told):
    with pytest.raises(CatalogueError, match=r"x\.yml") as error:
        parse_registry(text, "x.yml")
    assert told in str(error.value)


def test_files_and_folders(tmp_path: Path):
    (tmp_path / "b.yml").write_text(GOOD.replace("registry: small", "registry: second"), encoding="utf-8")
    (tmp_path / "a.yml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not read", encoding="utf-8")
    assert [registry.name for registry in read_catalogue(tmp_path).registries] == ["small", "second"]
    assert read_catalogue([tmp_path / "b.yml"]).registry("second").label.en == "Small"
    assert read_registry(str(tmp_path / "a.yml")).name == "small"


def test_files_that_cannot_be_read(tmp_path: Path):
    with pytest.raises(CatalogueError, match="cannot be read: No such file"):
        read_registry(tmp_path / "none.yml")
    (tmp_path / "latin.yml").write_bytes(GOOD.encode("latin-1"))
    with pytest.raises(CatalogueError, match="is not UTF-8"):
        read_registry(tmp_path / "latin.yml")
    (tmp_path / "empty").mkdir()
    with pytest.raises(CatalogueError, match=r"holds no \.yml file"):
        read_catalogue(tmp_path / "empty")


def test_mistakes_of_several_files_come_together(tmp_path: Path):
    for name in ("a", "b"):
        text = GOOD.replace("custodian: Nobody\n", "").replace("registry: small", f"registry: {name}")
        (tmp_path / f"{name}.yml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"a\.yml has 1 mistake(.|\n)*b\.yml has 1 mistake"):
        read_catalogue(tmp_path)


def test_a_catalogue_names_each_registry_once_and_has_one_universe():
    small = parse_registry(GOOD, "small.yml")
    with pytest.raises(CatalogueError, match="`small` is described more than once"):
        catalogue_of([small, small])
    with pytest.raises(CatalogueError, match="No registry of this catalogue is marked"):
        _ = catalogue_of([small]).universe
    worlds = [parse_registry(PEOPLE.replace("dmlate", name), name) for name in ("one", "two")]
    with pytest.raises(CatalogueError, match="one and two are all marked `universe: true`"):
        catalogue_of(worlds)


PEOPLE = """\
registry: dmlate
label: {nb: Dansk diabetesregister, en: Danish diabetes registry}
description: {nb: Et utvalg., en: A sample.}
custodian: R package Epi
source: Epi, dmlate
public: true
universe: true
main: person
delivery: {person: {key: row}, dates: decimal_year}
tables:
  person:
    grain: person
    label: {nb: Person, en: Person}
    delivery: {files: ["dmlate.parquet"], duplicates: keep}
    columns:
      born_on: {kind: date, label: {nb: Født, en: Born}, source: [dobth], required: true}
"""


def test_a_universe_may_have_no_person_key_but_then_only_one_table():
    people = parse_registry(PEOPLE, "dmlate.yml")
    assert people.public
    assert people.delivery["person"] == {"key": "row"}
    assert catalogue_of([people]).universe is people
    assert people.table("person").column("born_on").kind is Kind.DATE
    more = PEOPLE + PEOPLE[PEOPLE.index("  person:\n    grain") :].replace("  person:\n", "  other:\n")
    with pytest.raises(CatalogueError, match="cannot tell whose the rows of a second table are"):
        parse_registry(more, "dmlate.yml")


def test_the_danish_example_is_read(root: Path):
    path = root / "examples" / "danish_diabetes" / "catalogue.yml"
    people = read_registry(path)
    assert (people.name, people.public, people.universe) == ("dmlate", True, True)


def test_nothing_of_a_person_is_in_a_catalogue_so_it_may_be_stored():
    # Levels and labels travel to other processes; the read-only blocks of delivery do not.
    column = parse_registry(GOOD, "small.yml").table("visit").column("level")
    assert pickle.loads(pickle.dumps(column.levels)) == column.levels
