"""A bar that shows how far a training is, in a terminal and in a notebook."""

from __future__ import annotations

import sys
from typing import Any

from mobilenet.optional import needed

__all__ = ["ProgressBar"]

FORMAT = "{desc} {percentage:3.0f}%|{bar:20}| {elapsed}<{remaining}{postfix}"


class ProgressBar:
    """A bar of tqdm's, if somebody can see it; otherwise, as with stderr in a file, nothing.

    A terminal keeps the full bar. A notebook's cell shows it while it runs and keeps
    none of it, so that the same notebook run again gives the same file. ``TQDM_DISABLE=1``
    in the environment turns it off, like any other of tqdm's bars.

    :param total: how many steps there are.
    :param done: how many of them were done before this start.
    :param shown: False for no bar anywhere.
    :raises ImportError: tqdm is not installed, and there is a bar to show.

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
        """Note that one more step of the total is done."""
        if self.bar is not None:
            self.bar.update()

    def say(self, before: str, after: str = "") -> None:
        """Write something beside the bar.

        :param before: what stands before it.
        :param after: what stands after it.
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
    """A notebook's cell as a file that shows the line written last, in place of the others."""

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
