"""Every message has a study that earns it, and the manual shows exactly what is said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.study.bad_studies import BAD, Bad
from tests.study.errors_page import errors_page

from helseanalyse.study.messages import MESSAGES

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("bad", BAD, ids=[bad.id for bad in BAD])
def test_a_bad_study_earns_its_message(bad: Bad) -> None:
    told = bad.problems()
    assert bad.id in [problem.id for problem in told]
    for problem in told:
        for language in ("en", "nb"):
            said = problem.text(language)
            assert "{" not in said.replace('{"decimal": "1.5"}', ""), "a word was not filled in"
            assert said[0] != " "
            assert said.endswith((".", "?"))


def test_a_bad_study_earns_no_other_error() -> None:
    # One mistake, one message: what follows from a mistake is not told again.
    allowed = {"S032": {"S061"}}  # a precision that the catalogue does not have is two mistakes
    for bad in BAD:
        others = {problem.id for problem in bad.problems() if problem.is_error} - {bad.id}
        assert others == allowed.get(bad.id, set()), bad.id


def test_every_message_has_a_bad_study_and_is_in_both_languages() -> None:
    assert sorted(MESSAGES) == sorted(bad.id for bad in BAD)
    for identifier, message in MESSAGES.items():
        words = [set(re.findall(r"\{(\w+)\}", text)) for text in (message.en + message.do, message.nb + message.gjor)]
        translated = {word.removesuffix("_nb") for word in words[1]}
        assert translated == words[0], identifier


def test_the_page_of_errors_is_current() -> None:
    page = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    assert page == errors_page(), "Run: make docs"


def test_the_place_is_the_line_of_the_study() -> None:
    bad = next(bad for bad in BAD if bad.id == "S013")
    assert str(bad.problems()[0]).startswith("S013 study.py:2: ")


# Outside names and code, a text in bokmål has none of these.
ENGLISH = re.compile(
    r"\b(the|of|must|and|a|an|such|what|value|two|one|is|or|not|given|stated|whole|which|by)\b", re.IGNORECASE
)
QUOTED = re.compile(r"""`[^`]*`|"[^"]*"|'[^']*'|<[^>]*>|\{[^}]*\}""")


@pytest.mark.parametrize("bad", BAD, ids=[bad.id for bad in BAD])
def test_bokmal_is_bokmal(bad: Bad) -> None:
    for problem in bad.problems():
        if problem.id == "S105":
            continue  # what is wrong with JSON is said by Python
        assert ENGLISH.findall(QUOTED.sub("", problem.text("nb"))) == []
