"""A bar that shows how far a training run is, in a terminal and in a notebook."""

from __future__ import annotations

import sys
from typing import Any

from mobilenet.optional import needed

__all__ = ["ProgressBar"]

FORMAT = "{desc} {percentage:3.0f}%|{bar:20}| {elapsed}<{remaining}{postfix}"


class ProgressBar:
    """A bar of tqdm's, or nothing where nobody would see it, as with stderr in a file.

    In a terminal the bar stays when it is full. In a notebook it disappears, so that running
    the same notebook again gives the same file. `TQDM_DISABLE=1` in the environment turns it
    off, like any other bar of tqdm's.

    Args:
        total: The number of steps.
        done: The number of steps that were done before this start.
        shown: False for no bar anywhere.

    Raises:
        ImportError: If there is a bar to show, and tqdm is not installed.

    Examples:
        >>> from mobilenet.progress import ProgressBar
        >>> with ProgressBar(total=2) as bar:  # in this example, nobody sees stderr
        ...     bar.say("halfway")
        ...     bar.step()
    """

    def __init__(self, total: int, done: int = 0, *, shown: bool = True) -> None:
        settings: dict[str, Any] = {"total": total, "initial": done, "bar_format": FORMAT}
        self.bar: Any = None
        if shown and _in_notebook():
            self.bar = needed("tqdm").tqdm(file=_Cell(), ncols=80, leave=False, **settings)
        elif shown and sys.stderr.isatty():
            self.bar = needed("tqdm").tqdm(dynamic_ncols=True, **settings)

    def step(self) -> None:
        """Count one more step as done."""
        if self.bar is not None:
            self.bar.update()

    def say(self, before: str, after: str = "") -> None:
        """Write something beside the bar.

        Args:
            before: The text before the bar.
            after: The text after the bar.
        """
        if self.bar is not None:
            self.bar.set_description_str(before, refresh=False)
            self.bar.set_postfix_str(after)

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.close()


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    return hasattr(ipython and ipython.get_ipython(), "kernel")


class _Cell:
    """A notebook's cell as a file that shows only the line written last."""

    encoding = "utf-8"  # tqdm asks what a bar can be drawn with

    def __init__(self) -> None:
        self.handle: Any = None

    def write(self, text: str) -> None:
        shown = {"text/plain": text.strip()}
        if self.handle:
            self.handle.update(shown, raw=True)
        else:
            self.handle = needed("IPython.display").display(shown, raw=True, display_id=True)

    def flush(self) -> None:
        pass
