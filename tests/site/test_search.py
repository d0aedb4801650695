"""The search, as a reader types into it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

KOREAN = {
    # With its particle, without it, in a compound, and the compound with spaces.
    "합성곱": "theory/",
    "합성곱은": "theory/",
    "분리합성곱": "theory/",
    "깊이별합성곱": "theory/",
    "깊이별 합성곱을": "theory/",
    "깊이별분리합성곱으로": "theory/",
    "점별합성곱": "theory/",
    "연산량": "architecture/",
    "연산량을": "architecture/",
    "매개변수": "architecture/",
    "매개변수의": "architecture/",
    "곱셈덧셈": "architecture/",
    "너비배율": "multipliers/",
    "너비 배율을": "multipliers/",
    "해상도배율": "multipliers/",
    "해상도": "multipliers/",
    "정확도가": "labs/accuracy/",
    "배치정규화를": "fast/",
    "채널마지막": "fast/",
    "미세조정": "use/",
    "체크포인트에서": "use/",
    "용어집": "glossary/",
    # The English beside it, and names, which take particles too.
    "depthwise": "theory/",
    "ONNX": "fast/",
    "ONNX로": "fast/",
    "torchsummary는": "counting/",
    "VER2에서": "ver2/",
    "ProgressBar는": "reference/commands/",
}
ENGLISH = {
    "depthwise": "theory/",
    "pointwise": "theory/",
    "depthwise separable": "theory/",
    "convolution": "theory/",
    "convolutions": "theory/",
    "parameter": "architecture/",
    "parameters": "architecture/",
    "multiply-adds": "architecture/",
    "vgg": "architecture/",
    "width multiplier": "multipliers/",
    '"width multiplier"': "multipliers/",
    "resolution": "multipliers/",
    "batch normalization": "fast/",
    "channels-last": "fast/",
    "onnx": "fast/",
    "fine-tuning": "use/",
    "checkpoints": "use/",
    "separable_ratio": "theory/",
    "torchsummary": "counting/",
    "glossary": "glossary/",
    "ver1": "ver1/",
    "ProgressBar": "reference/commands/",
}


@pytest.fixture(scope="module", params=["ko", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def page(browser: Browser, address: str, language: str) -> Iterator[Page]:
    page = browser.new_page()
    page.set_default_timeout(10_000)
    page.goto(f"{address}{language}/")
    page.locator(".md-search__input").click()
    yield page
    page.close()


def hits(page: Page, query: str) -> list[str]:
    """The pages that a query finds, in order."""
    box = page.locator(".md-search__input")
    # An empty box finds nothing, so that what is there after it is of this query.
    for text in ("", query):
        box.fill(text)
        box.press("End")
        page.wait_for_function(
            "some => some === Boolean(document.querySelector('.md-search-result__item'))",
            arg=bool(text),
        )
    links = ".md-search-result__item > a:first-child"
    found: list[str] = page.eval_on_selector_all(links, "links => links.map(link => link.href)")
    return found


def test_first_hit(page: Page, address: str, language: str) -> None:
    """The page that says most of it comes first."""
    queries = KOREAN if language == "ko" else ENGLISH
    found = {query: hits(page, query)[0] for query in queries}
    assert found == {query: f"{address}{language}/{best}" for query, best in queries.items()}


def test_index_once_it_is_opened(browser: Browser, address: str, language: str) -> None:
    """A page that is only read loads no index; the search is complete once it opens."""
    page = browser.new_page()
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url.rpartition("/")[2]))
    page.goto(f"{address}{language}/", wait_until="networkidle")
    assert "search_index.json" not in loaded
    page.locator(".md-search__input").click()
    page.keyboard.type("VER2")
    page.locator(".md-search-result__item").first.wait_for()
    assert loaded.count("search_index.json") == 1
    page.close()


def test_link_to_a_search(browser: Browser, address: str, language: str) -> None:
    """An address with a query opens the search, and finds."""
    page = browser.new_page()
    page.goto(f"{address}{language}/?q=VER2")
    page.locator(".md-search-result__item").first.wait_for()
    page.close()


def test_no_noise(site: Path, language: str) -> None:
    """What code prints, files of the package and figures are not what a search finds."""
    index = (site / language / "search" / "search_index.json").read_text(encoding="utf-8")
    texts = "".join(entry["text"] for entry in json.loads(index)["docs"])
    assert "torch.manual_seed" in texts  # a page's own code
    for noise in ("Layer (type)", "class MobileNet(", "log scale", "로그 눈금"):
        assert noise not in texts
