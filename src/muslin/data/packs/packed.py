"""A pack that was made or found, and how fast."""

from dataclasses import dataclass
from pathlib import Path

__all__ = ["Packed"]


@dataclass(frozen=True)
class Packed:
    """A pack that was made or found.

    Attributes:
        folder: of the pack.
        pictures: in it.
        bytes: on disk.
        was_made: just now, rather than found.
        seconds: that took.
        notes: what a person should be told of how it was made.
    """

    folder: Path
    pictures: int
    bytes: int
    was_made: bool
    seconds: float
    notes: tuple[str, ...]

    @property
    def pictures_per_second(self) -> float:
        """How fast it was made or found."""
        return self.pictures / self.seconds
