"""The model that a job trains: new, pretrained, or with the weights of a run."""

from pathlib import Path

import torch
from torch import nn

from muslin.config import FitSettings
from muslin.data.spec import DataSpec
from muslin.errors import SettingError
from muslin.machine.device import Machine
from muslin.models import build
from muslin.models.pretrained import PRETRAINED_WEIGHTS, load_pretrained
from muslin.run.saved_model import read_weights

__all__ = ["prepare_model"]

HEAD_TENSORS = 2  # weight and bias of the last layer, which depend on the classes


def prepare_model(spec: DataSpec, settings: FitSettings, machine: Machine) -> nn.Module:
    """Builds the model under the seed, on the device, in the layout that is fast there.

    Raises:
        SettingError: no such model, or it has nothing to learn.
    """
    torch.manual_seed(settings.seed)
    model = build(settings.model, spec)
    if not any(p.requires_grad for p in model.parameters()):
        raise SettingError(f"model {settings.model} has no parameters to learn; choose another")
    if settings.init:
        start_from(model, Path(settings.init))
    elif settings.model in PRETRAINED_WEIGHTS:
        load_pretrained(settings.model, model)
    return model.to(machine.device, memory_format=machine.memory_format)  # type: ignore[call-overload, no-any-return]


def start_from(model: nn.Module, run: Path) -> None:
    """Copies the weights of a run that fit a model's by name and shape: all but the head where the classes differ.

    Raises:
        SettingError: the run's model is another one.
    """
    weights = read_weights(run)
    own = model.state_dict()
    fitting = {name: t for name, t in weights.items() if name in own and own[name].shape == t.shape}
    left = [name for name in own if name not in fitting]
    if len(left) > HEAD_TENSORS:
        raise SettingError(
            f"init is {run}, whose model is another one: {len(left)} of {len(own)} tensors do not fit, such as "
            f"{left[0]}; name the run's model with --model"
        )
    model.load_state_dict(fitting, strict=False)
