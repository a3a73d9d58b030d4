"""Code systems: what they say of single codes, and laws that hold for every code of every system."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from helseanalyse.catalogue.codes import SYSTEM_NAMES, CodeError, Status, accepts, system
from helseanalyse.catalogue.codes.ddd import daily_dose

SYSTEMS = [system(name) for name in SYSTEM_NAMES]
LISTED, FINER, UNKNOWN, MALFORMED = Status.LISTED, Status.FINER, Status.UNKNOWN, Status.MALFORMED

# system, text, normalised, status
STATUSES = [
    ("ICD-10", "I21", "I21", LISTED),
    ("ICD-10", " i21.9 ", "I219", LISTED),
    ("ICD-10", "I21.7", "I217", UNKNOWN),  # the list divides I21, and not so
    ("ICD-10", "C61.9", "C619", FINER),  # C61 is not divided: the cancer registry pads it
    ("ICD-10", "I21.91", "I2191", FINER),  # a national fifth digit
    ("ICD-10", "S72.001", "S72001", FINER),  # and a sixth
    ("ICD-10", "B18.00", "B1800", LISTED),
    ("ICD-10", "B18.05", "B1805", UNKNOWN),  # here the list itself has fifth digits
    ("ICD-10", "I84.1", "I841", LISTED),  # an earlier edition
    ("ICD-10", "I2", "I2", MALFORMED),
    ("ICD-10", "E11X", "E11X", MALFORMED),
    ("ICD-10", "E39", "E39", UNKNOWN),
    ("ICD-10", "U07.1", "U071", LISTED),
    ("ICPC-2", "K75", "K75", LISTED),
    ("ICPC-2", "k", "K", LISTED),
    ("ICPC-2", "K7", "K7", MALFORMED),
    ("ICPC-2", "K08", "K08", UNKNOWN),
    ("ICPC-2", "K31", "K31", LISTED),  # a process under a chapter
    ("ICPC-2", "-31", "-31", LISTED),
    ("ICPC-2", "R991", "R991", LISTED),  # Norwegian, for COVID-19
    ("ICPC-2", "R993", "R993", UNKNOWN),
    ("ICPC-2", "C50", "C50", UNKNOWN),  # ICPC-2 has no chapter C
    ("ATC", "N02B", "N02B", LISTED),
    ("ATC", "N02BE0", "N02BE0", MALFORMED),
    ("ATC", "n02be01", "N02BE01", LISTED),
    ("ATC", "N02BE77", "N02BE77", FINER),  # a substance that our list leaves out
    ("ATC", "N02BZ01", "N02BZ01", UNKNOWN),
    ("ATC", "A10BK", "A10BK", LISTED),
    ("ATC", "L01EA", "L01EA", LISTED),  # a group of 2021
    ("NCSP", "FNG05", "FNG05", LISTED),
    ("NCSP", "FNQ05B", "FNQ05B", LISTED),  # NCRP
    ("NCSP", "WBOC05", "WBOC05", LISTED),  # NCMP
    ("NCSP", "FN", "FN", LISTED),
    ("NCSP", "NFB19", "NFB19", FINER),
    ("NCSP", "NFZ19", "NFZ19", UNKNOWN),
    ("NCSP", "A10BA02", "A10BA02", MALFORMED),  # ATC stands in the same delivered column
    ("NCMP", "FNG05", "FNG05", MALFORMED),
    ("NCMP", "WBOC05", "WBOC05", LISTED),
    ("NCRP", "SFY0AD", "SFY0AD", LISTED),
    ("NCRP", "SFY0AX", "SFY0AX", FINER),
    ("municipality", "0301", "0301", LISTED),
    ("municipality", "301", "0301", LISTED),  # a spreadsheet took the zero
    ("municipality", "03", "03", LISTED),
    ("municipality", "1814", "1814", UNKNOWN),  # closed in 1977, still open in a public list
    ("municipality", "0300", "0300", LISTED),  # municipality not known
    ("municipality", "2100", "2100", LISTED),  # Svalbard
    ("municipality", "9999", "9999", LISTED),
    ("municipality", "-1", "-1", MALFORMED),
    ("NUS2000", "6", "6", LISTED),
    ("NUS2000", "641101", "641101", FINER),
    ("ICD-O-3", "C50.9", "C509", FINER),
    ("ICD-O-3", "8140/3", "81403", LISTED),
    ("ICD-O-3", "C43", "C43", UNKNOWN),  # melanoma is a morphology, its site is C44
]


@pytest.mark.parametrize(("name", "text", "code", "status"), STATUSES)
def test_a_text_is_this_code_and_the_system_says_this_of_it(name, text, code, status):
    known = system(name)
    assert known.normalise(text) == code
    assert known.status(text) is status
    assert known.valid(text) == (status in (LISTED, FINER))


SIZES = {"ICD-10": 12_200, "ICPC-2": 743, "ATC": 1_800, "NCSP": 1_900, "municipality": 870, "NUS2000": 10}


@pytest.mark.parametrize(("name", "least"), SIZES.items())
def test_a_list_is_whole(name, least):
    assert len(system(name).codes) >= least


def test_icpc2_has_its_686_rubrics_and_40_processes():
    codes = system("ICPC-2").codes
    process = [code for code in codes if code.startswith("-")]
    rubrics = [code for code in codes if len(code) == 3 and code[0] != "-" and not 30 <= int(code[1:]) < 70]
    assert (len(rubrics), len(process)) == (686, 40)


def test_atc_has_its_fourteen_anatomical_groups():
    codes = system("ATC").codes
    assert "".join(code for code in codes if len(code) == 1) == "ABCDGHJLMNPRSV"
    assert sum(len(code) == 3 for code in codes) == 94


def test_icd10_has_22_chapters_with_the_norwegian_ends():
    chapters = [group.name for group in system("ICD-10").groups if group.chapter]
    assert len(chapters) == 22
    for name in ("A00-B99", "E00-E90", "K00-K93", "S00-T98", "Z00-Z99"):
        assert name in chapters
    assert system("ICD-10").label("E10-E14", "nb") == "Diabetes mellitus"


LABELS = [
    ("ICD-10", "I21.9", "Uspesifisert akutt hjerteinfarkt", "Acute myocardial infarction, unspecified"),
    ("ICD-10", "I21.91", "Uspesifisert akutt hjerteinfarkt", "Acute myocardial infarction, unspecified"),
    ("ICD-10", "I21.7", "", ""),  # not valid, so nothing that it is called
    ("ICD-10", "E11", "Diabetes mellitus type 2", "Type 2 diabetes mellitus"),
    ("ICPC-2", "T90", "Diabetes type 2", "Diabetes type 2"),
    ("ATC", "A10BK", "SGLT2-hemmere", "SGLT2 inhibitors"),
    ("ATC", "C10AA05", "atorvastatin", "atorvastatin"),
    ("NCSP", "NFB40", "Totalprotese i hofte med sement", "Total hip replacement, cemented"),
    ("municipality", "5501", "Tromsø", "Tromsø"),
]


@pytest.mark.parametrize(("name", "code", "nb", "en"), LABELS)
def test_a_code_is_called_this(name, code, nb, en):
    assert (system(name).label(code, "nb"), system(name).label(code, "en")) == (nb, en)


RANGES = [
    ("ICD-10", "E10-E14", ("E10", "E11", "E12", "E13", "E14")),
    ("ICD-10", " e10 – e11 ", ("E10", "E11")),
    ("ICD-10", "I64-I66", ("I64", "I65", "I66")),
    ("ICD-10", "I21.9", ("I219",)),
    ("ICPC-2", "K74-K76", ("K74", "K75", "K76")),
    ("ICPC-2", "-31", ("-31",)),
    ("ATC", "C08-C10", ("C08", "C09", "C10")),
    ("ICD-O-3", "C18-C20", ("C18", "C19", "C20")),
]


@pytest.mark.parametrize(("name", "text", "codes"), RANGES)
def test_a_range_is_the_categories_between_its_ends(name, text, codes):
    assert system(name).expand(text) == codes


WRONG = [
    ("ICD-10", "parse", "I21.7", r"`I21\.7` is not an ICD-10 code: the list does not hold it\. Did you mean I21"),
    ("ICD-10", "parse", "hjerte", r"`HJERTE` is not an ICD-10 code: it has the form of no level \(category I21,"),
    ("ICD-10", "parse", "", "is not an ICD-10 code"),
    ("ATC", "parse", "A10BL01", r"Did you mean A10B or"),
    ("municipality", "parse", "0302", r"Did you mean 03 or 3002 or 0300"),
    ("ICD-10", "expand", "E14-E10", r"runs backwards\. Did you mean E10-E14"),
    ("ICD-10", "expand", "E10.1-E10.9", r"not a range of ICD-10 codes: both ends must be of one level \(category\)"),
    ("ICD-10", "expand", "E10-I219", "both ends must be of one level"),
    ("ICD-10", "expand", "E91-E99", "holds no code from E91 to E99"),
    ("ATC", "expand", "A10BA01-A10BA09", "not a range of ATC codes"),  # our list of substances has gaps
    ("ICPC-2", "expand", "K-L", "not a range of ICPC-2 codes"),
]


@pytest.mark.parametrize(("name", "act", "text", "told"), WRONG)
def test_what_is_no_code_is_told_with_what_it_may_have_been(name, act, text, told):
    with pytest.raises(CodeError, match=told):
        getattr(system(name), act)(text)


NEAREST = [
    ("ICD-10", "I21.7", "I21"),
    ("ICD-10", "I2I9", "I219"),  # a letter for a digit
    ("ICD-10", "I129", "I12"),
    ("ATC", "A10KB", "A10BK"),  # two turned round
    ("ATC", "A1OBA02", "A10BA02"),
    ("ICPC-2", "TT90", "T90"),
    ("NCSP", "FNG5", "FNG05"),
]


@pytest.mark.parametrize(("name", "text", "near"), NEAREST)
def test_the_nearest_codes_have_the_one_that_was_meant(name, text, near):
    assert near in system(name).nearest(text)


def test_a_code_is_asked_for_on_a_day():
    places = system("municipality")
    assert places.parse("3024", date(2021, 5, 1)) == "3024"
    with pytest.raises(CodeError, match=r"`3024` was not valid on 2024-01-01; .* from 2020-01-01 until 2023-12-31"):
        places.parse("3024", date(2024, 1, 1))
    assert places.label("0716", on=date(2001, 12, 31)) == "Våle"
    assert places.label("0716") == "Re"


def test_children_stand_one_level_below():
    atc = system("ATC")
    assert atc.children("A10B")[:3] == ("A10BA", "A10BB", "A10BC")
    assert "A10BK01" in atc.children("A10BK")
    assert "A10BK01" in atc.descendants("A10")
    assert "A10BK01" not in atc.children("A10")
    assert system("municipality").children("03") == ("0300", "0301")
    assert system("ICD-10").children("I21")[-1] == "I219"
    assert system("ICD-10").descendants("I219") == ()


def test_what_has_no_level_has_no_prefix():
    with pytest.raises(CodeError, match="form of no level"):
        system("ATC").prefix("N02BE0")


def test_a_column_takes_lists_of_its_own_system_and_of_those_in_it():
    assert accepts("NCSP", "NCRP")
    assert not accepts("NCRP", "NCSP")
    assert not accepts("ICD-10", "ICPC-2")


def test_an_unknown_system_is_told():
    with pytest.raises(CodeError, match=r"`ICD10` is not known\. Did you mean ICD-10"):
        system("ICD10")


def test_daily_doses():
    assert daily_dose("C10AA05").milligrams == 20
    assert daily_dose("N02BE01").milligrams == 3000
    assert daily_dose("A10AB01").milligrams is None  # units of insulin
    with pytest.raises(CodeError, match="has none for C09DA01"):
        daily_dose("C09DA01")


# ---------------------------------------------------------------- laws
systems = st.sampled_from(SYSTEMS)
listed = systems.flatmap(lambda known: st.tuples(st.just(known), st.sampled_from(known.codes)))
anything = st.one_of(
    st.text(max_size=9),
    st.text("ABCIKLMNXabi0123459. -/", max_size=8),
    st.from_regex(r"[A-Z]\d\d\.?\d{0,3}", fullmatch=True),
)


@given(systems, anything)
def test_normalising_twice_is_normalising_once(known, text):
    once = known.normalise(text)
    assert known.normalise(once) == once


@given(listed)
def test_a_listed_code_is_valid_normalised_and_read_back_as_written(pair):
    known, code = pair
    assert known.normalise(code) == code
    assert known.status(code) is LISTED
    assert known.parse(known.written(code)) == code
    assert known.label(code, "nb")
    assert known.label(code, "en")


@given(listed)
def test_a_code_begins_with_its_parent_which_has_it_among_its_children(pair):
    known, code = pair
    parent = known.parent(code)
    if parent is not None:
        assert code.startswith(parent)
        assert known.valid(parent)
        assert code in known.children(parent)


@given(listed)
def test_descendants_are_the_listed_codes_that_begin_with_the_code(pair):
    known, code = pair
    below = known.descendants(code)
    assert list(below) == sorted(set(below))
    assert set(below) <= {other for other in known.codes if other.startswith(code) and other != code}
    assert set(known.children(code)) <= set(below)
    assert {other for child in known.children(code) for other in (child, *known.descendants(child))} == set(below)


@given(systems, st.data())
def test_a_range_is_sorted_unique_between_its_ends_and_of_one_level(known, data):
    levels = [
        level.name
        for level in known.levels
        if (known.range_levels is None or level.name in known.range_levels) and level.coverage == "whole"
    ]
    assume(levels)
    of_level = [code for code in known.codes if (at := known.level(code)) is not None and at.name == levels[0]]
    first, last = sorted((data.draw(st.sampled_from(of_level)), data.draw(st.sampled_from(of_level))))
    found = known.expand(f"{first}-{last}")
    assert list(found) == sorted(set(found))
    assert (found[0], found[-1]) == (first, last)
    assert set(found) <= set(of_level)


@given(systems, anything)
def test_parse_gives_a_valid_code_or_says_that_it_is_none(known, text):
    status = known.status(text)
    if status in (LISTED, FINER):
        assert known.valid(known.parse(text))
    else:
        with pytest.raises(CodeError, match=r"is not an? "):
            known.parse(text)
        assert not known.valid(text)
        assert known.spans(text) == () or known.label(text) == ""


ICD10, ATC = system("ICD-10"), system("ATC")
LEAVES = [code for code in ICD10.codes if len(code) < 5 and not ICD10.children(code)][::7]
finer = st.one_of(
    st.tuples(st.just(ICD10), st.sampled_from(LEAVES), st.from_regex(r"[0-9]", fullmatch=True)),
    st.tuples(
        st.just(ATC),
        st.sampled_from([code for code in ATC.codes if len(code) == 5]),
        st.from_regex("[0-9]{2}", fullmatch=True),
    ),
)


@given(finer)
def test_a_code_finer_than_the_list_has_a_valid_parent_whose_label_and_years_it_takes(triple):
    known, parent, digits = triple
    code = parent + digits
    assume(known.status(code) is not LISTED)
    assert known.status(code) is FINER
    assert known.parent(code) == parent
    assert known.label(code) == known.label(parent)
    assert known.spans(code) == known.spans(parent)


@given(systems, anything)
def test_what_is_suggested_is_listed_and_never_more_than_asked_for(known, text):
    near = known.nearest(text, most=2)
    assert len(near) <= 2
    assert len(set(near)) == len(near)
    assert all(known.status(code) is LISTED for code in near)


@given(listed, st.integers(-400, 400))
def test_a_code_is_valid_on_the_days_of_its_spans(pair, shift):
    known, code = pair
    for since, until in known.spans(code):
        assert known.valid(code, since)
        assert known.valid(code, until)
        day = max(date(1900, 1, 1), min(date(2100, 1, 1), until)) + timedelta(days=shift)
        assert known.valid(code, day) == any(first <= day <= last for first, last in known.spans(code))
