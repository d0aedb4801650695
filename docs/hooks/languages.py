"""Both languages in one build: each its own MkDocs project, below the landing page."""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from mkdocs.commands import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page

DOCS = Path(__file__).parents[1]
LANGUAGES = ("ko", "en")


def find_language(config: MkDocsConfig) -> str | None:
    """Return the language that a configuration builds; None for the site around both."""
    is_one = Path(config.config_file_path).parent == DOCS
    return str(config.theme["language"]) if is_one else None


def build(config: MkDocsConfig, *, serving: bool) -> None:
    """Build each language into a folder of the site's."""
    address = config.site_url or ""
    for each in LANGUAGES:
        project = load_config(
            str(DOCS / f"{each}.yml"),
            site_dir=str(Path(config.site_dir) / each),
            site_url=f"{address}{each}/" if address else "",
            strict=config.strict,
        )
        project.plugins.on_startup(command="serve" if serving else "build", dirty=False)
        try:
            mkdocs_build.build(project)
        finally:
            project.plugins.on_shutdown()


def link(page: Page, config: MkDocsConfig, context: dict[str, Any]) -> None:
    """Give a page's template the addresses of the page in each language.

    Readers of neither language get the English page. But where a language begins, they get the
    landing page, which knows a reader's language: ``x-default`` is for such a page.
    """
    for alternate in config.extra.get("alternate", []):
        alternate["link"] = posixpath.join(alternate["home"], page.url)
    below = page.url if find_language(config) else ""
    root = urljoin(config.site_url or "", "../" if find_language(config) else "")
    addresses = {each: f"{root}{each}/{below}" for each in LANGUAGES}
    default = addresses["en"] if below else root or "./"
    context["hreflang"] = {**addresses, "x-default": default}
