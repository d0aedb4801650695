"""The landing page in Chromium: it knows a reader's language, and leaves the choice."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.site.built import LANDING

pytestmark = pytest.mark.browser

NAMES = {"ko": "한국어", "en": "English"}

Reader = Callable[..., Page]


@pytest.fixture
def reader(browser: Browser) -> Iterator[Reader]:
    """A browser that has not been on the site, as one sets it up."""
    contexts = []

    def come(**options: Any) -> Page:
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.set_default_timeout(10_000)
        return page

    yield come
    for context in contexts:
        context.close()


class TestFirstVisit:
    @pytest.mark.parametrize(
        ("locale", "language"), [("ko-KR", "ko"), ("ko", "ko"), ("en-US", "en"), ("fr-FR", "en")]
    )
    def test_language_of_the_browser(
        self, reader: Reader, address: str, locale: str, language: str
    ) -> None:
        """A reader gets the browser's language, and English where the site does not have it."""
        page = reader(locale=locale)
        page.goto(address)
        page.wait_for_url(f"{address}{language}/")

    @pytest.mark.parametrize(
        ("languages", "language"),
        [(["fr", "ko", "en"], "ko"), (["fr", "en-GB", "ko"], "en"), (["kok", "de"], "en")],
    )
    def test_first_that_the_site_has(
        self, reader: Reader, address: str, languages: list[str], language: str
    ) -> None:
        """Of several languages the first that the site has; Konkani, kok, is not Korean."""
        page = reader()
        page.add_init_script(
            f"Object.defineProperty(navigator, 'languages', {{get: () => {languages}}})"
        )
        page.goto(address)
        page.wait_for_url(f"{address}{language}/")

    def test_query(self, reader: Reader, address: str) -> None:
        """What the address asks for is asked of the page in the reader's language."""
        page = reader(locale="ko-KR")
        page.goto(f"{address}?h=VER2")
        page.wait_for_url(f"{address}ko/?h=VER2")

    def test_back(self, reader: Reader, address: str) -> None:
        """Back leads to where the reader was before the landing page."""
        page = reader()
        page.goto(f"{address}ko/glossary/")
        page.evaluate("address => { location.href = address }", "about:blank")
        page.wait_for_url("about:blank")
        page.goto(address)
        page.wait_for_url(f"{address}en/")
        page.go_back()
        assert page.url == "about:blank"

    def test_no_flash(self, reader: Reader, address: str) -> None:
        """A reader who is sent on sees nothing of the landing page."""
        page = reader()
        page.add_init_script(SEEN)
        seen: set[str] = set()
        page.on("console", lambda message: seen.add(message.text))
        page.goto(address)
        page.wait_for_url(f"{address}en/")
        assert seen == {f"{address}en/"}


#: Names each page that has something to show.
SEEN = """new MutationObserver(() => {
  if (document.body?.checkVisibility()) console.log(location.href);
}).observe(document, { childList: true, subtree: true })"""


class TestChoice:
    @pytest.mark.parametrize("language", NAMES)
    def test_on_the_landing_page(self, reader: Reader, address: str, language: str) -> None:
        """A language chosen on the landing page is that of every visit after it."""
        page = reader(locale="fr-FR")
        page.goto(f"{address}{LANDING}")
        page.locator(f'.languages a[hreflang="{language}"]').click()
        page.wait_for_url(f"{address}{language}/")
        assert page.locator("html").get_attribute("lang") == language
        assert next_visit(page, address) == f"{address}{language}/"

    def test_in_the_language_switch(self, reader: Reader, address: str) -> None:
        """So is the last one chosen on any page, whatever the browser's."""
        page = reader(locale="en-US", viewport={"width": 1280, "height": 800})
        page.goto(f"{address}en/ver1/")
        for language in ("ko", "en", "ko"):
            page.locator(".md-header .md-select").hover()
            page.get_by_role("link", name=NAMES[language]).click()
            page.wait_for_url(f"{address}{language}/ver1/")
        assert next_visit(page, address) == f"{address}ko/"

    def test_only_when_it_is_one(self, reader: Reader, address: str) -> None:
        """Reading a page in another language is no choice, nor is being sent to one."""
        page = reader(locale="ko-KR")
        page.goto(f"{address}en/ver1/")
        assert next_visit(page, address) == f"{address}ko/"
        assert page.evaluate("localStorage.getItem('mobilenet.language')") is None

    def test_without_storage(self, reader: Reader, address: str) -> None:
        """A browser that stores nothing for the site is sent on all the same, without an error."""
        page = reader(locale="ko-KR")
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(error.stack or ""))
        page.add_init_script(
            "Object.defineProperty(window, 'localStorage', {get() { throw new Error('denied') }})"
        )
        page.goto(address)
        page.wait_for_url(f"{address}ko/")
        page.goto(f"{address}{LANDING}")
        page.locator(".languages a[hreflang=en]").click()
        page.wait_for_url(f"{address}en/")
        assert [error for error in errors if "landing.js" in error or "language.js" in error] == []


class TestWhoComesToChoose:
    def test_a_place_on_the_landing_page(self, reader: Reader, address: str) -> None:
        """An address with a place on the landing page shows it."""
        page = reader()
        page.goto(f"{address}{LANDING}", wait_until="networkidle")
        assert page.url == f"{address}{LANDING}"
        assert page.locator(".languages a").count() == 2

    def test_from_within_the_site(self, reader: Reader, address: str) -> None:
        """The logo of a page that belongs to no language leads to the choice; so it does there."""
        page = reader(viewport={"width": 1280, "height": 800})
        page.goto(f"{address}404.html")
        for _ in range(2):
            page.locator(".md-header .md-logo").click()
            page.wait_for_url(address)
            page.wait_for_load_state("networkidle")
            assert page.url == address
            assert page.locator(".languages a").count() == 2

    @pytest.mark.parametrize("language", NAMES)
    def test_without_scripts(self, reader: Reader, address: str, language: str) -> None:
        """Without scripts the landing page offers both languages."""
        page = reader(locale="ko-KR", java_script_enabled=False)
        page.goto(address)
        assert page.url == address
        page.locator(f'.languages a[hreflang="{language}"]').click()
        page.wait_for_url(f"{address}{language}/")


def next_visit(page: Page, address: str) -> str:
    """Where a reader comes out who types the site's address another day."""
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_url(re.compile("/(ko|en)/$"))
    return page.url
