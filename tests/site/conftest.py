from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.site.built import PAGES


@pytest.fixture(scope="session")
def pages(site: Path) -> dict[str, LexborHTMLParser]:
    """Return the landing page, which is "", and each page of both languages by its path."""
    paths = ["", *(f"{language}/{page}" for language in ("ko", "en") for page in PAGES)]
    return {
        path: LexborHTMLParser((site / path / "index.html").read_text(encoding="utf-8"))
        for path in paths
    }
