"""All that a model may know of the data; loads no torch before pictures are normalised.

Legend: B pictures, C channels, H x W pixels, K classes.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from muslin.errors import DataError, SettingError

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["DataSpec"]


@dataclass(frozen=True)
class DataSpec:
    """All that a model learns of the data.

    Attributes:
        channels: C, 1 for grey, 3 for colour.
        height: H in pixels.
        width: W in pixels.
        classes: the K class names, in the order of the labels.
        mean: C means of the training pictures' pixels, in [0, 1].
        std: C standard deviations of the training pictures' pixels, in (0, 1].
        levels: the values of more than 8 bits that became 0 and 255; None where no training picture had so many.
    """

    channels: int
    height: int
    width: int
    classes: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    levels: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        for name in ("channels", "height", "width"):
            if getattr(self, name) < 1:
                raise SettingError(f"{name} is {getattr(self, name)}; a picture needs at least 1")
        if len(self.classes) < 2:
            raise DataError(f"{len(self.classes)} class in the data ({', '.join(self.classes)}); a classifier needs 2")
        if len(self.mean) != self.channels or len(self.std) != self.channels:
            raise SettingError(
                f"mean {self.mean} and std {self.std} need one number for each of {self.channels} channels"
            )

    def normalise(self, images: "Tensor") -> "Tensor":
        """Brings pictures to mean 0 and standard deviation 1 by the training set's own statistics.

        Args:
            images: (..., C, H, W) uint8.

        Returns:
            (..., C, H, W) float32 on the same device.
        """
        import torch

        mean = 255 * torch.tensor(self.mean, device=images.device).view(-1, 1, 1)  # (C, 1, 1)
        std = 255 * torch.tensor(self.std, device=images.device).view(-1, 1, 1)
        return (images.float() - mean) / std
