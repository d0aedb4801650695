"""The site's one stylesheet leaves out of the theme's only what no page shows."""

from __future__ import annotations

from pathlib import Path

import material
import pytest
from playwright.sync_api import Browser, Page

from tests.built import LANDING, PAGES, ROOT

pytestmark = pytest.mark.browser

THEME = Path(material.__file__).parent / "templates" / "assets" / "stylesheets"

# The selectors of a text that the page's stylesheets lack, and that fit an element of the
# page, whatever its state: what follows a colon is left aside, such as :hover and ::after.
MISSED = """text => {
  const whole = new CSSStyleSheet();
  whole.replaceSync(text);
  const selectors = (rules) => [...rules].flatMap((rule) => [
    ...(rule.selectorText ?? "").split(/,(?![^(]*\\))/).map((one) => one.trim()),
    ...selectors(rule.cssRules ?? []),
  ]);
  const had = new Set([...document.styleSheets].flatMap((sheet) => selectors(sheet.cssRules)));
  const state = /::?(?!not|is|where|has|root)[\\w-]+(\\([^)]*\\))?/g;
  const fits = (selector) => {
    const element = selector.replace(state, "").replace(/(^|[\\s>+~(])(?=$|[\\s>+~)])/g, "$1*");
    try {
      return document.querySelector(element);
    } catch {
      return true;  // not understood: better said than left aside
    }
  };
  const tables = [...document.querySelectorAll("table[class]:not(.explorer-table, .map)")];
  if (tables.length) return tables.map((table) => table.className);
  return selectors(whole.cssRules).filter((one) => one && !had.has(one) && fits(one));
}"""


@pytest.fixture(scope="module")
def whole() -> str:
    """All of the theme's stylesheets and ours."""
    theme = [next(THEME.glob(f"{name}.*.css")) for name in ("main", "palette")]
    ours = ROOT / "docs" / "theme" / "assets" / "site.css"
    text = "".join(file.read_text(encoding="utf-8") for file in (*theme, ours))
    # The same for every table that there is, and faster.
    return text.replace("table:not([class])", "table:not(.explorer-table, .map)")


@pytest.fixture(scope="module")
def page(browser: Browser) -> Page:
    return browser.new_page()


@pytest.mark.parametrize("language", ["ko", "en"])
def test_no_element_of_a_page_misses_a_rule_of_the_theme(
    page: Page, address: str, whole: str, language: str
) -> None:
    for name in PAGES:
        page.goto(f"{address}{language}/{name}")
        assert page.evaluate(MISSED, whole) == [], name


@pytest.mark.parametrize("language", ["ko", "en"])
def test_nor_does_what_the_scripts_add(page: Page, address: str, whole: str, language: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{address}{language}/theory/")
    page.locator("conv-stepper").scroll_into_view_if_needed()
    page.locator("conv-stepper select").first.wait_for()
    page.locator(".md-code__button").first.hover()
    page.locator("a.term").first.hover()
    page.locator(".md-search__input").click()
    page.keyboard.type("mobilenet")
    page.locator(".md-search-result__item").first.wait_for()
    assert page.evaluate(MISSED, whole) == []


def test_nor_do_the_pages_of_no_language(page: Page, address: str, whole: str) -> None:
    for name in (LANDING, "404.html"):
        page.goto(f"{address}{name}")
        assert page.evaluate(MISSED, whole) == [], name


def test_there_is_one_stylesheet_and_less_than_two_thirds_of_the_theme_s(
    site: Path, whole: str
) -> None:
    for folder in ("", "ko", "en"):
        assets = site / folder / "assets"
        assert not list(assets.glob("stylesheets/*.css"))
        assert not (assets / "site.css").exists()
        assert (assets / "style.css").stat().st_size < len(whole.encode()) * 2 / 3


def test_no_rule_has_all_of_a_page_styled_anew(site: Path) -> None:
    """The theme's script changes these on every page as it starts."""
    for costly in ("[data-md-color-switching]", ":not([class])"):
        assert any(costly in file.read_text(encoding="utf-8") for file in THEME.glob("*.css"))
        for language in ("ko", "en"):
            css = (site / language / "assets" / "style.css").read_text(encoding="utf-8")
            assert costly not in css
