"""Installing the project downloads what constraints.txt names, held to the hashes there."""

import importlib.metadata
import re
import tomllib

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from tests.project import ROOT

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKED = (ROOT / "constraints.txt").read_text(encoding="utf-8").replace("\\\n", " ")


def find_pins() -> dict[NormalizedName, list[str]]:
    """Return the versions of each package; a Python and a system take one of them."""
    pins: dict[NormalizedName, list[str]] = {}
    for name, version in re.findall(r"^(\S+?)==(\S+)", LOCKED, re.MULTILINE):
        pins.setdefault(canonicalize_name(name), []).append(version)
    return pins


def test_each_dependency_is_pinned() -> None:
    """Each dependency has versions that are asked for, and torch alone is installed apart."""
    project, pins = PYPROJECT["project"], find_pins()
    declared = [*PYPROJECT["build-system"]["requires"], *project["dependencies"]]
    declared += [each for extra in project["optional-dependencies"].values() for each in extra]
    for each in map(Requirement, declared):
        if each.name not in ("mobilenet", "torch"):
            assert all(map(each.specifier.contains, pins[canonicalize_name(each.name)])), each
    assert "torch" not in pins


def test_each_package_has_hashes() -> None:
    """No package is without a hash, and none names where it is downloaded from."""
    lines = [line for line in LOCKED.splitlines() if line and not line.lstrip().startswith("#")]
    assert [line for line in lines if "--hash=sha256:" not in line] == []
    assert "://" not in LOCKED


def test_torch_is_pinned_once() -> None:
    """The version of torch that the pages are true for stands in one file."""
    (pin,) = re.findall(r"^torch==[\d.]+$", (ROOT / "torch.txt").read_text("utf-8"), re.MULTILINE)
    files = [ROOT / name for name in ("Makefile", "README.md", "README.ko.md", "pyproject.toml")]
    for file in [*files, *(ROOT / ".github" / "workflows").glob("*.yml")]:
        assert not re.search(r"(?<![\w-])torch==\d", file.read_text(encoding="utf-8")), file
    assert Requirement(pin).specifier.contains(importlib.metadata.version("torch"))
