"""The main result as rows of texts, for a terminal."""

from __future__ import annotations

from helseanalyse.report.language import Writer, writer
from helseanalyse.report.results import compared, learn, results, titled
from helseanalyse.report.shown import display
from helseanalyse.study.answer import SafeAnswer, SafeTable
from helseanalyse.study.specification import Specification

MOST_ROWS = 24
FIRST = ("rates_standardised", "rates", "trend", "risks", "counts", "rates_cells", "flow")


def summary_rows(
    answer: SafeAnswer, study: Specification | None = None, *, language: str = "en"
) -> list[tuple[str, ...]]:
    """The table of the main result: the headings first, then at most `MOST_ROWS` rows, all of one length.

    A hidden number is its sign. An answer without tables gives one row without cells.

    >>> from helseanalyse.study.answer import SafeAnswer
    >>> summary_rows(SafeAnswer(title="Nothing", digest="", lane="open", data=(), tables=()))
    [()]
    """
    pen = writer(language, study)
    learn(answer, pen)
    table = _main(answer, study, pen)
    if table is None:
        return [()]
    shown = display(table, pen, titled(table, pen))
    headings = tuple(f"{column.label}, {column.unit}" if column.unit else column.label for column in shown.columns)
    rows = [tuple("" if cell.again else cell.text for cell in line.cells) for line in shown.lines[:MOST_ROWS]]
    rest = len(table.rows) - len(rows)
    if rest > 0:
        said = pen.say("summary.more", rows=pen.numbers.whole(rest))
        rows.append((said, *[""] * (len(headings) - 1)))
    return [headings, *rows]


def _main(answer: SafeAnswer, study: Specification | None, pen: Writer) -> SafeTable | None:
    """The table that the answer's sentences are made from, or the first of the kinds that can stand alone."""
    for result in results(answer, study, pen):
        kinds = FIRST if result.timed else FIRST[1:]
        for kind in kinds:
            if found := result.of(kind):
                return compared(found[0], answer) if kind == "rates" else found[0]
    return next((table for table in answer.tables if table.kind == "flow"), None)
