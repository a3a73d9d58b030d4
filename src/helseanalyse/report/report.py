"""The report of a study: one HTML file that holds all it shows, reads on paper and on a phone, and fetches nothing."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from helseanalyse.report.checklist import checklist
from helseanalyse.report.clean import Names, clean, joined, script_json, slug, visible
from helseanalyse.report.codes import codes_shown
from helseanalyse.report.facts import facts
from helseanalyse.report.figures import design
from helseanalyse.report.headline import answer_sentences
from helseanalyse.report.language import Writer, writer
from helseanalyse.report.numbers import DASH, HIDDEN, decimals_of
from helseanalyse.report.pictures.design import days_said, length_said, window_name
from helseanalyse.report.pictures.flow import flow_picture
from helseanalyse.report.results import blocks, learn, results, tables_of, titled
from helseanalyse.report.sentences import Said, said
from helseanalyse.report.shown import display
from helseanalyse.report.table_one import table_one
from helseanalyse.report.view import ReportView
from helseanalyse.study.answer import Cell, Hidden, Rule, SafeAnswer, SafeTable
from helseanalyse.study.codec import dump
from helseanalyse.study.windows import windows
from helseanalyse.study.words import words

TEMPLATES: Final = Path(__file__).parent / "templates"
MOST_DATA = 700_000  # signs of table data that a page carries for copying; the bundle has every table in full
MOST_DOCUMENT = 250_000  # signs of a specification that a page carries


def report_html(view: ReportView) -> str:
    """The whole report as one page of HTML.

    Raises LanguageError for a language that there is none of. Equal views give equal pages.

    >>> from helseanalyse.study.answer import SafeAnswer
    >>> answer = SafeAnswer(title="Stroke & age", digest="0" * 64, lane="open", data=(), tables=())
    >>> page = report_html(ReportView(answer=answer))
    >>> "<h1>" in page, "Stroke &amp; age" in page
    (True, True)
    """
    return environment().get_template("report.html.j2").render(Page(view).content())


@cache
def environment() -> Environment:
    """Where the templates are, with every text escaped unless it was made by us."""
    found = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True,
        finalize=visible,
    )  # fmt: skip
    found.filters["svg"] = Markup
    found.filters["clean"] = clean
    found.filters["joined"] = joined
    found.filters["slug"] = slug
    return found


@cache
def asset(name: str) -> str:
    """A style or a script, as it is written into the page."""
    return (TEMPLATES / name).read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Section:
    """One section: its anchor, its title, and its place in the numbering."""

    anchor: str
    title: str
    number: int


class Page:
    """The parts of one report, in order."""

    def __init__(self, view: ReportView, names: Names | None = None) -> None:
        self.view = view
        self.answer: SafeAnswer = view.answer
        self.writer: Writer = writer(view.language, view.study)
        self.names = names or Names()
        learn(view.answer, self.writer)

    def content(self) -> dict[str, object]:
        """Everything that the page shows."""
        writer, view = self.writer, self.view
        sections = self._sections()
        for anchor in sections:  # so that no table can take the place of a section
            self.names.take(anchor)
        style = asset("parts.css") + asset("page.css") + self.reasons_style()
        script = asset("page.js")
        titles = {anchor: section.title for anchor, section in sections.items()}
        return {
            **self.results_only(),
            "study": view.study,
            "view": view,
            "sections": sections,
            "facts": facts(view, writer),
            "design": design(self.answer, view.study, writer),
            "windows": [
                (window_name(window, writer), days_said(window, writer), length_said(window, writer))
                for window in (windows(view.study) if view.study is not None else ())
            ],
            "methods": self._methods(),
            "codes": codes_shown(view.study, writer),
            "hidden": self._hidden(),
            "rules": [self._rule(rule) for rule in self.answer.rules],
            "items": checklist(titles, view.study, self._analyses(), writer),
            "document": self._document(),
            "sign": HIDDEN,
            "dash": DASH,
            "style": Markup(style),
            "script": Markup(script),
            "policy": _policy(style, script),
            "data": Markup(script_json(self._data())),
            "words": Markup(script_json({w: writer.say(w) for w in ("copy.csv", "copy.done", "save.svg", "save.png")})),
        }

    def results_only(self) -> dict[str, object]:
        """The answer without what is around it: sentences, flow, Table 1 and results."""
        writer = self.writer
        return {
            "say": writer.say,
            "number": writer.numbers,
            "lang": writer.say("html"),
            "answer": self.answer,
            "sentences": answer_sentences(self.view, writer),
            "synthetic": any(data.synthetic for data in self.answer.data),
            "flow": self._flow(),
            "tables_one": self._tables_one(),
            "results": self._results(),
            "reasons": self._reason,
            "said": self._said,
        }

    def _sections(self) -> dict[str, Section]:
        present = {
            "answer": True,
            "design": self.view.study is not None,
            "flow": any(table.rows for table in tables_of(self.answer, "flow")),
            "table_one": bool(tables_of(self.answer, "table_one")),
            "results": any(table.kind not in ("flow", "table_one") for table in self.answer.tables),
            "methods": True,
            "codes": self.view.study is not None,
            "disclosure": True,
            "provenance": True,
            "checklist": True,
        }
        names = [name for name, is_there in present.items() if is_there]
        return {name: Section(name, self.writer.say(f"section.{name}"), i) for i, name in enumerate(names)}

    def _methods(self) -> tuple[str, ...]:
        if self.view.study is None or self.view.catalogue is None:
            return ()
        return words(self.view.study, self.view.catalogue, self.view.language)

    def _anchor(self, table: str) -> str:
        return self.names.take(table, "table")

    def _flow(self) -> list[dict[str, object]]:
        return [
            {
                "picture": flow_picture(table, self.writer),
                "table": display(table, self.writer, titled(table, self.writer)),
                "anchor": self._anchor(table.id),
            }
            for table in tables_of(self.answer, "flow")
            if table.rows
        ]

    def _tables_one(self) -> list[dict[str, object]]:
        found = []
        for table in tables_of(self.answer, "table_one"):
            shown = table_one(table, self.writer, titled(table, self.writer))
            found.append({"table": shown, "anchor": self._anchor(table.id)})
        return found

    def _results(self) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        for result in results(self.answer, self.view.study, self.writer):
            parts: list[dict[str, object]] = []
            for block in blocks(result, self.writer):
                name = block.picture.name if block.picture else block.table.name if block.table else "part"
                parts.append({"block": block, "anchor": self._anchor(name)})
            anchor = self.names.take(f"result-{result.tables[0].id}")
            found.append({"title": result.title, "anchor": anchor, "parts": parts})
        return found

    def _analyses(self) -> int:
        return sum(table.kind not in ("flow", "table_one") for table in self.answer.tables)

    def _reason(self, reason: str) -> str:
        """Why a number is hidden, in the report's language where it is one of ours."""
        known = f"reason.{reason}"
        if self.writer.language.code != "en" and self.writer.language.knows(known):
            return self.writer.say(known)
        return clean(
            self.view.reasons.get(reason) or (self.writer.say(known) if self.writer.language.knows(known) else reason)
        )

    def reasons_style(self) -> str:
        """What is said when a hidden cell is pointed at or has the focus: once a reason, not once a cell."""
        reasons = sorted({reason for table in self.answer.tables for reason in table.hidden()})
        said = []
        for reason in reasons:
            text = self.writer.say("table.hidden", reason=self._reason(reason))
            escaped = "".join(sign if sign.isalnum() or sign in " .,-" else f"\\{ord(sign):06x}" for sign in text)
            said.append(
                f'.why-{slug(reason)}:hover::after,.why-{slug(reason)}:focus-visible::after{{content:"{escaped}"}}'
            )
        return "\n".join(said)

    def _hidden(self) -> list[dict[str, str]]:
        """One line a table and reason."""
        return [
            {"table": titled(table, self.writer), "reason": reason, "count": self.writer.numbers.whole(count)}
            for table in self.answer.tables
            for reason, count in sorted(table.hidden().items())
        ]

    def _rule(self, rule: Rule) -> dict[str, Said]:
        value = rule.value
        if not isinstance(value, str):
            value = self.writer.numbers.fixed(value, 0 if value == int(value) else decimals_of(value))
        texts = {"name": rule.name, "value": value, "says": rule.says, "source": rule.source}
        return {name: self._said(text) for name, text in texts.items()}

    def _said(self, sentence: str) -> Said:
        """A sentence of disclosure control in the report's language, where it is known."""
        found = said(sentence, self.writer.language.code)
        return Said(clean(found.text), found.lang)

    def _document(self) -> dict[str, str] | None:
        if self.view.study is None:
            return None
        text = dump(self.view.study)
        if len(text) > MOST_DOCUMENT:
            return None
        encoded = base64.b64encode(text.encode("utf-8", "replace")).decode()
        return {"text": text, "link": f"data:application/json;base64,{encoded}"}

    def _data(self) -> dict[str, object]:
        """The tables as released, for copying: as many as the page can carry, smallest first."""
        found: dict[str, object] = {}
        room = MOST_DATA
        for table in sorted(self.answer.tables, key=lambda table: (len(table.rows), table.id)):
            plain = _plain(table)
            room -= len(script_json(plain))
            if room < 0:
                break
            found[table.id] = plain
        return {clean(table.id): found[table.id] for table in self.answer.tables if table.id in found}


def _plain(table: SafeTable) -> dict[str, object]:
    columns = [f"{c.name} ({c.unit})" if c.unit else c.name for c in table.columns]
    return {"columns": columns, "rows": [[_value(cell) for cell in row] for row in table.rows]}


def _value(cell: Cell) -> Cell:
    return str(cell) if isinstance(cell, Hidden) else cell


def _policy(style: str, script: str) -> str:
    """The page may run its own style and script and nothing else, not even if something slipped past escaping."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src blob: data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
