"""The package as somebody gets it who has neither a clone nor the site."""

import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

from mobilenet import __version__
from tests.project import ROOT


def run(*command: object) -> str:
    """Run a command in a folder with nothing of the project in it, and return its output."""
    done = subprocess.run([*map(str, command)], cwd="/", capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = str(tmp_path_factory.mktemp("dist"))
    (file,) = WheelBuilder(str(ROOT)).build(directory=folder, versions=["standard"])
    return Path(file)


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an environment with nothing but the wheel, and with torch and its like from here."""
    folder = tmp_path_factory.mktemp("fresh")
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    python = folder / "bin" / "python"
    own = Path(run(python, "-c", "import site; print(*site.getsitepackages())").strip())
    # As a plain folder: what is installed here as editable is not found through it.
    (own / "here.pth").write_text(sysconfig.get_path("purelib"))
    # With uv, as nox may have made an environment without pip.
    options = ["--offline", "--no-deps", "--no-cache", "--python", python]
    run(sys.executable, "-m", "uv", "pip", "install", *options, wheel)
    return python


def test_files_of_the_wheel(wheel: Path) -> None:
    """The wheel has all of mobilenet/ and its license, and nothing of the site and the tests."""
    files = {path for path in (ROOT / "mobilenet").rglob("*") if path.suffix != ".pyc"}
    package = {path.relative_to(ROOT).as_posix() for path in files if path.is_file()}
    assert {"mobilenet/py.typed", "mobilenet/imagenet_classes.txt"} < package
    about = f"mobilenet-{__version__}.dist-info"
    more = {f"{about}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "licenses/LICENSE")}
    assert package | more == set(zipfile.ZipFile(wheel).namelist())


def test_files_of_the_source_distribution(tmp_path: Path) -> None:
    """It has what the wheel is built from, and no page, test or cache."""
    (archive,) = SdistBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    run(sys.executable, "-m", "tarfile", "-e", archive, tmp_path)
    source = tmp_path / f"mobilenet-{__version__}"
    names = {file.name for file in source.iterdir()} - {".gitignore"}
    expected = ["CHANGELOG.md", "LICENSE", "PKG-INFO", "README.md", "mobilenet", "pyproject.toml"]
    assert names == set(expected)
    assert not list(source.rglob("*.pyc"))


def test_command_line(python: Path) -> None:
    """The command line is the wheel's, of the one version that mobilenet/__init__.py says."""
    assert "fresh" in run(python, "-c", "import mobilenet; print(mobilenet.__file__)")
    assert __version__ in run(python, "-m", "mobilenet", "--version")
    version = "from importlib.metadata import version; print(version('mobilenet'))"
    assert run(python, "-c", version).strip() == __version__
    # VER1's 3,143,080 parameters, as the post's summary has them.
    assert "3,143,080" in run(python, "-m", "mobilenet", "cost", "ver1")


def test_types(python: Path, tmp_path: Path) -> None:
    """A type checker knows what the functions of the package take and give."""
    code, config = tmp_path / "code.py", tmp_path / "mypy.ini"
    code.write_text("from mobilenet.cost import conv2d\nreveal_type(conv2d(3, 3, 3, 3).parameters)")
    # Reading torch's types takes half a minute, and says nothing of the package's.
    config.write_text("[mypy]\n[mypy-torch.*]\nfollow_imports = skip\n")
    checker = [sys.executable, "-m", "mypy", "--python-executable", python]
    options = ["--config-file", config, "--cache-dir", tmp_path / "cache"]
    assert 'Revealed type is "int"' in run(*checker, *options, code)
