"""What the rivals' programs share: the clock, the pictures, and the line that each prints.

The clock runs from the start of the process, and stands still while the test set is looked at for the curve alone.
Only NumPy is imported here, so that no program pays for a library that is not its own.
"""

import argparse
import gzip
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import muslin

BEGUN = float(os.environ.get("RIVAL_BEGUN") or time.monotonic())  # the driver's time, so that starting Python counts
DATA = Path(muslin.__file__).parent / "data" / "fashion-mnist"
SEED = 0
TESTED = 10_000
MARGIN = 1.25  # times longer that the test may take than was measured

Array = NDArray[Any]


class Race:
    """One training within a budget: seconds, pictures, test.

    Args:
        about: what the program is, for its `--help`.
        options: more arguments of the command line, with their defaults.
    """

    def __init__(self, about: str, **options: str) -> None:
        parser = argparse.ArgumentParser(description=about.splitlines()[0])
        parser.add_argument("--budget", type=float, required=True, help="seconds in all, from start to last answer")
        parser.add_argument("--curve", action="store_true", help="test along the way too, while the clock stands still")
        parser.add_argument(
            "--bf16", action="store_true", help="compute in bfloat16, where the library has that built in"
        )
        for name, default in options.items():
            parser.add_argument(f"--{name}", default=default)
        self.options = parser.parse_args()
        self.budget: float = self.options.budget
        self.curve: list[tuple[float, float]] = []  # (seconds, test accuracy)
        self.paused = self.reserved = 0.0

    @cached_property
    def train(self) -> tuple[Array, Array]:
        """All 60,000 pictures, (60000, 28, 28) uint8, and their labels."""
        return read("train-images-idx3-ubyte", 16).reshape(-1, 28, 28), read("train-labels-idx1-ubyte", 8)

    @cached_property
    def test_images(self) -> Array:
        """The test pictures, (10000, 28, 28) uint8."""
        return read("t10k-images-idx3-ubyte", 16).reshape(-1, 28, 28)

    @property
    def seconds(self) -> float:
        """The time since the process started."""
        return time.monotonic() - BEGUN - self.paused

    @property
    def left(self) -> float:
        """The seconds until testing must begin; negative when it should have."""
        return self.budget - self.reserved - self.seconds

    def reserve(self, answer: Callable[[int], Any], sample: int = 1000) -> None:
        """Keeps time for the test, by how long it takes to answer so many pictures of the training set."""
        answer(sample)  # the first call allocates and compiles
        begun = time.monotonic()
        answer(sample)
        self.reserved = MARGIN * TESTED / sample * (time.monotonic() - begun)

    @contextmanager
    def off_the_clock(self) -> Iterator[None]:
        """Stops the clock meanwhile."""
        begun = time.monotonic()
        yield
        self.paused += time.monotonic() - begun

    def look(self, answer: Callable[[], Array]) -> None:
        """Adds a point to the curve, if one was asked for. Nothing may be chosen by it."""
        if self.options.curve:
            seconds = self.seconds
            with self.off_the_clock():
                self.curve.append((round(seconds, 2), accuracy(answer())))

    def finish(self, answers: Array, trained: str, *libraries: str) -> None:
        """Stops the clock and prints the outcome.

        Args:
            answers: a class for each test picture.
            trained: how much training fitted in, in words.
            libraries: whose versions matter.
        """
        outcome = {
            "accuracy": accuracy(answers), "seconds": round(self.seconds, 2), "trained": trained, "curve": self.curve,
            "versions": {name: version(name) for name in libraries},
        }  # fmt: skip
        print(json.dumps(outcome))


def accuracy(answers: Array) -> float:
    """Returns the share of right answers to the test pictures."""
    labels = read("t10k-labels-idx1-ubyte", 8)
    assert answers.shape == labels.shape
    return float((answers == labels).mean())


def read(name: str, header: int) -> Array:
    """Reads the bytes of one of the bundled files after its header."""
    with gzip.open(DATA / f"{name}.gz") as file:
        return np.frombuffer(file.read(), np.uint8, offset=header)
