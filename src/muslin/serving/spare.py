"""What answers for a run without its ONNX file: one that is made for the server alone, or PyTorch.

Legend: N pictures, C channels, H x W pixels, K classes.
"""

from collections.abc import Callable
from typing import Any

import torch

from muslin.machine.device import computing
from muslin.prediction.classifier import Classifier
from muslin.prediction.views import predict_logits
from muslin.serving.onnx import as_onnx, check_installed, compare
from muslin.serving.session import Images, Probabilities, open_session

__all__ = ["by_pytorch", "exported"]

MOST_COMPARED = 64  # pictures of noise


def by_pytorch(classifier: Classifier) -> Callable[[Images], Probabilities]:
    """Returns what answers by a classifier's own model."""

    @torch.inference_mode()
    def answer(images: Images) -> Probabilities:
        with computing():
            normal = classifier.spec.normalise(torch.from_numpy(images)).contiguous(memory_format=torch.channels_last)
            logits = predict_logits(classifier.model, normal, classifier.views).averaged
            probabilities: Probabilities = classifier.calibration.probabilities(logits).numpy()
        return probabilities

    return answer


def exported(classifier: Classifier) -> Any:
    """Returns a session of a classifier's ONNX form, compared with PyTorch on pictures of noise.

    Raises:
        SettingError: it has no such form, or a library is not installed.
        BundleError: it would answer otherwise than PyTorch.
    """
    check_installed()
    content = as_onnx(classifier, {})
    shape = (MOST_COMPARED, classifier.spec.channels, classifier.spec.height, classifier.spec.width)
    noise = torch.randint(0, 256, shape, dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    with computing():
        compare(classifier, content, noise)
    return open_session(content)
