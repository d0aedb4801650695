"""MkDocs hooks: both languages in one build, with the labs and what a reader takes along."""

from __future__ import annotations

import posixpath
from html import unescape
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import api
import codelinks
import feed
import markup
import policy
import preview
import sitemap
import stylesheet
import terms  # noqa: F401 - ko.yml and en.yml name it, and MkDocs looks not here
from gate.site import LANGUAGES
from jinja2 import Environment
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from notebooks import site as labs
from notebooks.source import LabError
from reference import expanded
from search import separator
from takeaway import archive, code, listing
from takeaway.pages import as_markdown

DOCS = Path(__file__).parent


serving = False


def on_startup(command: str, dirty: bool) -> None:
    global serving
    serving = command == "serve"


@event_priority(100)
def on_config(config: MkDocsConfig) -> None:
    """What is the site's own: its policy, its words to search for."""
    if not serving:  # `mkdocs serve` puts a script of its own into each page
        config.extra["policy"] = policy.PAGE
    if _is_language(config):
        language = config.theme["language"]
        config.plugins["material/search"].config["separator"] = separator(language)
        for kept in (api.modules, api.resolve, api.shown):
            kept.cache_clear()  # the package may have changed since, as `make serve` shows it


def on_files(files: Files, config: MkDocsConfig) -> None:
    """A language's pages, the networks' files, and the labs beside them."""
    if not _is_language(config):
        return
    language, repository = config.theme["language"], config.extra["repository"] or ""
    try:
        made = labs.files(language, config.site_url or "", repository)
        for path, content in chain(code.files(language), made):
            files.append(File.generated(config, path, content=content))
    except LabError as error:
        raise PluginError(str(error)) from None


def on_nav(nav: Navigation, config: MkDocsConfig, files: Files) -> None:
    """What the build of a language leaves for the one that it is part of."""
    config.extra["pages"] = nav.pages


def on_env(env: Environment, config: MkDocsConfig, files: Files) -> None:
    """What the head of every page says of the whole site, if its address is known."""
    if config.site_url:
        env.globals.update(root=_root(config), feed=feed, preview=preview)


def on_post_build(config: MkDocsConfig) -> None:
    """The site's stylesheet; after the landing page each language, into a folder of its own.

    In the end what shows the site to others.
    """
    folder, address = Path(config.site_dir), config.site_url or ""
    stylesheet.write(folder)
    if _is_language(config):
        return
    if address:
        labs.wheel(folder / labs.WHEELS)
    listed: dict[str, list[listing.Entry]] = {}
    for language in LANGUAGES:
        site = load_config(
            str(DOCS / f"{language}.yml"),
            site_dir=str(folder / language),
            site_url=f"{address}{language}/" if address else "",
            strict=config.strict,
        )
        site.plugins.on_startup(command="serve" if serving else "build", dirty=False)
        try:
            build(site)
        finally:
            site.plugins.on_shutdown()
        name = next(each["name"] for each in site.extra["alternate"] if each["lang"] == language)
        listed[name] = [
            listing.Entry(
                page.title or "",
                f"{site.site_url or f'{language}/'}{_markdown(page)}",
                page.meta["description"],
            )
            for page in site.extra["pages"]
        ]
    summary = config.site_description or ""
    text = listing.write(config.site_name, summary, listed)
    (folder / listing.NAME).write_text(text, encoding="utf-8")
    sitemap.write(folder, address)
    if address:
        preview.write(folder)
        feed.write(folder, address, config.site_name)
    archive.write(folder)


def on_page_context(
    context: dict[str, Any], page: Page, config: MkDocsConfig, nav: Navigation
) -> dict[str, Any]:
    """The language switch leads to the same page, and ``hreflang`` names both, at any address.

    A page is called what it says on top: the navigation may be shorter.
    """
    for alternate in config.extra.get("alternate", []):
        alternate["link"] = posixpath.join(alternate["home"], page.url)
    root = _root(config)
    others = sitemap.alternates(page.url if _is_language(config) else "")
    context["hreflang"] = {key: f"{root}{path}" or "./" for key, path in others.items()}
    context["title"] = unescape(page.toc.items[0].title)
    return context


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    html = markup.content(html)
    if not _is_language(config):
        return html
    return codelinks.to_reference(html, config.theme["language"], page.url)


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """The page's HTML, and beside it its Markdown."""
    if _is_language(config):
        home = config.site_url or posixpath.relpath(".", page.url) + "/"
        written = expanded(page.markdown or "", config.theme["language"])
        text = as_markdown(written, page.file.src_uri, home)
        file = Path(config.site_dir) / _markdown(page)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return markup.page(output)


def _markdown(page: Page) -> str:
    """Where a page's Markdown is: beside its HTML."""
    return str(posixpath.splitext(page.file.dest_uri)[0]) + ".md"


def on_post_template(output: str, template_name: str, config: MkDocsConfig) -> str:
    """A page for what is missing, one for both languages; no sitemap: docs/sitemap.py writes it."""
    return markup.page(output) if template_name == "404.html" and not _is_language(config) else ""


def _is_language(config: MkDocsConfig) -> bool:
    """Whether it is a language that is built, and not the site around both."""
    return Path(config.config_file_path).parent == DOCS


def _root(config: MkDocsConfig) -> str:
    """Where the whole site begins: its address or, where that is not known, the way up to it."""
    return urljoin(config.site_url or "", "../" if _is_language(config) else "")
