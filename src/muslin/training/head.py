"""Transfer: a linear head on the features of a network that others trained.

Logistic regression on fixed features is the strong and quick way to use few pictures (Kornblith, Shlens and Le, "Do
Better ImageNet Models Transfer Better?", 2019, 1805.08974).
Legend: N pictures, B pictures of a batch, C channels, H x W pixels, D features, K classes.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from muslin.data.images import ImageData
from muslin.errors import RunError, TrainingError
from muslin.files import write_whole
from muslin.machine.device import Machine
from muslin.models.backbone import as_backbone, head_prefix
from muslin.models.efficientnet_lite import fold_norms
from muslin.prediction.scoring import batch_that_fits
from muslin.prediction.views import MIRRORED

__all__ = ["cached_features", "extract_features", "features_key", "fit_head"]

DECAYS = (3.0, 1.0, 0.3, 0.1, 0.03, 0.01, 1e-3, 1e-4)  # from strong to weak: each fit starts at the one before
ITERATIONS = 300  # of L-BFGS at most, for each decay
CONVERGED = 1e-5  # largest component of the gradient; ten times less moved the validation loss in its fifth digit
CONSTANT = 1e-6  # share of its mean by which a feature must vary, else it is constant but for rounding
HASHED = 256  # pictures hashed at a time, so that memory stays flat


@dataclass(frozen=True)
class HeadResult:
    """A fitted head: logits are `features @ weight.T + bias`.

    Attributes:
        weight: (K, D) float32.
        bias: (K,) float32.
        decay: the L2 strength that was chosen.
        validation_loss: the mean cross-entropy in nats, weighted by class if the fit was.
        validation_accuracy: the share of pictures classified rightly, in [0, 1].
    """

    weight: Tensor
    bias: Tensor
    decay: float
    validation_loss: float
    validation_accuracy: float


@torch.no_grad()
def extract_features(
    model: nn.Module,
    data: ImageData,
    machine: Machine,
    batch: int = 64,
    views: int = 1,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Tensor:
    """Computes what a model's head sees of every picture.

    Args:
        model: a `Backbone` on the machine's device; it is left as it is.
        data: anywhere; taken to the device a batch at a time.
        machine: how to compute.
        batch: pictures at a time, at the most: fewer of those that take much memory.
        views: as for `predict_logits`; with mirror images among them, the features of each picture and its mirror image
            are averaged, which for a linear head is to average the logits.
        progress: a function that is told the number of pictures done and of all pictures, after each batch.

    Returns:
        (N, D) float32 on the CPU, in the data's order.

    Raises:
        SettingError: the model is no `Backbone`.
    """
    folded = fold_norms(model)
    features = as_backbone(folded, "a new head").features
    blocks: list[Tensor] = []
    first = data.spec.normalise(data.images[:1].to(machine.device))
    for pixels in data.images.split(min(batch, batch_that_fits(folded, first, machine.room))):
        images = data.spec.normalise(pixels.to(machine.device)).contiguous(memory_format=torch.channels_last)
        with machine.autocast():
            block = features(images).float()  # (B, D)
            if views in MIRRORED:
                block = (block + features(images.flip(-1)).float()) / 2
        blocks.append(block.cpu())
        progress(sum(map(len, blocks)), len(data))
    return torch.cat(blocks)


def fit_head(
    features: Tensor,
    labels: Tensor,
    classes: int,
    *,
    validation: tuple[Tensor, Tensor],
    decays: tuple[float, ...] = DECAYS,
    class_weights: Tensor | None = None,
) -> HeadResult:
    """Fits multinomial logistic regression, with the L2 strength that gives the least validation loss.

    It minimises the mean cross-entropy + decay / 2 times the squared weights on standardised features, by L-BFGS in
    float64 until it has converged; the same input gives the same head. The standardisation is then folded into weight
    and bias.

    Args:
        features: the training pictures' features, (N, D) float.
        labels: (N,) int64 in 0 .. K-1.
        classes: K.
        validation: features and labels of other pictures.
        decays: the strengths to try, each > 0, from the strongest on; two in a row that are worse end the search.
        class_weights: (K,) float, how much a picture of each class counts, in training and in validation.

    Raises:
        TrainingError: the features have NaN or infinite values.
    """
    if not (features.isfinite().all() and validation[0].isfinite().all()):
        raise TrainingError("the features have NaN or infinite values; use precision=fp32, and check the weights")
    mean, std = features.double().mean(0), features.double().std(0, correction=0)  # (D,)
    std = torch.where(std > CONSTANT * mean.abs(), std, 1.0)
    inputs, held_out = ((x.double() - mean) / std for x in (features, validation[0]))
    weighting = None if class_weights is None else class_weights.double()
    weight = torch.zeros(classes, inputs.shape[1], dtype=torch.float64)
    bias = torch.zeros(classes, dtype=torch.float64)
    tried: list[HeadResult] = []
    for decay in sorted(decays, reverse=True):
        minimise(inputs, labels, weight, bias, decay, weighting)
        logits = held_out @ weight.T + bias
        loss = F.cross_entropy(logits, validation[1], weighting).item()
        accuracy = (logits.argmax(1) == validation[1]).double().mean().item()
        unscaled = weight / std
        tried.append(HeadResult(unscaled.float(), (bias - unscaled @ mean).float(), decay, loss, accuracy))
        last = [result.validation_loss for result in tried[-3:]]
        if len(last) == 3 and last[0] < last[1] < last[2]:
            break
    return min(tried, key=lambda result: result.validation_loss)


def minimise(
    inputs: Tensor, labels: Tensor, weight: Tensor, bias: Tensor, decay: float, class_weights: Tensor | None
) -> None:
    """Moves weight (K, D) and bias (K,) in place to the least regularised cross-entropy; the bias is not decayed."""
    parameters = [weight.requires_grad_(), bias.requires_grad_()]
    optimizer = torch.optim.LBFGS(
        parameters, max_iter=ITERATIONS, tolerance_grad=CONVERGED, tolerance_change=1e-12, line_search_fn="strong_wolfe"
    )

    def loss() -> Tensor:
        optimizer.zero_grad()
        value = F.cross_entropy(inputs @ weight.T + bias, labels, class_weights) + decay / 2 * weight.square().sum()
        value.backward()
        return value

    optimizer.step(loss)
    for parameter in parameters:
        parameter.requires_grad_(False)  # noqa: FBT003


def features_key(model: nn.Module, data: ImageData, views: int, machine: Machine) -> str:
    """Names features by all that they follow from: pictures, weights but the head's, views, device and precision.

    Returns:
        A SHA-256 in hexadecimal.
    """
    precision = "bf16" if machine.bf16 else "fp32"
    said = (type(model).__name__, tuple(data.images.shape), data.spec.mean, data.spec.std, views, machine.device.type)
    digest, prefix = sha256(repr((*said, precision)).encode()), head_prefix(model)
    for name, tensor in sorted(model.state_dict().items()):
        if not name.startswith(prefix):
            digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
            digest.update(tensor.cpu().contiguous().numpy().tobytes())
    for pixels in data.images.split(HASHED):
        digest.update(pixels.cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def cached_features(folder: Path, key: str, compute: Callable[[], Tensor]) -> Tensor:
    """Reads features from a file, or computes them and writes it; a damaged file counts as none.

    Args:
        folder: the files' folder; made if it is not there.
        key: what `features_key` returned.
        compute: a function that returns the (N, D) float32 features on the CPU.

    Raises:
        RunError: the folder is not writable or the disk is full.
    """
    path = folder / f"features-{key}.npy"
    digest_path = path.with_suffix(".sha256")
    content = whole_content(path, digest_path)
    if content is not None:
        return torch.from_numpy(np.load(io.BytesIO(content), allow_pickle=False))
    features = compute()
    buffer = io.BytesIO()
    np.save(buffer, features.numpy(), allow_pickle=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(f"cannot make {folder}: {error.strerror}; choose another folder") from error
    write_whole(path, buffer.getvalue())
    write_whole(digest_path, sha256(buffer.getvalue()).hexdigest())
    return features


def whole_content(path: Path, digest_path: Path) -> bytes | None:
    """Reads a file; None if it is missing or its SHA-256 is not the one noted."""
    try:
        content, noted = path.read_bytes(), digest_path.read_bytes()
    except OSError:
        return None
    return content if sha256(content).hexdigest().encode() == noted else None
