"""MkDocs hooks: both languages in one build, with the labs and what a reader takes along."""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import markup
import policy
import stylesheet
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
from search import separator
from takeaway import archive, code, listing
from takeaway.pages import as_markdown
from terms import TermLinks

DOCS = Path(__file__).parent
LANGUAGES = ("ko", "en")


serving = False


def on_startup(command: str, dirty: bool) -> None:
    global serving
    serving = command == "serve"


@event_priority(100)
def on_config(config: MkDocsConfig) -> None:
    """What the glossary has: words to search for, and terms that lead to it. And the policy."""
    if not serving:  # `mkdocs serve` puts a script of its own into each page
        config.extra["policy"] = policy.PAGE
    if Path(config.config_file_path).parent == DOCS:
        language = config.theme["language"]
        config.plugins["material/search"].config["separator"] = separator(language)
        config.markdown_extensions.append(TermLinks(language))  # type: ignore[arg-type] # not by name


def on_files(files: Files, config: MkDocsConfig) -> None:
    """A language's pages, the networks' files, and the labs beside them."""
    if Path(config.config_file_path).parent != DOCS:
        return
    for name in code.NETWORKS:
        page = DOCS / config.theme["language"] / f"{name}.md"
        made = File.generated(config, f"{name}/{name}.py", content=code.whole_file(page))
        files.append(made)
    try:
        language, repository = config.theme["language"], config.extra["repository"] or ""
        for path, content in labs.files(language, config.site_url or "", repository):
            files.append(File.generated(config, path, content=content))
    except LabError as error:
        raise PluginError(str(error)) from None


def on_nav(nav: Navigation, config: MkDocsConfig, files: Files) -> None:
    """What the build of a language leaves for the one that it is part of."""
    config.extra["pages"] = nav.pages


def on_post_build(config: MkDocsConfig) -> None:
    """The site's stylesheet; after the landing page each language, into a folder of its own."""
    stylesheet.write(Path(config.site_dir))
    if Path(config.config_file_path).parent == DOCS:
        return
    if config.site_url:
        labs.wheel(Path(config.site_dir) / labs.WHEELS)
    listed: dict[str, list[listing.Entry]] = {}
    for language in LANGUAGES:
        site = load_config(
            str(DOCS / f"{language}.yml"),
            site_dir=str(Path(config.site_dir) / language),
            site_url=f"{config.site_url}{language}/" if config.site_url else "",
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
    (Path(config.site_dir) / listing.NAME).write_text(text, encoding="utf-8")
    archive.write(Path(config.site_dir))


def on_page_context(
    context: dict[str, Any], page: Page, config: MkDocsConfig, nav: Navigation
) -> dict[str, Any]:
    """The language switch leads to the same page, and ``hreflang`` names both, at any address."""
    alternates = config.extra.get("alternate", [])
    for alternate in alternates:
        alternate["link"] = posixpath.join(alternate["home"], page.url)
    links = {alternate["lang"]: alternate["link"] for alternate in alternates}
    if links:
        links["x-default"] = links["en"]
    else:  # the landing page offers the choice
        links = {**{language: f"{language}/" for language in LANGUAGES}, "x-default": "./"}
    address = config.site_url
    context["hreflang"] = {key: urljoin(address, link) for key, link in links.items()}
    return context


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    return markup.content(html)


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """The page's HTML, and beside it its Markdown."""
    if Path(config.config_file_path).parent == DOCS:
        home = config.site_url or posixpath.relpath(".", page.url) + "/"
        text = as_markdown(page.markdown or "", page.file.src_uri, home)
        file = Path(config.site_dir) / _markdown(page)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return markup.page(output)


def _markdown(page: Page) -> str:
    """Where a page's Markdown is: beside its HTML."""
    return str(posixpath.splitext(page.file.dest_uri)[0]) + ".md"


def on_post_template(output: str, template_name: str, config: MkDocsConfig) -> str:
    return markup.page(output) if template_name == "404.html" else output
