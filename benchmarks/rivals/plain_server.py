"""A plain endpoint: FastAPI and PyTorch, as tutorials have it, answering by the same run's model and views.

python -m benchmarks.rivals.plain_server RUN PORT
"""

import io
import sys

import numpy as np
import torch
import uvicorn
from fastapi import FastAPI, Request
from PIL import Image

from muslin.prediction.classifier import Classifier, load
from muslin.prediction.views import predict_logits

__all__ = ["answer", "decoded"]


def decoded(content: bytes, classifier: Classifier) -> torch.Tensor:
    """Returns a picture file's pixels as the model takes them, (1, C, H, W) uint8."""
    spec = classifier.spec
    image = Image.open(io.BytesIO(content)).convert("L" if spec.channels == 1 else "RGB")
    pixels = torch.from_numpy(np.array(image.resize((spec.width, spec.height))))
    return pixels[None, None] if spec.channels == 1 else pixels.permute(2, 0, 1)[None]


@torch.inference_mode()
def answer(classifier: Classifier, images: torch.Tensor) -> torch.Tensor:
    """Returns (N, K) probabilities of (N, C, H, W) uint8 pictures."""
    logits = predict_logits(classifier.model, classifier.spec.normalise(images), classifier.views).averaged
    return classifier.calibration.probabilities(logits)


def main() -> None:
    """Serves."""
    classifier, app = load(sys.argv[1]), FastAPI()

    @app.post("/predict")
    async def predict(request: Request) -> dict[str, float]:
        (row,) = answer(classifier, decoded(await request.body(), classifier))
        return dict(zip(classifier.classes, row.tolist(), strict=True))

    uvicorn.run(app, port=int(sys.argv[2]), log_level="warning")


if __name__ == "__main__":
    main()
