"""Find a model by its name, or in a person's own file."""

import importlib.util
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

from muslin.data.spec import DataSpec
from muslin.errors import MuslinError, SettingError, unknown_name
from muslin.models.convnet import convnet
from muslin.models.efficientnet_lite import efficientnet_lite0
from muslin.models.linear import linear
from muslin.models.mlp import mlp
from muslin.models.resnet import resnet18, resnet20, resnet34, resnet_narrow, resnet_slim, resnet_wide

__all__ = ["MODELS", "Factory", "build", "load_factory"]

Factory = Callable[[DataSpec], nn.Module]

MODELS: dict[str, Factory] = {
    factory.__name__: factory
    for factory in (
        linear,
        mlp,
        convnet,
        resnet_slim,
        resnet_narrow,
        resnet_wide,
        resnet20,
        resnet18,
        resnet34,
        efficientnet_lite0,
    )
}


def build(name: str, spec: DataSpec) -> nn.Module:
    """Builds a model and checks its contract on two blank pictures.

    Args:
        name: a key of `MODELS`, or `file.py:factory` with a function `(spec: DataSpec) -> nn.Module` of one's own.
        spec: the data's description.

    Raises:
        SettingError: no such model or file, or what it builds does not give (B, K) logits.
    """
    own = ":" in name
    if not own and name not in MODELS:
        raise unknown_name("model", name, [*MODELS, "file.py:factory"])
    factory = load_factory(name) if own else MODELS[name]
    try:
        model = factory(spec)
        check_contract(name, model, spec)
    except MuslinError:
        raise
    except Exception as error:
        if not own:
            raise
        raise SettingError(f"model {name} failed with {type(error).__name__}: {error}; mend the file") from error
    return model


def load_factory(name: str) -> Factory:
    """Loads `file.py:factory`; this runs the file, so name only files that you trust.

    Raises:
        SettingError: the file or the function in it is missing, or the file fails.
    """
    file, _, function = name.rpartition(":")
    path = Path(file)
    if not path.is_file() or path.suffix != ".py":
        raise SettingError(f"model {name!r}: there is no Python file {file!r}; write it as path/to/file.py:factory")
    module_spec = importlib.util.spec_from_file_location(path.stem, path)
    if module_spec is None or module_spec.loader is None:
        raise SettingError(f"model {name!r}: {file!r} cannot be imported")
    module = importlib.util.module_from_spec(module_spec)
    try:
        module_spec.loader.exec_module(module)
    except Exception as error:  # a person's own file can fail in any way
        raise SettingError(f"model {name!r}: {file} fails with {type(error).__name__}: {error}") from error
    factory = getattr(module, function, None)
    if not callable(factory):
        names = [n for n, value in vars(module).items() if callable(value) and not n.startswith("_")]
        raise unknown_name(f"function in {file}", function, names)
    return factory  # type: ignore[no-any-return]


def check_contract(name: str, model: object, spec: DataSpec) -> None:
    """Raises SettingError unless the model turns (B, C, H, W) pictures into (B, K) logits."""
    if not isinstance(model, nn.Module):
        raise SettingError(f"model {name} gave {type(model).__name__}; a torch.nn.Module is needed")
    was_training = model.training
    model.eval()
    with torch.no_grad():
        logits = model(torch.zeros(2, spec.channels, spec.height, spec.width))
    model.train(was_training)
    expected = (2, len(spec.classes))
    if tuple(logits.shape) != expected:
        raise SettingError(f"model {name} gave logits {tuple(logits.shape)} for two pictures; {expected} is needed")
