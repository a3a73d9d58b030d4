"""The items of the reporting guidelines STROBE and RECORD, each with the section of the report that answers it.

STROBE: von Elm et al., PLoS Medicine 2007; 4: e296. RECORD: Benchimol et al., PLoS Medicine 2015; 12: e1001885.
The items are told in our own short words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from helseanalyse.report.language import Writer
from helseanalyse.study.specification import Specification

# Item -> the section that answers it; "" where only people can. A section that a report lacks answers nothing.
STROBE: Final = {
    "1": "answer", "2": "methods", "3": "answer", "4": "design", "5": "provenance", "6": "flow", "7": "methods",
    "8": "provenance", "9": "", "10": "flow", "11": "methods", "12": "methods", "13": "flow", "14": "table_one",
    "15": "results", "16": "results", "17": "results", "18": "answer", "19": "", "20": "", "21": "", "22": "",
}  # fmt: skip
RECORD: Final = {
    "1.1": "provenance", "1.2": "design", "1.3": "provenance", "6.1": "codes", "6.2": "", "6.3": "", "7.1": "codes",
    "12.1": "provenance", "12.2": "", "12.3": "", "13.1": "flow", "19.1": "", "22.1": "provenance",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """One item: its guideline and number, what it asks for, and the anchor and title of the section, or ""."""

    number: str
    asks: str
    anchor: str
    where: str


def checklist(sections: Mapping[str, str], study: Specification | None, analyses: int, writer: Writer) -> list[Item]:
    """Every item. sections: the titles of the sections that the report has, by anchor; analyses: how many results."""
    has = dict(sections)
    lacking = set()
    if study is None or not study.rationale:
        lacking.add("strobe.2")
    if study is None or not study.purpose:
        lacking.add("strobe.3")
    if analyses < 2:
        lacking.add("strobe.17")
    items = []
    for guideline, places in (("STROBE", STROBE), ("RECORD", RECORD)):
        for number, anchor in places.items():
            name = f"{guideline.lower()}.{number}"
            found = anchor if anchor in has and name not in lacking else ""
            items.append(
                Item(
                    f"{guideline} {number}",
                    writer.say(f"checklist.{name}"),
                    found,
                    has[found] if found else writer.say("not stated"),
                )
            )
    return items
