"""Choose the size that the pictures of a data set are brought to.

Legend: C channels, H x W pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from muslin.errors import DataError, SettingError

__all__ = ["InputSize", "choose_input", "least_scale"]

SMALL = 64  # pixels; what Muslin's own networks are made for
SIDES = (28, 32, 48, 64, 96, 128, 160, 192, 224)  # multiples of what networks halve three or five times
LEAST = 12  # pixels; a network that halves a smaller picture twice sees next to nothing, see docs/decisions/0023
SMALLEST, LARGEST = 8, 512  # pixels a person may ask for
GREY = ("1", "L", "LA", "La")  # Pillow's modes of grey pictures; those of 16 bits begin with I


@dataclass(frozen=True)
class InputSize:
    """What every picture is brought to.

    Attributes:
        channels: C, 1 for grey, 3 for colour.
        height: H in pixels.
        width: W in pixels.
        reason: a sentence that says what was chosen and why.
    """

    channels: int
    height: int
    width: int
    reason: str

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""
        return self.channels, self.height, self.width


def choose_input(
    sizes: Sequence[tuple[int, int]], modes: Sequence[str], *, most: int = SMALL, size: int = 0
) -> InputSize:
    """Returns the input size for pictures of these sizes.

    Small pictures that all have one size keep it, or are enlarged as `least_scale` says. Otherwise the input is square:
    the shortest side of a short list that is no shorter than the pictures' own shorter side in the median, so that most
    lose no detail.

    Args:
        sizes: width and height of each picture in pixels.
        modes: Pillow's mode of each; only if all are grey is the input grey.
        most: the longest side that the model is made for, in pixels.
        size: the side that a person asked for, or 0 to choose.

    Raises:
        DataError: no pictures.
        SettingError: `size` is not 0 or 8 to 512.
    """
    if not sizes:
        raise DataError("no picture of the data set can be read, so there is no size to choose")
    if size and not SMALLEST <= size <= LARGEST:
        raise SettingError(f"size is {size}; give {SMALLEST} to {LARGEST} pixels, or 0 to choose by the pictures")
    grey = all(mode in GREY or mode.startswith("I") for mode in modes)
    channels, colour = (1, "grey, as all pictures are") if grey else (3, "in colour")
    width, height = sizes[0]
    if size:
        height = width = size
        why = "as asked for"
    elif max(width, height) <= min(most, SMALL) and all(one == sizes[0] for one in sizes):
        scale = least_scale(height, width)
        height, width = height * scale, width * scale
        why = "the size that all pictures have" if scale == 1 else f"{scale} times the size that all pictures have"
    else:
        shorter = median(min(one) for one in sizes)
        height = width = next((side for side in SIDES if shorter <= side <= most), _largest(most))
        why = f"by the pictures' shorter side, {shorter:g} pixels in the median"
    return InputSize(channels, height, width, f"input is {width} x {height}, {colour}: {why}")


def least_scale(height: int, width: int) -> int:
    """Returns how many times larger pictures have to be for a network to see anything: 1 from sides of 12 pixels on."""
    return -(-LEAST // min(height, width))


def _largest(most: int) -> int:
    return max((side for side in SIDES if side <= most), default=most)
