"""The pictures of an answer as files of its bundle: `figures/NAME.svg`, for papers and slides."""

from __future__ import annotations

from collections.abc import Iterator

from helseanalyse.report.clean import Names
from helseanalyse.report.language import Writer, writer
from helseanalyse.report.pictures.design import calendar_picture, design_picture
from helseanalyse.report.pictures.flow import flow_picture
from helseanalyse.report.pictures.picture import Picture
from helseanalyse.report.results import blocks, learn, results, tables_of
from helseanalyse.report.svg import standalone
from helseanalyse.study.answer import SafeAnswer
from helseanalyse.study.specification import Specification
from helseanalyse.study.windows import windows


def figures(answer: SafeAnswer, study: Specification | None = None, *, language: str = "en") -> dict[str, bytes]:
    """Every picture of the report as SVG with text as text, by its path inside the bundle.

    Equal answers give equal bytes. Names are made of a-z, 0-9 and hyphens, whatever a study calls its analyses.

    >>> from helseanalyse.study.answer import SafeAnswer
    >>> figures(SafeAnswer(title="Nothing", digest="", lane="open", data=(), tables=()))
    {}
    """
    pen = writer(language, study)
    learn(answer, pen)
    names = Names()
    return {
        f"figures/{names.take(picture.name, 'figure')}.svg": standalone(picture.wide)
        for picture in _pictures(answer, study, pen)
    }


def design(answer: SafeAnswer, study: Specification | None, writer: Writer) -> Picture | None:
    """The design of a study: its windows around day 0, or the calendar where it has no day 0."""
    if study is None:
        return None
    found = windows(study)
    return design_picture(found, writer) if found else calendar_picture(study, answer.data, writer)


def _pictures(answer: SafeAnswer, study: Specification | None, writer: Writer) -> Iterator[Picture]:
    drawn = [design(answer, study, writer)]
    drawn += [flow_picture(table, writer) for table in tables_of(answer, "flow")]
    for result in results(answer, study, writer):
        drawn += [block.picture for block in blocks(result, writer)]
    yield from (picture for picture in drawn if picture is not None)
