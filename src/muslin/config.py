"""Every setting of a training run, with its unit and its check."""

import math
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, TypedDict, get_args

from muslin.errors import SettingError, unknown_name

__all__ = ["SIDE", "UNMIRRORED", "UNSHIFTED", "VIEWS", "Augmentation", "Border", "Changes", "Device", "FitSettings"]

Flip = Literal["none", "random", "alternate", "auto"]
Border = Literal["black", "edge"]
OptimizerName = Literal["sgd", "adamw", "muon"]
ScheduleName = Literal["constant", "linear", "cosine"]
Device = Literal["auto", "cpu", "cuda", "mps"]
Precision = Literal["auto", "bf16", "fp32"]
Balance = Literal["none", "weights", "sample"]
OnBad = Literal["stop", "skip"]

VIEWS = {
    1: "each picture once",
    2: "each with its mirror image",
    5: "unsure ones also shifted by a pixel",
    10: "each with its mirror image, unsure ones also shifted by a pixel",
}  # that the test can take of pictures, by how many at the most
SIDE = 28  # pixels: the shorter side of the pictures for which shifts and squares are told, Fashion-MNIST's
UNMIRRORED = {1: 1, 2: 1, 5: 5, 10: 5}  # the same views without mirror images
UNSHIFTED = {1: 1, 2: 2, 5: 1, 10: 2}  # and without shifts


@dataclass(frozen=True)
class Augmentation:
    """How training pictures change from epoch to epoch.

    Attributes:
        flip: how pictures are mirrored left to right: `none`, `random` (a coin for each picture and epoch), `alternate`
            (each picture mirrored every other epoch), or `auto`: before training it is measured whether mirrored
            pictures are of their classes still, and this becomes `alternate` or `none`.
        shift: the most pixels that a picture is moved each way, >= 0.
        border: what comes in from outside when a picture is moved: `black`, or `edge`, its outermost pixels again.
        erase: the side in pixels of a square that is blanked, 0 for none.
        erase_share: the share of the pictures that get the square, in [0, 1].
    """

    flip: Flip = "alternate"
    shift: int = 1
    border: Border = "black"
    erase: int = 0
    erase_share: float = 0.5

    def __post_init__(self) -> None:
        check_types(self)
        check_choice("flip", self.flip, get_args(Flip))
        check_choice("border", self.border, get_args(Border))
        check_range("shift", self.shift, 0)
        check_range("erase", self.erase, 0)
        check_range("erase_share", self.erase_share, 0, 1)


@dataclass(frozen=True)
class FitSettings:
    """What training does; a recipe is a named, measured one of these.

    Attributes:
        model: a model's name, or `file.py:factory`.
        epochs: passes over the training set, >= 1.
        batch_size: pictures a step, >= 1.
        optimizer: `sgd` (Nesterov), `adamw` or `muon` (for the filters, with `sgd` for the rest).
        lr: highest learning rate, > 0; for `muon`, that of the parameters it leaves to `sgd`.
        muon_lr: highest learning rate of the filters under `muon`, > 0.
        norm_lr: highest learning rate of norms' scales and shifts under `muon`, > 0; other optimizers give them `lr`.
        momentum: the optimizer's momentum, in [0, 1).
        weight_decay: how strongly weights are pulled to 0, >= 0; never norms and biases. Coupled for `sgd`, decoupled
            for `adamw`.
        schedule: how the learning rate falls after the warm-up: `constant`, `linear` or `cosine`.
        warmup: share of the run over which the learning rate rises, in [0, 1).
        label_smoothing: the share of each label that is spread over all classes, in [0, 1).
        average: decay of the weights' moving average per step, in [0, 1); 0 for none.
        tta: views of a picture whose logits are averaged in the test: 1, 2 (with its mirror image), 10 (where these two
            leave the model unsure, also both shifted by a pixel each way) or 5 (the same without mirror images).
        validation: pictures held out of the training set, >= 1, never more than a tenth of it.
        patience: epochs without a better validation loss after which training stops; 0 never stops early.
        time_budget: seconds from start to tested run, 0 for none; replaces `epochs`.
        augmentation: how training pictures change.
        skip_easy: share of the training pictures that every epoch but the first leaves out, in [0, 1): those whose loss
            was lowest when they were last seen.
        balance: what to do about classes of different size: `none`, `weights` (each class counts the same in the loss),
            or `sample` (each class is shown as often).
        size: side in pixels that picture files are brought to; 0 chooses by the pictures.
        on_bad: what to do about a damaged picture file: `stop`, or `skip` it, up to 1 % of them.
        init: a run whose weights to start from, in place of random ones; empty for none.
        unfreeze: whether to train a pretrained model's own weights too, after its last layer.
        checkpoint_every: seconds between two checkpoints, > 0; there is one after every epoch besides.
        keep: how many of the newest checkpoints stay, >= 1; the one with the lowest validation loss stays too.
        precision: the numbers to compute with: `auto` measures whether bf16 is faster here, else `bf16` or `fp32`.
        device: where to compute: `auto` takes CUDA, then MPS, then the CPU.
        seed: what fixes all that is random, any int >= 0.
    """

    model: str = "resnet_narrow"
    epochs: int = 20
    batch_size: int = 500
    optimizer: OptimizerName = "muon"
    lr: float = 0.1
    muon_lr: float = 0.05
    norm_lr: float = 0.1
    momentum: float = 0.9
    weight_decay: float = 5e-4
    schedule: ScheduleName = "linear"
    warmup: float = 0.2
    label_smoothing: float = 0.1
    average: float = 0.0
    tta: int = 10
    validation: int = 2000
    patience: int = 0
    time_budget: float = 0.0
    augmentation: Augmentation = field(default_factory=Augmentation)
    skip_easy: float = 0.0
    balance: Balance = "none"
    size: int = 0
    on_bad: OnBad = "stop"
    init: str = ""
    unfreeze: bool = False
    checkpoint_every: float = 60.0
    keep: int = 2
    precision: Precision = "auto"
    device: Device = "auto"
    seed: int = 0

    def __post_init__(self) -> None:
        check_types(self)
        for name, choices in (
            ("optimizer", OptimizerName), ("schedule", ScheduleName), ("precision", Precision), ("device", Device),
            ("balance", Balance), ("on_bad", OnBad),
        ):  # fmt: skip
            check_choice(name, getattr(self, name), get_args(choices))
        for name in ("epochs", "batch_size", "validation", "keep"):
            check_range(name, getattr(self, name), 1)
        for name in ("patience", "time_budget", "weight_decay", "size", "seed"):
            check_range(name, getattr(self, name), 0)
        for name in ("lr", "muon_lr", "norm_lr", "checkpoint_every"):
            check_range(name, getattr(self, name), 0, exclude_low=True)
        for name in ("momentum", "warmup", "label_smoothing", "average", "skip_easy"):
            check_range(name, getattr(self, name), 0, 1, exclude_high=True)
        if self.tta not in VIEWS:
            raise SettingError(
                f"tta is {self.tta}; it must be 1 (the picture), 2 (with its mirror image), 10 (also shifted) or 5 "
                "(shifted alone)"
            )

    @classmethod
    def restored(cls, values: dict[str, Any]) -> "FitSettings":
        """Returns what `dataclasses.asdict` took apart; what older runs did not have yet takes its default.

        Raises:
            SettingError: a name is unknown or a value is out of its range.
        """
        values = dict(values)
        values.setdefault("norm_lr", values.get("lr", cls.lr))  # norms had the others' rate once
        try:
            return cls(**values | {"augmentation": Augmentation(**values.get("augmentation", {}))})
        except TypeError as error:
            raise SettingError(f"settings of another version of muslin: {error}") from error

    def changed(self, **changes: Any) -> "FitSettings":
        """Returns a copy with some settings changed; those of `Augmentation` go by their own names.

        Text, as typed on a command line, is turned into each setting's type.

        Raises:
            SettingError: a name is unknown (the message suggests one) or a value is out of its range.
        """
        own, deeper = ({f.name: f.type for f in fields(cls)} for cls in (FitSettings, Augmentation))
        del own["augmentation"]
        mine: dict[str, Any] = {}
        augmentation: dict[str, Any] = {}
        for name, value in changes.items():
            if name not in own | deeper:
                raise unknown_name("setting", name, own | deeper)
            target, kind = (mine, own[name]) if name in own else (augmentation, deeper[name])
            target[name] = _typed(name, value, kind) if isinstance(value, str) else value
        return replace(self, **mine, augmentation=replace(self.augmentation, **augmentation))


class Changes(TypedDict, total=False):
    """The settings that a person may change, by name: all of `FitSettings` and of `Augmentation`, which describe them.

    Being spelt out, they are completed by an editor and held by a type checker.
    """

    model: str
    epochs: int
    batch_size: int
    optimizer: OptimizerName
    lr: float
    muon_lr: float
    norm_lr: float
    momentum: float
    weight_decay: float
    schedule: ScheduleName
    warmup: float
    label_smoothing: float
    average: float
    tta: int
    validation: int
    patience: int
    time_budget: float
    flip: Flip
    shift: int
    border: Border
    erase: int
    erase_share: float
    skip_easy: float
    balance: Balance
    size: int
    on_bad: OnBad
    init: str
    unfreeze: bool
    checkpoint_every: float
    keep: int
    precision: Precision
    device: Device
    seed: int


SWITCH = {"true": True, "false": False}


def _typed(name: str, text: str, kind: Any) -> Any:
    if kind is bool:
        if text.lower() not in SWITCH:
            raise SettingError(f"{name} is {text!r}; {' or '.join(SWITCH)} is needed")
        return SWITCH[text.lower()]
    if kind not in (int, float):
        return text
    try:
        return kind(text)
    except ValueError:
        what = "a whole number" if kind is int else "a number"
        raise SettingError(f"{name} is {text!r}; {what} is needed") from None


def check_types(settings: "Augmentation | FitSettings") -> None:
    """Raises SettingError unless whole numbers and numbers stand where they should."""
    for f in fields(settings):
        value = getattr(settings, f.name)
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        if f.type is bool and not isinstance(value, bool):
            raise SettingError(f"{f.name} is {value!r}; it must be True or False")
        if f.type is int and not is_whole:
            raise SettingError(f"{f.name} is {value!r}; it must be a whole number")
        if f.type is float and not (is_whole or isinstance(value, float)):
            raise SettingError(f"{f.name} is {value!r}; it must be a number")


def check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    """Raises SettingError unless `value` is one of `choices`, with a suggestion."""
    if value not in choices:
        raise unknown_name(name, str(value), choices)


def check_range(
    name: str,
    value: float,
    low: float,
    high: float = float("inf"),
    *,
    exclude_low: bool = False,
    exclude_high: bool = False,
) -> None:
    """Raises SettingError unless `value` is a number from `low` to `high`."""
    too_low = value <= low if exclude_low else value < low
    too_high = value >= high if exclude_high else value > high
    if not (too_low or too_high) and math.isfinite(value):
        return
    upper = "" if high == float("inf") else f" and {'below' if exclude_high else 'at most'} {high:g}"
    raise SettingError(f"{name} is {value!r}; it must be {'above' if exclude_low else 'at least'} {low:g}{upper}")
