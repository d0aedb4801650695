"""What the gate has to say: one thing on a page that is not, or not shown to be, true."""

from __future__ import annotations

from dataclasses import dataclass

UPDATE = "`make update` rewrites it, in both languages."


@dataclass(frozen=True)
class Drift:
    """A message for whoever mends it, and the mend itself where the gate can tell it."""

    message: str
    mend: tuple[int, int, str] | None = None
    """Start and end in the page's text, and what should stand there."""
    line: int | None = None
    """The page's line, where it is not that of the example."""

    def __str__(self) -> str:
        return f"{self.message}\n{UPDATE}" if self.mend else self.message
