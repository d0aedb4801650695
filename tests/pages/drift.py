"""What the gate has to say: one thing on a page that is not, or not shown to be, true."""

from __future__ import annotations

from dataclasses import dataclass

UPDATE = "`make update` rewrites it, in both languages."


@dataclass(frozen=True)
class Drift:
    """A message for whoever mends it, and the mend itself where the gate can tell it."""

    message: str
    line: int | None = None
    """The page's line; left out where it is that of the example."""
    mend: tuple[int, int, str] | None = None
    """Start and end in the page's text, and what should stand there."""

    def __str__(self) -> str:
        return f"{self.message}\n{UPDATE}" if self.mend else self.message
