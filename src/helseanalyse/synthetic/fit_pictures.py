"""Pictures of the fit: published figures as points, the synthetic Norway as bars or a line.

Four SVG files for `docs/synthetic.md`; made with altair and vl-convert, without a browser.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import altair as alt
import duckdb
import vl_convert

from helseanalyse.synthetic import figures
from helseanalyse.synthetic.fit_figures import INFARCTIONS, here
from helseanalyse.synthetic.kpr import GP_ANY

_BAR, _POINT = "#7f9fbf", "#a3261f"
_WIDTH, _HEIGHT = 520, 240
Rows = list[dict[str, Any]]


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, *names: str) -> Rows:
    return [dict(zip(names, row, strict=True)) for row in connection.execute(sql).fetchall()]


def _both(rows: Rows, name: str, x: str, axis: str) -> Any:
    """Bars for the generated numbers and points for the published ones, over `x`."""
    long = [{x: row[x], "value": row[kind], "kind": kind} for row in rows for kind in ("synthetic", "published")]
    base = alt.Chart(alt.InlineData(values=long)).encode(
        x=alt.X(f"{x}:O", title=axis, sort=None, axis=alt.Axis(labelAngle=0)), y=alt.Y("value:Q", title=name)
    )
    colour = alt.Color(
        "kind:N",
        title=None,
        scale=alt.Scale(domain=["synthetic", "published"], range=[_BAR, _POINT]),
        legend=alt.Legend(orient="top"),
    )
    bars = base.transform_filter("datum.kind == 'synthetic'").mark_bar().encode(color=colour)
    points = base.transform_filter("datum.kind == 'published'").mark_point(filled=True, size=55).encode(color=colour)
    return (bars + points).properties(width=_WIDTH, height=_HEIGHT)


def pyramid(connection: duckdb.DuckDBPyConnection, scale: float) -> Any:
    """Residents on 1 January 2020 by sex and five-year age group, in thousands."""
    sql = f"SELECT sex, least(a // 5, 18), count(*) FROM {here('2020-01-01')} GROUP BY ALL"
    found = {(sex, int(band)): n * scale / 1000 for sex, band, n in connection.execute(sql).fetchall()}
    charts = []
    for sex in ("female", "male"):
        rows = [
            {
                "age": f"{5 * band}-{5 * band + 4}" if band < 18 else "90+",
                "synthetic": found.get((sex, band), 0.0),
                "published": float(figures.PYRAMID_2020[sex][band]) / 1000,
            }
            for band in range(19)
        ]
        chart = _both(rows, "thousand residents", "age", "age").encode(x=alt.X("age:O", sort=None, title="age"))
        charts.append(chart.properties(title={"female": "Women", "male": "Men"}[sex], height=170))
    return alt.vconcat(*charts)


def deaths(connection: duckdb.DuckDBPyConnection, scale: float) -> Any:
    """Deaths by year, in thousands."""
    sql = "SELECT year(died_on), count(*) FROM staged.death GROUP BY 1 ORDER BY 1"
    rows = _rows(connection, sql, "year", "n")
    for row in rows:
        row["synthetic"], row["published"] = row["n"] * scale / 1000, figures.deaths(row["year"]) / 1000
    return _both(rows, "thousand deaths", "year", "year")


def gp(connection: duckdb.DuckDBPyConnection, scale: float) -> Any:
    """Share of residents with a GP consultation in 2023, by age."""
    edges = (0, 6, 16, 20, 30, 50, 67, 80, 90, 121)
    published = dict(zip(edges, GP_ANY[[1, 2, 3, 4, 5, 7, 8, 9, 10]], strict=False))
    kinds = "contact_type IN ('consultation', 'e_consultation', 'home_visit')"
    visited = f"SELECT DISTINCT pid FROM staged.contact WHERE service = 'gp' AND {kinds} AND year(contact_on) = 2023"
    rows: Rows = []
    for low, high in pairwise(edges):
        sql = f"SELECT 100 * avg((pid IN ({visited}))::INT) FROM {here('2023-07-01')} WHERE a >= {low} AND a < {high}"
        found = connection.execute(sql).fetchone()
        label = f"{low}-{high - 1}" if high < 121 else f"{low}+"
        rows.append({"age": label, "synthetic": found[0] if found else None, "published": 100 * float(published[low])})
    return _both(rows, "percent with a consultation", "age", "age")


def infarctions(connection: duckdb.DuckDBPyConnection, scale: float) -> Any:
    """Infarctions for 100,000 residents from 40 years, at the ages of 2013; published: 3.8 percent less each year."""
    weights = f"SELECT sex, a // 5 AS g, count(*) AS n FROM {here('2013-07-01')} WHERE a BETWEEN 40 AND 89 GROUP BY ALL"
    rows: Rows = []
    for year in range(2010, 2025):
        sql = f"""WITH w AS ({weights}),
            p AS (SELECT sex, a // 5 AS g, count(*) AS n FROM {here(f"{year}-07-01")} GROUP BY ALL),
            c AS (SELECT sex, age::INT // 5 AS g, count(*) AS n FROM {INFARCTIONS}
                WHERE year(onset) = {year} GROUP BY ALL)
            SELECT 1e5 * sum(w.n * coalesce(c.n, 0) / p.n) / sum(w.n) FROM w JOIN p USING (sex, g)
            LEFT JOIN c ON c.sex = w.sex AND c.g = w.g"""
        found = connection.execute(sql).fetchone()
        rows.append({"year": year, "synthetic": found[0] if found else None})
    middle = sum(row["synthetic"] for row in rows if 2012 <= row["year"] <= 2014) / 3
    for row in rows:
        row["published"] = middle * 0.962 ** (row["year"] - 2013)
    return _both(rows, "infarctions for 100,000", "year", "year")


PICTURES: dict[str, Callable[[duckdb.DuckDBPyConnection, float], Any]] = {
    "synthetic-pyramid": pyramid,
    "synthetic-deaths": deaths,
    "synthetic-gp": gp,
    "synthetic-infarction": infarctions,
}


def write_pictures(connection: duckdb.DuckDBPyConnection, persons: int, folder: Path) -> None:
    """All pictures as SVG files in a folder, made where it does not exist."""
    folder.mkdir(parents=True, exist_ok=True)
    scale = figures.NORWAY_2020 / persons
    for name, draw in PICTURES.items():
        chart = draw(connection, scale).configure_view(stroke=None).configure_axis(grid=False)
        svg = vl_convert.vegalite_to_svg(chart.to_json(), vl_version="v6.1")
        (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
