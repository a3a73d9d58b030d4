"""Everything a report is made from: a released answer, what was asked, and how it was released."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from helseanalyse.audit import Receipt
from helseanalyse.catalogue.model import Catalogue
from helseanalyse.disclosure.rules import REASONS
from helseanalyse.study.answer import SafeAnswer
from helseanalyse.study.specification import Specification


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportView:
    """What `report_html` shows.

    study: the specification that was asked; without it the report has no design, methods and code lists. catalogue:
    the vault's own; without it the methods are not told in words. receipt: the place in the log. seconds: from
    question to answer. reasons: why numbers are hidden, by reason. language: "en" or "nb".
    """

    answer: SafeAnswer
    study: Specification | None = None
    catalogue: Catalogue | None = None
    receipt: Receipt | None = None
    seconds: float | None = None
    reasons: Mapping[str, str] = field(default_factory=lambda: REASONS)
    language: str = "en"
