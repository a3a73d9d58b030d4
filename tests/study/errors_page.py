"""The page of errors in the manual, made from the bad studies of the tests."""

from __future__ import annotations

from tests.study.bad_studies import BAD, Bad

from helseanalyse.study.messages import MESSAGES
from helseanalyse.study.problem import Problem

LONGEST = 600  # characters of a bad study on the page

HEAD = """\
# Messages about a study

Made by `scripts/docs/errors.py` from the tests: do not edit. Each message has a stable identifier, says what happened
and what to do next, in English and bokmål, and is shown with a study that earns it. `helseanalyse check` shows every
message of a study at once. An error stops a study; a warning or a note does not.

A Python study begins with its imports and `study = Study("A study", start="2015-01-01", end="2020-12-31")`.
"""


def errors_page() -> str:
    """The text of docs/errors.md."""
    parts = [HEAD]
    for bad in sorted(BAD, key=lambda bad: bad.id):
        told = next(each for each in bad.problems() if each.id == bad.id)
        parts.append(_section(bad, told))
    return "\n".join(parts)


def _section(bad: Bad, told: Problem) -> str:
    text = bad.text if len(bad.text) <= LONGEST else bad.text[: LONGEST // 3] + " ..."
    text = text.encode("utf-8", "replace").decode("utf-8")
    severity = MESSAGES[bad.id].severity
    return "\n".join(
        [
            f"## {bad.id} ({severity})",
            "",
            "```text",
            text,
            "```",
            "",
            f"> {told}",
            "",
            f"> {told.text('nb')}",
            "",
        ]
    )
