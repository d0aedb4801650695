"""What a page may do and keep: its policy, and the headers that the READMEs' nginx sends."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route
from selectolax.lexbor import LexborHTMLParser, LexborNode

from tests.site.built import read_headers

HEADERS = read_headers("README.md")
INLINE = "Object.assign(document.createElement('script'), {textContent: 'globalThis.ran = true'})"


def test_readmes(pages: dict[str, LexborHTMLParser]) -> None:
    """Both READMEs set nginx up alike, with the pages' own policy and who may frame them."""
    assert read_headers("README.ko.md") == HEADERS
    meta = pages["en/"].css_first("meta[http-equiv]")
    assert meta is not None
    policy = f"{meta.attributes['content']}; frame-ancestors 'none'"
    assert policy == HEADERS["Content-Security-Policy"]


def test_strict() -> None:
    """The policy names no other host, and lets a page's own script run by its hash alone."""
    directives = dict(each.split(" ", 1) for each in HEADERS["Content-Security-Policy"].split("; "))
    assert directives["default-src"] == directives["base-uri"] == "'none'"
    assert re.fullmatch(r"'self'( 'sha256-[\w+/]{43}=')+", directives.pop("script-src"))
    assert set(" ".join(directives.values()).split()) == {"'none'", "'self'", "data:"}


def test_every_page(site: Path) -> None:
    """Each page brings the policy before it loads anything, and has nothing that it refuses."""
    files = list(site.rglob("*.html"))
    assert len(files) > 2
    for file in files:
        html = file.read_text(encoding="utf-8")
        before, _, after = html.partition('<meta http-equiv="Content-Security-Policy" content="')
        assert not re.search(r"<(?:script|link|style|img)", before)
        policy = after.partition('"')[0]
        elements = LexborHTMLParser(html).css("*")
        refused = [element.html for element in elements if is_refused(element, policy)]
        assert (file, refused) == (file, [])


def is_refused(element: LexborNode, policy: str) -> bool:
    given = {name: value or "" for name, value in element.attributes.items()}
    if element.tag == "style" or "style" in given or any(name.startswith("on") for name in given):
        return True
    if any(value.strip().lower().startswith("javascript:") for value in given.values()):
        return True
    if element.tag != "script" or "src" in given or given.get("type") == "application/json":
        return False
    digest = b64encode(sha256(element.text().encode()).digest()).decode()
    return f"'sha256-{digest}'" not in policy


@pytest.mark.browser
@pytest.mark.parametrize("by", ["header", "page"])
def test_browser_refuses(page: Page, address: str, by: str) -> None:
    """An inline script does not run, and the console says so; the header and the page each do."""

    def send_one(route: Route) -> None:
        answer = route.fetch()
        body, headers = answer.text(), answer.headers
        if by == "header":
            body = body.replace('http-equiv="Content-Security-Policy"', "")
        else:
            del headers["content-security-policy"]
        route.fulfill(body=body, headers=headers)

    page.route(f"{address}en/", send_one)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{address}en/")
    assert said == []
    page.evaluate(f"document.body.append({INLINE})")
    assert page.evaluate("globalThis.ran") is None
    assert ["Content Security Policy" in text for text in said] == [True]


#: How much there is of everything that a page can keep, but for cookies and choices.
KEPT = """async () => [
    sessionStorage.length,
    (await indexedDB.databases()).length,
    (await caches.keys()).length,
    (await navigator.serviceWorker.getRegistrations()).length,
]"""


@pytest.mark.browser
def test_nothing_kept_but_choices(desktop: Page, address: str) -> None:
    """A browser keeps the scheme and the language that a reader chooses, and nothing else."""
    desktop.goto(f"{address}ko/ver2/", wait_until="networkidle")
    desktop.locator("[data-md-component=palette] label:visible").click()
    desktop.locator(".md-header .md-select").hover()
    desktop.get_by_role("link", name="English").click()
    desktop.wait_for_url(f"{address}en/ver2/")
    desktop.locator(".md-search__input").click()
    desktop.keyboard.type("VER2")
    desktop.locator(".md-search-result__item").first.wait_for()

    assert desktop.context.cookies() == []
    [kept] = desktop.context.storage_state()["origins"]
    path = re.sub(r"^https?://[^/]+", "", address)
    choices = {f"{path}.__palette", "mobilenet.language"}
    assert {item["name"] for item in kept["localStorage"]} == choices
    assert desktop.evaluate(KEPT) == [0, 0, 0, 0]
