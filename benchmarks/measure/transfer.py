"""Transfer: from a folder of 1,000 photographs to a tested model, as one process with an empty cache.

The pictures are generated: five kinds of pattern in random colours, places and light, with noise, 224 x 224, as JPEGs.

python -m benchmarks.measure.transfer
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from benchmarks.measure.results import save_result
from PIL import Image

COUNT, SIDE = 1000, 224
KINDS = ("discs", "stripes", "squares", "waves", "rays")


def main() -> None:
    """Writes the pictures, trains with the command's own settings, and saves time and accuracy."""
    with tempfile.TemporaryDirectory(prefix="muslin-transfer-") as place:
        root = Path(place)
        write_photographs(root / "photographs")
        command = ["fit", root / "photographs", "--model", "efficientnet_lite0", "--out", root / "run", "--json"]
        start = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "muslin", *command],
            env=os.environ | {"MUSLIN_CACHE": str(root / "cache")},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        wall = time.monotonic() - start
    last = json.loads(done.stdout.splitlines()[-1])
    accuracy = last["test_accuracy"]
    print(f"{wall:.0f} s, test accuracy {accuracy:.1%}")
    save_result("transfer", photographs=COUNT, side=SIDE, wall_seconds=round(wall, 1), test_accuracy=accuracy)


def write_photographs(root: Path) -> None:
    """Writes as many pictures of each kind into a folder of its name."""
    generator = np.random.default_rng(0)
    for kind in KINDS:
        (root / kind).mkdir(parents=True)
        for number in range(COUNT // len(KINDS)):
            picture(kind, generator).save(root / kind / f"{number}.jpg", quality=90)


def picture(kind: str, generator: np.random.Generator) -> Image.Image:
    """Paints one pattern in two colours, lights it from a random side, and adds noise."""
    centre = generator.uniform(0.3, 0.7, 2) * SIDE
    y, x = np.mgrid[:SIDE, :SIDE] - centre[:, None, None]
    angle, period = generator.uniform(0, np.pi), generator.uniform(20, 60)
    along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    height = {
        "discs": np.hypot((x + 500) % period - period / 2, (y + 500) % period - period / 2) - period / 4,
        "stripes": np.sin(2 * np.pi * along / period),
        "squares": np.sin(2 * np.pi * along / period) * np.sin(2 * np.pi * across / period),
        "waves": np.sin(2 * np.pi * (along + 12 * np.sin(2 * np.pi * across / period)) / period),
        "rays": np.sin(np.arctan2(y, x) * round(period / 4)),
    }[kind]
    first, second = generator.uniform(0, 255, (2, 3))
    colours = np.where((height > 0)[..., None], first, second)
    light = 0.75 + 0.5 * (along - along.min()) / np.ptp(along)
    noisy = colours * light[..., None] + generator.normal(0, 12, colours.shape)
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8))


if __name__ == "__main__":
    main()
