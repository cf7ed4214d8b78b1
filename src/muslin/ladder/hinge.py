"""Multi-class support vectors."""

from muslin.ladder.linear import Linear
from muslin.ladder.rows import Rows
from muslin.ladder.rung import Labels
from muslin.textbook.losses import hinge_loss_gradient

__all__ = ["Hinge"]


class Hinge(Linear):
    """A linear classifier under the multi-class hinge loss: right by a margin is enough (Weston and Watkins, 1999)."""

    name = "hinge"
    summary = "one template a class, by gradient descent on the multi-class hinge loss"
    cannot = "combine: one template a class has no parts"
    lr = 0.0005

    def _loss_gradient(self, scores: Rows, labels: Labels) -> Rows:
        return hinge_loss_gradient(scores, labels)
