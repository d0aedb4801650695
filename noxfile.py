"""The package on every Python and PyTorch that it supports, each pair in an environment of its own.

The pages are not tested here: their outputs are those of one PyTorch.
"""

from __future__ import annotations

import nox

PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
TORCHES = ["2.13.0", "2.15.0"]  # the oldest and the newest

nox.options.default_venv_backend = "venv"
nox.options.error_on_missing_interpreters = False


@nox.session(python=PYTHONS)
@nox.parametrize("torch", TORCHES, ids=TORCHES)
def package(session: nox.Session, torch: str) -> None:
    """Run the tests and the docstrings of the package."""
    # What `make lock` holds back is not what an installation does: uv would read it as both.
    session.env["UV_NO_CONFIG"] = "1"
    session.install("--require-hashes", "--no-deps", "--requirement", "constraints.txt")
    session.install("--no-build-isolation", "--editable", ".", f"torch=={torch}")
    arguments = ["tests/package", "mobilenet", *session.posargs]
    session.run("python", "-m", "pytest", *arguments, env={"OMP_NUM_THREADS": "1"})
