"""Runs a lab once for both languages, and keeps what its cells put out.

What is kept goes under a digest of all that a run depends on. The text cells are not
among it, nor is what makes pages of it: an edit of these runs nothing.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import sys
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from filelock import FileLock
from nbformat import NotebookNode, from_dict

from hooks.notebooks.source import LabError, notebook

ROOT = Path(__file__).parents[3]
KEPT = ROOT / ".cache" / "labs"
#: How many results of a lab are kept: those of the branches that one switches between.
RESULTS = 3
#: A cell that takes longer, in seconds, hangs.
TIMEOUT = 600

PLOTS = ROOT / "docs" / "labs" / "matplotlibrc"

log = logging.getLogger("mkdocs.labs")


def executed(path: Path, root: Path = ROOT, kept: Path = KEPT) -> NotebookNode:
    """The notebook of a lab with its outputs: kept ones, or else those of a run.

    :param root: the project, whose package the lab imports.
    :param kept: where outputs are kept.
    :raises LabError: a cell does not run, or warns.
    """
    lab = notebook(path)
    code = [cell for cell in lab.cells if cell.cell_type == "code"]
    folder = kept / path.stem
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{_digest(code, root)}.json"
    # Builds at the same time, as tests make them, wait for the one that runs the lab.
    with FileLock(folder / "lock"):
        outputs = _read(file)
        if outputs is None:
            log.info("Running the lab %s", path.stem)
            outputs = _run(path, lab, root)
            _write(file, outputs)
            for old in sorted(folder.glob("*.json"), key=_age)[RESULTS:]:
                old.unlink()
    for count, (cell, its) in enumerate(zip(code, outputs, strict=True), 1):
        cell.execution_count = count
        cell.outputs = [from_dict(output) for output in its]
    return lab


def _digest(code: list[NotebookNode], root: Path) -> str:
    """Of the code, and of whatever else its outputs depend on."""
    parts = [sys.version.encode(), version("torch").encode()]
    parts += [cell.source.encode() for cell in code]
    package = sorted(file for file in (root / "mobilenet").rglob("*") if file.suffix != ".pyc")
    for file in (*package, root / "constraints.txt", Path(__file__), PLOTS):
        if file.is_file():
            parts += [file.name.encode(), file.read_bytes()]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()[:16]


def _read(file: Path) -> list[list[dict[str, Any]]] | None:
    """What is kept there; None where nothing is, or something damaged."""
    try:
        seal, content = file.read_bytes().split(b"\n", 1)
    except (FileNotFoundError, ValueError):
        return None
    if seal != hashlib.sha256(content).hexdigest().encode():
        return None
    file.touch()  # among the newest again
    outputs: list[list[dict[str, Any]]] = json.loads(content)
    return outputs


def _write(file: Path, outputs: list[list[dict[str, Any]]]) -> None:
    content = json.dumps(outputs, ensure_ascii=False).encode()
    new = file.with_suffix(".new")
    new.write_bytes(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
    new.replace(file)


def _age(file: Path) -> float:
    return -file.stat().st_mtime


def _run(path: Path, lab: NotebookNode, root: Path) -> list[list[dict[str, Any]]]:
    """The outputs of each code cell, in a kernel of its own."""
    from nbclient import NotebookClient  # not needed where nothing is to be run
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    outputs: list[list[dict[str, Any]]] = []
    with TemporaryDirectory() as folder:
        client = NotebookClient(
            lab, km=_kernel(root, folder), timeout=TIMEOUT, coalesce_streams=True
        )
        client.owns_km = True  # and so stops it
        with client.setup_kernel(cwd=folder):
            for index, cell in enumerate(lab.cells):
                if cell.cell_type != "code":
                    continue
                try:
                    client.execute_cell(cell, index)
                except CellExecutionError:
                    raise _failed(path, index, cell, root) from None
                except CellTimeoutError:
                    message = f"Cell {index + 1} does not end: {TIMEOUT} seconds have passed."
                    raise LabError(path, cell.metadata["line"], message) from None
                except DeadKernelError:
                    message = f"Cell {index + 1} kills the Python that runs it."
                    raise LabError(path, cell.metadata["line"], message) from None
                for output in cell.outputs:
                    if output.get("name") == "stderr":
                        raise _warned(path, index, cell, output.text)
                outputs.append(cell.outputs)
    return outputs


def _failed(path: Path, index: int, cell: NotebookNode, root: Path) -> LabError:
    """The error of a cell: where it is, and what it says."""
    error = cell.outputs[-1]
    trace = _plain("\n".join(error.traceback))
    inside = re.search(r"^\s*Cell In\[\d+\], line (\d+)", trace, re.MULTILINE)
    offset = int(inside[1]) - 1 if inside else 0
    code = cell.source.split("\n")[offset].strip()
    said = re.sub(r" \(\d+\.py, line \d+\)$", "", _plain(error.evalue))
    message = f"Cell {index + 1} does not run.\n    {code}\n{error.ename}: {said}"
    deeper = re.findall(rf"File {re.escape(str(root))}/(mobilenet/\S+?:\d+)", trace)
    if deeper:
        message += f"\n(raised in {deeper[-1]})"
    return LabError(path, cell.metadata["line"] + offset, message)


def _warned(path: Path, index: int, cell: NotebookNode, text: str) -> LabError:
    """What a cell writes beside its output, where it is not to be read on a page."""
    inside = re.search(r"\S*ipykernel_\d+/\d+\.py:(\d+): ", text)
    offset = int(inside[1]) - 1 if inside else 0
    said = _plain(text.replace(inside[0], "") if inside else text).strip()
    message = f"Cell {index + 1} writes to stderr, which no page shows:\n{said}"
    return LabError(path, cell.metadata["line"] + offset, message)


def _plain(text: str) -> str:
    """Without the codes that color it in a terminal."""
    return re.sub(r"\x1b\[[\d;]*m", "", text)


def _kernel(root: Path, folder: str) -> Any:
    """This Python, whatever kernels the machine has, and the same settings on all of them."""
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager

    spec = KernelSpec(
        argv=[
            sys.executable,
            "-m",
            "ipykernel_launcher",
            "-f",
            "{connection_file}",
            # What libraries write past Python, of the machine and not of the lab.
            "--IPKernelApp.capture_fd_output=False",
            "--HistoryManager.enabled=False",
            "--InlineBackend.figure_formats=svg",
            "--InlineBackend.figure_formats=retina",
        ],
        display_name="Python 3",
        language="python",
        env={
            "PYTHONPATH": str(root),
            "PYTHONHASHSEED": "0",
            "OMP_NUM_THREADS": "2",
            "OMP_WAIT_POLICY": "PASSIVE",  # a thread that waits leaves the core to others
            "LC_ALL": "C.UTF-8",
            "IPYTHONDIR": f"{folder}/.ipython",
            "MPLBACKEND": "module://matplotlib_inline.backend_inline",
            "MATPLOTLIBRC": str(PLOTS),
            "SOURCE_DATE_EPOCH": "0",  # no date in an SVG
            # A bar that is at its end says nothing: whoever runs the lab sees it move.
            "TQDM_DISABLE": "1",
        },
    )

    class ThisPython(KernelSpecManager):
        def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
            return spec

    return AsyncKernelManager(
        kernel_spec_manager=ThisPython(),
        connection_file=f"{folder}/kernel.json",
        transport="ipc",
    )
