"""The report in a browser: at a desk, on a phone, in the dark, on paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.report import made
from tests.report.test_hostile import ATTACKS, hostile
from tests.report.test_shapes import large

from helseanalyse.disclosure.rules import CHECKED, OPEN
from helseanalyse.report.fragment import answer_html
from helseanalyse.report.report import report_html
from helseanalyse.report.view import ReportView

pytestmark = pytest.mark.browser

QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")
def browser(needs_chromium: Path) -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        found = started.chromium.launch(executable_path=str(needs_chromium), args=QUIET)
        yield found
        found.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    long = "Acute decompensated heart failure with preserved ejection fraction, including all codes below " * 4
    pages = {
        "checked": report_html(made.view(CHECKED)),
        "open nb": report_html(made.view(OPEN, "nb")),
        "incidence": report_html(ReportView(answer=made.incidence_answer(), study=made.incidence_study())),
        "large": report_html(ReportView(answer=large())),
        "long words": report_html(ReportView(answer=hostile(ATTACKS["long word"]))),
        "long names": report_html(ReportView(answer=hostile(long))),
        "attack": report_html(ReportView(answer=hostile(ATTACKS["svg"]))),
        "notebook": f"<!DOCTYPE html><meta charset=utf-8><body>{answer_html(made.answer(), made.study())}",
    }
    paths = {name: folder / f"{name}.html" for name in pages}
    for name, page in pages.items():
        paths[name].write_text(page, encoding="utf-8")
    return paths


def opened(browser: Any, path: Path, width: int, **more: Any) -> tuple[Any, list[str]]:
    """A page, and what it complained about: errors, and any request but the file itself."""
    context = browser.new_context(viewport={"width": width, "height": 900}, accept_downloads=True, **more)
    page, trouble = context.new_page(), []
    page.on("console", lambda message: trouble.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on(
        "request",
        lambda request: trouble.append(request.url) if not request.url.startswith(("file:", "blob:")) else None,
    )
    page.on("dialog", lambda dialog: trouble.append(dialog.message))
    page.goto(path.as_uri())
    return page, trouble


NAMES = ["checked", "open nb", "incidence", "large", "long words", "long names", "attack", "notebook"]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_wider_than_the_screen_and_nothing_goes_wrong(
    browser: Any, files: dict[str, Path], name: str
) -> None:
    page, trouble = opened(browser, files[name], 1280)
    for width, scheme in ((1280, "light"), (768, "dark"), (390, "light"), (390, "dark")):
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert trouble == []
    page.context.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_exactly_one_width_of_each_picture_is_seen_and_its_text_can_be_read(
    browser: Any, files: dict[str, Path], width: int
) -> None:
    page, _ = opened(browser, files["checked"], width)
    seen = page.evaluate("""[...document.querySelectorAll('figure')].map((figure) =>
        [...figure.querySelectorAll('svg')].filter((svg) => svg.getBoundingClientRect().width > 0).length)""")
    assert set(seen) == {1}
    sizes = page.evaluate("""[...document.querySelectorAll('figure svg')]
        .filter((svg) => svg.getBoundingClientRect().width > 0)
        .map((svg) => 11 * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width)""")
    assert min(sizes) > 10  # pixels of the smallest letters
    page.context.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_texts_of_pictures_stay_inside_them(browser: Any, files: dict[str, Path], width: int) -> None:
    page, _ = opened(browser, files["checked"], width)
    for name in ("checked", "open nb", "incidence", "long names"):
        page.goto(files[name].as_uri())
        outside = page.evaluate("""[...document.querySelectorAll('figure svg')].flatMap((svg) => {
            const frame = svg.getBoundingClientRect();
            return [...svg.querySelectorAll('text')].filter((text) => {
                const box = text.getBoundingClientRect();
                return frame.width > 0
                    && (box.left < frame.left - 2 || box.right > frame.right + 2 || box.bottom > frame.bottom + 2);
            }).map((text) => text.textContent);
        })""")
        assert outside == [], name
    page.context.close()


def test_a_reader_with_a_keyboard_finds_the_way(browser: Any, files: dict[str, Path]) -> None:
    page, _ = opened(browser, files["checked"], 1280)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    page.keyboard.press("Enter")
    assert page.url.endswith("#answer")
    # The reason of a hidden number is seen when it has the focus.
    why = page.locator("td.hid a.why:visible").first
    why.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    said = page.evaluate("getComputedStyle(document.activeElement, '::after').content")
    assert "fewer persons or events" in said or "Calculated from a hidden number" in said
    page.context.close()


def test_the_contents_follow_the_reader(browser: Any, files: dict[str, Path]) -> None:
    page, _ = opened(browser, files["checked"], 1280)
    assert page.locator(".contents a[aria-current]").inner_text() == "The answer"
    page.evaluate(
        "document.documentElement.style.scrollBehavior = 'auto'; document.getElementById('provenance').scrollIntoView()"
    )
    page.wait_for_function("document.querySelector('.contents a[aria-current]').hash === '#provenance'")
    page.context.close()


def test_a_table_is_copied_as_released_and_a_picture_is_saved(browser: Any, files: dict[str, Path]) -> None:
    page, trouble = opened(browser, files["checked"], 1280, permissions=["clipboard-read", "clipboard-write"])
    page.locator("#rates-2 .tools button, #rates .tools button").locator("text=CSV").first.click()
    copied = page.evaluate("navigator.clipboard.readText()")
    rates = next(table for table in made.answer().tables if table.id == "rates")
    head, first, *_ = copied.splitlines()
    assert head.startswith("drug,persons,events,person_years (years),rate (per 1 000 person-years)")
    assert [float(n) for n in first.split(",")[1:]] == pytest.approx([float(n) for n in rates.rows[0][1:]])  # type: ignore[arg-type]
    for kind, begins in (("SVG", b"<svg"), ("PNG", b"\x89PNG")):
        with page.expect_download() as download:
            page.locator("#rates .tools button").locator(f"text={kind}").first.click()
        assert Path(download.value.path()).read_bytes().startswith(begins)
    assert trouble == []
    page.context.close()


def test_it_reads_without_its_script(browser: Any, files: dict[str, Path]) -> None:
    page, trouble = opened(browser, files["checked"], 1280, java_script_enabled=False)
    assert page.locator("button").count() == 0
    assert page.locator("h1").inner_text() == made.study().title
    page.locator("summary").first.click()
    assert page.locator("details[open] table").first.is_visible()
    assert trouble == []
    page.context.close()


@pytest.mark.parametrize("name", ["checked", "large"])
def test_it_prints(browser: Any, files: dict[str, Path], name: str) -> None:
    page, _ = opened(browser, files[name], 1280)
    paper = page.pdf(format="A4", prefer_css_page_size=True)
    assert paper.startswith(b"%PDF")
    pages = paper.count(b"/Type /Page\n") or paper.count(b"/Type /Page ") + paper.count(b"/Type/Page\n")
    assert 2 <= pages <= 60
    page.emulate_media(media="print")
    assert not page.locator(".contents").is_visible()
    assert not page.locator(".tools").first.is_visible()
    # What is folded on the screen is unfolded on paper, but for the specification.
    assert page.locator({"checked": "details.codes p", "large": "details.fold table"}[name]).first.is_visible()
    assert page.locator("details.spec:visible").count() == 0
    page.context.close()
