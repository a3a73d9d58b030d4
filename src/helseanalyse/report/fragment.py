"""An answer as it shows itself in a notebook: sentences, flow, Table 1, every result as picture and table."""

from __future__ import annotations

from markupsafe import Markup

from helseanalyse.report.clean import Names
from helseanalyse.report.report import Page, asset, environment
from helseanalyse.report.view import ReportView
from helseanalyse.study.answer import SafeAnswer
from helseanalyse.study.specification import Specification


def answer_html(answer: SafeAnswer, study: Specification | None = None, *, language: str = "en") -> str:
    """A piece of HTML with a style of its own and no script: what `_repr_html_` gives.

    Anchors begin with the study's digest, so that several answers can stand in one notebook.

    >>> from helseanalyse.study.answer import SafeAnswer
    >>> answer_html(SafeAnswer(title="Nothing", digest="", lane="open", data=(), tables=())).startswith("<div")
    True
    """
    page = Page(ReportView(answer=answer, study=study, language=language), Names(f"ha-{answer.digest[:8]}"))
    style = asset("parts.css") + page.reasons_style()
    return environment().get_template("fragment.html.j2").render({**page.results_only(), "style": Markup(style)})
