"""The search, as a reader types into it."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page

#: What is typed, under the page that has to be found first. In Korean a word stands with its
#: particle and without it, in a compound, and in the compound with spaces.
QUERIES = {
    "ko": {
        "theory/": "합성곱, 합성곱은, 분리합성곱, 깊이별합성곱, "
        "깊이별 합성곱을, 깊이별분리합성곱으로, 점별합성곱, depthwise",
        "architecture/": "연산량, 연산량을, 매개변수, 매개변수의, 곱셈덧셈",
        "multipliers/": "너비배율, 너비 배율을, 해상도배율, 해상도",
        "labs/accuracy/": "정확도가",
        "fast/": "배치정규화를, 채널마지막, ONNX, ONNX로",
        "use/": "미세조정, 체크포인트에서",
        "glossary/": "용어집",
        "counting/": "torchsummary는",
        "ver2/": "VER2에서",
        "reference/commands/": "ProgressBar는",
    },
    "en": {
        "theory/": "depthwise, pointwise, depthwise separable, "
        "convolution, convolutions, separable_ratio",
        "architecture/": "parameter, parameters, multiply-adds, vgg",
        "multipliers/": 'width multiplier, "width multiplier", resolution',
        "fast/": "batch normalization, channels-last, onnx",
        "use/": "fine-tuning, checkpoints",
        "counting/": "torchsummary",
        "glossary/": "glossary",
        "ver1/": "ver1",
        "reference/commands/": "ProgressBar",
    },
}


@pytest.mark.browser
@pytest.mark.parametrize("language", QUERIES)
def test_first_hit(desktop: Page, address: str, language: str) -> None:
    """The page that says most of it comes first."""
    desktop.goto(f"{address}{language}/")
    desktop.locator(".md-search__input").click()
    expected = {
        query: f"{address}{language}/{path}"
        for path, queries in QUERIES[language].items()
        for query in queries.split(", ")
    }
    assert {query: search(desktop, query) for query in expected} == expected


def search(page: Page, query: str) -> str:
    """Return the address of the first page that a query finds."""
    box = page.locator(".md-search__input")
    # An empty box finds nothing, so that what is there after it is of this query.
    for text in ("", query):
        box.fill(text)
        box.press("End")  # Material waits for a key
        page.wait_for_function(
            "some => some === Boolean(document.querySelector('.md-search-result__item'))",
            arg=bool(text),
        )
    first: str = page.locator(".md-search-result__item > a").first.evaluate("link => link.href")
    return first


@pytest.mark.parametrize("language", QUERIES)
def test_no_noise(site: Path, language: str) -> None:
    """What code prints, files of the package and figures are not what a search finds."""
    index = (site / language / "search" / "search_index.json").read_text(encoding="utf-8")
    texts = "".join(entry["text"] for entry in json.loads(index)["docs"])
    assert "torch.manual_seed" in texts  # a page's own code
    for noise in ("Layer (type)", "class MobileNet(", "log scale", "로그 눈금"):
        assert noise not in texts
