"""MkDocs hooks: both languages in one build, with the labs; pages without the checks' comments."""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import markup
import stylesheet
import terms  # noqa: F401 - ko.yml and en.yml name it, and MkDocs looks not here
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

DOCS = Path(__file__).parent
LANGUAGES = ("ko", "en")


@event_priority(100)
def on_config(config: MkDocsConfig) -> None:
    """The words to search for are the glossary's."""
    if Path(config.config_file_path).parent == DOCS:
        config.plugins["material/search"].config["separator"] = separator(config.theme["language"])


def on_files(files: Files, config: MkDocsConfig) -> None:
    """A language's pages, and the labs' beside them."""
    if Path(config.config_file_path).parent != DOCS:
        return
    try:
        language, repository = config.theme["language"], config.extra["repository"] or ""
        for path, content in labs.files(language, config.site_url or "", repository):
            files.append(File.generated(config, path, content=content))
    except LabError as error:
        raise PluginError(str(error)) from None


def on_post_build(config: MkDocsConfig) -> None:
    """The site's stylesheet; after the landing page each language, into a folder of its own."""
    stylesheet.write(Path(config.site_dir))
    if Path(config.config_file_path).parent == DOCS:
        return
    if config.site_url:
        labs.wheel(Path(config.site_dir) / labs.WHEELS)
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
    return markup.page(output)


def on_post_template(output: str, template_name: str, config: MkDocsConfig) -> str:
    return markup.page(output) if template_name == "404.html" else output
