"""The page is one safe file for people: complete without script, and nothing in it comes alive."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import sync_playwright

from reports.html import render
from tests.reports import runs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from harness.evidence.facts import Bundle

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
VOID = {"meta", "link", "input", "br", "img", "hr"}


CONTRAST = """() => {
  const linear = (v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map((v) => linear(Number(v) / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if (!colour.startsWith("rgba(0, 0, 0, 0")) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const bad = [];
  for (const element of document.querySelectorAll("body *")) {
    if (element.closest("svg, script, .unseen") || !element.checkVisibility()) continue;
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())) continue;
    const [a, b] = [light(getComputedStyle(element).color), light(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) bad.push(`${ratio.toFixed(2)} ${element.tagName}: ${element.textContent.slice(0, 40)}`);
  }
  return bad;
}"""


class Page(HTMLParser):
    """Tags with their attributes, and whether they are nested as they should be."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.stack: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag and, unless it has no content, that it is open."""
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag."""
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost tag, which must be this one."""
        assert self.stack
        assert self.stack.pop() == tag


def text_of(bundle: Bundle) -> str:
    """The page as text."""
    return render(bundle)["report.html"].decode()


def test_the_page_says_the_verdict_its_gates_and_its_findings() -> None:
    """All that a reader needs stands in the markup, not in a script."""
    bundle = runs.bundle(leak=True)
    text = text_of(bundle)
    finding = bundle.run.verdict.findings[0]
    for expected in (
        "NO-GO",
        finding.id,
        "bob deleted alice&#39;s note",
        "CWE-639",
        "not-offered",
        bundle.run.command,
        "4f1c2ab",
        "ed25519:9c1e22aa33bb44cc",
    ):
        assert expected in text, expected
    for gate in bundle.run.verdict.gates:
        assert gate.gate.name.replace('"', "&#34;") in text
    assert text.count("<svg") >= 4
    assert f'href="#{finding.id}"' in text
    assert '<mark class="new">' in text


def test_markup_is_well_nested_and_labelled() -> None:
    """Every tag is closed in order, every id is there once, every scrollable region has a name."""
    page = Page(text_of(runs.bundle(leak=True)))
    assert page.stack == []
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert all(attributes.get("aria-label") for _, attributes in page.tags if attributes.get("role") == "region")
    linked = {attributes["href"] for tag, attributes in page.tags if tag == "a"}
    assert {link for link in linked if link} <= {f"#{identifier}" for identifier in ids}


def test_nothing_that_a_target_says_comes_alive() -> None:
    """Hostile bodies, headers, versions and sentences are text."""
    page = Page(text_of(runs.hostile()))
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert "img" not in {tag for tag, _ in page.tags}
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on") or name == "style"]
    assert "{{7*7}}" in text_of(runs.hostile())


def test_nothing_is_loaded_from_elsewhere() -> None:
    """No source, no style sheet, no font, no import; and the policy forbids them."""
    text = text_of(runs.bundle(leak=True))
    page = Page(text)
    assert not [
        attributes for _, attributes in page.tags if "src" in attributes or attributes.get("rel") == "stylesheet"
    ]
    assert "@import" not in text
    assert "url(" not in text
    policy = next(attributes["content"] for _, attributes in page.tags if attributes.get("http-equiv"))
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


@pytest.mark.parametrize("count", [1, 20, 200])
def test_two_hundred_findings_fit_into_a_megabyte(count: int) -> None:
    """Bodies get shorter as findings get more; every finding is still there."""
    bundle = runs.many(count)
    text = text_of(bundle)
    assert len(text.encode()) <= 1_000_000
    assert len(bundle.run.verdict.findings) == count
    assert all(f'id="{finding.id}"' in text for finding in bundle.run.verdict.findings)


def test_an_open_question_is_neither_passed_nor_failed() -> None:
    """HOLD, and what is missing stands below the gates."""
    text = text_of(runs.undecided())
    section = text[text.index('id="not-verified"') :]
    assert "HOLD" in text
    assert section.index("an unplanned 429 came") < section.index("</section>")
    assert section.index("ZeroDivisionError") < section.index("</section>")


def test_a_run_without_load_document_or_facts_renders() -> None:
    """What is not there is left out, and nothing is invented."""
    text = text_of(runs.bundle(load=None, document=None, facts={}, exchanges=(), timeline=()))
    assert 'id="load"' not in text
    assert "Rate limit" not in text


def test_calibration_scores_are_shown_when_they_came_along() -> None:
    """The kill matrix of this harness version: scores by family, a picture, and for each check the flaws it killed."""
    plain = runs.bundle()
    text = text_of(replace(plain, files={"kill-matrix.json": json.dumps(calibration()).encode()}))
    section = text[text.index('id="calibration"') : text.index('id="checks"')]
    assert "<b>2 of 3</b> flaws killed" in section
    assert section.count('class="kill"') == 3 + 1  # three kills, and the key
    assert "<title>s/read-leak killed by isolation/reads</title>" in section
    assert "<title>s/read-leak also failed: contract/status</title>" in section
    assert section.count("none in this calibration") == 1
    page = Page(text)
    assert page.stack == []
    ids = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
    links = {
        attributes["href"] for tag, attributes in page.tags if tag == "a" and "proof-" in (attributes["href"] or "")
    }
    assert links == {"#proof-isolation-reads", "#proof-isolation-lists", "#proof-contract-status"}
    assert links <= {f"#{identifier}" for identifier in ids}


@pytest.mark.parametrize("found", [b"null", b"[]", b"{", b'{"harness": "0.1.0", "matrix": [{}]}'])
def test_a_calibration_of_another_shape_is_left_out(found: bytes) -> None:
    """An old or a broken file is no calibration, and no reason to have no report."""
    assert 'id="calibration"' not in text_of(replace(runs.bundle(), files={"kill-matrix.json": found}))


def test_names_in_a_calibration_are_text() -> None:
    """A flaw from outside may be called anything."""
    hostile = calibration()
    hostile["matrix"][0]["name"] = "<script>alert(1)</script>"
    page = Page(text_of(replace(runs.bundle(), files={"kill-matrix.json": json.dumps(hostile).encode()})))
    assert [tag for tag, _ in page.tags].count("script") == 1


def calibration() -> dict[str, Any]:
    """Return the result of a calibration of three flaws and a sound service."""
    scores = {"flaws": 3, "killed": 2, "silent": 9, "false_alarms": 0, "hollow": 8, "vacuous": 0, "youden": None}
    reads, lists, status = "isolation/reads", "isolation/lists", "contract/status"
    tried = [
        ("flaw", "read-leak", "isolation.read", [reads], {reads: "failed", status: "failed"}),
        ("flaw", "both-leak", "isolation.list", [lists, reads], {reads: "failed", lists: "failed"}),
        ("flaw", "missed", "contract.status", [status], {status: "passed"}),
        ("sound", "sound", "", [], {reads: "passed", status: "passed"}),
    ]
    keys = ("kind", "name", "weakness", "catching", "outcomes")
    return {
        "harness": "0.1.0",
        "profile": "quick",
        "at": "2026-11-26T12:00:00Z",
        "counts": {
            "flaw": {"tried": 3, "right": 2},
            "sound": {"tried": 1, "right": 1},
            "benign": {"tried": 0, "right": 0},
        },
        "families": [{"name": "isolation", **scores}],
        "matrix": [{**dict(zip(keys, row, strict=True)), "service": "s"} for row in tried],
    }


def test_what_changed_since_the_run_before_is_shown() -> None:
    """Still there, fixed, and what nobody looked at again; a finding says since when it is known."""
    text = text_of(runs.later())
    section = text[text.index('<section id="difference">') :].partition("</section>")[0]
    for expected in ("still there", "ISO-0f1e2d", "fixed", "DAT-9a8b7c", "not looked at", "the intervals"):
        assert expected in section, expected
    assert "known since 2025-11-24" in text
    assert "1 finding: 0 new, 1 fixed, 1 known" in text
    assert '<section id="difference">' not in text_of(runs.bundle(leak=True))


def test_canary_phases_are_shown_and_none_of_them_has_passed() -> None:
    """Shares, budgets and conditions as declared, beside what the load of this run says of them."""
    text = text_of(runs.bundle())
    section = text[text.index('<section id="canary">') :].partition("</section>")[0]
    for expected in ("15 min", "12 h", "success rate &lt; 95 %", "may start", "not started", "success rate"):
        assert expected in section, expected
    assert "may start" not in text_of(runs.bundle(leak=True))
    assert '<section id="canary">' not in text_of(runs.bundle(scenario_text='name = "bare"'))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A real browser."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on PATH; install one to test the page in a browser")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


def _contrast(page: Any) -> list[str]:
    """Texts whose contrast with what is behind them is below 4.5 to 1 (WCAG 2.2, AA)."""
    found: list[str] = page.evaluate(CONTRAST)
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_a_browser_the_page_is_quiet_readable_and_within_its_policy(
    browser: Any, tmp_path: Path, scheme: str
) -> None:
    """No request but the file, a silent console, AA contrast, no sideways scrolling; filter and links work."""
    (tmp_path / "report.html").write_bytes(
        render(replace(runs.hostile(), files={"kill-matrix.json": json.dumps(calibration()).encode()}))["report.html"]
    )
    requests: list[str] = []
    said: list[str] = []
    page = browser.new_page(color_scheme=scheme, viewport={"width": 1280, "height": 900})
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.goto((tmp_path / "report.html").as_uri())
    assert _contrast(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("searchbox").fill("no such finding")
    assert page.locator(".finding:visible").count() == 0
    page.get_by_role("searchbox").fill("isolation")
    assert page.locator(".finding:visible").count() == 1
    page.get_by_text("HTTPie").click()
    assert page.locator(".tabs pre:visible").inner_text().startswith("http ")
    page.locator(".matrix a").first.click()
    assert page.url.endswith(page.locator(".finding").first.get_attribute("id"))
    page.close()
    assert requests == [(tmp_path / "report.html").as_uri()]
    assert said == []


def test_in_a_browser_without_script_everything_is_readable(browser: Any, tmp_path: Path) -> None:
    """Findings are open, controls that need a script are not shown, and a phone is wide enough."""
    (tmp_path / "report.html").write_bytes(render(runs.bundle(leak=True))["report.html"])
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto((tmp_path / "report.html").as_uri())
    assert page.locator(".finding .panes").is_visible()
    assert page.locator("button:visible").count() == 0
    assert page.locator(".filter:visible").count() == 0
    assert re.search(r"NO-GO", page.locator("h1").inner_text())
    context.close()


def test_in_a_browser_a_wide_matrix_scrolls_by_itself(browser: Any, tmp_path: Path) -> None:
    """The page does not: not even by what only a screen reader is told in the cells."""
    (tmp_path / "report.html").write_bytes(render(runs.wide(150))["report.html"])
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto((tmp_path / "report.html").as_uri())
    assert page.locator(".matrix").evaluate(
        "table => table.parentElement.scrollWidth > table.parentElement.clientWidth"
    )
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()
