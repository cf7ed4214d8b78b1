"""How a source would be read: splits, classes, input size.

Legend: N pictures, C channels, H x W pixels, K classes.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from muslin.data.images import Splits

__all__ = ["Outline"]


@dataclass(frozen=True)
class Outline:
    """What a source holds, as training sees it.

    Attributes:
        name: the data's name in reports.
        classes: the K class names.
        shape: (C, H, W) of every picture as the model gets it.
        counts: each split's pictures by class, K numbers; damaged ones count where no pack was made yet.
        pack: the folder of the pack that the pictures are in already; None where there is none.
        notes: sentences that a person should be told of how it is read.
    """

    name: str
    classes: tuple[str, ...]
    shape: tuple[int, int, int]
    counts: dict[str, tuple[int, ...]]
    pack: Path | None
    notes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Returns the whole as plain values, the counts by class name."""
        counts = {split: dict(zip(self.classes, numbers, strict=True)) for split, numbers in self.counts.items()}
        return asdict(self) | {"counts": counts, "pack": self.pack and str(self.pack)}


def outline_of(splits: Splits) -> Outline:
    """Returns the outline of splits that were loaded."""
    spec = splits.spec
    labels = {"train": splits.train.labels, "validation": splits.validation.labels, "test": splits.test.labels}
    how = f"input is {spec.width} x {spec.height}, {'grey' if spec.channels == 1 else 'in colour'}"
    shape = spec.channels, spec.height, spec.width
    counts = count_classes(labels, len(spec.classes))
    return Outline(splits.name, spec.classes, shape, counts, None, (how, *splits.notes))


def count_classes(labels: Mapping[str, Tensor], classes: int) -> dict[str, tuple[int, ...]]:
    """Returns how often each of K classes occurs in each split's (N,) int64 labels."""
    return {split: tuple(numbers.bincount(minlength=classes).tolist()) for split, numbers in labels.items()}
