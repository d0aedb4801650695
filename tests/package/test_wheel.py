"""The package as somebody gets it who has neither a clone nor the site."""

import ast
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path

import pytest
from hooks import labs
from packaging.requirements import Requirement

from mobilenet import __version__
from tests.site.built import ROOT


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    labs.build_wheel(folder)
    (file,) = folder.iterdir()
    return file


@pytest.fixture(scope="module")
def python(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a fresh environment with nothing but the wheel, and torch and its like from here."""
    folder = tmp_path_factory.mktemp("fresh")
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    python = folder / "bin" / "python"
    own = Path(run(python, "-c", "import site; print(*site.getsitepackages())").strip())
    # As a plain folder: what is installed here as editable is not found through it.
    (own / "here.pth").write_text(sysconfig.get_path("purelib"))
    offline = ["--no-deps", "--no-index", "--quiet", "--disable-pip-version-check"]
    run(sys.executable, "-m", "pip", "--python", python, "install", *offline, built)
    return python


def run(*command: str | Path) -> str:
    """What a command prints, from a folder with nothing of the project in it."""
    done = subprocess.run(list(map(str, command)), cwd="/", capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_files(built: Path) -> None:
    """All of mobilenet/ and what says whose it is; nothing of the site and of the tests."""
    names = set(zipfile.ZipFile(built).namelist())
    package = {
        file.relative_to(ROOT).as_posix()
        for file in (ROOT / "mobilenet").rglob("*")
        if file.is_file() and file.suffix != ".pyc"
    }
    about = f"mobilenet-{__version__}.dist-info"
    assert {"mobilenet/py.typed", "mobilenet/imagenet_classes.txt"} < package
    assert names - package == {
        f"{about}/METADATA",
        f"{about}/WHEEL",
        f"{about}/RECORD",
        f"{about}/licenses/LICENSE",
    }
    assert package <= names


def test_source(tmp_path: Path) -> None:
    """The source distribution has what the wheel is built from, and no page, test or cache."""
    from hatchling.builders.sdist import SdistBuilder

    (archive,) = SdistBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    run(sys.executable, "-m", "tarfile", "-e", archive, tmp_path)
    source = tmp_path / f"mobilenet-{__version__}"
    assert {file.name for file in source.iterdir() if file.name != ".gitignore"} == {
        "CHANGELOG.md",
        "LICENSE",
        "PKG-INFO",
        "README.md",
        "mobilenet",
        "pyproject.toml",
    }
    assert not [*source.rglob("*.pyc")]


def test_command_line(python: Path) -> None:
    """It is the wheel's, of the one version that mobilenet/__init__.py says."""
    assert "fresh" in run(python, "-c", "import mobilenet; print(mobilenet.__file__)")
    assert __version__ in run(python, "-m", "mobilenet", "--version")
    version = "from importlib.metadata import version; print(version('mobilenet'))"
    assert run(python, "-c", version).strip() == __version__
    # VER1's 3,143,080 parameters, as the post's summary has them.
    assert "3,143,080" in run(python, "-m", "mobilenet", "cost", "ver1")


def test_types(python: Path, tmp_path: Path) -> None:
    """A type checker knows what the functions of the package take and give."""
    code = tmp_path / "code.py"
    code.write_text(
        "from mobilenet.cost import conv2d\n"
        "reveal_type(conv2d(3, 3, 3, output_size=3).parameters)\n"
    )
    # Reading torch's types takes half a minute, and says nothing of ours.
    config = tmp_path / "mypy.ini"
    config.write_text("[mypy]\n[mypy-torch.*]\nfollow_imports = skip\n")
    options = ["--config-file", config, "--cache-dir", tmp_path / "cache"]
    checker = [sys.executable, "-m", "mypy", "--python-executable", python]
    revealed = run(*map(str, [*checker, *options, code]))
    assert 'Revealed type is "int"' in revealed


def test_labs(built: Path, tmp_path: Path) -> None:
    """With its extra ``labs``, the package declares all that the labs import."""
    run(sys.executable, "-m", "venv", "--without-pip", tmp_path)
    python = tmp_path / "bin" / "python"
    (folder,) = tmp_path.glob("lib/python*/site-packages")
    (package,) = distributions(path=[str(built)])
    # What is declared, and nothing else, is linked: that spares another download of torch.
    for name in set(requirements(package, "labs")):
        found = distribution(name)
        for top in {file.parts[0] for file in found.files or []} - {"..", "__pycache__"}:
            if not (folder / top).exists():
                (folder / top).symlink_to(str(found.locate_file(top)))
    offline = ["--no-index", "--quiet", "--disable-pip-version-check"]
    wheel = f"mobilenet[labs] @ {built.as_uri()}"
    run(sys.executable, "-m", "pip", "--python", python, "install", *offline, wheel)
    imports = [
        ast.unparse(statement)
        for lab in sorted(labs.LABS.glob("*.py"))
        for cell in labs.cells(lab)
        if cell.kind == "code"
        for statement in ast.parse(cell.source).body
        if isinstance(statement, ast.Import | ast.ImportFrom)
    ]
    assert "from mobilenet import cost" in imports
    assert str(folder) in run(python, "-c", "\n".join([*imports, "print(cost.__file__)"]))


def requirements(package: Distribution, extra: str = "") -> Iterator[str]:
    """Yield the names of what a package requires, and of what that requires in turn."""
    for line in package.requires or []:
        requirement = Requirement(line)
        if not requirement.marker or requirement.marker.evaluate({"extra": extra}):
            yield requirement.name
            for each in ("", *requirement.extras):
                yield from requirements(distribution(requirement.name), each)
