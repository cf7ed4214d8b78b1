"""How sure a classifier may be: the temperature that its logits are divided by, and below what it had better not say.

Legend: N pictures, K classes.
"""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["UNCALIBRATED", "Calibration"]

LEAST = 2.0**-24  # the smallest float16 above 0: a stored probability of 0 is that or less


@dataclass(frozen=True)
class Calibration:
    """What turns a run's logits into probabilities that hold (Guo et al., 2017, 1706.04599).

    Attributes:
        temperature: what logits are divided by, > 0: above 1 where the model was surer than it was right.
        threshold: the least probability, in [0, 1], with which an answer counts as sure.
        pictures: how many validation pictures both were chosen on; 0 where nothing was.

    Raises:
        ValueError: a value is outside its range.
    """

    temperature: float = 1.0
    threshold: float = 0.0
    pictures: int = 0

    def __post_init__(self) -> None:
        if not (0 < self.temperature < float("inf") and 0 <= self.threshold <= 1 and self.pictures >= 0):
            raise ValueError(f"{self}: a temperature above 0 and a threshold in [0, 1] are needed")

    def probabilities(self, logits: "Tensor") -> "Tensor":
        """Returns (N, K) probabilities of (N, K) logits, of the same type."""
        return (logits / self.temperature).softmax(1)

    def applied_to(self, probabilities: "Tensor") -> "Tensor":
        """Returns (N, K) float64 probabilities as calibrated; given those of temperature 1, as a run stores them.

        >>> import torch
        >>> halves = Calibration(temperature=2.0).applied_to(torch.tensor([[0.8, 0.2]]))  # 4 : 1 becomes 2 : 1
        >>> [round(p, 3) for p in halves[0].tolist()]
        [0.667, 0.333]
        """
        return self.probabilities(probabilities.double().clamp(min=LEAST).log())

    def as_json(self) -> dict[str, Any]:
        """Returns the attributes by their names, for `json.dumps`."""
        return asdict(self)


UNCALIBRATED = Calibration()
