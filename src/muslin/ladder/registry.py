"""The rungs, from the bottom up."""

from collections.abc import Iterable

from muslin.errors import unknown_name
from muslin.ladder.convnet import ConvNet
from muslin.ladder.hinge import Hinge
from muslin.ladder.knn_l1 import KnnL1
from muslin.ladder.knn_l2 import KnnL2
from muslin.ladder.logistic import Logistic
from muslin.ladder.majority import Majority
from muslin.ladder.mcculloch_pitts import McCullochPittsRung
from muslin.ladder.mlp import Mlp
from muslin.ladder.mlp_numpy import MlpNumpy
from muslin.ladder.perceptron import Perceptron
from muslin.ladder.resnet import ResNet
from muslin.ladder.rules import Rules
from muslin.ladder.rung import Rung

__all__ = ["RUNGS", "find_rungs"]

RUNGS: dict[str, type[Rung]] = {
    rung.name: rung
    for rung in (
        Majority, Rules, McCullochPittsRung, Perceptron, KnnL1, KnnL2, Logistic, Hinge, MlpNumpy, Mlp, ConvNet, ResNet,
    )
}  # fmt: skip


def find_rungs(names: Iterable[str]) -> list[type[Rung]]:
    """Looks rungs up; they come in the ladder's order, each once.

    Raises:
        SettingError: there is none of that name; the message suggests one.
    """
    wanted = set(names)
    for name in sorted(wanted - RUNGS.keys()):
        raise unknown_name("rung", name, RUNGS)
    return [rung for name, rung in RUNGS.items() if name in wanted]
