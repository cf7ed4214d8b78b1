"""Pictures known by their content, wherever they lie and whatever they are called.

Legend: N pictures, C channels, H x W pixels.
"""

import hashlib
from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from muslin.data.images import MappedPictures
from muslin.text import plural

__all__ = ["picture_digests", "repeat_notes", "same_picture_notes"]

Bytes = NDArray[np.uint8]

BLOCK = 64 << 20  # bytes of pictures read at a time, so that memory stays flat
LARGE = 16 << 10  # bytes; hashing larger pictures whole would take more than a tenth of the time of decoding them
GOLDEN = 0x9E3779B97F4A7C15  # odd, so that multiplying by it modulo 2 ** 64 loses nothing
FOLD = np.array([pow(GOLDEN, power, 1 << 64) for power in range(16)], np.uint64)
DIGEST = 8  # bytes of each picture's digest: among a million pictures two differ and agree in it by 3 in 10 ** 8


def picture_digests(images: Tensor, file: MappedPictures | None = None) -> Tensor:
    """Returns a digest of each picture's pixels: BLAKE2b (Aumasson et al., 2013), cut to 64 bits.

    Of large pictures a sixteenth is hashed: the sum of their 16 parts, each as words times a factor of its own, which
    no change of a single pixel leaves as it was.

    >>> first, second, third = picture_digests(torch.tensor([[[[0, 1]]], [[[0, 1]]], [[[1, 0]]]], dtype=torch.uint8))
    >>> bool(first == second), bool(first == third)
    (True, False)

    Args:
        images: (N, C, H, W) uint8; digests of pictures of other shapes are not to be compared.
        file: the file that they are a part of when they are streamed; its pages are given back on the way.

    Returns:
        (N,) int64.
    """
    digests = bytearray()
    for block in images.split(max(1, BLOCK // max(1, images.shape[1:].numel()))):
        rows = block.cpu().contiguous().flatten(1).numpy()
        digests += b"".join(_digest(row) for row in rows)
        if file:
            file.give_back()
    return torch.from_numpy(np.frombuffer(bytes(digests), "<i8").astype(np.int64))


def _digest(pixels: Bytes) -> bytes:
    hashed = hashlib.blake2b(digest_size=DIGEST)
    if len(pixels) > LARGE:
        even = len(pixels) - len(pixels) % FOLD.nbytes
        hashed.update((FOLD @ pixels[:even].view("<u8").reshape(len(FOLD), -1)).astype("<u8").data)
        pixels = pixels[even:]
    hashed.update(pixels.data)
    return hashed.digest()


def repeat_notes(parts: Mapping[str, tuple[Tensor, Tensor]]) -> list[str]:
    """Returns a sentence on pictures that are in two classes, and one on those that are in both of two parts.

    Args:
        parts: (N, C, H, W) uint8 pictures and (N,) int64 labels of what is trained on, and of what is tested on.
    """
    digests = {part: picture_digests(images) for part, (images, _) in parts.items()}
    labelled = torch.stack([torch.cat([*digests.values()]), torch.cat([labels for _, labels in parts.values()])], 1)
    in_two = int((labelled.unique(dim=0)[:, 0].unique(return_counts=True)[1] > 1).sum())
    first, second = (each.unique() for each in digests.values())
    return same_picture_notes("picture", in_two, int(torch.isin(first, second).sum()))


def same_picture_notes(what: str, in_two: int, in_both: int) -> list[str]:
    """Returns a sentence on how many pictures are in two classes, and one on how many in train and test, if any are."""
    notes = {
        f"{plural(in_two, what)} in two classes: the same picture cannot be of both": in_two,
        f"{plural(in_both, what)} in train and test: the test is flattered by them": in_both,
    }
    return [note for note, count in notes.items() if count]
