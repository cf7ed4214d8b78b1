"""Runs through their epochs: how each learnt, and what it said and was after each epoch.

Recorded for the lecture's page, in src/muslin/lecture/recorded: every run is trained again by its settings, its losses
are held against those that it told the first time, and after each epoch its weights answer the test pictures, by one
view. No setting was chosen by these answers. The page has four, by the recipe espresso:

muslin fit --recipe espresso --model linear --out runs/linear  # and mlp, convnet, resnet_slim
python -m benchmarks.measure.epochs runs/linear runs/mlp runs/convnet runs/resnet_slim
"""

import json
import sys
import time
from base64 import b64encode
from dataclasses import asdict
from pathlib import Path
from typing import Any

from torch import Tensor

from muslin.data.images import Splits
from muslin.data.sources.registry import load_splits
from muslin.files import write_whole
from muslin.machine.device import computing, prepare
from muslin.pipeline.model import prepare_model
from muslin.prediction.scoring import score
from muslin.report.record import RunRecord, read_record
from muslin.run.checkpoints import MODEL, Checkpoint
from muslin.training.fit import fit
from muslin.training.plan import TimePlan

RECORD = Path(__file__).parents[2] / "src" / "muslin" / "lecture" / "recorded" / "epochs.json"
SAME = 1e-6  # of a validation loss
SHOWN = 32  # filters of a first layer, or its templates
DIGITS = 5
HALF = 127.5


class Kept:
    """The weights after each epoch, on the CPU."""

    def __init__(self) -> None:
        self.weights: list[dict[str, Tensor]] = []

    def is_due(self) -> bool:
        """Whether it is time to save: after an epoch alone."""
        return False

    def save(self, checkpoint: Checkpoint, _best: int) -> None:
        """Keeps a checkpoint's weights."""
        named = checkpoint.tensors.items()
        self.weights.append({name.removeprefix(MODEL): each for name, each in named if name.startswith(MODEL)})


def main() -> None:
    """Trains again, and writes the record."""
    runs = [read_record(Path(name)) for name in sys.argv[1:]]
    data = load_splits("fashion-mnist", seed=runs[0].settings.seed)
    with computing():
        nets = [trained(data, run) for run in runs]
    versions, machine = runs[0].versions, json.loads((runs[0].folder / "config.json").read_bytes())["machine"]
    record = {
        "recipe": runs[0].recipe, "seed": runs[0].settings.seed, "torch": versions["torch"].split("+")[0],
        "cores": machine["threads"], "nets": nets,
    }  # fmt: skip
    write_whole(RECORD, json.dumps(record, separators=(",", ":")) + "\n")
    print(f"{RECORD.name}: {RECORD.stat().st_size / 1e3:.0f} kB")


def trained(data: Splits, run: RunRecord) -> dict[str, Any]:
    """Returns what a run told, and each epoch's answers and first layer, epoch 0 being the start."""
    settings, machine = run.settings, prepare("auto", "auto")
    model = prepare_model(data.spec, settings, machine)
    kept = Kept()
    kept.weights.append({key: value.cpu().clone() for key, value in model.state_dict().items()})
    plan = TimePlan(settings, time.monotonic(), 1.0)
    again = fit(model, data.train, data.validation, settings, machine, plan, sink=kept).epochs
    for one, other in zip(run.epochs, again, strict=True):
        assert abs(one.validation_loss - other.validation_loss) < SAME, f"{run.folder} is another one: {one}, {other}"
    answers = []
    for weights in kept.weights:
        model.load_state_dict(weights)
        answers.append(score(model, data.test, machine).confusion.tolist())
    print(run.folder, again[-1], flush=True)
    return {
        "model": settings.model,
        "parameters": run.parameters,
        "sizes": dict(run.sizes),
        "epochs": [rounded(asdict(each)) for each in run.epochs],
        "confusion": answers,
        **first_layer(kept.weights),
    }


def rounded(values: dict[str, Any]) -> dict[str, Any]:
    """Returns the same with fewer digits."""
    return {name: round(value, DIGITS) if isinstance(value, float) else value for name, value in values.items()}


def first_layer(weights: list[dict[str, Tensor]]) -> dict[str, Any]:
    """Returns the first layer's weights after each epoch, (N, side, side), as bytes: 127.5 is 0, 0 and 255 +- `most`.

    It is the layer that sees one channel, or the first matrix. Of kernels of 3 x 3, the last epoch's are there as
    numbers too.
    """
    seeing = [name for name, each in weights[0].items() if each.dim() == 4 and each.shape[1] == 1]
    name = next(iter(seeing), None) or next(name for name, each in weights[0].items() if each.dim() == 2)
    layers = [each[name][:SHOWN].float() for each in weights]  # (N, 1, h, w) or (N, inputs)
    side = layers[0].shape[-1] if layers[0].dim() == 4 else round(layers[0].shape[-1] ** 0.5)
    most = [each.abs().max().item() for each in layers]
    cells = [(each / largest * HALF + HALF).round().byte() for each, largest in zip(layers, most, strict=True)]
    numbers = [[round(w, DIGITS) for w in each.flatten().tolist()] for each in layers[-1]] if side == 3 else []
    return {
        "side": side,
        "most": [round(each, DIGITS) for each in most],
        "filters": [b64encode(each.numpy().tobytes()).decode() for each in cells],
        "kernels": numbers,
    }


if __name__ == "__main__":
    main()
