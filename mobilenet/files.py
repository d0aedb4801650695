"""Files that are written completely or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

__all__ = ["written"]


@contextlib.contextmanager
def written(path: str | Path) -> Iterator[Path]:
    """Open a new file that replaces `path` once the code of the `with` has run without error.

    Whatever happens meanwhile, an error, a kill or a power cut, `path` holds either what
    it held before or the complete new content. (After a kill, the folder of the new file
    stays beside it; the folder's name begins with a dot.)

    Args:
        path: The file to create or replace.

    Yields:
        The path to write to, inside of the `with`.

    Raises:
        FileNotFoundError: If the folder of `path` does not exist.
        IsADirectoryError: If `path` is a folder.

    Examples:
        >>> import tempfile
        >>> from pathlib import Path
        >>> from mobilenet.files import written
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "numbers.txt")
        ...     with written(path) as file:
        ...         _ = file.write_text("1, 2, 3")
        ...     path.read_text()
        '1, 2, 3'
    """
    path = Path(path).resolve()
    if not path.parent.is_dir():
        raise FileNotFoundError(f"{path.parent} is not there: make the folder first")
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder, and the name of a file is wanted")
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}-") as folder:
        file = Path(folder) / path.name
        yield file
        _to_disk(file)
        file.replace(path)
    _to_disk(path.parent)


def _to_disk(path: Path) -> None:
    """Make the system write to the disk what it still holds back."""
    if os.name == "nt" and path.is_dir():
        return  # Windows opens no folders
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
