"""LitServe, as its documentation has it for pictures in base64, with batches: the same run's model and views.

python -m benchmarks.rivals.litserve_server RUN PORT
"""

import base64
import sys

import litserve
import torch
from benchmarks.rivals.plain_server import answer, decoded

from muslin.prediction.classifier import load

BATCH, WAIT = 64, 0.002  # pictures, and seconds that the first of them waits for others


class Api(litserve.LitAPI):
    """Answers {"picture": base64}."""

    def setup(self, _device: str) -> None:
        """Loads the model."""
        self.classifier = load(sys.argv[1])

    def decode_request(self, request) -> torch.Tensor:
        """Returns the picture, (1, C, H, W) uint8."""
        return decoded(base64.b64decode(request["picture"]), self.classifier)

    def batch(self, inputs: list[torch.Tensor]) -> torch.Tensor:
        """Puts pictures together."""
        return torch.cat(inputs)

    def predict(self, x: torch.Tensor) -> torch.Tensor:
        """Returns their probabilities."""
        return answer(self.classifier, x)

    def unbatch(self, output: torch.Tensor) -> list[torch.Tensor]:
        """Takes them apart."""
        return list(output)

    def encode_response(self, output: torch.Tensor) -> dict[str, float]:
        """Returns what is sent."""
        return dict(zip(self.classifier.classes, output.tolist(), strict=True))


if __name__ == "__main__":
    server = litserve.LitServer(Api(max_batch_size=BATCH, batch_timeout=WAIT), accelerator="cpu")
    server.run(host="127.0.0.1", port=int(sys.argv[2]), generate_client_file=False, log_level="warning")
