"""The load report as one HTML file: what was delivered, what became of it, what the registry looks like now.

It needs nothing but itself, and holds no person's value: counts below five are shown as <5.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from helseanalyse.catalogue.model import Label, Registry
from helseanalyse.vault.database import translated
from helseanalyse.vault.tally import ColumnFacts, LoadReport

FEWEST = 5  # a count below this is not told
THIN = "\u202f"  # narrow space between groups of digits, as Norwegian and SI writing have it
CHART_WIDTH, CHART_HEIGHT, CHART_FOOT = 720, 120, 18


@dataclass(frozen=True, slots=True)
class Bar:
    """One year of a chart, in units of its drawing."""

    x: float
    width: float
    height: float
    year: int
    rows: str
    marked: bool  # whether the year stands under the bar


def shown(count: int) -> str:
    """A count as the report writes it.

    >>> shown(0), shown(3), shown(1234567)
    ('0', '<5', '1\u202f234\u202f567')
    """
    return f"<{FEWEST}" if 0 < count < FEWEST else f"{count:,}".replace(",", THIN)


def share(part: int, whole: int) -> str:
    """A part in percent with one decimal; nothing of nothing is a dash, and a small part is not told.

    >>> share(50, 200), share(0, 0), share(2, 200), share(1999, 2000)
    ('25.0 %', '–', '<2.5 %', '99.9 %')
    """
    if not whole:
        return "–"
    if 0 < part < FEWEST:
        return f"<{100 * FEWEST / whole:.1f} %"
    # Rounding must not turn nearly all into all.
    return f"{min(100 * part / whole, 100.0 if part == whole else 99.9):.1f} %"


def bars(years: Mapping[int, int]) -> list[Bar]:
    """The bars of a chart of rows by year; a year without rows is a gap."""
    if not years:
        return []
    first, last, most = min(years), max(years), max(years.values())
    step = CHART_WIDTH / (last - first + 1)
    every = max(1, round(50 / step))  # a label about every 50 units
    return [
        Bar(
            x=round((year - first) * step, 1),
            width=round(max(step * 0.82, 0.5), 1),
            # All counts that are not told are drawn alike.
            height=round(max(rows, FEWEST) / max(most, FEWEST) * CHART_HEIGHT, 1),
            year=year,
            rows=shown(rows),
            marked=(year - first) % every == 0,
        )
        for year, rows in sorted(years.items())
    ]


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("helseanalyse.vault", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"shown": shown, "bytes": _bytes}
    return environment.get_template("load_report.html.j2")


def _bytes(size: int) -> str:
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size} B"


def page_of(report: LoadReport, registry: Registry, *, loaded: bool = True) -> str:
    """The report as the text of an HTML page. loaded: False for a load that was stopped."""
    labels = {table.name: table.label for table in registry.tables}
    columns: dict[str, list[tuple[ColumnFacts, Label]]] = {}
    for fact in report.columns:
        label = registry.table(fact.table).column(fact.column).label
        columns.setdefault(fact.table, []).append((fact, label))
    return _template().render(
        report=report,
        registry=registry,
        loaded=loaded,
        labels=labels,
        columns=columns,
        charts={table: bars(years) for table, years in report.years.items() if years},
        share=share,
        chart=(CHART_WIDTH, CHART_HEIGHT, CHART_FOOT),
        made=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        totals={
            "set aside": sum(unit.aside for unit in report.units),
            "duplicates": sum(unit.duplicates for unit in report.units),
            "left out": sum(unit.left_out for unit in report.units),
        },
    )


def write_report(report: LoadReport, registry: Registry, target: Path, *, loaded: bool = True) -> None:
    """Write the report as an HTML file."""
    with translated(f"Writing the load report of {report.name}"):
        target.write_text(page_of(report, registry, loaded=loaded), encoding="utf-8")
