"""Packages that only some functions need: imported when they are used, with a clear error."""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["needed"]


def needed(module: str, package: str | None = None) -> Any:
    """Import a module of a package that may not be installed.

    Args:
        module: The module's name, as `import` takes it.
        package: The name that pip installs it by, if that is not the module's name.

    Returns:
        The module.

    Raises:
        ImportError: If it is not installed; the message says how to install it.

    Examples:
        >>> from mobilenet.optional import needed
        >>> needed("nowhere")
        Traceback (most recent call last):
            ...
        ImportError: nowhere is needed for this: pip install nowhere
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        name = package or module
        raise ImportError(f"{name} is needed for this: pip install {name}") from error
