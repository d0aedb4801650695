"""MkDocs' events: which function of the hooks is called when.

MkDocs loads this file twice, for ``mkdocs.yml`` and for the two languages' configurations, so
nothing may be kept in its globals but what one build needs.
"""

from __future__ import annotations

import sys
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

# MkDocs loads this file by its path, which leaves the folder of the package unknown.
sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from data import networks  # noqa: E402

from hooks import labs, languages, markdown_copies  # noqa: E402
from hooks.search import make_separator  # noqa: E402

serving = False
#: Where mkdocs-jupyter reads the notebooks of the language being built.
notebooks: TemporaryDirectory[str] | None = None


def on_startup(command: str, dirty: bool) -> None:
    global serving
    serving = command == "serve"


@event_priority(100)
def on_config(config: MkDocsConfig) -> None:
    if serving:  # `mkdocs serve` puts a script of its own into each page
        config.extra.pop("policy", None)
    if language := languages.find_language(config):
        config.plugins["material/search"].config["separator"] = make_separator(language)


@event_priority(100)  # before mkdocs-jupyter, which looks for notebooks among the files
def on_files(files: Files, config: MkDocsConfig) -> None:
    global notebooks
    language = languages.find_language(config)
    if not language:
        return
    files.append(File.generated(config, "assets/widgets/networks.json", content=networks.as_json()))
    for network in ("ver1", "ver2"):  # whole files, to download
        code = (languages.DOCS.parent / "mobilenet" / f"{network}.py").read_text(encoding="utf-8")
        files.append(File.generated(config, f"{network}/{network}.py", content=code))
    notebooks = TemporaryDirectory()
    try:
        for file in labs.make_files(language, config, Path(notebooks.name)):
            files.append(file)
    except labs.LabError as error:
        raise PluginError(str(error)) from None


def on_post_build(config: MkDocsConfig) -> None:
    """Build both languages after the landing page, each into a folder of its own."""
    if languages.find_language(config):
        return
    languages.build(config, serving=serving)
    if config.site_url:
        labs.build_wheel(Path(config.site_dir, "downloads"))


def on_shutdown() -> None:
    if notebooks:
        notebooks.cleanup()


def on_page_context(
    context: dict[str, Any], page: Page, config: MkDocsConfig, nav: Navigation
) -> dict[str, Any]:
    """Point the language switch at the same page, and call a page what its first heading says."""
    languages.link(page, config, context)
    context["title"] = unescape(page.toc.items[0].title)
    return context


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    if page.file.src_uri.endswith(".ipynb"):
        html = labs.render(html, page, config, files)
    if languages.find_language(config) and not page.url.startswith("reference/"):
        markdown_copies.write(page, config, files)  # docstrings are no page's Markdown
    return html


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    return allow_toggles(output)


def on_post_template(output: str, template_name: str, config: MkDocsConfig) -> str:
    if template_name != "404.html":
        return output
    # One page says in both languages what is missing, and MkDocs writes no empty file.
    return "" if languages.find_language(config) else allow_toggles(output)


def allow_toggles(html: str) -> str:
    """Remove an attribute that HTML does not allow on the two check boxes of Material's base.html.

    They stand outside of all blocks, so no template of ours can leave it out.
    """
    attribute = ' autocomplete="off">'
    if html.count(attribute) != 2:
        raise PluginError(f"Material's base.html no longer has{attribute[:-1]} twice.")
    return html.replace(attribute, ">")
