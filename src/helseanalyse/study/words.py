"""A study in plain words: the methods section of its report, made from the specification alone."""

from __future__ import annotations

from collections.abc import Iterator

from helseanalyse.catalogue.model import Catalogue
from helseanalyse.study import nodes
from helseanalyse.study.describe import Describer, uses
from helseanalyse.study.lineage import walk
from helseanalyse.study.parts import roots
from helseanalyse.study.specification import (
    Analysis,
    Counts,
    Flow,
    FollowUp,
    Incidence,
    Rates,
    Specification,
    Survival,
    TableOne,
)
from helseanalyse.study.types import CodeList
from helseanalyse.study.universe import universe_of


def words(spec: Specification, catalogue: Catalogue, language: str = "en") -> tuple[str, ...]:
    """The study as sentences, in its own order, in English ("en") or bokmål ("nb").

    >>> from datetime import date
    >>> from helseanalyse.catalogue.read import norway
    >>> from helseanalyse.study.specification import Flow
    >>> spec = Specification(title="", start=date(2020, 1, 1), end=date(2020, 12, 31), analyses=(Flow(),))
    >>> words(spec, norway(), "nb")[-1]
    'Gjenværende personer telles etter hvert kriterium.'
    """
    teller = Describer(catalogue, language, spec.index, uses(node for _, node in roots(spec)))
    found: list[str] = []
    for sentence in _sentences(spec, catalogue, teller):
        found += [teller.say("stands for", letter=letter, said=said) for letter, said in teller.definitions]
        teller.definitions.clear()
        found.append(sentence)
    return tuple(found)


def code_lists(spec: Specification) -> tuple[tuple[CodeList, str], ...]:
    """Every code list of a study with its match ("exact" or "with_children"), in the order of the study."""
    found: dict[tuple[CodeList, str], None] = {}
    for node in walk(*(node for _, node in roots(spec))):
        if isinstance(node, nodes.InCodes):
            found[node.codes, node.match] = None
        elif isinstance(node, nodes.Categorise):
            found.update({(codes, "with_children"): None for codes in node.lists})
    return tuple(found)


def _sentences(spec: Specification, catalogue: Catalogue, teller: Describer) -> Iterator[str]:
    label = catalogue.universe.label
    resident = "universe resident" if universe_of(catalogue).residence is not None else "universe all"
    registry = label.nb if teller.at else label.en
    said = teller.say(
        "universe", start=teller.day(spec.start), end=teller.day(spec.end), registry=registry,
        resident=teller.say(resident),
    )  # fmt: skip
    yield said.replace(" .", ".")
    if spec.index is not None:
        yield teller.say("index", value=teller.definition_of(spec.index))
    for criterion in spec.criteria:
        yield teller.say(criterion.kind, name=criterion.name, holds=teller.node(criterion.holds))
    for variable in spec.variables:
        bands = teller.say("bands", bands=", ".join(map(str, variable.bands))) if variable.bands else ""
        yield teller.say("variable", name=variable.name, value=teller.node(variable.value), bands=bands)
    for exposure in spec.exposures:
        periods = teller.node(exposure.periods)
        yield teller.say("changing", name=exposure.name, on=exposure.on, off=exposure.off, periods=periods)
    for outcome in spec.outcomes:
        yield teller.say("outcome", name=outcome.name, on=teller.node(outcome.on))
    if spec.follow_up is not None:
        yield _follow_up(spec.follow_up, teller)
    for analysis in spec.analyses:
        yield _analysis(analysis, teller)
    if spec.pins:
        yield teller.say("pins", pins=", ".join(f"{name}@{version}" for name, version in spec.pins))


def _follow_up(follow: FollowUp, teller: Describer) -> str:
    until = [f"{stop.name} ({teller.node(stop.on)})" for stop in follow.until]
    competing = ""
    if follow.competing:
        competing = teller.say("competing", names=", ".join(follow.competing))
    return teller.say(
        "follow",
        start=teller.node(follow.start),
        until=teller.listed(until, "or") or teller.say("follow none"),
        last_day=teller.say("last day counts" if follow.counts_last_day else "last day does not count"),
        competing=competing,
    )


def _analysis(analysis: Analysis, teller: Describer) -> str:
    if isinstance(analysis, Flow):
        return teller.say("flow")
    if isinstance(analysis, TableOne):
        by = teller.say("by", names=teller.quoted(analysis.by)) if analysis.by else ""
        return teller.say("table_one", of=teller.listed([teller.quoted(name) for name in analysis.of]), by=by)
    names = teller.listed([teller.quoted(name) for name in analysis.by])
    by = teller.say("by", names=names) if names else ""
    if isinstance(analysis, Counts):
        return teller.say("counts", by=by)
    if isinstance(analysis, Survival):
        horizon = teller.say("horizon", horizon=analysis.horizon) if analysis.horizon else ""
        return teller.say(analysis.method, outcome=analysis.outcome, by=by, horizon=horizon)
    bands = teller.say("age bands", bands=", ".join(map(str, analysis.age_bands))) if analysis.age_bands else ""
    if isinstance(analysis, Rates):
        return teller.say(
            "rates", per=_number(analysis.per, teller), outcome=analysis.outcome, by=by, bands=bands,
            standard=_standard(analysis.standard, teller),
        )  # fmt: skip
    every = analysis.every
    span = {"unit": teller.say(every.unit), "first": teller.day(every.first), "last": teller.day(every.last)}
    if isinstance(analysis, Incidence):
        return teller.say(
            "incidence", name=analysis.name, event=teller.node(analysis.event), per=_number(analysis.per, teller),
            by=by, bands=bands, standard=_standard(analysis.standard, teller), washout=analysis.washout, **span,
        )  # fmt: skip
    return teller.say(
        "trend", name=analysis.name, by=by, bands=bands, numerator=teller.node(analysis.numerator),
        denominator=teller.node(analysis.denominator), **span,
    )  # fmt: skip


def _standard(standard: str | None, teller: Describer) -> str:
    return teller.say("standard", standard=standard) if standard else ""


def _number(number: int, teller: Describer) -> str:
    """A number with a thin space for thousands, as people read it in both languages."""
    return f"{number:,}".replace(",", "\u202f")
