"""The bottom of the ladder: always the commonest class."""

import numpy as np

from muslin.ladder.rung import Images, Labels, Rung

__all__ = ["Majority"]


class Majority(Rung):
    """Answers the class that is commonest in training; what every classifier must beat."""

    name = "majority"
    summary = "always says the commonest class"
    cannot = "look at the picture"

    @property
    def parameters(self) -> int:
        """The one label."""
        return 1

    def _fit(self, images: Images, labels: Labels) -> None:  # noqa: ARG002 - it does not look at the pictures
        self.answer = np.bincount(labels).argmax()

    def _predict(self, images: Images) -> Labels:
        return np.full(len(images), self.answer, dtype=np.int64)
