"""The extra ``labs`` declares all that the labs import."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path

from hooks import labs
from packaging.requirements import Requirement


def run(*command: str | Path) -> str:
    """Run a command in a folder with nothing of the project in it, and return its output."""
    done = subprocess.run([*map(str, command)], cwd="/", capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def list_requirements(package: Distribution, extra: str = "") -> Iterator[str]:
    """Yield the names of what a package requires, and of what that requires in turn."""
    for line in package.requires or []:
        requirement = Requirement(line)
        if not requirement.marker or requirement.marker.evaluate({"extra": extra}):
            yield requirement.name
            for each in ("", *requirement.extras):
                yield from list_requirements(distribution(requirement.name), each)


def test_labs(tmp_path: Path) -> None:
    """In a Python that has what is declared, and nothing else, each lab's imports succeed."""
    labs.build_wheel(tmp_path / "dist")
    (wheel,) = (tmp_path / "dist").iterdir()
    run(sys.executable, "-m", "venv", "--without-pip", tmp_path)
    python = tmp_path / "bin" / "python"
    (folder,) = tmp_path.glob("lib/python*/site-packages")
    (package,) = distributions(path=[str(wheel)])
    # What is declared is linked: that spares another download of torch.
    for name in set(list_requirements(package, "labs")):
        declared = distribution(name)
        for top in {file.parts[0] for file in declared.files or []} - {"..", "__pycache__"}:
            if not (folder / top).exists():
                (folder / top).symlink_to(str(declared.locate_file(top)))
    offline = ["--no-index", "--quiet", "--disable-pip-version-check"]
    requirement = f"mobilenet[labs] @ {wheel.as_uri()}"
    run(sys.executable, "-m", "pip", "--python", python, "install", *offline, requirement)
    imports = [
        ast.unparse(statement)
        for lab in sorted(labs.LABS.glob("*.py"))
        for cell in labs.read_cells(lab)
        if cell.kind == "code"
        for statement in ast.parse(cell.source).body
        if isinstance(statement, ast.Import | ast.ImportFrom)
    ]
    assert "from mobilenet import cost" in imports
    assert str(folder) in run(python, "-c", "\n".join([*imports, "print(cost.__file__)"]))
