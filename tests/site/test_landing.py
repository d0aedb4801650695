"""The landing page in Chromium: it knows a reader's language, and leaves the choice."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.site.built import LANDING

pytestmark = pytest.mark.browser

NAMES = {"ko": "한국어", "en": "English"}

#: Names each page that has something to show.
SHOWN = """new MutationObserver(() => {
  if (document.body?.checkVisibility()) console.log(location.href);
}).observe(document, { childList: true, subtree: true })"""


@pytest.mark.parametrize(
    ("languages", "language"),
    [
        (["ko-KR"], "ko"),
        (["en-US"], "en"),
        (["fr", "ko", "en"], "ko"),
        (["fr", "en-GB", "ko"], "en"),
        (["kok", "de"], "en"),  # Konkani is not Korean
    ],
)
def test_first_visit(page: Page, address: str, languages: list[str], language: str) -> None:
    """A reader gets the first of the browser's languages that the site has, or English.

    Nothing of the landing page is seen, and what the address asks for is kept.
    """
    get = f"{{get: () => {languages}}}"
    page.add_init_script(f"Object.defineProperty(navigator, 'languages', {get})")
    page.add_init_script(SHOWN)
    seen: set[str] = set()
    page.on("console", lambda message: seen.add(message.text))
    page.goto(f"{address}?h=VER2")
    page.wait_for_url(f"{address}{language}/?h=VER2")
    assert seen == {f"{address}{language}/?h=VER2"}


def test_back(page: Page, address: str) -> None:
    """Back leads to where the reader was before the landing page."""
    page.goto(f"{address}ko/glossary/")
    page.evaluate("address => { location.href = address }", "about:blank")
    page.wait_for_url("about:blank")
    page.goto(address)
    page.wait_for_url(re.compile("/en/$"))
    page.go_back()
    assert page.url == "about:blank"


class TestChoice:
    @pytest.mark.parametrize("language", NAMES)
    def test_on_the_landing_page(self, page: Page, address: str, language: str) -> None:
        """A language chosen on the landing page is that of every visit after it."""
        page.goto(f"{address}{LANDING}")
        page.locator(f'.languages a[hreflang="{language}"]').click()
        page.wait_for_url(f"{address}{language}/")
        assert visit_again(page, address) == f"{address}{language}/"

    def test_in_the_language_switch(self, desktop: Page, address: str) -> None:
        """So is the last one chosen on any page, whatever the browser's."""
        desktop.goto(f"{address}en/ver1/")
        for language in ("ko", "en", "ko"):
            desktop.locator(".md-header .md-select").hover()
            desktop.get_by_role("link", name=NAMES[language]).click()
            desktop.wait_for_url(f"{address}{language}/ver1/")
        assert visit_again(desktop, address) == f"{address}ko/"

    def test_only_when_it_is_one(self, new_page: Callable[..., Page], address: str) -> None:
        """Reading a page in another language is no choice, nor is being sent to one."""
        page = new_page(locale="ko-KR")
        page.goto(f"{address}en/ver1/")
        assert visit_again(page, address) == f"{address}ko/"
        assert page.evaluate("localStorage.getItem('mobilenet.language')") is None

    def test_without_storage(self, page: Page, address: str) -> None:
        """A browser that stores nothing for the site is sent on all the same, without an error."""
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(error.stack or ""))
        page.add_init_script(
            "Object.defineProperty(window, 'localStorage', {get() { throw new Error('denied') }})"
        )
        page.goto(address)
        page.wait_for_url(f"{address}en/")
        page.goto(f"{address}{LANDING}")
        page.locator(".languages a[hreflang=ko]").click()
        page.wait_for_url(f"{address}ko/")
        # Material's own scripts do not expect it.
        assert [error for error in errors if "landing.js" in error or "language.js" in error] == []


def test_from_within_the_site(desktop: Page, address: str) -> None:
    """The logo of a page that belongs to no language leads to the choice; so it does there."""
    desktop.goto(f"{address}404.html")
    for _ in range(2):
        desktop.locator(".md-header .md-logo").click()
        desktop.wait_for_url(address)
        desktop.wait_for_load_state("networkidle")
        assert desktop.url == address
        assert desktop.locator(".languages a").count() == 2


@pytest.mark.parametrize("language", NAMES)
def test_without_scripts(new_page: Callable[..., Page], address: str, language: str) -> None:
    """Without scripts the landing page offers both languages."""
    page = new_page(java_script_enabled=False)
    page.goto(address)
    assert page.url == address
    page.locator(f'.languages a[hreflang="{language}"]').click()
    page.wait_for_url(f"{address}{language}/")


def visit_again(page: Page, address: str) -> str:
    """Type the site's address another day, and return the address that it leads to."""
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_url(re.compile("/(ko|en)/$"))
    return page.url
