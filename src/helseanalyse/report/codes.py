"""The code lists of a study, ready for a page."""

from __future__ import annotations

from dataclasses import dataclass

from helseanalyse.catalogue.codes import system
from helseanalyse.catalogue.model import CatalogueError
from helseanalyse.report.clean import clean
from helseanalyse.report.language import Writer
from helseanalyse.study.specification import Specification
from helseanalyse.study.types import CodeList
from helseanalyse.study.words import code_lists

NAMED_BY = 6
MOST_CODES = 500  # of one list on a page; the specification has all


@dataclass(frozen=True, slots=True)
class CodesShown:
    """A code list: its name, what is known of it, how many codes it has, the codes, and how many more there are."""

    name: str
    remarks: tuple[str, ...]
    size: str
    codes: tuple[str, ...]
    more: str = ""


def codes_shown(study: Specification | None, writer: Writer) -> list[CodesShown]:
    """Every list once for each way it is matched, in the order in which the study uses them."""
    return [] if study is None else [_shown(codes, match, writer) for codes, match in code_lists(study)]


def _shown(codes: CodeList, match: str, writer: Writer) -> CodesShown:
    number = len(codes.codes)
    known = f"codes.{match}"
    version = writer.say("codes.version", version=clean(codes.version)) if codes.version else ""
    source = writer.say("codes.source", source=clean(codes.source)) if codes.source else ""
    written = [clean(code) for code in _written(codes)]
    rest = number - MOST_CODES
    return CodesShown(
        name=clean(codes.name) or _first(written),
        remarks=(
            clean(codes.system),
            *([writer.say(known)] if writer.language.knows(known) else []),
            version or writer.say("codes.no version"),
            source or writer.say("codes.no source"),
        ),
        size=writer.say("codes.one" if number == 1 else "codes.many", number=writer.numbers.whole(number)),
        codes=tuple(written[:MOST_CODES]),
        more=writer.say("codes.more", number=writer.numbers.whole(rest)) if rest > 0 else "",
    )


def _first(written: list[str]) -> str:
    """A list without a name goes by its first codes."""
    return ", ".join(written[:NAMED_BY]) + (", …" if len(written) > NAMED_BY else "")


def _written(codes: CodeList) -> list[str]:
    """The codes as their system writes them (I11.0); as they are for a system that the platform does not know."""
    try:
        known = system(codes.system)
        return [known.written(code) for code in codes.codes]
    except (CatalogueError, KeyError):
        return list(codes.codes)
