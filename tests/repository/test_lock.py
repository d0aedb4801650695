"""Installing the project downloads what constraints.txt names, held to the hashes there."""

import re
import tomllib
from collections.abc import Iterator

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from tests.site.built import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKED = (ROOT / "constraints.txt").read_text(encoding="utf-8").replace("\\\n", " ")


def declared() -> Iterator[Requirement]:
    """What the project asks for itself, with all its extras."""
    yield from map(Requirement, PROJECT["build-system"]["requires"])
    yield from map(Requirement, PROJECT["project"]["dependencies"])
    for extra in PROJECT["project"]["optional-dependencies"].values():
        yield from map(Requirement, extra)


def pins() -> dict[NormalizedName, list[str]]:
    """The versions of each package, of which one fits a Python and a system."""
    found: dict[NormalizedName, list[str]] = {}
    for name, version in re.findall(r"^(\S+?)==(\S+)", LOCKED, re.MULTILINE):
        found.setdefault(canonicalize_name(name), []).append(version)
    return found


def test_complete() -> None:
    """Each dependency is there, in a version that is asked for; torch alone is installed apart."""
    locked = pins()
    asked: dict[str, Requirement] = {
        canonicalize_name(each.name): each for each in declared() if each.name != "mobilenet"
    }
    assert asked.keys() - locked.keys() == {"torch"}
    wrong = {
        name: versions
        for name, versions in locked.items()
        if name in asked and not all(map(asked[name].specifier.contains, versions))
    }
    assert not wrong


def test_hashes() -> None:
    """No package is without one, and none names where it is downloaded from."""
    lines = [line for line in LOCKED.splitlines() if line and not line.lstrip().startswith("#")]
    assert [line for line in lines if "--hash=sha256:" not in line] == []
    assert "://" not in LOCKED


def test_torch() -> None:
    """The version that is installed apart is the same wherever it is named."""
    (pinned,) = (
        pin
        for pin in PROJECT["tool"]["uv"]["constraint-dependencies"]
        if Requirement(pin).name == "torch"
    )
    files = [ROOT / name for name in ("Makefile", "README.md", "README.ko.md")]
    for file in [*files, *(ROOT / ".github" / "workflows").glob("*.yml")]:
        named = re.findall(r"(?<![\w-])torch==[\d.]*\d", file.read_text(encoding="utf-8"))
        assert set(named) <= {pinned}, file
