"""The whole site as one zip, whose pages open from the disk without a server.

A browser gives a page from the disk no folder's index, no module, no worker and no answer
to a fetch. So in the copy a link to a folder names its file, the playthings' modules are
one script, and the search has its worker and its index in scripts too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from posixpath import join, normpath
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

#: Where the site has it, and the folder that is in it.
PATH = "downloads/mobilenet-site.zip"
FOLDER = "mobilenet-site"

#: What is a server's to answer with, and the theme's that no page opens.
UNUSED = r"^downloads/|404\.html$|^sitemap|\.gz$|^robots\.txt$|\.map$|/lunr/"


def write(site: Path) -> None:
    """Put the copy of a built site into it. The same site gives the same bytes."""
    archive = site / PATH
    archive.parent.mkdir(parents=True, exist_ok=True)
    with ZipFile(archive, "w", ZIP_DEFLATED) as made:
        for name, content in files(site):
            made.writestr(ZipInfo(f"{FOLDER}/{name}"), content, ZIP_DEFLATED)


def files(site: Path) -> Iterator[tuple[str, str | bytes]]:
    """Each file of the copy: its path and its content, in the order of the site's paths."""
    for file in sorted(site.rglob("*")):
        name = file.relative_to(site).as_posix()
        if not file.is_file() or re.search(UNUSED, name):
            continue
        if file.suffix == ".html":
            yield name, _page(file.read_text(encoding="utf-8"), file.parent)
        elif file.name == "search_index.json":
            yield name.replace(".json", ".js"), _index(file)
        elif name.endswith("assets/playthings.js"):
            yield name, _one_script(file)
        elif file.parent.name == "assets" and file.suffix == ".js":
            # A module has names of its own, and a block of a script too.
            yield name, f"{{\n{file.read_text(encoding='utf-8')}}}\n"
        else:
            yield name, file.read_bytes()
    for file in sorted(site.glob("**/assets/javascripts/workers/search.*.js")):
        assets = file.relative_to(site).parents[2]
        yield f"{assets.as_posix()}/worker.js", _worker(file)


def _page(html: str, folder: Path) -> str:
    def link(match: re.Match[str]) -> str:
        before, path, after = match.groups()
        is_folder = (folder / path).is_dir() if path else False
        return f"{before}{normpath(join(path, 'index.html'))}{after}" if is_folder else match[0]

    html = re.sub(r'(<(?:a|link)\b[^>]*? href=")(?!\w+:|//)([^"#?]*)([^"]*")', link, html)
    html = re.sub(r'(<script [^>]*)type="module"', r"\1defer", html)
    html = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", html)
    html = re.sub(rf'<a [^>]*href="[^"]*{PATH}"[^>]*>.*?</a>', "", html)
    return re.sub(
        r'<script src="([^"]*assets/)javascripts/bundle',
        r'<script src="\1worker.js"></script>\g<0>',
        html,
    )


def _index(file: Path) -> str:
    index = json.loads(file.read_text(encoding="utf-8"))
    for entry in index["docs"]:
        entry["location"] = re.sub(r"(^|/)(?=#|$)", r"\1index.html", entry["location"])
    return f"var __index = {json.dumps(index, ensure_ascii=False)};\n"


def _worker(file: Path) -> str:
    source = json.dumps(file.read_text(encoding="utf-8"))
    return f"""\
globalThis.Worker = class extends Worker {{
  constructor() {{
    super(URL.createObjectURL(new Blob([{source}])));
  }}
}};
"""


def _one_script(file: Path) -> str:
    """``playthings.js`` with the modules and the data that it would fetch."""
    folder = file.parent / "playthings"
    modules = (_module(each) for each in sorted(folder.glob("*.js")))
    data = {each.name: each.read_text(encoding="utf-8") for each in folder.glob("*.json")}
    loader = file.read_text(encoding="utf-8").replace("import(", "load(")
    return f"""\
{{
const base = new URL("playthings/", document.currentScript.src);
const DATA = {json.dumps(data)};
const fetch = async (address) => new Response(DATA[address.pathname.split("/").at(-1)]);
const loaded = {{}};
const load = (path) => {{
  const name = path.split("/").at(-1);
  return (loaded[name] ??= MODULES[name]());
}};
const MODULES = {{
{"".join(modules)}}};
{loader}}}
"""


def _module(file: Path) -> str:
    """An entry of the modules by name: a function that gives what the module exports."""
    code = file.read_text(encoding="utf-8").replace("import.meta.url", "base")
    exported = re.findall(r"^export (?:function|class|const) (\w+)", code, flags=re.MULTILINE)
    code = re.sub(r"^export ", "", code, flags=re.MULTILINE)
    code = re.sub(
        r'^import (\{[^}]*\}) from ("[^"]+");',
        r"const \1 = await load(\2);",
        code,
        flags=re.MULTILINE,
    )
    return f'"{file.name}": async () => {{\n{code}\nreturn {{ {", ".join(exported)} }};\n}},\n'
