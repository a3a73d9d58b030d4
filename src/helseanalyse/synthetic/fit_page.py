"""The made parts of `docs/synthetic.md`: tables of the fit, of the true effects and of the dirt.

The page is written by hand around them: each part stands between two marks and is replaced whole.
"""

from __future__ import annotations

from collections.abc import Iterable

from helseanalyse.synthetic import dirt, truth
from helseanalyse.synthetic.fit_figures import Measure
from helseanalyse.synthetic.fit_measure import Result


def number(value: float, measure: Measure) -> str:
    """A figure as it is written on the page.

    >>> number(13043.4, Measure.COUNT), number(21.27, Measure.PERCENT), number(0.7334, Measure.RATIO)
    ('13 043', '21.3 %', '0.733')
    """
    if measure is Measure.COUNT:
        return f"{value:,.0f}".replace(",", " ")
    if measure is Measure.PERCENT:
        return f"{value:.1f} %"
    return f"{value:.3f}" if measure is Measure.RATIO else f"{value:.2f}"


def fit_table(results: Iterable[Result]) -> str:
    """The published and the generated value of each figure, and their ratio."""
    lines = ["| | figure | year | published | synthetic | ratio | source |", "|---|---|---|---:|---:|---:|---|"]
    last = ""
    for result in results:
        fit = result.fit
        group = f"**{fit.group}**" if fit.group != last else ""
        last = fit.group
        lines.append(
            f"| {group} | {fit.name} | {fit.year} | {number(fit.published, fit.measure)} "
            f"| {number(result.generated, fit.measure)} | {result.ratio:.3f} | {fit.source} |"
        )
    return "\n".join(lines)


def truth_table() -> str:
    """The effects that a study must find."""
    lines = ["| cause | against | outcome | hazard ratio | how |", "|---|---|---|---:|---|"]
    lines += [f"| {e.cause} | {e.reference} | {e.outcome} | **{e.ratio:.2f}** | {e.how} |" for e in truth.EFFECTS]
    return "\n".join(lines)


def dirt_table() -> str:
    """Each kind of dirt, its share, and what a load makes of it."""
    lines = ["| where | what | share | what a load does |", "|---|---|---:|---|"]
    for rule in dirt.RULES:
        values = f": {', '.join(f'`{value}`' for value in rule.values)}" if rule.values else ""
        lines.append(f"| `{rule.where}` | {rule.kind.value}{values} | {100 * rule.share:.2f} % | {rule.then} |")
    return "\n".join(lines)


def replaced(page: str, part: str, text: str) -> str:
    """The page with the text of one part between its marks. Raises ValueError where the marks are missing.

    >>> replaced("a <!-- fit -->old<!-- /fit --> b", "fit", "new").replace(chr(10), "|")
    'a <!-- fit -->|new|<!-- /fit --> b'
    """
    begin, end = f"<!-- {part} -->", f"<!-- /{part} -->"
    if begin not in page or end not in page:
        raise ValueError(f"The page has no part {begin} ... {end}. Put the two marks where the part belongs.")
    head, _, rest = page.partition(begin)
    return f"{head}{begin}\n{text}\n{end}{rest.partition(end)[2]}"


def part_of(page: str, part: str) -> str:
    """The text of one part of a page.

    >>> part_of(replaced("<!-- fit --><!-- /fit -->", "fit", "new"), "fit")
    'new'
    """
    return page.partition(f"<!-- {part} -->")[2].partition(f"<!-- /{part} -->")[0].strip("\n")
