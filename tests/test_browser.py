"""The built site in Chromium, below a sub-path."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.built import PAGES

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 780})
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_language_switch(page: Page, address: str, path: str) -> None:
    """From any page to the same page in the other language, and back."""
    page.goto(f"{address}ko/{path}")
    for name, language in (("English", "en"), ("한국어", "ko")):
        page.locator(".md-header .md-select").hover()
        page.get_by_role("link", name=name).click()
        page.wait_for_url(f"{address}{language}/{path}")
        assert page.locator("html").get_attribute("lang") == language


@pytest.mark.parametrize("path", ["", *(f"{la}/{path}" for la in ("ko", "en") for path in PAGES)])
def test_page(page: Page, address: str, path: str) -> None:
    """No page scrolls sideways on a phone, asks another host, or logs an error."""
    hosts: set[str] = set()
    errors: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(message.text)

    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.on("console", note)
    page.on("pageerror", lambda error: errors.append(str(error)))

    page.goto(address + path, wait_until="networkidle")

    width = page.evaluate("document.documentElement.scrollWidth")
    assert (width, hosts, errors) == (360, {address.split("/")[2]}, [])


@pytest.mark.parametrize("language", ["ko", "en"])
def test_landing_page(page: Page, address: str, language: str) -> None:
    """The landing page leads to each language."""
    page.goto(address)
    page.locator(f'.languages a[hreflang="{language}"]').click()
    page.wait_for_url(f"{address}{language}/")
    assert page.locator("html").get_attribute("lang") == language
