"""The files of a bundle that people look at: the report and its figures."""

from __future__ import annotations

from helseanalyse.audit import Receipt
from helseanalyse.catalogue.model import Catalogue
from helseanalyse.report.figures import figures
from helseanalyse.report.report import report_html
from helseanalyse.report.view import ReportView
from helseanalyse.study.answer import SafeAnswer
from helseanalyse.study.specification import Specification


def report_files(
    answer: SafeAnswer,
    study: Specification,
    receipt: Receipt | None = None,
    seconds: float | None = None,
    language: str = "en",
    catalogue: Catalogue | None = None,
) -> dict[str, bytes]:
    """`report.html` and `figures/NAME.svg`, by path inside the bundle.

    catalogue: the vault's own, so that the methods can be told in words. Raises LanguageError for a language that
    no report is written in.
    """
    view = ReportView(
        answer=answer, study=study, catalogue=catalogue, receipt=receipt, seconds=seconds, language=language
    )
    return {"report.html": report_html(view).encode(), **figures(answer, study, language=language)}
