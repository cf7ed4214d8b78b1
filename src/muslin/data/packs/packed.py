"""A pack that was made or found, and how fast."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

__all__ = ["Packed"]


@dataclass(frozen=True)
class Packed:
    """A pack that was made or found.

    Attributes:
        folder: the pack's folder.
        pictures: the number of pictures in it.
        bytes: its size on disk.
        was_made: whether it was made just now, rather than found.
        seconds: the time that took.
        notes: sentences that a person should be told of how it was made.
    """

    folder: Path
    pictures: int
    bytes: int
    was_made: bool
    seconds: float
    notes: tuple[str, ...]

    @property
    def pictures_per_second(self) -> float:
        """The speed at which it was made or found."""
        return self.pictures / self.seconds

    def as_json(self) -> dict[str, Any]:
        """Returns the whole as plain values."""
        return asdict(self) | {"folder": str(self.folder), "pictures_per_second": self.pictures_per_second}
