"""TensorBoard: event files in the run's own folder.

To look: `tensorboard --logdir runs`. TensorFlow is not needed.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from muslin.loggers.logger import Logger, Value

__all__ = ["TensorBoard"]

FOLDER = "tensorboard"


class TensorBoard(Logger):
    """Writes to `tensorboard/` in the run's folder; a resumed run adds a file there."""

    name = "tensorboard"

    def __init__(self) -> None:
        super().__init__()
        from torch.utils.tensorboard import SummaryWriter

        self.make_writer: Any = SummaryWriter

    def begin(self, folder: Path, settings: Mapping[str, Value]) -> int:
        """Opens the writer; a new log begins with the hyper-parameters."""
        from torch.utils.tensorboard.summary import hparams

        path = folder / FOLDER
        last_step = find_last_step(path) if path.is_dir() else 0
        self.writer = self.make_writer(str(path))
        if not last_step:
            experiment, start, _ = hparams(dict(settings), {"validation_accuracy": 0, "test_accuracy": 0})
            for summary in (experiment, start):
                self.writer.file_writer.add_summary(summary)
            self.writer.flush()
        return last_step

    def add(self, values: Mapping[str, float], step: int) -> None:
        """Logs each number as a scalar."""
        for name, value in values.items():
            self.writer.add_scalar(name, value, step)
        self.writer.flush()

    def add_picture(self, name: str, path: Path) -> None:
        """Logs a PNG as an image."""
        with Image.open(path) as picture:
            pixels = np.asarray(picture.convert("RGB"))  # (H, W, 3)
        self.writer.add_image(name, pixels, self.last_step, dataformats="HWC")

    def close(self, ended: str) -> None:  # noqa: ARG002 - an event file has no place for it
        """Closes the file."""
        self.writer.close()


def find_last_step(folder: Path) -> int:
    """Reads the last step of the logged epochs, 0 for none; a torn end, as a crash can leave it, is passed over."""
    from tensorboard.backend.event_processing.event_accumulator import (  # type: ignore[import-not-found, import-untyped, unused-ignore]
        EventAccumulator,
    )

    events = EventAccumulator(str(folder), size_guidance={"scalars": 0}).Reload()
    if "validation_loss" not in events.Tags()["scalars"]:
        return 0
    return max(int(event.step) for event in events.Scalars("validation_loss"))
