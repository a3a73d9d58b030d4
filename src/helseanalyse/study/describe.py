"""One operation in plain words, English or bokmål, with the catalogue's own labels for tables and columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import count
from string import ascii_uppercase
from typing import Any

from helseanalyse.catalogue.codes import system
from helseanalyse.catalogue.model import Catalogue, CatalogueError, Grain, Kind
from helseanalyse.study import nodes
from helseanalyse.study.lineage import walk
from helseanalyse.study.naming import table_of
from helseanalyse.study.node import Node, Rows, Series
from helseanalyse.study.phrases import MONTHS, PHRASES
from helseanalyse.study.shape import fields_of
from helseanalyse.study.types import BOOL, CodeList
from helseanalyse.study.universe import effective_residence, universe_of

SHORT = 60  # characters; what is longer and stands in several places is defined once
LONG = 400  # the same in the sentence that defines the index date, which reads best in one piece
MOST_CODES = 8  # named in a sentence; the full list stands beside it in the report


class Describer:
    """Describes the nodes of one study in one language.

    day0 is called "the index date" wherever it stands. What stands in several places and takes many words is defined
    once, under a letter: `definitions` has those not yet told. So the words of a study grow with its parts, not with
    the ways to reach them.
    """

    def __init__(self, catalogue: Catalogue, language: str, day0: Series | None, used: Counter[Node]) -> None:
        self.used = used
        self.short = SHORT
        self.letters = _letters()
        self.definitions: list[tuple[str, str]] = []
        self.catalogue = catalogue
        self.language = language
        self.at = 1 if language == "nb" else 0
        self.day0 = day0
        self.done: dict[Node, str] = {}
        universe = universe_of(catalogue)
        self.residence: Rows | None = None
        if universe.residence is not None:
            has_death = universe.column("died_on") is not None
            self.residence = effective_residence(universe.person, universe.residence, has_death)

    def say(self, key: str, **words: object) -> str:
        """A phrase with its words."""
        return PHRASES[key][self.at].format_map(words)

    def node(self, node: Node) -> str:
        """A node in words."""
        if self.day0 is not None and node == self.day0:
            return self.say("index date")
        if node not in self.done:
            said = self._said(node)
            if self.used[node] > 1 and len(said) > self.short:
                letter = next(self.letters)
                self.definitions.append((letter, said))
                said = letter
            self.done[node] = said
        return self.done[node]

    def definition_of(self, day0: Series) -> str:
        """What the index date itself is."""
        self.day0, self.short = None, LONG
        said = self._said(day0)
        self.done.clear()
        self.day0, self.short = day0, SHORT
        return said

    def listed(self, parts: list[str], last: str = "and") -> str:
        """Parts in a row: a, b and c."""
        if len(parts) < 2:
            return "".join(parts)
        return ", ".join(parts[:-1]) + PHRASES[last][self.at] + parts[-1]

    def day(self, day: date) -> str:
        """3 May 2024, or 3. mai 2024."""
        dot = "." if self.at else ""
        return f"{day.day}{dot} {MONTHS[day.month - 1][self.at]} {day.year}"

    def quoted(self, text: str) -> str:
        """A name in the quotation marks of the language."""
        return f"«{text}»" if self.at else f'"{text}"'

    def codes(self, codes: CodeList, beside: str = "") -> str:
        """A code list: by its name and its first codes, and its system unless that stands beside it."""
        try:
            written = [system(codes.system).written(code) for code in codes.codes]
        except (CatalogueError, KeyError):
            written = list(codes.codes)
        said = ", ".join(written[:MOST_CODES])
        if len(written) > MOST_CODES:
            said = self.say("more codes", codes=said, more=len(written) - MOST_CODES)
        said = said if codes.system in beside else f"{codes.system} {said}"
        return f"{codes.name} ({said})" if codes.name else said

    def _said(self, node: Node) -> str:
        if self.residence is not None and node == self.residence:
            return self.say("residence")
        teller: Callable[[Any], str] | None = getattr(self, f"_{node.op}", None)
        if teller is not None:
            return teller(node)
        words = {item.name: self._operand(getattr(node, item.name)) for item in fields_of(type(node))}
        return self.say(node.op, **words)

    def _operand(self, value: object) -> str:
        if isinstance(value, Node):
            return self.node(value)
        if isinstance(value, tuple) and value and isinstance(value[0], Node):
            return self.listed([self.node(part) for part in value])
        return str(value)

    # --- rows ---

    def _noun(self, rows: Rows) -> str:
        """Rows as a noun in the singular: an episode, a period of something."""
        return self.say("period", of=self.node(rows)) if isinstance(rows, nodes.Periods) else self.node(rows)

    def _table(self, node: nodes.Table) -> str:
        try:
            label = self.catalogue.table(node.registry, node.name).label
            registry = self.catalogue.registry(node.registry).name.upper()
        except KeyError:
            return f"{node.registry}.{node.name}"
        said = label.nb if self.at else label.en
        return f"{_lower(said)} ({registry})"

    def _filter(self, node: nodes.Filter) -> str:
        conditions: list[str] = []
        rows: Rows = node
        while isinstance(rows, nodes.Filter):
            conditions.insert(0, self.node(rows.keep))
            rows = rows.of
        return self.say("where", of=self._noun(rows), conditions=self.listed(conditions))

    def _sort(self, node: nodes.Sort) -> str:
        return self.say("sort", of=self.node(node.of), by=self._by(node))

    def _by(self, node: Rows) -> str:
        return self.listed([self.node(by) for by in node.by]) if isinstance(node, nodes.Sort) else ""

    def _pick(self, node: nodes.Pick) -> str:
        if isinstance(self.day0, nodes.Column) and node == self.day0.of:
            table = table_of(node)
            return self.say("index row", of=self.node(table)) if table is not None else self.say("index date")
        sort = node.of
        of = self._noun(sort.of if isinstance(sort, nodes.Sort) else sort)
        key = {1: "first", -1: "last"}.get(node.position, "nth" if node.position > 0 else "nth last")
        return self.say(key, of=of, by=self._by(sort), position=abs(node.position))

    def _supply(self, node: nodes.Supply) -> str:
        details = []
        if node.substance is not None:
            details.append(self.say("supply substance", substance=self.node(node.substance)))
        if node.carry_over:
            details.append(self.say("supply carry" if node.cap is None else "supply cap", cap=node.cap))
        for name, least in (("grace", 0), ("extension", 0), ("lag", 0), ("minimum", 1)):
            if getattr(node, name) > least:
                details.append(self.say(f"supply {name}", **{name: getattr(node, name)}))
        said = "".join(f", {detail}" for detail in details)
        return self.say("supply", start=self.node(node.start), days=self.node(node.days), details=said)

    def _spans(self, node: nodes.Spans) -> str:
        if isinstance(node.stop, nodes.Constant) and node.stop.value is None:
            return self.say("spans open", start=self.node(node.start))
        return self.say("spans", start=self.node(node.start), stop=self.node(node.stop))

    def _clip(self, node: nodes.Clip) -> str:
        ends = [self.say(word, day=self.node(day)) for word, day in (("from", node.start), ("until", node.stop)) if day]
        return self.say("clip", of=self.node(node.of), ends=self.listed(ends))

    # --- values ---

    def _column(self, node: nodes.Column) -> str:
        table = table_of(node.of)
        if table is None:
            return self.say(node.name if node.name in ("start", "stop", "n") else "column", of=self.node(node.of),
                            name=node.name)  # fmt: skip
        try:
            label = self.catalogue.table(table.registry, table.name).column(node.name).label
        except KeyError:
            return f"{table.registry}.{table.name}.{node.name}"
        said = _lower(label.nb if self.at else label.en)
        bare = isinstance(node.of, nodes.Table)
        return said if bare else self.say("column", name=said, of=self.node(node.of))

    def _constant(self, node: nodes.Constant) -> str:
        value = node.value
        if value is None:
            return self.say("unknown")
        if isinstance(value, bool):
            return self.say("true" if value else "false")
        if isinstance(value, date):
            return self.day(value)
        if isinstance(value, float) and self.at:
            return repr(value).replace(".", ",")
        return self.quoted(value) if isinstance(value, str) else str(value)

    def _parameter(self, node: nodes.Parameter) -> str:
        return self.say(node.name)

    def _compare(self, node: nodes.Compare) -> str:
        dated = node.left.type.kind is Kind.DATE and node.test not in ("==", "!=")
        key = f"date {node.test}" if dated else node.test
        return self.say(key, left=self.node(node.left), right=self.node(node.right))

    def _and(self, node: nodes.And) -> str:
        return self.listed([self._in_brackets(part, nodes.Or) for part in node.parts])

    def _or(self, node: nodes.Or) -> str:
        return self.listed([self._in_brackets(part, nodes.And) for part in node.parts], "or")

    def _in_brackets(self, part: Series, *kinds: type[Series]) -> str:
        said = self.node(part)
        return f"({said})" if isinstance(part, kinds) else said

    def _not(self, node: nodes.Not) -> str:
        if isinstance(node.of, nodes.IsNull):
            return self.say("known", of=self.node(node.of.of))
        if isinstance(node.of, nodes.IfNull) and node.of.type == BOOL:
            return self.say("not true", of=self._in_brackets(node.of.of, nodes.And, nodes.Or))
        return self.say("not", of=self._in_brackets(node.of, nodes.And, nodes.Or))

    def _arithmetic(self, node: nodes.Arithmetic) -> str:
        left, right = (self._in_brackets(side, nodes.Arithmetic) for side in (node.left, node.right))
        return self.say(node.sign, left=left, right=right)

    def _cast(self, node: nodes.Cast) -> str:
        key = "cast bool" if node.of.type == BOOL else f"cast {node.to}"
        return self.say(key, of=self.node(node.of))

    def _date_add(self, node: nodes.DateAdd) -> str:
        amount, day = node.amount, self.node(node.date)
        if isinstance(amount, nodes.Constant) and isinstance(amount.value, int):
            unit = node.unit if abs(amount.value) != 1 else node.unit.removesuffix("s")
            said = f"{abs(amount.value)} {self.say(unit)}"
            key = "same day" if not amount.value else "after" if amount.value > 0 else "before"
            return self.say(key, amount=said, date=day)
        return self.say("after", amount=f"{self.node(amount)} {self.say(node.unit)}", date=day)

    def _date_diff(self, node: nodes.DateDiff) -> str:
        earlier = node.earlier
        born = isinstance(earlier, nodes.Column) and earlier.name == "born_on" and isinstance(earlier.of, nodes.Table)
        key = "age" if born and node.unit == "years" else f"date_diff {node.unit}"
        return self.say(key, later=self.node(node.later), earlier=self.node(earlier))

    def _date_part(self, node: nodes.DatePart) -> str:
        return self.say(f"part {node.part}", of=self.node(node.of))

    def _truncate(self, node: nodes.Truncate) -> str:
        return self.say(f"truncate {node.unit}", of=self.node(node.of))

    def _in_codes(self, node: nodes.InCodes) -> str:
        many = " many" if node.of.type.kind is Kind.CODES else ""
        of = self.node(node.of)
        return self.say(f"{node.match}{many}", of=of, codes=self.codes(node.codes, beside=of))

    def _in(self, node: nodes.In) -> str:
        if not node.values:
            return self.say("in nothing", of=self.node(node.of))
        return self.say("in", of=self.node(node.of), values=self.listed([self.node(v) for v in node.values], "or"))

    def _extreme(self, node: nodes.Extreme) -> str:
        return self.say(node.which, parts=self.listed([self.node(part) for part in node.parts]))

    def _case(self, node: nodes.Case) -> str:
        pairs = zip(node.values, node.conditions, strict=True)
        branches = [self.say("branch", value=self.node(v), condition=self.node(c)) for v, c in pairs]
        if node.otherwise is not None:
            branches.append(self.say("otherwise", value=self.node(node.otherwise)))
        return "; ".join(branches)

    def _categorise(self, node: nodes.Categorise) -> str:
        pairs = zip(node.names, node.lists, strict=True)
        groups = "; ".join(f"{self.quoted(name)}: {self.codes(codes)}" for name, codes in pairs)
        return self.say("categorise", of=self.node(node.of), groups=groups)

    def _look_up(self, node: nodes.LookUp) -> str:
        looked = self.say(f"look_up {node.how}", value=self.node(node.value), at=self.node(node.at))
        return looked if node.max_age is None else self.say("max_age", looked=looked, days=node.max_age)

    def _near(self, node: nodes.Near) -> str:
        value = self.node(node.value) if node.value is not None else ""
        what = self.say(f"near {node.how}", value=value, date=self.node(node.date))
        return self.say("near", what=what, low=node.low, high=node.high, at=self.node(node.at))

    def _exists(self, node: nodes.Exists) -> str:
        return self.say("exists person" if node.of.grain is Grain.PERSON else "exists", of=self._noun(node.of))

    def _aggregate(self, node: nodes.Aggregate) -> str:
        dated = node.of.type.kind is Kind.DATE and node.how in ("min", "max")
        return self.say(f"date {node.how}" if dated else node.how, of=self.node(node.of))

    def _covers(self, node: nodes.Covers) -> str:
        key = "resident on" if node.of == self.residence else "covers"
        return self.say(key, of=self.node(node.of), date=self.node(node.date))

    def _covers_all(self, node: nodes.CoversAll) -> str:
        key = "resident throughout" if node.of == self.residence else "covers_all"
        return self.say(key, of=self.node(node.of), first=self.node(node.first), last=self.node(node.last))


def uses(roots: Iterable[Node]) -> Counter[Node]:
    """In how many places each node stands: in parts of the study, or in other nodes."""
    listed = list(roots)
    found: Counter[Node] = Counter(listed)
    for node in walk(*listed):
        found.update(node.operands)
    return found


def _letters() -> Iterator[str]:
    """A to Z, then A1 to Z1, and so on."""
    for number in count():
        for letter in ascii_uppercase:
            yield f"{letter}{number or ''}"


def _lower(text: str) -> str:
    """A label inside a sentence: its first letter small, unless it begins an abbreviation."""
    return text if len(text) > 1 and text[1].isupper() else text[:1].lower() + text[1:]
