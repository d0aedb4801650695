"""Which Pythons and PyTorches the package is tested on, and which it says it runs on."""

import tomllib

import yaml
from packaging.requirements import Requirement
from packaging.version import Version

import noxfile
from tests.site.built import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_ci() -> None:
    """CI runs each pair that ``nox`` can."""
    text = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    matrix = yaml.safe_load(text)["jobs"]["package"]["strategy"]["matrix"]
    assert matrix == {"python": noxfile.PYTHONS, "torch": noxfile.TORCHES}


def test_pythons() -> None:
    """Each Python that PyPI shows, and none older."""
    language = "Programming Language :: Python :: "
    shown = [
        name.removeprefix(language) for name in PROJECT["classifiers"] if name.startswith(language)
    ]
    assert shown == noxfile.PYTHONS
    assert PROJECT["requires-python"] == f">={noxfile.PYTHONS[0]}"


def test_torches() -> None:
    """The oldest that can be installed is among them."""
    (torch,) = (
        asked for asked in map(Requirement, PROJECT["dependencies"]) if asked.name == "torch"
    )
    (bound,) = torch.specifier
    assert bound.operator == ">="
    assert min(map(Version, noxfile.TORCHES)) == Version(bound.version)


def test_subjects() -> None:
    """Each test of the package is among those that run, none of the site's."""
    package = {file.stem for file in (ROOT / "mobilenet").glob("*.py")}
    tests = {file.stem.removeprefix("test_") for file in (ROOT / "tests").glob("test_*.py")}
    assert set(noxfile.SUBJECTS) == (package & tests) | {"main"}
