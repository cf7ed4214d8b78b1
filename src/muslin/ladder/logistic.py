"""Softmax regression."""

from muslin.ladder.linear import Linear
from muslin.ladder.rows import Rows
from muslin.ladder.rung import Labels
from muslin.textbook.losses import cross_entropy_with_logits_gradient

__all__ = ["Logistic"]


class Logistic(Linear):
    """A linear classifier under cross-entropy: its scores become probabilities (Cox, 1958; Bridle, 1990)."""

    name = "logistic"
    summary = "softmax regression: one template a class, by gradient descent on cross-entropy"
    cannot = "be content: it goes on pushing pictures that are right already"
    lr = 0.005

    def _loss_gradient(self, scores: Rows, labels: Labels) -> Rows:
        return cross_entropy_with_logits_gradient(scores, labels)
