"""Search: what one types in either language, spelt well or badly, and what must come first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helseanalyse.catalogue.model import Catalogue
from helseanalyse.catalogue.read import norway, parse_registry
from helseanalyse.catalogue.search import HitKind, render, search, variable_path

FIRST = [
    ("omsorgsnivå", "npr.level_of_care"),
    ("level of care", "npr.level_of_care"),
    ("LEVEL_OF_CARE", "npr.level_of_care"),
    ("hastegrad", "npr.urgency"),
    ("innmateHast", "npr.urgency"),  # as deliveries call it
    ("birth weight", "mfr.birth_weight"),
    ("fødselsvekt", "mfr.birth_weight"),
    ("date of admission", "npr.admitted_on"),
    ("npr", "npr"),
    ("Reseptregisteret lmr", "lmr"),
    ("cause of death", "dar"),
    ("sex", "population.sex"),
    ("emigrated", "population.emigrated_on"),
    ("bostedskommune", "population.residence.municipality"),
    ("heart failure", 'icd10("I50")'),
    ("hjertesvikt", 'icd10("I50")'),
    ("hart failure", 'icd10("I50")'),  # a letter is missing
    ("hjertesvigt", 'icd10("I50")'),  # the Danish word
    ("I21.9", 'icd10("I21.9")'),
    ("i219", 'icd10("I21.9")'),
    ("E10-E14", 'icd10("E10-E14")'),
    ("metformin", 'atc("A10BA02")'),
    ("SGLT2", 'atc("A10BK")'),
    ("Tromsø", 'municipality("1902")'),
    ("Våle", 'municipality("0716")'),  # the name that it had
    ("keisersnitt", "mfr.caesarean"),
    ("daglig røyking", None),
    ("xyzzy", None),
]


@pytest.mark.parametrize(("words", "path"), FIRST)
def test_this_comes_first(words, path):
    hits = search(norway(), words)
    assert (hits[0].path if hits else None) == path


def test_every_word_must_be_met():
    both = {hit.path for hit in search(norway(), "hjerteinfarkt akutt", most=1000)}
    assert both
    assert both <= {hit.path for hit in search(norway(), "hjerteinfarkt", most=1000)}
    assert search(norway(), "hjerteinfarkt xyzzy") == ()


def test_a_part_of_a_joined_word_is_found():
    assert 'icd10("I50")' in {hit.path for hit in search(norway(), "svikt", most=50)}


def test_without_words_all_registries_come_in_their_order():
    assert [hit.path for hit in search(norway(), "")] == [registry.name for registry in norway().registries]
    assert {hit.kind for hit in search(norway(), " ,; ")} == {HitKind.REGISTRY}


def test_a_level_of_a_category_is_found_with_its_variable():
    hit = next(hit for hit in search(norway(), "døgnopphold") if hit.kind is HitKind.LEVEL)
    assert hit.path == 'npr.level_of_care == "inpatient"'
    assert hit.snippet == "Level of Level of care"


def test_a_hit_says_what_years_it_covers():
    hits = {hit.path: hit.coverage for hit in search(norway(), "npr") + search(norway(), "Viken", most=60)}
    assert hits["npr"] == "2008–"
    assert hits['municipality("30")'] == "2020–2023"


def test_the_answer_is_always_the_same_and_in_order():
    hits = search(norway(), "diabetes", most=200)
    assert hits == search(norway(), "diabetes", most=200)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert search(norway(), "diabetes", most=3) == hits[:3]


def test_only_what_a_catalogue_holds_is_found(root):
    text = (root / "examples" / "danish_diabetes" / "catalogue.yml").read_text(encoding="utf-8")
    dane = Catalogue((parse_registry(text, "catalogue.yml"),))
    assert search(dane, "date of first insulin")[0].path == "dmlate.first_insulin_on"
    assert search(dane, "omsorgsnivå") == ()


def test_every_variable_is_found_by_its_own_label_in_both_languages():
    for registry in norway().registries:
        for table in registry.tables:
            for column in table.columns:
                path = variable_path(registry, table, column)
                for words in (column.label.nb, column.label.en):
                    assert path in {hit.path for hit in search(norway(), words, most=40)}, (words, path)


def test_render_gives_lines_of_text():
    lines = render(search(norway(), "omsorgsnivå"), "en")
    assert lines[0] == ("npr.level_of_care", "Level of care", "variable", "2008–")


@given(st.text(max_size=25), st.integers(1, 30))
def test_any_words_give_at_most_what_was_asked_for(words, most):
    hits = search(norway(), words, most)
    assert len(hits) <= most
    assert len({hit.path for hit in hits}) == len(hits)
