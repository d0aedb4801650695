"""What a reader gets at an address where there is no page, in Chromium."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

#: Addresses below the site's that nothing has, and the language that each begins with.
MISSING = [
    ("ko/no/such/page/", "ko"),
    ("en/ver3/", "en"),
    ("en/ver1/no.png", "en"),
    ("english/", None),
    ("no/such/page", None),
]


@pytest.mark.parametrize(("path", "language"), MISSING)
def test_both_languages(page: Page, address: str, path: str, language: str | None) -> None:
    """It says so in both languages, that of the address first, and leads to each."""
    answer = page.goto(address + path)
    assert answer
    assert answer.status == 404
    sections = page.locator(".languages section")
    languages = [each.get_attribute("lang") for each in sections.all()]
    assert languages == (["en", "ko"] if language == "en" else ["ko", "en"])
    assert page.locator("h1").inner_text().split(" · ") == [
        "페이지가 없습니다",
        "Page\N{NO-BREAK SPACE}not\N{NO-BREAK SPACE}found",
    ]
    homes = [each.get_attribute("href") for each in sections.locator("a").all()]
    assert homes == [f"/docs/mobilenet/{each}/" for each in languages]
    page.locator(".languages a").first.click()
    page.wait_for_url(f"{address}{languages[0]}/")


@pytest.mark.parametrize(("language", "query"), [("ko", "합성곱"), ("en", "convolution")])
def test_search(page: Page, address: str, language: str, query: str) -> None:
    """A search from there is one of a language's pages."""
    page.goto(f"{address}no/such/page/")
    form = page.locator(f".languages section[lang={language}] form")
    form.get_by_role("searchbox").fill(query)
    form.get_by_role("button").click()
    page.locator(".md-search-result__item").first.wait_for()
    assert page.url.startswith(f"{address}{language}/?q=")


def test_phone(page: Page, address: str) -> None:
    """It fits a phone, and all that it is made of is there, whatever the depth."""
    missing: list[str] = []
    page.on("response", lambda answer: missing.append(answer.url) if answer.status == 404 else None)
    page.goto(f"{address}en/no/such/page/", wait_until="networkidle")
    assert missing == [f"{address}en/no/such/page/"]
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_without_scripts(browser: Browser, address: str) -> None:
    """Without scripts both languages are there all the same."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}en/no/such/page/")
    page.locator(".languages section[lang=en] a").click()
    page.wait_for_url(f"{address}en/")
    context.close()
