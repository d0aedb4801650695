"""MkDocs hooks: both languages in one build, and pages without the checks' comments."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

DOCS = Path(__file__).parent
LANGUAGES = ("ko", "en")


def on_post_build(config: MkDocsConfig) -> None:
    """After the landing page: each language, from its own config, into a folder of its own."""
    if Path(config.config_file_path).parent == DOCS:
        return
    for language in LANGUAGES:
        site = load_config(
            str(DOCS / f"{language}.yml"),
            site_dir=str(Path(config.site_dir) / language),
            site_url=f"{config.site_url}{language}/" if config.site_url else "",
            strict=config.strict,
        )
        site.plugins.on_startup(command="build", dirty=False)
        try:
            build(site)
        finally:
            site.plugins.on_shutdown()


def on_page_context(
    context: dict[str, Any], page: Page, config: MkDocsConfig, nav: Navigation
) -> dict[str, Any]:
    """The language switch, and ``hreflang``, lead to the same page, at any address."""
    for alternate in config.extra.get("alternate", []):
        alternate["link"] = posixpath.join(alternate["home"], page.url)
    return context


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Leave out the comments: they are the gate's, not the reader's."""
    return re.sub(r"\n?<!--.*?-->", "", html, flags=re.DOTALL)
