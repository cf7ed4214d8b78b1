"""Checkpoints: all that a run needs to go on from a step, in files that are whole, checked, or not used.

A checkpoint is `step-NNNNNNNNN.safetensors`, with tensors and a JSON text of plain values in its header, and beside it
`step-NNNNNNNNN.sha256`, written last: one without the other, or with another digest, does not count.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
from torch import Tensor

from muslin.errors import RunError
from muslin.files import remove_temporaries, write_whole

__all__ = ["AVERAGE", "MODEL", "Checkpoint", "Checkpoints", "decode"]

MODEL, AVERAGE = "model.", "average."  # begin the names of weights, and of their moving averages
FOLDER = "checkpoints"
HEADER_LENGTH = 8  # bytes before safetensors' JSON header


@dataclass(frozen=True)
class Checkpoint:
    """What a run holds at a step.

    Attributes:
        step: number of optimizer steps that were taken.
        tensors: tensors by name, on the CPU.
        values: plain values by name, whatever JSON can hold.
    """

    step: int
    tensors: dict[str, Tensor]
    values: dict[str, Any]


class Checkpoints:
    """The checkpoints of one run; writes in the background, one at a time, so that training hardly waits.

    Args:
        run: the run's folder.
        keep: number of the newest that stay, >= 1.
    """

    def __init__(self, run: Path, keep: int) -> None:
        self.folder, self.keep = run / FOLDER, keep
        self.best: int | None = None
        self.writer = ThreadPoolExecutor(1, "checkpoint")
        self.pending: Future[None] | None = None

    def __enter__(self) -> "Checkpoints":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Waits for the last write; its failure is raised unless another error is on its way."""
        self.writer.shutdown()
        if kind is None:
            self.wait()

    def save(self, checkpoint: Checkpoint, best: int) -> None:
        """Begins to write a checkpoint, and removes those that are neither new enough nor the best one.

        Args:
            checkpoint: what to write; its tensors must not change from now on.
            best: the step of the checkpoint to keep besides.

        Raises:
            RunError: the disk is full or the folder not writable, now or when the one before was written.
        """
        self.wait()
        self.best = best
        self.pending = self.writer.submit(self._write, checkpoint)

    def wait(self) -> None:
        """Waits until the checkpoint on its way is on the disk.

        Raises:
            RunError: it could not be written.
        """
        if self.pending is not None:
            pending, self.pending = self.pending, None
            pending.result()

    def newest(self, warn: Callable[[str], None]) -> bytes | None:
        """Returns the newest checkpoint that is whole; clears away what a crash left half-written.

        Args:
            warn: told of every damaged checkpoint that was passed over.

        Returns:
            The file's content, for `decode`; None if there is no checkpoint.
        """
        if not self.folder.is_dir():
            return None
        remove_temporaries(self.folder)
        for path in sorted(self.folder.glob("step-*.safetensors"), reverse=True):
            if not path.with_suffix(".sha256").exists():
                path.unlink()  # the crash came before it counted
                continue
            try:
                content = read_checked(path)
                decode(content, path)
            except RunError as error:
                warn(f"{error}; the checkpoint before it is used")
                continue
            return content
        return None

    def clear(self) -> None:
        """Removes all but the best one: the run is done."""
        self.wait()
        self._remove(step for step in self._steps() if step != self.best)

    def _write(self, checkpoint: Checkpoint) -> None:
        self.folder.mkdir(exist_ok=True)
        path = file_of(self.folder, checkpoint.step)
        content = encode(checkpoint)
        path.with_suffix(".sha256").unlink(missing_ok=True)  # one of the same step, from before its validation
        write_whole(path, content)
        write_whole(path.with_suffix(".sha256"), f"{hashlib.sha256(content).hexdigest()}  {path.name}\n")
        steps = self._steps()
        kept = {*steps[-self.keep :], self.best}
        self._remove(step for step in steps if step not in kept)

    def _steps(self) -> list[int]:
        return sorted(int(path.stem.removeprefix("step-")) for path in self.folder.glob("step-*.safetensors"))

    def _remove(self, steps: Iterable[int]) -> None:
        for step in steps:
            path = file_of(self.folder, step)
            path.with_suffix(".sha256").unlink(missing_ok=True)  # first: then the other no longer counts
            path.unlink(missing_ok=True)


def file_of(folder: Path, step: int) -> Path:
    """Returns the path of a step's file."""
    return folder / f"step-{step:09}.safetensors"


def read_checkpoint(run: Path, step: int) -> Checkpoint:
    """Returns the checkpoint of one step.

    Raises:
        RunError: it is missing or damaged.
    """
    path = file_of(run / FOLDER, step)
    return decode(read_checked(path), path)


def weights_of(checkpoint: Checkpoint) -> dict[str, Tensor]:
    """Returns the weights to predict with, by their names in the model: the average where there is one."""
    kinds = ({n.removeprefix(k): t for n, t in checkpoint.tensors.items() if n.startswith(k)} for k in (MODEL, AVERAGE))
    weights, averages = kinds
    return weights | averages


def read_checked(path: Path) -> bytes:
    """Returns the content of a checkpoint's file, held against its digest.

    Raises:
        RunError: it cannot be read or was damaged.
    """
    try:
        content = path.read_bytes()
        digest = path.with_suffix(".sha256").read_bytes()[:64]
    except OSError as error:
        raise RunError(f"cannot read {path}: {error.strerror}") from error
    if hashlib.sha256(content).hexdigest().encode() != digest:
        raise RunError(f"{path} is damaged: its SHA-256 is not the one in {path.with_suffix('.sha256').name}")
    return content


def encode(checkpoint: Checkpoint) -> bytes:
    """Returns a checkpoint as the content of a safetensors file."""
    values = json.dumps({"step": checkpoint.step} | checkpoint.values)
    return safetensors.torch.save(checkpoint.tensors, {"values": values})


def decode(content: bytes, source: Path | str = "this") -> Checkpoint:
    """Returns what was encoded.

    Args:
        content: bytes from `encode`.
        source: what to call them in the message.

    Raises:
        RunError: it is no such content.
    """
    try:
        length = int.from_bytes(content[:HEADER_LENGTH], "little")
        header = json.loads(content[HEADER_LENGTH : HEADER_LENGTH + length])
        values = json.loads(header["__metadata__"]["values"])
        return Checkpoint(values.pop("step"), safetensors.torch.load(content), values)
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError, safetensors.SafetensorError) as error:
        raise RunError(f"{source} is no checkpoint of muslin's: {error}") from error
