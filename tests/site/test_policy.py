"""What pages may do and keep: the policy that they bring, and that the tests' server sends."""

import re
from pathlib import Path

import pytest
from hooks import policy
from playwright.sync_api import Page, Route

from tests.pages.page import Page as Text
from tests.site.built import ROOT

INLINE = "Object.assign(document.createElement('script'), {textContent: 'globalThis.ran = true'})"


def test_readme() -> None:
    """nginx, set up as both READMEs say, sends what the pages are tested with."""
    for readme in ("README.md", "README.ko.md"):
        [block] = [fence for fence in Text.read(ROOT / readme).fences if fence.language == "nginx"]
        text = block.expanded()
        sent = dict(re.findall(r'^ *add_header (\S+) (\S+|".*?") always;', text, re.MULTILINE))
        variable = re.search(r'^map \$uri \$policy \{\n +default +(".*?");', text, re.MULTILINE)
        assert variable
        assert sent.pop("Content-Security-Policy") == "$policy"
        sent = {"Content-Security-Policy": variable[1], **sent}
        assert {name: value.strip('"') for name, value in sent.items()} == policy.HEADERS


def test_strict() -> None:
    """The policy names no other host, and lets nothing run that stands in the page unread."""
    directives = dict(each.split(" ", 1) for each in policy.PAGE.split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["base-uri"] == "'none'"
    sources = set(" ".join(directives.values()).split())
    hashes = {source for source in sources if re.fullmatch(r"'sha256-[\w+/]{43}='", source)}
    assert sources - hashes == {"'none'", "'self'", "data:"}
    assert "data:" not in directives["script-src"]


def test_every_page_brings_it(site: Path) -> None:
    """Where a host sends no headers, a page's own policy holds from the first thing it loads."""
    pages = list(site.rglob("*.html"))
    for file in pages:
        before, _, after = file.read_text(encoding="utf-8").partition("Content-Security-Policy")
        assert re.findall(r"<(?:script|link|style|img)", before) == []
        assert after.startswith(f'" content="{policy.PAGE}">')
    assert len(pages) > 2


@pytest.mark.parametrize(
    ("html", "named"),
    [
        ("<script>alert(1)</script>", "alert(1)"),
        ("<script type=module>alert('<b>' && 1)</script>", "alert('<b>' && 1)"),
        ("<style>p { color: red }</style>", "a style sheet"),
        ('<p style="color: red">', 'style="color: red"'),
        ('<p onclick="alert(1)">', 'onclick="alert(1)"'),
        ('<a href=" JavaScript:alert(1)">', "JavaScript:alert(1)"),
    ],
)
def test_build_refuses(html: str, named: str) -> None:
    """What a browser would refuse of a page, the build does, and names it."""
    with pytest.raises(ValueError, match=re.escape(named)):
        policy.check(html)


def test_build_accepts() -> None:
    """Data in a script, files of scripts, and code that is only shown."""
    policy.check(
        '<script type="application/json">{"a": 1}</script><script src="a.js"></script>'
        "<p>&lt;script>alert(1)&lt;/script> style=</p>"
    )


@pytest.mark.browser
@pytest.mark.parametrize("by", ["header", "page"])
def test_browser_refuses(page: Page, address: str, by: str) -> None:
    """An inline script does not run, and the console says so; the header and the page each do."""

    def one(route: Route) -> None:
        answer = route.fetch()
        body, headers = answer.text(), answer.headers
        if by == "header":
            body = body.replace('http-equiv="Content-Security-Policy"', "")
        else:
            del headers["content-security-policy"]
        route.fulfill(body=body, headers=headers)

    page.route(f"{address}en/", one)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{address}en/")
    assert said == []
    page.evaluate(f"document.body.append({INLINE})")
    assert page.evaluate("globalThis.ran") is None
    assert ["Content Security Policy" in text for text in said] == [True]


@pytest.mark.browser
def test_nothing_kept_but_choices(page: Page, address: str) -> None:
    """The scheme that a reader chooses holds in both languages; nothing but choices is kept."""
    page.goto(f"{address}ko/multipliers/", wait_until="networkidle")
    body = page.locator("body[data-md-color-scheme=slate]")
    for _ in ("light", "dark"):
        page.locator("[data-md-component=palette] label:visible").click()
    body.wait_for()
    page.locator(".md-header .md-select").hover()
    page.get_by_role("link", name="English").click()
    page.wait_for_url(f"{address}en/multipliers/")
    body.wait_for()
    page.get_by_role("button", name="Search", exact=True).click()
    page.keyboard.type("VER2")
    page.locator(".md-search-result__item").first.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")

    assert page.context.cookies() == []
    path = re.sub(r"^https?://[^/]+", "", address)
    [kept] = page.context.storage_state()["origins"]
    choices = {f"{path}.__palette", "mobilenet.language"}
    assert {item["name"] for item in kept["localStorage"]} <= choices
    assert page.evaluate(KEPT) == [0, 0, 0, 0]


#: How much there is of everything else that a page can keep.
KEPT = """async () => [
    sessionStorage.length,
    (await indexedDB.databases()).length,
    (await caches.keys()).length,
    (await navigator.serviceWorker.getRegistrations()).length,
]"""
