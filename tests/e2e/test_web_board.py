"""The board as a page, in Debian's Chromium: hears of calls, keeps what it knows, leaves nobody out."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it has no annotations
from playwright.sync_api import Browser, Page, expect, sync_playwright

from kiosk.domain.announcement import announcement
from kiosk.domain.course import Deed
from kiosk.domain.language import Language
from kiosk.domain.stop_life import Verb
from server.run import Server
from tests.called_hall import CalledHall
from tests.conftest import Logs
from tests.paired_kiosk import pair, site_server

CHROMIUM: Final = Path("/usr/bin/chromium")
SOON_MS: Final = 10_000
PHONE: Final = (360, 740)
TV: Final = (1920, 1080)

pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists() and not os.environ.get("CI"),
    reason=f"there is no {CHROMIUM} on this machine: see scripts/system-packages.txt",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def _lines_that_a_browser_holds(expected_logs: Logs) -> None:
    """Of a server that stops on a loaded machine before the browser has let go of them."""
    expected_logs("Cancel 0 running task(s), timeout graceful shutdown exceeded")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    pair(tmp_path / "kiosk", tmp_path / "server")
    with site_server(tmp_path / "server") as server:
        yield server


@pytest.fixture
def hall(server: Server) -> CalledHall:
    return CalledHall(server.node)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Whatever the browser complains of fails the test, but that a server is away."""
    complaints: list[str] = []
    page = browser.new_page(viewport={"width": TV[0], "height": TV[1]})
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
    yield page
    page.close()
    assert not [each for each in complaints if "Failed to load" not in each and "ERR_" not in each]


def watch(page: Page, url: str) -> None:
    """Until it hears of changes: what is told before that would be a reset."""
    page.goto(url)
    expect(page.locator("body[data-live]")).to_have_count(1, timeout=SOON_MS)


def test_a_call_is_shown_at_once_and_goes_when_it_is_undone(server: Server, hall: CalledHall, page: Page) -> None:
    watch(page, f"{server.url}/board")
    for _ in range(7):
        ticket, label = hall.issue()
        hall.do(Verb.CALL, ticket, 3)
        expect(page.locator(".now [data-call]").filter(has_text=label)).to_be_visible(timeout=SOON_MS)
        spoken = announcement(label, 3, 1, Language.INDONESIAN).text
        expect(page.locator("#says")).to_have_text(spoken, timeout=SOON_MS)
        hall.do(Verb.START, ticket, 3)
        expect(page.locator(".last").filter(has_text=label)).to_be_visible(timeout=SOON_MS)
        hall.do(Verb.COMPLETE, ticket, 3)
    ticket, label = hall.issue()
    called = hall.do(Verb.CALL, ticket, 3)
    expect(page.locator(".now .new").filter(has_text=label)).to_be_visible(timeout=SOON_MS)
    hall.do(Deed.UNDO, ticket, 3, undoes=called)
    expect(page.get_by_text(label)).to_have_count(0, timeout=SOON_MS)


def test_the_age_of_what_is_shown_is_told_while_the_server_is_away(tmp_path: Path, page: Page) -> None:
    pair(tmp_path / "kiosk", tmp_path / "server")
    with ExitStack() as stack:
        server = stack.enter_context(site_server(tmp_path / "server"))
        url, hall = server.url, CalledHall(server.node)
        watch(page, f"{url}/board?lang=en")
        ticket, label = hall.issue()
        hall.do(Verb.CALL, ticket, 3)
        call = page.locator(".now [data-call]").filter(has_text=label)
        expect(call).to_be_visible(timeout=SOON_MS)
        expect(page.locator("#age")).to_be_hidden()
    expect(page.locator("#age")).to_contain_text("second", timeout=SOON_MS)
    expect(call).to_be_visible()
    assert page.locator(".is-old").count() == 1
    with site_server(tmp_path / "server", f"127.0.0.1:{urlsplit(url).port}"):
        expect(page.locator("#age")).to_be_hidden(timeout=2 * SOON_MS)
        expect(call).to_be_visible()


def test_without_a_script_it_is_a_page_that_loads_anew(server: Server, hall: CalledHall, browser: Browser) -> None:
    ticket, label = hall.issue()
    hall.do(Verb.CALL, ticket, 3)
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{server.url}/board")
        expect(page.locator(".now").get_by_text(label)).to_be_visible()
        assert page.locator("noscript meta[http-equiv=refresh]").count() or "refresh" in page.content()


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("size", [PHONE, TV])
@pytest.mark.parametrize("look", ["plain", "dark", "contrast"])
def test_axe_finds_nothing_and_nothing_hangs_over_the_edge(  # noqa: PLR0917  # what is varied
    server: Server, hall: CalledHall, browser: Browser, language: str, size: tuple[int, int], look: str
) -> None:
    for counter in (3, 4):
        ticket, _ = hall.issue()
        hall.do(Verb.CALL, ticket, counter)
        hall.do(Verb.START, ticket, counter)
        ticket, _ = hall.issue(queue="P", service="polri.skck")
        hall.issue()
    hall.do(Verb.CALL, ticket, 7)
    with browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if look == "dark" else "light",
        contrast="more" if look == "contrast" else "no-preference",
        reduced_motion="reduce",
    ) as context:
        page = context.new_page()
        watch(page, f"{server.url}/board?lang={language}")
        options = {"resultTypes": ["violations"], "rules": {"color-contrast-enhanced": {"enabled": True}}}
        found = Axe().run(page, options=options)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        keep = os.environ.get("GILIRAN_PICTURES")
        if keep:
            page.screenshot(path=Path(keep) / f"board-{language}-{size[0]}-{look}.png")
