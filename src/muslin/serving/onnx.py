"""A run's classifier as one ONNX file, written only if it answers every test picture as PyTorch does.

Legend: N pictures, C channels, H x W pixels, K classes.
"""

import importlib
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from muslin.data.reading import Reading
from muslin.errors import BundleError, SettingError
from muslin.evaluation.unseen import choose_scored
from muslin.files import renew_sums, write_whole
from muslin.machine.device import computing
from muslin.prediction.classifier import Classifier, load
from muslin.prediction.description import describe
from muslin.prediction.views import predict_logits, traceable_logits
from muslin.run.folder import find_run, read_config
from muslin.serving.metadata import FILE, metadata_of
from muslin.serving.session import onnx_runtime
from muslin.text import printable
from muslin.version import __version__

__all__ = ["Exported", "export_run"]

BATCHES = (1, 2, 3, 7, 64)
CLOSE = 1e-5  # in a probability
OPSET = 18


@dataclass(frozen=True)
class Exported:
    """What was written.

    Attributes:
        path: the file.
        pictures: how many test pictures it was compared on.
        difference: the largest between two probabilities of one picture and class, the file's and PyTorch's.
        metadata: what the file says of itself, by name.
    """

    path: Path
    pictures: int
    difference: float
    metadata: dict[str, str]


class Answering(nn.Module):
    """A classifier with all that stands around its model: (N, C, H, W) uint8 to (N, K) float32 probabilities."""

    def __init__(self, classifier: Classifier) -> None:
        super().__init__()
        self.model, self.views = classifier.model, classifier.views
        self.spec, self.calibration = classifier.spec, classifier.calibration
        self.eval()

    def forward(self, images: Tensor) -> Tensor:
        logits = traceable_logits(self.model, self.spec.normalise(images), self.views)
        return self.calibration.probabilities(logits)


def export_run(run: str | Path, out: Path | None = None, factory: str | None = None, *, reading: Reading) -> Exported:
    """Writes a run's classifier as ONNX, with its normalisation, views and temperature inside.

    Args:
        run: a run's folder, its name under `runs/`, or `latest`.
        out: the file, whose name ends in `.onnx`; by default `model.onnx` in the run's folder.
        factory: `file.py:factory`, for a run with a model of one's own.
        reading: how picture files are read.

    Raises:
        SettingError: the libraries are not installed, the name does not end in `.onnx`, or the model has no ONNX form.
        BundleError: the file would answer otherwise than PyTorch; nothing is written.
        MuslinError: the run or its data cannot be read, or the file cannot be written.
    """
    check_installed()
    folder = find_run(run)
    path = folder / FILE if out is None else out
    if path.suffix != ".onnx":
        raise SettingError(f"--out {printable(path)}: the name of an ONNX file ends in .onnx")
    classifier = load(folder, factory)
    images = scored_pictures(folder, classifier, reading)
    metadata = described(folder)
    content = as_onnx(classifier, metadata)
    with computing():
        difference = compare(classifier, content, images)
    write_whole(path, content)
    if out is None:
        renew_sums(folder, {FILE})
    return Exported(path, len(images), difference, metadata)


def check_installed() -> None:
    """Raises SettingError unless all that is needed can be imported."""
    try:
        for name in ("onnx", "onnxscript"):
            importlib.import_module(name)
        onnx_runtime()
    except ImportError as error:
        raise SettingError(
            f"muslin export needs a library that cannot be imported ({error}); install it: pip install 'muslin[onnx]'"
        ) from error


def scored_pictures(folder: Path, classifier: Classifier, reading: Reading) -> Tensor:
    """Returns the (N, C, H, W) uint8 test pictures of the data that a run was made for."""
    spec, own = classifier.spec, read_config(folder)["data"]["source"]
    shape = (spec.channels, spec.height, spec.width)
    scored = choose_scored(own, folder, shape, reading, is_own=True, everything=False)
    return scored.sample.images[scored.rows]


def described(folder: Path) -> dict[str, str]:
    """Returns what the ONNX file of a run says of itself, each by its name."""
    return metadata_of(describe(folder)) | {"muslin": __version__, "torch": torch.__version__}


def as_onnx(classifier: Classifier, metadata: dict[str, str]) -> bytes:
    """Returns an ONNX file's content: `images` (N, C, H, W) uint8 to `probabilities` (N, K) float32, for any N.

    Raises:
        SettingError: the model does what ONNX, or PyTorch's way there, cannot express.
    """
    import onnx
    from onnxscript.optimizer import remove_unused_nodes

    spec = classifier.spec
    two = torch.zeros(2, spec.channels, spec.height, spec.width, dtype=torch.uint8)  # a batch of 1 would stay 1
    try:
        with quiet():
            program = torch.onnx.export(
                Answering(classifier), (two,), dynamo=True, external_data=False, verbose=False, opset_version=OPSET,
                input_names=["images"], output_names=["probabilities"],
                dynamic_shapes=({0: torch.export.Dim("N")},),
            )  # fmt: skip
    except Exception as error:  # a model of a person's own can fail here in any way
        cause = error.__cause__ or error
        reason = next(iter(str(cause).strip().splitlines()), type(cause).__name__)
        raise SettingError(
            f"the model cannot be written as ONNX: {reason}; nothing was written: use plain PyTorch operations that do "
            "not depend on the pictures' values"
        ) from error
    assert program is not None
    remove_unused_nodes(program.model)  # the exporter leaves constants, of which every runtime warns
    proto = program.model_proto
    onnx.helper.set_model_props(proto, metadata)
    onnx.checker.check_model(proto)
    return bytes(proto.SerializeToString())


@contextmanager
def quiet() -> Iterator[None]:
    """Keeps what PyTorch's exporter notes of its own libraries from the terminal."""
    log = logging.getLogger("torch.onnx")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.setLevel(level)


def compare(classifier: Classifier, content: bytes, images: Tensor) -> float:
    """Returns the largest difference between an ONNX file's probabilities and PyTorch's.

    Args:
        classifier: what the file was made of.
        content: the file's.
        images: (N, C, H, W) uint8, N >= 1: all are compared, and batches of several sizes.

    Raises:
        BundleError: it is above 1e-5, or an answer is another.
    """
    session, count, largest_batch = open_session(content), len(images), max(BATCHES)
    sizes = [[place % count for place in range(size)] for size in BATCHES]
    whole = [list(range(start, min(start + largest_batch, count))) for start in range(0, count, largest_batch)]
    return max(compare_batch(classifier, session, images, rows) for rows in [*sizes, *whole])


@torch.no_grad()
def compare_batch(classifier: Classifier, session: Any, images: Tensor, rows: list[int]) -> float:
    """Returns the largest difference in one batch; raises BundleError as `compare` does."""
    batch = images[rows]
    normal = classifier.spec.normalise(batch).contiguous(memory_format=torch.channels_last)
    logits = predict_logits(classifier.model, normal, classifier.views).averaged
    expected = classifier.calibration.probabilities(logits)  # (N, K)
    found = torch.from_numpy(session.run(None, {"images": batch.numpy()})[0])
    if found.shape != expected.shape:
        raise BundleError(
            f"of {len(rows)} pictures the ONNX file gives {tuple(found.shape)} probabilities, and PyTorch "
            f"{tuple(expected.shape)}; nothing was written"
        )
    apart = (found - expected).abs().amax(1)  # (N,)
    differs = ~(apart <= CLOSE) | (found.argmax(1) != expected.argmax(1))  # nan differs too
    if differs.any():
        worst = int(torch.where(differs, apart.nan_to_num(2), -1).argmax())
        said, should = (
            f"{printable(classifier.classes[int(row.argmax())])} {float(row.max()):.6f}"
            for row in (found[worst], expected[worst])
        )
        raise BundleError(
            f"test picture {rows[worst]}, in a batch of {len(rows)}: the ONNX file says {said}, PyTorch {should}; "
            f"they may differ by {CLOSE:g} at the most, so nothing was written"
        )
    return float(apart.max())


def open_session(content: bytes) -> Any:
    """Returns ONNX Runtime's session for a file's content, on the processor."""
    onnxruntime = onnx_runtime()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = torch.get_num_threads()
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
