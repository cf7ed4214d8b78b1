"""A residual network on PyTorch: Muslin's shortest recipe."""

from muslin.ladder.pytorch import PyTorchRung
from muslin.recipes import RECIPES

__all__ = ["ResNet"]


class ResNet(PyTorchRung):
    """The model and the settings of recipe `espresso`."""

    name = "resnet"
    summary = "residual blocks: recipe espresso"
    cannot = "get better in the time of an espresso: go on with `muslin fit --recipe coffee`"
    takes_points = False
    settings = RECIPES["espresso"].settings
