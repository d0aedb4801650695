"""The Pythons and PyTorches that the package is tested on are those it says it runs on."""

import tomllib

import yaml
from packaging.requirements import Requirement
from packaging.version import Version

import noxfile
from tests.project import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_ci_runs_each_pair_of_nox() -> None:
    """CI has the same Pythons and PyTorches as noxfile.py."""
    text = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    matrix = yaml.safe_load(text)["jobs"]["package"]["strategy"]["matrix"]
    assert matrix == {"python": noxfile.PYTHONS, "torch": noxfile.TORCHES}


def test_pythons() -> None:
    """Each Python that PyPI shows is tested, and the oldest is the oldest that can install it."""
    language = "Programming Language :: Python :: "
    shown = [each.removeprefix(language) for each in PROJECT["classifiers"] if language in each]
    assert shown == noxfile.PYTHONS
    assert PROJECT["requires-python"] == f">={noxfile.PYTHONS[0]}"


def test_oldest_torch() -> None:
    """The oldest PyTorch that can be installed is tested."""
    (torch,) = (each for each in map(Requirement, PROJECT["dependencies"]) if each.name == "torch")
    oldest = Version(str(torch.specifier).removeprefix(">="))
    assert oldest == min(map(Version, noxfile.TORCHES))
