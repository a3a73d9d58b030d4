"""Pictures: that they show the numbers, in colours that can be seen, in the same way each time."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from tests.report import made
from tests.report.pages import answer, table

from helseanalyse.disclosure.rules import CHECKED, OPEN
from helseanalyse.report.figures import figures
from helseanalyse.report.frame import Frame
from helseanalyse.report.language import writer
from helseanalyse.report.palette import DARK, INK, LIGHT, MUTED, PAPER, SHADE, UNKNOWN_COLOUR, Palette
from helseanalyse.report.pictures.axes import spread
from helseanalyse.report.pictures.curve import day_ticks
from helseanalyse.report.pictures.design import days_said, design_picture
from helseanalyse.report.scale import Scale, from_zero, log_ticks
from helseanalyse.report.svg import measure, wrap
from helseanalyse.study.windows import Window

DARK_PAPER = "#14181d"


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, relative contrast of two colours."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("colours", "paper", "least"),
    [
        (LIGHT, PAPER, 4.5),  # the names inside bars are white on these
        (DARK, DARK_PAPER, 4.5),
        ((INK, MUTED), PAPER, 4.5),
        ((INK, MUTED), SHADE, 4.5),
        ((UNKNOWN_COLOUR,), PAPER, 4.5),
    ],
)
def test_colours_have_contrast(colours: tuple[str, ...], paper: str, least: float) -> None:
    assert {colour: contrast(colour, paper) for colour in colours if contrast(colour, paper) < least} == {}


def test_the_colours_of_the_page_have_contrast() -> None:
    from helseanalyse.report.report import asset

    themes = re.findall(r"\{\s*(--paper.*?)\}", asset("parts.css"), flags=re.DOTALL)
    assert len(themes) == 2
    for theme in themes:
        colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", theme))
        for text, ground in [
            ("ink", "paper"), ("ink", "shade"), ("ink", "pale"), ("ink", "hidden"), ("muted", "paper"),
            ("muted", "shade"), ("muted", "pale"), ("link", "paper"), ("link", "shade"), ("warn", "warn-pale"),
            ("warn", "paper"), ("ink", "warn-pale"),
        ]:  # fmt: skip
            assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
        for line in ("accent", "line", "g0", "g1", "g2", "g3", "g4", "g5", "gu"):
            assert contrast(colours[line], colours["paper"]) >= 3, line


def test_a_group_looks_the_same_in_every_picture() -> None:
    drawn = {name: content.decode() for name, content in figures(made.answer(), made.study()).items()}
    for name in ("rates", "rates-ratios", "rates-cells", "survival"):
        picture = drawn[f"figures/{name}.svg"]
        assert LIGHT[0] in picture, name
        assert LIGHT[1] in picture, name
        assert not [colour for colour in LIGHT[2:] if colour in picture], name


@pytest.mark.parametrize(
    ("group", "look"),
    [
        ((("drug", "A"),), ("g0", "", "circle")),
        ((("drug", "B"),), ("g1", "", "square")),
        ((("drug", "B"), ("sex", "male")), ("g1", "7 3", "triangle")),  # the colour of B, the pattern of male
        ((("drug", "unknown"),), ("gu", "2 3", "circle")),
        ((), ("g0", "", "circle")),
    ],
)
def test_looks(group: tuple[tuple[str, str], ...], look: tuple[str, str, str]) -> None:
    palette = Palette()
    palette.learn("drug", ["A", "B"])
    palette.learn("sex", ["female", "male"])
    found = palette.look(group)
    assert (found.name, found.dash, found.mark) == look


# ---------------------------------------------------------------- numbers in places
def corners(path: str) -> list[tuple[float, float]]:
    """The corners of a path of M, H, V and L."""
    x = y = 0.0
    found = []
    for command, numbers in re.findall(r"([MHVL])([-\d. ]+)", path):
        values = [float(n) for n in numbers.split()]
        if command in "ML":
            x, y = values
        elif command == "H":
            x = values[0]
        else:
            y = values[0]
        found.append((x, y))
    return found


def curve_path(shape: str) -> list[tuple[float, float]]:
    rows = [("a", "stroke", day, 90, 9, share, share, share) for day, share in ((100, 0.1), (200, 0.3), (400, 0.4))]
    one = table("curve", "d cause day at_risk events estimate low high", rows, dimensions=["d"], shape=shape)
    content = figures(answer(one))["figures/curve.svg"].decode()
    path = re.findall(r'<path d="([^"]+)" fill="none"', content)[-1]
    return corners(path)


def test_a_stepped_curve_has_only_level_and_upright_pieces_and_ends_at_its_values() -> None:
    found = curve_path("step")
    assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(found))
    (x0, y0), (x1, y1) = found[0], found[-1]
    # 100 days of 400 up to the first step; 10, 30 and 40 of 40 percent up.
    levels = sorted({y for _, y in found}, reverse=True)
    assert [round((y0 - y) / (y0 - y1), 2) for y in levels] == [0, 0.25, 0.75, 1]
    assert [round((x - x0) / (x1 - x0), 2) for x in sorted({x for x, _ in found})] == [0, 0.25, 0.5, 1]


def test_a_released_curve_runs_straight_between_its_points() -> None:
    found = curve_path("line")
    assert len(found) == 4
    (x0, y0), (x1, y1) = found[0], found[-1]
    assert [(round((x - x0) / (x1 - x0), 2), round((y - y0) / (y1 - y0), 2)) for x, y in found] == [
        (0, 0), (0.25, 0.25), (0.5, 0.75), (1, 1)
    ]  # fmt: skip


def test_a_survival_curve_above_one_half_is_turned_round_and_says_so() -> None:
    for values, said in (((0.9, 0.8), "1 − Kaplan–Meier"), ((0.9, 0.3), "Share without the event")):
        rows = [
            ("stroke", day, 90, 9, share, share - 0.01, share + 0.01)
            for day, share in zip((100, 200), values, strict=True)
        ]
        one = table("curve", "cause day at_risk events estimate low high", rows, dimensions=[], method="kaplan_meier")
        content = figures(answer(one))["figures/curve.svg"].decode()
        assert said in content


def test_the_forest_has_1_in_its_place_and_intervals_the_right_way_round() -> None:
    rows = [("b", "a", 2.0, 1.0, 4.0), ("c", "a", 0.5, 0.25, 1.0)]
    one = table("rate_ratios", "d against ratio low high", rows, dimensions=["d"], outcome="stroke")
    root = ElementTree.fromstring(figures(answer(one))["figures/rate-ratios.svg"])
    lines = [e.attrib for e in root.iter() if e.tag.endswith("line")]
    one_line = next(float(e["x1"]) for e in lines if e.get("class") == "i")
    whiskers = [(float(e["x1"]), float(e["x2"])) for e in lines if e["y1"] == e["y2"] and e["class"].startswith("sg")]
    (low_b, high_b), (low_c, high_c) = whiskers
    assert low_b == pytest.approx(one_line, abs=0.1)
    assert high_c == pytest.approx(one_line, abs=0.1)
    assert high_b - low_b == pytest.approx(high_c - low_c, abs=0.2)  # both are a factor of 4: equal on a log axis


def test_gaps_are_not_bridged() -> None:
    """A line from 2015 to 2017 would claim to know 2016."""
    from helseanalyse.study.answer import Hidden

    rows = [(str(year), f"{year}-01-01", 5, 50, 10.0, 5.0, 15.0) for year in (2015, 2016, 2018, 2019)]
    why = Hidden("small")
    rows.insert(2, ("2017", "2017-01-01", why, 50, why, why, why))  # type: ignore[arg-type]
    one = table("trend", "period start numerator denominator ratio:% low high", rows, dimensions=[], unit="year")
    content = figures(answer(one))["figures/trend.svg"].decode()
    assert len(re.findall(r'fill="none"', content)) == 2
    assert content.count('class="fh"') == 1


@pytest.mark.parametrize("rules", [OPEN, CHECKED])
@pytest.mark.parametrize("scale", [1.0, 0.02])
@pytest.mark.parametrize("method", ["aalen_johansen", "kaplan_meier"])
def test_the_title_of_a_curve_says_what_the_table_of_risks_says(rules: object, scale: float, method: str) -> None:
    """Few steps far apart: what is between two of them is on the straight line."""
    curve, risks = made.released(rules, made.curve(method, scale=scale))  # type: ignore[arg-type]
    label = (
        figures(answer(curve, risks))["figures/survival.svg"].decode().partition('aria-label="')[2].partition('"')[0]
    )
    read = Frame(risks)
    shown = [float(n) for n in re.findall(r"(?:SGLT2|DPP-4) ([\d.]+) %", label)]
    by_day = {
        (row[0], read.number(row, "day")): read.number(row, "estimate")
        for row in risks.rows
        if read.text(row, "cause") == "heart failure"
    }
    days = [d for d in made.DAYS if all(by_day[group, d] is not None for group in ("SGLT2", "DPP-4"))]
    expected = [100 * (by_day[group, days[-1]] or 0) for group in ("SGLT2", "DPP-4")]
    if method == "kaplan_meier":
        expected = [100 - share for share in expected]
    assert shown == pytest.approx(expected, abs=0.051)


# ---------------------------------------------------------------- axes
@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.61, 0.78, [0.5, 0.7, 1, 1.5]),
        (0.9, 1.1, [0.7, 1, 1.5]),
        (0.2, 6, [0.2, 0.5, 1, 2, 5, 10]),
        (0.02, 30, [0.01, 0.1, 1, 10, 100]),
        (1.2, 4000, [0.1, 1, 10, 100, 1000, 10000]),
        (0.001, 0.002, [0.001, 0.01, 0.1, 1, 10]),
    ],
)
def test_ticks_of_ratios_hold_everything_and_1(low: float, high: float, ticks: list[float]) -> None:
    assert log_ticks(low, high) == ticks


@pytest.mark.parametrize("most", [1e-9, 0.003, 0.99, 1, 7.4, 99.9, 1e6, 12345678.9])
def test_ticks_begin_at_0_and_reach_the_top(most: float) -> None:
    ticks = from_zero(most)
    assert ticks[0] == 0
    assert ticks[-2] < most <= ticks[-1] * 1.0000001
    assert 2 <= len(ticks) <= 8


@pytest.mark.parametrize(
    ("last", "wished", "most", "names"),
    [
        (3652, [], 10, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]),
        (1826, [365, 1095, 1826], 10, ["0", "1", "2", "3", "4", "5"]),
        (1826, [365, 1095, 1826], 3, ["0", "1", "", "3", "", "5"]),  # the names where persons at risk are given
        (1826, [400, 900], 10, ["0", "1", "2", "3", "4", "5"]),  # those are no whole years
        (180, [], 10, ["0", "1", "2", "3", "4", "5"]),
        (30, [], 10, ["0", "5", "10", "15", "20", "25", "30"]),
    ],
)
def test_ticks_of_follow_up(last: float, wished: list[float], most: int, names: list[str]) -> None:
    assert [name for _, name in day_ticks(last, writer("en", None), most, wished)] == names


def test_a_scale_keeps_what_is_outside_at_its_ends() -> None:
    scale = Scale(0, 10, 100, 200)
    assert [scale(v) for v in (-5, 0, 5, 50)] == [100, 100, 150, 200]


@pytest.mark.parametrize(
    ("places", "found"),
    [
        ([10, 50], [10, 50]),
        ([20, 20], [15, 25]),
        ([20, 20, 20], [10, 20, 30]),
        ([100, 100], [90, 100]),
        ([0, 0], [0, 10]),
    ],
)
def test_names_at_the_ends_of_lines_do_not_touch(places: list[float], found: list[float]) -> None:
    assert spread(places, 10, 0, 100) == found


@pytest.mark.parametrize("said", ["heart failure " * 30, "x" * 300, "W" * 40, "心" * 80, ""])
def test_wrapped_lines_are_no_wider_than_their_box(said: str) -> None:
    lines = wrap(said, 200)
    assert 1 <= len(lines) <= 4
    assert all(measure(line) <= 200 for line in lines)


# ---------------------------------------------------------------- design
@pytest.mark.parametrize(
    ("first", "last", "english", "bokmal"),
    [
        (-365, -1, "days −365 to −1", "dag −365 til −1"),
        (None, -1, "up to day −1", "til og med dag −1"),
        (0, None, "from day 0", "fra dag 0"),
        (0, 0, "day 0", "dag 0"),
        (None, None, "at any time", "når som helst"),
        (1, 1826, "days 1 to 1\u202f826", "dag 1 til 1\u202f826"),
    ],
)
def test_days_of_a_window(first: int | None, last: int | None, english: str, bokmal: str) -> None:
    window = Window("w", "lookback", first, last)
    assert days_said(window, writer("en", None)) == english
    assert days_said(window, writer("nb", None)) == bokmal


def test_windows_end_where_day_0_begins_or_after_it() -> None:
    windows = (
        Window("before", "lookback", -30, -1),
        Window("with", "lookback", -30, 0),
        Window("then", "followup", 0, None),
    )
    picture = design_picture(windows, writer("en", None))
    assert picture is not None
    zero = float(re.findall(r'x1="([\d.]+)"[^>]*stroke-dasharray', picture.wide)[0])
    bars = [
        [tuple(map(float, p.split(","))) for p in points.split()]
        for points in re.findall(r'points="([^"]+)"', picture.wide)
    ]
    assert max(x for x, _ in bars[0]) == pytest.approx(zero)  # ends with day -1
    assert zero < max(x for x, _ in bars[1]) < zero + 20  # ends with day 0
    assert min(x for x, _ in bars[2]) == pytest.approx(zero)


# ---------------------------------------------------------------- files
@pytest.mark.parametrize("rules", [OPEN, CHECKED])
def test_files_are_the_same_each_time_and_hold_text(rules: object) -> None:
    one = made.answer(rules)  # type: ignore[arg-type]
    drawn = figures(one, made.study())
    assert drawn == figures(one, made.study())
    assert list(drawn) == [
        "figures/design.svg", "figures/flow.svg", "figures/rates.svg", "figures/rates-ratios.svg",
        "figures/rates-cells.svg", "figures/survival.svg", "figures/survival-2.svg",
    ]  # fmt: skip
    for content in drawn.values():
        root = ElementTree.fromstring(content)
        assert root[0].tag.endswith("title")
        assert root[0].text
        assert b"<text" in content
        assert len(content) < 200_000


def test_the_flow_holds_every_step_and_every_reason() -> None:
    flow = figures(made.answer(), made.study())["figures/flow.svg"].decode().replace("\u202f", " ")
    for said in (
        "5 612 340 persons", "Left out: 5 513 928 (98.2 %)", "Aged 40 or more", "not so, or unknown: aged 40 or more",
        "88 950 persons", "• (hidden)", "Left out: •", "Study population", "71 201 persons",
    ):  # fmt: skip
        assert f">{said}</text>" in flow, said


def test_many_windows_over_the_same_days_share_a_bar() -> None:
    windows = tuple(Window(f"illness {i}", "lookback", -1826, -1) for i in range(12))
    windows += (Window("insulin", "lookback", -365, -1), Window("follow-up", "followup", 0, None))
    picture = design_picture(windows, writer("en", None))
    assert picture is not None
    assert len(re.findall("<polygon", picture.wide)) == 3
    assert "Illness 0 and 11 more: days −1\u202f826 to −1; Insulin: days −365 to −1" in picture.wide
