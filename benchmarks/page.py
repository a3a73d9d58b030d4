"""docs/benchmarks.md and its picture, from what `benchmarks/run.py` found."""

from __future__ import annotations

from typing import Any

import altair as alt
import vl_convert

Found = dict[str, Any]


def page(found: Found) -> dict[str, str]:
    """The page and its picture, by their names in docs/."""
    return {"benchmarks.md": _text(found), "images/growth.svg": _picture(found["sizes"])}


def _text(found: Found) -> str:
    machine, sizes = found["machine"], found["sizes"]
    largest, smaller = sizes[-1], " ".join(str(size["persons"]) for size in sizes[:-1])
    ours, theirs = largest["study"]["platform"], largest["study"]["by hand"]
    return f"""# Benchmarks

Made by `benchmarks/run.py --persons {largest["persons"]} --smaller {smaller}` (`make bench` asks for 5.5 million) on {machine["processor"]}, {machine["memory"]}, Python {machine["python"]},
{machine["day"]}. A timing means something only as a ratio in one run on one machine.

## A full study

New users of statins, followed for a first myocardial infarction (`benchmarks/full_study_definition.py`): an index date,
five criteria, ten look-back comorbidities, exposure episodes from dispensings, follow-up with a competing event; flow,
Table 1, rates by exposure, sex, age and year, and curves. Beside it `benchmarks/full_study_sql.py`: DuckDB SQL written
by hand for the same numbers, in the same run on the same files; the two must agree to the last number. Both with two
threads and 1 GB for the database, in a process of their own, best of three, files in the page cache.

| residents | rows of events and codes | vault | in the study | platform, s | CPU s | peak MB | by hand, s | CPU s | platform / by hand |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
{_rows(sizes)}

At {_whole(largest["persons"])} residents and {_whole(largest["events"])} rows: **{ours["wall"]:.2f} s** and
{ours["peak_mb"] / 1024:.2f} GB (goal: 5 s and 4 GB), {ours["wall"] / theirs["wall"]:.2f} times the SQL by hand (goal: 1.5).

![Seconds of the full study by the number of residents and of rows](images/growth.svg)

The slowest steps at the largest size:

| step | seconds |
| --- | --- |
{_steps(largest["study"]["steps"])}

{_others(found)}"""


def _others(found: Found) -> str:
    return f"""## Other figures

| what | found | goal |
| --- | --- | --- |
| `helseanalyse check` of the example study, program start included | {found["check"]:.2f} s | under 1 s |
| a trend of 24 months against one month, largest vault | {found["sizes"][-1]["trend"]["ratio"]:.2f} times | at most 1.3 times |

## Loading a delivery

CSV as custodians send it, with dirt, read, checked, linked, sorted and published (`benchmarks/load.py`); memory 4 GB.

| registry | rows | wall, s | CPU, s | rows a second | peak memory, MB |
| --- | --- | --- | --- | --- | --- |
{_load(found["load"])}

## Making a synthetic Norway

| residents | wall, s | CPU, s | peak memory, GB | vault, GB |
| --- | --- | --- | --- | --- |
{_made(found["sizes"])}
"""


def _rows(sizes: list[Found]) -> str:
    lines = []
    for size in sizes:
        ours, theirs = size["study"]["platform"], size["study"]["by hand"]
        cells = [
            _whole(size["persons"]), _whole(size["events"]), f"{size['bytes'] / 1e9:.1f} GB",
            _whole(size["study"]["cohort"]), f"{ours['wall']:.2f}", f"{ours['cpu']:.2f}", f"{ours['peak_mb']:.0f}",
            f"{theirs['wall']:.2f}", f"{theirs['cpu']:.2f}", f"{size['study']['ratio of wall']:.2f}",
        ]  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _steps(steps: dict[str, float]) -> str:
    slowest = sorted(steps.items(), key=lambda one: -one[1])[:10]
    return "\n".join(f"| {name} | {seconds:.3f} |" for name, seconds in slowest)


def _load(found: list[Found]) -> str:
    return "\n".join(
        f"| {one['registry']} | {_whole(one['rows'])} | {one['seconds']:.1f} | {one['cpu']:.1f} | "
        f"{_whole(round(one['rate'], -3))} | {one['peak_mb']:.0f} |"
        for one in found
    )


def _made(sizes: list[Found]) -> str:
    return "\n".join(
        f"| {_whole(size['persons'])} | {size['made']['wall']:.0f} | {size['made']['cpu']:.0f} | "
        f"{size['made']['peak_mb'] / 1024:.1f} | {size['bytes'] / 1e9:.2f} |"
        for size in sizes
        if size["made"]
    )


def _whole(number: float) -> str:
    return f"{number:,.0f}".replace(",", " ")


def _picture(sizes: list[Found]) -> str:
    """Seconds of the full study by millions of residents and by millions of rows, both from 0."""
    values = [
        {"by": by, "millions": size[key] / 1e6, "seconds": size["study"][who]["wall"], "run": who}
        for by, key in (("millions of residents", "persons"), ("millions of rows", "events"))
        for size in sizes
        for who in ("platform", "by hand")
    ]
    base = alt.Chart(alt.Data(values=values)).encode(
        x=alt.X("millions:Q", title=None),
        y=alt.Y("seconds:Q", title="seconds"),
        color=alt.Color("run:N", scale=alt.Scale(range=["#D55E00", "#0072B2"]), title=None),
        shape=alt.Shape("run:N", title=None),
    )
    chart = (base.mark_line() + base.mark_point(filled=True, size=50)).properties(width=300, height=200)
    faceted = chart.facet(alt.Column("by:N", title=None)).resolve_scale(x="independent")
    return vl_convert.vegalite_to_svg(faceted.to_json())
