"""The documentation is true: its Python runs, its links lead somewhere, its words are defined once."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

FENCE = re.compile(r"^( *)```([^\n`]*)\n(.*?)^\1``` *$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?: \"[^\"]*\")?\)")


def pages() -> list[Path]:
    """Every Markdown page of the repository."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "*.md"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return sorted(ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file())


@dataclass(frozen=True)
class Block:
    """One fenced block of a page: its language and code, and the line that its code begins on."""

    language: str
    code: str
    line: int


def blocks(text: str) -> list[Block]:
    return [
        Block(match[2].strip(), textwrap.dedent(match[3]), text.count("\n", 0, match.start(3)) + 1)
        for match in FENCE.finditer(text)
    ]


def run(page: Path, text: str) -> None:
    """Run the Python blocks of a page from top to bottom, as one reader would type them."""
    names: dict[str, object] = {"__name__": "__main__"}
    for block in blocks(text):
        if block.language != "python":
            continue
        if ">>>" in block.code:
            parser = doctest.DocTestParser()
            example = parser.get_doctest(block.code, names, page.name, str(page), block.line - 1)
            runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
            told: list[str] = []
            runner.run(example, out=told.append, clear_globs=False)
            names = example.globs
            assert not runner.failures, "".join(told)
        else:
            # Blank lines in front, so that an error names the line of the page.
            exec(compile("\n" * (block.line - 1) + block.code, page, "exec"), names)


def has_python(page: Path) -> bool:
    return any(block.language == "python" for block in blocks(page.read_text(encoding="utf-8")))


PAGES_WITH_PYTHON = [page for page in pages() if has_python(page)]


@pytest.mark.parametrize("page", PAGES_WITH_PYTHON, ids=lambda page: str(page.relative_to(ROOT)))
def test_python_on_a_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # what an example writes does not stay
    run(page, page.read_text(encoding="utf-8"))


def test_the_readme_shows_a_study() -> None:
    assert ROOT / "README.md" in PAGES_WITH_PYTHON


def test_a_wrong_example_is_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    run(page, "```python\nx = 1\n```\n\n```python\n>>> x + 1\n2\n```\n")
    with pytest.raises(AssertionError, match=r"line 6, in page.md\s+Failed example:\s+x \+ 1"):
        run(page, "```python\nx = 1\n```\n\n```python\n>>> x + 1\n3\n```\n")
    with pytest.raises(ZeroDivisionError, match="division by zero"):
        run(page, "A list:\n\n  ```python\n  1 / 0\n  ```\n")


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_block_says_its_language(page: Path) -> None:
    """A block without a language is one that nobody runs: say text, sh or python."""
    unnamed = [block.line for block in blocks(page.read_text(encoding="utf-8")) if not block.language]
    assert unnamed == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file(page: Path) -> None:
    prose = FENCE.sub("", page.read_text(encoding="utf-8"))
    targets = [target.split("#")[0] for target in LINK.findall(prose) if "://" not in target]
    assert [t for t in targets if t and not (page.parent / t).exists()] == []


# ---------------------------------------------------------------- pages made by programs
GENERATORS = sorted((ROOT / "scripts" / "docs").glob("*.py"))


@pytest.mark.parametrize("script", GENERATORS, ids=lambda path: path.name)
def test_a_generated_page_is_current(script: Path) -> None:
    """scripts/docs/NAME.py --check writes nothing, and exits with 1 if docs/NAME.md is another."""
    done = subprocess.run(
        [sys.executable, script, "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"Run make docs.\n{done.stdout}{done.stderr}"


# ---------------------------------------------------------------- decisions
def test_every_decision_is_listed_and_complete() -> None:
    folder = ROOT / "docs" / "decisions"
    found = sorted(folder.glob("[0-9]*.md"))
    index = (folder / "README.md").read_text(encoding="utf-8")
    for number, page in enumerate(found, start=1):
        title, *_ = page.read_text(encoding="utf-8").splitlines()
        assert page.name.startswith(f"{number:04d}-"), "the numbers have a hole, or one stands twice"
        assert title.startswith(f"# {number}. ")
        assert f"| {number} | [{title.split('. ', 1)[1]}]({page.name}) |" in index
        headings = re.findall(r"^## (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
        assert [h for h in headings if h != "Evidence"] == ["Why", "What it costs", "Look again when"], page.name


# ---------------------------------------------------------------- glossary
@dataclass(frozen=True)
class Term:
    """One row of the glossary."""

    english: str
    bokmål: str
    meaning: str


def glossary() -> list[Term]:
    text = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("|")]
    cells = [tuple(cell.strip() for cell in row.strip("|").split("|")) for row in rows]
    header, rule, *terms = cells
    assert header == ("English", "Bokmål", "Meaning")
    assert set("".join(rule)) <= set("-: ")
    assert {len(term) for term in terms} == {3}, "a row with more or fewer than three cells"
    return [Term(*term) for term in terms]


def test_every_term_stands_once_and_complete() -> None:
    terms = glossary()
    assert [term for term in terms if not all((term.english, term.bokmål, term.meaning))] == []
    for words in ([t.english.casefold() for t in terms], [t.bokmål.casefold() for t in terms]):
        assert sorted(word for word in set(words) if words.count(word) > 1) == []


def test_the_glossary_is_sorted() -> None:
    english = [term.english.casefold() for term in glossary()]
    assert english == sorted(english)
