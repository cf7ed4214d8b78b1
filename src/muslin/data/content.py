"""Pictures known by their content, wherever they lie and whatever they are called.

Legend: N pictures, C channels, H x W pixels.
"""

import hashlib

import numpy as np
import torch
from torch import Tensor

from muslin.data.images import MappedPictures

__all__ = ["picture_digests"]

BLOCK = 4096  # pictures read at a time, so that memory stays flat
DIGEST = 8  # bytes of each picture's digest: among a million pictures two differ and agree in it by 3 in 10 ** 8


def picture_digests(images: Tensor, file: MappedPictures | None = None) -> Tensor:
    """Returns a digest of each picture's pixels: BLAKE2b (Aumasson et al., 2013), cut to 64 bits.

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
    for block in images.split(BLOCK):
        rows = block.cpu().contiguous().numpy().reshape(len(block), -1)
        digests += b"".join(hashlib.blake2b(row.data, digest_size=DIGEST).digest() for row in rows)
        if file:
            file.give_back()
    return torch.from_numpy(np.frombuffer(bytes(digests), "<i8").astype(np.int64))
