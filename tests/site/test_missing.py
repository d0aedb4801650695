"""What a reader gets at an address where there is no page, in Chromium."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("path", "languages"),
    [("ko/no/such/page/", "ko en"), ("en/ver1/no.png", "en ko"), ("english/", "ko en")],
)
def test_both_languages(page: Page, address: str, path: str, languages: str) -> None:
    """It says so in both languages, that of the address first, and leads to each.

    All that the page is made of is there, whatever the depth of the address.
    """
    missing: list[str] = []
    page.on("response", lambda answer: missing.append(answer.url) if answer.status == 404 else None)
    page.goto(address + path, wait_until="networkidle")
    assert missing == [address + path]
    heading = page.locator("h1").inner_text().replace("\N{NO-BREAK SPACE}", " ")
    assert heading == "페이지가 없습니다 · Page not found"
    links = [each.get_attribute("href") for each in page.locator(".languages section a").all()]
    assert links == [f"/docs/mobilenet/{each}/" for each in languages.split()]
    page.locator(".languages section a").first.click()
    page.wait_for_url(f"{address}{languages[:2]}/")


@pytest.mark.parametrize(("language", "query"), [("ko", "합성곱"), ("en", "convolution")])
def test_search(page: Page, address: str, language: str, query: str) -> None:
    """A search from there is one of a language's pages."""
    page.goto(f"{address}no/such/page/")
    form = page.locator(f".languages section[lang={language}] form")
    form.get_by_role("searchbox").fill(query)
    form.get_by_role("button").click()
    page.locator(".md-search-result__item").first.wait_for()
    assert page.url.startswith(f"{address}{language}/?q=")


def test_without_scripts(new_page: Callable[..., Page], address: str) -> None:
    """Without scripts both languages are there all the same."""
    page = new_page(java_script_enabled=False)
    page.goto(f"{address}en/no/such/page/")
    page.locator(".languages section[lang=en] a").click()
    page.wait_for_url(f"{address}en/")
