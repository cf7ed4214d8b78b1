"""Rules that a person wrote, over features that a tape measure finds: knowledge, no training."""

from functools import cache
from pathlib import Path

import numpy as np

from muslin.ladder.features import measure
from muslin.ladder.garments import GARMENTS, grey_pictures
from muslin.ladder.rung import Images, Labels, Rung
from muslin.textbook.rules import KnowledgeBase

__all__ = ["FILE", "Rules", "garment_rules"]

FILE = Path(__file__).parent / "garments.rules"


@cache
def garment_rules() -> KnowledgeBase:
    """Reads the rules about garments."""
    return KnowledgeBase.load(FILE)


class Rules(Rung):
    """A knowledge base over measured features; it explains each answer.

    Raises:
        DataError: by `fit` and `predict`, when the pictures are not Fashion-MNIST's.
    """

    name = "rules"
    summary = "hand-written rules over measured features, which explain themselves"
    cannot = "do without a measuring program: a neuron takes the bare lines of light and dark"
    takes_points = False

    @property
    def parameters(self) -> int:
        """None: nothing is learned."""
        return 0

    def why(self, image: Images) -> str:
        """Tells how the answer for one picture (1, 28, 28) or (28, 28) uint8 came about: rules, facts, measurements."""
        measured = measure(grey_pictures(image.reshape(1, *image.shape[-2:]), self.classes, self.name))
        session = garment_rules().session(f"{name} = {value[0]:.6g}" for name, value in measured.items())
        return str(session.why(f"class = {session.best('class')}"))

    def _fit(self, images: Images, labels: Labels) -> None:  # noqa: ARG002 - the rules are there already
        grey_pictures(images, self.classes, self.name)

    def _predict(self, images: Images) -> Labels:
        measured = measure(grey_pictures(images, self.classes, self.name))
        best = garment_rules().evaluate(measured).best("class")
        return np.asarray((best[:, None] == np.array(GARMENTS)).argmax(axis=1), dtype=np.int64)
